"""Deadlines in working days: how much of one has passed, and by which calendar that was counted."""

from __future__ import annotations

from collections.abc import Iterable

from hetao.ledger.state import State
from hetao.ledger.working_days import has_calendar, working_days_between
from hetao.text import Text

__all__ = ["CALENDARS", "passed_facts"]

CALENDARS = {
    "given": Text("按给定的工作日历计", "by the calendar given"),
    "weekends only": Text("未给定工作日历，只扣除周六、周日", "no calendar is given, only weekends are taken off"),
}


def passed_facts(
    state: State, first: str, day: str, limit: int, stops: Iterable[tuple[str, str]] = ()
) -> dict[str, int | str]:
    """Return the working days that have passed since a day, the limit, and the calendar (a name in `CALENDARS`).

    Args:
        state: the ledger, for its calendar.
        first: the day from which the deadline runs; it is not counted itself.
        day: the day up to which it is counted.
        limit: the working days allowed.
        stops: periods in which the clock stood still.
    """
    return {
        "working_days": working_days_between(state, first, day, stops),
        "limit": limit,
        "calendar": "given" if has_calendar(state, day) else "weekends only",
    }

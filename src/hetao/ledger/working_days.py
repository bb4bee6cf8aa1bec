"""Working days from a dated calendar table; without one, Saturdays and Sundays are taken off and this is said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.ledger.years import add_days

__all__ = ["has_calendar", "is_working_day", "working_days_between"]

FRIDAY = 4


def has_calendar(state: State, day: str) -> bool:
    """Tell whether a calendar of working days is given for a day."""
    return find_setting(state, "working_days", day) is not None


def is_working_day(state: State, day: str) -> bool:
    """Tell whether people work on a day."""
    setting = find_setting(state, "working_days", day)
    calendar = {} if setting is None else setting.value
    if day in calendar.get("holidays", ()):
        return False
    if day in calendar.get("workdays", ()):
        return True
    return bool(calendar.get(day, date.fromisoformat(day).weekday() <= FRIDAY))


def working_days_between(state: State, first: str, last: str, stops: Iterable[tuple[str, str]] = ()) -> int:
    """Return the number of working days after a day, up to and with another, less those on which the clock stood still.

    Args:
        state: the ledger, for its calendar.
        first: the day from which the clock runs; it is not counted itself.
        last: the last day counted.
        stops: periods as (first day stopped, day on which it runs again); an empty last day is a stop that lasts.
    """
    count, day, halted = 0, first, list(stops)
    while day < last:
        day = add_days(day, 1)
        stopped = any(begin < day and (not end or day <= end) for begin, end in halted)
        count += not stopped and is_working_day(state, day)
    return count

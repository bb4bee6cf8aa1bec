"""Periods: whole years as integers, quarters and months as texts that sort among them."""

from __future__ import annotations

import re

from hetao.errors import Place
from hetao.figures.faults import fault
from hetao.text import Text

__all__ = ["Period", "period_order", "read_period", "year_of"]

Period = int | str

_YEAR = re.compile(r"[12][0-9]{3}")
_WITHIN = re.compile(r"[12][0-9]{3}(Q[1-4]|-(0[1-9]|1[0-2]))")


def read_period(text: str) -> Period:
    """Read ``2023`` as the year 2023; keep ``2023Q1`` and ``2023-01`` as texts.

    Raises:
        FiguresError: anything else.
    """
    if _YEAR.fullmatch(text):
        return int(text)
    if _WITHIN.fullmatch(text):
        return text
    raise fault(
        "bad_period",
        Place(item=text),
        found=Text(f"时期“{text}”", f"the period {text!r}"),
        expected=Text("2023、2023Q1 或 2023-01", "2023, 2023Q1 or 2023-01"),
        remedy=Text("改写成这三种之一", "write it in one of these three ways"),
    )


def year_of(period: Period) -> int:
    """Return the year that a period is or lies in."""
    return period if isinstance(period, int) else int(period[:4])


def period_order(period: Period) -> tuple[int, str]:
    """Return what periods are sorted by: a year stands before its months, and these before its quarters."""
    return year_of(period), "" if isinstance(period, int) else period

"""Years of account, worked out anew: the Yellow River's run from July to June, all others are calendar years."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date
from functools import lru_cache

__all__ = ["RIVER", "ordinal", "parts_of", "span", "year_at"]

RIVER = "yellow_river"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
SIX_MONTHS = 181  # days from 1 January to 30 June, without a leap day


@lru_cache(maxsize=65536)
def ordinal(day: str) -> int:
    """Return the number of a day.

    Args:
        day: ISO 8601, ``2024-01-31``.

    Raises:
        ValueError: there is no such day.
        TypeError: it is no text.
    """
    if not DAY(day):
        raise ValueError(day)
    return date.fromisoformat(day).toordinal()


def year_at(water: str, number: int) -> int:
    """Return the year of account in which a numbered day lies."""
    day = date.fromordinal(number)
    return day.year - 1 if water == RIVER and day.month <= 6 else day.year


def _last_of(water: str, year: int) -> int:
    """Return the number of the last day of a year of account."""
    if water == RIVER:
        return date(year, 12, 31).toordinal() + SIX_MONTHS + isleap(year + 1)
    return date(year, 12, 31).toordinal()


def span(water: str, first: str, last: str) -> range:
    """Return the years of account that a term touches.

    Raises:
        ValueError: a day is none, or the term ends before it begins.
    """
    start, end = ordinal(first), ordinal(last)
    if end < start:
        raise ValueError(last)
    return range(year_at(water, start), year_at(water, end) + 1)


def parts_of(water: str, first: str, last: str, volume: int) -> list[tuple[int, int]]:
    """Return what falls in each year of account: up to the end of each year the volume by days, rounded down.

    Raises:
        ValueError: a day is none, or the term ends before it begins.
    """
    years, start, days = span(water, first, last), ordinal(first), ordinal(last) - ordinal(first) + 1
    upto = [volume * (min(_last_of(water, year), ordinal(last)) - start + 1) // days for year in years]
    return [(year, have - before) for year, have, before in zip(years, upto, [0, *upto], strict=False)]

"""Years of account and days: Yellow River water runs from 1 July to 30 June, every other water the calendar year."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta

__all__ = [
    "add_days",
    "add_span",
    "add_years",
    "day_number",
    "days_in_year",
    "split_by_year",
    "year_days",
    "year_of",
    "years_of",
]


def year_of(water: str, day: str) -> int:
    """Return the year of account of a day (ISO 8601); a Yellow River year is named by the year in which it begins."""
    year = int(day[:4])
    return year - 1 if water == "yellow_river" and day[5:7] < "07" else year


def years_of(water: str, first: str, last: str) -> range:
    """Return the years of account that a term touches, both days in it."""
    return range(year_of(water, first), year_of(water, last) + 1)


def year_days(water: str, year: int) -> tuple[str, str]:
    """Return the first and the last day of a year of account."""
    if water == "yellow_river":
        return f"{year:04}-07-01", f"{year + 1:04}-06-30"
    return f"{year:04}-01-01", f"{year:04}-12-31"


def days_in_year(water: str, year: int) -> int:
    """Return the number of days of a year of account."""
    return 366 if isleap(year + 1 if water == "yellow_river" else year) else 365


def day_number(day: str) -> int:
    """Return a day as a number, so that days can be counted."""
    return date.fromisoformat(day).toordinal()


def add_days(day: str, days: int) -> str:
    """Return the day that lies so many days later, or earlier where ``days`` is negative."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def add_years(day: str, years: int) -> str:
    """Return the same day so many years later; 29 February becomes 28 February where there is none."""
    then = date.fromisoformat(day)
    try:
        return then.replace(year=then.year + years).isoformat()
    except ValueError:
        return then.replace(year=then.year + years, day=28).isoformat()


def add_span(spans: tuple[tuple[str, str], ...], first: str, last: str) -> tuple[tuple[str, str], ...]:
    """Return periods of days with one more, in order; those that touch, or follow each other, become one."""
    if spans and add_days(spans[-1][1], 1) >= first >= spans[-1][0]:  # the usual reading goes on where the last ended
        return (*spans[:-1], (spans[-1][0], max(last, spans[-1][1])))
    merged: list[tuple[str, str]] = []
    for begun, ended in sorted((*spans, (first, last))):
        if merged and add_days(merged[-1][1], 1) >= begun:
            merged[-1] = merged[-1][0], max(ended, merged[-1][1])
        else:
            merged.append((begun, ended))
    return tuple(merged)


def split_by_year(water: str, first: str, last: str, volume_m3: int) -> Iterator[tuple[int, int]]:
    """Yield the part of a volume that falls in each year of account, by days; the parts sum to the volume exactly.

    Args:
        water: which water, for its year.
        first: the first day, ISO 8601.
        last: the last day, not before the first.
        volume_m3: the volume of the whole period.

    Yields:
        Year and volume in m³, for each year that the period touches.
    """
    start, days = day_number(first), day_number(last) - day_number(first) + 1
    given = 0
    for year in years_of(water, first, last):
        passed = min(day_number(year_days(water, year)[1]), day_number(last)) - start + 1
        upto = volume_m3 * passed // days
        yield year, upto - given
        given = upto

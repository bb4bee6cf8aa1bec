"""Rights of the reference model: applications, permits and readings, and the plain arithmetic of their terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from hetao.ledger.simulate.book import RIVER, TOTAL, split_days, year_of

__all__ = [
    "LIVE",
    "Charges",
    "Reading",
    "Right",
    "Spans",
    "add_days",
    "add_years",
    "charges_of",
    "difference",
    "is_read",
    "joined",
    "parts_of",
    "released",
]

LIVE = ("valid", "suspended")
Charges = dict[tuple[str, int], int]  # (water, year of account) → m³
Spans = tuple[tuple[str, str], ...]  # first and last days


class Reading(NamedTuple):
    """A reading that was booked: of which permit and meter, and what it draws in each year of account."""

    permit: str
    meter: str
    parts: Charges


@dataclass(eq=False, slots=True)
class Right:
    """An application, or a permit that came of one; equal only to itself."""

    name: str
    place: str
    water: str
    purpose: str
    volume_m3: int
    start: str
    end: str
    status: str
    charges: Charges = field(default_factory=dict)
    decided: str = ""
    works: str = ""
    asked: str = ""
    saving_m3: int = 0
    plans: dict[int, tuple[int, str]] = field(default_factory=dict)  # year → volume, approver
    readings: set[str] = field(default_factory=set)

    @property
    def ecological(self) -> bool:
        """Whether it supplies rivers and lakes."""
        return self.purpose == "ecology"


def add_days(day: str, days: int) -> str:
    """Return the day so many days later."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def add_years(day: str, years: int) -> str:
    """Return the same day so many years later; 28 February where there is no 29th."""
    year, rest = int(day[:4]) + years, day[4:]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04}{'-02-28' if rest == '-02-29' and not leap else rest}"


def charges_of(water: str, volume_m3: int, start: str, end: str) -> Charges:
    """Return what a volume a year draws: all of it in every year of account that the term touches, on total too."""
    return {(of, year): volume_m3 for of in (water, TOTAL) for year in range(year_of(of, start), year_of(of, end) + 1)}


def joined(spans: Spans, first: str, last: str) -> Spans:
    """Return periods of days with one more; those that touch, or follow each other, are one."""
    apart = [span for span in spans if add_days(span[1], 1) < first or add_days(last, 1) < span[0]]
    met = [span for span in spans if span not in apart]
    one = min([first, *(span[0] for span in met)]), max([last, *(span[1] for span in met)])
    return (*apart, one)


def is_read(spans: Spans, first: str, last: str) -> bool:
    """Tell whether a period was read before, but for a first or last day on which another reading ended or began."""
    return any((first < ended and last > begun) or (begun <= first and last <= ended) for begun, ended in spans)


def parts_of(water: str, first: str, last: str, volume_m3: int) -> Charges:
    """Return what a reading draws in each year of account, of its water and of total."""
    if water != RIVER and first[:4] == last[:4]:
        year = int(first[:4])
        return {(water, year): volume_m3, (TOTAL, year): volume_m3}
    return {(of, year): m3 for of in (water, TOTAL) for year, m3 in split_days(of, first, last, volume_m3).items()}


def difference(before: Charges, after: Charges) -> Charges:
    """Return by how much each charge changes."""
    return {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}


def released(charges: Charges, day: str, used: Charges) -> Charges:
    """Return what a right keeps that ends on a day: past years, and of the running one what was used of it."""
    kept: Charges = {}
    for (water, year), m3 in charges.items():
        running = year_of(water, day)
        if year < running:
            kept[water, year] = m3
        elif year == running and used.get((water, year)):
            kept[water, year] = min(m3, used[water, year])
    return kept

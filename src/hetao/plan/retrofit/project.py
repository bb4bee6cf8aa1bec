"""A retrofit project, and the options (project, start year) that a portfolio chooses from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Option", "Project"]


@dataclass(frozen=True, kw_only=True)
class Project:
    """A water-saving retrofit that can be funded once, in full.

    Construction lasts as many years as ``cost_fen`` has entries. The full saving runs from the year after
    construction for ``lifetime_years``.

    Attributes:
        key: short unique name.
        name: name as printed.
        district: where the water is saved.
        cost_fen: cost in fen by year of construction from the start year; one number is a cost in the start year.
        saving_m3_per_year: water saved a year, m³, ≥ 1.
        lifetime_years: years of saving, ≥ 1.
        illustrative: True where the project is an example and not a known one.
        source: where the figures come from.
        earliest_start: first year in which construction may start; None for the first year of the plan.
        latest_start: last such year; None for the last year that lets construction end inside the plan.
    """

    key: str
    name: str
    district: str
    cost_fen: int | tuple[int, ...]
    saving_m3_per_year: int
    lifetime_years: int
    illustrative: bool
    source: str
    earliest_start: int | None = None
    latest_start: int | None = None

    @property
    def profile_fen(self) -> tuple[int, ...]:
        """Cost by year of construction, fen."""
        return self.cost_fen if isinstance(self.cost_fen, tuple) else (self.cost_fen,)

    @property
    def total_cost_fen(self) -> int:
        """Cost of the whole construction, fen."""
        return sum(self.profile_fen)

    @property
    def unit_cost_fen_per_m3(self) -> Fraction:
        """Cost ÷ water saved over the lifetime, fen per m³, undiscounted."""
        return Fraction(self.total_cost_fen, self.saving_m3_per_year * self.lifetime_years)

    def starts(self, years: Sequence[int]) -> range:
        """Return the years in which construction may start and still end inside ``years``."""
        first, last = years[0], years[-1] - len(self.profile_fen) + 1
        earliest = first if self.earliest_start is None else max(first, self.earliest_start)
        latest = last if self.latest_start is None else min(last, self.latest_start)
        return range(earliest, latest + 1)


class Option(NamedTuple):
    """One project started in one year.

    Attributes:
        project: the project.
        start: first year of construction.
    """

    project: Project
    start: int

    def cost_fen(self, year: int) -> int:
        """Return what is spent in a year, fen."""
        built = year - self.start
        profile = self.project.profile_fen
        return profile[built] if 0 <= built < len(profile) else 0

    def saving_m3(self, year: int) -> int:
        """Return what is saved in a year, m³."""
        used = year - self.start - len(self.project.profile_fen)
        return self.project.saving_m3_per_year if 0 <= used < self.project.lifetime_years else 0

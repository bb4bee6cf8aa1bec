"""What a list of funded projects costs and saves, added up in whole numbers from the projects alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from hetao.plan.retrofit.project import Option, Project

__all__ = ["Portfolio", "tally"]


@dataclass(frozen=True)
class Portfolio:
    """Projects funded, with the year each starts.

    Attributes:
        chosen: the funded projects with their start years, by start year and key.
        spend_fen: year → spending, fen; every year of the plan.
        saving_m3: year → water saved in that year, m³; every year of the plan.
        district_saving_m3: district → year → water saved in that year, m³; districts with a funded project.
    """

    chosen: tuple[Option, ...]
    spend_fen: Mapping[int, int]
    saving_m3: Mapping[int, int]
    district_saving_m3: Mapping[str, Mapping[int, int]]

    @property
    def starts(self) -> Mapping[str, int]:
        """Key of each funded project → its start year."""
        return {option.project.key: option.start for option in self.chosen}

    @property
    def projects(self) -> tuple[Project, ...]:
        """The funded projects."""
        return tuple(option.project for option in self.chosen)

    @property
    def total_cost_fen(self) -> int:
        """All spending, fen."""
        return sum(self.spend_fen.values())

    @property
    def total_saving_m3(self) -> int:
        """Water saved, summed over the years of the plan, m³."""
        return sum(self.saving_m3.values())

    @property
    def unit_cost_fen_per_m3(self) -> Fraction | None:
        """Spending ÷ water saved over all lifetimes, fen per m³, undiscounted; None where nothing is funded."""
        lifetime_m3 = sum(p.saving_m3_per_year * p.lifetime_years for p in self.projects)
        return Fraction(self.total_cost_fen, lifetime_m3) if lifetime_m3 else None

    @property
    def dearest_fen_per_m3(self) -> Fraction | None:
        """The highest unit cost among the funded projects, fen per m³; None where nothing is funded."""
        return max((p.unit_cost_fen_per_m3 for p in self.projects), default=None)

    def rows(self) -> list[dict[str, object]]:
        """Return one tidy record a funded project; costs in fen, volumes in m³, unit cost a Fraction."""
        return [
            {
                "key": p.key,
                "name": p.name,
                "district": p.district,
                "start": start,
                "saves_from": start + len(p.profile_fen),
                "cost_fen": p.total_cost_fen,
                "saving_m3_per_year": p.saving_m3_per_year,
                "unit_cost_fen_per_m3": p.unit_cost_fen_per_m3,
                "illustrative": p.illustrative,
                "source": p.source,
            }
            for p, start in self.chosen
        ]


def tally(years: Sequence[int], chosen: Iterable[Option]) -> Portfolio:
    """Add up spending and saving of the chosen projects, year by year and district by district.

    Args:
        years: the years of the plan.
        chosen: the funded projects with their start years.
    """
    listed = tuple(sorted(chosen, key=lambda option: (option.start, option.project.key)))
    spend, saved = dict.fromkeys(years, 0), dict.fromkeys(years, 0)
    districts: defaultdict[str, dict[int, int]] = defaultdict(lambda: dict.fromkeys(years, 0))
    for project, start in listed:
        for year, fen in enumerate(project.profile_fen, start=start):
            spend[year] += fen
        begin = start + len(project.profile_fen)
        for year in range(begin, min(begin + project.lifetime_years, years[-1] + 1)):
            saved[year] += project.saving_m3_per_year
            districts[project.district][year] += project.saving_m3_per_year
    by_district = {name: MappingProxyType(districts[name]) for name in sorted(districts)}
    return Portfolio(listed, MappingProxyType(spend), MappingProxyType(saved), MappingProxyType(by_district))

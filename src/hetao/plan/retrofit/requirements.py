"""What a portfolio must respect: each requirement knows its rows in the programme and its check in the audit.

The two are written apart on purpose: rows come from the options (project, start year), checks from the yearly
totals of `hetao.plan.retrofit.portfolio.tally`, in whole numbers, so that one does not vouch for itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hetao.errors import Problems
from hetao.plan.arguments import FEN, refuse, require_known, require_whole, shown
from hetao.plan.retrofit.portfolio import Portfolio
from hetao.plan.retrofit.project import Option, Project
from hetao.text import Text

__all__ = ["Budget", "Check", "Exclusion", "MinimumSaving", "Precedence", "Requirement", "Row", "SavingGoal"]

_FEN, _M3 = Text("分", "fen"), Text("m³", "m³")
_PER_YEAR = Text("m³/年", "m³ a year")
_PROJECTS, _BROKEN = Text("个项目", "projects"), Text("处违反", "breaches")


class Row(NamedTuple):
    """One linear constraint over options, in whole numbers.

    Attributes:
        coefficients: option's number → coefficient.
        lower: least value, or None.
        upper: greatest value, or None.
    """

    coefficients: Mapping[int, int]
    lower: int | None
    upper: int | None


@dataclass(frozen=True)
class Check:
    """One requirement recomputed from the list of funded projects.

    Attributes:
        requirement: what was checked.
        sense: whether ``used`` must be at most or at least the limit.
        used: what the portfolio uses or reaches.
        limit: what it may use or must reach.
        unit: unit of both.
    """

    requirement: Requirement
    sense: Literal["at_most", "at_least"]
    used: int
    limit: int
    unit: Text

    @property
    def slack(self) -> int:
        """How much is left before the limit; below 0 where the requirement is broken."""
        return self.limit - self.used if self.sense == "at_most" else self.used - self.limit

    @property
    def holds(self) -> bool:
        """Whether the requirement is met."""
        return self.slack >= 0

    def __str__(self) -> str:
        return str(self.text)

    @property
    def text(self) -> Text:
        """The check in one sentence."""
        sign = "≤" if self.sense == "at_most" else "≥"
        title, unit = self.requirement.title, self.unit
        return Text(
            f"{title.zh}：{self.used} {sign} {self.limit} {unit.zh}，{'满足' if self.holds else '不满足'}",
            f"{title.en}: {self.used} {sign} {self.limit} {unit.en}, {'met' if self.holds else 'broken'}",
        )


class Requirement(ABC):
    """One thing that a portfolio must respect."""

    @property
    @abstractmethod
    def title(self) -> Text:
        """What it is called in messages."""

    @abstractmethod
    def examine(self, problems: Problems, projects: Mapping[str, Project], years: Sequence[int]) -> None:
        """Record what is wrong with it as a question."""

    @abstractmethod
    def rows(self, options: Sequence[Option]) -> list[Row]:
        """Return its constraints over the options."""

    @abstractmethod
    def check(self, portfolio: Portfolio) -> Check:
        """Recompute it from a portfolio's totals."""


@dataclass(frozen=True)
class Budget(Requirement):
    """Spending in some years within a limit.

    Attributes:
        years: the years whose spending counts: one, or all up to one where unspent money carries over.
        limit_fen: the limit, fen.
    """

    years: tuple[int, ...]
    limit_fen: int

    @property
    def title(self) -> Text:
        """Name of the budget with its years."""
        first, last = self.years[0], self.years[-1]
        if first == last:
            return Text(f"{last} 年预算", f"budget of {last}")
        return Text(f"{first}-{last} 年累计预算", f"budgets of {first}-{last} together")

    def examine(self, problems: Problems, projects: Mapping[str, Project], years: Sequence[int]) -> None:
        """Record a limit that is no whole number ≥ 0 of fen."""
        require_whole(problems, f"budgets_fen[{self.years[-1]}]", self.limit_fen, unit=FEN)

    def rows(self, options: Sequence[Option]) -> list[Row]:
        """Spending over the years ≤ limit."""
        spent = {i: sum(o.cost_fen(year) for year in self.years) for i, o in enumerate(options)}
        return [Row(spent, None, self.limit_fen)]

    def check(self, portfolio: Portfolio) -> Check:
        """Spending against the limit, fen."""
        return Check(self, "at_most", sum(portfolio.spend_fen[y] for y in self.years), self.limit_fen, _FEN)


@dataclass(frozen=True)
class MinimumSaving(Requirement):
    """A district saves at least so much in a year.

    Attributes:
        district: a district with at least one project.
        by_year: the year in which the saving must be reached; what is saved in that year counts.
        m3_per_year: the least saving in that year, m³, ≥ 1.
    """

    district: str
    by_year: int
    m3_per_year: int

    @property
    def title(self) -> Text:
        """Name of the minimum with its district and year."""
        return Text(
            f"{self.district} {self.by_year} 年最低节水量", f"minimum saving of {self.district} in {self.by_year}"
        )

    def examine(self, problems: Problems, projects: Mapping[str, Project], years: Sequence[int]) -> None:
        """Record an unknown district, a year outside the plan and a volume below 1."""
        item = f"MinimumSaving({self.district}, {self.by_year})"
        districts = {project.district for project in projects.values()}
        require_known(problems, item, [self.district], districts, "projects.district")
        require_whole(problems, f"{item}.m3_per_year", self.m3_per_year, least=1)
        if self.by_year not in years:
            span = f"{years[0]}-{years[-1]}" if years else "-"
            refuse(
                problems,
                "year",
                f"{item}.by_year",
                shown(self.by_year),
                Text(f"规划期 {span} 内的年份", f"a year of the plan, {span}"),
                Text("改用规划期内的年份，或延长预算年份", "use a year of the plan, or add budget years"),
            )

    def rows(self, options: Sequence[Option]) -> list[Row]:
        """The district's saving in the year ≥ the minimum."""
        own = {i: o.saving_m3(self.by_year) for i, o in enumerate(options) if o.project.district == self.district}
        return [Row(own, self.m3_per_year, None)]

    def check(self, portfolio: Portfolio) -> Check:
        """The district's saving in the year against the minimum, m³ a year."""
        saved = portfolio.district_saving_m3.get(self.district, {}).get(self.by_year, 0)
        return Check(self, "at_least", saved, self.m3_per_year, _PER_YEAR)


@dataclass(frozen=True)
class Exclusion(Requirement):
    """At most one of some projects is funded.

    Attributes:
        keys: two or more projects.
    """

    keys: tuple[str, ...]

    @property
    def title(self) -> Text:
        """Name of the exclusion with its projects."""
        return Text(f"至多择一：{'、'.join(self.keys)}", f"at most one of {', '.join(self.keys)}")

    def examine(self, problems: Problems, projects: Mapping[str, Project], years: Sequence[int]) -> None:
        """Record unknown projects, and fewer than two different ones."""
        require_known(problems, "Exclusion", self.keys, projects, "projects")
        if len(set(self.keys)) < max(2, len(self.keys)):
            refuse(
                problems,
                "exclusion",
                "Exclusion",
                shown(self.keys),
                Text("至少两个互不相同的项目", "two or more different projects"),
                Text("补全或删去该互斥关系", "complete the exclusion or leave it out"),
            )

    def rows(self, options: Sequence[Option]) -> list[Row]:
        """Options taken among the projects ≤ 1."""
        return [Row({i: 1 for i, o in enumerate(options) if o.project.key in self.keys}, None, 1)]

    def check(self, portfolio: Portfolio) -> Check:
        """How many of the projects are funded against 1."""
        return Check(self, "at_most", sum(key in portfolio.starts for key in self.keys), 1, _PROJECTS)


@dataclass(frozen=True)
class Precedence(Requirement):
    """A project is funded only if another is, and starts no earlier than it.

    Attributes:
        first: the project that goes before.
        then: the project that does not start before it.
    """

    first: str
    then: str

    @property
    def title(self) -> Text:
        """Name of the precedence with its projects."""
        return Text(f"{self.then} 不先于 {self.first}", f"{self.then} not before {self.first}")

    def examine(self, problems: Problems, projects: Mapping[str, Project], years: Sequence[int]) -> None:
        """Record unknown projects; cycles show only among all precedences and are looked for there."""
        require_known(problems, "Precedence", (self.first, self.then), projects, "projects")

    def rows(self, options: Sequence[Option]) -> list[Row]:
        """For every start year s: ``then`` started by s ≤ ``first`` started by s."""
        sign = {self.then: 1, self.first: -1}
        own = {i: o for i, o in enumerate(options) if o.project.key in sign}
        starts = sorted({o.start for o in own.values() if o.project.key == self.then})
        return [Row({i: sign[o.project.key] for i, o in own.items() if o.start <= start}, None, 0) for start in starts]

    def check(self, portfolio: Portfolio) -> Check:
        """Whether the order is broken (1) or not (0)."""
        starts = portfolio.starts
        broken = self.then in starts and (self.first not in starts or starts[self.then] < starts[self.first])
        return Check(self, "at_most", int(broken), 0, _BROKEN)


@dataclass(frozen=True)
class SavingGoal(Requirement):
    """The saving summed over the plan reaches a goal.

    Attributes:
        years: the years of the plan.
        goal_m3: the goal, m³, ≥ 1.
    """

    years: tuple[int, ...]
    goal_m3: int

    @property
    def title(self) -> Text:
        """Name of the goal."""
        return Text("规划期累计节水目标", "goal for the saving summed over the plan")

    def examine(self, problems: Problems, projects: Mapping[str, Project], years: Sequence[int]) -> None:
        """Record a goal that is no whole number ≥ 1."""
        require_whole(problems, "saving_goal_m3", self.goal_m3, least=1)

    def rows(self, options: Sequence[Option]) -> list[Row]:
        """Saving over the plan ≥ goal."""
        saved = {i: sum(o.saving_m3(year) for year in self.years) for i, o in enumerate(options)}
        return [Row(saved, self.goal_m3, None)]

    def check(self, portfolio: Portfolio) -> Check:
        """Saving over the plan against the goal, m³."""
        return Check(self, "at_least", portfolio.total_saving_m3, self.goal_m3, _M3)

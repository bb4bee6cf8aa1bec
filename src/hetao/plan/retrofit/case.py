"""A retrofit question, checked: projects, the years with their budgets, requirements and the objective."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate, pairwise
from typing import Literal, get_args

from hetao.errors import PlanError, Problems
from hetao.plan.arguments import (
    FEN,
    NO_UNIT,
    read_records,
    read_table,
    refuse,
    require_name,
    require_some,
    require_whole,
    shown,
)
from hetao.plan.retrofit.portfolio import Portfolio, tally
from hetao.plan.retrofit.project import Option, Project
from hetao.plan.retrofit.requirements import Budget, Check, Exclusion, Precedence, Requirement, SavingGoal
from hetao.text import Text

__all__ = ["Case", "Limits", "Objective", "read_case"]

Objective = Literal["saving", "cost"]


@dataclass(frozen=True)
class Limits:
    """When the solver may stop.

    Attributes:
        time_limit_s: seconds a solve, > 0; then the status is ``time_limit``.
        relative_gap: gap at which an answer may be called optimal, in [0, 1).
    """

    time_limit_s: float = math.inf
    relative_gap: float = 0.0


@dataclass(frozen=True)
class Case:
    """A well-posed question. Projects are in the order of their keys, so that input order cannot matter.

    Attributes:
        projects: the projects, by key.
        years: consecutive years of the plan.
        requirements: budgets first, then the goal, then what the caller required, by title.
        objective: the most water saved over the plan, or the least cost.
        carries_over: whether unspent budget may be spent in later years; budgets are then sums from the first year.
    """

    projects: tuple[Project, ...]
    years: tuple[int, ...]
    requirements: tuple[Requirement, ...]
    objective: Objective
    carries_over: bool

    @property
    def options(self) -> tuple[Option, ...]:
        """Every project with every year in which it may start."""
        return tuple(Option(project, start) for project in self.projects for start in project.starts(self.years))

    def without(self, *requirements: Requirement) -> Case:
        """Return the case with some requirements dropped."""
        return replace(self, requirements=tuple(r for r in self.requirements if r not in requirements))

    def audit(self, portfolio: Portfolio) -> tuple[Check, ...]:
        """Recompute every requirement from a portfolio, in whole numbers."""
        return tuple(requirement.check(portfolio) for requirement in self.requirements)

    def value(self, portfolio: Portfolio) -> int:
        """Return what is optimised: m³ saved over the plan, or fen spent."""
        return portfolio.total_saving_m3 if self.objective == "saving" else portfolio.total_cost_fen

    def portfolio(self, chosen: Sequence[Option]) -> Portfolio:
        """Add up a choice of options."""
        return tally(self.years, chosen)


def read_case(
    projects: Sequence[Project],
    budgets_fen: Mapping[int, int],
    *,
    carry_over: bool,
    requirements: Sequence[Requirement],
    objective: Objective,
    saving_goal_m3: int | None,
    limits: Limits,
) -> Case:
    """Check everything that was handed in and return the case.

    Raises:
        PlanError: everything that is wrong.
    """
    problems = Problems(PlanError)
    projects = read_records(problems, "projects", projects, Project)
    requirements = read_records(problems, "requirements", requirements, Requirement)  # type: ignore[type-abstract] # kinds
    budgets_fen = read_table(problems, "budgets_fen", budgets_fen)
    problems.raise_if_any()
    years = _check_years(problems, budgets_fen)
    by_key = _check_projects(problems, projects, years)
    budgets = [Budget((year,), budgets_fen[year]) for year in years]
    goals = [SavingGoal(years, saving_goal_m3)] if saving_goal_m3 is not None else []
    required = dict.fromkeys(requirements)
    for requirement in (*budgets, *goals, *required):
        requirement.examine(problems, by_key, years)
    _check_order(problems, [r for r in required if isinstance(r, Precedence)])
    _check_objective(problems, objective, (*goals, *required))
    _check_limits(problems, limits)
    problems.raise_if_any()
    if carry_over:
        sums = accumulate(budget.limit_fen for budget in budgets)
        budgets = [Budget(years[: i + 1], limit) for i, limit in enumerate(sums)]
    listed = tuple(by_key[key] for key in sorted(by_key))
    ordered = sorted(required, key=lambda requirement: requirement.title.en)
    return Case(listed, years, (*budgets, *goals, *ordered), objective, carry_over)


def _check_years(problems: Problems, budgets_fen: Mapping[int, int]) -> tuple[int, ...]:
    require_some(problems, "budgets_fen", budgets_fen)
    known = [require_whole(problems, "budgets_fen", year, unit=Text("年份", " for a year")) for year in budgets_fen]
    if not all(known):
        return ()
    years = tuple(sorted(budgets_fen))
    for before, after in pairwise(years):
        if after != before + 1:
            refuse(
                problems,
                "budget_gap",
                f"budgets_fen[{before + 1}]",
                Text(f"{before} 年之后是 {after} 年", f"{after} after {before}"),
                Text("逐年连续的预算", "a budget for every year"),
                Text("补上缺少的年份，没有预算的写 0", "add the missing years, with 0 where there is no budget"),
            )
    return years


def _check_projects(problems: Problems, projects: Sequence[Project], years: Sequence[int]) -> dict[str, Project]:
    require_some(problems, "projects", projects)
    for key, count in Counter(project.key for project in projects).items():
        if count > 1:
            refuse(
                problems,
                "duplicate_key",
                f"projects[{key}]",
                Text(f"{count} 个项目用同一代码", f"{count} projects with one key"),
                Text("代码互不相同", "one project a key"),
                Text("改代码，或删去重复项目", "rename or remove the repeated projects"),
            )
    for project in projects:
        _check_project(problems, project, years)
    return {project.key: project for project in projects}


def _check_project(problems: Problems, project: Project, years: Sequence[int]) -> None:
    item = f"projects[{project.key}]"
    for field in ("key", "name", "district", "source"):
        require_name(problems, f"{item}.{field}", getattr(project, field))
    sound = require_some(problems, f"{item}.cost_fen", project.profile_fen)
    for fen in project.profile_fen:
        require_whole(problems, f"{item}.cost_fen", fen, unit=FEN)
    require_whole(problems, f"{item}.saving_m3_per_year", project.saving_m3_per_year, least=1)
    require_whole(problems, f"{item}.lifetime_years", project.lifetime_years, least=1, unit=NO_UNIT)
    for field in ("earliest_start", "latest_start"):
        year = getattr(project, field)
        sound &= year is None or require_whole(problems, f"{item}.{field}", year, unit=NO_UNIT)
    if sound and years and not project.starts(years):
        early, late, last = project.earliest_start, project.latest_start, years[-1]
        built = len(project.profile_fen)
        refuse(
            problems,
            "window",
            item,
            Text(
                f"开工年份 {early or '不限'} 至 {late or '不限'}，建设 {built} 年",
                f"a start from {early or 'any year'} to {late or 'any year'} and {built} years of construction",
            ),
            Text(
                f"{years[0]}-{last} 年内可以开工并完工", f"a start that lets construction end inside {years[0]}-{last}"
            ),
            Text(
                "放宽开工年份，延长规划期，或删去该项目", "widen the window, lengthen the plan, or remove the project"
            ),
        )


def _check_order(problems: Problems, precedences: Sequence[Precedence]) -> None:
    """Record every cycle: one is found, its last edge is set aside, and the rest is looked through again."""
    edges = [(p.first, p.then) for p in precedences]
    while True:
        graph: TopologicalSorter[str] = TopologicalSorter()
        for first, then in edges:
            graph.add(then, first)
        try:
            graph.prepare()
        except CycleError as error:
            cycle = error.args[1]
            edges.remove((cycle[0], cycle[1]))
            refuse(
                problems,
                "precedence_cycle",
                "Precedence",
                Text(f"循环：{' → '.join(cycle)}", f"a cycle: {' → '.join(cycle)}"),
                Text("没有循环的先后关系", "an order without cycles"),
                Text("删去其中一个先后关系", "remove one of these precedences"),
            )
        else:
            return


def _check_objective(problems: Problems, objective: Objective, required: Iterable[Requirement]) -> None:
    if objective not in get_args(Objective):
        refuse(
            problems,
            "objective",
            "objective",
            shown(objective),
            Text("saving 或 cost", "saving or cost"),
            Text("改用其中之一", "use one of the two"),
        )
    if objective == "cost" and not any(not isinstance(r, Exclusion | Precedence) for r in required):
        refuse(
            problems,
            "goal",
            "saving_goal_m3",
            Text("求最低成本而没有节水要求", "least cost asked for and no saving required"),
            Text("节水目标或最低节水量", "a saving goal or a minimum saving"),
            Text("给出 saving_goal_m3 或 MinimumSaving", "give saving_goal_m3 or a MinimumSaving"),
        )


def _check_limits(problems: Problems, limits: Limits) -> None:
    if not limits.time_limit_s > 0:
        refuse(
            problems,
            "time_limit",
            "time_limit_s",
            shown(limits.time_limit_s),
            Text("大于 0 的秒数", "seconds above 0"),
            Text("给出大于 0 的秒数，或不给", "give seconds above 0, or leave it out"),
        )
    if not 0 <= limits.relative_gap < 1:
        refuse(
            problems,
            "relative_gap",
            "relative_gap",
            shown(limits.relative_gap),
            Text("不小于 0、小于 1 的数", "a number from 0 up to but not 1"),
            Text("给出如 0.001，或不给", "give e.g. 0.001, or leave it out"),
        )

"""The retrofit portfolio: which projects to fund, proved and audited, next to the answer by unit-cost order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from hetao.plan.retrofit.case import Case, Limits, Objective, read_case
from hetao.plan.retrofit.conflict import Relaxation, conflicting, relax_each
from hetao.plan.retrofit.explain import explain_difference
from hetao.plan.retrofit.milp import Model
from hetao.plan.retrofit.portfolio import Portfolio
from hetao.plan.retrofit.project import Project
from hetao.plan.retrofit.requirements import Check, Requirement
from hetao.plan.retrofit.unit_cost import by_unit_cost
from hetao.solver import Status
from hetao.text import Text

__all__ = ["RetrofitPlan", "plan_retrofits"]


@dataclass(frozen=True, eq=False)
class RetrofitPlan:
    """The answer to a retrofit question, never without its status.

    Attributes:
        case: the question.
        limits: when the solver was told to stop.
        status: ``optimal``, ``infeasible``, ``time_limit`` (best found, if any), or ``numerical`` where the audit
            contradicts the solver.
        portfolio: the projects to fund; None where no answer was found.
        audit: every requirement recomputed from the portfolio in whole numbers; empty without a portfolio.
        bound: the solver's bound on the objective, m³ or fen; NaN where there is none.
        certified_bound: a wider bound proved by linear duality in exact fractions, without the solver's word.
        unit_cost_order: the portfolio by unit-cost order on the same requirements.
        unit_cost_audit: its audit; it may break minimum savings and the goal.
        conflict: where infeasible, a minimal group of requirements that no portfolio meets together.
    """

    case: Case
    limits: Limits
    status: Status
    portfolio: Portfolio | None
    audit: tuple[Check, ...]
    bound: float
    certified_bound: int | None
    unit_cost_order: Portfolio
    unit_cost_audit: tuple[Check, ...]
    conflict: tuple[Requirement, ...]

    @property
    def objective(self) -> int | None:
        """m³ saved over the plan, or fen spent, recomputed from the portfolio."""
        return None if self.portfolio is None else self.case.value(self.portfolio)

    @property
    def gap(self) -> float:
        """|solver's bound − objective| ÷ max(1, objective), the objective recomputed; NaN without an answer."""
        return math.nan if self.objective is None else _gap(self.bound, self.objective)

    @property
    def certified_gap(self) -> float:
        """The same against the certified bound; NaN where either is missing."""
        if self.objective is None or self.certified_bound is None:
            return math.nan
        return _gap(self.certified_bound, self.objective)

    @cached_property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """What dropping each requirement alone would gain; solved when first asked. Empty unless optimal."""
        if self.status is not Status.OPTIMAL or self.objective is None:
            return ()
        return relax_each(self.case, self.objective, self.limits)

    @property
    def binding(self) -> tuple[Requirement, ...]:
        """The requirements that bind: dropping one alone would save more, or cost less."""
        return tuple(r.requirement for r in self.relaxations if r.binds)

    @property
    def convention(self) -> Text:
        """What is counted, when, and how ties are settled."""
        first, last = self.case.years[0], self.case.years[-1]
        most = self.case.objective == "saving"
        goal = ("累计节水量最大", "the most water saved over the plan") if most else ("总投资最小", "the least cost")
        tie = ("投资少者", "the lower cost") if most else ("节水多者", "the larger saving")
        carry = self.case.carries_over
        lapse = ("结转下年", "carries over to later years") if carry else ("不结转", "lapses at the end of its year")
        return Text(
            f"目标：{first}-{last} 年{goal[0]}；节水自建成次年起按全年计，至寿命期满或规划期末；建设须在规划期内完成；"
            f"金额为当年分，不贴现；未用预算{lapse[0]}；目标相同取{tie[0]}，再同则结果只取决于项目代码顺序，与输入顺序无关。",
            f"Objective: {goal[1]}, {first}-{last}; a project saves in full from the year after construction until its "
            f"lifetime or the plan ends; construction ends inside the plan; fen of each year, undiscounted; unspent "
            f"budget {lapse[1]}; among equal answers {tie[1]}, then what the solver finds with projects in the order "
            "of their keys, whatever the order of input.",
        )

    @property
    def difference(self) -> Text:
        """How the answer differs from the one by unit-cost order, and why."""
        return explain_difference(self.case, self.portfolio, self.unit_cost_order, self.unit_cost_audit)


def plan_retrofits(
    projects: Sequence[Project],
    *,
    budgets_fen: Mapping[int, int],
    carry_over: bool = False,
    requirements: Sequence[Requirement] = (),
    objective: Objective = "saving",
    saving_goal_m3: int | None = None,
    time_limit_s: float = math.inf,
    relative_gap: float = 0.0,
) -> RetrofitPlan:
    """Choose which projects to fund and when, as a mixed-integer programme.

    Args:
        projects: what may be funded, each at most once and in full.
        budgets_fen: year → budget, fen; consecutive years, which are the plan's years.
        carry_over: whether unspent budget may be spent in later years; otherwise it lapses.
        requirements: `MinimumSaving`, `Exclusion` and `Precedence` objects.
        objective: ``"saving"`` for the most m³ saved over the plan; ``"cost"`` for the fewest fen spent.
        saving_goal_m3: m³ to be saved over the plan at least; ``"cost"`` needs it or a `MinimumSaving`.
        time_limit_s: seconds after which a solve stops with ``time_limit``.
        relative_gap: gap at which an answer may be called optimal.

    Returns:
        The plan. No portfolio being possible is an answer (``infeasible`` with the conflict), not an error.

    Raises:
        PlanError: everything that is wrong: repeated keys, numbers that are not whole or too small, empty names,
            unknown districts or projects, years with gaps, windows outside the plan, cycles of precedences.
    """
    limits = Limits(time_limit_s, relative_gap)
    case = read_case(
        projects,
        budgets_fen,
        carry_over=carry_over,
        requirements=requirements,
        objective=objective,
        saving_goal_m3=saving_goal_m3,
        limits=limits,
    )
    return _answer(case, limits)


def _answer(case: Case, limits: Limits) -> RetrofitPlan:
    model = Model.of(case)
    found = model.solve(limits)
    portfolio = None if found.chosen is None else case.portfolio(found.chosen)
    if portfolio is not None and found.status is Status.OPTIMAL:
        portfolio = _settle_ties(case, model, portfolio, limits)
    audit = () if portfolio is None else case.audit(portfolio)
    order = by_unit_cost(case)
    order_audit = case.audit(order)
    status = found.status
    if _contradicted(case, status, portfolio, audit, order if _all_hold(order_audit) else None):
        status = Status.NUMERICAL
    return RetrofitPlan(
        case=case,
        limits=limits,
        status=status,
        portfolio=portfolio,
        audit=audit,
        bound=found.bound,
        certified_bound=model.dual_bound(),
        unit_cost_order=order,
        unit_cost_audit=order_audit,
        conflict=conflicting(case, limits) if status is Status.INFEASIBLE else (),
    )


def _settle_ties(case: Case, model: Model, portfolio: Portfolio, limits: Limits) -> Portfolio:
    """Among answers with the same objective take the lower cost (or the larger saving), if that solve succeeds."""
    value = case.value(portfolio)
    other: Objective = "cost" if case.objective == "saving" else "saving"
    second = Model.of(case, other).holding(model, value).solve(limits)
    if second.status is not Status.OPTIMAL or second.chosen is None:
        return portfolio
    settled = case.portfolio(second.chosen)
    return settled if case.value(settled) == value and _all_hold(case.audit(settled)) else portfolio


def _contradicted(
    case: Case, status: Status, portfolio: Portfolio | None, audit: Sequence[Check], witness: Portfolio | None
) -> bool:
    """Say whether whole-number arithmetic contradicts the solver: a broken requirement, or a witness that is better."""
    if not _all_hold(audit):
        return True
    if witness is None:
        return False
    if portfolio is None:
        return status is Status.INFEASIBLE
    sign = 1 if case.objective == "saving" else -1
    return status is Status.OPTIMAL and sign * case.value(witness) > sign * case.value(portfolio)


def _all_hold(audit: Sequence[Check]) -> bool:
    return all(check.holds for check in audit)


def _gap(bound: float, value: int) -> float:
    return abs(bound - value) / max(1, abs(value))

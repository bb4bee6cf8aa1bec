"""The retrofit portfolio: known instances, a brute-force twin, audit, ties, conflicts, faults of the solver."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.plan import Exclusion, MinimumSaving, Precedence, Project, plan_retrofits
from hetao.plan.retrofit import milp
from hetao.solver import Status, solve
from hetao.text import use_language


def project(key, cost, saving, district="D", lifetime=10, **more):
    given = {"name": f"project {key}", "illustrative": True, "source": "made up", **more}
    return Project(
        key=key, district=district, cost_fen=cost, saving_m3_per_year=saving, lifetime_years=lifetime, **given
    )


KNAPSACK = [project("a", 600, 66), project("b", 500, 50), project("c", 500, 50)]
BUDGET = {2025: 1000, 2026: 0}


def titles(requirements):
    return [requirement.title.en for requirement in requirements]


def test_unit_cost_order_is_strictly_worse_on_a_knapsack():
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET)
    assert plan.status is Status.OPTIMAL
    assert plan.portfolio.starts == {"b": 2025, "c": 2025}
    assert plan.objective == plan.portfolio.total_saving_m3 == 100
    assert plan.unit_cost_order.starts == {"a": 2025}
    assert plan.unit_cost_order.total_saving_m3 == 66
    assert plan.gap == pytest.approx(0, abs=1e-9)
    assert plan.certified_bound == 106  # a and 0.8 of b: 66 + 40
    assert plan.certified_gap == pytest.approx(0.06)
    with use_language("en"):
        assert [str(check) for check in plan.audit] == [
            "budget of 2025: 1000 ≤ 1000 fen, met",
            "budget of 2026: 0 ≤ 0 fen, met",
        ]
    assert "saves 34 m³ more over the plan and costs 4 yuan more" in plan.difference.en
    assert "It adds b, c; drops a." in plan.difference.en
    assert "多节水 34 m³，多投资 4元" in plan.difference.zh
    assert titles(plan.binding) == ["budget of 2025"]
    assert [relaxation.gain for relaxation in plan.relaxations] == [66, 0]


def test_totals_by_year_and_district_and_unit_costs():
    projects = [
        project("canal", (300, 100), 20, "north", lifetime=2),
        project("drip", 90, 10, "south", earliest_start=2026, source="bulletin", illustrative=False),
    ]
    plan = plan_retrofits(projects, budgets_fen=dict.fromkeys(range(2025, 2031), 400))
    best = plan.portfolio
    assert best.starts == {"canal": 2025, "drip": 2026}
    assert best.spend_fen == {2025: 300, 2026: 190, 2027: 0, 2028: 0, 2029: 0, 2030: 0}
    assert best.saving_m3 == {2025: 0, 2026: 0, 2027: 30, 2028: 30, 2029: 10, 2030: 10}
    assert best.district_saving_m3["north"] == {2025: 0, 2026: 0, 2027: 20, 2028: 20, 2029: 0, 2030: 0}
    assert best.total_cost_fen == 490
    assert best.unit_cost_fen_per_m3 == Fraction(490, 140)
    assert best.dearest_fen_per_m3 == 10
    assert best.rows()[1] == {
        "key": "drip",
        "name": "project drip",
        "district": "south",
        "start": 2026,
        "saves_from": 2027,
        "cost_fen": 90,
        "saving_m3_per_year": 10,
        "unit_cost_fen_per_m3": Fraction(9, 10),
        "illustrative": False,
        "source": "bulletin",
    }
    assert plan.difference.en == "The answer is the one by unit-cost order."
    assert "lapses" in plan.convention.en
    assert "不结转" in plan.convention.zh


def test_unspent_budget_carries_over_only_if_asked():
    budgets = {2025: 50, 2026: 50, 2027: 0}
    lapsing = plan_retrofits([project("a", 100, 5)], budgets_fen=budgets)
    assert lapsing.portfolio.starts == {}
    assert lapsing.portfolio.unit_cost_fen_per_m3 is None
    carrying = plan_retrofits([project("a", 100, 5)], budgets_fen=budgets, carry_over=True)
    assert carrying.portfolio.starts == {"a": 2026}
    assert titles(c.requirement for c in carrying.audit)[1] == "budgets of 2025-2026 together"
    assert "carries over" in carrying.convention.en
    assert "结转下年" in carrying.convention.zh


def test_precedence_pulls_the_first_project_in_or_leaves_the_second_out():
    projects = [project("pipe", 400, 1), project("plant", 500, 50), project("lining", 500, 30)]
    after = Precedence("pipe", "plant")
    rich = plan_retrofits(projects, budgets_fen={2025: 500, 2026: 500, 2027: 0, 2028: 0}, requirements=[after])
    assert all(check.holds for check in rich.audit)
    assert rich.portfolio.starts == {"pipe": 2025, "plant": 2026}
    poor = plan_retrofits(projects, budgets_fen={2025: 500, 2026: 0}, requirements=[after])
    assert poor.portfolio.starts == {"lining": 2025}
    assert titles(poor.binding) == ["budget of 2025", "plant not before pipe"]


def test_exclusion_takes_the_better_of_two():
    plan = plan_retrofits(KNAPSACK, budgets_fen={2025: 9999, 2026: 0}, requirements=[Exclusion(("a", "b"))])
    assert plan.portfolio.starts == {"a": 2025, "c": 2025}
    assert titles(plan.binding) == ["at most one of a, b"]


def test_district_minimum_costs_saving_elsewhere():
    projects = [project("rich", 100, 90, "east"), project("poor", 100, 10, "west")]
    free = plan_retrofits(projects, budgets_fen={2025: 100, 2026: 0})
    assert free.portfolio.starts == {"rich": 2025}
    held = plan_retrofits(projects, budgets_fen={2025: 100, 2026: 0}, requirements=[MinimumSaving("west", 2026, 10)])
    assert held.portfolio.starts == held.unit_cost_order.starts == {"poor": 2025}
    assert titles(held.binding) == ["budget of 2025", "minimum saving of west in 2026"]


def test_least_cost_for_a_goal_and_where_unit_cost_order_overshoots():
    projects = [project("big", 800, 100), project("small", 300, 30), project("mid", 330, 33)]
    plan = plan_retrofits(projects, budgets_fen={2025: 2000, 2026: 0}, objective="cost", saving_goal_m3=30)
    assert plan.portfolio.starts == {"small": 2025}
    assert plan.objective == 300
    assert plan.unit_cost_order.starts == {"big": 2025}
    assert "saves 70 m³ less over the plan and costs 5 yuan less" in plan.difference.en
    assert plan.certified_bound == 240
    assert "最小" in plan.convention.zh
    assert titles(plan.binding) == ["goal for the saving summed over the plan"]


def test_among_equal_savings_the_lower_cost_and_among_equal_costs_the_larger_saving():
    dear = [project("a", 500, 50), project("b", 400, 50)]
    only_one = [Exclusion(("a", "b"))]
    saving = plan_retrofits(dear, budgets_fen={2025: 500, 2026: 0}, requirements=only_one)
    assert saving.portfolio.starts == {"b": 2025}
    wet = [project("a", 400, 50), project("b", 400, 60)]
    cost = plan_retrofits(
        wet, budgets_fen={2025: 500, 2026: 0}, requirements=only_one, objective="cost", saving_goal_m3=40
    )
    assert cost.portfolio.starts == {"b": 2025}


def test_infeasible_names_a_minimal_conflict_and_what_the_order_breaks():
    requirements = [MinimumSaving("D", 2026, 110), Exclusion(("b", "c")), Precedence("a", "b")]
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET, requirements=requirements)
    assert plan.status is Status.INFEASIBLE
    assert plan.portfolio is None
    assert plan.objective is None
    assert math.isnan(plan.gap)
    assert math.isnan(plan.certified_gap)
    assert plan.audit == plan.relaxations == plan.binding == ()
    assert titles(plan.conflict) == ["budget of 2025", "minimum saving of D in 2026"]
    assert plan.difference.en == "Unit-cost order breaks: minimum saving of D in 2026: 66 ≥ 110 m³ a year, broken."
    assert "不满足" in plan.difference.zh
    assert plan.certified_bound is None


def test_large_uneven_amounts_stay_exact():
    """A budget short by one fen of 12.3 billion yuan must not be overrun by rounding in the solver."""
    cost = 1_234_567_890_123
    projects = [project("a", cost, 10**9 + 7), project("b", cost + 1, 10**9 + 9)]
    plan = plan_retrofits(projects, budgets_fen={2025: 2 * cost, 2026: 0})
    assert plan.status is Status.OPTIMAL
    assert plan.portfolio.starts == {"b": 2025}
    assert plan_retrofits(projects, budgets_fen={2025: 2 * cost + 1, 2026: 0}).objective == 2 * 10**9 + 16


@dataclass
class Twin:
    """The question again, answered by trying every portfolio with plain sums."""

    projects: list
    budgets: dict
    carry_over: bool
    requirements: list

    def portfolios(self):
        last = max(self.budgets)
        windows = []
        for p in self.projects:
            built = len(p.profile_fen)
            early, late = p.earliest_start or 0, p.latest_start or 9999
            windows.append([None, *(y for y in self.budgets if early <= y <= late and y + built - 1 <= last)])
        for starts in product(*windows):
            yield {p.key: start for p, start in zip(self.projects, starts, strict=True) if start is not None}

    def saved(self, starts, year, district=None):
        total = 0
        for p in self.projects:
            if p.key in starts and district in (None, p.district):
                first = starts[p.key] + len(p.profile_fen)
                total += p.saving_m3_per_year * (first <= year <= first + p.lifetime_years - 1)
        return total

    def spent(self, starts, year):
        return sum(
            fen
            for p in self.projects
            if p.key in starts
            for k, fen in enumerate(p.profile_fen)
            if starts[p.key] + k == year
        )

    def value(self, starts):
        saving = sum(self.saved(starts, year) for year in self.budgets)
        return saving, sum(self.spent(starts, year) for year in self.budgets)

    def meets(self, starts, requirement):
        if isinstance(requirement, MinimumSaving):
            return self.saved(starts, requirement.by_year, requirement.district) >= requirement.m3_per_year
        if isinstance(requirement, Exclusion):
            return len([key for key in requirement.keys if key in starts]) < 2
        if isinstance(requirement, Precedence):
            return requirement.then not in starts or starts.get(requirement.first, 9999) <= starts[requirement.then]
        if hasattr(requirement, "goal_m3"):
            return self.value(starts)[0] >= requirement.goal_m3
        return sum(self.spent(starts, year) for year in requirement.years) <= requirement.limit_fen

    def within_budgets(self, starts):
        over = 0
        for year, budget in sorted(self.budgets.items()):
            left = budget - self.spent(starts, year) + (over if self.carry_over else 0)
            if left < 0:
                return False
            over = left
        return True

    def feasible(self, goal=0):
        for starts in self.portfolios():
            kept = self.within_budgets(starts) and all(self.meets(starts, r) for r in self.requirements)
            if kept and self.value(starts)[0] >= goal:
                yield starts


YEARS = range(2025, 2028)


@st.composite
def questions(draw):
    n = draw(st.integers(1, 4))
    projects = []
    for i in range(n):
        built = draw(st.integers(1, 2))
        early = draw(st.sampled_from([None, 2025, 2026]))
        cost = tuple(draw(st.lists(st.integers(0, 40), min_size=built, max_size=built)))
        district, lifetime = draw(st.sampled_from(["east", "west"])), draw(st.integers(1, 3))
        projects.append(
            project(
                f"p{i}", cost, draw(st.integers(1, 30)), district, lifetime, earliest_start=early, latest_start=early
            )
        )
    keys = st.sampled_from([p.key for p in projects])
    pairs = st.tuples(keys, keys).filter(lambda pair: pair[0] < pair[1])
    requirements = []
    if n > 1:
        requirements += [Exclusion(pair) for pair in draw(st.lists(pairs, max_size=1))]
        requirements += [Precedence(*pair) for pair in draw(st.lists(pairs, max_size=2))]
    if draw(st.booleans()):
        where = draw(st.sampled_from([p.district for p in projects]))
        requirements.append(MinimumSaving(where, draw(st.sampled_from([2026, 2027])), draw(st.integers(1, 40))))
    budgets = {year: draw(st.integers(0, 60)) for year in YEARS}
    return Twin(projects, budgets, draw(st.booleans()), requirements)


def ask(question, **more):
    return plan_retrofits(
        question.projects,
        budgets_fen=question.budgets,
        carry_over=question.carry_over,
        requirements=question.requirements,
        **more,
    )


@settings(max_examples=80, deadline=None)
@given(question=questions())
def test_most_saving_equals_brute_force(question):
    plan = ask(question)
    best = max(((saving, -cost) for saving, cost in map(question.value, question.feasible())), default=None)
    if best is None:
        assert plan.status is Status.INFEASIBLE
        check_conflict(question, plan)
        return
    assert plan.status is Status.OPTIMAL
    assert (plan.portfolio.total_saving_m3, -plan.portfolio.total_cost_fen) == best
    assert dict(plan.portfolio.starts) in list(question.feasible())
    assert all(check.holds for check in plan.audit)
    assert plan.certified_bound >= plan.objective
    assert plan.gap <= 1e-6
    check_unit_cost_order(question, plan)


@settings(max_examples=80, deadline=None)
@given(question=questions(), goal=st.integers(1, 60))
def test_least_cost_equals_brute_force(question, goal):
    plan = ask(question, objective="cost", saving_goal_m3=goal)
    feasible = list(question.feasible(goal))
    best = min(((cost, -saving) for saving, cost in map(question.value, feasible)), default=None)
    if best is None:
        assert plan.status is Status.INFEASIBLE
        check_conflict(question, plan)
        return
    assert plan.status is Status.OPTIMAL
    assert (plan.portfolio.total_cost_fen, -plan.portfolio.total_saving_m3) == best
    assert dict(plan.portfolio.starts) in feasible
    assert plan.certified_bound <= plan.objective


def check_conflict(question, plan):
    """No portfolio meets the group; some portfolio meets it without any one member."""
    portfolios = list(question.portfolios())
    assert plan.conflict
    assert not any(all(question.meets(starts, r) for r in plan.conflict) for starts in portfolios)
    for dropped in plan.conflict:
        rest = [r for r in plan.conflict if r is not dropped]
        assert any(all(question.meets(starts, r) for r in rest) for starts in portfolios)


def check_unit_cost_order(question, plan):
    """It never breaks what it promises, and where it meets everything it is no better than the optimum."""
    order = dict(plan.unit_cost_order.starts)
    promised = [r for r in question.requirements if not isinstance(r, MinimumSaving)]
    assert question.within_budgets(order)
    assert all(question.meets(order, r) for r in promised)
    assert all(check.holds for check in plan.unit_cost_audit) == all(
        question.meets(order, r) for r in question.requirements
    )
    if all(check.holds for check in plan.unit_cost_audit):
        assert plan.unit_cost_order.total_saving_m3 <= plan.objective


@settings(max_examples=25, deadline=None)
@given(question=questions(), data=st.data())
def test_input_order_does_not_matter(question, data):
    plan = ask(question)
    turned = replace(
        question,
        projects=data.draw(st.permutations(question.projects)),
        budgets=dict(reversed(question.budgets.items())),
        requirements=data.draw(st.permutations(question.requirements)),
    )
    other = ask(turned)
    assert other.status is plan.status
    assert other.conflict == plan.conflict
    assert (other.portfolio and other.portfolio.starts) == (plan.portfolio and plan.portfolio.starts)


@settings(max_examples=25, deadline=None)
@given(question=questions())
def test_relaxations_equal_brute_force(question):
    plan = ask(question)
    for relaxation in plan.relaxations:
        kept = [check.requirement for check in plan.audit if check.requirement is not relaxation.requirement]
        allowed = [s for s in question.portfolios() if all(question.meets(s, r) for r in kept)]
        assert relaxation.gain == max(question.value(s)[0] for s in allowed) - plan.objective


class Solver:
    """Stands in for the solver: real answers, spoilt at chosen calls."""

    def __init__(self, *spoil):
        self.spoil = list(spoil)

    def __call__(self, programme, **options):
        answer = solve(programme, **options)
        return self.spoil.pop(0)(answer) if self.spoil else answer


def real(answer):
    return answer


def stopped(answer):
    return replace(answer, status=Status.TIME_LIMIT, bound=answer.bound + 6)


def nothing(status):
    return lambda answer: replace(answer, status=status, objective=math.nan, values=np.full_like(answer.values, np.nan))


def everything(answer):
    return replace(answer, values=np.ones_like(answer.values))


def none_taken(answer):
    return replace(answer, values=np.zeros_like(answer.values))


def test_a_choice_that_overruns_in_whole_numbers_is_solved_again(monkeypatch):
    monkeypatch.setattr(milp, "solve", Solver(everything, everything))
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET)
    assert plan.status is Status.OPTIMAL
    assert plan.portfolio.starts == {"b": 2025, "c": 2025}


def test_a_stopped_solve_is_no_optimum(monkeypatch):
    monkeypatch.setattr(milp, "solve", Solver(stopped))
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET, time_limit_s=60)
    assert plan.status is Status.TIME_LIMIT
    assert plan.objective == 100
    assert plan.gap > 0
    assert plan.relaxations == ()


def test_a_stopped_solve_without_an_answer_still_shows_unit_cost_order(monkeypatch):
    monkeypatch.setattr(milp, "solve", Solver(nothing(Status.TIME_LIMIT)))
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET)
    assert plan.status is Status.TIME_LIMIT
    assert plan.portfolio is None
    assert plan.difference.en == "There is no portfolio to compare with unit-cost order."
    assert plan.unit_cost_order.total_saving_m3 == 66


@pytest.mark.parametrize(
    "spoil",
    [
        [everything] * milp._ATTEMPTS,  # overruns the budget again and again
        (nothing(Status.INFEASIBLE),),  # unit-cost order is a witness that there is an answer
        (none_taken, nothing(Status.NUMERICAL)),  # unit-cost order is better
    ],
)
def test_the_audit_overrules_the_solver(monkeypatch, spoil):
    monkeypatch.setattr(milp, "solve", Solver(*spoil))
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET)
    assert plan.status is Status.NUMERICAL
    assert plan.conflict == ()


@pytest.mark.parametrize("second", [[nothing(Status.TIME_LIMIT)], [none_taken] * milp._ATTEMPTS])
def test_a_failed_tie_break_keeps_the_first_answer(monkeypatch, second):
    monkeypatch.setattr(milp, "solve", Solver(real, *second))
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET)
    assert plan.status is Status.OPTIMAL
    assert plan.objective == 100


def test_a_relaxation_that_does_not_end_is_unknown(monkeypatch):
    plan = plan_retrofits(KNAPSACK, budgets_fen=BUDGET)
    monkeypatch.setattr(milp, "solve", Solver(stopped, nothing(Status.TIME_LIMIT)))
    assert [relaxation.gain for relaxation in plan.relaxations] == [None, None]
    assert plan.binding == ()

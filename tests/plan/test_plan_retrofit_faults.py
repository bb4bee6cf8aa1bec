"""Bad input to the retrofit portfolio: everything at once, each with its place and remedy."""

import math

import pytest

from hetao.errors import PlanError
from hetao.plan import Exclusion, MinimumSaving, Precedence, Project, plan_retrofits

BUDGETS = {2025: 10, 2026: 10}


def project(key="a", **more):
    fields = {
        "name": "canal lining",
        "district": "D",
        "cost_fen": 5,
        "saving_m3_per_year": 1,
        "lifetime_years": 1,
        "illustrative": True,
        "source": "made up",
    }
    return Project(key=key, **{**fields, **more})


def problems_of(projects, budgets=BUDGETS, **more):
    with pytest.raises(PlanError) as caught:
        plan_retrofits(projects, budgets_fen=budgets, **more)
    lines = len(caught.value.problems)
    assert len(caught.value.describe("zh").splitlines()) == len(caught.value.describe("en").splitlines()) == lines
    return sorted((problem.code, problem.place.item) for problem in caught.value.problems)


def test_faults_of_every_kind_are_reported_together():
    projects = [
        project("a", cost_fen=-5, name=" "),
        project("a", saving_m3_per_year=0, source=""),
        project("b", cost_fen=(), lifetime_years=0.5),
        project("c", district=None, earliest_start="now"),
    ]
    requirements = [
        MinimumSaving("nowhere", 2030, 0),
        Exclusion(("a", "zz")),
        Exclusion(("b", "b")),
        Precedence("b", "c"),
        Precedence("c", "b"),
        Precedence("yy", "b"),
    ]
    assert problems_of(
        projects,
        {2025: 10, 2027: -1},
        requirements=requirements,
        objective="best",
        saving_goal_m3=0,
        time_limit_s=0,
        relative_gap=1,
    ) == [
        ("plan.budget_gap", "budgets_fen[2026]"),
        ("plan.duplicate_key", "projects[a]"),
        ("plan.empty", "projects[b].cost_fen"),
        ("plan.exclusion", "Exclusion"),
        ("plan.name", "projects[a].name[ ]"),
        ("plan.name", "projects[a].source[]"),
        ("plan.name", "projects[c].district[None]"),
        ("plan.objective", "objective"),
        ("plan.precedence_cycle", "Precedence"),
        ("plan.relative_gap", "relative_gap"),
        ("plan.time_limit", "time_limit_s"),
        ("plan.unknown_name", "Exclusion[zz]"),
        ("plan.unknown_name", "MinimumSaving(nowhere, 2030)[nowhere]"),
        ("plan.unknown_name", "Precedence[yy]"),
        ("plan.whole_number", "MinimumSaving(nowhere, 2030).m3_per_year"),
        ("plan.whole_number", "budgets_fen[2027]"),
        ("plan.whole_number", "projects[a].cost_fen"),
        ("plan.whole_number", "projects[a].saving_m3_per_year"),
        ("plan.whole_number", "projects[b].lifetime_years"),
        ("plan.whole_number", "projects[c].earliest_start"),
        ("plan.whole_number", "saving_goal_m3"),
        ("plan.year", "MinimumSaving(nowhere, 2030).by_year"),
    ]


def test_nothing_at_all():
    found = problems_of([], {}, requirements=[MinimumSaving("D", 2025, 1)])
    assert [code for code, _ in found] == ["plan.empty", "plan.empty", "plan.unknown_name", "plan.year"]


def test_budget_years_are_whole_numbers():
    assert problems_of([project()], {"2025": 5}) == [("plan.whole_number", "budgets_fen")]


@pytest.mark.parametrize(
    "more",
    [
        {"earliest_start": 2027},
        {"latest_start": 2024},
        {"earliest_start": 2026, "latest_start": 2025},
        {"cost_fen": (1, 1, 1)},
    ],
)
def test_a_project_that_cannot_start_inside_the_plan(more):
    assert problems_of([project(**more)]) == [("plan.window", "projects[a]")]


def test_every_cycle_of_precedences_is_reported():
    keys = "abcde"
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "e"), ("e", "c"), ("a", "c"), ("e", "e")]
    found = problems_of([project(key) for key in keys], requirements=[Precedence(*pair) for pair in pairs])
    assert found == [("plan.precedence_cycle", "Precedence")] * 3


@pytest.mark.parametrize("requirements", [(), (Exclusion(("a", "b")),)])
def test_least_cost_needs_a_saving_required(requirements):
    found = problems_of([project("a"), project("b")], objective="cost", requirements=requirements)
    assert found == [("plan.goal", "saving_goal_m3")]


def test_a_limit_that_is_no_number_is_refused():
    assert problems_of([project()], time_limit_s=math.nan) == [("plan.time_limit", "time_limit_s")]


def test_records_of_another_kind_are_refused_each_with_its_place():
    with pytest.raises(PlanError) as caught:
        plan_retrofits([3], budgets_fen=[1], requirements="x")
    assert [(p.code, p.place.item) for p in caught.value.problems] == [
        ("plan.no_record", "projects[0]"),
        ("plan.no_record", "requirements[0]"),
        ("plan.no_table", "budgets_fen"),
    ]
    with pytest.raises(PlanError, match=r"projects\[0\]"):
        plan_retrofits(3, budgets_fen={2026: 1})

"""Allocation: published numbers, exact sums, order of input, floors, notes, bad input."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.errors import PlanError
from hetao.plan import RULES, allocate, apportion, break_down, compare, compare_break_down
from hetao.text import use_language

F = Fraction
THREE = {"a": 100, "b": 200, "c": 300}
EVERY_RULE = pytest.mark.parametrize("rule", sorted(RULES))


@pytest.mark.parametrize(
    ("rule", "cap", "claims", "expected"),
    [
        # Ketubot 93a, in Aumann and Maschler 1985, table 1
        ("talmud", 100, [100, 200, 300], [F(100, 3), F(100, 3), F(100, 3)]),
        ("talmud", 200, [100, 200, 300], [50, 75, 75]),
        ("talmud", 300, [100, 200, 300], [50, 100, 150]),
        # Bava Metzia 2a, the contested garment: one claims all, one half; and all against a third
        ("talmud", 200, [200, 100], [150, 50]),
        ("talmud", 600, [600, 200], [500, 100]),
        # the marriage contract under the other rules, by hand from their definitions (Thomson 2003)
        ("constrained_equal_awards", 200, [100, 200, 300], [F(200, 3)] * 3),
        ("constrained_equal_awards", 400, [100, 200, 300], [100, 150, 150]),
        ("constrained_equal_losses", 100, [100, 200, 300], [0, 0, 100]),
        ("constrained_equal_losses", 200, [100, 200, 300], [0, 50, 150]),
        ("constrained_equal_losses", 300, [100, 200, 300], [0, 100, 200]),
        ("proportional", 200, [100, 200, 300], [F(100, 3), F(200, 3), 100]),
        # Ibn Ezra's four heirs (the estate and claims of O'Neill 1982), by hand from the definitions
        ("constrained_equal_awards", 120, [30, 40, 60, 120], [30, 30, 30, 30]),
        ("talmud", 120, [30, 40, 60, 120], [15, 20, 30, 55]),
        # the two-person rule of equal losses: losses of 50 each
        ("constrained_equal_losses", 200, [100, 200], [50, 150]),
    ],
)
def test_published_divisions(rule, cap, claims, expected):
    allocation = allocate(rule, cap_m3=cap, claims={str(i): claim for i, claim in enumerate(claims)})
    assert list(allocation.exact.values()) == expected


def test_weighted_max_min_by_population_differs_from_every_other_rule():
    """Water-filling per head: λ = 1/2; the village is capped at its claim and its rest goes to the others."""
    people = {"village": 60, "town": 100, "city": 300}
    comparison = compare(cap_m3=260, claims={"village": 20, "town": 200, "city": 400}, weights=people)
    assert comparison["max_min"].exact == {"village": 20, "town": 60, "city": 180}
    assert comparison.identical == ()
    assert comparison["max_min"].weights == people
    assert comparison["talmud"].weights is None


def test_floors_are_met_first_but_are_lower_bounds_in_max_min():
    floors = {"a": 60}
    comparison = compare(cap_m3=240, claims=THREE, floors=floors)
    assert comparison["constrained_equal_awards"].exact == {"a": 100, "b": 70, "c": 70}
    assert comparison["max_min"].exact == {"a": 80, "b": 80, "c": 80}
    assert comparison["proportional"].exact["a"] == 60 + F(180 * 40, 540)
    held = allocate("max_min", cap_m3=100, claims=THREE, floors=floors)
    assert held.awards == {"a": 60, "b": 20, "c": 20}
    assert "held at the floor: a" in [note.en for note in held.notes]


@EVERY_RULE
def test_claims_below_the_cap_are_met_and_the_rest_is_reserve(rule):
    allocation = allocate(rule, cap_m3=1000, claims=THREE, floors={"a": 10})
    assert allocation.awards == THREE
    assert allocation.reserve_m3 == 400
    assert allocation.notes[0].en == "the cap does not bind: every claim is met, 400 m³ in reserve"
    assert len(allocation.notes) == 1
    assert set(allocation.losses.values()) == {0}


@EVERY_RULE
def test_zero_claims_and_a_zero_cap(rule):
    allocation = allocate(rule, cap_m3=0, claims={"a": 0, "b": 5})
    assert allocation.awards == {"a": 0, "b": 0}
    assert allocation.satisfaction == {"a": None, "b": 0}
    assert allocate(rule, cap_m3=3, claims={"a": 0}).reserve_m3 == 3


def test_ties_in_rounding_go_to_the_larger_claim_then_the_name():
    claims = {"z": 10, "y": 20, "x": 10, "w": 20}
    assert allocate("max_min", cap_m3=9, claims=claims).awards == {"w": 3, "y": 2, "x": 2, "z": 2}
    assert allocate("max_min", cap_m3=11, claims=claims).awards == {"w": 3, "y": 3, "x": 3, "z": 2}


@st.composite
def problems(draw):
    names = draw(st.lists(st.text("abc甲乙", min_size=1, max_size=3), min_size=1, max_size=7, unique=True))
    claims = {name: draw(st.integers(0, 10**11)) for name in names}
    floors = {name: draw(st.integers(0, claims[name])) for name in names if draw(st.booleans())}
    cap = draw(st.integers(sum(floors.values()), sum(claims.values()) + 10))
    return cap, claims, floors, {name: draw(st.integers(1, 10**7)) for name in names}


@EVERY_RULE
@settings(max_examples=40, deadline=None)
@given(problem=problems(), data=st.data())
def test_whole_parts_sum_to_the_cap_keep_floors_and_ignore_input_order(rule, problem, data):
    cap, claims, floors, weights = problem
    weights = weights if RULES[rule].uses_weights else None
    allocation = allocate(rule, cap_m3=cap, claims=claims, floors=floors, weights=weights)
    assert sum(allocation.awards.values()) + allocation.reserve_m3 == cap
    assert allocation.reserve_m3 == max(0, cap - sum(claims.values()))
    for name, award in allocation.awards.items():
        assert floors.get(name, 0) <= award <= claims[name]
        assert abs(award - allocation.exact[name]) < 1
        assert award + allocation.losses[name] == claims[name]
        rate = allocation.satisfaction[name]
        assert rate is None if not claims[name] else rate == F(award, claims[name])
    turned = {name: claims[name] for name in data.draw(st.permutations(list(claims)))}
    assert allocate(rule, cap_m3=cap, claims=turned, floors=floors, weights=weights).awards == allocation.awards


@settings(max_examples=60, deadline=None)
@given(problem=problems())
def test_whole_awards_keep_the_order_of_claims(problem):
    cap, claims, _, _ = problem
    for rule in RULES:
        if "order_preservation" in RULES[rule].laws:
            awards = allocate(rule, cap_m3=cap, claims=claims).awards
            ranked = sorted(claims, key=lambda name: claims[name])
            for small, big in pairwise(ranked):
                assert awards[small] <= awards[big] or claims[small] == claims[big]


def test_notes_say_what_binds():
    short = allocate("constrained_equal_losses", cap_m3=200, claims=THREE)
    assert [note.en for note in short.notes] == ["the cap binds: 400 m³ of claims are not met", "awarded nothing: a"]
    full = allocate("constrained_equal_awards", cap_m3=400, claims=THREE)
    assert [note.zh for note in full.notes] == ["上限构成约束：共缺 200 m³", "全额满足：a"]
    equal = allocate("max_min", cap_m3=400, claims=THREE)
    assert equal.notes[-1].en == "equal weights and no floors: the rule is the constrained equal awards rule here"


@EVERY_RULE
def test_convention_and_rows(rule):
    allocation = allocate(rule, cap_m3=200, claims=THREE)
    with use_language("en"):
        assert "Rounding" in str(allocation.convention)
        assert ("lower bounds" in str(allocation.convention)) == (rule == "max_min")
    assert "取整" in allocation.convention.zh
    rows = allocation.rows()
    assert [row["name"] for row in rows] == ["a", "b", "c"]
    assert sum(row["award_m3"] for row in rows) == 200
    assert {row["rule"] for row in rows} == {rule}


def test_comparison_is_side_by_side():
    comparison = compare(cap_m3=300, claims=THREE, rules=["talmud", "proportional", "constrained_equal_awards"])
    assert comparison.rows()[0] == {
        "name": "a",
        "claim_m3": 100,
        "floor_m3": 0,
        "talmud": 50,
        "proportional": 50,
        "constrained_equal_awards": 100,
    }
    assert comparison.identical == (("talmud", "proportional"),)
    assert tuple(compare(cap_m3=300, claims=THREE).allocations) == tuple(RULES)


def test_results_cannot_be_changed_and_whole_numbers_of_numpy_are_taken():
    allocation = allocate("talmud", cap_m3=np.int64(5), claims={"a": np.int64(4), "b": 4})
    assert allocation.awards == {"a": 3, "b": 2}
    assert all(type(award) is int for award in allocation.awards.values())
    with pytest.raises(TypeError):
        allocation.awards["a"] = 0
    with pytest.raises(AttributeError):
        allocation.cap_m3 = 1


def codes(caught):
    return sorted((problem.code, problem.place.item) for problem in caught.value.problems)


def test_everything_wrong_is_reported_at_once():
    with pytest.raises(PlanError) as caught:
        allocate("fair", cap_m3=-1, claims={"a": 1.5, "b": -2, "c": True, "": 3}, floors={"q": "x"}, weights={"b": 0})
    assert codes(caught) == [
        ("plan.name", "claims[]"),
        ("plan.unknown_name", "claims[]"),
        ("plan.unknown_name", "claims[a]"),
        ("plan.unknown_name", "claims[c]"),
        ("plan.unknown_name", "floors[q]"),
        ("plan.unknown_rule", "rule"),
        ("plan.whole_number", "cap_m3"),
        ("plan.whole_number", "claims[a]"),
        ("plan.whole_number", "claims[b]"),
        ("plan.whole_number", "claims[c]"),
        ("plan.whole_number", "floors[q]"),
        ("plan.whole_number", "weights[b]"),
    ]
    for language in ("zh", "en"):
        assert len(caught.value.describe(language).splitlines()) == 12


def test_floors_that_do_not_fit():
    with pytest.raises(PlanError) as caught:
        allocate("talmud", cap_m3=50, claims={"a": 10, "b": 100}, floors={"a": 11, "b": 40})
    assert codes(caught) == [("plan.floor_above_claim", "floors[a]"), ("plan.floors_above_cap", "floors")]
    assert "lower the floors by 1 m³" in caught.value.describe("en")


def test_weights_are_refused_by_rules_that_read_none():
    with pytest.raises(PlanError) as caught:
        allocate("talmud", cap_m3=50, claims={"a": 10}, weights={"a": 1})
    assert codes(caught) == [("plan.weights_unused", "weights")]


@pytest.mark.parametrize("rules", [[], ["fair"]])
def test_comparison_refuses_no_claims_and_unknown_rules(rules):
    with pytest.raises(PlanError) as caught:
        compare(cap_m3=5, claims={}, rules=rules)
    assert [code for code, _ in codes(caught)] == ["plan.empty", "plan.unknown_rule" if rules else "plan.empty"]


def test_apportion_is_the_method_of_largest_remainder():
    """By hand (Hamilton's method): 5 parts over 53, 24 and 23 are quotas of 2.65, 1.2 and 1.15."""
    assert apportion(5, {"A": 53, "B": 24, "C": 23}) == {"A": 3, "B": 1, "C": 1}
    assert apportion(1000, {"x": 1, "y": 1, "z": 1}) == {"x": 334, "y": 333, "z": 333}


@settings(max_examples=60, deadline=None)
@given(total=st.integers(0, 10**12), basis=st.lists(st.integers(0, 10**8), min_size=1, max_size=8).filter(any))
def test_apportion_keeps_the_total_and_the_quota(total, basis):
    named = {f"n{i}": size for i, size in enumerate(basis)}
    parts = apportion(total, named)
    assert sum(parts.values()) == total
    assert all(abs(part - F(total * named[name], sum(basis))) < 1 for name, part in parts.items())


@pytest.mark.parametrize("basis", [{}, {"a": 0}])
def test_apportion_refuses_an_empty_basis(basis):
    with pytest.raises(PlanError) as caught:
        apportion(-1, basis)
    assert codes(caught) == [("plan.empty", "basis"), ("plan.whole_number", "total")]
    with pytest.raises(PlanError):
        apportion(1, {"a": 0.5})


@pytest.mark.parametrize("claims", [[1, 2], 3, "ab"])
def test_what_is_no_table_is_refused_by_name(claims):
    for act in (
        lambda: allocate("proportional", cap_m3=1, claims=claims, floors=[1]),
        lambda: compare(cap_m3=1, claims=claims, floors=[1]),
        lambda: break_down("proportional", cap_m3=1, claims=claims, floors=[1]),
        lambda: compare_break_down(cap_m3=1, claims=claims, floors=[1]),
    ):
        with pytest.raises(PlanError) as caught:
            act()
        assert [(p.code, p.place.item) for p in caught.value.problems] == [
            ("plan.no_table", "claims"),
            ("plan.no_table", "floors"),
        ]


def test_a_series_is_a_table_too():
    claims = pd.Series({"a": 4, "b": 8})
    assert allocate("proportional", cap_m3=6, claims=claims, weights=None).awards == {"a": 2, "b": 4}

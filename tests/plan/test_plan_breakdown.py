"""Break-down of a cap over a tree: exact at every level."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.errors import PlanError
from hetao.plan import RULES, allocate, break_down, compare_break_down

CLAIMS = {("x", "p"): 500, ("x", "q"): 900, ("y", "r"): 800, ("z",): 30}


def test_two_levels_by_hand():
    tree = break_down("talmud", cap_m3=1001, claims=CLAIMS, floors={("x", "p"): 7})
    top = allocate("talmud", cap_m3=1001, claims={"x": 1400, "y": 800, "z": 30}, floors={"x": 7})
    assert tree.levels[()] == top
    assert tree.levels[("x",)].awards == {"p": 253, "q": 333}
    assert tree.awards == {("x",): 586, ("y",): 400, ("z",): 15, ("x", "p"): 253, ("x", "q"): 333, ("y", "r"): 400}
    assert set(tree.leaves) == set(CLAIMS)
    assert tree.reserves == {(): 0, ("x",): 0, ("y",): 0}
    assert [row["path"] for row in tree.rows()] == list(tree.awards)


def test_a_parents_own_claim_goes_before_the_sum_and_the_rest_is_its_reserve():
    claims = {("x",): 100, ("x", "p"): 30, ("x", "q"): 40, ("y",): 100}
    tree = break_down("proportional", cap_m3=160, claims=claims)
    assert tree.awards == {("x",): 80, ("y",): 80, ("x", "p"): 30, ("x", "q"): 40}
    assert tree.reserves == {(): 0, ("x",): 10}


def test_weights_sum_up_where_the_rule_reads_them():
    weights = {("x", "p"): 1, ("x", "q"): 2, ("y", "r"): 3, ("z",): 4}
    trees = compare_break_down(cap_m3=100, claims=CLAIMS, weights=weights)
    assert tuple(trees) == tuple(RULES)
    assert trees["max_min"].levels[()].weights == {"x": 3, "y": 3, "z": 4}
    assert trees["max_min"].awards[("x",)] == 35
    assert trees["talmud"].levels[()].weights is None


NAMES = st.sampled_from(["a", "b", "c"])


@st.composite
def trees(draw):
    leagues = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    paths = []
    for league in leagues:
        banners = draw(st.lists(NAMES, max_size=3, unique=True))
        paths += [(league, banner) for banner in banners] or [(league,)]
    claims = {path: draw(st.integers(0, 1000)) for path in paths}
    floors = {path: draw(st.integers(0, claims[path])) for path in paths if draw(st.booleans())}
    cap = draw(st.integers(sum(floors.values()), sum(claims.values()) + 100))
    return cap, claims, floors, {path: draw(st.integers(1, 9)) for path in paths}


@pytest.mark.parametrize("rule", sorted(RULES))
@settings(max_examples=40, deadline=None)
@given(tree=trees(), data=st.data())
def test_every_level_sums_to_its_parent(rule, tree, data):
    cap, claims, floors, weights = tree
    weights = weights if RULES[rule].uses_weights else None
    done = break_down(rule, cap_m3=cap, claims=claims, floors=floors, weights=weights)
    for parent, level in done.levels.items():
        assert level.cap_m3 == (done.awards[parent] if parent else cap)
        assert sum(level.awards.values()) + level.reserve_m3 == level.cap_m3
    assert sum(done.leaves.values()) + sum(done.reserves.values()) == cap
    assert all(floors.get(path, 0) <= award <= claims[path] for path, award in done.leaves.items())
    turned = {path: claims[path] for path in data.draw(st.permutations(list(claims)))}
    assert break_down(rule, cap_m3=cap, claims=turned, floors=floors, weights=weights).awards == done.awards


def codes(caught):
    return sorted((problem.code, problem.place.item) for problem in caught.value.problems)


def test_paths_must_be_tuples_of_names():
    with pytest.raises(PlanError) as caught:
        break_down("fair", cap_m3=1, claims={"x": 1, (): 2, ("y", ""): 3, ("z", 4): 5})
    assert [code for code, _ in codes(caught)] == ["plan.path"] * 4 + ["plan.unknown_rule"]


def test_no_claims():
    with pytest.raises(PlanError) as caught:
        compare_break_down(cap_m3=1, claims={}, rules=[])
    assert codes(caught) == [("plan.empty", "claims"), ("plan.empty", "rules")]


def test_numbers_and_names_are_checked_at_once():
    with pytest.raises(PlanError) as caught:
        break_down(
            "max_min", cap_m3=-1, claims=CLAIMS, floors={("z",): 0.5, ("w",): 1}, weights={("z",): 0, ("x", "p"): 1}
        )
    assert codes(caught) == [
        ("plan.unknown_name", "claims[x/q]"),
        ("plan.unknown_name", "claims[y/r]"),
        ("plan.unknown_name", "floors[w]"),
        ("plan.whole_number", "cap_m3"),
        ("plan.whole_number", "floors[z]"),
        ("plan.whole_number", "weights[z]"),
    ]


def test_floors_must_fit_claims_parents_and_the_cap():
    floors = {("x",): 400, ("x", "p"): 501, ("z",): 31}
    with pytest.raises(PlanError) as caught:
        break_down("talmud", cap_m3=430, claims=CLAIMS, floors=floors)
    assert codes(caught) == [
        ("plan.floor_above_claim", "floors[x/p]"),
        ("plan.floor_above_claim", "floors[z]"),
        ("plan.floor_below_parts", "floors[x]"),
        ("plan.floors_above_cap", "floors"),
    ]

"""The two-stage index: small cases by hand, made of two_stage's own scores, its laws, its faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontiers import Data, draw, numbers, panel_of, refused
from hetao import Panel
from hetao.measure import IndexResult, computing, two_stage, two_stage_malmquist
from hetao.text import use_language

PARTS = ("index", "efficiency_change", "technical_change", "stage_1_change", "stage_2_change")
PRIORITIES = ("first", "second")


def by_key(result: IndexResult, name: str = "index") -> dict[tuple[int, int], float]:
    t = result.changes
    return dict(zip(zip(t["u"], t["period_from"], strict=True), numbers(t[name]), strict=True))


def made(data: Data, **options: Any) -> IndexResult:
    return two_stage_malmquist(panel_of(data, period="t"), **({"links": "y1"} | options))


def scores(data: Data, name: str, **options: Any) -> dict[tuple[int, int], float]:
    t = two_stage(panel_of(data, period="t"), links="y1", **options).scores
    return dict(zip(zip(t["u"], t["t"], strict=True), t[name], strict=True))


def test_a_case_by_hand():
    """One input, one link, one output: each stage is its ratio over the best, whatever the weights.

    z/x is 1, 1/2 | 1, 1 and y/z is 2, 1 | 2, 1/2: the best are 1 and 2 in all, and 1 and 2 in each year.
    """
    data = {"u": ["a", "b"] * 2, "t": [1, 1, 2, 2], "x": [1.0, 2.0, 1.0, 2.0], "z": [1.0, 1.0, 1.0, 2.0]}
    panel = Panel(data | {"y": [2.0, 1.0, 2.0, 1.0]}, unit="u", period="t", inputs="x", outputs=["z", "y"])
    found = two_stage_malmquist(panel, links="z")
    table = found.changes
    assert {name: numbers(table[name]).tolist() for name in PARTS} == {
        "index": pytest.approx([1.0, 1.0]),
        "efficiency_change": pytest.approx([1.0, 1.0]),
        "technical_change": pytest.approx([1.0, 1.0]),
        "stage_1_change": pytest.approx([1.0, 2.0]),
        "stage_2_change": pytest.approx([1.0, 0.5]),
    }


def test_a_frontier_that_moves_by_hand():
    """All of stage 1 doubles its yield: the index and technology double, and nobody is nearer his own frontier."""
    data = {
        "u": ["a", "b"] * 2,
        "t": [1, 1, 2, 2],
        "x": [1.0] * 4,
        "z": [2.0, 1.0, 4.0, 2.0],
        "y": [2.0, 1.0, 4.0, 2.0],
    }
    found = two_stage_malmquist(Panel(data, unit="u", period="t", inputs="x", outputs=["z", "y"]), links="z").changes
    for name, value in zip(PARTS, (2.0, 1.0, 2.0, 2.0, 1.0), strict=True):
        assert numbers(found[name]) == pytest.approx([value] * 2)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_the_index_is_made_of_the_scores_of_two_stages(priority: str):
    data = draw(71, 7, periods=3)
    result = made(data, priority=priority)
    whole = {
        name: scores(data, name, priority=priority, reference="global") for name in ("score", "stage_1", "stage_2")
    }
    own = scores(data, "score", priority=priority)
    for (u, t), value in by_key(result).items():
        ratio = {name: s[u, t + 1] / s[u, t] for name, s in whole.items()}
        assert value == pytest.approx(ratio["score"], rel=1e-8)
        assert by_key(result, "stage_1_change")[u, t] == pytest.approx(ratio["stage_1"], rel=1e-8)
        assert by_key(result, "stage_2_change")[u, t] == pytest.approx(ratio["stage_2"], rel=1e-8)
        assert by_key(result, "efficiency_change")[u, t] == pytest.approx(own[u, t + 1] / own[u, t], rel=1e-8)
    assert set(result.changes["status"]) == {"optimal"}
    proof = result.certificate
    assert max(proof.primal, proof.dual, proof.gap) <= 1e-8
    table = result.distances
    assert table["reference"] == ["global"] * 21 + ["contemporaneous"] * 21
    for at, name in enumerate(("score", "stage_1", "stage_2")):
        expected = [*whole[name].values(), *(own.values() if at == 0 else numbers(table[name])[21:])]
        assert numbers(table[name]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_both_twins_agree(priority: str):
    data = draw(72, 6, periods=3)
    fast = made(data, priority=priority)
    with computing(engine="plain"):
        plain = made(data, priority=priority)
    for name in PARTS:
        assert numbers(fast.changes[name]) == pytest.approx(numbers(plain.changes[name]), rel=1e-6)


@given(seed=st.integers(0, 10**6), priority=st.sampled_from(PRIORITIES))
def test_its_laws(seed: int, priority: str):
    random = np.random.default_rng(seed)
    data = draw(seed, 5, periods=3)
    result = made(data, priority=priority)
    index, stage_1, stage_2 = (by_key(result, name) for name in ("index", "stage_1_change", "stage_2_change"))
    efficiency, technical = by_key(result, "efficiency_change"), by_key(result, "technical_change")
    for key, value in index.items():
        assert stage_1[key] * stage_2[key] == pytest.approx(value, rel=1e-6)
        assert efficiency[key] * technical[key] == pytest.approx(value, rel=1e-12)
    scale = {name: 10.0 ** random.integers(-4, 5) for name in ("x1", "x2", "y1", "y2")}
    scaled = data | {name: (np.array(data[name]) * factor).tolist() for name, factor in scale.items()}
    other = made(scaled, priority=priority)
    for name in PARTS:
        assert by_key(other, name) == pytest.approx(by_key(result, name), rel=1e-5)
    turned = by_key(made(data | {"t": [{0: 0, 1: 2, 2: 1}[t] for t in data["t"]]}, priority=priority))
    for u in range(5):  # circular: over the two years at once, and back
        assert index[u, 0] * index[u, 1] == pytest.approx(turned[u, 0], rel=1e-6)


@given(seed=st.integers(0, 10**6), growth=st.floats(1.01, 3.0))
def test_standing_still_is_one_and_more_of_everything_from_the_same_is_growth(seed: int, growth: float):
    first = draw(seed, 6)
    still = {name: [*values, *values] for name, values in first.items()} | {"t": [0] * 6 + [1] * 6}
    for name in PARTS:
        assert list(by_key(made(still), name).values()) == pytest.approx([1.0] * 6)
    grown = still | {name: [*first[name], *(v * growth for v in first[name])] for name in ("y1", "y2")}
    assert min(by_key(made(grown)).values()) > 1.0


def test_the_index_does_not_depend_on_the_priority_and_the_split_favours_it():
    panel = panel_of(draw(73, 8, periods=2), period="t", outputs=["y1", "y2", "b"])
    one, two = (two_stage_malmquist(panel, links=["y1", "y2"], priority=priority) for priority in PRIORITIES)
    assert by_key(one) == pytest.approx(by_key(two), rel=1e-8)
    first, second = (numbers(result.distances["stage_1"]) for result in (one, two))
    assert (first >= second - 1e-9).all()
    assert one.options == {"links": ["y1", "y2"], "priority": "first", "longest_gap": 1}
    assert "best for the second stage" in str(two.convention)
    with use_language("zh"):
        assert "对第二阶段最有利" in two.summary()


def test_a_unit_that_is_not_seen_in_both_periods_is_missing():
    data = draw(74, 5, periods=2)
    lost = next(i for i, (u, t) in enumerate(zip(data["u"], data["t"], strict=True)) if (u, t) == (2, 1))
    kept = {name: [v for i, v in enumerate(values) if i != lost] for name, values in data.items()}
    table = made(kept).changes
    statuses = dict(zip(table["u"], table["status"], strict=True))
    assert statuses == {0: "optimal", 1: "optimal", 2: "missing", 3: "optimal", 4: "optimal"}
    row = table["u"].index(2)
    assert all(table[name][row] is None for name in PARTS)


def test_outputs_without_any_link_are_refused_for_nobody_else_would_have_an_efficiency():
    data = draw(75, 4, periods=2)
    data["y1"][3] = 0.0
    panel = panel_of(data, period="t")
    assert refused(two_stage_malmquist, panel, links="y1") == ["two_stage_malmquist.data"]
    assert refused(two_stage, panel, links="y1") == ["two_stage.data"]
    data["y2"][3] = 0.0
    assert set(made(data).changes["status"]) <= {"optimal", "numerical"}  # who makes nothing at all harms nobody


def test_what_it_cannot_take_is_refused():
    panel = panel_of(draw(76, 5, periods=2), period="t")
    codes = refused(two_stage_malmquist, panel, links=["y1", "y2"], priority="both")
    assert sorted(codes) == ["two_stage_malmquist.links", "two_stage_malmquist.priority"]
    assert set(refused(two_stage_malmquist, panel, links="x1")) == {"two_stage_malmquist.links"}
    data = draw(76, 5, periods=2)
    data["x1"][0] = -1.0
    assert refused(two_stage_malmquist, panel_of(data, period="t"), links="y1") == ["two_stage_malmquist.data"]
    assert refused(two_stage_malmquist, panel_of(draw(76, 5)), links="y1") == ["two_stage_malmquist.panel"]

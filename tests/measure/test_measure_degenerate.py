"""Data at the edge: ties, zeros, single units, gaps and programmes without an answer never become a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hetao import Panel
from hetao.measure import IndexResult, dea, directional, malmquist, malmquist_luenberger

RETURNS = ("crs", "vrs", "nirs", "ndrs", "fdh")
Rows = dict[str, list[Any]]


def cross(x: list[Any], y: list[Any], **columns: list[float]) -> Panel:
    """Return a cross-section; each row of x and y is a list of quantities."""
    xs, ys = np.atleast_2d(np.array(x, float).T), np.atleast_2d(np.array(y, float).T)
    made: Rows = {"u": [f"u{i}" for i in range(len(x))]}
    made |= {f"x{j}": column.tolist() for j, column in enumerate(xs)}
    made |= {f"y{j}": column.tolist() for j, column in enumerate(ys)}
    inputs, outputs = [f"x{j}" for j in range(len(xs))], [f"y{j}" for j in range(len(ys))]
    return Panel(made | columns, unit="u", inputs=inputs, outputs=outputs, bads=list(columns))


def over_time(rows: list[tuple[Any, ...]]) -> Panel:
    """Return a panel from (unit, period, x, y) or (unit, period, x, y, bad) rows."""
    made = dict(zip(("u", "t", "x", "y", "b"), map(list, zip(*rows, strict=True)), strict=False))
    bads = "b" if "b" in made else ()
    return Panel(made, unit="u", period="t", inputs="x", outputs="y", bads=bads)


def outcome(result: Any) -> list[tuple[float | None, str]]:
    scores = result.scores
    return list(zip(scores["score"], scores["status"], strict=True))


def statuses(result: IndexResult) -> dict[tuple[Any, ...], str]:
    t = result.changes
    assert all((v is None) == (s != "optimal") for v, s in zip(t["index"], t["status"], strict=True))
    return dict(zip(zip(t["u"], t["period_from"], t["period_to"], strict=True), t["status"], strict=True))


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", RETURNS)
def test_one_unit_alone_is_its_own_frontier(returns: str, orientation: str):
    result = dea(cross([[2.0, 3.0]], [[1.0]]), returns=returns, orientation=orientation)
    assert outcome(result) == [(pytest.approx(1.0), "optimal")]
    assert (result.peers["peer"], result.peers["weight"]) == (["u0"], [pytest.approx(1.0)])
    assert result.slacks["x0"] == [pytest.approx(0.0)]


@pytest.mark.parametrize("returns", RETURNS)
def test_one_unit_alone_has_no_super_efficiency(returns: str):
    result = dea(cross([[2.0]], [[1.0]]), returns=returns, super_efficiency=True)
    assert outcome(result) == [(None, "infeasible")]
    assert result.peers == {"u": [], "peer": [], "weight": []}
    assert result.slacks == result.targets == {"u": ["u0"], "x0": [None], "y0": [None]}
    assert result.multipliers["x0"] == [None]


def test_two_units_set_each_others_super_efficiency():
    result = dea(cross([[2.0], [1.0]], [[1.0], [1.0]]), super_efficiency=True)
    assert outcome(result) == [(pytest.approx(0.5), "optimal"), (pytest.approx(2.0), "optimal")]
    assert result.peers["peer"] == ["u1", "u0"]


def test_super_efficiency_under_variable_returns_may_have_no_answer():
    result = dea(cross([[1.0], [2.0], [4.0]], [[1.0], [3.0], [4.0]]), returns="vrs", super_efficiency=True)
    assert [s for _, s in outcome(result)] == ["optimal", "optimal", "infeasible"]
    assert outcome(result)[2][0] is None


@pytest.mark.parametrize("returns", RETURNS)
def test_exact_duplicates_share_their_score(returns: str):
    result = dea(cross([[2.0], [1.0], [2.0], [1.0]], [[1.0], [1.0], [1.0], [1.0]]), returns=returns)
    assert result.scores["score"] == pytest.approx([0.5, 1.0, 0.5, 1.0])


@pytest.mark.parametrize("returns", RETURNS)
def test_units_that_are_all_alike_are_all_on_the_frontier(returns: str):
    assert dea(cross([[2.0]] * 4, [[3.0]] * 4), returns=returns).scores["score"] == pytest.approx([1.0] * 4)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_a_column_said_twice_in_other_units_changes_nothing(returns: str, orientation: str):
    random = np.random.default_rng(2)
    x, y = random.uniform(1, 9, (8, 1)), random.uniform(1, 9, (8, 2))
    once = dea(cross(x.tolist(), y.tolist()), returns=returns, orientation=orientation).scores["score"]
    twice_x, twice_y = np.hstack([x, x * 1e6]), np.hstack([y, y[:, :1] * 1e-6])
    twice = dea(cross(twice_x.tolist(), twice_y.tolist()), returns=returns, orientation=orientation).scores["score"]
    assert twice == pytest.approx(once, abs=1e-8)


@pytest.mark.parametrize("returns", RETURNS)
def test_a_unit_that_uses_nothing_has_no_input_score(returns: str):
    result = dea(cross([[0.0, 0.0], [1.0, 2.0]], [[1.0], [1.0]]), returns=returns)
    assert outcome(result)[0] == (None, "unbounded")
    assert result.targets["x0"][0] is None


@pytest.mark.parametrize("returns", RETURNS)
def test_a_unit_that_produces_nothing_has_no_output_score(returns: str):
    result = dea(cross([[1.0], [1.0]], [[0.0, 0.0], [1.0, 2.0]]), returns=returns, orientation="output")
    assert outcome(result) == [(None, "unbounded"), (pytest.approx(1.0), "optimal")]


@pytest.mark.parametrize("returns", RETURNS)
def test_one_output_may_be_zero(returns: str):
    panel = cross([[1.0], [1.0], [2.0]], [[0.0, 2.0], [1.0, 1.0], [1.0, 0.0]])
    for orientation in ("input", "output"):
        found = outcome(dea(panel, returns=returns, orientation=orientation))
        assert found == [
            (pytest.approx(v), "optimal")
            for v in ([1.0, 1.0, 0.5] if orientation == "input" else [1, 1, 2 if returns in ("crs", "ndrs") else 1])
        ]


def test_a_direction_that_is_zero_for_a_unit_gives_no_number():
    panel = cross([[1.0], [1.0]], [[0.0], [1.0]])
    assert outcome(directional(panel, direction={"y0": "observed"})) == [
        (None, "unbounded"),
        (pytest.approx(0.0), "optimal"),
    ]


def test_a_bad_that_nobody_makes_and_one_that_is_zero_somewhere_are_taken():
    panel = cross([[1.0], [1.0]], [[1.0], [2.0]], none=[0.0, 0.0], some=[0.0, 1.0])
    found = outcome(directional(panel, direction={"y0": "observed", "some": "observed"}))
    assert found == [(pytest.approx(0.0), "optimal"), (pytest.approx(0.0), "optimal")]


@pytest.mark.parametrize("call", [malmquist, malmquist_luenberger])
def test_a_unit_not_seen_in_both_periods_is_missing(call: Any):
    seen = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 3), ("c", 3)]
    result = call(over_time([(unit, period, 1.0, 1.0, 1.0) for unit, period in seen]))
    assert statuses(result) == {
        ("a", 1, 2): "optimal",
        ("a", 2, 3): "optimal",
        ("b", 1, 2): "missing",
        ("b", 2, 3): "missing",
        ("c", 2, 3): "missing",
    }
    assert "missing" not in result.certificate.statuses


def test_a_frontier_that_cannot_be_met_makes_the_change_infeasible():
    rows = [("a", 1, 1.0, 1.0, 1.0), ("b", 1, 1.0, 1.0, 1.0), ("a", 2, 1.0, 2.0, 1.0), ("b", 2, 1.0, 1.0, 1.0)]
    result = malmquist_luenberger(over_time(rows))
    assert statuses(result) == {("a", 1, 2): "infeasible", ("b", 1, 2): "optimal"}
    pooled = malmquist_luenberger(over_time(rows), reference="global")
    assert set(statuses(pooled).values()) == {"optimal"}


def test_an_output_that_another_period_lacks_makes_the_change_infeasible():
    columns: Rows = {"u": ["a", "a"], "t": [1, 2], "x": [1.0, 1.0], "y1": [1.0, 1.0], "y2": [0.0, 1.0]}
    panel = Panel(columns, unit="u", period="t", inputs="x", outputs=["y1", "y2"])
    result = malmquist(panel, orientation="input")
    assert statuses(result) == {("a", 1, 2): "infeasible"}
    assert "infeasible" in result.distances["status"]


def test_a_distance_of_zero_makes_no_ratio():
    result = malmquist(over_time([("a", 1, 1.0, 0.0), ("a", 2, 1.0, 1.0), ("b", 1, 1.0, 1.0), ("b", 2, 1.0, 1.0)]))
    assert statuses(result) == {("a", 1, 2): "unbounded", ("b", 1, 2): "optimal"}
    result = malmquist(
        over_time([("a", 1, 1.0, 0.0), ("a", 2, 1.0, 1.0), ("b", 1, 1.0, 1.0), ("b", 2, 1.0, 1.0)]),
        orientation="input",
    )
    assert statuses(result) == {("a", 1, 2): "numerical", ("b", 1, 2): "optimal"}


@pytest.mark.parametrize("reference", ["contemporaneous", "sequential", 2, "biennial", "global"])
@pytest.mark.parametrize("disposability", ["weak", "strong"])
def test_without_output_bads_alone_make_no_index(reference: Any, disposability: Any):
    """Giving up all bads is always open to who makes nothing: its distance is 1 however they grow."""
    rows = [("a", t, 1.0, 0.0, 5.0**t) for t in (1, 2, 3)] + [("b", t, 1.0, float(t == 2), 1.0) for t in (1, 2, 3)]
    panel = over_time(rows + [("c", t, 1.0, 2.0, 1.0) for t in (1, 2, 3)])
    result = malmquist_luenberger(panel, reference=reference, disposability=disposability)
    lost = {("a", 1, 2), ("a", 2, 3), ("b", 1, 2), ("b", 2, 3)}
    assert statuses(result) == {
        (unit, t, t + 1): "unbounded" if (unit, t, t + 1) in lost else "optimal" for unit in "abc" for t in (1, 2)
    }


def test_a_period_called_global_is_a_period():
    rows = [("a", "global", 1.0, 1.0), ("a", "later", 1.0, 4.0), ("b", "global", 1.0, 2.0), ("b", "later", 1.0, 2.0)]
    named = malmquist(over_time(rows), reference="global")
    plain = malmquist(over_time([(u, {"global": 1, "later": 2}[t], x, y) for u, t, x, y in rows]), reference="global")
    assert named.changes["index"] == plain.changes["index"]
    assert named.changes["efficiency_change"] == plain.changes["efficiency_change"]


def test_quantities_twelve_orders_apart_are_solved_or_said_not_to_be():
    random = np.random.default_rng(4)
    x, y = (np.exp(random.normal(0, 4, (20, 2))) for _ in range(2))
    result = dea(cross(x.tolist(), y.tolist()), returns="vrs", orientation="output")
    found = outcome(result)
    assert {s for _, s in found} <= {"optimal", "numerical"}
    assert all((v is None) == (s != "optimal") for v, s in found)
    assert max(result.certificate.primal, result.certificate.dual, result.certificate.gap) <= 1e-8

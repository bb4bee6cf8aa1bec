"""Index numbers at prices and metafrontiers: worked out by hand, by their formulas, by their laws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from frontiers import columns, draw, numbers, optimum, panel_of, refused
from hetao import Panel
from hetao.measure import (
    IndexResult,
    dea,
    fisher,
    laspeyres,
    lowe,
    malmquist,
    metafrontier,
    metafrontier_index,
    paasche,
    tornqvist,
)

PRICES = {"x1": "w1", "x2": "w2", "y1": "p1", "y2": "p2"}
CALLS: dict[str, Callable[[Panel], IndexResult]] = {
    "laspeyres": laspeyres,
    "paasche": paasche,
    "fisher": fisher,
    "fisher geks": lambda p: fisher(p, multilateral=True),
    "tornqvist": tornqvist,
    "tornqvist ccd": lambda p: tornqvist(p, multilateral=True),
    "lowe": lowe,
}
TRANSITIVE = ("fisher geks", "tornqvist ccd", "lowe")


def priced(data: Any) -> Panel:
    return panel_of(data, period="t", prices=PRICES)


def by_key(result: IndexResult, name: str = "index") -> dict[tuple[Any, Any], float]:
    t = result.changes
    return dict(zip(zip(t["u"], t["period_from"], strict=True), numbers(t[name]), strict=True))


def test_the_indices_of_two_goods_by_hand():
    # one input that does not change; outputs 1, 2 at prices 2, 1 become 2, 3 at prices 3, 2
    made = {"u": [0, 0], "t": [0, 1], "x": [1.0, 1.0], "y1": [1.0, 2.0], "y2": [2.0, 3.0], "w": [5.0, 6.0]}
    made |= {"p1": [2.0, 3.0], "p2": [1.0, 2.0]}
    prices = {"x": "w", "y1": "p1", "y2": "p2"}
    panel = Panel(made, unit="u", period="t", inputs="x", outputs=["y1", "y2"], prices=prices)
    first, second = (2 * 2 + 1 * 3) / (2 * 1 + 1 * 2), (3 * 2 + 2 * 3) / (3 * 1 + 2 * 2)
    shares = 0.5 * (np.array([0.5, 0.5]) + np.array([0.5, 0.5]))
    expected = {
        "laspeyres": first,
        "paasche": second,
        "fisher": np.sqrt(first * second),
        "tornqvist": 2.0 ** shares[0] * 1.5 ** shares[1],
        "lowe": (2.5 * 2 + 1.5 * 3) / (2.5 * 1 + 1.5 * 2),
    }
    for name, value in expected.items():
        result = CALLS[name](panel)
        assert by_key(result) == {(0, 0): pytest.approx(value)}
        assert by_key(result, "output_change") == by_key(result)
        assert result.certificate.programmes == 0


@pytest.mark.parametrize("name", CALLS)
def test_outputs_over_inputs_make_the_index(name: str):
    result = CALLS[name](priced(draw(41, 6, periods=3)))
    v = result.values
    assert v["index"] == pytest.approx(v["output_change"] / v["input_change"], rel=1e-12)
    assert set(result.changes["status"]) == {"optimal"}


@pytest.mark.parametrize("name", CALLS)
def test_units_and_currencies_do_not_matter(name: str):
    data = draw(42, 5, periods=3)
    scaled = data | {"x1": np.array(data["x1"]) * 1e3, "w1": np.array(data["w1"]) * 1e-3}
    scaled |= {p: np.array(data[p]) * 7.0 for p in ("p1", "p2")}
    assert by_key(CALLS[name](priced(scaled))) == pytest.approx(by_key(CALLS[name](priced(data))), rel=1e-9)


@pytest.mark.parametrize("name", CALLS)
def test_nothing_changed_is_one_and_all_outputs_grown_is_growth(name: str):
    data = draw(43, 5)
    twice = {key: [*values, *values] for key, values in data.items()}
    twice["t"] = [0] * 5 + [1] * 5
    assert list(by_key(CALLS[name](priced(twice))).values()) == pytest.approx([1.0] * 5)
    grown = twice | {y: [*data[y], *(1.25 * np.array(data[y]))] for y in ("y1", "y2")}
    assert list(by_key(CALLS[name](priced(grown))).values()) == pytest.approx([1.25] * 5)


@pytest.mark.parametrize("name", CALLS)
def test_only_the_multilateral_and_fixed_price_indices_are_circular(name: str):
    data = draw(44, 4, periods=3)
    whole = CALLS[name](priced(data))
    ends = {key: [v for v, t in zip(values, data["t"], strict=True) if t != 1] for key, values in data.items()}
    chained = {u: by_key(whole)[u, 0] * by_key(whole)[u, 1] for u in range(4)}
    if name in TRANSITIVE:  # the direct comparison of the same observations, by reordering the periods
        turned = data | {"t": [{0: 0, 1: 2, 2: 1}[t] for t in data["t"]]}
        direct = {u: by_key(CALLS[name](priced(turned)))[u, 0] for u in range(4)}
        assert direct == pytest.approx(chained, rel=1e-9)
    else:
        direct = {u: by_key(CALLS[name](priced(ends)))[u, 0] for u in range(4)}
        assert any(abs(direct[u] / chained[u] - 1) > 1e-3 for u in range(4))


@pytest.mark.parametrize("name", ["fisher", "tornqvist", *TRANSITIVE])
def test_going_back_in_time_inverts_the_index(name: str):
    data = draw(45, 5, periods=2)
    back = data | {"t": [1 - t for t in data["t"]]}
    forth, there = by_key(CALLS[name](priced(data))), by_key(CALLS[name](priced(back)))
    assert {k: forth[k] * there[k] for k in forth} == pytest.approx(dict.fromkeys(forth, 1.0))


def test_geks_and_ccd_are_the_means_over_all_observations():
    data = draw(46, 4, periods=2)
    P, Q, n = columns(data, "p1", "p2"), columns(data, "y1", "y2"), 8
    share = P * Q / (P * Q).sum(axis=1, keepdims=True)

    def ideal(i: int, j: int) -> float:
        return 0.5 * np.log((P[i] @ Q[j]) / (P[i] @ Q[i]) * (P[j] @ Q[j]) / (P[j] @ Q[i]))

    def translog(i: int, j: int) -> float:
        return float(0.5 * (share[i] + share[j]) @ np.log(Q[j] / Q[i]))

    rows = {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}
    for name, bilateral in (("fisher geks", ideal), ("tornqvist ccd", translog)):
        found = by_key(CALLS[name](priced(data)), "output_change")
        for (u, _), value in found.items():
            a, b = rows[u, 0], rows[u, 1]
            mean = np.mean([bilateral(a, k) + bilateral(k, b) for k in range(n)])
            assert np.log(value) == pytest.approx(mean, abs=1e-12)


def test_a_zero_has_no_logarithm_and_a_missing_year_no_change():
    data = draw(47, 4, periods=2)
    data["y1"][data["u"].index(2)] = 0.0
    status = dict(zip(tornqvist(priced(data)).changes["u"], tornqvist(priced(data)).changes["status"], strict=True))
    assert status == {0: "optimal", 1: "optimal", 2: "numerical", 3: "optimal"}
    assert set(fisher(priced(data)).changes["status"]) == {"optimal"}
    gone = next(i for i in range(8) if (data["u"][i], data["t"][i]) == (3, 1))
    short = {key: [v for i, v in enumerate(values) if i != gone] for key, values in data.items()}
    found = fisher(priced(short)).changes
    assert found["status"][found["u"].index(3)] == "missing"


@pytest.mark.parametrize("call", [fisher, tornqvist, laspeyres, paasche, lowe])
def test_prices_and_periods_are_asked_for(call: Any):
    data = draw(48, 3, periods=2)
    assert set(refused(call, panel_of(data, period="t"))) == {f"{call.__name__}.prices"}
    assert refused(call, panel_of(draw(48, 3), prices=PRICES)) == [f"{call.__name__}.panel"]


# Metafrontiers


def theta(X: np.ndarray, Y: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    rows = [({"l": X.T, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", y)]
    return optimum("min", {"t": 1.0}, rows)


def test_the_gap_is_what_is_left_beside_the_own_group():
    data = draw(51, 16)
    X, Y, g = columns(data, "x1", "x2"), columns(data, "y1", "y2"), np.array(data["g"])
    for orientation in ("input", "output"):
        scores = metafrontier(panel_of(data, group="g"), orientation=orientation).scores
        for i in range(16):
            meta, own = theta(X, Y, X[i], Y[i]), theta(X[g == g[i]], Y[g == g[i]], X[i], Y[i])
            assert scores["score"][i] == pytest.approx(meta, abs=1e-8)
            assert scores["te_group"][i] == pytest.approx(own, abs=1e-8)
            assert scores["gap_ratio"][i] == pytest.approx(meta / own, abs=1e-8)
            assert scores["gap_ratio"][i] <= 1 + 1e-9


def test_one_group_alone_has_no_gap():
    data = draw(52, 9) | {"g": ["all"] * 9}
    scores = metafrontier(panel_of(data, group="g"), returns="vrs").scores
    assert scores["gap_ratio"] == pytest.approx([1.0] * 9)
    own = dea(panel_of(data), orientation="output", returns="vrs").scores["score"]
    assert scores["score"] == pytest.approx(1 / numbers(own))


def test_the_index_of_a_metafrontier_is_its_three_frontiers():
    data = draw(53, 10, periods=3)
    t, g = np.array(data["t"]), np.array(data["g"])
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    rows = {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}
    result = metafrontier_index(panel_of(data, period="t", group="g"))
    for (u, s), value in by_key(result).items():
        e = {}
        for when in (s, s + 1):
            i = rows[u, when]
            masks = {"C": (t == when) & (g == g[i]), "I": g == g[i], "G": t >= 0}
            e[when] = {k: theta(X[m], Y[m], X[i], Y[i]) for k, m in masks.items()}
        change = {k: e[s + 1][k] / e[s][k] for k in "CIG"}
        assert value == pytest.approx(change["G"], rel=1e-7)
        assert by_key(result, "efficiency_change")[u, s] == pytest.approx(change["C"], rel=1e-7)
        assert by_key(result, "best_practice_change")[u, s] == pytest.approx(change["I"] / change["C"], rel=1e-7)
        assert by_key(result, "technology_gap_change")[u, s] == pytest.approx(change["G"] / change["I"], rel=1e-7)


@pytest.mark.parametrize("disposability", ["weak", "strong"])
def test_with_bads_the_parts_multiply_and_nothing_is_infeasible(disposability: str):
    panel = panel_of(draw(54, 10, periods=3), period="t", group="g", bads="b")
    result = metafrontier_index(panel, disposability=disposability)
    v = result.values
    parts = v["efficiency_change"] * v["best_practice_change"] * v["technology_gap_change"]
    assert v["index"] == pytest.approx(parts, rel=1e-12)
    assert set(result.changes["status"]) == {"optimal"}


@pytest.mark.parametrize("call", [metafrontier, metafrontier_index])
def test_groups_are_asked_for(call: Any):
    assert refused(call, panel_of(draw(55, 4, periods=2), period="t")) == [f"{call.__name__}.panel"]


def test_an_output_that_falls_to_nothing_leaves_no_ratio():
    data = {"u": [0, 0], "t": [0, 1], "x": [1.0, 1.0], "y": [1.0, 1.0], "z": [1.0, 0.0], "w": [1.0, 1.0]}
    prices = {"x": "w", "y": "w", "z": "w"}
    panel = Panel(data, unit="u", period="t", inputs="x", outputs=["y", "z"], prices=prices)
    assert tornqvist(panel).changes["status"] == ["numerical"]
    assert tornqvist(panel).changes["index"] == [None]
    units = {"u": ["a", "b", "c"] * 2, "t": [1] * 3 + [2] * 3, "x": [1.0] * 6, "y": [1.0, 1.0, 2.0] * 2}
    free = Panel(units | {"w": [0.0, 1.0, 1.0, 2.0, 1.0, 1.0]}, unit="u", period="t", inputs=["x", "w"], outputs="y")
    found = malmquist(free).changes
    assert found["status"][0] == "numerical"
    assert found["index"][0] is None


def test_group_and_period_never_run_together():
    data = {
        "u": ["p", "q"] * 2,
        "g": ["a 1", "a"] * 2,
        "t": ["2", "2", "3", "3"],
        "x": [1.0] * 4,
        "y": [1.0, 2.0, 1.0, 2.0],
    }
    other = data | {"t": ["1 2", "1 2", "2", "2"]}
    for made in (data, other):
        t = metafrontier_index(Panel(made, unit="u", period="t", group="g", inputs="x", outputs="y")).distances
        own = [s for s, r in zip(t["score"], t["reference"], strict=True) if " " in r and r.count("'") == 4]
        assert own == pytest.approx([1.0] * len(own))

"""The Färe-Primont index: its levels written out for scipy, its parts, its laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontiers import Data, columns, draw, numbers, optimum, panel_of, refused, span
from hetao.measure import IndexResult, dea, fare_primont, hicks_moorsteen
from hetao.measure.productivity.mix import facets

PARTS = ("technical_change", "efficiency_change", "scale_change", "residual_mix_change")


def by_key(result: IndexResult, name: str = "index") -> dict[tuple[int, int], float]:
    t = result.changes
    return dict(zip(zip(t["u"], t["period_from"], strict=True), numbers(t[name]), strict=True))


@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_levels_are_distances_at_the_mean_point_of_all_observations(returns: str):
    data = draw(61, 8, periods=3)
    X, Y, n = columns(data, "x1", "x2"), columns(data, "y1", "y2"), 24
    scale, level = span(returns, "l", n), {}
    for i, key in enumerate(zip(data["u"], data["t"], strict=True)):
        rows = [({"l": X.T}, "<=", X.mean(axis=0)), ({"l": Y.T, "t": -Y[i][:, None]}, ">=", 0.0)]
        output = 1.0 / optimum("max", {"t": 1.0}, [*rows, *scale])
        rows = [({"l": X.T, "t": -X[i][:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", Y.mean(axis=0))]
        level[key] = output * optimum("min", {"t": 1.0}, [*rows, *scale])
    result = fare_primont(panel_of(data, period="t"), returns=returns)
    for (u, t), value in by_key(result).items():
        assert value == pytest.approx(level[u, t + 1] / level[u, t], rel=1e-7)
    best = {t: max(v for (_, s), v in level.items() if s == t) for t in range(3)}
    for (_, t), value in by_key(result, "technical_change").items():
        assert value == pytest.approx(best[t + 1] / best[t], rel=1e-7)


def test_the_parts_multiply_and_are_those_of_each_periods_own_frontier():
    panel = panel_of(draw(62, 9, periods=3), period="t")
    result = fare_primont(panel)
    v = result.values
    assert v["index"] == pytest.approx(np.prod([v[name] for name in PARTS], axis=0), rel=1e-12)
    assert v["index"] == pytest.approx(v["output_change"] / v["input_change"], rel=1e-12)
    scores = dea(panel, orientation="output", returns="vrs").scores
    own = dict(zip(zip(scores["u"], scores["t"], strict=True), scores["score"], strict=True))
    for (u, t), value in by_key(result, "efficiency_change").items():
        assert value == pytest.approx(own[u, t] / own[u, t + 1], rel=1e-9)


def test_it_is_circular_where_hicks_moorsteen_is_not():
    data = draw(63, 7, periods=3)
    turned = data | {"t": [{0: 0, 1: 2, 2: 1}[t] for t in data["t"]]}
    chained = {u: by_key(fare_primont(panel_of(data, period="t")))[u, 0] for u in range(7)}
    whole = by_key(fare_primont(panel_of(data, period="t")))
    direct = by_key(fare_primont(panel_of(turned, period="t")))
    for u in chained:
        assert whole[u, 0] * whole[u, 1] == pytest.approx(direct[u, 0], rel=1e-8)
    moorsteen = by_key(hicks_moorsteen(panel_of(data, period="t"), returns="crs"))
    other = by_key(hicks_moorsteen(panel_of(turned, period="t"), returns="crs"))
    assert any(abs(moorsteen[u, 0] * moorsteen[u, 1] / other[u, 0] - 1) > 1e-3 for u in range(7))


def test_units_do_not_matter_and_all_outputs_grown_is_growth():
    data = draw(64, 6)
    both = {name: [*values, *values] for name, values in data.items()} | {"t": [0] * 6 + [1] * 6}
    grown = both | {y: [*data[y], *(1.5 * np.array(data[y]))] for y in ("y1", "y2")}
    value = by_key(fare_primont(panel_of(grown, period="t")))
    assert list(value.values()) == pytest.approx([1.5] * 6)
    scaled = grown | {"x2": [v * 1e6 for v in grown["x2"]], "y1": [v * 1e-6 for v in grown["y1"]]}
    assert by_key(fare_primont(panel_of(scaled, period="t"))) == pytest.approx(value, rel=1e-8)


def test_a_unit_that_is_gone_for_a_year_has_no_change_and_the_proof_holds():
    data = draw(65, 5, periods=3)
    gone = next(i for i in range(15) if (data["u"][i], data["t"][i]) == (2, 1))
    result = fare_primont(panel_of({k: [v for i, v in enumerate(c) if i != gone] for k, c in data.items()}, period="t"))
    t = result.changes
    missing = {(u, p) for u, p, s in zip(t["u"], t["period_from"], t["status"], strict=True) if s == "missing"}
    assert missing == {(2, 0), (2, 1)}
    c = result.certificate
    assert c.programmes == 4 * 14
    assert max(c.primal, c.dual, c.gap) <= 1e-8
    assert set(result.distances["level"]) == {"outputs", "inputs", "technical", "crs"}


# Mix: the highest Q that a row's inputs can make, the lowest X that can make its outputs


def aggregate(data: Data, x: np.ndarray, y: np.ndarray, side: str) -> float:
    """Return Q(y) or X(x) at the mean point of all observations, vrs."""
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    scale = span("vrs", "l", len(X))
    if side == "output":
        rows = [({"l": X.T}, "<=", X.mean(axis=0)), ({"l": Y.T, "t": -y[:, None]}, ">=", 0.0)]
        return 1.0 / optimum("max", {"t": 1.0}, [*rows, *scale])
    rows = [({"l": X.T, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", Y.mean(axis=0))]
    return 1.0 / optimum("min", {"t": 1.0}, [*rows, *scale])


@pytest.mark.parametrize("side", ["output", "input"])
def test_no_mix_of_a_fine_grid_beats_the_best_and_one_comes_near(side: str):
    data = draw(65, 8, periods=2)
    t, X, Y = np.array(data["t"]), columns(data, "x1", "x2"), columns(data, "y1", "y2")
    panel = panel_of(data, period="t")
    table = fare_primont(panel, decomposition=f"{side}-mix").distances
    found = np.array([s for level, s in zip(table["level"], table["score"], strict=True) if level == "any mix"])
    keys = [(u, p) for level, u, p in zip(table["level"], table["u"], table["t"], strict=True) if level == "any mix"]
    best: dict[tuple[int, int], float] = {}
    for key, value in zip(keys, found, strict=True):  # one row a facet
        best[key] = (max if side == "output" else min)(best.get(key, value), value)
    for i in (0, 5, 11):
        seen = t == t[i]
        scale, values = span("vrs", "l", int(seen.sum())), []
        for angle in np.linspace(0.01, np.pi / 2 - 0.01, 60):
            way = np.array([np.cos(angle), np.sin(angle)]) * (Y if side == "output" else X).mean(axis=0)
            if side == "output":
                rows = [({"l": X[seen].T}, "<=", X[i]), ({"l": Y[seen].T, "t": -way[:, None]}, ">=", 0.0)]
                values.append(aggregate(data, X[i], optimum("max", {"t": 1.0}, [*rows, *scale]) * way, side))
            else:
                rows = [({"l": X[seen].T, "t": -way[:, None]}, "<=", 0.0), ({"l": Y[seen].T}, ">=", Y[i])]
                values.append(aggregate(data, optimum("min", {"t": 1.0}, [*rows, *scale]) * way, Y[i], side))
        own = best[data["u"][i], data["t"][i]]
        nearest = np.nanmax(values) if side == "output" else np.nanmin(values)
        assert (own >= nearest - 1e-8) if side == "output" else (own <= nearest + 1e-8)
        assert own == pytest.approx(nearest, rel=0.03)


@given(seed=st.integers(0, 10**6), returns=st.sampled_from(["crs", "vrs"]), side=st.sampled_from(["output", "input"]))
def test_the_parts_with_mix_multiply_and_do_not_depend_on_units(seed: int, returns: str, side: str):
    data = draw(seed, 5, periods=2)
    options: dict[str, Any] = {"returns": returns, "decomposition": f"{side}-mix"}
    result = fare_primont(panel_of(data, period="t"), **options)
    names = ("technical_change", "efficiency_change", "mix_change", "residual_scale_change")
    v = result.values
    assert v["index"] == pytest.approx(np.prod([v[name] for name in names], axis=0), rel=1e-10)
    plain = fare_primont(panel_of(data, period="t"), returns=returns).values
    for name in ("index", "output_change", "input_change", "technical_change"):
        assert v[name] == pytest.approx(plain[name], rel=1e-10)
    factors = 10.0 ** np.random.default_rng(seed).integers(-4, 5, 4)
    scaled = data | {
        n: (np.array(data[n]) * f).tolist() for n, f in zip(("x1", "x2", "y1", "y2"), factors, strict=True)
    }
    other = fare_primont(panel_of(scaled, period="t"), **options).values
    for name in names:
        assert other[name] == pytest.approx(v[name], rel=1e-6)


def test_one_output_has_no_mix_of_outputs_and_one_input_none_of_inputs():
    data = draw(66, 6, periods=3)
    for roles, side in (({"outputs": "y1"}, "output"), ({"inputs": "x1"}, "input")):
        found = fare_primont(panel_of(data, period="t", **roles), decomposition=f"{side}-mix").values
        assert found["mix_change"] == pytest.approx(np.ones(12), rel=1e-9)


@pytest.mark.parametrize(("d", "above"), [(1, False), (1, True), (2, False), (2, True), (3, False), (3, True)])
def test_facets_of_a_polyhedron_are_all_found(d: int, above: bool):
    """The gauge of known half-spaces gives these back: those that touch the set, and no others."""
    random = np.random.default_rng(d)
    known = random.uniform(0.2, 1.5, (6, d))

    def gauge(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        products = points @ known.T
        at = products.argmin(axis=1) if above else products.argmax(axis=1)
        return products[np.arange(len(points)), at], known[at]

    found = facets(gauge, d, above=above)
    points = random.uniform(0.01, 3.0, (4000, d))
    values = points @ found.T
    assert (values.min(axis=1) if above else values.max(axis=1)) == pytest.approx(gauge(points)[0], rel=1e-9)
    assert len(found) <= len(known)


def test_corners_without_end_are_told():
    random = np.random.default_rng(0)

    def gauge(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # always outside, and each normal is a new one
        return np.full(len(points), 2.0), random.uniform(0.1, 1.0, points.shape)

    with pytest.raises(RuntimeError, match="rounds of corners"):
        facets(gauge, 1, above=False)


def test_the_decomposition_is_told_and_what_it_cannot_take_is_refused():
    data = draw(67, 5, periods=2)
    result = fare_primont(panel_of(data, period="t"), decomposition="input-mix")
    assert "technical, input mix and residual scale" in result.summary()
    assert result.options["decomposition"] == "input-mix"
    data["x2"], data["y1"] = [0.0] * 10, [0.0] * 10
    empty = panel_of(data, period="t")
    assert refused(fare_primont, empty, decomposition="output-mix") == ["fare_primont.panel", "fare_primont.panel"]
    assert refused(fare_primont, empty, decomposition="mix") == ["fare_primont.decomposition"]

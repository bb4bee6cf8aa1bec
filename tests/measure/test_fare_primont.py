"""The Färe-Primont index: its levels written out for scipy, its parts, its laws."""

from __future__ import annotations

import numpy as np
import pytest

from frontiers import columns, draw, numbers, optimum, panel_of, span
from hetao.measure import IndexResult, dea, fare_primont, hicks_moorsteen

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

"""The Luenberger-Hicks-Moorsteen indicator: by hand, against scipy, against hicks_moorsteen, its laws, its faults."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontiers import Data, columns, draw, numbers, optimum, panel_of, refused, span
from hetao import Panel
from hetao.measure import IndexResult, computing, hicks_moorsteen, luenberger_hicks_moorsteen

PARTS = ("index", "output_change", "input_change", "efficiency_change", "technical_scale_mix_change")
SIZES: dict[str, Any] = {
    "observed": "observed",
    "mean": "mean",
    "numbers": {"x1": 2.0, "x2": 1.0, "y1": 3.0, "y2": 1.0},
}


def by_key(result: IndexResult, name: str = "index") -> dict[tuple[int, int], float]:
    t = result.changes
    return dict(zip(zip(t["u"], t["period_from"], strict=True), numbers(t[name]), strict=True))


def made(data: Data, **options: Any) -> IndexResult:
    return luenberger_hicks_moorsteen(panel_of(data, period="t"), **options)


def test_with_a_fixed_direction_and_one_good_it_is_growth_less_growth():
    """D falls by what y rises, in steps of 1: 2 − 0 more outputs less 1 more input, whatever the frontier."""
    data = {"u": ["a", "b"] * 2, "t": [1, 1, 2, 2], "x": [2.0, 4.0, 3.0, 4.0], "y": [2.0, 6.0, 4.0, 5.0]}
    panel = Panel(data, unit="u", period="t", inputs="x", outputs="y")
    for returns in ("crs", "vrs"):
        found = luenberger_hicks_moorsteen(panel, direction={"x": 1.0, "y": 1.0}, returns=returns).changes
        assert numbers(found["output_change"]) == pytest.approx([2.0, -1.0])
        assert numbers(found["input_change"]) == pytest.approx([1.0, 0.0])
        assert numbers(found["index"]) == pytest.approx([1.0, -1.0])


def test_in_the_observed_direction_by_hand():
    """One firm that is its own frontier, crs: D = φ − 1 and 1 − θ with φ, θ the ratios of y/x = 1 and 3/2."""
    panel = Panel(
        {"u": ["a", "a"], "t": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}, unit="u", period="t", inputs="x", outputs="y"
    )
    found = luenberger_hicks_moorsteen(panel, returns="crs").changes
    outputs = 0.5 * (0.0 - (1 / 3 - 1) + (3.0 - 1) - 0.0)
    inputs = 0.5 * ((1 - 1 / 2) - 0.0 + 0.0 - (1 - 2.0))
    assert [found[name][0] for name in PARTS] == pytest.approx(
        [outputs - inputs, outputs, inputs, 0.0, outputs - inputs]
    )


@pytest.mark.parametrize("returns", ["crs", "vrs"])
@pytest.mark.parametrize("direction", SIZES)
def test_every_distance_is_that_of_scipy(returns: str, direction: str):
    data = draw(31, 6, periods=3)
    t, X, Y = np.array(data["t"]), columns(data, "x1", "x2"), columns(data, "y1", "y2")
    g = {
        "observed": lambda table: table,
        "mean": lambda table: np.broadcast_to(table.mean(axis=0), table.shape),
        "numbers": lambda table: np.broadcast_to([2.0, 1.0] if table is X else [3.0, 1.0], table.shape),
    }[direction]
    gx, gy = g(X), g(Y)

    def distance(frontier: int, x: int, y: int, side: str) -> float:
        seen = t == frontier
        move_x, move_y = (gx[x], np.zeros(2)) if side == "input" else (np.zeros(2), gy[y])
        rows = [
            ({"l": X[seen].T, "b": move_x[:, None]}, "<=", X[x]),
            ({"l": Y[seen].T, "b": -move_y[:, None]}, ">=", Y[y]),
        ]
        return optimum("max", {"b": 1.0}, [*rows, *span(returns, "l", int(seen.sum()))], free=["b"])

    at = {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}
    result = made(data, returns=returns, direction=SIZES[direction])
    table = {name: by_key(result, name) for name in PARTS}
    compared = 0
    for (u, s), index in table["index"].items():
        a, b, e = at[u, s], at[u, s + 1], s + 1
        outputs = 0.5 * (
            distance(s, a, a, "o") - distance(s, a, b, "o") + distance(e, b, a, "o") - distance(e, b, b, "o")
        )
        inputs = 0.5 * sum(
            sign * distance(f, x, y, "input")
            for sign, f, x, y in ((1, s, b, a), (-1, s, a, a), (1, e, b, b), (-1, e, a, b))
        )
        if np.isnan(outputs - inputs):
            assert np.isnan(index)
            continue
        compared += 1
        assert (table["output_change"][u, s], table["input_change"][u, s]) == pytest.approx((outputs, inputs), abs=1e-7)
        change = distance(s, a, a, "o") - distance(e, b, b, "o")
        assert table["efficiency_change"][u, s] == pytest.approx(change, abs=1e-7)
        assert index == pytest.approx(outputs - inputs, abs=1e-7)
    assert compared >= 8


@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_in_the_observed_direction_it_is_made_of_the_distances_of_hicks_moorsteen(returns: str):
    data = draw(32, 6, periods=3)
    panel = panel_of(data, period="t")
    ratio, difference = hicks_moorsteen(panel, returns=returns).distances, made(data, returns=returns).distances
    for column in ("u", "t", "outputs_of", "orientation", "reference", "returns"):
        assert ratio[column] == difference[column]
    sides = np.array(ratio["orientation"])
    score, beta = numbers(ratio["score"]), numbers(difference["score"])
    assert beta[sides == "output"] == pytest.approx(score[sides == "output"] - 1.0, abs=1e-8)
    assert beta[sides == "input"] == pytest.approx(1.0 - score[sides == "input"], abs=1e-8)


@given(seed=st.integers(0, 10**6), returns=st.sampled_from(["crs", "vrs"]))
def test_its_laws(seed: int, returns: str):
    data = draw(seed, 5, periods=2)
    result = made(data, returns=returns)
    table = {name: by_key(result, name) for name in PARTS}
    back = made(data | {"t": [1 - t for t in data["t"]]}, returns=returns)
    scale = dict(zip(("x1", "x2", "y1", "y2"), 10.0 ** np.random.default_rng(seed).integers(-4, 5, 4), strict=True))
    other = made(
        data | {name: (np.array(data[name]) * factor).tolist() for name, factor in scale.items()}, returns=returns
    )
    for name in PARTS:
        assert by_key(back, name) == pytest.approx({key: -v for key, v in table[name].items()}, abs=1e-8, nan_ok=True)
        assert by_key(other, name) == pytest.approx(table[name], abs=1e-6, nan_ok=True)
    for key, index in table["index"].items():
        if not np.isnan(index):
            assert table["output_change"][key] - table["input_change"][key] == pytest.approx(index, abs=1e-12)
            assert table["efficiency_change"][key] + table["technical_scale_mix_change"][key] == pytest.approx(
                index, abs=1e-12
            )


@given(seed=st.integers(0, 10**6), growth=st.floats(1.01, 3.0), returns=st.sampled_from(["crs", "vrs"]))
def test_standing_still_is_0_and_more_outputs_from_the_same_inputs_is_growth(seed: int, growth: float, returns: str):
    first = draw(seed, 6)
    still = {name: [*values, *values] for name, values in first.items()} | {"t": [0] * 6 + [1] * 6}
    for name in PARTS:
        assert list(by_key(made(still, returns=returns), name).values()) == pytest.approx([0.0] * 6, abs=1e-8)
    grown = still | {name: [*first[name], *(v * growth for v in first[name])] for name in ("y1", "y2")}
    assert min(by_key(made(grown, returns=returns)).values()) > 0.0
    assert list(by_key(made(grown, returns=returns), "input_change").values()) == pytest.approx([0.0] * 6, abs=1e-8)


def test_it_is_not_circular():
    data = draw(33, 6, periods=3)
    turned = data | {"t": [{0: 0, 1: 2, 2: 1}[t] for t in data["t"]]}
    links, direct = by_key(made(data)), by_key(made(turned))
    assert any(abs(links[u, 0] + links[u, 1] - direct[u, 0]) > 1e-3 for u in range(6))


def test_both_twins_agree_and_all_is_certified():
    data = draw(34, 7, periods=3)
    fast = made(data)
    with computing(engine="plain"):
        plain = made(data)
    for name in PARTS:
        assert numbers(fast.changes[name]) == pytest.approx(numbers(plain.changes[name]), abs=1e-7, nan_ok=True)
    proof = fast.certificate
    assert max(proof.primal, proof.dual, proof.gap) <= 1e-8


def test_what_is_told():
    result = made(draw(35, 4, periods=2), direction={"x1": 1.0, "y1": "mean"})
    assert result.options == {"direction": "x1: 1.0, y1: mean", "returns": "vrs", "longest_gap": 1}
    assert "output less input change, direction (x1: 1.0, y1: mean)" in result.summary()
    again = pickle.loads(pickle.dumps(result))
    assert again.distances == result.distances
    assert again.certificate == result.certificate
    whole = Panel(draw(35, 4, periods=2), unit="u", period="t", inputs=["x1", "x2"], outputs=["y1", "y2"], bads="b")
    assert luenberger_hicks_moorsteen(whole).changes["index"] == made(draw(35, 4, periods=2)).changes["index"]


def test_what_it_cannot_take_is_refused():
    name = "luenberger_hicks_moorsteen"
    panel = panel_of(draw(36, 5, periods=2), period="t")
    for direction in ({"x1": 1.0}, {"y1": 1.0}):
        assert refused(luenberger_hicks_moorsteen, panel, direction=direction) == [f"{name}.direction"]
    whole = panel_of(draw(36, 5, periods=2), period="t", bads="b")
    options = {"direction": {"x1": 1.0, "y1": 1.0, "b": 1.0}}
    assert refused(luenberger_hicks_moorsteen, whole, **options) == [f"{name}.direction"]
    codes = refused(luenberger_hicks_moorsteen, panel, direction="up", returns="irs", longest_gap=0)
    assert sorted(codes) == [f"{name}.direction", f"{name}.longest_gap", f"{name}.returns"]
    assert refused(luenberger_hicks_moorsteen, panel_of(draw(36, 5))) == [f"{name}.panel"]
    data = draw(36, 5, periods=2)
    data["x1"][0] = -1.0
    assert refused(luenberger_hicks_moorsteen, panel_of(data, period="t")) == [f"{name}.data"]

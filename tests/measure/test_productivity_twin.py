"""Indices and indicators against their formulas, each distance written out and given to scipy; then their laws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frontiers import Data, columns, draw, numbers, optimum, panel_of, solved, span
from hetao import Panel
from hetao.measure import IndexResult, hicks_moorsteen, luenberger, malmquist, malmquist_luenberger
from measure.test_measure_golden import read

CLOSE = 1e-7
SPANS: dict[Any, Any] = {
    "contemporaneous": lambda t, at: t == at,
    "sequential": lambda t, at: t <= at,
    2: lambda t, at: (t <= at) & (t > at - 2),
    "biennial": lambda t, at: (t >= at) & (t <= at + 1),
    "global": lambda t, at: t >= 0,
}
POOLED = ("biennial", "global")


def efficiency(data: Data, seen: np.ndarray, x: np.ndarray, y: np.ndarray, orientation: str, returns: str) -> float:
    """Return θ, or 1/φ, of a point against the rows that are seen."""
    X, Y, one = columns(data, "x1", "x2")[seen].T, columns(data, "y1", "y2")[seen].T, "t"
    scale = span(returns, "l", X.shape[1])
    if orientation == "input":
        rows = [({"l": X, one: -x[:, None]}, "<=", 0.0), ({"l": Y}, ">=", y)]
        return optimum("min", {one: 1.0}, [*rows, *scale])
    rows = [({"l": X}, "<=", x), ({"l": Y, one: -y[:, None]}, ">=", 0.0)]
    return 1.0 / optimum("max", {one: 1.0}, [*rows, *scale])


def nonradial(data: Data, seen: np.ndarray, row: int, weights: np.ndarray) -> np.ndarray:
    """Return w β of each of x1, x2, y1, y2, b at the largest Σ w β, crs, b by equality, direction observed."""
    names = ("x1", "x2", "y1", "y2", "b")
    table, own = columns(data, *names)[seen].T, columns(data, *names)[row]
    sign = np.array([1.0, 1.0, -1.0, -1.0, 1.0])
    rows = [
        ({"l": table[j], "beta": sign[j] * own[j] * np.eye(5)[j]}, relation, own[j])
        for j, relation in enumerate(("<=", "<=", ">=", ">=", "="))
    ]
    best, blocks = solved("max", {"beta": weights}, rows)
    return weights * blocks["beta"] if np.isfinite(best) else np.full(5, np.nan)


def changes(result: IndexResult) -> dict[tuple[Any, int], dict[str, float]]:
    """Return the numbers of each change by (unit, earlier period); NaN where there are none."""
    t = result.changes
    keys = list(zip(t["u"], t["period_from"], strict=True))
    table = np.column_stack([numbers(t[name]) for name in result.values])
    return {key: dict(zip(result.values, row, strict=True)) for key, row in zip(keys, table, strict=True)}


def rows_of(data: Data) -> dict[tuple[Any, int], int]:
    return {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}


@pytest.mark.parametrize("reference", SPANS, ids=str)
@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("decomposition", ["fgnz", "ray-desli"])
def test_malmquist_is_made_of_its_distances(reference: Any, orientation: str, decomposition: str):
    data, periods = draw(21, 7, periods=4), 4
    t, at = np.array(data["t"]), rows_of(data)
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    own = "contemporaneous" if reference in POOLED else reference

    def e(returns: str, frontier: int, key: tuple[Any, int], spanned: Any = own) -> float:
        row = at[key]
        return efficiency(data, SPANS[spanned](t, frontier), X[row], Y[row], orientation, returns)

    def index(returns: str, u: Any, s: int) -> tuple[float, float]:
        before, after = (u, s), (u, s + 1)
        change = e(returns, s + 1, after) / e(returns, s, before)
        if reference in POOLED:
            return e(returns, s, after, reference) / e(returns, s, before, reference), change
        old = e(returns, s, after) / e(returns, s, before)
        return float(np.sqrt(old * e(returns, s + 1, after) / e(returns, s + 1, before))), change

    panel = panel_of(data, period="t")
    result = malmquist(panel, orientation=orientation, returns="vrs", decomposition=decomposition, reference=reference)
    for (u, s), found in changes(result).items():
        assert 0 <= s < periods - 1
        (crs, crs_change), (vrs, pure) = index("crs", u, s), index("vrs", u, s)
        twin = {"index": crs, "pure_efficiency_change": pure}
        if decomposition == "fgnz":
            twin |= {"efficiency_change": crs_change, "technical_change": crs / crs_change}
            twin["scale_change"] = crs_change / pure
        else:
            twin |= {"technical_change": vrs / pure, "scale_change": crs / vrs}
        if np.isnan(list(twin.values())).any():
            assert np.isnan(list(found.values())).all()
        else:
            assert found == pytest.approx(twin, rel=CLOSE)


def test_technical_change_splits_into_magnitude_and_bias():
    data = draw(22, 8, periods=3)
    t, at = np.array(data["t"]), rows_of(data)
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    result = malmquist(panel_of(data, period="t"), bias=True)
    for (u, s), found in changes(result).items():
        row = at[u, s]
        own, later = (efficiency(data, t == p, X[row], Y[row], "output", "crs") for p in (s, s + 1))
        assert found["technical_magnitude"] == pytest.approx(own / later, rel=CLOSE)
        split = found["technical_magnitude"] * found["technical_bias"]
        assert split == pytest.approx(found["technical_change"], rel=1e-12)


@pytest.mark.parametrize("reference", SPANS, ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_luenberger_is_made_of_its_distances(reference: Any, weighted: bool):
    data = draw(23, 7, periods=3)
    t, at = np.array(data["t"]), rows_of(data)
    names, weights = ("x1", "x2", "y1", "y2", "b"), np.array([0.1, 0.2, 0.3, 0.1, 0.3])
    own = "contemporaneous" if reference in POOLED else reference
    cache: dict[Any, np.ndarray] = {}

    def d(frontier: int, key: tuple[Any, int], spanned: Any = own) -> np.ndarray:
        if (frontier, key, spanned) not in cache:
            seen = SPANS[spanned](t, frontier)
            if weighted:
                value = nonradial(data, seen, at[key], weights)
            else:
                table, mine = columns(data, *names)[seen].T, columns(data, *names)[at[key]]
                way = mine * np.array([1.0, 1.0, -1.0, -1.0, 1.0])
                relations = ("<=", "<=", ">=", ">=", "=")
                rows = [({"l": table[j], "s": way[j]}, relations[j], mine[j]) for j in range(5)]
                value = np.array([optimum("max", {"s": 1.0}, rows, free=["s"])])
            cache[frontier, key, spanned] = value
        return cache[frontier, key, spanned]

    options = {"weights": dict(zip(names, weights, strict=True))} if weighted else {}
    result = luenberger(panel_of(data, period="t", bads="b"), reference=reference, **options)
    compared = 0
    for (u, s), found in changes(result).items():
        before, after = (u, s), (u, s + 1)
        change = d(s, before) - d(s + 1, after)
        if reference in POOLED:
            index = d(s, before, reference) - d(s, after, reference)
        else:
            index = 0.5 * ((d(s, before) - d(s, after)) + (d(s + 1, before) - d(s + 1, after)))
        if np.isnan(index).any():
            assert np.isnan(list(found.values())).all()
            continue
        compared += 1
        assert found["index"] == pytest.approx(index.sum(), abs=CLOSE)
        assert found["efficiency_change"] == pytest.approx(change.sum(), abs=CLOSE)
        assert found["index"] == pytest.approx(found["efficiency_change"] + found["technical_change"], abs=1e-12)
        if weighted:
            split = [found[f"change({name})"] for name in names]
            assert sum(split) == pytest.approx(found["index"], abs=1e-9)
    assert compared >= 3


@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_hicks_moorsteen_is_outputs_over_inputs(returns: str):
    data = draw(24, 7, periods=3)
    t, at = np.array(data["t"]), rows_of(data)
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")

    def shephard(frontier: int, x: int, y: int, orientation: str) -> float:
        e = efficiency(data, t == frontier, X[x], Y[y], orientation, returns)
        return e if orientation == "output" else 1.0 / e

    for (u, s), found in changes(hicks_moorsteen(panel_of(data, period="t"), returns=returns)).items():
        a, b = at[u, s], at[u, s + 1]
        outputs = shephard(s, a, b, "output") / shephard(s, a, a, "output")
        outputs *= shephard(s + 1, b, b, "output") / shephard(s + 1, b, a, "output")
        inputs = shephard(s, b, a, "input") / shephard(s, a, a, "input")
        inputs *= shephard(s + 1, b, b, "input") / shephard(s + 1, a, b, "input")
        if np.isnan(outputs * inputs):
            assert np.isnan(list(found.values())).all()
            continue
        assert found["output_change"] == pytest.approx(np.sqrt(outputs), rel=CLOSE)
        assert found["input_change"] == pytest.approx(np.sqrt(inputs), rel=CLOSE)
        assert found["index"] == pytest.approx(np.sqrt(outputs / inputs), rel=CLOSE)
        parts = found["efficiency_change"] * found["technical_scale_mix_change"]
        assert parts == pytest.approx(found["index"], rel=1e-12)


def test_with_one_input_and_output_hicks_moorsteen_is_the_change_of_their_ratio():
    data = draw(25, 6, periods=3)
    panel = panel_of(data, period="t", inputs=["x1"], outputs=["y1"])
    at, ratio = rows_of(data), columns(data, "y1")[:, 0] / columns(data, "x1")[:, 0]
    for returns in ("crs", "vrs"):
        for (u, s), found in changes(hicks_moorsteen(panel, returns=returns)).items():
            if not np.isnan(found["index"]):
                assert found["index"] == pytest.approx(ratio[at[u, s + 1]] / ratio[at[u, s]], rel=1e-9)


def test_reproduces_the_global_indicator_of_chinas_provinces(shared: Path):
    """Wang, Du and Zhang's example of the Stata package teddf: weights (0, 0, 1, 1) on K, L, Y, CO2."""
    folder = shared / "data" / "dea_classics" / "gtfpch_china30_2013_2015"
    expected = read(folder / "expected_luenberger_nddf_global.csv")
    panel = Panel(
        read(folder / "input.csv"), unit="Province", period="year", inputs=["K", "L"], outputs="Y", bads="CO2"
    )
    found = luenberger(panel, weights={"Y": 1.0, "CO2": 1.0}, reference="global").changes
    at = {key: i for i, key in enumerate(zip(found["Province"], found["period_to"], strict=True))}
    rows = [at[p, int(d.split("~")[1])] for p, d in zip(expected["Province"], expected["Pdwise"], strict=True)]
    assert len(rows) == 60
    for column, theirs in (("index", "TFPCH"), ("efficiency_change", "TECH"), ("technical_change", "TECCH")):
        mine = numbers(found[column])[rows]
        assert mine == pytest.approx(numbers(expected[theirs]), abs=5e-7)  # stored in single precision


@pytest.mark.parametrize("reference", POOLED)
def test_where_both_periods_share_a_frontier_no_change_is_infeasible(reference: str):
    data = draw(26, 9, periods=4)
    panel = panel_of(data, period="t", bads="b")
    for result in (
        malmquist(panel, returns="vrs", reference=reference),
        malmquist_luenberger(panel, reference=reference, disposability="strong"),
        luenberger(panel, reference=reference),
    ):
        assert set(result.changes["status"]) == {"optimal"}
        assert len(result.changes["status"]) == 27

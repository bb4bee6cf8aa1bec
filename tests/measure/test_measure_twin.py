"""The programmes against an independent twin: the dual (multiplier) form through scipy, FDH by plain enumeration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from hetao import Panel
from hetao.measure import dea, directional, malmquist, malmquist_luenberger

CLOSE = 1e-8
ORIENTATIONS = ("input", "output")
RETURNS = ("crs", "vrs", "nirs", "ndrs")
SIGN_OF_W = {"crs": (0, 0), "vrs": (None, None), "nirs": (0, None), "ndrs": (None, 0)}  # of a cost w·(Σλ bound)
Data = dict[str, Any]


def draw(seed: int, units: int, periods: int = 1) -> Data:
    """Return random positive data over two inputs, two outputs and one bad."""
    random = np.random.default_rng(seed)
    n = units * periods
    made: Data = {"u": list(range(units)) * periods, "t": np.repeat(range(periods), units).tolist()}
    return made | {name: random.uniform(1.0, 10.0, n) for name in ("x1", "x2", "y1", "y2", "b")}


def panel_of(data: Data, *, bads: tuple[str, ...] = ("b",), period: str | None = None) -> Panel:
    return Panel(data, unit="u", period=period, inputs=["x1", "x2"], outputs=["y1", "y2"], bads=bads)


def minimum(cost: list[Any], at_least_zero: np.ndarray, normal: list[Any], bounds: list[Any]) -> float:
    """Return min cost·z over rows ·z ≥ 0, normal·z = 1, within bounds; NaN where there is none."""
    found = linprog(
        np.hstack(cost),
        A_ub=-at_least_zero,
        b_ub=np.zeros(len(at_least_zero)),
        A_eq=[np.hstack(normal)],
        b_eq=[1.0],
        bounds=bounds,
    )
    return float(found.fun) if found.status == 0 else np.nan


def dual_radial(X: np.ndarray, Y: np.ndarray, x: np.ndarray, y: np.ndarray, orientation: str, returns: str) -> float:
    """Return θ or φ from its multipliers: output φ = min v·x + w, u·y = 1; input θ = −min(−u·y + w), v·x = 1."""
    free = [(0, None)] * (len(x) + len(y)) + [SIGN_OF_W[returns]]
    rows = np.hstack([X, -Y, np.ones((len(X), 1))])
    none_x, none_y = np.zeros_like(x), np.zeros_like(y)
    if orientation == "output":
        return minimum([x, none_y, 1.0], rows, [none_x, y, 0.0], free)
    return -minimum([none_x, -y, 1.0], rows, [x, none_y, 0.0], free)


def dual_directional(
    reference: tuple[np.ndarray, ...], own: tuple[np.ndarray, ...], way: tuple[np.ndarray, ...], returns: str, bads: str
) -> float:
    """Return β from its prices v, u, q, w: min v·x − u·y + q·b + w over prices that no activity profits from."""
    (X, Y, B), (x, y, b) = reference, own
    one, nothing = np.ones((len(X), 1)), np.zeros_like
    priced_x = x
    if bads == "weak" and returns == "vrs":
        X, priced_x, w = X - x, nothing(x), (0, None)
    else:
        w = SIGN_OF_W[returns]
    rows = np.hstack([X, -Y, B, one])
    if bads == "kuosmanen":
        rows = np.vstack([rows, np.hstack([X, nothing(Y), nothing(B), one])])
    q = (0, None) if bads == "strong" else (None, None)
    limits = [(0, None)] * (len(x) + len(y)) + [q] * len(b) + [w]
    return minimum([priced_x, -y, b, 1.0], rows, [*way, 0.0], limits)


def stack(data: Data) -> tuple[np.ndarray, ...]:
    return (
        np.column_stack([data["x1"], data["x2"]]),
        np.column_stack([data["y1"], data["y2"]]),
        np.column_stack([data["b"]]),
    )


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("leave_out", [False, True])
def test_radial_scores_equal_the_multiplier_form(orientation: str, returns: str, leave_out: bool):
    data = draw(7, 14)
    X, Y, _ = stack(data)
    found = dea(panel_of(data), orientation=orientation, returns=returns, super_efficiency=leave_out).scores
    kept = [np.arange(14) != i if leave_out else np.full(14, True) for i in range(14)]
    twin = [dual_radial(X[k], Y[k], X[i], Y[i], orientation, returns) for i, k in enumerate(kept)]
    assert [s is None for s in found["score"]] == np.isnan(twin).tolist()
    assert [np.nan if s is None else s for s in found["score"]] == pytest.approx(twin, abs=CLOSE, nan_ok=True)


@pytest.mark.parametrize("reference", ["contemporaneous", "sequential", "global"])
@pytest.mark.parametrize("returns", ["crs", "fdh"])
def test_super_efficiency_leaves_out_the_own_row_of_a_pooled_reference(reference: str, returns: str):
    data = draw(9, 6, periods=3)
    order = np.random.default_rng(1).permutation(18)
    data = {name: [values[i] for i in order] for name, values in data.items()}
    X, Y, _ = stack(data)
    made = panel_of(data, period="t")
    found = dea(made, returns=returns, super_efficiency=True, reference=reference)
    spans, twin = spanned(np.array(data["t"]), reference), []
    for i, period in enumerate(data["t"]):
        seen = spans["global" if reference == "global" else str(period)] & (np.arange(18) != i)
        if returns == "fdh":
            twin.append(enumerated(X[seen], Y[seen], X[i], Y[i], "input"))
        else:
            twin.append(dual_radial(X[seen], Y[seen], X[i], Y[i], "input", returns))
    score = [np.nan if s is None else s for s in found.scores["score"]]
    assert score == pytest.approx(twin, abs=CLOSE, nan_ok=True)
    p = found.peers
    own, peer = zip(p["u"], p["t"], strict=True), zip(p["peer"], p["peer_period"], strict=True)
    assert not set(zip(own, peer, strict=True)) & {(key, key) for key in made.row_of}


WAYS: dict[str, Any] = {
    "outputs and bads": {"y1": "observed", "y2": "observed", "b": "observed"},
    "everything": "observed",
    "fixed": {"x1": 1.0, "y2": 2.0, "b": 0.5},
    "mean": "mean",
    "range": "range",
    "one output": {"y1": 1.5},
    "another column": {"y1": "y2", "b": "mean"},
}
TECHNOLOGIES = [
    *((r, "strong") for r in RETURNS),
    ("crs", "weak"),
    ("vrs", "weak"),
    ("vrs", "kuosmanen"),
]


def ways(way: Any, data: Data) -> np.ndarray:
    """Return the (n, 5) direction, spelt out apart from the package."""
    table = np.hstack(stack(data))
    names = ("x1", "x2", "y1", "y2", "b")
    words = {"observed": table, "mean": table.mean(axis=0) + 0 * table, "range": np.ptp(table, axis=0) + 0 * table}
    if isinstance(way, str):
        return words[way]
    found = np.zeros_like(table)
    for j, name in enumerate(names):
        value = way.get(name, 0.0)
        if value in names:
            found[:, j] = data[value]
        else:
            found[:, j] = words[value][:, j] if isinstance(value, str) else value
    return found


MOVES_NO_INPUT = ("outputs and bads", "one output", "another column")  # all that weak disposability under vrs can take
CASES = [(t, way) for t in TECHNOLOGIES for way in WAYS if t != ("vrs", "weak") or way in MOVES_NO_INPUT]


@pytest.mark.parametrize(("technology", "way"), CASES, ids=str)
def test_directional_scores_equal_the_multiplier_form(technology: tuple[str, str], way: str):
    data, (returns, bads) = draw(11, 12), technology
    reference, g = stack(data), ways(WAYS[way], data)
    found = directional(panel_of(data), direction=WAYS[way], returns=returns, disposability=bads).scores["score"]
    twin = [
        dual_directional(reference, tuple(t[i] for t in reference), (g[i, :2], g[i, 2:4], g[i, 4:]), returns, bads)
        for i in range(12)
    ]
    assert found == pytest.approx(twin, abs=CLOSE)


def enumerated(X: np.ndarray, Y: np.ndarray, x: np.ndarray, y: np.ndarray, orientation: str) -> float:
    """Return the FDH score by looking at every unit in turn; NaN where none is comparable."""
    best = []
    for mine, made in zip(X, Y, strict=True):
        if orientation == "input" and (made >= y).all() and (mine[x == 0] == 0).all():
            best.append(max(mine[x > 0] / x[x > 0]))
        if orientation == "output" and (mine <= x).all():
            best.append(min(made[y > 0] / y[y > 0]))
    return (min(best) if orientation == "input" else max(best)) if best else np.nan


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("leave_out", [False, True])
def test_free_disposal_hull_equals_enumeration(orientation: str, leave_out: bool):
    data = draw(3, 40)
    for name in ("x1", "x2", "y1", "y2"):
        data[name] = np.round(data[name] / 2)  # many ties
    data["y1"][::5] = 0.0
    data["x2"][::7] = 0.0
    X, Y, _ = stack(data)
    found = dea(panel_of(data), orientation=orientation, returns="fdh", super_efficiency=leave_out)
    kept = [np.arange(40) != i if leave_out else np.full(40, True) for i in range(40)]
    twin = [enumerated(X[k], Y[k], X[i], Y[i], orientation) for i, k in enumerate(kept)]
    assert [np.nan if s is None else s for s in found.scores["score"]] == pytest.approx(twin, abs=0, nan_ok=True)
    assert {s for s, t in zip(found.scores["status"], twin, strict=True) if np.isnan(t)} <= {"infeasible"}
    for unit, peer in zip(found.peers["u"], found.peers["peer"], strict=True):
        assert (unit != peer) or not leave_out


@pytest.mark.parametrize("reference", ["contemporaneous", "sequential", "global"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_malmquist_distances_equal_the_multiplier_form(reference: str, orientation: str):
    data = draw(5, 7, periods=3)
    t = malmquist(panel_of(data, period="t"), orientation=orientation, reference=reference, returns="vrs").distances
    X, Y, _ = stack(data)
    period, spans = np.array(data["t"]), spanned(np.array(data["t"]), reference)
    rows = {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}
    at = [rows[key] for key in zip(t["u"], t["t"], strict=True)]
    twin = [
        dual_radial(X[spans[ref]], Y[spans[ref]], X[i], Y[i], orientation, r)
        for i, ref, r in zip(at, t["reference"], t["returns"], strict=True)
    ]
    assert len(at) == len(set(zip(at, t["reference"], t["returns"], strict=True))) > len(period)
    assert [np.nan if s is None else s for s in t["score"]] == pytest.approx(twin, abs=CLOSE, nan_ok=True)


@pytest.mark.parametrize("reference", ["contemporaneous", "sequential", "global"])
@pytest.mark.parametrize("bads", ["weak", "strong"])
def test_the_luenberger_distances_equal_the_multiplier_form(reference: str, bads: str):
    data = draw(6, 7, periods=3)
    t = malmquist_luenberger(panel_of(data, period="t"), reference=reference, disposability=bads).distances
    X, Y, B = stack(data)
    spans = spanned(np.array(data["t"]), reference)
    rows = {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}
    twin = []
    for unit, period, ref in zip(t["u"], t["t"], t["reference"], strict=True):
        i, seen = rows[unit, period], spans[ref]
        way = (np.zeros(2), Y[i], B[i])
        twin.append(dual_directional((X[seen], Y[seen], B[seen]), (X[i], Y[i], B[i]), way, "crs", bads))
    assert [np.nan if s is None else s for s in t["score"]] == pytest.approx(twin, abs=CLOSE, nan_ok=True)


def spanned(period: np.ndarray, reference: str) -> dict[str, np.ndarray]:
    """Return which rows span each frontier, by the name the table of distances gives it."""
    upto = {str(p): period <= p if reference == "sequential" else period == p for p in sorted(set(period.tolist()))}
    return upto | {"global": np.full(len(period), True)}

"""Measures of slacks, bads and negative data against their programmes, written out here and solved with scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from frontiers import RETURNS, Data, Row, columns, draw, numbers, optimum, panel_of, solved, span
from hetao.measure import (
    additive,
    directional,
    hyperbolic,
    nonradial_directional,
    range_directional,
    russell,
    sbm,
)

CLOSE = 1e-8
Table = tuple[np.ndarray, np.ndarray, np.ndarray]
NAMES = ("x1", "x2", "y1", "y2", "b")
ORIENTATIONS = ("none", "input", "output")
TECHNOLOGIES = [
    *((r, "strong") for r in RETURNS),
    ("crs", "weak"),
    ("vrs", "weak"),
    ("vrs", "kuosmanen"),
    *((r, "by-production") for r in RETURNS),
]
NO_INPUT = {"y1": "observed", "y2": "y1", "b": "observed"}
WAYS: dict[str, Any] = {
    "observed": "observed",
    "range": "range",
    "no input": NO_INPUT,
    "some": {"x2": 2.0, "y1": "mean", "b": 0.5},
    "one bad": {"b": "observed"},
}
CASES = [(t, w) for t in TECHNOLOGIES for w in WAYS if t != ("vrs", "weak") or w in ("no input", "one bad")]


def stack(data: Data) -> Table:
    """Return inputs, outputs and bads."""
    return columns(data, "x1", "x2"), columns(data, "y1", "y2"), columns(data, "b")


def below(data: Data) -> Data:
    """Return the data with some of every column moved below zero."""
    return data | {name: np.asarray(data[name]) - 4.0 for name in NAMES}


def slack_rows(reference: Table, own: Table, returns: str) -> list[Row]:
    """Return Xλ + s = x, Yλ − r = y, Bλ + q = b, s, r and q ≥ 0."""
    (X, Y, B), (x, y, b) = reference, own
    rows: list[Row] = [
        ({"l": X.T, "s": np.eye(len(x))}, "=", x),
        ({"l": Y.T, "r": -np.eye(len(y))}, "=", y),
        *span(returns, "l", len(X)),
    ]
    return rows + ([({"l": B.T, "q": np.eye(len(b))}, "=", b)] if len(b) else [])


def moved_rows(
    reference: Table, own: Table, moves: Table, returns: str, bads: str, polluting: tuple[int, ...] = (0, 1)
) -> list[Row]:
    """Return the rows that hold (x − Gₓβ, y + G_yβ, b − G_bβ) in a technology; G is (quantities, β)."""
    (X, Y, B), (x, y, b), (gx, gy, gb) = reference, own, moves
    n, cause = len(X), list(polluting)
    inputs: Row = ({"l": X.T, "beta": gx}, "<=", x)
    outputs: Row = ({"l": Y.T, "beta": -gy}, ">=", y)
    held: Row = ({"l": B.T, "beta": gb}, "<=" if bads == "strong" else "=", b)
    if bads == "by-production":
        causes: Row = ({"m": X[:, cause].T, "beta": gx[cause]}, ">=", x[cause])
        made: Row = ({"m": B.T, "beta": gb}, "<=", b)
        return [inputs, outputs, causes, made, *span(returns, "l", n), *span(returns, "m", n)]
    if bads == "kuosmanen":
        idle: Row = ({"l": X.T, "m": X.T, "beta": gx}, "<=", x)
        return [idle, outputs, held, ({"l": np.ones(n), "m": np.ones(n)}, "=", 1.0)]
    if (returns, bads) == ("vrs", "weak"):
        abated: Row = ({"l": (X - x).T, "beta": gx}, "<=", 0.0)
        return [abated, outputs, held, ({"l": np.ones(n)}, "<=", 1.0)]
    return [inputs, outputs, held, *span(returns, "l", n)]


def direction(way: Any, data: Data) -> np.ndarray:
    """Return the (n, 5) direction, spelt out apart from the package."""
    table = columns(data, *NAMES)
    words = {"observed": table, "mean": table.mean(axis=0) + 0 * table, "range": np.ptp(table, axis=0) + 0 * table}
    named = dict.fromkeys(NAMES, way) if isinstance(way, str) else way
    found = np.zeros_like(table)
    for j, name in enumerate(NAMES):
        value = named.get(name, 0.0)
        if value in NAMES:
            found[:, j] = data[value]
        else:
            found[:, j] = words[value][:, j] if value in words else value
    return found


def sizes_of_slacks(reference: Table, own: Table, weights: str) -> np.ndarray:
    """Return what one unit of each slack of inputs and outputs counts in the additive measure."""
    (X, Y, _), (x, y, _) = reference, own
    size = {
        "unit": np.ones(4),
        "mean": np.hstack([X.mean(axis=0), Y.mean(axis=0)]),
        "range": 4.0 * np.hstack([np.ptp(X, axis=0), np.ptp(Y, axis=0)]),
        "bounded": 4.0 * np.hstack([x - X.min(axis=0), Y.max(axis=0) - y]),
    }[weights]
    return np.array([0.0 if s == 0.0 else 1.0 / s for s in size])


def slack_sum(data: Data, weights: str, returns: str) -> list[float]:
    """Return the additive score of each row; bads are left out."""
    (X, Y, B), found = stack(data), []
    for i in range(len(X)):
        reference, own = (X, Y, B[:, :0]), (X[i], Y[i], B[i, :0])
        worth = sizes_of_slacks(reference, own, weights)
        best = optimum("max", {"s": worth[:2], "r": worth[2:]}, slack_rows(reference, own, returns))
        found.append(best if weights in ("unit", "mean") else 1.0 - best)
    return found


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("weights", ["unit", "mean", "range"])
def test_additive_scores_are_the_largest_sums_of_slacks(weights: str, returns: str):
    data = draw(21, 11)
    found = additive(panel_of(data, bads="b"), returns=returns, weights=weights).scores["score"]
    assert found == pytest.approx(slack_sum(data, weights, returns), abs=CLOSE)


@pytest.mark.parametrize("weights", ["unit", "range", "bounded"])
@pytest.mark.parametrize("flat", [False, True])
def test_additive_scores_of_negative_data_and_of_a_column_that_does_not_vary(weights: str, flat: bool):
    data = below(draw(22, 12)) | ({"x2": [-1.5] * 12} if flat else {})
    found = additive(panel_of(data), weights=weights).scores["score"]
    assert found == pytest.approx(slack_sum(data, weights, "vrs"), abs=CLOSE)


def fraction(own: Table, orientation: str, sign: float) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the coefficients of the relative slacks in the numerator's and in the denominator's sum."""
    x, y, b = own
    count = len(y) + len(b)
    top = {} if orientation == "output" else {"s": sign / (len(x) * x)}
    bottom = {} if orientation == "input" else {"r": sign / (count * y), "q": sign / (count * b)}
    return top, bottom


def least_fraction(own: Table, orientation: str, rows: list[Row], sign: float, most: float) -> float:
    """Return the least [1 − sign Σ…] / [1 + sign Σ…]: the ρ at which min numerator − ρ denominator is 0, or NaN.

    From above: where that minimum is below 0, the point that attains it has a lower fraction (Dinkelbach 1967).
    """
    top, bottom = fraction(own, orientation, sign)
    rho = most
    for _ in range(50):
        terms = {name: -values for name, values in top.items()} | {name: -rho * v for name, v in bottom.items()}
        least, at = solved("min", terms, rows)
        if np.isnan(least) or 1.0 - rho + least > -1e-12:
            return rho if at else np.nan
        rho = (1.0 - sum(v @ at[n] for n, v in top.items())) / (
            1.0 + sum(v @ at[n] for n, v in bottom.items() if n in at)
        )
    raise AssertionError(rho)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("bads", [(), ("b",)], ids=["goods", "bads"])
def test_slacks_based_scores_are_the_least_fraction(orientation: str, returns: str, bads: tuple[str, ...]):
    data = draw(23, 9)
    X, Y, B = stack(data)
    B = B if bads else B[:, :0]
    found = sbm(panel_of(data, bads=bads), orientation=orientation, returns=returns).scores["score"]
    own = [(X[i], Y[i], B[i]) for i in range(9)]
    twin = [least_fraction(o, orientation, slack_rows((X, Y, B), o, returns), 1.0, 1.5) for o in own]
    assert found == pytest.approx(twin, abs=CLOSE)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_super_efficient_slacks_are_those_that_the_others_lack(orientation: str, returns: str):
    data = draw(24, 12)
    X, Y, B = stack(data)
    B = B[:, :0]
    found = sbm(panel_of(data), orientation=orientation, returns=returns, super_efficiency=True).scores
    twin = []
    for i in range(12):
        others, own = np.arange(12) != i, (X[i], Y[i], B[i])
        rows: list[Row] = [
            ({"l": X[others].T, "s": -np.eye(2) * (orientation != "output")}, "<=", X[i]),
            ({"l": Y[others].T, "r": np.eye(2) * (orientation != "input")}, ">=", Y[i]),
            ({"r": np.eye(2)}, "<=", Y[i]),
            *span(returns, "l", 11),
        ]
        beyond = least_fraction(own, orientation, rows, -1.0, 1e3)
        inside = least_fraction(own, orientation, slack_rows((X, Y, B), own, returns), 1.0, 1.5)
        twin.append(inside if beyond < 1.0 + 1e-9 else beyond)
    assert np.isnan(twin).any() or max(twin) > 1.01
    assert np.nanmin(twin) < 0.95
    assert numbers(found["score"]) == pytest.approx(np.array(twin), abs=CLOSE, nan_ok=True)
    assert [s == "infeasible" for s in found["status"]] == np.isnan(twin).tolist()


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_russell_scores_are_the_best_mean_proportion(orientation: str, returns: str):
    data = draw(25, 10)
    X, Y, _ = stack(data)
    scores, names = russell(panel_of(data, bads="b"), orientation=orientation, returns=returns).scores, ("1", "2")
    twin = []
    for x, y in zip(X, Y, strict=True):
        if orientation == "input":
            own: list[Row] = [({"l": X.T, "p": -np.diag(x)}, "<=", 0.0), ({"l": Y.T}, ">=", y)]
        else:
            own = [({"l": X.T}, "<=", x), ({"l": Y.T, "p": -np.diag(y)}, ">=", 0.0)]
        bound: Row = ({"p": np.eye(2)}, "<=" if orientation == "input" else ">=", 1.0)
        sense = "min" if orientation == "input" else "max"
        twin.append(optimum(sense, {"p": [0.5, 0.5]}, [*own, bound, *span(returns, "l", 10)]))
    assert scores["score"] == pytest.approx(twin, abs=CLOSE)
    letter = "theta(x" if orientation == "input" else "phi(y"
    assert np.mean([scores[f"{letter}{k})"] for k in names], axis=0) == pytest.approx(np.array(twin), abs=CLOSE)


WORTH: dict[str, dict[str, float] | None] = {
    "thirds": None,
    "own": {"x2": 0.4, "y1": 1.0, "b": 2.5},
}


def shares(worth: dict[str, float] | None, g: np.ndarray) -> np.ndarray:
    """Return the weights of the columns: those given, or a share each to inputs, outputs and bads that move."""
    if worth is not None:
        return np.array([worth.get(name, 0.0) for name in NAMES])
    moves = g.any(axis=0)
    roles = [r for r in ([0, 1], [2, 3], [4]) if moves[r].any()]
    found = np.zeros(5)
    for role in roles:
        found[role] = moves[role] / moves[role].sum() / len(roles)
    return found


@pytest.mark.parametrize(("technology", "way"), CASES, ids=str)
@pytest.mark.parametrize("worth", WORTH)
def test_nonradial_scores_are_the_largest_weighted_betas(technology: tuple[str, str], way: str, worth: str):
    data, (returns, bads) = draw(26, 8), technology
    table, g = stack(data), direction(WAYS[way], data)
    weights = shares(WORTH[worth], g) * g.any(axis=0)
    scores = nonradial_directional(
        panel_of(data, bads="b"), direction=WAYS[way], weights=WORTH[worth], returns=returns, disposability=bads
    ).scores
    twin = []
    for i in range(8):
        G = np.diag(g[i])
        rows = moved_rows(table, tuple(t[i] for t in table), (G[:2], G[2:4], G[4:]), returns, bads)
        twin.append(optimum("max", {"beta": weights}, rows))
    assert scores["score"] == pytest.approx(twin, abs=CLOSE)
    betas = [w * numbers(scores[f"beta({name})"]) for name, w in zip(NAMES, weights, strict=True) if w]
    assert np.sum(betas, axis=0) == pytest.approx(np.array(twin), abs=CLOSE)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("polluting", [None, "x1", ["x2", "x1"]], ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_by_production_holds_outputs_and_bads_to_a_frontier_each(returns: str, polluting: Any, way: str):
    data = draw(27, 9)
    table, g, cause = stack(data), direction(WAYS[way], data), (0,) if polluting == "x1" else (0, 1)
    found = directional(
        panel_of(data, bads="b"),
        direction=WAYS[way],
        returns=returns,
        disposability="by-production",
        polluting=polluting,
    ).scores["score"]
    twin = []
    for i in range(9):
        G = g[i][:, None]
        rows = moved_rows(
            table, tuple(t[i] for t in table), (G[:2], G[2:4], G[4:]), returns, "by-production", polluting=cause
        )
        twin.append(optimum("max", {"beta": [1.0]}, rows, free=["beta"]))
    assert found == pytest.approx(twin, abs=CLOSE)


def hyperbola(table: Table, i: int, returns: str, bads: str) -> float:
    """Return the least h with (hx, y/h, hb) in the technology, by bisection on how much more output it could make."""
    x, y, b = (t[i] for t in table)

    def spare(h: float) -> float:
        moves = (np.zeros((2, 1)), (y / h)[:, None], np.zeros((len(b), 1)))
        rows = moved_rows(table, (h * x, y / h, h * b), moves, returns, bads)
        return float(np.nan_to_num(optimum("max", {"beta": [1.0]}, rows, free=["beta"]), nan=-1.0))

    nearly = 1.0 - 1e-10
    return 1.0 if spare(nearly) < 0.0 else brentq(spare, 1e-3, nearly, xtol=1e-12)


@pytest.mark.parametrize("technology", [t for t in TECHNOLOGIES if t != ("vrs", "weak")], ids=str)
def test_hyperbolic_scores_are_the_least_feasible_h(technology: tuple[str, str]):
    data, (returns, bads) = draw(28, 8), technology
    found = hyperbolic(panel_of(data, bads="b"), returns=returns, disposability=bads).scores["score"]
    twin = [hyperbola(stack(data), i, returns, bads) for i in range(8)]
    assert found == pytest.approx(twin, abs=1e-7)
    assert min(found) < 0.95


@pytest.mark.parametrize("way", ["range", {"x1": 1.0, "y2": 2.5}, {"y1": "range", "b": 3.0}], ids=str)
@pytest.mark.parametrize("bads", [(), ("b",)], ids=["goods", "bads"])
def test_directional_scores_of_negative_data(way: Any, bads: tuple[str, ...]):
    data = below(draw(29, 10))
    way = way if isinstance(way, str) or bads else {name: value for name, value in way.items() if name != "b"}
    table, g = stack(data), direction(way, data)
    found = directional(
        panel_of(data, bads=bads), direction=way, returns="vrs", disposability="strong" if bads else "weak"
    ).scores["score"]
    twin = []
    for i in range(10):
        G = g[i][:, None]
        rows = moved_rows(table, tuple(t[i] for t in table), (G[:2], G[2:4], G[4:]), "vrs", "strong")
        if not bads:
            rows.pop(2)
        twin.append(optimum("max", {"beta": [1.0]}, rows, free=["beta"]))
    assert found == pytest.approx(twin, abs=CLOSE)


@pytest.mark.parametrize("bads", [(), ("b",)], ids=["goods", "bads"])
@pytest.mark.parametrize("ideal", [False, True])
def test_range_directional_scores_lead_to_the_ideal_point(bads: tuple[str, ...], ideal: bool):
    data = below(draw(30, 12))
    if ideal:
        for name in NAMES:
            values = np.array(data[name])
            values[3] = values.max() if name in ("y1", "y2") else values.min()
            data[name] = values
    table = stack(data)
    least, most = (np.hstack([end(t, axis=0) for t in table]) for end in (np.min, np.max))
    scores = range_directional(panel_of(data, bads=bads)).scores
    twin = []
    for i in range(12):
        own = np.hstack([t[i] for t in table])
        G = (np.where([0, 0, 1, 1, 0], most - own, own - least))[:, None]
        rows = moved_rows(table, tuple(t[i] for t in table), (G[:2], G[2:4], G[4:]), "vrs", "strong")
        if not bads:
            rows.pop(2)
        twin.append(optimum("max", {"beta": [1.0]}, rows, free=["beta"]))
    assert (
        [s == "unbounded" for s in scores["status"]] == np.isinf(twin).tolist() == [ideal and i == 3 for i in range(12)]
    )
    finite = np.where(np.isinf(twin), np.nan, twin)
    assert numbers(scores["score"]) == pytest.approx(finite, abs=CLOSE, nan_ok=True)

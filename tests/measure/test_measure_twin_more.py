"""Prices, partial frontiers, everybody's weights, two stages and reference sets against what they are defined as."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from frontiers import RETURNS, Data, Row, columns, draw, numbers, optimum, panel_of, seen, solved, span
from hetao import Panel
from hetao.measure import (
    additive,
    cost,
    cross_efficiency,
    dea,
    order_alpha,
    order_m,
    profit,
    range_directional,
    returns_to_scale,
    revenue,
    russell,
    sbm,
    two_stage,
)

CLOSE = 1e-8
SECOND_GOAL = 1e-6  # programmes that hold a first optimum fixed know it to some ten digits only
PRICES = {"x1": "w1", "x2": "w2", "y1": "p1", "y2": "p2"}
ORIENTATIONS = ("input", "output")
Matrix = np.ndarray


def goods(data: Data) -> tuple[Matrix, Matrix]:
    """Return inputs and outputs."""
    return columns(data, "x1", "x2"), columns(data, "y1", "y2")


def dominated(X: Matrix, Y: Matrix, x: Matrix, y: Matrix, returns: str) -> list[Row]:
    """Return Xλ ≤ x, Yλ ≥ y."""
    return [({"l": X.T}, "<=", x), ({"l": Y.T}, ">=", y), *span(returns, "l", len(X))]


def radial(
    X: Matrix, Y: Matrix, x: Matrix, y: Matrix, returns: str, orientation: str = "input", fixed: tuple[int, ...] = ()
) -> float:
    """Return θ or φ; the quantities at the positions in fixed do not move."""
    own = x if orientation == "input" else y
    moves = np.array([j not in fixed for j in range(len(own))])
    left, moved = np.where(moves, 0.0, own), -np.where(moves, own, 0.0)[:, None]
    inputs: Row = ({"l": X.T, "f": moved}, "<=", left) if orientation == "input" else ({"l": X.T}, "<=", x)
    outputs: Row = ({"l": Y.T, "f": moved}, ">=", left) if orientation == "output" else ({"l": Y.T}, ">=", y)
    rows = [inputs, outputs, *span(returns, "l", len(X))]
    return optimum("min" if orientation == "input" else "max", {"f": [1.0]}, rows, free=["f"])


def least_cost(X: Matrix, Y: Matrix, w: Matrix, y: Matrix, returns: str) -> float:
    return optimum("min", {"l": X @ w}, [({"l": Y.T}, ">=", y), *span(returns, "l", len(X))])


def most_revenue(X: Matrix, Y: Matrix, p: Matrix, x: Matrix, returns: str) -> float:
    return optimum("max", {"l": Y @ p}, [({"l": X.T}, "<=", x), *span(returns, "l", len(X))])


@pytest.mark.parametrize("returns", RETURNS)
def test_cost_and_revenue_are_the_best_values_over_the_observed(returns: str):
    data = draw(41, 10)
    (X, Y), W, P = goods(data), columns(data, "w1", "w2"), columns(data, "p1", "p2")
    panel = panel_of(data, bads="b", prices=PRICES)
    spent = [least_cost(X, Y, W[i], Y[i], returns) / (W[i] @ X[i]) for i in range(10)]
    earned = [(P[i] @ Y[i]) / most_revenue(X, Y, P[i], X[i], returns) for i in range(10)]
    theta, phi = ([radial(X, Y, X[i], Y[i], returns, o) for i in range(10)] for o in ORIENTATIONS)
    for call, twin, technical in ((cost, spent, theta), (revenue, earned, [1.0 / f for f in phi])):
        scores = call(panel, returns=returns).scores
        assert scores["score"] == pytest.approx(twin, abs=CLOSE)
        assert scores["technical"] == pytest.approx(technical, abs=CLOSE)
        assert scores["allocative"] == pytest.approx(list(np.divide(twin, technical)), abs=CLOSE)


@pytest.mark.parametrize("returns", RETURNS)
def test_profit_forgone_is_counted_in_the_observed_value(returns: str):
    data = draw(42, 10)
    (X, Y), W, P = goods(data), columns(data, "w1", "w2"), columns(data, "p1", "p2")
    scores, twin, beta = profit(panel_of(data, prices=PRICES), returns=returns).scores, [], []
    for x, y, w, p in zip(X, Y, W, P, strict=True):
        most = optimum("max", {"l": Y @ p - X @ w}, span(returns, "l", 10))
        twin.append((most - (p @ y - w @ x)) / (p @ y + w @ x))
        rows: list[Row] = [({"l": X.T, "f": x[:, None]}, "<=", x), ({"l": Y.T, "f": -y[:, None]}, ">=", y)]
        beta.append(optimum("max", {"f": [1.0]}, [*rows, *span(returns, "l", 10)], free=["f"]))
    finite, beta = np.where(np.isinf(twin), np.nan, twin), np.where(np.isinf(twin), np.nan, beta)
    assert [s == "unbounded" for s in scores["status"]] == np.isinf(twin).tolist()
    assert numbers(scores["score"]) == pytest.approx(finite, abs=CLOSE, nan_ok=True)
    assert numbers(scores["technical"]) == pytest.approx(beta, abs=CLOSE, nan_ok=True)
    assert numbers(scores["allocative"]) == pytest.approx(finite - beta, abs=CLOSE, nan_ok=True)


def test_where_the_best_values_are_and_whom_they_are_made_of():
    data = draw(43, 10)
    X, Y = goods(data)
    W, P = columns(data, "w1", "w2"), columns(data, "p1", "p2")
    panel = panel_of(data, prices=PRICES)
    for call in (cost, revenue, profit, additive, sbm, russell):
        result, made = call(panel), np.zeros((10, 4))
        targets, score = columns(result.targets, *PRICES), np.array(result.scores["score"])
        row_of = {unit: i for i, unit in enumerate(data["u"])}
        for unit, peer, weight in zip(*(result.peers[name] for name in ("u", "peer", "weight")), strict=True):
            made[row_of[unit]] += weight * np.hstack([X, Y])[row_of[peer]]
        assert targets == pytest.approx(made, abs=1e-7)
        spent, earned = (W * targets[:, :2]).sum(axis=1), (P * targets[:, 2:]).sum(axis=1)
        before, after = (W * X).sum(axis=1), (P * Y).sum(axis=1)
        slacks = columns(result.slacks, *PRICES)
        less, more = (slacks[:, :2] / X).mean(axis=1), (slacks[:, 2:] / Y).mean(axis=1)
        told = {
            cost: spent / before,
            revenue: after / earned,
            profit: (earned - spent - (after - before)) / (before + after),
            additive: slacks.sum(axis=1),
            sbm: (1.0 - less) / (1.0 + more),
            russell: 1.0 - less,
        }
        assert score == pytest.approx(told[call], abs=1e-7)


def proportions(X: Matrix, Y: Matrix, x: Matrix, y: Matrix, orientation: str) -> list[float]:
    """Return by how much of the observation's quantities each comparable unit makes do, or makes."""
    if orientation == "input":
        fits = [a for a, b in zip(X, Y, strict=True) if (b >= y).all() and not a[x == 0].any()]
        return [max(a[x > 0] / x[x > 0]) for a in fits]
    return [min(b[y > 0] / y[y > 0]) for a, b in zip(X, Y, strict=True) if (a <= x).all()]


def with_ties(seed: int, units: int) -> Data:
    """Return data in whole numbers, some of them zero."""
    data = draw(seed, units)
    for name in ("x1", "x2", "y1", "y2"):
        data[name] = np.ceil(np.array(data[name]) / 3)
    data["x2"][::4], data["y1"][::3] = 0.0, 0.0
    return data


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("m", [1, 2, 3])
def test_order_m_is_the_mean_over_all_draws(m: int, orientation: str):
    data = with_ties(44, 9)
    X, Y = goods(data)
    scores, twin, compared = order_m(panel_of(data), m=m, orientation=orientation).scores, [], []
    best = min if orientation == "input" else max
    for x, y in zip(X, Y, strict=True):
        q = proportions(X, Y, x, y, orientation)
        draws = [best(drawn) for drawn in itertools.product(q, repeat=m)]
        twin.append(sum(draws) / len(draws))
        compared.append(len(q))
    assert max(compared) > 2
    assert scores["comparable"] == compared
    assert scores["score"] == pytest.approx(twin, abs=1e-12)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("alpha", ["0.1", "0.5", "0.75", "0.9", "1"])
def test_order_alpha_lets_a_share_of_the_comparable_do_better(alpha: str, orientation: str):
    data = with_ties(45, 20)
    X, Y = goods(data)
    exact = Fraction(alpha)
    scores, twin = order_alpha(panel_of(data), alpha=float(alpha), orientation=orientation).scores, []
    for x, y in zip(X, Y, strict=True):
        q = proportions(X, Y, x, y, orientation)
        share = 1 - exact if orientation == "input" else exact
        twin.append(min(v for v in q if sum(other <= v for other in q) >= len(q) * share))
    assert scores["score"] == pytest.approx(twin, abs=0)
    assert len({round(value, 6) for value in twin}) > 2


def judges(X: Matrix, Y: Matrix, strategy: str) -> list[dict[str, Matrix]]:
    """Return the weights v and u of each judge."""
    sense, found = "min" if strategy == "aggressive" else "max", []
    for x, y in zip(X, Y, strict=True):
        nobody_more: Row = ({"u": Y, "v": -X}, "<=", 0.0)
        theta = optimum("max", {"u": y}, [({"v": x}, "=", 1.0), nobody_more])
        held: Row = ({"u": y, "v": -theta * x}, "=", 0.0)
        others: Row = ({"v": X.sum(axis=0) - x}, "=", 1.0)
        found.append(solved(sense, {"u": Y.sum(axis=0) - y}, [others, held, nobody_more])[1])
    return found


@pytest.mark.parametrize("strategy", ["aggressive", "benevolent"])
@pytest.mark.parametrize("self_appraisal", [True, False])
def test_cross_efficiency_is_the_mean_score_at_everybodys_weights(strategy: str, self_appraisal: bool):
    data = draw(46, 11)
    X, Y = goods(data)
    scores = cross_efficiency(panel_of(data, bads="b"), strategy=strategy, self_appraisal=self_appraisal).scores
    table = np.array([(Y @ one["u"]) / (X @ one["v"]) for one in judges(X, Y, strategy)])
    own = np.diag(table)
    others = (table.sum(axis=0) - own) / 10
    assert scores["score"] == pytest.approx(list(table.mean(axis=0) if self_appraisal else others), abs=SECOND_GOAL)
    assert scores["own"] == pytest.approx(list(own), abs=SECOND_GOAL)
    assert scores["maverick"] == pytest.approx(list((own - others) / others), abs=10 * SECOND_GOAL)


@pytest.mark.parametrize("reference", ["contemporaneous", "biennial", 2], ids=str)
@pytest.mark.parametrize("by_group", [False, True])
def test_only_the_reference_judges(reference: Any, by_group: bool):
    data = draw(53, 8, periods=3)
    X, Y = goods(data)
    panel = panel_of(data, period="t", group="g")
    found = cross_efficiency(panel, strategy="aggressive", reference=reference, by_group=by_group).scores["score"]
    masks, twin = seen(data, reference, by_group=by_group), []
    weights = {
        rows.tobytes(): judges(X[rows], Y[rows], "aggressive") for rows in {m.tobytes(): m for m in masks}.values()
    }
    for i, rows in enumerate(masks):
        scores = [(Y[i] @ one["u"]) / (X[i] @ one["v"]) for one in weights[rows.tobytes()]]
        twin.append(sum(scores) / len(scores))
    assert found == pytest.approx(twin, abs=SECOND_GOAL)


def staged(X: Matrix, Z: Matrix, Y: Matrix, i: int, model: str) -> tuple[float, float, float]:
    """Return the overall score of unit i and the least and greatest score of its first stage, from the multipliers."""
    x, z, y = X[i], Z[i], Y[i]
    stages: list[Row] = [({"w": Z, "v": -X}, "<=", 0.0), ({"u": Y, "w": -Z}, "<=", 0.0)]
    one: Row = ({"v": x}, "=", 1.0)
    if model == "kao-hwang":
        overall = optimum("max", {"u": y}, [one, *stages])
        held: Row = ({"u": y}, ">=", overall * (1.0 - 1e-10))
    else:
        overall = optimum("max", {"u": y, "w": z}, [({"v": x, "w": z}, "=", 1.0), *stages])
        held = ({"u": y, "w": (1.0 - overall) * z}, ">=", overall * (1.0 - 1e-10))
    low, high = (optimum(sense, {"w": z}, [one, held, *stages]) for sense in ("min", "max"))
    return overall, low, high


@pytest.mark.parametrize("model", ["kao-hwang", "additive"])
@pytest.mark.parametrize("priority", ["first", "second"])
@pytest.mark.parametrize("links", [["y1", "b"], ["b"]], ids=str)
def test_two_stages_share_one_set_of_weights_for_the_links(model: str, priority: str, links: list[str]):
    data = draw(47 if model == "kao-hwang" else 2, 10)
    if model == "additive":  # its split is open at kinks only, which small whole numbers have
        data |= {name: np.ceil(np.array(data[name]) / 3) for name in ("x1", "x2", "y1", "y2", "b")}
    panel = panel_of(data, outputs=["y1", "b", "y2"])
    final = [name for name in ("y1", "y2") if name not in links]
    scores = two_stage(panel, links=links, model=model, priority=priority).scores
    X, Z, Y = columns(data, "x1", "x2"), columns(data, *links), columns(data, *final)
    twin = np.array([staged(X, Z, Y, i, model) for i in range(10)])
    overall, low, high = twin.T
    first = high if priority == "first" else low
    second = overall / first if model == "kao-hwang" else (overall * (1.0 + first) - first) / first
    expected = {"score": overall, "stage_1_lowest": low, "stage_1_highest": high, "stage_1": first, "stage_2": second}
    for name, values in expected.items():
        assert scores[name] == pytest.approx(list(values), abs=SECOND_GOAL)
    assert (high - low > 1e-3).any() == (len(links) > 1)


BY_HAND: dict[str, list[Any]] = {  # the frontier under vrs is a b c, under crs the ray through b
    "u": ["a", "b", "c", "d", "e", "f"],
    "x": [2.0, 3.0, 6.0, 5.0, 8.0, 4.0],
    "y": [1.0, 3.0, 5.0, 2.0, 5.0, 3.0],
}
SCALES = {
    "input": (
        [1 / 2, 1.0, 5 / 6, (2 / 5) / (1 / 2), (5 / 8) / (3 / 4), 1.0],
        ["increasing", "constant", "decreasing", "increasing", "decreasing", "constant"],
    ),
    "output": (
        [1 / 2, 1.0, 5 / 6, (13 / 6) / (5 / 2), 5 / 8, (11 / 9) / (4 / 3)],
        ["increasing", "constant", "decreasing", "decreasing", "decreasing", "decreasing"],
    ),
}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_returns_to_scale_of_six_points_by_hand(orientation: str):
    scores = returns_to_scale(Panel(BY_HAND, unit="u", inputs="x", outputs="y"), orientation=orientation).scores
    scale, kinds = SCALES[orientation]
    assert scores["score"] == pytest.approx(scale, abs=1e-10)
    assert scores["class"] == kinds


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_returns_to_scale_follow_from_which_way_the_best_scale_lies(orientation: str):
    data = draw(48, 14)
    X, Y = goods(data)
    scores, kinds, scale = returns_to_scale(panel_of(data), orientation=orientation).scores, [], []
    for x, y in zip(X, Y, strict=True):
        score = {r: radial(X, Y, x, y, r, orientation) for r in RETURNS}
        scale.append(score["crs"] / score["vrs"] if orientation == "input" else score["vrs"] / score["crs"])
        up, down = (score[r] == pytest.approx(score["crs"], abs=1e-9) for r in ("ndrs", "nirs"))  # reaches the crs ray
        kinds.append({(True, True): "constant", (True, False): "decreasing", (False, True): "increasing"}[up, down])
    assert set(kinds) == {"constant", "increasing", "decreasing"}
    assert scores["class"] == kinds
    assert scores["score"] == pytest.approx(scale, abs=CLOSE)


def weighted(
    X: Matrix, Y: Matrix, x: Matrix, y: Matrix, returns: str, orientation: str, bounds: list[tuple[Matrix, Matrix]]
) -> float:
    """Return θ or φ from its multipliers v, u and intercept, which obey cᵥ·v + cᵤ·u ≤ 0 for each (cᵥ, cᵤ)."""
    rows: list[Row] = [({"v": a, "u": c}, "<=", 0.0) for a, c in bounds]
    free = ["w"] if returns == "vrs" else []
    if orientation == "input":
        w = {"crs": 0.0, "nirs": -1.0}.get(returns, 1.0)
        rows += [({"v": x}, "=", 1.0), ({"u": Y, "v": -X, "w": np.full((len(X), 1), w)}, "<=", 0.0)]
        return optimum("max", {"u": y, "w": [w]}, rows, free)
    w = {"crs": 0.0, "ndrs": -1.0}.get(returns, 1.0)
    rows += [({"u": y}, "=", 1.0), ({"v": X, "u": -Y, "w": np.full((len(X), 1), w)}, ">=", 0.0)]
    return optimum("min", {"v": x, "w": [w]}, rows, free)


RESTRICTIONS: dict[str, tuple[dict[tuple[str, str], tuple[float | None, float | None]], list[tuple[Any, Any]]]] = {
    "inputs": ({("x1", "x2"): (0.5, 2.0)}, [([-1, 0.5], [0, 0]), ([1, -2], [0, 0])]),
    "one bound each": (
        {("x2", "x1"): (None, 0.7), ("y1", "y2"): (1.5, None)},
        [([-0.7, 1], [0, 0]), ([0, 0], [-1, 1.5])],
    ),
    "input and output": ({("y1", "x1"): (0.2, None)}, [([0.2, 0], [-1, 0])]),
}


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("given", RESTRICTIONS)
def test_weight_restrictions_bound_the_multipliers(given: str, orientation: str, returns: str):
    data, (restrictions, bounds) = draw(49, 11), RESTRICTIONS[given]
    X, Y = goods(data)
    found = dea(panel_of(data), orientation=orientation, returns=returns, weight_restrictions=restrictions)
    twin = [weighted(X, Y, X[i], Y[i], returns, orientation, bounds) for i in range(11)]
    free = [weighted(X, Y, X[i], Y[i], returns, orientation, []) for i in range(11)]
    assert not np.allclose(twin, free, atol=1e-3, equal_nan=True)
    assert numbers(found.scores["score"]) == pytest.approx(np.array(twin), abs=CLOSE, nan_ok=True)
    price = dict(zip(("x1", "x2", "y1", "y2"), columns(found.multipliers, "x1", "x2", "y1", "y2").T, strict=True))
    for (a, b), (low, high) in restrictions.items():
        assert (price[a] >= (low or 0.0) * price[b] - 1e-7).all()
        assert high is None or (price[a] <= high * price[b] + 1e-7).all()


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("fixed", [(0,), (1,)], ids=str)
def test_what_cannot_be_chosen_does_not_move(fixed: tuple[int, ...], orientation: str, returns: str):
    data = draw(50, 12)
    X, Y = goods(data)
    names = [f"{'x' if orientation == 'input' else 'y'}{j + 1}" for j in fixed]
    found = dea(panel_of(data), orientation=orientation, returns=returns, nondiscretionary=names).scores["score"]
    twin = [radial(X, Y, X[i], Y[i], returns, orientation, fixed) for i in range(12)]
    assert found == pytest.approx(twin, abs=CLOSE)


def additive_twin(data: Data, i: int, rows: Matrix) -> float:
    """Return the range-adjusted efficiency, with the reference's own ranges."""
    X, Y = (table[rows] for table in goods(data))
    x, y = (table[i] for table in goods(data))
    worth = [1.0 / (4 * s) if s else 0.0 for s in (*np.ptp(X, axis=0), *np.ptp(Y, axis=0))]
    held: list[Row] = [({"l": X.T, "s": np.eye(2)}, "=", x), ({"l": Y.T, "r": -np.eye(2)}, "=", y)]
    return 1.0 - optimum("max", {"s": worth[:2], "r": worth[2:]}, [*held, *span("vrs", "l", len(X))])


def ideal_twin(data: Data, i: int, rows: Matrix) -> float:
    """Return the range directional distance, towards the reference's own ideal point; NaN where that is reached."""
    X, Y = (table[rows] for table in goods(data))
    x, y = (table[i] for table in goods(data))
    gx, gy = (x - X.min(axis=0))[:, None], (Y.max(axis=0) - y)[:, None]
    held: list[Row] = [({"l": X.T, "f": gx}, "<=", x), ({"l": Y.T, "f": -gy}, ">=", y)]
    found = optimum("max", {"f": [1.0]}, [*held, *span("vrs", "l", len(X))])
    return np.nan if np.isinf(found) else found


def radial_twin(data: Data, i: int, rows: Matrix) -> float:
    X, Y = goods(data)
    return radial(X[rows], Y[rows], X[i], Y[i], "vrs", "output")


def super_twin(data: Data, i: int, rows: Matrix) -> float:
    others = rows & (np.arange(len(rows)) != i)
    return radial_twin(data, i, others) if others.any() else np.nan


def cost_twin(data: Data, i: int, rows: Matrix) -> float:
    (X, Y), w = goods(data), columns(data, "w1", "w2")[i]
    return least_cost(X[rows], Y[rows], w, Y[i], "vrs") / (w @ X[i])


def partial_twin(data: Data, i: int, rows: Matrix) -> float:
    X, Y = goods(data)
    q = proportions(X[rows], Y[rows], X[i], Y[i], "input")
    return sum(min(two) for two in itertools.product(q, repeat=2)) / len(q) ** 2


AGAINST: dict[str, tuple[Callable[..., Any], dict[str, Any], Callable[[Data, int, Matrix], float]]] = {
    "dea": (dea, {"orientation": "output", "returns": "vrs"}, radial_twin),
    "super": (dea, {"orientation": "output", "returns": "vrs", "super_efficiency": True}, super_twin),
    "additive": (additive, {"weights": "range"}, additive_twin),
    "range_directional": (range_directional, {}, ideal_twin),
    "cost": (cost, {"returns": "vrs"}, cost_twin),
    "order_m": (order_m, {"m": 2}, partial_twin),
}


@pytest.mark.parametrize("reference", ["contemporaneous", "sequential", "biennial", "global", 1, 2, 3], ids=str)
@pytest.mark.parametrize("by_group", [False, True])
@pytest.mark.parametrize("name", AGAINST)
def test_each_reference_holds_the_rows_that_it_says(name: str, by_group: bool, reference: Any):
    data = draw(51, 6, periods=4)
    kept = [i for i, key in enumerate(zip(data["u"], data["t"], strict=True)) if key not in {(0, 0), (3, 2)}]
    data = {column: [values[i] for i in kept] for column, values in data.items()}  # two units are away for a period
    call, options, twin = AGAINST[name]
    panel = panel_of(data, period="t", group="g", prices=PRICES)
    found = call(panel, reference=reference, by_group=by_group, **options).scores["score"]
    masks = seen(data, reference, by_group=by_group)
    expected = np.array([twin(data, i, mask) for i, mask in enumerate(masks)])
    assert numbers(found) == pytest.approx(expected, abs=CLOSE, nan_ok=True)

"""Plots of a frontier: the line is that of the programmes, efficient units lie on it, nothing lies beyond it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontiers import optimum, refused_plot, span
from hetao import Panel
from hetao.measure import FrontierResult, additive, dea, directional, hyperbolic, malmquist, order_m, russell, sbm
from hetao.measure.plots.technology import frontier_line
from hetao.text import use_language

CLOSE = 1e-7
RETURNS = ("crs", "vrs", "nirs", "ndrs", "fdh")
AMOUNT = st.integers(1, 40).map(lambda n: n / 4)
Matrix = Any


def panel(points: Matrix, inputs: int = 1, **further: Any) -> Panel:
    """Return a panel of columns x1, … and y1, …, in this order."""
    width = np.asarray(points).shape[1]
    names = [*(f"x{j + 1}" for j in range(inputs)), *(f"y{j + 1}" for j in range(width - inputs))]
    table = {"u": [f"u{i}" for i in range(len(points))]} | dict(
        zip(names, np.asarray(points, dtype=float).T, strict=True)
    )
    roles = {name: name for name in further}
    return Panel(table | further, unit="u", inputs=names[:inputs], outputs=names[inputs:], **roles)


def line_of(figure: Any, k: int = 0) -> Matrix:
    """Return the (corners, 2) line of a frontier."""
    drawn = [line for line in figure.axes[0].get_lines() if line.get_marker() == "None"]
    return np.column_stack(drawn[k].get_data())


def dots_of(figure: Any) -> tuple[Matrix, Matrix]:
    """Return the efficient points, which are filled, and the others."""
    marks = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    filled = [np.column_stack(m.get_data()) for m in marks if m.get_markerfacecolor() != "white"]
    hollow = [np.column_stack(m.get_data()) for m in marks if m.get_markerfacecolor() == "white"]
    return np.vstack(filled), np.vstack(hollow)


def labels_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def apart(line: Matrix, point: Matrix) -> float:
    """Return the distance of a point from a line, as a share of the window."""
    scale = line.max(axis=0)
    found = np.inf
    for a, b in pairwise(line / scale):
        way, p = b - a, point / scale
        along = np.clip((p - a) @ way / max(way @ way, 1e-300), 0.0, 1.0)
        found = min(found, float(np.abs(a + along * way - p).max()))
    return found


def reach(line: Matrix, at: float, best: Callable[[list[float]], float]) -> float:
    """Return the second coordinate of the line at a first one; of a vertical part the best."""
    found = []
    for (a, b), (c, d) in pairwise(line):
        if min(a, c) - 1e-12 <= at <= max(a, c) + 1e-12:
            found += [b, d] if c == a else [b + (d - b) * min(max((at - a) / (c - a), 0.0), 1.0)]
    return best(found) if found else np.nan


def production(points: Matrix, returns: str, x: float) -> float:
    """Return the most output from an input, by a programme or by looking at every unit."""
    X, Y = points.T
    if returns == "fdh":
        return float(max(Y[x >= X], default=np.nan))
    return optimum("max", {"l": Y}, [({"l": X}, "<=", x), *span(returns, "l", len(X))])


def isoquant(points: Matrix, u: float) -> float:
    """Return the least second input at a first one for one unit of output."""
    one, two, out = points.T
    return optimum(
        "min", {"v": 1.0}, [({"l": one}, "<=", u), ({"l": two, "v": -1.0}, "<=", 0.0), ({"l": out}, ">=", 1.0)]
    )


def possibilities(points: Matrix, u: float) -> float:
    """Return the most of a second output beside a first one from one unit of input."""
    used, one, two = points.T
    return optimum(
        "max", {"v": 1.0}, [({"l": used}, "<=", 1.0), ({"l": one}, ">=", u), ({"l": two, "v": -1.0}, ">=", 0.0)]
    )


# The line


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("orientation", ["input", "output"])
@settings(max_examples=8)
@given(points=st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=12))
def test_efficient_units_lie_on_the_line_and_none_above_it(returns: str, orientation: str, points: list[Any]):
    result = dea(panel(points), returns=returns, orientation=orientation)
    figure = result.plot(kind="frontier")
    line, (own, rest) = line_of(figure), dots_of(figure)
    on = np.abs(result.evaluation.score - 1.0) < CLOSE
    for point, efficient in zip(np.array(points), on, strict=True):
        assert reach(line, point[0], max) >= point[1] * (1 - CLOSE)
        assert not efficient or apart(line, point) < CLOSE
    strong = np.isclose(result.projections.targets, np.array(points), rtol=1e-9, atol=0.0).all(axis=1)
    assert sorted(map(tuple, own)) == sorted(map(tuple, np.array(points)[strong]))
    assert len(own) + len(rest) == len(points)
    for target in result.projections.targets:
        assert apart(line, target) < CLOSE


@pytest.mark.parametrize("returns", RETURNS)
@settings(max_examples=8)
@given(points=st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=12), share=st.floats(0.01, 1.0))
def test_the_line_is_the_most_that_an_input_can_give(returns: str, points: list[Any], share: float):
    line = line_of(dea(panel(points), returns=returns).plot(kind="frontier"))
    first, last = line[:, 0].min(), line[:, 0].max()
    x = first + share * (last - first)
    assert reach(line, x, max) == pytest.approx(production(np.array(points), returns, x), rel=CLOSE)


@settings(max_examples=8)
@given(points=st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=10), share=st.floats(0.01, 1.0))
def test_the_isoquant_is_the_least_of_one_input_beside_another(points: list[Any], share: float):
    result = dea(panel(points, inputs=2))
    line = line_of(result.plot(kind="frontier"))
    first, last = line[:, 0].min(), line[:, 0].max()
    u = first + share * (last - first)
    assert reach(line, u, min) == pytest.approx(isoquant(np.array(points), u), rel=CLOSE)
    scaled = np.array(points)[:, :2] / np.array(points)[:, [2]]
    for point, score in zip(scaled, result.evaluation.score, strict=True):
        assert reach(line, point[0], min) <= point[1] * (1 + CLOSE)
        assert score < 1 - CLOSE or apart(line, point) < CLOSE
        assert apart(line, point * score) < CLOSE  # the radial projection


@settings(max_examples=8)
@given(points=st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=10), share=st.floats(0.01, 1.0))
def test_the_possibilities_are_the_most_of_one_output_beside_another(points: list[Any], share: float):
    result = dea(panel(points), orientation="output")
    line = line_of(result.plot(kind="frontier"))
    first, last = line[:, 0].min(), line[:, 0].max()
    u = first + share * (last - first)
    assert reach(line, u, max) == pytest.approx(possibilities(np.array(points), u), rel=CLOSE)
    scaled = np.array(points)[:, 1:] / np.array(points)[:, [0]]
    for point, score in zip(scaled, result.evaluation.score, strict=True):
        assert reach(line, point[0], max) >= point[1] * (1 - CLOSE)
        assert score > 1 + CLOSE or apart(line, point) < CLOSE


@pytest.mark.parametrize("returns", RETURNS)
@settings(max_examples=5)
@given(points=st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=10))
def test_with_one_output_for_all_an_isoquant_needs_no_constant_returns(returns: str, points: list[Any]):
    result = dea(panel([(*p, 5.0) for p in points], inputs=2), returns=returns)
    line = line_of(result.plot(kind="frontier"))
    for point, score in zip(np.array(points) / 5.0, result.evaluation.score, strict=True):
        assert reach(line, point[0], min) <= point[1] * (1 + CLOSE)
        assert apart(line, point * score) < CLOSE


def test_corners_by_hand():
    """Units at (1, 1), (2, 3), (4, 4) and (3, 2), in a window to (5, 5)."""
    points, low, high = np.array([[1.0, 1.0], [2.0, 3.0], [4.0, 4.0], [3.0, 2.0]]), np.zeros(2), np.full(2, 5.0)
    expected = {
        "crs": [(0, 0), (5, 7.5)],
        "vrs": [(1, 0), (1, 1), (2, 3), (4, 4), (5, 4)],
        "nirs": [(0, 0), (0, 0), (2, 3), (4, 4), (5, 4)],
        "ndrs": [(1, 0), (1, 1), (2, 3), (5, 7.5)],
        "fdh": [(1, 0), (1, 1), (2, 1), (2, 3), (4, 3), (4, 4), (5, 4)],
    }
    for returns, corners in expected.items():
        assert list(map(tuple, frontier_line(points, returns, "production", low, high))) == corners
    inputs = np.array([[1.0, 4.0], [2.0, 2.0], [4.0, 1.0], [3.0, 3.0]])
    both = [(1, 5), (1, 4), (2, 2), (4, 1), (5, 1)]
    assert list(map(tuple, frontier_line(inputs, "crs", "isoquant", low, high))) == both
    steps = [(1, 5), (1, 4), (2, 4), (2, 2), (4, 2), (4, 1), (5, 1)]
    assert list(map(tuple, frontier_line(inputs, "fdh", "isoquant", low, high))) == steps
    outputs = [(4, 0), (4, 1), (3, 3), (1, 4), (0, 4)]
    assert list(map(tuple, frontier_line(inputs, "vrs", "possibilities", low, high))) == outputs


@pytest.mark.parametrize("call", [additive, sbm, russell, directional, hyperbolic])
@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_other_measures_are_drawn_on_the_same_line(call: Callable[..., FrontierResult], returns: str):
    points = np.random.default_rng(5).uniform(1, 9, (12, 2))
    result = call(panel(points), returns=returns)
    figure = result.plot(kind="frontier", arrows=True)
    plain = line_of(dea(panel(points), returns=returns).plot(kind="frontier"))
    assert all(apart(line_of(figure), corner) < CLOSE for corner in plain[:-1])  # the window may be another
    for target in result.projections.targets:
        assert apart(line_of(figure), target) < CLOSE
    assert figure.axes[0].get_title().startswith(f"{result.name}: ")


# What stands around the line


def test_arrows_lead_to_the_targets_of_those_that_are_not_efficient():
    points = np.array([[2.0, 2.0], [4.0, 6.0], [6.0, 3.0], [4.0, 1.0]])
    result = dea(panel(points), returns="vrs")
    (quiver,) = (c for c in result.plot(kind="frontier", arrows=True).axes[0].collections if hasattr(c, "U"))
    start, way = quiver.XY, np.column_stack([quiver.U, quiver.V])
    assert start.tolist() == [[6.0, 3.0], [4.0, 1.0]]
    assert start + way == pytest.approx(np.array([[2.5, 3.0], [2.0, 2.0]]))  # the second with its slack
    assert not [c for c in result.plot(kind="frontier").axes[0].collections if hasattr(c, "U")]
    out = dea(panel(points), returns="crs", orientation="output").plot(kind="frontier", arrows=True).axes[0]
    assert out.get_ylim()[1] > 9.0  # (6, 3) is projected to (6, 9)


def test_a_row_without_a_score_is_drawn_without_an_arrow_and_counted():
    points = np.array([[2.0, 2.0], [4.0, 6.0], [6.0, 0.0]])
    figure = dea(panel(points), returns="vrs", orientation="output").plot(kind="frontier", arrows=True)
    assert figure.axes[0].get_title() == "dea: variable returns to scale (1 without an optimal score, left out)"
    assert [6.0, 0.0] in dots_of(figure)[1].tolist()
    (quiver,) = (c for c in figure.axes[0].collections if hasattr(c, "U"))
    assert len(quiver.U) == 0


def test_efficient_units_are_named_and_the_names_do_not_touch():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    points = np.random.default_rng(8).uniform(1, 9, (60, 2))
    result = dea(panel(points), returns="fdh")
    figure = result.plot(kind="frontier", arrows=True)
    assert set(labels_of(figure)) == {f"u{i}" for i in np.flatnonzero(result.evaluation.score > 1 - CLOSE)}
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    inside = axes.get_window_extent()
    boxes = [text.get_window_extent().extents for text in axes.texts]  # a leading line's end counts too
    texts = [np.array(box) for box in boxes]
    for box in texts:
        assert (box[:2] >= inside.extents[:2] - 1).all()
        assert (box[2:] <= inside.extents[2:] + 1).all()
    words = [_word_box(text) for text in axes.texts]
    for one, other in combinations(words, 2):
        assert not ((one[:2] < other[2:] - 0.5).all() and (other[:2] < one[2:] - 0.5).all())


def _word_box(text: Any) -> Matrix:
    """Return the box of an annotation's words alone."""
    from matplotlib.text import Text as Words

    return np.array(Words.get_window_extent(text).extents)


def test_names_that_have_no_room_are_counted():
    rows = {"u": [f"a unit with a very long name, number {i}" for i in range(200)]}
    rows |= {"x": np.arange(1.0, 201.0), "y": np.arange(1.0, 201.0)}
    figure = dea(Panel(rows, unit="u", inputs="x", outputs="y")).plot(kind="frontier")
    lost = 200 - len(labels_of(figure))
    assert 0 < lost < 200
    assert figure.axes[0].get_title() == f"dea: constant returns to scale ({lost} names of efficient units had no room)"
    assert all(len(name) == 30 and name.endswith("…") for name in labels_of(figure))


def test_the_window_starts_at_zero_or_near_the_observations():
    points = np.array([[100.0, 50.0], [104.0, 52.0], [103.0, 50.5]])
    assert dea(panel(points), returns="crs").plot(kind="frontier").axes[0].get_xlim()[0] == 0.0
    near = dea(panel(points), returns="vrs").plot(kind="frontier")
    assert 99.0 < near.axes[0].get_xlim()[0] < 100.0
    assert line_of(near)[0].tolist() == [100.0, near.axes[0].get_ylim()[0]]
    assert dea(panel(points[:1]), returns="vrs").plot(kind="frontier").axes[0].get_xlim()[0] < 100.0
    negative = additive(panel(points - [0.0, 51.0]), returns="vrs").plot(kind="frontier")
    assert line_of(negative)[0, 1] < -1.0


# Periods and groups


def over_time(periods: int = 3, n: int = 6) -> tuple[Panel, Matrix, Matrix]:
    random = np.random.default_rng(3)
    points, t = random.uniform(1, 9, (n * periods, 2)), np.repeat(np.arange(periods), n)
    table = {"u": [f"u{i}" for i in range(n)] * periods, "t": t, "g": ["e", "w"] * (n * periods // 2)}
    table |= {"x": points[:, 0], "y": points[:, 1]}
    return Panel(table, unit="u", period="t", inputs="x", outputs="y", group="g"), points, t


def test_each_period_has_its_line_and_its_colour():
    made, points, t = over_time()
    figure = dea(made, returns="vrs").plot(kind="frontier")
    (axes,) = figure.axes
    lines = [line for line in axes.get_lines() if line.get_marker() == "None"]
    marks = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert len({tuple(line.get_color()) for line in lines}) == 3
    for k, line in enumerate(lines):
        corners = np.column_stack(line.get_data())
        assert set(map(tuple, corners[1:-1])) <= set(map(tuple, points[t == k]))
        own = [m for m in marks if tuple(m.get_color()) == tuple(line.get_color())]
        drawn = np.vstack([np.column_stack(m.get_data()) for m in own])
        assert sorted(map(tuple, drawn)) == sorted(map(tuple, points[t == k]))
    assert [x.get_text() for x in axes.get_legend().get_texts()] == ["0", "1", "2"]


def test_one_period_is_drawn_alone():
    made, points, t = over_time()
    figure = dea(made, returns="vrs").plot(kind="frontier", period=1)
    assert sorted(map(tuple, np.vstack(dots_of(figure)))) == sorted(map(tuple, points[t == 1]))
    assert figure.axes[0].get_legend() is None
    assert figure.axes[0].get_title() == "dea: variable returns to scale, 1"


def test_periods_that_share_a_frontier_have_one_line():
    made, points, _ = over_time()
    figure = dea(made, returns="vrs", reference="global").plot(kind="frontier")
    lines = [line for line in figure.axes[0].get_lines() if line.get_marker() == "None"]
    assert len(lines) == 1
    for point in points:
        assert reach(line_of(figure), point[0], max) >= point[1] * (1 - CLOSE)
    alone = dea(made, returns="vrs", reference="global").plot(kind="frontier", period=2)
    assert line_of(alone) == pytest.approx(line_of(figure))


def test_a_frontier_of_all_periods_so_far_is_drawn_from_all_of_them():
    made, points, t = over_time()
    figure = dea(made, returns="vrs", reference="sequential").plot(kind="frontier", period=1)
    line = line_of(figure)
    for point in points[t <= 1]:
        assert reach(line, point[0], max) >= point[1] * (1 - CLOSE)
    assert sorted(map(tuple, np.vstack(dots_of(figure)))) == sorted(map(tuple, points[t == 1]))


def test_each_group_has_its_line():
    made, _, _ = over_time()
    figure = dea(made, returns="vrs", by_group=True).plot(kind="frontier", period=0)
    assert [x.get_text() for x in figure.axes[0].get_legend().get_texts()] == ["0 e", "0 w"]
    assert len([line for line in figure.axes[0].get_lines() if line.get_marker() == "None"]) == 2


def test_of_many_periods_some_are_named():
    made, _, _ = over_time(periods=30)
    (axes,) = dea(made, returns="vrs").plot(kind="frontier").axes
    names = [x.get_text() for x in axes.get_legend().get_texts()]
    assert len(names) == 12
    assert (names[0], names[-1]) == ("0", "29")


# Refusals


def two_by_two() -> FrontierResult:
    return dea(
        Panel(
            {"u": [1, 2], "a": [1, 2], "b": [2, 1], "c": [1, 2], "d": [2, 1]},
            unit="u",
            inputs=["a", "b"],
            outputs=["c", "d"],
        )
    )


POINTS = np.array([[1.0, 2.0, 1.0], [2.0, 1.0, 2.0]])
REFUSED: dict[str, tuple[Callable[[], FrontierResult], dict[str, Any], list[str]]] = {
    "unknown kind": (two_by_two, {"kind": "line"}, ["plot.kind"]),
    "unknown arrows": (two_by_two, {"kind": "frontier", "arrows": "yes"}, ["plot.arrows"]),
    "a period of scores": (two_by_two, {"period": 1, "arrows": True}, ["plot.kind", "plot.kind"]),
    "too many quantities": (two_by_two, {"kind": "frontier"}, ["plot.kind"]),
    "no such period": (lambda: dea(over_time()[0]), {"kind": "frontier", "period": 9}, ["plot.period"]),
    "another call": (lambda: order_m(panel(POINTS[:, :2]), m=2), {"kind": "frontier"}, ["plot.kind"]),
    "super-efficiency": (
        lambda: dea(panel(POINTS[:, :2]), super_efficiency=True),
        {"kind": "frontier"},
        ["plot.kind"],
    ),
    "restrictions": (
        lambda: dea(panel(POINTS, inputs=2), weight_restrictions={("x1", "x2"): (0.5, 2.0)}),
        {"kind": "frontier"},
        ["plot.kind"],
    ),
    "a bad": (
        lambda: directional(
            Panel({"u": [1], "x": [1], "y": [1], "b": [1]}, unit="u", inputs="x", outputs="y", bads="b")
        ),
        {"kind": "frontier"},
        ["plot.kind"],
    ),
    "a divisor that does not scale": (
        lambda: dea(panel(POINTS, inputs=2), returns="vrs"),
        {"kind": "frontier"},
        ["plot.kind"],
    ),
    "a divisor of zero": (
        lambda: dea(panel([[1.0, 2.0, 0.0], [2.0, 1.0, 2.0]], inputs=2), returns="vrs"),
        {"kind": "frontier"},
        ["plot.kind", "plot.kind"],
    ),
    "output for nothing": (lambda: dea(panel([[0.0, 1.0], [1.0, 1.0]])), {"kind": "frontier"}, ["plot.kind"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_two_axes_cannot_show_is_refused(case: str):
    make, options, codes = REFUSED[case]
    assert refused_plot(make(), **options) == codes


def test_a_bad_that_the_call_leaves_out_does_not_matter():
    table = {"u": [1, 2], "x": [1.0, 2.0], "y": [1.0, 2.0], "b": [1.0, 1.0]}
    assert dea(Panel(table, unit="u", inputs="x", outputs="y", bads="b")).plot(kind="frontier").axes


@pytest.mark.parametrize("returns", RETURNS)
def test_who_uses_nothing_and_makes_nothing_lies_on_the_axis(returns: str):
    line = line_of(dea(panel([[0.0, 0.0]]), returns=returns).plot(kind="frontier"))
    assert line[:, 1].tolist() == [0.0] * len(line)


def test_free_output_is_drawn_where_the_technology_has_it():
    line = line_of(dea(panel([[0.0, 1.0], [1.0, 2.0]]), returns="vrs", orientation="output").plot(kind="frontier"))
    assert line[:3].tolist() == [[0.0, 0.0], [0.0, 1.0], [1.0, 2.0]]


def test_the_words_are_chinese_where_chinese_is_used():
    with use_language("zh"):
        made, _, _ = over_time()
        assert dea(made).plot(kind="frontier", period=2).axes[0].get_title() == "dea：规模报酬不变，2"
        assert dea(made).plot().axes[0].get_ylabel() == "得分"
    assert malmquist(over_time()[0]).plot().axes

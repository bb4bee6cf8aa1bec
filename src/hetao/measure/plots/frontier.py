"""The frontier of a technology that two axes can show, with the observations that it is measured from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from hetao.measure.arguments import Arguments
from hetao.measure.frontier.references import Block, Reference, blocks
from hetao.measure.frontier.technology import Matrix
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.plots.canvas import BLUE, LEGEND_AT_MOST, add_legend, name_axis, new_figure
from hetao.measure.plots.labels import along, label_points
from hetao.measure.plots.technology import Shape, frontier_line
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hetao.measure.frontier.result import FrontierResult

__all__ = ["plot_frontier"]

# calls whose every score is measured from the frontier of the observations themselves
CALLS = ("dea", "additive", "sbm", "russell", "directional", "nonradial_directional", "hyperbolic")
ON = 1e-7  # share of a quantity by which an efficient unit may differ from its target
ROUNDING = 1e-12  # of a column's largest quantity, where the unit's own is 0
ROOM = 0.08  # of the window beyond the observations
SHARED = "#444444"  # of a line that several periods have together
_Refuse = Callable[[str, str | Text, Text, Text], None]


@dataclass(frozen=True)
class _Plane:
    """How quantities become two coordinates.

    Attributes:
        shape: what they are.
        names: what the axes show.
        first, second: positions of the two columns among inputs and outputs.
        scale: position of the column that both are divided by; None: of none.
    """

    shape: Shape
    names: tuple[str, str]
    first: int
    second: int
    scale: int | None

    @classmethod
    def of(cls, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> _Plane | None:
        """Return the plane of these quantities; None where there is none."""
        names = (*inputs, *outputs)
        if (len(inputs), len(outputs)) == (1, 1):
            return cls("production", (names[0], names[1]), 0, 1, None)
        if (len(inputs), len(outputs)) == (2, 1):
            return cls("isoquant", (f"{names[0]} / {names[2]}", f"{names[1]} / {names[2]}"), 0, 1, 2)
        if (len(inputs), len(outputs)) == (1, 2):
            return cls("possibilities", (f"{names[1]} / {names[0]}", f"{names[2]} / {names[0]}"), 1, 2, 0)
        return None

    def points(self, table: Matrix) -> Matrix:
        """Return (n, 2) coordinates of (n, 2 or 3) quantities."""
        found = table[:, [self.first, self.second]]
        return found if self.scale is None else found / table[:, [self.scale]]


@dataclass(frozen=True)
class _Scene:
    """What is drawn.

    Attributes:
        points, targets: (n, 2) coordinates of all rows of the panel, and of where they are projected.
        efficient: (n,) which rows are their own targets.
        parts: the blocks shown, each with its frontier.
        rows: those of all blocks together.
    """

    points: Matrix
    targets: Matrix
    efficient: NDArray[np.bool_]
    parts: tuple[Block, ...]
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, result: FrontierResult, plane: _Plane, period: object) -> _Scene:
        panel, targets = result.panel, result.projections.targets
        own = np.hstack([panel.X, panel.Y])
        same = np.abs(targets - own) <= ON * np.abs(own) + ROUNDING * np.abs(own).max(axis=0)
        reference = cast("Reference", result.options["reference"])
        parts = blocks(panel, reference, by_group=bool(result.options["by_group"]))
        parts = tuple(b for b in parts if period is None or panel.row_periods[b.own[0]] == period)
        rows = np.concatenate([b.own for b in parts])
        return cls(plane.points(own), plane.points(targets), same.all(axis=1), parts, rows)


def plot_frontier(result: FrontierResult, period: object, arrows: bool) -> Figure:
    """Draw observations, the frontier's line, the names of efficient units and, if asked for, the way of the others."""
    plane = _checked(result, period)
    scene, returns = _Scene.of(result, plane, period), str(result.options["returns"])
    figure, (axes,) = new_figure(_title(result, period), int(np.isnan(result.evaluation.score[scene.rows]).sum()))
    low, high = _window(scene, plane, returns, arrows)
    lines = {
        reference.tobytes(): frontier_line(scene.points[reference], returns, plane.shape, low, high)
        for reference in (b.reference for b in scene.parts)
    }
    colours = _colours(len(scene.parts))
    for block, colour in zip(scene.parts, colours, strict=True):
        _draw_points(axes, scene.points[block.own], scene.efficient[block.own], colour, _name(result, block))
    own = len(lines) == len(scene.parts)
    for line, colour in zip(lines.values(), colours if own else [SHARED] * len(lines), strict=True):
        axes.plot(*line.T, color=colour, linewidth=1.3)
    crossed = [along(line) for line in lines.values()]
    if arrows:
        crossed += _draw_arrows(axes, scene)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    name_axis(axes.xaxis, plane.names[0])
    name_axis(axes.yaxis, plane.names[1])
    if len(scene.parts) > 1:
        _legend(axes, len(scene.parts))
    named = scene.rows[scene.efficient[scene.rows]]
    named = named[np.argsort(scene.points[named, 0], kind="stable")]
    others = np.vstack([scene.points[scene.rows], *crossed])
    lost = label_points(figure, axes, scene.points[named], result.panel.units[named].tolist(), others)
    if lost:
        note = Text(f"（{lost} 个有效单元的名称写不下）", f" ({lost} names of efficient units had no room)")
        axes.title.set_text(axes.get_title() + str(note))
    return figure


def _title(result: FrontierResult, period: object) -> str:
    words = RETURNS_WORDS[str(result.options["returns"])]
    when = "" if period is None else str(period)
    zh, en = "，".join(filter(None, [words.zh, when])), ", ".join(filter(None, [words.en, when]))
    return str(Text(f"{result.name}：{zh}", f"{result.name}: {en}"))


def _draw_points(axes: Axes, points: Matrix, efficient: NDArray[np.bool_], colour: object, label: str | None) -> None:
    """Draw efficient units filled and the others hollow."""
    axes.plot(*points[efficient].T, "o", color=colour, markersize=5, label=label, zorder=3)
    axes.plot(*points[~efficient].T, "o", color=colour, markersize=5, markerfacecolor="white", zorder=3)


def _draw_arrows(axes: Axes, scene: _Scene) -> list[Matrix]:
    """Draw where the rows that are not efficient are projected to, and return points along the arrows."""
    rows = scene.rows[~scene.efficient[scene.rows]]
    rows = rows[~np.isnan(scene.targets[rows]).any(axis=1)]
    start, end = scene.points[rows], scene.targets[rows]
    look: dict[str, Any] = {
        "angles": "xy",
        "scale_units": "xy",
        "scale": 1.0,
        "width": 0.0025,
        "color": "#888888",
        "zorder": 2,
    }
    axes.quiver(*start.T, *(end - start).T, **look)
    return [along(np.vstack(way)) for way in zip(start, end, strict=True)]


def _colours(n: int) -> list[object]:
    """Return one colour a block, later ones darker."""
    if n == 1:
        return [BLUE]
    from matplotlib import colormaps

    return list(colormaps["viridis_r"](np.linspace(0.15, 1.0, n)))


def _name(result: FrontierResult, block: Block) -> str:
    panel, row = result.panel, block.own[0]
    words = [] if panel.period_column is None else [str(panel.row_periods[row])]
    if result.options["by_group"] and panel.groups is not None:
        words.append(str(panel.groups[row]))
    return " ".join(words)


def _legend(axes: Axes, n: int) -> None:
    """Name the colours; of more than a legend can hold, the first, the last and some between them."""
    named = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    kept = set(np.linspace(0, n - 1, min(n, LEGEND_AT_MOST)).round().astype(int).tolist())
    for k, line in enumerate(named):
        if k not in kept:
            line.set_label("_")
    add_legend(axes, beside=True)


def _window(scene: _Scene, plane: _Plane, returns: str, arrows: bool) -> tuple[Matrix, Matrix]:
    """Return the corners of what is shown: from 0 unless the observations lie far from it and no ray starts there."""
    shown = [scene.points[scene.rows], *(scene.points[b.reference] for b in scene.parts)]
    if arrows:
        shown.append(scene.targets[scene.rows][~np.isnan(scene.targets[scene.rows]).any(axis=1)])
    least, most = np.vstack(shown).min(axis=0), np.vstack(shown).max(axis=0)
    from_zero = plane.shape == "production" and returns in ("crs", "nirs")
    room = ROOM * np.where(most > least, most - least, np.maximum(np.abs(most), 1.0))
    low = np.where((least >= 0.0) & ((least <= 0.5 * most) | from_zero), 0.0, least - room)
    high: Matrix = most + ROOM * np.where(most > low, most - low, 1.0)
    return low, high


def _checked(result: FrontierResult, period: object) -> _Plane:
    """Return the plane to draw in, or refuse with what is needed."""
    arguments, panel, options = Arguments("plot"), result.panel, result.options

    def refuse(argument: str, found: str | Text, expected: Text, remedy: Text) -> None:
        words = found if isinstance(found, Text) else Text(found, found)
        arguments.refuse(argument, found=words, expected=expected, remedy=remedy)

    scores = Text('改用 kind="scores"', 'use kind="scores"')
    if period is not None:
        arguments.one_of("period", period, panel.periods)
    if result.name not in CALLS:
        listed = ", ".join(CALLS)
        refuse("kind", result.name, Text(f"以下之一的结果：{listed}", f"a result of one of {listed}"), scores)
        arguments.done()
    for option in ("super_efficiency", "weight_restrictions"):
        if options.get(option):
            expected = Text("由观测本身构成的同一前沿", "one frontier, that of the observations themselves")
            refuse("kind", f"{option}={options[option]!r}", expected, Text(f"去掉 {option}", f"leave {option} out"))
    plane = (
        _Plane.of(panel.inputs, panel.outputs) if len(result.columns) == panel.X.shape[1] + panel.Y.shape[1] else None
    )
    if plane is None:
        expected = Text(
            "一个投入一个产出，或两个投入一个产出，或一个投入两个产出，没有非期望产出",
            "one input and one output, two inputs and one output, or one input and two outputs, without bads",
        )
        refuse("kind", ", ".join(result.columns), expected, scores)
        arguments.done()
    assert plane is not None
    _check_scale(result, plane, refuse)
    arguments.done()
    return plane


def _check_scale(result: FrontierResult, plane: _Plane, refuse: _Refuse) -> None:
    """Refuse what a plane cannot show: a line without end, a division by zero or by what does not scale."""
    panel, returns = result.panel, result.options["returns"]
    if plane.scale is None:
        free = (panel.X[:, 0] == 0.0) & (panel.Y[:, 0] > 0.0)
        if free.any() and returns in ("crs", "ndrs"):
            found = Text(f"第 {free.argmax()} 行无投入而有产出", f"output without input in row {free.argmax()}")
            refuse("kind", found, Text("大于 0 的投入", "inputs above 0"), Text("改用 vrs", "use vrs"))
        return
    column = np.hstack([panel.X, panel.Y])[:, plane.scale]
    name = (*panel.inputs, *panel.outputs)[plane.scale]
    if (column <= 0.0).any():
        found = Text(f"列 {name} 有 0", f"a 0 in column {name}")
        refuse(
            "kind", found, Text("大于 0 的数量", "quantities above 0"), Text("去掉该观测", "leave the observation out")
        )
    if returns != "crs" and np.ptp(column) > 0.0:
        expected = Text(
            f"规模报酬不变（crs），或各观测的 {name} 相同", f"constant returns (crs), or the same {name} in every row"
        )
        refuse("kind", f"returns={returns!r}", expected, Text('改用 crs 或 kind="scores"', 'use crs, or kind="scores"'))

"""The sheet that every plot is drawn on: its size, font, colours, axes and legend; matplotlib is imported here."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from hetao.errors import ModelError, Place, Problem
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = [
    "BARS_AT_MOST",
    "BLUE",
    "COLOURS",
    "LEGEND_AT_MOST",
    "PALE",
    "RUST",
    "add_legend",
    "fit_rows",
    "name_axis",
    "name_rows",
    "new_figure",
    "place_periods",
    "shorten",
    "style",
]

WIDTH = 7.0  # inches: a page between its margins
LEGEND_AT_MOST = 12  # lines that a legend can still tell apart
BARS_AT_MOST = 80  # units that can still be named; more are drawn as a distribution
NAME_AT_MOST = 30  # characters of a name that are shown
TICK_CHARACTERS = 70  # of period labels that stand side by side without touching
BLUE, PALE, RUST = "#2f6f9f", "#9fb8c8", "#b4552d"
COLOURS = (BLUE, "#e0912f", "#4c9a6a", "#8a5a9e", "#b5473a", "#7fb7d6")  # apart for most eyes, and in grey
DASHES = ("-", "--", ":", "-.")


def new_figure(title: str, gaps: int = 0, *, what: Text | None = None, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, one above another, under a title that counts what was left out.

    Args:
        title: of the figure.
        gaps: how many were left out.
        what: of which kind they are, put behind the number; None: without an optimal score.
        rows: how many axes.

    Raises:
        ModelError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise ModelError([_no_matplotlib()]) from None
    from hetao.fonts import matplotlib_family

    figure = Figure(figsize=(WIDTH, 4.2 + 1.8 * (rows - 1)), layout="constrained")
    grid = list(figure.subplots(rows, 1, squeeze=False, sharex=True)[:, 0])
    for axes in grid:
        axes.tick_params(labelfontfamily=matplotlib_family())
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    words = what or Text(" 个无最优解，留空", " without an optimal score, left out")
    note = str(Text(f"（{gaps}{words.zh}）", f" ({gaps}{words.en})")) if gaps else ""
    grid[0].set_title(title + note, family=matplotlib_family(), fontsize="medium", wrap=True)
    return figure, grid


def name_axis(axis: Axis, words: object) -> None:
    """Write what an axis shows beside it."""
    from hetao.fonts import matplotlib_family

    axis.set_label_text(str(words), family=matplotlib_family())


def add_legend(axes: Axes, *, beside: bool = False, loc: str = "best") -> None:
    """Add the legend of what has a label, to the right of the axes or inside them."""
    from hetao.fonts import matplotlib_family

    place: dict[str, Any] = {"loc": loc}
    if beside:
        place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    axes.legend(frameon=False, prop={"family": matplotlib_family(), "size": "small"}, **place)


def style(k: int) -> dict[str, Any]:
    """Return colour and dashes of the k-th line, told apart up to four times as many as there are colours."""
    return {"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k // len(COLOURS) % len(DASHES)]}


def shorten(name: object) -> str:
    """Return a name as it is shown: cut where it is too long."""
    text = str(name)
    return text if len(text) <= NAME_AT_MOST else text[: NAME_AT_MOST - 1] + "…"


def fit_rows(figure: Figure, rows: int, *, inches: float = 0.22) -> None:
    """Make a figure as high as its rows need."""
    figure.set_size_inches(WIDTH, 1.3 + inches * rows)


def name_rows(axes: Axes, names: Sequence[object]) -> None:
    """Write the names of rows beside the axis, the first at 0."""
    axes.set_yticks(np.arange(len(names)), [shorten(name) for name in names])
    axes.set_ylim(-0.7, len(names) - 0.3)


def place_periods(axes: Axes, periods: Sequence[Any]) -> Matrix:
    """Return where periods stand on the axis: numbers at themselves, others one behind another, with their names."""
    if all(isinstance(p, Real) for p in periods):
        if all(float(p).is_integer() for p in periods):
            from matplotlib.ticker import MaxNLocator

            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        return np.array(periods, dtype=float)
    names = [str(p) for p in periods]
    step = -(-len(names) * (2 + max(map(len, names))) // TICK_CHARACTERS)
    axes.set_xticks(range(0, len(names), step), names[::step])
    return np.arange(len(names), dtype=float)


def _no_matplotlib() -> Problem:
    return Problem(
        "plot.no_matplotlib",
        Place(item="plot()"),
        found=Text("未安装 matplotlib", "no matplotlib"),
        expected=Text("matplotlib 3.8 或更高", "matplotlib 3.8 or later"),
        remedy=Text("运行 pip install 'hetao[plot]'", "run pip install 'hetao[plot]'"),
    )

"""Lines over periods, and bars of a cross-section: many units are drawn as their distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix
from hetao.measure.plots.canvas import (
    BARS_AT_MOST,
    BLUE,
    LEGEND_AT_MOST,
    PALE,
    add_legend,
    fit_rows,
    name_axis,
    name_rows,
    place_periods,
    shorten,
    style,
)
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_bars", "draw_lines", "quantiles"]


def draw_lines(axes: Axes, periods: Sequence[Any], lines: Mapping[object, Matrix], *, bridged: bool = False) -> None:
    """Draw one line a unit; of many units the median and the bands that hold half and nine tenths of them.

    Args:
        axes: where.
        periods: of every line.
        lines: unit → (periods,) values, NaN where there is none.
        bridged: draw on across the gaps inside a line, because its values were made across them.
    """
    places = place_periods(axes, periods)
    if len(lines) > BARS_AT_MOST:
        _bands(axes, places, np.array(list(lines.values())))
        return
    told_apart = len(lines) <= LEGEND_AT_MOST
    for k, (unit, line) in enumerate(lines.items()):
        known = np.flatnonzero(~np.isnan(line))
        shown = np.isnan(line) <= (np.arange(len(line)) > known.max(initial=-1)) if bridged else slice(None)
        look = {"marker": ".", "linewidth": 1.2, **style(k)} if told_apart else {"color": PALE, "linewidth": 0.8}
        axes.plot(places[shown], line[shown], label=shorten(unit), **look)
    if len(lines) > 0 and told_apart:
        add_legend(axes, beside=len(lines) > 1)
    elif lines:
        _middle(axes, places, lines)


def _middle(axes: Axes, places: Matrix, lines: Mapping[object, Matrix]) -> None:
    """Draw the median of lines that are too many to be told apart, and name those that end furthest out."""
    table = np.array(list(lines.values()))
    seen = ~np.isnan(table).all(axis=0)
    (drawn,) = axes.plot(places[seen], np.nanmedian(table[:, seen], axis=0), color=BLUE, linewidth=2.2)
    drawn.set_label(str(Text("中位数", "median")))
    axes.legend(handles=[drawn], frameon=False)
    last, names = table[:, -1], list(lines)
    known = np.flatnonzero(~np.isnan(last))
    for i in dict.fromkeys(known[f(last[known])] for f in (np.argmax, np.argmin) if len(known)):
        axes.annotate(
            shorten(names[i]), (places[-1], last[i]), (4, 0), textcoords="offset points", va="center", fontsize=8
        )


def draw_bars(figure: Figure, axes: Axes, units: NDArray[np.object_], score: Matrix) -> None:
    """Draw sorted bars by unit, or a histogram of many units."""
    if len(units) > BARS_AT_MOST:
        axes.hist(score[~np.isnan(score)], bins=40, color=BLUE)
        name_axis(axes.yaxis, Text("单元数", "units"))
        return
    order = np.argsort(np.nan_to_num(score, nan=-np.inf), kind="stable")
    fit_rows(figure, len(order))
    axes.barh(np.arange(len(order)), score[order], color=BLUE)
    name_rows(axes, units[order].tolist())


def quantiles(column: Matrix) -> Matrix:
    """Return (5,) the marks that hold nine tenths and half of the known values, and their median in the middle."""
    known = column[~np.isnan(column)]
    found: Matrix = np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95]) if len(known) else np.full(5, np.nan)
    return found


def _bands(axes: Axes, places: Matrix, table: Matrix) -> None:
    marks = np.array([quantiles(column) for column in table.T]).T
    for low, high, alpha, words in (
        (0, 4, 0.2, Text("90 % 的单元", "90 % of the units")),
        (1, 3, 0.4, Text("50 %", "50 %")),
    ):
        axes.fill_between(places, marks[low], marks[high], color=BLUE, alpha=alpha, linewidth=0, label=str(words))
    axes.plot(places, marks[2], color=BLUE, label=str(Text("中位数", "median")))
    add_legend(axes)

"""A composite index and the ranks that it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hetao.measure.plots.canvas import BARS_AT_MOST, BLUE, PALE, RUST, fit_rows, name_axis, name_rows, new_figure
from hetao.measure.plots.lines import draw_bars, draw_lines
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.composite.composite import CompositeResult
    from hetao.measure.composite.robustness import RobustnessResult

__all__ = ["plot_composite", "plot_ranks"]


def plot_composite(result: CompositeResult) -> Figure:
    """Draw a composite index: lines over periods, or sorted bars for a cross-section."""
    sheet, score = result.sheet, result.score
    figure, (axes,) = new_figure(result.name)
    if len(sheet.order) > 1:
        lines = {unit: np.full(len(sheet.order), np.nan) for unit in dict.fromkeys(sheet.units.tolist())}
        for unit, at, value in zip(sheet.units.tolist(), sheet.positions.tolist(), score.tolist(), strict=True):
            lines[unit][at] = value
        draw_lines(axes, tuple(sheet.order), lines)
        name_axis(axes.xaxis, sheet.period_column)
    else:
        draw_bars(figure, axes, sheet.units, score)
        name_axis(axes.xaxis, Text("得分", "score"))
    return figure


def plot_ranks(result: RobustnessResult) -> Figure:
    """Draw the ranks of the last period with their intervals, the highest at the top."""
    from matplotlib.ticker import MaxNLocator

    sheet, own = result.of.sheet, result.of.ranks
    figure, (axes,) = new_figure(result.name)
    rows = np.flatnonzero(sheet.positions == len(sheet.order) - 1)
    rows = rows[np.argsort(own[rows], kind="stable")][:BARS_AT_MOST]
    tail = (1.0 - result.confidence) / 2.0
    low, middle, high = np.quantile(result.draws[:, rows], [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
    place = np.arange(len(rows))
    fit_rows(figure, len(rows))
    axes.hlines(place, low, high, color=PALE, linewidth=4)
    axes.plot(middle, place, "|", color=RUST, markersize=7)
    axes.plot(own[rows], place, "o", color=BLUE, markersize=3)
    name_rows(axes, sheet.units[rows].tolist())
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    name_axis(axes.xaxis, Text("名次与区间（| 为中位数）", "rank and interval (| the median)"))
    return figure

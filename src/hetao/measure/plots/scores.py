"""Scores of a frontier, and their confidence limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hetao.measure.arguments import Arguments
from hetao.measure.plots.canvas import BARS_AT_MOST, BLUE, PALE, RUST, fit_rows, name_axis, name_rows, new_figure
from hetao.measure.plots.frontier import plot_frontier
from hetao.measure.plots.lines import draw_bars, draw_lines
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.frontier.result import FrontierResult
    from hetao.measure.inference.bootstrap import BootstrapResult

__all__ = ["plot_limits", "plot_result"]


def plot_result(result: FrontierResult, kind: str, period: object, arrows: bool) -> Figure:
    """Draw a frontier result by kind: ``scores`` or ``frontier``."""
    arguments = Arguments("plot")
    arguments.one_of("kind", kind, ("scores", "frontier"))
    arguments.one_of("arrows", arrows, (False, True))
    if kind == "scores":
        for name, value in (("period", period), ("arrows", arrows or None)):
            if value is not None:
                arguments.not_together("kind", "scores", name)
    arguments.done()
    return _scores(result) if kind == "scores" else plot_frontier(result, period, arrows)


def _scores(result: FrontierResult) -> Figure:
    """Draw lines over periods; for a cross-section sorted bars, or a histogram of many units."""
    panel, score = result.panel, result.evaluation.score
    figure, (axes,) = new_figure(result.name, int(np.isnan(score).sum()))
    if len(panel.periods) > 1:
        seen, rows = np.r_[score, np.nan], panel.row_of
        units = dict.fromkeys(panel.units.tolist())
        draw_lines(axes, panel.periods, {u: seen[[rows.get((u, p), -1) for p in panel.periods]] for u in units})
        name_axis(axes.xaxis, panel.period_column)
        name_axis(axes.yaxis, Text("得分", "score"))
    else:
        draw_bars(figure, axes, panel.units, score)
        name_axis(axes.xaxis, Text("得分", "score"))
    return figure


def plot_limits(result: BootstrapResult) -> Figure:
    """Draw corrected scores in ascending order with their confidence limits."""
    score, limits = result.corrected, result.limits
    known = np.flatnonzero(~np.isnan(score))
    order = known[np.argsort(score[known])]
    figure, (axes,) = new_figure(result.name, len(score) - len(known))
    place = np.arange(len(order))
    if len(order) <= BARS_AT_MOST:
        fit_rows(figure, len(order))
        name_rows(axes, [_key(result, i) for i in order.tolist()])
    else:
        axes.set_yticks([])
    axes.hlines(place, limits[order, 0], limits[order, 1], color=PALE, linewidth=2)
    axes.plot(score[order], place, "o", color=BLUE, markersize=3)
    axes.plot(result.of.evaluation.score[order], place, "|", color=RUST, markersize=5)
    name_axis(axes.xaxis, Text("校正后得分与置信限（| 为原得分）", "corrected score and limits (| the score itself)"))
    return figure


def _key(result: BootstrapResult, row: int) -> str:
    return " ".join(str(column[0]) for column in result.panel.keys([row]).values())

"""Units that matter: what the others lose without them, against how far they stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hetao.measure.plots.canvas import BLUE, RUST, add_legend, name_axis, new_figure
from hetao.measure.plots.labels import label_points
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.frontier.technology import Matrix
    from hetao.measure.inference.influential_units import InfluenceResult

__all__ = ["plot_influence"]

NAMED = 5  # units with the largest effect, and as many that stand out most


def plot_influence(result: InfluenceResult) -> Figure:
    """Draw each unit's mean effect on the others against its order-m score, and name those that lead in either.

    A unit that none is comparable with has no order-m score; it stands in a column of its own at the end of
    those that stand out.
    """
    effect, beyond = 100.0 * result.mean_effect, result.order_m
    alone, output = np.isnan(beyond), result.of.options["orientation"] == "output"
    figure, (axes,) = new_figure(result.name)
    known = np.r_[beyond[~alone], 1.0]
    pad = 0.12 * max(float(np.ptp(known)), 0.1)
    column = known.min() - pad if output else known.max() + pad
    points = np.column_stack([np.where(alone, column, beyond), effect])
    axes.axvline(1.0, color="#999999", linewidth=0.8)
    axes.plot(*points[~alone].T, "o", color=BLUE, markersize=4)
    if alone.any():
        words = Text("没有可比的单元", "no unit is comparable")
        axes.plot(*points[alone].T, "D", color=RUST, markersize=4, markerfacecolor="white", label=str(words))
        add_legend(axes, loc="upper right" if output else "upper left")
    shown = Text(
        f"m 阶得分（{'小于' if output else '大于'} 1：超出其他单元）",
        f"order-m score ({'below' if output else 'above'} 1: beyond the others)",
    )
    name_axis(axes.xaxis, shown)
    name_axis(
        axes.yaxis, Text("去掉它时其他单元得分的平均变化（%）", "mean change of the others' scores without it (%)")
    )
    axes.margins(0.12, 0.15)
    rows = _leading(effect, np.where(alone, np.nan, 1.0 - beyond if output else beyond - 1.0))
    names = [" ".join(str(key[0]) for key in result.panel.keys([row]).values()) for row in rows]
    label_points(figure, axes, points[rows], names, points)
    return figure


def _leading(effect: Matrix, beyond: Matrix) -> list[int]:
    """Return the rows that lead in effect, then those that lead in standing out, as far as these are above 0."""
    found: list[int] = []
    for measure in (effect, beyond):
        order = np.argsort(-np.nan_to_num(measure, nan=-np.inf), kind="stable")[:NAMED]
        found += [row for row in order.tolist() if measure[row] > 1e-9 and row not in found]
    return found

"""Paths of units relative to the mean of all, by the club that they converge in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hetao.measure.plots.canvas import (
    BARS_AT_MOST,
    LEGEND_AT_MOST,
    add_legend,
    name_axis,
    new_figure,
    place_periods,
    style,
)
from hetao.measure.plots.labels import along, label_points
from hetao.measure.plots.lines import quantiles
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.differences.clubs import ConvergenceClubs

__all__ = ["plot_clubs"]

NO_CLUB = "#999999"


def plot_clubs(result: ConvergenceClubs) -> Figure:
    """Draw units' paths thin and clubs' means thick; of many units the band that holds nine tenths of a club."""
    figure, (axes,) = new_figure(result.name)
    places = place_periods(axes, result.values.order)
    axes.axhline(1.0, color="#999999", linewidth=0.8, zorder=1)
    for number in sorted(set(result.club.tolist()), key=lambda club: (club == 0, club)):
        members = result.relative[:, result.club == number]
        n = members.shape[1]
        look = style(number - 1) if number else {"color": NO_CLUB, "linestyle": ":"}
        if len(result.units) > BARS_AT_MOST:
            marks = np.array([quantiles(row) for row in members]).T
            axes.fill_between(places, marks[0], marks[4], color=look["color"], alpha=0.2, linewidth=0)
        else:
            axes.plot(places, members, linewidth=0.7, alpha=0.6, **look)
        words = (
            Text(f"俱乐部 {number}（{n}）", f"club {number} ({n})")
            if number
            else Text(f"无俱乐部（{n}）", f"no club ({n})")
        )
        if number:
            axes.plot(places, members.mean(axis=1), linewidth=2.2, label=str(words), **look)
        else:
            axes.plot([], [], label=str(words), **look)  # units of no club have no mean to speak of
    add_legend(axes, beside=True)
    name_axis(axes.xaxis, result.period_column)
    name_axis(axes.yaxis, Text("相对于全体平均（1 为平均）", "relative to the mean of all (1: the mean)"))
    if len(result.units) <= LEGEND_AT_MOST:
        axes.set_xlim(places[0] - 0.02 * np.ptp(places), places[-1] + 0.16 * np.ptp(places))
        ends = np.column_stack([np.full(len(result.units), places[-1]), result.relative[-1]])
        paths = [along(np.column_stack([places, path])) for path in result.relative.T]
        label_points(figure, axes, ends, list(result.units), np.vstack(paths))
    return figure

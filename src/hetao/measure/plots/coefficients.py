"""Coefficients of a regression with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hetao.measure.plots.canvas import BLUE, PALE, fit_rows, name_axis, name_rows, new_figure
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.inference.second_stage import SecondStageResult

__all__ = ["plot_coefficients"]


def plot_coefficients(result: SecondStageResult) -> Figure:
    """Draw coefficients from the top down with their limits and the line of no effect; hollow where these hold 0."""
    low, high = result.limits.T
    apart = (low > 0.0) | (high < 0.0)
    figure, (axes,) = new_figure(result.name)
    place = np.arange(len(result.names))
    fit_rows(figure, len(place), inches=0.36)
    axes.axvline(0.0, color="#999999", linewidth=0.8)
    axes.hlines(place, low, high, color=PALE, linewidth=3)
    axes.plot(result.estimates[apart], place[apart], "o", color=BLUE, markersize=5)
    axes.plot(result.estimates[~apart], place[~apart], "o", color=BLUE, markersize=5, markerfacecolor="white")
    name_rows(axes, result.names)
    axes.invert_yaxis()
    level = f"{result.confidence:.0%}"
    words = Text(
        f"系数与 {level} 置信限（大于 0：更无效率；空心：置信限含 0）",
        f"coefficient and {level} limits (above 0: more inefficient; hollow: the limits hold 0)",
    )
    name_axis(axes.xaxis, words)
    return figure

"""How values are distributed and move: densities and tables of transitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hetao.measure.plots.canvas import LEGEND_AT_MOST, add_legend, name_axis, new_figure
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.differences.density import DensityResult
    from hetao.measure.frontier.technology import Matrix

__all__ = ["plot_densities", "plot_transitions"]


def plot_densities(result: DensityResult) -> Figure:
    """Draw one density a period, later ones darker."""
    figure, (axes,) = new_figure(result.name)
    from matplotlib import colormaps  # after the figure, which says so where matplotlib is missing

    shades = colormaps["Blues"](np.linspace(0.35, 1.0, len(result.periods)))
    for period, density, shade in zip(result.periods, result.density, shades, strict=True):
        axes.plot(result.grid, density, color=shade, linewidth=1.4, label=None if period is None else str(period))
    if 1 < len(result.periods) <= LEGEND_AT_MOST:
        add_legend(axes)
    axes.set_ylim(bottom=0.0)
    name_axis(axes.xaxis, result.options["value"])
    name_axis(axes.yaxis, Text("密度", "density"))
    return figure


def plot_transitions(title: str, tables: list[Matrix], labels: list[str]) -> Figure:
    """Draw shares of moves from row to column as coloured tables side by side."""
    from hetao.fonts import matplotlib_family

    figure, (axes,) = new_figure(title)
    axes.remove()
    k = len(tables[0])
    figure.set_size_inches(1.2 + 0.75 * k * len(tables), 1.6 + 0.7 * k)
    grid = figure.subplots(1, len(tables), squeeze=False)[0]
    figure.suptitle(title, family=matplotlib_family())
    for axes, table, label in zip(grid, tables, labels, strict=True):
        axes.imshow(np.nan_to_num(table), cmap="Blues", vmin=0.0, vmax=1.0)
        for i, j in np.ndindex(table.shape):
            dark = np.nan_to_num(table[i, j]) > 0.6
            shown = "–" if np.isnan(table[i, j]) else f"{table[i, j]:.2f}"
            axes.text(j, i, shown, ha="center", va="center", color="white" if dark else "black", size="small")
        axes.set_xticks(range(k), [str(c + 1) for c in range(k)])
        axes.set_yticks(range(k), [str(c + 1) for c in range(k)])
        axes.set_title(label, family=matplotlib_family(), size="small")
        name_axis(axes.xaxis, Text("到", "to"))
    name_axis(grid[0].yaxis, Text("从", "from"))
    return figure

"""Plots of results with matplotlib, imported only when a plot is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problem
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    from hetao.figures.panel import Panel
    from hetao.measure.composite.composite import CompositeResult
    from hetao.measure.composite.robustness import RobustnessResult
    from hetao.measure.differences.density import DensityResult
    from hetao.measure.frontier.result import FrontierResult
    from hetao.measure.frontier.technology import Matrix
    from hetao.measure.inference.bootstrap import BootstrapResult
    from hetao.measure.inference.second_stage import SecondStageResult
    from hetao.measure.productivity.result import IndexResult

__all__ = [
    "plot_changes",
    "plot_coefficients",
    "plot_composite",
    "plot_densities",
    "plot_limits",
    "plot_ranks",
    "plot_scores",
    "plot_transitions",
]

LEGEND_AT_MOST = 12  # lines that a legend can still tell apart
BARS_AT_MOST = 80  # units that can still be named; more are drawn as a histogram


def plot_scores(result: FrontierResult) -> Figure:
    """Draw a frontier result: lines over periods; for a cross-section sorted bars, or a histogram of many units."""
    panel, score = result.panel, result.evaluation.score
    figure, axes = _figure(result.name, int(np.isnan(score).sum()))
    if len(panel.periods) > 1:
        lines = {
            u: [score[panel.row_of[u, p]] if (u, p) in panel.row_of else np.nan for p in panel.periods]
            for u in _units(panel)
        }
        _lines(axes, panel.periods, lines)
    else:
        _bars(figure, axes, panel.units, score)
    _name_axis(axes.xaxis, str(Text("得分", "score")) if len(panel.periods) == 1 else str(panel.period_column))
    return figure


def plot_changes(result: IndexResult) -> Figure:
    """Draw an index chained over the periods, one line a unit; an unsolved link ends the line."""
    panel = result.panel
    figure, axes = _figure(result.name, int(np.isnan(result.values["index"]).sum()))
    lines: dict[object, list[float]] = {u: [result.start] for u in _units(panel)}
    for unit, _, _, value in zip(*result.keys, result.values["index"], strict=True):
        lines[unit].append(result.chain(lines[unit][-1], value))
    _lines(axes, panel.periods, {u: line for u, line in lines.items() if len(line) == len(panel.periods)})
    _name_axis(axes.xaxis, str(panel.period_column))
    return figure


def plot_limits(result: BootstrapResult) -> Figure:
    """Draw corrected scores in ascending order with their confidence limits."""
    score, limits = result.corrected, result.limits
    known = np.flatnonzero(~np.isnan(score))
    order = known[np.argsort(score[known])]
    figure, axes = _figure(result.name, len(score) - len(known))
    place = np.arange(len(order))
    if len(order) <= BARS_AT_MOST:
        figure.set_size_inches(7, 1 + 0.22 * len(order))
        axes.set_yticks(place, [str(result.panel.units[i]) for i in order])
    else:
        axes.set_yticks([])
    axes.hlines(place, limits[order, 0], limits[order, 1], color="#9fb8c8", linewidth=2)
    axes.plot(score[order], place, "o", color="#2f6f9f", markersize=3)
    axes.plot(result.of.evaluation.score[order], place, "|", color="#b4552d", markersize=5)
    _name_axis(
        axes.xaxis, str(Text("校正后得分与置信限（| 为原得分）", "corrected score and limits (| the score itself)"))
    )
    return figure


def plot_coefficients(result: SecondStageResult) -> Figure:
    """Draw coefficients with their confidence limits, the line of no effect among them."""
    figure, axes = _figure(result.name, 0)
    place = np.arange(len(result.names))[::-1]
    figure.set_size_inches(7, 1.4 + 0.4 * len(place))
    axes.axvline(0.0, color="#999999", linewidth=0.8)
    axes.hlines(place, result.limits[:, 0], result.limits[:, 1], color="#9fb8c8", linewidth=3)
    axes.plot(result.estimates, place, "o", color="#2f6f9f", markersize=5)
    axes.set_yticks(place, list(result.names))
    _name_axis(
        axes.xaxis, str(Text("系数与置信限（大于 0：更无效率）", "coefficient and limits (above 0: more inefficient)"))
    )
    return figure


def plot_composite(result: CompositeResult) -> Figure:
    """Draw a composite index: lines over periods, or sorted bars for a cross-section."""
    sheet, score = result.sheet, result.score
    figure, axes = _figure(result.name, 0)
    if len(sheet.order) > 1:
        lines = {unit: [np.nan] * len(sheet.order) for unit in dict.fromkeys(sheet.units.tolist())}
        for unit, at, value in zip(sheet.units.tolist(), sheet.positions.tolist(), score.tolist(), strict=True):
            lines[unit][at] = value
        _lines(axes, tuple(sheet.order), lines)
        _name_axis(axes.xaxis, str(sheet.period_column))
    else:
        _bars(figure, axes, sheet.units, score)
        _name_axis(axes.xaxis, str(Text("得分", "score")))
    return figure


def _bars(figure: Figure, axes: Axes, units: NDArray[np.object_], score: NDArray[np.float64]) -> None:
    """Draw sorted bars by unit, or a histogram of many units."""
    if len(units) > BARS_AT_MOST:
        axes.hist(score[~np.isnan(score)], bins=40, color="#2f6f9f")
        _name_axis(axes.yaxis, str(Text("单元数", "units")))
        return
    order = np.argsort(np.nan_to_num(score, nan=-np.inf))
    figure.set_size_inches(7, 1 + 0.22 * len(order))
    axes.barh([str(units[i]) for i in order], score[order], color="#2f6f9f")


def plot_ranks(result: RobustnessResult) -> Figure:
    """Draw the ranks of the last period with their intervals, the highest at the top."""
    from matplotlib.ticker import MaxNLocator

    sheet, own = result.of.sheet, result.of.ranks
    figure, axes = _figure(result.name, 0)
    rows = np.flatnonzero(sheet.positions == len(sheet.order) - 1)
    rows = rows[np.argsort(own[rows], kind="stable")][:BARS_AT_MOST]
    tail = (1.0 - result.confidence) / 2.0
    low, middle, high = np.quantile(result.draws[:, rows], [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
    place = np.arange(len(rows))
    figure.set_size_inches(7, 1 + 0.22 * len(rows))
    axes.hlines(place, low, high, color="#9fb8c8", linewidth=4)
    axes.plot(middle, place, "|", color="#b4552d", markersize=7)
    axes.plot(own[rows], place, "o", color="#2f6f9f", markersize=3)
    axes.set_yticks(place, [str(sheet.units[i]) for i in rows])
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _name_axis(axes.xaxis, str(Text("名次与区间（| 为中位数）", "rank and interval (| the median)")))
    return figure


def plot_densities(result: DensityResult) -> Figure:
    """Draw one density a period, later ones darker."""
    from matplotlib import colormaps

    from hetao.fonts import matplotlib_family

    figure, axes = _figure(result.name, 0)
    shades = colormaps["Blues"](np.linspace(0.35, 1.0, len(result.periods)))
    for period, density, shade in zip(result.periods, result.density, shades, strict=True):
        axes.plot(result.grid, density, color=shade, linewidth=1.4, label=None if period is None else str(period))
    if 1 < len(result.periods) <= LEGEND_AT_MOST:
        axes.legend(frameon=False, prop={"family": matplotlib_family(), "size": "small"})
    axes.set_ylim(bottom=0.0)
    _name_axis(axes.xaxis, str(result.options["value"]))
    _name_axis(axes.yaxis, str(Text("密度", "density")))
    return figure


def plot_transitions(title: str, tables: list[Matrix], labels: list[str]) -> Figure:
    """Draw shares of moves from row to column as coloured tables side by side."""
    from matplotlib.figure import Figure

    from hetao.fonts import matplotlib_family

    _figure(title, 0)  # says so where matplotlib is missing
    k = len(tables[0])
    figure = Figure(figsize=(1.2 + 0.75 * k * len(tables), 1.6 + 0.7 * k), layout="constrained")
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
        _name_axis(axes.xaxis, str(Text("到", "to")))
    _name_axis(grid[0].yaxis, str(Text("从", "from")))
    return figure


def _units(panel: Panel) -> list[object]:
    return list(dict.fromkeys(panel.units.tolist()))


def _figure(title: str, gaps: int) -> tuple[Figure, Axes]:
    """Return a figure and its axes, whose title, ticks and axis label are in the font that draws Chinese."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise ModelError([_no_matplotlib()]) from None
    from hetao.fonts import matplotlib_family

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    note = str(Text(f"（{gaps} 个无最优解，留空）", f" ({gaps} without an optimal score, left out)")) if gaps else ""
    axes.set_title(title + note, family=matplotlib_family())
    axes.tick_params(labelfontfamily=matplotlib_family())
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _name_axis(axis: Axis, words: str) -> None:
    from hetao.fonts import matplotlib_family

    axis.set_label_text(words, family=matplotlib_family())


def _lines(axes: Axes, periods: tuple[Any, ...], lines: dict[object, list[float]]) -> None:
    """Draw one line a unit; of many units the median and the bands that hold half and nine tenths of them."""
    from hetao.fonts import matplotlib_family

    if not all(isinstance(p, int | float) for p in periods):
        periods = tuple(map(str, periods))
    elif all(float(p).is_integer() for p in periods):
        axes.xaxis.set_major_locator(_whole_years())
    if len(lines) > BARS_AT_MOST:
        _bands(axes, periods, np.array(list(lines.values()), dtype=float))
        return
    table: NDArray[np.float64] = np.array(list(lines.values()), dtype=float)
    for unit, line in zip(lines, table, strict=True):
        axes.plot(periods, line, linewidth=1.2, marker=".", label=str(unit))
    if 0 < len(lines) <= LEGEND_AT_MOST:
        axes.legend(frameon=False, prop={"family": matplotlib_family(), "size": "small"})


def _whole_years() -> MaxNLocator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True)


def _bands(axes: Axes, periods: tuple[Any, ...], table: NDArray[np.float64]) -> None:
    from hetao.fonts import matplotlib_family

    known = [column[~np.isnan(column)] for column in table.T]
    marks = np.array([np.quantile(c, [0.05, 0.25, 0.5, 0.75, 0.95]) if len(c) else np.full(5, np.nan) for c in known]).T
    for low, high, alpha, words in (
        (0, 4, 0.2, Text("90 % 的单元", "90 % of the units")),
        (1, 3, 0.4, Text("50 %", "50 %")),
    ):
        axes.fill_between(periods, marks[low], marks[high], color="#2f6f9f", alpha=alpha, linewidth=0, label=str(words))
    axes.plot(periods, marks[2], color="#2f6f9f", label=str(Text("中位数", "median")))
    axes.legend(frameon=False, prop={"family": matplotlib_family(), "size": "small"})


def _no_matplotlib() -> Problem:
    return Problem(
        "plot.no_matplotlib",
        Place(item="plot()"),
        found=Text("未安装 matplotlib", "no matplotlib"),
        expected=Text("matplotlib 3.8 或更高", "matplotlib 3.8 or later"),
        remedy=Text("运行 pip install 'hetao[plot]'", "run pip install 'hetao[plot]'"),
    )

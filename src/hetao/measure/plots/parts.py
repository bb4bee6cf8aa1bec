"""The parts that make an index, stacked: what adds to it above zero, what takes from it below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hetao.measure.frontier.technology import Matrix
from hetao.measure.plots.canvas import (
    BARS_AT_MOST,
    BLUE,
    COLOURS,
    PALE,
    add_legend,
    fit_rows,
    name_axis,
    name_rows,
    new_figure,
    place_periods,
)
from hetao.measure.plots.lines import quantiles
from hetao.measure.productivity.words import part_words
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hetao.measure.productivity.result import IndexResult

__all__ = ["plot_parts"]

HATCHES = ("", "////", "....")
PRODUCTIVITY = Text("全要素生产率", "total factor productivity")


def plot_parts(result: IndexResult, units: list[object], span: tuple[int, int] | None, *, alone: bool) -> Figure:
    """Draw the parts by period, or by unit between two periods; ``alone``: one unit was asked for by name."""
    names = list(result.factors)
    scale = 100.0 if result.growth == "ratio" else 1.0
    table = scale * np.column_stack([result.terms[n] for n in names] + [result.on_sum_scale(result.whole)])
    if span is None and (len(result.panel.periods) > 2 or alone):
        return _by_period(result, names, table, units, alone=alone)
    return _by_unit(result, names, table, units, span or (0, len(result.panel.periods) - 1))


def _by_period(result: IndexResult, names: list[str], table: Matrix, units: list[object], *, alone: bool) -> Figure:
    wanted = set(units)
    chosen = np.array([unit in wanted for unit in result.pairs.units])
    known = chosen & ~np.isnan(table).any(axis=1)
    who = (
        Text(str(units[0]), str(units[0]))
        if alone
        else Text(f"{len(units)} 个单元的平均", f"mean of {len(units)} units")
    )
    title = str(Text(f"{result.name}：{who.zh}", f"{result.name}: {who.en}"))
    figure, (axes,) = new_figure(title, int((chosen & ~known).sum()))
    places = place_periods(axes, result.panel.periods)
    at = np.unique(result.pairs.after[known])
    means = np.array([table[known & (result.pairs.after == t)].mean(axis=0) for t in at])
    means = means.reshape(len(at), table.shape[1])
    room = float(np.diff(places).min())
    _stack(axes, result, names, places[at], means, 0.75 * room, upright=True)
    axes.set_xlim(places[1] - 0.7 * room, places[-1] + 0.7 * room)
    name_axis(
        axes.xaxis,
        Text(f"{result.panel.period_column}（变化的后一期）", f"{result.panel.period_column} (end of the change)"),
    )
    name_axis(axes.yaxis, _axis_words(result))
    return figure


def _by_unit(
    result: IndexResult, names: list[str], table: Matrix, units: list[object], span: tuple[int, int]
) -> Figure:
    sums = np.array([_summed(result, table, unit, span) for unit in units])
    whole = ~np.isnan(sums).any(axis=1)
    first, last = (result.panel.periods[t] for t in span)
    lost = Text(" 个单元有未知的变化，未列", " units with an unknown change, left out")
    figure, (axes,) = new_figure(f"{result.name}: {first}–{last}", int((~whole).sum()), what=lost)
    found, shown = sums[whole], [unit for unit, known in zip(units, whole, strict=True) if known]
    name_axis(axes.xaxis, _axis_words(result))
    if len(shown) > BARS_AT_MOST:
        _spread(axes, result, names, found)
        fit_rows(figure, len(names) + 1, inches=0.4)
        return figure
    order = np.argsort(found[:, -1], kind="stable")
    fit_rows(figure, len(shown))
    _stack(axes, result, names, np.arange(len(order), dtype=float), found[order], 0.75, upright=False)
    name_rows(axes, [shown[i] for i in order])
    return figure


def _summed(result: IndexResult, table: Matrix, unit: object, span: tuple[int, int]) -> Matrix:
    """Return a unit's sums over the links that lead from the first period to the last; NaN where one is unknown."""
    own = np.array([u == unit for u in result.pairs.units])
    before, after = result.pairs.before, result.pairs.after
    rows = np.flatnonzero(own & (before >= span[0]) & (after <= span[1]))
    links = int((after[rows] - before[rows]).sum())
    total: Matrix = table[rows].sum(axis=0)
    return total if links == span[1] - span[0] else np.full(table.shape[1], np.nan)


def _stack(
    axes: Axes, result: IndexResult, names: list[str], places: Matrix, table: Matrix, width: float, *, upright: bool
) -> None:
    """Draw (k, parts + 1) sums as bars, each part on those of its own sign before it; the last column as dots."""
    above, below = np.zeros(len(places)), np.zeros(len(places))
    (axes.axhline if upright else axes.axvline)(0.0, color="#666666", linewidth=0.8, zorder=3)
    for k, name in enumerate(names):
        part = table[:, k]
        base = np.where(part >= 0.0, above, below)
        look: dict[str, Any] = {"color": COLOURS[k % len(COLOURS)], "hatch": HATCHES[k // len(COLOURS) % len(HATCHES)]}
        look |= {"edgecolor": "white", "linewidth": 0.3, "label": _words(result, name)}
        if upright:
            axes.bar(places, part, width, bottom=base, **look)
        else:
            axes.barh(places, part, width, left=base, **look)
        above, below = above + np.maximum(part, 0.0), below + np.minimum(part, 0.0)
    dots = (places, table[:, -1]) if upright else (table[:, -1], places)
    axes.plot(*dots, "o", color="black", markersize=4, label=_words(result, result.whole), zorder=4)
    add_legend(axes, beside=True)


def _spread(axes: Axes, result: IndexResult, names: Sequence[str], table: Matrix) -> None:
    """Draw the median and the spans that hold half and nine tenths of the units, a row a part, the whole on top."""
    marks = np.array([quantiles(column) for column in table.T])
    place = np.arange(len(marks))
    axes.axvline(0.0, color="#666666", linewidth=0.8)
    axes.hlines(
        place, marks[:, 0], marks[:, 4], color=PALE, linewidth=2, label=str(Text("90 % 的单元", "90 % of the units"))
    )
    axes.hlines(place, marks[:, 1], marks[:, 3], color=PALE, linewidth=7, label=str(Text("50 %", "50 %")))
    axes.plot(marks[:, 2], place, "o", color=BLUE, markersize=4, label=str(Text("中位数", "median")))
    name_rows(axes, [_words(result, name) for name in [*names, result.whole]])
    add_legend(axes, beside=True)


def _words(result: IndexResult, name: str) -> str:
    words = PRODUCTIVITY if name == "index" != result.whole else part_words(name)
    less = result.factors.get(name) == -1
    return str(Text(f"{words.zh}（取负）", f"{words.en} (minus)") if less else words)


def _axis_words(result: IndexResult) -> Text:
    return Text("对数点 ×100", "log points × 100") if result.growth == "ratio" else part_words(result.whole)

"""An index over the periods: its chained paths, its links with their limits, and the parts that make it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hetao.measure.arguments import Arguments
from hetao.measure.inference.bootstrap_index import IndexBootstrapResult
from hetao.measure.plots.canvas import LEGEND_AT_MOST, name_axis, new_figure, place_periods, style
from hetao.measure.plots.lines import draw_lines
from hetao.measure.plots.parts import plot_parts
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hetao.measure.productivity.result import IndexResult

__all__ = ["plot_changes"]

SPREAD = 0.5  # of the room between two periods over which the limits of several units are spread


def plot_changes(result: IndexResult, kind: str, units: object, limits: object, between: object) -> Figure:
    """Draw an index by kind: ``paths`` or ``parts``."""
    arguments = Arguments("plot")
    arguments.one_of("kind", kind, ("paths", "parts"))
    chosen = _chosen(result, units, arguments)
    if kind == "parts" and limits is not None:
        arguments.not_together("kind", "parts", "limits")
    if kind == "paths" and between is not None:
        arguments.not_together("kind", "paths", "between")
    if limits is not None:
        _check_limits(result, limits, chosen, arguments)
    span = None if between is None else _span(result, between, arguments)
    arguments.done()
    if kind == "parts":
        return plot_parts(result, chosen, span, alone=units is not None and len(chosen) == 1)
    assert limits is None or isinstance(limits, IndexBootstrapResult)
    return _paths(result, chosen, limits)


def _paths(result: IndexResult, units: list[object], limits: IndexBootstrapResult | None) -> Figure:
    at = np.isin(_codes(result, units), range(len(units)))
    gaps = int(np.isnan(result.values["index"][at]).sum())
    figure, (axes, *below) = new_figure(result.name, gaps, rows=1 if limits is None else 2)
    lines = {unit: result.levels[unit] for unit in units if unit in result.levels}
    lines = {unit: line for unit, line in lines.items() if not np.isnan(line).all()}
    draw_lines(axes, result.panel.periods, lines, bridged=True)
    name_axis(axes.yaxis, Text("逐期连乘", "chained") if result.growth == "ratio" else Text("逐期累加", "added up"))
    if limits is not None:
        _draw_limits(below[0], result, units, limits)
    name_axis([axes, *below][-1].xaxis, result.panel.period_column)
    return figure


def _draw_limits(axes: Axes, result: IndexResult, units: list[object], limits: IndexBootstrapResult) -> None:
    """Draw every link at its later period with its limits, those of several units side by side."""
    places = place_periods(axes, result.panel.periods)
    room = SPREAD * float(np.diff(places).min())
    codes, (low, high) = _codes(result, units), limits.limits("index").T
    axes.axhline(1.0, color="#999999", linewidth=0.8)
    for k in range(len(units)):
        own = (codes == k) & ~np.isnan(low)
        x = places[result.pairs.after[own]] + room * ((k + 0.5) / len(units) - 0.5)
        colour = style(k)["color"]
        axes.vlines(x, low[own], high[own], color=colour, linewidth=1.2, linestyle=style(k)["linestyle"])
        axes.plot(x, result.values["index"][own], "o", color=colour, markersize=3)
    level = f"{limits.confidence:.0%}"
    name_axis(axes.yaxis, Text(f"逐期指数与 {level} 置信限", f"each link, {level} limits"))


def _codes(result: IndexResult, units: list[object]) -> NDArray[np.int_]:
    """Return (p,) the position of each change's unit among the chosen ones, −1 for none."""
    place = {unit: k for k, unit in enumerate(units)}
    return np.array([place.get(unit, -1) for unit in result.pairs.units])


def _chosen(result: IndexResult, units: object, arguments: Arguments) -> list[object]:
    """Return the units asked for, each once in the order given; all where none are named."""
    known = dict.fromkeys(result.pairs.units)
    if units is None:
        return list(known)
    one = isinstance(units, str) or not isinstance(units, Iterable) or (isinstance(units, Hashable) and units in known)
    listed: list[object] = [units] if one else list(units)  # type: ignore[call-overload] # an iterable where not one
    unknown = [unit for unit in listed if not isinstance(unit, Hashable) or unit not in known]
    if unknown or not listed:
        shown, some = ", ".join(map(repr, unknown[:5])) or "[]", ", ".join(repr(u) for u in list(known)[:5])
        arguments.refuse(
            "units",
            found=Text(shown, shown),
            expected=Text(f"指数的单元，如 {some}", f"units of the index, such as {some}"),
            remedy=Text("改正名称", "correct the names"),
        )
    return list(dict.fromkeys(unit for unit in listed if unit not in unknown))


def _check_limits(result: IndexResult, limits: object, chosen: list[object], arguments: Arguments) -> None:
    own = isinstance(limits, IndexBootstrapResult) and (
        limits.of is result or limits.of.fingerprint == result.fingerprint
    )
    if not own:
        kind = type(limits).__name__
        another = isinstance(limits, IndexBootstrapResult)
        arguments.refuse(
            "limits",
            found=Text("另一指数的置信限", "limits of another index") if another else Text(f"类型 {kind}", f"a {kind}"),
            expected=Text("bootstrap_index(该指数) 的结果", "what bootstrap_index returns for this index"),
            remedy=Text("对同一指数作自助法", "bootstrap this very index"),
        )
    if len(chosen) > LEGEND_AT_MOST:
        arguments.refuse(
            "units",
            found=Text(f"{len(chosen)} 个单元", f"{len(chosen)} units"),
            expected=Text(f"置信限至多 {LEGEND_AT_MOST} 个单元", f"at most {LEGEND_AT_MOST} units with limits"),
            remedy=Text("用 units 选出若干单元", "choose some with `units`"),
        )


def _span(result: IndexResult, between: object, arguments: Arguments) -> tuple[int, int]:
    """Return the positions of two periods, the earlier first."""
    periods = result.panel.periods
    found = list(between) if isinstance(between, tuple | list) else []
    if len(found) == 2 and all(p in periods for p in found):
        first, last = (periods.index(p) for p in found)
        if first < last:
            return first, last
    arguments.refuse(
        "between",
        found=Text(f"{between!r}", f"{between!r}"),
        expected=Text(
            f"{periods[0]} 到 {periods[-1]} 中先后两期",
            f"an earlier and a later period from {periods[0]} to {periods[-1]}",
        ),
        remedy=Text("改正时期", "correct the periods"),
    )
    return 0, 0

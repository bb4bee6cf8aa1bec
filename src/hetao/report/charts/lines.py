"""Line charts: gaps stay gaps and say why, bounds are bands, limits are dashed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hetao.report.charts.common import (
    DASHES,
    PALETTE,
    SYMBOLS,
    Option,
    base,
    category_axis,
    gap_word,
    limit_legend,
    limit_line,
    tip,
    value_axis,
)
from hetao.report.format import number
from hetao.report.model import LineChart, Point, Series
from hetao.report.words import WORDS
from hetao.text import Language

__all__ = ["line_option", "ordered"]

MANY = 6  # more lines than this: the tooltip shows one point instead of all at one x
DENSE = 40  # more points than this are drawn as a line alone
NAMED_PEERS = 8  # as many peers are named at the ends of their lines; more only on hover


def ordered(series: Sequence[Series]) -> list[str | int]:
    """Return every x of all series: years in order, categories as they first appear."""
    seen = dict.fromkeys(point.x for one in series for point in one.points)
    if all(isinstance(x, int) for x in seen):
        return sorted(seen)
    return list(seen)


def line_option(chart: LineChart, language: Language) -> Option:
    """Return the ECharts option of a line chart in ``language``."""
    unit = chart.unit.in_language(language)
    xs = ordered(chart.series)
    option = base()
    many = len(chart.series) > MANY
    option["tooltip"] |= {"trigger": "item" if many else "axis"}
    option["grid"] = {"left": 8, "right": 20, "top": 40, "bottom": 8, "containLabel": True}
    option["xAxis"] = {**category_axis([str(x) for x in xs]), "boundaryGap": False}
    option["yAxis"] = [
        value_axis(scale=_scaled(chart)),
        {"type": "value", "show": False, "min": 0, "max": 1},
    ]
    drawn = [_line(one, i, xs, unit, language) for i, one in enumerate(chart.series)]
    bands = [part for i, one in enumerate(chart.series) for part in _band(one, i, xs)]
    limits = [limit_line(one, i, xs, language) for i, one in enumerate(chart.references)]
    option["series"] = [*bands, *drawn, *limits, *_gaps(chart.series, xs, language)]
    peers = [line for line, one in zip(drawn, chart.series, strict=True) if one.role == "peer"]
    if 0 < len(peers) <= NAMED_PEERS:
        option["grid"]["right"] = 16 + max(len(peer["name"].encode("gbk", "replace")) for peer in peers) * 6
        for peer in peers:
            peer["endLabel"] = {"show": True, "formatter": "{a}", "color": "@soft", "fontSize": 10, "distance": 4}
            peer["labelLayout"] = {"moveOverlap": "shiftY"}
    option["legend"] = {
        "type": "scroll",
        "left": 0,
        "top": 0,
        "itemWidth": 26,
        "itemGap": 14,
        "textStyle": {"color": "@ink", "fontSize": 12},
        "pageIconColor": "@soft",
        "pageTextStyle": {"color": "@soft"},
        "data": _legend(chart, limits, language),
    }
    return option


def _legend(chart: LineChart, limits: Sequence[Option], language: Language) -> list[Option]:
    """Return the legend's entries: the focus, the limits, the others; peers are named at their lines' ends."""
    rank = {"focus": 0, "limit": 1, "plain": 2}
    named = sorted((one for one in chart.series if one.role in rank), key=lambda one: rank[one.role])
    entries = [
        {"name": one.name.in_language(language)} | ({"itemStyle": {"opacity": 0}} if one.role == "limit" else {})
        for one in named
    ]
    first = sum(one.role == "focus" for one in named)
    return [*entries[:first], *(limit_legend(one) for one in limits), *entries[first:]]


def _scaled(chart: LineChart) -> bool:
    """Return whether the axis may leave zero out: all values on one side and within a quarter of their size."""
    values = [p.y for one in chart.series for p in one.points if p.y is not None]
    values += [one.value for one in chart.references]
    return bool(values) and min(values) > 0 and max(values) - min(values) < max(values) / 2


def _style(role: str, index: int) -> tuple[Option, Option]:
    """Return the line's style and the symbols' style of one series by its role."""
    if role == "focus":
        return {"color": "@focus", "width": 3, "type": "solid"}, {"symbol": "circle", "symbolSize": 6}
    if role == "peer":
        return {"color": "@peer", "width": 1.2, "type": "solid"}, {"symbol": "circle", "symbolSize": 3}
    if role == "limit":
        return {"color": "@limit", "width": 1.8, "type": [6, 4]}, {"symbol": "none"}
    line = {"color": PALETTE[index % len(PALETTE)], "width": 2, "type": DASHES[index % len(DASHES)]}
    return line, {"symbol": SYMBOLS[index % len(SYMBOLS)], "symbolSize": 6}


def _line(one: Series, index: int, xs: Sequence[str | int], unit: str, language: Language) -> Option:
    name = one.name.in_language(language)
    by_x = {point.x: (i, point) for i, point in enumerate(one.points)}
    style, symbol = _style(one.role, index)
    if len(xs) > DENSE and all(point.y is not None for point in one.points):
        symbol = {"symbol": "none"}
    data = [_item(one, *by_x[x], name, unit, language) if x in by_x else {"value": None} for x in xs]
    return {
        "type": "line",
        "name": name,
        "data": data,
        "connectNulls": False,
        "showAllSymbol": True,
        "lineStyle": style,
        "itemStyle": {"color": style["color"]},
        "emphasis": {"focus": "series"},
        "z": {"peer": 2, "focus": 5}.get(one.role, 3),
        **symbol,
    }


def _item(one: Series, index: int, point: Point, name: str, unit: str, language: Language) -> Option:
    note = "" if point.note is None else point.note.in_language(language)
    missing = WORDS["no_data"].in_language(language)
    shown = missing if point.y is None else f"{number(point.y)} {unit}".strip()
    bounds = " – ".join(
        number(bound) for bound in (_bound(one.low, index), _bound(one.high, index)) if bound is not None
    )
    return {
        "value": point.y,
        "tip": tip(f"{name} · {point.x}", [shown, f"[{bounds}]" if bounds else "", note], point.sources),
    }


def _bound(bounds: Sequence[float | None], index: int) -> float | None:
    return bounds[index] if index < len(bounds) else None


def _band(one: Series, index: int, xs: Sequence[str | int]) -> list[Option]:
    """Return an invisible line along the lower bounds and, stacked on it, the shaded width of the band."""
    if not (one.low and one.high):
        return []
    bounds = {point.x: (low, high) for point, low, high in zip(one.points, one.low, one.high, strict=True)}
    pairs = [bounds.get(x, (None, None)) for x in xs]
    floor = [low if high is not None else None for low, high in pairs]
    width = [None if low is None or high is None else high - low for low, high in pairs]
    shared: dict[str, Any] = {
        "type": "line",
        "stack": f"band{index}",
        "stackStrategy": "all",
        "silent": True,
        "symbol": "none",
        "connectNulls": False,
        "lineStyle": {"opacity": 0},
        "tooltip": {"show": False},
    }
    colour = _style(one.role, index)[0]["color"]
    return [
        {**shared, "data": floor},
        {**shared, "data": width, "areaStyle": {"color": colour, "opacity": 0.16}},
    ]


def _gaps(series: Sequence[Series], xs: Sequence[str | int], language: Language) -> list[Option]:
    """Return hollow marks at the foot of the chart where a series says that a point is missing, with the word."""
    data: list[Option] = []
    for level, one in enumerate(one for one in series if any(point.y is None for point in one.points)):
        name = one.name.in_language(language)
        lost = {point.x: point for point in one.points if point.y is None}
        runs = _runs([x in lost for x in xs])
        for first, last in runs:
            for place in range(first, last + 1):
                word = gap_word(lost[xs[place]].note, language)
                item: Option = {
                    "value": [str(xs[place]), 0.035 + 0.07 * min(level, 5)],
                    "tip": tip(f"{name} · {xs[place]}", [word], lost[xs[place]].sources),
                }
                if place == (first + last) // 2:
                    item["label"] = {"show": True, "formatter": _short(word, language)}
                data.append(item)
    if not data:
        return []
    return [
        {
            "type": "scatter",
            "name": WORDS["gap"].in_language(language),
            "yAxisIndex": 1,
            "symbol": "diamond",
            "symbolSize": 7,
            "itemStyle": {"color": "@paper", "borderColor": "@soft", "borderWidth": 1.2},
            "label": {"position": "top", "distance": 3, "color": "@soft", "fontSize": 10},
            "data": data,
        }
    ]


def _short(word: str, language: Language) -> str:
    """Return ``word`` if it fits beside a mark, else the bare word for a gap."""
    fits = len(word) <= (8 if language == "zh" else 14) and "{" not in word
    return word if fits else WORDS["gap"].in_language(language)


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the first and last place of every run of true flags."""
    runs: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        elif flag:
            runs.append((place, place))
    return runs

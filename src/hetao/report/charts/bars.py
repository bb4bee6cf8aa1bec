"""Bar charts: grouped or stacked, upright or lying; bounds are whiskers and a missing bar says so."""

from __future__ import annotations

from collections.abc import Sequence

from hetao.report.charts.common import (
    PALETTE,
    Option,
    base,
    category_axis,
    gap_word,
    limit_legend,
    limit_line,
    name_axis,
    tip,
    value_axis,
)
from hetao.report.format import number
from hetao.report.model import BarChart, Series
from hetao.report.words import WORDS
from hetao.text import Language

__all__ = ["bar_keys", "bar_option"]

LABELLED_AT_MOST = 40  # bars that carry their number
WIDEST = 40  # pixels of a bar


def bar_keys(chart: BarChart) -> list[str | int]:
    """Return the categories: those of ``labels`` in their order, then any other in order of appearance."""
    keys: dict[str | int, None] = dict.fromkeys(chart.labels)
    keys.update(dict.fromkeys(point.x for one in chart.series for point in one.points))
    return list(keys)


def bar_option(chart: BarChart, language: Language) -> Option:
    """Return the ECharts option of a bar chart in ``language``."""
    keys = bar_keys(chart)
    names = [_label(chart, key, language) for key in keys]
    option = base()
    worded = len(chart.series) > 1 or bool(chart.references)
    option["grid"] = {
        "left": 8,
        "right": 46 if chart.horizontal else 16,
        "top": 36 if worded else 20,
        "bottom": 8,
        "containLabel": True,
    }
    option["yAxis" if chart.horizontal else "xAxis"] = _categories(names, lying=chart.horizontal)
    end = {} if chart.most is None else {"max": chart.most}
    option["xAxis" if chart.horizontal else "yAxis"] = value_axis(**end)
    drawn = [_bars(chart, one, keys, names, language) for one in chart.series]
    limits = [limit_line(one, i, keys, language, lying=chart.horizontal) for i, one in enumerate(chart.references)]
    whiskers = [_whiskers(chart, i, keys) for i, one in enumerate(chart.series) if one.low and one.high]
    gaps = [_gaps(chart, i, keys, names, language) for i, one in enumerate(chart.series) if _lost(one)]
    option["series"] = [*drawn, *limits, *whiskers, *gaps]
    option["legend"] = {
        "show": worded,
        "type": "scroll",
        "left": 0,
        "top": 0,
        "itemWidth": 18,
        "itemHeight": 10,
        "textStyle": {"color": "@ink", "fontSize": 12},
        "pageIconColor": "@soft",
        "pageTextStyle": {"color": "@soft"},
        "data": [*({"name": one["name"]} for one in drawn), *(limit_legend(one) for one in limits)],
    }
    return option


def _categories(names: Sequence[str], *, lying: bool) -> Option:
    """Return the axis of the categories, with names broken to fit their place."""
    if lying:
        width = {"width": 104, "overflow": "break", "lineHeight": 14}
        return category_axis(names, interval=0, hideOverlap=False, color="@ink", **width) | {"inverse": True}
    return name_axis(names)


def _label(chart: BarChart, key: str | int, language: Language) -> str:
    label = chart.labels.get(str(key))
    return str(key) if label is None else label.in_language(language)


def _colour(chart: BarChart, one: Series) -> str:
    by_role = {"focus": "@focus", "peer": "@peer", "limit": "@limit"}
    return by_role.get(one.role, PALETTE[chart.series.index(one) % len(PALETTE)])


def _bars(chart: BarChart, one: Series, keys: Sequence[str | int], names: Sequence[str], language: Language) -> Option:
    points = {point.x: (i, point) for i, point in enumerate(one.points)}
    name, unit = one.name.in_language(language), chart.unit.in_language(language)
    data: list[Option] = []
    for key, category in zip(keys, names, strict=True):
        at, point = points.get(key, (0, None))
        if point is None or point.y is None:
            data.append({"value": None})
            continue
        lines = [
            f"{name}: {number(point.y)} {unit}".strip(),
            _bounds(one, at),
            "" if point.note is None else point.note.in_language(language),
        ]
        at_axis = [point.y, len(data)] if chart.horizontal else [len(data), point.y]
        data.append(
            {
                "value": at_axis if chart.dots else point.y,
                "tip": tip(category, lines, point.sources),
                "label": {"formatter": number(point.y)},
            }
        )
    outside = "right" if chart.horizontal else "top"
    inside = "insideLeft" if chart.horizontal else "insideBottom"
    style = {"color": _colour(chart, one), "borderColor": "@paper", "borderWidth": 0.5}
    if chart.dots:
        known = [item for item in data if item["value"] is not None]
        return {"type": "scatter", "name": name, "data": known, "symbolSize": 9, "itemStyle": style, "z": 5}
    return {
        "type": "bar",
        "name": name,
        "data": data,
        "barMaxWidth": WIDEST,
        "itemStyle": style,
        "label": {
            "show": not chart.stacked and len(keys) * len(chart.series) <= LABELLED_AT_MOST,
            "position": inside if one.low else outside,
            "color": "@paper" if one.low else "@soft",
            "fontSize": 10,
        },
        "labelLayout": {"hideOverlap": True},
        **({"stack": "total"} if chart.stacked else {}),
    }


def _bounds(one: Series, at: int) -> str:
    """Return the bounds of one point in brackets, as far as they are known."""
    known = [side[at] for side in (one.low, one.high) if side]
    shown = [number(bound) for bound in known if bound is not None]
    return f"[{' – '.join(shown)}]" if shown else ""


def _slot(chart: BarChart, index: int) -> Option:
    """Return which of the bars beside each other a mark belongs to; the page works out where that is."""
    count, place = (1, 0) if chart.stacked or chart.dots else (len(chart.series), index)
    return {"count": count, "index": place, "horizontal": chart.horizontal, "widest": WIDEST}


def _whiskers(chart: BarChart, index: int, keys: Sequence[str | int]) -> Option:
    """Return the whiskers from the lower to the upper bounds of one series."""
    one = chart.series[index]
    at = {key: place for place, key in enumerate(keys)}
    bounds = [(at[p.x], low, high) for p, low, high in zip(one.points, one.low, one.high, strict=True)]
    known = [(place, low, high) for place, low, high in bounds if low is not None and high is not None]
    return {
        "type": "custom",
        "renderItem": "whisker",
        "slot": _slot(chart, index),
        "silent": True,
        "data": [[low, place, high] if chart.horizontal else [place, low, high] for place, low, high in known],
        "encode": {"x": [0, 2], "y": 1} if chart.horizontal else {"x": 0, "y": [1, 2]},
        "itemStyle": {"color": "@ink"},
        "tooltip": {"show": False},
        "z": 4,
    }


def _lost(one: Series) -> bool:
    return any(point.y is None for point in one.points)


def _gaps(chart: BarChart, index: int, keys: Sequence[str | int], names: Sequence[str], language: Language) -> Option:
    """Return marks on the base line, with the word for a gap, where a bar of one series is missing."""
    one = chart.series[index]
    at = {key: place for place, key in enumerate(keys)}
    name, missing = one.name.in_language(language), WORDS["no_data"].in_language(language)
    data = [
        {
            "value": [0, at[point.x]] if chart.horizontal else [at[point.x], 0],
            "tip": tip(names[at[point.x]], [f"{name}: {missing}", gap_word(point.note, language)], point.sources),
        }
        for point in one.points
        if point.y is None
    ]
    return {
        "type": "custom",
        "renderItem": "gap",
        "slot": _slot(chart, index),
        "word": WORDS["gap"].in_language(language),
        "data": data,
        "itemStyle": {"color": "@soft"},
        "z": 4,
    }

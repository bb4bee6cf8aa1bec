"""Tile maps: one equal tile a region, coloured around a middle; a region without a number stays grey and says so."""

from __future__ import annotations

from hetao.report.charts.common import Option, base, gap_word, tip, wrap
from hetao.report.format import number
from hetao.report.model import Tile, TileMap
from hetao.report.words import WORDS
from hetao.text import Language

__all__ = ["colour_range", "tilemap_option"]


def colour_range(chart: TileMap) -> tuple[float, float]:
    """Return the values at both ends of the colours: symmetric around ``middle`` where there is one."""
    values = [tile.value for tile in chart.tiles if tile.value is not None]
    if not values:
        return (0.0, 1.0)
    low, high = min(values), max(values)
    if chart.middle is not None:
        reach = max(abs(value - chart.middle) for value in values) or 1.0
        return (chart.middle - reach, chart.middle + reach)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def tilemap_option(chart: TileMap, language: Language) -> Option:
    """Return the ECharts option of a tile map in ``language``."""
    option = base()
    low, high = colour_range(chart)
    columns = 1 + max((tile.column for tile in chart.tiles), default=0)
    rows = 1 + max((tile.row for tile in chart.tiles), default=0)
    option["grid"] = {"left": 1, "right": 1, "top": 2, "bottom": 52}
    option["xAxis"] = {"type": "category", "show": False, "data": list(map(str, range(columns)))}
    option["yAxis"] = {
        "type": "category",
        "show": False,
        "inverse": True,
        "data": list(map(str, range(rows))),
    }
    unit = chart.unit.in_language(language)
    option["visualMap"] = {
        "type": "continuous",
        "seriesIndex": 0,
        "min": low,
        "max": high,
        "dimension": 2,
        "orient": "horizontal",
        "left": "center",
        "bottom": 2,
        "itemWidth": 12,
        "itemHeight": 140,
        "text": [f"{number(high, chart.digits)} {unit}".strip(), number(low, chart.digits)],
        "textStyle": {"color": "@soft", "fontSize": 11},
        "inRange": {"color": _colours(chart)},
        "hoverLink": False,
    }
    known = [_item(tile, chart, language) for tile in chart.tiles if tile.value is not None]
    unknown = [_item(tile, chart, language) for tile in chart.tiles if tile.value is None]
    label = {"show": True, "color": "#16202a"}
    shared: Option = {"type": "heatmap", "label": label, "emphasis": {"itemStyle": {"borderColor": "@ink"}}}
    option["series"] = [{**shared, "data": known}, {**shared, "data": unknown}]
    small, large = ({"series": [{"label": {"fontSize": f, "lineHeight": h}}] * 2} for f, h in ((9, 11), (11, 14)))
    narrow = {"query": {"maxWidth": 52 * columns}, "option": small}
    return {"baseOption": option, "media": [narrow, {"option": large}]}


def _colours(chart: TileMap) -> list[str]:
    """Return the colours from low to high: blue over white to orange around a middle, else one hue getting darker."""
    if chart.middle is None:
        return ["@tile_mid", "@tile_high_half", "@tile_high"]
    return ["@tile_low", "@tile_low_half", "@tile_mid", "@tile_high_half", "@tile_high"]


def _item(tile: Tile, chart: TileMap, language: Language) -> Option:
    name = tile.label.in_language(language)
    note = "" if tile.note is None else tile.note.in_language(language)
    if tile.value is None:
        shown, short = WORDS["no_data"].in_language(language), WORDS["gap"].in_language(language)
        note = note or gap_word(None, language)
    else:
        short = number(tile.value, chart.digits)
        shown = f"{short} {chart.unit.in_language(language)}".strip()
    item: Option = {
        "value": [tile.column, tile.row, tile.value],
        "tip": tip(name, [shown, note], tile.sources),
        "label": {"formatter": f"{wrap(name)}\n{short}"},
        "itemStyle": {"borderColor": "@paper", "borderWidth": 3, "borderRadius": 4},
    }
    if tile.value is None:
        item["value"] = [tile.column, tile.row, 0]
        item["label"] |= {"color": "@soft"}
        item["itemStyle"] |= {"color": "@hatch"}
    if tile.focus:
        item["itemStyle"] |= {"borderColor": "@ink", "borderWidth": 2}
    return item

"""Which function draws which chart, how large it is, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hetao.report.charts.bars import bar_keys, bar_option
from hetao.report.charts.captree import captree_option, drawn, walk
from hetao.report.charts.common import Option
from hetao.report.charts.lines import line_option
from hetao.report.charts.steps import spans, waterfall_option
from hetao.report.charts.tilemap import tilemap_option
from hetao.report.model import (
    BarChart,
    CapTree,
    Cell,
    Chart,
    Column,
    LineChart,
    Series,
    Table,
    TileMap,
    Waterfall,
)
from hetao.report.words import WORDS
from hetao.text import Language, Text

__all__ = ["Size", "chart_table", "option", "size"]


@dataclass(frozen=True)
class Size:
    """How large a chart is drawn: a ``height`` in pixels, or a ``ratio`` of width to height up to a ``width``."""

    height: int | None = None
    ratio: float | None = None
    width: int | None = None


def option(chart: Chart, language: Language) -> Option:
    """Return the ECharts option that draws ``chart`` in ``language``: plain data, ready for JSON."""
    if isinstance(chart, LineChart):
        return line_option(chart, language)
    if isinstance(chart, BarChart):
        return bar_option(chart, language)
    if isinstance(chart, Waterfall):
        return waterfall_option(chart, language)
    if isinstance(chart, TileMap):
        return tilemap_option(chart, language)
    return captree_option(chart, language)


def size(chart: Chart) -> Size:
    """Return how tall ``chart`` is drawn."""
    if isinstance(chart, TileMap):
        columns = 1 + max((tile.column for tile in chart.tiles), default=0)
        rows = 1 + max((tile.row for tile in chart.tiles), default=0)
        return Size(ratio=round(columns / (rows * 0.86 + 0.9), 3), width=92 * columns)
    if isinstance(chart, CapTree):
        return Size(height=44 + 25 * len(drawn(chart)))
    if isinstance(chart, BarChart) and chart.horizontal:
        bars = 1 if chart.stacked else len(chart.series)
        return Size(height=max(180, 70 + len(bar_keys(chart)) * (12 + 15 * bars)))
    return Size(height=320)


def chart_table(chart: Chart) -> Table:
    """Return the numbers of ``chart`` as a table, for readers who cannot see or point at the drawing."""
    if isinstance(chart, LineChart | BarChart):
        return _series_table(chart)
    if isinstance(chart, Waterfall):
        return _waterfall_table(chart)
    if isinstance(chart, TileMap):
        return _tile_table(chart)
    return _cap_table(chart)


def _number(key: str, title: Text, unit: Text, digits: int | None = None) -> Column:
    return Column(key, title, unit, kind="number", digits=digits)


def _table(chart: Chart, columns: tuple[Column, ...], rows: Sequence[tuple[Cell, ...]]) -> Table:
    title = WORDS["chart_data"]
    full = Text(f"{title.zh}：{chart.title.zh}", f"{title.en}: {chart.title.en}")
    return Table(f"{chart.key}-data", full, columns, tuple(rows), folded=True)


def _series_table(chart: LineChart | BarChart) -> Table:
    """One row a point, so that every number keeps its own source and note."""
    labels = chart.labels if isinstance(chart, BarChart) else {}
    bounded = any(one.low or one.high for one in chart.series)
    noted = any(point.note for one in chart.series for point in one.points)
    columns = [Column("series", Text("系列", "Series")), Column("x", WORDS["category"])]
    columns.append(_number("y", WORDS["value"], chart.unit))
    columns += [_number(side, WORDS[side], chart.unit) for side in ("low", "high") if bounded]
    columns += [Column("note", WORDS["note"])] if noted else []
    rows = [
        tuple(_point_row(one, i, labels.get(str(one.points[i].x)), bounded=bounded, noted=noted))
        for one in chart.series
        for i in range(len(one.points))
    ]
    references = [
        (Cell(reference.label), Cell("—"), Cell(reference.value), *(Cell("") for _ in columns[3:]))
        for reference in chart.references
    ]
    return _table(chart, tuple(columns), [*rows, *references])


def _point_row(one: Series, index: int, label: Text | None, *, bounded: bool, noted: bool) -> list[Cell]:
    point = one.points[index]
    cells = [Cell(one.name), Cell(label or str(point.x)), Cell(point.y, point.sources, note=point.note)]
    if bounded:
        cells += [Cell(side[index] if side else None) for side in (one.low, one.high)]
    if noted:
        cells.append(Cell(point.note or ""))
    return cells


def _waterfall_table(chart: Waterfall) -> Table:
    columns = (
        Column("step", WORDS["step"]),
        _number("change", WORDS["change"], chart.unit),
        _number("level", WORDS["axis_level"], chart.unit),
        Column("note", WORDS["note"]),
    )
    rows = [
        (
            Cell(step.label),
            Cell(step.value if step.step == "change" else None, step.sources),
            Cell(level, step.sources),
            Cell(step.note or ""),
        )
        for step, (_, level) in zip(chart.steps, spans(chart.steps), strict=True)
    ]
    return _table(chart, columns, rows)


def _tile_table(chart: TileMap) -> Table:
    columns = (
        Column("region", WORDS["region"]),
        _number("value", WORDS["value"], chart.unit, chart.digits),
        Column("note", WORDS["note"]),
    )
    rows = [
        (Cell(tile.label), Cell(tile.value, tile.sources, note=tile.note), Cell(tile.note or ""))
        for tile in chart.tiles
    ]
    return _table(chart, columns, rows)


def _cap_table(chart: CapTree) -> Table:
    columns = (
        Column("unit", WORDS["region"]),
        _number("cap", WORDS["cap"], chart.unit),
        _number("used", WORDS["used"], chart.unit),
        Column("note", WORDS["note"]),
    )
    rows = [
        (
            Cell(Text("\u3000" * depth + node.label.zh, "\u3000" * depth + node.label.en)),
            Cell(node.cap, node.sources),
            Cell(node.used, node.sources),
            Cell(node.note or ""),
        )
        for depth, node in walk(chart.root)
    ]
    return _table(chart, columns, rows)

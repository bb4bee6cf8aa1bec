"""One value a region: on a tile map where every region has its tile, as bars elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.report.model import BarChart, Chart, Point, Series, Tile, TileMap
from hetao.report.tiles import layout, place
from hetao.text import Text

__all__ = ["region_map"]


def region_map(
    key: str,
    title: Text,
    unit: Text,
    values: Mapping[str, float | None],
    lost: Mapping[str, Text | None],
    names: Mapping[str, Text],
    focus: str,
    sources: tuple[str, ...],
    *,
    middle: float | None = None,
) -> Chart:
    """Return the chart.

    Args:
        key: name of its table.
        title: of the chart.
        unit: of the values.
        values: region → value, None where there is none.
        lost: region → why there is none.
        names: region → name.
        focus: the region to be marked.
        sources: of the values.
        middle: a value from which the colours diverge.
    """
    if any(region not in layout() for region in values):
        ranked = sorted(values, key=lambda u: (values[u] is None, -(values[u] or 0.0), u))
        points = tuple(Point(u, values[u], sources, lost[u]) for u in ranked)
        labels = {u: names[u] for u in ranked}
        return BarChart(key, title, unit, labels, (Series(title, points, "focus"),), horizontal=True)
    places = place(values)
    tiles = tuple(
        Tile(u, names[u], *places[u], value=v, note=lost[u], sources=sources, focus=u == focus)
        for u, v in values.items()
    )
    note = Text(
        "等面积方块示意位置，不表示边界。", "One equal tile a region: places are schematic, no boundaries are drawn."
    )
    return TileMap(key, title, unit, tiles, middle=middle, digits=2, note=note)

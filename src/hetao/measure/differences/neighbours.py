"""Who is whose neighbour: pairs of units, with a weight where wanted."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from hetao.errors import Place
from hetao.figures.csv_in import read_csv_grid
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader
from hetao.text import Text

__all__ = ["neighbour_matrix", "province_neighbours"]


def province_neighbours() -> dict[str, list[str]]:
    """Return the pairs of mainland Chinese provinces that share a border, by GB/T 2260 code.

    Hainan, an island, is paired with Guangdong, across the strait, as is usual. To be handed to `moran`, `local_moran`
    and `spatial_markov` as it is, or edited first.

    Examples:
        >>> pairs = province_neighbours()
        >>> sorted(b for a, b in zip(pairs["unit"], pairs["neighbour"]) if a == "150000")
        ['210000', '220000', '230000', '610000', '620000', '640000']
    """
    folder = files("hetao.measure.differences") / "china_province_neighbours.csv"
    grid = read_csv_grid(Path(str(folder)), "china_province_neighbours.csv")
    units, others = zip(*((row[0], row[1]) for row in grid.rows[1:]), strict=True)
    return {"unit": list(units), "neighbour": list(others)}


def neighbour_matrix(call: str, neighbours: object, units: list[object]) -> Matrix:
    """Return the (N, N) weights of each unit's neighbours, each row adding to 1.

    A pair holds both ways, unless the other way is listed with a weight of its own.

    Args:
        call: that needs them.
        neighbours: a frame or mapping with the columns ``unit``, ``neighbour`` and, where wanted, ``weight`` (above 0).
        units: the N units, in order.

    Raises:
        ModelError: missing columns, units that are their own neighbours or stand twice, or without any neighbour among
            the units; everything at once.
    """
    reader = Reader(call, neighbours)
    reader.needs("neighbours", ["unit", "neighbour"])
    reader.done()
    ones, others = reader.key("unit").tolist(), reader.key("neighbour").tolist()
    weights = reader.numbers("weight", positive=True) if reader.has("weight") else np.ones(len(ones))
    pairs = list(zip(ones, others, strict=True))
    reader.once("neighbours", "neighbour", pairs)
    for row, (one, other) in enumerate(pairs):
        if one == other:
            expected = Text("别的单元", "another unit")
            reader.add("neighbours", Place(row=row, column="neighbour"), repr(other), expected)
    at = {unit: i for i, unit in enumerate(units)}
    found = np.zeros((len(units), len(units)))
    for (one, other), weight in zip(pairs, weights.tolist(), strict=True):
        if one in at and other in at:
            found[at[one], at[other]] = weight
            if found[at[other], at[one]] == 0.0:
                found[at[other], at[one]] = weight
    alone = [str(unit) for unit, row in zip(units, found, strict=True) if not row.any()]
    if alone:
        listed = ", ".join(alone[:10])
        expected = Text("每个单元至少一个邻居", "at least one neighbour of every unit")
        reader.add("neighbours", Place(item=listed), "–", expected)
    reader.done()
    shares: Matrix = found / found.sum(axis=1, keepdims=True)
    return shares

"""Who is whose neighbour: pairs of units, with a weight where wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np

from hetao.errors import Place
from hetao.figures.csv_in import read_csv_grid
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader
from hetao.text import Text

__all__ = ["Neighbours", "province_neighbours", "read_neighbours"]


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


@dataclass(frozen=True)
class Neighbours:
    """Pairs of units with weights above 0; a pair holds both ways, unless the other way has a weight of its own."""

    weights: Mapping[tuple[object, object], float]

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the pairs and weights, whatever their order."""
        lines = sorted(json.dumps([*pair, weight], default=str) for pair, weight in self.weights.items())
        return sha256("\n".join(lines).encode()).hexdigest()

    def matrix(self, units: Sequence[object]) -> Matrix:
        """Return the (N, N) weights of the neighbours of N units among them, each row adding to 1; 0 for one alone."""
        at = {unit: i for i, unit in enumerate(units)}
        found = np.zeros((len(units), len(units)))
        for (one, other), weight in self.weights.items():
            if one in at and other in at:
                found[at[one], at[other]] = weight
                if (other, one) not in self.weights:
                    found[at[other], at[one]] = weight
        sums = found.sum(axis=1, keepdims=True)
        shares: Matrix = np.divide(found, sums, out=np.zeros_like(found), where=sums > 0.0)
        return shares

    def require_some(self, alone: Sequence[tuple[object, object]], arguments: Arguments) -> None:
        """Record the units (unit, period or None) that have no neighbour, and what may be the matter."""
        by_period: dict[object, list[str]] = {}
        for unit, period in alone:
            by_period.setdefault(period, []).append(repr(unit))
        known = next(iter(self.weights), (None,))[0]
        for period, names in by_period.items():
            listed, when = ", ".join(names), "" if period is None else f"{period}: "
            arguments.refuse(
                "neighbours",
                found=Text(f"{when}没有邻居的单元 {listed}", f"{when}no neighbour of {listed}"),
                expected=Text("每个单元每期至少一个邻居", "at least one neighbour of every unit in every period"),
                remedy=Text(
                    f"补上邻居或去掉该单元；对照代码的写法（邻居表中如 {known!r}）",
                    f"add neighbours or leave the unit out; compare how codes are written ({known!r} among the pairs)",
                ),
            )


def read_neighbours(call: str, neighbours: object) -> Neighbours:
    """Read the pairs of a call.

    Args:
        call: that needs them.
        neighbours: a frame or mapping with the columns ``unit``, ``neighbour`` and, where wanted, ``weight`` (above 0).

    Raises:
        ModelError: missing columns or keys, weights that are none, units that are their own neighbours, or pairs that
            stand twice; everything at once.
    """
    reader = Reader(call, neighbours)
    reader.needs("neighbours", ["unit", "neighbour"])
    reader.done()
    ones, others = reader.key("unit").tolist(), reader.key("neighbour").tolist()
    weights = reader.numbers("weight", positive=True) if reader.has("weight") else np.ones(len(ones))
    pairs = list(zip(ones, others, strict=True))
    reader.once("neighbours", "neighbour", pairs, Text("每对一行", "one row a pair"))
    for row, (one, other) in enumerate(pairs):
        if one == other and one is not None:
            expected = Text("别的单元", "another unit")
            reader.add("neighbours", Place(row=row, column="neighbour"), repr(other), expected)
    reader.done()
    return Neighbours(dict(zip(pairs, weights.tolist(), strict=True)))

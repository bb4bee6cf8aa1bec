"""The data of a composite index: a value of every indicator for every unit and period, gaps and all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import FrameKind
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader

__all__ = ["Sheet", "read_sheet"]


@dataclass(frozen=True, eq=False)
class Sheet:
    """n rows of m indicators.

    Attributes:
        kind: of the caller's frame.
        unit_column, period_column: names of the key columns; the latter None for a cross-section.
        units, periods: (n,) keys of each row; periods are None for a cross-section.
        names: of the indicators.
        values: (n, m), NaN where missing.
    """

    kind: FrameKind
    unit_column: str
    period_column: str | None
    units: NDArray[np.object_]
    periods: NDArray[np.object_]
    names: tuple[str, ...]
    values: Matrix

    def keys(self) -> dict[str, list[Any]]:
        """Return the caller's own key columns."""
        found = {self.unit_column: self.units.tolist()}
        return found | ({self.period_column: self.periods.tolist()} if self.period_column else {})

    @cached_property
    def order(self) -> list[Any]:
        """The distinct periods in order: sorted where they can be, else as they come."""
        distinct = list(dict.fromkeys(self.periods.tolist()))
        return sorted(distinct) if len({type(p) for p in distinct}) == 1 and distinct != [None] else distinct

    @cached_property
    def positions(self) -> NDArray[np.intp]:
        """(n,) position of each row's period in their order."""
        at = {period: i for i, period in enumerate(self.order)}
        return np.array([at[p] for p in self.periods.tolist()], dtype=np.intp)

    def pools(self, over: str) -> Iterator[tuple[object, NDArray[np.intp]]]:
        """Yield what is normalised and weighed together: all rows, or each period's with the period."""
        if over == "panel":
            yield None, np.arange(len(self.units))
            return
        for i, period in enumerate(self.order):
            yield period, np.flatnonzero(self.positions == i)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of keys, names and values in row order."""
        keys = [self.unit_column, self.period_column, self.names, self.units.tolist(), self.periods.tolist()]
        digest = hashlib.sha256(json.dumps(keys, default=str, ensure_ascii=False).encode())
        digest.update(np.ascontiguousarray(self.values).tobytes())
        return digest.hexdigest()


def read_sheet(call: str, frame: object, *, tree: IndicatorTree, unit: str, period: str | None) -> Sheet:
    """Read the columns that a tree names.

    Raises:
        ModelError: unknown columns, missing keys, units that stand twice in a period, infinite values or texts;
            everything at once, each with its row and column.
    """
    reader = Reader(call, frame)
    reader.needs("unit", [unit])
    reader.needs("period", [] if period is None else [period])
    reader.needs("tree", tree.names)
    reader.done()
    reader.needs_rows(unit)
    units = reader.key(unit)
    periods = np.full(reader.size, None, dtype=object) if period is None else reader.key(period)
    values = np.column_stack([reader.numbers(name, gaps=True) for name in tree.names])
    reader.done()
    reader.once("unit", unit, list(zip(units.tolist(), periods.tolist(), strict=True)))
    reader.done()
    return Sheet(reader.kind, unit, period, units, periods, tree.names, values)

"""The data of a composite index: a value of every indicator for every unit and period, gaps and all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import Place
from hetao.figures.frames import FrameKind
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader
from hetao.text import Text

__all__ = ["Sheet", "read_sheet"]

OWN = {"score", "rank", "lower", "median", "upper", "same"} | {"dimension", "indicator", "direction", "weight", "value"}
"""Columns of the tables of results that stand beside the keys."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """n rows of m indicators.

    Attributes:
        kind: of the caller's frame.
        unit_column, period_column: names of the key columns; the latter None for a cross-section.
        units, periods: (n,) keys of each row; periods are None for a cross-section.
        names: of the indicators.
        values: (n, m), NaN where missing.
        order: the distinct periods in their order.
    """

    kind: FrameKind
    unit_column: str
    period_column: str | None
    units: NDArray[np.object_]
    periods: NDArray[np.object_]
    names: tuple[str, ...]
    values: Matrix
    order: tuple[Any, ...]

    def keys(self) -> dict[str, list[Any]]:
        """Return the caller's own key columns."""
        found = {self.unit_column: self.units.tolist()}
        return found | ({self.period_column: self.periods.tolist()} if self.period_column else {})

    @cached_property
    def positions(self) -> NDArray[np.intp]:
        """(n,) position of each row's period in their order."""
        at = {period: i for i, period in enumerate(self.order)}
        found = np.array([at[p] for p in self.periods.tolist()], dtype=np.intp)
        found.setflags(write=False)
        return found

    @property
    def times(self) -> Matrix:
        """(n,) when each row is: the period if a number, days from the first if a date, else its place in order."""
        first, listed = self.order[0], self.periods.tolist()
        if all(isinstance(p, Real) for p in self.order):
            return np.array(listed, dtype=float)
        if all(isinstance(p, date) for p in self.order):  # moments are dates too
            return np.array([(p - first) / timedelta(days=1) for p in listed])
        return self.positions.astype(float)

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
        ModelError: unknown columns, one column in two roles or named as one of a result's own, missing keys, periods
            that have no order, units that stand twice in a period, infinite values or texts; everything at once, each
            with its row and column.
    """
    reader = Reader(call, frame)
    reader.needs("unit", [unit])
    reader.needs("period", [] if period is None else [period])
    reader.needs("tree", tree.names)
    _check_names(reader, tree, unit, period)
    reader.done()
    reader.needs_rows(unit)
    units = reader.key(unit)
    periods, order = reader.periods(period)
    values = np.column_stack([reader.numbers(name, gaps=True) for name in tree.names])
    reader.once("unit", unit, list(zip(units.tolist(), periods.tolist(), strict=True)))
    reader.done()
    for array in (units, periods, values):
        array.setflags(write=False)
    return Sheet(reader.kind, unit, period, units, periods, tree.names, values, order)


def _check_names(reader: Reader, tree: IndicatorTree, unit: str, period: str | None) -> None:
    """Record names that would hide one another in the tables of a result."""
    reader.distinct(OWN, unit=unit, period=period)
    keys = {name for name in (unit, period) if isinstance(name, str)}
    for name in [*(n for n in tree.names if n in keys), *(d for d in tree.dimensions if d in {"score", "rank", *keys})]:
        reader.add("tree", Place(item="tree"), repr(name), Text("与其他列不同的名称", "a name of its own"))

"""A value of units by period and group, read from a caller's frame and checked once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import FrameKind
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader
from hetao.measure.results import Statement

__all__ = ["DistributionStatement", "Values", "read_values"]


@dataclass(frozen=True)
class Values:
    """n observations of one value, all above 0.

    Attributes:
        kind: of the caller's frame, for giving tables back.
        value: (n,) the values.
        weight: (n,) weights above 0, 1 where none were named.
        unit, period, group: (n,) keys; None where the column was not named.
        order: the distinct periods in their order.
    """

    kind: FrameKind
    value: Matrix
    weight: Matrix
    unit: NDArray[np.object_] | None
    period: NDArray[np.object_] | None
    group: NDArray[np.object_] | None
    order: tuple[Any, ...]

    def by_period(self) -> Iterator[tuple[object, NDArray[np.intp]]]:
        """Yield each period, in order, with its rows; None with all rows where there is no period."""
        if self.period is None:
            yield None, np.arange(len(self.value))
            return
        for period in self.order:
            yield period, np.flatnonzero([p == period for p in self.period.tolist()])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of values, weights and keys in row order."""
        keys = [None if key is None else key.tolist() for key in (self.unit, self.period, self.group)]
        digest = hashlib.sha256(json.dumps(keys, default=str, ensure_ascii=False).encode())
        digest.update(self.value.tobytes() + self.weight.tobytes())
        return digest.hexdigest()

    def give(self, period_column: str | None, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401 # the caller's kind
        """Return a table in the caller's kind of frame, its first column the period where there is one."""
        names = list(rows[0])
        kept = [name for name in names if name != "period" or period_column]
        columns = {period_column if name == "period" else name: [row[name] for row in rows] for name in kept}
        return self.kind.give({str(name): column for name, column in columns.items()})


@dataclass(frozen=True, eq=False, repr=False)
class DistributionStatement(Statement):
    """What is said of how a value is distributed.

    Attributes:
        values: the observations.
        period_column: name of the period's column; None where there is none.
    """

    values: Values
    period_column: str | None

    def _data_hash(self) -> str:
        return self.values.fingerprint


def read_values(
    call: str,
    frame: object,
    *,
    value: str,
    unit: str | None = None,
    period: str | None = None,
    group: str | None = None,
    weight: str | None = None,
    own: Collection[str] = (),
) -> Values:
    """Read and check the columns of a call; ``own`` are those of its tables, which no key may be named as.

    Raises:
        ModelError: unknown columns, keys named as a column of the tables, missing keys, values or weights that are not
            numbers above 0, units that stand twice in one period; everything at once, each with its row and column.
    """
    reader = Reader(call, frame)
    for role, name in (("value", value), ("unit", unit), ("period", period), ("group", group), ("weight", weight)):
        reader.needs(role, [] if name is None and role != "value" else [name])
    reader.distinct(own, unit=unit, period=period)
    reader.distinct((), value=value, unit=unit, period=period, group=group)
    reader.done()
    reader.needs_rows(value)
    numbers = reader.numbers(value, positive=True)
    weights = np.ones(reader.size) if weight is None else reader.numbers(weight, positive=True)
    units, groups = (None if name is None else reader.key(name) for name in (unit, group))
    periods, order = reader.periods(period)
    if units is not None:
        reader.once("unit", str(unit), list(zip(units.tolist(), periods.tolist(), strict=True)))
    reader.done()
    return Values(reader.kind, numbers, weights, units, None if period is None else periods, groups, order)

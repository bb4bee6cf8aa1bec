"""A value of units by period and group, read from a caller's frame and checked once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import FrameKind
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader

__all__ = ["Values", "read_values"]


@dataclass(frozen=True)
class Values:
    """n observations of one value, all above 0.

    Attributes:
        kind: of the caller's frame, for giving tables back.
        value: (n,) the values.
        weight: (n,) weights above 0, 1 where none were named.
        unit, period, group: (n,) keys; None where the column was not named.
    """

    kind: FrameKind
    value: Matrix
    weight: Matrix
    unit: NDArray[np.object_] | None
    period: NDArray[np.object_] | None
    group: NDArray[np.object_] | None

    def by_period(self) -> Iterator[tuple[object, NDArray[np.intp]]]:
        """Yield each period, in order, with its rows; None with all rows where there is no period."""
        if self.period is None:
            yield None, np.arange(len(self.value))
            return
        distinct = list(dict.fromkeys(self.period.tolist()))
        alike = len({type(p) for p in distinct}) == 1  # periods of several types have no order but that of the rows
        for period in sorted(distinct) if alike else distinct:
            yield period, np.flatnonzero([p == period for p in self.period.tolist()])

    def give(self, period_column: str | None, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401 # the caller's kind
        """Return a table in the caller's kind of frame, its first column the period where there is one."""
        names = list(rows[0])
        kept = [name for name in names if name != "period" or period_column]
        columns = {period_column if name == "period" else name: [row[name] for row in rows] for name in kept}
        return self.kind.give({str(name): column for name, column in columns.items()})


def read_values(
    call: str,
    frame: object,
    *,
    value: str,
    unit: str | None = None,
    period: str | None = None,
    group: str | None = None,
    weight: str | None = None,
) -> Values:
    """Read and check the columns of a call.

    Raises:
        ModelError: unknown columns, missing keys, values or weights that are not numbers above 0, units that stand
            twice in one period; everything at once, each with its row and column.
    """
    reader = Reader(call, frame)
    for role, name in (("value", value), ("unit", unit), ("period", period), ("group", group), ("weight", weight)):
        reader.needs(role, [] if name is None else [name])
    reader.done()
    reader.needs_rows(value)
    numbers = reader.numbers(value, positive=True)
    weights = np.ones(reader.size) if weight is None else reader.numbers(weight, positive=True)
    units, periods, groups = (None if name is None else reader.key(name) for name in (unit, period, group))
    reader.done()
    if units is not None:
        at = [None] * len(units) if periods is None else periods.tolist()
        reader.once("unit", str(unit), list(zip(units.tolist(), at, strict=True)))
    reader.done()
    return Values(reader.kind, numbers, weights, units, periods, groups)

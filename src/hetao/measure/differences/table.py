"""A value of units by period and group, read from a caller's frame and checked once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problems
from hetao.figures.frames import FrameKind, read_columns
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

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
    columns, kind = read_columns(frame)
    problems = Problems(ModelError)
    for role, name in (("value", value), ("unit", unit), ("period", period), ("group", group), ("weight", weight)):
        if name is not None and (not isinstance(name, str) or name not in columns):
            listed = ", ".join(columns)
            _add(problems, call, role, Place(item=role), f"{name!r}", Text(f"以下之一：{listed}", f"one of: {listed}"))
    problems.raise_if_any()
    size = len(columns[value])
    if not size:
        _add(problems, call, "value", Place(column=value), "0", Text("至少一行", "at least one row"))
    numbers = _numbers(call, columns[value], value, problems)
    weights = np.ones(size) if weight is None else _numbers(call, columns[weight], weight, problems)
    keys = {name: None if name is None else columns[name].astype(object) for name in (unit, period, group)}
    for name, column in keys.items():
        for row in [] if column is None else [i for i, v in enumerate(column.tolist()) if v is None or v != v]:
            _add(problems, call, "key", Place(row=row, column=str(name)), "None", Text("有值", "a value"))
    problems.raise_if_any()
    found = Values(kind, numbers, weights, *(keys[name] for name in (unit, period, group)))
    _check_unique(call, found, str(unit), problems)
    problems.raise_if_any()
    return found


def _numbers(call: str, values: NDArray[Any], name: str, problems: Problems) -> Matrix:
    found = np.full(len(values), np.nan)
    for row, value in enumerate(values.tolist()):
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else np.nan
        found[row] = number
        if not 0.0 < found[row] < np.inf:
            _add(
                problems,
                call,
                "value",
                Place(row=row, column=name),
                f"{value!r}",
                Text("大于 0 的数", "a number above 0"),
            )
    return found


def _check_unique(call: str, found: Values, name: str, problems: Problems) -> None:
    if found.unit is None:
        return
    periods = [None] * len(found.value) if found.period is None else found.period.tolist()
    seen: set[tuple[object, object]] = set()
    for row, key in enumerate(zip(found.unit.tolist(), periods, strict=True)):
        if key in seen:
            expected = Text("每个单元每期一行", "one row a unit and period")
            _add(problems, call, "unit", Place(row=row, column=name), f"{key!r}", expected)
        seen.add(key)


def _add(problems: Problems, call: str, what: str, place: Place, found: str, expected: Text) -> None:
    remedy = Text("改正数据或参数", "correct the data or the argument")
    problems.add(f"{call}.{what}", place, found=Text(found, found), expected=expected, remedy=remedy)

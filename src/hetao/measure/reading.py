"""Columns of a caller's frame, read and checked: everything wrong at once, each with its row and column."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, PanelError, Place, Problems
from hetao.figures.frames import FrameKind, category_order, read_columns
from hetao.figures.keys import is_missing, sorted_periods
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["Reader"]

ONE_ROW = Text("每个单元每期一行", "one row a unit and period")


class Reader:
    """Reads the columns that one call needs of one frame; leave with `done`.

    Args:
        call: its name.
        frame: any kind of frame, or a mapping of columns.

    Raises:
        ModelError: it is no frame.
    """

    def __init__(self, call: str, frame: object) -> None:
        self._call, self._frame, self._problems = call, frame, Problems(ModelError)
        try:
            self._columns, self.kind = read_columns(frame)
        except PanelError as error:
            raise ModelError(error.problems) from error

    kind: FrameKind

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def add(self, what: str, place: Place, found: str, expected: Text) -> None:
        """Record one thing that is wrong."""
        remedy = Text("改正数据或参数", "correct the data or the argument")
        self._problems.add(f"{self._call}.{what}", place, found=Text(found, found), expected=expected, remedy=remedy)

    def done(self) -> None:
        """Raise `ModelError` with everything recorded, if anything was."""
        self._problems.raise_if_any()

    def needs(self, role: str, names: Sequence[object]) -> None:
        """Require columns of these names, for the argument ``role``."""
        listed = ", ".join(self._columns)
        for name in names:
            if not isinstance(name, str) or name not in self._columns:
                self.add(role, Place(item=role), repr(name), Text(f"以下之一：{listed}", f"one of: {listed}"))

    def has(self, name: str) -> bool:
        """Say whether there is a column of this name."""
        return name in self._columns

    def needs_rows(self, column: str) -> None:
        """Require at least one row."""
        if not self.size:
            self.add("value", Place(column=column), "0", Text("至少一行", "at least one row"))

    def cells(self, name: str) -> list[Any]:
        """Return a column's values."""
        found: list[Any] = self._columns[name].tolist()
        return found

    def key(self, name: str) -> NDArray[np.object_]:
        """Return a column of keys, none of them missing; None where one is no key, which is recorded."""
        found = self._columns[name].astype(object)
        for row, value in enumerate(self.cells(name)):
            if is_missing(value):
                self.add("key", Place(row=row, column=name), "None", Text("有值", "a value"))
                found[row] = None
            elif not isinstance(value, Hashable):
                expected = Text("单个值：文字、数或日期", "a single value: text, number or date")
                self.add("key", Place(row=row, column=name), repr(value), expected)
                found[row] = None
        return found

    def periods(self, name: str | None) -> tuple[NDArray[np.object_], tuple[Any, ...]]:
        """Return a column of periods and the distinct ones in their order; None everywhere where there is no column."""
        if name is None:
            return np.full(self.size, None, dtype=object), (None,)
        keys = self.key(name)
        known = [key for key in keys.tolist() if key is not None]
        return keys, sorted_periods(known, category_order(self._frame, name), name, self._problems, self._call)

    def distinct(self, taken: Collection[str], **names: str | None) -> None:
        """Require that the columns named by several arguments are not one and the same, and not named as others are."""
        seen = set(taken)
        for role, name in names.items():
            if not isinstance(name, str):
                continue  # none was named, or it was told already that it is no name
            if name in seen:
                self.add(role, Place(item=role), repr(name), Text("与其他列不同的名称", "a name of its own"))
            seen.add(name)

    def once(self, what: str, column: str, keys: Sequence[object], expected: Text = ONE_ROW) -> None:
        """Require that no key stands twice."""
        seen: set[object] = set()
        for row, key in enumerate(keys):
            if key is None or (isinstance(key, tuple) and key[0] is None):
                continue  # that it is missing is told already
            if key in seen:
                self.add(what, Place(row=row, column=column), repr(key), expected)
            seen.add(key)

    def numbers(
        self, name: str, *, rows: Sequence[int] | None = None, positive: bool = False, gaps: bool = False
    ) -> Matrix:
        """Return a column as finite numbers.

        Args:
            name: of the column.
            rows: which of its rows; None: all.
            positive: must they be above 0?
            gaps: may they be missing? They are NaN then.
        """
        cells = self.cells(name)
        chosen = range(len(cells)) if rows is None else rows
        found = np.full(len(chosen), np.nan)
        expected = Text("大于 0 的数", "a number above 0") if positive else Text("有限的数", "a finite number")
        for i, row in enumerate(chosen):
            value = cells[row]
            missing = is_missing(value)
            number = np.nan if missing else _as_float(value)
            if np.isfinite(number) and (number > 0.0 or not positive):
                found[i] = number
            elif not (missing and gaps):
                self.add("value", Place(row=row, column=name), repr(value), expected)
        return found


def _as_float(value: object) -> float:
    """Return a number as a float; NaN where it is none, or beyond what a float holds."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.nan

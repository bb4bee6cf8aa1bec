"""`Layout`: how a wide table lies, declared by the user: where its values are and what names them.

A yearbook table with regions down the side, years across and the indicator merged above them is::

    Layout(
        values="B4:G34",
        by_column={"region": "A"},
        by_row={"indicator": 1, "unit": 2, "period": 3},
        fixed={"source": "nbs_yearbook_2023"},
    )
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hetao.errors import FiguresError, Place, Problem, Problems
from hetao.figures.faults import fault
from hetao.figures.grid import Grid, column_number
from hetao.text import Text

__all__ = ["FIELDS", "Layout", "WideRow", "no_such_path", "nothing_there"]

FIELDS = ("region", "period", "indicator", "unit", "source", "note")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})?")
_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a wide table lies. Each field of a figure is named in exactly one of three ways.

    Attributes:
        values: the range of the values in A1 notation, e.g. ``B4:G34``; ``B4:G`` runs to the last row.
        by_column: field → letters of the column that holds it.
        by_row: field → number of the header row that holds it, from 1; merged cells count for all their columns.
        fixed: field → its text, the same for every value.
        sheet: the sheet; the first one where none is named.

    The fields are ``region``, ``period``, ``indicator``, ``unit``, ``source`` and, where wanted, ``note``.

    Raises:
        FiguresError: an unreadable range, letters or row; a field named twice, not at all, or unknown; all at once.
    """

    values: str
    by_column: Mapping[str, str] = field(default_factory=dict)
    by_row: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""

    def __post_init__(self) -> None:
        problems = Problems(FiguresError)
        if _RANGE.fullmatch(self.values) is None:
            _wrong(problems, "values", self.values, Text("范围，如 B4:G34", "a range such as B4:G34"))
        named = [*self.by_column, *self.by_row, *self.fixed]
        for name in dict.fromkeys(named):
            if name not in FIELDS or named.count(name) > 1:
                listed = ", ".join(FIELDS)
                _wrong(problems, name, name, Text(f"{listed}，各一次", f"{listed}, once each"))
        for name in FIELDS[:-1]:
            if name not in named:
                expected = Text(f"{name} 所在的列、行或固定文字", f"the column, row or fixed text of {name}")
                _wrong(problems, name, "", expected)
        for name, letters in self.by_column.items():
            if _LETTERS.fullmatch(letters) is None:
                _wrong(problems, name, letters, Text("列字母，如 A", "column letters such as A"))
        for name, number in self.by_row.items():
            if number < 1:
                _wrong(problems, name, str(number), Text("行号，从 1 起", "a row number from 1"))
        problems.raise_if_any()

    def uses(self, row: int, column: int) -> bool:
        """Say whether a cell (from 0) is a value or names one."""
        top, left, bottom, right = self._span
        in_rows, in_columns = top <= row and (bottom is None or row <= bottom), left <= column <= right
        names_row = in_rows and column in {column_number(letters) for letters in self.by_column.values()}
        names_column = in_columns and row + 1 in self.by_row.values()
        return (in_rows and in_columns) or names_row or names_column

    def rows(self, grid: Grid) -> Iterator[WideRow]:
        """Return one tidy row for each cell of the range, row by row; wholly blank rows are left out."""
        top, left, bottom, right = self._span
        last = len(grid.rows) if bottom is None else min(bottom + 1, len(grid.rows))
        for row in range(top, last):
            if grid.is_blank(row):
                continue
            for column in range(left, right + 1):
                yield WideRow(grid, self, row, column)

    @property
    def _span(self) -> tuple[int, int, int | None, int]:
        """The range of the values, from 0: top, left, bottom (None: to the last row), right."""
        found = _RANGE.fullmatch(self.values)
        assert found is not None  # checked when the layout was made
        bottom = int(found[4]) - 1 if found[4] else None
        return int(found[2]) - 1, column_number(found[1]), bottom, column_number(found[3])


@dataclass(frozen=True, slots=True)
class WideRow:
    """One value of a wide table as a tidy row: ``row["region"]`` is a text, ``row.place("region")`` where it stands."""

    grid: Grid
    layout: Layout
    row: int
    column: int

    def __getitem__(self, name: str) -> str:
        """Return the text of a field, or of ``value``; blank where the layout does not name it."""
        if name in self.layout.fixed:
            return self.layout.fixed[name]
        row, column = self.at(name)
        cells = self.grid.rows[row] if row < len(self.grid.rows) else ()
        return cells[column] if 0 <= column < len(cells) else ""

    def place(self, name: str = "value") -> Place:
        """Return the place of a field's cell."""
        if name in self.layout.fixed:
            return Place(file=self.grid.file, sheet=self.grid.sheet, item=f"fixed {name}")
        row, column = self.at(name)
        if row >= len(self.grid.rows):
            return Place(file=self.grid.file, sheet=self.grid.sheet, row=row + 1)
        return self.grid.place(row, column, name)

    def at(self, name: str) -> tuple[int, int]:
        """Return the row and column (from 0) of a field's cell; column -1 where the layout does not name it."""
        if name in self.layout.by_column:
            return self.row, column_number(self.layout.by_column[name])
        if name in self.layout.by_row:
            return self.layout.by_row[name] - 1, self.column
        return self.row, self.column if name == "value" else -1


def nothing_there(layout: Layout, file: str) -> FiguresError:
    """Return the error for a layout whose sheet or range holds nothing in a file."""
    return fault(
        "nothing_there",
        Place(file=file, sheet=layout.sheet),
        found=Text(f"{layout.values} 没有内容", f"nothing in {layout.values}"),
        expected=Text("Layout 所指的表", "the table that the Layout points to"),
        remedy=Text("改正 Layout 的 sheet 或 values", "correct the Layout's sheet or values"),
    )


def no_such_path(file: str) -> Problem:
    """Return the problem of a layout for a file that is not read."""
    return Problem(
        "figures.layout_without_file",
        Place(file=file),
        found=Text("Layout 所指的文件不在所读文件之列", "a Layout for a file that is not among those read"),
        expected=Text("所读的文件之一", "one of the files read"),
        remedy=Text("改正路径，或把文件列入", "correct the path, or list the file"),
    )


def _wrong(problems: Problems, item: str, found: str, expected: Text) -> None:
    problems.add(
        "figures.bad_layout",
        Place(item=f"Layout {item}"),
        found=Text(f"“{found}”", f"{found!r}"),
        expected=expected,
        remedy=Text("改正 Layout", "correct the Layout"),
    )

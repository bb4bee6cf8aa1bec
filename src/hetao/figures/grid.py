"""`Grid`: the cells of one csv file or one sheet as plain text, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from hetao.errors import Place

__all__ = ["Grid", "Span", "column_letters", "column_number"]

Span = tuple[int, int, int, int]  # first row, first column, last row, last column; all from 0, all included


def column_letters(column: int) -> str:
    """Return the letters of a column counted from 0: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the column of its letters, counted from 0; the letters must be A to Z in capitals."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


@dataclass(frozen=True)
class Grid:
    """Cells as text; a blank cell is ``""``.

    Attributes:
        file: the file's name for people.
        sheet: the sheet's name; empty for csv and data frames.
        rows: cells by row; rows of a sheet are equally long, rows of a csv file as long as they were written.
        numbers: the number of each row as an editor shows it (a data frame's rows count from 0,
            and its header has none).
        merged: merged ranges of a sheet, with cells counted from 0.
        repeated: cells (row and column from 0) of merged ranges that repeat the text of the range's first cell.
        errors: text of the formula errors (``#REF!`` ...) by row and column from 0.
        percents: cells in a percentage format (row and column from 0).
        delimiter: what separates the cells of a csv file.
        blank_may_hide_error: True where the format gives a formula error as a blank cell (``.xls``).
    """

    file: str
    sheet: str
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int | None, ...]
    merged: tuple[Span, ...] = ()
    repeated: frozenset[tuple[int, int]] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    percents: frozenset[tuple[int, int]] = frozenset()
    delimiter: str = ""
    blank_may_hide_error: bool = False

    def place(self, row: int | None = None, column: int | None = None, name: str = "") -> Place:
        """Return the place of a cell, row or the whole grid; row and column are counted from 0.

        A sheet's cell is named in A1 notation, a csv file's by its row number and column name.
        """
        if row is None:
            return Place(file=self.file, sheet=self.sheet, column=name)
        number = self.numbers[row]
        if self.sheet and column is not None:
            return Place(file=self.file, sheet=self.sheet, cell=f"{column_letters(column)}{number}")
        return Place(file=self.file, sheet=self.sheet, row=number, column=name)

    def is_blank(self, row: int) -> bool:
        """Say whether a row holds neither text nor a formula error."""
        return not any(self.rows[row]) and row not in self._rows_with_errors

    @cached_property
    def _rows_with_errors(self) -> frozenset[int]:
        return frozenset(row for row, _ in self.errors)

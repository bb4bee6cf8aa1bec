"""Targets from the rows of a table, with everything that is wrong reported at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import cast

from hetao.errors import Place, Problems, TrackError
from hetao.text import Text
from hetao.track.targets import Bound, Target

__all__ = ["OPTIONAL_COLUMNS", "REQUIRED_COLUMNS", "targets_from_rows"]

REQUIRED_COLUMNS = (
    "target",
    "region",
    "indicator",
    "bound",
    "value",
    "unit",
    "base_period",
    "deadline",
    "path",
    "source",
    "note",
)
OPTIONAL_COLUMNS = ("base_value",)

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_YEAR = re.compile(r"[0-9]{4}")
_FIRST_ROW = 2  # the header is row 1


def targets_from_rows(rows: Iterable[Mapping[str, str]], file: str) -> tuple[Target, ...]:
    """Read targets from rows that map column names to cell texts, the first row standing below a header.

    The columns are `REQUIRED_COLUMNS` and, where wanted, `OPTIONAL_COLUMNS`. The cells of ``unit``,
    ``base_period``, ``base_value``, ``path`` and ``note`` may be empty; an empty path is a straight line.

    Args:
        rows: one mapping a row, in the order of the file.
        file: name of the file, for the places of problems.

    Returns:
        The targets in the order of the rows.

    Raises:
        TrackError: no rows, missing or unknown columns, cells that cannot be read, targets that break their
            contract, keys used twice; everything at once, each with file, row and column.
    """
    problems = Problems(TrackError)
    listed = list(rows)
    _check_columns(listed, file, problems)
    problems.raise_if_any()
    targets: list[Target] = []
    first_seen: dict[str, int] = {}
    for number, row in enumerate(listed, start=_FIRST_ROW):
        reader = _Row(row, Place(file=file, row=number), problems)
        reader.check_key(first_seen)
        targets.extend(reader.target())
    problems.raise_if_any()
    return tuple(targets)


def _check_columns(rows: list[Mapping[str, str]], file: str, problems: Problems) -> None:
    if not rows:
        problems.add(
            "track.no_rows",
            Place(file=file),
            found=Text("没有数据行", "no rows"),
            expected=Text("表头下至少一行目标", "at least one target below the header"),
            remedy=Text("每个目标填写一行", "write one row for each target"),
        )
        return
    known = REQUIRED_COLUMNS + OPTIONAL_COLUMNS
    names = ", ".join(known)
    for column in (name for name in REQUIRED_COLUMNS if name not in rows[0]):
        problems.add(
            "track.missing_column",
            Place(file=file, row=1, column=column),
            found=Text("没有此列", "no such column"),
            expected=Text(f"列 {names}", f"the columns {names}"),
            remedy=Text("在表头补上此列", "add the column to the header"),
        )
    for column in (str(name) for name in rows[0] if name not in known):
        problems.add(
            "track.unknown_column",
            Place(file=file, row=1, column=column),
            found=Text("未知的列", "an unknown column"),
            expected=Text(f"列 {names}", f"the columns {names}"),
            remedy=Text("改名或删去此列", "rename or remove the column"),
        )


class _Row:
    """Reads one row; a cell that cannot be read is a problem, and a stand-in keeps the other checks going."""

    def __init__(self, row: Mapping[str, str], place: Place, problems: Problems) -> None:
        self._row = row
        self._place = place
        self._problems = problems

    def target(self) -> tuple[Target, ...]:
        """Return the row's target, or nothing where its contract is broken."""
        try:
            target = Target(
                key=self._cell("target"),
                region=self._cell("region"),
                indicator=self._cell("indicator"),
                bound=cast("Bound", self._cell("bound")),  # Target refuses every other text
                value=self._number("value"),
                unit=self._cell("unit"),
                base_period=self._year("base_period", stand_in=1) if self._cell("base_period") else None,
                base_value=self._number("base_value") if self._cell("base_value") else None,
                deadline=self._year("deadline", stand_in=9999),
                path=self._cell("path") or "straight_line",
                source=self._cell("source"),
                note=self._cell("note"),
            )
        except TrackError as error:
            file, row = self._place.file, self._place.row
            self._problems.extend(replace(p, place=replace(p.place, file=file, row=row)) for p in error.problems)
            return ()
        return (target,)

    def check_key(self, first_seen: dict[str, int]) -> None:
        """Record a key that an earlier row has, and remember it otherwise."""
        key, row = self._cell("target"), self._place.row or 0
        first = first_seen.setdefault(key, row)
        if key and first != row:
            self._add(
                "track.duplicate_key",
                "target",
                expected=Text(f"与第 {first} 行不同的名称", f"a name other than that of row {first}"),
                remedy=Text("为每个目标另取名称", "give each target a name of its own"),
            )

    def _number(self, column: str) -> Decimal:
        cell = self._cell(column)
        if _NUMBER.fullmatch(cell):
            return Decimal(cell)
        self._add(
            "track.not_a_number",
            column,
            expected=Text("十进制数，如 0.59", "a decimal number such as 0.59"),
            remedy=Text("只写数字，单位写在 unit 列", "write the number alone and its unit in the column unit"),
        )
        return Decimal(0)

    def _year(self, column: str, *, stand_in: int) -> int:
        cell = self._cell(column)
        if _YEAR.fullmatch(cell):
            return int(cell)
        self._add(
            "track.not_a_year",
            column,
            expected=Text("四位年份，如 2025", "a year in four digits such as 2025"),
            remedy=Text("只写年份", "write the year alone"),
        )
        return stand_in

    def _cell(self, column: str) -> str:
        return (self._row.get(column) or "").strip()

    def _add(self, code: str, column: str, *, expected: Text, remedy: Text) -> None:
        cell = self._cell(column)
        found = Text(f"“{cell}”", f'"{cell}"')
        place = replace(self._place, column=column)
        self._problems.add(code, place, found=found, expected=expected, remedy=remedy)

"""A result's tables as a workbook."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hetao.errors import ModelError, Place, Problem
from hetao.figures.frames import Columns, read_columns
from hetao.measure.files import writable
from hetao.text import Text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_workbook"]

ROWS_AT_MOST = 1_048_575  # of a sheet, below its head
_CREATED = datetime(2000, 1, 1)  # a fixed date: equal results give equal files


def write_workbook(path: str | Path, about: Mapping[Text, str], tables: Mapping[Text, Any]) -> None:
    """Write an about sheet and one sheet a table, numbers to 16 digits, missing ones as empty cells.

    Raises:
        ModelError: another ending, a folder, a folder that is not there, a file that cannot be written, or a table
            with more rows than a sheet holds.
    """
    from xlsxwriter.exceptions import XlsxFileError

    with writable("to_excel", path, ".xlsx", XlsxFileError) as target:
        sheets = {title: read_columns(table)[0] for title, table in tables.items()}
        sizes = {title: len(next(iter(columns.values()))) for title, columns in sheets.items()}
        long = {title: n for title, n in sizes.items() if n > ROWS_AT_MOST}
        if long:
            raise ModelError([_too_long(title, n) for title, n in long.items()])
        _write_book(target, about, sheets)


def _write_book(path: Path, about: Mapping[Text, str], sheets: Mapping[Text, Columns]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True})
        first = book.add_worksheet(str(Text("关于", "about")))
        first.set_column(0, 0, 24, bold)
        first.set_column(1, 1, 100)
        for row, (key, value) in enumerate(about.items()):
            first.write_string(row, 0, str(key))
            first.write_string(row, 1, value)
        for title, columns in sheets.items():
            sheet = book.add_worksheet(str(title))
            sheet.freeze_panes(1, 0)
            for j, (name, values) in enumerate(columns.items()):
                sheet.write_string(0, j, name, bold)
                for i, value in enumerate(values.tolist(), start=1):
                    _write(sheet, i, j, value)


def _too_long(title: Text, rows: int) -> Problem:
    return Problem(
        "to_excel.rows",
        Place(item=str(title)),
        found=Text(f"{rows} 行", f"{rows} rows"),
        expected=Text(f"工作表至多 {ROWS_AT_MOST} 行", f"at most {ROWS_AT_MOST} rows, which is what a sheet holds"),
        remedy=Text("用结果的数据框写 csv 或 parquet", "write the result's frames as csv or parquet"),
    )


def _write(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, bool | int | float) and math.isfinite(value):
        sheet.write_number(row, column, value)
    elif value is not None and not isinstance(value, float):
        sheet.write_string(row, column, str(value))

"""Read the sheets of a workbook (xlsx, xlsm, xls, ods) into grids of text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hetao.errors import Place
from hetao.figures.faults import fault
from hetao.figures.files import check_extent
from hetao.figures.grid import Grid, Span
from hetao.figures.scan import SheetScan, scan_workbook, unreadable
from hetao.text import Text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["cell_text", "read_sheet_grids"]

_ABSENT = ("nan", "NaN", "NaT", "<NA>")  # how data frames print a value that is not there
_WHOLE_BELOW = 1e15  # a spreadsheet keeps 15 digits


def cell_text(value: object) -> str:
    """Return a cell's value as text: whole numbers without a point, others by their shortest exact form."""
    if isinstance(value, str):
        return value.strip()
    if value is None or str(value) in _ABSENT:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE_BELOW else repr(float(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    return str(value).strip()


def read_sheet_grids(path: Path, shown: str) -> tuple[Grid, ...]:
    """Return one grid for each worksheet, in the workbook's order; merged ranges repeat their first cell's text.

    Raises:
        FiguresError: the file is broken, protected, or beyond the limits of `hetao.figures.files`; no sheet has cells.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    old = path.suffix.lower() == ".xls"
    scans = {} if old else scan_workbook(path, shown)
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = _worksheets(book)
            grids = [_grid(book, name, shown, scans.get(name, SheetScan()), old=old) for name in names]
    except CalamineError as error:
        raise unreadable(shown, error) from None
    filled = tuple(grid for grid in grids if grid.rows)
    if not filled:
        raise fault(
            "empty_file",
            Place(file=shown),
            found=Text("没有内容的工作簿", "a workbook without content"),
            expected=Text("至少一个有表头和数据的工作表", "at least one sheet with a header and rows"),
            remedy=Text("填写数据，或去掉这个文件", "fill it in, or leave the file out"),
        )
    return filled


def _worksheets(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum

    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]


def _grid(book: CalamineWorkbook, name: str, shown: str, scan: SheetScan, *, old: bool) -> Grid:
    sheet = book.get_sheet_by_name(name)
    height, width = (0, 0) if sheet.end is None else (sheet.end[0] + 1, sheet.end[1] + 1)
    check_extent(Place(file=shown, sheet=name), height, width)
    rows = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for row in rows:
        row.extend([""] * (width - len(row)))
    given = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    merged = [_clipped(span, height, width) for span in (*given, *scan.merged) if span[0] < height and span[1] < width]
    repeated = _fill(rows, merged)
    texts = tuple(tuple(row) for row in rows)
    numbers = tuple(range(1, height + 1))
    return Grid(
        shown,
        name,
        texts,
        numbers,
        merged=tuple(merged),
        repeated=repeated,
        errors=scan.errors,
        percents=frozenset(scan.percents),
        blank_may_hide_error=old,
    )


def _clipped(span: Span, height: int, width: int) -> Span:
    top, left, bottom, right = span
    return top, left, min(bottom, height - 1), min(right, width - 1)


def _fill(rows: list[list[str]], merged: Iterable[Span]) -> frozenset[tuple[int, int]]:
    """Repeat each range's first text over the range and return the cells so filled; overlaps are left as they are."""
    repeated: set[tuple[int, int]] = set()
    for top, left, bottom, right in merged:
        if (bottom, right) in repeated:
            continue
        cells = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)][1:]
        for r, c in cells:
            rows[r][c] = rows[top][left]
        repeated.update(cells)
    return frozenset(repeated)

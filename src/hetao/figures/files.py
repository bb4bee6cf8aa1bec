"""The door for files: kind, size and encoding are checked, by stated limits, before anything is read."""

from __future__ import annotations

import os
from pathlib import Path

from hetao.errors import Place
from hetao.figures.faults import fault
from hetao.text import Text

__all__ = [
    "CSV_KINDS",
    "MAX_CELLS",
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "MAX_ROWS",
    "MAX_UNPACKED_BYTES",
    "SHEET_KINDS",
    "check_extent",
    "check_file",
    "read_text",
]

MAX_FILE_BYTES = 50_000_000  # of one file, as it lies on the disk
MAX_UNPACKED_BYTES = 500_000_000  # of one workbook, unpacked
MAX_ROWS = 500_000  # of one csv file or sheet
MAX_COLUMNS = 2_000  # of one csv file or sheet
MAX_CELLS = 10_000_000  # of one csv file or sheet: the rectangle that holds every cell

CSV_KINDS = (".csv", ".tsv", ".txt")
SHEET_KINDS = (".xlsx", ".xlsm", ".xls", ".ods")


def check_file(path: Path, shown: str) -> None:
    """Refuse a path that is no file, is empty, is of an unknown kind or is larger than `MAX_FILE_BYTES`.

    Raises:
        FiguresError: one problem; the file has not been opened.
    """
    place = Place(file=shown)
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises on a name that is too long
        raise fault(
            "no_file",
            place,
            found=Text("没有这个文件", "no such file"),
            expected=Text("可读的文件", "a file that can be read"),
            remedy=Text("改正路径或放入文件", "correct the path or put the file there"),
        )
    kinds = ", ".join((*CSV_KINDS, *SHEET_KINDS))
    if path.suffix.lower() not in (*CSV_KINDS, *SHEET_KINDS):
        raise fault(
            "unknown_kind",
            place,
            found=Text(f"文件类型“{path.suffix}”", f"the kind of file {path.suffix!r}"),
            expected=Text(f"以下之一：{kinds}", f"one of: {kinds}"),
            remedy=Text("另存为 csv 或 xlsx", "save it as csv or xlsx"),
        )
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise fault(
            "file_too_large",
            place,
            found=Text(f"{size / 1e6:.1f} MB", f"{size / 1e6:.1f} MB"),
            expected=Text(f"不超过 {MAX_FILE_BYTES / 1e6:.0f} MB", f"at most {MAX_FILE_BYTES / 1e6:.0f} MB"),
            remedy=Text("只保留所用的行列，或拆成几个文件", "keep only the rows and columns used, or split the file"),
        )
    if size == 0:
        raise fault(
            "empty_file",
            place,
            found=Text("空文件（0 字节）", "an empty file (0 bytes)"),
            expected=Text("表头和数据行", "a header and rows"),
            remedy=Text("重新导出文件", "export the file again"),
        )


def check_extent(place: Place, rows: int, columns: int) -> None:
    """Refuse a table beyond `MAX_ROWS`, `MAX_COLUMNS` or `MAX_CELLS`.

    Raises:
        FiguresError: one problem that names what was found and the limit.
    """
    if rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_CELLS:
        return
    raise fault(
        "table_too_large",
        place,
        found=Text(f"{rows} 行 × {columns} 列", f"{rows} rows by {columns} columns"),
        expected=Text(
            f"不超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列、共 {MAX_CELLS} 格",
            f"at most {MAX_ROWS} rows, {MAX_COLUMNS} columns, {MAX_CELLS} cells in all",
        ),
        remedy=Text("删去远处的零散单元格，或拆成几个文件", "clear stray cells far out, or split the file"),
    )


def read_text(path: Path, shown: str) -> str:
    """Return a file's text, decoded strictly as UTF-8 (with or without its mark), else as GB18030.

    A file that is valid in both is read as UTF-8.

    Raises:
        FiguresError: it is neither; the first byte that does not fit is named.
    """
    data = path.read_bytes()
    offset = data.find(b"\0")
    if offset < 0:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            in_utf8 = error.start
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            offset = max(in_utf8, error.start)
    raise fault(
        "wrong_encoding",
        Place(file=shown),
        found=Text(f"第 {offset} 字节无法解码", f"byte {offset}, which cannot be decoded"),
        expected=Text("UTF-8 或 GB18030 编码的文本", "text in UTF-8 or GB18030"),
        remedy=Text("另存为“CSV UTF-8”", "save it as 'CSV UTF-8'"),
    )

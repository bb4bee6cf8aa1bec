"""Read a csv file into a grid.

The delimiter is whichever of comma, semicolon and tab stands most often in the first line that is not blank, outside
quotation marks; on a tie the first of these three.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hetao.errors import Place
from hetao.figures.faults import fault
from hetao.figures.files import check_extent, read_text
from hetao.figures.grid import Grid
from hetao.text import Text

__all__ = ["delimiter_of", "read_csv_grid"]

DELIMITERS = (",", ";", "\t")


def delimiter_of(text: str) -> str:
    """Return the delimiter of csv text by the rule above."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def read_csv_grid(path: Path, shown: str) -> Grid:
    """Return the cells of a csv file, blanks around them removed.

    Raises:
        FiguresError: neither UTF-8 nor GB18030, a quotation mark that is never closed, or beyond the limits.
    """
    text = read_text(path, shown)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    columns = 0
    before = 0
    try:
        for cells in reader:
            rows.append(tuple(cell.strip() for cell in cells))
            numbers.append(before + 1)
            before = reader.line_num
            columns = max(columns, len(cells))
            check_extent(Place(file=shown), len(rows), columns)
    except csv.Error as error:
        raise fault(
            "bad_csv",
            Place(file=shown, row=before + 1),
            found=Text(f"无法拆成单元格的一行（{error}）", f"a row that cannot be split into cells ({error})"),
            expected=Text("引号成对的 csv", "csv whose quotation marks are paired"),
            remedy=Text("改正该行的引号", "correct the quotation marks of that row"),
        ) from None
    return Grid(shown, "", tuple(rows), tuple(numbers), delimiter=delimiter)

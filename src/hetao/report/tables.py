"""A report's tables as tidy csv files, for programs and for people's spreadsheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from hetao.report.model import Cell, Column, Report, Table
from hetao.text import Text

__all__ = ["file_names", "write_tables"]


def file_names(report: Report) -> list[str]:
    """Return the file name of each table: its key in safe characters, unique, with ``.csv``."""
    names: list[str] = []
    for table in report.tables():
        stem = re.sub(r"[^\w.-]+", "_", table.key).strip("._") or "table"
        taken = {name.lower() for name in names}
        tries = (stem, *(f"{stem}_{count}" for count in range(2, len(names) + 3)))
        names.append(next(f"{name}.csv" for name in tries if f"{name}.csv".lower() not in taken))
    return names


def write_tables(report: Report, folder: Path) -> list[Path]:
    """Write every table of the report as one csv file and return the paths, in the report's order.

    The files are UTF-8 with a byte order mark, which spreadsheet programs need to read Chinese; readers such as
    pandas take it away with ``encoding="utf-8-sig"``. A heading is the column's key with its unit in brackets, a
    text in two languages fills two columns (``…_zh``, ``…_en``), a column with sources is followed by their keys
    (``…_source``). Numbers are in full precision without separators; a gap is empty.

    Args:
        report: what to write; charts are left out.
        folder: made if absent; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in file_names(report)]
    for path, table in zip(paths, report.tables(), strict=True):
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(_lines(table))
    return paths


def _lines(table: Table) -> Iterator[list[str]]:
    """Yield the heading, then one line a row."""
    columns = [(column, [row[at] for row in table.rows]) for at, column in enumerate(table.columns)]
    filled = [part for column, cells in columns for part in _parts(column, cells)]
    yield [heading for heading, _ in filled]
    for at in range(len(table.rows)):
        yield [values[at] for _, values in filled]


def _parts(column: Column, cells: list[Cell]) -> Iterator[tuple[str, list[str]]]:
    """Yield the csv columns of one column: its values, once or by language, and their source keys."""
    unit = f" [{column.unit.en}]" if column.unit is not None and column.unit.en else ""
    if any(isinstance(cell.value, Text) for cell in cells):
        yield f"{column.key}_zh{unit}", [_written(c.value.zh if isinstance(c.value, Text) else c.value) for c in cells]
        yield f"{column.key}_en{unit}", [_written(c.value.en if isinstance(c.value, Text) else c.value) for c in cells]
    else:
        yield f"{column.key}{unit}", [_written(cell.value) for cell in cells]
    if any(cell.sources for cell in cells):
        yield f"{column.key}_source", [";".join(cell.sources) for cell in cells]


def _written(value: object) -> str:
    """Return a value as it stands in a file; a float in the shortest form that reads back equal."""
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)

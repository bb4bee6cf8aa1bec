"""Look through a workbook's parts before it is opened: how large, how far its cells reach, which are formula errors.

The reader of sheets gives a formula error as a blank cell and takes memory for the whole rectangle that holds every
cell, so both are found here first, in one pass over the parts' XML that builds no tree.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from hetao.errors import FiguresError, Place
from hetao.figures.faults import fault
from hetao.figures.files import MAX_CELLS, MAX_UNPACKED_BYTES, check_extent
from hetao.figures.grid import Span, column_number
from hetao.text import Text

__all__ = ["SheetScan", "scan_workbook"]

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    expat.ExpatError,
)

Attributes = dict[str, str]


@dataclass
class SheetScan:
    """What one sheet holds.

    Attributes:
        errors: text of the formula errors by row and column from 0; of a formula without a stored result, the formula.
        percents: cells in a percentage format, whose stored value is a hundredth of what is shown.
        merged: merged ranges that the reader of sheets does not give (``.ods``).
        rows, columns: the size of the rectangle that holds every cell with content.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Span] = field(default_factory=list)
    rows: int = 0
    columns: int = 0

    def reach(self, row: int, column: int) -> None:
        """Note that a cell with content ends at this row and column (from 0)."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)


def scan_workbook(path: Path, shown: str) -> dict[str, SheetScan]:
    """Return what each sheet of an xlsx or ods file holds, by its name.

    Raises:
        FiguresError: a broken or protected file, or one beyond the limits of `hetao.figures.files`.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            _check_unpacked(parts, shown)
            sheets = _OdsContent().scan(parts) if path.suffix.lower() == ".ods" else _scan_xlsx(parts)
    except FiguresError:
        raise
    except _BROKEN as error:
        raise unreadable(shown, error) from None
    for name, sheet in sheets.items():
        check_extent(Place(file=shown, sheet=name), sheet.rows, sheet.columns)
    return sheets


def unreadable(shown: str, error: Exception) -> FiguresError:
    """Return the error for a workbook that cannot be opened."""
    return fault(
        "unreadable",
        Place(file=shown),
        found=Text(f"无法打开的工作簿（{error}）", f"a workbook that cannot be opened ({error})"),
        expected=Text(
            "完好、未加密的工作簿，扩展名与格式一致", "a whole, unprotected workbook of the kind its name says"
        ),
        remedy=Text("用表格软件打开后另存为 xlsx", "open it in a spreadsheet program and save it as xlsx"),
    )


def _check_unpacked(parts: zipfile.ZipFile, shown: str) -> None:
    size = sum(part.file_size for part in parts.infolist())
    if size > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES / 1e6
        raise fault(
            "unpacked_too_large",
            Place(file=shown),
            found=Text(f"解压后 {size / 1e6:.0f} MB", f"{size / 1e6:.0f} MB when unpacked"),
            expected=Text(f"不超过 {limit:.0f} MB", f"at most {limit:.0f} MB"),
            remedy=Text("只保留所用的工作表，或存为 csv", "keep only the sheets used, or save them as csv"),
        )
    damaged = parts.testzip()  # a part that unpacks to more than it declares is damaged, too
    if damaged is not None:
        raise zipfile.BadZipFile(damaged)


def _parse(
    parts: zipfile.ZipFile,
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feed one part through the handlers; names come without their namespace."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def bare(name: str) -> str:
        return name.rpartition(" ")[2]

    def _on_start(tag: str, given: Attributes) -> None:
        start(bare(tag), {bare(key): value for key, value in given.items()})

    parser.StartElementHandler = _on_start
    if end is not None:
        parser.EndElementHandler = lambda tag: end(bare(tag))
    if text is not None:
        parser.CharacterDataHandler = text
    with parts.open(name) as part:
        parser.ParseFile(part)


def _scan_xlsx(parts: zipfile.ZipFile) -> dict[str, SheetScan]:
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def on_sheet(tag: str, given: Attributes) -> None:
        if tag == "sheet":
            ids[given["name"]] = given["id"]

    def on_relation(tag: str, given: Attributes) -> None:
        if tag == "Relationship" and given["Type"].endswith("/worksheet"):
            targets[given["Id"]] = given["Target"]

    _parse(parts, "xl/workbook.xml", on_sheet)
    _parse(parts, "xl/_rels/workbook.xml.rels", on_relation)
    percents = _percent_styles(parts)
    found: dict[str, SheetScan] = {}
    for name, part_id in ids.items():
        if part_id in targets:
            target = targets[part_id]
            found[name] = _XlsxSheet(percents).scan(parts, target[1:] if target.startswith("/") else f"xl/{target}")
    return found


_SHIPPED_PERCENT_FORMATS = {"9", "10"}


def _percent_styles(parts: zipfile.ZipFile) -> frozenset[str]:
    """Return the numbers of the cell styles that show percentages."""
    formats = set(_SHIPPED_PERCENT_FORMATS)
    styles: list[str] = []
    inside: list[str] = []

    def _on_start(tag: str, given: Attributes) -> None:
        if tag == "numFmt" and "%" in given["formatCode"]:
            formats.add(given["numFmtId"])
        elif tag == "xf" and inside[-1:] == ["cellXfs"]:
            styles.append(given.get("numFmtId", "0"))
        inside.append(tag)

    def _on_end(_: str) -> None:
        del inside[-1]

    if "xl/styles.xml" in parts.namelist():
        _parse(parts, "xl/styles.xml", _on_start, _on_end)
    return frozenset(str(number) for number, used in enumerate(styles) if used in formats)


class _XlsxSheet:
    """Follows one worksheet's XML; a cell without a reference stands right of the one before."""

    def __init__(self, percents: frozenset[str]) -> None:
        self.found = SheetScan()
        self.percents = percents
        self.row = self.column = -1
        self.kind = self.part = self.formula = ""
        self.has_value = False

    def scan(self, parts: zipfile.ZipFile, name: str) -> SheetScan:
        _parse(parts, name, self._start, self._end, self._text)
        return self.found

    def _start(self, tag: str, given: Attributes) -> None:
        if tag == "row":
            self.row = int(given["r"]) - 1 if "r" in given else self.row + 1
            self.column = -1
        elif tag == "c":
            self._start_cell(given)
        elif tag in ("v", "is", "f"):
            self.part = tag
            self.formula = "=" if tag == "f" else self.formula
            self.has_value |= tag != "f" and self.kind == "str"  # only a text may be a result of no characters
            self.found.reach(self.row, self.column)

    def _start_cell(self, given: Attributes) -> None:
        at = _CELL.fullmatch(given.get("r", ""))
        self.column = column_number(at[1]) if at else self.column + 1
        self.row = int(at[2]) - 1 if at else self.row
        self.kind, self.formula, self.has_value = given.get("t", ""), "", False
        if given.get("s") in self.percents:
            self.found.percents.add((self.row, self.column))

    def _end(self, tag: str) -> None:
        if tag == self.part:
            self.part = ""
        elif tag == "c" and self.formula and not self.has_value:
            self.found.errors[self.row, self.column] = self.formula

    def _text(self, text: str) -> None:
        if self.part == "f":
            self.formula += text
        elif self.part == "v":
            self.has_value = True
            if self.kind == "e":
                key = self.row, self.column
                self.found.errors[key] = self.found.errors.get(key, "") + text


class _OdsContent:
    """Follows an ods file's content; rows and cells may be repeated, and what is noted of one holds for all."""

    def __init__(self) -> None:
        self.found: dict[str, SheetScan] = {}
        self.sheet = SheetScan()
        self.row = self.column = 0
        self.row_repeats = self.cell_repeats = 1
        self.in_error = self.in_text = False

    def scan(self, parts: zipfile.ZipFile) -> dict[str, SheetScan]:
        _parse(parts, "content.xml", self._start, self._end, self._text)
        return self.found

    def _start(self, tag: str, given: Attributes) -> None:
        if tag == "table":
            self.sheet = self.found.setdefault(given["name"], SheetScan())
            self.row = 0
        elif tag == "table-row":
            self.column = 0
            self.row_repeats = int(given.get("number-rows-repeated", 1))
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell_repeats = int(given.get("number-columns-repeated", 1))
            self.in_error = given.get("value-type") == "error"
            if given.get("value-type") == "percentage":
                self.sheet.percents.update(self.repeats())
            wide, high = int(given.get("number-columns-spanned", 1)), int(given.get("number-rows-spanned", 1))
            if wide > 1 or high > 1:
                self.sheet.merged.append((self.row, self.column, self.row + high - 1, self.column + wide - 1))
        elif tag == "p":
            self.in_text = True
            self.sheet.reach(self.row + self.row_repeats - 1, self.column + self.cell_repeats - 1)

    def _end(self, tag: str) -> None:
        if tag == "table-row":
            self.row += self.row_repeats
        elif tag in ("table-cell", "covered-table-cell"):
            self.column += self.cell_repeats
        elif tag == "p":
            self.in_text = False

    def _text(self, text: str) -> None:
        if self.in_error and self.in_text:
            for key in self.repeats():
                self.sheet.errors[key] = self.sheet.errors.get(key, "") + text

    def repeats(self) -> list[tuple[int, int]]:
        """Return the cells that the present one stands for; none where they are too many, as they are refused later."""
        below, right = self.row + self.row_repeats, self.column + self.cell_repeats
        self.sheet.reach(below - 1, right - 1)
        if self.sheet.rows * self.sheet.columns > MAX_CELLS:
            return []
        return [(row, column) for row in range(self.row, below) for column in range(self.column, right)]

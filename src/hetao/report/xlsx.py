"""A report's tables as a workbook: one sheet a table, true numbers, units and sources beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from hetao.report.model import Cell, Column, Report, Table, Tone
from hetao.report.words import WORDS
from hetao.text import Language, Text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["sheet_names", "write_xlsx"]

CREATED = datetime(2020, 1, 1)  # fixed, so that equal reports give equal bytes
NAME_LIMIT = 31
EXACT = 15  # significant digits that a spreadsheet's binary numbers keep
HEAD_ROWS = 4  # title, note, headings, units
RESERVED = ("Contents", "Sources", "History")
COLOURS: dict[Tone, str] = {"good": "#1f7148", "warning": "#8a5a00", "bad": "#b3261e", "muted": "#6b7680"}


def sheet_names(tables: Sequence[Table]) -> list[str]:
    """Return a legal sheet name for each table: its key, at most 31 characters, unique whatever the case."""
    taken = {name.lower() for name in RESERVED}
    names: list[str] = []
    for table in tables:
        stem = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", table.key).strip("' ")[:NAME_LIMIT] or "table"
        name, count = stem, 1
        while name.lower() in taken:
            count += 1
            name = f"{stem[: NAME_LIMIT - len(str(count)) - 1]}~{count}"
        taken.add(name.lower())
        names.append(name)
    return names


def write_xlsx(report: Report, path: Path, language: Language | None = None) -> None:
    """Write the report's tables to a workbook.

    A sheet has its title in row 1, its note in row 2, headings in row 3, units in row 4, then the data. A column
    with sources is followed by one with their keys, explained on the sheet ``Sources``; ``Contents`` links to all.
    Numbers are stored in full and only shown rounded; a decimal with more than 15 digits is stored as text, since
    a spreadsheet would change it. A gap is an empty cell. Equal reports give equal bytes.

    Args:
        report: what to write; charts are left out.
        path: the file to write, replaced if there.
        language: words of this language only; None writes both, ``zh / en``.
    """
    import xlsxwriter

    tables = report.tables()
    names = sheet_names(tables)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": _plain(report.title, language), "created": CREATED})
        writer = _Writer(book, language)
        contents = book.add_worksheet("Contents")
        for name, table in zip(names, tables, strict=True):
            writer.table(book.add_worksheet(name), table)
        writer.sources(book.add_worksheet("Sources"), report)
        writer.contents(contents, report, names, tables)


def _plain(text: Text | str, language: Language | None) -> str:
    if isinstance(text, str):
        return text
    if language is not None:
        return text.in_language(language)
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


@dataclass
class _Writer:
    """Writes the sheets of one open workbook in one wording."""

    book: Workbook
    language: Language | None

    def __post_init__(self) -> None:
        self.formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **wanted: object) -> Format:
        """Return the one format with these settings."""
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": "Noto Sans CJK SC", "font_size": 10, **wanted})
        return self.formats[key]

    def say(self, text: Text | str) -> str:
        """Return a text in the workbook's wording."""
        return _plain(text, self.language)

    def table(self, sheet: Worksheet, table: Table) -> None:
        """Write one table to its sheet."""
        sheet.write_string(0, 0, self.say(table.title), self.format(bold=True, font_size=13))
        sheet.write_string(1, 0, self.say(table.note or ""), self.format(font_color="#5a6773"))
        at = 0
        for index, column in enumerate(table.columns):
            cells = [row[index] for row in table.rows]
            self._column(sheet, at, column, cells)
            at += 1
            if any(cell.sources for cell in cells):
                self._source_keys(sheet, at, cells)
                at += 1
        sheet.freeze_panes(HEAD_ROWS, 1)
        if table.rows:
            sheet.autofilter(HEAD_ROWS - 1, 0, HEAD_ROWS - 1 + len(table.rows), max(at - 1, 0))

    def _column(self, sheet: Worksheet, at: int, column: Column, cells: Sequence[Cell]) -> None:
        align = "left" if column.kind == "text" else "right"
        head = self.format(bold=True, bg_color="#eef1f4", align=align, text_wrap=True, valign="bottom")
        below = self.format(font_color="#5a6773", bg_color="#eef1f4", align=align, bottom=1)
        sheet.write_string(2, at, self.say(column.title), head)
        sheet.write_string(3, at, self.say(column.unit or ""), below)
        for row, cell in enumerate(cells, start=HEAD_ROWS):
            self._cell(sheet, row, at, cell, column)
        words = [c.value for c in cells if not isinstance(c.value, int | float | Decimal | None)]
        texts = [self.say(column.title), *(self.say(word) for word in words)]
        sheet.set_column(at, at, _width(texts, 12 if column.kind != "text" else 8))

    def _cell(self, sheet: Worksheet, row: int, at: int, cell: Cell, column: Column) -> None:
        value, colour = cell.value, {"font_color": COLOURS[cell.tone]} if cell.tone in COLOURS else {}
        if value is None:
            sheet.write_blank(row, at, None, self.format(**colour))
        elif not isinstance(value, int | float | Decimal):
            sheet.write_string(row, at, self.say(value), self.format(text_wrap=True, valign="top", **colour))
        elif _too_long(value):
            sheet.write_string(row, at, str(value), self.format(align="right", valign="top", **colour))
        else:
            sheet.write_number(
                row, at, _InFull(value), self.format(num_format=_shown_as(column), valign="top", **colour)
            )
        if cell.note is not None or cell.place:
            said = [self.say(cell.note)] if cell.note is not None else []
            sheet.write_comment(row, at, "\n".join([*said, *([cell.place] if cell.place else [])]), {"author": ""})

    def _source_keys(self, sheet: Worksheet, at: int, cells: Sequence[Cell]) -> None:
        faint = self.format(font_color="#5a6773", valign="top")
        head = self.format(font_color="#5a6773", bg_color="#eef1f4")
        sheet.write_string(2, at, self.say(WORDS["source"]), head)
        sheet.write_string(3, at, "", self.format(font_color="#5a6773", bg_color="#eef1f4", bottom=1))
        for row, cell in enumerate(cells, start=HEAD_ROWS):
            sheet.write_string(row, at, "; ".join(cell.sources), faint)
        sheet.set_column(at, at, 14)

    def sources(self, sheet: Worksheet, report: Report) -> None:
        """Write the list of sources, one row each."""
        heads: tuple[Text | str, ...] = (
            "key",
            WORDS["publisher"],
            WORDS["source_title"],
            WORDS["vintage"],
            WORDS["address"],
            WORDS["note"],
        )
        for at, (head, width) in enumerate(zip(heads, (16, 30, 60, 14, 50, 40), strict=True)):
            sheet.write_string(0, at, self.say(head), self.format(bold=True, bg_color="#eef1f4", bottom=1))
            sheet.set_column(at, at, width)
        for row, (key, note) in enumerate(report.sources.items(), start=1):
            parts = (key, note.publisher, note.title, note.vintage, note.url, note.note)
            for at, part in enumerate(parts):
                sheet.write_string(row, at, part, self.format(text_wrap=True, valign="top"))
        sheet.freeze_panes(1, 1)

    def contents(
        self,
        sheet: Worksheet,
        report: Report,
        names: Sequence[str],
        tables: Sequence[Table],
    ) -> None:
        """Write the first sheet: what the workbook is, and a link to every other sheet."""
        sheet.write_string(0, 0, self.say(report.title), self.format(bold=True, font_size=13))
        sheet.write_string(1, 0, self.say(report.subtitle), self.format(font_color="#5a6773"))
        link = self.format(font_color="#0f4c81", underline=1)
        titles = [self.say(table.title) for table in tables]
        for row, (name, title) in enumerate(
            zip([*names, "Sources"], [*titles, self.say(WORDS["sources"])], strict=True), start=3
        ):
            target = name.replace("'", "''")
            sheet.write_url(row, 0, f"internal:'{target}'!A1", link, name)
            sheet.write_string(row, 1, title, self.format())
        for row, (fact, value) in enumerate(report.facts, start=5 + len(names)):
            sheet.write_string(row, 0, self.say(fact), self.format(font_color="#5a6773"))
            sheet.write_string(row, 1, self.say(value), self.format())
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 70)


class _InFull(float):
    """A float that is written with all its digits: XlsxWriter formats numbers to 16 digits, one or two too few."""

    def __format__(self, _: str) -> str:
        return repr(float(self)).upper()


def _too_long(value: int | float | Decimal) -> bool:
    """Return whether a spreadsheet's number would not be this value: more digits than it keeps."""
    if isinstance(value, float):
        return False
    return len(Decimal(value).normalize().as_tuple().digits) > EXACT


def _shown_as(column: Column) -> str:
    """Return the number format of a column: years bare, else thousands and as many decimals as the page shows."""
    if column.kind == "year":
        return "0"
    if column.digits is None:
        return "General"
    return "#,##0" + ("." + "0" * column.digits if column.digits else "")


def _width(texts: Iterable[str], least: int) -> float:
    """Return a column's width in characters: Chinese counts double, lines wrap beyond 42."""
    longest = max((sum(2 if ord(c) > 0x2E80 else 1 for c in text) for text in texts), default=0)
    return float(min(42, max(least, longest + 2)))

"""Write the xlsx template that figures are typed into."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hetao.figures.indicators import Schema
from hetao.figures.reader import MISSING_MARKERS
from hetao.text import Language, Text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_template"]

_CREATED = dt.datetime(2020, 1, 1)  # fixed, so that the same template has the same bytes
_ROWS = 5_000  # that offer the lists
_COLUMNS = (
    ("region", Text("地区", "region"), Text("地区编号、代码或名称", "a region's id, code or name")),
    ("period", Text("时期", "period"), Text("2023、2023Q1 或 2023-01", "2023, 2023Q1 or 2023-01")),
    ("indicator", Text("指标", "indicator"), Text("从列表中选", "choose from the list")),
    ("value", Text("数值", "value"), Text("一个数，照来源所印", "one number, as its source prints it")),
    (
        "unit",
        Text("单位", "unit"),
        Text("来源所用的单位；可与指标的单位不同", "the source's unit; it may differ from the indicator's"),
    ),
    (
        "source",
        Text("来源", "source"),
        Text("来源表中的来源；每个版本各为一个来源", "a source of the table of sources; each vintage is its own"),
    ),
    ("note", Text("备注", "note"), Text("可空", "may be blank")),
)
_SHEETS = Text("数据", "Figures"), Text("说明", "Notes"), Text("指标表", "Indicators")


def write_template(path: Path | str, language: Language, *, schema: Schema | None = None) -> None:
    """Write an empty table with its header, an explanation, and lists of indicators and units to choose from.

    Args:
        path: the xlsx file to write.
        language: of the header, the explanation and the sheets' names.
        schema: the indicators offered; those shipped with hetao where None.
    """
    import xlsxwriter

    data, notes, lists = (name.in_language(language) for name in _SHEETS)
    known = list(schema or Schema.shipped())
    units = list(dict.fromkeys(indicator.unit for indicator in known))
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": _CREATED})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        table = book.add_worksheet(data)
        for at, (_, title, _) in enumerate(_COLUMNS):
            table.write_string(0, at, title.in_language(language), styles["head"])
        table.set_column(0, len(_COLUMNS) - 1, 18)
        table.freeze_panes(1, 0)
        _offer(table, 2, f"='{lists}'!$A$2:$A${len(known) + 1}")
        _offer(table, 4, f"='{lists}'!$F$2:$F${len(units) + 1}")
        _write_notes(book, notes, language, styles)
        _write_lists(book, lists, language, known, units, styles)


def _offer(table: Worksheet, column: int, source: str) -> None:
    rule = {"validate": "list", "source": source, "error_type": "warning"}
    table.data_validation(1, column, _ROWS, column, rule)


def _write_notes(book: Workbook, name: str, language: Language, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    lines = [(title, meaning) for _, title, meaning in _COLUMNS]
    markers = " ".join(marker for marker in MISSING_MARKERS if marker)
    lines += [
        (
            Text("缺失", "missing"),
            Text(f"留空，或写 {markers}；缺失不是零", f"leave it blank or write {markers}; missing is not zero"),
        ),
        (
            Text("百分数", "percentages"),
            Text("写 9.58，单位写 %；不用百分比格式", "write 9.58 with the unit %; do not use the percentage format"),
        ),
        (
            Text("重复", "duplicates"),
            Text(
                "同一来源的同一数字只写一次；不同来源可各写一次",
                "each figure of a source once; several sources may each give it",
            ),
        ),
    ]
    for row, (title, meaning) in enumerate(lines):
        sheet.write_string(row, 0, title.in_language(language), styles["head"])
        sheet.write_string(row, 1, meaning.in_language(language), styles["wrap"])


def _write_lists(
    book: Workbook, name: str, language: Language, known: list[Any], units: list[str], styles: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(name)
    titles = Text("键|名称|指标单位|说明||可选单位", "key|name|its unit|description||units offered").in_language(
        language
    )
    for at, title in enumerate(titles.split("|")):
        sheet.write_string(0, at, title, styles["head"])
    for row, indicator in enumerate(known, start=1):
        words = indicator.key, indicator.name.in_language(language), indicator.unit, indicator.description
        for at, word in enumerate(words):
            sheet.write_string(row, at, word)
    for row, unit in enumerate(units, start=1):
        sheet.write_string(row, 5, unit)
    sheet.set_column(0, 1, 40)

"""Turn tidy rows of text into figures: every word gets its meaning here, or a problem at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Protocol, TypeVar

from hetao.errors import FiguresError, Place, Problem, Problems, ProblemsError
from hetao.figures.faults import closest, empty_cell, fault, suggestion
from hetao.figures.grid import Grid
from hetao.figures.indicators import Indicator, Schema
from hetao.figures.periods import read_period, year_of
from hetao.figures.regions import RegionTree
from hetao.figures.register import Figure
from hetao.text import Text
from hetao.units import convert, read_number

__all__ = ["MISSING_MARKERS", "FigureReader", "TidyRow", "is_missing"]

MISSING_MARKERS = ("", "-", "–", "—", "——", "…", "……", "..", "...", "NA", "N/A", "未公布", "not found")
MAX_EXPONENT = 200  # powers of ten, up or down; beyond it a value has no sure place in floating point

_SHARES = ("%", "％", "percent", "‰")
_MARKERS = {marker.casefold() for marker in MISSING_MARKERS}
_INFINITE = re.compile(r"[+\-−]?(inf|infinity|∞|无穷大?)", re.IGNORECASE)
_ERROR = re.compile(r"#(REF!|DIV/0!|N/A|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:[0-9]+")

T = TypeVar("T")


class TidyRow(Protocol):
    """A row that gives the text and the place of each column."""

    @property
    def grid(self) -> Grid:
        """The cells it comes from."""
        ...

    def __getitem__(self, name: str) -> str:
        """Return a column's text."""
        ...

    def place(self, name: str) -> Place:
        """Return a column's place."""
        ...

    def at(self, name: str) -> tuple[int, int]:
        """Return the row and column of a column's cell in the grid, from 0."""
        ...


def is_missing(text: str) -> bool:
    """Say whether a value's text is one of `MISSING_MARKERS`, in whatever case."""
    return text.casefold() in _MARKERS


class FigureReader:
    """Reads rows against the region tree, the schema and, where given, the sources.

    What a word means is worked out once: files repeat few words many times.

    Args:
        tree: the regions.
        schema: the indicators.
        sources: keys of the known sources; any source is taken where None.
        problems: where problems are recorded.
    """

    def __init__(self, tree: RegionTree, schema: Schema, sources: Collection[str] | None, problems: Problems) -> None:
        self._tree, self._schema, self._sources, self._problems = tree, schema, sources, problems
        self._known: dict[tuple[object, ...], object] = {}
        self._told: set[Problem] = set()

    def read(self, rows: Iterable[TidyRow]) -> list[Figure]:
        """Return the figures of the rows that have no problem; the others' problems are recorded."""
        found = (self._figure(row) for row in rows)
        return [figure for figure in found if figure is not None]

    def _figure(self, row: TidyRow) -> Figure | None:
        period = self._ask(row, "period", ("period", row["period"]), lambda: read_period(row["period"]))
        year = None if period is None else year_of(period)
        region = self._ask(row, "region", ("region", row["region"], year), lambda: self._tree.get(row["region"], year))
        indicator = self._ask(
            row, "indicator", ("indicator", row["indicator"]), lambda: self._schema.get(row["indicator"])
        )
        source = self._ask(row, "source", ("source", row["source"]), lambda: self._source(row["source"]))
        value = self._value(row)
        scale = self._scale(row, indicator)
        if period is None or region is None or indicator is None or source is None or value is _BAD or scale is None:
            return None
        exact = value * scale if isinstance(value, Fraction) else None
        texts = row["value"], row["unit"], source, row["note"]
        return Figure(region.id, period, indicator.key, exact, indicator.unit, *texts, row.place("value"))

    def _ask(self, row: TidyRow, column: str, key: tuple[object, ...], call: Callable[[], T]) -> T | None:
        """Return ``call()`` as remembered under ``key``, or None after recording its problems at the column's cell."""
        if not row[column]:
            self._record(empty_cell(Place()).problems, row.place(column))
            return None
        if key not in self._known:
            try:
                self._known[key] = call()
            except ProblemsError as error:
                self._known[key] = error
        known = self._known[key]
        if isinstance(known, ProblemsError):
            self._record(known.problems, row.place(column))
            return None
        return known  # type: ignore[return-value] # one key always stands for one kind of answer

    def _record(self, problems: Iterable[Problem], place: Place) -> None:
        """Record problems at a place, each once: a cell of a wide table may name many values."""
        placed = {replace(problem, place=place): None for problem in problems}
        self._problems.extend(problem for problem in placed if problem not in self._told)
        self._told.update(placed)

    def _source(self, source: str) -> str:
        if self._sources is None or source in self._sources:
            return source
        raise fault(
            "unknown_source",
            Place(item=source),
            found=Text(f"未知来源“{source}”", f"the unknown source {source!r}"),
            expected=Text("来源表中的来源", "a source of the table of sources"),
            remedy=suggestion(closest(source, self._sources), Text("来源表", "the table of sources")),
        )

    def _scale(self, row: TidyRow, indicator: Indicator | None) -> Fraction | None:
        given = row["unit"]
        wanted = given if indicator is None else indicator.unit
        return self._ask(row, "unit", ("unit", given, wanted), lambda: convert(1, given, wanted))

    def _value(self, row: TidyRow) -> Fraction | str | None:
        """Return the value in the unit given; None where it is missing, `_BAD` after recording a problem."""
        text = row["value"]
        try:
            _check_cell(row, text)
            return None if is_missing(text) else _number(text)
        except ProblemsError as error:
            self._record(error.problems, row.place("value"))
            return _BAD


_BAD = "bad"


def _number(text: str) -> Fraction:
    if _INFINITE.fullmatch(text):
        raise _infinite(text)
    decimal = read_number(text)
    if decimal and abs(decimal.adjusted()) > MAX_EXPONENT:
        raise _infinite(text)
    return Fraction(decimal)


def _check_cell(row: TidyRow, text: str) -> None:
    """Refuse a value cell that does not say plainly what its value is."""
    if _ERROR.fullmatch(text):
        raise _refused(
            "formula_error",
            Text(f"公式错误 {text}", f"the formula error {text}"),
            Text("改正公式，或粘贴为数值", "correct the formula, or paste its value"),
        )
    if row.grid.repeated and row.at("value") in row.grid.repeated:
        raise _refused(
            "merged_value",
            Text("合并单元格的一部分", "a part of a merged cell"),
            Text("取消合并，每格写自己的数", "unmerge it and write each cell's own number"),
        )
    if row.grid.percents and row.at("value") in row.grid.percents and row["unit"] != "1":
        raise _refused(
            "percentage_format",
            Text(
                f"百分比格式的 {text}，显示为其 100 倍",
                f"{text} in the percentage format, shown as a hundred times that",
            ),
            Text(
                "改为常规格式并写显示的数，或单位写 1",
                "use the general format and write what is shown, or give the unit 1",
            ),
        )
    if "," in text and row.grid.delimiter == ";":
        raise _refused(
            "comma_in_number",
            Text(f"“{text}”，逗号可为小数点或千位分隔符", f"{text!r}, whose comma may mark decimals or thousands"),
            Text("小数点写作句点，去掉千位分隔符", "write a point for decimals and no thousands separators"),
        )
    if row.grid.blank_may_hide_error and row["unit"] in _SHARES:
        raise _refused(
            "percentage_in_xls",
            Text(f"{text}，在 .xls 中看不出是否为百分比格式", f"{text}, which in .xls may be in the percentage format"),
            Text("另存为 xlsx", "save the file as xlsx"),
        )
    if not text and row.grid.blank_may_hide_error:
        raise _refused(
            "blank_in_xls",
            Text("空单元格，在 .xls 中可能是公式错误", "a blank cell, which in .xls may be a formula error"),
            Text("缺失写“—”，或另存为 xlsx", "write — for a missing figure, or save the file as xlsx"),
        )


def _refused(code: str, found: Text, remedy: Text) -> FiguresError:
    return fault(
        code, Place(), found=found, expected=Text("一个数，或缺失标记", "a number, or a missing marker"), remedy=remedy
    )


def _infinite(text: str) -> FiguresError:
    return fault(
        "infinite_value",
        Place(),
        found=Text(f"“{text}”，不是有限的数或超出范围", f"{text!r}, infinite or out of range"),
        expected=Text("有限的数", "a finite number"),
        remedy=Text("改正该数；缺失写“—”", "correct it; write — for a missing figure"),
    )

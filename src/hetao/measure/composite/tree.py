"""`IndicatorTree`: which indicators make an index, in which dimensions, in which direction."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, PanelError, Place, Problems
from hetao.figures.csv_in import read_csv_grid
from hetao.figures.frames import Columns, read_columns
from hetao.figures.keys import is_missing
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["Indicator", "IndicatorTree", "read_tree", "ready_tree"]

REQUIRED = ("dimension", "indicator", "direction")
NUMBERS = ("weight", "low", "high", "reference")
WORDS = ("unit", "definition", "source")
KNOWN = (*REQUIRED, *NUMBERS, "zh", "en", "dimension_zh", "dimension_en", *WORDS)
DIRECTIONS = {"+": 1, "1": 1, "positive": 1, "正": 1, "正向": 1, "-": -1, "−": -1, "-1": -1, "negative": -1, "负": -1}
DIRECTIONS |= {"负向": -1, "+1": 1}


NAMELESS = Text("", "")


@dataclass(frozen=True)
class Indicator:
    """One indicator of a tree.

    Attributes:
        name: of its column in the data.
        dimension: it belongs to.
        direction: 1: more is better; −1: less is better.
        weight: given to it, above 0; NaN where none is.
        low, high: goalposts, where nothing and everything is reached; NaN where none are.
        reference: value to be compared with; NaN where there is none.
        title: what it is called in both languages.
        unit, definition, source: as the tree has them, for the reader.
    """

    name: str
    dimension: str
    direction: int
    weight: float = np.nan
    low: float = np.nan
    high: float = np.nan
    reference: float = np.nan
    title: Text = NAMELESS
    unit: str = ""
    definition: str = ""
    source: str = ""

    @property
    def numbers(self) -> tuple[float, ...]:
        """Weight, goalposts and reference; NaN where there are none."""
        return (self.weight, self.low, self.high, self.reference)


@dataclass(frozen=True)
class IndicatorTree:
    """The m indicators of an index, in order, and the titles of their dimensions.

    Attributes:
        indicators: in order.
        titles: of the dimensions that have one.
    """

    indicators: tuple[Indicator, ...]
    titles: tuple[tuple[str, Text], ...] = ()

    def __post_init__(self) -> None:
        problems = Problems(ModelError)
        _check(problems, self.indicators, lambda row, column: Place(item=f"tree({self.indicators[row].name})"))
        problems.raise_if_any()

    def __len__(self) -> int:
        return len(self.indicators)

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self.indicators)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the indicators."""
        return tuple(i.name for i in self.indicators)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions in order of appearance."""
        return tuple(dict.fromkeys(i.dimension for i in self.indicators))

    def title(self, dimension: str) -> Text:
        """Return what a dimension is called."""
        return dict(self.titles).get(dimension, Text(dimension, dimension))

    def inside(self, dimension: str) -> NDArray[np.intp]:
        """Return the positions of a dimension's indicators."""
        return np.flatnonzero([i.dimension == dimension for i in self.indicators])

    def column(self, name: str) -> Matrix:
        """Return the (m,) values of a field: ``direction``, ``weight``, ``low``, ``high`` or ``reference``."""
        return np.array([float(getattr(i, name)) for i in self.indicators])

    def turned(self, share: Matrix) -> Matrix:
        """Return (n, m) shares of a range with those of which less is better taken from 1."""
        up = self.column("direction") > 0
        found: Matrix = share * up + (1.0 - share) * ~up
        return found

    def to_csv(self, path: str | Path) -> None:
        """Write the tree to a CSV file that a spreadsheet opens and `read_tree` reads again, to be edited.

        Args:
            path: the file to write; an existing file is replaced.

        Raises:
            ModelError: the file cannot be written.
        """
        try:
            # UTF-8 with its mark, by which Excel knows it
            with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
                rows = csv.DictWriter(file, KNOWN, restval="")
                rows.writeheader()
                rows.writerows(self._row(indicator) for indicator in self)
        except OSError as error:
            problems = Problems(ModelError)
            expected = Text("可写的文件", "a file that can be written")
            _add(problems, "file", Place(file=str(path)), str(error.strerror), expected)
            problems.raise_if_any()

    def _row(self, i: Indicator) -> dict[str, object]:
        dimension = self.title(i.dimension)
        words = {"dimension": i.dimension, "indicator": i.name, "direction": "+" if i.direction > 0 else "-"}
        words |= {"zh": i.title.zh, "en": i.title.en, "dimension_zh": dimension.zh, "dimension_en": dimension.en}
        words |= {word: getattr(i, word) for word in WORDS}
        return {**words, **{name: v for name in NUMBERS if not np.isnan(v := getattr(i, name))}}

    def without(self, name: str) -> IndicatorTree:
        """Return the tree without one of its indicators."""
        return IndicatorTree(tuple(i for i in self.indicators if i.name != name), self.titles)


def read_tree(source: object) -> IndicatorTree:
    """Read a tree of indicators from a CSV file, any kind of frame, or a mapping of columns.

    Args:
        source: has the columns ``dimension``, ``indicator`` (the data's column) and ``direction`` (+ or −), and may
            have ``weight``, ``low`` and ``high`` (goalposts), ``reference``, ``zh`` and ``en`` (titles),
            ``dimension_zh`` and ``dimension_en``, ``unit``, ``definition``, ``source``. A row an indicator.

    Raises:
        ModelError: a file that is not there, missing or unknown columns, an indicator that stands twice, directions
            that are none, weights not above 0, goalposts that are alike or upside down; everything at once, each with
            its row and column.

    Examples:
        >>> tree = read_tree({"dimension": ["a", "a"], "indicator": ["x", "y"], "direction": ["+", "-"]})
        >>> tree.column("direction").tolist()
        [1.0, -1.0]
    """
    if isinstance(source, IndicatorTree):
        return source
    problems = Problems(ModelError)
    table = _table(source, problems)
    problems.raise_if_any()
    listed, known = ", ".join(table.columns), ", ".join(KNOWN)
    for name in [n for n in REQUIRED if n not in table.columns]:
        expected = Text(f"列 {name}", f"a column {name}")
        _add(problems, "columns", Place(file=table.file, column=name), listed, expected)
    for name in [n for n in table.columns if n not in KNOWN]:
        expected = Text(f"以下之一：{known}", f"one of: {known}")
        _add(problems, "columns", Place(file=table.file, column=name), name, expected)
    problems.raise_if_any()
    found = [_indicator(table, row, problems) for row in range(table.size)]
    _check(problems, found, table.place, table.file)
    problems.raise_if_any()
    titles = {
        i.dimension: title
        for row, i in enumerate(found)
        if (title := table.title("dimension_zh", "dimension_en", row, i.dimension)) is not None
    }
    return IndicatorTree(tuple(found), tuple(titles.items()))


def ready_tree(name: str = "new_quality_productive_forces") -> IndicatorTree:
    """Return a tree that comes with hetao, to be used as it is or written out and edited.

    Args:
        name: ``new_quality_productive_forces``: labourers, means of labour, objects of labour, and their combination.

    Raises:
        ModelError: there is none of that name.

    Examples:
        >>> ready_tree().dimensions
        ('labourers', 'means_of_labour', 'objects_of_labour', 'combination')
    """
    folder = files("hetao.measure.composite") / "trees"
    known = sorted(f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv"))
    if name not in known:
        problems, listed = Problems(ModelError), ", ".join(known)
        expected = Text(f"以下之一：{listed}", f"one of: {listed}")
        _add(problems, "name", Place(item="ready_tree(name)"), repr(name), expected)
        problems.raise_if_any()
    return read_tree(Path(str(folder / f"{name}.csv")))


@dataclass(frozen=True)
class _Table:
    """Columns of cells and where they stand."""

    columns: Columns
    file: str = ""
    lines: tuple[int | None, ...] = ()

    @property
    def size(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def place(self, row: int, column: str) -> Place:
        return Place(file=self.file, row=self.lines[row] if self.lines else row, column=column)

    def word(self, name: str, row: int) -> str:
        value = self.columns[name][row] if name in self.columns else None
        if is_missing(value):
            return ""
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()

    def number(self, name: str, row: int, problems: Problems) -> float:
        word = self.word(name, row)
        if not word:
            return np.nan
        try:
            value = float(word)
        except ValueError:
            value = np.inf
        if not np.isfinite(value):
            expected = Text("有限的数，或空", "a finite number, or nothing")
            _add(problems, name, self.place(row, name), word, expected)
            return np.nan
        return value

    def title(self, zh: str, en: str, row: int, name: str) -> Text | None:
        """Return the title of a row in both languages, the name where there is but one; None where there is none."""
        found = self.word(zh, row), self.word(en, row)
        return Text(found[0] or found[1], found[1] or name) if any(found) else None


def _table(source: object, problems: Problems) -> _Table:
    if not isinstance(source, str | Path):
        try:
            return _Table(read_columns(source)[0])
        except PanelError as error:
            raise ModelError(error.problems) from error
    path = Path(source)
    if not path.is_file():
        _add(problems, "file", Place(file=str(path)), "–", Text("一个 CSV 文件", "a CSV file"))
        return _Table({})
    grid = read_csv_grid(path, path.name)
    kept = [(line, row) for line, row in zip(grid.numbers, grid.rows, strict=True) if any(row) and row[0][:1] != "#"]
    head = kept[0][1] if kept else ()
    for name in dict.fromkeys(n for i, n in enumerate(head) if n and n in head[:i]):
        expected = Text("每个列名只出现一次", "each column once")
        _add(problems, "columns", Place(file=path.name, column=name), name, expected)
    for line, row in kept[1:]:
        beyond = [cell for j, cell in enumerate(row) if cell and (j >= len(head) or not head[j])]
        if beyond:
            expected = Text("不超出表头的单元格", "cells below a name of the head")
            _add(problems, "cells", Place(file=path.name, row=line), ", ".join(beyond), expected)
    wide = [(line, (*row, *[""] * (len(head) - len(row)))) for line, row in kept[1:]]
    columns = {name: np.array([row[j] for _, row in wide], dtype=object) for j, name in enumerate(head) if name}
    return _Table(columns, path.name, tuple(line for line, _ in wide))


def _indicator(table: _Table, row: int, problems: Problems) -> Indicator:
    words = {name: table.word(name, row) for name in REQUIRED}
    if words["direction"] not in DIRECTIONS:
        expected = Text("+ 或 −", "+ or −")
        _add(problems, "direction", table.place(row, "direction"), words["direction"] or "–", expected)
    numbers = {name: table.number(name, row, problems) for name in NUMBERS}
    name = words["indicator"]
    return Indicator(
        name=name,
        dimension=words["dimension"],
        direction=DIRECTIONS.get(words["direction"], 1),
        title=table.title("zh", "en", row, name) or Text(name, name),
        unit=table.word("unit", row),
        definition=table.word("definition", row),
        source=table.word("source", row),
        **numbers,
    )


def _check(
    problems: Problems, indicators: Sequence[Indicator], place: Callable[[int, str], Place], file: str = ""
) -> None:
    """Record what is wrong with the indicators of a tree, each at its place by row and column."""
    if not indicators:
        _add(problems, "rows", Place(file=file, item="tree"), "0", Text("至少一个指标", "at least one indicator"))
    seen: set[str] = set()
    for row, indicator in enumerate(indicators):
        for field in ("dimension", "name"):
            if not getattr(indicator, field):
                column = "indicator" if field == "name" else field
                _add(problems, column, place(row, column), "–", Text("一个名称", "a name"))
        if indicator.direction not in (1, -1):
            found = f"{indicator.direction}"
            _add(problems, "direction", place(row, "direction"), found, Text("1 或 −1", "1 or −1"))
        if indicator.weight <= 0.0:
            found = f"{indicator.weight:g}"
            _add(problems, "weight", place(row, "weight"), found, Text("大于 0 的权重", "a weight above 0"))
        low, high = indicator.low, indicator.high
        if np.isnan(low) != np.isnan(high) or low >= high:
            expected = Text("同时给出，且 low < high", "both of them, with low < high")
            _add(problems, "goalposts", place(row, "low"), f"{low:g}, {high:g}", expected)
        if indicator.name in seen:
            expected = Text("每个指标一行", "one row an indicator")
            _add(problems, "indicator", place(row, "indicator"), indicator.name, expected)
        seen.add(indicator.name)


def _add(problems: Problems, what: str, place: Place, found: str, expected: Text) -> None:
    remedy = Text("改正指标树", "correct the tree")
    problems.add(f"tree.{what}", place, found=Text(found, found), expected=expected, remedy=remedy)

"""What a printed table holds: columns with titles, blocks of rows, notes; every export reads this and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frozen import Frozen
from hetao.text import Text

__all__ = ["BLANK", "GAP", "Cell", "Label", "Row", "Table", "clean", "width"]

Label = str | Text
GAP = "–"  # there is no answer; a cell that does not apply is blank
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Cell:
    """One cell as it is printed.

    Attributes:
        text: the number, with brackets if any; a dash where there is no answer, nothing where it does not apply.
        stars: how many follow it.
    """

    text: str = ""
    stars: int = 0


BLANK = Cell()


@dataclass(frozen=True)
class Row:
    """One printed line, and the numbers behind it.

    Attributes:
        labels: one for each column of labels.
        cells: one a model.
        name: of the row in `Table.columns`; a unit's or a coefficient's own, else English.
        period: of a row of a unit and period, else None.
        figures: name of a figure → one number a model, NaN where there is none.
    """

    labels: tuple[Label, ...]
    cells: tuple[Cell, ...]
    name: str = ""
    period: str | None = None
    figures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", Frozen(self.figures))


@dataclass(frozen=True)
class Table:
    """A table: labels at the left, one column a model, notes below.

    Attributes:
        caption: of the whole, or None.
        stubs: heads of the columns of labels.
        titles: heads of the models' columns.
        blocks: rows that belong together.
        notes: one paragraph each.
        centred: whether numbers are centred, as those with brackets below them are, or stand at the right.
    """

    caption: Label | None
    stubs: tuple[Label, ...]
    titles: tuple[Label, ...]
    blocks: tuple[tuple[Row, ...], ...]
    notes: tuple[Text, ...]
    centred: bool

    @property
    def heads(self) -> tuple[list[str], list[str]]:
        """The two lines of heads: numbers of the models, then the heads of the labels and the titles."""
        numbers = [""] * len(self.stubs) + [f"({i})" for i in range(1, len(self.titles) + 1)]
        return numbers, [clean(str(label)) for label in (*self.stubs, *self.titles)]

    def lines(self) -> Iterator[tuple[bool, list[str], tuple[Cell, ...]]]:
        """Yield for each printed line whether it begins a block after the first, its labels and its cells."""
        for at, block in enumerate(self.blocks):
            for i, row in enumerate(block):
                yield at > 0 and i == 0, [clean(str(label)) for label in row.labels], row.cells

    def paragraphs(self) -> list[str]:
        """Return the notes in the language in use, the first marked as what they are."""
        head = str(Text("注：", "Note: "))
        return [(head if i == 0 else "") + clean(str(note)) for i, note in enumerate(self.notes)]

    def columns(self) -> dict[str, list[Any] | NDArray[np.float64]]:
        """Return the numbers in full: ``row``, ``period`` where rows have one, ``figure``, and a column a title."""
        told = [(row, figure) for block in self.blocks for row in block for figure in row.figures]
        keys: dict[str, list[Any] | NDArray[np.float64]] = {"row": [row.name for row, _ in told]}
        if len(self.stubs) > 1:
            keys["period"] = [row.period for row, _ in told]
        keys["figure"] = [figure for _, figure in told]
        numbers = np.array([row.figures[figure] for row, figure in told], dtype=float)
        return keys | {str(title): numbers[:, j] for j, title in enumerate(self.titles)}

    def printed(self) -> dict[str, list[str]]:
        """Return the lines as they are printed, one list a column; stars as asterisks."""
        heads = [f"{number} {title}".strip() for number, title in zip(*self.heads, strict=True)]
        rows = [[*labels, *(cell.text + "*" * cell.stars for cell in cells)] for _, labels, cells in self.lines()]
        found: dict[str, list[str]] = {}
        for head, column in zip(heads, zip(*rows, strict=True), strict=True):
            found[head if head and head not in found else f"{head} "] = list(column)
        return found


def clean(text: str) -> str:
    """Return a text on one line, without characters that a file cannot hold."""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese counts double, combining marks nothing."""
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c) else wide.get(unicodedata.east_asian_width(c), 1) for c in text)

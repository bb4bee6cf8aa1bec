"""What a report is made of, before anybody draws it: sections, tables, charts, and where each number comes from.

Builders fill these; `hetao.report.html` and `hetao.report.xlsx` draw them. A number that is not known is None and is
drawn as a gap, with a word why; it is never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from hetao.text import Text

__all__ = [
    "BarChart",
    "Block",
    "CapNode",
    "CapTree",
    "Cell",
    "Chart",
    "Column",
    "LineChart",
    "Paragraph",
    "Point",
    "Reference",
    "Report",
    "Section",
    "Series",
    "SourceNote",
    "Step",
    "Table",
    "Tile",
    "TileMap",
    "Waterfall",
]

Number = int | float | Decimal
Tone = Literal["plain", "good", "warning", "bad", "muted"]
Role = Literal["focus", "peer", "limit", "plain"]  # how a series is drawn: strong, faint, dashed line, ordinary


@dataclass(frozen=True)
class SourceNote:
    """A source as shown on hover or click: publisher, title, vintage, address."""

    key: str
    publisher: str
    title: str
    vintage: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    text: Text
    tone: Tone = "plain"


@dataclass(frozen=True)
class Column:
    """A table's column.

    Attributes:
        key: name in the csv and the workbook.
        title: heading.
        unit: stands in the heading.
        kind: what the cells hold.
        digits: how many decimals are shown, never how many are stored.
        wide: whether the cells hold sentences and want room.
    """

    key: str
    title: Text
    unit: Text | None = None
    kind: Literal["text", "number", "year"] = "text"
    digits: int | None = None
    wide: bool = False


@dataclass(frozen=True)
class Cell:
    """A table's cell: its value, source keys, source place (file, row), a tone for statuses, a word on a gap."""

    value: Text | str | Number | None
    sources: tuple[str, ...] = ()
    place: str = ""
    tone: Tone = "plain"
    note: Text | None = None


@dataclass(frozen=True)
class Table:
    """A table; becomes one sheet of the workbook and one tidy csv named after ``key``."""

    key: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Text | None = None
    folded: bool = False  # shown closed in the page, to be opened by a click


@dataclass(frozen=True)
class Point:
    """One point of a series: x (category or year), y or a gap, source keys shown on hover, a word on a gap."""

    x: str | int
    y: float | None
    sources: tuple[str, ...] = ()
    note: Text | None = None


@dataclass(frozen=True)
class Series:
    """One line or one set of bars. ``low`` and ``high`` are bounds of the points, where there are any."""

    name: Text
    points: tuple[Point, ...]
    role: Role = "plain"
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A horizontal reference line with its words, e.g. a cap."""

    label: Text
    value: float


@dataclass(frozen=True)
class LineChart:
    """Lines over years or ordered categories; a missing point is a gap in the line."""

    key: str
    title: Text
    unit: Text
    series: tuple[Series, ...]
    references: tuple[Reference, ...] = ()
    note: Text | None = None
    kind: Literal["line"] = "line"


@dataclass(frozen=True)
class BarChart:
    """Bars by category (each series' points give x as a key of ``labels``); may be stacked or horizontal.

    ``dots`` draws a dot instead of each bar, for numbers that have no length, such as ranks; ``most`` ends the axis.
    """

    key: str
    title: Text
    unit: Text
    labels: Mapping[str, Text]
    series: tuple[Series, ...]
    stacked: bool = False
    horizontal: bool = False
    dots: bool = False
    most: float | None = None
    references: tuple[Reference, ...] = ()
    note: Text | None = None
    kind: Literal["bar"] = "bar"


@dataclass(frozen=True)
class Step:
    """One step of a waterfall: a ``change`` added to what stands, or a ``level`` that stands on its own."""

    label: Text
    value: float
    step: Literal["change", "level"] = "change"
    note: Text | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waterfall:
    """A start, the parts that moved it, and where it ended."""

    key: str
    title: Text
    unit: Text
    steps: tuple[Step, ...]
    note: Text | None = None
    kind: Literal["waterfall"] = "waterfall"


@dataclass(frozen=True)
class Tile:
    """One region of a tile map: its place in the grid (row and column from 0), a value or a gap."""

    key: str
    label: Text
    row: int
    column: int
    value: float | None
    note: Text | None = None
    sources: tuple[str, ...] = ()
    focus: bool = False


@dataclass(frozen=True)
class TileMap:
    """A map with one equal tile a region: no boundaries are drawn. ``middle`` makes the colours diverge from it."""

    key: str
    title: Text
    unit: Text
    tiles: tuple[Tile, ...]
    middle: float | None = None
    digits: int = 3
    note: Text | None = None
    kind: Literal["tiles"] = "tiles"


@dataclass(frozen=True)
class CapNode:
    """One node of a cap tree, volumes in the tree's unit; ``used`` is compared on the cap's own basis only."""

    label: Text
    cap: float | None
    used: float | None = None
    tone: Tone = "plain"
    note: Text | None = None
    sources: tuple[str, ...] = ()
    children: tuple[CapNode, ...] = ()


@dataclass(frozen=True)
class CapTree:
    """A cap and what it is broken down to."""

    key: str
    title: Text
    unit: Text
    root: CapNode
    note: Text | None = None
    kind: Literal["captree"] = "captree"


Chart = LineChart | BarChart | Waterfall | TileMap | CapTree
Block = Paragraph | Table | LineChart | BarChart | Waterfall | TileMap | CapTree


@dataclass(frozen=True)
class Section:
    """One job: its question, the answer in one sentence, one picture, then the detail."""

    key: str
    title: Text
    question: Text
    answer: Text
    tone: Tone
    picture: Chart | None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole report. ``made`` is the time stamp shown (the only part that changes between equal runs)."""

    title: Text
    subtitle: Text
    sections: tuple[Section, ...]
    sources: Mapping[str, SourceNote] = field(default_factory=dict)
    facts: tuple[
        tuple[Text, Text | str], ...
    ] = ()  # versions, fingerprints, certificates: what the foot of the page says
    made: str = ""

    def tables(self) -> tuple[Table, ...]:
        """Return every table of the report, in order."""
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Table))

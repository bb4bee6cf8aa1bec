"""Sources: who published a figure, where and when; each is a vintage of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hetao.errors import FiguresError, Problems
from hetao.figures.tables import Row, check_filled, read_table
from hetao.text import Text

__all__ = ["Source", "read_sources"]

REQUIRED = ("source", "publisher", "title", "vintage", "url", "note")


@dataclass(frozen=True)
class Source:
    """One source in one vintage.

    Attributes:
        key: its name in figures.
        publisher: who published it.
        title: what it is called.
        vintage: edition or date.
        url: where it is; may be empty.
        note: what to know before using it; may be empty.
    """

    key: str
    publisher: str
    title: str
    vintage: str
    url: str
    note: str


def read_sources(path: Path | str, *, root: Path | None = None) -> dict[str, Source]:
    """Read sources by key from a file with the columns ``source,publisher,title,vintage,url,note``.

    Raises:
        FiguresError: everything that is wrong, at once; source, publisher and title must not be empty, keys not repeat.
    """
    problems = Problems(FiguresError)
    sources: dict[str, Source] = {}
    for row in read_table(path, REQUIRED, root=root):
        _check_row(row, sources, problems)
        sources[row["source"]] = Source(*(row[column] for column in REQUIRED))
    problems.raise_if_any()
    return sources


def _check_row(row: Row, seen: dict[str, Source], problems: Problems) -> None:
    check_filled(row, REQUIRED[:3], problems)
    if row["source"] and row["source"] in seen:
        problems.add(
            "figures.duplicate_source",
            row.place("source"),
            found=Text(f"来源“{row['source']}”再次出现", f"the source {row['source']!r} once more"),
            expected=Text("每个来源一行", "one row a source"),
            remedy=Text("另取名称，或删去重复的行", "give it another name, or remove the row"),
        )

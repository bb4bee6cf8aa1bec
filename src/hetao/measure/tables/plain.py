"""A table as plain text, aligned where Chinese takes two columns, and as Markdown."""

from __future__ import annotations

import re
from itertools import chain

from hetao.measure.tables.table import Cell, Table, clean, width

__all__ = ["markdown", "plain"]

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")


def plain(table: Table) -> str:
    """Return a table as aligned text: labels at the left, numbers so that their ends stand below one another."""
    lines = list(table.lines())
    tail = max(_tail(cell) for _, _, cells in lines for cell in cells)
    stubs = len(table.stubs)
    heads = [[*line[:stubs], *(word + " " * tail for word in line[stubs:])] for line in table.heads]
    body = [[*labels, *(_hung(cell, tail) for cell in cells)] for _, labels, cells in lines]
    wide = [max(map(width, column)) for column in zip(*heads, *body, strict=True)]
    rule = "─" * (sum(wide) + 2 * (len(wide) - 1))
    shown = [[""] * begins + [_line(line, wide, stubs)] for (begins, _, _), line in zip(lines, body, strict=True)]
    title = [] if table.caption is None else [clean(str(table.caption))]
    top = [_line(line, wide, stubs) for line in heads]
    return "\n".join([*title, rule, *top, rule, *chain(*shown), rule, *table.paragraphs()])


def _tail(cell: Cell) -> int:
    """Return how many signs follow a cell's last digit."""
    return cell.stars or int(cell.text.endswith((")", "]")))


def _hung(cell: Cell, tail: int) -> str:
    """Return a cell filled up behind, so that digits stand below digits."""
    return cell.text + "*" * cell.stars + " " * (tail - _tail(cell))


def _line(words: list[str], wide: list[int], stubs: int) -> str:
    shown = [
        word + " " * (room - width(word)) if j < stubs else " " * (room - width(word)) + word
        for j, (word, room) in enumerate(zip(words, wide, strict=True))
    ]
    return "  ".join(shown).rstrip()


def markdown(table: Table) -> str:
    """Return a table as GitHub's Markdown; what could be read as markup is escaped."""
    numbers, words = table.heads
    heads = [_marked(f"{number} {word}".strip()) for number, word in zip(numbers, words, strict=True)]
    rules = [":---"] * len(table.stubs) + ["---:"] * len(table.titles)
    rows = [
        [*map(_marked, labels), *(_marked(cell.text + "*" * cell.stars) for cell in cells)]
        for _, labels, cells in table.lines()
    ]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, rules, *rows)]
    title = [] if table.caption is None else [f"**{_marked(clean(str(table.caption)))}**", ""]
    notes = [text for note in table.paragraphs() for text in ("", _marked(note))]
    return "\n".join([*title, *lines, *notes]) + "\n"


def _marked(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)

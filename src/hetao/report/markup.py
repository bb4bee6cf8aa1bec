"""Small pieces of the page: a text in both languages, a table's cell, the numbers of the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup, escape

from hetao.report.format import number
from hetao.report.model import Cell, Column, SourceNote, Tone
from hetao.report.words import SYMBOLS, TONES, WORDS
from hetao.text import Text

__all__ = ["Sources", "both", "cell", "column_class", "tone_mark"]


class Sources:
    """The report's sources, numbered from 1 in order; a key that nobody described is numbered when it is met."""

    def __init__(self, described: Mapping[str, SourceNote]) -> None:
        self._notes = dict(described)
        self._numbers = {key: place for place, key in enumerate(self._notes, start=1)}

    def number(self, key: str) -> int:
        """Return the number of a source."""
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._notes[key] = SourceNote(key, "", key)
        return self._numbers[key]

    def numbers(self, keys: Sequence[str]) -> list[int]:
        """Return the numbers of several sources."""
        return [self.number(key) for key in keys]

    def listed(self) -> list[tuple[int, SourceNote]]:
        """Return every source met so far with its number."""
        return [(place, self._notes[key]) for key, place in self._numbers.items()]

    @staticmethod
    def link(note: SourceNote) -> str:
        """Return the address of a source if it is one that a page may link to, else nothing."""
        return note.url if note.url.startswith(("https://", "http://")) else ""


def both(text: Text | str) -> Markup:
    """Return a text in both languages, of which the page shows one; once where they are equal."""
    if isinstance(text, str):
        return escape(text)
    if text.zh == text.en:
        return escape(text.zh)
    return Markup('<span lang="zh-CN">{}</span><span lang="en">{}</span>').format(text.zh, text.en)


def tone_mark(tone: Tone) -> Markup:
    """Return the sign of a tone, so that colour alone never tells it; its word is there for readers by ear."""
    if tone == "plain":
        return Markup("")
    return Markup('<span class="mark" aria-hidden="true">{}</span><span class="ear">{} </span>').format(
        SYMBOLS[tone], both(TONES[tone])
    )


def column_class(column: Column) -> str:
    """Return ``n`` for columns set to the right in tabular figures, ``t w`` for sentences, else ``t``."""
    if column.kind != "text":
        return "n"
    return "t w" if column.wide else "t"


def cell(one: Cell, column: Column, sources: Sources, *, head: bool = False) -> Markup:
    """Return a table cell; with sources or a note, what it shows is a link that opens them."""
    shown = _shown(one, column)
    numbers = sources.numbers(one.sources)
    attributes = Markup("")
    if isinstance(one.value, int | float | Decimal):
        attributes += Markup(' data-v="{}"').format(one.value)
    if one.tone != "plain":
        shown = Markup('<span class="tone {}">{}{}</span>').format(one.tone, tone_mark(one.tone), shown)
    if numbers or one.place or one.note is not None:
        shown = Markup('<a class="v" href="#{}"{}{}{}>{}</a>').format(
            f"source-{numbers[0]}" if numbers else "sources",
            _data("s", " ".join(map(str, numbers))),
            _data("p", one.place),
            _note(one.note),
            shown,
        )
    tag = Markup('th scope="row"') if head else Markup("td")
    return Markup('<{} class="{}"{}>{}</{}>').format(
        tag, column_class(column), attributes, shown, "th" if head else "td"
    )


def _shown(one: Cell, column: Column) -> Markup:
    if one.value is None:
        why = WORDS["no_data"] if one.note is None else one.note
        return Markup('<span class="gap">—<span class="ear">{}</span></span>').format(both(why))
    if isinstance(one.value, int | float | Decimal):
        return escape(number(one.value, column.digits, grouped=column.kind != "year"))
    return both(one.value)


def _data(name: str, value: str) -> Markup:
    return Markup(' data-{}="{}"').format(name, value) if value else Markup("")


def _note(note: Text | None) -> Markup:
    return _data("nz", note.zh) + _data("ne", note.en) if note is not None else Markup("")

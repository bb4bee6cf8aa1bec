"""What all charts share: colours by name, the frame of an option, tips, and words on gaps.

A colour is a token such as ``@focus``; the page replaces it by the colour of its light or dark theme.
A data item's ``tip`` holds the finished words that the page shows on hover and the keys of its sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hetao.report.model import Reference
from hetao.report.words import WORDS
from hetao.text import Language, Text

__all__ = [
    "DASHES",
    "PALETTE",
    "SYMBOLS",
    "Option",
    "base",
    "category_axis",
    "gap_word",
    "limit_legend",
    "limit_line",
    "name_axis",
    "tip",
    "value_axis",
    "wrap",
]

Option = dict[str, Any]

PALETTE = tuple(f"@series{i}" for i in range(1, 7))
DASHES: tuple[str | list[int], ...] = ("solid", [6, 3], [2, 3], [10, 3, 2, 3], [12, 4], [4, 2])
SYMBOLS = ("circle", "rect", "triangle", "diamond", "roundRect", "emptyCircle")
VOWELS = "aeiouv"
CROWDED = 10  # more names than this along an axis are set aslant, but for short ones such as years
SHORT = 4


def base() -> Option:
    """Return the parts equal in every option: no animation, the page's font, the tooltip that the page fills."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": "Hetao Sans SC, sans-serif", "color": "@ink"},
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "transitionDuration": 0,
            "backgroundColor": "@paper",
            "borderColor": "@line",
            "textStyle": {"color": "@ink", "fontSize": 12.5},
        },
    }


def category_axis(names: Sequence[str], **more: object) -> Option:
    """Return a category axis with quiet lines; ``more`` adds to its labels' settings."""
    return {
        "type": "category",
        "data": list(names),
        "axisLine": {"lineStyle": {"color": "@line"}},
        "axisTick": {"show": False},
        "axisLabel": {"color": "@soft", "fontSize": 11, "hideOverlap": True, **more},
    }


def name_axis(names: Sequence[str]) -> Option:
    """Return a category axis whose names are broken to fit their place, or set aslant where there are many."""
    if len(names) > CROWDED:
        return category_axis(names, rotate=0 if max(map(len, names)) <= SHORT else 45)
    room = max(6, 56 // max(1, len(names)))
    return category_axis([wrap(name, room) for name in names], interval=0, hideOverlap=False, fontSize=10.5)


def value_axis(**more: object) -> Option:
    """Return a value axis with quiet lines; its unit stands in the chart's caption."""
    return {
        "type": "value",
        "axisLabel": {"color": "@soft", "fontSize": 11, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": "@grid"}},
        **more,
    }


def tip(head: str, lines: Sequence[str], sources: Sequence[str] = ()) -> Option:
    """Return what is shown on hover: a heading, finished lines, and source keys for the page to look up."""
    return {"head": head, "lines": [line for line in lines if line], "sources": list(sources)}


def gap_word(note: Text | None, language: Language) -> str:
    """Return the word drawn where a number is missing: why it is missing, else that it is."""
    return (note or WORDS["gap"]).in_language(language)


def limit_line(
    reference: Reference, index: int, categories: Sequence[object], language: Language, *, lying: bool = False
) -> Option:
    """Return a dashed line across the whole chart; its words stand in the legend, where they cover no data.

    The invisible points make the axis reach the line.
    """
    style = {"color": "@limit", "width": 1.8, "type": DASHES[1 + index % (len(DASHES) - 1)]}
    mark = {"name": "", "xAxis" if lying else "yAxis": reference.value}
    return {
        "type": "line",
        "name": reference.label.in_language(language),
        "data": [[reference.value, i] if lying else reference.value for i in range(len(categories))],
        "silent": True,
        "symbol": "none",
        "lineStyle": {**style, "opacity": 0},
        "markLine": {"silent": True, "symbol": "none", "label": {"show": False}, "lineStyle": style, "data": [mark]},
        "tooltip": {"show": False},
        "z": 6,
    }


def limit_legend(line: Option) -> Option:
    """Return the legend's entry of a `limit_line`: its dashes, without a symbol."""
    return {
        "name": line["name"],
        "itemStyle": {"opacity": 0},
        "lineStyle": {**line["markLine"]["lineStyle"], "opacity": 1},
    }


def wrap(label: str, width: int = 10) -> str:
    """Return ``label`` broken into lines of at most ``width`` Latin letters, or half as many Chinese characters.

    A longer Latin word is broken with a hyphen between two syllables as pinyin has them: ``Heilong-jiang``.
    """
    lines = [""]
    for piece in (piece for word in label.split() for piece in _broken(word, width)):
        joined = f"{lines[-1]} {piece}".strip()
        if _letters(joined) <= width and not lines[-1].endswith("-"):
            lines[-1] = joined
        else:
            lines.append(piece)
    return "\n".join(line for line in lines if line)


def _letters(text: str) -> int:
    """Return how many Latin letters would take the room of ``text``: a Chinese character counts as two."""
    return sum(1 if character.isascii() else 2 for character in text)


def _broken(word: str, width: int) -> list[str]:
    if not word.isascii():
        lines = -(-len(word) // max(2, width // 2))
        each = -(-len(word) // lines)
        return [word[i : i + each] for i in range(0, len(word), each)]
    if len(word) <= width:
        return [word]
    cut = max((i for i in range(2, width) if _syllable_starts(word.lower(), i)), default=width - 1)
    return [word[:cut] + "-", *_broken(word[cut:], width)]


def _syllable_starts(word: str, at: int) -> bool:
    """Return whether a pinyin syllable may start at ``at``: a consonant before a vowel, not inside ``ng`` or ``zh``."""
    before, here, after = word[at - 1], word[at], word[at + 1 : at + 2]
    opens = here not in VOWELS and after != "" and after in VOWELS + "h"
    return opens and before in VOWELS + "ngr" and before + here != "ng"

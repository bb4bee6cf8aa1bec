"""Small helpers that every reader of figures uses to say what is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from hetao.errors import FiguresError, Place, Problem
from hetao.text import Text

__all__ = ["SUGGESTED_AT_MOST", "closest", "empty_cell", "fault", "shown_path", "suggestion"]

SUGGESTED_AT_MOST = 3

T = TypeVar("T")


def fault(code: str, place: Place, *, found: Text, expected: Text, remedy: Text) -> FiguresError:
    """Return an error of exactly one problem; ``code`` is given without its ``figures.``."""
    return FiguresError([Problem(f"figures.{code}", place, found, expected, remedy)])


def empty_cell(place: Place) -> FiguresError:
    """Return the error for a cell that is blank and must not be."""
    return fault(
        "empty_cell",
        place,
        found=Text("空单元格", "an empty cell"),
        expected=Text("一个值", "a value"),
        remedy=Text("补上", "fill it in"),
    )


def closest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return at most `SUGGESTED_AT_MOST` known names that look like ``name``, the closest first."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    near = difflib.get_close_matches(name.casefold(), folded, n=SUGGESTED_AT_MOST, cutoff=0.5)
    return tuple(folded[match] for match in near)


def suggestion(near: Iterable[str], where: Text) -> Text:
    """Return a remedy that offers the names in ``near``, or sends the reader to ``where``."""
    listed = "、".join(near)
    if not listed:
        return Text(f"改正名称，或先在{where.zh}中添加", f"correct the name, or add it to {where.en} first")
    english = listed.replace("、", ", ")
    return Text(
        f"是否指 {listed}？否则先在{where.zh}中添加", f"did you mean {english}? Else add it to {where.en} first"
    )


def shown_path(path: Path, root: Path | None) -> str:
    """Return a file's name for people: relative to ``root`` where it lies inside it, else as given."""
    if root is not None and path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return path.as_posix()

"""The one tree of errors.

::

    HetaoError
    ├── ProblemsError            what a person handed in is wrong; lists everything at once
    │   ├── UnitsError           a quantity, unit or percentage that cannot be read exactly
    │   ├── FiguresError         files and figures: cells, keys, regions, indicators, units
    │   │   └── AmbiguityError   several vintages of one figure and no named choice
    │   ├── PanelError           a data frame that is no panel: missing, infinite, duplicate, unknown
    │   ├── ModelError           arguments or data that a model cannot take, by the model's name
    │   ├── LedgerError          a store, journal or event line that cannot be read (refusals are no errors)
    │   ├── PlanError            claims, floors or projects that make no well-posed plan
    │   ├── TrackError           targets or actuals that cannot be compared
    │   └── StudyError           a study folder that cannot be run
    ├── FamilyError              a member file that breaks its family's contract (a programmer's fault)
    └── SolverError              a programme whose labels do not match (a programmer's fault)

A `ProblemsError` carries one `Problem` for each thing that is wrong: its place, what was found, what was
expected, and the remedy, in Chinese and English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from hetao.text import Language, Text, language

__all__ = [
    "AmbiguityError",
    "FamilyError",
    "FiguresError",
    "HetaoError",
    "LedgerError",
    "ModelError",
    "PanelError",
    "Place",
    "PlanError",
    "Problem",
    "Problems",
    "ProblemsError",
    "SolverError",
    "StudyError",
    "TrackError",
    "UnitsError",
]

T = TypeVar("T")
SHOWN_AT_MOST = 50  # problems printed in one message; the rest are counted and stay in `.problems`


@dataclass(frozen=True, order=True)
class Place:
    """Where something is: any part may be empty.

    Attributes:
        file: file name as the user knows it.
        sheet: sheet of a workbook.
        cell: cell of a sheet in A1 notation.
        row: row number as an editor shows it, from 1 (header included), or a data frame's row from 0.
        column: column name.
        item: a setting, argument or record, e.g. ``[plan.breakdown] rules`` or ``returns``.
    """

    file: str = ""
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    item: str = ""

    def describe(self, wanted: Language | None = None) -> str:
        """Return the place in words, e.g. ``a.xlsx, sheet Data, cell C7``."""
        zh = (wanted or language()) == "zh"
        parts = [self.file] if self.file else []
        if self.sheet:
            parts.append(f"工作表 {self.sheet}" if zh else f"sheet {self.sheet}")
        if self.cell:
            parts.append(f"单元格 {self.cell}" if zh else f"cell {self.cell}")
        if self.row is not None:
            parts.append(f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.column:
            parts.append(f"列 {self.column}" if zh else f"column {self.column}")
        if self.item:
            parts.append(self.item)
        return ("，" if zh else ", ").join(parts)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: stable name for programs and tests, e.g. ``panel.missing_value``.
        place: where it is.
        found: what stands there.
        expected: what should stand there.
        remedy: what the user can do about it.
    """

    code: str
    place: Place
    found: Text
    expected: Text
    remedy: Text

    def describe(self, wanted: Language | None = None) -> str:
        """Return the problem as one paragraph in the wanted language (default: the one in use)."""
        lang = wanted or language()
        found, expected, remedy = (t.in_language(lang).rstrip("。.") for t in (self.found, self.expected, self.remedy))
        where = self.place.describe(lang)
        if lang == "zh":
            return f"{where + '：' if where else ''}发现{found}；应为{expected}。处理：{remedy}"
        return f"{where + ': ' if where else ''}found {found}; expected {expected}. Remedy: {remedy}"

    def as_dict(self) -> dict[str, object]:
        """Return the problem in the one JSON shape used by every command and log."""
        place = {k: v for k, v in vars(self.place).items() if v not in ("", None)}
        words = {
            f"{part}_{lang}": getattr(self, part).in_language(lang)
            for part in ("found", "expected", "remedy")
            for lang in ("zh", "en")
        }
        return {"code": self.code, "place": place, **words}


class HetaoError(Exception):
    """Base of every error that hetao raises on purpose."""


class ProblemsError(HetaoError, ValueError):
    """Everything that is wrong with what was handed in, at once.

    Attributes:
        problems: one `Problem` each, in the order found; never empty.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def describe(self, wanted: Language | None = None) -> str:
        """Return all problems, one line each, the first `SHOWN_AT_MOST` in full and the rest as a count."""
        lang = wanted or language()
        lines = [p.describe(lang) for p in self.problems[:SHOWN_AT_MOST]]
        hidden = len(self.problems) - len(lines)
        if hidden:
            lines.append(f"……另有 {hidden} 处。" if lang == "zh" else f"... and {hidden} more.")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.describe()


class UnitsError(ProblemsError):
    """A quantity, unit or percentage that cannot be read exactly."""


class FiguresError(ProblemsError):
    """Files or figures that cannot be taken in."""


class AmbiguityError(FiguresError):
    """Several vintages of one figure and no named choice between them."""


class PanelError(ProblemsError):
    """A data frame that does not make a panel."""


class ModelError(ProblemsError):
    """Arguments or data that the named model cannot take."""


class LedgerError(ProblemsError):
    """A store, journal or event line that cannot be read."""


class PlanError(ProblemsError):
    """Claims, floors or projects that make no well-posed plan."""


class TrackError(ProblemsError):
    """Targets or actuals that cannot be compared."""


class StudyError(ProblemsError):
    """A study folder that cannot be run."""


class FamilyError(HetaoError, TypeError):
    """A member file that breaks its family's contract."""


class SolverError(HetaoError, ValueError):
    """A programme whose shapes or labels do not match."""


class Problems:
    """Collects problems so that all of them are reported together.

    >>> problems = Problems(PanelError)
    >>> problems.raise_if_any()
    """

    def __init__(self, error: type[ProblemsError]) -> None:
        self._error = error
        self._found: list[Problem] = []

    def __len__(self) -> int:
        return len(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def found(self) -> tuple[Problem, ...]:
        """The problems collected so far."""
        return tuple(self._found)

    def add(self, code: str, place: Place, *, found: Text, expected: Text, remedy: Text) -> None:
        """Record one problem."""
        self._found.append(Problem(code, place, found, expected, remedy))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Record the problems of another reader."""
        self._found.extend(problems)

    def attempt(self, call: Callable[[], T], place: Place | None = None) -> T | None:
        """Return ``call()``; where it refuses, record its problems and return None.

        Args:
            call: what to try.
            place: where the caller knows the problems to be; None leaves each in its own place.
        """
        try:
            return call()
        except ProblemsError as error:
            self.extend(p if place is None else replace(p, place=place) for p in error.problems)
            return None

    def raise_if_any(self) -> None:
        """Raise the collector's error with everything recorded, if anything was."""
        if self._found:
            raise self._error(self._found)

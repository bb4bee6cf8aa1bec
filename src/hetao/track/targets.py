"""Targets that were promised and actuals that were published; both refuse whatever is not exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from hetao.errors import Place, Problems, TrackError
from hetao.text import Text
from hetao.track.paths import PATHS

__all__ = ["Actual", "Bound", "Exact", "Target"]

Exact: TypeAlias = int | Decimal | Fraction
"""A number without rounding: no float."""

Bound: TypeAlias = Literal["at_least", "at_most"]
"""The side on which a target's value binds."""

_LAST_YEAR = 9999


@dataclass(frozen=True, kw_only=True)
class Target:
    """One promise.

    Attributes:
        key: a name of its own among the targets compared together.
        region: who promised.
        indicator: what is counted; for a decline, the decline itself (12 with unit ``%``).
        bound: at least or at most ``value``.
        value: the bound's value in ``unit``; reaching it exactly counts.
        unit: unit of ``value`` and ``base_value``; empty for a pure number.
        base_period: the year from which the promise counts, where it is stated.
        base_value: the value of that year, where it is stated; a decline starts at 0.
        deadline: the year for which the promise was made.
        path: name of the assumed path, one of `hetao.track.paths.PATHS`.
        source: where the promise is published.
        note: anything a reader should know.

    Raises:
        TrackError: an empty name or source, a value that is not exact and finite, a year out of order, an
            unknown bound or path; everything at once.
    """

    key: str
    region: str
    indicator: str
    bound: Bound
    value: Exact
    unit: str
    deadline: int
    source: str
    base_period: int | None = None
    base_value: Exact | None = None
    path: str = "straight_line"
    note: str = ""

    def __post_init__(self) -> None:
        check = _Check(self.key)
        for column, text in (("target", self.key), ("region", self.region)):
            check.text(column, text)
        for column, text in (("indicator", self.indicator), ("source", self.source)):
            check.text(column, text)
        check.choice("bound", self.bound, get_args(Bound))
        check.choice("path", self.path, tuple(PATHS))
        check.exact("value", self.value)
        check.year("deadline", self.deadline)
        if self.base_period is not None:
            check.year("base_period", self.base_period)
            check.order(self.base_period, self.deadline)
        if self.base_value is not None:
            check.exact("base_value", self.base_value)
            check.base_year(self.base_period)
        check.problems.raise_if_any()

    def shortfall(self, value: Exact, needed: Exact | None = None) -> Fraction:
        """Return how far ``value`` is short of ``needed``, in ``unit``: positive is short, else it is reached.

        Args:
            value: a value of the indicator.
            needed: what it is held against, on the bound's side; the bound's own value where left out.
        """
        missing = Fraction(self.value if needed is None else needed) - Fraction(value)
        return missing if self.bound == "at_least" else -missing

    def reached_by(self, value: Exact) -> bool:
        """Tell whether ``value`` keeps the bound, whatever the year."""
        return self.shortfall(value) <= 0


@dataclass(frozen=True, kw_only=True)
class Actual:
    """One published figure.

    Attributes:
        region: whose figure.
        indicator: what is counted.
        period: its year.
        value: in ``unit``.
        unit: unit of ``value``; empty for a pure number.
        source: where it is published.
        base_period: for a change against a base year (a decline at constant prices), that year.
        note: anything a reader should know.

    Raises:
        TrackError: an empty name or source, a value that is not exact and finite, or no year; everything at
            once.
    """

    region: str
    indicator: str
    period: int
    value: Exact
    unit: str
    source: str
    base_period: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        check = _Check(f"{self.region} {self.indicator} {self.period}")
        for column, text in (("region", self.region), ("indicator", self.indicator), ("source", self.source)):
            check.text(column, text)
        check.exact("value", self.value)
        check.year("period", self.period)
        if self.base_period is not None:
            check.year("base_period", self.base_period)
        check.problems.raise_if_any()


class _Check:
    """Collects what is wrong with one record."""

    def __init__(self, item: str) -> None:
        self._item = item
        self.problems = Problems(TrackError)

    def _add(self, code: str, column: str, found: object, expected: Text, remedy: Text) -> None:
        shown = Text(f"“{found}”", f'"{found}"')
        self.problems.add(code, Place(column=column, item=self._item), found=shown, expected=expected, remedy=remedy)

    def text(self, column: str, text: str) -> None:
        """Require a text that is not blank."""
        if not text.strip():
            remedy = Text("填写此项", "fill it in")
            self._add("track.empty", column, text, Text("非空文字", "a text that is not empty"), remedy)

    def choice(self, column: str, value: str, choices: tuple[str, ...]) -> None:
        """Require one of the words."""
        if value not in choices:
            names = ", ".join(choices)
            expected = Text(f"以下之一：{names}", f"one of {names}")
            self._add(f"track.unknown_{column}", column, value, expected, Text("改为其中之一", "use one of these"))

    def exact(self, column: str, value: object) -> None:
        """Require a finite number without rounding."""
        kept = isinstance(value, int | Fraction) or (isinstance(value, Decimal) and value.is_finite())
        if not kept or isinstance(value, bool):
            expected = Text("有限的精确数", "a finite exact number")
            remedy = Text("改为 int、Decimal 或 Fraction，不用 float", "give an int, Decimal or Fraction, not a float")
            self._add("track.inexact", column, value, expected, remedy)

    def year(self, column: str, year: object) -> None:
        """Require a year."""
        if not isinstance(year, int) or not 1 <= year <= _LAST_YEAR:
            expected = Text(f"1 至 {_LAST_YEAR} 的年份", f"a year from 1 to {_LAST_YEAR}")
            self._add("track.year", column, year, expected, Text("填写四位年份", "give the year in four digits"))

    def order(self, base_period: int, deadline: int) -> None:
        """Require the base year to be before the deadline."""
        if isinstance(base_period, int) and isinstance(deadline, int) and base_period >= deadline:
            expected = Text(f"早于期限 {deadline} 的年份", f"a year before the deadline {deadline}")
            remedy = Text("更正基期或期限", "correct the base year or the deadline")
            self._add("track.base_after_deadline", "base_period", base_period, expected, remedy)

    def base_year(self, base_period: int | None) -> None:
        """Require the year of a base value."""
        if base_period is None:
            expected = Text("有基期值时须有基期年份", "the year of the base value")
            remedy = Text("填写 base_period，或删去 base_value", "fill in base_period, or leave base_value out")
            self._add("track.base_without_year", "base_period", "", expected, remedy)

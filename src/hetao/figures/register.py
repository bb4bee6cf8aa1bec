"""The register: tidy figures, each with its source and the place it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from hetao.errors import FiguresError, Place, Problems
from hetao.figures.chosen import Chosen, choose
from hetao.figures.periods import Period, period_order
from hetao.text import Text

__all__ = ["Figure", "Register"]


@dataclass(frozen=True)
class Figure:
    """One figure from one source.

    Attributes:
        region: the region's id.
        period: a year as an integer, or a text such as ``2023Q1`` or ``2023-01``.
        indicator: the indicator's key.
        value: the value in the indicator's unit, exact; None where the source marks it as missing.
        unit: the indicator's unit.
        given: the value's text as the source gives it; a missing marker where ``value`` is None.
        given_unit: the unit that the source gives it in.
        source: the source's key; another vintage is another source.
        note: what to know about it; may be empty.
        place: where it was read; two figures that differ only in this are equal.
    """

    region: str
    period: Period
    indicator: str
    value: Fraction | None
    unit: str
    given: str
    given_unit: str
    source: str
    note: str = ""
    place: Place = field(default=Place(), compare=False)

    @property
    def marker(self) -> str | None:
        """The source's missing marker (``""``, ``—``, ``NA`` ...); None where there is a value."""
        return self.given if self.value is None else None

    @property
    def key(self) -> tuple[str, Period, str, str]:
        """Region, period, indicator and source: what no two figures of a register share."""
        return self.region, self.period, self.indicator, self.source

    @property
    def order(self) -> tuple[str, str, tuple[int, str], str]:
        """What the figures of a register are sorted by: indicator, region, period, source."""
        return self.indicator, self.region, period_order(self.period), self.source


@dataclass(frozen=True)
class Register:
    """Figures in the order of indicator, region, period and source; the same figure of two sources is kept twice.

    Attributes:
        figures: the figures.
        unread: sheets of the workbooks read that hold no table of figures, and so were left alone.

    Raises:
        FiguresError: a figure stands twice under one source, even with equal values; both places are named.
    """

    figures: tuple[Figure, ...]
    unread: tuple[Place, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        figures = tuple(sorted(self.figures, key=lambda figure: figure.order))
        object.__setattr__(self, "figures", figures)
        _check_unique(figures)

    def __len__(self) -> int:
        return len(self.figures)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures)

    def sources_of(self, indicator: str) -> tuple[str, ...]:
        """Return the sources that an indicator has figures of, sorted."""
        return tuple(sorted({f.source for f in self.figures if f.indicator == indicator}))

    def joined_with(self, others: Iterable[Figure]) -> Register:
        """Return a register of these figures and others.

        Raises:
            FiguresError: a figure of one source would stand twice.
        """
        return Register((*self.figures, *others), self.unread)

    def choose(self, choices: Mapping[str, str] | None = None) -> Chosen:
        """Return a view with one figure for each region, period and indicator.

        Args:
            choices: indicator → the source to use for it. An indicator without a choice uses all its sources where no
                two of them have the same figure.

        Raises:
            AmbiguityError: several vintages of one figure and no choice; the sources and the remedy are named.
            FiguresError: a choice names an indicator or source that the register does not have (an `AmbiguityError`
                too, listing everything, where both are wrong).
        """
        return choose(self.figures, choices or {})


def _check_unique(figures: tuple[Figure, ...]) -> None:
    problems = Problems(FiguresError)
    first: dict[tuple[str, Period, str, str], Figure] = {}
    for figure in figures:
        if figure.key in first:
            _duplicate(problems, figure, first[figure.key])
        first.setdefault(figure.key, figure)
    problems.raise_if_any()


def _duplicate(problems: Problems, figure: Figure, other: Figure) -> None:
    key = ", ".join(str(part) for part in figure.key)
    problems.add(
        "figures.duplicate_figure",
        figure.place,
        found=Text(
            f"（{key}）= {figure.given}，已见于{other.place.describe('zh')} = {other.given}",
            f"({key}) = {figure.given}, already at {other.place.describe('en')} = {other.given}",
        ),
        expected=Text("每个来源的同一数字只出现一次", "each figure of a source once"),
        remedy=Text(
            "删去其中一行；若为另一版本，另立来源", "remove one row; for another vintage, make it a source of its own"
        ),
    )

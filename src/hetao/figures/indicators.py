"""The schema of indicators: one table with unit, kind, names, description and how figures aggregate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal, cast, get_args

from hetao.errors import FiguresError, Place, Problems
from hetao.figures.faults import closest, fault, suggestion
from hetao.figures.tables import Row, check_filled, read_table
from hetao.text import Text
from hetao.units import convert, unit

__all__ = ["Indicator", "Kind", "Schema"]

Kind = Literal["stock", "flow", "ratio"]
COLUMNS = ("indicator", "unit", "kind", "zh", "en", "description", "aggregation", "part_of")
AGGREGATIONS = ("sum", "mean", "last", "none")
WEIGHTED = "weighted:"


@dataclass(frozen=True)
class Indicator:
    """What one kind of figure means.

    Attributes:
        key: its name in files and code.
        unit: the unit its figures are held in.
        kind: a stock (at a date), a flow (over a period) or a ratio.
        name: what it is called.
        description: what it covers and on which basis.
        aggregation: how figures of several regions make one: ``sum``, ``mean``, ``last``, ``none`` (they do not), or
            ``weighted:<indicator>``.
        part_of: the indicator that this one is a part of; empty where none.
    """

    key: str
    unit: str
    kind: Kind
    name: Text
    description: str
    aggregation: str
    part_of: str


class Schema:
    """Indicators by key.

    Args:
        indicators: the indicators.
        places: where each stands, in the same order; for problems only.

    Raises:
        FiguresError: repeated keys, a weight or total that is no indicator, a part in a unit that its total cannot be
            held in; all at once.
    """

    def __init__(self, indicators: Iterable[Indicator], places: Iterable[Place] = ()) -> None:
        listed = list(indicators)
        located = list(places) or [Place(item=indicator.key) for indicator in listed]
        problems = Problems(FiguresError)
        self._indicators: dict[str, Indicator] = {}
        for indicator, place in zip(listed, located, strict=True):
            if indicator.key in self._indicators:
                _redefined(problems, indicator.key, place)
            self._indicators.setdefault(indicator.key, indicator)
        for indicator, place in zip(listed, located, strict=True):
            _check_links(indicator, self._indicators, place, problems)
        problems.raise_if_any()

    @classmethod
    def shipped(cls) -> Schema:
        """Return the schema that comes with hetao."""
        return _shipped()

    @classmethod
    def read(cls, path: Path | str, *, root: Path | None = None) -> Schema:
        """Read a schema from a file with the columns ``indicator,unit,kind,zh,en,description,aggregation,part_of``.

        Raises:
            FiguresError: everything that is wrong with it.
        """
        return cls(*_read_indicators(path, root))

    def extended_by(self, path: Path | str, *, root: Path | None = None) -> Schema:
        """Return this schema with a study's own indicators, read from a file of the same columns.

        Raises:
            FiguresError: everything that is wrong with it; an indicator of this schema may not be defined anew.
        """
        indicators, places = _read_indicators(path, root)
        return Schema([*self, *indicators], [*(Place(item=known.key) for known in self), *places])

    def __len__(self) -> int:
        return len(self._indicators)

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._indicators.values())

    def __contains__(self, key: object) -> bool:
        return key in self._indicators

    def get(self, key: str) -> Indicator:
        """Return the indicator of that key, or of that name in either language where only one has it.

        Raises:
            FiguresError: no such indicator; the closest are given. Or a name that several have.
        """
        if key in self._indicators:
            return self._indicators[key]
        named = self._by_name.get(key.casefold(), ())
        if len(named) == 1:
            return named[0]
        near = [i.key for i in named] or [self._key_of(name) for name in closest(key, self._names)]
        raise fault(
            "ambiguous_indicator" if named else "unknown_indicator",
            Place(item=key),
            found=Text(
                f"{'多义' if named else '未知'}指标“{key}”",
                f"the {'ambiguous' if named else 'unknown'} indicator {key!r}",
            ),
            expected=Text("指标表中的一个指标", "one indicator of the schema"),
            remedy=suggestion(dict.fromkeys(near), Text("研究自己的指标表", "the study's own indicator table")),
        )

    def parts_of(self, total: str) -> tuple[Indicator, ...]:
        """Return the indicators that add up to ``total``; empty where none are listed."""
        return tuple(i for i in self if i.part_of == total)

    @cached_property
    def _by_name(self) -> dict[str, list[Indicator]]:
        named: dict[str, list[Indicator]] = {}
        for indicator in self:
            for name in {n.casefold() for n in indicator.name}:
                named.setdefault(name, []).append(indicator)
        return named

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return (*self._indicators, *self._by_name)

    def _key_of(self, name: str) -> str:
        return name if name in self._indicators else self._by_name[name][0].key


@cache
def _shipped() -> Schema:
    with as_file(files("hetao.figures") / "indicators.csv") as path:
        return Schema.read(path, root=path.parent)


def _read_indicators(path: Path | str, root: Path | None) -> tuple[list[Indicator], list[Place]]:
    problems = Problems(FiguresError)
    rows = read_table(path, COLUMNS, root=root)
    for row in rows:
        _check_row(row, problems)
    problems.raise_if_any()
    return [_indicator(row) for row in rows], [row.place("indicator") for row in rows]


def _indicator(row: Row) -> Indicator:
    name, kind = Text(row["zh"], row["en"]), cast(Kind, row["kind"])  # the kind has been checked
    words = (row[column] for column in COLUMNS[5:])
    return Indicator(row["indicator"], row["unit"], kind, name, *words)


def _check_row(row: Row, problems: Problems) -> None:
    check_filled(row, COLUMNS[:-1], problems)
    if row["unit"]:
        problems.attempt(lambda: unit(row["unit"]), row.place("unit"))
    _check_word(row, "kind", get_args(Kind), problems)
    if not row["aggregation"].startswith(WEIGHTED):
        _check_word(row, "aggregation", (*AGGREGATIONS, f"{WEIGHTED}<indicator>"), problems)


def _check_word(row: Row, column: str, allowed: tuple[str, ...], problems: Problems) -> None:
    if row[column] and row[column] not in allowed:
        listed = ", ".join(allowed)
        problems.add(
            f"figures.unknown_{column}",
            row.place(column),
            found=Text(f"“{row[column]}”", f"{row[column]!r}"),
            expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
            remedy=Text("改正", "correct it"),
        )


def _check_links(indicator: Indicator, known: dict[str, Indicator], place: Place, problems: Problems) -> None:
    weight = indicator.aggregation.removeprefix(WEIGHTED) if indicator.aggregation.startswith(WEIGHTED) else ""
    for other in (weight, indicator.part_of):
        if other and (other not in known or other == indicator.key):
            problems.add(
                "figures.unknown_indicator",
                place,
                found=Text(f"“{indicator.key}”指向“{other}”", f"{indicator.key!r} pointing to {other!r}"),
                expected=Text("另一个已有指标", "another indicator of the schema"),
                remedy=suggestion(closest(other, known), Text("研究自己的指标表", "the study's own indicator table")),
            )
    total = known.get(indicator.part_of)
    if total is not None:
        problems.attempt(lambda: convert(1, indicator.unit, total.unit), place)


def _redefined(problems: Problems, key: str, place: Place) -> None:
    problems.add(
        "figures.redefined_indicator",
        place,
        found=Text(f"指标“{key}”再次定义", f"the indicator {key!r} defined once more"),
        expected=Text("每个指标只定义一次，不得改动已有指标", "each indicator once; those that exist stay as they are"),
        remedy=Text("另取名称", "give it another name"),
    )

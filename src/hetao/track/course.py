"""The course of a target: its actuals year by year, the base its path starts from, and what the path asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from hetao.errors import Place, Problem, Problems, TrackError
from hetao.text import Text
from hetao.track.paths import PATHS
from hetao.track.targets import Actual, Target
from hetao.track.wording import bound_words, value_words

__all__ = ["Base", "Course", "Origin", "Timeline", "YearValue", "timeline"]

Origin: TypeAlias = Literal["given", "actual", "assumed"]
"""Where a base comes from: stated with the target, the actual of the base year, or the earliest actual."""

_ORIGINS: Mapping[Origin, Text] = {
    "given": Text("目标给定的基期值", "the base given with the target"),
    "actual": Text("基期年的实际值", "the actual of the base year"),
    "assumed": Text("假设：以最早的实际值为基期", "an assumption: the earliest actual"),
}


@dataclass(frozen=True)
class Base:
    """Where a path starts.

    Attributes:
        year: the base year.
        value: its value, in the target's unit.
        origin: where the value comes from.
    """

    year: int
    value: Fraction
    origin: Origin

    @property
    def words(self) -> Text:
        """The origin in words."""
        return _ORIGINS[self.origin]


@dataclass(frozen=True)
class YearValue:
    """One year of a history.

    Attributes:
        year: the year.
        value: the actual, in the target's unit; None is a gap.
        source: where it is published; empty for a gap.
    """

    year: int
    value: Fraction | None
    source: str


@dataclass(frozen=True)
class Timeline:
    """A target's course for a chart; three tuples of one length.

    Attributes:
        years: every year from the first known one to the deadline or the last actual.
        actual: the actual of each year, in the target's unit; None is a gap.
        path: the value required in each year; None where no path is known.
    """

    years: tuple[int, ...]
    actual: tuple[Fraction | None, ...]
    path: tuple[Fraction | None, ...]


class Course:
    """A target with its own actuals up to a year.

    Attributes:
        target: the promise.
        as_of: the last year looked at, or None for all there is.
        actuals: the actuals by year, in order.
        base: where the path starts, or None where nothing is known before the deadline.
        held: whether the base already keeps the bound, so that the path is to stay within it.
    """

    def __init__(self, target: Target, actuals: Iterable[Actual], as_of: int | None = None) -> None:
        """Take the actuals of ``target``.

        Raises:
            TrackError: an actual of another region or indicator, in another unit or against another base
                year, two actuals of one year, or a path that cannot join base and target.
        """
        _require_year(as_of)
        self.target = target
        self.as_of = as_of
        ordered = sorted(actuals, key=lambda a: a.period)
        _refuse_strangers(target, ordered)
        self.actuals = {a.period: a for a in ordered if as_of is None or a.period <= as_of}
        self.base = self._find_base()
        self.held = self.base is not None and target.reached_by(self.base.value)
        if self.base is not None:
            self.required(self.base.year)  # a path that cannot join the two is refused here, before any use

    @property
    def latest(self) -> Actual | None:
        """The actual of the last year there is."""
        return self.actuals[max(self.actuals)] if self.actuals else None

    @property
    def deadline_past(self) -> bool:
        """Whether ``as_of``, or the last actual where it is None, lies after the deadline."""
        now = max(self.actuals, default=self.target.deadline) if self.as_of is None else self.as_of
        return now > self.target.deadline

    @property
    def rests_on_base(self) -> bool:
        """Whether the last actual is the base itself, so that it cannot show a course yet."""
        base, latest = self.base, self.latest
        return base is not None and latest is not None and (latest.period, latest.value) == (base.year, base.value)

    def reached_before(self, year: int) -> int | None:
        """Return the last year before ``year``, from the base year on, whose known value reached the bound."""
        known = {y: Fraction(a.value) for y, a in self.actuals.items()}
        if self.base is not None:
            known = {y: value for y, value in known.items() if y > self.base.year}
            known[self.base.year] = self.base.value
        return max((y for y, value in known.items() if y < year and self.target.reached_by(value)), default=None)

    def required(self, year: int) -> Fraction | None:
        """Return the value required in ``year``: the path's, and the bound's own from the deadline on.

        None before the base year and where there is no base.
        """
        goal = Fraction(self.target.value)
        if year >= self.target.deadline:
            return goal
        if self.base is None or year < self.base.year:
            return None
        if self.held:
            return goal
        try:
            path = PATHS[self.target.path]
            return path.value(self.base.year, self.base.value, self.target.deadline, goal, year)
        except TrackError as error:
            place = Place(item=self.target.key, column="path")
            raise TrackError(replace(problem, place=place) for problem in error.problems) from error

    def value(self, year: int) -> Fraction | None:
        """Return the actual of a year, None for a gap."""
        return Fraction(self.actuals[year].value) if year in self.actuals else None

    @property
    def words(self) -> Text:
        """The path assumed, with its base, in words."""
        target, base = self.target, self.base
        if base is None:
            return Text(
                "期限之前没有已知值，未作路径假设", "no value is known before the deadline, so no path is assumed"
            )
        start, end = value_words(base.value, target.unit), value_words(target.value, target.unit)
        since = Text(f"{base.year} 年的 {start.zh}（{base.words.zh}）", f"{start.en} in {base.year} ({base.words.en})")
        if self.held:
            bound = bound_words(target)
            return Text(f"{since.zh}已满足要求，此后保持{bound.zh}", f"{since.en} keeps the bound: stay {bound.en}")
        title = PATHS[target.path].title
        return Text(
            f"{title.zh}：由 {since.zh}到 {target.deadline} 年的 {end.zh}",
            f"{title.en} from {since.en} to {end.en} in {target.deadline}",
        )

    def years(self) -> range:
        """Return every year from the first known one to the deadline or the last actual."""
        known = [self.target.deadline, *self.actuals]
        if self.target.base_period is not None:
            known.append(self.target.base_period)
        return range(min(known), max(known) + 1)

    def history(self) -> tuple[YearValue, ...]:
        """Return the actual or gap of each year up to ``as_of``, or to the last actual where it is None."""
        last = max(self.actuals, default=self.target.deadline) if self.as_of is None else self.as_of
        return tuple(
            YearValue(year, self.value(year), self.actuals[year].source if year in self.actuals else "")
            for year in self.years()
            if year <= last
        )

    def _find_base(self) -> Base | None:
        target = self.target
        stated = target.base_period
        if stated is not None and target.base_value is not None:
            return Base(stated, Fraction(target.base_value), "given")
        if stated is not None and stated in self.actuals:
            return Base(stated, Fraction(self.actuals[stated].value), "actual")
        earliest = min(self.actuals, default=target.deadline)
        if earliest < target.deadline:
            return Base(earliest, Fraction(self.actuals[earliest].value), "assumed")
        return None


def timeline(target: Target, actuals: Iterable[Actual], as_of: int | None = None) -> Timeline:
    """Return the years, actuals and required values of a target for a chart, gaps as None.

    Args:
        target: the promise.
        actuals: its own actuals, in any order.
        as_of: leave later actuals out.

    Raises:
        TrackError: as `Course`.
    """
    course = Course(target, actuals, as_of)
    years = tuple(course.years())
    return Timeline(
        years=years,
        actual=tuple(course.value(year) for year in years),
        path=tuple(course.required(year) for year in years),
    )


def _require_year(as_of: object) -> None:
    if as_of is not None and (isinstance(as_of, bool) or not isinstance(as_of, int)):
        raise TrackError(
            [
                Problem(
                    "track.as_of",
                    Place(item="as_of"),
                    Text(f"{as_of!r}", f"{as_of!r}"),
                    Text("整数年份，或 None", "a year as a whole number, or None"),
                    Text("写四位年份", "give the year in four digits"),
                )
            ]
        )


def _refuse_strangers(target: Target, ordered: list[Actual]) -> None:
    problems = Problems(TrackError)
    seen: set[int] = set()
    for actual in ordered:
        place = Place(item=f"{target.key} {actual.period}")
        if (target.region, target.indicator) != (actual.region, actual.indicator):
            ours, theirs = (f"{r.region} {r.indicator}" for r in (target, actual))
            problems.add(
                "track.foreign_actual",
                place,
                found=Text(f"“{theirs}”的实际值", f'an actual of "{theirs}"'),
                expected=Text(f"“{ours}”的实际值", f'actuals of "{ours}"'),
                remedy=Text(
                    "只给该目标的实际值，或用 assess_all", "give this target's actuals only, or use assess_all"
                ),
            )
        if target.unit != actual.unit:
            problems.add(
                "track.unit_mismatch",
                place,
                found=Text(f"单位“{actual.unit}”", f'the unit "{actual.unit}"'),
                expected=Text(f"单位“{target.unit}”", f'the unit "{target.unit}"'),
                remedy=Text("先换算到目标的单位", "convert it to the target's unit first"),
            )
        if _other_base(target, actual):
            problems.add(
                "track.base_mismatch",
                place,
                found=Text(f"以 {actual.base_period} 年为基期", f"a value against base year {actual.base_period}"),
                expected=Text(f"以 {target.base_period} 年为基期", f"one against base year {target.base_period}"),
                remedy=Text("不同基期不可比，先换算", "unlike bases are never compared; convert it first"),
            )
        if actual.period in seen:
            problems.add(
                "track.duplicate_actual",
                place,
                found=Text(f"{actual.period} 年有多个实际值", f"several actuals of {actual.period}"),
                expected=Text("每年一个实际值", "one actual a year"),
                remedy=Text("指明采用哪一个版本", "choose one vintage by name"),
            )
        seen.add(actual.period)
    problems.raise_if_any()


def _other_base(target: Target, actual: Actual) -> bool:
    bases = {target.base_period, actual.base_period} - {None}
    return len(bases) > 1

"""Targets against actuals: one status each, with what it rests on.

``met`` and ``missed`` are said of the deadline year alone (rule R59): by its own actual. Before it, a target
whose value was reached in some earlier year and is not reached by the latest actual is ``reopened``; otherwise
the latest actual is held against the assumed path. After it, a later fall-back turns ``met`` into ``reopened``.
Without an actual to judge by the status is ``unknown``; nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from hetao.errors import Place, Problems, TrackError
from hetao.text import Text
from hetao.track.course import Base, Course, YearValue
from hetao.track.explanation import explain
from hetao.track.status import Status
from hetao.track.targets import Actual, Target

__all__ = ["Assessment", "assess", "assess_all"]


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """How one target stands, and on what that rests. Values are in the target's unit.

    Attributes:
        target: the promise.
        as_of: the last year looked at, or None for all there is.
        status: the status.
        latest: the last actual, or None.
        required: the value required in the latest actual's year: by the path, from the deadline on by the
            bound; None where there is no path in that year.
        gap_to_path: how far the latest actual is short of ``required``; zero or less is not short.
        gap_to_target: how far it is short of the bound; zero or less is reached.
        yearly_change_needed: the mean signed change a year from the latest actual to the deadline that just
            reaches the bound (percentage points for an indicator in per cent); zero where it is reached; None
            from the deadline on and where the status is unknown.
        path: the path assumed, with its base, in words.
        base: where the path starts, or None.
        rests_on_base: whether the latest actual is itself the base, so that it cannot show a course yet.
        history: the actual or gap of every year.
        explanation: the status and its reason in one or two sentences.
        sources: the target's source, then those of the actuals in order of years, each once.
    """

    target: Target
    as_of: int | None
    status: Status
    latest: Actual | None
    required: Fraction | None
    gap_to_path: Fraction | None
    gap_to_target: Fraction | None
    yearly_change_needed: Fraction | None
    path: Text
    base: Base | None
    rests_on_base: bool
    history: tuple[YearValue, ...]
    explanation: Text
    sources: tuple[str, ...]


def assess(target: Target, actuals: Iterable[Actual], as_of: int | None = None) -> Assessment:
    """Assess one target.

    Args:
        target: the promise.
        actuals: its own actuals, one a year, in any order.
        as_of: stand at the end of this year: later actuals are left out, and the deadline is past when it is
            earlier. Where None, all actuals count and the deadline is past once a later actual is known.

    Raises:
        TrackError: an actual of another region or indicator, in another unit or against another base year,
            two actuals of one year, or a path that cannot join base and target.
    """
    course = Course(target, actuals, as_of)
    latest = course.latest
    status = _status(course)
    required = gap_to_path = gap_to_target = None
    if latest is not None:
        required = course.required(latest.period)
        gap_to_target = target.shortfall(latest.value)
        gap_to_path = None if required is None else target.shortfall(latest.value, required)
    needed = None if status is Status.UNKNOWN else _yearly_change_needed(course)
    return Assessment(
        target=target,
        as_of=as_of,
        status=status,
        latest=latest,
        required=required,
        gap_to_path=gap_to_path,
        gap_to_target=gap_to_target,
        yearly_change_needed=needed,
        path=course.words,
        base=course.base,
        rests_on_base=course.rests_on_base,
        history=course.history(),
        explanation=explain(course, status, needed),
        sources=tuple(dict.fromkeys([target.source, *(a.source for a in course.actuals.values())])),
    )


def assess_all(
    targets: Iterable[Target], actuals: Iterable[Actual], as_of: int | None = None
) -> tuple[Assessment, ...]:
    """Assess many targets, each by the actuals of its region and indicator.

    Where an actual states the base year it is measured against, it goes to the targets that state the same one
    or none. Actuals of regions and indicators without a target are left aside.

    Args:
        targets: the promises, each with a key of its own.
        actuals: actuals of any regions and indicators, in any order.
        as_of: as in `assess`.

    Returns:
        One assessment for each target, in their order.

    Raises:
        TrackError: keys used twice, an actual that fits no target's base year, or whatever `assess` refuses;
            everything at once.
    """
    listed = tuple(targets)
    problems = Problems(TrackError)
    _refuse_repeated_keys(listed, problems)
    by_series: defaultdict[tuple[str, str], list[Actual]] = defaultdict(list)
    for actual in actuals:
        by_series[actual.region, actual.indicator].append(actual)
    bases: defaultdict[tuple[str, str], set[int | None]] = defaultdict(set)
    for target in listed:
        bases[target.region, target.indicator].add(target.base_period)
    assessments: list[Assessment] = []
    for target in listed:
        series = target.region, target.indicator
        fitting = [a for a in by_series[series] if _goes_to(a, target, bases[series])]
        found = problems.attempt(partial(assess, target, fitting, as_of))
        if found is not None:
            assessments.append(found)
    problems.raise_if_any()
    return tuple(assessments)


def _goes_to(actual: Actual, target: Target, bases: set[int | None]) -> bool:
    """Tell whether a series' actual belongs to this target; one that fits none goes to all, to be refused."""
    fits = {None, actual.base_period}
    return actual.base_period is None or target.base_period in fits or bases.isdisjoint(fits)


def _refuse_repeated_keys(targets: tuple[Target, ...], problems: Problems) -> None:
    seen: set[str] = set()
    for target in targets:
        if target.key in seen:
            problems.add(
                "track.duplicate_key",
                Place(item=target.key),
                found=Text("同名目标", "two targets of this name"),
                expected=Text("每个目标名称不同", "a name of its own for each target"),
                remedy=Text("改名", "rename one of them"),
            )
        seen.add(target.key)


def _status(course: Course) -> Status:
    target, latest = course.target, course.latest
    at_deadline = course.value(target.deadline)
    if latest is None:
        return Status.UNKNOWN
    reached = target.reached_by(latest.value)
    if at_deadline is not None:
        if not target.reached_by(at_deadline):
            return Status.MISSED
        return Status.MET if reached else Status.REOPENED
    required = course.required(latest.period)
    if required is None or course.deadline_past:
        return Status.UNKNOWN
    if reached:
        return Status.ON_COURSE
    if course.reached_before(latest.period) is not None:
        return Status.REOPENED
    return Status.ON_COURSE if target.shortfall(latest.value, required) <= 0 else Status.BEHIND


def _yearly_change_needed(course: Course) -> Fraction | None:
    target, latest = course.target, course.latest
    if latest is None or latest.period >= target.deadline:
        return None
    if target.reached_by(latest.value):
        return Fraction(0)
    return (Fraction(target.value) - Fraction(latest.value)) / (target.deadline - latest.period)

"""A plain twin of the status and the properties of every assessment."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from hetao.track import PATHS, Actual, Status, Target, assess, assess_all, timeline

WORST_LAST = [Status.MET, Status.ON_COURSE, Status.BEHIND, Status.REOPENED, Status.MISSED]
VALUES = st.integers(1, 40).map(lambda k: Fraction(k, 4))
SERIES = st.dictionaries(st.integers(2018, 2028), VALUES, max_size=8)
BOUNDS = st.sampled_from(["at_least", "at_most"])


@st.composite
def promises(draw, paths=tuple(PATHS)):
    stated = draw(st.sampled_from(["nothing", "year", "value"]))
    return Target(
        key="t",
        region="r",
        indicator="i",
        bound=draw(BOUNDS),
        value=draw(VALUES),
        unit="%",
        deadline=draw(st.integers(2023, 2026)),
        source="plan",
        base_period=None if stated == "nothing" else draw(st.integers(2018, 2022)),
        base_value=draw(VALUES) if stated == "value" else None,
        path=draw(st.sampled_from(paths)),
    )


def actuals(series):
    return [Actual(region="r", indicator="i", period=y, value=v, unit="%", source=f"s{y}") for y, v in series.items()]


def plain_status(target, series, as_of):
    """Say the status by the rules' own words, on whole numbers, for a straight line."""
    sign = 1 if target.bound == "at_least" else -1
    known = {y: sign * v for y, v in series.items() if as_of is None or y <= as_of}
    goal, end = sign * target.value, target.deadline
    if not known:
        return "unknown"
    last = max(known)
    if end in known:
        if known[end] < goal:
            return "missed"
        return "met" if known[last] >= goal else "reopened"
    if last > end or (as_of is not None and as_of > end):
        return "unknown"
    if target.base_value is not None:
        start, first = target.base_period, sign * target.base_value
    else:
        start = target.base_period if target.base_period in known else min(known)
        first = known[start]
    if last < start:
        return "unknown"
    if known[last] >= goal:
        return "on_course"
    known[start] = first if start != last else known[last]
    if any(known[y] >= goal for y in known if start <= y < last):
        return "reopened"
    if first >= goal:
        return "behind"
    needed_times_span = first * (end - last) + goal * (last - start)
    return "on_course" if known[last] * (end - start) >= needed_times_span else "behind"


@given(target=promises(paths=("straight_line",)), series=SERIES, as_of=st.none() | st.integers(2017, 2029))
def test_the_status_is_that_of_the_plain_twin(target, series, as_of):
    assert assess(target, actuals(series), as_of).status == plain_status(target, series, as_of)


@given(target=promises(), series=SERIES, better=VALUES)
def test_a_better_latest_actual_never_worsens_the_status(target, series, better):
    assume(series)
    sign = 1 if target.bound == "at_least" else -1
    last = max(series)
    improved = series | {last: series[last] + sign * better}
    assume(target.path != "compound" or improved[last] > 0)
    before, after = (assess(target, actuals(s)).status for s in (series, improved))
    assert (before is Status.UNKNOWN) == (after is Status.UNKNOWN)
    if before is not Status.UNKNOWN:
        assert WORST_LAST.index(after) <= WORST_LAST.index(before)


@given(target=promises(), series=SERIES, as_of=st.integers(2017, 2029))
def test_as_of_cuts_later_data(target, series, as_of):
    early = {y: v for y, v in series.items() if y <= as_of}
    found = assess(target, actuals(series), as_of)
    assert found == assess(target, actuals(early), as_of)
    assert all(h.year <= as_of for h in found.history)


@given(target=promises(), series=SERIES, data=st.data())
def test_the_order_of_actuals_does_not_matter(target, series, data):
    listed = actuals(series)
    shuffled = data.draw(st.permutations(listed))
    assert assess(target, shuffled) == assess(target, listed)
    assert timeline(target, shuffled) == timeline(target, listed)


@given(target=promises(), series=SERIES, as_of=st.none() | st.integers(2017, 2029))
def test_every_assessment_keeps_its_invariants(target, series, as_of):
    found = assess(target, actuals(series), as_of)
    known = {y: v for y, v in series.items() if as_of is None or y <= as_of}
    if found.status in (Status.MET, Status.MISSED):
        short = (target.value - known[target.deadline]) * (1 if target.bound == "at_least" else -1)
        assert (found.status is Status.MISSED) == (short > 0)
    if found.status is Status.UNKNOWN:
        assert found.yearly_change_needed is None
    if found.latest is None:
        assert found.status is Status.UNKNOWN
        assert found.gap_to_target is None
    if found.yearly_change_needed is not None:
        reached = found.latest.value + found.yearly_change_needed * (target.deadline - found.latest.period)
        assert target.reached_by(reached)
    assert {h.year: h.value for h in found.history if h.value is not None} == known
    assert found.explanation.zh
    assert found.sources[0] == "plan"
    assert len(found.sources) == 1 + len(known)


@given(target=promises(), series=SERIES)
def test_the_timeline_agrees_with_the_assessment(target, series):
    line, found = timeline(target, actuals(series)), assess(target, actuals(series))
    assert len(line.years) == len(line.actual) == len(line.path)
    assert list(line.years) == list(range(line.years[0], line.years[-1] + 1))
    assert {y: v for y, v in zip(line.years, line.actual, strict=True) if v is not None} == series
    assert dict(zip(line.years, line.path, strict=True))[target.deadline] == target.value
    if found.latest is not None:
        assert dict(zip(line.years, line.path, strict=True))[found.latest.period] == found.required


@given(target=promises(), series=SERIES, as_of=st.none() | st.integers(2017, 2029))
def test_assessing_all_is_assessing_each(target, series, as_of):
    other = Actual(region="elsewhere", indicator="i", period=2022, value=1, unit="m3", source="s")
    assert assess_all([target], [other, *actuals(series)], as_of) == (assess(target, actuals(series), as_of),)

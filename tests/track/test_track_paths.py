"""The family of paths: published values, then the shared laws on every member."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.errors import TrackError
from hetao.track import PATHS

LAWS = {"starts_at_base", "ends_at_target", "monotone", "within"}
YEARS = st.integers(1900, 2100)
SPANS = st.integers(1, 60)
POSITIVE = st.fractions(min_value=Fraction(1, 1000), max_value=10**9, max_denominator=1000)
SIGNED = st.tuples(POSITIVE, POSITIVE, st.sampled_from([1, -1])).map(lambda t: (t[0] * t[2], t[1] * t[2]))

members = pytest.mark.parametrize("member", PATHS.values(), ids=PATHS.keys())


def walk(member, start, span, base, target):
    return [member.value(start, base, start + span, target, start + k) for k in range(span + 1)]


def test_the_family_has_its_three_members():
    assert list(PATHS) == ["compound", "s_curve", "straight_line"]


def test_a_straight_line_is_exact():
    line = PATHS["straight_line"]
    assert line.value(2020, Fraction(0), 2025, Fraction(12), 2023) == Fraction(36, 5)


def test_compound_is_exact_where_the_power_is_rational():
    compound = PATHS["compound"]
    assert walk(compound, 2020, 3, Fraction(1000), Fraction(1331)) == [1000, 1100, 1210, 1331]
    assert walk(compound, 2020, 2, Fraction(-9), Fraction(-4)) == [-9, -6, -4]


def test_compound_of_a_doubling_in_two_years_passes_the_square_root_of_two():
    found = PATHS["compound"].value(2020, Fraction(1), 2022, Fraction(2), 2021)
    assert abs(found**2 - 2) < Fraction(1, 10**39)


@pytest.mark.parametrize(
    ("year", "share"),
    [(2020, 0), (2025, Fraction(1, 2)), (2030, 1)],
)
def test_the_s_curve_is_half_way_at_half_time(year, share):
    found = PATHS["s_curve"].value(2020, Fraction(100), 2030, Fraction(200), year)
    assert abs(found - 100 - 100 * share) < Fraction(1, 10**40)


@given(span=SPANS, data=st.data())
def test_the_s_curve_agrees_with_its_formula_in_floats(span, data):
    step = data.draw(st.integers(0, span))

    def logistic(x):
        return 1 / (1 + math.exp(-10 * (x - 0.5)))

    plain = (logistic(step / span) - logistic(0)) / (logistic(1) - logistic(0))
    found = PATHS["s_curve"].value(2000, Fraction(0), 2000 + span, Fraction(1), 2000 + step)
    assert float(found) == pytest.approx(plain, abs=1e-12)


@given(span=SPANS, pair=SIGNED, data=st.data())
def test_compound_agrees_with_its_formula_in_floats(span, pair, data):
    step = data.draw(st.integers(0, span))
    base, target = pair
    found = PATHS["compound"].value(2000, base, 2000 + span, target, 2000 + step)
    assert float(found) == pytest.approx(float(base) * float(target / base) ** (step / span), rel=1e-11)


@members
def test_every_member_declares_the_laws_and_its_formula(member):
    assert member.laws == LAWS
    assert member.formula.startswith("v = b")


@members
@given(start=YEARS, span=SPANS, pair=SIGNED)
def test_every_member_keeps_the_laws(member, start, span, pair):
    base, target = pair
    values = walk(member, start, span, base, target)
    assert values[0] == base
    assert values[-1] == target
    assert values in (sorted(values), sorted(values, reverse=True))
    assert all(min(pair) <= value <= max(pair) for value in values)


@members
@given(start=YEARS, span=SPANS, pair=SIGNED, data=st.data())
def test_every_member_refuses_years_out_of_order(member, start, span, pair, data):
    outside = data.draw(st.sampled_from([start - 1, start + span + 1]))
    with pytest.raises(TrackError, match="a base year before the deadline"):
        member.value(start, pair[0], start + span, pair[1], outside)
    with pytest.raises(TrackError, match="correct the years"):
        member.value(start, pair[0], start, pair[1], start)


@pytest.mark.parametrize(("base", "target"), [(0, 12), (12, 0), (-1, 1), (0, 0)])
def test_compound_without_one_strict_sign_names_the_straight_line(base, target):
    with pytest.raises(TrackError) as caught:
        PATHS["compound"].value(2020, Fraction(base), 2025, Fraction(target), 2020)
    (problem,) = caught.value.problems
    assert problem.code == "track.compound_sign"
    assert "straight_line" in problem.remedy.en
    assert "straight_line" in problem.remedy.zh

"""Steps of a surcharge: parts that add up, and settings in all their spellings."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.ledger.surcharge import Part, Step, marginal_parts, read_tariff, whole_part

STEPS = (
    Step(Fraction(1, 5), Fraction(1)),
    Step(Fraction(2, 5), Fraction(2)),
    Step(Fraction(3, 5), Fraction(3)),
    Step(None, Fraction(4)),
)
VOLUMES = st.integers(0, 10**12)
TENTHS = st.builds(Fraction, st.integers(0, 100), st.just(10))


@st.composite
def steps(draw):
    """Steps with rising borders and times that do not fall, the last with an end or without."""
    borders = sorted(draw(st.sets(st.builds(Fraction, st.integers(0, 300), st.just(100)), max_size=6)))
    ends = [*borders, None] if draw(st.booleans()) or not borders else borders
    times = sorted(draw(st.lists(TENTHS, min_size=len(ends), max_size=len(ends))))
    return tuple(Step(*step) for step in zip(ends, times, strict=True))


@given(steps(), VOLUMES, VOLUMES)
def test_the_parts_are_the_excess_in_the_order_of_the_steps(steps, plan_m3, excess_m3):
    parts = marginal_parts(steps, plan_m3, excess_m3)
    assert sum(part.volume_m3 for part in parts) == excess_m3
    assert all(part.volume_m3 > 0 for part in parts)
    times = [part.times for part in parts if part.times is not None]
    assert times == sorted(times)
    assert all(part.times is not None for part in parts[:-1])  # only the rest beyond the last step has none


@given(steps(), VOLUMES, st.integers(1, 10**12))
def test_the_whole_excess_pays_what_its_last_part_pays(steps, plan_m3, excess_m3):
    whole = whole_part(steps, plan_m3, excess_m3)
    assert whole.volume_m3 == excess_m3
    assert whole.times == marginal_parts(steps, plan_m3, excess_m3)[-1].times


@given(steps(), VOLUMES, VOLUMES, VOLUMES)
def test_more_excess_never_pays_less(steps, plan_m3, excess_m3, more_m3):
    def due(volume_m3):
        return sum(p.volume_m3 * p.times for p in marginal_parts(steps, plan_m3, volume_m3) if p.times is not None)

    assert due(excess_m3) <= due(excess_m3 + more_m3)


@given(steps())
def test_a_tariff_is_read_back_as_it_was_written(steps):
    percent = [
        (None if s.up_to is None else f"{int(s.up_to * 100)}%", str(Decimal(int(s.times * 10)) / 10)) for s in steps
    ]
    assert read_tariff(percent).steps == steps


def test_plan_100_and_use_150():
    assert marginal_parts(STEPS, 100, 50) == (Part(20, 1), Part(20, 2), Part(10, 3))
    assert whole_part(STEPS, 100, 50) == Part(50, 3)


@pytest.mark.parametrize(("excess_m3", "times"), [(1, 1), (20, 1), (21, 2), (40, 2), (41, 3), (60, 3), (61, 4)])
def test_a_border_belongs_to_the_step_below_it(excess_m3, times):
    assert whole_part(STEPS, 100, excess_m3).times == times


def test_borders_are_rounded_down_to_whole_cubic_metres():
    assert marginal_parts(STEPS, 7, 5) == (Part(1, 1), Part(1, 2), Part(2, 3), Part(1, 4))


def test_without_a_plan_everything_reaches_the_last_step():
    assert marginal_parts(STEPS, 0, 5) == (Part(5, 4),)
    assert whole_part(STEPS, 0, 5) == Part(5, 4)


def test_what_lies_beyond_the_last_step_has_no_times():
    assert marginal_parts(STEPS[:1], 100, 50) == (Part(20, 1), Part(30, None))
    assert whole_part(STEPS[:1], 100, 50) == Part(50, None)


def test_no_excess_has_no_parts():
    assert marginal_parts(STEPS, 100, 0) == ()


@pytest.mark.parametrize(
    "value",
    [
        [[0.2, 1], [0.4, 2], [0.6, 3], [None, 4]],
        [["0.2", "1"], ["40%", 2], [60, 3], [None, 4]],
        [[20, 1], [40, 2], ["60%", 3.0], [None, "4.0"]],
        {"steps": [(0.2, 1), (0.4, 2), (0.6, 3), (None, 4)]},
    ],
)
def test_shares_and_percentages_say_the_same(value):
    tariff = read_tariff(value)
    assert tariff.steps == STEPS
    assert tariff.reading == ""


def test_text_in_per_cent_is_never_divided_again():
    assert read_tariff([["150%", 1], [200, 2]]).steps == (Step(Fraction(3, 2), 1), Step(Fraction(2), 2))
    assert read_tariff([[1, 1]]).steps == (Step(Fraction(1), 1),)  # the whole plan, not one per cent


@pytest.mark.parametrize(("reading", "read"), [("marginal", "marginal"), ("whole", "whole"), ("other", ""), (None, "")])
def test_the_reading_is_one_of_two_or_open(reading, read):
    assert read_tariff({"reading": reading, "steps": [[None, 1]]}).reading == read


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        7,
        "20%",
        {"reading": "whole"},
        [1],
        [[0.2]],
        [[0.2, 1, 2]],
        [["much", 1]],
        [[-0.2, 1]],
        [[0.2, "much"]],
        [[0.2, -1]],
        [[0.2, None]],
        [[0.4, 1], [0.2, 2]],
        [[0.2, 1], [0.2, 2]],
        [[None, 1], [0.2, 2]],
        [[None, 1], [None, 2]],
        [[0.2, 2], [0.4, 1]],
    ],
)
def test_what_is_no_rising_tariff_is_none(value):
    assert read_tariff(value) is None

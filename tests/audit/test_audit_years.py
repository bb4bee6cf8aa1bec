"""The auditor's years of account are its own, and come to the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.audit.years import ordinal, parts_of, span
from hetao.ledger.years import split_by_year, years_of

DAYS = st.dates(date(1500, 1, 1), date(2999, 12, 31))
WATERS = st.sampled_from(["total", "groundwater", "yellow_river"])


@given(water=WATERS, days=st.tuples(DAYS, DAYS).map(sorted), volume=st.integers(0, 2**63 - 1))
def test_periods_fall_in_the_same_years(water, days, volume):
    first, last = (day.isoformat() for day in days)
    assert span(water, first, last) == years_of(water, first, last)
    if (days[1] - days[0]).days < 40_000:
        assert parts_of(water, first, last, volume) == list(split_by_year(water, first, last, volume))
        assert sum(amount for _, amount in parts_of(water, first, last, volume)) == volume


def test_the_river_turns_in_summer():
    assert span("yellow_river", "2024-06-30", "2024-07-01") == range(2023, 2025)
    assert parts_of("yellow_river", "2024-06-30", "2024-07-02", 10) == [(2023, 3), (2024, 7)]
    assert parts_of("yellow_river", "2023-07-01", "2024-06-30", 366) == [(2023, 366)]


@pytest.mark.parametrize("day", ["2024-02-30", "20240101", "2024-W01-1", "2024-1-1", "", "2024-01-01T00"])
def test_days_that_are_none(day):
    with pytest.raises(ValueError, match=r".*"):
        ordinal(day)


def test_terms_that_end_before_they_begin():
    with pytest.raises(ValueError, match="2023"):
        span("total", "2024-01-01", "2023-12-31")

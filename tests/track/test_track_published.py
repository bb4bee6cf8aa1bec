"""The published targets for 2025 of Inner Mongolia against the published actuals."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction

import pytest

from hetao.track import Actual, Status, Target, assess, assess_all, timeline

REGION = "内蒙古"
GDP, INDUSTRY = "decline of GDP intensity", "decline of industrial intensity"
IRRIGATION, LEAKAGE = "irrigation coefficient", "urban public supply leakage"
PLAN = "http://yrcc.gov.cn/xwdt/lylw/202503/t20250301_440251.html"
ACTUALS = (
    (GDP, 2022, "8.9", "%"),
    (GDP, 2023, "9.58", "%"),
    (INDUSTRY, 2022, "13", "%"),
    (INDUSTRY, 2023, "12.76", "%"),
    (IRRIGATION, 2015, "0.522", ""),
    (IRRIGATION, 2020, "0.564", ""),
    (IRRIGATION, 2022, "0.574", ""),
    (IRRIGATION, 2023, "0.583", ""),
)


def target(indicator, value, unit, **more):
    more = {"key": indicator, "bound": "at_least", "deadline": 2025, "source": PLAN} | more
    return Target(region=REGION, indicator=indicator, value=Decimal(value), unit=unit, **more)


def actual(indicator, year, value, unit):
    return Actual(
        region=REGION,
        indicator=indicator,
        period=year,
        value=Decimal(value),
        unit=unit,
        source=f"bulletin {year}",
        base_period=2020 if unit == "%" else None,
    )


TARGETS = (
    target(GDP, "12", "%", base_period=2020, base_value=0),
    target(INDUSTRY, "13", "%", base_period=2020, base_value=0),
    target(IRRIGATION, "0.59", ""),
    target(LEAKAGE, "9", "%", bound="at_most"),
)


def assessed(as_of=None):
    found = assess_all(TARGETS, [actual(*row) for row in ACTUALS], as_of)
    return {a.target.indicator: a for a in found}


def test_the_typed_in_figures_are_those_of_the_reference_material(shared):
    with (shared / "water" / "water_indicators_targets.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == REGION]
    names = {"irrigation water effective use coefficient": IRRIGATION}
    kept = {
        (kind, names.get(r["indicator"], r["indicator"]), int(r["year"]), Decimal(r["value"]))
        for kind in ("actual", "target")
        for r in rows
        if r["kind"] == kind
    }
    assert {("actual", name, year, Decimal(value)) for name, year, value, _ in ACTUALS} <= kept
    assert {("target", t.indicator, t.deadline, t.value) for t in TARGETS} <= kept


def test_gdp_intensity_is_on_course():
    found = assessed()[GDP]
    assert found.status is Status.ON_COURSE
    assert (found.latest.period, found.latest.value) == (2023, Decimal("9.58"))
    assert found.required == Fraction(72, 10)
    assert found.gap_to_path == Fraction(-238, 100)
    assert found.gap_to_target == Fraction(242, 100)
    assert found.yearly_change_needed == Fraction(121, 100)
    assert (found.base.year, found.base.value, found.base.origin) == (2020, 0, "given")
    assert found.path.en == "straight line from 0 % in 2020 (the base given with the target) to 12 % in 2025"
    assert found.path.zh == "直线：由 2020 年的 0%（目标给定的基期值）到 2025 年的 12%"
    assert [(h.year, h.value) for h in found.history] == [
        (2020, None),
        (2021, None),
        (2022, Fraction("8.9")),
        (2023, Fraction("9.58")),
    ]
    assert found.sources == (PLAN, "bulletin 2022", "bulletin 2023")
    assert found.explanation.en == (
        "Target: at least 12 % by 2025. 9.58 % in 2023 keeps to the path, which asks for 7.2 %: on course. "
        "The mean change still needed to the deadline is 1.21 percentage points a year."
    )


def test_industrial_intensity_that_fell_back_is_reopened_and_not_met():
    found = assessed()[INDUSTRY]
    assert found.status is Status.REOPENED
    assert found.gap_to_target == Fraction(24, 100)
    assert found.gap_to_path < 0
    assert found.yearly_change_needed == Fraction(12, 100)
    assert found.explanation.en == (
        "Target: at least 13 % by 2025. The target's value was reached in 2022, but 12.76 % in 2023 is short of "
        "the target's value by 0.24 percentage points: reopened. "
        "The mean change still needed to the deadline is 0.12 percentage points a year."
    )
    assert found.explanation.zh == (
        "目标：2025 年不低于 13%。2022 年曾达到目标值，但 2023 年 12.76%，距目标值差 0.24 个百分点：回落，重新开启。"
        "到期限平均每年还需变化 0.12 个百分点。"
    )


def test_industrial_intensity_as_of_2022_had_reached_the_value_but_was_not_met():
    found = assessed(as_of=2022)[INDUSTRY]
    assert found.status is Status.ON_COURSE
    assert found.yearly_change_needed == 0
    assert "counts as met only if 2025 still does" in found.explanation.en


def test_irrigation_coefficient_is_on_course_from_the_earliest_actual_as_a_stated_assumption():
    found = assessed()[IRRIGATION]
    assert found.status is Status.ON_COURSE
    assert (found.base.year, found.base.origin) == (2015, "assumed")
    assert found.required == Fraction("0.5764")
    assert found.yearly_change_needed == Fraction("0.0035")
    assert "an assumption: the earliest actual" in found.path.en
    assert "假设" in found.path.zh


def test_irrigation_coefficient_from_the_actual_of_the_base_year():
    irrigation = target(IRRIGATION, "0.59", "", base_period=2020)
    found = assess(irrigation, [actual(*row) for row in ACTUALS if row[0] == IRRIGATION])
    assert found.status is Status.ON_COURSE
    assert (found.base.value, found.base.origin) == (Fraction("0.564"), "actual")
    assert found.required == Fraction("0.5796")
    assert found.gap_to_path == Fraction("-0.0034")


def test_leakage_without_an_actual_is_unknown_and_carries_no_number():
    found = assessed()[LEAKAGE]
    assert found.status is Status.UNKNOWN
    assert (found.latest, found.required, found.gap_to_path, found.gap_to_target) == (None, None, None, None)
    assert (found.yearly_change_needed, found.base) == (None, None)
    assert [(h.year, h.value) for h in found.history] == [(2025, None)]
    assert found.path.en == "no value is known before the deadline, so no path is assumed"
    assert found.explanation.en == ("Target: at most 9 % by 2025. There is no actual, so nothing is said: unknown.")


@pytest.mark.parametrize("indicator", [GDP, INDUSTRY, IRRIGATION])
def test_a_deadline_past_without_its_actual_is_unknown_and_not_missed(indicator):
    found = assessed(as_of=2026)[indicator]
    assert found.status is Status.UNKNOWN
    assert found.latest.period == 2023
    assert found.yearly_change_needed is None
    assert "the last known is" in found.explanation.en
    assert "2023" in found.explanation.en


def test_the_timeline_shows_gaps_and_the_path():
    found = timeline(TARGETS[0], [actual(*row) for row in ACTUALS if row[0] == GDP])
    assert found.years == (2020, 2021, 2022, 2023, 2024, 2025)
    assert found.actual == (None, None, Fraction("8.9"), Fraction("9.58"), None, None)
    assert found.path == tuple(Fraction(12 * k, 5) for k in range(6))


def test_visits_far_above_their_floor_are_held_to_the_floor_and_not_to_a_falling_path():
    visits = target("visits", "350", "万人次", deadline=2025)
    seen = [actual("visits", 2023, "2000", "万人次"), actual("visits", 2024, "1000", "万人次")]
    found = assess(visits, seen)
    assert found.status is Status.ON_COURSE
    assert found.required == 350
    assert found.path.en == (
        "2000 × 10⁴ visits in 2023 (an assumption: the earliest actual) keeps the bound: stay at least 350 × 10⁴ visits"
    )

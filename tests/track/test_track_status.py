"""Each status and its sentence, case by case."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from hetao.text import use_language
from hetao.track import Actual, Status, Target, assess, assess_all, timeline


def promise(**changes):
    fields = {
        "key": "t",
        "region": "r",
        "indicator": "leakage",
        "bound": "at_most",
        "value": 9,
        "unit": "%",
        "base_period": 2020,
        "base_value": 14,
        "deadline": 2025,
        "source": "plan",
    }
    return Target(**(fields | changes))


def seen(series, **changes):
    fields = {"region": "r", "indicator": "leakage", "unit": "%", "source": "bulletin"} | changes
    return [Actual(period=year, value=Decimal(value), **fields) for year, value in series.items()]


CASES = [
    ({2025: "9"}, None, "met", "9 % in 2025 reaches the target's value: met."),
    ({2025: "9.1"}, None, "missed", "9.1 % in 2025 is short of the target's value by 0.1 percentage points: missed."),
    ({2025: "9.1", 2026: "8"}, None, "missed", "9.1 % in 2025"),
    ({2025: "9", 2026: "9.5"}, None, "reopened", "reached in 2025, but 9.5 % in 2026"),
    ({2025: "9", 2026: "9.5", 2027: "9"}, None, "met", "9 % in 2025"),
    ({2025: "9", 2026: "9.5"}, 2025, "met", "9 % in 2025"),
    ({2024: "9", 2026: "9"}, None, "unknown", "The deadline is past and 2025 has no actual; the last known is 9 %"),
    ({2024: "10"}, 2026, "unknown", "the last known is 10 % in 2024: unknown."),
    ({2024: "10"}, 2025, "on_course", "10 % in 2024 keeps to the path, which asks for 10 %: on course."),
    ({2024: "10.5"}, None, "behind", "is short of the path, which asks for 10 %, by 0.5 percentage points: behind."),
    ({2022: "8.5", 2024: "9.5"}, None, "reopened", "reached in 2022, but 9.5 % in 2024"),
    ({2017: "8.5", 2024: "9.5"}, None, "on_course", "keeps to the path"),
    ({2017: "8.5"}, None, "unknown", "no actual since the base year 2020; the last known is 8.5 % in 2017"),
    ({2020: "14"}, None, "on_course", "14 % in 2020 is where the path starts and shows no course yet: on course."),
    ({2020: "15"}, None, "behind", "15 % in 2020 is short of the path, which asks for 14 %"),
    ({}, None, "unknown", "There is no actual, so nothing is said: unknown."),
]


@pytest.mark.parametrize(("series", "as_of", "status", "words"), CASES)
def test_the_status_and_its_reason(series, as_of, status, words):
    found = assess(promise(), seen(series), as_of)
    assert found.status == status
    assert words in found.explanation.en
    assert found.status.label.zh in found.explanation.zh


def test_the_gap_of_an_upper_bound_counts_downwards():
    found = assess(promise(), seen({2024: "10.5"}))
    assert (found.required, found.gap_to_path, found.gap_to_target) == (10, Fraction(1, 2), Fraction(3, 2))
    assert found.yearly_change_needed == Fraction(-3, 2)


def test_a_base_that_keeps_the_bound_counts_as_reached():
    found = assess(promise(base_value=8), seen({2022: "9.5"}))
    assert found.status is Status.REOPENED
    assert "reached in 2020" in found.explanation.en
    assert found.path.zh == "2020 年的 8%（目标给定的基期值）已满足要求，此后保持不高于 9%"


def test_actuals_only_after_the_deadline_give_no_path():
    loose = promise(base_period=None, base_value=None)
    found = assess(loose, seen({2025: "9", 2026: "10"}))
    assert (found.status, found.base) == (Status.REOPENED, None)
    assert "reached in 2025" in found.explanation.en
    assert timeline(loose, seen({2024: "9"}), as_of=2023).path == (Fraction(9),)


def test_the_first_actual_as_an_assumed_base_says_that_it_shows_no_course():
    found = assess(promise(base_period=None, base_value=None), seen({2023: "12"}))
    assert (found.status, found.rests_on_base) == (Status.ON_COURSE, True)
    assert "尚看不出进度" in found.explanation.zh


def test_a_latest_actual_before_the_base_year_has_no_path_but_a_gap_to_the_target():
    found = assess(promise(), seen({2017: "9.5"}))
    assert (found.required, found.gap_to_path, found.gap_to_target) == (None, None, Fraction(1, 2))


def test_an_actual_against_a_base_year_goes_to_the_target_of_that_base_year():
    first = promise(key="first", indicator="decline", bound="at_least", value=16, base_value=0)
    second = promise(
        key="second", indicator="decline", bound="at_least", value=10, base_period=2025, base_value=0, deadline=2030
    )
    actuals = seen({2023: "12"}, indicator="decline", base_period=2020)
    actuals += seen({2026: "1"}, indicator="decline", base_period=2025)
    early, late = assess_all([first, second], actuals)
    assert early.latest.period == 2023
    assert late.latest.period == 2026


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Fraction(1, 3), "", "≈0.333333"),
        (Fraction(-20000000, 3), "m3", "≈-6666666.67 m³"),
        (Decimal("35000000"), "人次", "35000000 visits"),
        (Decimal("0.590"), "", "0.59"),
    ],
)
def test_numbers_are_exact_in_words_or_marked_as_rounded(value, unit, words):
    found = assess(promise(value=value, unit=unit, base_period=None, base_value=None), [])
    assert found.explanation.en.startswith(f"Target: at most {words} by 2025.")


def test_a_change_without_a_unit_ends_with_its_number():
    found = assess(promise(unit="", base_value=14), seen({2024: "10.5"}, unit=""))
    assert found.explanation.en.endswith("is -1.5 a year.")
    assert found.explanation.zh.endswith("还需变化 -1.5。")


def test_labels_follow_the_language():
    with use_language("zh"):
        assert [str(status.label) for status in Status] == [
            "已达标",
            "符合进度",
            "滞后",
            "未达标",
            "回落，重新开启",
            "未知",
        ]

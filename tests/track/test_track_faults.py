"""Bad targets, actuals and rows: everything at once, with place and remedy."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from hetao.errors import TrackError
from hetao.track import Actual, Target, assess, assess_all, targets_from_rows

GOOD = {
    "target": "t1",
    "region": "内蒙古",
    "indicator": "leakage",
    "bound": "at_most",
    "value": "9",
    "unit": "%",
    "base_period": "2020",
    "base_value": "14.5",
    "deadline": "2025",
    "path": "compound",
    "source": "plan",
    "note": "n",
}


def promise(**changes):
    fields = {
        "key": "t",
        "region": "r",
        "indicator": "i",
        "bound": "at_least",
        "value": 9,
        "unit": "%",
        "deadline": 2025,
        "source": "plan",
    }
    return Target(**(fields | changes))


def seen(**changes):
    fields = {"region": "r", "indicator": "i", "period": 2023, "value": 8, "unit": "%", "source": "s"}
    return Actual(**(fields | changes))


def problems_of(call, *args, **kwargs):
    with pytest.raises(TrackError) as caught:
        call(*args, **kwargs)
    for problem in caught.value.problems:
        for words in (problem.found, problem.expected, problem.remedy):
            assert words.zh
            assert words.en
    return caught.value.problems


def codes_of(call, *args, **kwargs):
    return [(p.code, p.place.column) for p in problems_of(call, *args, **kwargs)]


def test_good_rows_are_read_exactly():
    (target,) = targets_from_rows([GOOD], "targets.csv")
    assert target == Target(
        key="t1",
        region="内蒙古",
        indicator="leakage",
        bound="at_most",
        value=Decimal(9),
        unit="%",
        base_period=2020,
        base_value=Decimal("14.5"),
        deadline=2025,
        path="compound",
        source="plan",
        note="n",
    )


def test_empty_cells_and_an_absent_base_value_take_their_defaults():
    row = {k: v for k, v in GOOD.items() if k != "base_value"}
    row |= {"base_period": " ", "path": "", "unit": "", "note": ""}
    (target,) = targets_from_rows([row], "targets.csv")
    assert (target.base_period, target.base_value, target.path) == (None, None, "straight_line")


def test_every_broken_cell_is_reported_at_once_with_its_place():
    bad = GOOD | {
        "target": "",
        "region": " ",
        "bound": "over",
        "value": "9 %",
        "base_period": "2020年",
        "base_value": "nan",
        "deadline": "",
        "path": "zigzag",
        "source": "",
    }
    found = problems_of(targets_from_rows, [GOOD, bad], "targets.csv")
    assert {(p.code, p.place.column) for p in found} == {
        ("track.empty", "target"),
        ("track.empty", "region"),
        ("track.unknown_bound", "bound"),
        ("track.not_a_number", "value"),
        ("track.not_a_year", "base_period"),
        ("track.not_a_number", "base_value"),
        ("track.not_a_year", "deadline"),
        ("track.unknown_path", "path"),
        ("track.empty", "source"),
    }
    assert len(found) == 9
    assert {(p.place.file, p.place.row) for p in found} == {("targets.csv", 3)}


@pytest.mark.parametrize("cell", ["", "９", "1_0", "1e5", "Infinity", "1,000", "9%", "0" * 31])
def test_only_plain_decimal_numbers_are_read(cell):
    assert codes_of(targets_from_rows, [GOOD | {"value": cell}], "f") == [("track.not_a_number", "value")]


def test_a_key_used_twice_names_the_first_row():
    (problem,) = problems_of(targets_from_rows, [GOOD, GOOD | {"region": "r"}], "targets.csv")
    assert (problem.code, problem.place.row) == ("track.duplicate_key", 3)
    assert "row 2" in problem.expected.en


def test_missing_and_unknown_columns_are_named_in_the_header():
    row = {k: v for k, v in GOOD.items() if k not in ("deadline", "source")} | {"basevalue": "1"}
    found = problems_of(targets_from_rows, [row], "targets.csv")
    assert [(p.code, p.place.row, p.place.column) for p in found] == [
        ("track.missing_column", 1, "deadline"),
        ("track.missing_column", 1, "source"),
        ("track.unknown_column", 1, "basevalue"),
    ]


def test_no_rows_are_no_targets():
    assert codes_of(targets_from_rows, [], "targets.csv") == [("track.no_rows", "")]


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"base_period": 2025}, "track.base_after_deadline", "base_period"),
        ({"base_value": 1}, "track.base_without_year", "base_period"),
        ({"deadline": 0}, "track.year", "deadline"),
        ({"deadline": 2025.5}, "track.year", "deadline"),
        ({"base_period": -1}, "track.year", "base_period"),
        ({"value": 9.0}, "track.inexact", "value"),
        ({"value": True}, "track.inexact", "value"),
        ({"value": Decimal("NaN")}, "track.inexact", "value"),
        ({"base_period": 2020, "base_value": Decimal("Infinity")}, "track.inexact", "base_value"),
    ],
)
def test_a_target_that_breaks_its_contract_is_refused(changes, code, column):
    assert codes_of(promise, **changes) == [(code, column)]


def test_an_actual_that_breaks_its_contract_is_refused_at_once():
    broken = {"region": "", "indicator": "", "source": "", "value": 0.5, "period": 0, "base_period": 99999}
    assert codes_of(seen, **broken) == [
        ("track.empty", "region"),
        ("track.empty", "indicator"),
        ("track.empty", "source"),
        ("track.inexact", "value"),
        ("track.year", "period"),
        ("track.year", "base_period"),
    ]


def test_actuals_that_cannot_be_compared_are_refused_together():
    target = promise(base_period=2020)
    strangers = [seen(), seen(), seen(period=2022, region="q", unit="m3", base_period=2015)]
    assert codes_of(assess, target, strangers) == [
        ("track.foreign_actual", ""),
        ("track.unit_mismatch", ""),
        ("track.base_mismatch", ""),
        ("track.duplicate_actual", ""),
    ]


def test_all_targets_report_together():
    targets = [
        promise(key="a"),
        promise(key="a", indicator="j", base_period=2020),
        promise(key="b", indicator="k", path="compound", base_period=2020, base_value=0),
    ]
    actuals = [seen(unit="m3"), seen(indicator="j", base_period=2015), seen(indicator="k")]
    found = problems_of(assess_all, targets, actuals)
    assert [(p.code, p.place.item) for p in found] == [
        ("track.duplicate_key", "a"),
        ("track.unit_mismatch", "a 2023"),
        ("track.base_mismatch", "a 2023"),
        ("track.compound_sign", "b"),
    ]
    assert "straight_line" in found[-1].remedy.en


def test_exact_fractions_are_taken():
    assert promise(value=Fraction(1, 3)).reached_by(Fraction(1, 3))


def test_years_are_whole_numbers():
    given = {"key": "t", "region": "r", "indicator": "i", "bound": "at_least", "value": 1, "unit": "", "source": "s"}
    with pytest.raises(TrackError) as caught:
        Target(deadline="2025", base_period=2020, **given)
    assert [p.code for p in caught.value.problems] == ["track.year"]
    with pytest.raises(TrackError) as caught:
        assess(Target(deadline=2025, **given), [], as_of="2022")
    assert [p.code for p in caught.value.problems] == ["track.as_of"]

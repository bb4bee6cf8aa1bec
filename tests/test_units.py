"""Exact quantities: what is read, what is printed, what is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.errors import UnitsError
from hetao.text import use_language
from hetao.units import (
    Percent,
    PercentagePoints,
    convert,
    read_money,
    read_number,
    read_percent,
    read_points,
    read_volume,
    show_money,
    show_volume,
    unit,
    unit_words,
)

VOLUMES = {
    "58.6亿m³": 5_860_000_000,
    "58.6 亿立方米": 5_860_000_000,
    "58.6亿m3": 5_860_000_000,
    "58.6 10⁸ m³": 5_860_000_000,
    "58.6 10^8 m3": 5_860_000_000,
    "58.6 1e8 m3": 5_860_000_000,
    "58.6 100 million m3": 5_860_000_000,
    "58.6×10^8 m3": 5_860_000_000,
    "58.6×10⁸m³": 5_860_000_000,
    "５８．６亿立方米": 5_860_000_000,
    "58472万m³": 584_720_000,
    "1,200 万立方米": 12_000_000,
    "33万方": 330_000,
    "1.5 km³": 1_500_000_000,
    "1.5 billion m3": 1_500_000_000,
    "3㎥": 3,
    "3 立方米": 3,
    "−30亿m³": -3_000_000_000,
    "+0.00000001亿m³": 1,
}
MONEY = {
    "5000万元": 50_000_000_00,
    "1.23 元": 123,
    "0.5亿元": 50_000_000_00,
    "7 fen": 7,
    "2 million yuan": 200_000_000,
    "15 billion yuan": 15 * 10**11,
    "1.2万亿元": 12 * 10**13,
}


@pytest.mark.parametrize(("text", "volume_m3"), VOLUMES.items())
def test_volumes_are_read_in_every_usual_writing(text, volume_m3):
    assert read_volume(text) == volume_m3


@pytest.mark.parametrize(("text", "money_fen"), MONEY.items())
def test_money_is_read_in_every_usual_writing(text, money_fen):
    assert read_money(text) == money_fen


@pytest.mark.parametrize(
    ("value", "unit_name", "volume_m3"),
    [
        (58.6, "亿m³", 5_860_000_000),
        (Decimal("58.6"), "亿m³", 5_860_000_000),
        (Fraction(293, 5), "亿m³", 5_860_000_000),
        (7, "m3", 7),
        ("58.6", "亿m³", 5_860_000_000),
        ("58.6亿m³", "亿立方米", 5_860_000_000),
        (0.1 + 0.2, "km3", 300_000_000),
    ],
)
def test_a_number_takes_the_unit_beside_it(value, unit_name, volume_m3):
    assert read_volume(value, unit_name, tolerance_m3=Fraction(1, 2)) == volume_m3


@given(st.integers(-(10**15), 10**15), st.sampled_from(["m3", "m³", "万m³", "亿m³", "亿立方米", "km3", "百万m³"]))
def test_volumes_print_and_read_back_the_same(volume_m3, unit_name):
    assert read_volume(show_volume(volume_m3, unit_name)) == volume_m3


@given(st.integers(-(10**15), 10**15), st.sampled_from(["分", "元", "万元", "亿元", "yuan"]))
def test_money_prints_and_reads_back_the_same(money_fen, unit_name):
    assert read_money(show_money(money_fen, unit_name)) == money_fen


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["m3", "万m³", "亿m³", "km3"]),
    st.sampled_from(["m3", "亿m³", "km3"]),
)
def test_conversion_there_and_back_is_exact(value, one, other):
    assert convert(convert(value, one, other), other, one) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_numbers_read_back_from_their_own_text(value):
    assert read_number(str(value)) == value
    assert read_number(f"{value:,f}") == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_read_by_their_shortest_text(value):
    assert float(read_number(value)) == value


@pytest.mark.parametrize(
    ("volume_m3", "unit_name", "digits", "shown"),
    [
        (5_860_000_000, "亿m³", None, "58.6亿m³"),
        (1, "亿m³", None, "0.00000001亿m³"),
        (5_855_000_000, "亿m³", 1, "58.6亿m³"),
        (5_865_000_000, "亿m³", 1, "58.6亿m³"),  # half to even
        (1_234_567, "m3", None, "1,234,567 m3"),
        (-30, "m³", 0, "-30 m³"),
    ],
)
def test_volumes_are_printed_with_the_digits_asked_for(volume_m3, unit_name, digits, shown):
    assert show_volume(volume_m3, unit_name, digits=digits) == shown


@pytest.mark.parametrize("volume_m3", [10**60 + 1, -(10**400) - 1])
def test_volumes_of_any_size_print_and_read_back_the_same(volume_m3):
    assert read_volume(show_volume(volume_m3, "亿m³")) == volume_m3


def test_a_fraction_of_any_size_that_is_not_whole_is_refused():
    with pytest.raises(UnitsError):
        read_volume(Fraction(3 * 10**400 + 1, 3), "m3")


def test_numbers_of_numpy_are_read_by_their_shortest_text():
    np = pytest.importorskip("numpy")
    assert read_number(np.float64(0.1)) == Decimal("0.1")
    assert read_number(np.float32(0.1)) == Decimal("0.1")
    assert read_number(np.int64(5)) == 5


def test_a_third_is_printed_to_fifty_digits_and_not_as_a_binary_float():
    assert read_number(Fraction(1, 3)) == Decimal("0." + "3" * 50)


@pytest.mark.parametrize(
    ("value", "unit_name", "code"),
    [
        ("58.6", None, "units.unknown_unit"),
        ("58.6吨", None, "units.unlike"),
        ("58.6升米", None, "units.unknown_unit"),
        ("0.5 m3", None, "units.not_whole"),
        ("58.6亿m³", "万m³", "units.two_units"),
        ("1.2.3 m3", None, "units.not_a_number"),
        ("1,20 m3", None, "units.not_a_number"),
        ("许多亿m³", None, "units.not_a_number"),
        ("", "m3", "units.not_a_number"),
        (float("nan"), "m3", "units.not_a_number"),
        (float("inf"), "m3", "units.not_a_number"),
        (Decimal("NaN"), "m3", "units.not_a_number"),
        (True, "m3", "units.not_a_number"),
        (5, "percent/", "units.unknown_unit"),
        (5, "/".join(["m3"] * 5000), "units.unknown_unit"),
        ("1e-999 m3", None, "units.not_whole"),
    ],
)
def test_what_is_not_an_exact_volume_is_refused_by_name(value, unit_name, code):
    with pytest.raises(UnitsError) as caught:
        read_volume(value, unit_name)
    (problem,) = caught.value.problems
    assert problem.code == code
    for words in (problem.found, problem.expected, problem.remedy):
        assert words.zh
        assert words.en


def test_superscripts_are_never_read_as_digits():
    with pytest.raises(UnitsError):
        read_volume("10⁸ m³")
    assert read_volume("1 10⁸ m³") == 10**8


@pytest.mark.parametrize(
    ("value", "tolerance", "whole"), [("2.5 m3", "0.5", 2), ("3.5 m3", "0.5", 4), ("2.4 m3", "0.4", 2)]
)
def test_rounding_needs_a_stated_tolerance_and_is_half_to_even(value, tolerance, whole):
    assert read_volume(value, tolerance_m3=Decimal(tolerance)) == whole
    with pytest.raises(UnitsError):
        read_volume(value, tolerance_m3=Decimal("0.1"))


@pytest.mark.parametrize("text", ["12.76 %", "12.76％", "12.76 percent", "百分之12.76", "百分之１２.７６"])
def test_percentages_are_read(text):
    assert read_percent(text) == Percent(Decimal("12.76"))


@pytest.mark.parametrize("text", ["3 个百分点", "3百分点", "3 percentage points", "3 pp", "３ 个百分点"])
def test_percentage_points_are_read(text):
    assert read_points(text) == PercentagePoints(Decimal(3))


@pytest.mark.parametrize("text", ["12.76", "3 个百分点", "许多%", ""])
def test_what_is_no_percentage_is_refused(text):
    with pytest.raises(UnitsError):
        read_percent(text)


@pytest.mark.parametrize("text", ["3", "3 %", ""])
def test_what_is_no_point_is_refused(text):
    with pytest.raises(UnitsError):
        read_points(text)


def test_percentages_differ_by_points_and_never_add():
    thirteen, less = Percent(Decimal(13)), Percent(Decimal("12.76"))
    gap = thirteen - less
    assert gap == PercentagePoints(Decimal("0.24"))
    assert less + gap == thirteen
    assert thirteen - gap == less
    assert gap - gap == PercentagePoints(Decimal(0)) == gap + -gap
    assert thirteen.of(200) == 26
    assert thirteen.ratio == Fraction(13, 100)
    for wrong in (
        lambda: thirteen + less,
        lambda: gap + less,
        lambda: gap - less,
        lambda: thirteen - 1,
        lambda: thirteen + 1,
    ):
        with pytest.raises(TypeError):
            wrong()


def test_percentages_and_points_print_in_both_languages():
    assert str(Percent(Decimal("12.760"))) == "12.760 %"
    with use_language("zh"):
        assert str(PercentagePoints(Decimal(3))) == "3 个百分点"
    with use_language("en"):
        assert str(PercentagePoints(Decimal(3))) == "3 percentage points"


def test_percent_and_points_are_unlike_units():
    assert convert(13, "%", "1") == Fraction(13, 100)
    with pytest.raises(UnitsError):
        convert(3, "百分点", "%")


@pytest.mark.parametrize(
    ("name", "standard", "dimension"),
    [
        ("m3/万元", "m3/万元", "volume/money"),
        ("立方米每亩", "m3/亩", "volume/area"),
        ("m³ / 人", "m3/人", "volume/people"),
        ("万 m³", "万m³", "volume"),
        ("MTCE", "Mtce", "energy"),
        ("m³／万元", "m3/万元", "volume/money"),
        ("kg/m2/年", "kg/m2/年", "mass/area/time"),
    ],
)
def test_units_are_known_by_their_aliases(name, standard, dimension):
    found = unit(name)
    assert (found.name, found.dimension) == (standard, dimension)


def test_composed_units_convert():
    assert convert(15, "m3/亩", "m3/ha") == 225
    assert convert(1, "亿m³", "km3") == Fraction(1, 10)
    assert convert(1, "ha", "亩") == 15
    assert convert(1461, "kg/m2/年", "kg/m2/天") == 4  # 365.25 days a year


def test_an_unknown_unit_names_the_closest():
    with pytest.raises(UnitsError, match="亿m3"):
        unit("亿m4")


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("亿立方米", "亿m³", "10⁸ m³"),
        ("m3", "m³", "m³"),
        ("万tce", "万tce", "10⁴ tce"),
        ("m3/万元", "m³/万元", "m³/10⁴ yuan"),
        ("%", "%", "%"),
        ("1", "", ""),
        ("个", "个", ""),
        ("km2", "km²", "km²"),
        ("百分点", "百分点", "percentage points"),
    ],
)
def test_units_are_printed_in_both_languages(name, zh, en):
    assert unit_words(name) == (zh, en)

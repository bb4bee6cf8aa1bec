"""How numbers are shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.report.format import number, sentence, signed


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (19630000000, None, "19,630,000,000"),
        (Decimal("-12.760"), None, "−12.760"),
        (Decimal("1E+3"), None, "1,000"),
        (0.1 + 0.2, None, "0.3"),
        (1234.5678, None, "1,235"),
        (0.000123456, None, "0.0001235"),
        (-0.0004, 3, "0.000"),
        (0.0, None, "0"),
        (58.6, 2, "58.60"),
    ],
)
def test_number(value, digits, shown):
    assert number(value, digits) == shown


def test_years_have_no_separators():
    assert number(2023, grouped=False) == "2023"


@pytest.mark.parametrize(("value", "shown"), [(0.012, "+0.012"), (-0.041, "−0.041"), (0.0, "0")])
def test_signed(value, shown):
    assert signed(value) == shown


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        number(value)


@given(st.integers())
def test_integers_are_shown_in_full(value):
    assert int(number(value).replace(",", "").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("words", "begun"), [("green index", "Green index"), ("SO2", "SO2"), ("β-convergence", "β-convergence"), ("", "")]
)
def test_a_sentence_begins_with_a_capital(words, begun):
    assert sentence(words) == begun

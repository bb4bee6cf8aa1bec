"""The sentences of an assessment, in Chinese and English."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from hetao.errors import UnitsError
from hetao.text import Text
from hetao.track.targets import Exact, Target
from hetao.units import unit_words

__all__ = ["bound_words", "change_unit", "change_words", "number_words", "value_words"]

_EXACT = Context(prec=18)
_LEAST_DIGITS = 6

_BOUNDS = {"at_least": Text("不低于", "at least"), "at_most": Text("不高于", "at most")}


def number_words(value: Exact) -> str:
    """Return a number in digits: in full up to 18 of them, else rounded to 6 (or to hundredths) behind a ≈."""
    exact = Fraction(value)
    shown = _rounded(exact, _EXACT)
    if Fraction(shown) == exact:
        return _plain(shown)
    whole_digits = len(str(abs(int(exact))))
    return "≈" + _plain(_rounded(exact, Context(prec=max(_LEAST_DIGITS, whole_digits + 2))))


def value_words(value: Exact, unit: str) -> Text:
    """Return a value with its unit."""
    number, name = number_words(value), _unit_words(unit)
    return Text(f"{number}{'' if unit == '%' else ' '}{name.zh}".rstrip(), _counted(number, name.en))


def change_unit(unit: str) -> Text:
    """Return the unit of a difference between two values of ``unit``: percentage points for per cent."""
    return Text("个百分点", "percentage points") if unit == "%" else _unit_words(unit)


def change_words(change: Exact, unit: str) -> Text:
    """Return a difference with its unit."""
    number, name = number_words(change), change_unit(unit)
    return Text(f"{number} {name.zh}".rstrip(), _counted(number, name.en))


def bound_words(target: Target) -> Text:
    """Return the bound, e.g. ``at least 13 %``."""
    side, value = _BOUNDS[target.bound], value_words(target.value, target.unit)
    return Text(f"{side.zh} {value.zh}", f"{side.en} {value.en}")


def _counted(number: str, name: str) -> str:
    """Return a number before an English unit: 196.3 × 10⁸ m³, 711 visits, 0.59."""
    return f"{number} {'× ' if name.startswith('10') else ''}{name}".rstrip()


def _unit_words(unit: str) -> Text:
    """Return a unit's words; one that hetao does not know is printed as it is."""
    try:
        return unit_words(unit) if unit else Text("", "")
    except UnitsError:
        return Text(unit, unit)


def _rounded(value: Fraction, digits: Context) -> Decimal:
    return digits.divide(Decimal(value.numerator), Decimal(value.denominator))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

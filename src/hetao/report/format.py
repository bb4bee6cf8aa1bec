"""How numbers are shown; what is stored is never rounded."""

from __future__ import annotations

import math
from decimal import Decimal

__all__ = ["number", "sentence", "signed"]

MINUS = "−"
SIGNIFICANT = 4  # digits shown of a float whose column does not say how many decimals


def number(value: int | float | Decimal, digits: int | None = None, *, grouped: bool = True) -> str:
    """Return ``value`` with thousands separators and a true minus sign.

    Args:
        value: a finite number.
        digits: decimals shown; None shows integers and decimals as they are, floats to `SIGNIFICANT` digits.
        grouped: False leaves the separators out, as for years.

    Raises:
        ValueError: ``value`` is not finite; an unknown number is None, never NaN.
    """
    if not isinstance(value, int) and not math.isfinite(value):
        raise ValueError(f"a number shown in a report must be finite, found {value!r}")
    if digits is None:
        digits = _decimals(value)
    exact = Decimal(value) if isinstance(value, int) else value
    shown = f"{exact:,.{digits}f}" if grouped else f"{exact:.{digits}f}"
    if shown.strip("-0.,") == "":
        shown = shown.lstrip("-")
    return shown.replace("-", MINUS)


def signed(value: float, digits: int | None = None) -> str:
    """Return ``value`` with a plus or minus sign in front, as a change is shown."""
    shown = number(value, digits)
    return f"+{shown}" if value > 0 else shown


def _decimals(value: int | float | Decimal) -> int:
    """Return how many decimals say all of ``value`` (int, Decimal) or its first significant digits (float)."""
    if isinstance(value, int):
        return 0
    if isinstance(value, Decimal):
        return max(0, -int(value.as_tuple().exponent))
    if value == 0 or value.is_integer():
        return 0
    wanted = max(0, min(12, SIGNIFICANT - 1 - math.floor(math.log10(abs(value)))))
    return len(f"{value:.{wanted}f}".partition(".")[2].rstrip("0"))


def sentence(words: str) -> str:
    """Return ``words`` as a sentence begins: its first letter a capital, where it is a Latin one."""
    return words[:1].upper() + words[1:] if words[:1].isascii() else words

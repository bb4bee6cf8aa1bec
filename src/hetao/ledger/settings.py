"""Dated settings: the numbers that the law leaves open, supplied by the user and never invented."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from hetao.ledger.records import Setting
from hetao.ledger.state import State

__all__ = ["find_setting", "read_ratio"]

DIGITS_MAX = 30  # before or after the point: 1e-9999999999 would fill the memory with zeros


def find_setting(state: State, name: str, day: str, node: str | None = None) -> Setting | None:
    """Return the setting in force on a day for a place: the nearest node's, then the general one, the latest first.

    Args:
        state: the ledger.
        name: the setting's name.
        day: the day, ISO 8601.
        node: the place, None for settings that hold everywhere only.

    Returns:
        The setting, None where none is in force.
    """
    index = state.settings().get(name)
    if not index:
        return None
    places = ("",) if node is None else (node, *state.above(node), "")
    for place in places:
        dated = [s for s in reversed(index) if s.node == place and s.start <= day]
        if dated:
            latest: Setting = max(dated, key=lambda s: s.start)  # of two from the same day, the one given last
            return latest
    return None


def read_ratio(value: object) -> Fraction | None:
    """Return a share that a setting gives: a number, or text such as ``"0.90"`` or ``"90%"``; None if it is none."""
    percent = isinstance(value, str) and value.strip().endswith("%")
    try:
        number = Decimal(str(value).strip().removesuffix("%"))
    except InvalidOperation:
        return None
    if isinstance(value, bool) or not number.is_finite() or abs(number.adjusted()) > DIGITS_MAX:
        return None
    return Fraction(number) / (100 if percent else 1)

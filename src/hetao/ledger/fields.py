"""The kinds of values that an event's fields take, each with the words for what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from hetao.text import Text

__all__ = [
    "VOLUME_MAX",
    "Field",
    "anything",
    "choice",
    "day",
    "decimal",
    "filled",
    "flag",
    "instant",
    "is_blank",
    "months",
    "names",
    "subset",
    "text",
    "volume",
    "volumes",
    "year",
]

VOLUME_MAX = 2**63 - 1  # m³: what a signed 64-bit integer holds
TEXT_MAX = 1000  # characters of a name, key or document
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_INSTANT = re.compile(
    r"(1[5-9]|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"(1[5-9]|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Field:
    """One field of an event.

    Attributes:
        fits: tells whether a JSON value is of this kind.
        expected: what the value should be, in words.
        required: whether the event must carry it.
        rule: the rule that judges this field instead of the event contract, empty for most.
        ask: the rule that asks for this field where it is missing or blank, empty for most.
    """

    fits: Callable[[object], bool]
    expected: Text
    required: bool = True
    rule: str = ""
    ask: str = ""


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or not value or len(value) > TEXT_MAX:
        return False
    return (value.isprintable() or not _CONTROL.search(value)) and not value.isspace()


def _is_integer(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most  # a bool is no integer here


def _is_volume(value: object) -> bool:
    return type(value) is int and 0 <= value <= VOLUME_MAX


@lru_cache(maxsize=4096)
def _is_day(value: str) -> bool:
    """Tell whether a text is a day; the same few stand in event after event."""
    return _reads(_DAY, date.fromisoformat, value)


def _reads(pattern: re.Pattern[str], read: Callable[[str], object], value: object) -> bool:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True


def _has_names(value: object, fits: Callable[[object], bool]) -> bool:
    return isinstance(value, list) and all(map(fits, value)) and len(set(value)) == len(value) > 0


def is_blank(value: object) -> bool:
    """Tell whether a value says nothing: null, blank text or an empty list."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _is_filled(value: object) -> bool:
    return _is_text(value) or isinstance(value, bool) or _is_volume(value)


def _is_decimal(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return _DECIMAL.fullmatch(value) is not None
    return isinstance(value, int | float) and abs(Decimal(str(value))) < 10**15


def text(*, required: bool = True, ask: str = "") -> Field:
    """Return a field of text: not blank, no control characters, at most `TEXT_MAX` characters."""
    expected = Text(
        f"1 至 {TEXT_MAX} 个字符的文字，无控制字符", f"text of 1 to {TEXT_MAX} characters, no control characters"
    )
    return Field(_is_text, expected, required, ask=ask)


def filled(*, required: bool = True, ask: str = "") -> Field:
    """Return a field that must be filled in: text, yes or no, or a volume."""
    expected = Text("文字、true / false 或整数（m³）", "text, true or false, or an integer (m³)")
    return Field(_is_filled, expected, required, ask=ask)


def flag() -> Field:
    """Return a field of yes or no; it may be left out."""
    return Field(lambda value: isinstance(value, bool), Text("true 或 false", "true or false"), required=False)


def anything() -> Field:
    """Return a field of any JSON value."""
    return Field(lambda value: True, Text("任意 JSON 值", "any JSON value"))


def decimal(*, required: bool = True, signed: bool = False) -> Field:
    """Return a field of an exact decimal: text such as ``"12.50"``, or a JSON number, taken as it is written."""
    if signed:
        return Field(_is_decimal, Text('十进制数，如 "-12.50"', 'a decimal number, e.g. "-12.50"'), required)
    expected = Text('0 以上的十进制数，如 "12.50"', 'a decimal number of 0 or more, e.g. "12.50"')
    return Field(lambda value: _is_decimal(value) and Decimal(str(value)) >= 0, expected, required)


def choice(options: Collection[str], *, required: bool = True, rule: str = "", ask: str = "") -> Field:
    """Return a field that takes one of the options."""
    listed = ", ".join(options)
    expected = Text(f"以下之一：{listed}", f"one of {listed}")
    return Field(lambda value: isinstance(value, str) and value in options, expected, required, rule, ask)


def volume(*, required: bool = True, ask: str = "") -> Field:
    """Return a field of a volume: an integer in m³ from 0 to `VOLUME_MAX`."""
    expected = Text(f"0 至 {VOLUME_MAX} 的整数（m³）", f"an integer from 0 to {VOLUME_MAX} (m³)")
    return Field(_is_volume, expected, required, ask=ask)


def months(*, ask: str = "") -> Field:
    """Return a field of twelve volumes in m³, January first."""
    expected = Text(f"12 个 0 至 {VOLUME_MAX} 的整数（m³）", f"12 integers from 0 to {VOLUME_MAX} (m³)")

    def fits(value: object) -> bool:
        """Say whether a value is such a list."""
        if not isinstance(value, list) or len(value) != 12 or any(type(m3) is not int for m3 in value):
            return False
        return bool(min(value) >= 0 and max(value) <= VOLUME_MAX)

    return Field(fits, expected, required=not ask, ask=ask)


def year() -> Field:
    """Return a field of a year of the calendar."""
    return Field(
        lambda value: _is_integer(value, 1, 9999), Text("1 至 9999 的整数年份", "a year as an integer from 1 to 9999")
    )


def instant() -> Field:
    """Return a field of a moment: ISO 8601 with offset, from 1500 to 2999."""
    expected = Text(
        "1500 至 2999 年间带时差的 ISO 8601 时间，如 2024-01-01T00:00:00+08:00",
        "an ISO 8601 time with offset, from 1500 to 2999, e.g. 2024-01-01T00:00:00+08:00",
    )
    return Field(lambda value: _reads(_INSTANT, datetime.fromisoformat, value), expected)


def day(*, required: bool = True, ask: str = "") -> Field:
    """Return a field of a day: ISO 8601, from 1500 to 2999."""
    expected = Text(
        "1500 至 2999 年间的 ISO 8601 日期，如 2024-01-01", "an ISO 8601 date from 1500 to 2999, e.g. 2024-01-01"
    )
    return Field(
        lambda value: isinstance(value, str) and len(value) == 10 and _is_day(value), expected, required, ask=ask
    )


def names(*, required: bool = True) -> Field:
    """Return a field of a list of different names, at least one."""
    expected = Text("互不相同的名称的列表，至少一个", "a list of different names, at least one")
    return Field(lambda value: _has_names(value, _is_text), expected, required)


def subset(options: Collection[str], *, required: bool = True) -> Field:
    """Return a field of a list of different options, at least one."""
    listed = ", ".join(options)
    expected = Text(f"列表，取自：{listed}，至少一个且不重复", f"a list of different ones of {listed}, at least one")
    fits = choice(options).fits
    return Field(lambda value: _has_names(value, fits), expected, required)


def volumes(*, required: bool = True) -> Field:
    """Return a field of an object that gives a volume to each of at least one name."""
    expected = Text(
        f"对象：名称 → 0 至 {VOLUME_MAX} 的整数（m³），至少一项",
        f"an object of at least one name, each with an integer from 0 to {VOLUME_MAX} (m³)",
    )

    def fits(value: object) -> bool:
        """Say whether a value is such an object."""
        return (
            isinstance(value, dict)
            and len(value) > 0
            and all(map(_is_text, value))
            and all(map(_is_volume, value.values()))
        )

    return Field(fits, expected, required)

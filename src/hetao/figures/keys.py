"""Keys of rows: what counts as missing, and in which order periods stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from hetao.errors import Place, Problems
from hetao.text import Text

__all__ = ["is_missing", "sorted_periods"]


def is_missing(value: object) -> bool:
    """Say whether a value is missing: None, or a NaN, NaT or NA, which alone are not plainly equal to themselves."""
    if value is None:
        return True
    same = value == value
    return not isinstance(same, bool | np.bool_) or not same


def sorted_periods(
    periods: Iterable[Any], categories: list[Any] | None, column: str, problems: Problems, prefix: str
) -> tuple[Any, ...]:
    """Return the distinct periods in the order of their categories, else sorted; record those that have no order.

    Args:
        periods: of the rows.
        categories: of an ordered categorical or an enum; None where the column is none.
        column: where they stand.
        problems: what is wrong is added here, with a code that begins with ``prefix``.
        prefix: of the codes.
    """
    distinct = list(dict.fromkeys(periods))
    if categories is not None:
        return tuple(sorted(distinct, key=categories.index))
    digits = [p for p in distinct if isinstance(p, str) and p.isdecimal()]
    if len({len(p) for p in digits}) > 1:  # "10" would stand before "9"
        problems.add(
            f"{prefix}.text_periods",
            Place(column=column),
            found=Text(
                f"长短不一的数字文字（{digits[0]!r} 等）", f"digits of several lengths as text ({digits[0]!r} …)"
            ),
            expected=Text("整数，或有序类别", "whole numbers, or an ordered categorical"),
            remedy=Text("把时期转换成整数", "make the periods whole numbers"),
        )
    try:
        return tuple(sorted(distinct))
    except TypeError:
        kinds = ", ".join(sorted({type(p).__name__ for p in distinct}))
        problems.add(
            f"{prefix}.mixed_periods",
            Place(column=column),
            found=Text(f"多种类型的时期（{kinds}）", f"periods of several types ({kinds})"),
            expected=Text("同一类型、可排序的时期", "periods of one type that can be put in order"),
            remedy=Text("统一为年份整数或日期", "make them all whole years, or all dates"),
        )
        return tuple(distinct)

"""Numbers as they are printed in a table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hetao.measure.tables.options import Options
from hetao.measure.tables.table import BLANK, GAP, Cell, Label, Row

__all__ = ["brackets", "counted", "known", "measured", "number"]

MINUS = "−"
STATISTIC = "statistic"  # a name of its own: a unit may be called as a statistic is


def number(value: float | None, digits: int) -> Cell:
    """Return a number with a true minus sign; NaN is no answer, None does not apply."""
    if value is None:
        return BLANK
    if math.isnan(value):
        return Cell(GAP)
    shown = f"{value:.{digits}f}"
    if not shown.strip("-0."):
        shown = shown.lstrip("-")
    return Cell(shown.replace("-", MINUS))


def known(values: Sequence[float | None]) -> tuple[float, ...]:
    """Return the numbers for `Row.figures`, NaN for what does not apply."""
    return tuple(math.nan if value is None else float(value) for value in values)


def brackets(error: float | None, low: float | None, high: float | None, options: Options) -> Cell:
    """Return what stands below a number: its standard error or its limits; nothing where it has none."""
    if options.below == "standard_errors":
        return BLANK if error is None or math.isnan(error) else Cell(f"({number(error, options.digits).text})")
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return BLANK
    return Cell(f"[{number(low, options.digits).text}, {number(high, options.digits).text}]")


def counted(name: str, label: Label, values: Sequence[int | None], further: int = 0) -> Row:
    """Return a row of whole numbers; ``further`` is how many columns of labels follow the first."""
    cells = tuple(BLANK if value is None else Cell(str(value)) for value in values)
    return Row((label, *[""] * further), cells, name, figures={STATISTIC: known(values)})


def measured(
    name: str, label: Label, values: Sequence[float | None], digits: int, further: int = 0, figure: str = STATISTIC
) -> Row:
    """Return a row of numbers, as `counted` does; ``figure`` is what they are."""
    cells = tuple(number(value, digits) for value in values)
    return Row((label, *[""] * further), cells, name, figures={figure: known(values)})

"""Published tables that do not add up: listed beyond a stated tolerance, and left as they were published."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hetao.errors import Place
from hetao.figures.indicators import Schema
from hetao.figures.periods import Period
from hetao.figures.register import Figure, Register
from hetao.units import convert

__all__ = ["Miss", "check_sums"]


@dataclass(frozen=True)
class Miss:
    """A total that its parts miss by more than the tolerance.

    Attributes:
        total: the figure of the total.
        parts: the figures of all its parts.
        total_value: the total, in its indicator's unit, exact.
        parts_value: the sum of the parts in the same unit, exact.
    """

    total: Figure
    parts: tuple[Figure, ...]
    total_value: Fraction
    parts_value: Fraction

    @property
    def difference(self) -> Fraction:
        """Sum of the parts minus the total, in the total's unit."""
        return self.parts_value - self.total_value

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the total and its parts were read, the total first."""
        return (self.total.place, *(part.place for part in self.parts))


def check_sums(register: Register, schema: Schema, tolerance: Fraction) -> tuple[Miss, ...]:
    """Return every total that its parts miss by more than ``tolerance``, in the register's order.

    Totals and parts are those of the schema's ``part_of``, of one region, period and source. A total is checked only
    where it and all its parts have values.

    Args:
        register: the figures.
        schema: says which indicators are parts of which.
        tolerance: the largest difference taken for rounding, in the total's unit.
    """
    parts_of = {i.key: listed for i in schema if (listed := schema.parts_of(i.key))}
    found: dict[tuple[str, Period, str, str], Figure] = {figure.key: figure for figure in register}
    misses: list[Miss] = []
    for total in register:
        if total.value is None or total.indicator not in parts_of:
            continue
        keys = [(total.region, total.period, part.key, total.source) for part in parts_of[total.indicator]]
        parts = tuple(found[key] for key in keys if key in found)
        values = [convert(part.value, part.unit, total.unit) for part in parts if part.value is not None]
        if len(values) == len(keys) and abs(sum(values, Fraction()) - total.value) > tolerance:
            misses.append(Miss(total, parts, total.value, sum(values, Fraction())))
    return tuple(misses)

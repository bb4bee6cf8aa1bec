"""How a table is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hetao.measure.tables.table import Label

__all__ = ["Below", "By", "Options"]

By = Literal["summary", "unit"]
Below = Literal["standard_errors", "limits"] | None


@dataclass(frozen=True)
class Options:
    """The options of `hetao.measure.side_by_side`, checked.

    Attributes:
        by: whether units have rows of their own.
        digits: decimals of every number that is no count.
        below: what stands below a number that has it.
        stars: thresholds of p, falling: one star below the first, two below the second.
        parts: whether the parts have rows.
        first: names of the rows that come first.
        labels: name of a row → what it is called.
        caption: of the table, or None.
    """

    by: By
    digits: int
    below: Below
    stars: tuple[float, ...]
    parts: bool
    first: tuple[str, ...]
    labels: Mapping[str, Label]
    caption: Label | None

    def ordered(self, names: Sequence[str], last: Sequence[str] = ()) -> list[str]:
        """Return the names, those asked for first and those of ``last`` at the end, the others as they come."""
        known = list(dict.fromkeys(names))
        front = [name for name in self.first if name in known]
        back = [name for name in last if name in known and name not in front]
        return front + [name for name in known if name not in front and name not in back] + back

    def label(self, name: str, otherwise: Label) -> Label:
        """Return what a row is called."""
        return self.labels.get(name, otherwise)

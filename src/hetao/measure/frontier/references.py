"""The one notion of a reference set: which rows of a panel span the frontier that others are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.text import Text

__all__ = ["REFERENCES", "Block", "Reference", "blocks", "is_reference", "reference_rows", "reference_words"]

Rows = NDArray[np.intp]
Named = Literal["contemporaneous", "sequential", "global", "biennial"]
Reference = Named | int
REFERENCES: tuple[str, ...] = get_args(Named)
_WORDS: dict[str, Text] = {
    "contemporaneous": Text("当期前沿", "each period's own frontier"),
    "sequential": Text("截至当期的序列前沿", "the frontier of all periods up to the present one"),
    "global": Text("全部时期合并的全局前沿", "one global frontier of all periods"),
    "biennial": Text("当期与下一期合并的两期前沿", "the frontier of the present and the next period together"),
}


def is_reference(value: object) -> bool:
    """Say whether a value names a reference: one of `REFERENCES`, or a window's number of periods."""
    if isinstance(value, str):
        return value in REFERENCES
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 1


def reference_words(reference: Reference, by_group: bool = False) -> Text:
    """Return a reference in words."""
    if not isinstance(reference, str):
        words = Text(f"最近 {reference} 期的窗口前沿", f"the frontier of a window of the last {reference} periods")
    else:
        words = _WORDS[reference]
    return Text(f"各组{words.zh}", f"{words.en}, group by group") if by_group else words


def reference_rows(panel: Panel, period: object, reference: Reference, group: object = None) -> Rows:
    """Return the rows, ascending, that span the frontier of a period.

    Args:
        panel: the observations.
        period: the period.
        reference: that period's rows (``contemporaneous``), those of it and all before (``sequential``), of it and the
            next (``biennial``), of the last so many periods up to it (a whole number), or all (``global``).
        group: only rows of this group; None: of all.
    """
    if reference == "global" or panel.period_column is None:
        rows = np.arange(len(panel))
    else:
        at = panel.periods.index(period)
        first, last = _span(at, reference)
        seen = panel.periods[max(first, 0) : last + 1]
        rows = np.sort(np.concatenate([panel.rows(p) for p in seen]))
    if group is None or panel.groups is None:
        return rows
    return rows[[panel.groups[row] == group for row in rows]]


def _span(at: int, reference: Reference) -> tuple[int, int]:
    if not isinstance(reference, str):
        return at + 1 - reference, at
    return {"sequential": (0, at), "biennial": (at, at + 1)}.get(reference, (at, at))


@dataclass(frozen=True)
class Block:
    """Rows that share a reference set.

    Attributes:
        own: the rows.
        reference: the rows that they are compared with.
        exclude: (own,) position in ``reference`` that each may not use (super-efficiency), −1 for none; None: all may.
    """

    own: Rows
    reference: Rows
    exclude: NDArray[np.int64] | None = None


def blocks(
    panel: Panel, reference: Reference, *, leave_out_self: bool = False, by_group: bool = False
) -> tuple[Block, ...]:
    """Return the blocks of a panel: one a period, or one a period and group."""
    groups = list(dict.fromkeys(panel.groups.tolist())) if by_group and panel.groups is not None else [None]
    found = []
    for period in panel.periods:
        for group in groups:
            own = panel.rows(period)
            if group is not None and panel.groups is not None:
                own = own[[panel.groups[row] == group for row in own]]
            if not len(own):
                continue
            seen = reference_rows(panel, period, reference, group)
            exclude = np.searchsorted(seen, own).astype(np.int64) if leave_out_self else None
            found.append(Block(own, seen, exclude))
    return tuple(found)

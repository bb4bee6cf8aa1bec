"""The one notion of a reference set: which rows of a panel span the frontier of a period."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.text import Text

__all__ = ["REFERENCES", "REFERENCE_WORDS", "Reference", "reference_rows"]

Reference = Literal["contemporaneous", "sequential", "global"]
REFERENCES: tuple[str, ...] = get_args(Reference)
REFERENCE_WORDS: dict[str, Text] = {
    "contemporaneous": Text("当期前沿", "each period's own frontier"),
    "sequential": Text("截至当期的序列前沿", "the frontier of all periods up to the present one"),
    "global": Text("全部时期合并的全局前沿", "one global frontier of all periods"),
}


def reference_rows(panel: Panel, period: object, reference: Reference) -> NDArray[np.intp]:
    """Return the rows that span the frontier of ``period``: that period's, all up to it, or all of the panel."""
    if reference == "global" or panel.period_column is None:
        return np.arange(len(panel))
    if reference == "contemporaneous":
        return panel.rows(period)
    seen = panel.periods[: panel.periods.index(period) + 1]
    return np.sort(np.concatenate([panel.rows(p) for p in seen]))

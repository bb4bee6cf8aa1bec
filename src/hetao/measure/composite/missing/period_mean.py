"""`period_mean`: the mean of the units that are known in the same period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.composite.member import Gaps
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _fill(values: Matrix, units: NDArray[np.object_], times: Matrix) -> Matrix:
    found = values.copy()
    for time in np.unique(times):
        rows = np.flatnonzero(times == time)
        for j in range(values.shape[1]):
            column = values[rows, j]
            known = ~np.isnan(column)
            if known.any():
                found[rows, j] = np.where(known, column, column[known].mean())
    return found


MEMBER = Gaps(
    name="period_mean",
    title=Text("同期均值", "period mean"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 3",
    fill=_fill,
)

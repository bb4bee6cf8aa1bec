"""`interpolate`: a straight line between the unit's own neighbouring periods, the nearest value beyond the ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.composite.member import Gaps
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _fill(values: Matrix, units: NDArray[np.object_], times: Matrix) -> Matrix:
    found = values.copy()
    for unit in dict.fromkeys(units.tolist()):
        rows = np.flatnonzero([u == unit for u in units.tolist()])
        for j in range(values.shape[1]):
            column = values[rows, j]
            known = ~np.isnan(column)
            if known.any():
                order = np.argsort(times[rows[known]])
                at, seen = times[rows[known]][order], column[known][order]
                found[rows, j] = np.where(known, column, np.interp(times[rows], at, seen))
    return found


MEMBER = Gaps(
    name="interpolate",
    title=Text("线性插值", "interpolate"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 3",
    fill=_fill,
)

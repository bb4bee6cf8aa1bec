"""`refuse`: no missing value is filled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.composite.member import Gaps
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _fill(values: Matrix, units: NDArray[np.object_], times: Matrix) -> Matrix:
    return values


MEMBER = Gaps(
    name="refuse",
    title=Text("拒绝缺失", "refuse"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 3",
    fill=_fill,
)

"""`equal`: dimensions alike, and inside each dimension its indicators."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Pool, Weighted, Weighting
from hetao.text import Text

__all__ = ["MEMBER"]


def _weigh(pool: Pool) -> Weighted:
    tree = pool.tree
    sizes = np.array([len(tree.inside(i.dimension)) for i in tree], dtype=float)
    return Weighted(1.0 / (sizes * len(tree.dimensions)))


MEMBER = Weighting(
    name="equal",
    title=Text("等权（维度之间、维度之内）", "equal"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 6",
    weigh=_weigh,
)

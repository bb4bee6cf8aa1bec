"""`given`: the tree's own weights, scaled to add to 1."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Complain, Pool, Weighted, Weighting
from hetao.text import Text

__all__ = ["MEMBER"]


def _weigh(pool: Pool) -> Weighted:
    weights = pool.tree.column("weight")
    return Weighted(weights / weights.sum())


def _check(pool: Pool, complain: Complain) -> None:
    for indicator in pool.tree:
        if np.isnan(indicator.weight):
            complain(
                indicator.name,
                Text("没有权重", "no weight"),
                Text("树中的 weight", "a weight in the tree"),
                Text("在树中给出，或改用 equal", "give it in the tree, or use equal"),
            )


MEMBER = Weighting(
    name="given",
    title=Text("给定权重", "given"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 6",
    weigh=_weigh,
    check=_check,
)

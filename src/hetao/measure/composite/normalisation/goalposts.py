"""`goalposts`: share of the way between two fixed values, the same for every pool."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Complain, Normalisation
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _normalise(values: Matrix, tree: IndicatorTree) -> Matrix:
    low, high = tree.column("low"), tree.column("high")
    return tree.turned(np.clip((values - low) / (high - low), 0.0, 1.0))  # what lies beyond a goalpost has reached it


def _check(values: Matrix, tree: IndicatorTree, complain: Complain) -> None:
    for indicator in tree:
        if np.isnan(indicator.low):
            complain(
                indicator.name,
                Text("没有目标值区间", "no goalposts"),
                Text("树中的 low 与 high", "low and high in the tree"),
                Text("在树中给出，或改用 min_max", "give them in the tree, or use min_max"),
            )


MEMBER = Normalisation(
    name="goalposts",
    title=Text("目标值区间", "goalposts"),
    reference="UNDP, Human Development Report, Technical notes",
    scale="share",
    normalise=_normalise,
    check=_check,
    laws=frozenset({"monotonicity", "within_0_and_1", "independence_of_others"}),
)

"""`reference_distance`: ratio to a reference value, the best of the pool where the tree gives none."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Complain, Normalisation
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _normalise(values: Matrix, tree: IndicatorTree) -> Matrix:
    up, given = tree.column("direction") > 0, tree.column("reference")
    best = np.where(up, values.max(axis=0), values.min(axis=0))
    reference = np.where(np.isnan(given), best, given)
    return np.where(up, values / reference, reference / values)


def _check(values: Matrix, tree: IndicatorTree, complain: Complain) -> None:
    for indicator, column in zip(tree, values.T, strict=True):
        reference = indicator.reference if not np.isnan(indicator.reference) else 1.0
        if column.min() <= 0.0 or reference <= 0.0:
            least = min(float(column.min()), reference)
            complain(
                indicator.name,
                Text(f"{least:g}", f"{least:g}"),
                Text("大于 0 的值与参照值", "values and a reference above 0"),
                Text("改用 min_max，或重新定义该指标", "use min_max, or redefine the indicator"),
            )


MEMBER = Normalisation(
    name="reference_distance",
    title=Text("与参照值之比", "distance to a reference"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 5",
    scale="ratio",
    normalise=_normalise,
    check=_check,
    laws=frozenset({"units_invariance", "monotonicity"}),
)

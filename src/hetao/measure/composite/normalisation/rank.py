"""`rank`: share of the others that a row is better than, ties in the middle."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Normalisation
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.composite.varying import check_varies
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _normalise(values: Matrix, tree: IndicatorTree) -> Matrix:
    from scipy.stats import rankdata

    ranks: Matrix = rankdata(values * tree.column("direction"), axis=0)
    return np.asarray((ranks - 1.0) / (len(values) - 1.0))


MEMBER = Normalisation(
    name="rank",
    title=Text("名次", "ranks"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 5",
    scale="share",
    normalise=_normalise,
    check=check_varies,
    laws=frozenset({"units_invariance", "monotonicity", "within_0_and_1"}),
)

"""`min_max`: share of the way from the worst to the best value."""

from __future__ import annotations

from hetao.measure.composite.member import Normalisation
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.composite.varying import check_varies
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _normalise(values: Matrix, tree: IndicatorTree) -> Matrix:
    low, high = values.min(axis=0), values.max(axis=0)
    return tree.turned((values - low) / (high - low))


MEMBER = Normalisation(
    name="min_max",
    title=Text("极差标准化", "min-max"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 5",
    scale="share",
    normalise=_normalise,
    check=check_varies,
    laws=frozenset({"units_invariance", "monotonicity", "within_0_and_1"}),
)

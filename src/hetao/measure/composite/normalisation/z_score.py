"""`z_score`: distance from the mean in standard deviations."""

from __future__ import annotations

from hetao.measure.composite.member import Normalisation
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.composite.varying import check_varies
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _normalise(values: Matrix, tree: IndicatorTree) -> Matrix:
    found: Matrix = (values - values.mean(axis=0)) / values.std(axis=0) * tree.column("direction")
    return found


MEMBER = Normalisation(
    name="z_score",
    title=Text("Z 分数", "z-scores"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 5",
    scale="standard",
    normalise=_normalise,
    check=check_varies,
    laws=frozenset({"units_invariance", "monotonicity"}),
)

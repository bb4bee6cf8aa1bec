"""`linear`: the weighted sum; what is lost in one indicator can be made up in another."""

from __future__ import annotations

from hetao.measure.composite.member import Aggregation, Scale
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _aggregate(values: Matrix, weights: Matrix, scale: Scale) -> Matrix:
    found: Matrix = (values * weights).sum(axis=1)
    return found


MEMBER = Aggregation(
    name="linear",
    title=Text("线性加权", "linear"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 7",
    aggregate=_aggregate,
    sums=True,
    laws=frozenset({"monotonicity", "between_least_and_most"}),
)

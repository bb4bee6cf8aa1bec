"""`geometric`: the weighted product; a low value is made up only in part. Z-scores are taken as 100 + 10 z."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Aggregation, Scale
from hetao.measure.composite.positive import LEAST_STANDARD, standard_to_positive
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _aggregate(values: Matrix, weights: Matrix, scale: Scale) -> Matrix:
    above = standard_to_positive(values) if scale == "standard" else values
    found: Matrix = np.exp((np.log(above) * weights).sum(axis=1))
    return found


MEMBER = Aggregation(
    name="geometric",
    title=Text("几何加权", "geometric"),
    reference="OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 7",
    aggregate=_aggregate,
    positive=True,
    above=LEAST_STANDARD,
    laws=frozenset({"monotonicity", "between_least_and_most"}),
)

"""`mazziotta_pareto`: the weighted mean less a penalty for values that are out of balance."""

from __future__ import annotations

from hetao.measure.composite.member import Aggregation, Scale
from hetao.measure.composite.positive import LEAST_STANDARD, standard_to_positive
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _aggregate(values: Matrix, weights: Matrix, scale: Scale) -> Matrix:
    """Return M − S²/M, the weighted mean and variance of 100 + 10 z, of 70 + 60 times a share, or of 100 times a ratio.

    With z-scores it is the index of 2013, with shares the adjusted one of 2016.
    """
    t = standard_to_positive(values) if scale == "standard" else 70.0 + 60.0 * values
    if scale == "ratio":
        t = 100.0 * values
    mean = (t * weights).sum(axis=1)
    variance = ((t - mean[:, None]) ** 2 * weights).sum(axis=1)
    found: Matrix = mean - variance / mean
    return found


MEMBER = Aggregation(
    name="mazziotta_pareto",
    title=Text("Mazziotta-Pareto 指数", "Mazziotta-Pareto"),
    reference="Mazziotta and Pareto 2013; 2016, Social Indicators Research",
    aggregate=_aggregate,
    above=LEAST_STANDARD,
)

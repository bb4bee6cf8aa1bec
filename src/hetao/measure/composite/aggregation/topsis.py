"""`topsis`: how near the ideal row is, beside how far the worst one."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Aggregation, Scale
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER"]


def _aggregate(values: Matrix, weights: Matrix, scale: Scale) -> Matrix:
    """Return D⁻ / (D⁺ + D⁻), D the distances of the weighted values to the pool's best and worst in each indicator."""
    weighted = values * weights
    best, worst = weighted.max(axis=0), weighted.min(axis=0)
    near, far = (np.sqrt(((weighted - end) ** 2).sum(axis=1)) for end in (best, worst))
    both = near + far
    found: Matrix = np.divide(far, both, out=np.full(len(both), 0.5), where=both > 0.0)
    return found


MEMBER = Aggregation(
    name="topsis",
    title=Text("TOPSIS", "TOPSIS"),
    reference="Hwang and Yoon, Multiple Attribute Decision Making, 1981",
    aggregate=_aggregate,
    laws=frozenset({"monotonicity", "within_0_and_1"}),
)

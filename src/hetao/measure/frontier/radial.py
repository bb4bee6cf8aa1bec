"""Radial measures: shrink all inputs, or expand all outputs, in one proportion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.technology import Quantities

__all__ = ["Orientation", "radial"]

Orientation = Literal["input", "output"]


def radial(own: Quantities, orientation: Orientation, fixed: Sequence[int] = ()) -> Measure:
    """Return the measure θ (input: min, Xλ ≤ θx, Yλ ≥ y) or φ (output: max, Xλ ≤ x, Yλ ≥ φy); Farrell 1957.

    Args:
        own: n observations.
        orientation: ``input`` or ``output``.
        fixed: positions of the inputs (outputs) that cannot be chosen and do not move (Banker and Morey 1986).
    """
    points = own.points
    first, last = (0, own.X.shape[1]) if orientation == "input" else (own.X.shape[1], own.X.shape[1] + own.Y.shape[1])
    moves = np.zeros_like(points)
    chosen = [j for j in range(first, last) if j - first not in fixed]
    moves[:, chosen] = points[:, chosen]
    base = points.copy()
    base[:, chosen] = 0.0
    return Measure(
        sense="min" if orientation == "input" else "max",
        base=base,
        moves=moves[:, None, :],
        cost=np.ones((len(points), 1)),
        free=True,
    )

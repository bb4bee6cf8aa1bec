"""Directional measures: from where an observation is, along a direction."""

from __future__ import annotations

import numpy as np

from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.technology import Matrix, Quantities

__all__ = ["along", "signs"]


def signs(own: Quantities) -> Matrix:
    """Return (q,) which way each quantity improves: −1 inputs and bads, 1 outputs."""
    found: Matrix = np.r_[-np.ones(own.X.shape[1]), np.ones(own.Y.shape[1]), -np.ones(own.B.shape[1])]
    return found


def along(own: Quantities, direction: Matrix) -> Measure:
    """Return the measure max β from (x, y, b) to (x − βgₓ, y + βg_y, b − βg_b); ``direction`` is (n, q), ≥ 0."""
    moves = (direction * signs(own))[:, None, :]
    return Measure("max", own.points, moves, np.ones((len(own), 1)), free=True)

"""Slack-based moves: every chosen quantity may improve on its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hetao.measure.frontier.move_along import signs
from hetao.measure.frontier.technology import Matrix, Quantities

__all__ = ["each_its_own"]


def each_its_own(own: Quantities, columns: Sequence[int], size: Matrix, *, worsen: bool = False) -> Matrix:
    """Return (n, columns, q) moves, one for each of some quantities, that improve (worsen) it by ``size`` (n, q)."""
    n, q = own.points.shape
    sign = -signs(own) if worsen else signs(own)
    moves = np.zeros((n, len(columns), q))
    for k, j in enumerate(columns):
        moves[:, k, j] = sign[j] * size[:, j]
    return moves

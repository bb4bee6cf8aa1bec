"""How far around a unit's surroundings others are like it: bandwidths by least-squares cross-validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix, Quantities

__all__ = ["cross_validated", "near"]

MOST_ROWS = 500  # of the units left out in turn, and of the points at which the distribution is looked at
LEVELS = 24  # bandwidths tried in each column within the range of its distances
BEYOND = (1.5, 3.0)  # bandwidths tried beyond it, in ranges: the column tells nothing then


def near(of: Matrix, among: Matrix, bandwidth: Matrix) -> NDArray[np.bool_]:
    """Return (n, r) which of the ``among`` (r, k) lie within the (k,) bandwidths of each of the (n, k) points."""
    low, high = of - bandwidth, of + bandwidth
    found = np.full((len(of), len(among)), True)
    for j in range(of.shape[1]):
        found &= (among[:, j] >= low[:, j, None]) & (among[:, j] <= high[:, j, None])
    return found


def cross_validated(data: Quantities, z: Matrix, least: float) -> Matrix:
    """Return the bandwidths of what surrounds the units, as Li, Lin and Racine (2013) choose them.

    They make the squared error smallest with which H(x, y | z), the share of units around z that have at most the
    inputs x and at least the outputs y, tells whether a unit that is left out is such a unit, summed over the units
    left out and over the units as points (x, y). H is weighted by a product of Epanechnikov kernels. Candidates are
    quantiles of the distances in each column, and more than its range. The search begins where all columns have the
    same quantile, and goes through the columns in turn until none moves: the smallest loss near there.
    Of more than 500 units, 500 evenly spaced rows are left out and looked at.

    Args:
        data: n units.
        z: (n, k) what surrounds them.
        least: number of units, each itself included, that must lie within the bandwidths on average.

    Returns:
        (k,) bandwidths for n units, in the columns' own measure.
    """
    n = len(data)
    rows = np.unique(np.linspace(0, n - 1, min(n, MOST_ROWS)).astype(np.intp))
    beyond = np.full((n, len(rows)), True)
    for moves, at in ((data.X, data.X[rows]), (-data.Y, -data.Y[rows])):
        for j in range(moves.shape[1]):
            beyond &= moves[:, j, None] <= at[:, j]
    search = _Search(z, rows, beyond.astype(float), least)
    alike = np.column_stack(search.candidates)
    chosen: Matrix = alike[int(np.argmin([search.loss(bandwidth) for bandwidth in alike]))]
    while True:  # it ends: every move makes the loss smaller, or leaves it and makes a bandwidth smaller
        before = chosen.copy()
        for j, candidates in enumerate(search.candidates):
            losses = [search.loss(np.r_[chosen[:j], h, chosen[j + 1 :]]) for h in candidates]
            chosen[j] = candidates[int(np.argmin(losses))]
        if (chosen == before).all():
            return chosen


class _Search:
    """The units left out, the points looked at and the candidates of each column."""

    def __init__(self, z: Matrix, rows: NDArray[np.intp], beyond: Matrix, least: float) -> None:
        self._rows, self._beyond, self._least = rows, beyond, least
        self._apart = [np.abs(z[rows, j, None] - z[:, j]) for j in range(z.shape[1])]
        self.candidates = [_candidates(apart, min(1.0, least / len(z))) for apart in self._apart]

    def loss(self, bandwidth: Matrix) -> float:
        """Return the squared error of some bandwidths, infinite where too few units lie within them."""
        weight = np.ones(self._apart[0].shape)
        within = np.full(weight.shape, True)
        for apart, h in zip(self._apart, bandwidth, strict=True):
            weight *= np.maximum(0.0, 1.0 - (apart / h) ** 2)
            within &= apart <= h
        if within.sum(axis=1).mean() < self._least:
            return np.inf
        weight[np.arange(len(self._rows)), self._rows] = 0.0
        total = weight.sum(axis=1, keepdims=True)
        alone = np.broadcast_to(self._beyond.mean(axis=0), (len(self._rows), self._beyond.shape[1]))
        told = np.divide(weight @ self._beyond, total, out=alone.copy(), where=total > 0.0)
        return float(((self._beyond[self._rows] - told) ** 2).sum())


def _candidates(apart: Matrix, lowest: float) -> Matrix:
    """Return ascending bandwidths: quantiles of the distances from ``lowest`` up, and more than their range."""
    levels = np.quantile(apart, np.geomspace(lowest, 1.0, LEVELS))
    own = 0.5 * float(apart[apart > 0.0].min())  # only units with the very same value
    widest = float(apart.max())
    found: Matrix = np.r_[np.maximum(levels, own), [widest * more for more in BEYOND]]
    return found

"""Facets of a set of outputs (inputs) that only its distances are known of: what an aggregate quantity is made of.

The aggregate output Q(y) = Dₒ(x̄, y) is the largest of finitely many p·y, one p a facet of the outputs that x̄ can make;
the aggregate input X(x) = Dᵢ(x, ȳ) the smallest of finitely many w·x. The most that a unit could make in another mix
of outputs is thus the largest of its revenues at these p, and the least input the smallest of its costs at these w.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hetao.measure.frontier.technology import Matrix

__all__ = ["Gauge", "facets"]

Gauge = Callable[[Matrix], tuple[Matrix, Matrix]]
"""(n, d) points → (n,) values, 1 on the set's border, and (n, d) normals ≥ 0 with normal · point = value."""

TOLERANCE = 1e-9
ROUNDS = 200  # of cutting corners off; each round adds a facet at least
FAR = 1e4  # times the mean quantity: where a set without an end is cut off
NEAR = 1e-6  # of the mean quantity: where a gauge is asked that cannot be asked at 0


def facets(gauge: Gauge, d: int, *, above: bool) -> Matrix:
    """Return the (k, d) normals p of all facets p·z = 1 of a convex set in the positive orthant (Benson 1998).

    From a few facets outwards: where a corner of what they enclose lies outside of the set, the facet between it and
    the set is added, until all corners lie on the set.

    Args:
        gauge: of the set, whose quantities are about 1.
        d: number of quantities.
        above: is it {z: p·z ≥ 1 for all p}, as of inputs, rather than {z: p·z ≤ 1 for all p}, as of outputs?

    Raises:
        RuntimeError: the corners do not come to an end.
    """
    _, found = gauge(np.vstack([np.eye(d) + NEAR, np.ones(d)]))
    normals = _distinct(found)
    for _ in range(ROUNDS):
        corners = np.maximum(_corners(normals, above), NEAR)
        value, found = gauge(corners)
        outside = value < 1.0 - TOLERANCE if above else value > 1.0 + TOLERANCE
        more = _distinct(np.vstack([normals, found[outside]]))
        if len(more) == len(normals):
            return normals
        normals = more
    raise RuntimeError(f"more than {ROUNDS} rounds of corners")


def _distinct(normals: Matrix) -> Matrix:
    """Return normals without those that are equal but for rounding."""
    kept = normals[np.isfinite(normals).all(axis=1)]
    _, first = np.unique(np.round(kept, 9), axis=0, return_index=True)
    found: Matrix = kept[np.sort(first)]
    return found


def _corners(normals: Matrix, above: bool) -> Matrix:
    """Return the corners of what half-spaces enclose in the positive orthant."""
    k, d = normals.shape
    if d == 1:
        return np.array([[1.0 / normals.min() if above else 1.0 / normals.max()]])
    from scipy.spatial import HalfspaceIntersection

    sums = normals.sum(axis=1)
    if above:
        inside = min(2.0 / float(sums.min()), FAR / 2.0)
        bounds = [np.hstack([-normals, np.ones((k, 1))]), np.hstack([np.eye(d), np.full((d, 1), -FAR)])]
    else:
        inside, bounds = 0.5 / float(sums.max()), [np.hstack([normals, -np.ones((k, 1))])]
    orthant = np.hstack([-np.eye(d), np.zeros((d, 1))])
    crossed = HalfspaceIntersection(np.vstack([*bounds, orthant]), np.full(d, inside)).intersections
    found: Matrix = crossed[np.isfinite(crossed).all(axis=1)]
    return found

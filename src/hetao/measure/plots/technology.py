"""The line of a technology of two quantities, exactly from the observations that span it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hetao.measure.frontier.technology import Matrix

__all__ = ["Shape", "frontier_line"]

Shape = Literal["production", "isoquant", "possibilities"]


def frontier_line(points: Matrix, returns: str, shape: Shape, low: Matrix, high: Matrix) -> Matrix:
    """Return the (k, 2) corners of the frontier inside a window, free disposal included.

    Args:
        points: (n, 2) the observations of the reference set: input and output (``production``), two inputs per output
            (``isoquant``) or two outputs per input (``possibilities``).
        returns: ``crs``, ``vrs``, ``nirs``, ``ndrs`` or ``fdh``. Of the two scaled shapes all but ``fdh`` are the same.
        shape: what the two quantities are.
        low: (2,) the window's lowest corner, where vertical and horizontal parts begin.
        high: (2,) its highest.
    """
    convex = returns != "fdh"
    if shape == "isoquant":  # less of both: the other quantity's sign turns it into less of one and more of the other
        corners = _corners(points * [1.0, -1.0], convex) * [1.0, -1.0]
        return np.vstack([[corners[0, 0], high[1]], corners, [high[0], corners[-1, 1]]])
    if shape == "possibilities":
        corners = _corners(points * [-1.0, 1.0], convex) * [-1.0, 1.0]
        return np.vstack([[corners[0, 0], low[1]], corners, [low[0], corners[-1, 1]]])
    if returns == "crs":
        steepest = _steepest(points)
        return np.vstack([np.zeros(2), steepest * (high[0] / steepest[0])])
    corners = _corners(np.vstack([np.zeros(2), points]) if returns == "nirs" else points, convex)
    foot = [corners[0, 0], min(low[1], corners[0, 1])]
    if returns == "ndrs":
        steepest = _steepest(points)
        rising = corners[corners[:, 0] <= steepest[0]]
        return np.vstack([foot, rising, steepest * (high[0] / steepest[0])])
    return np.vstack([foot, corners, [high[0], corners[-1, 1]]])


def _steepest(points: Matrix) -> Matrix:
    """Return the point with the most output per input, of several the largest; without any input, one on the axis."""
    worked = points[points[:, 0] > 0.0]
    if not len(worked):
        return np.array([1.0, 0.0])
    slope = worked[:, 1] / worked[:, 0]
    best = worked[slope >= slope.max() * (1.0 - 1e-12)]
    found: Matrix = best[np.argmax(best[:, 0])]
    return found


def _corners(points: Matrix, convex: bool) -> Matrix:
    """Return the points with less of the first or more of the second than any other, and between them the corners.

    Under a convex technology those below a line between two others are left out; without it there are steps.
    """
    order = np.lexsort((-points[:, 1], points[:, 0]))
    found: list[Matrix] = []
    for point in points[order]:
        if found and point[1] <= found[-1][1]:
            continue
        while convex and len(found) > 1 and not _above(found[-2], found[-1], point):
            found.pop()
        if found and not convex:
            found.append(np.array([point[0], found[-1][1]]))
        found.append(point)
    return np.array(found)


def _above(first: Matrix, middle: Matrix, last: Matrix) -> bool:
    """Does the middle point lie above the line from the first to the last?"""
    (a, b), (c, d) = middle - first, last - first
    return bool(b * c > a * d)

"""The free disposal hull: no combination at all, so a score is found by enumeration, exactly."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier import _kernel
from hetao.measure.frontier.evaluate import Evaluation, Projection
from hetao.measure.frontier.programme import Quantities
from hetao.solver import Status

__all__ = ["fdh", "fdh_projection"]

Matrix = NDArray[np.float64]


def fdh(
    reference: Quantities,
    own: Quantities,
    orientation: Literal["input", "output"],
    exclude: NDArray[np.intp] | None = None,
) -> tuple[Evaluation, NDArray[np.intp]]:
    """Score observations against single reference units (Deprins, Simar and Tulkens 1984; Tulkens 1993).

    Args:
        reference: (r, ·) the reference units.
        own: (n, ·) the observations.
        orientation: input: min over units with at least the outputs of the largest input ratio; output: max over
            units with at most the inputs of the smallest ratio, over the outputs that the observation has.
        exclude: (n,) position left out for each observation.

    Returns:
        The scores (residuals are zero: nothing is solved) and (n,) the position of each unit's one peer, or −1.
    """
    n = len(own)
    score, peer = np.full(n, np.nan), np.full(n, -1, dtype=np.int64)
    blocks = [(np.arange(len(reference)), slice(None))] if exclude is None else _left_out(len(reference), exclude)
    for kept, rows in blocks:
        score[rows], position = _enumerate(reference.take(kept), own.take(np.arange(n)[rows]), orientation)
        peer[rows] = np.where(position < 0, -1, kept[position] if len(kept) else -1)
    status = np.full(n, Status.OPTIMAL, dtype=object)
    status[peer < 0] = Status.INFEASIBLE
    status[(peer >= 0) & ~np.isfinite(score)] = Status.UNBOUNDED
    score[status != Status.OPTIMAL] = np.nan
    certificate = np.where(np.isnan(score)[:, None], np.nan, 0.0) * np.ones(3)
    none = np.full((n, own.X.shape[1] + own.Y.shape[1]), np.nan)  # a hull without convexity has no prices
    return Evaluation(score, status, certificate, np.zeros(n, dtype=int), none, np.full(n, np.nan)), peer


def _left_out(size: int, exclude: NDArray[np.intp]) -> list[tuple[NDArray[np.intp], slice]]:
    return [(np.delete(np.arange(size), position), slice(row, row + 1)) for row, position in enumerate(exclude)]


def _enumerate(reference: Quantities, own: Quantities, orientation: str) -> tuple[Matrix, NDArray[np.int64]]:
    score, peer = np.empty(len(own)), np.empty(len(own), dtype=np.int64)
    if orientation == "input":
        tables = (reference.X, -reference.Y, own.X, -own.Y)
    else:
        tables = (-reference.Y, reference.X, own.Y, own.X)
    reach, hold, own_reach, own_hold = (np.ascontiguousarray(table) for table in tables)
    _kernel.fdh(reach, hold, own_reach, own_hold, score, peer)
    return (score if orientation == "input" else -score), peer


def fdh_projection(
    reference: Quantities, own: Quantities, orientation: str, row: int, score: float, peer: int
) -> Projection:
    """Return the one peer of an observation, with the slack left after the radial move."""
    theta, phi = (score, 1.0) if orientation == "input" else (1.0, score)
    moved = np.r_[own.X[row] * theta, own.Y[row] * phi]
    target = np.r_[reference.X[peer], reference.Y[peer]]
    m = own.X.shape[1]
    slacks = np.r_[moved[:m] - target[:m], target[m:] - moved[m:]]
    return Projection(np.array([peer]), np.ones(1), np.maximum(slacks, 0.0), target)

"""The free disposal hull: no combination at all, so a score is found by enumeration, exactly."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier import _kernel
from hetao.measure.frontier.engine import current
from hetao.measure.frontier.evaluation import Evaluation, Projections
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Block
from hetao.measure.frontier.technology import Quantities
from hetao.solver import Status

__all__ = ["fdh", "fdh_projections", "score_fdh"]

Matrix = NDArray[np.float64]


def fdh(
    reference: Quantities,
    own: Quantities,
    orientation: Literal["input", "output"],
    exclude: NDArray[np.int64] | None = None,
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
    if orientation == "input":
        tables = (reference.X, -reference.Y, own.X, -own.Y)
    else:
        tables = (-reference.Y, reference.X, own.Y, own.X)
    score, peer = np.empty(len(own)), np.empty(len(own), dtype=np.int64)
    reach, hold, own_reach, own_hold = (np.ascontiguousarray(table) for table in tables)
    _kernel.fdh(reach, hold, own_reach, own_hold, exclude, current().cores, score, peer)
    score = score if orientation == "input" else -score
    status = np.full(len(own), Status.OPTIMAL, dtype=object)
    status[peer < 0] = Status.INFEASIBLE
    status[(peer >= 0) & ~np.isfinite(score)] = Status.UNBOUNDED
    return Evaluation.enumerated(score, status, own.X.shape[1] + own.Y.shape[1]), peer


def score_fdh(
    panel: Panel, blocks: tuple[Block, ...], orientation: Orientation
) -> tuple[Evaluation, NDArray[np.int64]]:
    """Score every row of a panel; return the scores and (n,) each row's one peer as a row of the panel, or −1."""
    X, Y, n = panel.X, panel.Y, len(panel)
    data = Quantities(X, Y, panel.B)
    score, peer = np.full(n, np.nan), np.full(n, -1, dtype=np.int64)
    status = np.full(n, Status.INFEASIBLE, dtype=object)
    for block in blocks:
        found, position = fdh(data.take(block.reference), data.take(block.own), orientation, block.exclude)
        score[block.own], status[block.own] = found.score, found.status
        there = position >= 0
        peer[block.own[there]] = block.reference[position[there]]
    return Evaluation.enumerated(score, status, X.shape[1] + Y.shape[1]), peer


def fdh_projections(
    panel: Panel, orientation: Orientation, evaluation: Evaluation, peer: NDArray[np.int64]
) -> Projections:
    """Return each row's one peer, with the slack left after the radial move."""
    m, points = panel.X.shape[1], np.hstack([panel.X, panel.Y])
    scored, score = ~np.isnan(evaluation.score), np.nan_to_num(evaluation.score)[:, None]
    moved = np.hstack(
        [points[:, :m] * score, points[:, m:]] if orientation == "input" else [points[:, :m], points[:, m:] * score]
    )
    target = np.where(scored[:, None], points[peer], np.nan)
    slacks = np.hstack([moved[:, :m] - target[:, :m], target[:, m:] - moved[:, m:]])
    there = np.where(scored, peer, -1)[:, None]
    return Projections(there, (there >= 0).astype(float), np.maximum(slacks, 0.0), target)

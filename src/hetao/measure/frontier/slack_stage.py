"""The second stage: from where a measure lands, the largest sum of slacks (Ali and Seiford 1993).

It makes peers, slacks and targets one stated choice where several are optimal: each slack relative to the observation's
own quantity (to the reference's mean where that is zero), their sum as large as it can be. Where even that leaves
several the engine takes the same one at every run.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.evaluation import Projections
from hetao.measure.frontier.measure import Form, Measure
from hetao.measure.frontier.technology import AT_LEAST, AT_MOST, EQUAL, Matrix, Quantities, Technology

__all__ = ["slack_stage"]

WEIGHT_FLOOR = 1e-9  # an intensity below this share of the largest one is rounding, not a peer


def slack_stage(
    technology: Technology,
    frontier: Frontier,
    own: Quantities,
    measure: Measure,
    answers: Answers,
    reference: Quantities,
    banned: NDArray[np.int64] | None,
) -> Projections:
    """Project n scored observations.

    Args:
        technology: how the reference may be combined.
        frontier: of the reference set.
        own: the observations.
        measure: what they were scored by.
        answers: their scores' programmes.
        reference: the reference units.
        banned: as in `Frontier.solve`.

    Returns:
        The projections, peers as positions in the reference set; a row without a score has none, and NaN elsewhere.
    """
    q, n, rows = technology.quantities, len(own), np.flatnonzero(answers.solved)
    slacks, targets = np.full((n, q), np.nan), np.full((n, q), np.nan)
    peers = np.full((n, len(technology.senses)), -1, dtype=np.int64)
    weights = np.zeros(peers.shape)
    if not len(rows):
        return Projections(peers, weights, slacks, targets)
    landing = measure.landing(measure.sizes(answers.fixed))[rows, :q]
    mine, free = own.take(rows), np.flatnonzero(technology.senses[:q] != EQUAL)
    scale = _scale(mine.points[:, :q], reference.points[:, :q])
    reached = _reached(technology, frontier, mine, measure, answers, rows)
    form = _form(technology, mine, _within_reach(technology, landing, reached), free, scale)
    found = frontier.spread(
        lambda s: replace(form, b=form.b[s], F=form.F[s], c=form.c[s]),
        len(rows),
        None if banned is None else banned[rows],
    )
    kept = np.where(found.weights > WEIGHT_FLOOR * found.weights.max(axis=1, keepdims=True), found.weights, 0.0)
    units = technology.unit_of(np.maximum(found.peers, 0), len(reference))
    peers[rows], weights[rows] = _merged(units, kept, peers.shape[1])
    left = np.zeros((len(rows), q))
    left[:, free] = found.fixed[:, : len(free)] * scale[:, free]
    if technology.abatement_factor:  # the input rows hold λ, the activities are λ / Σλ
        total = kept.sum(axis=1, keepdims=True)
        left[:, : technology.inputs] /= np.where(total > 0.0, total, 1.0)
    targets[rows] = landing + np.where(technology.senses[:q] == AT_LEAST, left, -left)
    slacks[rows] = left + (np.abs(measure.base[rows, :q] - landing) if measure.slack_based else 0.0)
    return Projections(peers, weights, slacks, targets)


def _scale(own: Matrix, reference: Matrix) -> Matrix:
    mean = np.abs(reference).mean(axis=0)
    scale: Matrix = np.where(own != 0.0, np.abs(own), np.where(mean > 0.0, mean, 1.0))
    return scale


def _reached(
    technology: Technology,
    frontier: Frontier,
    own: Quantities,
    measure: Measure,
    answers: Answers,
    rows: NDArray[np.intp],
) -> Matrix:
    """Return the (n, rows) sums that the first stage's own solution comes to."""
    peers, K, height = answers.peers[rows], measure.moves.shape[1], len(technology.senses)
    columns = frontier.table[np.maximum(peers, 0)] * (peers >= 0)[:, :, None]
    reached = np.einsum("np,npr->nr", answers.weights[rows], columns)
    extra = technology.own_columns(own)
    fixed = answers.fixed[rows]
    reached = reached + np.einsum("ne,ner->nr", fixed[:, K : K + extra.shape[1]], extra)
    found: Matrix = reached if measure.norm is None else reached / fixed[:, -1:]
    return found.reshape(len(rows), height)


def _within_reach(technology: Technology, landing: Matrix, reached: Matrix) -> Matrix:
    """Return right-hand sides that the first stage's solution meets, so that rounding cannot make them infeasible."""
    b = technology.lift(landing, scale=1.0)
    high = np.where(technology.senses == AT_MOST, np.maximum(b, reached), reached)
    found: Matrix = np.where(technology.senses == AT_LEAST, np.minimum(b, reached), high)
    return found


def _form(technology: Technology, own: Quantities, b: Matrix, free: NDArray[np.intp], scale: Matrix) -> Form:
    n, height, k = len(b), len(technology.senses), len(free)
    slack = np.zeros((n, k, height))
    slack[:, np.arange(k), free] = np.where(technology.senses[free] == AT_MOST, 1.0, -1.0) * scale[:, free]
    F = np.concatenate([slack, technology.own_columns(own)], axis=1)
    c = np.zeros(F.shape[:2])
    c[:, :k] = 1.0
    return Form("max", technology.senses, b, F, c, np.zeros(F.shape[1], dtype=bool))


def _merged(units: NDArray[np.int64], weights: Matrix, width: int) -> tuple[NDArray[np.int64], Matrix]:
    """Return each row's units in ascending order, once each with the sum of its weights, −1 and 0 after the last."""
    n = len(units)
    peers, sums = np.full((n, width), -1, dtype=np.int64), np.zeros((n, width))
    there = weights > 0.0
    row, at = np.nonzero(there)
    key = row * (units.max(initial=0) + 1) + units[row, at]
    distinct, inverse = np.unique(key, return_inverse=True)
    total = np.bincount(inverse, weights=weights[row, at], minlength=len(distinct))
    unit_row, unit = np.divmod(distinct, units.max(initial=0) + 1)
    place = np.arange(len(distinct)) - np.searchsorted(unit_row, unit_row)
    peers[unit_row, place], sums[unit_row, place] = unit, total
    return peers, sums

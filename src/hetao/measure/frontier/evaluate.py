"""Evaluate observations against a reference set, one certified programme each; peers, slacks and targets on demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.programme import Measure, Quantities, Technology, build
from hetao.solver import TOLERANCE, Programme, Solution, Status, solve

__all__ = ["Evaluation", "Projection", "evaluate", "project"]

Matrix = NDArray[np.float64]
WEIGHT_FLOOR = 1e-9  # an intensity below this share of the largest one is rounding, not a peer


@dataclass(frozen=True)
class Evaluation:
    """Scores of n observations, with the audit of each programme.

    Attributes:
        score: (n,) the optimum t; NaN unless the status is optimal.
        status: (n,) `Status` of each.
        certificate: (n, 3) primal residual, dual residual, gap; NaN where not optimal.
        attempts: (n,) ways of solving tried; 0 where there was no programme to solve.
        prices: (n, rows) shadow price of each data row, score per unit of the data: what one more unit of an input
            or bad costs and of an output earns; ≥ 0 but for bads held by equality.
        intercept: (n,) shadow price of the returns-to-scale row; 0 under crs.
    """

    score: Matrix
    status: NDArray[np.object_]
    certificate: Matrix
    attempts: NDArray[np.int_]
    prices: Matrix
    intercept: Matrix


@dataclass(frozen=True)
class Projection:
    """Where an observation lands: the reference units it is compared with and what is left over there.

    Attributes:
        peers: positions in the reference set with positive intensity.
        weights: their intensities.
        slacks: (rows,) slack of inputs, outputs and bads in the units of the data.
        target: (rows,) the efficient point in the units of the data.
    """

    peers: NDArray[np.intp]
    weights: Matrix
    slacks: Matrix
    target: Matrix


def evaluate(
    technology: Technology,
    reference: Quantities,
    own: Quantities,
    measure: Measure,
    exclude: NDArray[np.intp] | None = None,
) -> Evaluation:
    """Score every observation of ``own`` against ``reference``.

    Args:
        technology: how the reference may be combined.
        reference: (r, ·) the reference units; with none, every score is infeasible.
        own: (n, ·) the observations.
        measure: their base and move.
        exclude: (n,) position in the reference left out for each observation (super-efficiency).

    Returns:
        The scores and their audit.
    """
    n, width = measure.base.shape
    found = Evaluation(
        score=np.full(n, np.nan),
        status=np.full(n, Status.INFEASIBLE, dtype=object),
        certificate=np.full((n, 3), np.nan),
        attempts=np.zeros(n, dtype=int),
        prices=np.full((n, width), np.nan),
        intercept=np.full(n, np.nan),
    )
    for row in range(n):
        seen = reference.take(_seen(len(reference), exclude, row))
        if len(seen):
            programme, scale = build(technology, seen, own, measure, row)
            _record(found, row, solve(programme), measure, scale, own.X.shape[1], own.Y.shape[1])
    return found


def _seen(size: int, exclude: NDArray[np.intp] | None, row: int) -> NDArray[np.intp]:
    """Return the positions of the reference that observation ``row`` is compared with."""
    every = np.arange(size)
    return every if exclude is None else np.delete(every, exclude[row])


def _record(
    found: Evaluation, row: int, solution: Solution, measure: Measure, scale: Matrix, inputs: int, outputs: int
) -> None:
    found.status[row], found.attempts[row] = solution.status, solution.attempts
    if solution.status is not Status.OPTIMAL:
        return
    c, width = solution.certificate, len(scale)
    found.score[row], found.certificate[row] = solution.objective, (c.primal, c.dual, c.gap)
    earns = np.zeros(width, dtype=bool)
    earns[inputs : inputs + outputs] = True
    sign = 1.0 if measure.sense == "min" else -1.0  # the solver's prices are d score / d bound
    found.prices[row] = sign * np.where(earns, 1.0, -1.0) * solution.prices[:width] / scale
    found.intercept[row] = solution.prices[width] if len(solution.prices) > width else 0.0


def project(
    technology: Technology,
    reference: Quantities,
    own: Quantities,
    measure: Measure,
    row: int,
    score: float,
    exclude: NDArray[np.intp] | None = None,
) -> Projection:
    """Hold the score and push the remaining slacks to their largest sum, each relative to the own quantity.

    This second stage (Ali and Seiford 1993) makes peers, slacks and targets one stated choice where several are
    optimal. The arguments are those of `evaluate`, for one row and its score. Where rounding leaves the score itself
    just out of reach it may give way by `TOLERANCE`; a stage that cannot be solved has no peers and NaN elsewhere.
    """
    positions = _seen(len(reference), exclude, row)
    programme, scale = build(technology, reference.take(positions), own, measure, row)
    width, inputs, last = len(scale), own.X.shape[1], len(programme.columns) - 1
    free = np.flatnonzero(programme.row_lower[:width] != programme.row_upper[:width])
    solution = solve(_slack_stage(programme, free, score, give=0.0))
    if solution.status is not Status.OPTIMAL:
        solution = solve(_slack_stage(programme, free, score, give=TOLERANCE * max(1.0, abs(score))))
    if solution.status is not Status.OPTIMAL:
        nowhere = np.full(width, np.nan)
        return Projection(positions[:0], np.empty(0), nowhere, nowhere)
    values = solution.values
    intensities = values[:last].reshape(-1, len(positions)).sum(axis=0)
    slacks = np.zeros(width)
    slacks[free] = values[last + 1 :] * scale[free]
    if technology.abatement_factor and intensities.sum() > 0.0:  # the input rows hold λ, the activities are λ / Σλ
        slacks[:inputs] /= intensities.sum()
    sign = np.where(np.isfinite(programme.row_upper[:width]), -1.0, 1.0)  # outputs end above, the rest below
    target = measure.base[row] + measure.move[row] * score + sign * slacks
    peers = np.flatnonzero(intensities > WEIGHT_FLOOR * max(1.0, float(intensities.max(initial=0.0))))
    return Projection(positions[peers], intensities[peers], slacks, target)


def _slack_stage(programme: Programme, free: NDArray[np.intp], score: float, *, give: float) -> Programme:
    """Return the second-stage programme: t held at the score, one slack column for each row that may be slack."""
    p, n = programme, len(programme.columns) + len(free)
    columns = np.zeros((len(p.rows), len(free)))
    columns[free, np.arange(len(free))] = np.where(np.isfinite(p.row_upper[free]), 1.0, -1.0)
    row_lower, row_upper = p.row_lower.copy(), p.row_upper.copy()
    row_lower[free] = row_upper[free] = np.where(np.isfinite(p.row_upper[free]), p.row_upper[free], p.row_lower[free])
    none = np.zeros(len(free))
    return Programme(
        sense="max",
        columns=range(n),
        rows=p.rows,
        cost=np.r_[np.zeros(len(p.columns)), none + 1.0],
        matrix=np.hstack([p.matrix, columns]),
        row_lower=row_lower,
        row_upper=row_upper,
        lower=np.r_[p.lower[:-1], score - give, none],
        upper=np.r_[p.upper[:-1], score + give, none + np.inf],
    )

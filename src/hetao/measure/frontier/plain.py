"""The plain twin: every programme built whole and given to HiGHS, one unit after another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.answers import OUTCOMES, Answers
from hetao.measure.frontier.measure import Form
from hetao.measure.frontier.technology import AT_LEAST, AT_MOST, Matrix
from hetao.solver import Programme, Solution, Status, solve

__all__ = ["solve_plainly"]


def solve_plainly(
    table: Matrix, form: Form, banned: NDArray[np.int64] | None, into: Answers, rows: NDArray[np.intp]
) -> None:
    """Solve some of a form's programmes on every generated column and write the answers over what is there.

    Each row is divided by the observation's own quantity (by the mean of the reference where that is zero), so that
    residuals are relative. A banned column is held at zero.
    """
    mean = np.abs(table).mean(axis=0) if len(table) else np.zeros(table.shape[1])
    for i in rows:
        scale = _scale(form, int(i), mean)
        programme = _programme(table, form, int(i), scale, -1 if banned is None else int(banned[i]))
        _write(into, int(i), solve(programme), scale, len(table))


def _scale(form: Form, i: int, mean: Matrix) -> Matrix:
    own = np.maximum(np.abs(form.b[i]), np.abs(form.F[i]).max(axis=0, initial=0.0))
    floor = np.ones(len(own))
    floor[: len(mean)] = np.where(mean > 0.0, mean, 1.0)
    return np.where(own > 0.0, own, floor)


def _programme(table: Matrix, form: Form, i: int, scale: Matrix, banned: int) -> Programme:
    generated, fixed, rows = len(table), form.F.shape[1], len(form.senses)
    matrix = np.zeros((rows, generated + fixed))
    matrix[: table.shape[1], :generated] = table.T
    matrix[:, generated:] = form.F[i].T
    b = form.b[i] / scale
    upper = np.full(generated + fixed, np.inf)
    if banned >= 0:
        upper[banned] = 0.0
    return Programme(
        sense=form.sense,
        columns=range(generated + fixed),
        rows=range(rows),
        cost=np.r_[np.zeros(generated), form.c[i]],
        matrix=matrix / scale[:, None],
        row_lower=np.where(form.senses == AT_MOST, -np.inf, b),
        row_upper=np.where(form.senses == AT_LEAST, np.inf, b),
        lower=np.r_[np.zeros(generated), np.where(form.free, -np.inf, 0.0)],
        upper=upper,
    )


def _write(into: Answers, i: int, solution: Solution, scale: Matrix, generated: int) -> None:
    into.attempts[i] += solution.attempts
    into.outcome[i] = next(k for k, status in enumerate(OUTCOMES) if status is solution.status)
    if solution.status is not Status.OPTIMAL:
        for numbers in (into.objective, into.prices, into.fixed, into.certificate):
            numbers[i] = np.nan
        into.peers[i], into.weights[i] = -1, 0.0
        return
    weights = solution.values[:generated]
    peers = np.argsort(-weights, kind="stable")[: into.peers.shape[1]]
    peers = np.sort(peers[weights[peers] > 0.0])
    into.peers[i], into.weights[i] = -1, 0.0
    into.peers[i, : len(peers)], into.weights[i, : len(peers)] = peers, weights[peers]
    into.objective[i], into.fixed[i] = solution.objective, solution.values[generated:]
    into.prices[i] = solution.prices / scale
    c = solution.certificate
    into.certificate[i] = c.primal, c.dual, c.gap

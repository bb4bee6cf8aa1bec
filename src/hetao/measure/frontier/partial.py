"""Partial frontiers: for each observation, by how much every comparable reference unit beats it, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.evaluation import Evaluation, Projections
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Block
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.technology import Matrix
from hetao.solver import Status
from hetao.text import Text

__all__ = ["check_moves", "partial_result", "score_partially"]


def check_moves(panel: Panel, orientation: str, arguments: Arguments) -> None:
    """Require that every observation has something to move: an input (output) above 0."""
    table, role = (panel.X, "inputs") if orientation == "input" else (panel.Y, "outputs")
    rows = np.flatnonzero(~(table > 0.0).any(axis=1))
    if len(rows):
        arguments.refuse(
            "",
            found=Text(f"第 {rows[0]} 行的 {role} 全为 0", f"row {rows[0]} with nothing but zeros among its {role}"),
            expected=Text("至少一个大于 0", "at least one above 0"),
            remedy=Text("去掉该观测，或改变导向", "leave the observation out, or change the orientation"),
        )


def score_partially(
    panel: Panel, parts: tuple[Block, ...], orientation: Orientation, score: Callable[[Matrix], float]
) -> tuple[Evaluation, NDArray[np.int64]]:
    """Score every row by a function of its sorted proportions; return the scores and each row's number of comparisons.

    In the input form the units with at least the observation's outputs are comparable, and unit i's proportion is
    maxⱼ xᵢⱼ/xⱼ over the inputs that the observation has (a unit that needs an input it has not is left out); in the
    output form those with at most its inputs, and minᵣ yᵢᵣ/yᵣ over the outputs that it has.
    """
    n = len(panel)
    found, comparable = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    for block in parts:
        X, Y = panel.X[block.reference], panel.Y[block.reference]
        for i, row in enumerate(block.own):
            others = slice(None) if block.exclude is None else np.arange(len(X)) != block.exclude[i]
            q = _proportions(X[others], Y[others], panel.X[row], panel.Y[row], orientation)
            comparable[row] = len(q)
            if len(q):
                found[row] = score(np.sort(q))
    status = np.where(comparable > 0, Status.OPTIMAL, Status.INFEASIBLE).astype(object)
    return Evaluation.enumerated(found, status, panel.X.shape[1] + panel.Y.shape[1]), comparable


def _proportions(X: Matrix, Y: Matrix, x: Matrix, y: Matrix, orientation: str) -> Matrix:
    if orientation == "input":
        has = x > 0.0
        seen = (y <= Y).all(axis=1) & (X[:, ~has] == 0.0).all(axis=1)
        found: Matrix = (X[seen][:, has] / x[has]).max(axis=1)
    else:
        has = y > 0.0
        found = (Y[(x >= X).all(axis=1)][:, has] / y[has]).min(axis=1)
    return found


def partial_result(
    panel: Panel,
    name: str,
    options: Mapping[str, object],
    convention: Text,
    found: tuple[Evaluation, NDArray[np.int64]],
) -> FrontierResult:
    """Return the result of `score_partially`; nobody is projected, for a partial frontier has no points of the data."""
    evaluation, comparable = found
    return FrontierResult(
        panel=panel,
        name=name,
        options=options,
        convention=convention,
        evaluation=evaluation,
        projector=lambda: _no_projection(panel),
        columns=(*panel.inputs, *panel.outputs),
        parts={"comparable": comparable},
    )


def _no_projection(panel: Panel) -> Projections:
    n, q = len(panel), panel.X.shape[1] + panel.Y.shape[1]
    nowhere = np.full((n, q), np.nan)
    return Projections(np.full((n, 1), -1, dtype=np.int64), np.zeros((n, 1)), nowhere, nowhere)

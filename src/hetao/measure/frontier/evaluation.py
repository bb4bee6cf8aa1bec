"""Scores of observations with their audit, and where each of them lands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix
from hetao.solver import Status

__all__ = ["Evaluation", "Projections"]


@dataclass(frozen=True)
class Evaluation:
    """Scores of n observations, with the audit of each programme.

    Attributes:
        score: (n,) the score; NaN unless the status is optimal.
        status: (n,) `Status` of each.
        certificate: (n, 3) primal residual, dual residual, gap; NaN where not optimal.
        attempts: (n,) ways of solving tried; 0 where there was no programme to solve.
        prices: (n, q) shadow price of each quantity, score per unit of the data: what one more unit of an input
            or bad costs and of an output earns; ≥ 0 but for bads held by equality.
        intercept: (n,) shadow price of the returns-to-scale row; 0 under crs.
    """

    score: Matrix
    status: NDArray[np.object_]
    certificate: Matrix
    attempts: NDArray[np.int64]
    prices: Matrix
    intercept: Matrix

    @classmethod
    def unpriced(
        cls, score: Matrix, status: NDArray[np.object_], certificate: Matrix, attempts: NDArray[np.int64], width: int
    ) -> Evaluation:
        """Return an evaluation of a measure that has no shadow prices."""
        nan = np.full(len(score), np.nan)
        return cls(score, status, certificate, attempts, np.full((len(score), width), np.nan), nan)

    @classmethod
    def enumerated(cls, score: Matrix, status: NDArray[np.object_], width: int) -> Evaluation:
        """Return an evaluation found by looking at every reference unit: nothing is solved, residuals are zero."""
        kept = np.where(status == Status.OPTIMAL, score, np.nan)
        certificate = np.where(np.isnan(kept)[:, None], np.nan, 0.0) * np.ones(3)
        return cls.unpriced(kept, status, certificate, np.zeros(len(kept), dtype=np.int64), width)


@dataclass(frozen=True)
class Projections:
    """Where n observations land: the reference units they are compared with and what is left over there.

    Attributes:
        peers: (n, ·) rows of the panel, −1 after the last.
        weights: (n, ·) their intensities.
        slacks: (n, q) slack of inputs, outputs and bads in the units of the data; NaN where there is no score.
        targets: (n, q) the efficient points in the units of the data.
    """

    peers: NDArray[np.int64]
    weights: Matrix
    slacks: Matrix
    targets: Matrix

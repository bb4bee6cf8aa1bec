"""Measures: from where and along which ways an observation moves, and what of it is optimised.

A measure is a base point, some moves with a size each, and an objective in those sizes::

    optimise  (start + Σ costₖ fₖ) / (1 + Σ normₖ fₖ)   with   base + Σ fₖ moveₖ   in the technology,   f ≥ 0 or free

Without ``norm`` the objective is linear. With it the programme is made linear by Charnes and Cooper's (1962) change of
variables: everything is multiplied by t, and t + Σ normₖ fₖ = 1 becomes a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import EQUAL, Matrix, Quantities, Technology

__all__ = ["Form", "Measure"]


@dataclass(frozen=True)
class Form:
    """n programmes of one shape: min (max) c·f subject to Aλ + F f {≤, =, ≥} b, λ ≥ 0, f ≥ 0 or free.

    Attributes:
        sense: which.
        senses: (rows,) of the rows: the technology's, then those that hold fixed columns only.
        b: (n, rows) right-hand sides.
        F: (n, fixed, rows) fixed columns.
        c: (n, fixed) their costs.
        free: (fixed,) which may be negative.
    """

    sense: Literal["min", "max"]
    senses: NDArray[np.int8]
    b: Matrix
    F: Matrix
    c: Matrix
    free: NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """A measure of n observations with q quantities each (inputs, outputs, bads) and K moves.

    Attributes:
        sense: ``min`` or ``max``.
        base: (n, q) where the observations start.
        moves: (n, K, q) the change of the point for one unit of each size.
        cost: (n, K) of the sizes in the objective.
        free: may the sizes be negative?
        norm: (n, K) of the sizes in the denominator; None: the objective is linear.
        start: the objective where nothing moves.
        slack_based: are the moves slacks themselves, to be counted among what is left over?
    """

    sense: Literal["min", "max"]
    base: Matrix
    moves: Matrix
    cost: Matrix
    free: bool = False
    norm: Matrix | None = None
    start: float = 0.0
    slack_based: bool = False

    def form(self, technology: Technology, own: Quantities) -> Form:
        """Return the programmes over a technology's rows, its own fixed columns after the measure's."""
        q = technology.quantities
        F, b = -technology.lift(self.moves[:, :, :q]), technology.lift(self.base[:, :q], scale=1.0)
        extra = technology.own_columns(own)
        n, K, E = len(b), F.shape[1], extra.shape[1]
        F, c = np.concatenate([F, extra], axis=1), np.hstack([self.cost, np.zeros((n, E))])
        free = np.r_[np.full(K, self.free), np.full(E, False)]
        if self.norm is None:
            return Form(self.sense, technology.senses, b, F, c, free)
        F = np.concatenate([F, -b[:, None, :]], axis=1)  # t, which multiplies the base
        row = np.hstack([self.norm, np.zeros((n, E)), np.ones((n, 1))])
        F = np.concatenate([F, row[:, :, None]], axis=2)
        b = np.hstack([np.zeros_like(b), np.ones((n, 1))])
        c = np.hstack([c, np.full((n, 1), self.start)])
        senses = np.r_[technology.senses, EQUAL].astype(np.int8)
        return Form(self.sense, senses, b, F, c, np.r_[free, False])

    def sizes(self, fixed: Matrix) -> Matrix:
        """Return the (n, K) sizes f from the values of a form's fixed columns."""
        K = self.moves.shape[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            return fixed[:, :K] if self.norm is None else fixed[:, :K] / fixed[:, -1:]

    def landing(self, sizes: Matrix) -> Matrix:
        """Return the (n, q) points that moves of these sizes lead to."""
        point: Matrix = self.base + np.einsum("nk,nkq->nq", sizes, self.moves)
        return point

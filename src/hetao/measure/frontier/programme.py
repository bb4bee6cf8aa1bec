"""Technology × measure → linear programme: the plain twin that every faster path is held to.

A **technology** says how reference units may be combined: returns to scale and the disposability of bads. A
**measure** says from where and along which way an observation moves towards the frontier: in every row of the
programme the combination is compared with ``base + move · t``, and t is optimised. Their product is one programme
an observation::

    inputs    Σ λⱼ xⱼ ≤ base + move · t
    outputs   Σ λⱼ yⱼ ≥ base + move · t
    bads      Σ λⱼ bⱼ = base + move · t      (weak, kuosmanen)   or ≤   (strong)
    returns   Σ λⱼ free (crs), = 1 (vrs), ≤ 1 (nirs), ≥ 1 (ndrs)

Every row is divided by the observation's own quantity (by the reference's mean where that is zero), so that scores
do not depend on units and residuals are relative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.solver import Programme

__all__ = ["Disposability", "Measure", "Quantities", "Returns", "Technology", "build"]

Returns = Literal["crs", "vrs", "nirs", "ndrs"]
Disposability = Literal["weak", "kuosmanen", "strong"]
Matrix = NDArray[np.float64]

_CONVEXITY: dict[Returns, tuple[float, float]] = {"vrs": (1.0, 1.0), "nirs": (-np.inf, 1.0), "ndrs": (1.0, np.inf)}


@dataclass(frozen=True)
class Quantities:
    """Observed quantities by role: X (n, m) inputs, Y (n, s) outputs, B (n, k) bads."""

    X: Matrix
    Y: Matrix
    B: Matrix

    def take(self, rows: NDArray[np.intp] | list[int]) -> Quantities:
        """Return the quantities of some rows."""
        return Quantities(self.X[rows], self.Y[rows], self.B[rows])

    def __len__(self) -> int:
        return len(self.X)


@dataclass(frozen=True)
class Technology:
    """How reference units may be combined.

    Attributes:
        returns: returns to scale.
        disposability: what may be done with bads; None leaves bads out.
    """

    returns: Returns
    disposability: Disposability | None = None

    @property
    def abatement_factor(self) -> bool:
        """One abatement factor for all (weak disposability under vrs; Shephard 1970, Färe and Grosskopf 2003)."""
        return self.disposability == "weak" and self.returns == "vrs"


@dataclass(frozen=True)
class Measure:
    """Where observations start and how they move: (n, rows) tables over inputs, outputs and bads in that order."""

    sense: Literal["min", "max"]
    base: Matrix
    move: Matrix


def build(
    technology: Technology, reference: Quantities, own: Quantities, measure: Measure, row: int
) -> tuple[Programme, Matrix]:
    """Build the programme of observation ``row``.

    Args:
        technology: how the reference may be combined.
        reference: (r, ·) the reference units.
        own: (n, ·) the evaluated observations.
        measure: their base and move, in the units of the data.
        row: which observation.

    Returns:
        The programme, whose last column is t, and (rows,) the scale by which each of its data rows was divided.
    """
    bads = technology.disposability is not None
    m, s, k = reference.X.shape[1], reference.Y.shape[1], reference.B.shape[1] if bads else 0
    data = np.hstack([reference.X, reference.Y, reference.B][: 3 if bads else 2])
    mine = np.hstack([own.X[row], own.Y[row], own.B[row]][: 3 if bads else 2])
    scale = _scale(mine, data)
    base, move = measure.base[row, : m + s + k] / scale, measure.move[row, : m + s + k] / scale
    combined = (data / scale).T
    if technology.disposability == "kuosmanen":  # μ: units given up to abate; they use inputs and produce nothing
        idle = combined * np.r_[np.ones(m), np.zeros(s + k)][:, None]
        combined = np.hstack([combined, idle])
    if technology.abatement_factor:
        combined[:m] -= (mine / scale)[:m, None]
        base[:m] = 0.0
    lower = np.r_[
        np.full(m, -np.inf),
        base[m : m + s],
        base[m + s :] if technology.disposability != "strong" else np.full(k, -np.inf),
    ]
    upper = np.r_[base[:m], np.full(s, np.inf), base[m + s :]]
    matrix = np.hstack([combined, -move[:, None]])
    if technology.returns != "crs":
        low, high = (-np.inf, 1.0) if technology.abatement_factor else _CONVEXITY[technology.returns]
        matrix = np.vstack([matrix, np.r_[np.ones(combined.shape[1]), 0.0]])
        lower, upper = np.r_[lower, low], np.r_[upper, high]
    return _programme(measure.sense, matrix, lower, upper), scale


def _scale(mine: Matrix, data: Matrix) -> Matrix:
    mean = np.abs(data).mean(axis=0)
    scale: Matrix = np.where(mine != 0.0, np.abs(mine), np.where(mean > 0.0, mean, 1.0))
    return scale


def _programme(sense: Literal["min", "max"], matrix: Matrix, lower: Matrix, upper: Matrix) -> Programme:
    rows, columns = matrix.shape
    return Programme(
        sense=sense,
        columns=range(columns),
        rows=range(rows),
        cost=np.r_[np.zeros(columns - 1), 1.0],
        matrix=matrix,
        row_lower=lower,
        row_upper=upper,
        lower=np.r_[np.zeros(columns - 1), -np.inf],
        upper=np.full(columns, np.inf),
    )

"""Technologies: how reference units may be combined, as the generated columns and rows of a programme.

The rows compare a combination with a point (x, y, b)::

    inputs    Σ λⱼ xⱼ ≤ x
    outputs   Σ λⱼ yⱼ ≥ y
    bads      Σ λⱼ bⱼ = b      (weak, kuosmanen)   or ≤   (strong, by-production)
    returns   Σ λⱼ free (crs), = 1 (vrs), ≤ 1 (nirs), ≥ 1 (ndrs)

A technology builds its table once for a reference set; how far a point may move is the measure's affair
(`hetao.measure.frontier.measure`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["AT_LEAST", "AT_MOST", "EQUAL", "Disposability", "Matrix", "Quantities", "Returns", "Technology"]

Returns = Literal["crs", "vrs", "nirs", "ndrs"]
Disposability = Literal["weak", "kuosmanen", "strong", "by-production"]
Matrix = NDArray[np.float64]
AT_MOST, EQUAL, AT_LEAST = -1, 0, 1  # senses of rows
_RETURNS: dict[Returns, int] = {"vrs": EQUAL, "nirs": AT_MOST, "ndrs": AT_LEAST}


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

    @cached_property
    def points(self) -> Matrix:
        """(n, m + s + k) inputs, outputs and bads side by side."""
        return np.hstack([self.X, self.Y, self.B])


@dataclass(frozen=True)
class Technology:
    """How reference units with m inputs, s outputs and k bads may be combined.

    Attributes:
        inputs, outputs, bads: m, s, k; k is 0 where bads are left out.
        returns: returns to scale.
        disposability: what may be done with the bads; plays no part without any.
        polluting: positions of the inputs that cause the bads, under ``by-production``.
        restrictions: weight restrictions; each is (m + s + k) coefficients whose sum with the prices of inputs,
            outputs and bads may not be above 0.
    """

    inputs: int
    outputs: int
    bads: int
    returns: Returns
    disposability: Disposability = "strong"
    polluting: tuple[int, ...] = ()
    restrictions: tuple[tuple[float, ...], ...] = ()

    @property
    def abatement_factor(self) -> bool:
        """One abatement factor for all (weak disposability under vrs; Shephard 1970, Färe and Grosskopf 2003)."""
        return bool(self.bads) and self.disposability == "weak" and self.returns == "vrs"

    @property
    def by_production(self) -> bool:
        """Two technologies side by side, one that makes the outputs and one that makes the bads."""
        return bool(self.bads) and self.disposability == "by-production"

    @cached_property
    def senses(self) -> NDArray[np.int8]:
        """(rows,) −1 ≤, 0 =, 1 ≥: inputs, outputs, bads, returns; under by-production polluting inputs, returns."""
        bads = EQUAL if self.disposability in ("weak", "kuosmanen") else AT_MOST
        found = [AT_MOST] * self.inputs + [AT_LEAST] * self.outputs + [bads] * self.bads + self._scale
        if self.by_production:
            found += [AT_LEAST] * len(self.polluting) + self._scale
        return np.array(found, dtype=np.int8)

    @property
    def _scale(self) -> list[int]:
        return [] if self.returns == "crs" else [_RETURNS[self.returns]]

    @property
    def quantities(self) -> int:
        """How many quantities a point has."""
        return self.inputs + self.outputs + self.bads

    def table(self, reference: Quantities) -> Matrix:
        """Return the (columns, rows) generated columns over a reference set."""
        points, m, s, n = reference.points[:, : self.quantities], self.inputs, self.outputs, len(reference)
        ones = np.ones((n, len(self._scale)))
        if self.by_production:
            intended, polluting = points.copy(), points.copy()
            intended[:, m + s :], polluting[:, : m + s] = 0.0, 0.0
            cause = points[:, list(self.polluting)]
            above = np.hstack([intended, ones, 0.0 * cause, 0.0 * ones])
            return np.vstack([above, np.hstack([polluting, 0.0 * ones, cause, ones])])
        table = np.hstack([points, ones])
        if self.bads and self.disposability == "kuosmanen":  # units given up to abate: they use inputs, make nothing
            idle = table.copy()
            idle[:, m : self.quantities] = 0.0
            table = np.vstack([table, idle])
        return table

    def unit_of(self, column: NDArray[np.intp], size: int) -> NDArray[np.intp]:
        """Return the position in a reference set of ``size`` units that generated columns belong to."""
        return column % size

    def lift(self, points: Matrix, scale: float = 0.0) -> Matrix:
        """Return (…, m + s + k) points or moves as (…, rows); the rows of returns hold ``scale``."""
        ones = np.full((*points.shape[:-1], len(self._scale)), scale)
        if not self.by_production:
            return np.concatenate([points, ones], axis=-1)
        return np.concatenate([points, ones, points[..., list(self.polluting)], ones], axis=-1)

    def lower(self, rows: Matrix) -> Matrix:
        """Return (n, rows) prices as (n, m + s + k) prices of quantities: the transpose of `lift`."""
        found = rows[:, : self.quantities].copy()
        if self.by_production:
            found[:, list(self.polluting)] += rows[:, self._second]
        return found

    def intercept(self, rows: Matrix) -> Matrix:
        """Return (n,) the price of the returns-to-scale rows; 0 under crs."""
        q, scale = self.quantities, len(self._scale)
        found: Matrix = rows[:, q : q + scale].sum(axis=1)
        if self.by_production:
            found = found + rows[:, self._second.stop : self._second.stop + scale].sum(axis=1)
        return found

    @property
    def _second(self) -> slice:
        start = self.quantities + len(self._scale)
        return slice(start, start + len(self.polluting))

    def own_columns(self, own: Quantities) -> Matrix:
        """Return the (n, ·, rows) fixed columns ≥ 0 without cost that the technology gives every observation."""
        found = []
        if self.abatement_factor:  # 1 − Σλ, all that is abated: it uses the observation's own inputs
            idle = own.points[:, : self.quantities].copy()
            idle[:, self.inputs :] = 0.0
            found.append(self.lift(idle, scale=1.0))
        sign = np.r_[-np.ones(self.inputs), np.ones(self.outputs), -np.ones(self.bads)]
        for restriction in self.restrictions:
            row = self.lift(sign * np.array(restriction))
            found.append(np.broadcast_to(row, (len(own), len(row))))
        if not found:
            return np.empty((len(own), 0, len(self.senses)))
        return np.stack(found, axis=1)

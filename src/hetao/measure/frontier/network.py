"""The technology of two stages in series: inputs make links, links make outputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import AT_LEAST, AT_MOST, Matrix, Quantities, Technology

__all__ = ["Network"]


@dataclass(frozen=True)
class Network(Technology):
    """Two crs technologies joined by links z: Xλ ≤ x, Zλ − Zμ ≥ z, Yμ ≥ y.

    Attributes:
        links: positions of the links among the outputs; the others are final.
    """

    links: tuple[int, ...] = ()

    @cached_property
    def senses(self) -> NDArray[np.int8]:
        """(rows,) −1 ≤ inputs, 1 ≥ links and outputs."""
        return np.array([AT_MOST] * self.inputs + [AT_LEAST] * self.outputs, dtype=np.int8)

    def table(self, reference: Quantities) -> Matrix:
        """Return (2n, rows) columns: each unit's first stage, then each unit's second."""
        linked = np.isin(np.arange(self.outputs), self.links)
        first, second = np.where(linked, reference.Y, 0.0), np.where(linked, -reference.Y, reference.Y)
        return np.vstack([np.hstack([reference.X, first]), np.hstack([0.0 * reference.X, second])])

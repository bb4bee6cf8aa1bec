"""Radial measures: shrink all inputs, or expand all outputs, in one proportion."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hetao.measure.frontier.programme import Measure, Quantities

__all__ = ["Orientation", "radial"]

Orientation = Literal["input", "output"]


def radial(own: Quantities, orientation: Orientation) -> Measure:
    """Return the measure θ (input: min, Xλ ≤ θx, Yλ ≥ y) or φ (output: max, Xλ ≤ x, Yλ ≥ φy); Farrell 1957."""
    x, y = own.X, own.Y
    if orientation == "input":
        return Measure("min", np.hstack([np.zeros_like(x), y]), np.hstack([x, np.zeros_like(y)]))
    return Measure("max", np.hstack([x, np.zeros_like(y)]), np.hstack([np.zeros_like(x), y]))

"""Standardised values on a scale above 0."""

from __future__ import annotations

from hetao.measure.frontier.technology import Matrix

__all__ = ["LEAST_STANDARD", "standard_to_positive"]

LEAST_STANDARD = -10.0  # z-scores must be above it where they are taken as 100 + 10 z


def standard_to_positive(values: Matrix) -> Matrix:
    """Return z-scores as 100 + 10 z (Mazziotta and Pareto 2013)."""
    return 100.0 + 10.0 * values

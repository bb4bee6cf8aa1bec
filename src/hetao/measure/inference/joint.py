"""Draws of a unit's scores in two periods together, smoothed and reflected (Simar and Wilson 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hetao.measure.frontier.technology import Matrix

__all__ = ["JointlySmoothed", "root"]


@dataclass(frozen=True)
class JointlySmoothed:
    """The smoothed joint distribution of n units' scores in two periods.

    Attributes:
        score: (n, 2) Farrell scores, all ≤ 1 or all ≥ 1.
        bandwidth: of the kernel, in standard deviations.
    """

    score: Matrix
    bandwidth: float

    @classmethod
    def of(cls, score: Matrix) -> JointlySmoothed:
        """Return the distribution with the normal reference bandwidth h = (4 / 5n)^(1/6)."""
        return cls(score, (4.0 / (5.0 * len(score))) ** (1.0 / 6.0))

    def draw(self, random: np.random.Generator) -> Matrix:
        """Return (n, 2) scores drawn from it.

        Pairs are drawn with replacement and reflected at 1 in each period or not, smoothed with the covariance of
        their quadrant, their variance corrected, and reflected back to the side where scores lie.
        """
        n = len(self.score)
        chosen = self.score[random.integers(n, size=n)]
        turned = random.integers(2, size=(n, 2)).astype(bool)
        placed = np.where(turned, 2.0 - chosen, chosen)
        factor = root(np.cov(self.score.T))
        noise = random.standard_normal((n, 2)) @ factor.T
        noise[:, 1] *= np.where(turned[:, 0] != turned[:, 1], -1.0, 1.0)  # the covariance of a mirrored quadrant
        mean = placed.mean(axis=0)
        smooth = mean + (placed - mean + self.bandwidth * noise) / np.sqrt(1.0 + self.bandwidth**2)
        input_side = bool((self.score <= 1.0 + 1e-9).all())
        beyond = smooth > 1.0 if input_side else smooth < 1.0
        least = 0.5 * float(self.score.min())  # a wide kernel can throw a score to 0 and below, where none can be
        found: Matrix = np.maximum(np.where(beyond, 2.0 - smooth, smooth), least)
        return found


def root(covariance: Matrix) -> Matrix:
    """Return a matrix whose product with its transpose is the covariance, which may be singular."""
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    found: Matrix = vectors * np.sqrt(np.maximum(values, 0.0))
    return found

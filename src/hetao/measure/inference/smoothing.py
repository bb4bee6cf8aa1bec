"""Draws from the smoothed distribution of efficiency scores, reflected at the frontier (Simar and Wilson 1998)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix

__all__ = ["Smoothed", "normal_reference_bandwidth"]

ON_THE_FRONTIER = 1e-9  # scores this close to 1 are 1


def normal_reference_bandwidth(score: Matrix) -> float:
    """Return the normal reference bandwidth of scores bounded by 1 (Simar and Wilson 2008; Daraio and Simar 2007).

    Scores of 1 are left out, for many of them are there because the frontier is drawn through the sample; the m others
    are reflected at 1: h = 1.06 · min(s, r / 1.34) · (2m)^(−1/5), with s and r the standard deviation and the
    interquartile range of the 2m values, rescaled to the n scores by (2m/n)^(1/5) · sₙ / s.

    Args:
        score: (n,) Farrell scores of one orientation.

    Returns:
        h; 0 where fewer than two scores differ from 1, so that nothing can be smoothed.
    """
    off = score[np.abs(score - 1.0) > ON_THE_FRONTIER]
    if len(off) < 2:
        return 0.0
    both = np.r_[off, 2.0 - off]
    spread = float(np.std(both, ddof=1))
    quartiles = np.quantile(both, [0.25, 0.75])
    narrow = min(spread, float(quartiles[1] - quartiles[0]) / 1.34)
    size = len(both)
    reference = 1.06 * (narrow or spread) * size**-0.2
    return float(reference * (size / len(score)) ** 0.2 * np.std(score, ddof=1) / spread)


@dataclass(frozen=True)
class Smoothed:
    """The smoothed distribution of n scores.

    Attributes:
        score: (n,) Farrell scores, all ≤ 1 or all ≥ 1.
        bandwidth: of the Gaussian kernel.
    """

    score: Matrix
    bandwidth: float

    def draw(self, random: np.random.Generator) -> Matrix:
        """Return n scores drawn with replacement, smoothed, reflected at 1, and with their variance corrected."""
        n = len(self.score)
        chosen = self.score[random.integers(n, size=n)]
        smooth = chosen + self.bandwidth * random.standard_normal(n)
        input_side = bool((self.score <= 1.0 + ON_THE_FRONTIER).all())
        beyond: NDArray[np.bool_] = smooth > 1.0 if input_side else smooth < 1.0
        smooth = np.where(beyond, 2.0 - smooth, smooth)
        variance = float(np.var(self.score))
        shrink = np.sqrt(1.0 + self.bandwidth**2 / variance) if variance > 0.0 else 1.0
        mean = float(chosen.mean())
        found = mean + (smooth - mean) / shrink
        least = 0.5 * float(self.score.min())  # a wide kernel can throw a score to 0 and below, where none can be
        result: Matrix = np.maximum(found, least)
        return result

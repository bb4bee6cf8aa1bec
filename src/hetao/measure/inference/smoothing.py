"""Draws from the smoothed distribution of efficiency scores, reflected at the frontier (Simar and Wilson 1998)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
        """Return n scores drawn with replacement from both sides of 1, smoothed, and reflected back.

        The variance is corrected about 1, the mean of the reflected scores, so that the frontier stays where it is:
        about the mean of the scores themselves the draws would be pulled off it, and limits would cover too seldom.
        """
        n = len(self.score)
        chosen = self.score[random.integers(n, size=n)]
        variance = float(np.mean((self.score - 1.0) ** 2))
        shrink = np.sqrt(1.0 + self.bandwidth**2 / variance) if variance > 0.0 else 1.0
        smooth = 1.0 + (chosen - 1.0 + self.bandwidth * random.standard_normal(n)) / shrink
        away = np.abs(smooth - 1.0)
        if not bool((self.score <= 1.0 + ON_THE_FRONTIER).all()):
            found: Matrix = 1.0 + away
            return found
        least = 0.5 * float(self.score.min())  # a wide kernel can throw a score to 0 and below, where none can be
        below: Matrix = np.maximum(1.0 - away, least)
        return below

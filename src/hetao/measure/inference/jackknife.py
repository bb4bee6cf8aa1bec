"""Bias of a mean score by the generalised jackknife (Kneip, Simar and Wilson 2015, 2016)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.technology import Matrix

__all__ = ["bias", "halvings", "rate"]


def rate(returns: str, inputs: int, outputs: int) -> float:
    """Return κ: scores of n units miss the true ones by the order of n^(−κ).

    It is 2 / (m + s + 1) under ``vrs``, 2 / (m + s) under ``crs`` and 1 / (m + s) under ``fdh``, of m inputs and s
    outputs (Kneip, Park and Simar 1998; Park, Jeong and Simar 2010; Park, Simar and Weiner 2000).
    """
    numerator, more = {"vrs": (2.0, 1), "crs": (2.0, 0), "fdh": (1.0, 0)}[returns]
    return numerator / (inputs + outputs + more)


def halvings(n: int, times: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return (1 + times, n) labels: all units together, then halved at random so many times; ⌊n/2⌋ have label 0."""
    halves = (np.arange(n) >= n // 2).astype(np.int64)
    drawn = [random.permutation(halves) for _ in range(times)]
    return np.stack([np.zeros(n, dtype=np.int64), *drawn])


def bias(score: Matrix, labels: NDArray[np.int64], kappa: float) -> float:
    """Return the bias of the mean score: (mean of the two halves' means − mean) / (2^κ − 1), averaged over halvings.

    Args:
        score: (1 + times, n) of the units among all, then among those of their half.
        labels: (1 + times, n) of `halvings`.
        kappa: of `rate`.
    """
    n = labels.shape[1]
    share = np.where(labels[1:] == 0, 0.5 / (n // 2), 0.5 / (n - n // 2))
    halves = (share * score[1:]).sum(axis=1)
    return float((halves - score[0].mean()).mean() / (2.0**kappa - 1.0))

"""The seeded data of the frontier benchmarks: Cobb-Douglas production with half-normal inefficiency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Data", "cobb_douglas"]


@dataclass(frozen=True)
class Data:
    """X (n, m) inputs, Y (n, s) outputs, B (n, k) bads."""

    X: np.ndarray
    Y: np.ndarray
    B: np.ndarray


def cobb_douglas(n: int, inputs: int, outputs: int, bads: int = 0, *, efficient: bool = False, seed: int = 1) -> Data:
    """Return n units; ``efficient`` puts every one on a strictly concave frontier."""
    random = np.random.default_rng(seed)
    X = random.uniform(1.0, 10.0, (n, inputs))
    loss = np.zeros(n) if efficient else np.abs(random.normal(0.0, 0.3, n))
    made = np.prod(X ** (0.9 / inputs), axis=1) * np.exp(-loss)
    share = random.dirichlet(np.full(outputs, 2.0), n)
    if efficient:  # outputs on a sphere, so that no unit is between two others
        share = np.sqrt(share)
    emitted = X.mean(axis=1, keepdims=True) * random.uniform(0.5, 1.5, (n, bads))
    return Data(X, made[:, None] * share, emitted)

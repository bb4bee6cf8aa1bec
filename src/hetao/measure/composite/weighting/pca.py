"""`pca`: squared loadings on rotated principal components, each indicator on the one that it loads most."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Pool, Weighted, Weighting
from hetao.measure.composite.varying import check_shares
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER", "varimax"]

TURNS = 500  # of the rotation at most


def _weigh(pool: Pool) -> Weighted:
    """Return the weights of Nicoletti, Scarpetta and Boylaud (2000), as in the OECD handbook.

    Components with an eigenvalue above 1, at least one, are rotated by varimax. An indicator's weight is its squared
    loading on the component that it loads most, as a share of that component's variance, times the component's share in
    the variance explained; these two make the squared loading itself, and all are scaled to add to 1.
    """
    correlation = np.atleast_2d(np.corrcoef(pool.shares.T))
    values, vectors = np.linalg.eigh(correlation)
    kept = max(1, int((values > 1.0).sum()))
    loadings = vectors[:, ::-1][:, :kept] * np.sqrt(values[::-1][:kept])
    squared = varimax(loadings) ** 2
    weights = squared.max(axis=1)
    part = float(values[::-1][:kept].sum() / values.sum())
    note = Text(
        f"主成分：保留 {kept} 个，解释方差的 {part:.1%}",
        f"principal components: {kept} kept, {part:.1%} of the variance",
    )
    return Weighted(weights / weights.sum(), (note,))


def varimax(loadings: Matrix) -> Matrix:
    """Return (m, f) loadings rotated so that their squares vary most inside each component (Kaiser 1958)."""
    rotation, size = np.eye(loadings.shape[1]), 0.0
    for _ in range(TURNS):
        turned = loadings @ rotation
        target = turned**3 - turned * (turned**2).mean(axis=0)
        left, sizes, right = np.linalg.svd(loadings.T @ target)
        rotation = left @ right
        if sizes.sum() <= size * (1.0 + 1e-12):
            break
        size = float(sizes.sum())
    found: Matrix = loadings @ rotation
    return found


MEMBER = Weighting(
    name="pca",
    title=Text("主成分分析", "principal components"),
    reference="Nicoletti, Scarpetta and Boylaud 2000, OECD Economics Department Working Papers 226",
    weigh=_weigh,
    check=check_shares,
)

"""`ahp`: weights from comparisons in pairs (analytic hierarchy process), with their consistency ratio."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.comparisons import comparisons_needed, complain_of_matrix, consistency_ratio
from hetao.measure.composite.member import Complain, Pool, Weighted, Weighting
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER", "principal_weights"]


def principal_weights(matrix: Matrix) -> Matrix:
    """Return the (k,) principal eigenvector of a (k, k) comparison matrix, scaled to add to 1."""
    values, vectors = np.linalg.eig(matrix)
    vector = np.abs(vectors[:, values.real.argmax()].real)
    found: Matrix = vector / vector.sum()
    return found


def _weigh(pool: Pool) -> Weighted:
    tree, weights, notes = pool.tree, np.empty(len(pool.tree)), []
    across = comparisons_needed(tree)[""]
    above = principal_weights(pool.comparisons[""]) if across > 1 else np.ones(1)
    for share, dimension in zip(above, tree.dimensions, strict=True):
        at = tree.inside(dimension)
        inside = principal_weights(pool.comparisons[dimension]) if len(at) > 1 else np.ones(1)
        weights[at] = share * inside
    for name, matrix in pool.comparisons.items():
        ratio = consistency_ratio(matrix)
        which = tree.title(name) if name else Text("维度", "dimensions")
        notes.append(Text(f"{which.zh}：一致性比率 {ratio:.3f}", f"{which.en}: consistency ratio {ratio:.3f}"))
    return Weighted(weights, tuple(notes))


def _check(pool: Pool, complain: Complain) -> None:
    for name, size in comparisons_needed(pool.tree).items():
        if size > 1 and name not in pool.comparisons:
            complain_of_matrix(complain, name, Text("没有比较矩阵", "no comparisons"), size)


MEMBER = Weighting(
    name="ahp",
    title=Text("层次分析法", "analytic hierarchy process"),
    reference="Saaty, The Analytic Hierarchy Process, 1980",
    weigh=_weigh,
    check=_check,
)

"""`ahp`: weights from comparisons in pairs (analytic hierarchy process), with their consistency ratio."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Complain, Pool, Weighted, Weighting
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["MEMBER", "consistency_ratio", "principal_weights"]

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
CONSISTENT = 0.1  # Saaty's limit of the consistency ratio
ROUNDING = 5e-3  # by which 1/9 written as 0.111 misses the reciprocal of 9


def principal_weights(matrix: Matrix) -> Matrix:
    """Return the (k,) principal eigenvector of a (k, k) comparison matrix, scaled to add to 1."""
    values, vectors = np.linalg.eig(matrix)
    vector = np.abs(vectors[:, values.real.argmax()].real)
    found: Matrix = vector / vector.sum()
    return found


def consistency_ratio(matrix: Matrix) -> float:
    """Return (λ − k) / (k − 1) over the random index of Saaty (1980); 0 for k ≤ 2, where nothing can contradict."""
    k = len(matrix)
    if k <= 2:
        return 0.0
    index = (float(np.linalg.eigvals(matrix).real.max()) - k) / (k - 1)
    return max(0.0, index) / RANDOM_INDEX[k - 1]


def _weigh(pool: Pool) -> Weighted:
    tree, weights, notes = pool.tree, np.empty(len(pool.tree)), []
    across = _needed(pool)[""]
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


def _needed(pool: Pool) -> dict[str, int]:
    """Return the size of each comparison matrix that the tree asks for; one alone needs none."""
    tree = pool.tree
    return {"": len(tree.dimensions)} | {d: len(tree.inside(d)) for d in tree.dimensions}


def _check(pool: Pool, complain: Complain) -> None:
    needed = _needed(pool)
    for name, size in needed.items():
        if name in pool.comparisons:
            _check_matrix(name, pool.comparisons[name], size, complain)
        elif size > 1:
            _wrong(complain, name, Text("没有比较矩阵", "no comparisons"), size)
    for name in pool.comparisons.keys() - needed.keys():
        known = ", ".join(map(repr, needed))
        expected = Text(f"以下之一：{known}", f"one of: {known}")
        complain(f"comparisons[{name!r}]", Text("未知的维度", "an unknown dimension"), expected, expected)


def _check_matrix(name: str, matrix: Matrix, size: int, complain: Complain) -> None:
    if matrix.shape != (size, size):
        _wrong(complain, name, Text(f"形状 {matrix.shape}", f"shape {matrix.shape}"), size)
    elif not (np.isfinite(matrix) & (matrix > 0.0)).all() or not np.allclose(matrix * matrix.T, 1.0, rtol=ROUNDING):
        _wrong(complain, name, Text("不是正的互反矩阵", "no positive reciprocal matrix"), size)
    elif size > len(RANDOM_INDEX):
        _wrong(complain, name, Text(f"{size} 个", f"{size} of them"), len(RANDOM_INDEX))
    elif consistency_ratio(matrix) > CONSISTENT:
        ratio = consistency_ratio(matrix)
        complain(
            f"comparisons[{name!r}]",
            Text(f"一致性比率 {ratio:.3f}", f"a consistency ratio of {ratio:.3f}"),
            Text(f"不大于 {CONSISTENT}", f"at most {CONSISTENT}"),
            Text("修改互相矛盾的比较", "mend the comparisons that contradict one another"),
        )


def _wrong(complain: Complain, name: str, found: Text, size: int) -> None:
    complain(
        f"comparisons[{name!r}]",
        found,
        Text(f"{size} × {size} 的正互反矩阵，aⱼᵢ = 1/aᵢⱼ", f"a positive {size} × {size} matrix with aⱼᵢ = 1/aᵢⱼ"),
        Text("给出两两比较的矩阵", "give the matrix of comparisons in pairs"),
    )


MEMBER = Weighting(
    name="ahp",
    title=Text("层次分析法", "analytic hierarchy process"),
    reference="Saaty, The Analytic Hierarchy Process, 1980",
    weigh=_weigh,
    check=_check,
)

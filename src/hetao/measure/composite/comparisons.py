"""Comparisons in pairs: what a tree needs, whether a matrix is one, and how far it contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hetao.measure.composite.member import Complain
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["check_comparisons", "comparisons_needed", "complain_of_matrix", "consistency_ratio"]

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
CONSISTENT = 0.1  # Saaty's limit of the consistency ratio
ROUNDING = 5e-3  # by which 1/9 written as 0.111 misses the reciprocal of 9


def consistency_ratio(matrix: Matrix) -> float:
    """Return (λ − k) / (k − 1) over the random index of Saaty (1980); 0 for k ≤ 2, where nothing can contradict."""
    k = len(matrix)
    if k <= 2:
        return 0.0
    index = (float(np.linalg.eigvals(matrix).real.max()) - k) / (k - 1)
    return max(0.0, index) / RANDOM_INDEX[k - 1]


def comparisons_needed(tree: IndicatorTree) -> dict[str, int]:
    """Return the size of each comparison matrix that a tree asks for, ``""`` that of the dimensions; 1 needs none."""
    return {"": len(tree.dimensions)} | {d: len(tree.inside(d)) for d in tree.dimensions}


def check_comparisons(comparisons: Mapping[str, Matrix], tree: IndicatorTree, complain: Complain) -> None:
    """Complain of matrices that are none, contradict themselves or compare what the tree does not have."""
    needed = comparisons_needed(tree)
    for name, matrix in comparisons.items():
        if name in needed:
            _check_matrix(name, matrix, needed[name], complain)
            continue
        known = ", ".join(map(repr, needed))
        expected = Text(f"以下之一：{known}", f"one of: {known}")
        complain(f"comparisons[{name!r}]", Text("未知的维度", "an unknown dimension"), expected, expected)


def _check_matrix(name: str, matrix: Matrix, size: int, complain: Complain) -> None:
    if matrix.shape != (size, size):
        complain_of_matrix(complain, name, Text(f"形状 {matrix.shape}", f"shape {matrix.shape}"), size)
    elif not (np.isfinite(matrix) & (matrix > 0.0)).all() or not np.allclose(matrix * matrix.T, 1.0, rtol=ROUNDING):
        complain_of_matrix(complain, name, Text("不是正的互反矩阵", "no positive reciprocal matrix"), size)
    elif size > len(RANDOM_INDEX):
        complain_of_matrix(complain, name, Text(f"{size} 个", f"{size} of them"), len(RANDOM_INDEX))
    elif consistency_ratio(matrix) > CONSISTENT:
        ratio = consistency_ratio(matrix)
        complain(
            f"comparisons[{name!r}]",
            Text(f"一致性比率 {ratio:.3f}", f"a consistency ratio of {ratio:.3f}"),
            Text(f"不大于 {CONSISTENT}", f"at most {CONSISTENT}"),
            Text("修改互相矛盾的比较", "mend the comparisons that contradict one another"),
        )


def complain_of_matrix(complain: Complain, name: str, found: Text, size: int) -> None:
    """Complain of what stands in the place of a matrix of comparisons."""
    complain(
        f"comparisons[{name!r}]",
        found,
        Text(f"{size} × {size} 的正互反矩阵，aⱼᵢ = 1/aᵢⱼ", f"a positive {size} × {size} matrix with aⱼᵢ = 1/aᵢⱼ"),
        Text("给出两两比较的矩阵", "give the matrix of comparisons in pairs"),
    )

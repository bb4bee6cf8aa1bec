"""`entropy`: the more unevenly an indicator is spread over the rows, the more it weighs."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Pool, Weighted, Weighting
from hetao.measure.composite.varying import check_shares
from hetao.text import Text

__all__ = ["MEMBER"]


def _weigh(pool: Pool) -> Weighted:
    """Return dⱼ / Σd with dⱼ = 1 + Σ p ln p / ln n, p the min-max share over its column's sum, and 0 ln 0 = 0."""
    p = pool.shares / pool.shares.sum(axis=0)
    logs = np.log(np.where(p > 0.0, p, 1.0))
    spread = 1.0 + (p * logs).sum(axis=0) / np.log(len(p))
    return Weighted(spread / spread.sum())


MEMBER = Weighting(
    name="entropy",
    title=Text("熵权法", "entropy"),
    reference="Shannon 1948; Zeleny, Multiple Criteria Decision Making, 1982",
    weigh=_weigh,
    check=check_shares,
)

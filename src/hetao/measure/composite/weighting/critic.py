"""`critic`: standard deviation of the min-max shares times how little they agree with the other indicators."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Complain, Pool, Weighted, Weighting
from hetao.measure.composite.varying import check_shares
from hetao.text import Text

__all__ = ["MEMBER"]

SAME = 1e-12  # information this small is none


def _weigh(pool: Pool) -> Weighted:
    """Return Cⱼ / ΣC with Cⱼ = σⱼ Σₖ (1 − rⱼₖ), r the correlation of shares."""
    information = _information(pool)
    return Weighted(information / information.sum())


def _information(pool: Pool) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    r = np.atleast_2d(np.corrcoef(pool.shares.T))
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = pool.shares.std(axis=0) * (1.0 - r).sum(axis=1)
    return np.maximum(found, 0.0)


def _check(pool: Pool, complain: Complain) -> None:
    check_shares(pool, complain)
    if np.isfinite(pool.shares).all() and _information(pool).sum() <= SAME:
        complain(
            ", ".join(pool.tree.names),
            Text("全部指标完全相关", "indicators that all agree"),
            Text("至少两个不完全相关的指标", "at least two indicators that do not"),
            Text("改用 equal", "use equal"),
        )


MEMBER = Weighting(
    name="critic",
    title=Text("CRITIC 法", "CRITIC"),
    reference="Diakoulaki, Mavrotas and Papayannakis 1995, Computers & Operations Research",
    weigh=_weigh,
    check=_check,
)

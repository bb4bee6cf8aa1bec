"""`standard_deviation`: weights proportional to the standard deviation of the min-max shares."""

from __future__ import annotations

from hetao.measure.composite.member import Pool, Weighted, Weighting
from hetao.measure.composite.varying import check_shares
from hetao.text import Text

__all__ = ["MEMBER"]


def _weigh(pool: Pool) -> Weighted:
    spread = pool.shares.std(axis=0)
    return Weighted(spread / spread.sum())


MEMBER = Weighting(
    name="standard_deviation",
    title=Text("标准差法", "standard deviation"),
    reference="Diakoulaki, Mavrotas and Papayannakis 1995, Computers & Operations Research",
    weigh=_weigh,
    check=check_shares,
)

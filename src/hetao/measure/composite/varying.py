"""The check that indicators vary, without which no range and no deviation can be taken."""

from __future__ import annotations

import numpy as np

from hetao.measure.composite.member import Complain, Pool
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["check_shares", "check_varies"]

ROUNDING = 1e-12  # a range this small beside the values is none


USE_GOALPOSTS = Text("去掉该指标，或改用 goalposts", "leave it out, or use goalposts")
USE_EQUAL = Text("去掉该指标，或改用 equal", "leave it out, or use equal")


def check_varies(values: Matrix, tree: IndicatorTree, complain: Complain, remedy: Text = USE_GOALPOSTS) -> None:
    """Complain of every indicator that has one value in the whole pool."""
    for indicator, column in zip(tree, values.T, strict=True):
        if np.ptp(column) <= ROUNDING * np.abs(column).max(initial=0.0):
            value = float(column[0])
            complain(
                indicator.name,
                Text(f"处处为 {value:g}", f"{value:g} everywhere"),
                Text("会变化的指标", "an indicator that varies"),
                remedy,
            )


def check_shares(pool: Pool, complain: Complain) -> None:
    """Complain of every indicator of a pool that has one value in all of it."""
    check_varies(pool.raw, pool.tree, complain, USE_EQUAL)

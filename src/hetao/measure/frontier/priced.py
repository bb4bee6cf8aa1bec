"""What cost, revenue and profit share: prices of every column that moves, and sizes to move it by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.evaluation import Evaluation
from hetao.measure.frontier.technology import Matrix
from hetao.solver import Status
from hetao.text import Text

__all__ = ["allocative", "needs_prices", "prices_of", "typical", "worth_something"]


def needs_prices(panel: Panel, columns: Sequence[str], arguments: Arguments) -> None:
    """Require a price ≥ 0 of every one of the columns."""
    for name in columns:
        price = panel.prices.get(name)
        if price is None:
            arguments.refuse(
                "prices",
                found=Text(f"列 {name} 没有价格", f"no price of column {name}"),
                expected=Text("每列都有价格列", "a price column for each"),
                remedy=Text(
                    f'在 Panel 中写明 prices={{"{name}": "价格列"}}', f'say it in Panel: prices={{"{name}": "column"}}'
                ),
            )
        elif (price < 0.0).any():
            row = int(np.flatnonzero(price < 0.0)[0])
            arguments.refuse(
                "prices",
                found=Text(
                    f"列 {name} 第 {row} 行的价格 {price[row]:g}", f"the price {price[row]:g} of {name} in row {row}"
                ),
                expected=Text("不小于 0 的价格", "prices of at least 0"),
                remedy=Text("改正价格", "correct the price"),
            )


def prices_of(panel: Panel, columns: Sequence[str]) -> Matrix:
    """Return the (n, columns) prices."""
    return np.column_stack([panel.prices[name] for name in columns])


def worth_something(value: Matrix, what: Text, arguments: Arguments) -> None:
    """Require that every observation's value is above 0, for the score divides by it."""
    rows = np.flatnonzero(value <= 0.0)
    if len(rows):
        arguments.refuse(
            "",
            found=Text(
                f"{len(rows)} 个观测的{what.zh}为 0（首见于第 {rows[0]} 行）",
                f"{what.en} of 0 in {len(rows)} observations (first in row {rows[0]})",
            ),
            expected=Text("大于 0", "above 0"),
            remedy=Text("改正数量或价格", "correct the quantities or prices"),
        )


def typical(table: Matrix) -> Matrix:
    """Return (n, columns) sizes of each column's mean, 1 where that is zero: what one unit of a move is."""
    mean = np.abs(table).mean(axis=0)
    return np.broadcast_to(np.where(mean > 0.0, mean, 1.0), table.shape)


def allocative(whole: Evaluation, technical: Matrix) -> Matrix:
    """Return the (n,) allocative part of an efficiency: what is left of the whole beside the technical part."""
    with np.errstate(divide="ignore", invalid="ignore"):
        part = whole.score / technical
    found: Matrix = np.where((whole.status == Status.OPTIMAL) & np.isfinite(part), part, np.nan)
    return found

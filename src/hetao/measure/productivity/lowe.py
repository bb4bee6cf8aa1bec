"""`lowe`: quantities at one set of prices for all."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity.quantities_at_prices import transitive
from hetao.measure.productivity.result import IndexResult
from hetao.text import Text

__all__ = ["levels", "lowe"]


def levels(price: Matrix, quantity: Matrix) -> Matrix:
    """Return (n,) ln p̄·q, with p̄ each good's mean price over all observations."""
    found: Matrix = np.log(quantity @ price.mean(axis=0))
    return found


def lowe(panel: Panel, *, longest_gap: int = 1) -> IndexResult:
    """Measure productivity change by Lowe quantity indices, p̄·q₁ / p̄·q₀, of outputs over inputs (O'Donnell 2012).

    Args:
        panel: as in `laspeyres`; p̄ is the mean price of each column over the panel.
        longest_gap: as in `malmquist`.

    Returns:
        As `laspeyres`; the index is circular, and a panel with more observations has other mean prices.

    Raises:
        ModelError: as in `laspeyres`.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> data |= {"w": [1.0, 1.0], "p": [1.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y", prices={"x": "w", "y": "p"})
        >>> [round(v, 9) for v in lowe(panel).changes["index"]]
        [1.5]
    """
    words = Text("Lowe 生产率指数（全部观测的平均价格）", "Lowe productivity index (mean prices of all observations)")
    return transitive(panel, "lowe", levels, words, longest_gap, {})

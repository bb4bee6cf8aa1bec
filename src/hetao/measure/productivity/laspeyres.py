"""`laspeyres`: quantities at the earlier period's prices."""

from __future__ import annotations

from hetao.figures.panel import Panel
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity.quantities_at_prices import compared
from hetao.measure.productivity.result import IndexResult
from hetao.text import Text

__all__ = ["laspeyres", "quantity_index"]


def quantity_index(p0: Matrix, p1: Matrix, q0: Matrix, q1: Matrix) -> Matrix:
    """Return (n,) p₀·q₁ / p₀·q₀ of (n, goods) prices and quantities."""
    del p1
    found: Matrix = (p0 * q1).sum(axis=1) / (p0 * q0).sum(axis=1)
    return found


def laspeyres(panel: Panel, *, longest_gap: int = 1) -> IndexResult:
    """Measure productivity change by Laspeyres quantity indices, p₀·q₁ / p₀·q₀, of outputs over inputs.

    Args:
        panel: a panel with periods and ``prices`` ≥ 0 of all inputs and outputs; no quantity negative.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; index = output_change / input_change. A unit not seen in both periods is
        ``missing``; where a value to divide by is 0 the status is ``numerical``.

    Raises:
        ModelError: fewer than two periods, negative quantities, prices that are missing or negative.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> data |= {"w": [1.0, 1.0], "p": [1.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y", prices={"x": "w", "y": "p"})
        >>> laspeyres(panel).changes["index"]
        [1.5]
    """
    return compared(
        panel,
        "laspeyres",
        quantity_index,
        Text("Laspeyres 生产率指数", "Laspeyres productivity index"),
        longest_gap,
        {},
    )

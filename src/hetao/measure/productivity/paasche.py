"""`paasche`: quantities at the later period's prices."""

from __future__ import annotations

from hetao.figures.panel import Panel
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity.quantities_at_prices import compared
from hetao.measure.productivity.result import IndexResult
from hetao.text import Text

__all__ = ["paasche", "quantity_index"]


def quantity_index(p0: Matrix, p1: Matrix, q0: Matrix, q1: Matrix) -> Matrix:
    """Return (n,) p₁·q₁ / p₁·q₀ of (n, goods) prices and quantities."""
    del p0
    found: Matrix = (p1 * q1).sum(axis=1) / (p1 * q0).sum(axis=1)
    return found


def paasche(panel: Panel, *, longest_gap: int = 1) -> IndexResult:
    """Measure productivity change by Paasche quantity indices, p₁·q₁ / p₁·q₀, of outputs over inputs.

    Args:
        panel: as in `laspeyres`.
        longest_gap: as in `malmquist`.

    Returns:
        As `laspeyres`.

    Raises:
        ModelError: as in `laspeyres`.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> data |= {"w": [1.0, 1.0], "p": [1.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y", prices={"x": "w", "y": "p"})
        >>> paasche(panel).changes["index"]
        [1.5]
    """
    return compared(
        panel, "paasche", quantity_index, Text("Paasche 生产率指数", "Paasche productivity index"), longest_gap, {}
    )

"""`tornqvist`: quantities weighted by their mean value shares, bilateral or for all observations at once (CCD)."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity.quantities_at_prices import compared, transitive
from hetao.measure.productivity.result import IndexResult
from hetao.text import Text

__all__ = ["ccd_levels", "quantity_index", "tornqvist"]


def _shares(price: Matrix, quantity: Matrix) -> Matrix:
    value = price * quantity
    found: Matrix = value / value.sum(axis=1, keepdims=True)
    return found


def quantity_index(p0: Matrix, p1: Matrix, q0: Matrix, q1: Matrix) -> Matrix:
    """Return (n,) exp Σ ½(s₀ + s₁) ln(q₁/q₀) of (n, goods) prices and quantities, s their value shares."""
    weight = 0.5 * (_shares(p0, q0) + _shares(p1, q1))
    found: Matrix = np.exp((weight * np.log(q1 / q0)).sum(axis=1))
    return found


def ccd_levels(price: Matrix, quantity: Matrix) -> Matrix:
    """Return (n,) logarithms of the transitive levels: Σ ½(sᵢ + s̄)(ln qᵢ − mean ln q), with s̄ the mean shares."""
    share, size = _shares(price, quantity), np.log(quantity)
    found: Matrix = (0.5 * (share + share.mean(axis=0)) * (size - size.mean(axis=0))).sum(axis=1)
    return found


def tornqvist(panel: Panel, *, multilateral: bool = False, longest_gap: int = 1) -> IndexResult:
    """Measure productivity change by Törnqvist quantity indices, outputs over inputs (Törnqvist 1936; Diewert 1976).

    Args:
        panel: as in `laspeyres`.
        multilateral: compare all observations at once by the transitive form of Caves, Christensen and Diewert (1982).
        longest_gap: as in `malmquist`.

    Returns:
        As `laspeyres`; a quantity of 0 has no logarithm, and the change is ``numerical``. With ``multilateral`` the
        index is circular, and one zero in a column leaves no number at all.

    Raises:
        ModelError: as in `laspeyres`.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> data |= {"w": [1.0, 1.0], "p": [1.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y", prices={"x": "w", "y": "p"})
        >>> [round(v, 9) for v in tornqvist(panel).changes["index"]]
        [1.5]
    """
    arguments = Arguments("tornqvist")
    arguments.one_of("multilateral", multilateral, (False, True))
    arguments.done()
    options = {"multilateral": multilateral}
    if multilateral:
        words = Text(
            "Törnqvist 生产率指数（CCD，全部观测同时比较）",
            "Törnqvist productivity index (CCD, all observations at once)",
        )
        return transitive(panel, "tornqvist", ccd_levels, words, longest_gap, options)
    words = Text("Törnqvist 生产率指数", "Törnqvist productivity index")
    return compared(panel, "tornqvist", quantity_index, words, longest_gap, options)

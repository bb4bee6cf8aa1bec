"""`fisher`: the geometric mean of Laspeyres and Paasche, bilateral or for all observations at once (GEKS)."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity import laspeyres, paasche
from hetao.measure.productivity.quantities_at_prices import compared, transitive
from hetao.measure.productivity.result import IndexResult
from hetao.text import Text

__all__ = ["fisher", "geks_levels", "quantity_index"]


def quantity_index(p0: Matrix, p1: Matrix, q0: Matrix, q1: Matrix) -> Matrix:
    """Return (n,) √(Laspeyres · Paasche) of (n, goods) prices and quantities."""
    found: Matrix = np.sqrt(laspeyres.quantity_index(p0, p1, q0, q1) * paasche.quantity_index(p0, p1, q0, q1))
    return found


def geks_levels(price: Matrix, quantity: Matrix) -> Matrix:
    """Return (n,) logarithms of GEKS levels: the mean over all k of ln Fisher(k → i).

    With V = p q' (n × n), ln Fisher(k → i) = ½[ln Vₖᵢ − ln Vₖₖ + ln Vᵢᵢ − ln Vᵢₖ]. Memory grows with n².
    """
    value = np.log(price @ quantity.T)
    own = np.diag(value)
    found: Matrix = 0.5 * (value.mean(axis=0) - own.mean() + own - value.mean(axis=1))
    return found


def fisher(panel: Panel, *, multilateral: bool = False, longest_gap: int = 1) -> IndexResult:
    """Measure productivity change by Fisher's ideal quantity indices, outputs over inputs (Fisher 1922; Diewert 1992).

    Args:
        panel: as in `laspeyres`.
        multilateral: compare all observations at once (Gini 1931; Éltető and Köves 1964; Szulc 1964): GEKS, the
            transitive index nearest to all bilateral Fisher indices. The changes then depend on the whole panel.
        longest_gap: as in `malmquist`.

    Returns:
        As `laspeyres`; with ``multilateral`` the index is circular.

    Raises:
        ModelError: as in `laspeyres`.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> data |= {"w": [1.0, 1.0], "p": [1.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y", prices={"x": "w", "y": "p"})
        >>> fisher(panel).changes["index"]
        [1.5]
    """
    arguments = Arguments("fisher")
    arguments.one_of("multilateral", multilateral, (False, True))
    arguments.done()
    options = {"multilateral": multilateral}
    if multilateral:
        words = Text(
            "Fisher 生产率指数（GEKS，全部观测同时比较）", "Fisher productivity index (GEKS, all observations at once)"
        )
        return transitive(panel, "fisher", geks_levels, words, longest_gap, options)
    return compared(
        panel, "fisher", quantity_index, Text("Fisher 生产率指数", "Fisher productivity index"), longest_gap, options
    )

"""Pseudo-frontiers: reference units moved radially, and the observations scored against them."""

from __future__ import annotations

from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.technology import Matrix, Quantities, Technology

__all__ = ["moved_frontier", "score_against"]


def moved_frontier(technology: Technology, orientation: Orientation, reference: Quantities, move: Matrix) -> Frontier:
    """Return the frontier of ``reference`` with its inputs (outputs) multiplied by (r,) ``move``."""
    X, Y, by = reference.X, reference.Y, move[:, None]
    moved = Quantities(X * by, Y, reference.B) if orientation == "input" else Quantities(X, Y * by, reference.B)
    return Frontier(technology.table(moved), technology.senses)


def score_against(frontier: Frontier, technology: Technology, orientation: Orientation, own: Quantities) -> Answers:
    """Return the radial scores of ``own`` against a frontier."""
    return frontier.solve(radial(own, orientation).form(technology, own))

"""Where the Yellow River's own law holds: on its water, and in places that lie in a basin."""

from __future__ import annotations

from hetao.ledger.state import State

__all__ = ["YELLOW_RIVER", "in_yellow_river"]

YELLOW_RIVER = "yellow_river"


def in_yellow_river(state: State, node: str, water: str) -> bool:
    """Tell whether a withdrawal is Yellow River water, or lies in a basin that was declared for its place."""
    return water == YELLOW_RIVER or bool(state.basins(node))

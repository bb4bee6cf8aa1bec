"""Groundwater units: where an act grants groundwater anew in one."""

from __future__ import annotations

from hetao.ledger.rule import Case
from hetao.ledger.tree import Node

__all__ = ["GROUNDWATER", "unit_granted"]

GROUNDWATER = "groundwater"


def unit_granted(case: Case) -> Node | None:
    """Return the unit in which an act grants groundwater; None where it grants none, or not in a unit.

    A renewal grants once it names a new last day, a change only where it draws more than before; a unit is the lowest
    place of the tree, so it can only be the right's own.
    """
    right = case.draft.right
    if right is None or right.water != GROUNDWATER:
        return None
    node = case.state.nodes[right.node]
    if node.kind != "unit" or (case.kind == "renew" and "to" not in case.fields):
        return None
    if case.kind == "change":
        more = (change[0] + change[3] > 0 for (place, *_), change in case.draft.draws.items() if place == node.node)
        return node if any(more) else None
    return node

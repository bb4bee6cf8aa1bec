"""Caps that press: where a cap stated anew lies below what is already drawn on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hetao.ledger.draft import Cell
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.rule import Case
from hetao.ledger.state import Limit

__all__ = ["Pressed", "pressed"]


class Pressed(NamedTuple):
    """A cap that would lie below what is drawn on it.

    Attributes:
        cell: node, water and year of account.
        line: the first line of the water on which it does.
        limit: the cap as it would be.
        amount_m3: what would stay drawn on it.
    """

    cell: Cell
    line: Line
    limit: Limit
    amount_m3: int

    @property
    def gap_m3(self) -> int:
        """By how much more is drawn than the cap would leave."""
        return self.amount_m3 - self.limit.volume_m3


def pressed(case: Case, balance: str) -> Iterator[Pressed]:
    """Yield the places and years in which an event would leave a cap below a balance, one line each, sorted.

    Args:
        case: an event that states caps.
        balance: ``permitted``, ``planned`` or ``used``.
    """
    for cell in sorted(_cells(case)):
        node, water, year = cell
        for line in drawn_lines(water, ecological=False):
            limit = case.after.limit(node, line, year)
            if limit is None or balance not in limit.binds:
                continue
            amount_m3 = case.after.amount_m3(node, line, balance, year)
            if amount_m3 > limit.volume_m3:
                yield Pressed(cell, line, limit, amount_m3)
                break


def _cells(case: Case) -> set[Cell]:
    """Return the cells on which a cap that is stated anew may press: its own and its parent's, from its year on."""
    cells: set[Cell] = set()
    for p in case.draft.postings:
        parent = case.state.nodes[p.node].parent
        if p.balance == "cap" and p.line.basis == "withdrawal":
            for place in (p.node,) if parent is None else (p.node, parent):
                years = case.state.drawn_years(place, p.line.water)
                cells.update((place, p.line.water, year) for year in years if year >= p.year)
    return cells

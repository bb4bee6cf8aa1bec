"""Grants: what an act draws anew from the permitted volume, and the room that each cap on its way leaves."""

from __future__ import annotations

from typing import NamedTuple

from hetao.ledger.draft import Cell, Draft
from hetao.ledger.limits import effective_m3, is_cut
from hetao.ledger.line import Line
from hetao.ledger.state import State

__all__ = ["GRANTING", "Grant", "find_grants"]

GRANTING = frozenset({"apply", "approve", "accept_works", "renew", "change", "transfer"})


class Grant(NamedTuple):
    """What an act draws anew from one cap.

    Attributes:
        cell: node, water and year of account.
        line: what the cap counts.
        asked_m3: what is drawn anew on that line.
        room_m3: what the cap leaves; None where the cap does not bind permits.
    """

    cell: Cell
    line: Line
    asked_m3: int
    room_m3: int | None


def find_grants(state: State, draft: Draft) -> tuple[Grant, ...]:
    """Return what a draft draws anew from every cap that it touches; places without a cap have nothing to say."""
    found: list[Grant] = []
    cut = is_cut(state)
    for cell, (plain, _, _, ecological, _, _) in draft.draws.items():
        if plain <= 0 and ecological <= 0:
            continue
        held = state.drawn(cell)
        for line, limit in state.caps_at(cell):
            asked_m3, held_m3 = (
                (plain, held[0]) if line.ecology == "excluded" else (plain + ecological, held[0] + held[3])
            )
            if asked_m3 <= 0:
                continue
            if "permitted" not in limit.binds:
                found.append(Grant(cell, line, asked_m3, None))
                continue
            cap_m3 = limit.cap_m3
            if cut:
                cap_m3 = min(cap_m3, effective_m3(state, cell[0], line, cell[2]) or 0)
            found.append(Grant(cell, line, asked_m3, cap_m3 - limit.moved_m3 - held_m3))
    return tuple(found)

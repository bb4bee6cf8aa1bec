"""Booking use: a reading's volume falls in the years of account of its days, on every cap on the permit's way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.limits import room_m3
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, Permit, PermitYear, permit_year
from hetao.ledger.rights import TOTAL, draw_right
from hetao.ledger.state import USED, USED_ECOLOGICAL, State
from hetao.ledger.years import add_days, split_by_year

__all__ = ["book_use", "warn_over_caps"]


def book_use(state: State, draft: Draft, permit: Permit, reading: Mapping[str, Any], sign: int) -> tuple[Charge, ...]:
    """Draw a reading from ``used`` and count it in the permit's years, or take it back where ``sign`` is -1.

    Args:
        state: the ledger before the event.
        draft: takes the draws and records.
        permit: whose use it is.
        reading: ``from``, ``to``, ``volume_m3`` and ``method`` of the reading.
        sign: 1 to book, -1 to take back.

    Returns:
        The charges booked, by year of account of the permit's water and of ``total``.
    """
    first, last, volume_m3 = reading["from"], reading["to"], reading["volume_m3"]
    own = [Charge(permit.water, year, m3) for year, m3 in split_by_year(permit.water, first, last, volume_m3)]
    charges = (
        own
        if permit.water == TOTAL
        else [*own, *(Charge(TOTAL, year, m3) for year, m3 in split_by_year(TOTAL, first, last, volume_m3))]
    )
    draw_right(state, draft, permit, charges, sign, by="used")
    for charge in own:
        _count(state, draft, permit.permit, charge, sign, estimated=reading["method"] != "metered")
    held = draft.records.get(("permit", permit.permit), permit)
    assert isinstance(held, Permit)
    if sign > 0 and volume_m3 > 0 and last > held.last_use:
        draft.records["permit", permit.permit] = held._replace(last_use=last)
    elif sign < 0 and held.last_use == last:  # what was used before it is known only to lie before its first day
        draft.records["permit", permit.permit] = held._replace(last_use=add_days(first, -1))
    return tuple(charges)


def _count(state: State, draft: Draft, permit: str, charge: Charge, sign: int, *, estimated: bool) -> None:
    where = "permit_year", permit_year(permit, charge.year)
    held = draft.records.get(where) or state.permit_year(permit, charge.year)
    assert isinstance(held, PermitYear)
    change_m3 = sign * charge.volume_m3
    draft.records[where] = held._replace(
        used_m3=held.used_m3 + change_m3, estimated_m3=held.estimated_m3 + (change_m3 if estimated else 0)
    )


def warn_over_caps(state: State, draft: Draft, found: Findings) -> None:
    """Warn of every cap that a draft's use goes beyond, with what is owed on it then."""
    for cell, change in draft.draws.items():
        node, water, year = cell
        for line, _ in state.caps_at(cell):
            added_m3 = change[USED] + (change[USED_ECOLOGICAL] if line.ecology == "included" else 0)
            left_m3 = room_m3(state, node, line, year, "used") if added_m3 > 0 else None
            if left_m3 is not None and added_m3 > left_m3:
                used_m3 = state.amount_m3(node, line, "used", year) + added_m3
                over_m3 = added_m3 - left_m3
                facts = {
                    "water": water,
                    "ecology": line.ecology,
                    "year": year,
                    "use_m3": used_m3,
                    "limit_m3": used_m3 - over_m3,
                }
                words = {"place": state.nodes[node].label, "line": line.label}
                found.warn(breach("read.over_cap", {**facts, "over_m3": over_m3}, node=node, words=words))

"""Booking use: a reading's volume falls in the years of account of its days, on every cap on the permit's way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hetao.ledger.draft import Draft
from hetao.ledger.records import Charge, Permit, PermitYear, permit_year
from hetao.ledger.rights import TOTAL, draw_right
from hetao.ledger.state import State
from hetao.ledger.years import add_days, split_by_year
from hetao.text import Text

__all__ = ["METHODS", "book_use"]

METHODS = {
    "metered": Text("计量", "metered"),
    "electricity": Text("以电折水", "electricity-to-water"),
    "sampled": Text("典型样点推算", "sampled"),
    "capacity": Text("按最大取水能力计", "at daily maximum capacity"),
}


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

"""What drought and dispatch orders leave of a permit's volume in a year, and whether its use grows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hetao.ledger.charges import charged_m3
from hetao.ledger.draft import Draft
from hetao.ledger.limits import effective_m3
from hetao.ledger.line import drawn_lines
from hetao.ledger.records import Permit, PermitYear
from hetao.ledger.rights import TOTAL, is_ecological
from hetao.ledger.state import State

__all__ = ["Cut", "adds_use", "cut_by", "cuts_of", "drafted_years", "ordered_m3"]


class Cut(NamedTuple):
    """A cap that orders cut: what they leave of it, and the cap itself, both in m³."""

    left_m3: int
    cap_m3: int


def cuts_of(state: State, permit: Permit, year: int) -> tuple[Cut, ...]:
    """Return the caps on a permit's way, of its own water and of ``total``, that orders cut in a year.

    Permits of the same place, water and kind of purpose have the same cuts.
    """
    if not state.identifiers("order"):
        return ()
    cuts: dict[Cut, None] = {}
    for water in dict.fromkeys((permit.water, TOTAL)):
        for node in state.chain(permit.node, water, year):
            for line in drawn_lines(water, ecological=is_ecological(permit.purpose)):
                cap, left_m3 = state.find(node, line, "cap", year), effective_m3(state, node, line, year)
                if cap is not None and left_m3 is not None and left_m3 < cap.amount_m3:
                    cuts[Cut(left_m3, cap.amount_m3)] = None
    return tuple(cuts)


def cut_by(volume_m3: int, cuts: Iterable[Cut]) -> int:
    """Return what cuts leave of a volume: it takes part in the deepest of them in the same ratio, rounded down."""
    return min((volume_m3 * cut.left_m3 // cut.cap_m3 for cut in cuts), default=volume_m3)


def ordered_m3(state: State, permit: Permit, year: int) -> int | None:
    """Return what orders leave of a permit's volume in a year, in m³; None where no order cuts it."""
    cuts = cuts_of(state, permit, year)
    return cut_by(charged_m3(permit, year), cuts) if cuts else None


def drafted_years(draft: Draft) -> list[PermitYear]:
    """Return the years of permits that a draft changes, as they would be."""
    return [record for record in draft.records.values() if isinstance(record, PermitYear)]


def adds_use(state: State, drafted: PermitYear) -> bool:
    """Tell whether a year of a permit, as it would be, has more use than before."""
    return drafted.used_m3 > state.permit_year(drafted.permit, drafted.year).used_m3

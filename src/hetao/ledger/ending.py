"""Permits that end before their term: what they draw goes back, but for what was withdrawn already."""

from __future__ import annotations

from hetao.ledger.act import permit_named
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, Permit, permit_year
from hetao.ledger.rights import LIVE, TOTAL, draw_right, put_permit, release
from hetao.ledger.state import State
from hetao.ledger.years import year_of

__all__ = ["ENDING", "end_permit"]

ENDING = {
    "permit": text(),
    "approver": text(required=False),
    "reason": text(required=False),
    "document": text(required=False),
    "note": text(required=False),
}


def end_permit(state: State, event: Event, status: str, found: Findings) -> Draft | None:
    """Return the draft that ends the permit which the event names, in a status, from the event's day on."""
    permit = permit_named(state, event, (*LIVE, "expired"), found)
    if permit is None or not event.has("at"):
        return None
    draft = Draft()
    _drop_plans(state, draft, permit, event.fields["at"][:10])
    put_permit(draft, release(state, draft, permit, event.fields["at"][:10])._replace(status=status), permit)
    return draft


def _drop_plans(state: State, draft: Draft, permit: Permit, day: str) -> None:
    """Take back the plans of the years that have not ended, but for what was used already."""
    for year in range(year_of(permit.water, day), year_of(permit.water, permit.end) + 1):
        held = state.permit_year(permit.permit, year)
        kept_m3 = min(held.plan_m3 or 0, held.used_m3)
        if held.plan_m3 is None or kept_m3 == held.plan_m3:
            continue
        waters = dict.fromkeys((permit.water, TOTAL))
        charges = [Charge(water, year, kept_m3 - held.plan_m3) for water in waters]
        draw_right(state, draft, permit, charges, 1, by="planned")
        draft.records["permit_year", permit_year(permit.permit, year)] = held._replace(plan_m3=kept_m3)

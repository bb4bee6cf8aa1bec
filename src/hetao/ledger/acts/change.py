"""``change``: the terms of a permit change in force: volume, holder, purpose, or until when idleness is excused."""

from __future__ import annotations

from hetao.ledger.act import Act, permit_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import day, filled, text, volume
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, Permit
from hetao.ledger.rights import LIVE, draw_right, is_ecological, put_permit, used_in
from hetao.ledger.state import State
from hetao.ledger.years import year_of
from hetao.text import Text

CHANGES = ("volume_m3", "holder", "purpose", "excused")


def _charge(state: State, permit: Permit, c: Charge, change_m3: int, since: str) -> Charge:
    """Return a charge with another volume where its year has not ended; what was withdrawn already stays drawn."""
    running = year_of(c.water, since)
    if c.year < running:
        return c
    least_m3 = min(c.volume_m3, used_in(state, permit, c)) if c.year == running else 0
    return Charge(c.water, c.year, max(least_m3, c.volume_m3 + change_m3))


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    permit = permit_named(state, event, LIVE, found)
    if permit is None or not event.has("at"):
        return None
    f = event.fields
    if not any(name in f for name in CHANGES):
        found.refuse(breach("right.nothing", {"fields": ", ".join(CHANGES)}, node=permit.node))
        return None
    if is_ecological(f.get("purpose", permit.purpose)) != is_ecological(permit.purpose):
        facts = {"permit": permit.permit, "purpose": permit.purpose, "new_purpose": f["purpose"]}
        found.refuse(breach("permit.ecology", facts, node=permit.node))
        return None
    change_m3 = f.get("volume_m3", permit.volume_m3) - permit.volume_m3
    charges = tuple(_charge(state, permit, c, change_m3, f["at"][:10]) for c in permit.charges)
    changed = permit._replace(
        volume_m3=f.get("volume_m3", permit.volume_m3),
        holder=f.get("holder", permit.holder),
        purpose=f.get("purpose", permit.purpose),
        excused=f.get("excused", permit.excused),
        charges=charges,
    )
    draft = Draft()
    draw_right(state, draft, permit, permit.charges, -1)
    draw_right(state, draft, changed, charges, 1)
    put_permit(draft, changed, permit)
    return draft


MEMBER = Act(
    name="change",
    event="change",
    title=Text("变更许可", "A permit is changed"),
    reference="hetao ledger events: change",
    fields={
        "permit": text(),
        "volume_m3": volume(required=False),
        "holder": text(required=False),
        "purpose": text(required=False),
        "excused": day(required=False),
        "demonstration": filled(required=False),
        "approver": text(required=False),
        "document": text(required=False),
        "note": text(required=False),
    },
    draft=_draft,
)

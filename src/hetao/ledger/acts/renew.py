"""``renew``: a permit's renewal is asked for; with a new last day ``to`` it is decided, and draws on the new years."""

from __future__ import annotations

from hetao.ledger.act import Act, permit_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import day, text, volume
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, Permit
from hetao.ledger.rights import LIVE, charges_of, put_permit, rerate
from hetao.ledger.state import State
from hetao.ledger.years import add_days
from hetao.text import Text


def _extended(state: State, event: Event, draft: Draft, permit: Permit) -> Permit:
    """Return the permit with its new term; a year that both terms touch draws the larger volume."""
    end, volume_m3 = event.fields["to"], event.fields.get("volume_m3", permit.volume_m3)
    first = add_days(permit.end, 1)
    drawn = {(c.water, c.year): c.volume_m3 for c in permit.charges}
    for c in charges_of(permit.water, volume_m3, first, end):
        drawn[c.water, c.year] = max(c.volume_m3, drawn.get((c.water, c.year), 0))
    changed = rerate(state, draft, permit, tuple(Charge(*where, m3) for where, m3 in drawn.items()))
    return changed._replace(end=end, volume_m3=volume_m3, asked="")


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    permit = permit_named(state, event, LIVE, found)
    if permit is None or not event.has("at"):
        return None
    asked = permit.asked or event.fields["at"][:10]
    draft = Draft()
    if not event.has("to"):
        put_permit(draft, permit._replace(asked=asked), permit)
        return draft
    if event.fields["to"] <= permit.end:
        facts = {"start": add_days(permit.end, 1), "end": event.fields["to"]}
        found.refuse(breach("term.backwards", facts, node=permit.node))
        return None
    put_permit(draft, _extended(state, event, draft, permit), permit)
    return draft


MEMBER = Act(
    name="renew",
    event="renew",
    title=Text("延续许可", "A permit is renewed"),
    reference="hetao ledger events: renew",
    fields={
        "permit": text(),
        "to": day(required=False),
        "volume_m3": volume(required=False),
        "approver": text(required=False),
        "document": text(required=False),
        "note": text(required=False),
    },
    draft=_draft,
)

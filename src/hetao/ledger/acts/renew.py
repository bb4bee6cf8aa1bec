"""``renew``: a permit's renewal is asked for; with a new last day ``to`` it is decided, and draws on the new years."""

from __future__ import annotations

from hetao.ledger.act import Act, permit_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import day, text, volume
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rights import LIVE, charges_of, put_permit, rerate
from hetao.ledger.state import State
from hetao.ledger.years import add_days
from hetao.text import Text


def _extended(state: State, event: Event, draft: Draft, permit: Permit) -> Permit:
    """Return the permit with its new term; years that it drew already keep what they drew."""
    end, volume_m3 = event.fields["to"], event.fields.get("volume_m3", permit.volume_m3)
    first = add_days(permit.end, 1)
    held = {(c.water, c.year) for c in permit.charges}
    new = tuple(c for c in charges_of(permit.water, volume_m3, first, end) if (c.water, c.year) not in held)
    changed = rerate(state, draft, permit, (*permit.charges, *new))
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

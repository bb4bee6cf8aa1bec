"""``suspend``: a permit may not be used for a time; of an application, the clock of the decision stands still."""

from __future__ import annotations

from hetao.ledger.act import Act, application_named, permit_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text
from hetao.ledger.outcome import Findings
from hetao.ledger.rights import put_application, put_permit
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    if ("application" in event.raw) == ("permit" in event.raw):
        found.refuse(breach("right.one_of", {}))
        return None
    draft = Draft()
    permit = permit_named(state, event, ("valid",), found)
    application = application_named(state, event, ("admitted", "referred"), found)
    if not event.has("at"):
        return None
    if permit is not None:
        put_permit(draft, permit._replace(status="suspended"), permit)
        return draft
    if application is None:
        return None
    if application.stops and not application.stops[-1][1]:
        facts = {"application": application.application, "status": "stopped", "needed": ["running"]}
        found.refuse(breach("application.status", facts, node=application.node))
        return None
    stops = (*application.stops, (event.fields["at"][:10], ""))
    put_application(draft, application._replace(stops=stops), application)
    return draft


MEMBER = Act(
    name="suspend",
    event="suspend",
    title=Text("暂停", "A permit is suspended, or a decision's clock stopped"),
    reference="hetao ledger events: suspend",
    fields={
        "permit": text(required=False),
        "application": text(required=False),
        "approver": text(required=False),
        "document": text(required=False),
        "note": text(required=False),
    },
    draft=_draft,
)

"""``resume``: a suspended permit may be used again; of an application, the clock of the decision runs on."""

from __future__ import annotations

from hetao.ledger.act import Act, application_named, permit_named
from hetao.ledger.acts.suspend import MEMBER as SUSPEND
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.rights import put_application, put_permit
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    if ("application" in event.raw) == ("permit" in event.raw):
        found.refuse(breach("right.one_of", {}))
        return None
    draft = Draft()
    permit = permit_named(state, event, ("suspended",), found)
    application = application_named(state, event, ("admitted", "referred"), found)
    if not event.has("at"):
        return None
    if permit is not None:
        put_permit(draft, permit._replace(status="valid"), permit)
        return draft
    if application is None:
        return None
    if not application.stops or application.stops[-1][1]:
        facts = {"application": application.application, "status": "running", "needed": ["stopped"]}
        found.refuse(breach("application.status", facts, node=application.node))
        return None
    stops = (*application.stops[:-1], (application.stops[-1][0], event.fields["at"][:10]))
    put_application(draft, application._replace(stops=stops), application)
    return draft


MEMBER = Act(
    name="resume",
    event="resume",
    title=Text("恢复", "A permit is resumed, or a decision's clock runs on"),
    reference="hetao ledger events: resume",
    fields=SUSPEND.fields,
    draft=_draft,
)

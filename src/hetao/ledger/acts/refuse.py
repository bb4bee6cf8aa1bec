"""``refuse``: the authority refuses an application; what was reserved goes back."""

from __future__ import annotations

from hetao.ledger.act import Act, application_named
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text
from hetao.ledger.outcome import Findings
from hetao.ledger.rights import put_application, rerate
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    application = application_named(state, event, ("admitted", "referred", "incomplete"), found)
    if application is None or not event.has("at"):
        return None
    draft = Draft()
    refused = rerate(state, draft, application, ())
    put_application(draft, refused._replace(status="refused", decided=event.fields["at"][:10]), application)
    return draft


MEMBER = Act(
    name="refuse",
    event="refuse",
    title=Text("不予批准", "An application is refused"),
    reference="hetao ledger events: refuse",
    fields={"application": text(), "approver": text(), "note": text(required=False)},
    draft=_draft,
)

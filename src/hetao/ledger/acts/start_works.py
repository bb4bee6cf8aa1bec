"""``start_works``: construction has begun, so the approval no longer lapses."""

from __future__ import annotations

from hetao.ledger.act import Act, application_named
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text
from hetao.ledger.outcome import Findings
from hetao.ledger.rights import put_application
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    application = application_named(state, event, ("approved",), found)
    if application is None or not event.has("at"):
        return None
    draft = Draft()
    put_application(draft, application._replace(works=event.fields["at"][:10]), application)
    return draft


MEMBER = Act(
    name="start_works",
    event="start_works",
    title=Text("开工", "Works begin"),
    reference="hetao ledger events: start_works",
    fields={"application": text(), "note": text(required=False)},
    draft=_draft,
)

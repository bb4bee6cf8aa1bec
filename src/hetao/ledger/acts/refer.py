"""``refer``: an application goes to another authority or to a person; what was reserved stays reserved."""

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
    application = application_named(state, event, ("admitted", "referred"), found)
    if application is None:
        return None
    draft = Draft()
    put_application(draft, application._replace(status="referred"), application)
    return draft


MEMBER = Act(
    name="refer",
    event="refer",
    title=Text("移送", "An application is referred"),
    reference="hetao ledger events: refer",
    fields={"application": text(), "approver": text(), "note": text(required=False)},
    draft=_draft,
)

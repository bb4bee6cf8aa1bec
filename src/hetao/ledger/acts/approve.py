"""``approve``: the authority approves an admitted application; what was reserved becomes an approved volume."""

from __future__ import annotations

from hetao.ledger.act import Act, application_named
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text
from hetao.ledger.outcome import Findings
from hetao.ledger.rights import charges_of, draw_right, put_application
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    application = application_named(state, event, ("admitted", "referred"), found)
    if application is None or not event.has("at"):
        return None
    draft, approved = Draft(), application._replace(status="approved", decided=event.fields["at"][:10])
    if not approved.charges:  # referred at once: nothing was reserved
        charges = charges_of(approved.water, approved.volume_m3, approved.start, approved.end)
        approved = approved._replace(charges=charges)
        draw_right(state, draft, approved, charges, 1)
    put_application(draft, approved, application)
    return draft


MEMBER = Act(
    name="approve",
    event="approve",
    title=Text("批准申请", "An application is approved"),
    reference="hetao ledger events: approve",
    fields={"application": text(), "approver": text(), "note": text(required=False)},
    draft=_draft,
)

"""``certify_saving``: a saving was made and checked; it may be sold."""

from __future__ import annotations

from hetao.ledger.act import Act, permit_named
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text, volume
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Saving
from hetao.ledger.rights import LIVE, put_permit
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    permit = permit_named(state, event, LIVE, found)
    if permit is None or not event.has("volume_m3", "at", "key"):
        return None
    f, draft = event.fields, Draft()
    put_permit(draft, permit._replace(saving_m3=permit.saving_m3 + f["volume_m3"]), permit)
    draft.records["saving", f["key"]] = Saving(
        permit.permit, f["volume_m3"], f.get("approver", ""), f.get("document", ""), f["at"][:10]
    )
    return draft


MEMBER = Act(
    name="certify_saving",
    event="certify_saving",
    title=Text("核定节水量", "A saving is certified"),
    reference="hetao ledger events: certify_saving",
    fields={"permit": text(), "volume_m3": volume(), "document": text(), "approver": text()},
    draft=_draft,
)

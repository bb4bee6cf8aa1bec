"""``revoke``: a permit is revoked; what it draws goes back to the caps."""

from __future__ import annotations

from hetao.ledger.act import Act
from hetao.ledger.draft import Draft
from hetao.ledger.ending import ENDING, end_permit
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    return end_permit(state, event, "revoked", found)


MEMBER = Act(
    name="revoke",
    event="revoke",
    title=Text("吊销许可", "A permit is revoked"),
    reference="hetao ledger events: revoke",
    fields=ENDING,
    draft=_draft,
)

"""``cancel``: a permit is cancelled; what it draws goes back to the caps."""

from __future__ import annotations

from hetao.ledger.act import Act
from hetao.ledger.draft import Draft
from hetao.ledger.ending import ENDING, end_permit
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    return end_permit(state, event, "cancelled", found)


MEMBER = Act(
    name="cancel",
    event="cancel",
    title=Text("注销许可", "A permit is cancelled"),
    reference="hetao ledger events: cancel",
    fields=ENDING,
    draft=_draft,
)

"""``tick``: time passes; rules work out what lapses, expires and falls due. Nothing else reads a clock."""

from __future__ import annotations

from hetao.ledger.act import Act
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    return Draft()


MEMBER = Act(
    name="tick",
    event="tick",
    title=Text("时间推进", "Time passes"),
    reference="hetao ledger events: tick",
    fields={},
    draft=_draft,
    ticks=True,
)

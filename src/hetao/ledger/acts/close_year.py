"""``close_year``: a year is closed at a place and everything below it."""

from __future__ import annotations

from hetao.ledger.act import Act, node_named
from hetao.ledger.closing import closed_at, closure_of
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text, year
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Closure
from hetao.ledger.state import State
from hetao.ledger.years import year_days
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    node = node_named(state, event, "node", found)
    if node is None or not event.has("at", "year"):
        return None
    closed, last = event.fields["year"], year_days("total", event.fields["year"])[1]
    if event.fields["at"][:10] <= last:
        facts = {"year": closed, "last": last, "day": event.fields["at"][:10]}
        found.refuse(breach("year.running", facts, node=node.node))
    if closed_at(state, node.node, closed) is not None:
        found.refuse(breach("year.again", {"year": closed}, node=node.node, words={"place": node.label}))
    return Draft(records={("closure", closure_of(node.node, closed)): Closure(node.node, closed)})


MEMBER = Act(
    name="close_year",
    event="close_year",
    title=Text("封账", "A year is closed"),
    reference="hetao ledger events: close_year",
    fields={"node": text(), "year": year(), "note": text(required=False)},
    draft=_draft,
)

"""``zone``: a regime on a place and everything below it, for one water or all, for a time or until further notice."""

from __future__ import annotations

from hetao.ledger.act import Act, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, day, text
from hetao.ledger.line import WATERS
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Zone
from hetao.ledger.state import State
from hetao.ledger.zones import ZONES
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    node = node_named(state, event, "node", found)
    f = event.fields
    if event.has("from", "to") and f["to"] < f["from"]:
        found.refuse(breach("term.backwards", {"start": f["from"], "end": f["to"]}, node=f.get("node")))
    if node is None or not event.has("kind", "at"):
        return None
    zone = Zone(
        node.node,
        f["kind"],
        f.get("water", ""),
        f.get("from", f["at"][:10]),
        f.get("to", ""),
        f.get("document", ""),
    )
    return Draft(records={("zone", " ".join((zone.node, zone.kind, zone.water, zone.start))): zone})


MEMBER = Act(
    name="zone",
    event="zone",
    title=Text("划定区域", "A regime is put on a place"),
    reference="hetao ledger events: zone",
    fields={
        "node": text(),
        "kind": choice(ZONES),
        "water": choice(WATERS, required=False),
        "from": day(required=False),
        "to": day(required=False),
        "document": text(),
    },
    draft=_draft,
)

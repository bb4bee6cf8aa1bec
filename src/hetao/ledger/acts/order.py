"""``order``: a drought or dispatch order scales yearly limits of a place and what is below it, for a time."""

from __future__ import annotations

from hetao.ledger.act import Act, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, day, decimal, text, volume
from hetao.ledger.line import WATERS
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Order
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    node = node_named(state, event, "node", found)
    f = event.fields
    if ("factor" in event.raw) == ("volume_m3" in event.raw):
        found.refuse(breach("order.factor_or_volume", {}, node=f.get("node")))
    if event.has("from", "to") and f["to"] < f["from"]:
        found.refuse(breach("term.backwards", {"start": f["from"], "end": f["to"]}, node=f.get("node")))
    if node is None or found.refusals or not event.has("water", "from", "to", "key"):
        return None
    factor = str(f["factor"]) if "factor" in f else ""
    order = Order(node.node, f["water"], factor, f.get("volume_m3"), f["from"], f["to"], f.get("document", ""))
    return Draft(records={("order", f["key"]): order})


MEMBER = Act(
    name="order",
    event="order",
    title=Text("调度或应急指令", "A drought or dispatch order"),
    reference="hetao ledger events: order",
    fields={
        "node": text(),
        "water": choice(WATERS),
        "factor": decimal(required=False),
        "volume_m3": volume(required=False),
        "from": day(),
        "to": day(),
        "document": text(),
    },
    draft=_draft,
)

"""``breakdown``: a node's cap is broken down to its children, all at once or not at all."""

from __future__ import annotations

from hetao.ledger.act import LINE, Act, line_of, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft, Posting
from hetao.ledger.edges import EDGES, check_edge
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, subset, text, volume, volumes
from hetao.ledger.line import BINDS
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    fields = event.fields
    node = node_named(state, event, "node", found)
    if node is None:
        return None
    children = fields.get("children", {})
    strangers = [child for child in children if child not in state.parts(node.node)]
    for child in strangers:
        found.refuse(breach("breakdown.not_a_child", {"child": child}, node=node.node, words={"place": node.label}))
    if strangers or not event.has(*LINE, "children") or ("reserve_m3" in event.raw and not event.has("reserve_m3")):
        return None
    line, year, document = line_of(event), fields["year"], fields.get("document", "")
    binds = tuple(fields.get("binds", BINDS))
    moved = fields.get("edge") == "moved"
    caps = [
        Posting(child, line, year, "cap", volume_m3, document, binds, moved) for child, volume_m3 in children.items()
    ]
    for cap in caps:
        check_edge(state, cap, found)
    reserve = Posting(node.node, line, year, "reserve", fields.get("reserve_m3", 0), document)
    return Draft((*caps, reserve), compared=(node.node, line, year, "cap"), split=node.node)


MEMBER = Act(
    name="breakdown",
    event="breakdown",
    title=Text("分解上限", "A cap is broken down"),
    reference="hetao ledger events: breakdown",
    fields={
        "node": text(),
        **LINE,
        "children": volumes(),
        "reserve_m3": volume(required=False),
        "document": text(),
        "binds": subset(BINDS, required=False),
        "edge": choice(EDGES, required=False),
    },
    draft=_draft,
)

"""``cap``: the cap of a node from a year on."""

from __future__ import annotations

from hetao.ledger.act import LINE, Act, line_of, node_named
from hetao.ledger.contract import breach
from hetao.ledger.event import Event
from hetao.ledger.fields import subset, text, volume, volumes
from hetao.ledger.outcome import Findings
from hetao.ledger.state import BINDS, Draft, Node, Posting, State
from hetao.text import Text


def _issuers(state: State, node: Node) -> tuple[str, ...]:
    """Return who may issue a node's cap: what is above it, a root for itself, for a basin without parent a region."""
    if node.parent is not None:
        return tuple(state.above(node.node))
    regions = (n.node for n in state.nodes.values() if n.kind == "region" and node.kind == "basin")
    return (node.node, *regions)


def _check_issuer(state: State, node: Node, issuer: Node, found: Findings) -> None:
    allowed = _issuers(state, node)
    if issuer.node not in allowed:
        words = {"place": node.label, "issuer": issuer.label, "allowed": ", ".join(allowed)}
        facts = {"issuer": issuer.node, "allowed": list(allowed)}
        found.refuse(breach("cap.issuer", facts, node=node.node, words=words))


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    fields = event.fields
    node = node_named(state, event, "node", found)
    issuer = node_named(state, event, "issuer", found)
    if node is not None and issuer is not None:
        _check_issuer(state, node, issuer, found)
    for permit in fields.get("cutback", ()):
        found.refuse(breach("permit.unknown", {"field": "cutback", "permit": permit}, node=fields.get("node")))
    if node is None or not event.has(*LINE, "volume_m3"):
        return None
    binds = tuple(fields.get("binds", BINDS))
    document = fields.get("document", "")
    return Draft((Posting(node.node, line_of(event), fields["year"], "cap", fields["volume_m3"], document, binds),))


MEMBER = Act(
    name="cap",
    event="cap",
    title=Text("下达上限", "A cap is issued"),
    reference="hetao ledger events: cap",
    fields={
        "node": text(),
        **LINE,
        "volume_m3": volume(),
        "document": text(),
        "issuer": text(),
        "cutback": volumes(required=False),
        "binds": subset(BINDS, required=False),
    },
    draft=_draft,
)

"""``node``: a place is declared."""

from __future__ import annotations

from hetao.ledger.act import Act, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, names, text
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.ledger.tree import Node
from hetao.text import Text

# kind -> kinds that its parent may have; None: it may stand without a parent
PARENTS: dict[str, tuple[str | None, ...]] = {
    "region": (None,),
    "league": ("region",),
    "banner": ("region", "league"),
    "unit": ("banner",),
    "basin": (None, "region", "basin"),
}
DEPTH_MAX = 16  # nodes from a root down


def _check_parent(kind: str, named: str, parent: Node | None, found: Findings) -> None:
    held = None if parent is None else parent.kind
    if held in PARENTS[kind]:
        return
    allowed = "、".join(k or "无" for k in PARENTS[kind]), " or ".join(k or "none" for k in PARENTS[kind])
    words = {
        "found": Text("无", "none") if parent is None else Text(f"{held} {parent.node}", f"{held} {parent.node}"),
        "expected": Text(*allowed),
    }
    facts = {"named": named, "kind": kind, "parent_kind": held}
    found.refuse(breach("node.parent", facts, node=named, words=words))


def _check_depth(state: State, named: str, parent: Node, found: Findings) -> None:
    depth = 2 + sum(1 for _ in state.above(parent.node))
    if depth > DEPTH_MAX:
        found.refuse(breach("node.depth", {"named": named, "depth": depth, "most": DEPTH_MAX}, node=named))


def _check_basins(state: State, event: Event, found: Findings) -> None:
    for basin in event.fields.get("basins", ()):
        lain_in = state.nodes.get(basin)
        if basin == event.fields.get("node"):
            found.refuse(breach("node.cycle", {"named": basin}, node=basin))
        elif lain_in is None:
            found.refuse(breach("node.unknown", {"field": "basins", "named": basin}, node=basin))
        elif lain_in.kind != "basin":
            found.refuse(breach("node.not_a_basin", {"named": basin, "kind": lain_in.kind}, node=basin))


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    fields = event.fields
    named, kind = fields.get("node"), fields.get("kind")
    known = state.nodes.get(named) if named is not None else None
    if known is not None:
        found.refuse(breach("node.exists", {"named": named, "first_seq": known.seq}, node=named))
    itself = named is not None and fields.get("parent") == named and known is None
    if itself:
        found.refuse(breach("node.cycle", {"named": named}, node=named))
    parent = None if itself else node_named(state, event, "parent", found)
    _check_basins(state, event, found)
    if not event.has("node", "kind"):
        return None
    if "parent" not in event.raw or parent is not None:
        _check_parent(fields["kind"], fields["node"], parent, found)
    if parent is not None:
        _check_depth(state, fields["node"], parent, found)
    if kind != "unit" and "aquifer" in event.raw:
        found.refuse(breach("node.aquifer", {"named": named, "kind": kind}, node=named))
    if not event.has("name"):
        return None
    basins = tuple(fields.get("basins", ()))
    return Draft(
        node=Node(
            fields["node"], fields["name"], fields["kind"], fields.get("parent"), fields.get("aquifer"), basins, 0
        )
    )


MEMBER = Act(
    name="node",
    event="node",
    title=Text("登记节点", "A place is declared"),
    reference="hetao ledger events: node",
    fields={
        "node": text(),
        "name": text(),
        "kind": choice(PARENTS),
        "parent": text(required=False),
        "aquifer": text(required=False),
        "basins": names(required=False),
    },
    draft=_draft,
)

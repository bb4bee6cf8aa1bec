"""``cap``: the cap of a node from a year on, with the cuts of permits that it needs."""

from __future__ import annotations

from hetao.ledger.act import LINE, Act, line_of, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft, Posting
from hetao.ledger.edges import check_edge, is_moved
from hetao.ledger.event import Event
from hetao.ledger.fields import subset, text, volume, volumes
from hetao.ledger.line import BINDS
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, Permit
from hetao.ledger.rights import LIVE, rerate
from hetao.ledger.state import State
from hetao.text import Text


def _cut(state: State, draft: Draft, permit: Permit, cut_m3: int, year: int) -> None:
    """Take a volume from a permit, from a year of account on."""
    charges = tuple(
        c if c.year < year else Charge(c.water, c.year, max(0, c.volume_m3 - cut_m3)) for c in permit.charges
    )
    changed = rerate(state, draft, permit, charges)
    draft.records["permit", permit.permit] = changed._replace(volume_m3=max(0, permit.volume_m3 - cut_m3))


def _cut_permits(state: State, event: Event, draft: Draft, found: Findings) -> None:
    for named, cut_m3 in event.fields.get("cutback", {}).items():
        permit = state.permit(named)
        if permit is None:
            facts = {"field": "cutback", "permit": named}
            found.refuse(breach("permit.unknown", facts, node=event.fields.get("node")))
        elif permit.status not in LIVE:
            facts = {"permit": named, "status": permit.status, "needed": list(LIVE)}
            found.refuse(breach("permit.status", facts, node=permit.node))
        else:
            _cut(state, draft, permit, cut_m3, event.fields["year"])


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    fields = event.fields
    node = node_named(state, event, "node", found)
    node_named(state, event, "issuer", found)
    if node is None or not event.has(*LINE, "volume_m3"):
        return None
    line, year, document = line_of(event), fields["year"], fields.get("document", "")
    moved = is_moved(state, node.node, line)  # a cap that was moved out of the one above stays so
    posting = Posting(
        node.node, line, year, "cap", fields["volume_m3"], document, tuple(fields.get("binds", BINDS)), moved
    )
    draft = Draft((posting,))
    _cut_permits(state, event, draft, found)
    check_edge(state, posting, found)
    return draft


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

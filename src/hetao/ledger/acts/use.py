"""``use``: a published yearly total of a place is recorded, over its cap or not."""

from __future__ import annotations

from typing import Any

from hetao.ledger.act import LINE, Act, line_of, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft, Posting
from hetao.ledger.event import Event
from hetao.ledger.fields import text, volume
from hetao.ledger.line import Line
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.ledger.tree import Node
from hetao.text import Text


def _warn(state: State, node: Node, line: Line, year: int, use_m3: int, found: Findings) -> None:
    words: dict[str, Any] = {"place": node.label, "year": year, "line": line.label}
    cap = state.find(node.node, line, "cap", year)
    if cap is None and not state.held(node.node, line.water, "cap", year):
        found.warn(breach("use.no_cap", {"use_m3": use_m3}, node=node.node, words=words))
    elif cap is not None:
        facts = {"cap_m3": cap.amount_m3, "use_m3": use_m3}
        if "used" not in cap.binds:
            found.warn(breach("use.not_bound", facts, node=node.node, words=words))
        elif use_m3 > cap.amount_m3:
            over = {"over_m3": use_m3 - cap.amount_m3}
            found.warn(breach("use.over_cap", {**facts, **over}, node=node.node, words=words))
    before = state.stated(node.node, line, "reported", year)
    if before is not None and before.amount_m3 != use_m3:
        facts = {"before_m3": before.amount_m3, "use_m3": use_m3, "before_seq": before.seq}
        words["before_source"] = before.document
        found.warn(breach("use.revised", facts, node=node.node, words=words))


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    fields = event.fields
    node = node_named(state, event, "node", found)
    if node is None or not event.has(*LINE, "volume_m3"):
        return None
    line, year, use_m3 = line_of(event), fields["year"], fields["volume_m3"]
    _warn(state, node, line, year, use_m3, found)
    posting = Posting(node.node, line, year, "reported", use_m3, fields.get("source", ""))
    return Draft((posting,), compared=(node.node, line, year, "cap"))


MEMBER = Act(
    name="use",
    event="use",
    title=Text("记录公布用水量", "A published use is recorded"),
    reference="hetao ledger events: use",
    fields={"node": text(), **LINE, "volume_m3": volume(), "source": text()},
    draft=_draft,
)

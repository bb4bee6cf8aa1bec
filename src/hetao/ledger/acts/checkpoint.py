"""``assert``: a checkpoint that fails loudly where the ledger disagrees."""

from __future__ import annotations

from hetao.ledger.act import LINE, Act, line_of, node_named
from hetao.ledger.contract import breach
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, text, volume
from hetao.ledger.outcome import Findings
from hetao.ledger.state import Draft, Line, Node, State
from hetao.text import Text

WHATS = {
    "cap": Text("上限", "the cap"),
    "permitted": Text("许可量", "the permitted volume"),
    "planned": Text("计划量", "the planned volume"),
    "used": Text("计量用水量", "the metered use"),
    "reported": Text("公布用水量", "the published use"),
    "headroom": Text("余量（上限减许可量）", "the headroom (cap less permitted)"),
}
STATED = {"cap": "cap", "headroom": "cap", "reported": "reported"}  # what must have been stated to be compared


def held_m3(state: State, node: str, line: Line, year: int, what: str) -> int | None:
    """Return the figure that the ledger holds, None where it needs a cap or a report and there is none."""
    if what not in STATED:
        return state.amount_m3(node, line, what, year)
    entry = state.find(node, line, STATED[what], year)
    if entry is None:
        return None
    return entry.amount_m3 - (state.amount_m3(node, line, "permitted", year) if what == "headroom" else 0)


def _compare(state: State, event: Event, node: Node, found: Findings) -> Draft:
    line, year, what = line_of(event), event.fields["year"], event.fields["what"]
    words = {"place": node.label, "year": year, "line": line.label, "what": WHATS[what]}
    held = held_m3(state, node.node, line, year, what)
    if held is None:
        if not state.held(node.node, line.water, STATED[what], year):
            found.refuse(breach("assert.nothing", {"what": what}, node=node.node, words=words))
        return Draft(compared=(node.node, line, year, STATED[what]))
    asserted, tolerance = event.fields["volume_m3"], event.fields.get("tolerance_m3", 0)
    if abs(asserted - held) > tolerance:
        facts = {
            "what": what,
            "held_m3": held,
            "asserted_m3": asserted,
            "difference_m3": abs(asserted - held),
            "tolerance_m3": tolerance,
        }
        found.refuse(breach("assert.mismatch", facts, node=node.node, words=words))
    return Draft()


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    if ("node" in event.raw) == ("permit" in event.raw):
        found.refuse(breach("assert.node_or_permit", {}))
    if event.has("permit"):
        found.refuse(breach("permit.unknown", {"field": "permit", "permit": event.fields["permit"]}))
    node = node_named(state, event, "node", found)
    if node is None or not event.has(*LINE, "what", "volume_m3"):
        return None
    return _compare(state, event, node, found)


MEMBER = Act(
    name="checkpoint",
    event="assert",
    title=Text("核对", "A checkpoint"),
    reference="hetao ledger events: assert",
    fields={
        "node": text(required=False),
        "permit": text(required=False),
        **LINE,
        "what": choice(WHATS),
        "volume_m3": volume(),
        "tolerance_m3": volume(required=False),
    },
    draft=_draft,
)

"""``assert``: a checkpoint that fails loudly where the ledger disagrees."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.ledger.act import LINE, Act, line_of, node_named, permit_named
from hetao.ledger.charges import charged_m3
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, text, volume
from hetao.ledger.limits import headroom_m3
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rights import ANY, is_ecological
from hetao.ledger.state import State
from hetao.ledger.tree import Node
from hetao.text import Text

WHATS = {
    "cap": Text("上限", "the cap"),
    "permitted": Text("许可量", "the permitted volume"),
    "planned": Text("计划量", "the planned volume"),
    "used": Text("计量用水量", "the metered use"),
    "reported": Text("公布用水量", "the published use"),
    "headroom": Text("余量（调度指令后的上限减许可量）", "the headroom (the cap after orders, less permitted)"),
}
STATED = {"cap": "cap", "headroom": "cap", "reported": "reported"}  # what must have been stated to be compared


def held_m3(state: State, node: str, line: Line, year: int, what: str) -> int | None:
    """Return the figure that the ledger holds, None where it needs a cap or a report and there is none."""
    if what not in STATED:
        return state.amount_m3(node, line, what, year)
    entry = state.find(node, line, STATED[what], year)
    if entry is None:
        return None
    return headroom_m3(state, node, line, year) if what == "headroom" else entry.amount_m3


def held_by_permit_m3(state: State, permit: Permit, line: Line, year: int, what: str) -> int | None:
    """Return what a permit may draw, plans or used in a year of its own water; None for anything else."""
    if line not in drawn_lines(permit.water, ecological=is_ecological(permit.purpose)):
        return None
    own = state.permit_year(permit.permit, year)
    held = {"permitted": charged_m3(permit, year), "planned": own.plan_m3 or 0, "used": own.used_m3}
    return held.get(what)


def _compare(state: State, event: Event, node: Node, found: Findings) -> Draft:
    line, year, what = line_of(event), event.fields["year"], event.fields["what"]
    words = {"place": node.label, "year": year, "line": line.label, "what": WHATS[what]}
    held = held_m3(state, node.node, line, year, what)
    if held is None:
        if not state.held(node.node, line.water, STATED[what], year):
            found.refuse(breach("assert.nothing", {"what": what}, node=node.node, words=words))
        return Draft(compared=(node.node, line, year, STATED[what]))
    _check_figure(event, held, node.node, words, found)
    return Draft()


def _compare_permit(state: State, event: Event, permit: Permit, found: Findings) -> Draft:
    line, year, what = line_of(event), event.fields["year"], event.fields["what"]
    label = Text(f"许可 {permit.permit} ", f"permit {permit.permit}")
    words = {"place": label, "year": year, "line": line.label, "what": WHATS[what]}
    held = held_by_permit_m3(state, permit, line, year, what)
    if held is None:
        found.refuse(breach("assert.nothing", {"what": what}, node=permit.node, words=words))
    else:
        _check_figure(event, held, permit.node, words, found)
    return Draft()


def _check_figure(event: Event, held: int, node: str, words: Mapping[str, object], found: Findings) -> None:
    """Refuse a figure that differs from the one held by more than is allowed."""
    asserted, tolerance = event.fields["volume_m3"], event.fields.get("tolerance_m3", 0)
    if abs(asserted - held) > tolerance:
        facts = {
            "what": event.fields["what"],
            "held_m3": held,
            "asserted_m3": asserted,
            "difference_m3": abs(asserted - held),
            "tolerance_m3": tolerance,
        }
        found.refuse(breach("assert.mismatch", facts, node=node, words=words))


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    if ("node" in event.raw) == ("permit" in event.raw):
        found.refuse(breach("assert.node_or_permit", {}))
    permit = permit_named(state, event, ANY, found)
    node = node_named(state, event, "node", found)
    if not event.has(*LINE, "what", "volume_m3"):
        return None
    if permit is not None:
        return _compare_permit(state, event, permit, found)
    return None if node is None else _compare(state, event, node, found)


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

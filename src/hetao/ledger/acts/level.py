"""``level``: an observed groundwater level against its control level."""

from __future__ import annotations

from hetao.ledger.act import Act, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import day, decimal, text
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Level
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    node = node_named(state, event, "node", found)
    if node is None or not event.has("date", "level_m", "control_m"):
        return None
    f = event.fields
    if node.kind != "unit":
        found.refuse(breach("level.not_a_unit", {"named": node.node, "kind": node.kind}, node=node.node))
    held = state.record(Level, "level", node.node)
    if held is not None and held.day > f["date"]:
        return Draft()  # an older observation is kept in the journal; the latest one counts
    level = Level(node.node, f["date"], str(f["level_m"]), str(f["control_m"]))
    return Draft(records={("level", node.node): level})


MEMBER = Act(
    name="level",
    event="level",
    title=Text("观测水位", "A groundwater level is observed"),
    reference="hetao ledger events: level",
    fields={"node": text(), "date": day(), "level_m": decimal(signed=True), "control_m": decimal(signed=True)},
    draft=_draft,
)

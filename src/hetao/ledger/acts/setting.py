"""``setting``: a dated setting, for everywhere or for a place and what is below it."""

from __future__ import annotations

from hetao.ledger.act import Act, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import anything, day, text
from hetao.ledger.outcome import Findings, dump_json, shorten
from hetao.ledger.records import Meter, Setting
from hetao.ledger.setting_values import VALUES
from hetao.ledger.state import State
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    f = event.fields
    node = node_named(state, event, "node", found)
    if not event.has("name", "value", "from", "key") or ("node" in event.raw and node is None):
        return None
    known = VALUES.get(f["name"])
    if known is not None and not known.fits(f["value"]):
        words = {"expected": known.expected}
        facts = {"name": f["name"], "found": shorten(dump_json(f["value"]))}
        found.refuse(breach("setting.value", facts, node=f.get("node"), words=words))
    if known is None:
        facts = {"name": f["name"]}
        found.warn(breach("setting.unknown", facts, node=f.get("node"), words={"known": ", ".join(VALUES)}))
    setting = Setting(f["name"], f["value"], f["from"], f.get("node", ""), f.get("document", ""))
    draft = Draft(records={("setting", f["key"]): setting})
    if f["name"] == "meter_repair" and not found.refusals:
        meter = state.meter(f["value"]["meter"]) or Meter(f["value"]["meter"], f["value"]["permit"])
        draft.records["meter", meter.meter] = meter._replace(repair=f["value"]["by"])
    return draft


MEMBER = Act(
    name="setting",
    event="setting",
    title=Text("登记设置", "A setting is given"),
    reference="hetao ledger events: setting",
    fields={
        "name": text(),
        "value": anything(),
        "from": day(),
        "node": text(required=False),
        "document": text(),
    },
    draft=_draft,
)

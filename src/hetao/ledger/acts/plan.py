"""``plan``: the yearly plan of a permit; a later plan of the same year replaces it, and the old one stays on record."""

from __future__ import annotations

from hetao.ledger.act import Act, permit_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text, volume, year
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, permit_year
from hetao.ledger.rights import LIVE, TOTAL, draw_right
from hetao.ledger.state import State
from hetao.ledger.years import years_of
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    permit = permit_named(state, event, LIVE, found)
    if permit is None or not event.has("year", "volume_m3"):
        return None
    f = event.fields
    if f["year"] not in years_of(permit.water, permit.start, permit.end):
        facts = {"permit": permit.permit, "start": permit.start, "end": permit.end, "year": f["year"]}
        found.refuse(breach("permit.no_year", facts, node=permit.node))
        return None
    held = state.permit_year(permit.permit, f["year"])
    change_m3 = f["volume_m3"] - (held.plan_m3 or 0)
    charges = tuple(Charge(water, f["year"], change_m3) for water in dict.fromkeys((permit.water, TOTAL)))
    draft = Draft(right=permit, before=permit)
    draw_right(state, draft, permit, charges, 1, by="planned")
    planned = held._replace(plan_m3=f["volume_m3"], approver=f.get("approver", ""))
    draft.records["permit_year", permit_year(permit.permit, f["year"])] = planned
    return draft


MEMBER = Act(
    name="plan",
    event="plan",
    title=Text("下达年度计划", "A yearly plan is issued"),
    reference="hetao ledger events: plan",
    fields={
        "permit": text(),
        "year": year(),
        "volume_m3": volume(),
        "approver": text(),
        "note": text(required=False),
    },
    draft=_draft,
)

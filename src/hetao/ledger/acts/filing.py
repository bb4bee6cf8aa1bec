"""``return``: the yearly return of a permit's holder: the use of a year, and the proposal for the next."""

from __future__ import annotations

from hetao.ledger.act import Act, permit_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import text, volume, year
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Filing, Permit, permit_year
from hetao.ledger.rights import TOTAL
from hetao.ledger.state import State
from hetao.ledger.years import years_of
from hetao.text import Text


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    permit = permit_named(state, event, ("valid", "suspended", "expired"), found)
    if permit is None or not event.has("year", "used_m3", "next_year_m3", "at"):
        return None
    f = event.fields
    if f["year"] not in years_of(TOTAL, permit.start, permit.end):
        facts = {"permit": permit.permit, "start": permit.start, "end": permit.end, "year": f["year"]}
        found.refuse(breach("permit.no_year", facts, node=permit.node))
        return None
    filing = Filing(permit.permit, f["year"], f["used_m3"], f["next_year_m3"], f["at"][:10])
    _remark(state, permit, filing, found)
    return Draft(right=permit, records={("filing", permit_year(permit.permit, f["year"])): filing})


def _remark(state: State, permit: Permit, filing: Filing, found: Findings) -> None:
    """Warn of a return that replaces another one."""
    before = state.record(Filing, "filing", permit_year(permit.permit, filing.year))
    if before is not None and before[:4] != filing[:4]:
        facts = {"permit": permit.permit, "year": filing.year, "used_m3": filing.used_m3}
        replaced = {"filed": before.day, "before_m3": before.used_m3}
        found.warn(breach("return.again", {**facts, **replaced}, node=permit.node))


MEMBER = Act(
    name="filing",
    event="return",
    title=Text("年度填报", "A yearly return is filed"),
    reference="hetao ledger events: return",
    fields={"permit": text(), "year": year(), "used_m3": volume(), "next_year_m3": volume()},
    draft=_draft,
)

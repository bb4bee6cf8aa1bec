"""``apply``: a withdrawal right is asked for; what admission grants is reserved at once along the whole chain."""

from __future__ import annotations

from hetao.ledger.act import COMMON, Act, node_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, day, decimal, filled, flag, months, names, text, volume
from hetao.ledger.line import WATERS
from hetao.ledger.outcome import Decision, Findings
from hetao.ledger.records import Application, Exemption
from hetao.ledger.rights import charges_of, draw_right, put_application
from hetao.ledger.rule import Case
from hetao.ledger.state import State
from hetao.ledger.words import PROJECTS
from hetao.text import Text

OPEN = ("incomplete", "refused", "exempt")  # statuses from which the same application may come again
R12 = "R12"


def _granted_m3(event: Event) -> int:
    """Return the volume asked for, cut to the capacity of the works (rule R38)."""
    volume_m3 = int(event.fields["volume_m3"])
    capacity_m3 = event.fields.get("capacity_m3")
    return volume_m3 if capacity_m3 is None else min(volume_m3, int(capacity_m3))


def _application(event: Event) -> Application:
    f = event.fields
    charges = charges_of(f["water"], _granted_m3(event), f["from"], f["to"])
    own = {name: value for name, value in f.items() if name not in COMMON}
    return Application(
        application=f["application"],
        applicant=f.get("applicant", ""),
        node=f["node"],
        water=f["water"],
        volume_m3=_granted_m3(event),
        start=f["from"],
        end=f["to"],
        purpose=f.get("purpose", ""),
        status="admitted",
        fields=own,
        charges=charges,
        filed=f["at"][:10],
    )


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    named = event.fields.get("application")
    before = None if named is None else state.application(named)
    if before is not None and before.status not in OPEN:
        facts = {"application": named, "status": before.status}
        found.refuse(breach("application.exists", facts, node=before.node))
    node = node_named(state, event, "node", found)
    if event.has("from", "to") and event.fields["to"] < event.fields["from"]:
        facts = {"start": event.fields["from"], "end": event.fields["to"]}
        found.refuse(breach("term.backwards", facts, node=event.fields.get("node")))
        return None
    if node is None or not event.has("application", "at", "water", "volume_m3", "from", "to"):
        return None
    draft = Draft()
    application = _application(event)
    draw_right(state, draft, application, application.charges, 1)
    put_application(draft, application, before)
    return draft


def _settle(case: Case, decision: Decision, found: Findings) -> Draft:
    """Keep what was reserved where it is admitted; record without reserving otherwise."""
    if decision == "admitted":
        return case.draft
    draft, right = Draft(), case.draft.right
    if isinstance(right, Application):
        right = right._replace(status=decision, charges=())
        put_application(draft, right, None)
        if decision == "exempt":
            _record_exempt(case, draft, right, found)
    else:  # incomplete, with too little to tell even what it would draw
        draft.records["application", case.fields["application"]] = _unfinished(case)
    return draft


def _record_exempt(case: Case, draft: Draft, right: Application, found: Findings) -> None:
    """Record a withdrawal that needs no permit; a household's counts as use, an emergency's is reported later."""
    rule = found.exemptions[0].rule
    draft.records["exemption", right.application] = Exemption(
        right.application, right.node, right.water, right.volume_m3, rule, right.end
    )
    if rule == "R16":
        draw_right(
            case.state, draft, right, charges_of(right.water, right.volume_m3, right.start, right.end), 1, by="used"
        )


def _unfinished(case: Case) -> Application:
    """Return the record of an application that lacks even what it would draw."""
    f = case.fields
    return Application(
        application=f["application"],
        applicant=f.get("applicant", ""),
        node=f.get("node", ""),
        water=f.get("water", ""),
        volume_m3=f.get("volume_m3", 0),
        start=f.get("from", ""),
        end=f.get("to", ""),
        purpose=f.get("purpose", ""),
        status="incomplete",
        fields={name: value for name, value in f.items() if name not in COMMON},
        charges=(),
        filed=case.day,
    )


MEMBER = Act(
    name="apply",
    event="apply",
    title=Text("申请取水", "A withdrawal right is asked for"),
    reference="hetao ledger events: apply",
    fields={
        "application": text(),
        "applicant": text(ask=R12),
        "node": text(ask=R12),
        "water": choice(WATERS, ask=R12),
        "volume_m3": volume(ask=R12),
        "monthly_m3": months(ask=R12),
        "from": day(ask=R12),
        "to": day(ask=R12),
        "purpose": text(ask=R12),
        "project": choice(PROJECTS, ask=R12),
        "industry": text(required=False),
        "product": text(required=False),
        "process": text(required=False),
        "output": decimal(required=False),
        "capacity_m3": volume(required=False),
        "demonstration": filled(required=False, ask="R13"),
        "saving_measures": filled(ask=R12),
        "return_water": filled(ask=R12),
        "metering": filled(ask=R12),
        "public_supply_available": flag(),
        "unconventional_available_m3": volume(required=False),
        "unconventional_used_m3": volume(required=False),
        "deep": flag(),
        "emergency": flag(),
        "non_mechanical": flag(),
        "sources": names(required=False),
        "transfer": text(required=False),
    },
    draft=_draft,
    settle=_settle,
    decision="admitted",
)

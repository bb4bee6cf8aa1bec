"""``accept_works``: the works pass acceptance and the permit is issued; it draws on the years of its own term."""

from __future__ import annotations

from hetao.ledger.act import Act, application_named
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import day, text
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application, Permit
from hetao.ledger.rights import charges_of, put_permit, rerate
from hetao.ledger.state import State
from hetao.text import Text


def _permit(state: State, event: Event, draft: Draft, application: Application) -> Permit:
    f = event.fields
    charges = charges_of(application.water, application.volume_m3, f["from"], f["to"])
    drawn = rerate(state, draft, application, charges)
    draft.records["application", application.application] = drawn._replace(
        status="permitted", permit=f["permit"], charges=()
    )
    return Permit(
        permit=f["permit"],
        application=application.application,
        holder=application.applicant,
        node=application.node,
        water=application.water,
        purpose=application.purpose,
        volume_m3=application.volume_m3,
        start=f["from"],
        end=f["to"],
        status="valid",
        charges=charges,
        capacity_m3=application.fields.get("capacity_m3", 0),
        fields=application.fields,
    )


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    application = application_named(state, event, ("approved",), found)
    f = event.fields
    if event.has("permit") and state.permit(f["permit"]) is not None:
        found.refuse(breach("permit.exists", {"permit": f["permit"]}))
    if application is None or not event.has("at", "permit", "from", "to"):
        return None
    if f["to"] < f["from"]:
        found.refuse(breach("term.backwards", {"start": f["from"], "end": f["to"]}, node=application.node))
        return None
    if f["from"] < application.start or f["to"] > application.end:
        facts = {"start": f["from"], "end": f["to"], "application": application.application}
        facts |= {"asked_from": application.start, "asked_to": application.end}
        found.warn(breach("permit.beyond", facts, node=application.node))
    draft = Draft()
    put_permit(draft, _permit(state, event, draft, application), None)
    return draft


MEMBER = Act(
    name="accept_works",
    event="accept_works",
    title=Text("验收发证", "Works are accepted and the permit issued"),
    reference="hetao ledger events: accept_works",
    fields={"application": text(), "permit": text(), "from": day(), "to": day(), "note": text(required=False)},
    draft=_draft,
)

"""``transfer``: rights are traded between permits or between areas, for a term; nothing is gained or lost by it."""

from __future__ import annotations

from hetao.ledger.act import Act
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, day, text, volume
from hetao.ledger.line import WATERS
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Charge, Permit, Transfer
from hetao.ledger.regional import draft_regional
from hetao.ledger.rights import LIVE, draw_right
from hetao.ledger.state import State
from hetao.ledger.years import year_of
from hetao.text import Text

TRADES = {
    "withdrawal_right": Text("取水权交易", "a withdrawal right, from permit to permit"),
    "regional": Text("区域水权交易", "between areas"),
    "irrigation": Text("灌溉用水户水权交易", "between irrigators, from permit to permit"),
}


def _party(state: State, event: Event, field: str, found: Findings) -> Permit | None:
    """Return the permit on one side of the trade; refuse anything else."""
    named = event.fields.get(field)
    permit = None if named is None else state.permit(named)
    if named is not None and (permit is None or permit.status not in LIVE):
        words = {"expected": Text("有效的许可", "a permit that is in force")}
        facts = {"kind": event.fields["kind"], "field": field, "named": named}
        found.refuse(breach("transfer.parties", facts, words=words))
        return None
    return permit


def _moved(permit: Permit, change_m3: int, start: str, end: str) -> tuple[Charge, ...]:
    """Return what a permit draws with a volume added in every year that the term of the trade touches."""
    return tuple(
        Charge(c.water, c.year, max(0, c.volume_m3 + change_m3))
        if year_of(c.water, start) <= c.year <= year_of(c.water, end)
        else c
        for c in permit.charges
    )


def _trade(state: State, event: Event, seller: Permit, buyer: Permit) -> Draft:
    f, draft = event.fields, Draft()
    end = f.get("term_to", min(seller.end, buyer.end))
    for permit, sign in ((seller, -1), (buyer, 1)):
        charges = _moved(permit, sign * f["volume_m3"], f["term_from"], end)
        draw_right(state, draft, permit, permit.charges, -1)
        draw_right(state, draft, permit, charges, 1)
        sells = sign < 0 and f["kind"] == "withdrawal_right"
        saving_m3 = max(0, permit.saving_m3 - f["volume_m3"]) if sells else permit.saving_m3
        lasting = end >= permit.end  # a trade to the end of the permit changes what it says
        volume_m3 = max(0, permit.volume_m3 + sign * f["volume_m3"]) if lasting else permit.volume_m3
        draft.records["permit", permit.permit] = permit._replace(
            charges=charges, saving_m3=saving_m3, volume_m3=volume_m3
        )
    draft.before, draft.right = seller, buyer
    return draft


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    f = event.fields
    if not event.has("kind", "from", "to", "volume_m3", "term_from", "key"):
        return None
    if f["from"] == f["to"]:
        found.refuse(breach("transfer.itself", {"named": f["from"]}))
        return None
    if "term_to" in f and f["term_to"] < f["term_from"]:
        found.refuse(breach("term.backwards", {"start": f["term_from"], "end": f["term_to"]}))
        return None
    if f["kind"] == "regional":
        draft = draft_regional(state, event, found)
    else:
        seller, buyer = _party(state, event, "from", found), _party(state, event, "to", found)
        draft = None if seller is None or buyer is None else _trade(state, event, seller, buyer)
    if draft is not None:
        terms = f["volume_m3"], f["term_from"], f.get("term_to", ""), f.get("document", "")
        draft.records["transfer", f["key"]] = Transfer(f["kind"], f["from"], f["to"], *terms)
    return draft


MEMBER = Act(
    name="transfer",
    event="transfer",
    title=Text("水权交易", "Rights are traded"),
    reference="hetao ledger events: transfer",
    fields={
        "kind": choice(TRADES),
        "from": text(),
        "to": text(),
        "volume_m3": volume(),
        "term_from": day(),
        "term_to": day(required=False),
        "platform_number": text(required=False),
        "document": text(),
        "water": choice(WATERS, required=False),
    },
    draft=_draft,
)

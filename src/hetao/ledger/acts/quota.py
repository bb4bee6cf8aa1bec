"""``quota``: a water-use quota of a product, national or local, from a day on."""

from __future__ import annotations

from hetao.ledger.act import Act
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, day, decimal, text
from hetao.ledger.outcome import Findings
from hetao.ledger.quotas import TIERS
from hetao.ledger.records import Quota
from hetao.ledger.state import State
from hetao.text import Text

NATIONAL = "national"


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    f = event.fields
    issuer = f.get("issuer")
    if issuer is not None and issuer != NATIONAL and issuer not in state.nodes:
        found.refuse(breach("node.unknown", {"field": "issuer", "named": issuer}, node=issuer))
    if not event.has("product", "tier", "m3_per_unit", "unit", "issuer", "from"):
        return None
    quota = Quota(
        f["product"],
        f.get("process", ""),
        f["tier"],
        str(f["m3_per_unit"]),
        f["unit"],
        f["issuer"],
        f["from"],
        f.get("document", ""),
    )
    return Draft(records={("quota", " ".join((*quota[:3], quota.issuer, quota.start))): quota})


MEMBER = Act(
    name="quota",
    event="quota",
    title=Text("发布用水定额", "A water-use quota is issued"),
    reference="hetao ledger events: quota",
    fields={
        "product": text(),
        "process": text(required=False),
        "tier": choice(TIERS),
        "m3_per_unit": decimal(),
        "unit": text(),
        "issuer": text(),
        "from": day(),
        "document": text(),
    },
    draft=_draft,
)

"""``read``: metered or estimated use; a correction is a new event that takes the place of the one it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hetao.ledger.act import Act, permit_named
from hetao.ledger.bookings import booked_by
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import choice, day, text, volume
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Correction, Meter, Permit
from hetao.ledger.rights import ANY
from hetao.ledger.state import Kept, State
from hetao.ledger.use import book_use, warn_over_caps
from hetao.ledger.words import METHODS
from hetao.ledger.years import add_span
from hetao.text import Text


def _correction(kept: Kept, named: str, meter: str) -> str:
    """Return under which name a correction is kept: a tick may have booked several meters, each corrected once."""
    return named if json.loads(kept.event)["event"] == "read" else f"{named} {meter}"


def _corrected(state: State, event: Event, found: Findings) -> tuple[str, list[Mapping[str, Any]]] | None:
    """Return what this reading corrects: another one, or what a tick booked of this meter; refuse anything else."""
    f, named = event.fields, event.fields["corrects"]
    kept = state.find_entry(named)
    if kept is not None and kept.ok:
        parts, name = booked_by(kept, f["permit"], f["meter"]), _correction(kept, named, f["meter"])
        if parts and not state.is_corrected(name):
            return name, parts
    found.refuse(breach("read.corrects", {"corrected": named}))
    return None


def _check_overlap(meter: Meter, event: Event, found: Findings) -> None:
    """Refuse a second reading of days already read; a reading may begin on the day on which another ended."""
    first, last = event.fields["from"], event.fields["to"]
    for begun, ended in meter.spans:
        if (first < ended and last > begun) or (begun <= first and last <= ended):
            facts = {"meter": meter.meter, "begun": begun, "ended": ended, "start": first, "end": last}
            found.refuse(breach("read.overlap", facts))
            return


def _draft(state: State, event: Event, found: Findings) -> Draft | None:
    permit = permit_named(state, event, ANY, found)  # use is booked whatever the permit's status
    f = event.fields
    if event.has("from", "to") and f["to"] < f["from"]:
        found.refuse(breach("term.backwards", {"start": f["from"], "end": f["to"]}))
        return None
    if permit is None or not event.has("meter", "from", "to", "volume_m3", "method", "key"):
        return None
    corrected = _corrected(state, event, found) if "corrects" in f else None
    if "corrects" in f and corrected is None:
        return None
    return _book(state, event, permit, corrected, found)


def _book(
    state: State, event: Event, permit: Permit, corrected: tuple[str, list[Mapping[str, Any]]] | None, found: Findings
) -> Draft:
    f = event.fields
    draft = Draft(right=permit)
    meter = state.meter(f["meter"]) or Meter(f["meter"], permit.permit)
    if corrected is None:
        _check_overlap(meter, event, found)
    else:
        name, parts = corrected
        for part in parts:
            book_use(state, draft, permit, part, -1)
        draft.records["correction", name] = Correction(name, f["key"])
    book_use(state, draft, permit, f, 1)
    warn_over_caps(state, draft, found)
    if f["to"] > f.get("at", f["to"])[:10]:
        found.warn(breach("read.ahead", {"end": f["to"], "at": f["at"]}, node=permit.node))
    working = f["method"] == "metered"
    draft.records["meter", meter.meter] = meter._replace(
        spans=add_span(meter.spans, f["from"], f["to"]),
        last=max(meter.last, f["to"]),
        repair="" if working else meter.repair,
        booked="" if working else meter.booked,
    )
    return draft


MEMBER = Act(
    name="read",
    event="read",
    title=Text("录入读数", "A reading is entered"),
    reference="hetao ledger events: read",
    fields={
        "permit": text(),
        "meter": text(),
        "from": day(),
        "to": day(),
        "volume_m3": volume(),
        "method": choice(METHODS),
        "corrects": text(required=False),
    },
    draft=_draft,
)

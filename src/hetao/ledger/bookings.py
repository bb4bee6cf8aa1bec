"""What a journal entry booked as used: a reading's own volume, or what a tick booked at capacity."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hetao.ledger.state import Kept

__all__ = ["booked_by"]


def booked_by(kept: Kept, permit: str, meter: str) -> list[Mapping[str, Any]]:
    """Return what an entry booked, each as the fields ``from``, ``to``, ``volume_m3`` and ``method`` of a reading.

    Args:
        kept: the entry.
        permit: whose use.
        meter: by which meter.

    Returns:
        The reading itself, or the parts that a tick booked by rule R53; empty where the entry booked nothing of both.
    """
    fields = json.loads(kept.event)
    if fields.get("event") == "read":
        return [fields] if (fields["permit"], fields["meter"]) == (permit, meter) else []
    return [
        {**part, "method": facts["method"]}
        for facts in (finding["facts"] for finding in json.loads(kept.outcome).get("raised", ()))
        if (facts.get("permit"), facts.get("meter")) == (permit, meter)
        for part in facts.get("parts", ())
    ]

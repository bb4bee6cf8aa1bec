"""What an act asks for: whether a right grows by it, and the needs that groundwater regimes leave out."""

from __future__ import annotations

from hetao.ledger.exempt import is_emergency
from hetao.ledger.records import Application, Permit
from hetao.ledger.rule import Case

__all__ = ["EXCEPTED", "asks_more", "grows", "is_excepted"]

EXCEPTED = ("monitoring", "exploration", "public_safety")  # purposes, besides emergencies


def is_excepted(right: Application | Permit) -> bool:
    """Tell whether a right is for an emergency, a public danger, or monitoring and tests."""
    return right.purpose in EXCEPTED or is_emergency(right.fields)


def grows(case: Case) -> bool:
    """Tell whether an act grants a right anew, or a greater volume to one that stands."""
    right, before = case.draft.right, case.draft.before
    if not isinstance(right, Permit) or before is None:
        return True
    return right.volume_m3 > before.volume_m3


def asks_more(case: Case) -> bool:
    """Tell whether an act grows a right, or puts one to ordinary use that was granted for a need that is excepted."""
    return grows(case) or (case.draft.before is not None and is_excepted(case.draft.before))

"""Water-use quotas: which one holds for a product on a day."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hetao.ledger.records import Quota
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["TIERS", "find_quota", "quota_m3"]

TIERS = {
    "leading": Text("领跑值", "leading value"),
    "advanced": Text("先进值", "advanced value"),
    "general": Text("通用值", "general value"),
}


def quota_m3(quota: Quota) -> Fraction:
    """Return the quota in m³ per unit of product, exactly."""
    return Fraction(quota.m3_per_unit)


def _in_force(state: State, product: str, process: str, tier: str, day: str) -> Iterator[Quota]:
    for quota in state.all(Quota, "quota"):
        if quota.product == product and quota.tier == tier and quota.start <= day and quota.process in ("", process):
            yield quota


def find_quota(state: State, node: str, product: str, process: str, tier: str, day: str) -> Quota | None:
    """Return the quota that holds at a node: of the nearest issuer above it, the national one last.

    Of one issuer the quota of the named process comes before one for every process, and the latest before an older.
    """
    issuers = (*reversed(state.path(node)), "national")
    held = list(_in_force(state, product, process, tier, day))
    for issuer in issuers:
        own = [quota for quota in held if quota.issuer == issuer]
        if own:
            return max(own, key=lambda quota: (quota.process == process, quota.start))
    return None

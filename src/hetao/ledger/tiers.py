"""Tiers of quotas: against which tier a project is tested, a matter of its kind, its place and the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hetao.ledger.quotas import find_quota
from hetao.ledger.records import Quota
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State

__all__ = ["tested_quota", "tier_for"]

GENERAL = "general"


def tier_for(state: State, node: str, project: str, day: str) -> str:
    """Return ``advanced`` for kinds of project that the setting ``advanced_tier_for`` lists, else ``general``."""
    setting = find_setting(state, "advanced_tier_for", day, node)
    return "advanced" if setting is not None and project in setting.value else GENERAL


def tested_quota(state: State, node: str, fields: Mapping[str, Any], day: str) -> tuple[str, Quota | None]:
    """Return the tier that holds for an application's project, and the quota that it is tested against.

    Args:
        state: the ledger.
        node: the place.
        fields: the application's fields, ``product`` among them.
        day: the day of the test.

    Returns:
        The tier, and the product's quota of it; where there is none, the general one; None where there is no quota.
    """
    tier = tier_for(state, node, fields.get("project", ""), day)
    product, process = fields["product"], fields.get("process", "")
    quota = find_quota(state, node, product, process, tier, day)
    if quota is None and tier != GENERAL:
        quota = find_quota(state, node, product, process, GENERAL, day)
    return tier, quota

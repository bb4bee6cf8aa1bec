"""What needs no permit, as an application says it: homes and scattered livestock, emergencies, monitoring wells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["HOUSEHOLD_M3", "is_by_hand", "is_emergency", "is_exempt", "is_household", "is_survey"]

HOUSEHOLD_M3 = 1000  # m³ a year, this much included
HOUSEHOLD = ("domestic", "livestock")
SURVEY = ("monitoring", "exploration")


def is_by_hand(fields: Mapping[str, Any]) -> bool:
    """Tell whether the water is drawn without machines."""
    return fields.get("non_mechanical") is True


def is_household(fields: Mapping[str, Any]) -> bool:
    """Tell whether it is the small need of homes or of scattered livestock."""
    return fields.get("purpose") in HOUSEHOLD and fields.get("volume_m3", HOUSEHOLD_M3 + 1) <= HOUSEHOLD_M3


def is_emergency(fields: Mapping[str, Any]) -> bool:
    """Tell whether water is drawn for the safety of a mine or of works underground."""
    return fields.get("emergency") is True


def is_survey(fields: Mapping[str, Any]) -> bool:
    """Tell whether a well is for monitoring or exploration."""
    return fields.get("purpose") in SURVEY


def is_exempt(fields: Mapping[str, Any]) -> bool:
    """Tell whether an application is of any kind that needs no permit."""
    return is_emergency(fields) or is_survey(fields) or is_by_hand(fields) or is_household(fields)

"""Irrigation: the purposes that rules on irrigators take together."""

from __future__ import annotations

__all__ = ["is_irrigation"]


def is_irrigation(purpose: str) -> bool:
    """Tell whether a purpose is farming, watered from works."""
    return purpose in ("agriculture", "irrigation")

"""The family of paths from a base to a target: one path per file; dropping a file in registers it."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.family import load_family
from hetao.track.paths._kind import TargetPath

__all__ = ["PATHS", "TargetPath"]

PATHS: Mapping[str, TargetPath] = load_family(__name__, TargetPath)
"""Every path by its name."""

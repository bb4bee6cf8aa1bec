"""What every test shares: the reference material, a fixed language, hypothesis settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hetao.text import use_language

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI", "").lower() == "true"

settings.register_profile(
    "default", deadline=None, max_examples=50, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference material: HETAO_SHARED, else ``shared`` beside the repository."""
    folder = Path(os.environ.get("HETAO_SHARED") or ROOT.parent / "shared").resolve()
    if not (folder / "data").is_dir():
        reason = f"the reference material is not in {folder}: set HETAO_SHARED to its folder"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Use English, so that texts are the same on every machine."""
    with use_language("en"):
        yield

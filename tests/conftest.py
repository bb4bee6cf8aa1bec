"""What every test shares: the reference material, a fixed language, hypothesis settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hetao.text import Text, use_language
from studies import EXAMPLE, Results, run_and_keep

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all tests of the example study to one worker, so that the study is run once."""
    for item in items:
        if "example" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("example"))


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return the results of the example study, run once."""
    return run_and_keep(EXAMPLE, tmp_path_factory.mktemp("example") / "out")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Use English, so that texts are the same on every machine."""
    with use_language("en"):
        yield


@pytest.fixture(scope="session")
def texts_of() -> Callable[[object], list[tuple[str, Text]]]:
    """Return a walk over every text inside a report, or any part of one, with the way to it."""

    def walk(value: object, way: str = "") -> Iterator[tuple[str, Text]]:
        if isinstance(value, Text):
            yield way, value
        elif is_dataclass(value):
            for part in fields(value):
                yield from walk(getattr(value, part.name), f"{way}.{part.name}")
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield from walk(item, f"{way}[{key}]")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for i, item in enumerate(value):
                yield from walk(item, f"{way}[{i}]")

    return lambda value: list(walk(value))

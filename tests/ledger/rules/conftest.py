"""A small world for the rules' boundary tests: one region, two leagues, banners, a groundwater unit, a basin, caps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hetao.ledger import Ledger, Outcome
from scenes import BELOW, Scene


class World(Scene):
    """The same register, but that A lies in the basin YB itself; rules judge applications of one year."""

    places = (
        ("YB", "basin", None, {}),
        ("NM", "region", None, {}),
        ("A", "league", "NM", {"basins": ["YB"]}),
        *BELOW,
    )

    def cap(self, node: str, volume_m3: int, water: str = "total", year: int = 2025, **fields: Any) -> Outcome:
        return super().cap(node, volume_m3, year, **{"water": water, **fields})

    def apply(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", **fields: Any) -> Outcome:
        return super().apply(application, volume_m3, node, **fields)

    def permit(self, permit: str = "P1", volume_m3: int = 1000, node: str = "A1", **fields: Any) -> Outcome:
        """Apply, approve, build and accept: a permit from 2025-04-01 for five years unless said otherwise."""
        term = {"from_": fields.pop("from_", "2025-04-01"), "to": fields.pop("to", "2030-03-31")}
        assert self.apply(f"AP-{permit}", volume_m3, node, **{**term, **fields}).ok
        approver = "YB" if fields.get("water") == "yellow_river" else "NM"
        self.must("approve", application=f"AP-{permit}", approver=approver)
        self.must("start_works", application=f"AP-{permit}")
        early = term["from_"] if term["from_"] < self.at[:10] else None
        return self.must("accept_works", application=f"AP-{permit}", permit=permit, effective=early, **term)

    def tick(self, day: str, clock: str = "09:00:00") -> Outcome:
        """Let time pass to a day."""
        self.at = f"{day}T{clock}+08:00"
        return self.must("tick")

    def setting(self, name: str, value: Any, start: str = "2020-01-01", **fields: Any) -> Outcome:
        return self.must("setting", name=name, value=value, from_=start, document="文", **fields)

    def zone(self, node: str, kind: str, **fields: Any) -> Outcome:
        return self.must("zone", node=node, kind=kind, document="文", **{"from_": "2020-01-01", **fields})


def refused(outcome: Outcome) -> list[str]:
    """Return the rules of the refusals, sorted."""
    return sorted(f.rule for f in outcome.refusals)


def warned(outcome: Outcome) -> list[str]:
    """Return the rules of the warnings, sorted."""
    return sorted(f.rule for f in outcome.warnings)


@pytest.fixture
def world() -> Iterator[World]:
    """Return a world in memory."""
    with Ledger.open("sqlite:///:memory:") as ledger:
        yield World(ledger).build()


@pytest.fixture
def refusals() -> Any:
    """Return the function that lists the rules of an outcome's refusals."""
    return refused


@pytest.fixture
def warnings_of() -> Any:
    """Return the function that lists the rules of an outcome's warnings."""
    return warned

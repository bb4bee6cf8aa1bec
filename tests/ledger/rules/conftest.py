"""A small world for the rules' boundary tests: one region, two leagues, banners, a groundwater unit, a basin, caps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hetao.ledger import Ledger, Outcome

YEAR = 2025
AT = "2025-03-03T09:00:00+08:00"
LINE = {"basis": "withdrawal", "ecology": "excluded"}


class World:
    """A ledger and short ways to hand events in; every field can be replaced, or left out by None."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.at = AT
        self._number = 0

    def post(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in one event; ``from_`` stands for the field ``from``."""
        self._number += 1
        common = {"event": event, "key": f"w{self._number}", "at": self.at, "by": "tester"}
        named = {"from" if name == "from_" else name: value for name, value in fields.items()}
        return self.ledger.apply({k: v for k, v in {**common, **named}.items() if v is not None})

    def must(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in one event that has to take effect."""
        outcome = self.post(event, **fields)
        assert outcome.ok, outcome
        return outcome

    def cap(self, node: str, volume_m3: int, water: str = "total", year: int = YEAR, **fields: Any) -> Outcome:
        own = {"node": node, "issuer": "NM", "water": water, "year": year, "volume_m3": volume_m3, "document": "文"}
        return self.must("cap", **{**LINE, **own, **fields})

    def apply(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", **fields: Any) -> Outcome:
        """Apply for water: complete, one year's term, unless said otherwise."""
        each, left = divmod(volume_m3, 12)
        own = {
            "application": application,
            "applicant": "某公司",
            "node": node,
            "water": "groundwater",
            "volume_m3": volume_m3,
            "monthly_m3": [each + (month < left) for month in range(12)],
            "from_": "2025-04-01",
            "to": "2025-12-31",
            "purpose": "industry",
            "project": "none",
            "saving_measures": "循环利用",
            "return_water": "无",
            "metering": "online",
            "demonstration": True,
        }
        return self.post("apply", **{**own, **fields})

    def permit(self, permit: str = "P1", volume_m3: int = 1000, node: str = "A1", **fields: Any) -> Outcome:
        """Apply, approve, build and accept: a permit from 2025-04-01 for five years unless said otherwise."""
        term = {"from_": fields.pop("from_", "2025-04-01"), "to": fields.pop("to", "2030-03-31")}
        assert self.apply(f"AP-{permit}", volume_m3, node, **{**term, **fields}).ok
        approver = "YB" if fields.get("water") == "yellow_river" else "NM"
        self.must("approve", application=f"AP-{permit}", approver=approver)
        self.must("start_works", application=f"AP-{permit}")
        early = term["from_"] if term["from_"] < self.at[:10] else None
        return self.must("accept_works", application=f"AP-{permit}", permit=permit, effective=early, **term)

    def read(self, permit: str, volume_m3: int, first: str, last: str, **fields: Any) -> Outcome:
        own = {"permit": permit, "meter": f"M-{permit}", "from_": first, "to": last, "volume_m3": volume_m3}
        return self.post("read", **{**own, "method": "metered", **fields})

    def tick(self, day: str, clock: str = "09:00:00") -> Outcome:
        """Let time pass to a day."""
        self.at = f"{day}T{clock}+08:00"
        return self.must("tick")

    def setting(self, name: str, value: Any, start: str = "2020-01-01", **fields: Any) -> Outcome:
        return self.must("setting", name=name, value=value, from_=start, document="文", **fields)

    def zone(self, node: str, kind: str, **fields: Any) -> Outcome:
        return self.must("zone", node=node, kind=kind, document="文", **{"from_": "2020-01-01", **fields})

    def account(self, node: str, water: str = "groundwater", year: int = YEAR, ecology: str = "excluded") -> Any:
        """Return one account on the withdrawal basis."""
        (found,) = self.ledger.accounts(node=node, water=water, basis="withdrawal", ecology=ecology, year=year)
        return found


def refused(outcome: Outcome) -> list[str]:
    """Return the rules of the refusals, sorted."""
    return sorted(f.rule for f in outcome.refusals)


def warned(outcome: Outcome) -> list[str]:
    """Return the rules of the warnings, sorted."""
    return sorted(f.rule for f in outcome.warnings)


@pytest.fixture
def world() -> Iterator[World]:
    """Return NM › A, B; A › A1, A2; B › B1; unit A1u of A1; basin YB with A in it; large caps at NM for every water."""
    with Ledger.open("sqlite:///:memory:") as ledger:
        made = World(ledger)
        made.at = "2020-01-01T00:00:00+08:00"
        made.must("node", node="YB", name="黄河流域", kind="basin")
        for node, kind, parent, more in (
            ("NM", "region", None, {}),
            ("A", "league", "NM", {"basins": ["YB"]}),
            ("B", "league", "NM", {}),
            ("A1", "banner", "A", {}),
            ("A2", "banner", "A", {}),
            ("B1", "banner", "B", {}),
            ("A1u", "unit", "A1", {"aquifer": "HQH"}),
        ):
            made.must("node", node=node, name=f"地{node}", kind=kind, parent=parent, **more)
        for water in ("total", "surface", "groundwater", "unconventional", "yellow_river"):
            made.cap("NM", 10**9, water, 2020)
        made.at = AT
        yield made


@pytest.fixture
def refusals() -> Any:
    """Return the function that lists the rules of an outcome's refusals."""
    return refused


@pytest.fixture
def warnings_of() -> Any:
    """Return the function that lists the rules of an outcome's warnings."""
    return warned

"""A small register with short ways to hand events in, for tests of the ledger and of its rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Self

from hetao.ledger import Account, Finding, Ledger, Outcome
from hetao.ledger.words import PROJECTS, PURPOSES

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}
NUMBERS = itertools.count(1)
BELOW: Sequence[tuple[str, str, str | None, dict[str, Any]]] = (
    ("B", "league", "NM", {}),
    ("A1", "banner", "A", {}),
    ("A2", "banner", "A", {}),
    ("B1", "banner", "B", {}),
    ("A1u", "unit", "A1", {"aquifer": "HQH"}),
)


def complete(volume_m3: int) -> dict[str, Any]:
    """Return what makes an application complete, besides who asks, for which water, where and until when."""
    each, left = divmod(volume_m3, 12)
    return {
        "volume_m3": volume_m3,
        "monthly_m3": [each + (month < left) for month in range(12)],
        "purpose": "industry",
        "project": "none",
        "saving_measures": "循环利用",
        "return_water": "无",
        "metering": "online",
        "demonstration": True,
    }


class Scene:
    """A ledger with a tree and caps, and short ways to hand events in; fields can be replaced, or left out by None.

    The region NM has leagues A and B, they have banners A1, A2 and B1, and A1 has the unit A1u; A lies in the basin
    YB1, a part of YB. Only NM has caps, so large that they bind nothing, from 2020 on and for every water.
    """

    places: Sequence[tuple[str, str, str | None, dict[str, Any]]] = (
        ("YB", "basin", None, {}),
        ("YB1", "basin", "YB", {}),
        ("NM", "region", None, {}),
        ("A", "league", "NM", {"basins": ["YB1"]}),
        *BELOW,
    )

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.at = "2025-03-03T09:00:00+08:00"

    def build(self) -> Self:
        """Declare the places and the caps."""
        self.day("2020-01-01")
        for node, kind, parent, more in self.places:
            self.must("node", node=node, name=f"地{node}", kind=kind, parent=parent, **more)
        for water in ("total", "surface", "groundwater", "unconventional", "yellow_river"):
            Scene.cap(self, "NM", 10**9, 2020, water=water)
        return self.day("2025-03-03")

    def event(self, event: str, /, **fields: Any) -> dict[str, Any]:
        """Return an event with a fresh key; ``from_`` stands for the field ``from``."""
        common = {"event": event, "key": f"s{next(NUMBERS)}", "at": self.at, "by": "tester"}
        named = {name.removesuffix("_"): value for name, value in fields.items()}
        return {name: value for name, value in {**common, **named}.items() if value is not None}

    def post(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in one event."""
        return self.ledger.apply(self.event(event, **fields))

    def must(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in one event that has to take effect."""
        outcome = self.post(event, **fields)
        assert outcome.ok, outcome
        return outcome

    def cap(self, node: str, volume_m3: int, year: int = 2025, /, **fields: Any) -> Outcome:
        own = {"node": node, "issuer": "NM", "year": year, "volume_m3": volume_m3, "document": "文"}
        return self.must("cap", **{**LINE, **own, **fields})

    def breakdown(self, node: str, children: dict[str, int], year: int = 2025, /, **fields: Any) -> Outcome:
        own = {"node": node, "children": children, "year": year, "document": "文"}
        return self.must("breakdown", **{**LINE, **own, **fields})

    def application(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Any:
        """Return a complete application, for the rest of the year unless said otherwise."""
        asked = {"application": application, "applicant": "某公司", "node": node, "water": "groundwater"}
        own = {**asked, **complete(volume_m3), "from_": "2025-04-01", "to": "2025-12-31"}
        return self.event("apply", **{**own, **fields})

    def apply(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Outcome:
        """Apply for water."""
        return self.ledger.apply(self.application(application, volume_m3, node, **fields))

    def approved(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Outcome:
        """Apply, and have it approved."""
        assert self.apply(application, volume_m3, node, **fields).decision == "admitted"
        return self.must("approve", application=application, approver="NM")

    def permit(self, permit: str = "P1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Outcome:
        """Apply, approve, build and accept: a permit from 2025-04-01 for five years unless said otherwise."""
        term = {"from_": fields.pop("from_", "2025-04-01"), "to": fields.pop("to", "2030-03-31")}
        self.approved(f"AP-{permit}", volume_m3, node, **{**term, **fields})
        self.must("start_works", application=f"AP-{permit}")
        return self.must("accept_works", application=f"AP-{permit}", permit=permit, **term)

    def read(self, permit: str, volume_m3: int, first: str, last: str, /, **fields: Any) -> Outcome:
        own = {"permit": permit, "meter": f"M-{permit}", "from_": first, "to": last, "volume_m3": volume_m3}
        return self.post("read", **{**own, "method": "metered", **fields})

    def day(self, day: str) -> Self:
        """Let later events take effect on a day."""
        self.at = f"{day}T09:00:00+08:00"
        return self

    def account(self, node: str, water: str = "groundwater", year: int = 2025, ecology: str = "excluded") -> Account:
        """Return one account on the withdrawal basis."""
        (found,) = self.ledger.accounts(node=node, water=water, basis="withdrawal", ecology=ecology, year=year)
        return found

    def drawn(self, node: str, water: str = "groundwater", year: int = 2025) -> tuple[int, ...]:
        """Return what is permitted, planned and used, of ordinary withdrawals and then of ecological supply."""
        return tuple(self.ledger.state().drawn((node, water, year)))


def by_rule(findings: Iterable[Finding], rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [f for f in findings if f.rule == rule]


def assert_worded(finding: Finding, *words: str) -> None:
    """Assert that both texts of a finding hold the words; a code stands there in the text's own language."""
    codes = {**PROJECTS, **PURPOSES}
    for text, language in ((finding.text.zh, "zh"), (finding.text.en, "en")):
        assert all((getattr(codes[word], language) if word in codes else word) in text for word in words), text

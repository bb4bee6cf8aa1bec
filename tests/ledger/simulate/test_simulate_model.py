"""The model, where the dice seldom fall: its answers are those that the ledger gives."""

from __future__ import annotations

import json

import pytest

from hetao.ledger import Ledger
from hetao.ledger.simulate.compare import compare
from hetao.ledger.simulate.model import Model
from hetao.ledger.simulate.rights import add_years, is_read, joined, parts_of
from hetao.ledger.simulate.run import agrees

LINE = {"water": "total", "basis": "withdrawal", "ecology": "excluded", "year": 2025, "document": "paper"}
TERM = {"from": "2025-02-01", "to": "2026-01-31"}


class Both:
    """A ledger and a model that are told the same, and must answer alike."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.model = Model()
        self.number = 0

    def tell(self, event: str, *, at: str = "2025-01-01", **fields: object) -> str:
        self.number += 1
        told = {"event": event, "key": f"k{self.number}", "at": f"{at}T00:00:00+08:00", "by": "office", **fields}
        answer, outcome = self.model.answer(told), self.ledger.apply(json.dumps(told))
        assert agrees(answer, outcome), (answer, outcome)
        return answer.decision

    def cap(self, volume_m3: int, **fields: object) -> str:
        return self.tell("cap", **{**LINE, "node": "NM", "issuer": "NM", "volume_m3": volume_m3, **fields})

    def apply(self, name: str, volume_m3: int) -> str:
        form = {"applicant": "holder", "node": "NM", "water": "surface", "purpose": "industry", "project": "none"}
        months = {"monthly_m3": [0] * 11 + [volume_m3], "volume_m3": volume_m3}
        ways = {"saving_measures": "drip", "return_water": "none", "metering": "online"}
        return self.tell("apply", application=name, **form, **months, **ways, **TERM)

    def issue(self, name: str, volume_m3: int) -> None:
        assert self.apply(name, volume_m3) == "admitted"
        assert self.tell("approve", application=name, approver="office") == "posted"
        assert self.tell("accept_works", application=name, permit=name, **TERM) == "posted"


@pytest.fixture
def both():
    with Ledger.open("sqlite:///:memory:") as ledger:
        pair = Both(ledger)
        assert pair.tell("node", node="NM", name="region", kind="region") == "posted"
        yield pair


def test_a_cap_that_binds_plans_alone_holds_their_sum(both):
    assert both.cap(100, binds=["planned"]) == "posted"
    for name in ("a", "b"):
        both.issue(name, 80)
    assert both.tell("plan", permit="a", year=2025, volume_m3=60, approver="office") == "posted"
    assert both.tell("plan", permit="b", year=2025, volume_m3=41, approver="office") == "refused"
    assert both.tell("plan", permit="b", year=2025, volume_m3=40, approver="office") == "posted"
    assert both.cap(99, binds=["planned"]) == "refused"


def test_an_approval_lapses_after_three_years_without_works(both):
    assert both.cap(100) == "posted"
    assert both.apply("a", 100) == "admitted"
    assert both.tell("approve", application="a", approver="office") == "posted"
    both.tell("tick", at="2025-06-01")
    assert both.model.applications["a"].status == "approved"
    both.tell("tick", at="2028-01-02")
    assert both.model.applications["a"].status == "lapsed"
    assert both.tell("accept_works", at="2028-01-02", application="a", permit="a", **TERM) == "refused"
    assert compare(both.ledger, both.model.book).differences == ()


def test_a_cap_of_an_unknown_place(both):
    assert both.cap(1, node="nowhere") == "refused"


def test_volumes_that_cannot_be_counted(both):
    assert both.cap(2**63 - 1, binds=["used"]) == "posted"
    both.issue("a", 2**62)
    assert both.cap(1, year=2027) == "posted"
    both.issue("b", 2**61)
    fields = {"permit": "a", "meter": "m", "from": "2025-02-01", "to": "2025-02-01", "method": "metered"}
    assert both.tell("read", volume_m3=2**62, **fields) == "refused"
    assert both.tell("read", volume_m3=2**61 - 1, **fields) == "posted"


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-29"), ("2096-02-29", 4, "2100-02-28")],
)
def test_years_later(day, years, expected):
    assert add_years(day, years) == expected


def test_periods_join_where_they_touch_or_follow():
    spans = joined(joined((), "2025-01-01", "2025-01-10"), "2025-02-01", "2025-02-10")
    assert len(spans) == 2
    assert joined(spans, "2025-01-11", "2025-01-31") == (("2025-01-01", "2025-02-10"),)
    assert is_read(spans, "2025-01-10", "2025-01-10")
    assert not is_read(spans, "2025-01-10", "2025-02-01")


def test_a_reading_falls_on_the_years_of_its_days():
    assert parts_of("yellow_river", "2025-06-30", "2025-07-02", 10) == {
        ("yellow_river", 2024): 3,
        ("yellow_river", 2025): 7,
        ("total", 2025): 10,
    }

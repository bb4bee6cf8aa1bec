"""The published example and the boundary tests of the rules."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from hetao.ledger import Ledger
from hetao.ledger.rule import rules


def codes(outcome):
    return [finding.rule for finding in outcome.refusals]


@pytest.fixture
def example(shared: Path) -> list[str]:
    text = (shared / "ledger" / "events.md").read_text(encoding="utf-8")
    block = re.search(r"## Example\n```\n(.*?)\n```", text, re.DOTALL)
    assert block is not None
    return block[1].splitlines()


def test_the_published_example_ends_with_the_published_refusal(example):
    with Ledger.open("sqlite:///:memory:") as ledger:
        lines = [json.loads(outcome.to_json()) for outcome in ledger.replay(example)]
    assert [(o["seq"], o["key"], o["ok"]) for o in lines[:6]] == [
        (i, k, True) for i, k in enumerate(["n1", "n2", "n3", "n4", "c1", "c2"], 1)
    ]
    last = lines[6]
    assert {k: last[k] for k in ("seq", "key", "ok", "decision")} == {
        "seq": 7,
        "key": "c3",
        "ok": False,
        "decision": "refused",
    }
    (refusal,) = last["refusals"]
    assert set(refusal) == {"rule", "clause", "node", "facts", "text_zh", "text_en"}
    assert refusal["rule"] == "R01"
    assert refusal["node"] == "WL"
    assert refusal["facts"] == {"cap_m3": 600000, "children_m3": 600001, "over_m3": 1}
    assert "乌兰察布市" in refusal["text_zh"]
    assert "600,001" in refusal["text_en"]
    assert lines[5]["effects"][0] == {
        "node": "WL",
        "water": "groundwater",
        "basis": "withdrawal",
        "ecology": "excluded",
        "year": 2024,
        "balance": "cap",
        "amount": 600000,
    }
    assert "refusals" not in lines[0]


def test_each_rule_is_one_of_the_published_rules(shared):
    with (shared / "ledger" / "rules.csv").open(encoding="utf-8", newline="") as file:
        published = {row["id"]: row for row in csv.DictReader(file)}
    for rule in rules().values():
        assert published[rule.id]["area"] != "track"
        assert all(text.zh and text.en for text in rule.texts.values())
        assert rule.territory in ("CN", "CN-15", "YR")
        assert rule.rank in ("law", "regulation", "rule", "notice")


@pytest.mark.parametrize(
    ("children", "reserve", "refused"),
    [
        ({"A": 60_000, "B": 40_001}, None, True),
        ({"A": 60_000, "B": 40_000}, None, False),
        ({"A": 60_000, "B": 30_000}, 10_000, False),
        ({"A": 60_000, "B": 30_000}, 10_001, True),
    ],
)
def test_r01_parent_100(ledger, make, children, reserve, refused):
    ledger.apply(make.cap("NM", 100_000))
    before = ledger.accounts()
    outcome = ledger.apply(make.breakdown("NM", children, reserve_m3=reserve))
    assert codes(outcome) == (["R01"] if refused else [])
    if refused:
        assert outcome.refusals[0].facts["over_m3"] == 1
        assert outcome.refusals[0].facts.get("reserve_m3") == reserve
        assert ledger.accounts() == before


def test_r02_total_headroom_50_groundwater_headroom_5(ledger, make):
    ledger.apply(make.cap("NM", 50, water="total"))
    ledger.apply(make.cap("NM", 5))
    outcome = ledger.apply(make.breakdown("NM", {"A": 6}))
    assert codes(outcome) == ["R01", "R02"]
    assert outcome.refusals[1].facts == {
        "water": "groundwater",
        "drawn_m3": 6,
        "source_cap_m3": 5,
        "total_cap_m3": 50,
        "over_m3": 1,
    }
    assert ledger.apply(make.breakdown("NM", {"A": 5})).ok


def test_r02_total_headroom_5_groundwater_headroom_50(ledger, make):
    ledger.apply(make.cap("NM", 100, water="total"))
    ledger.apply(make.cap("NM", 50))
    ledger.apply(make.breakdown("NM", {"A": 5}, water="total"))
    outcome = ledger.apply(make.breakdown("NM", {"A": 6}))
    assert codes(outcome) == ["R02"]
    assert outcome.refusals[0].node == "A"
    assert outcome.refusals[0].facts["over_m3"] == 1
    assert ledger.apply(make.breakdown("NM", {"A": 5})).ok


def test_r03_two_answers_on_two_bases(ledger, make):
    cap_m3, without_m3, with_m3 = 19_630_000_000, 18_273_000_000, 20_287_000_000
    ledger.apply(make.cap("NM", cap_m3, 2023, water="total"))
    without = ledger.apply(make.use("NM", without_m3, 2023, water="total"))
    assert without.ok
    assert not without.warnings
    assert (ledger.apply(make.use("NM", with_m3, 2023, water="total", ecology="included"))).ok
    ledger.apply(make.cap("NM", cap_m3, 2023, water="total", ecology="included"))
    (over,) = ledger.apply(make.use("NM", with_m3, 2023, water="total", ecology="included")).warnings
    assert over.facts == {"cap_m3": cap_m3, "use_m3": with_m3, "over_m3": 657_000_000}
    assert "ecological supply included" in over.text.en
    assert "含河湖生态补水" in over.text.zh


def test_r03_unlike_bases_are_named_and_never_compared(ledger, make):
    ledger.apply(make.cap("NM", 100))
    asked = {"basis": "consumption", "ecology": "included"}
    facts = {"stated": asked, "held": [{"basis": "withdrawal", "ecology": "excluded"}]}
    for what in ("cap", "headroom"):
        outcome = ledger.apply(make.check("NM", what, 100, **asked))
        assert codes(outcome) == ["R03"]
        assert outcome.refusals[0].facts == facts
        assert "consumption basis" in outcome.refusals[0].text.en
        assert "取水口径" in outcome.refusals[0].text.zh
    ledger.apply(make.use("NM", 7))
    assert codes(ledger.apply(make.check("NM", "reported", 7, **asked))) == ["R03"]
    assert codes(ledger.apply(make.breakdown("NM", {"A": 1}, **asked))) == ["R01", "R03"]
    (warning,) = ledger.apply(make.use("NM", 500, **asked)).warnings
    assert (warning.rule, warning.facts) == ("R03", {**facts, "use_m3": 500})
    assert ledger.accounts(year=2024, basis="consumption")[0].reported_m3 == 500


@pytest.mark.parametrize("kind", ["cap", "breakdown", "use", "check"])
@pytest.mark.parametrize("field", ["basis", "ecology"])
@pytest.mark.parametrize("value", [None, "net", 3])
def test_r03_every_volume_names_its_basis(ledger, make, kind, field, value):
    event = {
        "cap": make.cap("NM", 1),
        "breakdown": make.breakdown("NM", {"A": 1}),
        "use": make.use("NM", 1),
        "check": make.check("NM", "permitted", 0),
    }[kind]
    event = {k: v for k, v in {**event, field: value}.items() if v is not None}
    outcome = ledger.apply(event)
    assert codes(outcome) == ["R03"]
    assert outcome.refusals[0].facts == {"field": field, "found": None if value is None else json.dumps(value)}

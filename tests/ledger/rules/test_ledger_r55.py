"""R55: what a shortfall at the section takes from the next year, and when it stops new intakes."""

import pytest

from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Setting
from hetao.ledger.rule import Case, rules
from hetao.ledger.shortfall import deduction_m3, shortfalls
from hetao.ledger.state import State
from hetao.ledger.tree import Node


def by_r55(findings):
    return [f for f in findings if f.rule == "R55"]


def state_with(*settings):
    """Return a bare state: region NM with A in it, region XX, and settings of shortfalls."""
    state = State()
    state.declare(Node("NM", "内蒙古", "region", None, None, (), 1))
    state.declare(Node("A", "甲", "league", "NM", None, (), 2))
    for number, (value, node) in enumerate(settings):
        state.put("setting", f"s{number}", Setting("section_shortfall", value, "2020-01-01", node, "文"))
    return state


def test_a_shortfall_of_one_is_two_less_next_year(world):
    outcome = world.setting("section_shortfall", {"volume_m3": 1, "year": 2025})
    (found,) = by_r55(outcome.warnings)
    assert found.node == "NM"
    assert found.facts == {"year": 2025, "short_m3": 1, "next_year": 2026, "deducted_m3": 2, "serious": False}
    assert "扣除 2 m³" in found.text.zh
    assert "2 m³" in found.text.en
    assert "serious" not in found.text.en
    state = state_with(({"volume_m3": 1, "year": 2025}, ""))
    held = [(y, deduction_m3(state, "NM", "yellow_river", y)) for y in (2025, 2026, 2027)]
    assert held == [(2025, 0), (2026, 2), (2027, 0)]
    assert deduction_m3(state, "A", "yellow_river", 2026) == 0
    assert deduction_m3(state, "NM", "surface", 2026) == 0
    assert deduction_m3(state_with(), "NM", "yellow_river", 2026) == 0


def test_the_limit_of_the_next_year_is_less_by_it(world):
    world.cap("A", 1000, "yellow_river")
    world.setting("section_shortfall", {"volume_m3": 1, "year": 2025})
    assert [world.account("NM", "yellow_river", year).limit_m3 for year in (2025, 2026, 2027)] == [
        10**9,
        10**9 - 2,
        10**9,
    ]
    world.setting("section_shortfall", {"volume_m3": 10**8, "year": 2026})
    assert [world.account(node, "yellow_river", 2027).limit_m3 for node in ("NM", "A")] == [8 * 10**8, 800]


def test_the_last_word_on_a_place_and_year_holds():
    state = state_with(
        ({"volume_m3": 5, "year": 2025}, ""),
        ({"volume_m3": 3, "year": 2025, "node": "NM"}, "A"),
        ({"volume_m3": 4, "year": 2025}, "A"),
        ({"volume_m3": "many", "year": 2025}, ""),
        ("none", ""),
    )
    assert [(s.node, s.volume_m3) for s in shortfalls(state)] == [("NM", 3), ("A", 4)]
    assert deduction_m3(state, "NM", "yellow_river", 2026) == 6


@pytest.mark.parametrize("value", [{"volume_m3": -1, "year": 2025}, {"volume_m3": 1, "year": "2025"}])
def test_a_value_that_cannot_be_read_is_refused(world, value):
    outcome = world.post("setting", name="section_shortfall", value=value, from_="2025-01-01", document="文")
    assert outcome.decision == "refused"
    assert [f.facts for f in by_r55(outcome.refusals)] == [{"name": "section_shortfall"}]
    assert by_r55(outcome.refusals)[0].text.zh


@pytest.mark.parametrize("node", ["nowhere", 7])
def test_a_place_that_cannot_be_told_is_refused(world, node):
    value = {"volume_m3": 1, "year": 2025, "node": node}
    outcome = world.post("setting", name="section_shortfall", value=value, from_="2025-01-01", document="文")
    assert [f.facts for f in by_r55(outcome.refusals)] == [{"name": "section_shortfall"}]


def test_of_several_regions_one_must_be_named(world):
    world.must("node", node="SX", name="陕西", kind="region")
    value = {"volume_m3": 1, "year": 2025}
    bare = world.post("setting", name="section_shortfall", value=value, from_="2025-01-01", document="文")
    assert by_r55(bare.refusals)
    named = world.setting("section_shortfall", {**value, "node": "SX"})
    assert [f.node for f in by_r55(named.warnings)] == ["SX"]
    own = world.setting("section_shortfall", value, node="NM")
    assert [f.node for f in by_r55(own.warnings)] == ["NM"]


def test_other_settings_are_not_concerned(world):
    assert not by_r55(world.setting("plan_margin", "5%").warnings)


RIVER = {"water": "yellow_river", "project": "new"}


@pytest.mark.parametrize(
    ("value", "fields", "halted"),
    [
        ({"year": 2024, "serious": True}, RIVER, True),  # 3 March 2025 lies in 2024/25
        ({"year": 2024, "serious": True}, {**RIVER, "project": "expanded"}, True),
        ({"year": 2024, "serious": True}, {**RIVER, "project": "rebuilt"}, True),
        ({"year": 2024, "serious": True}, {**RIVER, "project": "continuing"}, False),
        ({"year": 2024, "serious": True}, {**RIVER, "water": "surface"}, False),
        ({"year": 2024, "serious": True, "node": "A"}, RIVER, True),
        ({"year": 2024, "serious": True, "node": "YB"}, RIVER, True),
        ({"year": 2024, "serious": True, "node": "B"}, RIVER, False),
        ({"year": 2024, "serious": False}, RIVER, False),
        ({"year": 2024}, RIVER, False),
        ({"year": 2025, "serious": True}, RIVER, False),
        ({"year": 2023, "serious": True}, RIVER, False),
    ],
)
def test_a_serious_one_stops_new_intakes_of_the_year(world, value, fields, halted):
    assert not by_r55(world.apply("BEFORE", **fields).refusals)
    warned = by_r55(world.setting("section_shortfall", {"volume_m3": 9, **value}).warnings)
    assert ("情节严重" in warned[0].text.zh) is (value.get("serious") is True)
    before = world.account("A1", fields["water"])
    outcome = world.apply("AFTER", **fields)
    found = by_r55(outcome.refusals)
    assert bool(found) is halted
    if halted:
        assert outcome.decision == "refused"
        assert found[0].facts == {"year": 2024, "short_m3": 9, "project": fields["project"]}
        assert "不再新增" in found[0].text.zh
        assert found[0].text.en
        assert world.account("A1", fields["water"]) == before


def test_a_setting_draft_that_lost_its_record_is_seen():
    draft = Draft(records={("setting", "k"): Setting("section_shortfall", {}, "2025-01-01", "", "文")})
    event = Event("", {}, {"event": "setting", "name": "section_shortfall", "at": "2025-03-03T00:00:00+08:00"})
    found = Findings()
    rules()["r55"].check(Case(event, (), state_with(), draft), found)
    assert [f.rule for f in found.refusals] == ["R55"]

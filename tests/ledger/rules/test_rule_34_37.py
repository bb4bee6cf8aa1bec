"""R34 to R37: unconventional water left unused, deep groundwater, geothermal use, mine drainage."""

import pytest


def by_rule(outcome, rule):
    return [f for f in (*outcome.refusals, *outcome.warnings) if f.rule == rule]


def is_refused_by(outcome, rule):
    return outcome.decision == "refused" and rule in [f.rule for f in outcome.refusals]


# R34


@pytest.mark.parametrize(
    ("available_m3", "used_m3", "refused"),
    [(100, 99, True), (100, None, True), (100, 100, False), (0, None, False), (None, None, False)],
)
def test_unconventional_water_must_be_used_first(world, available_m3, used_m3, refused):
    outcome = world.apply(unconventional_available_m3=available_m3, unconventional_used_m3=used_m3)
    assert is_refused_by(outcome, "R34") == refused
    assert world.account("NM").permitted_m3 == (0 if refused else 1000)
    for finding in by_rule(outcome, "R34"):
        used = used_m3 or 0
        assert finding.facts == {"available_m3": 100, "used_m3": used, "unused_m3": 100 - used}
        assert "unconventional_used_m3" in finding.text.zh
        assert "unconventional_used_m3" in finding.text.en


def test_who_asks_for_unconventional_water_is_not_told_to_use_it_first(world):
    assert by_rule(world.apply(water="unconventional", unconventional_available_m3=5000), "R34") == []


# R35


@pytest.mark.parametrize("purpose", ["irrigation", "agriculture"])
@pytest.mark.parametrize(("node", "clause"), [("A1", "YR 55"), ("B1", "GW 27")])
def test_no_deep_groundwater_for_irrigation(world, purpose, node, clause):
    outcome = world.apply(node=node, purpose=purpose, deep=True)
    assert is_refused_by(outcome, "R35")
    (finding,) = by_rule(outcome, "R35")
    assert finding.facts["clause"] == clause
    assert finding.facts.get("basins", []) == (["YB"] if node == "A1" else [])
    assert ("第五十五条" in finding.text.zh, "art. 55" in finding.text.en) == (node == "A1",) * 2
    assert world.account("NM").permitted_m3 == 0


def test_before_the_law_of_the_yellow_river_it_is_the_groundwater_clause(world):
    world.at = "2023-03-31T09:00:00+08:00"
    (finding,) = by_rule(world.apply(purpose="irrigation", deep=True), "R35")
    assert finding.facts["clause"] == "GW 27"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"purpose": "industry"}, True),
        ({"purpose": "industry", "emergency": True}, False),
        ({"purpose": "industry", "emergency": False}, True),
        ({"purpose": "domestic"}, False),
        ({"purpose": "domestic", "public_supply_available": False}, False),
        ({"purpose": "domestic", "public_supply_available": True}, True),
        ({"purpose": "monitoring"}, False),
        ({"purpose": "exploration"}, False),
        ({"purpose": "geothermal", "return_water": 5000}, True),
        ({"purpose": "industry", "deep": False}, False),
        ({"purpose": "irrigation", "water": "surface"}, False),
        ({"purpose": None}, False),
    ],
)
def test_water_that_is_hard_to_renew_is_only_for_need(world, fields, refused):
    outcome = world.apply(node="B1", volume_m3=5000, **{"deep": True, **fields})
    (*findings,) = by_rule(outcome, "R35")
    assert bool(findings) == refused
    for finding in findings:
        assert finding.facts["clause"] == "GW 27"
        assert "第二十七条" in finding.text.zh
        assert "art. 27" in finding.text.en


# R36


@pytest.mark.parametrize(
    ("return_water", "decision", "back_m3"), [(99, "refused", 99), (101, "refused", 101), (100, "admitted", None)]
)
def test_geothermal_water_goes_back_in_full(world, return_water, decision, back_m3):
    outcome = world.apply(volume_m3=100, purpose="geothermal", return_water=return_water)
    assert outcome.decision == decision
    findings = by_rule(outcome, "R36")
    assert [f.facts for f in findings] == ([{"in_m3": 100, "back_m3": back_m3, "gap_m3": 1}] if back_m3 else [])
    assert world.account("NM").permitted_m3 == (0 if back_m3 else 100)


@pytest.mark.parametrize("return_water", ["全部回灌", True, None])
def test_geothermal_reinjection_is_stated_as_a_volume(world, return_water):
    outcome = world.apply(purpose="geothermal", return_water=return_water)
    assert outcome.decision == "incomplete"
    (finding,) = by_rule(outcome, "R36")
    assert finding.facts == {"in_m3": 1000}
    assert "return_water" in finding.text.zh
    assert "return_water" in finding.text.en


def test_no_geothermal_use_in_a_groundwater_source_area(world):
    world.zone("A1", "source_area")
    outcome = world.apply(purpose="geothermal", return_water=1000)
    assert is_refused_by(outcome, "R36")
    (finding,) = by_rule(outcome, "R36")
    assert (finding.facts["zone"], finding.facts["volume_m3"]) == ("A1", 1000)
    assert by_rule(world.apply("AP2", node="A2", purpose="geothermal", return_water=1000), "R36") == []


def test_geothermal_use_of_other_water_is_not_touched(world):
    assert by_rule(world.apply(water="surface", purpose="geothermal"), "R36") == []


# R37


@pytest.mark.parametrize(("volume_m3", "decision"), [(5000, "exempt"), (5001, "admitted")])
def test_mine_drainage_above_the_regional_size_needs_a_permit(world, volume_m3, decision):
    world.setting("mine_drainage_m3", 5000)
    outcome = world.apply(volume_m3=volume_m3, purpose="mine_drainage")
    assert (outcome.ok, outcome.decision) == (True, decision)
    (finding,) = by_rule(outcome, "R37")
    assert finding.facts == {"volume_m3": volume_m3, "size_m3": 5000, "document": "文"}
    assert ("水位" in finding.text.zh, "level" in finding.text.en) == (decision == "admitted",) * 2
    assert world.account("NM").permitted_m3 == (0 if decision == "exempt" else volume_m3)


def test_without_a_regional_size_mine_drainage_is_taken_to_need_a_permit(world):
    outcome = world.apply(volume_m3=1, purpose="mine_drainage")
    assert outcome.decision == "admitted"
    (finding,) = by_rule(outcome, "R37")
    assert finding.facts == {"volume_m3": 1}
    assert "mine_drainage_m3" in finding.text.zh
    assert "mine_drainage_m3" in finding.text.en


def test_the_nearest_regional_size_holds(world):
    world.setting("mine_drainage_m3", 5000)
    world.setting("mine_drainage_m3", 10, node="A")
    assert world.apply(volume_m3=11, purpose="mine_drainage").decision == "admitted"
    assert world.apply("AP2", volume_m3=11, node="B1", purpose="mine_drainage").decision == "exempt"


def test_drainage_in_an_emergency_is_not_for_this_rule(world):
    assert by_rule(world.apply(purpose="mine_drainage", emergency=True), "R37") == []

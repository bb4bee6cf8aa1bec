"""R07: a groundwater unit above its own cap blocks, whatever its banner has left."""

from __future__ import annotations

import pytest

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}


def publish(world, node, volume_m3, year=2025):
    return world.must("use", node=node, **LINE, year=year, volume_m3=volume_m3, source="公报")


def caps(world):
    world.cap("A1", 20_000_000, "groundwater", 2020)
    world.cap("A1u", 3_000_000, "groundwater", 2020)


def said(outcome):
    """Return what the rule refuses; at a cap that is used up, other rules speak too."""
    return [f for f in outcome.refusals if f.rule == "R07"]


@pytest.fixture
def unit(world):
    """Return the world with a cap of 20 million m³ at the banner and of 3 million at its unit."""
    caps(world)
    return world


def test_a_unit_above_its_cap_blocks_though_its_banner_has_room(unit):
    publish(unit, "A1", 10_000_000)
    publish(unit, "A1u", 3_100_000)
    before = unit.account("A1u"), unit.account("A1")
    outcome = unit.apply(node="A1u")
    assert outcome.decision == "refused"
    (finding,) = said(outcome)
    assert finding.node == "A1u"
    assert finding.facts == {"year": 2025, "cap_m3": 3_000_000, "used_m3": 3_100_000, "debt_m3": 100_000}
    assert "旗县的余量不能抵补" in finding.text.zh
    assert "its banner has left may not cover it" in finding.text.en
    assert (unit.account("A1u"), unit.account("A1")) == before
    assert unit.apply("AP2", node="A1").ok  # the banner itself is within its cap


def test_a_unit_at_its_cap_does_not_block(unit):
    publish(unit, "A1u", 3_000_000)
    assert said(unit.apply(node="A1u")) == []


def test_overuse_of_an_earlier_year_blocks_until_it_is_made_up_for(unit):
    publish(unit, "A1u", 3_100_000, 2023)
    outcome = unit.apply(node="A1u")
    assert said(outcome)[0].facts == {"year": 2025, "cap_m3": 3_000_000, "used_m3": 0, "debt_m3": 100_000}
    publish(unit, "A1u", 2_900_001, 2024)
    assert said(unit.apply(node="A1u"))[0].facts["debt_m3"] == 1
    publish(unit, "A1u", 2_900_000, 2024)
    assert said(unit.apply(node="A1u")) == []


def test_a_unit_with_more_permitted_than_its_cap_blocks(unit):
    assert unit.apply(node="A1u").ok
    state = unit.ledger.state()
    state.fill(("A1u", "groundwater", 2025), [3_000_000, 0, 0, 0, 0, 0])
    assert unit.apply("AP2", 0, node="A1u").ok
    state.fill(("A1u", "groundwater", 2025), [3_000_001, 0, 0, 0, 0, 0])
    (finding,) = said(unit.apply("AP3", 0, node="A1u"))
    assert finding.facts == {"year": 2025, "cap_m3": 3_000_000, "permitted_m3": 3_000_001, "over_m3": 1}
    assert len(said(unit.post("approve", application="AP1", approver="NM"))) == 1


def test_every_further_grant_is_blocked_but_not_what_gives_back(unit):
    unit.permit("P1", 1000, "A1u", to="2028-12-31")
    for name, acts in (("AP2", ()), ("AP3", ("approve",))):
        assert unit.apply(name, node="A1u").ok
        for act in acts:
            unit.must(act, application=name, approver="NM")
    unit.must("start_works", application="AP3")
    publish(unit, "A1u", 3_000_001)
    term = {"from_": "2025-04-01", "to": "2025-12-31"}
    blocked = [
        unit.post("approve", application="AP2", approver="NM"),
        unit.post("accept_works", application="AP3", permit="P3", **term),
        unit.post("renew", permit="P1", to="2029-12-31"),
        unit.post("change", permit="P1", volume_m3=1001),
    ]
    assert [len(said(outcome)) for outcome in blocked] == [1] * 4
    assert unit.account("A1u").permitted_m3 == 3000
    giving = [("renew", {}), ("change", {"holder": "乙"}), ("change", {"volume_m3": 900})]
    assert [said(unit.post(act, permit="P1", **fields)) for act, fields in giving] == [[]] * 3


def test_other_waters_and_places_are_no_matter_of_the_unit(unit):
    publish(unit, "A1u", 3_100_000)
    assert unit.apply("AP2", node="A1u", water="surface").ok
    assert unit.apply("AP3", node="A2").ok


def test_before_the_regional_regulation_it_only_warns(unit, warnings_of):
    unit.at = "2021-12-31T00:00:00+08:00"
    event = {"effective": "2021-12-31", "from_": "2022-01-01", "to": "2022-12-31"}
    unit.must("use", node="A1u", **LINE, year=2021, volume_m3=3_100_000, source="公报", effective="2021-12-31")
    outcome = unit.apply(node="A1u", **event)
    assert said(outcome) == []
    assert "R07" in warnings_of(outcome)


def test_a_ledger_elsewhere_is_not_bound(unit):
    unit.setting("territory", ["CN-13"])
    publish(unit, "A1u", 3_100_000)
    assert said(unit.apply(node="A1u")) == []

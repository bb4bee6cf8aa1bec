"""R08: a unit below its control level takes no new groundwater, even within its volume."""

from __future__ import annotations

import pytest


def observe(world, level_m, control_m="1000.00", day="2025-03-01", **fields):
    return world.post("level", **{"node": "A1u", "date": day, "level_m": level_m, "control_m": control_m, **fields})


@pytest.mark.parametrize("level_m", ["999.99", 999.99])
def test_a_centimetre_below_control_is_refused(world, refusals, level_m):
    observed = observe(world, level_m)
    assert [f.rule for f in observed.warnings] == ["R08"]
    assert observed.warnings[0].facts["below_m"] == "0.01"
    outcome = world.apply(node="A1u")
    assert refusals(outcome) == ["R08"]
    (finding,) = outcome.refusals
    assert finding.facts == {"level_m": "999.99", "control_m": "1000.00", "below_m": "0.01", "date": "2025-03-01"}
    assert finding.node == "A1u"
    assert "低 0.01 m" in finding.text.zh
    assert "0.01 m below" in finding.text.en
    assert world.account("NM").permitted_m3 == 0


@pytest.mark.parametrize("level_m", ["1000", "1000.000", 1000, "1000.01"])
def test_a_level_at_or_above_control_passes(world, level_m):
    assert observe(world, level_m).warnings == ()
    assert world.apply(node="A1u").decision == "admitted"


def test_the_latest_observation_counts(world, refusals):
    observe(world, "999.99", day="2025-02-01")
    observe(world, "1000", day="2025-03-01")
    late = observe(world, "999", day="2025-01-01")
    assert [f.rule for f in late.warnings] == ["R08"]
    assert world.apply(node="A1u").ok
    observe(world, "999.99", day="2025-03-02")
    assert refusals(world.apply("AP2", node="A1u")) == ["R08"]


def test_approval_renewal_and_a_larger_volume_are_refused_but_not_less(world, refusals):
    world.permit("P1", 1000, "A1u", to="2028-12-31")
    assert world.apply("AP2", node="A1u").ok
    observe(world, "999.99")
    blocked = [
        world.post("approve", application="AP2", approver="NM"),
        world.post("renew", permit="P1", to="2029-12-31"),
        world.post("change", permit="P1", volume_m3=1001),
    ]
    assert ["R08" in refusals(outcome) for outcome in blocked] == [True] * 3
    assert "R08" not in refusals(world.post("change", permit="P1", volume_m3=999))


def test_it_binds_groundwater_of_the_unit_alone(world):
    observe(world, "999.99")
    assert world.apply("AP1", node="A1").ok
    assert world.apply("AP2", node="A1u", water="surface").ok


def test_a_level_of_no_unit_is_refused_by_the_contract(world, refusals):
    assert refusals(observe(world, "999.99", node="A1")) == ["level.not_a_unit"]


def test_before_the_regulations_it_only_warns(world, warnings_of):
    world.at = "2021-11-30T00:00:00+08:00"
    observe(world, "999.99", effective="2021-11-30")
    outcome = world.apply(node="A1u", effective="2021-11-30")
    assert outcome.ok
    assert warnings_of(outcome) == ["R08"]
    assert outcome.warnings[0].facts["in_force"] == "2021-12-01"

"""R16: small household use, and water drawn by hand, need no permit and are recorded in use."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("purpose", ["domestic", "livestock"])
def test_a_thousand_is_exempt_and_recorded_in_use(world, warnings_of, purpose):
    outcome = world.apply(volume_m3=1000, purpose=purpose)
    assert (outcome.decision, outcome.ok, warnings_of(outcome)) == ("exempt", True, ["R16"])
    (finding,) = outcome.warnings
    assert finding.facts == {"purpose": purpose, "volume_m3": 1000, "limit_m3": 1000}
    assert "不需要取水许可证" in finding.text.zh
    assert "need no permit" in finding.text.en
    account = world.account("NM")
    assert (account.permitted_m3, account.used_m3) == (0, 1000)


def test_a_thousand_and_one_is_not(world, warnings_of):
    outcome = world.apply(volume_m3=1001, purpose="domestic")
    assert (outcome.decision, warnings_of(outcome)) == ("admitted", [])
    account = world.account("NM")
    assert (account.permitted_m3, account.used_m3) == (1001, 0)


def test_other_purposes_are_not(world):
    assert world.apply(volume_m3=1, purpose="town").decision == "admitted"


def test_water_drawn_by_hand_is_exempt_whatever_its_volume(world):
    outcome = world.apply(volume_m3=5000, non_mechanical=True)
    assert outcome.decision == "exempt"
    assert outcome.warnings[0].facts == {"non_mechanical": True, "volume_m3": 5000}
    assert "非机电方式" in outcome.warnings[0].text.zh
    assert world.account("NM").used_m3 == 5000
    assert world.apply("AP2", non_mechanical=False).decision == "admitted"


def test_a_household_need_not_fill_in_the_form(world):
    outcome = world.apply(volume_m3=800, purpose="domestic", monthly_m3=None, metering=None)
    assert outcome.decision == "exempt"


def test_no_cap_stands_in_its_way(world):
    """Headroom 0: nothing may be granted, yet what needs no permit is recorded."""
    world.cap("A1", 0, "groundwater", 2025)
    assert world.apply("AP1", 1000, purpose="industry").decision == "refused"
    assert world.apply("AP2", 1000, purpose="domestic").decision == "exempt"


def test_elsewhere_and_before_1_march_2008_a_permit_is_needed(world):
    world.at = "2008-02-29T00:00:00+08:00"
    old = {"effective": "2008-02-29", "volume_m3": 1000, "purpose": "domestic"}
    assert world.apply("AP1", **old).decision == "admitted"
    world.at = "2008-03-01T00:00:00+08:00"
    assert world.apply("AP2", **old).decision == "exempt"
    world.at = "2025-03-03T09:00:00+08:00"
    world.setting("territory", ["CN-64"])
    assert world.apply("AP3", 1000, purpose="domestic").decision == "admitted"

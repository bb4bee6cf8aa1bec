"""R15: Yellow River water above its reach's limit is for the basin authority to decide."""

from __future__ import annotations

import pytest

RIVER = {"water": "yellow_river"}


def said(outcome):
    return [(f.rule, dict(f.facts)) for f in outcome.warnings if f.rule == "R15"]


def above(volume_m3, limit_m3):
    facts = {"authority": "basin authority", "opinion_days": 20, "volume_m3": volume_m3}
    return ("R15", facts | ({} if limit_m3 is None else {"limit_m3": limit_m3}))


@pytest.mark.parametrize(("volume_m3", "told"), [(1000, False), (1001, True)])
def test_the_limit_of_the_reach(world, volume_m3, told):
    world.setting("basin_reach_limit_m3", 1000)
    outcome = world.apply(volume_m3=volume_m3, **RIVER)
    assert outcome.decision == "admitted"
    assert said(outcome) == ([above(1001, 1000)] if told else [])
    assert world.account("NM", "yellow_river").permitted_m3 == volume_m3


def test_without_a_limit_everything_is_the_basins_and_this_is_said(world):
    outcome = world.apply(volume_m3=1, **RIVER)
    assert outcome.decision == "admitted"
    assert said(outcome) == [above(1, None)]
    assert "未给出河段限额" in outcome.warnings[0].text.zh
    assert "not given" in outcome.warnings[0].text.en


def test_limits_by_place(world):
    world.setting("basin_reach_limit_m3", {"A1": 100, "A": 200, "YB": 300})
    world.setting("basin_reach_limit_m3", {"YB": 300}, "2021-01-01", node="A2")
    assert said(world.apply("AP1", 150, **RIVER)) == [above(150, 100)]
    assert said(world.apply("AP2", 150, "A", **RIVER)) == []
    assert said(world.apply("AP3", 301, "A2", **RIVER)) == [above(301, 300)]
    assert said(world.apply("AP4", 1, "B1", **RIVER)) == [above(1, None)]  # nothing is said of this reach


def test_other_waters_are_not_the_basins(world):
    assert said(world.apply(volume_m3=10**6, water="surface")) == []


def test_only_the_basin_approves(world, refusals):
    world.setting("basin_reach_limit_m3", 1000)
    assert world.apply(volume_m3=1001, **RIVER).ok
    outcome = world.post("approve", application="AP1", approver="NM")
    assert refusals(outcome) == ["R15"]
    (finding,) = outcome.refusals
    assert finding.facts == {**above(1001, 1000)[1], "approver": "NM", "approver_kind": "region"}
    assert "region" in finding.text.zh
    assert "may not approve" in finding.text.en
    assert world.must("approve", application="AP1", approver="YB").warnings == ()


def test_the_region_approves_up_to_the_limit(world):
    world.setting("basin_reach_limit_m3", 1000)
    assert world.apply(volume_m3=1000, **RIVER).ok
    assert world.must("approve", application="AP1", approver="NM").warnings == ()


def test_an_approver_that_is_no_place_cannot_be_checked(world, warnings_of):
    assert world.apply(**RIVER).ok
    outcome = world.must("approve", application="AP1", approver="黄河水利委员会")
    assert warnings_of(outcome) == ["R15"]
    assert outcome.warnings[0].facts["approver"] == "黄河水利委员会"
    assert "无法核对" in outcome.warnings[0].text.zh
    assert "cannot be checked" in outcome.warnings[0].text.en


def test_what_needs_no_permit_needs_no_authority(world):
    outcome = world.apply(volume_m3=800, purpose="livestock", **RIVER)
    assert outcome.decision == "exempt"
    assert said(outcome) == []


def test_where_a_permit_is_needed_after_all_only_the_basin_approves(world, refusals):
    """Elsewhere small household use needs a permit."""
    world.setting("territory", ["YR"])
    assert world.apply(volume_m3=800, purpose="domestic", **RIVER).decision == "admitted"
    assert refusals(world.post("approve", application="AP1", approver="NM")) == ["R15"]


def raised(outcome):
    return [f for f in outcome.raised if f.rule == "R15"]


def test_the_region_has_20_working_days_for_its_opinion(world):
    """Filed on Monday 3 March 2025: the 20th working day is Monday 31 March."""
    assert world.apply(**RIVER).ok
    assert world.apply("AP2", water="surface").ok
    assert raised(world.tick("2025-03-03")) == []
    assert raised(world.tick("2025-03-31")) == []
    (finding,) = raised(world.tick("2025-04-01"))
    assert finding.facts == {
        **above(1000, None)[1],
        "application": "AP1",
        "status": "admitted",
        "filed": "2025-03-03",
        "working_days": 21,
        "calendar": "weekends only",
    }
    assert "20 个工作日" in finding.text.zh
    assert "20 for its opinion" in finding.text.en
    assert raised(world.tick("2025-05-01")) == []  # once


def test_the_calendar_counts(world):
    world.setting("working_days", {"holidays": ["2025-03-10"], "workdays": []})
    assert world.apply(**RIVER).ok
    world.must("refer", application="AP1", approver="NM")
    assert raised(world.tick("2025-04-01")) == []
    (finding,) = raised(world.tick("2025-04-02"))
    assert (finding.facts["status"], finding.facts["calendar"]) == ("referred", "given")


def test_a_decision_in_time_leaves_nothing_due(world):
    assert world.apply(**RIVER).ok
    world.must("approve", application="AP1", approver="YB")
    world.setting("basin_reach_limit_m3", 1000, "2025-03-01")
    assert world.apply("AP2", **RIVER).ok  # within the limit: not the basin's
    assert raised(world.tick("2025-06-01")) == []

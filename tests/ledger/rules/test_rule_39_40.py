"""R39 and R40: a decision in time, with the clock stopped by a dispute, and its reasons in writing."""

import pytest

from scenes import by_rule


def overdue(world, day):
    return by_rule(world.tick(day).raised, "R39")


def test_45_working_days_are_in_time_and_46_overdue_raised_once(world):
    world.apply()
    assert overdue(world, "2025-04-18") == []  # 46 days, not working days
    assert overdue(world, "2025-05-05") == []
    (finding,) = overdue(world, "2025-05-06")
    assert (finding.facts["application"], finding.facts["working_days"], finding.facts["limit"]) == ("AP1", 46, 45)
    assert (finding.facts["calendar"], finding.facts["stops"]) == ("weekends only", [])
    assert "无" in finding.text.zh
    assert "none" in finding.text.en
    assert overdue(world, "2025-05-07") == []


def test_what_is_decided_is_not_overdue(world):
    world.apply()
    world.must("approve", application="AP1", approver="NM")
    assert overdue(world, "2025-12-01") == []


def stop(world, first, last=None):
    world.at = f"{first}T09:00:00+08:00"
    world.must("suspend", application="AP1", document="听证")
    if last is not None:
        world.at = f"{last}T09:00:00+08:00"
        world.must("resume", application="AP1", document="听证结束")


def test_a_hearing_of_ten_working_days_moves_the_limit_to_55(world):
    world.apply()
    stop(world, "2025-03-10", "2025-03-24")
    assert overdue(world, "2025-05-19") == []
    (finding,) = overdue(world, "2025-05-20")
    assert finding.facts["working_days"] == 46
    assert finding.facts["stops"] == [["2025-03-10", "2025-03-24"]]
    assert "2025-03-10 至 2025-03-24" in finding.text.zh
    assert "2025-03-10 to 2025-03-24" in finding.text.en


def test_a_referred_application_is_decided_in_time_too(world):
    world.zone("A1", "critical")
    world.apply()
    (finding,) = overdue(world, "2025-05-06")
    assert finding.facts["status"] == "referred"


def test_the_calendar_given_counts(world):
    world.setting("working_days", {"holidays": ["2025-05-01", "2025-05-02", "2025-05-05"], "workdays": ["2025-04-27"]})
    world.apply()
    assert overdue(world, "2025-05-07") == []
    (finding,) = overdue(world, "2025-05-08")
    assert finding.facts["calendar"] == "given"


@pytest.mark.parametrize("event", ["approve", "refuse"])
@pytest.mark.parametrize(("day", "late"), [("2025-05-05", []), ("2025-05-06", [46])])
def test_a_late_decision_is_said_to_be_late(world, event, day, late):
    world.apply()
    world.at = f"{day}T09:00:00+08:00"
    outcome = world.must(event, application="AP1", approver="NM", note="《条例》第二十条")
    findings = by_rule(outcome.warnings, "R39")
    assert [f.facts["working_days"] for f in findings] == late
    assert all(f.text.zh and f.text.en for f in findings)


@pytest.mark.parametrize("event", ["approve", "refuse"])
def test_nothing_is_decided_while_a_dispute_lasts(world, event):
    world.apply()
    stop(world, "2025-03-10")
    outcome = world.post(event, application="AP1", approver="NM", note="《条例》第二十条")
    assert outcome.decision == "refused"
    (finding,) = by_rule(outcome.refusals, "R39")
    assert finding.facts == {"application": "AP1", "since": "2025-03-10"}
    assert "resume" in finding.text.zh
    assert "resume" in finding.text.en
    assert world.account("A1").permitted_m3 == 1000
    world.must("resume", application="AP1", document="文")
    world.must(event, application="AP1", approver="NM", note="《条例》第二十条")


def test_a_dispute_that_lasts_keeps_the_clock_still(world):
    world.apply()
    stop(world, "2025-03-10")
    assert overdue(world, "2026-03-10") == []


def test_the_clock_does_not_run_for_an_application_that_was_never_accepted(world):
    world.apply(metering=None)
    world.at = "2025-12-01T09:00:00+08:00"
    outcome = world.must("refuse", application="AP1", approver="NM", note="《条例》第十三条")
    assert by_rule(outcome.warnings, "R39") == []


@pytest.mark.parametrize(("note", "silent"), [("《条例》第二十条第二项：总量已满", True), (None, False)])
def test_a_refusal_gives_its_reasons(world, note, silent):
    world.apply()
    outcome = world.must("refuse", application="AP1", approver="NM", note=note)
    findings = by_rule(outcome.warnings, "R40")
    assert [f.facts for f in findings] == ([] if silent else [{"application": "AP1", "volume_m3": 1000}])
    assert all("note" in f.text.zh and "note" in f.text.en for f in findings)
    assert world.account("NM").permitted_m3 == 0


def test_a_blank_reason_is_no_reason(world):
    world.apply()
    outcome = world.post("refuse", application="AP1", approver="NM", note=" ")
    assert not outcome.ok
    assert by_rule(outcome.warnings, "R40")

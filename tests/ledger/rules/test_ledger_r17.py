"""R17: an emergency draw needs no permit, and is reported within five working days after its end."""

from __future__ import annotations

END = {"from_": "2025-03-03", "to": "2025-03-07"}  # a Friday


def emergency(world, **fields):
    return world.apply(**{"purpose": "mine_drainage", "emergency": True, **END, **fields})


def raised(outcome):
    return [f for f in outcome.raised if f.rule == "R17"]


def test_it_is_exempt_and_the_report_is_announced(world, warnings_of):
    outcome = emergency(world)
    assert (outcome.decision, warnings_of(outcome)) == ("exempt", ["R17"])
    (finding,) = outcome.warnings
    assert finding.facts == {"volume_m3": 1000, "end": "2025-03-07", "limit": 5}
    assert "备案" in finding.text.zh
    assert "report it" in finding.text.en
    account = world.account("NM")
    assert (account.permitted_m3, account.used_m3) == (0, 0)
    assert emergency(world, application="AP2", emergency=False).decision == "admitted"


def test_the_report_is_due_after_five_working_days(world):
    """Ended on Friday 7 March 2025: the fifth working day is Friday 14 March."""
    emergency(world)
    assert raised(world.tick("2025-03-07")) == []
    assert raised(world.tick("2025-03-14")) == []
    assert raised(world.tick("2025-03-16")) == []  # a weekend does not count
    (finding,) = raised(world.tick("2025-03-17"))
    assert finding.facts == {
        "application": "AP1",
        "volume_m3": 1000,
        "end": "2025-03-07",
        "working_days": 6,
        "limit": 5,
        "calendar": "weekends only",
    }
    assert finding.node == "A1"
    assert "请核对是否已备案" in finding.text.zh
    assert "check that it was handed in" in finding.text.en
    assert raised(world.tick("2025-06-01")) == []  # once


def test_a_household_in_an_emergency_is_reported_too(world):
    assert emergency(world, purpose="domestic", volume_m3=500).decision == "exempt"
    assert world.account("NM").used_m3 == 500
    assert [f.facts["application"] for f in raised(world.tick("2025-03-20"))] == ["AP1"]


def test_other_exemptions_are_not_reported(world):
    assert world.apply(volume_m3=500, purpose="domestic", **END).decision == "exempt"
    assert raised(world.tick("2025-06-01")) == []


def test_before_the_groundwater_regulations_no_time_was_set(world):
    emergency(world, from_="2021-11-01", to="2021-11-30")
    assert raised(world.tick("2025-06-01")) == []

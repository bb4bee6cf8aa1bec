"""R45: permits that stood idle for two full years are listed."""

from hetao.ledger.rule import Tick
from hetao.ledger.rules.r45 import MEMBER


def idle(findings):
    return [f for f in findings if f.rule == "R45"]


def test_730_days_are_flagged_and_729_are_not(world):
    world.permit()
    assert idle(world.tick("2027-03-31").raised) == []  # 729 days after 2025-04-01
    (flagged,) = idle(world.tick("2027-04-01").raised)
    assert flagged.facts == {
        "permit": "P1",
        "holder": "某公司",
        "since": "2025-04-01",
        "idle_days": 730,
        "limit_days": 730,
        "volume_m3": 1000,
    }
    assert flagged.node == "A1"
    assert "闲置水指标" in flagged.text.zh
    assert "only flags it" in flagged.text.en
    assert world.ledger.state().permit("P1").status == "valid"
    assert world.account("A1", year=2027).permitted_m3 == 1000


def test_the_same_standstill_is_flagged_once_and_the_next_one_again(world):
    world.permit()
    assert len(idle(world.tick("2027-06-01").raised)) == 1
    assert idle(world.tick("2027-07-01").raised) == []
    world.read("P1", 5, "2027-06-01", "2027-06-30")
    assert idle(world.tick("2029-06-28").raised) == []
    assert [f.facts["since"] for f in idle(world.tick("2029-06-29").raised)] == ["2027-06-30"]


def test_a_reading_of_nothing_is_no_withdrawal(world):
    world.permit()
    world.at = "2026-06-01T09:00:00+08:00"
    world.read("P1", 0, "2025-04-01", "2026-05-31")
    assert len(idle(world.tick("2027-04-01").raised)) == 1


def test_water_read_before_the_permit_began_does_not_age_it(world):
    world.permit()
    world.read("P1", 5, "2025-01-01", "2025-01-31")
    assert idle(world.tick("2027-03-31").raised) == []
    assert [f.facts["since"] for f in idle(world.tick("2027-04-01").raised)] == ["2025-04-01"]


def test_what_may_not_be_used_is_not_idle(world):
    world.permit("P1")
    world.permit("P2", to="2027-03-31")
    world.must("suspend", permit="P1")
    assert idle(world.tick("2027-04-01").raised) == []


def test_an_excuse_holds_up_to_its_last_day(world):
    world.permit()
    state = world.ledger.state()
    state.put("permit", "P1", state.permit("P1")._replace(excused="2027-08-31"))
    for day, flagged in (("2027-08-31", 0), ("2027-09-01", 1)):
        tick = Tick(state, day)
        MEMBER.due(tick)
        assert len(tick.raised) == flagged

"""R44: renewal 45 days before the end, decided before it, and no use after it."""

import pytest

from rule_facts import facts_of

END = "2030-03-31"  # of the permit P1; 45 days before is 2030-02-14, 90 days before 2029-12-31


def status(world, permit="P1"):
    return world.ledger.state().permit(permit).status


def raised_on(world, day):
    return [(f.facts["permit"], f.text.en.split(";")[0]) for f in world.tick(day).raised if f.rule == "R44"]


@pytest.mark.parametrize(("day", "ok"), [("2030-02-14", True), ("2030-02-15", False)])
def test_44_days_before_the_end_is_late(world, day, ok):
    world.permit()
    world.at = f"{day}T09:00:00+08:00"
    before = world.ledger.accounts()
    outcome = world.post("renew", permit="P1")
    late = {
        "permit": "P1",
        "end": END,
        "asked": day,
        "ask_by": "2030-02-14",
        "days_before": 44,
        "limit_days": 45,
    }
    assert facts_of("R44", outcome.refusals) == ([] if ok else [late])
    assert outcome.ok is ok
    assert world.ledger.accounts() == before


def test_what_was_asked_for_in_time_is_decided_up_to_the_last_day(world):
    world.permit()
    world.at = "2030-02-14T09:00:00+08:00"
    world.must("renew", permit="P1")
    world.at = f"{END}T23:00:00+08:00"
    world.must("renew", permit="P1", to="2035-03-31")
    assert world.ledger.state().permit("P1").end == "2035-03-31"
    assert world.account("NM", year=2035).permitted_m3 == 1000


def test_a_decision_after_the_end_comes_too_late(world):
    world.permit()
    world.at = "2030-02-14T09:00:00+08:00"
    world.must("renew", permit="P1")
    world.at = "2030-04-01T09:00:00+08:00"
    outcome = world.post("renew", permit="P1", to="2035-03-31")
    assert facts_of("R44", outcome.refusals) == [{"permit": "P1", "end": END, "decided": "2030-04-01"}]
    assert world.account("NM", year=2035).permitted_m3 == 0


def test_asked_for_and_decided_after_the_end_is_twice_too_late(world):
    world.permit()
    world.at = "2030-04-01T09:00:00+08:00"
    asked, decided = facts_of("R44", world.post("renew", permit="P1", to="2035-03-31").refusals)
    assert asked["days_before"] == -1
    assert decided["decided"] == "2030-04-01"


@pytest.mark.parametrize(("end", "ok"), [("2040-03-31", True), ("2040-04-01", False)])
def test_a_renewal_runs_ten_years_at_most(world, end, ok):
    world.permit()
    world.at = "2030-01-02T09:00:00+08:00"
    outcome = world.post("renew", permit="P1", to=end)
    facts = {"permit": "P1", "end": END, "to": end, "latest": "2040-03-31", "most_years": 10}
    assert facts_of("R44", outcome.refusals) == ([] if ok else [facts])
    assert outcome.ok is ok


def test_each_reminder_comes_once(world):
    world.permit()
    assert raised_on(world, "2029-12-30") == []
    assert raised_on(world, "2029-12-31") == [("P1", f"Permit P1 ends on {END}")]
    assert raised_on(world, "2030-01-31") == []
    assert raised_on(world, "2030-02-14") == []
    (unasked,) = (f for f in world.tick("2030-02-15").raised if f.rule == "R44")
    assert unasked.facts == {"permit": "P1", "end": END, "ask_by": "2030-02-14", "limit_days": 45}
    assert "passed without a request" in unasked.text.en
    assert raised_on(world, "2030-02-16") == []
    assert raised_on(world, END) == []
    assert status(world) == "valid"
    assert facts_of("R44", world.tick("2030-04-01").raised) == [
        {"permit": "P1", "end": END, "asked": "", "volume_m3": 1000}
    ]
    assert status(world) == "expired"
    assert raised_on(world, "2030-04-02") == []


def test_what_is_asked_for_is_not_reminded_of_and_expires_undecided(world):
    world.permit()
    world.at = "2029-12-01T09:00:00+08:00"
    world.must("renew", permit="P1")
    assert raised_on(world, "2030-03-01") == []
    (undecided,) = (f for f in world.tick("2030-05-01").raised if f.rule == "R44")
    assert undecided.facts["asked"] == "2029-12-01"
    assert "was not decided" in undecided.text.en
    assert status(world) == "expired"


def test_expiry_leaves_the_year_that_began_as_it_was_drawn(world):
    world.permit()
    world.tick("2030-04-01")
    assert world.account("A1", year=2030).permitted_m3 == 1000
    assert world.account("NM", year=2031).permitted_m3 == 0


def test_a_suspended_permit_expires_and_an_ended_one_does_not(world):
    world.permit("P1")
    world.permit("P2")
    world.must("suspend", permit="P1")
    world.must("cancel", permit="P2")
    world.tick("2030-04-01")
    assert (status(world, "P1"), status(world, "P2")) == ("expired", "cancelled")


def test_use_after_the_end_is_booked_with_a_warning(world):
    world.permit()
    world.at = "2030-04-20T09:00:00+08:00"
    assert facts_of("R44", world.read("P1", 10, "2030-03-01", END).warnings) == []
    outcome = world.read("P1", 20, END, "2030-04-01")
    assert outcome.ok
    assert facts_of("R44", outcome.warnings) == [
        {"permit": "P1", "end": END, "from": END, "to": "2030-04-01", "volume_m3": 20}
    ]
    assert world.account("A1", year=2030).used_m3 == 30

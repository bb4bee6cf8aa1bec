"""R43: a permit is issued after acceptance, for ten years at most."""

import pytest

from rule_facts import facts_of


def accept(world, start, end, *, works=True, application="AP1", **fields):
    assert world.apply(application, to="2034-12-31").ok
    world.must("approve", application=application, approver="NM")
    if works:
        world.must("start_works", application=application)
    return world.post("accept_works", application=application, permit=f"P-{application}", from_=start, to=end, **fields)


@pytest.mark.parametrize(("end", "refused"), [("2034-01-01", False), ("2034-01-02", True)])
def test_ten_years_pass_and_a_day_more_does_not(world, end, refused):
    world.at = "2023-12-01T09:00:00+08:00"
    outcome = accept(world, "2024-01-01", end)
    facts = {
        "permit": "P-AP1",
        "from": "2024-01-01",
        "to": end,
        "usual_years": 5,
        "most_years": 10,
        "latest": "2034-01-01",
    }
    assert facts_of("R43", outcome.refusals) == ([facts] if refused else [])
    assert outcome.ok is not refused


def test_a_refused_permit_changes_nothing(world):
    assert world.apply(to="2034-12-31").ok
    world.must("approve", application="AP1", approver="NM")
    before = world.ledger.accounts()
    outcome = world.post("accept_works", application="AP1", permit="P1", from_="2025-04-01", to="2035-04-02")
    assert outcome.decision == "refused"
    assert world.ledger.accounts() == before
    assert world.ledger.state().permit("P1") is None


@pytest.mark.parametrize(("end", "warned"), [("2030-04-01", 0), ("2030-04-02", 1)])
def test_more_than_five_years_is_unusual(world, end, warned):
    outcome = accept(world, "2025-04-01", end)
    assert outcome.ok
    assert len(facts_of("R43", outcome.warnings)) == warned


def test_a_leap_day_counts_as_the_28th(world):
    world.at = "2028-02-01T09:00:00+08:00"
    outcome = accept(world, "2028-02-29", "2038-02-28")
    assert outcome.ok
    assert (
        facts_of("R43", accept(world, "2028-02-29", "2038-03-01", application="AP2").refusals)[0]["latest"]
        == "2038-02-28"
    )


def test_a_permit_that_begins_before_acceptance_is_remarked(world):
    assert accept(world, "2025-03-03", "2030-03-02").ok
    outcome = accept(world, "2025-03-02", "2030-03-02", application="AP2")
    assert facts_of("R43", outcome.warnings) == [
        {"permit": "P-AP2", "from": "2025-03-02", "to": "2030-03-02", "accepted": "2025-03-03"}
    ]


def test_an_acceptance_entered_late_counts_from_the_day_it_took_effect(world):
    assert accept(world, "2025-01-01", "2029-12-31", effective="2025-01-01").ok
    late = accept(world, "2025-01-01", "2029-12-31", application="AP2", effective="2025-01-02")
    assert [f["accepted"] for f in facts_of("R43", late.warnings)] == ["2025-01-02"]


def test_works_that_never_began_are_remarked(world):
    outcome = accept(world, "2025-04-01", "2030-03-31", works=False)
    assert outcome.ok
    assert facts_of("R43", outcome.warnings) == [{"application": "AP1", "accepted": "2025-03-03"}]

"""R48: who may change a plan."""

from rule_facts import facts_of


def plan(world, volume_m3, approver="NM", **fields):
    return world.post("plan", **{"permit": "P1", "year": 2026, "volume_m3": volume_m3, "approver": approver, **fields})


def test_the_first_plan_is_no_change(world):
    world.permit()
    outcome = plan(world, 500)
    assert outcome.ok
    assert facts_of("R48", outcome.warnings) == []


def test_the_authority_that_issued_a_plan_changes_it_and_the_old_one_is_kept(world):
    world.permit()
    plan(world, 500)
    world.at = "2026-05-01T09:00:00+08:00"
    outcome = plan(world, 600, note="扩大生产")
    assert outcome.ok
    assert facts_of("R48", outcome.warnings) == [
        {"permit": "P1", "year": 2026, "old_m3": 500, "new_m3": 600, "approver": "NM"}
    ]
    assert world.account("A1", year=2026).planned_m3 == 600


def test_nobody_else_changes_it(world):
    world.permit()
    plan(world, 500)
    for day in ("2025-12-31", "2026-01-01"):
        world.at = f"{day}T09:00:00+08:00"
        before = world.ledger.accounts()
        outcome = plan(world, 400, "A")
        assert facts_of("R48", outcome.refusals) == [
            {"permit": "P1", "year": 2026, "old_m3": 500, "new_m3": 400, "approver": "A", "original": "NM"}
        ]
        assert world.ledger.accounts() == before


def test_nobody_takes_a_plan_over_by_issuing_it_again_unchanged(world):
    world.permit()
    plan(world, 500)
    assert plan(world, 500, "A").decision == "refused"
    assert facts_of("R48", plan(world, 500).warnings) == []
    assert world.ledger.state().permit_year("P1", 2026).approver == "NM"


def test_another_year_is_another_plan(world):
    world.permit()
    plan(world, 500)
    assert plan(world, 400, "A", year=2027).ok

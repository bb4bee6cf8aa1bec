"""R46: plans within their permits, within the caps of the year, and with a margin."""

import pytest

from rule_facts import facts_of


def plan(world, volume_m3, permit="P1", year=2025, **fields):
    return world.post("plan", **{"permit": permit, "year": year, "volume_m3": volume_m3, "approver": "NM", **fields})


def check_refused(world, act):
    """Hand in what has to be refused, and return what R46 said; nothing may have changed."""
    before = world.ledger.accounts()
    outcome = act()
    assert outcome.decision == "refused"
    assert world.ledger.accounts() == before
    return facts_of("R46", outcome.refusals)


def test_a_plan_reaches_its_permit_and_no_further(world):
    world.permit()
    assert check_refused(world, lambda: plan(world, 1001)) == [
        {"permit": "P1", "year": 2025, "plan_m3": 1001, "permit_m3": 1000, "over_m3": 1}
    ]
    outcome = plan(world, 1000)
    assert outcome.ok
    assert facts_of("R46", outcome.warnings) == []
    assert world.account("A1").planned_m3 == 1000


def test_a_plan_keeps_to_what_an_order_leaves_of_its_permit(world):
    world.cap("A1", 10_000, "groundwater")
    world.permit()
    world.must(
        "order", node="A1", water="groundwater", factor="0.5", from_="2026-01-01", to="2026-12-31", document="文"
    )
    refused = check_refused(world, lambda: plan(world, 501, year=2026))
    assert refused == [
        {"permit": "P1", "year": 2026, "plan_m3": 501, "permit_m3": 1000, "cut_to_m3": 500, "over_m3": 1}
    ]
    assert plan(world, 500, year=2026).ok
    assert plan(world, 1000, year=2027).ok


def test_the_plans_of_a_place_reach_its_cap_and_no_further(world):
    world.cap("A", 1500, "groundwater", binds=["planned"])
    world.permit("P1", node="A1")
    world.permit("P2", node="A2")
    assert plan(world, 1000, "P1").ok
    over = check_refused(world, lambda: plan(world, 501, "P2"))
    assert over == [
        {
            "water": "groundwater",
            "year": 2025,
            "limit_m3": 1500,
            "planned_m3": 1000,
            "room_m3": 500,
            "added_m3": 501,
            "over_m3": 1,
        }
    ]
    outcome = plan(world, 500, "P2")
    assert outcome.ok
    (full,) = facts_of("R46", outcome.warnings)  # the limit is used up, and no margin is set
    assert full["left_m3"] == 0
    assert world.account("A").planned_m3 == 1500


@pytest.mark.parametrize("node", ["YB", "A"])
def test_basins_and_total_water_hold_plans_down_too(world, node):
    world.permit()
    world.cap(node, 300, "total", binds=["planned"])
    (over,) = check_refused(world, lambda: plan(world, 301))
    assert (over["water"], over["limit_m3"]) == ("total", 300)
    assert plan(world, 300).ok


def test_a_plan_issued_anew_counts_by_its_change(world):
    world.cap("A1", 1000, "groundwater")
    world.permit()
    assert plan(world, 400).ok
    assert plan(world, 999).ok
    assert plan(world, 200).ok
    assert world.account("A1").planned_m3 == 200


def test_ecological_plans_count_where_ecological_supply_is_included(world):
    world.cap("A1", 1200, "surface", ecology="included", binds=["planned"])
    world.cap("A1", 100, "surface", binds=["planned"])
    world.permit(water="surface", purpose="ecology")
    assert plan(world, 1000).ok
    assert world.account("A1", "surface", ecology="included").planned_m3 == 1000
    assert world.account("A1", "surface").planned_m3 == 0


def test_the_plans_cannot_use_up_what_an_order_takes_from_the_cap(world):
    world.cap("A1", 1000, "groundwater", binds=["planned"])
    world.permit("P1", 800)
    world.permit("P2", 800)
    world.must(
        "order", node="A1", water="groundwater", volume_m3=500, from_="2026-01-01", to="2026-12-31", document="文"
    )
    assert plan(world, 400, "P1", 2026).ok
    (over,) = check_refused(world, lambda: plan(world, 101, "P2", 2026))
    assert (over["limit_m3"], over["room_m3"]) == (500, 100)


def test_a_margin_that_is_set_is_left(world):
    world.setting("plan_margin", "10%")
    world.cap("A1", 1000, "groundwater")
    world.permit()
    assert facts_of("R46", plan(world, 900).warnings) == []
    assert facts_of("R46", plan(world, 901).warnings) == [
        {
            "water": "groundwater",
            "year": 2025,
            "limit_m3": 1000,
            "planned_m3": 900,
            "room_m3": 100,
            "added_m3": 1,
            "left_m3": 99,
            "margin": "1/10",
            "margin_m3": 100,
        }
    ]


def test_a_margin_of_nothing_lets_the_cap_be_used_up(world):
    world.setting("plan_margin", 0, node="A1")
    world.cap("A1", 1000, "groundwater")
    world.permit()
    assert facts_of("R46", plan(world, 1000).warnings) == []


def test_a_cap_never_falls_below_what_is_planned(world):
    world.permit()
    plan(world, 600)
    low = {"issuer": "NM", "water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "document": "文"}
    low |= {"node": "A", "year": 2025, "binds": ["planned"]}
    assert check_refused(world, lambda: world.post("cap", volume_m3=599, **low)) == [
        {"cap_m3": 599, "moved_m3": 0, "planned_m3": 600, "gap_m3": 1, "year": 2025, "water": "groundwater"}
    ]
    assert world.post("cap", volume_m3=600, **low).ok


def test_neither_a_breakdown_nor_a_trade_presses_plans(world):
    world.permit()
    plan(world, 600)
    shares = {"node": "A", "year": 2025, "water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}
    world.cap("A", 5000, "groundwater")
    world.cap("B", 5000, "groundwater")
    (pressed,) = check_refused(
        world, lambda: world.post("breakdown", children={"A1": 599}, binds=["planned"], document="文", **shares)
    )
    assert pressed["gap_m3"] == 1
    world.must("breakdown", children={"A1": 600}, binds=["planned"], document="文", **shares)
    trade = {"kind": "regional", "from_": "A1", "to": "B", "water": "groundwater", "document": "文"}
    trade |= {"term_from": "2025-06-01", "term_to": "2025-12-31", "volume_m3": 1}
    world.cap("B", 5000, "total")
    assert 1 in [p["gap_m3"] for p in facts_of("R46", world.post("transfer", **trade).refusals)]


def test_a_cap_on_other_things_is_no_concern_of_plans(world):
    world.permit()
    plan(world, 600)
    world.cap("A", 1000, "groundwater", binds=["permitted"])
    world.cap("A", 10, "groundwater", basis="consumption")


def left_above(outcome):
    assert outcome.ok, outcome
    return [(f["permit"], f["year"], f["plan_m3"], f["permit_m3"]) for f in facts_of("R46", outcome.warnings)]


def test_plans_left_above_a_cut_permit_are_named(world):
    world.permit()
    plan(world, 800)
    plan(world, 300, year=2026)
    assert left_above(world.post("change", permit="P1", volume_m3=800)) == []
    assert left_above(world.post("change", permit="P1", volume_m3=400)) == [("P1", 2025, 800, 400)]
    cut = {"P1": 200}
    outcome = world.cap("A1", 5000, "groundwater", cutback=cut)
    assert left_above(outcome) == [("P1", 2025, 800, 200), ("P1", 2026, 300, 200)]


def test_years_that_have_passed_are_left_alone(world):
    world.permit()
    plan(world, 800)
    world.at = "2026-01-05T09:00:00+08:00"
    assert left_above(world.post("change", permit="P1", volume_m3=100)) == []


def test_a_plan_left_above_what_was_sold_is_named(world):
    world.permit("P1")
    world.permit("P2")
    plan(world, 800, "P1")
    world.must("certify_saving", permit="P1", volume_m3=500, document="文", approver="NM")
    trade = {"kind": "withdrawal_right", "from_": "P1", "to": "P2", "volume_m3": 500, "term_from": "2025-06-01"}
    assert left_above(world.post("transfer", document="文", platform_number="T1", **trade)) == [("P1", 2025, 800, 500)]


def test_a_plan_that_outlives_its_permit_is_named(world):
    world.permit()
    plan(world, 800)
    outcome = world.post("cancel", permit="P1")
    for permit, year, plan_m3, permit_m3 in left_above(outcome):  # nothing where the plan ends with the permit
        assert (permit, year, plan_m3, permit_m3) == ("P1", 2025, 800, 0)

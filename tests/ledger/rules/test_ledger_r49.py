"""R49: orders that limit the withdrawal of the year."""

import pytest

from rule_facts import facts_of

FINE = {"fine_min_yuan": 20000, "fine_max_yuan": 100000}


def order(world, node="A1", **fields):
    own = {"node": node, "water": "groundwater", "from_": "2026-01-01", "to": "2026-12-31", "document": "文"}
    return world.must("order", **{**own, **({} if "volume_m3" in fields else {"factor": "0.5"}), **fields})


def plan(world, volume_m3, permit="P1", year=2026):
    world.must("plan", permit=permit, year=year, volume_m3=volume_m3, approver="NM")


@pytest.mark.parametrize(("start", "noticed"), [("2025-03-02", 0), ("2025-03-03", 0), ("2025-03-04", 1)])
def test_an_order_is_announced_before_it_runs(world, start, noticed):
    world.cap("A1", 5000, "groundwater")
    outcome = order(world, from_=start)
    late = {"from": start, "issued": "2025-03-03"}
    assert facts_of("R49", outcome.warnings) == ([] if noticed else [late])


def test_an_order_where_there_is_no_cap_cuts_nothing(world):
    outcome = order(world)
    assert facts_of("R49", outcome.warnings) == [{"water": "groundwater", "from": "2026-01-01", "to": "2026-12-31"}]
    assert "groundwater" in outcome.warnings[0].text.en
    assert "地下水" in outcome.warnings[0].text.zh


def test_the_plans_that_an_order_leaves_too_high_are_listed(world):
    world.cap("A1", 8000, "groundwater")
    for permit, volume_m3 in (("P1", 1000), ("P2", 1000), ("P3", 1001)):
        world.permit(permit, volume_m3)
        plan(world, 500 if permit == "P2" else volume_m3, permit)
    world.permit("P4")  # without a plan
    world.permit("P5")
    plan(world, 900, "P5")
    world.must("cancel", permit="P5")
    world.permit("P6", node="A2")
    plan(world, 900, "P6")
    world.permit("P7", water="surface")
    plan(world, 900, "P7")
    (listed,) = facts_of("R49", order(world).warnings)
    assert listed == {
        "year": 2026,
        "plans": {"P1": {"plan_m3": 1000, "cut_to_m3": 500}, "P3": {"plan_m3": 1001, "cut_to_m3": 500}},
        **FINE,
    }


def test_the_deepest_cut_on_the_way_counts_and_each_year_by_itself(world):
    world.cap("A", 5000, "groundwater")
    world.cap("A1", 4000, "groundwater")
    world.cap("A1", 6000, "total")
    world.permit()
    for year in (2026, 2027):
        plan(world, 700, year=year)
    half_a_year = facts_of("R49", order(world, "A", to="2026-12-31", factor="0.6").warnings)
    assert [(f["year"], f["plans"]) for f in half_a_year] == [(2026, {"P1": {"plan_m3": 700, "cut_to_m3": 600}})]
    total = order(world, "A1", water="total", volume_m3=3000, to="2027-12-31")
    assert [(f["year"], f["plans"]) for f in facts_of("R49", total.warnings)] == [
        (2026, {"P1": {"plan_m3": 700, "cut_to_m3": 500}}),
        (2027, {"P1": {"plan_m3": 700, "cut_to_m3": 500}}),
    ]


def test_ecological_supply_is_cut_where_it_is_counted(world):
    world.cap("A1", 2000, "surface", ecology="included")
    world.permit(water="surface", purpose="ecology")
    plan(world, 700)
    (listed,) = facts_of("R49", order(world, water="surface").warnings)
    assert listed["plans"] == {"P1": {"plan_m3": 700, "cut_to_m3": 500}}


@pytest.mark.parametrize(("planned", "allowed"), [(None, 500), (600, 500), (300, 300)])
def test_use_beyond_what_an_order_leaves_is_booked_with_a_warning(world, planned, allowed):
    world.cap("A1", 5000, "groundwater")
    world.permit()
    if planned is not None:
        plan(world, planned)
    order(world)
    world.at = "2026-11-01T09:00:00+08:00"
    assert facts_of("R49", world.read("P1", allowed, "2026-01-01", "2026-05-31").warnings) == []
    outcome = world.read("P1", 1, "2026-06-01", "2026-06-30")
    assert outcome.ok
    assert facts_of("R49", outcome.warnings) == [
        {
            "permit": "P1",
            "year": 2026,
            "permit_m3": 1000,
            "cut_to_m3": allowed,
            "used_m3": allowed + 1,
            "over_m3": 1,
            **FINE,
        }
    ]
    assert world.account("A1", year=2026).used_m3 == allowed + 1
    assert facts_of("R49", world.read("P1", 0, "2026-07-01", "2026-07-31").warnings) == []


def test_use_in_years_without_an_order_is_no_concern(world):
    world.cap("A1", 5000, "groundwater")
    world.permit()
    order(world)
    world.at = "2027-11-01T09:00:00+08:00"
    assert facts_of("R49", world.read("P1", 900, "2027-01-01", "2027-05-31").warnings) == []

"""R47: the yearly return, by 31 December."""

import pytest

from rule_facts import facts_of

FINE = {"fine_min_yuan": 5000, "fine_max_yuan": 20000}


def file(world, day, year=2025, used_m3=0, permit="P1"):
    world.at = f"{day}T09:00:00+08:00"
    return world.post("return", permit=permit, year=year, used_m3=used_m3, next_year_m3=900)


def overdue(world, day):
    return [(f["permit"], f["year"]) for f in facts_of("R47", world.tick(day).raised)]


def test_what_is_not_returned_by_31_december_is_overdue_once(world):
    world.permit()
    assert overdue(world, "2025-12-31") == []
    assert facts_of("R47", world.tick("2026-01-01").raised) == [
        {"permit": "P1", "holder": "某公司", "year": 2025, "due": "2025-12-31", **FINE}
    ]
    assert overdue(world, "2026-06-01") == []
    assert overdue(world, "2027-01-01") == [("P1", 2026)]


def test_a_return_on_the_last_day_is_in_time(world):
    world.permit()
    outcome = file(world, "2025-12-31")
    assert outcome.ok
    assert facts_of("R47", outcome.warnings) == []
    assert overdue(world, "2026-01-01") == []


def test_a_return_a_day_later_is_late_and_recorded(world):
    world.permit()
    outcome = file(world, "2026-01-01")
    assert outcome.ok
    assert facts_of("R47", outcome.warnings) == [
        {"permit": "P1", "year": 2025, "filed": "2026-01-01", "due": "2025-12-31", "days_late": 1, **FINE}
    ]
    assert overdue(world, "2026-01-02") == []


def test_no_return_can_be_made_for_a_year_that_has_not_begun(world):
    world.permit()
    outcome = file(world, "2025-12-31", 2026)
    assert facts_of("R47", outcome.refusals) == [{"permit": "P1", "year": 2026, "filed": "2025-12-31"}]
    assert list(world.ledger.state().identifiers("filing")) == []


@pytest.mark.parametrize(("declared", "apart"), [(300, 0), (299, 1), (301, 1)])
def test_a_return_that_is_not_what_the_readings_add_up_to_is_remarked(world, declared, apart):
    world.permit()
    world.at = "2025-12-20T09:00:00+08:00"
    assert world.read("P1", 300, "2025-04-01", "2025-12-15").ok
    differs = {"permit": "P1", "year": 2025, "declared_m3": declared, "booked_m3": 300, "difference_m3": apart}
    assert facts_of("R47", file(world, "2025-12-31", used_m3=declared).warnings) == ([differs] if apart else [])


@pytest.mark.parametrize(("declared", "over"), [(0, 0), (300, 0), (301, 1)])
def test_yellow_river_use_is_booked_from_july_and_bounds_the_calendar_year(world, declared, over):
    world.setting("basin_reach_limit_m3", 10**9)
    world.permit(water="yellow_river")
    world.at = "2025-12-20T09:00:00+08:00"
    assert world.read("P1", 100, "2025-04-01", "2025-06-30").ok
    assert world.read("P1", 200, "2025-07-01", "2025-12-15").ok
    exceeds = {"permit": "P1", "year": 2025, "declared_m3": declared, "booked_m3": 300, "difference_m3": over}
    exceeds |= {"first_year": 2024, "last_year": 2025}
    assert facts_of("R47", file(world, "2025-12-31", used_m3=declared).warnings) == ([exceeds] if over else [])


def test_every_year_of_the_term_is_asked_for_and_no_other(world):
    world.permit("P1", to="2026-03-31")
    world.permit("P2", from_="2025-12-31", to="2026-12-31")  # 31 December is its first day
    assert overdue(world, "2029-01-01") == [("P1", 2025), ("P1", 2026), ("P2", 2026)]


def test_an_expired_permit_is_asked_for_and_a_cancelled_one_is_not(world):
    world.permit("P1", to="2025-06-30")
    world.permit("P2")
    world.must("cancel", permit="P2")
    world.tick("2025-07-01")
    assert world.ledger.state().permit("P1").status == "expired"
    assert overdue(world, "2026-01-01") == [("P1", 2025)]


def test_years_before_the_regulation_are_not_asked_for(world):
    world.permit()
    state = world.ledger.state()
    state.put("permit", "P1", state.permit("P1")._replace(start="2004-01-01", end="2007-12-31", status="expired"))
    assert [f.facts["year"] for f in world.ledger.due("2026-01-01") if f.rule == "R47"] == [2006, 2007]

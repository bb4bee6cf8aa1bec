"""R04: the Yellow River year runs from July to June; every other water runs the calendar year."""

from __future__ import annotations

import copy

import pytest

from hetao.ledger.act import acts
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, rules

RULE = rules()["r04"]
RIVER = {"water": "yellow_river"}


def permit(world, permit="P1", water="yellow_river", **fields):
    """Issue a permit whose volume is within the limit of its reach."""
    world.setting("basin_reach_limit_m3", 10**9)
    world.permit(permit, 1200, water=water, **{"from_": "2023-07-01", "to": "2028-06-30", **fields})


def said(outcome):
    return [f for f in outcome.warnings if f.rule == "R04"]


def tampered(world, event, change, **fields):
    """Return what the rule says to an event whose draft was changed."""
    raw = {"event": event, "key": "k", "at": world.at, "by": "t", **fields}
    state, found, reading = world.ledger.state(), Findings(), Event("", raw, raw)
    draft = copy.deepcopy(acts()[event].draft(state, reading, found))
    change(draft)
    RULE.check(Case(reading, (), state, draft), found)
    return [(f.rule, dict(f.facts)) for f in found.refusals]


def shift(water, by=1):
    """Return a change that books a water one year later."""

    def change(draft):
        moved = {(n, w, y + by * (w == water)): amounts for (n, w, y), amounts in draft.draws.items()}
        draft.draws.clear()
        draft.draws.update(moved)

    return change


def nothing(draft):
    """Change nothing."""


def test_a_reading_of_30_june_falls_in_the_year_that_ends_and_of_1_july_in_the_next(world):
    permit(world)
    assert not said(world.read("P1", 70, "2024-06-30", "2024-06-30"))
    assert world.account("A1", "yellow_river", 2023).used_m3 == 70
    assert world.account("A1", "total", 2024).used_m3 == 70
    assert not said(world.read("P1", 80, "2024-07-01", "2024-07-01"))
    assert world.account("A1", "yellow_river", 2023).used_m3 == 70
    assert world.account("A1", "yellow_river", 2024).used_m3 == 80
    assert world.account("A1", "total", 2024).used_m3 == 150


def test_every_other_water_runs_the_calendar_year(world):
    permit(world, water="surface")
    assert not said(world.read("P1", 70, "2024-06-30", "2024-07-01"))
    assert world.account("A1", "surface", 2024).used_m3 == 70


def test_a_reading_over_the_end_of_the_river_year_is_split_and_told(world):
    permit(world)
    outcome = world.read("P1", 300, "2024-06-30", "2024-07-02")
    (warning,) = said(outcome)
    assert outcome.ok
    assert warning.facts["parts"] == [
        {"water": "yellow_river", "year": 2023, "volume_m3": 100},
        {"water": "yellow_river", "year": 2024, "volume_m3": 200},
    ]
    assert (warning.facts["start"], warning.facts["end"], warning.node) == ("2024-06-30", "2024-07-02", "A1")
    assert "100 m³" in warning.text.zh
    assert "Yellow River water 2024: 200 m³" in warning.text.en


def test_a_reading_over_new_year_is_split_on_total_alone_for_the_river_and_on_both_for_others(world):
    permit(world)
    permit(world, "P2", water="surface")
    river, surface = (world.read(p, 200, "2023-12-31", "2024-01-01") for p in ("P1", "P2"))
    assert [(p["water"], p["year"], p["volume_m3"]) for p in said(river)[0].facts["parts"]] == [
        ("total", 2023, 100),
        ("total", 2024, 100),
    ]
    assert [p["water"] for p in said(surface)[0].facts["parts"]] == ["surface", "surface", "total", "total"]


def test_a_permit_for_total_water_is_split_once(world):
    permit(world, water="total")
    (warning,) = said(world.read("P1", 200, "2023-12-31", "2024-01-01"))
    assert [p["water"] for p in warning.facts["parts"]] == ["total", "total"]


def test_the_life_of_a_river_permit_draws_in_the_years_of_its_days(world):
    permit(world)
    years = [a.year for a in world.ledger.accounts(node="A1", water="yellow_river") if a.permitted_m3]
    assert years == [2023, 2024, 2025, 2026, 2027] * 2  # with and without ecological supply
    world.must("plan", permit="P1", year=2025, volume_m3=1000, approver="NM")
    assert world.must("plan", permit="P1", year=2025, volume_m3=1000, approver="NM").effects == ()
    assert world.account("A1", "yellow_river", 2025).planned_m3 == 1000
    world.must("renew", permit="P1")
    world.must("renew", permit="P1", to="2030-12-31")
    assert [world.account("A1", "yellow_river", y).permitted_m3 for y in (2028, 2029, 2030)] == [1200] * 3
    assert world.account("A1", "total", 2030).permitted_m3 == 1200


def test_an_acceptance_with_another_term_moves_what_was_reserved(world):
    world.setting("basin_reach_limit_m3", 10**9)
    term = {"from_": "2025-04-01", "to": "2026-03-31"}
    assert world.apply("AP", 1200, **RIVER, **term).ok
    world.must("approve", application="AP", approver="NM")
    world.must("start_works", application="AP")
    world.must("accept_works", application="AP", permit="P1", from_="2026-07-01", to="2027-06-30")
    drawn = {a.year: a.permitted_m3 for a in world.ledger.accounts(node="A1", water="yellow_river")}
    assert drawn == {2026: 1200}


def test_nothing_asked_for_draws_in_no_year(world):
    assert world.apply("AP", 0, **RIVER).ok


def test_a_correction_is_booked_by_its_own_days(world):
    permit(world)
    reading = "first"
    whole = {"from_": "2024-06-30", "to": "2024-07-02", "volume_m3": 100, "method": "metered"}
    world.must("read", key=reading, permit="P1", meter="M", **whole)
    again = {"permit": "P1", "meter": "M", "from_": "2024-06-30", "to": "2024-06-30", "volume_m3": 90}
    assert world.must("read", **again, method="metered", corrects=reading).ok
    assert world.account("A1", "yellow_river", 2023).used_m3 == 90
    assert world.account("A1", "yellow_river", 2024).used_m3 == 0


READING = {
    "permit": "P1",
    "meter": "M-P1",
    "from": "2024-06-30",
    "to": "2024-07-02",
    "volume_m3": 300,
    "method": "metered",
}


@pytest.mark.parametrize("water", ["yellow_river", "total"])
def test_a_reading_booked_in_another_year_is_refused(world, water):
    permit(world)
    assert tampered(world, "read", nothing, **READING) == []
    ((rule, facts),) = tampered(world, "read", shift(water), **READING)
    assert (rule, facts["water"]) == ("R04", water)
    assert {"year", "booked_m3", "share_m3"} < set(facts)


def test_a_reading_not_booked_at_all_is_refused(world):
    permit(world)
    ((_, facts), _) = tampered(world, "read", lambda draft: draft.draws.clear(), **READING)
    assert facts == {"water": "yellow_river", "year": 2023, "booked_m3": 0, "share_m3": "100"}


@pytest.mark.parametrize("water", ["yellow_river", "total"])
def test_acts_that_draw_in_another_year_are_refused(world, water):
    permit(world)
    plan = {"permit": "P1", "year": 2025, "volume_m3": 1000, "approver": "NM"}
    renew = {"permit": "P1", "to": "2030-06-30"}
    for event, fields in (("plan", plan), ("renew", renew)):
        assert tampered(world, event, nothing, **fields) == []
        ((rule, facts),) = tampered(world, event, shift(water), **fields)
        assert (rule, facts["water"]) == ("R04", water)
        assert facts["drawn"] == [year + 1 for year in facts["expected"]]


def test_an_approval_draws_nothing_that_was_reserved(world):
    world.setting("basin_reach_limit_m3", 10**9)
    assert world.apply("AP", 1200, **RIVER).ok
    approve = {"application": "AP", "approver": "NM"}
    assert tampered(world, "approve", nothing, **approve) == []

    def draw(draft):
        draft.draws["A1", "yellow_river", 2025] = [5, 0, 0, 0, 0, 0]

    ((_, facts),) = tampered(world, "approve", draw, **approve)
    assert facts == {"water": "yellow_river", "drawn": [2025], "expected": []}

"""R53: days that no working meter counts are booked at daily maximum capacity, and the fine is of place and source."""

import pytest

from hetao.ledger.metering import capacity_m3, meter_fine
from hetao.ledger.records import Permit
from hetao.ledger.state import State
from hetao.ledger.tree import Node

CAPACITY = 3650  # 10 m³ a day in a year of 365 days


def by_r53(findings):
    return [f for f in findings if f.rule == "R53"]


def booked(outcome):
    """Return the facts of what a tick booked."""
    return [f.facts for f in by_r53(outcome.raised) if "days" in f.facts]


def overdue(outcome):
    """Return the facts of what a tick found overdue."""
    return [f.facts for f in by_r53(outcome.raised) if "by" in f.facts]


def order(world, by="2025-05-31", meter="M-P1", permit="P1", **fields):
    """Order a meter to be repaired by a day."""
    return world.setting("meter_repair", {"permit": permit, "meter": meter, "by": by}, **fields)


def used(world, node="A1", year=2025):
    return world.account(node, year=year).used_m3


@pytest.fixture
def unfit(world):
    """Return the world with a permit whose meter was read up to 30 April and must be repaired by 31 May."""
    world.permit(capacity_m3=CAPACITY)
    assert world.read("P1", 100, "2025-04-01", "2025-04-30").ok
    order(world)
    return world


def test_the_day_before_nothing_is_booked(unfit):
    assert not by_r53(unfit.tick("2025-05-31").raised)
    assert used(unfit) == 100


def test_past_its_day_the_days_are_booked_at_capacity(unfit):
    outcome = unfit.tick("2025-06-10")
    assert overdue(outcome) == [
        {
            "permit": "P1",
            "meter": "M-P1",
            "by": "2025-05-31",
            "fitted": True,
            "capacity_m3": CAPACITY,
            "fine_min_yuan": 100_000,
            "fine_max_yuan": 500_000,
            "fine_by": "Groundwater Regulations art. 56",
        }
    ]
    assert booked(outcome) == [
        {
            "permit": "P1",
            "meter": "M-P1",
            "from": "2025-06-01",
            "to": "2025-06-10",
            "days": 10,
            "capacity_m3": CAPACITY,
            "volume_m3": 100,
            "parts": [{"from": "2025-06-01", "to": "2025-06-10", "volume_m3": 100}],
            "method": "capacity",
            "estimated": True,
            "closed_years": [],
        }
    ]
    assert used(unfit) == used(unfit, "NM") == 200
    assert unfit.account("A1", "total").used_m3 == 200
    assert {(e.node, e.balance, e.amount_m3) for e in outcome.effects} == {
        (node, "used", 100) for node in ("YB", "NM", "A", "A1")
    }
    for finding in by_r53(outcome.raised):
        assert "M-P1" in finding.text.zh
        assert "M-P1" in finding.text.en
        assert finding.node == "A1"


@pytest.mark.parametrize("days", [["06-30"], ["06-10", "06-30"], [f"06-{day:02}" for day in range(1, 31)]])
def test_however_often_time_passes_the_same_is_booked(world, days):
    world.permit(capacity_m3=1000)  # not a whole number of m³ a day
    order(world)
    outcomes = [world.tick(f"2025-{day}") for day in days]
    assert [len(booked(o)) for o in outcomes] == [1] * len(days)
    assert sum(len(overdue(o)) for o in outcomes) == 1
    assert (
        used(world) == sum(f["volume_m3"] for o in outcomes for f in booked(o)) == 1000 * 181 // 365 - 1000 * 151 // 365
    )
    assert not booked(world.tick("2025-06-30", "10:00:00"))


def test_a_whole_year_is_its_capacity_and_a_leap_year_too(world):
    world.permit(capacity_m3=1000)
    order(world, by="2025-12-31")
    world.tick("2027-12-31")
    world.tick("2028-12-31")
    assert [used(world, year=year) for year in (2025, 2026, 2027, 2028)] == [0, 1000, 1000, 1000]


def test_yellow_river_days_fall_in_their_own_year(world):
    world.setting("basin_reach_limit_m3", 10**9)
    world.permit(capacity_m3=CAPACITY, water="yellow_river")
    order(world)
    outcome = world.tick("2026-07-02")
    assert [f["days"] for f in booked(outcome)] == [30 + 365 + 2]
    assert [(part["from"], part["volume_m3"]) for f in booked(outcome) for part in f["parts"]] == [
        ("2025-06-01", 300),
        ("2025-07-01", 1840),
        ("2026-01-01", 1810),
        ("2026-07-01", 20),
    ]
    held = [world.account("A1", "yellow_river", year).used_m3 for year in (2024, 2025, 2026)]
    assert held == [300, 3650, 20]
    assert [world.account("A1", "total", year).used_m3 for year in (2025, 2026)] == [2140, 1830]


def test_a_metered_reading_ends_it(unfit):
    unfit.tick("2025-06-10")
    assert unfit.read("P1", 50, "2025-06-10", "2025-06-20").ok
    outcome = unfit.tick("2025-07-10")
    assert not by_r53(outcome.raised)
    assert used(unfit) == 100 + 100 + 50
    assert unfit.ledger.verify().ok


def test_a_reading_since_its_day_ends_it_before_anything_is_booked(unfit):
    unfit.at = "2025-06-05T09:00:00+08:00"
    assert unfit.read("P1", 50, "2025-05-01", "2025-06-05").ok
    assert not by_r53(unfit.tick("2025-06-10").raised)


def test_an_estimate_does_not_end_it_and_its_days_are_not_booked_twice(unfit):
    unfit.tick("2025-06-10")
    outcome = unfit.read("P1", 40, "2025-06-10", "2025-06-20", method="electricity")
    assert outcome.ok
    assert [f.facts["short_m3"] for f in by_r53(outcome.warnings)] == [70]  # 11 days of 10 m³
    assert [f["from"] for f in booked(unfit.tick("2025-06-30"))] == ["2025-06-21"]
    assert used(unfit) == 100 + 100 + 40 + 100


def test_days_that_are_booked_are_not_read_again(unfit):
    unfit.tick("2025-06-10")
    for first, last in (("2025-06-01", "2025-06-05"), ("2025-06-09", "2025-06-30")):
        outcome = unfit.read("P1", 50, first, last)
        assert outcome.decision == "refused"
        (found,) = by_r53(outcome.refusals)
        assert found.facts == {"meter": "M-P1", "from": first, "booked": "2025-06-10"}
        assert "2025-06-10" in found.text.zh
    assert used(unfit) == 200
    assert unfit.read("P1", 50, "2025-05-01", "2025-05-31").ok  # before the day of the order


def test_a_later_order_takes_the_place_of_an_earlier_one(unfit):
    order(unfit, by="2025-06-30")
    assert not by_r53(unfit.tick("2025-06-10").raised)
    assert [f["from"] for f in booked(unfit.tick("2025-07-01"))] == ["2025-07-01"]


def test_an_order_that_is_not_yet_in_force_waits(world):
    world.permit(capacity_m3=CAPACITY)
    order(world, start="2025-09-01")
    assert not by_r53(world.tick("2025-08-31").raised)
    assert [f["from"] for f in booked(world.tick("2025-09-01"))] == ["2025-06-01"]


def test_a_works_without_a_meter_is_booked_from_the_day_after(world):
    world.permit(capacity_m3=CAPACITY)
    order(world, by="2025-03-10")
    outcome = world.tick("2025-04-02")
    assert [f["fitted"] for f in overdue(outcome)] == [False]
    assert [(f["from"], f["volume_m3"]) for f in booked(outcome)] == [("2025-04-01", 20)]  # the permit's first day


def test_before_the_permit_begins_nothing_is_booked(world):
    world.permit(capacity_m3=CAPACITY)
    order(world, by="2025-03-10")
    outcome = world.tick("2025-03-20")
    assert len(overdue(outcome)) == 1
    assert not booked(outcome)
    assert [f["from"] for f in booked(world.tick("2025-04-01"))] == ["2025-04-01"]


def test_nothing_is_booked_past_the_permit_or_when_it_has_ended(world):
    world.permit("P1", capacity_m3=CAPACITY, to="2025-06-05")
    world.permit("P2", node="B1", capacity_m3=CAPACITY)
    order(world)
    order(world, permit="P2", meter="M-P2")
    world.must("cancel", permit="P2")
    outcome = world.tick("2025-06-10")
    assert [(f["permit"], f["to"]) for f in booked(outcome)] == [("P1", "2025-06-05")]
    assert not booked(world.tick("2025-06-20"))


def test_an_unknown_capacity_is_said_and_nothing_is_booked(world):
    world.permit()
    order(world)
    (found,) = by_r53(world.tick("2025-06-10").raised)
    assert found.facts["capacity_m3"] == 0
    assert "未载明取水能力" in found.text.zh
    assert "states no capacity" in found.text.en
    assert used(world) == 0
    assert not by_r53(world.tick("2025-06-20").raised)


def test_a_reading_takes_the_place_of_what_was_booked(unfit):
    key = unfit.tick("2025-06-10").key
    other = unfit.read("P1", 77, "2025-06-01", "2025-06-12", meter="M2", corrects=key)
    assert [f.rule for f in other.refusals] == ["read.corrects"]
    right = unfit.read("P1", 77, "2025-06-01", "2025-06-12", corrects=key)
    assert right.ok
    assert [f.facts["before_m3"] for f in right.warnings if f.rule == "R54"] == [100]
    assert used(unfit) == 177
    assert unfit.read("P1", 77, "2025-06-01", "2025-06-12", corrects=key).decision == "refused"
    assert not by_r53(unfit.tick("2025-07-10").raised)
    assert unfit.ledger.verify().ok


def test_a_booking_over_two_years_is_corrected_as_a_whole(world):
    world.permit(capacity_m3=CAPACITY)
    order(world, by="2025-12-21")
    key = world.tick("2026-01-05").key
    assert (used(world), used(world, year=2026)) == (100, 50)
    assert world.read("P1", 15, "2025-12-22", "2026-01-05", corrects=key).ok
    assert (used(world), used(world, year=2026)) == (10, 5)
    assert world.ledger.verify().ok


def test_a_meter_that_was_repaired_in_time_is_fit(world):
    world.permit(capacity_m3=CAPACITY)
    order(world)
    assert world.read("P1", 100, "2025-04-01", "2025-04-30").ok
    assert not by_r53(world.tick("2025-06-10").raised)


def test_closed_years_are_left_out(world):
    world.permit(capacity_m3=CAPACITY)
    order(world, by="2025-12-21")
    world.at = "2026-01-05T09:00:00+08:00"
    world.must("close_year", node="NM", year=2025)
    outcome = world.tick("2026-01-05")
    (facts,) = booked(outcome)
    assert (facts["from"], facts["days"], facts["volume_m3"]) == ("2025-12-22", 5, 50)
    assert facts["closed_years"] == [2025]
    (found,) = (f for f in by_r53(outcome.raised) if "days" in f.facts)
    assert "已封账的 2025 年" in found.text.zh
    assert "closed years (2025)" in found.text.en
    assert (used(world), used(world, year=2026)) == (0, 50)


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        {"permit": "P1", "meter": "M", "by": "soon"},
        {"permit": ["P1"], "meter": "M", "by": "2025-05-31"},
        {"permit": "P1", "meter": "", "by": "2025-05-31"},
    ],
)
def test_an_order_that_cannot_be_read_is_refused(world, value):
    outcome = world.post("setting", name="meter_repair", value=value, from_="2025-01-01", document="文")
    assert outcome.decision == "refused"
    assert [f.facts for f in by_r53(outcome.refusals)] == [{"name": "meter_repair"}]
    assert by_r53(outcome.refusals)[0].text.zh


def test_an_order_for_nothing_on_record_is_refused(world):
    world.permit("P1")
    world.permit("P2")
    assert world.read("P1", 5, "2025-04-01", "2025-04-30").ok
    for permit, bound_to in (("P9", "P1"), ("P2", "P1")):
        value = {"permit": permit, "meter": "M-P1", "by": "2025-05-31"}
        outcome = world.post("setting", name="meter_repair", value=value, from_="2025-01-01", document="文")
        assert [f.facts for f in by_r53(outcome.refusals)] == [
            {"permit": permit, "meter": "M-P1", "bound_to": bound_to}
        ]
    value = {"permit": "P9", "meter": "NEW", "by": "2025-05-31"}
    outcome = world.post("setting", name="meter_repair", value=value, from_="2025-01-01", document="文")
    assert [f.facts["bound_to"] for f in by_r53(outcome.refusals)] == [None]


def test_an_order_that_could_not_be_read_makes_nothing_due(world):
    world.permit(capacity_m3=CAPACITY)
    world.at = "2025-03-03T10:00:00+08:00"
    assert not by_r53(world.setting("plan_margin", "5%").warnings)
    assert not by_r53(world.tick("2025-06-10").raised)


@pytest.mark.parametrize(("volume_m3", "short_m3"), [(310, None), (309, 1)])
def test_a_reading_at_capacity_is_all_of_it(world, volume_m3, short_m3):
    world.permit(capacity_m3=CAPACITY)
    outcome = world.read("P1", volume_m3, "2025-05-01", "2025-05-31", method="capacity")
    assert outcome.ok is (short_m3 is None)
    assert [f.facts for f in by_r53(outcome.refusals)] == (
        []
        if short_m3 is None
        else [
            {
                "permit": "P1",
                "meter": "M-P1",
                "method": "capacity",
                "volume_m3": 309,
                "expected_m3": 310,
                "short_m3": 1,
            }
        ]
    )
    assert used(world) == (310 if short_m3 is None else 0)


def test_a_reading_at_a_capacity_that_is_unknown_is_a_warning(world):
    world.permit()
    outcome = world.read("P1", 5, "2025-05-01", "2025-05-31", method="capacity")
    assert outcome.ok
    (found,) = by_r53(outcome.warnings)
    assert found.facts == {"permit": "P1", "meter": "M-P1", "method": "capacity", "volume_m3": 5}
    assert "无从核对" in found.text.zh


def test_capacity_runs_by_years_of_account():
    assert capacity_m3("groundwater", 1000, "2024-12-31", "2025-01-01") == 1000 // 366 + 1000 // 365
    assert capacity_m3("yellow_river", 1000, "2023-07-01", "2024-06-30") == 1000
    assert capacity_m3("groundwater", 1000, "2024-01-01", "2024-12-31") == 1000


def bare(node, water, volume_m3, purpose="industry"):
    return Permit("P", "", "", node, water, purpose, volume_m3, "", "", "valid", (), 0, {})


@pytest.mark.parametrize(
    ("permit", "day", "none", "unfit"),
    [
        (bare("IN", "groundwater", 10), "2021-12-01", (100_000, 500_000), (100_000, 500_000)),
        (bare("OUT", "groundwater", 10), "2021-11-30", (5_000, 20_000), (0, 10_000)),
        (bare("IN", "surface", 500_000), "2023-04-01", (20_000, 100_000), (0, 50_000)),
        (bare("IN", "surface", 500_000), "2023-03-31", (5_000, 20_000), (0, 10_000)),
        (bare("IN", "surface", 499_999), "2023-04-01", (5_000, 20_000), (0, 10_000)),
        (bare("IN", "total", 900_000), "2023-04-01", (5_000, 20_000), (0, 10_000)),
        (bare("OUT", "yellow_river", 500_000), "2023-04-01", (20_000, 100_000), (0, 50_000)),
        (bare("OUT", "surface", 500_000), "2023-04-01", (5_000, 20_000), (0, 10_000)),
    ],
)
def test_the_fine_is_by_the_law_of_source_and_place(permit, day, none, unfit):
    state = State()
    state.declare(Node("YB", "黄河流域", "basin", None, None, (), 1))
    state.declare(Node("IN", "甲", "region", None, None, ("YB",), 2))
    state.declare(Node("OUT", "乙", "region", None, None, (), 3))
    for fitted, expected in ((False, none), (True, unfit)):
        fine = meter_fine(state, permit, day, fitted=fitted)
        assert (fine.least_yuan, fine.most_yuan) == expected
        assert fine.clause.zh
        assert fine.clause.en

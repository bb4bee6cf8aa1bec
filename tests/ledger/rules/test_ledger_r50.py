"""R50: the surcharge on use above plan."""

import pytest

from rule_facts import facts_of

STEPS = [[0.2, 1], [0.4, 2], [0.6, 3], [None, 4]]
MARGINAL = [{"volume_m3": 20, "times": 1}, {"volume_m3": 20, "times": 2}, {"volume_m3": 10, "times": 3}]


def planned(world, plan_m3=100):
    world.permit()
    world.must("plan", permit="P1", year=2025, volume_m3=plan_m3, approver="NM")
    world.at = "2025-12-31T09:00:00+08:00"


def read(world, volume_m3, first="2025-04-01", last="2025-11-30", **fields):
    outcome = world.read("P1", volume_m3, first, last, **fields)
    assert outcome.ok
    return [f for f in outcome.warnings if f.rule == "R50"]


def test_both_readings_are_offered_where_none_is_chosen(world):
    world.setting("surcharge_steps", STEPS)
    planned(world)
    (warning,) = read(world, 150)
    assert facts_of("R50", [warning]) == [
        {
            "permit": "P1",
            "year": 2025,
            "plan_m3": 100,
            "used_m3": 150,
            "excess_m3": 50,
            "marginal": MARGINAL,
            "whole": {"volume_m3": 50, "times": 3},
            "reading": "not chosen: both readings given",
        }
    ]
    assert "20 m³ at 1 times extra, 20 m³ at 2 times extra, 10 m³ at 3 times extra" in warning.text.en
    assert "50 m³ 加 3 倍" in warning.text.zh


@pytest.mark.parametrize(
    ("reading", "said", "unsaid"),
    [("marginal", "10 m³ at 3 times", "50 m³ at 3 times"), ("whole", "50 m³ at 3 times", "10 m³ at 3 times")],
)
def test_the_reading_that_the_setting_chooses_is_the_one_in_words(world, reading, said, unsaid):
    world.setting("surcharge_steps", {"reading": reading, "steps": STEPS})
    planned(world)
    (warning,) = read(world, 150)
    assert warning.facts["reading"] == reading
    assert warning.facts["marginal"] == MARGINAL
    assert said in warning.text.en
    assert unsaid not in warning.text.en


@pytest.mark.parametrize(("used_m3", "excess_m3"), [(100, 0), (101, 1)])
def test_only_what_exceeds_the_plan_pays(world, used_m3, excess_m3):
    world.setting("surcharge_steps", STEPS)
    planned(world)
    assert [w.facts["excess_m3"] for w in read(world, used_m3)] == ([excess_m3] if excess_m3 else [])


def test_without_steps_the_excess_is_told_and_nothing_invented(world):
    planned(world)
    (warning,) = read(world, 150)
    assert facts_of("R50", [warning]) == [
        {"permit": "P1", "year": 2025, "plan_m3": 100, "used_m3": 150, "excess_m3": 50}
    ]
    assert "No steps are set" in warning.text.en


def test_steps_that_do_not_rise_are_not_used(world):
    world.setting("surcharge_steps", [[0.4, 1], [0.2, 2]])
    planned(world)
    (warning,) = read(world, 150)
    assert "do not rise" in warning.text.en
    assert "marginal" not in warning.facts


def test_steps_without_an_end_leave_the_rest_open(world):
    world.setting("surcharge_steps", [["20%", "0.5"]])
    planned(world)
    (warning,) = read(world, 150)
    assert warning.facts["marginal"] == [{"volume_m3": 20, "times": "1/2"}, {"volume_m3": 30, "times": None}]
    assert warning.facts["whole"] == {"volume_m3": 50, "times": None}
    assert "30 m³ beyond the last step" in warning.text.en
    assert "未定倍数" in warning.text.zh


def test_the_steps_of_the_last_day_read_count(world):
    world.setting("surcharge_steps", [[None, 1]])
    world.setting("surcharge_steps", [[None, 2]], "2025-12-01")
    planned(world, 100)
    assert read(world, 150)[0].facts["whole"]["times"] == 1
    assert read(world, 1, "2025-12-01", "2025-12-30")[0].facts["whole"]["times"] == 2


def test_only_a_reading_that_adds_to_the_excess_is_remarked(world):
    planned(world)
    assert len(read(world, 150)) == 1
    assert read(world, 0, "2025-12-01", "2025-12-30") == []


def test_a_correction_that_lowers_the_use_is_not_remarked(world):
    planned(world)
    assert world.read("P1", 150, "2025-04-01", "2025-11-30", key="R1").ok
    lower = world.read("P1", 120, "2025-04-01", "2025-11-30", corrects="R1", key="R2")
    assert lower.ok
    assert facts_of("R50", lower.warnings) == []
    higher = world.read("P1", 130, "2025-04-01", "2025-11-30", corrects="R2")
    assert [f["excess_m3"] for f in facts_of("R50", higher.warnings)] == [30]


def test_without_a_plan_there_is_no_excess(world):
    world.permit()
    world.at = "2025-12-31T09:00:00+08:00"
    assert read(world, 1000) == []


def test_each_year_of_account_has_its_own_excess(world):
    planned(world)
    world.must("plan", permit="P1", year=2026, volume_m3=100, approver="NM")
    world.at = "2026-12-31T09:00:00+08:00"
    warnings = read(world, 365 * 2, "2025-07-01", "2026-06-30")
    assert [(w.facts["year"], w.facts["excess_m3"]) for w in warnings] == [(2025, 268), (2026, 262)]


def test_under_an_order_the_excess_is_over_what_it_leaves(world):
    world.cap("A1", 1000, "groundwater")
    planned(world, 800)
    world.must(
        "order", node="A1", water="groundwater", factor="0.6", from_="2025-01-01", to="2025-12-31", document="文"
    )
    (warning,) = read(world, 650)
    assert facts_of("R50", [warning]) == [
        {"permit": "P1", "year": 2025, "plan_m3": 600, "used_m3": 650, "excess_m3": 50, "issued_m3": 800}
    ]

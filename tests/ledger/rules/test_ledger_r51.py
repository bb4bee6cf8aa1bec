"""R51: one year beyond the permit is a warning, two years running are the revocation list."""

import pytest


def by_r51(findings):
    return [f for f in findings if f.rule == "R51"]


def overuse(world, year, used_m3, permit="P1"):
    """Read one year's use of a permit in that year."""
    world.at = f"{year}-12-30T09:00:00+08:00"
    return world.read(permit, used_m3, f"{year}-10-01", f"{year}-12-30")


@pytest.mark.parametrize(("used_m3", "over_m3"), [(1000, None), (1001, 1)])
@pytest.mark.parametrize("node", ["A1", "B1"])
def test_one_year_beyond_the_permit_is_a_warning(world, node, used_m3, over_m3):
    world.permit(node=node)
    outcome = overuse(world, 2025, used_m3)
    assert outcome.ok
    facts = {"permit": "P1", "year": 2025, "permitted_m3": 1000, "used_m3": used_m3, "over_m3": over_m3}
    assert [f.facts for f in by_r51(outcome.warnings)] == ([facts] if over_m3 else [])
    assert all("1,001" in f.text.zh and "1,001" in f.text.en for f in by_r51(outcome.warnings))
    assert not by_r51(world.tick("2026-01-05").raised)


def test_use_in_a_year_without_the_permit_is_all_beyond_it(world):
    world.permit()
    outcome = world.read("P1", 7, "2024-12-01", "2024-12-31")
    assert [(f.facts["year"], f.facts["permitted_m3"], f.facts["over_m3"]) for f in by_r51(outcome.warnings)] == [
        (2024, 0, 7)
    ]


def test_a_correction_back_within_the_permit_takes_the_warning_away(world):
    world.permit()
    world.at = "2025-12-30T09:00:00+08:00"
    first = world.post(
        "read", key="r1", permit="P1", meter="M", from_="2025-10-01", to="2025-12-30", volume_m3=1500, method="metered"
    )
    lower = world.read("P1", 1200, "2025-10-01", "2025-12-30", meter="M", corrects="r1", key="r2")
    within = world.read("P1", 1000, "2025-10-01", "2025-12-30", meter="M", corrects="r2")
    assert [len(by_r51(o.warnings)) for o in (first, lower, within)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("second_m3", "day", "listed"),
    [
        (1001, "2026-12-31", True),  # the running year and the one before
        (1001, "2027-06-30", True),  # the last two years
        (1000, "2027-06-30", False),
    ],
)
def test_two_years_running_are_the_revocation_list(world, second_m3, day, listed):
    world.permit()
    overuse(world, 2025, 1001)
    overuse(world, 2026, second_m3)
    found = by_r51(world.tick(day).raised)
    facts = {"permit": "P1", "years": [2025, 2026], "used_m3": [1001, second_m3], "permitted_m3": [1000, 1000]}
    assert [f.facts for f in found] == ([facts] if listed else [])
    assert all("2026" in f.text.zh and "2026" in f.text.en for f in found)
    assert not by_r51(world.tick("2027-07-01").raised)


def test_a_third_year_is_listed_anew(world):
    world.permit()
    for year in (2025, 2026, 2027):
        overuse(world, year, 1001)
    assert [f.facts["years"] for f in by_r51(world.tick("2027-12-31").raised)] == [[2025, 2026], [2026, 2027]]


def test_a_gap_between_two_years_is_none(world):
    world.permit()
    for year, used_m3 in ((2025, 1001), (2026, 1000), (2027, 1001)):
        overuse(world, year, used_m3)
    assert not by_r51(world.tick("2027-12-31").raised)


def test_only_permits_of_the_basin_that_are_in_force_are_listed(world):
    world.setting("basin_reach_limit_m3", 10**9)
    for permit, node, more in (
        ("OUT", "B1", {}),
        ("RIVER", "B1", {"water": "yellow_river"}),
        ("GONE", "A2", {}),
    ):
        world.permit(permit, node=node, **more)
    for year in (2025, 2026):
        for permit in ("OUT", "RIVER", "GONE"):
            overuse(world, year, 1001, permit)
    world.must("cancel", permit="GONE")
    assert [f.facts["permit"] for f in by_r51(world.tick("2026-12-31").raised)] == ["RIVER"]

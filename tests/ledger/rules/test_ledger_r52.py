"""R52: from which size on a withdrawal is metered online."""

import pytest

SIZES = [
    ("groundwater", 49_999, False),
    ("groundwater", 50_000, True),
    ("surface", 499_999, False),
    ("surface", 500_000, True),
    ("yellow_river", 499_999, False),
    ("yellow_river", 500_000, True),
    ("unconventional", 900_000, False),
    ("total", 900_000, False),
]


def by_r52(outcome):
    assert not [f for f in outcome.refusals if f.rule == "R52"]
    return [f for f in outcome.warnings if f.rule == "R52"]


@pytest.mark.parametrize(("water", "volume_m3", "needed"), SIZES)
def test_the_size_makes_an_online_meter_a_condition(world, water, volume_m3, needed):
    found = by_r52(world.apply(volume_m3=volume_m3, water=water, metering="水表"))
    size_m3 = 50_000 if water == "groundwater" else 500_000
    facts = {"water": water, "volume_m3": volume_m3, "online_from_m3": size_m3, "metering": "水表"}
    assert [f.facts for f in found] == ([facts] if needed else [])
    assert all("水表" in f.text.zh and f"{size_m3:,}" in f.text.en for f in found)


@pytest.mark.parametrize(
    ("metering", "online"), [("Online meter", True), ("在线计量", True), (True, False), ("抄表", False), (None, False)]
)
def test_the_metering_stated_says_online_or_not(world, metering, online):
    outcome = world.apply(volume_m3=50_000, metering=metering)
    assert bool(by_r52(outcome)) is not online
    if metering is None:
        assert outcome.decision == "incomplete"
        assert "未写明" in by_r52(outcome)[0].text.zh
        assert "not stated" in by_r52(outcome)[0].text.en


@pytest.mark.parametrize("purpose", ["agriculture", "irrigation"])
def test_irrigation_is_not_concerned(world, purpose):
    assert not by_r52(world.apply(volume_m3=60_000, purpose=purpose, metering="水表"))


@pytest.mark.parametrize(
    ("value", "water", "volume_m3", "needed"),
    [
        (1000, "groundwater", 999, False),
        (1000, "groundwater", 1000, True),
        (1000, "surface", 1000, True),
        ({"groundwater": 2000}, "groundwater", 1999, False),
        ({"groundwater": 2000}, "groundwater", 2000, True),
        ({"groundwater": 2000}, "surface", 499_999, False),
        ({"groundwater": 2000}, "surface", 500_000, True),
    ],
)
def test_a_setting_goes_before_the_sizes(world, value, water, volume_m3, needed):
    world.setting("online_meter_m3", value)
    assert bool(by_r52(world.apply(volume_m3=volume_m3, water=water, metering="水表"))) is needed


def test_a_setting_holds_where_it_is_given(world):
    world.setting("online_meter_m3", 1000, node="A")
    assert by_r52(world.apply("AP1", metering="水表"))
    assert not by_r52(world.apply("AP2", node="B1", metering="水表"))


@pytest.mark.parametrize(("metering", "found"), [("水表", 1), ("online", 0)])
def test_the_permit_is_issued_with_the_condition(world, metering, found):
    assert len(by_r52(world.permit(volume_m3=50_000, metering=metering))) == found


@pytest.mark.parametrize(
    ("node", "water", "volume_m3", "fine", "by"),
    [
        ("B1", "yellow_river", 500_000, (20_000, 100_000), "Yellow River Protection Law art. 115"),
        ("A1", "surface", 500_000, (20_000, 100_000), "Yellow River Protection Law art. 115"),
        ("A1", "groundwater", 50_000, (100_000, 500_000), "Groundwater Regulations art. 56"),
        ("B1", "surface", 500_000, (5_000, 20_000), "State Council order 460 art. 53"),
        ("B1", "surface", 499_999, None, ""),
        ("B1", "total", 900_000, None, ""),
    ],
)
def test_a_reading_by_no_meter_names_the_fine(world, node, water, volume_m3, fine, by):
    world.setting("basin_reach_limit_m3", 10**9)
    world.permit(volume_m3=volume_m3, node=node, water=water)
    assert not by_r52(world.read("P1", 10, "2025-05-01", "2025-05-31"))
    found = by_r52(world.read("P1", 10, "2025-06-01", "2025-06-30", method="electricity"))
    assert [(f.facts["fine_min_yuan"], f.facts["fine_max_yuan"]) for f in found] == ([fine] if fine else [])
    for f in found:
        assert (f.facts["fine_by"], f.facts["method"]) == (by, "electricity")
        assert f"{fine[1]:,}" in f.text.zh
        assert by in f.text.en

"""R14: the lowest level that may decide on the volume; of several sources, the highest."""

from __future__ import annotations

import pytest

LEVELS = [
    {"kind": "banner", "up_to_m3": 100},
    {"kind": "league", "up_to_m3": 1000},
    {"kind": "region"},
]


def required(outcome):
    """Return the authority that a warning of the rule names."""
    (finding,) = (f for f in outcome.warnings if f.rule == "R14")
    assert finding.text.zh
    assert finding.text.en
    return finding.facts["authority_kind"], finding.facts["authority_node"]


def test_without_levels_and_sources_it_is_silent(world):
    assert world.apply().warnings == ()
    assert world.must("approve", application="AP1", approver="A1").warnings == ()
    assert world.apply("AP2").ok
    assert world.must("approve", application="AP2", approver="somebody").warnings == ()


@pytest.mark.parametrize(
    ("volume_m3", "authority"),
    [(100, ("banner", "A1")), (101, ("league", "A")), (1000, ("league", "A")), (1001, ("region", "NM"))],
)
def test_the_lowest_level_that_admits_the_volume_decides(world, volume_m3, authority):
    world.setting("approval_levels", LEVELS)
    assert required(world.apply(volume_m3=volume_m3)) == authority
    assert required(world.apply("AP2", volume_m3=volume_m3, node="A1u")) == authority


def test_a_place_above_the_level_has_its_own_authority(world):
    world.setting("approval_levels", LEVELS)
    assert required(world.apply(volume_m3=1, node="A")) == ("banner", "A")


def test_limits_of_one_water_come_before_those_of_every_water(world):
    world.setting("approval_levels", [*LEVELS, {"kind": "banner", "water": "groundwater", "up_to_m3": 10}])
    assert required(world.apply("AP1", 100)) == ("league", "A")
    assert required(world.apply("AP2", 10)) == ("banner", "A1")
    assert required(world.apply("AP3", 100, water="surface")) == ("banner", "A1")


def test_a_setting_that_says_nothing_of_a_water_is_no_setting(world):
    world.setting("approval_levels", [{"kind": "banner", "water": "surface"}])
    assert world.apply().warnings == ()


def test_a_volume_above_every_level_is_the_regions(world):
    world.setting("approval_levels", LEVELS[:2])
    outcome = world.apply(volume_m3=1001)
    assert required(outcome) == ("region", "NM")
    assert "请在该设置中写明" in outcome.warnings[0].text.zh


def test_the_basin_as_a_level(world):
    world.setting("approval_levels", [{"kind": "basin"}])
    assert required(world.apply("AP1")) == ("basin", "YB")
    assert required(world.apply("AP2", node="B1")) == ("basin", None)


def test_entries_that_say_nothing_usable_are_passed_over(world):
    world.setting("approval_levels", ["banner", {"kind": "banner", "up_to_m3": "10"}, {"kind": "village"}, LEVELS[1]])
    assert required(world.apply(volume_m3=1)) == ("league", "A")


def test_banner_and_league_sources_go_to_the_league(world):
    outcome = world.apply(sources=["A1", "A"])
    assert outcome.decision == "admitted"
    assert required(outcome) == ("league", "A")
    assert outcome.warnings[0].facts["sources"] == ["A1", "A"]
    assert "A1, A" in outcome.warnings[0].text.zh


@pytest.mark.parametrize(
    ("sources", "authority"),
    [
        (["A1u", "A1"], ("banner", "A1")),
        (["A1", "A2"], ("banner", "A1")),
        (["A", "NM"], ("region", "NM")),
        (["NM", "YB"], ("basin", "YB")),
    ],
)
def test_the_highest_of_several_sources(world, sources, authority):
    assert required(world.apply(sources=sources)) == authority


def test_the_higher_of_volume_and_sources(world):
    world.setting("approval_levels", LEVELS)
    assert required(world.apply("AP1", 1, sources=["A"])) == ("league", "A")
    assert required(world.apply("AP2", 5000, sources=["A"])) == ("region", "NM")


def test_sources_that_are_not_declared_are_refused(world, refusals):
    outcome = world.apply(sources=["A1", "?", "!"])
    assert refusals(outcome) == ["R14"]
    assert outcome.refusals[0].facts == {"unknown": ["?", "!"]}
    assert world.account("NM").permitted_m3 == 0
    assert refusals(world.apply("AP2", sources=["?"])) == ["R14"]


@pytest.mark.parametrize("approver", ["A1", "A1u"])
def test_an_approver_below_the_level_is_refused(world, refusals, approver):
    assert world.apply(sources=["A1", "A"]).ok
    outcome = world.post("approve", application="AP1", approver=approver)
    assert refusals(outcome) == ["R14"]
    (finding,) = outcome.refusals
    kind = "unit" if approver == "A1u" else "banner"
    assert finding.facts == {
        "authority_kind": "league",
        "authority_node": "A",
        "approver": approver,
        "approver_kind": kind,
    }
    assert finding.text.zh
    assert finding.text.en


@pytest.mark.parametrize("approver", ["A", "NM", "YB"])
def test_an_approver_of_the_level_or_above_passes(world, approver):
    assert world.apply(sources=["A1", "A"]).ok
    assert world.must("approve", application="AP1", approver=approver).warnings == ()


def test_a_unit_has_no_authority_of_its_own(world, refusals):
    world.setting("approval_levels", LEVELS)
    assert world.apply(volume_m3=1, node="A1u").ok
    assert refusals(world.post("approve", application="AP1", approver="A1u")) == ["R14"]
    assert world.must("approve", application="AP1", approver="A1").warnings == ()


def test_an_approver_that_is_no_place_cannot_be_checked(world, warnings_of):
    assert world.apply(sources=["A1", "A"]).ok
    outcome = world.must("approve", application="AP1", approver="盟水利局")
    assert warnings_of(outcome) == ["R14"]
    assert outcome.warnings[0].facts["approver"] == "盟水利局"
    assert "无法核对" in outcome.warnings[0].text.zh
    assert "cannot be checked" in outcome.warnings[0].text.en


def test_what_needs_no_permit_needs_no_authority(world, warnings_of):
    world.setting("approval_levels", LEVELS)
    outcome = world.apply(volume_m3=500, purpose="domestic")
    assert (outcome.decision, warnings_of(outcome)) == ("exempt", ["R16"])

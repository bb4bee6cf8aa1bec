"""R06: a groundwater unit is one aquifer in exactly one banner; the units stay within the banner's cap."""

from __future__ import annotations

import pytest


def unit(world, **fields):
    return world.post(
        "node", **{"node": "U", "name": "单元", "kind": "unit", "parent": "A1", "aquifer": "HQH", **fields}
    )


@pytest.mark.parametrize(
    ("parent", "rules", "shown", "kind"),
    [
        ("A", ["R06", "node.parent"], "A", "league"),
        ("A1u", ["R06", "node.parent"], "A1u", "unit"),
        (None, ["R06", "node.parent"], None, None),
        ("?", ["R06", "node.unknown"], "?", None),
        (["A1", "A2"], ["R06", "event.bad_field"], '["A1","A2"]', None),
    ],
)
def test_a_unit_has_exactly_one_banner(world, refusals, parent, rules, shown, kind):
    outcome = unit(world, parent=parent)
    assert refusals(outcome) == rules
    (finding,) = (f for f in outcome.refusals if f.rule == "R06")
    assert (finding.facts, finding.node) == ({"parent": shown, "kind": kind}, "U")
    assert "U" not in {n.node for n in world.ledger.nodes()}
    assert "恰好属于一个" in finding.text.zh
    assert "exactly one" in finding.text.en


def test_a_unit_cannot_be_declared_again_in_another_banner(world, refusals):
    assert refusals(unit(world, node="A1u")) == ["node.exists"]
    outcome = unit(world, node="A1u", parent="A2")
    assert refusals(outcome) == ["R06", "node.exists"]
    facts = next(f.facts for f in outcome.refusals if f.rule == "R06")
    assert (facts["first"], facts["second"]) == ("A1", "A2")
    assert isinstance(facts["first_seq"], int)


def test_an_aquifer_that_spans_banners_is_a_unit_in_each(world):
    assert unit(world, node="U1").ok
    assert unit(world, node="U2", parent="A2").ok


def test_a_unit_without_an_aquifer_is_told(world, warnings_of):
    outcome = unit(world, aquifer=None)
    assert outcome.ok
    assert warnings_of(outcome) == ["R06"]
    assert "aquifer" in outcome.warnings[0].text.zh


def test_other_places_and_a_unit_without_a_name_of_its_own(world, refusals, warnings_of):
    assert warnings_of(world.must("node", node="X", name="旗", kind="banner", parent="A")) == []
    assert refusals(unit(world, node=None)) == ["event.missing_field"]
    assert refusals(world.post("node", node="Z", name="?", kind="village")) == ["event.bad_field"]


def test_the_units_stay_within_the_banners_cap(world, refusals):
    assert unit(world).ok
    world.cap("A1", 100, "groundwater")
    world.cap("A1u", 60, "groundwater")
    world.cap("U", 40, "groundwater")
    outcome = world.post(
        "cap", node="U", issuer="NM", water="groundwater", year=2026, volume_m3=41, document="文",
        basis="withdrawal", ecology="excluded",
    )  # fmt: skip
    assert refusals(outcome) == ["R01", "R06"]
    (finding,) = (f for f in outcome.refusals if f.rule == "R06")
    assert finding.facts == {"year": 2026, "cap_m3": 100, "units_m3": 101, "over_m3": 1}
    assert finding.node == "A1"
    assert world.account("U", year=2026).cap_m3 == 40
    lowered = {"node": "A1", "volume_m3": 99, "issuer": "NM", "year": 2025}
    line = {"basis": "withdrawal", "ecology": "excluded", "water": "groundwater"}
    assert refusals(world.post("cap", **lowered, **line, document="文")) == ["R01", "R06"]


def test_a_banner_cap_lowered_for_a_later_year_counts_then(world, refusals):
    world.cap("A1", 100, "groundwater")
    world.cap("A1", 50, "groundwater", 2030)
    line = {"basis": "withdrawal", "ecology": "excluded", "water": "groundwater", "document": "文"}
    outcome = world.post("breakdown", node="A1", year=2025, children={"A1u": 60}, **line)
    assert refusals(outcome) == ["R01", "R06"]
    assert next(f.facts["year"] for f in outcome.refusals if f.rule == "R06") == 2030


def test_other_waters_and_a_banner_without_a_cap_are_no_matter_of_units(world, refusals):
    world.cap("A1", 100, "surface")
    line = {"basis": "withdrawal", "ecology": "excluded", "document": "文", "issuer": "NM", "year": 2025}
    assert refusals(world.post("cap", node="A1u", water="surface", volume_m3=101, **line)) == ["R01"]
    assert world.post("cap", node="A1u", water="groundwater", volume_m3=101, **line).ok
    assert world.post("cap", node="NM", water="groundwater", volume_m3=10**9, **line).ok

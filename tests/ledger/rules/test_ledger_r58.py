"""R58: which trades must carry the number of the national platform."""

import pytest


def by_r58(outcome):
    assert not [f for f in outcome.warnings if f.rule == "R58"]
    return [f for f in outcome.refusals if f.rule == "R58"]


def sell(world, seller="S", buyer="B", kind="withdrawal_right", **fields):
    own = {"kind": kind, "from_": seller, "to": buyer, "volume_m3": 10, "document": "文"}
    term = {"term_from": "2026-01-01", "term_to": "2026-12-31"}
    return world.post("transfer", **{**own, **term, **fields})


@pytest.fixture
def places(world):
    """Return the world with another province SX, and a second level-1 zone with a tributary in each."""
    world.setting("basin_reach_limit_m3", 10**9)
    for node, parent in (("HB", None), ("YB-1", "YB"), ("HB-1", "HB")):
        world.must("node", node=node, name=f"流域{node}", kind="basin", parent=parent)
    world.must("node", node="SX", name="陕西", kind="region", basins=["YB"])
    for node, basin in (("C", "HB-1"), ("D", "YB-1")):
        world.must("node", node=node, name=f"地{node}", kind="league", parent="NM", basins=[basin])
    for water in ("groundwater", "yellow_river", "total"):
        world.cap("SX", 10**6, water, issuer="SX")
    return world


def permits(world, seller="A1", buyer="A2", **fields):
    for permit, node in (("S", seller), ("B", buyer)):
        world.permit(permit, 1000, node, **fields)
    world.must("certify_saving", permit="S", volume_m3=500, document="文", approver="NM")


@pytest.mark.parametrize(
    ("seller", "buyer", "reasons"),
    [
        ("A1", "A2", []),
        ("A1", "B1", []),  # B1 is declared to lie in no basin
        ("A1", "D", []),  # a part of the same zone
        ("A1", "C", ["level1_zone"]),
        ("C", "D", ["level1_zone"]),
        ("A1", "SX", ["province"]),
        ("C", "SX", ["province", "level1_zone"]),
    ],
)
def test_a_trade_across_provinces_or_zones_is_made_on_the_platform(places, seller, buyer, reasons):
    permits(places, seller, buyer)
    before = places.ledger.accounts()
    outcome = sell(places)
    found = by_r58(outcome)
    assert [f.facts for f in found] == ([{"reasons": reasons, "seller": seller, "buyer": buyer}] if reasons else [])
    assert outcome.ok is not bool(reasons)
    if reasons:
        assert places.ledger.accounts() == before
        assert found[0].node == seller
        assert "platform_number" in found[0].text.zh
        assert "platform_number" in found[0].text.en
        assert sell(places, platform_number="GJ-2026-1").ok


def test_so_is_one_of_a_permit_of_the_basin_authority(places):
    permits(places, water="yellow_river")
    (found,) = by_r58(sell(places))
    assert found.facts["reasons"] == ["basin_authority"]
    assert "流域管理机构" in found.text.zh
    assert sell(places, platform_number="GJ-2026-1").ok


@pytest.mark.parametrize(
    ("node", "fields", "overloaded"),
    [
        ("A", {}, True),
        ("A2", {}, True),
        ("A1", {"water": "groundwater"}, True),
        ("A1", {"water": "surface"}, False),
        ("B", {}, False),
        ("A1", {"from_": "2025-03-04"}, False),
    ],
)
def test_so_is_one_in_an_overloaded_area(places, node, fields, overloaded):
    permits(places)
    places.zone(node, "overloaded", **fields)
    assert [f.facts["reasons"] for f in by_r58(sell(places))] == ([["overloaded"]] if overloaded else [])


def test_areas_trade_on_the_platform_too(places):
    for node in ("A", "C", "D"):
        places.cap(node, 1000, "yellow_river")
    outcome = sell(places, "A", "C", "regional", water="yellow_river")
    assert [f.facts["reasons"] for f in by_r58(outcome)] == [["level1_zone"]]
    inside = sell(places, "A", "D", "regional", water="yellow_river")
    assert not by_r58(inside)
    assert inside.ok

"""R57: what an area may sell, to which other, and that both caps move and come back."""

from dataclasses import replace

import pytest

from hetao.ledger.event import read_event
from hetao.ledger.judge import judge
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, rules


def by_r57(findings):
    return [f for f in findings if f.rule == "R57"]


def trade(volume_m3, seller="A1", buyer="A2", start="2026-01-01", end="2027-12-31", **fields):
    own = {"kind": "regional", "from": seller, "to": buyer, "volume_m3": volume_m3, "term_from": start, "term_to": end}
    event = {**own, "document": "文", "platform_number": "GJ-1", **fields}
    return {name: value for name, value in event.items() if value is not None}


def sell(world, *values, **fields):
    event = trade(*values, **fields)
    event["from_"] = event.pop("from")
    return world.post("transfer", **event)


def reasons(outcome):
    assert outcome.decision == "refused"
    for finding in by_r57(outcome.refusals):
        assert finding.text.zh
        assert finding.text.en
    return [f.facts for f in by_r57(outcome.refusals)]


def caps(world, node, years=range(2025, 2030), water="groundwater"):
    return [world.account(node, water, year).cap_m3 for year in years]


@pytest.fixture
def areas(world):
    """Return the world with 1000 m³ of groundwater at each of A1, A2 and B1 and 4000 m³ at each of A and B."""
    for node, volume_m3 in (("A", 4000), ("B", 4000), ("A1", 1000), ("A2", 1000), ("B1", 1000)):
        world.cap(node, volume_m3, "groundwater")
    return world


def test_both_caps_move_for_the_term_and_come_back(areas):
    assert sell(areas, 300).ok
    assert caps(areas, "A1") == [1000, 700, 700, 1000, 1000]
    assert caps(areas, "A2") == [1000, 1300, 1300, 1000, 1000]
    assert caps(areas, "A") == [4000] * 5


def test_a_second_trade_over_part_of_the_term_comes_back_too(areas):
    assert sell(areas, 300).ok
    assert sell(areas, 100, start="2027-01-01", end="2028-12-31").ok
    assert caps(areas, "A1") == [1000, 700, 600, 900, 1000]
    assert caps(areas, "A2") == [1000, 1300, 1400, 1100, 1000]


@pytest.mark.parametrize(("volume_m3", "over_m3"), [(600, None), (601, 1)])
def test_no_more_than_the_unused_balance_is_sold(areas, volume_m3, over_m3):
    areas.permit("P", 400, "A1")
    outcome = sell(areas, volume_m3)
    assert outcome.ok is (over_m3 is None)
    if over_m3:
        assert reasons(outcome) == [
            {
                "water": "groundwater",
                "year": 2026,
                "cap_m3": 1000,
                "permitted_m3": 400,
                "balance_m3": 600,
                "volume_m3": 601,
                "over_m3": 1,
            }
        ]
        assert caps(areas, "A1") == caps(areas, "A2") == [1000] * 5


def test_what_a_cap_does_not_bind_is_sold_up_to_the_cap(world):
    world.cap("A", 4000, "groundwater")
    for node in ("A1", "A2"):
        world.cap(node, 1000, "groundwater", binds=["used"])
    assert [f["balance_m3"] for f in reasons(sell(world, 1001))] == [1000]
    assert sell(world, 1000).ok


def test_total_water_moves_and_binds_as_well(areas):
    for node, volume_m3 in (("A1", 1200), ("A2", 1200)):
        areas.cap(node, volume_m3, "total")
    areas.permit("P", 900, "A1", water="surface")
    assert [(f["water"], f["balance_m3"]) for f in reasons(sell(areas, 301, water="groundwater"))] == [("total", 300)]
    assert sell(areas, 300, water="groundwater").ok
    assert caps(areas, "A1", water="total") == [1200, 900, 900, 1200, 1200]


def test_the_last_day_must_be_stated(areas):
    assert reasons(sell(areas, 300, end=None)) == [{"term_from": "2026-01-01"}]
    assert caps(areas, "A1") == [1000] * 5


def test_what_lies_between_moves_where_it_has_a_cap(areas):
    areas.must("node", node="C", name="地C", kind="league", parent="NM", basins=["YB"])
    areas.must("node", node="C1", name="地C1", kind="banner", parent="C")
    areas.cap("C1", 1000, "groundwater")
    assert sell(areas, 300, "A1", "C1").ok
    assert caps(areas, "A") == [4000, 3700, 3700, 4000, 4000]
    assert caps(areas, "NM") == [10**9] * 5
    assert caps(areas, "C1") == [1000, 1300, 1300, 1000, 1000]


def test_a_place_does_not_trade_with_what_lies_in_it(areas):
    assert reasons(sell(areas, 1, "A", "A1")) == [{"seller": "A", "buyer": "A1"}]
    assert reasons(sell(areas, 1, "A1", "A")) == [{"seller": "A1", "buyer": "A"}]


def test_a_trade_that_would_move_nothing_is_refused(areas):
    assert reasons(sell(areas, 1, water="surface")) == [{"seller": "A1", "buyer": "A2"}]


@pytest.mark.parametrize(
    ("routes", "passes"),
    [
        (None, False),
        ([], False),
        ([["A1", "A2"], ["A1"], "A1", ["B1", "A1"]], True),
        ([["A1", "B1"]], True),
        ([["A", "B"]], True),  # routes of what the two lie in
        ([["A2", "B1"]], False),
    ],
)
def test_between_basins_a_route_is_needed(areas, routes, passes):
    if routes is not None:
        areas.setting("transfer_routes", routes)
    outcome = sell(areas, 1, "A1", "B1")
    assert outcome.ok is passes
    if not passes:
        assert reasons(outcome) == [{"seller": "A1", "buyer": "B1", "seller_basins": ["YB"], "buyer_basins": []}]
    assert not by_r57(outcome.warnings)


@pytest.mark.parametrize(("routes", "warned"), [(None, True), ([["B1", "B2"]], False), ([["A1", "B2"]], None)])
def test_where_no_basin_is_on_record_this_is_said(areas, routes, warned):
    areas.must("node", node="B2", name="地B2", kind="banner", parent="B")
    areas.cap("B2", 1000, "groundwater")
    if routes is not None:
        areas.setting("transfer_routes", routes)
    outcome = sell(areas, 1, "B1", "B2")
    facts = {"seller": "B1", "buyer": "B2", "seller_basins": [], "buyer_basins": []}
    if warned is None:
        assert reasons(outcome) == [facts]
    else:
        assert outcome.ok
        assert [f.facts for f in by_r57(outcome.warnings)] == ([facts] if warned else [])


def test_routes_that_are_no_list_are_none(areas):
    areas.setting("transfer_routes", [["A1", "B1"]])
    state = areas.ledger._current()
    key = next(k for k in state.identifiers("setting"))
    state.put("setting", key, state.settings()["transfer_routes"][0]._replace(value="A1-B1"))
    state._settings_count = 0
    assert reasons(sell(areas, 1, "A1", "B1"))


def test_other_kinds_of_trade_are_not_concerned(areas):
    areas.permit("P", 100, "A1")
    areas.permit("Q", 100, "B1")
    outcome = sell(areas, 1, "P", "Q", kind="withdrawal_right")
    assert not by_r57((*outcome.refusals, *outcome.warnings))


def tampered(world, change):
    """Judge a lawful trade of 300 m³ whose postings were changed, by R57 alone."""
    event = read_event({"event": "transfer", "key": "t", "at": world.at, "by": "tester", **trade(300)})
    state = world.ledger._current()
    outcome, fitted, draft = judge(state, event, 99, None)
    assert outcome.ok
    found = Findings()
    postings = tuple(p for p in map(change, draft.postings) if p is not None)
    rules()["r57"].check(Case(fitted, (), state, replace(draft, postings=postings)), found)
    return [(f.node, f.facts) for f in by_r57(found.refusals) if f.text.zh and f.text.en]


def test_a_draft_that_does_not_move_both_alike_is_refused(areas):
    assert not tampered(areas, lambda p: p)
    buyer_more = tampered(areas, lambda p: p._replace(amount_m3=1301) if p.amount_m3 == 1300 else p)
    assert buyer_more == [("A2", {"water": "groundwater", "year": 2026, "cap_m3": 1301, "due_m3": 1300})]
    seller_keeps = tampered(areas, lambda p: None if p.node == "A1" else p)
    assert seller_keeps == [("A1", {"water": "groundwater", "year": 2026, "cap_m3": 1000, "due_m3": 700})]


def test_a_draft_that_does_not_bring_a_cap_back_is_refused(areas):
    lasting = tampered(areas, lambda p: None if p.year == 2028 else p)
    assert lasting == [("A1", {"water": "groundwater", "year": 2028, "cap_m3": 700, "due_m3": 1000})]

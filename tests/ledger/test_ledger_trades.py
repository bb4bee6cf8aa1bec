"""Trades: between permits and between areas, for a term; nothing is gained or lost by them."""

from __future__ import annotations

import pytest

from hetao.ledger.line import Line
from hetao.ledger.regional import common_lines, sides

GROUND = Line("groundwater", "withdrawal", "excluded")


def codes(outcome):
    return sorted(f.rule for f in outcome.refusals)


def trade(scene, **fields):
    own = {"kind": "withdrawal_right", "from_": "P1", "to": "P2", "volume_m3": 100, "term_from": "2026-01-01"}
    return scene.post("transfer", **{**own, "document": "文", **fields})


def permitted(scene, node, water="groundwater", years=range(2025, 2031)):
    return [scene.drawn(node, water, year)[0] for year in years]


def drawn_by(scene, permit, water="groundwater"):
    return [c.volume_m3 for c in scene.ledger.state().permit(permit).charges if c.water == water]


@pytest.fixture
def market(scene):
    """Two permits of five years in banners of different leagues; the first may sell 150 m³ that it saved."""
    scene.permit("P1", 1000, "A1")
    scene.permit("P2", 300, "B1")
    scene.must("certify_saving", permit="P1", volume_m3=150, document="文", approver="NM")
    return scene


def test_a_right_moves_for_a_term_and_comes_back(market):
    outcome = trade(market, term_to="2027-12-31")
    assert outcome.ok, outcome
    assert drawn_by(market, "P1") == [1000, 900, 900, 1000, 1000, 1000]
    assert drawn_by(market, "P2") == [300, 400, 400, 300, 300, 300]
    assert permitted(market, "A1") == permitted(market, "A") == [1000, 900, 900, 1000, 1000, 1000]
    assert permitted(market, "B1", "total") == [300, 400, 400, 300, 300, 300]
    assert permitted(market, "NM") == [1300] * 6
    state = market.ledger.state()
    assert (state.permit("P1").volume_m3, state.permit("P2").volume_m3) == (1000, 300)
    assert (state.permit("P1").saving_m3, state.permit("P2").saving_m3) == (50, 0)
    (transfer,) = state.all(type(state.raw_record("transfer", outcome.key)), "transfer")
    assert (transfer.source, transfer.target, transfer.volume_m3, transfer.end) == ("P1", "P2", 100, "2027-12-31")


def test_the_sum_of_all_effects_of_a_trade_is_nothing_where_both_lie(market):
    sums = {}
    for e in trade(market, term_to="2027-12-31").effects:
        if e.balance == "permitted":
            sums[e.node] = sums.get(e.node, 0) + e.amount_m3
    assert sums == {"YB": -400, "YB1": -400, "A": -400, "A1": -400, "B": 400, "B1": 400}


def test_a_trade_without_an_end_lasts_as_long_as_both_permits(market):
    assert trade(market).ok
    assert drawn_by(market, "P1") == [1000, 900, 900, 900, 900, 900]
    state = market.ledger.state()
    assert (state.permit("P1").volume_m3, state.permit("P2").volume_m3) == (900, 400)


def test_a_trade_may_end_with_one_of_the_permits(scene):
    scene.permit("P1", 1000, "A1")
    scene.permit("P2", 300, "B1", to="2028-03-31")
    scene.must("certify_saving", permit="P1", volume_m3=150, document="文", approver="NM")
    assert trade(scene).ok
    assert drawn_by(scene, "P1") == [1000, 900, 900, 900, 1000, 1000]
    assert drawn_by(scene, "P2") == [300, 400, 400, 400]
    state = scene.ledger.state()
    assert (state.permit("P1").volume_m3, state.permit("P2").volume_m3) == (1000, 400)


def test_a_trade_within_one_banner_changes_no_total(scene):
    scene.permit("P1", 1000, "A1")
    scene.permit("P2", 300, "A1")
    scene.must("certify_saving", permit="P1", volume_m3=150, document="文", approver="NM")
    outcome = trade(scene)
    assert outcome.ok
    assert outcome.effects == ()
    assert drawn_by(scene, "P2")[1] == 400


def test_the_buyers_caps_hold(market):
    market.cap("B", 399, 2028)
    refused = trade(market)
    assert "R19" in codes(refused)
    assert permitted(market, "B1") == [300] * 6
    assert trade(market, term_to="2027-12-31").ok


def test_irrigators_trade_within_a_season(scene):
    scene.permit("P1", 1000, "A1", purpose="irrigation")
    scene.permit("P2", 300, "A2", purpose="irrigation")
    outcome = trade(scene, kind="irrigation", term_from="2025-05-01", term_to="2025-09-30")
    assert outcome.ok, outcome
    assert drawn_by(scene, "P2") == [400, 300, 300, 300, 300, 300]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"from_": "?"}, "transfer.parties"),
        ({"to": "A1"}, "transfer.parties"),
        ({"to": "P1"}, "transfer.itself"),
        ({"term_to": "2025-12-31"}, "term.backwards"),
        ({"kind": "regional"}, "transfer.parties"),
        ({"kind": "regional", "from_": "A"}, "transfer.parties"),
        ({"kind": "gift"}, "event.bad_field"),
        ({"volume_m3": None}, "event.missing_field"),
        ({"volume_m3": -5}, "event.bad_field"),
    ],
)
def test_trades_that_are_none(market, fields, rule):
    outcome = trade(market, **fields)
    assert rule in codes(outcome)
    assert permitted(market, "A1") == [1000] * 6
    assert market.ledger.state().identifiers("transfer") == {}.keys()


# Between areas


def regional(scene, **fields):
    own = {"kind": "regional", "from_": "A1", "to": "B1", "volume_m3": 30, "term_to": "2027-12-31"}
    return trade(scene, **{**own, "platform_number": "N1", **fields})


@pytest.fixture
def areas(scene):
    scene.must("setting", name="transfer_routes", value=[["A", "B"]], from_="2020-01-01", document="文")
    for node, m3 in (("A", 200), ("B", 150)):
        scene.cap(node, m3)
    scene.breakdown("A", {"A1": 100, "A2": 50})
    scene.breakdown("B", {"B1": 90})
    return scene


def caps(scene, node, years=range(2025, 2030), line=GROUND):
    state = scene.ledger.state()
    return [entry and entry.amount_m3 for entry in (state.find(node, line, "cap", year) for year in years)]


def test_caps_move_for_the_term_and_come_back(areas):
    outcome = regional(areas)
    assert outcome.ok, outcome
    assert caps(areas, "A1") == [100, 70, 70, 100, 100]
    assert caps(areas, "A") == [200, 170, 170, 200, 200]
    assert caps(areas, "B") == [150, 180, 180, 150, 150]
    assert caps(areas, "B1") == [90, 120, 120, 90, 90]
    assert caps(areas, "NM") == [10**9] * 5
    assert caps(areas, "A2") == [50] * 5
    assert areas.account("A1", year=2026).document == "文"


def test_caps_that_are_stated_after_the_term_stay(areas):
    areas.cap("A1", 80, 2028)
    areas.cap("A1", 90, 2027)
    assert regional(areas).ok
    assert caps(areas, "A1") == [100, 70, 60, 80, 80]


def test_a_cap_that_begins_within_the_term_is_not_given_back_twice(areas):
    areas.cap("B", 160, 2027)
    assert regional(areas).ok
    assert caps(areas, "B") == [150, 180, 190, 160, 160]


def test_total_caps_move_too_where_both_have_one(areas):
    total = GROUND._replace(water="total")
    for node in ("A", "A1", "B"):
        areas.cap(node, 5000 if node == "A" else 4000, water="total")
    assert regional(areas).ok
    assert caps(areas, "A", line=total) == [5000] * 5
    areas.cap("B1", 3000, water="total")
    assert regional(areas).ok
    assert caps(areas, "A", line=total) == [5000, 4970, 4970, 5000, 5000]
    assert caps(areas, "B1", line=total) == [3000, 3030, 3030, 3000, 3000]


def test_both_lines_move_where_both_have_caps_on_both(areas):
    included = GROUND._replace(ecology="included")
    for node, m3 in (("A", 300), ("A1", 120), ("B", 300), ("B1", 110)):
        areas.cap(node, m3, ecology="included")
    assert regional(areas).ok
    assert caps(areas, "A1", line=included) == [120, 90, 90, 120, 120]
    assert caps(areas, "A1") == [100, 70, 70, 100, 100]


def test_yellow_river_caps_move_by_their_own_years(areas):
    river = GROUND._replace(water="yellow_river")
    for node, m3 in (("A", 200), ("A1", 100), ("B", 150), ("B1", 90)):
        areas.cap(node, m3, 2024, water="yellow_river")
    assert regional(areas, water="yellow_river", term_from="2026-07-01", term_to="2027-06-30").ok
    assert caps(areas, "A1", line=river) == [100, 70, 100, 100, 100]
    assert caps(areas, "A1") == [100] * 5


def test_the_water_is_stated_where_it_could_be_another(areas):
    for node in ("A1", "B1"):
        areas.cap(node, 10, water="surface")
    refused = regional(areas)
    assert codes(refused) == ["transfer.line"]
    assert refused.refusals[0].facts["waters"] == ["surface", "groundwater"]
    assert regional(areas, water="groundwater").ok


def test_total_water_is_traded_where_nothing_else_is_capped(areas):
    total = GROUND._replace(water="total")
    areas.cap("B", 500, water="total")
    areas.must("node", node="C", name="地C", kind="league", parent="NM")
    areas.cap("C", 40, water="total")
    areas.must("setting", name="transfer_routes", value=[["A", "B"], ["B", "C"]], from_="2020-01-01", document="文")
    outcome = regional(areas, from_="C", to="B", term_to="2026-12-31")
    assert outcome.ok, outcome
    assert caps(areas, "B", line=total) == [500, 530, 500, 500, 500]
    assert caps(areas, "C", line=total) == [40, 10, 40, 40, 40]


def test_a_stated_water_must_fit(areas):
    assert codes(regional(areas, water="snow")) == ["event.bad_field"]


def test_the_sellers_permits_keep_their_room(areas):
    areas.permit("P1", 71, "A1")
    refused = regional(areas)
    assert "R09" in codes(refused)
    assert caps(areas, "A1") == [100] * 5
    assert regional(areas, volume_m3=29).ok


def test_what_the_seller_broke_down_holds(areas):
    areas.breakdown("A1", {"A1u": 80})
    assert "R01" in codes(regional(areas))
    assert regional(areas, volume_m3=20).ok


def test_what_lies_between_without_a_cap_is_passed_over(scene):
    scene.must("setting", name="transfer_routes", value=[["A", "B"]], from_="2020-01-01", document="文")
    scene.cap("A1", 100)
    scene.cap("B1", 90)
    scene.cap("B", 150, 2027)
    assert regional(scene).ok
    assert caps(scene, "A1") == [100, 70, 70, 100, 100]
    assert caps(scene, "A") == [None] * 5
    assert caps(scene, "B") == [None, None, 180, 150, 150]


def test_who_lies_where(areas):
    state = areas.ledger.state()
    assert sides(state, "A1", "A2") == (("A1",), ("A2",))
    assert sides(state, "A1u", "B") == (("A", "A1", "A1u"), ("B",))
    assert sides(state, "A", "A1") == ((), ("A1",))
    assert common_lines(state, "A1", "B1", "groundwater", 2025) == (GROUND,)
    assert common_lines(state, "A1", "B1", "groundwater", 2024) == ()


@pytest.mark.parametrize(("seller", "buyer"), [("A", "A1"), ("A1", "A")])
def test_a_place_does_not_trade_with_what_lies_in_it(areas, seller, buyer):
    outcome = regional(areas, from_=seller, to=buyer)
    assert not outcome.ok
    assert (caps(areas, "A"), caps(areas, "A1")) == ([200] * 5, [100] * 5)

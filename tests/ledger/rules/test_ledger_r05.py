"""R05: an order scales all holders in one ratio, and the parts still add to the whole."""

from __future__ import annotations

import pytest

from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Order
from hetao.ledger.rule import Case, rules

RULE = rules()["r05"]
YEAR = {"from_": "2025-07-01", "to": "2026-06-30", "document": "文"}
SHARE = 5_860_000_000  # of the scheme of 1987, in an average year
BASIS = {"basis": "consumption", "ecology": "excluded"}


def order(world, node="NM", water="yellow_river", **fields):
    return world.must("order", **{"node": node, "water": water, **YEAR, **fields})


def said(outcome):
    return [f for f in outcome.warnings if f.rule == "R05"]


def split(world, water="surface", **children):
    """Break caps down: NM's to its parts, A's to A1 and A2."""
    for node in ("A", "B", "A1", "A2"):
        if node in children:
            world.cap(node, children[node], water, 2025)


def tampered(world, **fields):
    """Return the places that the rule refuses for an order that the contract would not let pass."""
    own = {"node": "NM", "water": "surface", "factor": "0.9", "volume_m3": None}
    record = Order(**own | fields, start="2025-01-01", end="2025-12-31", document="文")
    found = Findings()
    event = Event("", {}, {"event": "order", "at": world.at})
    RULE.check(Case(event, (), world.ledger.state(), Draft(records={("order", "k"): record})), found)
    return [(f.rule, f.node) for f in found.refusals], found


def test_the_share_of_an_average_year_is_scaled(world):
    world.cap("NM", SHARE, "yellow_river", 2025, **BASIS)
    consumption, withdrawal = sorted(said(order(world, factor="0.90")), key=lambda f: f.facts["basis"])
    assert consumption.facts == {
        **BASIS,
        "year": 2025,
        "cap_m3": SHARE,
        "effective_m3": 5_274_000_000,
        "kept_m3": 5_274_000_000,
        "limits_m3": {"NM": 5_274_000_000},
    }
    assert withdrawal.facts["limits_m3"] == {"NM": 9 * 10**8}
    assert "5,274,000,000" in consumption.text.zh
    assert "5,274,000,000" in consumption.text.en
    assert consumption.node == "NM"


def test_parts_add_to_the_whole_after_rounding(world):
    world.cap("NM", 1000, "surface", 2025)
    split(world, A=333, B=334, A1=100, A2=100)
    (warning,) = said(order(world, water="surface", factor="0.77", from_="2025-01-01", to="2025-12-31"))
    limits = warning.facts["limits_m3"]
    assert limits == {"NM": 770, "A": 256, "A1": 77, "A2": 77, "B": 257}
    assert limits["A"] + limits["B"] + warning.facts["kept_m3"] == warning.facts["effective_m3"] == 770
    assert "A 256 m³、B 257 m³" in warning.text.zh
    assert {n: world.account(n, "surface").limit_m3 for n in limits} == limits


def test_an_order_by_volume_and_for_part_of_a_year(world):
    world.cap("A", 36500, "surface", 2025)
    (warning,) = said(order(world, "A", "surface", volume_m3=0, from_="2025-12-31", to="2025-12-31"))
    assert warning.facts["effective_m3"] == 36400


def test_a_long_order_is_told_where_limits_step(world):
    world.cap("A", 1000, "surface", 2025)
    world.cap("A", 2000, "surface", 2028)
    told = said(order(world, "A", "surface", factor="0.5", from_="2025-01-01", to="2034-12-31"))
    assert [(f.facts["year"], f.facts["effective_m3"]) for f in told] == [
        (2025, 500),
        (2026, 500),
        (2028, 1000),
        (2034, 1000),
    ]


def test_a_place_without_a_cap_stands_for_those_below_it(world, monkeypatch):
    world.cap("NM", 1000, "surface", 2025)
    world.cap("A1", 400, "surface", 2025)
    limits = {"NM": 900, "A1": 360}
    monkeypatch.setattr("hetao.ledger.rules.r05.effective_m3", lambda after, place, *_: limits.get(place))
    refusals, found = tampered(world)
    assert refusals == []
    assert found.warnings[0].facts["kept_m3"] == 540
    limits["A1"] = 400  # the place below the gap keeps what it had
    assert tampered(world)[0] == [("R05", "NM")]


def test_a_part_under_its_own_order_may_have_less(world):
    world.cap("NM", 1000, "surface", 2025)
    split(world, A=400, B=600)
    order(world, "A", "surface", factor="0.5", from_="2025-01-01", to="2025-12-31")
    (warning,) = said(order(world, "NM", "surface", factor="0.9", from_="2025-01-01", to="2025-12-31"))
    assert warning.facts["limits_m3"] == {"NM": 900, "A": 200, "B": 540}
    assert warning.facts["kept_m3"] == 160


def test_an_order_on_a_place_without_a_cap_scales_nothing(world):
    (warning,) = said(order(world, "B1", "surface", factor="0.9"))
    assert warning.facts == {"water": "surface", "start": "2025-07-01", "end": "2026-06-30"}
    assert "没有地表水上限" in warning.text.zh
    assert "scales nothing" in warning.text.en


def test_a_cap_of_nothing_stays_nothing(world):
    world.cap("A", 0, "surface", 2025)
    world.cap("A1", 0, "surface", 2025)
    (warning,) = said(order(world, "A", "surface", factor="0.5", from_="2025-01-01", to="2025-12-31"))
    assert warning.facts["limits_m3"] == {"A": 0, "A1": 0}


@pytest.mark.parametrize(
    "limits",
    [
        {"NM": 900, "A": 362, "B": 540},  # a part has too much
        {"NM": 900, "A": 358, "B": 540},  # a part has too little
        {"NM": 900, "A": 360, "B": 541},  # a fraction too much still breaks the ratio
    ],
)
def test_limits_out_of_ratio_are_found(world, monkeypatch, limits):
    world.cap("NM", 1000, "surface", 2025)
    split(world, A=400, B=600)
    monkeypatch.setattr("hetao.ledger.rules.r05.effective_m3", lambda after, place, *_: limits.get(place))
    assert tampered(world)[0] == [("R05", "NM")]


def test_limits_that_round_up_beyond_the_whole_are_found(world, monkeypatch):
    world.cap("NM", 10, "surface", 2025)
    split(world, A=5, B=5)
    limits = {"NM": 5, "A": 3, "B": 3}  # each within 1 m³ of its share, together above the whole
    monkeypatch.setattr("hetao.ledger.rules.r05.effective_m3", lambda after, place, *_: limits.get(place))
    assert tampered(world)[0] == [("R05", "NM")]

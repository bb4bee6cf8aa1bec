"""Limits in force: orders, what is owed, and who gives up how much where a cap falls below what is permitted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.ledger import Ledger
from hetao.ledger.clawback import clawback
from hetao.ledger.debt import actual_use_m3, debt_m3
from hetao.ledger.limits import effective_m3, is_cut, room_m3
from hetao.ledger.line import Line

GROUND = Line("groundwater", "withdrawal", "excluded")
GROUND_2025 = {**GROUND._asdict(), "year": 2025}
RIVER = Line("yellow_river", "withdrawal", "excluded")


def order(scene, node="A", water="groundwater", first="2025-01-01", last="2025-12-31", **fields):
    return scene.must("order", node=node, water=water, from_=first, to=last, document="旱情", **fields)


def limit(scene, node="A", line=GROUND, year=2025):
    return effective_m3(scene.ledger.state(), node, line, year)


# Orders


def test_a_factor_for_a_whole_year(scene):
    scene.cap("A", 586, water="yellow_river")
    order(scene, water="yellow_river", first="2025-07-01", last="2026-06-30", factor="0.9")
    assert limit(scene, line=RIVER) == 527
    assert limit(scene, line=RIVER, year=2024) is None
    assert limit(scene, line=RIVER, year=2026) == 586
    account = scene.account("A", "yellow_river")
    assert (account.cap_m3, account.limit_m3) == (586, 527), "the cap itself stays as it is"


@pytest.mark.parametrize("factor", ["0.9", 0.9, "0.90"])
def test_a_factor_is_exact_however_it_is_written(scene, factor):
    scene.cap("A", 10)
    order(scene, factor=factor)
    assert limit(scene) == 9


@pytest.mark.parametrize(("factor", "expected"), [("0", 0), (0, 0), ("1", 1000), (1, 1000), ("0.0005", 0)])
def test_factors_from_nothing_to_all(scene, factor, expected):
    scene.cap("A", 1000)
    order(scene, factor=factor)
    assert limit(scene) == expected


@pytest.mark.parametrize(("volume_m3", "expected"), [(0, 0), (600, 600), (1000, 1000), (5000, 1000)])
def test_a_volume_in_place_of_the_years_limit(scene, volume_m3, expected):
    scene.cap("A", 1000)
    order(scene, volume_m3=volume_m3)
    assert limit(scene) == expected


def test_an_order_for_a_part_of_the_year_takes_its_part_by_days(scene):
    scene.cap("A", 36_500)
    order(scene, first="2025-03-01", last="2025-03-10", factor="0.5")
    assert limit(scene) == 36_500 - 500
    order(scene, first="2025-06-01", last="2025-06-10", volume_m3=0)
    assert limit(scene) == 36_500 - 500 - 1000
    order(scene, first="2025-12-31", last="2026-01-01", volume_m3=0)
    assert limit(scene) == 36_500 - 1500 - 100
    assert limit(scene, year=2026) == 36_400


def test_a_days_part_is_rounded_down(scene):
    scene.cap("A", 1000)
    order(scene, first="2025-03-01", last="2025-03-01", volume_m3=0)
    assert limit(scene) == 1000 - 3, "2.74 of 1000 m³"


def test_a_leap_year_of_the_river(scene):
    scene.cap("A", 366, 2023, water="yellow_river")
    order(scene, water="yellow_river", first="2024-02-29", last="2024-02-29", volume_m3=0)
    assert limit(scene, line=RIVER, year=2023) == 365


def test_of_several_orders_for_the_same_days_the_last_one_given_holds(scene):
    scene.cap("A", 100)
    order(scene, factor="0.5")
    order(scene, factor="0.5")
    assert limit(scene) == 50
    order(scene, factor="0.8")
    assert limit(scene) == 80
    order(scene, factor="0.7")
    order(scene, first="2025-01-01", last="2025-03-14", volume_m3=0)
    assert limit(scene) == 100 * (365 - 73) * 7 // 3650, "nothing for 73 days, 0.7 for the others"
    order(scene, factor="1")
    assert limit(scene) == 100, "and an order of factor 1 lifts it"


def test_headroom_is_what_orders_leave(scene):
    scene.cap("A", 100)
    assert scene.apply("AP1", 60).ok
    order(scene, factor="0.7")
    assert scene.account("A").headroom_m3 == 10
    line = {"node": "A", "year": 2025, **GROUND._asdict()}
    assert scene.post("assert", what="headroom", volume_m3=10, **line).ok
    order(scene, factor="0.5")
    assert scene.account("A").headroom_m3 == -10
    (refusal,) = (f for f in scene.apply("AP2", 1).refusals if f.rule == "R19")
    assert (refusal.facts["effective_m3"], refusal.facts["over_m3"]) == (50, 11)
    assert "nothing is left" in refusal.text.en
    assert "50 m³ after orders" in refusal.text.en
    assert "没有余量" in refusal.text.zh


def test_what_lies_below_takes_part_in_the_same_ratio_and_adds_up(scene):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 33, "A2": 34}, reserve_m3=20)
    order(scene, factor="0.9")
    assert (limit(scene), limit(scene, "A1"), limit(scene, "A2")) == (90, 30, 30)
    scene.cap("A1u", 33, issuer="A1")
    assert limit(scene, "A1u") == 30
    assert limit(scene, "B") is None


caps = st.lists(st.integers(0, 1000), min_size=2, max_size=2)


@given(caps=caps, reserve=st.integers(0, 500), factor=st.integers(0, 1000))
def test_parts_add_up_to_the_whole(scene_of, caps, reserve, factor):
    with Ledger.open("sqlite:///:memory:") as ledger:
        scene = scene_of(ledger)
        whole = sum(caps) + reserve
        scene.cap("A", whole)
        scene.breakdown("A", dict(zip(("A1", "A2"), caps, strict=True)), reserve_m3=reserve)
        order(scene, factor=str(factor / 1000))
        total = limit(scene)
        assert total == whole * factor // 1000
        parts = [limit(scene, node) for node in ("A1", "A2")]
        for part, cap in zip(parts, caps, strict=True):
            assert abs(part - (Fraction(total * cap, whole) if whole else 0)) < 1
        kept = total - sum(parts)
        assert kept >= 0
        assert abs(kept - (Fraction(total * reserve, whole) if whole else 0)) < 1


def test_an_order_of_its_own_binds_beside_the_one_above(scene):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 50})
    order(scene, factor="0.9")
    order(scene, node="A1", factor="0.8")
    assert limit(scene, "A1") == 40
    order(scene, volume_m3=0)
    assert (limit(scene), limit(scene, "A1")) == (0, 0)


def test_orders_are_for_a_place_and_a_water(scene):
    for node in ("A", "B"):
        scene.cap(node, 100)
        scene.cap(node, 100, water="surface")
    order(scene, factor="0.5")
    surface = GROUND._replace(water="surface")
    assert [limit(scene, n, w) for n in "AB" for w in (GROUND, surface)] == [50, 100, 100, 100]


def test_grants_are_held_to_the_limit_in_force(scene):
    scene.cap("A", 1000)
    order(scene, factor="0.9")
    refused = scene.apply("AP1", 901)
    (finding,) = (f for f in refused.refusals if f.rule == "R19")
    assert (finding.facts["cap_m3"], finding.facts["effective_m3"], finding.facts["headroom_m3"]) == (1000, 900, 900)
    assert scene.apply("AP2", 900).ok
    state = scene.ledger.state()
    assert room_m3(state, "A", GROUND, 2025, "permitted") == 0
    assert room_m3(state, "A", GROUND, 2025, "planned") == 900
    assert room_m3(state, "A1", GROUND, 2025, "used") is None


def test_room_where_a_cap_does_not_bind(scene):
    scene.cap("A", 1000, binds=["used"])
    state = scene.ledger.state()
    assert room_m3(state, "A", GROUND, 2025, "permitted") is None
    assert room_m3(state, "A", GROUND, 2025, "used") == 1000


def test_a_year_of_plenty_allows_more_use_but_no_more_rights(scene):
    scene.cap("A", 100)
    scene.must("breakdown", node="A", children={"A1": 60, "A2": 30}, reserve_m3=10, document="文", **GROUND_2025)
    order(scene, factor="1.2")
    assert (limit(scene), limit(scene, "A1"), limit(scene, "A2")) == (120, 72, 36)
    state = scene.ledger.state()
    assert [room_m3(state, "A1", GROUND, 2025, b) for b in ("permitted", "planned", "used")] == [60, 60, 72]
    assert not scene.apply("AP1", 61).ok
    assert scene.apply("AP2", 60).ok


def test_a_factor_is_no_less_than_nothing(scene):
    own = {"node": "A", "water": "groundwater", "from_": "2025-01-01", "to": "2025-12-31", "document": "文"}
    assert [f.rule for f in scene.post("order", factor="-0.1", **own).refusals] == ["event.bad_field"]


def test_a_shortfall_takes_from_the_limit_of_the_next_river_year(scene):
    scene.cap("A", 100, 2024, water="yellow_river")
    value = {"volume_m3": 20, "year": 2024, "node": "A"}
    scene.must("setting", name="section_shortfall", value=value, from_="2025-01-01", document="文")
    assert is_cut(scene.ledger.state())
    assert [limit(scene, line=RIVER, year=y) for y in (2024, 2025, 2026)] == [100, 60, 100]


def test_orders_without_any_cap(scene):
    scene.must("node", node="X", name="x", kind="region")
    order(scene, node="X", factor="0.5")
    assert limit(scene, "X") is None
    order(scene, node="A", factor="0.5")
    scene.cap("A1", 10)
    assert limit(scene, "A1") == 10, "nothing above it has a cap that could be shared"


# Debt


def use(scene, m3, year, **fields):
    line = {**GROUND._asdict(), **fields}
    return scene.must("use", node="A", year=year, volume_m3=m3, source="公报", **line)


def owed(scene, *years, line=GROUND):
    state = scene.ledger.state()
    return [debt_m3(state, "A", line, year) for year in years]


def test_use_above_the_cap_is_owed_until_it_is_made_up_for(scene):
    scene.cap("A", 100, 2020)
    use(scene, 130, 2021)
    use(scene, 120, 2022)
    use(scene, 70, 2024)
    assert owed(scene, 2020, 2021, 2022, 2023, 2024, 2025, 2026) == [0, 30, 50, 50, 50, 20, 20]
    use(scene, 0, 2025)
    assert owed(scene, 2025, 2026) == [20, 0], "a year pays back only once it is over"
    assert scene.account("A", year=2023).debt_m3 == 50


def test_metered_or_published_use_whichever_is_larger(scene):
    scene.cap("A1", 100)
    scene.permit("P1", 100)
    scene.day("2025-07-01").read("P1", 130, "2025-04-01", "2025-06-30")
    state = scene.ledger.state()
    assert actual_use_m3(state, "A1", GROUND, 2025) == 130
    assert debt_m3(state, "A1", GROUND, 2025) == 30
    scene.must("use", node="A1", year=2025, volume_m3=90, source="公报", **GROUND._asdict())
    assert actual_use_m3(scene.ledger.state(), "A1", GROUND, 2025) == 130
    scene.must("use", node="A1", year=2025, volume_m3=140, source="公报", **GROUND._asdict())
    assert debt_m3(scene.ledger.state(), "A1", GROUND, 2026) == 40
    assert actual_use_m3(scene.ledger.state(), "A1", GROUND, 2024) is None


def test_only_caps_that_bind_use_are_owed_to(scene):
    scene.cap("A", 100, 2020, binds=["permitted"])
    use(scene, 130, 2021)
    scene.cap("A", 100, 2022)
    use(scene, 130, 2022)
    assert owed(scene, 2021, 2022) == [0, 30]
    use(scene, 500, 2018)
    assert owed(scene, 2023) == [30], "no cap held in 2018"


def test_use_counts_against_the_limit_in_force(scene):
    scene.cap("A", 100, 2020)
    order(scene, first="2022-01-01", last="2022-12-31", factor="0.9")
    use(scene, 95, 2022)
    assert owed(scene, 2022, 2023) == [5, 5]


def test_a_consumption_cap_is_owed_in_consumption(scene):
    consumption = Line("groundwater", "consumption", "excluded")
    scene.cap("A", 100, 2020, basis="consumption")
    use(scene, 130, 2021, basis="consumption")
    assert owed(scene, 2022, line=consumption) == [30]
    assert owed(scene, 2022) == [0]


# Clawing back


@pytest.fixture
def holders(scene):
    """Six permits of 1000 m³ in all under A, and one beside it."""
    for name, m3, node, purpose in (
        ("I1", 300, "A1", "industry"),
        ("I2", 200, "A2", "industry"),
        ("G1", 250, "A1u", "agriculture"),
        ("T1", 150, "A1", "town"),
        ("D1", 100, "A2", "public_safety"),
        ("X1", 777, "B1", "industry"),
    ):
        scene.permit(name, m3, node, purpose=purpose)
    return scene


def claw(scene, gap_m3, year=2025, node="A"):
    return clawback(scene.ledger.state(), node, "groundwater", year, gap_m3, scene.at[:10])


def test_homes_and_towns_are_spared_longest(holders):
    assert claw(holders, 85) == {"D1": 10, "G1": 25, "I1": 30, "I2": 20}
    assert claw(holders, 850) == {"D1": 100, "G1": 250, "I1": 300, "I2": 200}
    assert claw(holders, 900) == {"D1": 100, "G1": 250, "I1": 300, "I2": 200, "T1": 50}
    assert sum(claw(holders, 5000).values()) == 1000
    assert claw(holders, 0) == {}
    assert claw(holders, 85, year=2040) == {}


def test_the_setting_orders_the_cuts(holders):
    holders.must("setting", name="cutback_priority", value=["agriculture", "town"], from_="2025-01-01", document="文")
    assert claw(holders, 250) == {"G1": 250}
    assert claw(holders, 300) == {"G1": 250, "T1": 50}
    assert claw(holders, 460) == {"G1": 250, "T1": 150, "D1": 10, "I1": 30, "I2": 20}
    holders.at = "2024-12-31T00:00:00+08:00"
    assert claw(holders, 85) == {"D1": 10, "G1": 25, "I1": 30, "I2": 20}, "the setting does not hold yet"


def test_parts_are_whole_cubic_metres_that_add_up(holders):
    for gap in (1, 2, 7, 99, 333):
        cuts = claw(holders, gap)
        assert sum(cuts.values()) == gap
        assert all(m3 > 0 for m3 in cuts.values())


def test_only_permits_in_force_are_cut(holders):
    holders.must("suspend", permit="I1")
    holders.must("cancel", permit="I2")
    assert set(claw(holders, 600)) == {"I1", "G1", "D1"}


# A cap below what is permitted


def cap(scene, m3, **fields):
    own = {"node": "A", "issuer": "NM", "volume_m3": m3, "year": 2026, "document": "文", **GROUND._asdict()}
    return scene.post("cap", **{**own, **fields})


def test_a_cap_below_what_is_permitted_needs_a_list_that_reaches_it(holders):
    refused = cap(holders, 900)
    assert [(f.rule, f.facts["year"]) for f in refused.refusals] == [("R09", year) for year in range(2026, 2031)]
    facts = refused.refusals[0].facts
    assert (facts["permitted_m3"], facts["gap_m3"], facts["year"]) == (1000, 100, 2026)
    assert sum(facts["clawback"].values()) == 100
    short = cap(holders, 900, cutback={"I1": 60, "I2": 39})
    assert {f.facts["gap_m3"] for f in short.refusals} == {1}
    assert holders.drawn("A", year=2026)[0] == 1000
    assert cap(holders, 900, cutback=facts["clawback"]).ok
    assert holders.drawn("A", year=2026)[0] == 900


def test_a_cutback_runs_from_the_years_cap_on(holders):
    outcome = cap(holders, 900, cutback={"I1": 60, "G1": 40})
    assert outcome.ok
    changes = {(e.node, e.line.water, e.year): e.amount_m3 for e in outcome.effects if e.balance == "permitted"}
    assert {key[2] for key in changes} == {2026, 2027, 2028, 2029, 2030}
    assert changes["A1", "groundwater", 2026] == changes["NM", "total", 2030] == -100
    assert changes["A1u", "groundwater", 2026] == -40
    state = holders.ledger.state()
    assert (state.permit("I1").volume_m3, state.permit("G1").volume_m3) == (240, 210)
    assert [c.volume_m3 for c in state.permit("I1").charges if c.water == "total"] == [300, 240, 240, 240, 240, 240]


def test_a_cutback_takes_no_more_than_a_permit_has(holders):
    assert cap(holders, 700, cutback={"I1": 5000}).ok
    assert holders.ledger.state().permit("I1").volume_m3 == 0
    assert holders.drawn("A1", year=2026)[0] == 400


def test_a_cutback_names_permits_that_there_are(holders):
    refused = cap(holders, 900, cutback={"nobody": 5, "I1": 100})
    assert [f.rule for f in refused.refusals] == ["permit.unknown"]
    assert refused.refusals[0].facts == {"field": "cutback", "permit": "nobody"}
    holders.must("cancel", permit="I2")
    refused = cap(holders, 700, cutback={"I2": 5, "I1": 100})
    assert [f.rule for f in refused.refusals] == ["permit.status"]


def test_a_cap_that_does_not_bind_permits_needs_no_list(holders):
    assert cap(holders, 1, binds=["used"]).ok


def test_a_cap_for_a_year_after_the_permits_needs_no_list(holders):
    assert cap(holders, 1, year=2031).ok


def test_an_earlier_cap_is_checked_in_the_years_that_it_holds(holders):
    assert cap(holders, 1000, year=2027).ok
    assert [f.facts["year"] for f in cap(holders, 999, year=2026).refusals] == [2026]
    assert [f.facts["year"] for f in cap(holders, 999, year=2024).refusals] == [2025, 2026]

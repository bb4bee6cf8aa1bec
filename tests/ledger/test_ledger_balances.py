"""Balances: what is permitted, planned and used, on which places, waters, years of account and lines."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.ledger.line import WATERS, Line, drawn_lines
from hetao.ledger.records import Closure
from hetao.ledger.years import (
    add_days,
    add_years,
    day_number,
    days_in_year,
    split_by_year,
    year_days,
    year_of,
    years_of,
)

GROUND = Line("groundwater", "withdrawal", "excluded")
NODES = ("YB", "YB1", "NM", "A", "A1")


def codes(outcome):
    return sorted(f.rule for f in outcome.refusals)


def over_cap(outcome):
    return not outcome.ok and "R19" in codes(outcome)


def yellow_river(scene, volume_m3=1200, first="2025-04-01", last="2027-06-30"):
    """Bring about a Yellow River permit P1."""
    scene.apply("AP-P1", volume_m3, "A1", water="yellow_river", from_=first, to=last)
    scene.must("approve", application="AP-P1", approver="YB1")
    scene.must("accept_works", application="AP-P1", permit="P1", from_=first, to=last)


# Years of account


@pytest.mark.parametrize(
    ("day", "river", "other"),
    [
        ("2024-06-30", 2023, 2024),
        ("2024-07-01", 2024, 2024),
        ("2024-12-31", 2024, 2024),
        ("2025-01-01", 2024, 2025),
        ("2025-06-30", 2024, 2025),
    ],
)
def test_the_year_of_a_day(day, river, other):
    assert year_of("yellow_river", day) == river
    assert {year_of(water, day) for water in WATERS if water != "yellow_river"} == {other}


def test_years_have_their_days():
    assert year_days("yellow_river", 2024) == ("2024-07-01", "2025-06-30")
    assert year_days("total", 2024) == ("2024-01-01", "2024-12-31")
    assert (days_in_year("yellow_river", 2023), days_in_year("yellow_river", 2024)) == (366, 365)
    assert (days_in_year("total", 2024), days_in_year("total", 2023)) == (366, 365)
    assert list(years_of("yellow_river", "2024-06-30", "2025-07-01")) == [2023, 2024, 2025]
    assert add_years("2024-02-29", 1) == "2025-02-28"
    assert add_years("2024-02-29", 4) == "2028-02-29"
    assert add_days("2024-02-28", 2) == "2024-03-01"
    assert add_days("2024-03-01", -1) == "2024-02-29"


days = st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 1, 1))


@given(st.sampled_from(sorted(WATERS)), days, days, st.integers(0, 2**63 - 1))
def test_a_volume_is_split_by_days_and_nothing_is_lost(water, one, other, volume_m3):
    first, last = sorted((one.isoformat(), other.isoformat()))
    parts = dict(split_by_year(water, first, last, volume_m3))
    assert sum(parts.values()) == volume_m3
    assert list(parts) == list(years_of(water, first, last))
    whole = day_number(last) - day_number(first) + 1
    for year, m3 in parts.items():
        start, end = year_days(water, year)
        held = day_number(min(end, last)) - day_number(max(start, first)) + 1
        assert abs(m3 * whole - volume_m3 * held) < whole


# What is permitted and planned


def test_yellow_river_water_runs_from_july_to_june_and_counts_on_total_by_the_calendar(scene):
    yellow_river(scene)
    for node in NODES:
        assert [scene.drawn(node, "yellow_river", y)[0] for y in range(2023, 2029)] == [0, 1200, 1200, 1200, 0, 0]
        assert [scene.drawn(node, "total", y)[0] for y in range(2023, 2029)] == [0, 0, 1200, 1200, 1200, 0]


def test_the_cap_of_the_river_year_holds_the_term(scene):
    scene.cap("A1", 999, 2024, water="yellow_river")
    scene.cap("A1", 5000, 2025, water="yellow_river")
    spring = {"water": "yellow_river", "from_": "2025-04-01", "to": "2025-06-30"}
    assert over_cap(scene.apply("AP1", 1000, **spring))
    assert scene.apply("AP2", 1000, **{**spring, "from_": "2025-07-01", "to": "2026-06-30"}).ok
    assert scene.apply("AP3", 999, **spring).ok


def test_total_and_source_both_bind(scene):
    scene.cap("A1", 50, water="total")
    scene.cap("A1", 20)
    assert scene.apply("AP1", 20).ok
    assert over_cap(scene.apply("AP2", 1))
    assert scene.apply("AP3", 30, water="surface").ok
    assert over_cap(scene.apply("AP4", 1, water="surface"))
    assert over_cap(scene.apply("AP5", 1, water="total"))


@pytest.mark.parametrize("place", NODES)
def test_the_tightest_cap_on_the_way_binds(scene, place):
    scene.cap(place, 999, issuer="YB" if place == "YB1" else "NM")
    refused = scene.apply("AP1", 1000)
    (finding,) = (f for f in refused.refusals if f.rule == "R19")
    assert finding.node == place
    assert finding.facts["over_m3"] == 1
    assert refused.effects == ()
    assert scene.apply("AP2", 999).ok
    assert over_cap(scene.apply("AP3", 1, "A1u"))
    assert scene.apply("AP4", 1, "A2").ok == (place == "A1"), "what lies beside it draws on all that is above both"


def test_a_basin_binds_places_of_different_areas(scene):
    scene.must("node", node="B2", name="地B2", kind="banner", parent="B", basins=["YB1"])
    scene.cap("YB1", 100, issuer="YB")
    assert scene.apply("AP1", 60, "A1").ok
    assert over_cap(scene.apply("AP2", 41, "B2"))
    assert scene.apply("AP3", 40, "B2").ok
    assert scene.apply("AP4", 500, "B1").ok


@pytest.mark.parametrize("binds", [["planned"], ["used"], ["planned", "used"]])
def test_a_cap_that_does_not_bind_permits_lets_them_pass(scene, binds):
    scene.cap("A1", 5, binds=binds)
    assert scene.apply("AP1", 1000).ok


def test_where_no_cap_is_on_the_way_nothing_is_granted(scene):
    scene.must("node", node="NX", name="另一区", kind="region")
    scene.must("node", node="X", name="地X", kind="banner", parent="NX")
    refused = scene.apply("AP1", 1, "X")
    assert codes(refused) == ["R19"]
    assert refused.refusals[0].facts.items() >= {"water": "groundwater", "volume_m3": 1}.items()
    scene.cap("NX", 5, water="total", issuer="NX")
    assert scene.apply("AP1", 1, "X").ok


def test_ecological_supply_counts_only_where_it_is_included(scene):
    scene.cap("A", 100)
    scene.cap("A", 150, ecology="included")
    assert scene.apply("AP1", 80).ok
    assert scene.drawn("A") == (80, 0, 0, 0, 0, 0)
    eco = scene.apply("AP2", 70, purpose="ecology")
    assert eco.ok
    assert {e.line.ecology for e in eco.effects} == {"included"}
    assert scene.drawn("A") == (80, 0, 0, 70, 0, 0)
    assert (scene.account("A").permitted_m3, scene.account("A", ecology="included").permitted_m3) == (80, 150)
    assert (scene.account("A").headroom_m3, scene.account("A", ecology="included").headroom_m3) == (20, 0)
    for number, purpose in enumerate(("ecology", "industry")):
        refused = scene.apply(f"APX{number}", 1, purpose=purpose)
        (finding,) = (f for f in refused.refusals if f.rule == "R19")
        assert "ecological supply included" in finding.text.en


def test_ecological_supply_needs_a_cap_that_counts_it(scene):
    assert codes(scene.apply("AP1", 1, purpose="ecology")) == ["R19"]
    scene.cap("NM", 10**9, ecology="included")
    assert scene.apply("AP1", 1, purpose="ecology").ok


def test_lines_on_which_a_withdrawal_counts():
    assert drawn_lines("surface", ecological=True) == (Line("surface", "withdrawal", "included"),)
    assert [line.ecology for line in drawn_lines("surface", ecological=False)] == ["excluded", "included"]
    assert Line("surface", "consumption", "included").label.zh == "地表水、耗水口径、含河湖生态补水"


def test_a_consumption_cap_binds_no_withdrawal(scene):
    scene.cap("A1", 1, basis="consumption")
    assert scene.apply("AP1", 1000).ok
    (account,) = scene.ledger.accounts(node="A1", basis="consumption")
    assert (account.cap_m3, account.permitted_m3, account.headroom_m3) == (1, 0, 1)


def test_a_plan_is_issued_and_issued_anew(scene):
    scene.permit("P1", 1000)
    first = scene.must("plan", permit="P1", year=2025, volume_m3=800, approver="A1")
    assert {(e.balance, e.amount_m3) for e in first.effects} == {("planned", 800)}
    assert {e.node for e in first.effects} == set(NODES)
    assert {e.line.water for e in first.effects} == {"groundwater", "total"}
    second = scene.must("plan", permit="P1", year=2025, volume_m3=500, approver="A1")
    assert {e.amount_m3 for e in second.effects} == {-300}
    assert scene.drawn("A1") == (1000, 500, 0, 0, 0, 0)
    assert scene.must("plan", permit="P1", year=2025, volume_m3=500, approver="A1").effects == ()
    year = scene.ledger.state().permit_year("P1", 2025)
    assert (year.plan_m3, year.approver) == (500, "A1")


def test_a_plan_belongs_to_a_year_of_the_permits_own_water(scene):
    yellow_river(scene)
    for year, taken in ((2023, False), (2024, True), (2026, True), (2027, False)):
        outcome = scene.post("plan", permit="P1", year=year, volume_m3=100, approver="YB1")
        assert outcome.ok == taken
        assert taken or "permit.no_year" in codes(outcome)
    assert [scene.drawn("A1", "yellow_river", y)[1] for y in (2024, 2025, 2026)] == [100, 0, 100]


# What is used


def test_a_reading_is_used_everywhere_on_the_way(scene):
    scene.permit("P1", 1000)
    outcome = scene.day("2025-07-01").read("P1", 90, "2025-04-01", "2025-06-30")
    assert {(e.balance, e.amount_m3) for e in outcome.effects} == {("used", 90)}
    assert {e.node for e in outcome.effects} == set(NODES)
    assert scene.drawn("A1") == (1000, 0, 90, 0, 0, 0)
    state = scene.ledger.state()
    assert (state.permit_year("P1", 2025).used_m3, state.permit_year("P1", 2025).estimated_m3) == (90, 0)
    assert state.permit("P1").last_use == "2025-06-30"
    assert state.meter("M-P1").last == "2025-06-30"


def test_an_estimate_is_counted_as_one(scene):
    scene.permit("P1", 1000)
    scene.day("2025-07-01")
    for n, method in enumerate(("metered", "electricity", "sampled", "capacity")):
        assert scene.read("P1", 10**n, f"2025-0{n + 4}-01", f"2025-0{n + 4}-28", method=method).ok
    year = scene.ledger.state().permit_year("P1", 2025)
    assert (year.used_m3, year.estimated_m3) == (1111, 1110)


def test_a_reading_of_nothing_is_no_use(scene):
    scene.permit("P1", 1000)
    assert scene.day("2025-07-01").read("P1", 0, "2025-04-01", "2025-06-30").effects == ()
    assert scene.ledger.state().permit("P1").last_use == ""
    assert scene.ledger.state().meter("M-P1").last == "2025-06-30"


def test_a_reading_across_years_falls_in_each_by_its_days(scene):
    scene.permit("P1", 1000)
    assert scene.day("2026-02-01").read("P1", 620, "2025-12-01", "2026-01-31").ok
    assert [scene.drawn("A1", year=y)[2] for y in (2025, 2026)] == [310, 310]
    yellow = scene.ledger.state().permit_year("P1", 2026)
    assert yellow.used_m3 == 310


def test_yellow_river_use_falls_in_its_own_year_and_in_totals(scene):
    yellow_river(scene)
    scene.day("2026-08-01")
    assert scene.read("P1", 61, "2026-06-01", "2026-07-31").ok
    assert [scene.drawn("A1", "yellow_river", y)[2] for y in (2025, 2026)] == [30, 31]
    assert [scene.drawn("A1", "total", y)[2] for y in (2025, 2026)] == [0, 61]
    assert scene.read("P1", 62, "2025-12-01", "2026-01-31").ok
    assert [scene.drawn("A1", "yellow_river", y)[2] for y in (2025, 2026)] == [92, 31]
    assert [scene.drawn("A1", "total", y)[2] for y in (2025, 2026)] == [31, 92]


def test_ecological_use_counts_as_ecological(scene):
    scene.cap("NM", 10**9, ecology="included")
    scene.permit("P1", 1000, purpose="ecology")
    assert scene.day("2025-07-01").read("P1", 90, "2025-04-01", "2025-06-30").ok
    assert scene.drawn("A1") == (0, 0, 0, 1000, 0, 90)


def test_use_over_the_cap_is_recorded_and_stands_as_a_debt(scene):
    scene.cap("A1", 1000)
    scene.permit("P1", 1000)
    assert scene.day("2025-07-01").read("P1", 1500, "2025-04-01", "2025-06-30").ok
    account = scene.account("A1")
    assert (account.used_m3, account.cap_m3, account.debt_m3) == (1500, 1000, 500)


def test_a_correction_takes_the_place_of_the_reading(scene):
    scene.permit("P1", 1000)
    scene.day("2026-02-01")
    assert scene.read("P1", 620, "2025-12-01", "2026-01-31", key="r1", method="sampled").ok
    outcome = scene.read("P1", 31, "2025-12-01", "2025-12-31", corrects="r1")
    assert {(e.year, e.amount_m3) for e in outcome.effects} == {(2025, -279), (2026, -310)}
    assert [scene.drawn("A1", year=y)[2] for y in (2025, 2026)] == [31, 0]
    state = scene.ledger.state()
    assert [state.permit_year("P1", y)[4:] for y in (2025, 2026)] == [(31, 0), (0, 0)]
    assert state.is_corrected("r1")


def test_a_correction_of_a_correction(scene):
    scene.permit("P1", 1000)
    scene.day("2025-07-01")
    assert scene.read("P1", 90, "2025-04-01", "2025-06-30", key="r1").ok
    assert scene.read("P1", 80, "2025-04-01", "2025-06-30", key="r2", corrects="r1").ok
    assert codes(scene.read("P1", 70, "2025-04-01", "2025-06-30", corrects="r1")) == ["read.corrects"]
    assert scene.read("P1", 70, "2025-04-01", "2025-06-30", corrects="r2").ok
    assert scene.drawn("A1")[2] == 70


def test_what_may_be_corrected(scene):
    scene.permit("P1", 1000)
    scene.permit("P2", 1000)
    scene.day("2025-07-01")
    term = "2025-04-01", "2025-06-30"
    assert scene.read("P1", 90, *term, key="r1").ok
    assert not scene.read("P1", 90, *term, key="refused", volume_m3=-1).ok
    scene.must("tick", key="other")
    for wrong in ("nothing", "other", "refused"):
        assert codes(scene.read("P1", 70, *term, corrects=wrong)) == ["read.corrects"]
    assert codes(scene.read("P2", 70, *term, corrects="r1")) == ["read.corrects"]
    assert codes(scene.read("P1", 70, *term, corrects="r1", meter="another")) == ["read.corrects"]
    own = scene.read("P1", 70, *term, key="self", corrects="self")
    assert codes(own) == ["read.corrects"]
    assert scene.drawn("A1")[2] == 90


def test_a_correction_may_name_a_reading_of_the_same_batch(scene):
    scene.permit("P1", 1000)
    scene.day("2025-07-01")
    own = {"permit": "P1", "meter": "M", "from_": "2025-04-01", "to": "2025-06-30", "method": "metered"}
    events = [
        scene.event("read", **{**own, "volume_m3": 90, "key": "r1"}),
        scene.event("read", **{**own, "volume_m3": 80, "corrects": "r1"}),
    ]
    assert [o.ok for o in scene.ledger.replay(map(json.dumps, events))] == [True, True]
    assert scene.drawn("A1")[2] == 80


def test_days_are_read_once(scene):
    scene.permit("P1", 1000)
    scene.day("2025-09-01")
    assert scene.read("P1", 10, "2025-04-01", "2025-05-31").ok
    assert codes(scene.read("P1", 10, "2025-05-30", "2025-06-30")) == ["read.overlap"]
    assert scene.read("P1", 10, "2025-05-31", "2025-06-30").ok, "a reading may begin on the day the last one ended"
    assert scene.read("P1", 10, "2025-08-01", "2025-08-31").ok
    assert scene.read("P1", 10, "2025-07-01", "2025-07-31").ok, "a reading may come late"
    assert scene.read("P1", 10, "2025-05-30", "2025-08-31", meter="second").ok, "another meter counts for itself"
    assert scene.drawn("A1")[2] == 50


@pytest.mark.parametrize(("first", "last"), [("2025-04-10", "2025-04-20"), ("2025-04-01", "2025-05-31")])
def test_days_already_read_are_not_read_again_before_the_last_reading(scene, first, last):
    scene.permit("P1", 1000)
    scene.day("2025-09-01")
    assert scene.read("P1", 10, "2025-04-01", "2025-05-31").ok
    assert scene.read("P1", 10, "2025-06-01", "2025-06-30").ok
    assert codes(scene.read("P1", 10, first, last)) == ["read.overlap"]
    assert scene.drawn("A1")[2] == 20


def test_a_late_reading_says_so(scene):
    scene.permit("P1", 1000)
    scene.day("2025-09-01").must("tick")
    late = {"at": "2025-07-01T00:00:00+08:00"}
    assert codes(scene.read("P1", 10, "2025-04-01", "2025-05-31", **late)) == ["event.backwards"]
    assert scene.read("P1", 10, "2025-04-01", "2025-05-31", **late, effective="2025-07-01").ok


# Kinds of edges


def test_a_shared_cap_is_drawn_on_the_whole_chain(scene):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 60}, edge="shared")
    assert scene.apply("AP1", 60).ok
    assert (scene.drawn("A")[0], scene.drawn("NM")[0]) == (60, 60)
    assert scene.apply("AP2", 40, "A2").ok
    assert over_cap(scene.apply("AP3", 1, "A2"))


def test_a_moved_cap_is_drawn_where_it_was_moved_to(scene):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 60}, edge="moved")
    account = scene.account("A")
    assert (account.moved_m3, account.headroom_m3, account.broken_down_m3) == (60, 40, 60)
    outcome = scene.apply("AP1", 60, "A1u")
    assert {e.node for e in outcome.effects if e.line.water == "groundwater"} == {"YB", "YB1", "A1", "A1u"}
    assert {e.node for e in outcome.effects if e.line.water == "total"} == {*NODES, "A1u"}
    assert (scene.drawn("A1")[0], scene.drawn("A")[0], scene.drawn("NM")[0]) == (60, 0, 0)
    assert over_cap(scene.apply("AP2", 1))
    assert scene.apply("AP3", 40, "A2").ok
    assert over_cap(scene.apply("AP4", 1, "A2"))


def test_a_moved_cap_stays_moved_and_use_follows(scene):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 60}, edge="moved")
    scene.cap("A1", 50)
    assert scene.account("A").moved_m3 == 50
    scene.permit("P1", 50)
    assert scene.day("2025-07-01").read("P1", 10, "2025-04-01", "2025-06-30").ok
    assert (scene.drawn("A1")[2], scene.drawn("A")[2]) == (10, 0)


def test_moving_needs_room_in_the_cap_above(scene):
    scene.cap("A", 100)
    assert scene.apply("AP1", 41, "A2").ok
    refused = scene.post(
        "breakdown", node="A", children={"A1": 60}, year=2025, edge="moved", document="文", **GROUND._asdict()
    )
    assert codes(refused) == ["R09"]
    assert refused.refusals[0].facts["moved_m3"] == 60
    assert refused.refusals[0].facts["gap_m3"] == 1
    scene.breakdown("A", {"A1": 59}, edge="moved")


@pytest.mark.parametrize(("first", "then"), [("shared", "moved"), ("moved", "shared"), (None, "moved")])
def test_an_edge_is_fixed_once_water_is_drawn(scene, first, then):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 60}, edge=first)
    assert scene.apply("AP1", 10).ok
    line = {"node": "A", "children": {"A1": 60}, "document": "文", **GROUND._asdict()}
    refused = scene.post("breakdown", year=2025, edge=then, **line)
    assert codes(refused) == ["edge.kind"]
    assert refused.refusals[0].facts == {"year": 2025}
    assert codes(scene.post("breakdown", year=2024, edge=then, **line))[:1] != []
    assert "edge.kind" in codes(scene.post("breakdown", year=2026, edge=then, **line)), "the same in every year"
    assert scene.post("breakdown", year=2025, edge=first, **line).ok


def test_an_edge_is_moved_only_while_nothing_is_drawn(scene):
    scene.cap("A", 100)
    assert scene.apply("AP1", 10).ok
    line = {"node": "A", "children": {"A1": 60}, "document": "文", **GROUND._asdict()}
    assert codes(scene.post("breakdown", year=2025, edge="moved", **line)) == ["edge.kind"]
    assert scene.post("breakdown", year=2026, edge="moved", **line).ok, "from a year on in which nothing is drawn"


def test_a_cap_on_consumption_is_not_drawn_on_and_cannot_be_moved(scene):
    scene.cap("A", 100, basis="consumption")
    line = {"node": "A", "children": {"A1": 60}, "document": "文", **GROUND._replace(basis="consumption")._asdict()}
    refused = scene.post("breakdown", year=2025, edge="moved", **line)
    assert codes(refused) == ["edge.consumption"]
    assert refused.refusals[0].node == "A1"
    assert scene.post("breakdown", year=2025, edge="shared", **line).ok


def test_no_cap_of_an_earlier_year_moves_what_was_drawn_in_it(scene):
    """What was permitted in 2025 stands on A's cap too: it cannot be moved from under it by a cap stated later."""
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 60}, edge="moved", year=2026)
    assert scene.apply("AP1", 10).ok
    line = {"node": "A1", "issuer": "NM", "volume_m3": 50, "document": "文", **GROUND._asdict()}
    assert codes(scene.post("cap", year=2025, **line)) == ["edge.kind"]
    assert codes(scene.post("cap", year=2024, **line)) == ["edge.kind"]
    assert scene.post("cap", year=2027, **line).ok


def test_a_cap_of_an_earlier_year_takes_the_edge_of_the_later_one(scene):
    """An edge has one kind in every year, the ones before it too; the auditor says the same."""
    scene.cap("A", 100, year=2020)
    scene.breakdown("A", {"A1": 60}, edge="moved", year=2026)
    assert scene.cap("A1", 50, year=2024).ok
    assert scene.ledger.state().stated("A1", GROUND, "cap", 2024).moved
    assert scene.ledger.verify().ok


def test_what_is_moved_on_one_line_is_not_granted_twice_on_the_other(scene):
    """A's cap with ecological supply holds all that is withdrawn in A, wherever its other cap was moved to."""
    scene.cap("A", 100)
    scene.cap("A", 100, ecology="included")
    moved = scene.post(
        "breakdown", node="A", children={"A1": 60}, year=2025, edge="moved", document="文", **GROUND._asdict()
    )
    if moved.ok:
        assert scene.apply("AP1", 60, "A1").ok
        assert over_cap(scene.apply("AP2", 41, "A2", purpose="ecology"))


# Closed years


def test_a_closed_year_takes_nothing_but_corrections(scene):
    scene.permit("P1", 1000)
    scene.day("2026-01-02")
    assert scene.read("P1", 90, "2025-04-01", "2025-06-30", key="r1").ok
    assert scene.must("close_year", node="A", year=2025).effects == ()
    assert isinstance(scene.ledger.state().raw_record("closure", "A 2025"), Closure)
    for refused in (
        scene.read("P1", 5, "2025-07-01", "2025-07-31"),
        scene.read("P1", 5, "2025-12-31", "2026-01-01"),
        scene.post("plan", permit="P1", year=2025, volume_m3=5, approver="A1"),
        scene.post("use", node="A1", year=2025, volume_m3=5, source="公报", **GROUND._asdict()),
    ):
        assert "year.closed" in codes(refused)
        assert refused.refusals[-1].node == "A" or "A" in {f.node for f in refused.refusals}
    assert scene.read("P1", 80, "2025-04-01", "2025-06-30", corrects="r1").ok
    assert scene.drawn("A1")[2] == 80
    assert scene.post("use", node="B1", year=2025, volume_m3=5, source="公报", **GROUND._asdict()).ok
    assert scene.read("P1", 5, "2026-01-01", "2026-01-01").ok
    assert scene.must("cancel", permit="P1").ok, "what it drew in the closed year stays"
    assert scene.drawn("A1")[0] == 1000


def test_a_year_is_closed_once_it_has_ended(scene):
    assert codes(scene.day("2025-12-31").post("close_year", node="NM", year=2025)) == ["year.running"]
    scene.day("2026-01-01").must("close_year", node="A1", year=2025)
    assert codes(scene.post("close_year", node="A1u", year=2025)) == ["year.again"]
    scene.must("close_year", node="NM", year=2025)
    assert codes(scene.post("close_year", node="A", year=2025)) == ["year.again"]
    assert codes(scene.post("close_year", node="?", year=2025)) == ["node.unknown"]
    assert codes(scene.post("close_year", node="A", year=9999)) == ["year.running"]


def test_a_river_year_that_still_runs_takes_its_readings(scene):
    """The calendar year may be closed in January, or not before June; readings of the river's year must go on."""
    yellow_river(scene)
    scene.day("2026-01-10").post("close_year", node="NM", year=2025)
    scene.day("2026-03-10")
    assert scene.read("P1", 100, "2026-02-01", "2026-02-28").ok


# The accounts at an earlier time


def test_the_accounts_as_of_a_day(scene):
    scene.permit("P1", 1000)
    scene.day("2025-04-10").must("plan", permit="P1", year=2025, volume_m3=800, approver="A1")
    scene.day("2025-07-01").read("P1", 90, "2025-04-01", "2025-06-30")
    scene.day("2025-08-01")
    scene.cap("A1", 2000)

    def held(day):
        rows = scene.ledger.accounts(node="A1", year=2025, as_of=day, **GROUND._asdict())
        return [(a.cap_m3, a.permitted_m3, a.planned_m3, a.used_m3) for a in rows]

    assert held("2025-03-02") == []
    assert held("2025-03-03") == [(None, 1000, 0, 0)]
    assert held("2025-04-10") == [(None, 1000, 800, 0)]
    assert held("2025-07-31") == [(None, 1000, 800, 90)]
    assert held("2025-08-01") == [(2000, 1000, 800, 90)] == held(None)
    assert scene.ledger.accounts(as_of="2019-12-31") == ()
    assert scene.ledger.accounts(as_of="9999-12-31") == scene.ledger.accounts()


def test_a_late_reading_counts_from_its_legal_day(scene):
    scene.permit("P1", 1000)
    scene.day("2025-09-01").must("tick")
    assert scene.read("P1", 10, "2025-04-01", "2025-05-31", at="2025-07-01T00:00:00+08:00", effective="2025-07-01").ok
    used = [scene.ledger.accounts(node="A1", year=2025, as_of=day)[0].used_m3 for day in ("2025-06-30", "2025-07-01")]
    assert used == [0, 10]

"""A journal that was rewritten throughout, with hashes that fit, still cannot say what the events do not add up to."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.story import Tampered, codes, dump, effect


def wrong(tampered, seq, *expected):
    """Audit, and check that this entry is the first wrong one and these are its problems' codes, tables aside."""
    verification = tampered.audit()
    assert verification.first_wrong == seq, verification.problems
    assert codes(verification) - {"headroom", "stated", "tip", "node", "record"} == set(expected), verification.problems


def scaled(change):
    """Return a change of an entry that sets a volume in the event and, in proportion, all its postings."""

    def make(event, outcome):
        before, event["volume_m3"] = event["volume_m3"], change
        if "monthly_m3" in event:
            event["monthly_m3"] = [0] * 12
        for posting in outcome["effects"]:
            posting["amount"] = posting["amount"] * change // before

    return make


# Caps


def test_a_permit_beyond_its_cap(tampered):
    seq = tampered.find("apply", application="A-P1")
    tampered.change(seq, scaled(60_001))
    wrong(tampered, seq, "limit")


def test_a_permit_up_to_its_cap(tampered):
    tampered.change(tampered.find("apply", application="X1"), lambda event, _: event.update(volume_m3=1))
    assert tampered.audit().ok


def test_a_plan_beyond_the_cap(tampered):
    seq = tampered.find("plan", permit="P1")
    tampered.change(seq, scaled(61_000))
    assert tampered.audit().first_wrong == seq
    assert "limit" in codes(tampered.audit())


def test_ecological_supply_counts_where_it_is_included(tampered):
    seq = tampered.find("apply", application="A-P4")
    tampered.change(seq, scaled(940_000))
    tampered.change(seq, lambda event, _: event.update(capacity_m3=940_000))
    tampered.change(
        seq,
        lambda _, outcome: outcome.update(effects=[{**e, "amount": 940_000} for e in outcome["effects"]]),
    )
    verification = tampered.audit()
    assert verification.first_wrong == seq
    limits = [problem for problem in verification.problems if problem.code == "ledger.verify.limit"]
    assert any("included" in problem.found.en and "NM total" in problem.found.en for problem in limits)
    assert not any("excluded" in problem.found.en for problem in limits)


def test_a_cap_below_what_is_permitted(tampered):
    event = {"event": "cap", "node": "A1u", "issuer": "NM", "water": "groundwater", "basis": "withdrawal"}
    event |= {"ecology": "excluded", "year": 2025, "volume_m3": 5_000, "document": "文"}
    seq = tampered.append(event, [effect("A1u", 5_000, "cap", 2025)])
    wrong(tampered, seq, "limit")


def test_a_cap_that_is_moved_out_from_under_what_is_permitted(tampered):
    event = {"event": "breakdown", "node": "NM", "water": "total", "basis": "withdrawal", "ecology": "excluded"}
    event |= {"year": 2025, "children": {"B": 890_000}, "edge": "moved", "document": "文"}
    seq = tampered.append(event, [effect("B", 890_000, "cap", 2025, water="total")])
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert {"limit", "breakdown"} <= codes(verification)


def test_caps_beyond_the_cap_above(tampered):
    event = {"event": "breakdown", "node": "A", "water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}
    event |= {"year": 2022, "children": {"A1": 100_000, "A2": 200_001}, "document": "文"}
    effects = [effect("A1", 100_000, "cap", 2022), effect("A2", 200_001, "cap", 2022)]
    seq = tampered.append(event, effects)
    wrong(tampered, seq, "breakdown")


def test_a_reserve_beyond_the_cap(tampered):
    event = {"event": "breakdown", "node": "NM", "water": "total", "basis": "withdrawal", "ecology": "excluded"}
    event |= {"year": 2021, "children": {"A": 500_000}, "reserve_m3": 100_001, "document": "文"}
    effects = [effect("A", 500_000, "cap", 2021, water="total"), effect("NM", 100_001, "reserve", 2021, water="total")]
    seq = tampered.append(event, effects)
    wrong(tampered, seq, "breakdown")


def test_a_later_cap_above_that_falls_below_what_was_given(tampered):
    event = {"event": "cap", "node": "NM", "issuer": "NM", "water": "groundwater", "basis": "withdrawal"}
    event |= {"ecology": "excluded", "year": 2019, "volume_m3": 1_000, "document": "文"}
    seq = tampered.append(event, [effect("NM", 1_000, "cap", 2019)])
    assert tampered.audit().first_wrong is None  # nothing was given before 2020
    event |= {"year": 2030}
    tampered.append(event, [effect("NM", 1_000, "cap", 2030)])
    verification = tampered.audit()
    assert verification.first_wrong == seq + 1
    assert "breakdown" in codes(verification)


def test_parts_of_a_part_without_a_cap_count(tampered):
    event = {"event": "cap", "node": "A1u", "issuer": "NM", "water": "surface", "basis": "consumption"}
    event |= {"ecology": "included", "year": 2020, "volume_m3": 100, "document": "文"}
    line = {"water": "surface", "basis": "consumption", "ecology": "included"}
    tampered.append(event, [effect("A1u", 100, "cap", 2020, **line)])
    seq = tampered.append({**event, "node": "A", "volume_m3": 99}, [effect("A", 99, "cap", 2020, **line)])
    wrong(tampered, seq, "breakdown")


@pytest.mark.parametrize("water", ["surface", "total"])
def test_a_cap_on_one_water_above_the_cap_on_all(tampered, water):
    event = {
        "event": "cap",
        "node": "A",
        "issuer": "NM",
        "basis": "withdrawal",
        "ecology": "excluded",
        "document": "文",
    }
    if water == "surface":
        event |= {"water": "surface", "year": 2021, "volume_m3": 500_001}
        seq = tampered.append(event, [effect("A", 500_001, "cap", 2021, water="surface")])
    else:
        event |= {"water": "total", "year": 2021, "volume_m3": 290_000}
        seq = tampered.append(event, [effect("A", 290_000, "cap", 2021, water="total")])
    wrong(tampered, seq, "total")


# Below zero


def test_more_is_given_back_than_was_drawn(tampered):
    seq = tampered.find("apply", application="A-P2")
    tampered.change(seq, scaled(20_000))  # the transfer and what comes after take from 24,000
    assert tampered.audit().ok is False
    seq = tampered.find("plan", permit="P1", volume_m3=11_000)
    tampered.change(seq, lambda event, _: event.update(year=2023))
    assert "effects" in codes(tampered.audit())


def test_use_below_zero(tampered):
    seq = tampered.append({"event": "tick"}, [effect(n, -(10**6), "used", 2022, water="total") for n in WAY])
    wrong(tampered, seq, "negative")


def test_permits_below_zero_and_back_in_one_run(tampered):
    down = [effect(n, -(10**6), year=2022, water="total") for n in WAY]
    seq = tampered.append({"event": "tick"}, down)
    tampered.append({"event": "tick"}, [{**e, "amount": 10**6} for e in down])
    wrong(tampered, seq, "negative")


def test_a_node_that_is_declared_in_the_run_in_which_it_falls_below_zero(tampered):
    tampered.append({"event": "node", "node": "C", "name": "丙", "kind": "league", "parent": "NM"}, [])
    right = {"event": "apply", "application": "C", "node": "C", "water": "total", "volume_m3": 5}
    right |= {"from": "2031-01-01", "to": "2031-12-31"}
    tampered.append(right, [effect(n, 5, year=2031, water="total") for n in ("NM", "C")], "admitted")
    seq = tampered.append({"event": "tick"}, [effect(n, -6, year=2031, water="total") for n in ("NM", "C")])
    wrong(tampered, seq, "negative")


def test_above_a_cap_and_back_in_one_run(tampered):
    up = [effect(n, 10**6, year=2022, water="total") for n in WAY]
    seq = tampered.append({"event": "tick"}, up)
    tampered.append({"event": "tick"}, [{**e, "amount": -(10**6)} for e in up])
    wrong(tampered, seq, "limit")


WAY = ("YB", "YB1", "NM", "A", "A2")


# What each event posts


def test_a_cap_that_posts_another_volume(tampered):
    seq = tampered.find("cap", node="A1u")
    tampered.change(seq, lambda event, _: event.update(volume_m3=60_001))
    assert tampered.audit().first_wrong == seq
    assert {"effects", "stated"} <= codes(tampered.audit())


@pytest.mark.parametrize("event", ["cap", "breakdown", "use", "transfer"])
def test_postings_of_stated_balances_are_exact(tampered, event):
    seq = tampered.find(event, **({"kind": "regional"} if event == "transfer" else {}))

    def change(_, outcome):
        outcome["effects"][0]["amount"] += 1

    tampered.change(seq, change)
    wrong(tampered, seq, "effects")


@pytest.mark.parametrize("event", ["cap", "breakdown", "use", "transfer", "apply", "plan", "read"])
def test_postings_that_are_left_out(tampered, event):
    seq = tampered.find(event, **({"kind": "regional"} if event == "transfer" else {}))
    tampered.change(seq, lambda _, outcome: outcome["effects"].pop())
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "effects" in codes(verification)


@pytest.mark.parametrize(
    "event", ["apply", "plan", "read", "accept_works", "cancel", "revoke", "change", "transfer", "tick"]
)
@pytest.mark.parametrize("node", ["NM", "A1", "YB1"])
def test_draws_that_one_node_alone_makes(tampered, event, node):
    seq = tampered.find(event)
    extra = effect(node, 1, "used" if event == "read" else "permitted", 2019, water="unconventional")
    tampered.change(seq, lambda _, outcome: outcome.setdefault("effects", []).append(extra))
    wrong(tampered, seq, "effects")


@pytest.mark.parametrize("event", ["node", "breakdown", "use", "zone", "level", "quota", "setting", "refer", "suspend"])
def test_events_that_draw_nothing(tampered, event):
    seq = tampered.find(event)
    way = [effect(n, 1, year=2019, water="surface") for n in ("YB", "YB1", "NM", "A", "A2")]
    known = {row[0] for row in tampered.run("SELECT node FROM node WHERE seq < ?", seq)}
    way = [e for e in way if e["node"] in known] or [effect("NM", 1, "reserve")]
    tampered.change(seq, lambda _, outcome: outcome.setdefault("effects", []).extend(way))
    assert tampered.audit().first_wrong == seq
    assert "effects" in codes(tampered.audit())


def test_draws_along_the_way_of_a_right_that_is_named(tampered):
    way = [effect(n, 1, year=2019, water="surface") for n in WAY]
    seq = tampered.append({"event": "cancel", "permit": "P2"}, way)
    assert tampered.audit().first_wrong is None
    tampered.change(seq, lambda event, _: event.update(permit="P1"))
    wrong(tampered, seq, "effects")
    tampered.change(seq, lambda event, _: event.update(permit="P?"))
    wrong(tampered, seq, "effects")


def test_draws_that_meet_on_the_way(tampered):
    low = dict.fromkeys(("YB", "YB1", "NM", "A", "A1", "A1u"), 1)
    both = {n: low.get(n, 0) + (n in WAY) for n in (*low, "A2")}
    seq = tampered.append({"event": "tick"}, [effect(n, m3, year=2019, water="surface") for n, m3 in both.items()])
    assert tampered.audit().first_wrong is None
    tampered.change(seq, lambda _, outcome: outcome["effects"][0].update(amount=1))
    wrong(tampered, seq, "effects")


def test_an_application_that_was_admitted_draws_for_its_whole_term(tampered):
    seq = tampered.find("apply", application="A-P1")
    for change in ({"to": "2026-01-01"}, {"water": "surface"}, {"node": "A1"}, {"purpose": "ecology"}, {"node": "?"}):
        event, outcome = tampered.entry(seq)
        tampered.put(seq, {**event, **change}, outcome)
        assert tampered.audit().first_wrong == seq
        assert "effects" in codes(tampered.audit())
        tampered.put(seq, event, outcome)
    assert tampered.audit().ok


def test_an_exempt_application_draws_on_use_or_on_nothing(tampered):
    seq = tampered.find("apply", decision="exempt")
    way = [
        effect(n, 12, "used", year, water=water)
        for water in ("groundwater", "total")
        for year in range(2021, 2026)
        for n in WAY
    ]
    tampered.change(seq, lambda _, outcome: outcome.pop("effects", None))
    assert tampered.audit().first_wrong is None
    tampered.change(seq, lambda _, outcome: outcome.update(effects=way))
    assert tampered.audit().first_wrong is None
    tampered.change(seq, lambda _, outcome: outcome.update(effects=[{**e, "balance": "permitted"} for e in way]))
    wrong(tampered, seq, "effects")


def test_a_plan_posts_what_it_changes(tampered):
    seq = tampered.find("plan", permit="P1", volume_m3=9_000)
    tampered.change(seq, lambda event, _: event.update(permit="P2"))
    assert tampered.audit().first_wrong == seq
    assert "effects" in codes(tampered.audit())


# Corrections


@pytest.mark.parametrize("key", ["?", "e1", None, 7])
def test_a_correction_names_a_reading(tampered, key):
    seq = tampered.find("read", corrects="wrong")
    tampered.change(seq, lambda event, _: event.update(corrects=key))
    wrong(tampered, seq, "effects")


def test_a_correction_names_an_earlier_reading(tampered):
    seq = tampered.find("read", corrects="wrong")
    later = tampered.find("read", permit="P1", volume_m3=500)
    tampered.change(seq, lambda event, _: event.update(corrects=tampered.entry(later)[0]["key"]))
    wrong(tampered, seq, "effects")


@pytest.mark.parametrize("change", [{"meter": "M2"}, {"permit": "P2"}])
def test_a_correction_stays_with_its_permit_and_meter(tampered, change):
    seq = tampered.find("read", corrects="wrong")
    tampered.change(seq, lambda event, _: event.update(change))
    assert tampered.audit().first_wrong == seq
    assert "effects" in codes(tampered.audit())


def test_a_correction_of_what_was_refused(tampered):
    seq = tampered.find("read", corrects="wrong")
    named = tampered.find("read", key="wrong")
    tampered.change(named, lambda _, outcome: outcome.update(ok=False))
    verification = tampered.audit()
    assert verification.first_wrong == named
    assert any(problem.place.item == f"journal {seq}" for problem in verification.problems)


def test_a_correction_of_what_a_tick_booked(tampered):
    """What a tick books of several meters is taken back meter by meter, by readings that name the tick."""
    way = [effect(n, 5, "used", 2022, water=w) for w in ("groundwater", "total") for n in WAY]
    booked = {"permit": "P2", "meter": "MP2", "parts": [{"from": "2022-12-01", "to": "2022-12-09", "volume_m3": 5}]}
    raised = [{"rule": "R53", "clause": "c", "node": "A2", "facts": facts} for facts in ({}, booked)]
    seq = tampered.append({"event": "tick"}, way)
    tampered.change(seq, lambda _, outcome: outcome.update(raised=raised))
    event, _ = tampered.entry(tampered.find("read", permit="P2"))
    del event["key"]
    event |= {"from": "2022-12-01", "to": "2022-12-09", "volume_m3": 3, "corrects": f"late{seq}"}
    correcting = tampered.append(event, [{**e, "amount": -2} for e in way])
    assert tampered.audit().first_wrong is None
    tampered.append(event, [{**e, "amount": -2} for e in way])
    wrong(tampered, correcting + 1, "effects")
    tampered.change(seq, lambda _, outcome: outcome["raised"][1]["facts"].update(meter="M"))
    wrong(tampered, correcting, "effects")


def test_a_reading_is_corrected_once(tampered):
    event, outcome = tampered.entry(tampered.find("read", corrects="wrong"))
    del event["key"]
    seq = tampered.append(event, outcome["effects"])
    wrong(tampered, seq, "effects")


@given(data=st.data())
@settings(max_examples=60)
def test_any_changed_amount_is_found_though_all_hashes_fit(store, data):
    tampered = Tampered(store)
    rows = tampered.run("SELECT seq, outcome FROM journal WHERE outcome LIKE '%\"effects\"%'")
    seq, outcome = data.draw(st.sampled_from(rows))
    outcome = json.loads(outcome)
    posting = data.draw(st.sampled_from(outcome["effects"]))
    posting["amount"] += data.draw(st.integers(-(10**7), 10**7).filter(bool))
    tampered.put(seq, tampered.entry(seq)[0], outcome)
    verification = tampered.audit()
    assert not verification.ok
    assert verification.first_wrong in (seq, None)  # what one event alone cannot tell, the tables do
    tampered.close()


# The first pass


def test_a_permit_that_is_issued_twice(tampered):
    event, _ = tampered.entry(tampered.find("accept_works", permit="P2"))
    del event["key"]
    tampered.append({**event, "application": "A-P1"}, [])
    assert tampered.audit().first_wrong is None  # the first one counts
    event, outcome = tampered.entry(tampered.find("read", permit="P2"))
    del event["key"]
    tampered.append(event, outcome["effects"])
    assert tampered.audit().first_wrong is None


@pytest.mark.parametrize(
    "change",
    [
        {"node": "A1"},
        {"parent": "?"},
        {"basins": ["?"]},
        {"name": None, "node": ["A1"]},
        {"basins": 7},
    ],
)
def test_a_node_that_cannot_be(tampered, change):
    seq = tampered.find("node", node="A1u")
    tampered.change(seq, lambda event, _: event.update(change))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "event" in codes(verification)


def test_a_tree_that_is_too_deep(tampered):
    for depth in range(70):
        parent = "A1u" if depth == 0 else f"D{depth - 1}"
        event = {"event": "node", "node": f"D{depth}", "name": "深", "kind": "unit", "parent": parent}
        tampered.append(event, [])
    verification = tampered.audit()
    assert codes(verification) == {"event"}


@pytest.mark.parametrize(
    "change",
    [{"volume_m3": -1}, {"volume_m3": "1"}, {"year": True}, {"water": "wine"}, {"node": "?"}, {"volume_m3": None}],
)
def test_a_cap_that_cannot_be(tampered, change):
    seq = tampered.find("cap", node="A1u")
    tampered.change(seq, lambda event, _: event.update(change))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "event" in codes(verification)


@pytest.mark.parametrize("change", [{"from": "?"}, {"term_to": "2022-01-01"}, {"term_from": 7}, {"volume_m3": "5"}])
def test_a_trade_between_areas_that_cannot_be(tampered, change):
    seq = tampered.find("transfer", kind="regional")
    tampered.change(seq, lambda event, _: event.update(change))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "event" in codes(verification)


def test_a_trade_between_areas_finds_its_water(tampered):
    seq = tampered.find("transfer", kind="regional")
    tampered.change(seq, lambda event, _: event.pop("water"))
    assert tampered.audit().ok


def test_a_trade_between_areas_of_all_water(tampered):
    seq = tampered.find("transfer", kind="regional")
    tampered.change(seq, lambda event, _: event.update(water="total"))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert codes(verification) >= {"effects", "stated"}


def test_a_trade_between_areas_passes_over_places_without_a_cap(tampered):
    line = {"water": "surface", "basis": "withdrawal", "ecology": "excluded"}
    for node in ("A1u", "B1"):
        event = {"event": "cap", "node": node, "issuer": "NM", "year": 2020, "volume_m3": 100, "document": "文", **line}
        tampered.append(event, [effect(node, 100, "cap", 2020, **line)])
    event = {"event": "transfer", "kind": "regional", "from": "A1u", "to": "B1", "water": "surface", "volume_m3": 30}
    event |= {"term_from": "2023-01-01", "document": "文"}
    posted = [(node, m3, year) for node, m3 in (("A1u", 70), ("B1", 130)) for year, m3 in ((2023, m3), (2024, 100))]
    tampered.append(event, [effect(node, m3, "cap", year, **line) for node, m3, year in posted])
    assert tampered.audit().first_wrong is None


def test_an_application_at_no_place_is_no_right(tampered):
    seq = tampered.find("apply", decision="incomplete")
    tampered.change(seq, lambda event, _: event.update(node="?"))
    verification = tampered.audit()
    assert codes(verification) == {"record"} or verification.ok


def test_the_findings_about_balances_are_limited(tampered, monkeypatch):
    monkeypatch.setattr("hetao.audit.balances.AT_MOST", 2)
    tampered.append({"event": "tick"}, [effect(n, -(10**6), "used", 2022, water="total") for n in WAY])
    verification = tampered.audit()
    assert [p.code for p in verification.problems].count("ledger.verify.negative") == 2


def test_a_key_with_escapes_in_the_head_of_an_outcome(tampered):
    event = {"event": "cap", "node": "A2", "issuer": "NM", "water": "surface", "basis": "withdrawal"}
    event |= {"ecology": "excluded", "year": 2025, "volume_m3": 5, "document": "文", "key": '\\"' * 499}
    tampered.append(event, [effect("A2", 5, "cap", 2025, water="surface")])
    assert codes(tampered.audit()) == {"tip", "stated", "headroom"}  # the event is later than the tip says
    assert json.loads(dump(event))["key"] == '\\"' * 499

"""Trades in any order and size: nothing is gained or lost, on any line and in any year, and nothing is negative."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.ledger import Ledger

YEARS = range(2025, 2031)
TREE = {"NM": None, "A": "NM", "B": "NM", "A1": "A", "A2": "A", "B1": "B"}
KINDS = {"NM": "region", "A": "league", "B": "league", "A1": "banner", "A2": "banner", "B1": "banner"}
BANNERS = ("A1", "A2", "B1")
CAPS = {"NM": 9000, "A": 6000, "B": 3000, "A1": 2500, "A2": 2500, "B1": 2500}
PERMITS = {  # permit → place, volume, purpose, last day
    "P": ("A1", 1000, "industry", "2030-03-31"),
    "Q": ("A2", 600, "industry", "2028-12-31"),
    "R": ("B1", 800, "irrigation", "2030-03-31"),
    "S": ("A1", 500, "irrigation", "2029-06-30"),
}
COMMON = {"at": "2025-03-03T09:00:00+08:00", "by": "region"}


def permit_events(permit):
    node, volume_m3, purpose, end = PERMITS[permit]
    each, left = divmod(volume_m3, 12)
    term = {"from": "2025-04-01", "to": end}
    asked = {
        "event": "apply",
        "applicant": permit,
        "node": node,
        "water": "groundwater",
        "volume_m3": volume_m3,
        "monthly_m3": [each + (month < left) for month in range(12)],
        "purpose": purpose,
        "project": "none",
        **dict.fromkeys(("saving_measures", "return_water", "metering"), "有"),
        "demonstration": True,
        **term,
    }
    yield asked
    yield {"event": "approve", "approver": "NM"}
    yield {"event": "start_works"}
    yield {"event": "accept_works", "permit": permit, **term}


def first_events():
    """Yield the tree in one basin, caps on two lines, and the permits."""
    yield {"event": "node", "node": "YB", "name": "流域", "kind": "basin"}
    for node, parent in TREE.items():
        more = {"basins": ["YB"]} if parent is None else {"parent": parent}
        yield {"event": "node", "node": node, "name": node, "kind": KINDS[node], **more}
    for water, times in (("total", 2), ("groundwater", 1)):
        for node, volume_m3 in CAPS.items():
            line = {"water": water, "basis": "withdrawal", "ecology": "excluded", "year": 2025}
            yield {
                "event": "cap",
                "node": node,
                "issuer": "NM",
                "volume_m3": volume_m3 * times,
                "document": "文",
                **line,
            }
    for permit in PERMITS:
        for event in permit_events(permit):
            yield {"application": f"A-{permit}", **event}
        yield {"event": "certify_saving", "permit": permit, "volume_m3": 400, "approver": "NM", "document": "文"}


FIRST = [json.dumps({**COMMON, "key": f"f{i}", **event}) for i, event in enumerate(first_events())]
days = st.builds("{}-{:02}-15".format, st.integers(2025, 2028), st.integers(3, 12))
volumes = st.one_of(st.integers(0, 60), st.integers(0, 700), st.sampled_from([100, 1000, 2500, 2**62]))


@st.composite
def trades(draw):
    kind = draw(
        st.sampled_from(["saving", "withdrawal_right", "withdrawal_right", "irrigation", "regional", "regional"])
    )
    if kind == "saving":
        permit = draw(st.sampled_from(sorted(PERMITS)))
        return {"event": "certify_saving", "permit": permit, "volume_m3": draw(st.integers(0, 500)), "approver": "NM"}
    level = {"regional": [BANNERS, ("A", "B")], "irrigation": [("R", "S"), tuple(PERMITS)]}.get(kind, [tuple(PERMITS)])
    seller, buyer, *_ = draw(st.permutations(draw(st.sampled_from(level))))  # areas of one level: caps add up the same
    event = {"event": "transfer", "kind": kind, "from": seller, "to": buyer, "volume_m3": draw(volumes)}
    start, end = sorted([draw(days), draw(days)])
    event |= {"term_from": start, "term_to": f"{start[:4]}-12-31" if kind == "irrigation" else end}
    if draw(st.integers(0, 9)) == 0:
        del event["term_to"]
    return {**event, **({"water": draw(st.sampled_from(["groundwater", "total"]))} if kind == "regional" else {})}


def sums(ledger):
    """Return what is permitted at the banners, and their caps, on every line and in every year; nothing is negative."""
    held = Counter()
    for year in YEARS:
        for a in ledger.accounts(year=year):
            amounts = (a.permitted_m3, a.cap_m3, a.headroom_m3, a.unallocated_m3)
            assert all(amount is None or amount >= 0 for amount in amounts), a
            if a.node in BANNERS:
                held["permitted", a.water, a.ecology, year] += a.permitted_m3
                held["cap", a.water, a.ecology, year] += a.cap_m3 or 0
    return held


def charged(ledger):
    """Return what the permits themselves say that they draw; none of it is negative."""
    held = Counter()
    for permit in PERMITS:
        for charge in ledger._current().permit(permit).charges:
            assert charge.volume_m3 >= 0
            held[charge.water, charge.year] += charge.volume_m3
    return held


@given(st.lists(trades(), max_size=12))
@settings(max_examples=30)
def test_trades_conserve_every_total(events):
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert all(outcome.ok for outcome in ledger.replay(FIRST))
        first, rights = sums(ledger), charged(ledger)
        for number, event in enumerate(events):
            before = ledger.accounts()
            outcome = ledger.apply({**COMMON, "key": f"t{number}", "document": "文", **event})
            if not outcome.ok:
                assert outcome.decision == "refused"
                assert ledger.accounts() == before
            assert sums(ledger) == first
            assert charged(ledger) == rights
        assert ledger.verify().ok


def trade(number, **fields):
    return {**COMMON, "event": "transfer", "key": f"t{number}", "document": "文", **fields}


@pytest.fixture
def traders():
    """Return a ledger with the places and permits."""
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert all(outcome.ok for outcome in ledger.replay(FIRST))
        yield ledger


def test_lawful_trades_of_every_kind_pass_and_conserve(traders):
    first, rights = sums(traders), charged(traders)
    for number, fields in enumerate(
        [
            {"kind": "withdrawal_right", "from": "P", "to": "Q", "volume_m3": 150},
            {"kind": "irrigation", "from": "R", "to": "S", "volume_m3": 300, "term_to": "2026-11-30"},
            {"kind": "regional", "from": "A2", "to": "B1", "volume_m3": 400, "water": "groundwater"},
            {"kind": "regional", "from": "A", "to": "B", "volume_m3": 500, "water": "total"},
        ]
    ):
        outcome = traders.apply(trade(number, **{"term_from": "2026-03-01", "term_to": "2027-11-30", **fields}))
        assert outcome.ok, outcome
        assert outcome.effects
        assert sums(traders) == first
        assert charged(traders) == rights


def test_a_trade_of_nothing_changes_nothing(traders):
    before = traders.accounts(year=2026)
    fields = {"kind": "withdrawal_right", "from": "P", "to": "Q", "volume_m3": 0, "term_from": "2026-03-01"}
    outcome = traders.apply(trade(0, **fields))
    assert (outcome.ok, outcome.effects) == (True, ())
    assert traders.accounts(year=2026) == before

"""One story with every event in it, on every store: the same outcomes, the same hashes, the same accounts."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from hetao.ledger import Ledger
from hetao.ledger.act import acts
from hetao.ledger.line import BALANCES, drawn_lines
from hetao.ledger.records import Application, Permit

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}


def story(s):
    """Tell a story of three years; return its outcomes."""
    told = []

    def tell(event, **fields):
        told.append(s.post(event, **fields))

    for name, value in (("plan_margin", "0.05"), ("cutback_priority", ["industry"]), ("transfer_routes", [["A", "B"]])):
        tell("setting", name=name, value=value, from_="2025-01-01", document="文")
    for node, m3 in (("A", 6000), ("B", 3000)):
        tell("cap", node=node, issuer="NM", year=2025, volume_m3=m3, document="文", **LINE)
    tell("breakdown", node="A", children={"A1": 3000, "A2": 2000}, reserve_m3=500, year=2025, document="文", **LINE)
    tell("breakdown", node="A", children={"A1": 6000}, year=2025, document="文", **LINE)
    tell("breakdown", node="B", children={"B1": 1500}, year=2025, edge="moved", document="文", **LINE)
    tell(
        "quota",
        product="steel",
        tier="general",
        m3_per_unit="3.2",
        unit="t",
        issuer="national",
        from_="2025-01-01",
        document="文",
    )
    tell("level", node="A1u", date="2025-02-01", level_m="1002.5", control_m="1000")
    tell("zone", node="A2", kind="restricted", water="groundwater", from_="2026-01-01", document="文")
    for application, m3, node in (
        ("I1", 1200, "A1u"),
        ("I2", 800, "A1"),
        ("I3", 700, "B1"),
        ("I4", 5000, "A1"),
        ("I5", 300, "A2"),
    ):
        told.append(s.apply(application, m3, node, to="2030-03-31"))
    told.append(s.apply("I6", 100, "A2", metering=None))
    told.append(s.apply("I7", 900, "A2", purpose="domestic"))
    tell("refer", application="I5", approver="A")
    tell("suspend", application="I5")
    tell("resume", application="I5")
    tell("refuse", application="I5", approver="A", note="第二十条")
    for application, approver in (("I3", "B"), ("I1", "A"), ("I2", "A1")):  # not in the order of their names
        tell("approve", application=application, approver=approver)
        tell("start_works", application=application)
        permit = f"P{application[1]}"
        tell("accept_works", application=application, permit=permit, from_="2025-04-01", to="2030-03-31")
    for permit, m3 in (("P1", 1000), ("P2", 800), ("P3", 700)):
        tell("plan", permit=permit, year=2025, volume_m3=m3, approver="A")
    tell("plan", permit="P1", year=2025, volume_m3=950, approver="A")
    s.day("2025-07-01")
    for permit, m3 in (("P1", 500), ("P2", 900), ("P3", 100)):
        tell(
            "read",
            key=f"read {permit}",
            permit=permit,
            meter=f"M{permit}",
            from_="2025-04-01",
            to="2025-06-30",
            volume_m3=m3,
            method="metered",
        )
    tell(
        "read",
        permit="P2",
        meter="MP2",
        from_="2025-04-01",
        to="2025-06-30",
        volume_m3=700,
        method="metered",
        corrects="read P2",
    )
    tell("order", node="A", water="groundwater", factor="0.9", from_="2025-08-01", to="2025-09-30", document="旱情")
    tell("certify_saving", permit="P1", volume_m3=200, document="文", approver="A")
    tell(
        "transfer",
        kind="withdrawal_right",
        from_="P1",
        to="P2",
        volume_m3=150,
        term_from="2026-01-01",
        term_to="2026-12-31",
        document="文",
    )
    tell(
        "transfer",
        kind="regional",
        from_="B1",
        to="A2",
        water="groundwater",
        volume_m3=100,
        term_from="2026-01-01",
        term_to="2027-12-31",
        platform_number="N1",
        document="文",
    )
    tell("suspend", permit="P3")
    tell("resume", permit="P3")
    tell("change", permit="P3", volume_m3=650)
    s.day("2025-12-20").must("tick")
    tell("return", permit="P1", year=2025, used_m3=500, next_year_m3=900)
    s.day("2026-01-10")
    tell("use", node="A", year=2025, volume_m3=1300, source="公报", **LINE)
    tell("assert", node="A", year=2025, what="used", volume_m3=2100, **LINE)
    tell("close_year", node="NM", year=2025)
    tell("tick")
    tell("read", permit="P1", meter="MP1", from_="2025-10-01", to="2025-10-31", volume_m3=1, method="metered")
    tell("cap", node="A1", issuer="A", year=2026, volume_m3=1500, document="文", cutback={"P1": 350, "P2": 150}, **LINE)
    tell("cancel", permit="P3")
    tell("revoke", permit="P2")
    s.day("2026-02-01").must("tick")
    tell("renew", permit="P1")
    tell("renew", permit="P1", to="2033-03-31")
    s.day("2028-04-02")
    tell("tick")
    return told


@pytest.fixture(scope="module")
def lines(scene_of):
    """The story as it was first told, in memory: its events and its outcomes."""
    with Ledger.open("sqlite:///:memory:") as ledger:
        story(scene_of(ledger))
        return list(ledger.export())


def test_the_story_has_every_event_and_every_decision(lines):
    with Ledger.open("sqlite:///:memory:") as ledger:
        outcomes = list(ledger.replay(lines))
    assert {json.loads(line)["event"] for line in lines} == set(acts())
    posted = {json.loads(line)["event"] for line, outcome in zip(lines, outcomes, strict=True) if outcome.ok}
    assert posted >= set(acts()) - {"refer"}, "every event takes effect somewhere"
    assert {o.decision for o in outcomes} == {"posted", "admitted", "refused", "incomplete", "exempt"}
    assert any(o.raised for o in outcomes)
    assert {e.balance for o in outcomes for e in o.effects} == {"cap", "reserve", "reported", *BALANCES}


def test_every_store_gives_the_same(any_url, lines):
    with Ledger.open("sqlite:///:memory:") as plain, Ledger.open(any_url) as ledger:
        assert [o.to_json() for o in ledger.replay(lines)] == [o.to_json() for o in plain.replay(lines)]
        assert ledger.head == plain.head
        assert ledger.accounts() == plain.accounts()
        assert ledger.nodes() == plain.nodes()
        assert list(ledger.export()) == lines
        assert ledger.verify(rejudged=True).ok
        assert ledger.rebuild() == len(lines)
        assert ledger.accounts() == plain.accounts()
        assert [o.decision for o in ledger.replay(lines)] == ["duplicate"] * len(lines)


def test_one_by_one_and_opened_anew_each_time_is_the_same(shared_url, lines):
    """What a program knows of the ledger makes no difference: one that has just been started answers alike."""
    with Ledger.open("sqlite:///:memory:") as plain:
        expected = [o.to_json() for o in plain.replay(lines)]
        told = []
        for line in lines:
            with Ledger.open(shared_url) as ledger:
                told.append(ledger.apply(line).to_json())
        assert told == expected
        with Ledger.open(shared_url) as ledger:
            assert ledger.head == plain.head
            assert ledger.accounts() == plain.accounts()
            assert ledger.verify(rejudged=True).ok


def test_two_programs_by_turns_are_the_same(shared_url, lines):
    with Ledger.open("sqlite:///:memory:") as plain, Ledger.open(shared_url) as one, Ledger.open(shared_url) as two:
        expected = [o.to_json() for o in plain.replay(lines)]
        assert [(one, two)[n % 2].apply(line).to_json() for n, line in enumerate(lines)] == expected
        assert one.accounts() == two.accounts() == plain.accounts()


def test_the_effects_sum_to_the_balances(lines):
    sums = Counter()
    with Ledger.open("sqlite:///:memory:") as ledger:
        for outcome in ledger.replay(lines):
            for e in outcome.effects:
                sums[e.node, e.line, e.year, e.balance] += e.amount_m3
        state = ledger.state()
        stated = {(n, line, y, b): e.amount_m3 for n, line, b, y, e in state.entries() if e.amount_m3}
        drawn = {
            (node, line, year, balance): amounts[3 * (line.ecology == "included") + i]
            for (node, water, year), amounts in state._cells.items()
            for i, balance in enumerate(BALANCES)
            for line in drawn_lines(water, ecological=False)
            if amounts[3 * (line.ecology == "included") + i]
        }
        assert {where: m3 for where, m3 in sums.items() if m3} == stated | drawn
        owned = Counter()
        for right in (*state.all(Application, "application"), *state.all(Permit, "permit")):
            for c in right.charges:
                for node in state.chain(right.node, c.water, c.year):
                    owned[node, c.water, c.year] += c.volume_m3
        held = {cell: a[0] + a[3] for cell, a in state._cells.items() if a[0] + a[3]}
        assert held == {cell: m3 for cell, m3 in owned.items() if m3}

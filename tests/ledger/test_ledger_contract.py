"""Every term of the event contract is said by some event, with its figures, and changes nothing where it refuses."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from hetao.ledger import Ledger
from hetao.ledger.acts.node import DEPTH_MAX
from hetao.ledger.contract import CLAUSE, TERMS, breach
from hetao.ledger.fields import VOLUME_MAX

OWN = {"basis": "withdrawal", "ecology": "excluded", "document": "文", "issuer": "NM", "water": "groundwater"}


def deep(s):
    for level in range(DEPTH_MAX - 1):
        s.must("node", node=f"D{level}", name="深", kind="basin", parent=f"D{level - 1}" if level else "YB")
    return s.post("node", node="D", name="深", kind="basin", parent=f"D{DEPTH_MAX - 2}")


def reused(s):
    s.must("tick", key="twice")
    return s.post("tick", key="twice", by="another")


def other_line(s):
    s.cap("A", 100)
    s.cap("A", 100, ecology="included")
    return s.post("breakdown", node="A", children={"A1": 60}, year=2025, edge="moved", **{**OWN, "issuer": None})


def drawn_edge(s):
    s.cap("A", 5000)
    s.breakdown("A", {"A1": 3000})
    s.apply()
    return s.post("breakdown", node="A", children={"A1": 3000}, year=2025, edge="moved", **{**OWN, "issuer": None})


def consumed_edge(s):
    own = {**OWN, "issuer": None, "basis": "consumption"}
    s.cap("A", 100, basis="consumption")
    return s.post("breakdown", node="A", children={"A1": 60}, year=2025, edge="moved", **own)


def overlap(s):
    s.permit()
    assert s.day("2025-07-01").read("P1", 5, "2025-04-01", "2025-05-31").ok
    return s.read("P1", 5, "2025-05-30", "2025-06-30")


def closed(s):
    s.day("2026-01-05").must("close_year", node="A", year=2025)
    return s.post("cap", node="A1", year=2025, volume_m3=5, **OWN)


def again(s):
    s.day("2026-01-05").must("close_year", node="NM", year=2025)
    return s.post("close_year", node="A1", year=2025)


def too_much(s):
    s.cap("NM", VOLUME_MAX, water="total")
    s.cap("NM", VOLUME_MAX)
    assert s.apply("AP1", VOLUME_MAX - 5).decision == "admitted"
    return s.apply("AP2", 6)


def revised(s):
    s.must("use", node="A", year=2024, volume_m3=5, source="公报", **line())
    return s.post("use", node="A", year=2024, volume_m3=6, source="年鉴", **line())


def over_cap(s):
    s.cap("A", 5)
    return s.post("use", node="A", year=2025, volume_m3=6, source="公报", **line())


def read_over_cap(s):
    s.permit()
    own = {"node": "A", "issuer": "NM", "volume_m3": 5, "document": "文", "binds": ["used"], "year": 2025}
    s.day("2025-07-01").must("cap", **own, **line())
    return s.read("P1", 6, "2025-04-01", "2025-05-31")


def read_ahead(s):
    s.permit()
    return s.read("P1", 6, "2025-04-01", "2025-05-31")


def beyond(s):
    s.approved("AP1")
    s.must("start_works", application="AP1")
    return s.post("accept_works", application="AP1", permit="P1", from_="2025-04-01", to="2026-04-30")


def filed_again(s):
    s.permit()
    for used_m3 in (5, 6):
        outcome = s.post("return", permit="P1", year=2025, used_m3=used_m3, next_year_m3=9)
    return outcome


def not_bound(s):
    s.cap("A", 5, binds=["permitted"])
    return s.post("use", node="A", year=2025, volume_m3=4, source="公报", **line())


def line():
    return {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}


def check(s, **fields):
    return s.post("assert", **{**line(), "year": 2025, "what": "cap", "volume_m3": 0, **fields})


def corrects(s):
    s.permit()
    return s.day("2025-07-01").read("P1", 5, "2025-04-01", "2025-05-31", corrects="nothing")


def permit_twice(s):
    s.permit("P1")
    s.approved("AP2")
    return s.post("accept_works", application="AP2", permit="P1", from_="2025-05-01", to="2026-04-30")


def of_permit(s, event, **fields):
    s.permit()
    return s.post(event, permit="P1", **fields)


def trade(s, **fields):
    own = {"kind": "withdrawal_right", "volume_m3": 5, "term_from": "2025-05-01", "document": "文"}
    return s.post("transfer", **{**own, **fields})


CASES = {
    "line.malformed": lambda s: s.ledger.apply("not JSON"),
    "key.reused": reused,
    "event.unknown": lambda s: s.post("aply"),
    "event.unknown_field": lambda s: s.post("tick", colour="red"),
    "event.missing_field": lambda s: s.post("node", node="X", kind="basin"),
    "event.bad_field": lambda s: s.post("tick", by=""),
    "event.backwards": lambda s: s.day("2019-01-01").post("tick"),
    "node.unknown": lambda s: s.post("node", node="X", name="x", kind="banner", parent="?"),
    "node.exists": lambda s: s.post("node", node="A", name="x", kind="league", parent="NM"),
    "node.cycle": lambda s: s.post("node", node="X", name="x", kind="league", parent="X"),
    "node.parent": lambda s: s.post("node", node="X", name="x", kind="league", parent="A"),
    "node.depth": deep,
    "node.not_a_basin": lambda s: s.post("node", node="X", name="x", kind="banner", parent="A", basins=["B"]),
    "node.aquifer": lambda s: s.post("node", node="X", name="x", kind="banner", parent="A", aquifer="Q"),
    "permit.unknown": lambda s: s.post("cancel", permit="?"),
    "permit.status": lambda s: of_permit(s, "resume"),
    "permit.exists": permit_twice,
    "permit.beyond": beyond,
    "permit.ecology": lambda s: of_permit(s, "change", purpose="ecology"),
    "permit.no_year": lambda s: of_permit(s, "plan", year=2031, volume_m3=1, approver="NM"),
    "application.unknown": lambda s: s.post("approve", application="?", approver="NM"),
    "application.status": lambda s: (s.apply(), s.post("start_works", application="AP1"))[1],
    "application.exists": lambda s: (s.apply(), s.apply())[1],
    "term.backwards": lambda s: s.apply(from_="2025-12-31", to="2025-04-01"),
    "right.one_of": lambda s: s.post("suspend"),
    "right.nothing": lambda s: of_permit(s, "change", note="nothing"),
    "edge.kind": drawn_edge,
    "edge.consumption": consumed_edge,
    "edge.other_line": other_line,
    "order.factor_or_volume": lambda s: s.post(
        "order", node="A", water="groundwater", from_="2025-05-01", to="2025-06-01", document="文"
    ),
    "read.corrects": corrects,
    "read.over_cap": read_over_cap,
    "read.ahead": read_ahead,
    "return.again": filed_again,
    "read.overlap": overlap,
    "year.closed": closed,
    "year.running": lambda s: s.day("2025-12-31").post("close_year", node="A", year=2025),
    "year.again": again,
    "volume.sum": too_much,
    "setting.value": lambda s: s.post("setting", name="warning_ratio", value="much", from_="2025-01-01", document="文"),
    "setting.unknown": lambda s: s.post("setting", name="colour", value=1, from_="2025-01-01", document="文"),
    "level.not_a_unit": lambda s: s.post("level", node="A1", date="2025-01-01", level_m="1", control_m="1"),
    "transfer.parties": lambda s: trade(s, from_="P1", to="P2"),
    "transfer.itself": lambda s: trade(s, from_="P1", to="P1"),
    "transfer.line": lambda s: trade(s, kind="regional", from_="A", to="B"),
    "breakdown.not_a_child": lambda s: s.post(
        "breakdown", node="NM", children={"A1": 5}, year=2025, **{**OWN, "issuer": None}
    ),
    "use.over_cap": over_cap,
    "use.no_cap": lambda s: s.post("use", node="A", year=2025, volume_m3=4, source="公报", **line()),
    "use.not_bound": not_bound,
    "use.revised": revised,
    "assert.node_or_permit": check,
    "assert.nothing": lambda s: check(s, node="A"),
    "assert.mismatch": lambda s: check(s, node="NM"),
}
WARNINGS = {
    *("setting.unknown", "use.over_cap", "use.no_cap", "use.not_bound", "use.revised"),
    *("read.over_cap", "read.ahead", "return.again", "permit.beyond"),
}


def test_there_is_a_case_for_every_term():
    assert set(CASES) == set(TERMS)


@pytest.mark.parametrize("term", CASES)
def test_each_term_is_said_by_an_event_that_does_not_meet_it(scene, term):
    outcome = CASES[term](scene)
    found = {f.rule: f for f in (outcome.warnings if term in WARNINGS else outcome.refusals)}
    assert outcome.ok == (term in WARNINGS), outcome
    assert term in found
    assert found[term].clause == CLAUSE
    for text in (found[term].text.zh, found[term].text.en):
        assert text
        assert not re.search(r"[{}]", text), "a word is left open"
    if not outcome.ok:
        assert outcome.effects == outcome.raised == ()
        assert scene.ledger.verify(rejudged=True).ok


def test_a_refused_event_changes_nothing_but_the_journal(scene):
    scene.permit("P0", 5)
    state = scene.ledger.state()
    before = scene.ledger.head.seq
    for refuse in (
        lambda: scene.post("cancel", permit="?"),
        lambda: scene.apply("AP9", 10**12),
        lambda: scene.post("plan", permit="P0", year=2031, volume_m3=1, approver="NM"),
    ):
        held = repr(state._cells), repr(state._records), repr(state._series)
        assert not refuse().ok
        assert (repr(state._cells), repr(state._records), repr(state._series)) == held
    assert scene.ledger.head.seq == before + 3


def test_every_term_has_both_languages_with_the_same_words():
    for term, text in TERMS.items():
        words = [{name for _, name, _, _ in Formatter().parse(t) if name is not None} for t in (text.zh, text.en)]
        assert words[0] == words[1], term
        finding = breach(term, dict.fromkeys(words[0], 1))
        assert finding.text.zh != finding.text.en


@pytest.mark.parametrize("event", ["tick", "cap", "apply", "read"])
def test_an_event_in_a_ledger_without_places_is_answered(make, event):
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert not ledger.apply(make.make(event, node="A", permit="P", colour=1)).ok
        assert ledger.accounts() == ()

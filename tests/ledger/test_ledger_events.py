"""Places, caps, published use and checkpoints: what each event does, and everything that speaks against it."""

from __future__ import annotations

import itertools
import re

import pytest

from hetao.ledger.act import acts

TOO_MUCH = 2**63


def codes(outcome):
    return sorted(finding.rule for finding in outcome.refusals)


def balances(ledger, node, year=2024, water="groundwater"):
    (account,) = ledger.accounts(node=node, water=water, year=year)
    return account


KINDS = [
    *("accept_works", "apply", "approve", "assert", "breakdown", "cancel", "cap", "certify_saving", "change"),
    *("close_year", "level", "node", "order", "plan", "quota", "read", "refer", "refuse", "renew", "resume", "return"),
    *("revoke", "setting", "start_works", "suspend", "tick", "transfer", "use", "zone"),
]


def test_the_kinds_of_events():
    assert sorted(acts()) == KINDS
    assert all(act.title.zh and act.title.en for act in acts().values())


def test_every_published_event_is_taken_with_every_published_field(shared):
    text = (shared / "ledger" / "events.md").read_text(encoding="utf-8")
    rows = {}
    for _, events, given, *_ in (line.split("|") for line in text.splitlines() if line.startswith("| `")):
        depths = itertools.accumulate((c == "(") - (c == ")") for c in given)
        fields = "".join(c for c, depth in zip(given, depths, strict=True) if depth == 0)  # in brackets are options
        names = set(re.findall(r"[a-z][a-z0-9_]*", fields)) - {"or", "at"}
        rows.update(dict.fromkeys(re.findall(r"[a-z_]+", events), names))
    assert sorted(rows) == KINDS
    for event, fields in rows.items():
        assert fields <= set(acts()[event].all_fields), event


def test_nodes_are_kept_as_declared(ledger, make):
    assert ledger.apply(make.node("C1", "banner", "NM", basins=["YB"])).ok
    assert ledger.apply(make.node("YB1", "basin", "YB")).ok
    assert ledger.apply(make.node("YBN", "basin", "NM")).ok
    nodes = {n.node: n for n in ledger.nodes()}
    assert list(nodes)[:2] == ["NM", "A"]
    assert nodes["A1u"].aquifer == "HQH"
    assert nodes["C1"].basins == ("YB",)
    assert nodes["YB1"].parent == "YB"
    assert nodes["A"].label.zh == "地A（A）"
    assert nodes["A"].label.en == "地A (A)"


NODE_FAULTS = {
    "declared before": ({"node": "A", "kind": "league", "parent": "NM"}, ["node.exists"]),
    "its own parent": ({"node": "X", "kind": "league", "parent": "X"}, ["node.cycle"]),
    "lies in itself": ({"node": "X", "kind": "basin", "basins": ["X"]}, ["node.cycle"]),
    "unknown parent": ({"node": "X", "kind": "league", "parent": "?"}, ["node.unknown"]),
    "league without parent": ({"node": "X", "kind": "league"}, ["node.parent"]),
    "region with parent": ({"node": "X", "kind": "region", "parent": "NM"}, ["node.parent"]),
    "unit under league": ({"node": "X", "kind": "unit", "parent": "A"}, ["R06", "node.parent"]),
    "unit without banner": ({"node": "X", "kind": "unit"}, ["R06", "node.parent"]),
    "unit in two banners": ({"node": "X", "kind": "unit", "parent": ["A1", "A2"]}, ["R06", "event.bad_field"]),
    "unit again in another banner": ({"node": "A1u", "kind": "unit", "parent": "A2"}, ["R06", "node.exists"]),
    "aquifer of a banner": ({"node": "X", "kind": "banner", "parent": "A", "aquifer": "Q"}, ["node.aquifer"]),
    "unknown basin": ({"node": "X", "kind": "banner", "parent": "A", "basins": ["?"]}, ["node.unknown"]),
    "basin that is none": ({"node": "X", "kind": "banner", "parent": "A", "basins": ["B"]}, ["node.not_a_basin"]),
    "no basins": ({"node": "X", "kind": "banner", "parent": "A", "basins": []}, ["event.bad_field"]),
    "basin twice": ({"node": "X", "kind": "banner", "parent": "A", "basins": ["YB", "YB"]}, ["event.bad_field"]),
    "unknown kind": ({"node": "X", "kind": "village", "parent": "A"}, ["event.bad_field"]),
    "kind missing": ({"node": "X", "kind": None, "parent": "A"}, ["event.missing_field"]),
    "node missing": ({"node": None, "kind": "league", "parent": "?"}, ["event.missing_field", "node.unknown"]),
    "blank name": ({"node": "X", "kind": "league", "parent": "NM", "name": "  "}, ["event.bad_field"]),
    "line break": ({"node": "X\n", "kind": "league", "parent": "NM"}, ["event.bad_field"]),
    "endless name": ({"node": "X", "kind": "league", "parent": "NM", "name": "x" * 1001}, ["event.bad_field"]),
    "all at once": (
        {"node": "A", "kind": "unit", "parent": "B", "basins": ["B", "?"], "colour": "red", "at": "soon"},
        [
            "event.bad_field",
            "event.unknown_field",
            "node.exists",
            "node.not_a_basin",
            "node.parent",
            "node.unknown",
        ],
    ),
}


@pytest.mark.parametrize("case", NODE_FAULTS)
def test_node_faults(ledger, make, case):
    fields, expected = NODE_FAULTS[case]
    before = ledger.nodes()
    outcome = ledger.apply(make.make("node", **{"name": "名", **fields}))
    assert codes(outcome) == expected
    assert not outcome.ok
    assert ledger.nodes() == before


def test_the_tree_is_not_endless(ledger, make):
    for i in range(15):
        assert ledger.apply(make.node(f"b{i}", "basin", f"b{i - 1}" if i else "YB")).ok
    outcome = ledger.apply(make.node("b15", "basin", "b14"))
    assert codes(outcome) == ["node.depth"]
    assert outcome.refusals[0].facts == {"named": "b15", "depth": 17, "most": 16}


COMMON_FAULTS = {
    "unknown event": ({"event": "appyl"}, ["event.unknown"]),
    "event is a number": ({"event": 7}, ["event.bad_field"]),
    "no event": ({"event": None}, ["event.missing_field"]),
    "no key": ({"key": None}, ["event.missing_field"]),
    "key is a number": ({"key": 7}, ["event.bad_field"]),
    "empty key": ({"key": ""}, ["event.bad_field"]),
    "no by": ({"by": None}, ["event.missing_field"]),
    "no at": ({"at": None}, ["event.missing_field"]),
    "at without offset": ({"at": "2024-01-01T00:00:00"}, ["event.bad_field"]),
    "at is a date": ({"at": "2024-01-01"}, ["event.bad_field"]),
    "at on no calendar": ({"at": "2023-02-29T00:00:00+08:00"}, ["event.bad_field"]),
    "at in Chinese": ({"at": "二〇二四年"}, ["event.bad_field"]),
    "at in wide digits": ({"at": "２０２４-01-01T00:00:00+08:00"}, ["event.bad_field"]),
    "at is a number": ({"at": 20240101}, ["event.bad_field"]),
    "at before what is posted": ({"at": "2023-12-31T23:59:59+08:00"}, ["event.backwards"]),
    "at before, across offsets": ({"at": "2024-01-01T00:00:00+09:00"}, ["event.backwards"]),
    "effective on no calendar": ({"effective": "2024-02-30"}, ["event.bad_field"]),
    "unknown field": ({"colour": "red"}, ["event.unknown_field"]),
    "two unknown fields": ({"colour": 1, "weight": 2}, ["event.unknown_field"] * 2),
    "volume missing": ({"volume_m3": None}, ["event.missing_field"]),
    "negative": ({"volume_m3": -1}, ["event.bad_field"]),
    "fraction": ({"volume_m3": 1.5}, ["event.bad_field"]),
    "whole fraction": ({"volume_m3": 1.0}, ["event.bad_field"]),
    "true": ({"volume_m3": True}, ["event.bad_field"]),
    "text": ({"volume_m3": "100"}, ["event.bad_field"]),
    "Chinese numeral": ({"volume_m3": "一百"}, ["event.bad_field"]),
    "English numeral": ({"volume_m3": "one hundred"}, ["event.bad_field"]),
    "2 to the 63rd": ({"volume_m3": TOO_MUCH}, ["event.bad_field"]),
    "null": ({"volume_m3": [None]}, ["event.bad_field"]),
    "unknown water": ({"water": "snow"}, ["event.bad_field"]),
    "year as text": ({"year": "2024"}, ["event.bad_field"]),
    "year 0": ({"year": 0}, ["event.bad_field"]),
    "year true": ({"year": True}, ["event.bad_field"]),
    "unknown node": ({"node": "?"}, ["node.unknown"]),
    "node missing": ({"node": None}, ["event.missing_field"]),
    "node is a list": ({"node": ["NM"]}, ["event.bad_field"]),
    "source missing": ({"source": None}, ["event.missing_field"]),
}


@pytest.mark.parametrize("case", COMMON_FAULTS)
def test_common_faults(ledger, make, case):
    fields, expected = COMMON_FAULTS[case]
    before = ledger.accounts()
    outcome = ledger.apply(make.use("NM", 5, **fields))
    assert codes(outcome) == expected
    assert outcome.decision == "refused"
    assert outcome.seq == ledger.head.seq
    assert ledger.accounts() == before
    assert all(f.text.zh and f.text.en and f.clause for f in outcome.refusals)


def test_time_runs_on_only_by_what_is_posted(ledger, make):
    assert not ledger.apply(make.use("?", 5, at="2030-01-01T00:00:00Z")).ok
    assert ledger.apply(make.use("NM", 5, at="2025-01-01T00:00:00.5Z")).ok
    assert codes(ledger.apply(make.use("NM", 5, at="2025-01-01T00:00:00Z"))) == ["event.backwards"]
    assert ledger.apply(make.use("NM", 5, at="2024-06-01T00:00:00Z", effective="2024-06-01")).ok
    assert codes(ledger.apply(make.use("NM", 5, at="2024-07-01T00:00:00Z"))) == ["event.backwards"]


def test_a_cap_holds_until_a_later_year_replaces_it(ledger, make):
    outcome = ledger.apply(make.cap("NM", 100, 2024, binds=["permitted"]))
    assert [e.amount_m3 for e in outcome.effects] == [100]
    ledger.apply(make.cap("NM", 80, 2026, document="新文"))
    assert ledger.accounts(node="NM", year=2023) == ()
    assert [balances(ledger, "NM", y).cap_m3 for y in (2024, 2025, 2026, 2030)] == [100, 100, 80, 80]
    assert balances(ledger, "NM", 2026).document == "新文"
    (effect,) = ledger.apply(make.cap("NM", 90, 2024)).effects
    assert effect.amount_m3 == -10
    assert ledger.apply(make.cap("NM", 90, 2024)).effects == ()
    assert ledger.apply(make.cap("NM", 2**63 - 1, 2027)).ok


def test_who_may_issue_a_cap(ledger, make):
    assert ledger.apply(make.cap("A1u", 1, issuer="A1")).ok
    assert ledger.apply(make.cap("A1u", 1, issuer="NM")).ok
    assert ledger.apply(make.cap("YB", 1, issuer="YB")).ok
    assert ledger.apply(make.cap("YB", 1, issuer="NM")).ok
    for node, issuer in (("A", "A"), ("A", "B"), ("NM", "A"), ("A1", "A2"), ("YB", "A"), ("NM", "YB")):
        outcome = ledger.apply(make.cap(node, 1, issuer=issuer))
        assert codes(outcome) == ["R09"]
    assert outcome.refusals[0].facts == {"issuer": "YB", "allowed": ["NM"]}


CAP_FAULTS = {
    "unknown issuer": ({"issuer": "?"}, ["node.unknown"]),
    "unknown node and issuer": ({"issuer": "?", "node": "!"}, ["node.unknown", "node.unknown"]),
    "cut-back of no permit": ({"cutback": {"P1": 5, "P2": 6}}, ["permit.unknown", "permit.unknown"]),
    "empty cut-back": ({"cutback": {}}, ["event.bad_field"]),
    "cut-back of text": ({"cutback": {"P1": "5"}}, ["event.bad_field"]),
    "cut-back of nobody": ({"cutback": {" ": 5}}, ["event.bad_field"]),
    "cut-back list": ({"cutback": ["P1"]}, ["event.bad_field"]),
    "binds nothing": ({"binds": []}, ["event.bad_field"]),
    "binds the unknown": ({"binds": ["used", "lost"]}, ["event.bad_field"]),
    "binds twice": ({"binds": ["used", "used"]}, ["event.bad_field"]),
    "binds is text": ({"binds": "used"}, ["event.bad_field"]),
    "no document": ({"document": None}, ["event.missing_field"]),
}


@pytest.mark.parametrize("case", CAP_FAULTS)
def test_cap_faults(ledger, make, case):
    fields, expected = CAP_FAULTS[case]
    assert codes(ledger.apply(make.cap("A", 5, **fields))) == expected
    assert ledger.accounts() == ()


def test_a_cap_never_falls_below_what_is_broken_down(ledger, make):
    ledger.apply(make.cap("NM", 100))
    ledger.apply(make.breakdown("NM", {"A": 60, "B": 30}, reserve_m3=10))
    outcome = ledger.apply(make.cap("NM", 99, 2025))
    assert codes(outcome) == ["R01"]
    assert outcome.refusals[0].facts == {"cap_m3": 99, "children_m3": 90, "reserve_m3": 10, "over_m3": 1}
    ledger.apply(make.breakdown("A", {"A1": 60}))
    outcome = ledger.apply(make.breakdown("NM", {"A": 50, "B": 30}, 2025))
    assert [(f.node, f.facts["over_m3"]) for f in outcome.refusals] == [("A", 10)]
    assert ledger.apply(make.breakdown("A", {"A1": 50}, 2025)).ok
    assert ledger.apply(make.breakdown("NM", {"A": 50, "B": 30}, 2025)).ok
    assert ledger.apply(make.cap("NM", 80, 2025)).ok
    assert balances(ledger, "NM", 2024).reserve_m3 == 10
    assert balances(ledger, "NM", 2025).reserve_m3 == 0


def test_a_later_year_is_checked_too(ledger, make):
    ledger.apply(make.cap("NM", 100))
    ledger.apply(make.cap("NM", 50, 2026))
    outcome = ledger.apply(make.breakdown("NM", {"A": 60}))
    assert outcome.refusals[0].facts == {"cap_m3": 50, "children_m3": 60, "over_m3": 10, "year": 2026}
    ledger.apply(make.cap("B", 40, 2024, water="total"))
    ledger.apply(make.cap("B", 20, 2026, water="total"))
    (refusal,) = ledger.apply(make.cap("B", 30)).refusals
    assert (refusal.rule, refusal.facts["year"], refusal.facts["over_m3"]) == ("R02", 2026, 10)


def test_parts_without_a_cap_count_with_their_own_parts(ledger, make):
    ledger.apply(make.cap("A1", 40))
    ledger.apply(make.cap("A2", 20))
    (refusal,) = ledger.apply(make.cap("NM", 59)).refusals
    assert refusal.facts == {"cap_m3": 59, "children_m3": 60, "over_m3": 1}
    assert ledger.apply(make.cap("NM", 60)).ok
    (refusal,) = ledger.apply(make.cap("B1", 1)).refusals
    assert (refusal.node, refusal.facts["over_m3"]) == ("NM", 1)
    assert codes(ledger.apply(make.cap("A", 59))) == ["R01"]
    assert ledger.apply(make.cap("A", 60)).ok


def test_children_not_named_keep_their_caps(ledger, make):
    ledger.apply(make.cap("NM", 100))
    ledger.apply(make.breakdown("NM", {"A": 60, "B": 40}))
    (refusal,) = ledger.apply(make.breakdown("NM", {"A": 61})).refusals
    assert refusal.facts == {"cap_m3": 100, "children_m3": 101, "over_m3": 1}


def test_basins_share_out_among_basins(ledger, make):
    ledger.apply(make.node("YB1", "basin", "YB"))
    ledger.apply(make.node("YBN", "basin", "NM"))
    ledger.apply(make.cap("YB", 10, issuer="YB"))
    assert codes(ledger.apply(make.breakdown("YB", {"YB1": 11}))) == ["R01"]
    ledger.apply(make.cap("NM", 10))
    assert ledger.apply(make.cap("YBN", 11)).ok
    assert codes(ledger.apply(make.breakdown("NM", {"YBN": 1}))) == ["breakdown.not_a_child"]


BREAKDOWN_FAULTS = {
    "no cap": ({"water": "surface"}, ["R01"]),
    "no cap yet": ({"year": 2023}, ["R01"]),
    "grandchild": ({"children": {"A1": 5}}, ["breakdown.not_a_child"]),
    "strangers": ({"children": {"A1": 5, "?": 5, "A": 5}}, ["breakdown.not_a_child"] * 2),
    "no children": ({"children": {}}, ["event.bad_field"]),
    "fraction": ({"children": {"A": 0.5}}, ["event.bad_field"]),
    "reserve below 0": ({"reserve_m3": -1}, ["event.bad_field"]),
    "unknown node": ({"node": "?"}, ["node.unknown"]),
    "over, and an unknown field": ({"children": {"A": 101}, "colour": 1}, ["R01", "event.unknown_field"]),
    "over, and no document": ({"children": {"A": 101}, "document": None}, ["R01", "event.missing_field"]),
    "issuer is no field": ({"issuer": "NM"}, ["event.unknown_field"]),
}


@pytest.mark.parametrize("case", BREAKDOWN_FAULTS)
def test_breakdown_faults(ledger, make, case):
    fields, expected = BREAKDOWN_FAULTS[case]
    ledger.apply(make.cap("NM", 100))
    before = ledger.accounts()
    outcome = ledger.apply(make.breakdown("NM", {"A": 5}, **fields))
    assert codes(outcome) == expected
    assert ledger.accounts() == before


def test_use_is_never_dropped(ledger, make):
    ledger.apply(make.cap("NM", 100))
    within = ledger.apply(make.use("NM", 100))
    assert within.warnings == ()
    over = ledger.apply(make.use("NM", 130, source="年鉴"))
    assert over.ok
    assert over.decision == "posted"
    assert [w.rule for w in over.warnings] == ["use.over_cap", "use.revised"]
    assert over.warnings[0].facts == {"cap_m3": 100, "use_m3": 130, "over_m3": 30}
    assert over.warnings[1].facts["before_m3"] == 100
    assert "公报" in over.warnings[1].text.zh
    assert [e.amount_m3 for e in over.effects] == [30]
    account = balances(ledger, "NM")
    assert (account.reported_m3, account.source, account.headroom_m3, account.used_m3) == (130, "年鉴", 100, 0)
    assert balances(ledger, "NM", 2025).reported_m3 is None


def test_use_without_a_cap_says_that_nothing_binds(ledger, make):
    assert [w.rule for w in ledger.apply(make.use("NM", 5)).warnings] == ["use.no_cap"]
    ledger.apply(make.cap("NM", 3, binds=["permitted"]))
    assert [w.rule for w in ledger.apply(make.use("NM", 5)).warnings] == ["use.not_bound"]


def test_asserts_that_hold(ledger, make):
    ledger.apply(make.cap("NM", 100))
    ledger.apply(make.use("NM", 70))
    for what, volume_m3 in (
        ("cap", 100),
        ("headroom", 100),
        ("reported", 70),
        ("permitted", 0),
        ("planned", 0),
        ("used", 0),
    ):
        assert ledger.apply(make.check("NM", what, volume_m3)).decision == "posted"
    assert ledger.apply(make.check("NM", "cap", 98, tolerance_m3=2)).ok
    assert ledger.apply(make.check("A", "permitted", 0)).ok


def test_asserts_that_fail(ledger, make):
    ledger.apply(make.cap("NM", 100))
    (refusal,) = ledger.apply(make.check("NM", "cap", 98, tolerance_m3=1)).refusals
    assert refusal.facts == {
        "what": "cap",
        "held_m3": 100,
        "asserted_m3": 98,
        "difference_m3": 2,
        "tolerance_m3": 1,
    }
    assert codes(ledger.apply(make.check("NM", "used", 1))) == ["assert.mismatch"]
    assert codes(ledger.apply(make.check("NM", "reported", 0))) == ["assert.nothing"]
    assert codes(ledger.apply(make.check("A", "cap", 0))) == ["assert.nothing"]
    assert codes(ledger.apply(make.check("?", "cap", 0))) == ["node.unknown"]
    assert codes(ledger.apply(make.check("NM", "leaked", 0))) == ["event.bad_field"]
    assert codes(ledger.apply(make.check("NM", "cap", 100, permit="P1"))) == [
        "assert.node_or_permit",
        "permit.unknown",
    ]
    assert codes(ledger.apply(make.check("NM", "cap", 100, node=None))) == ["assert.node_or_permit"]
    assert codes(ledger.apply(make.check("NM", "cap", 100, node=None, permit="P1"))) == ["permit.unknown"]


def check_permit(scene, what, volume_m3, year=2025, **fields):
    line = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "permit": "P1"}
    return scene.post("assert", **{**line, "what": what, "volume_m3": volume_m3, "year": year, **fields})


def test_asserts_on_a_permit(scene):
    scene.permit("P1", 1000)
    scene.must("plan", permit="P1", year=2025, volume_m3=800, approver="A1")
    scene.day("2025-07-01").read("P1", 90, "2025-04-01", "2025-06-30")
    for what, volume_m3, year in (
        ("permitted", 1000, 2026),
        ("planned", 800, 2025),
        ("used", 90, 2025),
        ("planned", 0, 2026),
    ):
        assert check_permit(scene, what, volume_m3, year).ok
        assert codes(check_permit(scene, what, volume_m3 + 1, year)) == ["assert.mismatch"]
        assert check_permit(scene, what, volume_m3 + 1, year, tolerance_m3=1).ok
    assert check_permit(scene, "used", 90, ecology="included").ok
    assert check_permit(scene, "permitted", 0, 2040).ok
    for nothing in ({"what": "cap"}, {"what": "headroom"}, {"water": "total"}, {"basis": "consumption"}):
        refused = check_permit(scene, **{"what": "permitted", "volume_m3": 1000, **nothing})
        assert codes(refused) == ["assert.nothing"]
        assert "P1" in refused.refusals[0].text.en
    assert codes(check_permit(scene, "used", 90, permit="?")) == ["permit.unknown"]
    assert codes(check_permit(scene, "used", 90, basis=None)) == ["R03"]
    scene.must("cancel", permit="P1")
    assert check_permit(scene, "used", 90).ok


def test_the_headroom_is_what_is_neither_permitted_nor_moved_out(scene):
    scene.cap("A", 100)
    scene.breakdown("A", {"A1": 60}, edge="moved")
    scene.apply("AP1", 10, "A2")
    assert check_permit(scene, "headroom", 30, permit=None, node="A").ok
    assert scene.account("A").headroom_m3 == 30


BACKWARDS = {
    "accept_works": {"application": "AP2", "permit": "P2", "from_": "2025-05-01", "to": "2025-04-30"},
    "apply": {"application": "AP9", "node": "A1", "water": "surface", "from_": "2025-05-01", "to": "2025-04-30"},
    "order": {"node": "A", "water": "surface", "factor": "0.9", "from_": "2025-05-01", "to": "2025-04-30"},
    "read": {"permit": "P1", "meter": "M", "from_": "2025-05-01", "to": "2025-04-30"},
    "renew": {"permit": "P1", "to": "2025-04-30"},
    "transfer": {"kind": "regional", "from_": "A", "to": "B", "term_from": "2025-05-01", "term_to": "2025-04-30"},
    "zone": {"node": "A", "from_": "2025-05-01", "to": "2025-04-30"},
}
REST = {
    "order": {"document": "文"},
    "read": {"volume_m3": 5, "method": "metered"},
    "transfer": {"volume_m3": 5, "document": "文"},
    "zone": {"kind": "fragile", "document": "文"},
}


@pytest.mark.parametrize("event", BACKWARDS)
def test_no_term_ends_before_it_begins(scene, event):
    scene.permit("P1", 1000)
    scene.approved("AP2")
    outcome = scene.post(event, **BACKWARDS[event], **REST.get(event, {}))
    assert "term.backwards" in codes(outcome)
    (finding,) = (f for f in outcome.refusals if f.rule == "term.backwards")
    assert finding.facts["end"] == "2025-04-30"


def test_a_return_is_for_a_year_of_the_permit(scene):
    scene.permit("P1", 1000)
    for year, taken in ((2024, False), (2025, True), (2031, False)):
        outcome = scene.post("return", permit="P1", year=year, used_m3=0, next_year_m3=0)
        assert outcome.ok == taken
        assert taken or "permit.no_year" in codes(outcome)

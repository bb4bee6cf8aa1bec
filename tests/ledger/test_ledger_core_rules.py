"""The boundary tests of the rules that are the ledger's own arithmetic: R09 to R12, R19 and R20."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

import hetao.ledger.ending as ending
from hetao.ledger.line import Line
from hetao.ledger.records import Charge

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}


def codes(outcome):
    return sorted(f.rule for f in outcome.refusals)


def cap(scene, m3, **fields):
    own = {"node": "A", "issuer": "NM", "volume_m3": m3, "year": 2025, "document": "文", **LINE}
    return scene.post("cap", **{**own, **fields})


# R09


def test_r09_a_league_cannot_raise_its_own_cap(scene):
    assert cap(scene, 100).ok
    refused = cap(scene, 101, issuer="A")
    assert codes(refused) == ["R09"]
    assert refused.refusals[0].facts == {"issuer": "A", "allowed": ["NM"]}
    assert cap(scene, 101).ok


def test_r09_a_query_of_an_earlier_day_returns_the_old_cap(scene):
    assert cap(scene, 100, document="旧文").ok
    scene.day("2025-06-01")
    assert cap(scene, 80, document="新文").ok
    rows = {
        day: scene.ledger.accounts(node="A", year=2025, as_of=day, **LINE)[0] for day in ("2025-05-31", "2025-06-01")
    }
    assert [(a.cap_m3, a.document) for a in rows.values()] == [(100, "旧文"), (80, "新文")]


def test_r09_ecological_supply_presses_on_its_own_cap_only(scene):
    scene.cap("NM", 10**9, ecology="included")
    assert scene.apply("AP1", 60, purpose="ecology").ok
    assert cap(scene, 1).ok
    assert codes(cap(scene, 59, ecology="included")) == ["R09"]
    assert cap(scene, 60, ecology="included").ok


# R10


def test_r10_two_requests_of_6_against_headroom_10(scene):
    scene.cap("A1", 10)
    answers, barrier = [], threading.Barrier(2)

    def ask(name):
        barrier.wait(10)
        answers.append(scene.apply(name, 6).decision)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("AP1", "AP2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["admitted", "refused"]


def test_r10_no_act_leaves_a_balance_below_zero(scene, monkeypatch):
    scene.permit("P1", 1000)

    def draw(state, draft, right, charges, sign, *, by):
        draft.draw(state.cells(right.node, charges), by, -sign, ecological=False)

    monkeypatch.setattr("hetao.ledger.acts.plan.draw_right", draw)
    refused = scene.post("plan", permit="P1", year=2025, volume_m3=5, approver="A1")
    assert {f.rule for f in refused.refusals} == {"R10"}
    assert refused.refusals[0].facts == {"water": "groundwater", "year": 2025, "below_m3": 5}


# R11


def total(scene):
    """Return what is permitted in all, by water and year: each right counts once."""
    state, sums = scene.ledger.state(), Counter()
    for name in ("application", "permit"):
        for identifier in state.identifiers(name):
            for c in state.raw_record(name, identifier).charges:
                sums[c.water, c.year] += c.volume_m3
    return sums


def banners(scene):
    """Return what is permitted in all banners, which nothing overlaps."""
    sums = Counter()
    for (node, water, year), amounts in scene.ledger.state()._cells.items():
        if node in ("A1", "A2", "B1"):
            sums[water, year] += amounts[0] + amounts[3]
    return sums


def test_r11_the_total_over_all_nodes_is_what_the_rights_add_up_to(scene):
    """After each act in the life of rights, and for a trade the same before and after."""
    steps = [
        lambda: scene.permit("P1", 1000, "A1u"),
        lambda: scene.permit("P2", 400, "B1"),
        lambda: scene.apply("AP3", 70, "A2", to="2027-12-31"),
        lambda: scene.must("refuse", application="AP3", approver="NM", note="第二十条"),
        lambda: scene.day("2025-09-01").read("P2", 90, "2025-04-01", "2025-08-31"),
        lambda: scene.must("certify_saving", permit="P1", volume_m3=100, document="文", approver="NM"),
        lambda: scene.must("change", permit="P1", volume_m3=900),
        lambda: scene.must("cancel", permit="P2"),
        lambda: scene.day("2029-06-01").must("renew", permit="P1", to="2031-12-31"),
        lambda: scene.must("revoke", permit="P1"),
    ]
    for step in steps:
        assert step().ok
        assert +banners(scene) == +total(scene)
    assert sum(total(scene).values()) > 0


def test_r11_a_trade_changes_no_total(scene):
    scene.permit("P1", 1000, "A1")
    scene.permit("P2", 400, "B1")
    scene.must("certify_saving", permit="P1", volume_m3=100, document="文", approver="NM")
    before = banners(scene)
    terms = {"kind": "withdrawal_right", "from_": "P1", "to": "P2", "volume_m3": 100, "term_from": "2026-01-01"}
    assert scene.post("transfer", **terms, document="文").ok
    assert banners(scene) == before == total(scene)


@pytest.mark.parametrize(("year", "rights_m3"), [(2027, -1000), (2040, 0)])
def test_r11_an_act_whose_postings_are_not_those_of_its_rights_is_refused(scene, monkeypatch, year, rights_m3):
    scene.permit("P1", 1000)
    release = ending.release

    def too_little(state, draft, right, day):
        kept = release(state, draft, right, day)
        draft.draw([(("A1",), Charge("groundwater", year, 1))], "permitted", 1, ecological=False)
        return kept

    monkeypatch.setattr(ending, "release", too_little)
    refused = scene.post("cancel", permit="P1")
    assert codes(refused) == ["R11"]
    facts = refused.refusals[0].facts
    assert (facts["year"], facts["rights_m3"], facts["posted_m3"]) == (year, rights_m3, rights_m3 + 1)


# R12


def test_r12_missing_monthly_volumes_are_asked_for(scene):
    outcome = scene.apply("AP1", 12, monthly_m3=None)
    assert (outcome.decision, codes(outcome)) == ("incomplete", ["R12"])
    assert outcome.refusals[0].facts == {"missing": ["monthly_m3"]}


@pytest.mark.parametrize(
    ("months", "decision", "warned"),
    [([1] * 12, "admitted", False), ([2] + [1] * 11, "incomplete", False), ([0] + [1] * 11, "admitted", True)],
)
def test_r12_months_add_up_to_no_more_than_the_year(scene, months, decision, warned):
    outcome = scene.apply("AP1", 12, monthly_m3=months)
    assert outcome.decision == decision
    assert ("R12" in {w.rule for w in outcome.warnings}) == warned


@pytest.mark.parametrize("blank", ["", "  ", [], None])
def test_r12_what_is_blank_is_missing(scene, blank):
    event = {**scene.application("AP1", 12), "metering": blank}
    outcome = scene.ledger.apply(event)
    assert (outcome.decision, outcome.refusals[0].facts) == ("incomplete", {"missing": ["metering"]})


def test_r12_an_unknown_purpose_is_taken_as_another(scene):
    outcome = scene.apply("AP1", 12, purpose="fountains")
    assert outcome.ok
    assert [w.facts for w in outcome.warnings if w.rule == "R12"] == [{"purpose": "fountains"}]


@pytest.mark.parametrize("status", ["incomplete", "referred"])
def test_r12_day_6_without_action_is_overdue(scene, status):
    """Filed on Monday 3 March 2025: Monday 10 March is the fifth working day, Tuesday the sixth."""
    if status == "incomplete":
        scene.apply("AP1", 12, node=None)
    else:
        scene.apply("AP1", 12)
        scene.must("refer", application="AP1", approver="A")
    scene.apply("AP2", 12)
    assert [f for f in scene.ledger.due("2025-03-10") if f.rule == "R12"] == []
    (overdue,) = (f for f in scene.day("2025-03-11").must("tick").raised if f.rule == "R12")
    assert overdue.node == (None if status == "incomplete" else "A1")
    facts = {"application": "AP1", "status": status, "filed": "2025-03-03", "working_days": 6, "limit": 5}
    assert overdue.facts.items() >= facts.items()
    assert [f for f in scene.day("2025-03-12").must("tick").raised if f.rule == "R12"] == [], "once is enough"


# R19


@pytest.mark.parametrize(
    ("headroom", "request_m3", "taken"), [(0, 1, False), (10, 10, True), (10, 11, False), (0, 0, True)]
)
def test_r19_nothing_is_granted_beyond_the_control_total(scene, headroom, request_m3, taken):
    scene.cap("A1", 90 + headroom)
    assert scene.apply("AP1", 90).ok
    outcome = scene.apply("AP2", request_m3)
    assert outcome.ok == taken
    if not taken:
        (finding,) = (f for f in outcome.refusals if f.rule == "R19")
        assert finding.facts == {
            "water": "groundwater",
            "year": 2025,
            "cap_m3": 90 + headroom,
            "permitted_m3": 90,
            "headroom_m3": headroom,
            "request_m3": request_m3,
            "over_m3": request_m3 - headroom,
        }


def test_r19_the_first_year_that_does_not_suffice_is_named(scene):
    scene.cap("A1", 100, 2025)
    scene.cap("A1", 50, 2027)
    scene.cap("A1", 40, 2028)
    (finding,) = (f for f in scene.apply("AP1", 60, to="2029-12-31").refusals if f.rule == "R19")
    assert (finding.facts["year"], finding.facts["cap_m3"]) == (2027, 50)


def test_r19_an_increase_by_change_or_renewal_is_a_grant(scene):
    scene.cap("A1", 1000)
    scene.permit("P1", 1000)
    assert "R19" in codes(scene.post("change", permit="P1", volume_m3=1001, demonstration=True))
    scene.cap("A1", 999, 2031)
    assert "R19" in codes(scene.day("2029-06-01").post("renew", permit="P1", to="2031-12-31"))


# R20


def test_r20_a_failure_at_the_basin_leaves_the_banner_untouched(scene):
    scene.cap("YB", 10)
    scene.cap("A1", 100)
    refused = scene.apply("AP1", 11)
    (finding,) = (f for f in refused.refusals if f.rule == "R20")
    assert (finding.node, finding.facts["failing"]) == ("YB", ["YB"])
    assert set(finding.facts["unchanged"]) == {"NM", "A1"}
    assert scene.drawn("A1") == scene.drawn("YB") == (0,) * 6
    assert scene.account("A1").headroom_m3 == 100


def test_r20_every_node_that_fails_is_named(scene):
    for node in ("A", "A1"):
        scene.cap(node, 10)
    refused = scene.apply("AP1", 11)
    assert {f.node for f in refused.refusals if f.rule == "R20"} == {"A", "A1"}
    assert {f.node for f in refused.refusals if f.rule == "R19"} == {"A", "A1"}


def test_r20_says_nothing_where_all_fail(scene):
    scene.must("node", node="X", name="x", kind="region")
    scene.cap("X", 5, issuer="X")
    outcome = scene.apply("AP1", 6, "X")
    assert codes(outcome) == ["R19"]
    assert outcome.refusals[0].node == "X"
    assert scene.ledger.state().limit("X", Line(**LINE), 2025).cap_m3 == 5

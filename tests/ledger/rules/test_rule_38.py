"""R38: a right is cut to the capacity of the works, and never grows beyond it."""

from dataclasses import replace

import pytest

from hetao.ledger.event import read_event
from hetao.ledger.judge import judge
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, rules


def by_rule(outcome, rule="R38"):
    return [f for f in (*outcome.refusals, *outcome.warnings) if f.rule == rule]


@pytest.mark.parametrize(("capacity_m3", "granted_m3"), [(999, 999), (1000, 1000), (1001, 1000), (None, 1000)])
def test_an_application_is_cut_to_the_capacity(world, capacity_m3, granted_m3):
    outcome = world.apply(capacity_m3=capacity_m3)
    assert outcome.decision == "admitted"
    assert world.account("A1").permitted_m3 == granted_m3
    cut = [{"requested_m3": 1000, "capacity_m3": 999, "granted_m3": 999}] if granted_m3 == 999 else []
    assert [f.facts for f in by_rule(outcome)] == cut
    assert all("999" in f.text.zh and "999" in f.text.en for f in by_rule(outcome))


@pytest.mark.parametrize(("volume_m3", "ok"), [(1500, True), (1501, False)])
def test_a_change_stays_within_the_capacity(world, volume_m3, ok):
    world.permit(capacity_m3=1500)
    outcome = world.post("change", permit="P1", volume_m3=volume_m3, demonstration=True, approver="NM")
    assert outcome.ok == ok
    assert world.account("A1").permitted_m3 == (volume_m3 if ok else 1000)
    facts = [{"volume_m3": 1501, "capacity_m3": 1500, "over_m3": 1}]
    assert [f.facts for f in by_rule(outcome)] == ([] if ok else facts)


def test_works_of_no_capacity_carry_no_right(world):
    world.permit(capacity_m3=0)
    assert by_rule(world.post("change", permit="P1", volume_m3=1, demonstration=True, approver="NM"))
    assert world.account("NM").permitted_m3 == 0


def test_a_renewal_stays_within_the_capacity(world):
    world.permit(capacity_m3=1500)
    world.at = "2029-12-01T09:00:00+08:00"
    assert by_rule(world.post("renew", permit="P1", approver="NM")) == []
    renewed = world.post("renew", permit="P1", to="2033-03-31", volume_m3=1501, approver="NM")
    assert not renewed.ok
    assert [f.facts["over_m3"] for f in by_rule(renewed)] == [1]
    assert by_rule(world.post("renew", permit="P1", to="2033-03-31", volume_m3=1500, approver="NM")) == []


@pytest.mark.parametrize(("volume_m3", "over"), [(500, []), (501, [1])])
def test_who_buys_stays_within_the_capacity_even_for_a_time(world, volume_m3, over):
    world.permit("S")
    world.permit("K", capacity_m3=1500)
    world.must("certify_saving", permit="S", volume_m3=1000, document="文", approver="NM")
    terms = {"term_from": "2026-01-01", "term_to": "2026-12-31", "document": "文", "volume_m3": volume_m3}
    bought = world.post("transfer", kind="withdrawal_right", from_="S", to="K", **terms)
    assert [f.facts["over_m3"] for f in by_rule(bought)] == over
    assert world.account("A1", year=2026).permitted_m3 == 2000


def test_trades_between_areas_have_no_works(world):
    for league in ("A", "B"):
        world.cap(league, 10_000, "surface")
    terms = {"term_from": "2025-05-01", "document": "文", "volume_m3": 10, "platform_number": "1"}
    traded = world.post("transfer", kind="regional", from_="B", to="A", water="surface", **terms)
    assert by_rule(traded) == []


@pytest.mark.parametrize("event", ["apply", "approve", "accept_works"])
def test_an_act_that_forgets_to_cut_is_caught(world, event):
    world.apply("X", capacity_m3=500)
    world.must("approve", application="X", approver="NM")
    fields = {
        "apply": {"application": "N", "capacity_m3": 500},
        "approve": {"application": "X"},
        "accept_works": {"application": "X"},
    }[event]
    posted = read_event({"event": event, "key": "k", "at": world.at, "by": "tester", "volume_m3": 1000, **fields})
    state = world.ledger.state()
    right = state.application("X")
    _, judged, draft = judge(state, read_event({**approval(world)}), 99, None)
    assert draft is not None
    draft.right = right._replace(volume_m3=501)
    case = Case(replace(posted, fields=posted.raw), (), state, draft)
    found = Findings()
    rules()["r38"].check(case, found)
    assert [f.facts["over_m3"] for f in found.refusals] == [1]
    assert judged.fields["event"] == "start_works"


def approval(world):
    return {"event": "start_works", "key": "s", "at": world.at, "by": "tester", "application": "X"}

"""Applications and permits: every step of their lives, what each draws, and the statuses in which each may be taken."""

from __future__ import annotations

import pytest

import hetao.ledger.judge as judging
from hetao.ledger import Ledger
from hetao.ledger.acts import apply
from hetao.ledger.contract import breach
from hetao.ledger.records import Charge
from hetao.ledger.rule import rules

NODES = ("YB", "YB1", "NM", "A", "A1")  # what a withdrawal in A1 draws on
APPLICATION_STATUSES = ("incomplete", "admitted", "referred", "exempt", "approved", "permitted", "refused", "lapsed")
PERMIT_STATUSES = ("valid", "suspended", "expired", "cancelled", "revoked")


def effects(outcome):
    """Return what an outcome posts: (node, water, year, balance) → m³, and make sure that nothing is posted twice."""
    found = {(e.node, e.line.water, e.year, e.balance): e.amount_m3 for e in outcome.effects}
    assert len(found) == len(outcome.effects)
    assert all(e.line.basis == "withdrawal" and e.amount_m3 for e in outcome.effects)
    return found


def everywhere(m3, *years, balance="permitted", waters=("groundwater", "total"), nodes=NODES):
    return {(node, water, year, balance): m3 for node in nodes for water in waters for year in years}


def permitted(scene, node="A1", water="groundwater", years=range(2025, 2031)):
    return [scene.drawn(node, water, year)[0] for year in years]


# The way of an application


def test_what_is_admitted_is_reserved_on_the_whole_way_at_once(scene):
    outcome = scene.apply("AP1", 1000, "A1", to="2027-01-01")
    assert (outcome.decision, outcome.ok) == ("admitted", True)
    assert effects(outcome) == everywhere(1000, 2025, 2026, 2027)
    for node in NODES:
        assert permitted(scene, node, years=range(2024, 2029)) == [0, 1000, 1000, 1000, 0]
    assert permitted(scene, "B") == permitted(scene, "A2") == [0] * 6
    application = scene.ledger.state().application("AP1")
    assert (application.status, application.filed, application.decided) == ("admitted", "2025-03-03", "")
    assert application.fields["metering"] == "online"
    assert not {"event", "key", "at", "by"} & set(application.fields)


def test_a_unit_draws_on_its_banner_too(scene):
    assert set(effects(scene.apply("AP1", 5, "A1u"))) == set(everywhere(5, 2025, nodes=(*NODES, "A1u")))


def test_an_application_for_total_water_draws_on_total_alone(scene):
    assert effects(scene.apply("AP1", 5, "A1", water="total")) == everywhere(5, 2025, waters=("total",))


def test_nothing_is_drawn_where_nothing_is_asked(scene):
    outcome = scene.apply("AP1", 0)
    assert outcome.decision == "admitted"
    assert outcome.effects == ()


@pytest.mark.usefixtures("core")
def test_what_is_asked_is_cut_to_the_works_capacity(scene):
    outcome = scene.apply("AP1", 1000, capacity_m3=700)
    assert set(effects(outcome).values()) == {700}
    assert scene.ledger.state().application("AP1").volume_m3 == 700
    assert set(effects(scene.apply("AP2", 1000, capacity_m3=1700)).values()) == {1000}


def test_approval_keeps_what_was_reserved(scene):
    scene.apply()
    outcome = scene.must("approve", application="AP1", approver="NM")
    assert outcome.effects == ()
    application = scene.ledger.state().application("AP1")
    assert (application.status, application.decided) == ("approved", "2025-03-03")
    assert permitted(scene)[0] == 1000


def test_a_refusal_gives_all_back(scene):
    scene.apply("AP1", 1000, to="2026-12-31")
    outcome = scene.must("refuse", application="AP1", approver="NM", note="第二十条")
    assert effects(outcome) == everywhere(-1000, 2025, 2026)
    assert permitted(scene) == [0] * 6
    assert scene.ledger.state().application("AP1").status == "refused"
    assert scene.apply("AP1", 700).decision == "admitted"


def test_what_is_referred_stays_reserved(scene):
    scene.apply()
    assert scene.must("refer", application="AP1", approver="NM").effects == ()
    assert scene.ledger.state().application("AP1").status == "referred"
    assert permitted(scene)[0] == 1000
    assert scene.must("approve", application="AP1", approver="NM").effects == ()


@pytest.fixture
def referring(monkeypatch):
    """Let a rule refer every application to a person."""
    draft = apply.MEMBER.draft

    def refer(state, event, found):
        found.refer(breach("right.one_of", {}))
        return draft(state, event, found)

    object.__setattr__(apply.MEMBER, "draft", refer)
    yield
    object.__setattr__(apply.MEMBER, "draft", draft)


@pytest.mark.usefixtures("referring")
def test_what_is_referred_at_once_draws_when_it_is_approved(scene):
    outcome = scene.apply("AP1", 1000)
    assert (outcome.decision, outcome.ok, outcome.effects) == ("referred", False, ())
    assert [f.rule for f in outcome.refusals] == ["right.one_of"]
    assert permitted(scene) == [0] * 6
    scene.cap("A1", 999)
    assert [f.rule for f in scene.post("approve", application="AP1", approver="NM").refusals] == ["R19", "R20"]
    scene.cap("A1", 1000)
    assert effects(scene.must("approve", application="AP1", approver="NM")) == everywhere(1000, 2025)
    assert permitted(scene)[0] == 1000


def test_an_incomplete_application_is_on_record_and_comes_again(scene):
    for missing in ("applicant", "monthly_m3", "purpose", "metering"):
        outcome = scene.apply("AP1", 1000, **{missing: None})
        assert (outcome.decision, outcome.effects) == ("incomplete", ())
        assert outcome.refusals[0].facts["missing"] == [missing]
        assert scene.ledger.state().application("AP1").status == "incomplete"
    assert permitted(scene) == [0] * 6
    assert scene.apply("AP1", 1000).decision == "admitted"


UNKNOWN = ("node", "water", "volume_m3", "from_", "to")


@pytest.mark.parametrize("missing", UNKNOWN)
def test_an_application_that_lacks_what_it_would_draw_is_on_record_too(scene, missing):
    outcome = scene.apply("AP1", 1000, **{missing: None})
    assert (outcome.decision, outcome.effects) == ("incomplete", ())
    assert scene.ledger.state().application("AP1").status == "incomplete"
    assert scene.must("refuse", application="AP1", approver="NM", note="不齐").effects == ()


@pytest.mark.parametrize("missing", UNKNOWN)
def test_an_application_that_lacks_what_it_would_draw_is_never_approved(scene, missing):
    scene.apply("AP1", 1000, **{missing: None})
    scene.post("refer", application="AP1", approver="NM")
    outcome = scene.post("approve", application="AP1", approver="NM")
    assert (outcome.ok, outcome.effects) == (False, ())
    assert outcome.refusals


def test_an_incomplete_application_without_a_name_is_refused(scene):
    outcome = scene.apply(None, 1000, applicant=None)
    assert outcome.decision == "refused"
    assert scene.ledger.state().identifiers("application") == {}.keys()
    outcome = scene.post("apply", at="soon", application="AP1")
    assert outcome.decision == "refused"
    assert scene.ledger.state().application("AP1") is None


def test_an_exempt_withdrawal_is_recorded_and_reserves_nothing(scene):
    outcome = scene.apply("AP1", 1000, purpose="domestic")
    assert (outcome.decision, outcome.ok) == ("exempt", True)
    assert effects(outcome) == everywhere(1000, 2025, balance="used")
    state = scene.ledger.state()
    assert state.application("AP1").status == "exempt"
    (exemption,) = state.all(type(state.raw_record("exemption", "AP1")), "exemption")
    assert (exemption.rule, exemption.volume_m3, exemption.end) == ("R16", 1000, "2025-12-31")
    assert permitted(scene) == [0] * 6


def test_an_exempt_emergency_counts_as_no_use(scene):
    outcome = scene.apply("AP1", 5000, purpose="public_safety", emergency=True)
    assert (outcome.decision, outcome.effects) == ("exempt", ())
    assert scene.ledger.state().raw_record("exemption", "AP1").rule == "R17"


def test_an_exemption_does_not_heal_what_the_contract_refuses(scene):
    outcome = scene.apply("AP1", 1000, purpose="domestic", colour="red")
    assert outcome.decision == "refused"
    assert scene.ledger.state().application("AP1") is None


def test_works_begin_and_are_accepted(scene):
    scene.approved("AP1", 1000, from_="2025-04-01", to="2030-03-31")
    scene.day("2025-03-10").must("start_works", application="AP1")
    assert scene.ledger.state().application("AP1").works == "2025-03-10"
    outcome = scene.must("accept_works", application="AP1", permit="P1", from_="2025-05-01", to="2028-04-30")
    assert effects(outcome) == everywhere(-1000, 2029, 2030)
    assert permitted(scene) == [1000, 1000, 1000, 1000, 0, 0]
    state = scene.ledger.state()
    application, permit = state.application("AP1"), state.permit("P1")
    assert (application.status, application.permit, application.charges) == ("permitted", "P1", ())
    assert (permit.status, permit.holder, permit.start, permit.end) == ("valid", "某公司", "2025-05-01", "2028-04-30")
    assert permit.charges == tuple(
        Charge(water, year, 1000) for water in ("groundwater", "total") for year in range(2025, 2029)
    )


def test_a_permit_draws_on_years_that_were_not_asked_for(scene):
    scene.cap("A1", 10_000, 2025)
    scene.cap("A1", 999, 2028)
    scene.approved("AP1", 1000, to="2027-12-31")
    scene.must("start_works", application="AP1")
    term = {"from_": "2025-05-01", "to": "2028-04-30"}
    refused = scene.post("accept_works", application="AP1", permit="P1", **term)
    assert [f.rule for f in refused.refusals] == ["R19", "R20"]
    assert permitted(scene) == [1000, 1000, 1000, 0, 0, 0]
    scene.cap("A1", 1000, 2028)
    assert effects(scene.must("accept_works", application="AP1", permit="P1", **term)) == everywhere(1000, 2028)


# The life of a permit


def test_a_suspension_keeps_the_volume(scene):
    scene.permit()
    assert scene.must("suspend", permit="P1").effects == ()
    assert scene.ledger.state().permit("P1").status == "suspended"
    assert permitted(scene)[0] == 1000
    assert scene.must("resume", permit="P1").effects == ()
    assert scene.ledger.state().permit("P1").status == "valid"


def test_a_dispute_stops_and_starts_the_clock_of_a_decision(scene):
    scene.apply()
    for stop, start in (("2025-03-10", "2025-03-20"), ("2025-04-01", "2025-04-02")):
        scene.day(stop).must("suspend", application="AP1")
        assert not scene.post("suspend", application="AP1").ok
        scene.day(start).must("resume", application="AP1")
        assert not scene.post("resume", application="AP1").ok
    application = scene.ledger.state().application("AP1")
    assert application.stops == (("2025-03-10", "2025-03-20"), ("2025-04-01", "2025-04-02"))
    assert application.status == "admitted"


@pytest.mark.parametrize("event", ["suspend", "resume"])
def test_a_suspension_names_one_right(scene, event):
    scene.apply()
    scene.permit()
    for fields in ({}, {"permit": "P1", "application": "AP1"}):
        assert [f.rule for f in scene.post(event, **fields).refusals] == ["right.one_of"]
    assert [f.rule for f in scene.post(event, permit="?").refusals] == ["permit.unknown"]
    assert [f.rule for f in scene.post(event, application="?").refusals] == ["application.unknown"]
    assert not scene.post(event, application="AP1", at="soon").ok


@pytest.mark.parametrize("event", ["cancel", "revoke"])
def test_what_ends_gives_back_what_was_not_used(scene, event):
    scene.permit("P1", 1000)
    assert scene.day("2026-08-01").read("P1", 400, "2026-01-01", "2026-07-31").ok
    outcome = scene.must(event, permit="P1")
    assert effects(outcome) == everywhere(-600, 2026) | everywhere(-1000, 2027, 2028, 2029, 2030)
    assert permitted(scene) == [1000, 400, 0, 0, 0, 0]
    permit = scene.ledger.state().permit("P1")
    assert permit.status == {"cancel": "cancelled", "revoke": "revoked"}[event]
    assert [(c.year, c.volume_m3) for c in permit.charges if c.water == "total"] == [(2025, 1000), (2026, 400)]


def test_use_above_the_permit_keeps_no_more_than_the_permit(scene):
    scene.permit("P1", 1000)
    assert scene.day("2025-08-01").read("P1", 4000, "2025-04-01", "2025-07-31").ok
    scene.must("cancel", permit="P1")
    assert permitted(scene) == [1000, 0, 0, 0, 0, 0]


def test_what_never_ran_gives_all_back(scene):
    scene.permit("P1", 1000)
    scene.must("cancel", permit="P1")
    assert permitted(scene) == [0] * 6
    assert scene.ledger.state().permit("P1").charges == ()


def test_a_yellow_river_permit_that_ends_keeps_its_use_in_both_years_of_account(scene):
    """Of its own water from July on, of total water from January on."""
    scene.apply("AP1", 1000, water="yellow_river", from_="2025-04-01", to="2030-03-31")
    scene.must("approve", application="AP1", approver="YB1")
    scene.must("accept_works", application="AP1", permit="P1", from_="2025-04-01", to="2030-03-31")
    scene.day("2026-03-02")
    assert scene.read("P1", 300, "2025-10-01", "2025-12-31").ok
    assert scene.read("P1", 100, "2026-01-01", "2026-02-28").ok
    scene.must("cancel", permit="P1")
    assert [scene.drawn("A1", "yellow_river", y)[0] for y in (2024, 2025, 2026)] == [1000, 400, 0]
    kept = [scene.drawn("A1", "total", y)[0] for y in (2025, 2026, 2027)]
    assert kept[0] == 1000, "a year that has ended keeps what it drew"
    assert 100 <= kept[1] <= 400, "what was withdrawn since January may not be granted again"
    assert kept[2] == 0


def test_a_renewal_is_asked_for_and_decided(scene):
    scene.permit("P1", 1000)
    asked = scene.day("2029-10-01").must("renew", permit="P1")
    assert asked.effects == ()
    assert scene.ledger.state().permit("P1").asked == "2029-10-01"
    scene.day("2029-11-01").must("renew", permit="P1")
    assert scene.ledger.state().permit("P1").asked == "2029-10-01"
    decided = scene.day("2030-02-01").must("renew", permit="P1", to="2033-03-31")
    assert effects(decided) == everywhere(1000, 2031, 2032, 2033)
    permit = scene.ledger.state().permit("P1")
    assert (permit.end, permit.asked, permit.volume_m3) == ("2033-03-31", "", 1000)
    assert permitted(scene, years=range(2029, 2035)) == [1000, 1000, 1000, 1000, 1000, 0]


@pytest.mark.usefixtures("core")
def test_a_renewal_may_be_asked_for_after_the_volume_was_raised(scene):
    """The year in which the term ended draws less than the permit now holds; asking draws nothing in any year."""
    scene.cap("NM", 10_000, water="yellow_river")
    scene.permit("P1", 1000, water="yellow_river")
    scene.day("2030-07-01").must("change", permit="P1", volume_m3=2000)
    assert scene.must("renew", permit="P1").effects == ()


def test_a_renewal_may_change_the_volume(scene):
    scene.permit("P1", 1000)
    outcome = scene.day("2029-10-01").must("renew", permit="P1", to="2032-03-31", volume_m3=700)
    assert effects(outcome) == everywhere(700, 2031, 2032)
    assert scene.ledger.state().permit("P1").volume_m3 == 700


def test_a_renewal_for_more_draws_it_in_every_year_that_the_new_term_touches(scene):
    """What may be drawn in any part of a year can never exceed the cap of the year."""
    scene.permit("P1", 1000)
    scene.day("2029-10-01")
    scene.cap("A1", 1499, 2030)
    scene.cap("A1", 9999, 2031)
    assert not scene.post("renew", permit="P1", to="2032-03-31", volume_m3=1500).ok
    scene.cap("A1", 1500, 2030)
    assert scene.post("renew", permit="P1", to="2032-03-31", volume_m3=1500).ok
    assert permitted(scene, years=range(2029, 2033)) == [1000, 1500, 1500, 1500]


@pytest.mark.usefixtures("core")
def test_a_renewal_never_ends_before_the_permit_does(scene):
    scene.permit("P1", 1000)
    for day in ("2030-03-31", "2029-01-01"):
        assert [f.rule for f in scene.post("renew", permit="P1", to=day).refusals] == ["term.backwards"]
    assert scene.post("renew", permit="P1", to="2030-04-01").effects == ()


@pytest.mark.usefixtures("core")
@pytest.mark.parametrize("volume_m3", [0, 300, 1000, 1700])
def test_a_change_of_volume_runs_from_the_running_year(scene, volume_m3):
    scene.permit("P1", 1000)
    outcome = scene.day("2027-05-01").must("change", permit="P1", volume_m3=volume_m3)
    change = volume_m3 - 1000
    assert effects(outcome) == (everywhere(change, 2027, 2028, 2029, 2030) if change else {})
    assert permitted(scene) == [1000, 1000, *[volume_m3] * 4]
    assert scene.ledger.state().permit("P1").volume_m3 == volume_m3


@pytest.mark.usefixtures("core")
def test_a_change_to_less_keeps_what_was_withdrawn_already(scene):
    """As where a permit ends: it was withdrawn, and may not be granted again."""
    scene.permit("P1", 1000)
    assert scene.day("2025-09-01").read("P1", 900, "2025-04-01", "2025-08-31").ok
    scene.must("change", permit="P1", volume_m3=100)
    assert permitted(scene) == [900, 100, 100, 100, 100, 100]


def test_a_change_of_holder_draws_nothing(scene):
    scene.permit("P1", 1000)
    assert scene.must("change", permit="P1", holder="新公司").effects == ()
    assert scene.ledger.state().permit("P1").holder == "新公司"


def test_a_change_to_or_from_ecology_needs_a_new_application(scene):
    """They count on different lines, under different caps."""
    scene.cap("NM", 10**9, ecology="included")
    for permit, before, after in (("P1", "industry", "ecology"), ("P2", "ecology", "industry")):
        scene.permit(permit, 1000, purpose=before)
        refused = scene.post("change", permit=permit, purpose=after, demonstration=True)
        assert "permit.ecology" in {f.rule for f in refused.refusals}
    assert scene.drawn("A1") == (1000, 0, 0, 1000, 0, 0)


def test_a_certified_saving_may_be_sold(scene):
    scene.permit("P1", 1000)
    for m3 in (30, 12):
        assert scene.must("certify_saving", permit="P1", volume_m3=m3, document="文", approver="NM").effects == ()
    state = scene.ledger.state()
    assert state.permit("P1").saving_m3 == 42
    assert len(state.identifiers("saving")) == 2


# Every act in every status


def reach_application(scene, status):
    """Bring an application AP1 into a status."""
    if status == "incomplete":
        return scene.apply("AP1", 1000, applicant=None)
    if status == "exempt":
        return scene.apply("AP1", 1000, purpose="domestic")
    scene.apply("AP1", 1000, to="2030-03-31")
    if status in ("referred", "refused"):
        return scene.must({"referred": "refer", "refused": "refuse"}[status], application="AP1", approver="NM")
    if status != "admitted":
        scene.must("approve", application="AP1", approver="NM")
    if status == "permitted":
        scene.must("accept_works", application="AP1", permit="P1", from_="2025-04-01", to="2030-03-31")
    if status == "lapsed":
        scene.day("2028-03-04").must("tick")
    return None


ON_APPLICATIONS = {  # act → the statuses in which it may meet an application
    "approve": {"admitted", "referred"},
    "refuse": {"admitted", "referred", "incomplete"},
    "refer": {"admitted", "referred"},
    "start_works": {"approved"},
    "accept_works": {"approved"},
    "suspend": {"admitted", "referred"},
    "resume": set(),  # only where it was stopped before
}


@pytest.mark.parametrize("status", APPLICATION_STATUSES)
@pytest.mark.parametrize("act", ON_APPLICATIONS)
def test_each_act_in_each_status_of_an_application(scene, act, status):
    reach_application(scene, status)
    before = scene.ledger.state().application("AP1")
    assert before.status == status
    fields = {"accept_works": {"permit": "P9", "from_": "2025-04-01", "to": "2030-03-31"}, "suspend": {}, "resume": {}}
    more = fields.get(act, {} if act == "start_works" else {"approver": "NM"})
    outcome = scene.post(act, application="AP1", **more)
    if status in ON_APPLICATIONS[act]:
        assert outcome.ok, outcome
    else:
        assert "application.status" in {f.rule for f in outcome.refusals}
        assert scene.ledger.state().application("AP1") == before
        (finding,) = (f for f in outcome.refusals if f.rule == "application.status")
        assert finding.facts["application"] == "AP1"


@pytest.mark.parametrize("status", APPLICATION_STATUSES)
def test_which_applications_may_come_again(scene, status):
    reach_application(scene, status)
    held = {cell: list(amounts) for cell, amounts in scene.ledger.state()._cells.items()}
    outcome = scene.apply("AP1", 700, from_="2028-05-01", to="2028-12-31")
    if status in ("incomplete", "refused", "exempt"):
        assert outcome.decision == "admitted"
        assert scene.drawn("A1", year=2028)[0] == 700
    else:
        assert outcome.ok or "application.exists" in {f.rule for f in outcome.refusals}
        assert outcome.ok or {c: list(a) for c, a in scene.ledger.state()._cells.items()} == held
    assert_all_owned(scene)


def assert_all_owned(scene):
    """Everything permitted is drawn by an application or a permit on record."""
    state = scene.ledger.state()
    owned = {}
    for name in ("application", "permit"):
        for identifier in state.identifiers(name):
            right = state.raw_record(name, identifier)
            for c in right.charges:
                for node in state.chain(right.node, c.water, c.year):
                    owned[node, c.water, c.year] = owned.get((node, c.water, c.year), 0) + c.volume_m3
    drawn = {cell: a[0] + a[3] for cell, a in state._cells.items()}
    assert {c: m3 for c, m3 in drawn.items() if m3} == {c: m3 for c, m3 in owned.items() if m3}


def reach_permit(scene, status):
    """Bring a permit P1 into a status."""
    scene.permit("P1", 1000, to="2027-03-31")
    if status in ("suspended", "cancelled", "revoked"):
        event = {"suspended": "suspend", "cancelled": "cancel", "revoked": "revoke"}[status]
        scene.must(event, permit="P1")
    if status == "expired":
        scene.day("2027-04-01").must("tick")


LIVE = {"valid", "suspended"}
ON_PERMITS = {  # act → its fields, and the statuses in which it may meet a permit
    "suspend": ({}, {"valid"}),
    "resume": ({}, {"suspended"}),
    "renew": ({}, LIVE),
    "change": ({"holder": "新"}, LIVE),
    "cancel": ({}, LIVE | {"expired"}),
    "revoke": ({}, LIVE | {"expired"}),
    "plan": ({"year": 2026, "volume_m3": 5, "approver": "NM"}, LIVE),
    "return": ({"year": 2025, "used_m3": 0, "next_year_m3": 5}, LIVE | {"expired"}),
    "certify_saving": ({"volume_m3": 5, "document": "文", "approver": "NM"}, LIVE),
    "read": (
        {"meter": "M", "from_": "2025-04-01", "to": "2025-04-30", "volume_m3": 5, "method": "metered"},
        set(PERMIT_STATUSES),
    ),
}


@pytest.mark.usefixtures("only_expiry")
@pytest.mark.parametrize("status", PERMIT_STATUSES)
@pytest.mark.parametrize("act", ON_PERMITS)
def test_each_act_in_each_status_of_a_permit(scene, act, status):
    reach_permit(scene, status)
    before = scene.ledger.state().permit("P1")
    assert before.status == status
    fields, taken = ON_PERMITS[act]
    outcome = scene.post(act, permit="P1", **fields)
    if status in taken:
        assert outcome.ok, outcome
    else:
        assert [f.rule for f in outcome.refusals] == ["permit.status"]
        assert outcome.refusals[0].facts["status"] == status
        assert scene.ledger.state().permit("P1") == before


@pytest.fixture
def only_expiry(core, monkeypatch):
    """Leave the rule by which permits expire beside the ledger's own arithmetic."""
    monkeypatch.setattr(judging, "ticking_rules", lambda: (rules()["r44"],))


@pytest.mark.usefixtures("only_expiry")
@pytest.mark.parametrize("status", PERMIT_STATUSES)
@pytest.mark.parametrize("side", ["from_", "to", "cutback"])
def test_only_permits_in_force_are_traded_or_cut(scene, status, side):
    reach_permit(scene, status)
    scene.permit("P2", 1000)
    if side == "cutback":
        line = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "year": 2025, "volume_m3": 10**6}
        outcome = scene.post("cap", node="A1", issuer="NM", document="文", cutback={"P1": 5}, **line)
        expected = "permit.status"
    else:
        parties = {"from_": "P2", "to": "P2", side: "P1"}
        terms = {"kind": "withdrawal_right", "volume_m3": 5, "term_from": "2025-05-01", "document": "文"}
        outcome = scene.post("transfer", **terms, **parties)
        expected = "transfer.parties"
    assert outcome.ok if status in LIVE else [f.rule for f in outcome.refusals] == [expected], outcome


@pytest.mark.parametrize("field", ["application", "permit"])
def test_an_act_without_a_name_says_only_that(scene, field):
    for act in ("approve", "refuse", "refer", "start_works", "accept_works") if field == "application" else ON_PERMITS:
        outcome = scene.post(act)
        rules = {f.rule for f in outcome.refusals}
        assert not outcome.ok
        assert rules <= {"event.missing_field", "right.one_of"}, act


def test_an_act_at_no_time_is_refused_by_the_contract_alone(scene):
    scene.apply("AP1")
    scene.permit("P1")
    for act, fields in (
        *((act, {"application": "AP1"}) for act in ON_APPLICATIONS),
        *((act, {"permit": "P1", **fields}) for act, (fields, _) in ON_PERMITS.items()),
    ):
        outcome = scene.post(act, at="soon", **fields)
        assert not outcome.ok
        assert "event.bad_field" in {f.rule for f in outcome.refusals}


def test_a_lapsed_approval_may_not_be_taken_up(scene):
    scene.approved("AP1", 1000, to="2030-12-31")
    raised = scene.day("2028-03-04").must("tick").raised
    assert "R41" in {f.rule for f in raised}
    assert scene.ledger.state().application("AP1").status == "lapsed"
    assert permitted(scene) == [1000, 1000, 1000, 0, 0, 0]


def test_records_survive_the_store(url, scene_on):
    scene = scene_on(url)
    scene.permit("P1", 1000)
    scene.apply("AP2")
    scene.day("2025-03-10").must("suspend", application="AP2")
    held = scene.ledger.state()
    with Ledger.open(url) as again:
        state = again.state()
        assert state.permit("P1") == held.permit("P1")
        assert state.application("AP2") == held.application("AP2")
        assert state.application("AP-P1") == held.application("AP-P1")

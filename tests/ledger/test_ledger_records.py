"""What the ledger remembers besides balances: settings, calendars, zones, quotas, levels, returns; and due dates."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hetao.ledger as public
import hetao.ledger.judge as judging
from hetao.ledger import Finding, Ledger, Line, Outcome
from hetao.ledger.act import acts
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft, Posting
from hetao.ledger.fields import VOLUME_MAX
from hetao.ledger.outcome import Effect, dump_json
from hetao.ledger.quotas import find_quota, quota_m3
from hetao.ledger.records import KINDS, Application, Charge, Permit, Raised, read_record
from hetao.ledger.rule import Case, Rule, rules
from hetao.ledger.setting_values import VALUES
from hetao.ledger.settings import find_setting, read_ratio
from hetao.ledger.state import State
from hetao.ledger.tree import Node
from hetao.ledger.working_days import has_calendar, is_working_day, working_days_between
from hetao.ledger.zones import find_zone, zone_places
from hetao.text import Text


def codes(outcome):
    return sorted(f.rule for f in outcome.refusals)


def setting(scene, value, start="2025-01-01", name="plan_margin", **fields):
    return scene.must("setting", name=name, value=value, from_=start, document="文", **fields)


def found(scene, day="2025-06-01", node=None, name="plan_margin"):
    held = find_setting(scene.ledger.state(), name, day, node)
    return None if held is None else held.value


# Settings


def test_the_latest_setting_that_has_begun_holds(scene):
    assert found(scene) is None
    setting(scene, "0.3", "2025-06-02")
    setting(scene, "0.1", "2025-01-01")
    setting(scene, "0.2", "2025-05-01")
    assert [found(scene, day) for day in ("2024-12-31", "2025-01-01", "2025-06-01", "2025-06-02")] == [
        None,
        "0.1",
        "0.2",
        "0.3",
    ]


def test_the_nearest_places_setting_comes_first(scene):
    setting(scene, "0.1")
    setting(scene, "0.2", node="A")
    setting(scene, "0.3", "2025-12-01", node="A1")
    assert [found(scene, node=n) for n in (None, "NM", "A", "A1u", "B1")] == ["0.1", "0.1", "0.2", "0.2", "0.1"]
    assert found(scene, "2025-12-01", "A1u") == "0.3"


def test_of_two_settings_from_one_day_the_one_given_last_holds(scene):
    for key in ("b", "c", "a"):
        setting(scene, f"0.{ord(key)}", key=key)
    assert found(scene) == f"0.{ord('a')}"


def test_of_two_settings_from_one_day_the_one_given_last_holds_in_every_program(shared_url, scene_on):
    scene = scene_on(shared_url)
    for key in ("b", "c", "a"):
        setting(scene, f"0.{ord(key)}", key=key)
    with Ledger.open(shared_url) as another:
        held = find_setting(another.state(), "plan_margin", "2025-06-01")
    assert held.value == found(scene) == f"0.{ord('a')}"


def test_settings_of_unknown_places_or_values(scene):
    own = {"name": "plan_margin", "from_": "2025-01-01", "document": "文"}
    assert codes(scene.post("setting", value="0.1", node="?", **own)) == ["node.unknown"]
    assert codes(scene.post("setting", value="2", **own)) == ["setting.value"]
    assert codes(scene.post("setting", value="0.1", node=5, **own)) == ["event.bad_field"]
    assert codes(scene.post("setting", **own)) == ["event.missing_field"]
    unknown = scene.post("setting", **{**own, "name": "colour"}, value={"a": [1, None]})
    assert unknown.ok
    assert [w.rule for w in unknown.warnings] == ["setting.unknown"]
    assert found(scene, name="colour") == {"a": [1, None]}


FITTING = {
    "warning_ratio": ["0.9", "90%", 0.9, 1, 0, "100%"],
    "surcharge_steps": [[["0.2", 1], [None, 3]], {"reading": "whole", "steps": [[None, 1]]}],
    "online_meter_m3": [0, {"groundwater": 50_000}],
    "working_days": [{}, {"holidays": ["2025-01-01"]}, {"2025-01-01": False}],
    "territory": [["CN", "YR"], []],
    "section_shortfall": [{"volume_m3": 5, "year": 2025}],
    "meter_repair": [{"permit": "P", "meter": "M", "by": "2025-01-01"}],
    "retrofit_order": [{"permit": "P", "by": "2025-01-01"}],
    "transfer_routes": [[], [["A", "B"]]],
    "approval_levels": [[]],
    "great_change_ratio": [5, "0.1"],
    "mine_drainage_m3": [0],
    "basin_reach_limit_m3": [5, {"A": 5}],
}
UNFIT = {
    "warning_ratio": ["1.01", -0.1, "much", True, None, [], "", "inf", "nan%", "9" * 400],
    "surcharge_steps": [[], {}, {"steps": []}, [["x", 1]], [[None]], [5], "x", [[None, None]], [[-1, 1]]],
    "online_meter_m3": [-1, True, {}, {"a": -1}, "5", None, 5.5],
    "working_days": [[], "x", {"holidays": "x"}, {"holidays": ["x"]}, {"2025-01-01": 1}, {"x": True}],
    "territory": ["CN", [5], [""], None],
    "section_shortfall": [{}, 5, {"year": 2025}],
    "meter_repair": [{"permit": "P"}, []],
    "retrofit_order": [{"by": "2025-01-01"}],
    "transfer_routes": [{}, None],
    "approval_levels": [{}],
    "great_change_ratio": [-1, "x"],
    "mine_drainage_m3": [-1, None],
    "basin_reach_limit_m3": [{}, -5],
}


@pytest.mark.parametrize("name", FITTING)
def test_values_that_settings_take(name):
    assert all(VALUES[name].fits(value) for value in FITTING[name])
    assert not any(VALUES[name].fits(value) for value in UNFIT[name])


def test_every_setting_says_what_it_is_for():
    for kind in VALUES.values():
        assert all(text.zh and text.en for text in (kind.title, kind.expected))


def test_shares_are_read_exactly():
    assert [read_ratio(v) for v in ("0.90", "90%", 0.9, " 90 %", 1)] == [Fraction(9, 10)] * 4 + [1]
    assert [read_ratio(v) for v in (True, None, "x", "x%", "", [], "inf", "nan")] == [None] * 8
    far = ("1e-9999999999", "1e9999999", "1e-31%", 5e-324)
    assert [read_ratio(v) for v in far] == [None] * 4, "it would fill the memory with zeros"


# Working days


def test_without_a_calendar_weekends_are_off(scene):
    state = scene.ledger.state()
    assert not has_calendar(state, "2025-05-01")
    assert [is_working_day(state, f"2025-05-0{day}") for day in range(1, 6)] == [True, True, False, False, True]
    assert working_days_between(state, "2025-05-01", "2025-05-08") == 5
    assert working_days_between(state, "2025-05-08", "2025-05-08") == 0
    assert working_days_between(state, "2025-05-09", "2025-05-08") == 0


@pytest.mark.parametrize(
    "calendar",
    [
        {"holidays": ["2025-05-01", "2025-05-02"], "workdays": ["2025-05-04"]},
        {"2025-05-01": False, "2025-05-02": False, "2025-05-04": True},
    ],
)
def test_a_calendar_of_holidays_and_workdays(scene, calendar):
    setting(scene, calendar, name="working_days")
    state = scene.ledger.state()
    assert has_calendar(state, "2025-05-01")
    assert [is_working_day(state, f"2025-05-0{day}") for day in range(1, 6)] == [False, False, False, True, True]
    assert working_days_between(state, "2025-04-30", "2025-05-05") == 2


def test_days_on_which_the_clock_stands_still_do_not_count(scene):
    state = scene.ledger.state()
    week = "2025-05-04", "2025-05-09"
    assert working_days_between(state, *week) == 5
    assert working_days_between(state, *week, [("2025-05-05", "2025-05-07")]) == 3
    assert working_days_between(state, *week, [("2025-05-06", "")]) == 2
    assert working_days_between(state, *week, [("2025-05-05", "2025-05-06"), ("2025-05-08", "2025-05-09")]) == 3


# Zones and quotas, levels and filings


def test_a_zone_binds_what_lies_in_it_for_its_time(scene):
    scene.must(
        "zone", node="A", kind="prohibited", water="groundwater", from_="2025-01-01", to="2025-06-30", document="文"
    )
    state = scene.ledger.state()
    assert find_zone(state, "A1u", "prohibited", "groundwater", "2025-06-30").node == "A"
    for node, kind, water, day in (
        ("B", "prohibited", "groundwater", "2025-06-30"),
        ("A1", "restricted", "groundwater", "2025-06-30"),
        ("A1", "prohibited", "surface", "2025-06-30"),
        ("A1", "prohibited", "groundwater", "2025-07-01"),
        ("A1", "prohibited", "groundwater", "2024-12-31"),
    ):
        assert find_zone(state, node, kind, water, day) is None
    assert find_zone(state, "A1", "prohibited", "total", "2025-06-30") is not None


def test_a_zone_of_a_basin_or_of_every_water(scene):
    state = scene.ledger.state()
    assert find_zone(state, "A1", "overloaded", "surface", "2025-06-30") is None
    scene.must("zone", node="YB", kind="overloaded", document="文")
    scene.must("zone", node="B", kind="critical", water="total", document="文")
    scene.must("zone", node="B", kind="fragile", water="surface", document="文")
    state = scene.ledger.state()
    assert zone_places(state, "A1") == ("A1", "A", "NM", "YB", "YB1")
    zone = find_zone(state, "A1", "overloaded", "surface", "2025-06-30")
    assert (zone.start, zone.end, zone.water) == ("2025-03-03", "", "")
    assert find_zone(state, "B1", "critical", "groundwater", "2025-06-30") is not None
    assert find_zone(state, "B1", "fragile", "yellow_river", "2025-06-30") is not None
    assert find_zone(state, "B1", "fragile", "groundwater", "2025-06-30") is None


def test_zones_that_are_none(scene):
    own = {"kind": "fragile", "document": "文"}
    assert codes(scene.post("zone", node="?", **own)) == ["node.unknown"]
    assert codes(scene.post("zone", node="A", from_="2025-05-01", to="2025-04-30", **own)) == ["term.backwards"]
    assert codes(scene.post("zone", node="A", **{**own, "kind": "wet"})) == ["event.bad_field"]
    assert codes(scene.post("zone", node="A", at="soon", **own)) == ["event.bad_field"]


def quota(scene, m3="3.2", issuer="national", **fields):
    own = {"product": "steel", "tier": "general", "m3_per_unit": m3, "unit": "t", "from_": "2025-01-01"}
    return scene.post("quota", **{**own, "issuer": issuer, "document": "文", **fields})


def test_the_nearest_issuers_quota_holds(scene):
    assert quota(scene).ok
    assert quota(scene, "3.1", "NM").ok
    assert quota(scene, "3.0", "A", from_="2025-07-01").ok
    assert quota(scene, "2.5", "A", process="dry", from_="2025-06-01").ok
    assert quota(scene, "2", "A", tier="advanced").ok
    state = scene.ledger.state()

    def held(node, process="", tier="general", day="2025-08-01"):
        at = find_quota(state, node, "steel", process, tier, day)
        return None if at is None else quota_m3(at)

    assert [held(n) for n in ("A1", "B1", "YB")] == [3, Fraction(31, 10), Fraction(32, 10)]
    assert held("A1", day="2025-06-30") == Fraction(31, 10)
    assert held("A1", "dry") == Fraction(5, 2)
    assert held("A1", "wet") == 3
    assert held("A1", tier="advanced") == 2
    assert held("A1", tier="leading") is None
    assert held("A1", day="2024-12-31") is None
    assert find_quota(state, "A1", "paper", "", "general", "2025-08-01") is None


def test_quotas_that_are_none(scene):
    assert codes(quota(scene, issuer="?")) == ["node.unknown"]
    for wrong in ("3,2", "", True, None, [], "1e5"):
        assert not quota(scene, wrong).ok
    assert quota(scene, 3).ok
    assert quota(scene, 3.25, from_="2025-02-01").ok
    assert not quota(scene, 1e15, from_="2025-03-01").ok


def test_the_latest_level_counts(scene):
    def observe(day, level="10.5", **fields):
        return scene.post("level", **{"node": "A1u", "date": day, "level_m": level, "control_m": "10", **fields})

    assert observe("2025-02-01").ok
    assert observe("2025-01-01", "9").ok, "an older observation is kept in the journal"
    assert scene.ledger.state().raw_record("level", "A1u").level_m == "10.5"
    assert observe("2025-03-01", "9").ok
    assert observe("2025-03-01", "8").ok
    assert scene.ledger.state().raw_record("level", "A1u") == ("A1u", "2025-03-01", "8", "10")
    assert codes(observe("2025-03-01", node="A1")) == ["level.not_a_unit"]
    assert codes(observe("2025-03-01", node="?")) == ["node.unknown"]
    assert codes(observe("soon")) == ["event.bad_field"]


def test_a_return_is_filed_and_replaced(scene):
    scene.permit("P1", 1000)
    scene.day("2025-12-01").must("return", permit="P1", year=2025, used_m3=0, next_year_m3=900)
    scene.day("2025-12-02").must("return", permit="P1", year=2025, used_m3=0, next_year_m3=950)
    state = scene.ledger.state()
    assert state.raw_record("filing", "P1 2025") == ("P1", 2025, 0, 950, "2025-12-02")
    assert not scene.post("return", permit="P1", year=2025, used_m3=0).ok


# Time


@pytest.fixture
def alarm(monkeypatch):
    """A rule that makes every permit due once a month."""

    def due(tick):
        for permit in tick.state.all(Permit, "permit"):
            tick.raise_due(
                member, permit.permit, tick.day[:7], member.finding("due", permit.node, {"permit": permit.permit})
            )
            assert not tick.raise_due(member, permit.permit, tick.day[:7], breach("right.one_of", {}))

    def check(case, found):
        found.refuse(member.finding("due", None, {"permit": "x"}))
        found.ask(member.finding("due", None, {"permit": "y"}))
        found.refer(member.finding("due", None, {"permit": "z"}))

    member = Rule(
        name="r99",
        title=Text("响", "alarm"),
        reference="nowhere art. 1",
        in_force=date(2025, 5, 1),
        territory="CN-15",
        rank="rule",
        texts={"due": Text("{permit} 到期", "{permit} is due")},
        due=due,
        check=check,
        events=frozenset({"level"}),
    )
    monkeypatch.setattr(judging, "ticking_rules", lambda: (member,))
    monkeypatch.setattr(judging, "rules_for", lambda event: (member,) if event in member.events else ())
    return member


@pytest.mark.usefixtures("alarm")
def test_what_is_due_is_raised_once(scene):
    scene.permit("P2", 5)
    scene.permit("P1", 5)
    assert scene.ledger.due("2025-04-30") == ()
    assert scene.day("2025-04-30").must("tick").raised == (), "the rule is not law yet"
    before = scene.ledger.head
    assert sorted(f.facts["permit"] for f in scene.ledger.due("2025-05-01")) == ["P1", "P2"]
    assert scene.ledger.head == before, "asking posts nothing"
    first = scene.day("2025-05-01").must("tick")
    assert sorted(f.facts["permit"] for f in first.raised) == ["P1", "P2"]
    assert scene.day("2025-05-31").must("tick").raised == () == scene.ledger.due("2025-05-31")
    assert len(scene.day("2025-06-01").must("tick").raised) == 2
    raised = list(scene.ledger.state().all(Raised, "raised"))
    assert sorted(raised) == [Raised("R99", p, day) for p in ("P1", "P2") for day in ("2025-05-01", "2025-06-01")]
    assert Outcome.from_json(first.to_json()) == first


@pytest.mark.usefixtures("alarm")
def test_a_refused_tick_raises_nothing(scene):
    scene.permit("P1", 5)
    refused = scene.day("2025-05-01").post("tick", colour="red")
    assert (refused.ok, refused.raised) == (False, ())
    assert len(scene.must("tick").raised) == 1


@pytest.mark.usefixtures("alarm")
def test_what_is_due_comes_in_the_same_order_in_every_program(shared_url, scene_on):
    scene = scene_on(shared_url)
    for name in ("P3", "P1", "P2"):
        scene.permit(name, 5)
    with Ledger.open(shared_url) as another:
        told = another.due("2025-05-01")
        assert told == scene.ledger.due("2025-05-01")
        raised = another.apply(scene.day("2025-05-01").event("tick")).raised
        assert raised == told
        assert another.verify(rejudged=True).problems == ()


@pytest.mark.usefixtures("alarm")
def test_a_rule_that_is_not_law_yet_warns_of_what_it_would_say(scene):
    own = {"node": "A1u", "date": "2025-01-01", "level_m": "5", "control_m": "4"}
    early = scene.day("2025-04-30").post("level", **own)
    assert early.ok
    assert [(w.rule, w.facts) for w in early.warnings] == [
        ("R99", {"permit": name, "in_force": "2025-05-01"}) for name in "xyz"
    ]
    late = scene.day("2025-05-01").post("level", **own)
    assert (late.decision, codes(late)) == ("refused", ["R99"] * 3)


@pytest.mark.usefixtures("alarm")
def test_a_rule_holds_in_its_territory(scene):
    scene.permit("P1", 5)
    own = {"node": "A1u", "date": "2025-01-01", "level_m": "5", "control_m": "4"}
    scene.must("setting", name="territory", value=["CN", "YR"], from_="2025-06-01", document="文")
    assert not scene.day("2025-05-31").post("level", **own).ok
    scene.day("2025-06-01").must("level", **own)
    assert scene.must("tick").raised == ()
    scene.must("setting", name="territory", value=["CN-15"], from_="2025-07-01", document="文")
    assert not scene.day("2025-07-01").post("level", **own).ok
    assert len(scene.must("tick").raised) == 1


def test_an_arithmetic_rule_holds_before_its_day(scene):
    scene.day("2020-01-02")
    refused = scene.post(
        "cap",
        node="A",
        issuer="B",
        water="total",
        basis="withdrawal",
        ecology="excluded",
        year=2020,
        volume_m3=1,
        document="文",
    )
    assert codes(refused) == ["R09"], "in force since 2021, and the ledger's own arithmetic"


@pytest.mark.parametrize("way", ["ask", "refer"])
def test_what_is_asked_of_an_act_that_cannot_wait_is_refused(scene, monkeypatch, way):
    """Only an application can be incomplete or referred; any other act is refused with what was found."""

    def check(case, found):
        assert isinstance(case, Case)
        getattr(found, way)(member.finding("due", None, {}))

    member = Rule(
        name="r98",
        title=Text("问", "ask"),
        reference="nowhere",
        in_force=date(2020, 1, 1),
        territory="CN",
        rank="law",
        texts={"due": Text("问", "asked")},
        check=check,
        events=frozenset({"tick"}),
    )
    monkeypatch.setattr(judging, "rules_for", lambda event: (member,))
    outcome = scene.post("tick")
    assert (outcome.decision, codes(outcome)) == ("refused", ["R98"])


def test_the_ledger_as_it_would_be_leaves_the_ledger_as_it_is(scene):
    scene.permit("P1", 1000)
    state = scene.ledger.state()
    permit = state.permit("P1")
    draft = Draft(
        postings=(Posting("A1", Line("groundwater", "withdrawal", "excluded"), 2025, "cap", 5, "文", ("used",)),),
        records={("permit", "P1"): permit._replace(status="cancelled"), ("permit", "P0"): permit},
    )
    draft.draw([(("A1", "NM"), Charge("groundwater", 2025, 7))], "used", 1, ecological=False)
    draft.draw([(("A1",), Charge("groundwater", 2027, 3))], "used", 1, ecological=True)
    draft.draw([(("A1",), Charge("surface", 2027, 3))], "planned", 1, ecological=True)
    held = repr(state._cells), repr(state._records), repr(state._series)
    after = state.after(draft)
    assert after.drawn(("A1", "groundwater", 2025)) == [1000, 0, 7, 0, 0, 0]
    assert after.drawn(("A1", "groundwater", 2027)) == [1000, 0, 0, 0, 0, 3]
    assert after.drawn(("NM", "groundwater", 2026)) == [1000, 0, 0, 0, 0, 0]
    assert after.limit("A1", draft.postings[0].line, 2030).cap_m3 == 5
    assert sorted(p.status for p in after.all(Permit, "permit")) == ["cancelled", "valid"]
    assert after.permit("P1").status == "cancelled"
    assert (after.has_use("A1", "groundwater"), after.has_use("A1", "surface")) == (True, False)
    assert (repr(state._cells), repr(state._records), repr(state._series)) == held
    assert state.permit("P1").status == "valid"
    assert not state.has_use("A1", "groundwater")


# Records, places, outcomes


def test_records_are_made_of_json_values(scene):
    scene.permit("P1", 1000)
    scene.apply("AP2")
    scene.day("2025-03-04").must("suspend", application="AP2")
    state = scene.ledger.state()
    for kind, name in (("permit", "P1"), ("application", "AP2"), ("application", "AP-P1")):
        record = state.raw_record(kind, name)
        assert read_record(kind, json.loads(dump_json(record))) == record
    assert isinstance(state.permit("P1").charges[0], Charge)
    assert state.application("AP2").stops == (("2025-03-04", ""),)
    assert state.record(Permit, "application", "AP2") is None
    assert state.meter("M") is None
    assert state.permit_year("P1", 2030).used_m3 == 0
    assert set(KINDS) >= {"permit", "application", "raised"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_is_read_back(kind):
    record = KINDS[kind](*[[] if name in ("charges", "stops", "spans") else f"{name}" for name in KINDS[kind]._fields])
    again = read_record(kind, json.loads(dump_json(record)))
    assert type(again) is KINDS[kind]
    assert [list(v) if isinstance(v, tuple) else v for v in again] == list(record)


def test_a_tree_of_places():
    state = State()
    for node, kind, parent in (
        ("NM", "region", None),
        ("YB", "basin", "NM"),
        ("A", "league", "NM"),
        ("A1", "banner", "A"),
    ):
        state.declare(Node(node, f"地{node}", kind, parent, None, ("YB",) if node == "A" else (), 1))
    assert state.parts("NM") == ("A",), "a basin is no part of a region"
    assert state.path("A1") == ("NM", "A", "A1")
    assert list(state.above("A1")) == ["A", "NM"]
    assert list(state.below("NM")) == ["NM", "A", "A1"]
    assert state.basins("A1") == ("YB",)
    assert state.basins("NM") == ()
    assert state.chain("A1", "surface", 2025) == ("YB", "NM", "A", "A1")
    assert state.nodes["A"].label == Text("地A（A）", "地A (A)")


texts = st.text(max_size=8)
findings = st.builds(
    Finding,
    texts,
    texts,
    st.none() | texts,
    st.dictionaries(texts, st.integers() | texts | st.none()),
    st.builds(Text, texts, texts),
)
effects = st.builds(
    Effect,
    texts,
    st.builds(Line, texts, texts, texts),
    st.integers(1, 9999),
    texts,
    st.integers(-VOLUME_MAX, VOLUME_MAX),
)
several = [st.lists(kind, max_size=2).map(tuple) for kind in (findings, findings, effects, findings)]


@given(
    outcome=st.builds(
        Outcome, st.none() | st.integers(1), st.none() | texts, st.booleans(), st.just("posted"), *several
    )
)
def test_an_outcomes_json_is_its_shape(outcome):
    words = outcome.to_json()
    assert words == dump_json(outcome.as_dict())
    assert json.loads(words) == json.loads(json.dumps(outcome.as_dict()))
    assert Outcome.from_json(words) == outcome
    for effect in outcome.effects:
        assert effect.to_json() == dump_json(effect.as_dict())
        assert Effect.from_dict(effect.as_dict()) == effect


def test_the_public_names_stay_what_they_are():
    """The families lie in folders of the same names as the functions that list them."""
    for _ in range(2):
        assert public.all_rules() == rules()
        assert public.all_acts() == acts()


def test_a_corrected_reading_no_longer_counts_as_the_last_use(scene):
    scene.permit("P1", 1000)
    scene.day("2025-09-01")
    assert scene.read("P1", 10, "2025-04-01", "2025-05-31").ok
    assert scene.read("P1", 10, "2025-06-01", "2025-06-30", key="wrong").ok
    assert scene.read("P1", 0, "2025-06-01", "2025-06-30", corrects="wrong").ok
    assert "2025-05-31" <= scene.ledger.state().permit("P1").last_use <= "2025-06-01"


def test_applications_are_of_one_kind(scene):
    scene.apply("AP1")
    assert [a.application for a in scene.ledger.state().all(Application, "application")] == ["AP1"]
    assert list(scene.ledger.state().all(Permit, "application")) == []

"""Explaining: what would become of an application, the largest that would pass, and what is in its way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.fields import VOLUME_MAX

TERM = {"from": "2025-04-01", "to": "2026-12-31"}


def ask(scene, volume_m3, node="A1", **fields):
    question = {"node": node, "water": "groundwater", "volume_m3": volume_m3, **TERM, **fields}
    return scene.ledger.explain({name: value for name, value in question.items() if value is not None})


def test_a_volume_that_fits(scene):
    scene.cap("A1", 1000, 2026)
    before = scene.ledger.head, scene.ledger.accounts()
    answer = ask(scene, 600)
    assert (answer.ok, answer.decision, answer.volume_m3, answer.largest_m3, answer.over_m3) == (
        True,
        "admitted",
        600,
        1000,
        0,
    )
    assert answer.blocking == answer.reasons == ()
    assert (scene.ledger.head, scene.ledger.accounts()) == before, "nothing is posted"


def test_a_volume_that_does_not_fit_names_what_blocks(scene):
    scene.cap("A", 2000, 2025)
    scene.cap("A1", 1000, 2026)
    scene.apply("AP1", 700, to="2026-12-31")
    answer = ask(scene, 301)
    assert (answer.ok, answer.decision, answer.largest_m3, answer.over_m3) == (False, "refused", 300, 1)
    assert {f.rule for f in answer.reasons} >= {"R19"}
    (level,) = answer.blocking
    assert level.as_dict() == {
        "node": "A1",
        "water": "groundwater",
        "basis": "withdrawal",
        "ecology": "excluded",
        "year": 2026,
        "cap_m3": 1000,
        "permitted_m3": 700,
        "room_m3": 300,
    }
    assert [(each.node, each.line.water, each.room_m3) for each in answer.levels] == [
        ("NM", "groundwater", 10**9 - 700),
        ("A", "groundwater", 1300),
        ("A1", "groundwater", 300),
        ("NM", "total", 10**9 - 700),
    ]


def test_the_tightest_year_of_each_level_is_told(scene):
    scene.cap("A1", 900, 2025)
    scene.cap("A1", 500, 2026)
    assert [(each.year, each.room_m3) for each in ask(scene, 1).levels if each.node == "A1"] == [(2026, 500)]
    scene.cap("A1", 100, 2025)
    assert [(each.year, each.room_m3) for each in ask(scene, 1).levels if each.node == "A1"] == [(2025, 100)]


def test_levels_are_those_that_bind_permits(scene):
    scene.cap("A", 100, binds=["used"])
    scene.cap("A1", 90, ecology="included")
    assert [(each.node, each.line.ecology) for each in ask(scene, 1).levels if each.line.water != "total"] == [
        ("NM", "excluded"),
        ("A1", "included"),
    ]
    assert {each.node for each in ask(scene, 1, purpose="ecology").levels} == {"A1"}


def test_orders_are_in_the_answer(scene):
    scene.cap("A1", 1000)
    scene.must(
        "order", node="A1", water="groundwater", factor="0.9", from_="2025-01-01", to="2025-12-31", document="文"
    )
    answer = ask(scene, 901)
    assert answer.largest_m3 == 900
    assert answer.blocking[0].cap_m3 == 900


def test_not_even_one_cubic_metre(scene):
    scene.cap("A1", 1000)
    scene.apply("AP1", 1000)
    answer = ask(scene, 5)
    assert (answer.largest_m3, answer.over_m3, answer.ok) == (None, None, False)
    assert ask(scene, 5, node="A2").largest_m3 == 10**9 - 1000


def test_where_nothing_holds_it_down_the_ledger_itself_does(scene):
    scene.cap("NM", VOLUME_MAX, 2020, water="total")
    scene.cap("NM", VOLUME_MAX, 2020)
    assert ask(scene, 5).largest_m3 == VOLUME_MAX


def test_what_a_question_may_leave_out_and_what_it_may_say(scene):
    answer = scene.ledger.explain(json.dumps({"node": "A1", "water": "groundwater", "volume_m3": 13, **TERM}))
    assert answer.ok
    months = ask(scene, 24, monthly_m3=[3] * 12)
    assert (months.ok, months.decision) == (False, "incomplete")
    assert ask(scene, 24, monthly_m3=[2] * 12).ok
    assert ask(scene, 24, application="AP1", key="k", by="me").ok
    assert not ask(scene, 24, applicant="").ok
    assert ask(scene, 1000, purpose="domestic").decision == "exempt"
    assert json.loads(json.dumps(ask(scene, 10**10).as_dict()))["reasons"][0]["rule"] == "R19"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"volume_m3": None}, "unclear"),
        ({"volume_m3": "5"}, "event.bad_field"),
        ({"volume_m3": -5}, "event.bad_field"),
        ({"node": None}, "unclear"),
        ({"node": "?"}, "node.unknown"),
        ({"node": 5}, "event.bad_field"),
        ({"water": "snow"}, "event.bad_field"),
        ({"water": None}, "unclear"),
        ({"from": None}, "unclear"),
        ({"to": "2025-02-30"}, "event.bad_field"),
        ({"to": "2020-01-01"}, "term.backwards"),
        ({"colour": "red", "node": "?"}, "event.unknown_field"),
        ({"colour": "red"}, "event.unknown_field"),
        ({"event": "rain"}, "malformed"),
        ({"monthly_m3": [1]}, "event.bad_field"),
        ({"at": "soon"}, "event.bad_field"),
        ({"at": "2019-01-01T00:00:00+08:00"}, "event.backwards"),
        ({"event": "cap"}, "malformed"),
    ],
)
def test_questions_without_an_answer(scene, fields, code):
    with pytest.raises(LedgerError) as caught:
        ask(scene, fields.pop("volume_m3", 5), **fields)
    codes = {p.code.removeprefix("ledger.explain.") for p in caught.value.problems}
    assert code in codes or (code == "unclear" and codes)
    assert all(p.found.zh and p.found.en and p.place.item.startswith("explain") for p in caught.value.problems)


@pytest.mark.parametrize("volume_m3", [-5, "5", 1.5, True])
def test_of_a_wrong_volume_only_the_volume_is_told(scene, volume_m3):
    with pytest.raises(LedgerError) as caught:
        ask(scene, volume_m3)
    assert [p.code for p in caught.value.problems] == ["ledger.explain.event.bad_field"]


def test_what_is_wrong_with_a_field_is_told_with_what_it_takes(scene):
    with pytest.raises(LedgerError) as caught:
        ask(scene, 5, to="2025-02-30", water="snow")
    told = {p.place.item: (p.found.en, p.expected.en) for p in caught.value.problems}
    assert told["explain to"] == ('"2025-02-30"', "an ISO 8601 date from 1500 to 2999, e.g. 2024-01-01")
    assert told["explain water"][1].startswith("one of total, surface")


@pytest.mark.parametrize("question", ["no JSON", "[]", {"volume_m3": float("nan")}])
def test_questions_that_are_none(scene, question):
    with pytest.raises(LedgerError) as caught:
        scene.ledger.explain(question)
    assert caught.value.problems[0].code == "ledger.explain.malformed"


def test_nothing_may_be_asked_for(scene):
    answer = ask(scene, 0)
    assert (answer.ok, answer.over_m3) == (True, 0)
    assert answer.largest_m3 == ask(scene, 1).largest_m3


def test_where_not_even_one_more_would_pass_nothing_is_the_largest(scene):
    full = ask(scene, 1).largest_m3
    assert scene.apply("FULL", full, "A1", **TERM).ok
    answer = ask(scene, 0)
    assert (answer.ok, answer.largest_m3) == (True, 0)
    assert ask(scene, 1).largest_m3 is None


def test_a_volume_beyond_what_can_be_counted_is_told_once(scene):
    assert scene.apply("SOME", 1, "A1", **TERM).ok
    assert [f.rule for f in ask(scene, VOLUME_MAX).reasons].count("volume.sum") == 1


def test_an_empty_ledger_has_no_answer():
    with Ledger.open("sqlite:///:memory:") as ledger, pytest.raises(LedgerError) as caught:
        ledger.explain({"node": "A1", "water": "groundwater", "volume_m3": 5, **TERM})
    assert {p.place.item: p.found.en for p in caught.value.problems}["explain at"] == "nothing"


steps = st.lists(
    st.tuples(st.sampled_from(["NM", "A", "A1", "YB"]), st.integers(0, 3000), st.sampled_from([2025, 2026])), max_size=4
)


@given(
    steps=steps,
    held=st.lists(st.integers(0, 400), max_size=3),
    asked=st.integers(1, 4000),
    water=st.sampled_from(["groundwater", "total", "yellow_river"]),
    purpose=st.sampled_from(["industry", "ecology", "domestic"]),
    factor=st.sampled_from([None, "0.5"]),
    capacity=st.sampled_from([None, 700]),
)
@settings(max_examples=25)
def test_the_largest_passes_and_one_more_does_not(scene_of, steps, held, asked, water, purpose, factor, capacity):
    """The ledger itself decides: the same application, filed, for the largest volume and for one more."""
    with Ledger.open("sqlite:///:memory:") as ledger:
        scene = scene_of(ledger)
        for node, m3, year in steps:
            scene.post(
                "cap",
                node=node,
                issuer="NM",
                volume_m3=m3,
                year=year,
                water=water,
                basis="withdrawal",
                ecology="excluded" if purpose != "ecology" else "included",
                document="文",
            )
        for number, m3 in enumerate(held):
            scene.apply(f"H{number}", m3, "A1", water=water, purpose=purpose, to="2026-12-31")
        if factor is not None:
            scene.must(
                "order", node="A", water=water, factor=factor, from_="2025-01-01", to="2026-12-31", document="文"
            )
        question = {"node": "A1", "water": water, "purpose": purpose, "volume_m3": asked, **TERM}
        answer = ledger.explain(question | ({} if capacity is None else {"capacity_m3": capacity}))

        def filed(m3):
            return scene.apply("same", m3, "A1", water=water, purpose=purpose, capacity_m3=capacity, to="2026-12-31")

        if answer.largest_m3 is None:
            assert filed(1).decision in ("refused", "incomplete")
            return
        assert answer.ok == (asked <= answer.largest_m3)
        assert answer.over_m3 == max(0, asked - answer.largest_m3)
        if answer.largest_m3 < VOLUME_MAX:
            assert filed(answer.largest_m3 + 1).decision in ("refused", "incomplete")
        if answer.largest_m3 < 10**6:
            assert filed(answer.largest_m3).ok

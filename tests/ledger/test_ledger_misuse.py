"""What people hand in by mistake is told at its place, and nothing is made of it."""

from __future__ import annotations

import os
import sqlite3
from datetime import date, datetime

import pytest

from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.words import in_words
from hetao.text import Text


def codes(outcome):
    return [f.rule for f in outcome.warnings]


@pytest.mark.parametrize("day", ["2025-2-11", "2025/02/11", "2025年2月11日", "2025-02", "x", "", 20250211, None])
def test_a_day_that_is_none_is_refused(scene, day):
    with pytest.raises(LedgerError, match="expected a day"):
        scene.ledger.due(day)
    if day is not None:
        with pytest.raises(LedgerError, match="expected a day"):
            scene.ledger.accounts(as_of=day)


def test_what_was_due_before_the_latest_day_is_not_told(scene):
    """It would be told from what is known today: a tick may not go back either."""
    scene.day("2025-03-03").must("tick")
    assert scene.ledger.due("2025-03-03") == scene.ledger.due(date(2025, 3, 3))
    with pytest.raises(LedgerError, match="2025-03-03, the ledger's latest day, or a later one") as caught:
        scene.ledger.due("2025-03-02")
    assert caught.value.problems[0].found.zh == "2025-03-02"


@pytest.mark.parametrize(("line", "place"), [('{"a" 1}', 6), ('{"a": 1,\n', 10), ('{"a": 1', 8), ("\n\n", 3)])
def test_where_a_line_is_no_json_is_counted_from_its_beginning(scene, line, place):
    outcome = scene.ledger.apply(line)
    assert f"at character {place}" in outcome.refusals[0].text.en


@pytest.mark.parametrize(("value", "told"), [(10**59, "0"), (10**60, "…")])
def test_what_is_cut_short_is_told_to_go_on(scene, value, told):
    (refusal,) = [
        f for f in scene.post("cap", node="NM", volume_m3=value).refusals if f.facts.get("field") == "volume_m3"
    ]
    assert refusal.facts["found"][-1] == told


def test_a_day_may_be_a_date_or_be_written_without_dashes(scene):
    assert scene.apply("AP1", 600).ok
    held = scene.ledger.accounts(node="NM", as_of="2025-03-03")
    for day in ("20250303", date(2025, 3, 3), datetime(2025, 3, 3, 12)):
        assert scene.ledger.accounts(node="NM", as_of=day) == held
    assert scene.ledger.due(date(2025, 12, 31)) == scene.ledger.due("2025-12-31")


def test_an_export_ends_at_an_entry_that_was_changed(tmp_path, make):
    store = tmp_path / "store.db"
    with Ledger.open(f"sqlite:///{store}") as ledger:
        events = make.tree()
        for event in events:
            assert ledger.apply(event).ok
    with sqlite3.connect(store) as raw:
        raw.execute("DROP TRIGGER journal_keeps")
        raw.execute("UPDATE journal SET event = replace(event, 'banner', 'league') WHERE seq = 5")
    raw.close()
    with Ledger.open(f"sqlite:///{store}", read_only=True) as ledger:
        told = []
        with pytest.raises(LedgerError, match="journal 5"):
            told.extend(ledger.export())
    assert len(told) == 4


def test_a_folder_is_no_store(tmp_path):
    for read_only in (False, True):
        with pytest.raises(LedgerError, match="not a hetao store"):
            Ledger.open(f"sqlite:///{tmp_path}", read_only=read_only)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no rights of folders to take away")
def test_a_store_on_a_medium_that_cannot_be_written_is_read(tmp_path, make, monkeypatch):
    store = tmp_path / "store.db"
    with Ledger.open(f"sqlite:///{store}") as ledger:
        for event in make.tree():
            assert ledger.apply(event).ok
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    before = sorted(tmp_path.iterdir())
    with Ledger.open(f"sqlite:///{store}", read_only=True) as ledger:
        assert len(ledger.nodes()) == len(make.tree())
        assert sorted(tmp_path.iterdir()) == before, "it takes no lock and makes no file"


def test_a_store_without_its_anchor_is_read(tmp_path, make):
    store = tmp_path / "store.db"
    with Ledger.open(f"sqlite:///{store}") as ledger:
        assert ledger.apply(make.tree()[0]).ok
    (tmp_path / "store.db-anchor").unlink()
    with Ledger.open(f"sqlite:///{store}", read_only=True) as ledger:
        assert ledger.head.seq == 1


def test_a_line_that_is_no_event_is_told_by_its_number(ledger, make):
    first, _, _, third, _, fifth = ledger.replay(
        ["", "hello", "  ", f'{{"a": {"9" * 5000}}}', "[" * 100_000, '{"event":"tick"}', '{"event"', "{}"]
    )
    assert [o.refusals[0].facts.get("line") for o in (first, fifth)] == [2, None]
    assert first.refusals[0].text.en.startswith("Line 2 is not one JSON object")
    assert first.refusals[0].text.zh.startswith("第 2 行不是")
    assert third.refusals[0].rule == "event.missing_field"
    assert ledger.apply("hello").refusals[0].text.en.startswith("The line is not")


def test_a_value_is_shown_as_it_was_written(scene):
    (refusal,) = scene.post("use", node="A", volume_m3="100", source="公报", year=2025, **LINE).refusals
    assert '"100"' in refusal.text.en
    assert '"100"' in refusal.text.zh


LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}


def test_codes_stand_in_words(scene):
    scene.permit("P1")
    refused = scene.post("approve", application="AP-P1", approver="NM").refusals[0]
    assert "已发证" in refused.text.zh
    assert "已受理、已移送" in refused.text.zh
    assert refused.facts["status"] == "permitted"
    assert in_words("status", "odd") == "odd"
    assert in_words("status", 5) == 5
    assert in_words("place", "valid") == "valid"
    assert in_words("needed", ["valid", "odd"]) == Text("有效、odd", "valid, odd")


def test_a_reading_that_is_not_booked_says_nothing_of_what_is_used(scene):
    scene.permit("P1", 1000)
    scene.must("plan", permit="P1", year=2025, volume_m3=900, approver="NM")
    assert scene.day("2025-06-02").read("P1", 10, "2025-04-01", "2025-05-31").ok
    refused = scene.read("P1", 5000, "2025-05-01", "2025-05-31")
    assert [f.rule for f in refused.refusals] == ["read.overlap"]
    assert not {"R50", "R51"} & set(codes(refused))


def test_a_reading_over_a_cap_says_what_is_owed_and_what_ends_later_is_told(scene):
    scene.permit("P1", 1000, "A1u")
    scene.cap("A1u", 1000, issuer="A1")
    outcome = scene.read("P1", 1200, "2025-04-01", "2025-05-31")
    assert codes(outcome)[:2] == ["read.over_cap", "read.ahead"]
    over = outcome.warnings[0]
    assert (over.node, over.facts["use_m3"], over.facts["limit_m3"], over.facts["over_m3"]) == ("A1u", 1200, 1000, 200)
    assert scene.account("A1u").debt_m3 == 200


def test_a_return_that_replaces_another_says_so(scene):
    scene.permit("P1")
    own = {"permit": "P1", "year": 2025, "next_year_m3": 9}
    assert "return.again" not in codes(scene.must("return", used_m3=5, **own))
    assert "return.again" not in codes(scene.must("return", used_m3=5, **own)), "the same once more"
    (again,) = (f for f in scene.must("return", used_m3=6, **own).warnings if f.rule == "return.again")
    assert (again.facts["before_m3"], again.facts["used_m3"]) == (5, 6)


def test_a_closed_ledger_is_said_to_be_closed():
    with Ledger.open("sqlite:///:memory:") as ledger:
        pass
    with pytest.raises(LedgerError, match="a ledger that was closed"):
        ledger.nodes()

"""Streams of events: keys, malformed lines, files, export."""

from __future__ import annotations

import json

import pytest

import hetao.ledger.ledger as engine
from hetao.errors import LedgerError
from hetao.ledger import Ledger, Outcome, read_lines
from hetao.ledger.event import LINE_MAX

GENESIS = "0" * 64


def text(event):
    return json.dumps(event, ensure_ascii=False)


def test_the_same_key_with_the_same_content_brings_the_first_answer_back(ledger, make):
    ledger.apply(make.cap("NM", 100))
    for event in (make.use("NM", 130), make.use("?", 1)):
        first, head = ledger.apply(event), ledger.head
        again = ledger.apply(dict(reversed(event.items())))
        assert again.decision == "duplicate"
        assert again == Outcome(**{**vars(first), "decision": "duplicate"})
        assert ledger.head == head


def test_the_same_key_with_other_content_is_refused_and_kept(ledger, make):
    event = make.use("NM", 130)
    first = ledger.apply(event)
    other = ledger.apply({**event, "volume_m3": -1})
    assert [(f.rule, f.facts.get("first_seq")) for f in other.refusals] == [
        ("key.reused", first.seq),
        ("event.bad_field", None),
    ]
    assert (other.seq, other.key) == (first.seq + 1, first.key)
    assert ledger.apply(event).decision == "duplicate"
    assert ledger.verify().ok


MALFORMED = {
    "no JSON": "hello",
    "cut off": '{"event":"use","key":',
    "list": "[1]",
    "number": "5",
    "NaN": '{"volume_m3":NaN}',
    "infinite": '{"volume_m3":1e999}',
    "name twice": '{"key":"a","key":"b"}',
    "two objects": "{}{}",
    "no UTF-8": '{"key":"\udcff"}',
    "half a character": '{"key":"\\ud800"}',
    "a number without end": '{"volume_m3":' + "9" * 5000 + "}",
    "depth without end": "[" * 100_000,
    "too long": '{"key":"' + "x" * LINE_MAX + '"}',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_line_has_a_clear_answer_and_the_rest_goes_on(ledger, make, case):
    before = ledger.head
    bad, good = ledger.replay([MALFORMED[case], "", "  \n", text(make.use("NM", 1)) + "\n"])
    assert (bad.seq, bad.key, bad.ok, bad.decision) == (None, None, False, "refused")
    assert [f.rule for f in bad.refusals] == ["line.malformed"]
    assert bad.refusals[0].text.zh
    assert len(bad.refusals[0].facts["start"]) <= 60
    bad.to_json().encode()
    assert (good.ok, good.seq) == (True, before.seq + 1)


@pytest.mark.parametrize("event", [{"key": {1, 2}}, {"key": float("nan")}, {1: 1, "1": 2}, {"volume_m3": 10**5000}])
def test_a_mapping_that_is_no_json_is_refused(ledger, event):
    assert [f.rule for f in ledger.apply(event).refusals] == ["line.malformed"]


def test_an_outcome_survives_its_json(ledger, make):
    ledger.apply(make.cap("NM", 100))
    for event in (make.use("NM", 130), make.use("?", -1, colour=1), make.breakdown("NM", {"A": 101})):
        outcome = ledger.apply(event)
        assert Outcome.from_json(outcome.to_json()) == outcome
        assert "\n" not in outcome.to_json()


def test_export_gives_the_same_journal_again(ledger, make, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 3)
    for event in (
        make.cap("NM", 100),
        make.breakdown("NM", {"B": 40, "A": 60}),
        make.breakdown("A", {"A1": 61}),
        make.use("NM", 130, key="twice"),
        make.use("NM", 131, key="twice"),
        make.use("NM", 5, key=None),
    ):
        ledger.apply(event)
    exported = list(ledger.export())
    assert len(exported) == ledger.head.seq
    with Ledger.open("sqlite:///:memory:") as copy:
        assert [o.seq for o in copy.replay(exported)] == list(range(1, len(exported) + 1))
        assert copy.head == ledger.head
        assert copy.accounts() == ledger.accounts()
        assert copy.nodes() == ledger.nodes()
        assert copy.verify().ok


def test_an_empty_ledger():
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert list(ledger.export()) == []
        assert ledger.nodes() == ()
        assert ledger.accounts() == ()
        shape = ledger.verify().as_dict()
        assert isinstance(shape.pop("unchecked"), list)
        assert shape == {"ok": True, "entries": 0, "head": GENESIS, "first_wrong": None, "problems": []}
        assert list(ledger.replay([])) == []


def test_events_are_taken_in_as_mappings_or_lines(make):
    events = make.tree()
    mixed = [event if n % 2 else text(event) for n, event in enumerate(events)]
    with Ledger.open("sqlite:///:memory:") as plain, Ledger.open("sqlite:///:memory:") as ledger:
        assert list(ledger.replay(mixed)) == [plain.apply(event) for event in events]
        assert ledger.head == plain.head
        bad, good = ledger.replay([{"key": {1}}, make.cap("NM", 7)])
        assert ([f.rule for f in bad.refusals], good.ok) == (["line.malformed"], True)


def test_a_trial_tells_what_would_become_of_events_and_keeps_nothing(any_url, make):
    cap, parts, use = make.cap("NM", 100), make.breakdown("NM", {"A": 60}), make.use("NM", 130)
    with Ledger.open(any_url) as ledger:
        list(ledger.replay(make.tree()))
        assert ledger.trial([]) == []
        before = ledger.head, ledger.accounts(), ledger.nodes()
        tried = ledger.trial([cap, text(parts), "no JSON", use, cap])
        assert [o.decision for o in tried] == ["posted", "posted", "refused", "posted", "duplicate"]
        assert (ledger.head, ledger.accounts(), ledger.nodes()) == before
        assert ledger.apply(parts).decision == "refused", "the cap was only tried"
        assert ledger.apply(cap).decision == "posted"
        assert ledger.trial([cap, {**cap, "volume_m3": 5}])[0].decision == "duplicate"
        assert ledger.verify(rejudged=True).ok


def test_outcomes_come_out_when_they_are_durable(url, make, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 2)
    read = []

    def lines():
        for event in make.tree():
            read.append(event)
            yield text(event)

    with Ledger.open(url) as ledger, Ledger.open(url, read_only=True) as witness:
        for number, outcome in enumerate(ledger.replay(lines()), 1):
            assert outcome.seq == number <= witness.head.seq == len(read)


def test_long_lines_are_committed_sooner(url, make, monkeypatch):
    monkeypatch.setattr(engine, "BATCH_CHARACTERS", 1)
    with Ledger.open(url) as ledger, Ledger.open(url, read_only=True) as witness:
        for outcome in ledger.replay(map(text, make.tree())):
            assert outcome.seq == witness.head.seq


def test_lines_of_a_file(tmp_path, monkeypatch):
    path = tmp_path / "events.jsonl"
    path.write_bytes("\ufeff".encode() + "{}\r\n甲\n\n".encode() + b"\xff\n" + b"x" * 50 + b"\nlast")
    monkeypatch.setattr("hetao.ledger.files.LINE_MAX", 20)
    assert list(read_lines(path)) == ["{}\r\n", "甲\n", "\n", "\udcff\n", "x" * 21, "last"]


def test_a_long_last_line_ends_the_file(tmp_path, monkeypatch):
    path = tmp_path / "events.jsonl"
    path.write_text("x" * 50)
    monkeypatch.setattr("hetao.ledger.files.LINE_MAX", 20)
    assert list(read_lines(str(path))) == ["x" * 21]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(LedgerError, match=r"nothing\.jsonl") as caught:
        list(read_lines(tmp_path / "nothing.jsonl"))
    assert caught.value.problems[0].code == "ledger.file.unreadable"

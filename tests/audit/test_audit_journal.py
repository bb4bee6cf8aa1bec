"""Whatever is changed in the journal is found, and the first wrong entry named, with hashes made to fit or not."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.story import Tampered, codes, dump, effect

CHANGES = {
    'event = replace(event, \'"at":"20\', \'"at":"19\')': "hash",
    "event = event || ' '": "event",
    "event = substr(event, 2)": "event",
    "event = CAST(x'ff' || event AS TEXT)": "event",
    "event = '[]'": "event",
    "outcome = replace(outcome, ':', ': ')": "hash",
    "outcome = CAST(x'ff' AS TEXT)": "outcome",
    "outcome = '[]'": "outcome",
    "hash = replace(hash, substr(hash, 1, 1), 'z')": "hash",
    "hash = 'x' || substr(hash, 2)": "hash",
    "key = 'another'": "key",
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", ["first", "cap", "reading", "last"])
def test_a_changed_entry_is_named(tampered, change, place):
    seqs = {"first": 1, "cap": tampered.find("cap"), "reading": tampered.find("read"), "last": tampered.last}
    tampered.run(f"UPDATE journal SET {change} WHERE seq = ?", seqs[place])
    verification = tampered.audit()
    assert verification.first_wrong == seqs[place]
    assert CHANGES[change] in codes(verification)
    assert verification.entries == tampered.last


@pytest.mark.parametrize("change", [c for c, code in CHANGES.items() if code in ("event", "outcome")])
def test_a_changed_entry_is_named_where_the_hashes_fit(tampered, change):
    seq = tampered.find("read")
    tampered.run(f"UPDATE journal SET {change} WHERE seq = ?", seq)
    tampered.chain()
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert CHANGES[change] in codes(verification)
    assert verification.unchecked == ("anchor", "balances", "tables")


@pytest.mark.parametrize("column", ["key", "event", "outcome", "hash"])
@pytest.mark.parametrize("value", [None, 7, 7.5, b"7"])
@pytest.mark.parametrize("kind", ["node", "read"])
def test_a_column_of_another_type(tampered, column, value, kind):
    """SQLite's types are strict only as long as nobody rewrites the schema."""
    tampered.run("PRAGMA writable_schema = ON")
    strict = "replace(replace(sql, ') STRICT', ')'), ' NOT NULL', '')"
    tampered.run(f"UPDATE sqlite_master SET sql = replace({strict}, ' TEXT', '') WHERE name = 'journal'")
    tampered.run("PRAGMA writable_schema = RESET")
    seq = tampered.find(kind)
    tampered.run(f"UPDATE journal SET {column} = ? WHERE seq = ?", value, seq)
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert all(problem.describe("zh") for problem in verification.problems)


@pytest.mark.parametrize("seq", [1, 2, 50, -1, 0])
def test_a_deleted_entry_is_named(tampered, seq):
    seq = seq if seq > 0 else tampered.last + seq
    tampered.run("DELETE FROM journal WHERE seq = ?", seq)
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert codes(verification) & {"gap", "tip"}


def test_a_hole_in_a_journal_whose_hashes_fit(tampered):
    tampered.run("DELETE FROM journal WHERE seq = 40")
    tampered.chain()
    verification = tampered.audit()
    assert verification.first_wrong == 40
    assert "gap" in codes(verification)


def test_an_entry_before_the_first(tampered):
    tampered.run("INSERT INTO journal VALUES (-5, NULL, '{}', '{}', ?)", "0" * 64)
    assert tampered.audit().first_wrong == 1


def test_a_cut_tail_is_named(tampered):
    tampered.run("DELETE FROM journal WHERE seq > 60")
    verification = tampered.audit()
    assert verification.first_wrong == 61
    assert "tip" in codes(verification)


def test_swapped_entries_are_named(tampered):
    rows = {row[0]: row[1:] for row in tampered.run("SELECT seq, event, outcome, hash FROM journal WHERE seq < 5")}
    for seq, other in ((3, 4), (4, 3)):
        tampered.run("UPDATE journal SET event = ?, outcome = ?, hash = ? WHERE seq = ?", *rows[other], seq)
    assert tampered.audit().first_wrong == 3
    tampered.chain()
    assert tampered.audit().first_wrong == 3


HEADS = [
    {"seq": 9999},
    {"seq": True},
    {"seq": None},
    {"key": "other"},
    {"ok": False},
    {"ok": 1},
    {"ok": "yes"},
    {"decision": "refused"},
    {"decision": "duplicate"},
    {"decision": ["posted"]},
    {"decision": None},
]


@pytest.mark.parametrize("head", HEADS, ids=dump)
@pytest.mark.parametrize("event", ["read", "apply", "zone", "cap"])
def test_an_outcome_that_does_not_fit_its_entry(tampered, head, event):
    seq = tampered.find(event)
    tampered.change(seq, lambda _, outcome: outcome.update(head))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "outcome" in codes(verification)


@pytest.mark.parametrize(
    "refusals",
    [None, [], {}, [{}], ["R01"], [{"rule": "R01", "clause": ""}], [{"rule": 7, "clause": "x"}], [{"rule": "R01"}]],
)
def test_a_refusal_gives_its_reason(tampered, refusals):
    seq = tampered.find("flood")
    tampered.change(seq, lambda _, outcome: outcome.update(refusals=refusals))
    verification = tampered.audit()
    assert (verification.first_wrong, codes(verification)) == (seq, {"outcome"})


@pytest.mark.parametrize(("event", "decision"), [("read", "admitted"), ("apply", "posted"), ("zone", "exempt")])
def test_a_decision_fits_its_kind_of_event(tampered, event, decision):
    seq = tampered.find(event)
    tampered.change(seq, lambda _, outcome: outcome.update(decision=decision))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "outcome" in codes(verification)


@pytest.mark.parametrize("raw", ["NaN", '"\\ud800"', "[[[NaN]]]"])
@pytest.mark.parametrize("name", ["seq", "key", "decision", "effects", "refusals"])
def test_an_outcome_with_values_that_are_hard_to_write(tampered, raw, name):
    for event in ("read", "flood"):
        seq = tampered.find(event)
        fields, outcome = tampered.entry(seq)
        tampered.put(seq, fields, dump({**outcome, name: "@"}).replace('"@"', raw))
    verification = tampered.audit()
    assert verification.first_wrong == tampered.find("read") or name == "refusals"
    assert dump(verification.as_dict()).encode()


def test_a_refused_entry_posts_nothing(tampered):
    seq = tampered.find("apply", application="X1")
    tampered.change(seq, lambda _, outcome: outcome.update(effects=[effect("NM", 5)]))
    verification = tampered.audit()
    assert (verification.first_wrong, codes(verification)) == (seq, {"effects"})


# Keys


def test_a_key_that_is_not_owned_though_it_is_new(tampered):
    tampered.run("UPDATE journal SET key = NULL WHERE seq = 12")
    assert (tampered.audit().first_wrong, codes(tampered.audit())) == (12, {"key"})


def test_a_refused_entry_without_its_key(tampered):
    seq = tampered.find("apply", application="X1")
    tampered.run("UPDATE journal SET key = NULL WHERE seq = ?", seq)
    assert (tampered.audit().first_wrong, codes(tampered.audit())) == (seq, {"key"})


def test_a_key_that_two_entries_own(tampered):
    tampered.run("PRAGMA writable_schema = ON")
    tampered.run("UPDATE sqlite_master SET sql = replace(sql, 'key TEXT UNIQUE', 'key TEXT') WHERE name = 'journal'")
    tampered.run("DELETE FROM sqlite_master WHERE name LIKE 'sqlite_autoindex_journal%'")
    tampered.run("PRAGMA writable_schema = RESET")
    seq = tampered.find("cap", key="e1")
    tampered.run("UPDATE journal SET key = 'e1' WHERE seq = ?", seq)
    assert (tampered.audit().first_wrong, codes(tampered.audit())) == (seq, {"key"})


def test_a_key_used_again_is_never_posted(tampered):
    seq = tampered.append({"event": "tick"}, [])
    tampered.run("UPDATE journal SET key = NULL WHERE seq = ?", seq)
    tampered.change(seq, lambda event, outcome: (event.update(key="e1"), outcome.update(key="e1")))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "key" in codes(verification)


@pytest.mark.parametrize("key", ["", " ", "x" * 1001, "a\tb", 7, None])
def test_a_key_that_is_none_is_not_owned(tampered, key):
    seq = tampered.find("tick")
    tampered.run("UPDATE journal SET key = NULL WHERE seq = ?", seq)
    tampered.change(seq, lambda event, outcome: (event.update(key=key), outcome.update(key=None)))
    assert (tampered.audit().first_wrong, codes(tampered.audit())) == (seq, {"key"})


# Events that cannot be followed


@pytest.mark.parametrize("event", ["flood", None, 7, ["cap"], {"cap": 1}, "node", "cap", "breakdown", "transfer"])
def test_an_event_that_cannot_be_followed(tampered, event):
    seq = tampered.find("zone")
    tampered.change(seq, lambda fields, _: fields.update(event=event, kind="regional"))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert codes(verification) <= {"event", "effects"}


@pytest.mark.parametrize(
    "at", [None, 7, "noon", "2024-06-05T00:00:00", "2024-W01-1T00:00:00Z", "2024-13-05T00:00:00+08:00"]
)
@pytest.mark.parametrize("event", ["read", "plan", "zone"])
def test_a_time_that_is_none(tampered, at, event):
    seq = tampered.find(event)
    tampered.change(seq, lambda fields, _: fields.update(at=at))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "event" in codes(verification)


@pytest.mark.parametrize("raw", ['{"a":1,"a":1}', '{"a":NaN}', '{"a":1.0e2}', '{"b":1,"a":1}', '{"a":"\\ud800"}'])
def test_an_event_that_is_not_canonical(tampered, raw):
    _, outcome = tampered.entry(9)
    tampered.put(9, raw, outcome)
    verification = tampered.audit()
    assert verification.first_wrong == 9
    assert "event" in codes(verification)


EFFECTS = [
    "none",
    7,
    [7],
    [{}],
    [{**effect("A1u", 101, "used", 2022), "more": 1}],
    [effect("?", 101, "used", 2022)],
    [effect("A1u", 101, "used", 2022, water="wine")],
    [effect("A1u", 101, "used", 2022, basis="consumption")],
    [effect("A1u", 101, "used", 2022, ecology="half")],
    [effect("A1u", 101, "lost", 2022)],
    [effect("A1u", 0, "used", 2022)],
    [{**effect("A1u", 101, "used"), "year": "2022"}],
    [{**effect("A1u", 101, "used"), "amount": True}],
    [{**effect("A1u", 101, "used"), "amount": 1.5}],
    [{**effect("A1u", 101, "used"), "node": ["A1u"]}],
]


@pytest.mark.parametrize("effects", EFFECTS, ids=dump)
def test_postings_that_are_none(tampered, effects):
    seq = tampered.find("read")
    tampered.change(seq, lambda _, outcome: outcome.update(effects=effects))
    verification = tampered.audit()
    assert (verification.first_wrong, codes(verification)) == (seq, {"effects"})
    assert verification.unchecked == ("anchor", "balances", "tables")


# Plain readings and the other short ways read nothing that the long way would not


def test_warnings_stand_before_the_postings(tampered):
    warning = {"rule": "R1", "clause": "c", "node": None, "facts": {}, "text_zh": "“", "text_en": '"'}
    for kind in ("read", "plan", "apply"):
        seq = tampered.find(kind, "admitted" if kind == "apply" else "posted")
        tampered.change(seq, lambda _, outcome: outcome.update(warnings=[warning], effects=outcome.pop("effects")))
    assert tampered.audit().ok


@pytest.mark.parametrize("between", ['"effects":[],', '"warnings":[,', '"raised":[]},{', '"warnings":[],"raised":[],'])
def test_what_else_stands_before_the_postings(tampered, between):
    seq = tampered.find("read")
    event, outcome = tampered.entry(seq)
    tampered.put(seq, event, dump(outcome).replace('"effects"', f'{between}"effects"'))
    verification = tampered.audit()
    try:
        json.loads(dump(outcome).replace('"effects"', f'{between}"effects"'))
    except ValueError:
        assert verification.first_wrong == seq
    else:
        assert verification.ok


FIELDS = [
    {"volume_m3": 101.0},
    {"volume_m3": "101"},
    {"volume_m3": True},
    {"volume_m3": -101},
    {"volume_m3": 2**63},
    {"volume_m3": 102},
    {"from": "2022-02-30"},
    {"from": "2022-2-1"},
    {"to": "2021-12-31"},
    {"to": 7},
    {"permit": "P2"},
    {"permit": "P9"},
    {"permit": None},
    {"permit": "\ud7ff"},
    {"from": None},
]


@pytest.mark.parametrize("fields", FIELDS, ids=repr)
def test_a_reading_that_says_other_than_its_postings(tampered, fields):
    seq = tampered.find("read")
    tampered.change(seq, lambda event, _: event.update(fields))
    verification = tampered.audit()
    assert verification.first_wrong == seq
    assert "effects" in codes(verification)


@pytest.mark.parametrize(
    "fields", [{"method": "guessed"}, {"by": "\u3000"}, {"by": "\\"}, {"by": "a\u200b"}, {"meter": '"'}]
)
def test_a_reading_in_other_words_is_read_in_full(tampered, fields):
    tampered.change(tampered.find("read"), lambda event, _: event.update(fields))
    assert tampered.audit().ok


def test_a_reading_whose_key_begins_with_a_space(tampered):
    seq = tampered.find("read")
    tampered.run("UPDATE journal SET key = ' k' WHERE seq = ?", seq)
    tampered.change(seq, lambda event, outcome: (event.update(key=" k"), outcome.update(key=" k")))
    assert tampered.audit().ok


def test_a_reading_that_is_no_utf8(tampered):
    seq = tampered.find("read")
    tampered.run(
        "UPDATE journal SET event = CAST(replace(CAST(event AS BLOB), x'e6', x'ff') AS TEXT) WHERE seq = ?", seq
    )
    tampered.chain()
    verification = tampered.audit()
    assert verification.first_wrong == seq


def test_many_different_times_are_forgotten_again(tampered, monkeypatch):
    monkeypatch.setattr("hetao.audit.journal.TIMES_AT_MOST", 0)
    assert tampered.audit().ok


def test_problems_are_limited(tampered, monkeypatch):
    monkeypatch.setattr("hetao.audit.journal.AT_MOST", 5)
    tampered.run("UPDATE journal SET hash = upper(hash)")
    assert len(tampered.audit().problems) <= 6  # the tip besides


@given(data=st.data())
@settings(max_examples=150)
def test_any_flipped_bit_of_an_entry_is_found(store, data):
    tampered = Tampered(store)
    seq = data.draw(st.integers(1, tampered.last))
    column = data.draw(st.sampled_from(["event", "outcome", "hash", "key"]))
    ((held,),) = tampered.run(f"SELECT CAST({column} AS BLOB) FROM journal WHERE seq = ?", seq)
    if held is not None:
        changed = bytearray(held)
        changed[data.draw(st.integers(0, len(held) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        try:
            tampered.run(f"UPDATE journal SET {column} = CAST(? AS TEXT) WHERE seq = ?", bytes(changed), seq)
        except sqlite3.IntegrityError:  # a key that another entry owns
            return
        assert tampered.audit().first_wrong == seq
    tampered.close()

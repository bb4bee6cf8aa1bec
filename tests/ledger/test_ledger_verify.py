"""Tampering: whatever is changed behind the ledger's back is found, and the entry is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hetao.ledger.verify as verifying
from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.verify import chain_hash


@pytest.fixture
def store(url, make, raw):
    """A store of 13 entries with its triggers gone, so that anything can be done to it."""
    with Ledger.open(url) as ledger:
        events = [
            *make.tree(),
            make.cap("NM", 100),
            make.breakdown("NM", {"A": 60, "B": 30}, reserve_m3=10),
            make.use("NM", 130, key="twice"),
            make.use("NM", 131, key="twice"),
            make.breakdown("A", {"A1": 61}),
        ]
        for event in events:
            ledger.apply(event)
        assert ledger.verify().ok
    for guard in ("journal_appends", "journal_keeps", "journal_holds"):
        raw(f"DROP TRIGGER {guard}")
    raw("PRAGMA foreign_keys = OFF")
    return url


def verify(url):
    with Ledger.open(url) as ledger:
        return ledger.verify()


def found(verification):
    return {p.code.removeprefix("ledger.verify.") for p in verification.problems} - {"guard"}


def test_missing_guards_are_reported(store):
    verification = verify(store)
    assert [p.place.item for p in verification.problems] == ["journal_appends", "journal_keeps", "journal_holds"]
    assert not verification.ok
    assert verification.first_wrong is None
    assert verification.as_dict()["problems"][0]["found_zh"]


@pytest.mark.parametrize("seq", [1, 5, 9, 12, 13])
@pytest.mark.parametrize(
    "change",
    [
        "event = replace(event, '2024-', '2025-')",
        "event = event || ' '",
        "event = substr(event, 2)",
        "event = CAST(x'ff' || event AS TEXT)",
        "outcome = replace(outcome, ':', ': ')",
        "outcome = CAST(x'ff' AS TEXT)",
        "hash = replace(hash, substr(hash, 1, 1), 'z')",
        "hash = 'x' || substr(hash, 2)",
        "key = 'another'",
    ],
)
def test_a_changed_entry_is_named(store, raw, seq, change):
    raw(f"UPDATE journal SET {change} WHERE seq = ?", seq)
    verification = verify(store)
    assert verification.first_wrong == seq
    assert verification.entries == 13


@pytest.mark.parametrize("seq", range(1, 14))
def test_a_deleted_entry_is_named(store, raw, seq):
    raw("DELETE FROM journal WHERE seq = ?", seq)
    verification = verify(store)
    assert verification.first_wrong == seq
    assert found(verification) & {"gap", "tip"}


def test_a_cut_tail_is_named(store, raw):
    raw("DELETE FROM journal WHERE seq > 7")
    assert verify(store).first_wrong == 8


def test_swapped_entries_are_named(store, raw):
    rows = {row[0]: row[1:] for row in raw("SELECT seq, event, outcome, hash FROM journal WHERE seq IN (3, 4)")}
    for seq, other in ((3, 4), (4, 3)):
        raw("UPDATE journal SET event = ?, outcome = ?, hash = ? WHERE seq = ?", *rows[other], seq)
    assert verify(store).first_wrong == 3


def test_a_rehashed_last_entry_is_named(store, raw):
    (event, outcome), (previous,) = (
        raw("SELECT event, outcome FROM journal WHERE seq = 13")[0],
        raw("SELECT hash FROM journal WHERE seq = 12")[0],
    )
    event = event.replace('"A1":61', '"A1":62')
    raw("UPDATE journal SET event = ?, hash = ? WHERE seq = 13", event, chain_hash(previous, event, outcome))
    verification = verify(store)
    assert verification.first_wrong == 13
    assert found(verification) == {"outcome", "tip"}


@pytest.mark.parametrize(
    ("statement", "table", "item"),
    [
        ("UPDATE balance SET amount_m3 = 61 WHERE node = 'A'", "balance", "balance A groundwater"),
        ("UPDATE balance SET document = 'x' WHERE node = 'A'", "balance", "balance A groundwater"),
        ("UPDATE balance SET binds = 'used' WHERE node = 'A'", "balance", "balance A groundwater"),
        ("DELETE FROM balance WHERE node = 'B'", "balance", "balance B groundwater"),
        (
            "INSERT INTO balance SELECT 'B1', water, basis, ecology, balance, year, 1, document, binds, seq"
            " FROM balance WHERE node = 'B'",
            "balance",
            "balance B1 groundwater",
        ),
        ("UPDATE node SET name = 'x' WHERE node = 'A'", "node", "node A"),
        ("INSERT INTO lies_in VALUES ('A', 0, 'YB')", "node", "node A"),
        ("UPDATE tip SET clock = '2020-01-01T00:00:00+00:00'", "tip", "tip clock"),
    ],
)
def test_a_changed_balance_is_named(store, raw, statement, table, item):
    raw(statement)
    verification = verify(store)
    assert verification.first_wrong is None
    assert found(verification) == {table}
    assert verification.problems[-1].place.item.startswith(item)


@pytest.mark.parametrize("statement", ["UPDATE tip SET clock = 'noon'", "DELETE FROM node WHERE node = 'NM'"])
def test_tables_that_make_no_state(store, raw, make, statement):
    raw(statement)
    verification = verify(store)
    assert verification.problems[-1].code == "ledger.store.damaged"
    with Ledger.open(store) as ledger, pytest.raises(LedgerError):
        ledger.apply(make.use("NM", 1))


def test_a_tip_that_is_gone(store, raw):
    raw("DELETE FROM tip")
    assert found(verify(store)) == {"tip"}


def test_findings_are_limited(store, raw, monkeypatch):
    monkeypatch.setattr(verifying, "WRONG_AT_MOST", 5)
    raw("UPDATE journal SET hash = upper(hash)")
    raw("UPDATE journal SET event = event || ' '")
    assert len(verify(store).problems) == 5


@given(data=st.data())
@settings(max_examples=60)
def test_any_changed_byte_of_an_entry_is_found(make, data):
    with Ledger.open("sqlite:///:memory:") as ledger:
        events = [*make.tree()[:3], make.cap("NM", 100), make.use("NM", 130), make.use("?", 1)]
        for number, event in enumerate(events):
            ledger.apply({**event, "key": f"e{number}"})
        run = ledger._store._connection.execute
        run("DROP TRIGGER journal_keeps")
        seq = data.draw(st.integers(1, 6))
        column = data.draw(st.sampled_from(["event", "outcome", "hash"]))
        held = bytearray(run(f"SELECT CAST({column} AS BLOB) FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
        where = data.draw(st.integers(0, len(held) - 1))
        held[where] ^= 1 << data.draw(st.integers(0, 7))
        if column == "hash":
            run("PRAGMA ignore_check_constraints = ON")
        run(f"UPDATE journal SET {column} = CAST(? AS TEXT) WHERE seq = ?", (bytes(held), seq))
        assert ledger.verify().first_wrong == seq

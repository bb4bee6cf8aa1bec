"""Stores: what can be wrong with one, and what the journal does not let happen to it."""

from __future__ import annotations

import sqlite3

import pytest

from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.faults import FAULTS


def fault(caught):
    (problem,) = caught.value.problems
    assert problem.place.file
    assert all(t.zh and t.en for t in (problem.found, problem.expected, problem.remedy))
    return problem.code.removeprefix("ledger.store.")


def open_and_apply(url, event, **options):
    with Ledger.open(url, **options) as ledger:
        return ledger.apply(event)


def test_a_store_outlives_its_program(url, make):
    with Ledger.open(url) as ledger:
        for event in [
            *make.tree(),
            make.node("C1", "banner", "NM", basins=["YB"]),
            make.cap("NM", 9, binds=["used"]),
            make.use("NM", 10),
        ]:
            assert ledger.apply(event).ok
        left = ledger.head, ledger.nodes(), ledger.accounts()
    with Ledger.open(url) as ledger:
        assert (ledger.head, ledger.nodes(), ledger.accounts()) == left
        assert [w.rule for w in ledger.apply(make.use("NM", 11)).warnings] == ["use.over_cap", "use.revised"]
        early = make.use("NM", 1, at="2023-01-01T00:00:00Z")
        assert [f.rule for f in ledger.apply(early).refusals] == ["event.backwards"]
        assert ledger.verify().ok


def test_two_programs_take_turns(url, make):
    with Ledger.open(url) as one, Ledger.open(url) as two:
        for event in make.tree():
            assert one.apply(event).ok
        assert two.apply(make.cap("NM", 100)).ok
        assert one.apply(make.breakdown("NM", {"A": 60})).ok
        assert not two.apply(make.breakdown("NM", {"B": 41})).ok
        assert one.accounts() == two.accounts()
        assert one.verify().ok


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("store.db", "scheme"),
        ("sqlite://store.db", "scheme"),
        ("sqlite:///", "scheme"),
        ("mysql://server/db", "scheme"),
        ("postgresql://user:secret@server/db", "postgresql"),
        ("postgresql:///db", "postgresql"),
    ],
)
def test_addresses_that_are_not_supported(address, expected):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(address)
    assert fault(caught) == expected
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_store(tmp_path):
    (tmp_path / "notes.db").write_text("not a database, but long enough to be taken for one" * 20)
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    for name in ("notes.db", "other.db"):
        before = (tmp_path / name).read_bytes()
        for read_only in (False, True):
            with pytest.raises(LedgerError) as caught:
                Ledger.open(f"sqlite:///{tmp_path / name}", read_only=read_only)
            assert fault(caught) == "foreign"
        assert (tmp_path / name).read_bytes() == before


def test_an_empty_file_becomes_a_store_only_for_writing(tmp_path):
    (tmp_path / "store.db").touch()
    with pytest.raises(LedgerError) as caught:
        Ledger.open(f"sqlite:///{tmp_path / 'store.db'}", read_only=True)
    assert fault(caught) == "foreign"
    with Ledger.open(f"sqlite:///{tmp_path / 'store.db'}") as ledger:
        assert ledger.head.seq == 0


def test_a_store_made_by_two_programs_at_once(url, monkeypatch):
    import hetao.ledger.store as store

    answers = iter([True, False])
    with Ledger.open(url):
        monkeypatch.setattr(store, "_is_empty", lambda connection: next(answers))
        with Ledger.open(url) as second:
            assert second.verify().ok


def test_a_store_of_a_newer_version(url, raw):
    Ledger.open(url).close()
    raw("PRAGMA user_version = 2")
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url)
    assert fault(caught) == "newer"


def test_reading_only(url, make, tmp_path):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url, read_only=True)
    assert fault(caught) == "absent"
    assert list(tmp_path.iterdir()) == []
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
    with pytest.raises(LedgerError) as caught:
        open_and_apply(url, make.node("B", "basin"), read_only=True)
    assert fault(caught) == "read_only"
    with Ledger.open(url, read_only=True) as ledger:
        assert ledger.verify().ok


def test_a_locked_store(url, make, raw):
    Ledger.open(url).close()
    raw("BEGIN IMMEDIATE")
    with Ledger.open(url, wait_s=0) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.apply(make.node("NM", "region"))
        assert fault(caught) == "locked"
        raw("ROLLBACK")
        assert ledger.apply(make.node("NM", "region")).ok


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")
    assert fault(caught) == "unreachable"


def test_a_closed_ledger(url, make):
    ledger = Ledger.open(url)
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.apply(make.node("NM", "region"))


def test_a_write_that_fails_leaves_no_trace(url, make, raw):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        head = ledger.head
        raw("CREATE TRIGGER broken BEFORE INSERT ON balance BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(LedgerError):
            ledger.apply(make.cap("NM", 5))
        raw("DROP TRIGGER broken")
        assert (ledger.head, ledger.accounts()) == (head, ())
        assert ledger.apply(make.cap("NM", 6)).ok
        assert ledger.verify().ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET event = '{}' WHERE seq = 1",
        "UPDATE journal SET seq = seq + 100",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        "INSERT OR REPLACE INTO journal SELECT 3, key, event, outcome, hash FROM journal WHERE seq = 1",
        "INSERT INTO journal SELECT 7, 'new', event, outcome, hash FROM journal WHERE seq = 1",
    ],
)
def test_the_journal_is_append_only(url, make, raw, statement):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        ledger.apply(make.cap("NM", 5))
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|next entry only"):
        raw(statement)
    assert raw("SELECT COUNT(*) FROM journal") == [(2,)]


def test_every_fault_has_its_words():
    for name, words in FAULTS.items():
        assert all(text.zh and text.en for text in words), name


def test_keys_are_unique_even_without_the_trigger(url, make, raw):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
    raw("DROP TRIGGER journal_appends")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        raw("INSERT INTO journal SELECT 2, key, event, outcome, hash FROM journal WHERE seq = 1")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ("'nowhere', 'total', 'withdrawal', 'excluded', 'cap', 2024, 5, 'x', '', 1", "FOREIGN KEY"),
        ("'NM', 'total', 'withdrawal', 'excluded', 'cap', 2024, 5, 'x', '', 9", "FOREIGN KEY"),
        ("'NM', 'total', 'withdrawal', 'excluded', 'cap', 2024, -5, 'x', '', 1", "CHECK"),
        ("'NM', 'total', 'net', 'excluded', 'cap', 2024, 5, 'x', '', 1", "CHECK"),
        ("'NM', 'total', 'withdrawal', 'excluded', 'cap', 2024, 5.5, 'x', '', 1", "REAL"),
    ],
)
def test_the_tables_refuse_what_cannot_be(url, make, values, reason):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        with pytest.raises(sqlite3.IntegrityError, match=reason):
            ledger._store._connection.execute(f"INSERT INTO balance VALUES ({values})")

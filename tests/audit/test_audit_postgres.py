"""A store on PostgreSQL is audited as one on SQLite is, and what is no store is told apart."""

from __future__ import annotations

import sys

import psycopg
import pytest

from audit.story import codes, tell
from hetao.audit import audit_store
from hetao.errors import LedgerError
from hetao.ledger import Ledger


@pytest.fixture
def filled(postgres_url: str) -> str:
    with Ledger.open(postgres_url) as ledger:
        tell(ledger)
    return postgres_url


def tamper(url: str, *statements: str) -> None:
    """Change a store as its owner could who knows what he does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("GRANT ALL ON journal TO CURRENT_USER")
        connection.execute("SET session_replication_role = replica")  # no trigger runs
        for statement in statements:
            connection.execute(statement)


def fault(caught) -> str:
    (problem,) = caught.value.problems
    return problem.code.removeprefix("ledger.store.")


@pytest.mark.parametrize(
    ("statement", "first_wrong", "expected"),
    [
        ("UPDATE journal SET hash = replace(hash, '0', '1') WHERE seq = 61", 61, "hash"),
        ("UPDATE journal SET event = event || ' ' WHERE seq = 61", 61, "event"),
        ("UPDATE journal SET outcome = '[]' WHERE seq = 61", 61, "outcome"),
        ("UPDATE journal SET key = 'other' WHERE seq = 61", 61, "key"),
        ("DELETE FROM journal WHERE seq = 61", 61, "gap"),
        ("DELETE FROM journal WHERE seq > 61", 62, "tip"),
        ("UPDATE headroom SET seq = 0 WHERE node = 'A1u'", None, "headroom"),
        ("DELETE FROM record WHERE kind = 'permit'", None, "record"),
        ("ALTER TABLE journal DISABLE TRIGGER journal_keeps", None, "guard"),
        ("ALTER TABLE journal ENABLE REPLICA TRIGGER journal_keeps", None, "guard"),
        ("DROP TRIGGER journal_holds ON journal", None, "guard"),
        (
            "CREATE OR REPLACE FUNCTION journal_kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            None,
            "guard",
        ),
        ("CREATE TRIGGER also BEFORE UPDATE ON journal EXECUTE FUNCTION journal_kept()", None, "guard"),
    ],
)
def test_tampering_is_found(filled, statement, first_wrong, expected):
    tamper(filled, statement)
    verification = audit_store(filled)
    assert verification.first_wrong == first_wrong
    assert expected in codes(verification)


def test_an_anchor_is_held_against_the_journal(filled, tmp_path):
    (tmp_path / "anchor").write_text('{"hash": "%s", "seq": 7}' % ("a" * 64))
    verification = audit_store(filled, anchor=tmp_path / "anchor")
    assert (verification.first_wrong, codes(verification)) == (7, {"anchor"})
    (tmp_path / "anchor").write_text('{"hash": "%s", "seq": 7000}' % ("a" * 64))
    assert codes(audit_store(filled, anchor=tmp_path / "anchor")) == {"anchor"}


def test_a_hash_that_is_not_there(filled):
    from hetao.audit.source import open_source

    source = open_source(filled, "x")
    assert source.hash_at(9999) is None
    assert source.entry("?") is None
    source.close()


def test_a_password_is_not_shown(filled):
    tamper(filled, "UPDATE journal SET hash = replace(hash, '0', '1') WHERE seq = 61")
    secret = filled.replace("postgres@", "postgres:secret@")
    verification = audit_store(secret)
    assert "secret" not in str(verification.as_dict())
    assert verification.problems[0].place.file.startswith("postgresql://postgres@")


def test_an_empty_database(postgres_url):
    with pytest.raises(LedgerError) as caught:
        audit_store(postgres_url)
    assert fault(caught) == "absent"


def test_a_database_of_others(postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs (x int)")
    with pytest.raises(LedgerError) as caught:
        audit_store(postgres_url)
    assert fault(caught) == "foreign"


@pytest.mark.parametrize(("version", "expected"), [(1, "older"), (99, "newer")])
def test_a_store_of_another_version(filled, version, expected):
    tamper(filled, f"UPDATE hetao_ledger SET version = {version}")
    with pytest.raises(LedgerError) as caught:
        audit_store(filled)
    assert fault(caught) == expected


def test_a_server_that_is_not_there():
    with pytest.raises(LedgerError) as caught:
        audit_store("postgresql://nobody@/nothing?host=/nowhere")
    assert fault(caught) == "unavailable"


def test_a_journal_that_is_gone(filled):
    tamper(filled, "ALTER TABLE journal RENAME TO other")
    with pytest.raises(LedgerError) as caught:
        audit_store(filled)
    assert fault(caught) == "damaged"


def test_tables_that_are_gone(filled):
    tamper(filled, "ALTER TABLE headroom RENAME TO other")
    assert codes(audit_store(filled)) == {"unreadable"}


def test_without_the_driver(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "hetao.audit.postgres", raising=False)
    with pytest.raises(LedgerError) as caught:
        audit_store("postgresql://host/db")
    assert fault(caught) == "driver"

"""PostgreSQL: what the server itself withholds, and what happens when it, a lock or a connection is lost."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
import time
from itertools import product

import psycopg
import pytest
from psycopg import errors as pg

import hetao.ledger.store.postgres as postgres_store
from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.store import Entered
from hetao.ledger.store.postgres_schema import GUARDS


def fault(caught):
    (problem,) = caught.value.problems
    return problem.code.removeprefix("ledger.store.")


@pytest.fixture
def filled(postgres_url, make):
    with Ledger.open(postgres_url) as ledger:
        assert ledger.apply(make.node("NM", "region")).ok
        assert ledger.apply(make.cap("NM", 5)).ok
    return postgres_url


@pytest.fixture
def writer_url(postgres_url, postgres_admin):
    """The same database for a role that is no superuser; it makes the store and so owns it."""
    admin, role = postgres_admin(), f"writer_{postgres_url.split('/')[3].split('?')[0]}"
    admin.execute(f"CREATE ROLE {role} LOGIN")
    with psycopg.connect(postgres_url) as owner:
        owner.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    yield postgres_url.replace("postgres@", f"{role}@")
    with psycopg.connect(postgres_url) as owner:
        owner.execute(f"DROP OWNED BY {role} CASCADE")
    admin.execute(f"DROP ROLE {role}")


APPEND_ONLY = {
    "UPDATE journal SET event = '{}' WHERE seq = 1": "append-only",
    "UPDATE journal SET seq = seq + 100": "append-only",
    "DELETE FROM journal WHERE seq = 1": "append-only",
    "DELETE FROM journal": "append-only",
    "TRUNCATE journal": "append-only",
    "INSERT INTO journal SELECT 7, 'new', event, outcome, hash FROM journal WHERE seq = 1": "next entry only",
    "INSERT INTO journal SELECT seq, 'new', event, outcome, hash FROM journal WHERE seq = 1": "next entry only",
    "INSERT INTO journal SELECT 3, key, event, outcome, hash FROM journal WHERE seq = 1": "unique",
    "INSERT INTO journal SELECT 3, key, event, outcome, hash FROM journal WHERE seq = 1 "
    "ON CONFLICT (key) DO UPDATE SET event = '{}'": "append-only",
}


@pytest.fixture(scope="module")
def journal(postgres):
    with postgres.database() as address, Ledger.open(address) as ledger:
        for node in ("A", "B"):
            common = {"event": "node", "key": node, "by": "x", "at": "2024-01-01T00:00:00Z"}
            ledger.apply({**common, "node": node, "name": node, "kind": "basin"})
        yield address


@pytest.mark.parametrize("statement", APPEND_ONLY)
def test_the_journal_is_append_only_by_trigger_even_for_the_superuser(journal, statement):
    with psycopg.connect(journal, autocommit=True) as connection:
        before = connection.execute("SELECT * FROM journal ORDER BY seq").fetchall()
        with pytest.raises(psycopg.Error, match=APPEND_ONLY[statement]):
            connection.execute(statement)
        assert connection.execute("SELECT * FROM journal ORDER BY seq").fetchall() == before


@pytest.mark.parametrize("statement", ["UPDATE journal SET event = '{}'", "DELETE FROM journal", "TRUNCATE journal"])
def test_the_journal_is_append_only_by_privilege_for_its_owner(writer_url, make, statement):
    with Ledger.open(writer_url) as ledger:
        assert ledger.apply(make.node("NM", "region")).ok
        assert ledger.apply(make.cap("NM", 5)).ok
        assert ledger.verify().ok
        assert ledger.rebuild() == 2
    with psycopg.connect(writer_url, autocommit=True) as connection:
        with pytest.raises(pg.InsufficientPrivilege):
            connection.execute(statement)
        connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        with pytest.raises(pg.InsufficientPrivilege):
            connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (2,)


def test_a_role_that_may_only_read(filled, postgres_admin):
    admin, role = postgres_admin(), f"reader_{filled.split('/')[3].split('?')[0]}"
    admin.execute(f"CREATE ROLE {role} LOGIN")
    with psycopg.connect(filled) as owner:
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    try:
        with Ledger.open(filled.replace("postgres@", f"{role}@")) as ledger:
            assert ledger.accounts()
            with pytest.raises(LedgerError) as caught:
                ledger.apply({"event": "tick"})
            assert fault(caught) == "read_only"
            assert ledger.head.seq == 2
    finally:
        with psycopg.connect(filled) as owner:
            owner.execute(f"DROP OWNED BY {role} CASCADE")
        admin.execute(f"DROP ROLE {role}")


ODD = ['"', "\\", "\\n", "{a,b}", "NULL", "None", ",", "", "é💧", "\u2028", "\x85", "\\\\\"'$1 %s"]


@pytest.mark.parametrize("together", [False, True])
def test_texts_come_back_as_they_were_handed_over(postgres_url, together):
    entries = [Entered(n, text or None, text, text * 2, f"{n:064}") for n, text in enumerate(ODD, 1)]
    with Ledger.open(postgres_url) as ledger:
        for some in [entries] if together else [[entry] for entry in entries]:
            with ledger._store.writing():
                ledger._store.append(some)
        assert ledger._store.entries(0, len(ODD)) == entries


@pytest.mark.parametrize(
    ("field", "text"), [("key", "two\nlines"), *product(("event", "outcome", "hash"), ("two\nlines", "\x1f"))]
)
def test_a_text_that_no_event_can_hold_is_not_taken_for_another(postgres_url, field, text):
    entry = Entered(1, "k", "{}", "{}", "a" * 64)._replace(**{field: text})
    with Ledger.open(postgres_url) as ledger:
        with pytest.raises(LedgerError), ledger._store.writing():
            ledger._store.append([entry])
        with ledger._store.reading() as head:
            assert (head.seq, list(ledger._store.raw_rows())) == (0, [])


@pytest.mark.parametrize("guard", GUARDS)
@pytest.mark.parametrize("how", ["DROP TRIGGER {} ON journal", "ALTER TABLE journal DISABLE TRIGGER {}"])
def test_a_guard_that_is_gone_or_switched_off_is_named(postgres_schema_url, guard, how):
    Ledger.open(postgres_schema_url).close()
    with psycopg.connect(postgres_schema_url) as connection:
        connection.execute(how.format(guard))
    with Ledger.open(postgres_schema_url) as ledger, ledger._store.reading():
        assert ledger._store.missing_guards() == (guard,)


def test_a_database_that_is_no_store(postgres_schema_url):
    with psycopg.connect(postgres_schema_url) as connection:
        connection.execute("CREATE TABLE t (x integer)")
    for read_only in (False, True):
        with pytest.raises(LedgerError) as caught:
            Ledger.open(postgres_schema_url, read_only=read_only)
        assert fault(caught) == "foreign"
    with psycopg.connect(postgres_schema_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
    assert tables == [("t",)]


@pytest.mark.parametrize(("version", "expected"), [(99, "newer"), (1, "older")])
def test_a_store_of_another_version(postgres_schema_url, version, expected):
    Ledger.open(postgres_schema_url).close()
    with psycopg.connect(postgres_schema_url) as connection:
        connection.execute("UPDATE hetao_ledger SET version = %s", [version])
    with pytest.raises(LedgerError) as caught:
        Ledger.open(postgres_schema_url)
    assert fault(caught) == expected


def test_two_programs_make_the_store_at_once(postgres_schema_url, make):
    ledgers, faults = [], []
    barrier = threading.Barrier(4)

    def begin():
        barrier.wait()
        try:
            ledgers.append(Ledger.open(postgres_schema_url))
        except LedgerError as error:
            faults.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(ledgers), faults) == (4, [])
    for number, ledger in enumerate(ledgers):
        assert ledger.apply(make.node(f"YB{number}", "basin")).seq == number + 1
    for ledger in ledgers:
        ledger.close()


def test_what_another_program_made_meanwhile_is_taken(postgres_schema_url, monkeypatch):
    """The tables are looked for again under the lock: what was made between the two looks is not made twice."""
    answers = iter([set(), {"hetao_ledger"}, {"hetao_ledger"}])
    Ledger.open(postgres_schema_url).close()
    monkeypatch.setattr(postgres_store.PostgresStore, "_tables", lambda store: next(answers))
    with Ledger.open(postgres_schema_url) as ledger:
        assert ledger.head.seq == 0


@pytest.mark.parametrize("wait_s", [0, 0.1])
def test_a_store_locked_by_another_connection(filled, make, wait_s):
    with psycopg.connect(filled) as holder, Ledger.open(filled, wait_s=wait_s) as ledger:
        ledger._store._connection.execute("SET statement_timeout = '2s'")  # so that a wait for ever fails the test
        holder.execute("SELECT * FROM tip FOR UPDATE")
        began = time.monotonic()
        with pytest.raises(LedgerError) as caught:
            ledger.apply(make.cap("NM", 6))
        assert fault(caught) == "locked"
        assert time.monotonic() - began < 1.5
        assert ledger.head.seq == 2, "reading needs no lock"
        holder.rollback()
        assert ledger.apply(make.cap("NM", 6)).ok


def test_a_writer_waits_its_turn(filled, make):
    with psycopg.connect(filled) as holder, Ledger.open(filled, wait_s=20) as ledger:
        holder.execute("SELECT * FROM tip FOR UPDATE")
        outcomes = []
        thread = threading.Thread(target=lambda: outcomes.append(ledger.apply(make.cap("NM", 6))))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        holder.rollback()
        thread.join(20)
        assert [o.ok for o in outcomes] == [True]


def kill_backends(admin, ledger):
    pid = ledger._store._connection.info.backend_pid
    admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_killed_connection_is_opened_anew(filled, make, postgres_admin):
    with Ledger.open(filled) as ledger:
        assert ledger.accounts()
        kill_backends(postgres_admin(), ledger)
        event = make.cap("NM", 6)
        with pytest.raises(LedgerError) as caught:
            ledger.apply(event)
        assert fault(caught) == "unavailable"
        assert ledger.apply(event).decision == "posted"
        kill_backends(postgres_admin(), ledger)
        with pytest.raises(LedgerError):
            ledger.accounts()
        assert ledger.accounts()[0].cap_m3 == 6
        assert ledger.verify(rejudged=True).ok


def test_a_connection_killed_in_the_middle_leaves_nothing(filled, make, postgres_admin, monkeypatch):
    event = make.cap("NM", 6)
    with Ledger.open(filled) as ledger:
        assert ledger.accounts()
        seal = postgres_store.PostgresStore.seal

        def cut(store, head, clock):
            kill_backends(postgres_admin(), ledger)
            seal(store, head, clock)

        with monkeypatch.context() as patch:
            patch.setattr(postgres_store.PostgresStore, "seal", cut)
            with pytest.raises(LedgerError) as caught:
                ledger.apply(event)
        assert fault(caught) == "unavailable"
        assert ledger.head.seq == 2
        assert ledger.apply(event).decision == "posted"
        assert ledger.verify(rejudged=True).ok


def test_a_server_that_crashes_keeps_what_was_answered(filled, make, postgres):
    with Ledger.open(filled) as ledger:
        first, second = make.cap("NM", 6), make.cap("NM", 7)
        assert ledger.apply(first).ok
        postgres.stop("immediate")
        with pytest.raises(LedgerError) as caught:
            ledger.apply(second)
        assert fault(caught) == "unavailable"
        with pytest.raises(LedgerError):
            ledger.apply(second)
        postgres.start()
        assert ledger.apply(first).decision == "duplicate"
        assert ledger.apply(second).decision == "posted"
        assert ledger.verify(rejudged=True).ok


def test_a_statement_that_fails_leaves_the_store_usable(filled, make):
    """A statement is prepared by its fifth run; one that fails then must not put the connection out of step."""
    with Ledger.open(filled) as ledger:
        for number in range(8):
            assert ledger.apply(make.cap("NM", 10 + number)).ok
        with psycopg.connect(filled) as other:
            other.execute("ALTER TABLE stated ADD CONSTRAINT none CHECK (amount_m3 <> 7)")
        for number in range(8):
            with pytest.raises(LedgerError) as caught:
                ledger.apply(make.cap("NM", 7))
            assert fault(caught) == "damaged"
            assert ledger.apply(make.cap("NM", 30 + number)).ok
        assert ledger.head.seq == 18
        assert ledger.verify(rejudged=True).ok


def test_reading_only_withholds_every_write(filled, make):
    with Ledger.open(filled, read_only=True) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.apply(make.cap("NM", 6))
        assert fault(caught) == "read_only"
        with pytest.raises(LedgerError) as caught:
            ledger.rebuild()
        assert fault(caught) == "read_only"
        with pytest.raises(LedgerError) as caught, ledger._store.reading():
            ledger._store._run("UPDATE tip SET seq = 9")
        assert fault(caught) == "read_only"
        assert [a.cap_m3 for a in ledger.accounts()] == [5]


def test_the_journal_as_the_server_holds_it_is_durable(filled):
    with Ledger.open(filled) as ledger:
        held = ledger._store._connection.execute("SELECT current_setting('synchronous_commit')").fetchone()
    assert held == ("on",)


def test_names_sort_by_bytes_everywhere(postgres_schema_url, scene_on):
    scene = scene_on(postgres_schema_url)
    names = ["a", "C", "b", "é", "中", "A-1", "A 1", "𠀀"]
    for name in names:
        scene.must("node", node=name, name=name, kind="basin")
    with Ledger.open(postgres_schema_url) as again:
        assert [n.node for n in again.nodes()][-len(names) :] == names


def test_addresses_are_shown_without_password():
    shown = postgres_store._without_password
    assert shown("postgresql://user:secret@host:5/db?password=secret") == "postgresql://user@host:5/db"
    assert shown("postgresql://host/db") == "postgresql://host/db"
    assert shown("postgresql://u:s@cret@host/db") == "postgresql://u@host/db"


def test_the_module_itself_tells_that_the_driver_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    spec = importlib.util.spec_from_file_location("without_driver", postgres_store.__file__)
    with pytest.raises(LedgerError) as caught:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert fault(caught) == "driver"


def test_without_the_driver_the_remedy_is_told():
    program = """
import sys
sys.modules["psycopg"] = None
from hetao.errors import LedgerError
from hetao.ledger import Ledger
try:
    Ledger.open("postgresql://localhost/db")
except LedgerError as error:
    print(error.problems[0].code, "hetao[postgresql]" in str(error))
Ledger.open("sqlite:///:memory:").close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ledger.store.driver", "True"]

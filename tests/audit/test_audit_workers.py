"""Large stores: other processes help, and nothing is found that would not be found without them."""

from __future__ import annotations

import io
import pickle
import sqlite3
import sys
from pathlib import Path

import pytest

import hetao.audit.store as auditing
import hetao.audit.workers as working
from audit.story import Tampered, codes, tell
from hetao.audit import audit_store
from hetao.audit.plot import Plot
from hetao.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Ledger.open(f"sqlite:///{tmp_path / 'store.db'}") as ledger:
        tell(ledger)
    return tmp_path / "store.db"


@pytest.fixture
def large(monkeypatch) -> None:
    """Call every store large, and have two processors."""
    monkeypatch.setattr(auditing, "LARGE", 30)
    monkeypatch.setattr(auditing, "LARGE_BYTES", 0)
    monkeypatch.setattr(auditing, "processors", lambda: 2)


def put(path: Path, content: bytes) -> str:
    """Put a tampered store into a file that has neither log nor page sums."""
    for file in path.parent.glob("store.db*"):
        file.unlink()
    path.write_bytes(content)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return f"sqlite:///{path}"


@pytest.mark.usefixtures("large")
def test_a_large_store_is_sound(path):
    verification = audit_store(f"sqlite:///{path}")
    assert verification.ok, verification.problems
    assert (verification.entries > 120, verification.unchecked) == (True, ())


@pytest.mark.usefixtures("large")
def test_a_large_store_on_postgresql_is_sound(postgres_url):
    with Ledger.open(postgres_url) as ledger:
        tell(ledger)
    verification = audit_store(postgres_url)
    assert verification.ok, verification.problems


@pytest.mark.usefixtures("large")
def test_a_large_store_in_memory_is_audited_here(store, monkeypatch):
    monkeypatch.setattr(auditing, "Crew", None)
    assert audit_store(store).ok


def test_one_processor_does_all(path, monkeypatch):
    monkeypatch.setattr(auditing, "LARGE", 30)
    monkeypatch.setattr(auditing, "LARGE_BYTES", 0)
    monkeypatch.setattr(auditing, "processors", lambda: 1)
    assert audit_store(f"sqlite:///{path}").ok
    assert working.processors() >= 1


@pytest.mark.parametrize("size", [61, 122])
def test_tampering_is_found_wherever_the_stretches_end(path, store, monkeypatch, large, size):
    """Each way of tampering once, with stretches of different sizes, against what is found in one piece."""
    monkeypatch.setattr(auditing, "LARGE", size)
    for change in (
        "UPDATE journal SET hash = replace(hash, '0', '1') WHERE seq = 61",
        "UPDATE journal SET key = 'e5' || key WHERE seq = 100",
        "UPDATE journal SET key = NULL WHERE seq = 100",
        "DELETE FROM journal WHERE seq = 61",
        "DELETE FROM journal WHERE seq > 100",
        "UPDATE headroom SET used_m3 = used_m3 + 1",
        "UPDATE journal SET event = '' WHERE seq = 70",
    ):
        tampered = Tampered(store)
        tampered.run(change)
        content = tampered.content()
        tampered.close()
        apart, whole = audit_store(put(path, content)), audit_store(content)
        assert (apart.first_wrong, apart.entries, apart.head) == (whole.first_wrong, whole.entries, whole.head), change
        assert codes(apart) == codes(whole)


@pytest.mark.usefixtures("large")
def test_keys_are_compared_across_stretches(path, store):
    tampered = Tampered(store)
    tampered.run("PRAGMA writable_schema = ON")
    tampered.run("UPDATE sqlite_master SET sql = replace(sql, 'key TEXT UNIQUE', 'key TEXT') WHERE name = 'journal'")
    tampered.run("DELETE FROM sqlite_master WHERE name LIKE 'sqlite_autoindex_journal%'")
    tampered.run("PRAGMA writable_schema = RESET")
    seq = tampered.find("cap", key="e1")
    tampered.run("UPDATE journal SET key = 'e1' WHERE seq = ?", seq)
    verification = audit_store(put(path, tampered.content()))
    assert (verification.first_wrong, codes(verification)) == (seq, {"key"})
    tampered.close()


@pytest.mark.usefixtures("large")
def test_corrections_are_counted_across_stretches(path, store):
    tampered = Tampered(store)
    event, outcome = tampered.entry(tampered.find("read", corrects="wrong"))
    del event["key"]
    seq = tampered.append(event, outcome["effects"])
    verification = audit_store(put(path, tampered.content()))
    assert verification.first_wrong == seq
    assert "effects" in codes(verification)
    tampered.close()


# Workers that fail


@pytest.mark.usefixtures("large")
def test_workers_that_cannot_be_started(path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert audit_store(f"sqlite:///{path}").ok


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("start", ["raise SystemExit", "print('hello')", "import time; time.sleep(0.2)"])
def test_workers_that_die(path, monkeypatch, start):
    monkeypatch.setattr(working, "START", start)
    assert audit_store(f"sqlite:///{path}").ok


def ordered(*orders: tuple[str, tuple[object, ...]]) -> list[tuple[bool, object]]:
    """Return what a worker answers."""
    given, answered = io.BytesIO(b"".join(pickle.dumps(order) for order in orders)), io.BytesIO()
    working.serve(given, answered)
    answered.seek(0)
    return [pickle.load(answered) for _ in orders]


def test_a_worker_does_what_it_is_told(path):
    answers = ordered(
        ("files", (path,)),
        ("open", (f"sqlite:///{path}",)),
        ("plot", (Plot(),)),
        ("stretch", (0, 9)),
        ("stretch", (9, 9)),
        ("dance", ()),
    )
    assert answers[0] == (True, ([], []))
    assert answers[1:3] == [(True, None), (True, None)]
    assert answers[3][0] is True
    assert answers[4][1].entries == 0
    assert answers[5][0] is False


def test_a_worker_says_what_went_wrong():
    helper = working._Helper()
    with pytest.raises(working.WorkerError, match="dance"):
        helper.ask("dance")
    helper.stop()

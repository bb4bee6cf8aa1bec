"""The files of a store: what a crash leaves, what damage leaves, and what is no store at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

import hetao.audit.store as auditing
from audit.story import Story, codes, declare
from hetao.audit import audit_store
from hetao.audit.fault import DamagedError
from hetao.audit.source import SqliteSource
from hetao.errors import LedgerError
from hetao.ledger import Ledger

FRAME = 24 + 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a store that was closed in good order."""
    with Ledger.open(f"sqlite:///{tmp_path / 'store.db'}") as ledger:
        declare(Story(ledger))
    return tmp_path / "store.db"


@pytest.fixture
def open_path(tmp_path: Path) -> Path:
    """Return a copy of a store as it is while it is open, its log not empty."""
    with Ledger.open(f"sqlite:///{tmp_path / 'store.db'}") as ledger:
        declare(Story(ledger))
        (tmp_path / "copy").mkdir()
        for suffix in ("", "-wal", "-anchor"):
            shutil.copy(tmp_path / f"store.db{suffix}", tmp_path / "copy")
    return tmp_path / "copy" / "store.db"


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def audit(path: Path):
    return audit_store(f"sqlite:///{path}")


def fault(caught) -> str:
    (problem,) = caught.value.problems
    assert problem.describe("zh") != problem.describe("en")
    return problem.code.removeprefix("ledger.store.")


def test_a_flipped_bit_in_the_file_is_found(path):
    content = bytearray(path.read_bytes())
    content[-100] ^= 4
    path.write_bytes(content)
    verification = audit(path)
    assert "page" in codes(verification)
    assert verification.problems[0].code == "ledger.verify.page"


# The tail of a log


def add_tail(path: Path) -> None:
    """Leave a transaction unfinished: frames that fit, and no commit among them."""
    log = beside(path, "-wal")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("PRAGMA cache_spill = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE spilled (words TEXT)")
    connection.executemany("INSERT INTO spilled VALUES (?)", ((f"{'x' * 900}{i}",) for i in range(200)))
    kept = log.read_bytes()
    connection.execute("ROLLBACK")
    connection.close()
    log.write_bytes(kept)


def test_an_unfinished_transaction_is_no_damage_where_the_anchor_tells(open_path):
    kept = {suffix: beside(open_path, suffix).read_bytes() for suffix in ("", "-wal")}
    add_tail(open_path)
    log = beside(open_path, "-wal")
    assert log.stat().st_size > len(kept["-wal"])
    open_path.write_bytes(kept[""])
    verification = audit(open_path)
    assert verification.ok, verification.problems
    assert set(verification.unchecked) == {"pages", "wal_tail"}
    beside(open_path, "-anchor").unlink()
    verification = audit(open_path)
    assert codes(verification) == {"wal_tail"}
    assert verification.first_wrong is None


def test_a_commit_that_lost_its_mark_is_told_by_the_anchor(open_path):
    """The last transaction's last frame no longer says that it commits."""
    log = beside(open_path, "-wal")
    content = bytearray(log.read_bytes())
    last = len(content) - FRAME
    content[last + 4 : last + 8] = b"\0" * 4
    log.write_bytes(content)
    verification = audit(open_path)
    assert "anchor" in codes(verification)
    assert codes(verification) & {"wal_tail", "wal_frame"}
    assert verification.first_wrong is not None


# What can be read only in part, or not at all


def test_a_file_that_is_no_store_any_more(path):
    content = bytearray(path.read_bytes())
    content[0:100] = b"\xff" * 100
    path.write_bytes(content)
    verification = audit(path)
    assert codes(verification) >= {"page", "ledger.store.damaged"}
    assert verification.entries == 0
    beside(path, "-pages").unlink()
    with pytest.raises(LedgerError) as caught:
        audit(path)
    assert fault(caught) == "damaged"


def test_a_journal_that_ends_in_the_middle_of_the_file(path):
    connection = sqlite3.connect(path)
    pages = (
        [
            page
            for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'journal' AND pagetype = 'leaf'")
        ]
        if has_dbstat(connection)
        else []
    )
    connection.close()
    pages = pages or [2]
    content = bytearray(path.read_bytes())
    start = (pages[-1] - 1) * 4096
    content[start : start + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    verification = audit(path)
    assert codes(verification) >= {"page", "unreadable"}
    assert "balances" in verification.unchecked
    beside(path, "-pages").unlink()
    assert not audit(path).ok


def has_dbstat(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1 FROM dbstat LIMIT 1")
    except sqlite3.OperationalError:
        return False
    return True


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mysql://host/db", "scheme"),
        ("sqlite:///", "scheme"),
        ("sqlite:///:memory:", "scheme"),
        ("sqlite:////nowhere/store.db", "absent"),
        (b"", "foreign"),
        (b"no database", "damaged"),
    ],
)
def test_addresses_that_lead_nowhere(address, expected):
    with pytest.raises(LedgerError) as caught:
        audit_store(address)
    assert fault(caught) == expected


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("application_id = 7", "foreign"), ("user_version = 1", "older"), ("user_version = 99", "newer")],
)
def test_stores_of_others(path, pragma, expected):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(f"PRAGMA {pragma}")
    connection.close()
    beside(path, "-pages").unlink()
    with pytest.raises(LedgerError) as caught:
        audit(path)
    assert fault(caught) == expected


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(LedgerError) as caught:
        audit(tmp_path)
    assert fault(caught) == "damaged"


def test_a_file_that_may_not_be_read(path, monkeypatch):
    def refuse(_):
        raise PermissionError("not for you")

    monkeypatch.setattr(auditing, "check_files", refuse)
    with pytest.raises(LedgerError) as caught:
        audit(path)
    assert fault(caught) == "damaged"


def test_a_folder_that_may_not_be_written(path, monkeypatch):
    """Where SQLite may make no index of the log, a store without a log is read as it lies there."""
    beside(path, "-wal").unlink(missing_ok=True)
    real = sqlite3.connect

    def connect(target, **options):
        opened = real(target, **options)
        return Refusing(opened) if "mode=ro" in target else opened

    monkeypatch.setattr(sqlite3, "connect", connect)
    assert audit(path).ok
    beside(path, "-wal").touch()
    with pytest.raises(LedgerError):
        audit(path)


class Refusing:
    """A connection to a file in a folder that may not be written, as root cannot make one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, *_: object) -> object:
        raise sqlite3.OperationalError("unable to open database file")

    def close(self) -> None:
        self._connection.close()


def test_a_link_to_a_store(path, tmp_path):
    (tmp_path / "link.db").symlink_to(path)
    assert audit(tmp_path / "link.db").ok


def test_tables_that_cannot_be_read(store, monkeypatch):
    def damaged(self, name, columns):
        raise DamagedError(name)

    monkeypatch.setattr(SqliteSource, "table", damaged)
    verification = audit_store(store)
    assert codes(verification) == {"unreadable"}
    assert verification.problems[0].place.item == "tables"


def test_a_hash_before_a_stretch_that_cannot_be_read(store, monkeypatch):
    from hetao.audit.journal import Clerk, check_stretch
    from hetao.audit.plot import draw_plot
    from hetao.audit.source import open_source

    source = open_source(store, "x")

    def damaged(self, seq):
        raise DamagedError(str(seq))

    monkeypatch.setattr(SqliteSource, "hash_at", damaged)
    stretch = check_stretch(source, Clerk(draw_plot(source.plotted()), source.entry), 50, 99)
    assert [found.seq for found in stretch.faults] == [51]
    source.close()


# Writers


def test_a_writer_is_waited_for(path, monkeypatch):
    monkeypatch.setattr(auditing, "WAIT_S", 0.05)
    descriptor = os.open(beside(path, "-lock"), os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(LedgerError) as caught:
        audit(path)
    assert fault(caught) == "locked"
    released = []

    def sleep(_):
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        released.append(True)

    monkeypatch.setattr(auditing.time, "sleep", sleep)
    assert audit(path).ok
    assert released
    os.close(descriptor)


def test_a_store_without_its_lock(path):
    beside(path, "-lock").unlink()
    assert audit(path).ok


def test_nothing_is_changed_by_an_audit(open_path):
    before = {file.name: file.read_bytes() for file in open_path.parent.iterdir()}
    assert audit(open_path).ok
    after = {file.name: file.read_bytes() for file in open_path.parent.iterdir()}
    assert {name: after[name] for name in before} == before
    assert stat.S_ISREG(open_path.stat().st_mode)


def test_a_flipped_bit_anywhere_in_the_log_is_found(open_path):
    log = beside(open_path, "-wal")
    content = log.read_bytes()
    for place in range(0, len(content), 4099):
        changed = bytearray(content)
        changed[place] ^= 1
        log.write_bytes(changed)
        assert not audit(open_path).ok, place

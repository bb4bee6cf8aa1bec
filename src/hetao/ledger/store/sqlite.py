"""A store on SQLite: the journal and the state that it adds up to, written together in one transaction."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from hetao.errors import LedgerError
from hetao.ledger.faults import as_ledger_errors, store_error
from hetao.ledger.pages import DamagedPageError, check_pages, close_unused, forget_page_sums, update_page_sums
from hetao.ledger.state import Kept, State
from hetao.ledger.store.base import EMPTY, ORDERS, TABLES, Entered, Head, RawRow, take_in
from hetao.ledger.store.sqlite_schema import APPLICATION_ID, GUARDS, SCHEMA, SCHEMA_VERSION

__all__ = ["SqliteStore", "open_sqlite"]

LOG_BYTES = 64 * 2**20  # of the write-ahead log, before it goes into the main file; a page in it often goes there once
KEYS_AT_ONCE = 500  # parameters of one query
LOCK_POLL_S = 0.002
PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_spill = OFF",  # a transaction that is rolled back leaves nothing in the log
    "PRAGMA journal_size_limit = 0",  # nor does an earlier round of the log lie behind a later one
)
TOUCH = "UPDATE tip SET seq = seq"
APPEND = "INSERT INTO journal (seq, key, event, outcome, hash) VALUES (?, ?, ?, ?, ?)"
HEAD = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
SET_TIP = """INSERT INTO tip VALUES (1, ?, ?, ?)
ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, clock = excluded.clock"""
RAW = """SELECT seq, CAST(key AS BLOB), COALESCE(CAST(event AS BLOB), x''), COALESCE(CAST(outcome AS BLOB), x''),
COALESCE(CAST(hash AS BLOB), x'') FROM journal ORDER BY seq"""
FORBIDDEN = {sqlite3.SQLITE_UPDATE: "journal", sqlite3.SQLITE_DELETE: "journal", sqlite3.SQLITE_DROP_TABLE: "journal"}


def _upsert(table: str) -> str:
    keys, columns = TABLES[table]
    named, places = ", ".join(columns), ", ".join("?" * len(columns))
    changes = ", ".join(f"{c} = excluded.{c}" for c in columns[keys:])
    return (
        f"INSERT INTO {table} ({named}) VALUES ({places}) ON CONFLICT ({', '.join(columns[:keys])}) "
        f"DO UPDATE SET {changes}"
    )


UPSERTS = {table: _upsert(table) for table in TABLES}


class SqliteStore:
    """One open store.

    Args:
        url: its address, for messages.
        connection: an open connection without implicit transactions.
        path: the main file; None for a store in memory.
        wait_s: for how many seconds to wait for another program.
    """

    def __init__(self, url: str, connection: sqlite3.Connection, path: Path | None, wait_s: float) -> None:
        self.url = url
        self._connection = connection
        self._path = path
        self._wait_s = wait_s
        self._lock_file = -1
        self._begun = 0  # transactions
        self._renewed = False  # whether the last of them makes the tables anew
        self._guest: sqlite3.Connection | None = None
        self._log = None if path is None else path.with_name(f"{path.name}-wal")

    def __del__(self) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Close the connections and leave the log to the next one who writes."""
        self._connection.close()
        self._dismiss_guest()

    def close(self) -> None:
        """Put the write-ahead log into the main file, where it can be, and close."""
        if self._lock_file >= 0:
            with suppress(LedgerError, OSError), as_ledger_errors(self.url), self._locked():
                self._settle()
                self._checkpoint(at_least=1)
                self._dismiss_guest()
        self.abandon()
        if self._lock_file >= 0:
            os.close(self._lock_file)
            self._lock_file = -1
        close_unused()

    def audited(self) -> str | bytes:
        """Return the address, or a copy of a store in memory."""
        return self.url if self._path is not None else self._connection.serialize()

    def prepare_writing(self) -> None:
        """Open the lock of writers, and put away the log that a program which was killed left behind."""
        if self._path is not None:
            lock = self._path.with_name(f"{self._path.name}-lock")
            self._lock_file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
            self._invite_guest(self._path)
            with self._locked():
                self._connection.execute(HEAD).fetchone()  # lets SQLite recover the log before it is read
                self._settle()
                with suppress(DamagedPageError):  # whoever reads the state is told; it can be made anew without
                    self._checkpoint(at_least=1)
                    update_page_sums(self._path)  # where there are none yet

    def _invite_guest(self, path: Path) -> None:
        """Open a second connection that reads only, so that ours is not the last when it is closed.

        SQLite puts the log into the main file when the last connection is closed, and knows nothing of the page sums:
        in a program that ends without closing its ledger, a sound store would look damaged ever after. The guest can
        do no such thing, and is closed after ours, save where the store itself has put the log away.
        """
        self._guest = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._guest.execute("SELECT 1 FROM sqlite_master").fetchall()

    def _dismiss_guest(self) -> None:
        if self._guest is not None:
            self._guest.close()
            self._guest = None

    def _settle(self) -> None:
        """Commit once more, changing nothing, so that the log ends with what SQLite itself takes as committed.

        A program that was killed may leave a commit in the log that no other one knows of: the next commit is written
        over it. A transaction that leaves every value as it was would not be written, so one changes and changes back.
        """
        if self._log is not None and self._log.exists() and self._log.stat().st_size:
            for statement in ("BEGIN IMMEDIATE", f"{TOUCH} + 1", f"{TOUCH} - 1", "COMMIT"):
                self._connection.execute(statement)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of writers: programs wait in turn, where SQLite alone would let them knock and sleep."""
        if self._lock_file < 0:
            yield
            return
        file, until = self._lock_file, time.monotonic() + self._wait_s
        try:
            while not _is_taken(file):
                if time.monotonic() > until:
                    raise store_error("locked", self.url)
                time.sleep(LOCK_POLL_S)
            yield
        finally:
            if file == self._lock_file:  # which closing lets go
                fcntl.flock(file, fcntl.LOCK_UN)

    @contextmanager
    def writing(self) -> Iterator[Head]:
        """Hold the write lock and give the head; all inside is durable at the end, or nothing of it happened."""
        with as_ledger_errors(self.url), self._locked():
            with self._transaction("BEGIN IMMEDIATE"):
                yield self._head()
                self._connection.execute("COMMIT")
            if self._renewed and self._path is not None:
                forget_page_sums(self._path)  # not before: what is rolled back leaves the damage that they tell
            self._checkpoint(at_least=1 if self._renewed else LOG_BYTES)

    @contextmanager
    def reading(self) -> Iterator[Head]:
        """See one state of the store, whatever others write meanwhile, and give its head."""
        with as_ledger_errors(self.url), self._transaction("BEGIN"):
            yield self._head()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        """Roll back what is not committed at the end, and first of all what an interruption left open."""
        self._begun, self._renewed = self._begun + 1, False
        begun = self._begun
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        try:
            self._connection.execute(begin)
            yield
        finally:
            if self._connection.in_transaction and self._begun == begun:  # and no later one has taken over
                self._connection.execute("ROLLBACK")

    def _checkpoint(self, *, at_least: int) -> None:
        """Put the log into the main file once it is large, the page sums first; a reader in the way puts it off."""
        if self._path is None or self._log is None or not self._log.exists() or self._log.stat().st_size < at_least:
            return
        update_page_sums(self._path)
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._connection.execute(f"PRAGMA busy_timeout = {int(self._wait_s * 1000)}")

    def _head(self) -> Head:
        row = self._connection.execute(HEAD).fetchone()
        return EMPTY if row is None else Head(*row)

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return what the journal keeps under these keys."""
        found: dict[str, Kept] = {}
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = keys[start : start + KEYS_AT_ONCE]
            query = f"SELECT key, seq, event, outcome FROM journal WHERE key IN ({','.join('?' * len(some))})"
            found.update((key, Kept(seq, event, outcome)) for key, seq, event, outcome in self._run(query, some))
        return found

    def _run(self, query: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(query, tuple(values))

    def append(self, entries: Sequence[Entered]) -> None:
        """Append entries to the journal."""
        self._connection.executemany(APPEND, entries)

    def write(self, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Replace rows of the state."""
        for table, changed in rows.items():
            if changed:
                self._connection.executemany(UPSERTS[table], changed)

    def clear(self) -> None:
        """Empty the tables of the state, to be written anew; the journal was proved, but for the index of its keys."""
        self._renewed = True
        self._run("REINDEX journal")
        for table in ("tip", *reversed(TABLES)):
            self._run(f"DELETE FROM {table}")

    def seal(self, head: Head, clock: datetime | None) -> None:
        """Note the end of the journal and the latest legal time beside it."""
        self._run(SET_TIP, (*head, None if clock is None else clock.isoformat()))

    def tip(self) -> Head:
        """Return the end of the journal as it was last noted."""
        row = self._run("SELECT seq, hash FROM tip").fetchone()
        return EMPTY if row is None else Head(*row)

    def load(self, state: State, after: int) -> None:
        """Take into a state all rows that changed after an entry."""
        if not after and self._path is not None:
            check_pages(self._path)
        try:
            for table, (keys, columns) in TABLES.items():
                order = ORDERS.get(table) or ", ".join(columns[:keys])
                query = f"SELECT {', '.join(columns)} FROM {table} WHERE seq > ? ORDER BY {order}"
                take_in(state, table, self._run(query, (after,)))
            for (clock,) in self._run("SELECT clock FROM tip WHERE clock IS NOT NULL"):
                state.clock = datetime.fromisoformat(clock)
        except (KeyError, TypeError, ValueError) as error:
            raise store_error("damaged", self.url, str(error)) from error

    def hash_of(self, seq: int) -> str | None:
        """Return the hash of one entry, None where there is none."""
        row = self._run("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else str(row[0])

    def entries(self, after: int, upto: int) -> list[Entered]:
        """Return the journal's entries after one number and up to another."""
        query = "SELECT seq, key, event, outcome, hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq"
        with as_ledger_errors(self.url):
            return list(map(Entered._make, self._run(query, (after, upto))))

    def raw_rows(self) -> Iterator[RawRow]:
        """Yield the entries of the journal in order, as bytes."""
        return map(RawRow._make, self._run(RAW))

    def missing_guards(self) -> tuple[str, ...]:
        """Return the names of the journal's triggers that are gone or changed."""
        held = dict(self._run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        return tuple(name for name, sql in GUARDS.items() if held.get(name) != sql)


def _is_taken(file: int) -> bool:
    """Take the lock of a file, and tell whether it was free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_sqlite(url: str, *, read_only: bool, wait_s: float) -> SqliteStore:
    """Open the store at an address, or make one; see `hetao.ledger.store.open_store`."""
    _, separator, path = url.partition(":///")
    if not separator or not path:
        raise store_error("scheme", url)
    file = None if path == ":memory:" else Path(path).absolute()
    with as_ledger_errors(url):
        target = path if file is None else _file_uri(url, file, read_only)
        connection = sqlite3.connect(target, timeout=wait_s, isolation_level=None, uri=True, check_same_thread=False)
    store = SqliteStore(url, connection, file, wait_s)
    with ExitStack() as undo:
        undo.callback(store.abandon)
        with as_ledger_errors(url):
            _prepare(url, connection, read_only=read_only, wait_s=wait_s)
            if not read_only:
                store.prepare_writing()
        undo.pop_all()
    return store


def _file_uri(url: str, file: Path, read_only: bool) -> str:
    if file.is_dir():
        raise store_error("foreign", url, str(file))
    if not read_only:
        return f"{file.as_uri()}?mode=rwc"
    if not file.exists():
        raise store_error("absent", url)
    log = file.with_name(f"{file.name}-wal")
    if not os.access(file.parent, os.W_OK) and not (log.exists() and log.stat().st_size):
        return f"{file.as_uri()}?mode=ro&immutable=1"  # on a medium that takes no lock and no shared memory
    return f"{file.as_uri()}?mode=ro"


def _keep_a_log(connection: sqlite3.Connection, wait_s: float) -> None:
    """Turn the write-ahead log on; SQLite does not wait for another program that is at it."""
    until = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(LOCK_POLL_S)


def _prepare(url: str, connection: sqlite3.Connection, *, read_only: bool, wait_s: float) -> None:
    """Check that the file is a store of this version; make one in an empty file."""
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # the store does it, the page sums first
    if not read_only and _is_empty(connection):
        _keep_a_log(connection, wait_s)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):
            _run_all(connection, (*SCHEMA, f"PRAGMA application_id = {APPLICATION_ID}"))
            _run_all(connection, (f"PRAGMA user_version = {SCHEMA_VERSION}",))
        connection.execute("COMMIT")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version < 1:
        raise store_error("foreign", url)
    if version != SCHEMA_VERSION:
        raise store_error("newer" if version > SCHEMA_VERSION else "older", url, f"{version} / {SCHEMA_VERSION}")
    _run_all(connection, PRAGMAS)
    connection.set_authorizer(_authorize)


def _authorize(action: int, what: str | None, *_: str | None) -> int:
    """Withhold from the ledger's own connection the right to change or delete journal entries."""
    return sqlite3.SQLITE_DENY if what is not None and FORBIDDEN.get(action) == what else sqlite3.SQLITE_OK


def _is_empty(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return bool(tables == 0 and application == 0)


def _run_all(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)

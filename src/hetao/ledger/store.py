"""A store on SQLite: the journal and the state that it adds up to, written together in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from hetao.ledger.faults import as_ledger_errors, store_error
from hetao.ledger.schema import APPLICATION_ID, GUARDS, SCHEMA, SCHEMA_VERSION
from hetao.ledger.state import Draft, Entry, Line, Node, State

__all__ = ["Head", "Kept", "RawRow", "SqliteStore", "open_store"]

_NODE = "SELECT node, name, kind, parent, aquifer, seq FROM node ORDER BY seq"
_LIES_IN = "SELECT node, basin FROM lies_in ORDER BY node, place"
_BALANCE = (
    "SELECT node, water, basis, ecology, balance, year, amount_m3, document, binds, seq FROM balance ORDER BY seq"
)
_SET_BALANCE = """INSERT INTO balance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET amount_m3 = excluded.amount_m3, document = excluded.document,
  binds = excluded.binds, seq = excluded.seq"""
_SET_TIP = """INSERT INTO tip VALUES (1, ?, ?, ?)
ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, clock = excluded.clock"""
_RAW = """SELECT seq, CAST(key AS BLOB), CAST(event AS BLOB), CAST(outcome AS BLOB), CAST(hash AS BLOB)
FROM journal ORDER BY seq"""


class Head(NamedTuple):
    """The end of the journal: its last entry's number and hash; ``(0, 64 zeros)`` when empty."""

    seq: int
    hash: str


class Kept(NamedTuple):
    """What the journal keeps under a key: the entry's number, the event and the outcome, as text."""

    seq: int
    event: str
    outcome: str


class RawRow(NamedTuple):
    """A journal entry as bytes, so that even a damaged one can be read."""

    seq: int
    key: bytes | None
    event: bytes
    outcome: bytes
    hash: bytes


EMPTY = Head(0, "0" * 64)


class SqliteStore:
    """One open store.

    Args:
        url: its address, for messages.
        connection: an open connection without implicit transactions.
    """

    def __init__(self, url: str, connection: sqlite3.Connection) -> None:
        self.url = url
        self._connection = connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock; everything inside is durable at the end, or nothing of it happened."""
        with as_ledger_errors(self.url):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the store, whatever others write meanwhile."""
        with as_ledger_errors(self.url):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def head(self) -> Head:
        """Return the end of the journal."""
        row = self._connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return EMPTY if row is None else Head(*row)

    def kept(self, key: str) -> Kept | None:
        """Return what the journal keeps under a key."""
        row = self._connection.execute("SELECT seq, event, outcome FROM journal WHERE key = ?", (key,)).fetchone()
        return None if row is None else Kept(*row)

    def append(self, head: Head, key: str | None, event: str, outcome: str) -> None:
        """Append one entry; ``key`` is None where the entry does not own its key."""
        self._connection.execute(
            "INSERT INTO journal (seq, key, event, outcome, hash) VALUES (?, ?, ?, ?, ?)",
            (head.seq, key, event, outcome, head.hash),
        )

    def post(self, draft: Draft, seq: int) -> None:
        """Write what an accepted event does to the state."""
        run = self._connection
        if draft.node is not None:
            n = draft.node
            run.execute(
                "INSERT INTO node VALUES (?, ?, ?, ?, ?, ?)", (n.node, n.name, n.kind, n.parent, n.aquifer, seq)
            )
            run.executemany("INSERT INTO lies_in VALUES (?, ?, ?)", ((n.node, i, b) for i, b in enumerate(n.basins)))
        run.executemany(
            _SET_BALANCE,
            (
                (p.node, *p.line, p.balance, p.year, p.amount_m3, p.document, ",".join(p.binds), seq)
                for p in draft.postings
            ),
        )

    def seal(self, head: Head, clock: datetime | None) -> None:
        """Note the end of the journal and the latest legal time beside it."""
        self._connection.execute(_SET_TIP, (*head, None if clock is None else clock.isoformat()))

    def tip(self) -> Head:
        """Return the end of the journal as it was last noted."""
        row = self._connection.execute("SELECT seq, hash FROM tip").fetchone()
        return EMPTY if row is None else Head(*row)

    def load(self) -> State:
        """Return the state as the store's tables give it, without reading the journal.

        Raises:
            LedgerError: the tables do not make a state.
        """
        run, state = self._connection, State()
        basins: dict[str, list[str]] = {}
        for node, basin in run.execute(_LIES_IN):
            basins.setdefault(node, []).append(basin)
        try:
            for node, name, kind, parent, aquifer, seq in run.execute(_NODE):
                state.declare(Node(node, name, kind, parent, aquifer, tuple(basins.get(node, ())), seq))
            for node, water, basis, ecology, balance, year, amount_m3, document, binds, seq in run.execute(_BALANCE):
                entry = Entry(amount_m3, document, tuple(binds.split(",")) if binds else (), seq)
                state.enter(node, Line(water, basis, ecology), balance, year, entry)
            for (clock,) in run.execute("SELECT clock FROM tip WHERE clock IS NOT NULL"):
                state.clock = datetime.fromisoformat(clock)
        except (KeyError, ValueError) as error:
            raise store_error("damaged", self.url, str(error)) from error
        return state

    def events(self, after: int, upto: int) -> list[str]:
        """Return the events of the entries after one number and up to another, as canonical JSON."""
        query = "SELECT event FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq"
        with as_ledger_errors(self.url):
            return [event for (event,) in self._connection.execute(query, (after, upto))]

    def raw_rows(self) -> Iterator[RawRow]:
        """Yield the entries of the journal in order, as bytes."""
        return map(RawRow._make, self._connection.execute(_RAW))

    def missing_guards(self) -> tuple[str, ...]:
        """Return the names of the journal's triggers that are gone or changed."""
        held = dict(self._connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        return tuple(name for name, sql in GUARDS.items() if held.get(name) != sql)


def open_store(url: str, *, read_only: bool, wait_s: float) -> SqliteStore:
    """Open the store at an address, or make one.

    Args:
        url: ``sqlite:///file.db``, ``sqlite:////folder/file.db`` or ``sqlite:///:memory:``.
        read_only: only read; the store must exist.
        wait_s: for how many seconds to wait for a lock.

    Raises:
        LedgerError: the address is not supported, or what is there is no store, of a newer version, locked or
            read-only.
    """
    scheme, separator, path = url.partition(":///")
    if scheme.partition(":")[0] in ("postgresql", "postgres"):
        raise store_error("postgresql", url.partition(":")[0] + "://")
    if scheme != "sqlite" or not separator or not path:
        raise store_error("scheme", url)
    target = path if path == ":memory:" else _file_uri(url, path, read_only)
    with as_ledger_errors(url):
        connection = sqlite3.connect(target, timeout=wait_s, isolation_level=None, uri=True)
    with ExitStack() as undo:
        undo.callback(connection.close)
        with as_ledger_errors(url):
            _prepare(url, connection, read_only)
        undo.pop_all()
    return SqliteStore(url, connection)


def _file_uri(url: str, path: str, read_only: bool) -> str:
    if read_only and not Path(path).exists():
        raise store_error("absent", url)
    return Path(path).absolute().as_uri() + ("?mode=ro" if read_only else "?mode=rwc")


def _prepare(url: str, connection: sqlite3.Connection, read_only: bool) -> None:
    """Check that the file is a store of this version; make one in an empty file."""
    if not read_only and _is_empty(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if _is_empty(connection):
            _run_all(connection, (*SCHEMA, f"PRAGMA application_id = {APPLICATION_ID}"))
            _run_all(connection, (f"PRAGMA user_version = {SCHEMA_VERSION}",))
        connection.execute("COMMIT")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version < 1:
        raise store_error("foreign", url)
    if version > SCHEMA_VERSION:
        raise store_error("newer", url, f"{version} > {SCHEMA_VERSION}")
    _run_all(connection, ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL"))


def _is_empty(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return bool(tables == 0 and application == 0)


def _run_all(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)

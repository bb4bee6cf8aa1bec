"""A store on PostgreSQL, as an auditor opens it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from hetao.audit.fault import DamagedError, Fault
from hetao.audit.plot import HEAD_AT_MOST
from hetao.audit.source import SCHEMA_VERSION, Extent, Row, compare_guards, digest_of, refusal

try:
    import psycopg
except ImportError as error:  # the extra is not installed
    raise refusal("driver", "postgresql://") from error

__all__ = ["PostgresSource"]

ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32  # bits of a trigger's type
NEXT = "dd8a27ff2356ea9fd3787956b5f60599e5222b1f7bcbe8cee11c154451189b3c"  # SHA-256 of each function's body
KEPT = "b1d84b0ee7ff4cee691aa824dec9b8d8b6f238168f13277796ff97a655d86fb4"
GUARDS = {  # trigger on the journal → its type, whether it is on, and its function
    "journal_appends": (ROW | BEFORE | INSERT, "O", NEXT),
    "journal_keeps": (BEFORE | UPDATE, "O", KEPT),
    "journal_holds": (BEFORE | DELETE | TRUNCATE, "O", KEPT),
}
TRIGGERS = """SELECT tgname, tgtype::int, tgenabled::text, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgrelid = 'journal'::regclass AND NOT tgisinternal"""
RAW = "convert_to({}, 'UTF8')"
AT_ONCE = 5000  # rows fetched from the server


@contextmanager
def _damaged() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise DamagedError(str(error)) from error


class PostgresSource:
    """A store on PostgreSQL.

    Args:
        address: its address.
        name: the address as it may be shown.

    Raises:
        LedgerError: it is out of reach, no store, or of another version.
        DamagedError: it cannot be read.
    """

    def __init__(self, address: str, name: str) -> None:
        self._numbers = count()
        try:
            self._connection = psycopg.connect(address, autocommit=True)
        except psycopg.Error as error:
            raise refusal("unavailable", name, str(error)) from error
        with _damaged():
            try:
                self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                self._check_version(name)
            except BaseException:
                self._connection.close()
                raise

    def _check_version(self, name: str) -> None:
        tables = {
            table for (table,) in self._run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        }
        if "hetao_ledger" not in tables:
            raise refusal("foreign" if tables else "absent", name)
        for (version,) in self._run("SELECT version FROM hetao_ledger"):
            if version != SCHEMA_VERSION:
                raise refusal("newer" if version > SCHEMA_VERSION else "older", name, f"{version} / {SCHEMA_VERSION}")

    def _run(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with _damaged():
            return self._connection.execute(query, values, binary=True).fetchall()

    def _stream(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield rows as they are fetched, so that a long journal need not lie in memory."""
        with _damaged(), self._connection.cursor(f"audited_{next(self._numbers)}", binary=True) as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(query, values)

    def extent(self) -> Extent:
        """Return how far the journal goes."""
        (extent,) = self._run("SELECT COUNT(*), COALESCE(MIN(seq), 0), COALESCE(MAX(seq), 0) FROM journal")
        return Extent(*extent)

    def rows(self, after: int, upto: int) -> Iterator[Row]:
        """Yield the entries after one number and up to another, in order."""
        columns = ", ".join(map(RAW.format, ("key", "event", "outcome", "hash")))
        query = f"SELECT seq, {columns} FROM journal WHERE seq > %s AND seq <= %s ORDER BY seq"
        return self._stream(query, after, upto)

    def plotted(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield number, event, and the head of the outcome of all entries that are no readings, in order."""
        columns = f"seq, {RAW.format('event')}, {RAW.format(f'left(outcome, {HEAD_AT_MOST})')}"
        return self._stream(f"""SELECT {columns} FROM journal WHERE strpos(event, '"event":"read"') = 0 ORDER BY seq""")

    def hash_at(self, seq: int) -> bytes | None:
        """Return the hash of an entry."""
        found = self._run(f"SELECT {RAW.format('hash')} FROM journal WHERE seq = %s", seq)
        return found[0][0] if found else None

    def entry(self, key: str) -> tuple[int, bytes, bytes] | None:
        """Return number, event and outcome of the entry that owns a key."""
        columns = ", ".join(map(RAW.format, ("event", "outcome")))
        found = self._run(f"SELECT seq, {columns} FROM journal WHERE key = %s", key)
        return (found[0][0], found[0][1], found[0][2]) if found else None

    def table(self, name: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the rows of a table."""
        return self._run(f"SELECT {', '.join(columns)} FROM {name}")

    def guards(self) -> list[Fault]:
        """Return what is wrong with the triggers that keep the journal append-only."""
        held = {name: (kind, enabled, digest_of(body)) for name, kind, enabled, body in self._run(TRIGGERS)}
        return compare_guards(GUARDS, held)

    def close(self) -> None:
        """Close it."""
        self._connection.close()

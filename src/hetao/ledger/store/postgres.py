"""A store on PostgreSQL: the journal and the state that it adds up to, written together in one transaction.

Writers take turns by the lock of one row, ``tip``, under READ COMMITTED: it is the first thing that every writer takes
and the only one, so there is no order of locks to get wrong and nothing to retry. What waits for the lock in one
program is judged and committed together, which is what makes up for taking turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

try:
    import psycopg
except ImportError as error:  # the extra is not installed
    from hetao.ledger.faults import store_error

    raise store_error("driver", "postgresql://") from error

from psycopg import errors as pg

from hetao.errors import LedgerError
from hetao.ledger.faults import store_error
from hetao.ledger.state import Kept, State
from hetao.ledger.store.base import ORDERS, TABLES, Entered, Head, RawRow, take_in
from hetao.ledger.store.postgres_schema import GUARDS, SCHEMA, SCHEMA_VERSION

__all__ = ["PostgresStore", "open_postgres"]

TYPES: Mapping[str, str] = {
    "year": "integer",
    "moved": "integer",
    "seq": "bigint",
    "by": "bigint",
    "ordinal": "bigint",
}  # others by name
HEAD = "SELECT seq, hash FROM tip"
NONE = "\x1f"  # stands for no text
TEXTS = r"trim_array(string_to_array(%s, E'\n', E'\x1f'), 1)"  # the last line is empty, so that one empty text is one
RAW = """SELECT seq, convert_to(key, 'UTF8'), convert_to(event, 'UTF8'), convert_to(outcome, 'UTF8'),
convert_to(hash, 'UTF8') FROM journal WHERE seq > %s ORDER BY seq LIMIT 5000"""


def _is_number(column: str) -> bool:
    return column in TYPES or column.endswith("_m3")


def _insert(table: str, columns: Sequence[str]) -> str:
    """Return a statement that inserts rows handed over column by column, as `_columns` writes them."""
    arrays = (f"%s::{TYPES.get(c, 'bigint')}[]" if _is_number(c) else TEXTS for c in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({', '.join(arrays)})"


def _upsert(table: str) -> str:
    keys, columns = TABLES[table]
    changes = ", ".join(f"{c} = EXCLUDED.{c}" for c in columns[keys:])
    return f"{_insert(table, columns)} ON CONFLICT ({', '.join(columns[:keys])}) DO UPDATE SET {changes}"


def _columns(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> list[str]:
    """Return the columns of rows, numbers as an array is written, texts one a line; the driver's own way is slow.

    No text of the ledger has a line break or another control character: names may hold none, and JSON escapes them. One
    that had would leave its column longer than the others, and the server would refuse the rows.
    """
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return [_numbers(values) if _is_number(name) else _lines(values) for name, values in columns]


def _numbers(values: Sequence[int | None]) -> str:
    return f"{{{','.join(map(str, values)).replace('None', 'NULL')}}}"


def _lines(values: Sequence[str | None]) -> str:
    return "\n".join([*(NONE if value is None else value for value in values), ""])


APPEND = _insert("journal", Entered._fields)
UPSERTS = {table: _upsert(table) for table in TABLES}


def _without_password(url: str) -> str:
    """Return an address that may be shown."""
    scheme, _, rest = url.partition("://")
    user, at, where = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{where.partition('?')[0]}"


@contextmanager
def _as_ledger_errors(url: str) -> Iterator[None]:
    """Turn every error of the driver inside the block into a `LedgerError`."""
    try:
        yield
    except (pg.LockNotAvailable, pg.QueryCanceled) as error:
        raise store_error("locked", url, str(error)) from error
    except (pg.InsufficientPrivilege, pg.ReadOnlySqlTransaction) as error:
        raise store_error("read_only", url, str(error)) from error
    except psycopg.ProgrammingError as error:
        if error.sqlstate is None:
            raise
        raise store_error("damaged", url, str(error)) from error
    except psycopg.OperationalError as error:
        raise store_error("unavailable", url, str(error)) from error
    except psycopg.Error as error:
        raise store_error("damaged", url, str(error)) from error


class PostgresStore:
    """One open store.

    Args:
        url: its address.
        read_only: whether nothing may be written.
        wait_s: for how many seconds to wait for another program's lock.

    Raises:
        LedgerError: the server cannot be reached.
    """

    def __init__(self, url: str, *, read_only: bool, wait_s: float) -> None:
        self.url = _without_password(url)
        self._address = url
        self._read_only = read_only
        self._wait_s = wait_s
        try:
            with _as_ledger_errors(self.url):
                self._connection = self._connect()
        except psycopg.ProgrammingError as error:  # what libpq cannot read as an address
            raise store_error("scheme", self.url) from error

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = psycopg.connect(self._address, autocommit=True)
        connection.execute(f"SET lock_timeout = {max(1, int(self._wait_s * 1000))}")
        connection.execute("SET synchronous_commit = on")
        return connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def audited(self) -> str | bytes:
        """Return the address, which an auditor opens for itself."""
        return self._address

    def prepare(self) -> None:
        """Check that the database holds a store of this version; make one where there are no tables."""
        with _as_ledger_errors(self.url):
            if not self._read_only and not self._tables():
                with self._connection.transaction():
                    self._run("SELECT pg_advisory_xact_lock(hashtext('hetao ledger'))")
                    if not self._tables():
                        for statement in SCHEMA:
                            self._connection.execute(statement)
            tables = self._tables()
            if "hetao_ledger" not in tables:
                raise store_error("absent" if not tables else "foreign", self.url)
            ((version,),) = self._run("SELECT version FROM hetao_ledger").fetchall()
        if version != SCHEMA_VERSION:
            fault = "newer" if version > SCHEMA_VERSION else "older"
            raise store_error(fault, self.url, f"{version} / {SCHEMA_VERSION}")

    def _tables(self) -> set[str]:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        return {name for (name,) in self._run(query)}

    def _run(self, query: str, values: Sequence[Any] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        return self._connection.execute(query, values)

    @contextmanager
    def _transaction(self, begin: str, head: str) -> Iterator[Head]:
        """Run the block in one transaction; a connection that was lost is opened anew for the next one."""
        with _as_ledger_errors(self.url):
            if self._connection.closed:
                self._connection = self._connect()
            try:
                with self._connection.pipeline():
                    self._run(begin)
                    seq, digest = self._run(head).fetchall()[0]
                    yield Head(seq, digest)
                    self._run("COMMIT")
            except BaseException:  # what was prepared in a pipeline that failed cannot be relied on
                self._connection.close()
                raise

    def writing(self) -> AbstractContextManager[Head]:
        """Hold the lock of writers and give the head; all inside is durable at the end, or nothing of it happened."""
        if self._read_only:
            raise store_error("read_only", self.url)
        return self._transaction("BEGIN ISOLATION LEVEL READ COMMITTED", f"{HEAD} FOR UPDATE")

    def reading(self) -> AbstractContextManager[Head]:
        """See one state of the store, whatever others write meanwhile, and give its head."""
        return self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", HEAD)

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return what the journal keeps under these keys."""
        if not keys:
            return {}
        query = "SELECT key, seq, event, outcome FROM journal WHERE key = ANY(%s)"
        return {key: Kept(seq, event, outcome) for key, seq, event, outcome in self._run(query, (list(keys),))}

    def append(self, entries: Sequence[Entered]) -> None:
        """Append entries to the journal."""
        self._run(APPEND, _columns(entries, Entered._fields))

    def write(self, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Replace rows of the state."""
        for table, changed in rows.items():
            if changed:
                self._run(UPSERTS[table], _columns(changed, TABLES[table][1]))

    def clear(self) -> None:
        """Empty the tables of the state, to be written anew."""
        for table in reversed(TABLES):
            self._run(f"DELETE FROM {table}")

    def seal(self, head: Head, clock: datetime | None) -> None:
        """Note the end of the journal and the latest legal time beside it."""
        values = (*head, None if clock is None else clock.isoformat())
        self._run("UPDATE tip SET seq = %s, hash = %s, clock = %s", values)

    def tip(self) -> Head:
        """Return the end of the journal as it was last noted."""
        ((seq, digest),) = self._run(HEAD).fetchall()
        return Head(seq, digest)

    def load(self, state: State, after: int) -> None:
        """Take into a state all rows that changed after an entry."""
        try:
            for table, (keys, columns) in TABLES.items():
                order = ORDERS.get(table) or ", ".join(columns[:keys])
                query = f"SELECT {', '.join(columns)} FROM {table} WHERE seq > %s ORDER BY {order}"
                take_in(state, table, self._run(query, (after,)).fetchall())
            for (clock,) in self._run("SELECT clock FROM tip WHERE clock IS NOT NULL"):
                state.clock = datetime.fromisoformat(clock)
        except (KeyError, TypeError, ValueError) as error:
            raise store_error("damaged", self.url, str(error)) from error

    def hash_of(self, seq: int) -> str | None:
        """Return the hash of one entry, None where there is none."""
        row = self._run("SELECT hash FROM journal WHERE seq = %s", (seq,)).fetchone()
        return None if row is None else str(row[0])

    def entries(self, after: int, upto: int) -> list[Entered]:
        """Return the journal's entries after one number and up to another."""
        query = "SELECT seq, key, event, outcome, hash FROM journal WHERE seq > %s AND seq <= %s ORDER BY seq"
        with _as_ledger_errors(self.url):
            return list(map(Entered._make, self._run(query, (after, upto))))

    def raw_rows(self) -> Iterator[RawRow]:
        """Yield the entries of the journal in order, as bytes."""
        last = 0
        while rows := self._run(RAW, (last,)).fetchall():
            yield from map(RawRow._make, rows)
            last = rows[-1][0]

    def missing_guards(self) -> tuple[str, ...]:
        """Return the names of the journal's triggers that are gone or switched off."""
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'journal'::regclass AND tgenabled <> 'D'"
        held = {name for (name,) in self._run(query)}
        return tuple(name for name in GUARDS if name not in held)


def open_postgres(url: str, *, read_only: bool, wait_s: float) -> PostgresStore:
    """Open the store at an address, or make one; see `hetao.ledger.store.open_store`."""
    store = PostgresStore(url, read_only=read_only, wait_s=wait_s)
    try:
        store.prepare()
    except LedgerError:
        store.close()
        raise
    return store

"""Stores as an auditor opens them: only to read, and by statements of its own."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from hetao.audit.fault import DamagedError, Fault
from hetao.audit.plot import HEAD_AT_MOST
from hetao.errors import LedgerError, Place, Problem
from hetao.text import Text

__all__ = [
    "SCHEMA_VERSION",
    "Extent",
    "Row",
    "Source",
    "SqliteSource",
    "compare_guards",
    "digest_of",
    "file_of",
    "open_source",
    "refusal",
]

Row = tuple[int, bytes | None, bytes, bytes, bytes]  # number, key, event, outcome, hash
APPLICATION_ID, SCHEMA_VERSION = 0x6865746F, 3
TABLES = frozenset({"journal", "tip", "node", "stated", "headroom", "record"})
GUARDS = {  # trigger on the journal → SHA-256 of its SQL
    "journal_appends": "d544f84f8b5407663354787ceb311d52fe12d4aaa872dd9b977f3af957923224",
    "journal_keeps": "a939cba57a5b9749b3ac5dd2a7bf4e972f6c4b0ded33ef1667c90d63fb7b310d",
    "journal_holds": "913c04bebb1a3af20e43123e307b0f8eb3464f64cb7a2dae7719e49934e13e6e",
}
PRAGMAS = ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON")
REFUSALS = {
    "scheme": (
        Text("不支持的台账库地址", "a store address that is not supported"),
        Text("sqlite:///文件.db 或 postgresql://…", "sqlite:///file.db or postgresql://…"),
        Text("改用这样的地址", "use such an address"),
    ),
    "absent": (
        Text("该处没有台账库", "no store there"),
        Text("已有的台账库", "an existing store"),
        Text("检查地址", "check the address"),
    ),
    "foreign": (
        Text("不是 hetao 台账库", "what is no hetao store"),
        Text("hetao 台账库", "a hetao store"),
        Text("检查地址；未作任何改动", "check the address; nothing was changed"),
    ),
    "older": (
        Text("由旧版本的 hetao 建立的台账库", "a store made by an older hetao"),
        Text("本版本的台账库格式", "a store of this version's schema"),
        Text(
            "用旧版本导出日志，再重放到新库", "export its journal with the older version and replay it into a new store"
        ),
    ),
    "newer": (
        Text("由更新版本的 hetao 建立的台账库", "a store made by a newer hetao"),
        Text("本版本的台账库格式", "a store of this version's schema"),
        Text("升级 hetao 后再核验", "upgrade hetao, then verify it"),
    ),
    "driver": (
        Text("postgresql:// 地址，但未安装驱动 psycopg", "a postgresql:// address, and no driver psycopg"),
        Text("已安装的 psycopg 3", "psycopg 3 installed"),
        Text("运行 pip install 'hetao[postgresql]'", "run pip install 'hetao[postgresql]'"),
    ),
    "unavailable": (
        Text("无法连接的数据库服务器", "a database server that cannot be reached"),
        Text("可用的台账库", "a usable store"),
        Text("检查地址、账号和服务器是否在运行", "check the address, the account, and that the server runs"),
    ),
    "locked": (
        Text("一直被其他程序写入的台账库", "a store that another program writes without a pause"),
        Text("可核验的台账库", "a store at rest for a moment"),
        Text("待写入停下后重试", "retry when the writing has paused"),
    ),
    "anchor": (
        Text("无法读取的锚文件", "an anchor that cannot be read"),
        Text("台账之外记有日志末条的锚文件", "an anchor: a file outside the store that notes its journal's head"),
        Text("检查锚文件的路径和权限", "check the path of the anchor and its rights"),
    ),
    "damaged": (
        Text("无法读取的台账库", "a store that cannot be read"),
        Text("可读的台账库", "a store that can be read"),
        Text(
            "检查权限和地址；若文件已损坏，从备份恢复", "check rights and address; restore a backup where it is damaged"
        ),
    ),
}


def refusal(fault: str, name: str, detail: str = "") -> LedgerError:
    """Return the error for a store that cannot be read at all.

    Args:
        fault: a name in `REFUSALS`.
        name: the store's address as it may be shown.
        detail: what was found exactly, in no language.
    """
    found, expected, remedy = REFUSALS[fault]
    if detail:
        found = Text(f"{found.zh}（{detail}）", f"{found.en} ({detail})")
    return LedgerError([Problem(f"ledger.store.{fault}", Place(file=name), found, expected, remedy)])


class Extent(NamedTuple):
    """How far the journal goes: the number of entries, and the first and last number, 0 where there are none."""

    entries: int
    first: int
    last: int


class Source(Protocol):
    """An open store; all of it is read as it was at one moment, whatever others write meanwhile.

    Every method but `close` raises `DamagedError` where the store cannot be read.
    """

    def extent(self) -> Extent:
        """Return how far the journal goes."""

    def rows(self, after: int, upto: int) -> Iterator[Row]:
        """Yield the entries after one number and up to another, in order."""

    def plotted(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield number, event, and the head of the outcome of all entries that are no readings, in order."""

    def hash_at(self, seq: int) -> bytes | None:
        """Return the hash of an entry."""

    def entry(self, key: str) -> tuple[int, bytes, bytes] | None:
        """Return number, event and outcome of the entry that owns a key."""

    def table(self, name: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the rows of a table."""

    def guards(self) -> list[Fault]:
        """Return what is wrong with the triggers that keep the journal append-only."""

    def close(self) -> None:
        """Close it."""


def file_of(address: str | bytes) -> Path | None:
    """Return the main file of a store, None for one that is no file."""
    if isinstance(address, bytes) or not address.startswith("sqlite:///"):
        return None
    return Path(address.removeprefix("sqlite:///")).absolute()


def open_source(address: str | bytes, name: str) -> Source:
    """Open a store.

    Args:
        address: its address, or a serialised SQLite store.
        name: the address as it may be shown.

    Raises:
        LedgerError: there is no store, or none of this version, at this address.
        DamagedError: it cannot be read.
    """
    if isinstance(address, str) and address.partition("://")[0] in ("postgresql", "postgres"):
        from hetao.audit.postgres import PostgresSource

        return PostgresSource(address, name)
    if isinstance(address, bytes):
        return SqliteSource(address, name)
    file = file_of(address)
    if file is None or address.endswith((":///", ":memory:")):
        raise refusal("scheme", name)
    if not file.exists():
        raise refusal("absent", name)
    return SqliteSource(file, name)


@contextmanager
def _damaged() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter of texts of SQLite's own
        raise DamagedError(str(error)) from error


class SqliteSource:
    """A store on SQLite.

    Args:
        content: its main file, or a serialised store.
        name: the address as it may be shown.

    Raises:
        LedgerError: it is no store, or of another version.
        DamagedError: it cannot be read.
    """

    def __init__(self, content: Path | bytes, name: str) -> None:
        with _damaged():
            self._connection = _connect(content)
            try:
                self._check_version(name)
                self._connection.text_factory = bytes  # what is no UTF-8 is read too
            except BaseException:
                self._connection.close()
                raise

    def _check_version(self, name: str) -> None:
        for pragma in PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("BEGIN")
        ((application,),) = self._connection.execute("PRAGMA application_id").fetchall()
        ((version,),) = self._connection.execute("PRAGMA user_version").fetchall()
        held = {table for (table,) in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if application != APPLICATION_ID or version < 1:
            raise refusal("foreign", name)
        if version != SCHEMA_VERSION:
            raise refusal("newer" if version > SCHEMA_VERSION else "older", name, f"{version} / {SCHEMA_VERSION}")
        if not held >= TABLES:
            raise DamagedError(f"no table {', '.join(sorted(TABLES - held))}")

    def _run(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with _damaged():
            for row in self._connection.execute(query, values):  # noqa: UP028 - that may close the cursor too late
                yield row

    def extent(self) -> Extent:
        """Return how far the journal goes."""
        return Extent(*next(self._run("SELECT COUNT(*), COALESCE(MIN(seq), 0), COALESCE(MAX(seq), 0) FROM journal")))

    def rows(self, after: int, upto: int) -> Iterator[Row]:
        """Yield the entries after one number and up to another, in order."""
        query = "SELECT seq, key, event, outcome, hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq"
        return self._run(query, after, upto)

    def plotted(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield number, event, and the head of the outcome of all entries that are no readings, in order."""
        query = f"SELECT seq, event, substr(outcome, 1, {HEAD_AT_MOST}) FROM journal"
        return self._run(f"""{query} WHERE instr(event, '"event":"read"') = 0 ORDER BY seq""")

    def hash_at(self, seq: int) -> bytes | None:
        """Return the hash of an entry."""
        (digest,) = next(self._run("SELECT hash FROM journal WHERE seq = ?", seq), (None,))
        return digest if isinstance(digest, bytes) else None

    def entry(self, key: str) -> tuple[int, bytes, bytes] | None:
        """Return number, event and outcome of the entry that owns a key."""
        return next(self._run("SELECT seq, event, outcome FROM journal WHERE key = ?", key), None)

    def table(self, name: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the rows of a table."""
        query = f"SELECT {', '.join(columns)} FROM {name}"
        try:
            self._connection.text_factory = str
            return list(self._run(query))
        except DamagedError:  # perhaps for want of UTF-8
            self._connection.text_factory = lambda raw: raw.decode(errors="replace")
            return list(self._run(query))
        finally:
            self._connection.text_factory = bytes

    def guards(self) -> list[Fault]:
        """Return what is wrong with the triggers that keep the journal append-only."""
        triggers = self.table("sqlite_master WHERE type = 'trigger'", ("name", "tbl_name", "sql"))
        held = {name: (table, digest_of(sql)) for name, table, sql in triggers}
        return compare_guards({name: ("journal", digest) for name, digest in GUARDS.items()}, held)

    def close(self) -> None:
        """Close it."""
        self._connection.close()


def digest_of(text: str) -> str:
    """Return the SHA-256 of a trigger's words."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def compare_guards(due: Mapping[str, object], held: Mapping[str, object]) -> list[Fault]:
    """Return a fault for each trigger that is gone, changed or added.

    Args:
        due: trigger → what it should be.
        held: trigger → what it is.
    """
    faults = []
    for name in sorted(due.keys() | held.keys()):
        if due.get(name) != held.get(name):
            found = Text("已改动的触发器", "a trigger that was changed")
            if name not in held:
                found = Text("没有该触发器", "no such trigger")
            elif name not in due:
                found = Text("多出的触发器", "a trigger that was added")
            expected = Text("建库时的触发器", "the triggers with which the store was made")
            faults.append(Fault(0, "guard", f"trigger {name}", found, expected))
    return faults


def _connect(content: Path | bytes) -> sqlite3.Connection:
    """Open a store that cannot be written through the connection."""
    if isinstance(content, bytes):
        connection = sqlite3.connect(":memory:", isolation_level=None)
        if content:
            connection.deserialize(content)
        return connection
    connection = sqlite3.connect(f"{content.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if content.with_name(f"{content.name}-wal").exists():
            raise
        # a folder in which SQLite cannot make its index of the log; without a log there is nothing to index
        connection = sqlite3.connect(f"{content.as_uri()}?immutable=1", uri=True, isolation_level=None)
    return connection

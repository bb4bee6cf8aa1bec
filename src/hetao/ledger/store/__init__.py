"""Stores: where the journal and the state it adds up to are kept, on SQLite or PostgreSQL."""

from __future__ import annotations

from hetao.ledger.faults import store_error
from hetao.ledger.store.base import EMPTY, Entered, Head, RawRow, Store
from hetao.ledger.store.sqlite import open_sqlite

__all__ = ["EMPTY", "Entered", "Head", "RawRow", "Store", "open_store"]


def open_store(url: str, *, read_only: bool, wait_s: float) -> Store:
    """Open the store at an address, or make one.

    Args:
        url: ``sqlite:///file.db``, ``sqlite:////folder/file.db``, ``sqlite:///:memory:`` or ``postgresql://…``.
        read_only: only read; the store must exist.
        wait_s: for how many seconds to wait for a lock.

    Raises:
        LedgerError: the address is not supported, or what is there is no store, of another version, locked,
            read-only or out of reach.
    """
    scheme = url.partition(":")[0]
    if scheme in ("postgresql", "postgres"):
        from hetao.ledger.store.postgres import open_postgres

        return open_postgres(url, read_only=read_only, wait_s=wait_s)
    if scheme != "sqlite":
        raise store_error("scheme", url)
    return open_sqlite(url, read_only=read_only, wait_s=wait_s)

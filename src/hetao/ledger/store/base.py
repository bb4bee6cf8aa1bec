"""What every store does, and the rows in which all of them keep the state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from hetao.ledger.draft import Cell
from hetao.ledger.line import BALANCES, Line, drawn_lines
from hetao.ledger.outcome import dump_json
from hetao.ledger.records import read_record
from hetao.ledger.state import Changes, Entry, Kept, State
from hetao.ledger.tree import Node

__all__ = ["EMPTY", "ORDERS", "TABLES", "Entered", "Head", "RawRow", "Store", "changed_rows", "take_in"]

# table → its columns; in each, the first so many make the key, and the last is the entry that last changed the row
TABLES: dict[str, tuple[int, tuple[str, ...]]] = {
    "node": (1, ("node", "name", "kind", "parent", "aquifer", "basins", "seq")),
    "stated": (
        6,
        (
            "node",
            "water",
            "basis",
            "ecology",
            "balance",
            "year",
            "amount_m3",
            "document",
            "binds",
            "moved",
            "by",
            "seq",
        ),
    ),
    "headroom": (
        3,
        (
            *("node", "water", "year"),
            *("permitted_m3", "planned_m3", "used_m3"),
            *("ecology_permitted_m3", "ecology_planned_m3", "ecology_used_m3"),
            *("permit_limit_m3", "plan_limit_m3", "use_limit_m3"),
            *("all_permit_limit_m3", "all_plan_limit_m3", "all_use_limit_m3"),
            *("debt_m3", "all_debt_m3", "seq"),
        ),
    ),
    "record": (2, ("kind", "id", "body", "ordinal", "seq")),
}


ORDERS = {"node": "seq", "record": "ordinal"}  # what tables are read by, where not by their key


class Head(NamedTuple):
    """The end of the journal: its last entry's number and hash; ``(0, 64 zeros)`` when empty."""

    seq: int
    hash: str


class Entered(NamedTuple):
    """A journal entry to be written; ``key`` is None where the entry does not own its key."""

    seq: int
    key: str | None
    event: str
    outcome: str
    hash: str


class RawRow(NamedTuple):
    """A journal entry as bytes, so that even a damaged one can be read."""

    seq: int
    key: bytes | None
    event: bytes
    outcome: bytes
    hash: bytes


EMPTY = Head(0, "0" * 64)


class Store(Protocol):
    """One open store; every method but the two context managers runs inside one of them."""

    url: str

    def close(self) -> None:
        """Close it."""

    def audited(self) -> str | bytes:
        """Return what an auditor opens: the address, or a copy of a store that lies in memory only."""

    def writing(self) -> AbstractContextManager[Head]:
        """Hold the one lock of writers and give the head; all inside is durable at the end, or nothing happened."""

    def reading(self) -> AbstractContextManager[Head]:
        """See one state of the store, whatever others write meanwhile, and give its head."""

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return what the journal keeps under these keys."""

    def append(self, entries: Sequence[Entered]) -> None:
        """Append entries to the journal."""

    def write(self, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Replace rows of the state, by table as in `TABLES`."""

    def clear(self) -> None:
        """Empty the tables of the state, to be written anew."""

    def seal(self, head: Head, clock: datetime | None) -> None:
        """Note the end of the journal and the latest legal time beside it."""

    def tip(self) -> Head:
        """Return the end of the journal as it was last noted."""

    def load(self, state: State, after: int) -> None:
        """Take into a state all rows that changed after an entry.

        Raises:
            LedgerError: the rows do not make a state.
        """

    def hash_of(self, seq: int) -> str | None:
        """Return the hash of one entry, None where there is none."""

    def entries(self, after: int, upto: int) -> list[Entered]:
        """Return the journal's entries after one number and up to another."""

    def raw_rows(self) -> Iterator[RawRow]:
        """Yield the entries of the journal in order, as bytes."""

    def missing_guards(self) -> tuple[str, ...]:
        """Return the names of the journal's triggers that are gone or changed."""


def changed_rows(state: State, changes: Changes, seq: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of what has changed, by table.

    Args:
        state: the ledger as it is now.
        changes: what has changed.
        seq: the last journal entry that the rows reflect.
    """
    return {
        "node": [_node_row(state.nodes[name]) for name in changes.nodes],
        "stated": [_stated_row(state, where, seq) for where in dict.fromkeys(changes.stated)],
        "headroom": [_headroom_row(state, cell, seq) for cell in sorted(changes.cells)],
        "record": [_record_row(state, kind, name, seq) for kind, name in sorted(changes.records)],
    }


def _node_row(n: Node) -> tuple[Any, ...]:
    return (n.node, n.name, n.kind, n.parent, n.aquifer, dump_json(n.basins), n.seq)


def _stated_row(state: State, where: tuple[str, Line, str, int], seq: int) -> tuple[Any, ...]:
    node, line, balance, year = where
    entry = state.stated(node, line, balance, year)
    assert entry is not None
    binds = ",".join(entry.binds)
    return (node, *line, balance, year, entry.amount_m3, entry.document, binds, int(entry.moved), entry.seq, seq)


def _limits(state: State, cell: Cell) -> tuple[int | None, ...]:
    """Return what holds each balance down at a cell, without ecological supply, then with it; None where nothing does.

    Rows are written far more often than caps change, so it is worked out once.
    """
    known = state.memo.get(("row", cell))
    if not isinstance(known, tuple):
        node, water, year = cell
        limits = [state.limit(node, line, year) for line in drawn_lines(water, ecological=False)]
        known = state.memo["row", cell] = tuple(
            limit.volume_m3 if limit is not None and balance in limit.binds else None
            for limit in limits
            for balance in BALANCES
        )
    return known


def _headroom_row(state: State, cell: Cell, seq: int) -> tuple[Any, ...]:
    amounts, limits = state.drawn(cell), _limits(state, cell)
    used_m3, with_ecology_m3, limit_m3, whole_m3 = amounts[2], amounts[2] + amounts[5], limits[2], limits[5]
    debt_m3 = 0 if limit_m3 is None or used_m3 <= limit_m3 else used_m3 - limit_m3
    all_debt_m3 = 0 if whole_m3 is None or with_ecology_m3 <= whole_m3 else with_ecology_m3 - whole_m3
    return (*cell, *amounts, *limits, debt_m3, all_debt_m3, seq)


def _record_row(state: State, kind: str, name: str, seq: int) -> tuple[Any, ...]:
    return (kind, name, dump_json(state.raw_record(kind, name)), state.ordinal(kind, name), seq)


def take_in(state: State, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Take rows of one table into a state.

    Raises:
        KeyError, TypeError, ValueError: the rows do not make a state.
    """
    for row in rows:
        if table == "node":
            node, name, kind, parent, aquifer, basins, seq = row
            if node not in state.nodes:
                state.declare(Node(node, name, kind, parent, aquifer, tuple(json.loads(basins)), seq))
        elif table == "stated":
            node, water, basis, ecology, balance, year, amount_m3, document, binds, moved, by, _ = row
            entry = Entry(amount_m3, document, tuple(binds.split(",")) if binds else (), by, bool(moved))
            state.enter(node, Line(water, basis, ecology), balance, year, entry)
        elif table == "headroom":
            state.fill((row[0], row[1], row[2]), list(row[3:9]))
        else:
            kind, name, body, ordinal, _ = row
            state.put(kind, name, read_record(kind, json.loads(body)), ordinal)

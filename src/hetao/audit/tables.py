"""The tables beside the journal, row by row against what the journal adds up to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hetao.audit.balances import Balances
from hetao.audit.books import BALANCES, ECOLOGIES, withdrawal
from hetao.audit.fault import Fault, same
from hetao.audit.plot import Grant
from hetao.audit.runs import SLOTS, Cell
from hetao.audit.source import Source
from hetao.text import Text

__all__ = ["check_records", "compare_tables"]

NODE = ("node", "name", "kind", "parent", "aquifer", "basins", "seq")
STATED = (
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
)
HEADROOM = (
    *("node", "water", "year"),
    *("permitted_m3", "planned_m3", "used_m3"),
    *("ecology_permitted_m3", "ecology_planned_m3", "ecology_used_m3"),
    *("permit_limit_m3", "plan_limit_m3", "use_limit_m3"),
    *("all_permit_limit_m3", "all_plan_limit_m3", "all_use_limit_m3"),
    *("debt_m3", "all_debt_m3", "seq"),
)
RECORD = ("kind", "id", "body", "seq")
KINDS = frozenset(
    {
        *("application", "permit", "permit_year", "meter", "zone", "level", "quota", "setting", "order", "transfer"),
        *("saving", "filing", "closure", "correction", "exemption", "raised"),
    }
)
decode = json.JSONDecoder().decode
USED = BALANCES.index("used")
Key = tuple[Any, ...]
NOTHING = Text("没有该行", "no such row")


def compare_tables(source: Source, balances: Balances, last: int) -> Iterator[Fault]:
    """Yield what is wrong in the tables of places and balances.

    Args:
        source: the store.
        balances: what the journal adds up to.
        last: the number of the last entry, beyond which no row can reflect anything.

    Raises:
        DamagedError: a table cannot be read.
    """
    yield from _compare("node", source.table("node", NODE), _nodes(balances), 1, 0)
    yield from _compare("stated", source.table("stated", STATED), _stated(balances), 6, last)
    rows = source.table("headroom", HEADROOM)
    idle = (row for row in rows if row[:3] not in balances.cells and not any(row[3 : 3 + SLOTS]))
    due = {cell: _headroom(balances, cell) for cell in (*balances.cells, *_known_cells(balances, idle))}
    yield from _compare("headroom", rows, due, 3, last)


def _compare(table: str, rows: list[Key], due: Mapping[Key, Key], keys: int, last: int) -> Iterator[Fault]:
    """Yield the rows that are wrong, missing or too many.

    Args:
        table: which table, for messages.
        rows: its rows.
        due: key → the other columns as they should be; without the last one where ``last`` is given.
        keys: how many columns make the key.
        last: the highest entry that the last column may name; 0 where that column is compared like the others.
    """
    held = {row[:keys]: row[keys:] for row in rows}
    for key in (*due, *(key for key in held if key not in due)):
        have, want = held.get(key), due.get(key)
        seq = have[-1] if have is not None and last else None
        item = f"{table} {' '.join(map(str, key))}"
        if (have if seq is None or have is None else have[:-1]) != want:
            yield Fault(0, table, item, _row(have), _row(want))
        elif seq is not None and not (isinstance(seq, int) and 1 <= seq <= last):
            expected = Text(f"1 至 {last} 之间的条目", f"an entry from 1 to {last}")
            yield Fault(0, table, item, same(f"seq {seq}"), expected)


def _row(row: Key | None) -> Text:
    return NOTHING if row is None else same(json.dumps(row, ensure_ascii=False, default=str))


def _nodes(balances: Balances) -> dict[Key, Key]:
    return {
        (p.node,): (
            p.name,
            p.kind,
            p.parent,
            p.aquifer,
            json.dumps(p.basins, ensure_ascii=False, separators=(",", ":")),
            p.seq,
        )
        for p in balances.books.places.values()
    }


def _stated(balances: Balances) -> dict[Key, Key]:
    return {
        (node, *line, balance, year): (held.amount, held.document, ",".join(held.binds), int(held.moved), held.by)
        for (node, line, balance), years in balances.books.stated.items()
        for year, held in years.items()
    }


def _known_cells(balances: Balances, rows: Iterator[Key]) -> Iterator[Cell]:
    """Yield the cells of rows that hold nothing, at places that are known: an amount of 0 was drawn there once."""
    for node, water, year, *_ in rows:
        if node in balances.books.places:
            yield node, water, year


def _headroom(balances: Balances, cell: Cell) -> Key:
    amounts = balances.cells.get(cell, [0] * SLOTS)
    limits: list[int | None] = []
    debts: list[int] = []
    for i, ecology in enumerate(ECOLOGIES):
        limit = balances.books.limit(cell[0], withdrawal(cell[1], ecology), cell[2])
        limits += [limit[0] if limit is not None and name in limit[1] else None for name in BALANCES]
        used, most = amounts[USED] + i * amounts[USED + len(BALANCES)], limits[-1]
        debts.append(0 if most is None else max(0, used - most))
    return (*amounts, *limits, *debts)


def check_records(source: Source, grants: list[Grant], last: int) -> Iterator[Fault]:
    """Yield records that cannot be read, and rights of the journal that are not recorded where they lie.

    Args:
        source: the store.
        grants: the rights that the journal knows.
        last: the number of the last entry.

    Raises:
        DamagedError: the table cannot be read.
    """
    rights = {(grant.kind, grant.name): grant.right for grant in grants}
    for kind, name, body, seq in source.table("record", RECORD):
        item = f"record {kind} {name}"
        try:
            values = decode(body)
        except (ValueError, TypeError, RecursionError):
            values = None
        if kind not in KINDS or not isinstance(values, list) or not (isinstance(seq, int) and 1 <= seq <= last):
            expected = Text("已知类别的记录，JSON 列表", "a record of a known kind, as a JSON list")
            yield Fault(0, "record", item, same(f"{seq}: {body}"), expected)
            continue
        right = rights.pop((kind, name), None)
        if right is not None and NODES[kind](values) != (name, right.node, right.water):
            found, expected = same(json.dumps(values, ensure_ascii=False)), same(f"{name} {right.node} {right.water}")
            yield Fault(0, "record", item, found, expected)
    for (kind, name), right in rights.items():
        yield Fault(0, "record", f"record {kind} {name}", NOTHING, same(f"{name} {right.node} {right.water}"))


NODES: Mapping[str, Callable[[list[Any]], Key]] = {  # where records of rights keep identifier, node and water
    "application": lambda values: (*values[:1], *values[2:4]),
    "permit": lambda values: (*values[:1], *values[3:5]),
}

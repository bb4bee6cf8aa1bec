"""How long a workbook of yearly returns takes: 10,000 rows, 100 of them wrong, each told in its cell.

    python benchmarks/ledger_returns.py [--permits 10000] [--wrong 100]

The bar: 20 s for a trial of the whole workbook with its problems by row, and 20 s for posting the good rows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from hetao.filing import COLUMNS, file_returns
from hetao.ledger import Ledger

UNITS, BAR_S = 371, 20.0
LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "year": 2022}
FILED = "2024-12-20T09:00:00+08:00"
WRONG = (  # what may be wrong with a row: column and cell
    ("permit", "no such permit"),
    ("permit", ""),
    ("year", 2031),
    ("year", 2019),
    ("used_m3", -1),
    ("used_m3", 1.5),
    ("used_m3", "一千"),
    ("used_m3", ""),
    ("next_year_m3", "12,00"),
    ("next_year_m3", "9e99"),
)


def event(kind: str, key: str, at: str, /, **fields: object) -> dict[str, Any]:
    """Return an event."""
    return {"event": kind, "key": key, "at": at, "by": "bench", **fields}


def world(permits: int) -> Iterator[dict[str, Any]]:
    """Yield the tree, its caps, and the permits from application to issue."""
    start, approved, issued = (f"2022-0{month}-01T00:00:00+08:00" for month in (1, 2, 3))
    places = [("R", "region", {}), ("L", "league", {"parent": "R"}), ("B", "banner", {"parent": "L"})]
    places += [(f"U{i}", "unit", {"parent": "B", "aquifer": "Q"}) for i in range(UNITS)]
    for node, kind, more in places:
        yield event("node", f"node {node}", start, node=node, name=node, kind=kind, **more)
    yield event("cap", "cap", start, **LINE, node="R", issuer="R", volume_m3=10**12, document="bench")
    term = {"from": "2023-01-01", "to": "2027-12-31"}
    for i in range(permits):
        own = {"application": f"A{i}", "applicant": "bench", "node": f"U{i % UNITS}", "water": "groundwater", **term}
        own |= {"volume_m3": 1_200, "monthly_m3": [100] * 12, "purpose": "town", "project": "none"}
        own |= {"saving_measures": True, "return_water": True, "metering": "online"}
        yield event("apply", f"apply {i}", start, **own)
    for i in range(permits):
        yield event("approve", f"approve {i}", approved, application=f"A{i}", approver="R")
    for i in range(permits):
        yield event("accept_works", f"permit {i}", issued, application=f"A{i}", permit=f"P{i}", **term)


def write(file: Path, permits: int, wrong: int) -> list[tuple[str, str]]:
    """Write a workbook with one return a permit, some of them wrong, and return their cells and columns."""
    columns, every = list(COLUMNS)[:4], max(1, permits // max(1, wrong))
    cells = []
    with xlsxwriter.Workbook(str(file)) as book:
        page = book.add_worksheet("returns")
        page.write_row(0, 0, [COLUMNS[column] for column in columns])
        for i in range(permits):
            row: dict[str, object] = {"permit": f"P{i}", "year": 2024, "used_m3": i % 1_200, "next_year_m3": "1,200"}
            if i % every == every - 1 and len(cells) < wrong:
                column, cell = WRONG[len(cells) % len(WRONG)]
                row[column] = cell
                cells.append((f"{'ABCD'[columns.index(column)]}{i + 2}", column))
            page.write_row(i + 1, 0, list(row.values()))
    return cells


def main() -> None:
    """Make the ledger and the workbook; time a trial, the posting of the good rows, and a second run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--permits", type=int, default=10_000)
    parser.add_argument("--wrong", type=int, default=100)
    asked = parser.parse_args()
    taken: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        file, store = Path(name) / "returns.xlsx", f"sqlite:///{Path(name) / 'ledger.db'}"
        began = time.perf_counter()
        with Ledger.open(store) as ledger:
            decisions = Counter(outcome.decision for outcome in ledger.replay(world(asked.permits)))
        print(f"{time.perf_counter() - began:.1f} s to make {asked.permits:,} permits: {dict(decisions)}")
        assert set(decisions) == {"posted", "admitted"}
        cells = write(file, asked.permits, asked.wrong)
        for words, options in (
            ("trial", {"dry_run": True}),
            ("good rows", {"good_rows": True}),
            ("again", {"good_rows": True}),
        ):
            began, worked = time.perf_counter(), time.process_time()
            with Ledger.open(store) as ledger:
                filed = file_returns(ledger, file, by="bench", at=FILED, **options)
            taken[words], worked = time.perf_counter() - began, time.process_time() - worked
            told = [p.place.cell for p in filed.problems]
            assert told == [cell for cell, _ in cells], "every wrong cell and no other, in order"
            counts = f"{filed.posted:,} posted, {filed.duplicates:,} known, {len(told)} wrong"
            print(f"{taken[words]:.1f} s ({worked:.1f} s of them on the processor), {words}: {counts}")
    late = [words for words, seconds in taken.items() if seconds > BAR_S]
    print(f"bar: {BAR_S:.0f} s each{f'; TOO SLOW: {late}' if late else ''}")
    sys.exit(bool(late))


if __name__ == "__main__":
    main()

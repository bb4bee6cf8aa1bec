"""How much memory the replay of a long file of events takes, and how fast it goes.

    python benchmarks/ledger_replay_memory.py [--megabytes 100] [--name 4] [--store sqlite:////folder/file.db]

A file of that size is written: the region's tree, then readings of a fixed set of permits, most of them good, some
refused, some no JSON at all; with ``--name`` the name of who enters them has so many characters, for fewer and longer
lines. ``hetao ledger replay`` takes it in as a process of its own. The bar: peak memory stays below 300 MB whatever
the file's size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

UNITS, PERMITS = 371, 1_000
LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", "year": 2020}
BAR_MB = 300


def event(kind: str, key: str, at: str, /, **fields: object) -> dict[str, Any]:
    """Return an event."""
    return {"event": kind, "key": key, "at": at, "by": "bench", **fields}


def world() -> Iterator[dict[str, Any]]:
    """Yield the tree, its caps, and the permits."""
    start, approved, issued = (f"2020-0{month}-01T00:00:00+08:00" for month in (1, 2, 3))
    places = [("R", "region", {}), ("L", "league", {"parent": "R"}), ("B", "banner", {"parent": "L"})]
    places += [(f"U{i}", "unit", {"parent": "B", "aquifer": "Q"}) for i in range(UNITS)]
    for node, kind, more in places:
        yield event("node", f"node {node}", start, node=node, name=node, kind=kind, **more)
    cap = {"node": "R", "issuer": "R", "volume_m3": 10**15, "document": "bench", **LINE}
    yield event("cap", "cap", start, **cap)
    term = {"from": "2020-04-01", "to": "2029-12-31"}
    for i in range(PERMITS):
        own = {"application": f"A{i}", "applicant": "bench", "node": f"U{i % UNITS}", "water": "groundwater", **term}
        own |= {"volume_m3": 12 * 10**8, "monthly_m3": [10**8] * 12, "purpose": "town", "project": "none"}
        own |= {"saving_measures": True, "return_water": True, "metering": "online"}
        yield event("apply", f"apply {i}", start, **own)
    for i in range(PERMITS):
        yield event("approve", f"approve {i}", approved, application=f"A{i}", approver="R")
    for i in range(PERMITS):
        yield event("accept_works", f"permit {i}", issued, application=f"A{i}", permit=f"P{i}", **term)


def readings(name: str) -> Iterator[str]:
    """Yield lines without end: each day a reading of every permit; every hundredth is refused or no event at all."""
    first = date(2020, 4, 1)
    for number in range(10**9):
        day, permit = divmod(number, PERMITS)
        on = (first + timedelta(day % 3_400)).isoformat()
        at = f"{(first + timedelta(day % 3_400 + 1)).isoformat()}T00:00:00+08:00"
        period = {"from": on, "to": on, "volume_m3": -1 if number % 100 == 0 else number % 997, "method": "metered"}
        meter = f"M{permit} {day // 3_400}"
        line = event("read", f"read {number}", at, permit=f"P{permit}", meter=meter, **period) | {"by": name}
        yield "not an event" if number % 1000 == 1 else json.dumps(line)


def write(file: Path, size: int, name: str) -> int:
    """Write lines until the file has a size, and return how many."""
    written = lines = 0
    with file.open("w", encoding="utf-8") as out:
        for source in (map(json.dumps, world()), readings(name)):
            for line in source:
                out.write(f"{line}\n")
                written += len(line) + 1
                lines += 1
                if written >= size:
                    return lines
    return lines


def main() -> None:
    """Write the file, replay it, and print lines, seconds and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--name", type=int, default=4, help="characters of the name of who enters readings")
    parser.add_argument("--store", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = write(folder / "events.jsonl", asked.megabytes * 10**6, "某" * asked.name)
        store = asked.store or f"sqlite:///{folder / 'ledger.db'}"
        command = ["-c", "from hetao.cli import main; main()", "ledger", "replay", str(folder / "events.jsonl")]
        began = time.perf_counter()
        with (folder / "outcomes.jsonl").open("wb") as outcomes:
            done = subprocess.run([sys.executable, *command, "--store", store], stdout=outcomes, check=False)
        seconds = time.perf_counter() - began
        with (folder / "outcomes.jsonl").open("rb") as outcomes:
            told = good = 0
            for outcome in outcomes:
                told += 1
                good += b'"ok":true' in outcome[:200]
        assert done.returncode == 1, "some lines are refused"
        assert told == lines, "one outcome a line"
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 10**6
        size_mb = (folder / "events.jsonl").stat().st_size / 10**6
    print(f"{size_mb:.0f} MB, {lines:,} lines, {good:,} of them took effect")
    print(f"{seconds:.1f} s, {lines / seconds:,.0f} lines a second")
    print(f"peak memory {peak_mb:.0f} MB (bar: {BAR_MB} MB){'' if peak_mb < BAR_MB else '  TOO MUCH'}")
    sys.exit(peak_mb >= BAR_MB)


if __name__ == "__main__":
    main()

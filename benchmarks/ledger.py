"""How fast the ledger is, beside what the machine itself can do in the same run.

    python benchmarks/ledger.py [--seconds 10] [--entries 1000000] [--only PART] [--write]

Every figure stands beside its peer: durable admissions beside the bare rate of fdatasync, PostgreSQL beside pgbench's
TPC-B-like rate on the same server. Machines are shared and noisy: quote the ratios, never the rates of another run.
``--write`` puts the table into docs.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from hetao.audit import audit_store
from hetao.ledger import Ledger, Outcome
from hetao.ledger import ledger as writer
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.state import State
from hetao.text import Text
from postgres import Cluster, find_binaries

LEAGUES, BANNERS, UNITS = 12, 103, 371  # with the region: 487 nodes in four levels
LINE = {"basis": "withdrawal", "ecology": "excluded", "year": 2025}
AT = "2025-01-01T00:00:00+08:00"
PLENTY = 10**12
ROOT = Path(__file__).resolve().parents[1]
Row = tuple[Text, str, Text]  # what was measured, the figure, and how it stands to its peer
SAME = Text("", "")
HEADS = {
    "en": ("# Benchmarks of the ledger", "What", "Figure", "Beside"),
    "zh": ("# 水账基准", "项目", "数值", "对照"),
}
WORDS = {
    "en": (
        "Written by `make bench`. The tree has 487 nodes in four levels; each application is judged by all rules, drawn"
        " from eight caps (two with moved edges), chained and durable before it is answered. Clients are threads of one"
        " program that hand in the next application once the last is answered. Only ratios within one run mean "
        "anything: machines differ and are shared.",
        "What limits the rate is not the disk but one core that runs Python: it judges one event after another, writes "
        "the rows, and passes from client to client, since only one thread of a program runs Python at a time. The row "
        "*judging alone* is what it does where nothing is written and nobody waits (edges shared). In the rows "
        "*nothing judged* each place's first outcome is given to all that follow: they are what judging that costs "
        "nothing would come to. More programs on one store do not add to the rate; a replay file is the quickest way.",
    ),
    "zh": (
        "由 `make bench` 写出。树有四级 487 个节点；每件申请都经全部规则裁决，在八个上限（划出的边为两个）上扣减，"
        "入链、落盘之后才答复。客户为同一程序中的线程，得到答复即递交下一件。只有同一次运行内的比值有意义："
        "机器不同，且为共用。",
        "限制速度的不是磁盘，而是运行 Python 的一个核：它逐件裁决、写行，并在客户之间切换，"
        "因为一个程序同一时刻只有一个线程运行 Python。“只裁决”一行是既不写盘也无人等候时的速度（共享的边）。"
        "“不裁决”各行把各地第一件的结果发给其后各件，即裁决毫不费时所能达到的速度。"
        "多个程序共用一库并不会更快；由文件回放最快。",
    ),
}


def event(event: str, key: str, /, **fields: object) -> dict[str, Any]:
    """Return an event; ``from_`` stands for ``from``."""
    return {"event": event, "key": key, "at": AT, "by": "bench"} | {k.rstrip("_"): v for k, v in fields.items()}


def tree(*, moved: bool) -> Iterator[dict[str, Any]]:
    """Yield the region, its leagues, banners and units, and their caps on total water and groundwater."""
    above = {"R": ""}
    above |= {f"L{i}": "R" for i in range(LEAGUES)}
    above |= {f"B{i}": f"L{i % LEAGUES}" for i in range(BANNERS)}
    above |= {f"U{i}": f"B{i % BANNERS}" for i in range(UNITS)}
    kinds = {"R": "region", "L": "league", "B": "banner", "U": "unit"}
    for node, parent in above.items():
        more = {"parent": parent} if parent else {}
        more |= {"aquifer": "Q"} if node[0] == "U" else {}
        yield event("node", f"n{node}", node=node, name=node, kind=kinds[node[0]], **more)
    shares = {"R": PLENTY * 1000, "L": PLENTY * 50, "B": PLENTY * 4, "U": PLENTY}
    for water in ("total", "groundwater"):
        own = {"node": "R", "issuer": "R", "water": water, "volume_m3": shares["R"], "document": "bench"}
        yield event("cap", f"c{water}", **own, **LINE)
        for node in above:
            children = {child: shares[child[0]] for child, parent in above.items() if parent == node}
            if children:
                edge = {"edge": "moved"} if moved else {}
                own = {"node": node, "children": children, "water": water, "document": "bench"}
                yield event("breakdown", f"b{water}{node}", **own, **edge, **LINE)


def application(number: int) -> dict[str, Any]:
    """Return an application for groundwater at one of the units, complete and plain."""
    return event(
        "apply",
        f"a{number}",
        application=f"A{number}",
        applicant="bench",
        node=f"U{number % UNITS}",
        water="groundwater",
        volume_m3=1200,
        monthly_m3=[100] * 12,
        from_="2025-04-01",
        to="2025-12-31",
        purpose="industry",
        project="none",
        saving_measures="reuse",
        return_water="none",
        metering="online",
    )


def fdatasync_rate(folder: Path, seconds: float) -> float:
    """Return how many appended blocks of 4 KiB the machine makes durable a second, one after another."""
    file = os.open(folder / "sync", os.O_RDWR | os.O_CREAT)
    block, count, until = b"\0" * 4096, 0, time.perf_counter() + seconds
    try:
        while time.perf_counter() < until:
            os.pwrite(file, block, count * 4096)
            os.fdatasync(file)
            count += 1
    finally:
        os.close(file)
    return count / seconds


def admissions(url: str, clients: int, seconds: float, *, moved: bool = False) -> tuple[float, float]:
    """Return durable admissions a second with so many clients, and the 99th percentile of their time in ms."""
    with Ledger.open(url) as ledger:
        assert all(o.ok for o in ledger.replay(tree(moved=moved)))
        numbers, times = itertools.count(), [[] for _ in range(clients)]
        until = time.perf_counter() + seconds

        def work(client: int) -> None:
            while (began := time.perf_counter()) < until:
                assert ledger.apply(application(next(numbers))).decision == "admitted"
                times[client].append(time.perf_counter() - began)

        threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    taken = sorted(itertools.chain.from_iterable(times))
    return len(taken) / seconds, 1000 * taken[int(len(taken) * 0.99)]


@contextlib.contextmanager
def unjudged() -> Iterator[None]:
    """Judge one application of each place and give its outcome to all that follow: what is left is no rule's work.

    Reading, chain, rows, commits and the clients themselves stay as they are, so this is how far judging that costs
    nothing could come.
    """
    judge: Callable[..., tuple[Outcome, Event, Draft | None]] = writer.judge
    answers: dict[str, tuple[Outcome, Event, Draft | None]] = {}

    def answer(state: State, event: Event, seq: int, first_seq: int | None) -> tuple[Outcome, Event, Draft | None]:
        """Return the first outcome of the place under another number and key."""
        if event.raw["event"] != "apply":
            return judge(state, event, seq, first_seq)
        if event.raw["node"] not in answers:
            answers[event.raw["node"]] = judge(state, event, seq, first_seq)
        outcome, fit, draft = answers[event.raw["node"]]
        return dataclasses.replace(outcome, seq=seq, key=event.raw["key"]), fit, draft

    with mock.patch.object(writer, "judge", answer):
        yield


def judging_rate(count: int) -> float:
    """Return applications a second that are read and judged in one process, nothing stored."""
    lines = [json.dumps(application(number), ensure_ascii=False) for number in range(count)]
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert all(o.ok for o in ledger.replay(tree(moved=False)))
        began = time.perf_counter()
        assert all(o.ok for o in ledger.trial(lines))
        return count / (time.perf_counter() - began)


def replay_rate(folder: Path, count: int) -> float:
    """Return applications a second from a replay file in one process, all rules on, durable."""
    lines = [json.dumps(application(number), ensure_ascii=False) for number in range(count)]
    with Ledger.open(f"sqlite:///{folder / 'replay.db'}") as ledger:
        assert all(o.ok for o in ledger.replay(tree(moved=False)))
        began = time.perf_counter()
        assert all(o.ok for o in ledger.replay(lines))
        return count / (time.perf_counter() - began)


def pgbench_rate(cluster: Cluster, database: str, clients: int, seconds: float) -> float:
    """Return pgbench's TPC-B-like transactions a second on a database that it has filled."""
    program = find_binaries() / "pgbench"
    where = re.search(r"host=([^&]+)&port=(\d+)", cluster.url(database))
    assert where is not None
    host = where[1].replace("%2F", "/")
    command = [str(program), "-h", host, "-p", where[2], "-U", "postgres", "-n"]
    options = ["-c", str(clients), "-j", "2", "-T", str(int(seconds)), database]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None
    return float(found[1])


EDGES = (
    (Text("共享的边", "shared edges"), False, contextlib.nullcontext),
    (Text("共享的边，不裁决", "shared edges, nothing judged"), False, unjudged),
    (Text("划出的边", "moved edges"), True, contextlib.nullcontext),
    (Text("划出的边，不裁决", "moved edges, nothing judged"), True, unjudged),
)


def postgres_rows(seconds: float) -> Iterator[Row]:
    """Yield the rates on PostgreSQL beside pgbench's."""
    with Cluster() as cluster, contextlib.ExitStack() as stack:
        url = stack.enter_context(cluster.database())
        name = url.rpartition("/")[2].partition("?")[0]
        where = re.search(r"host=([^&]+)&port=(\d+)", url)
        assert where is not None
        fill = [str(find_binaries() / "pgbench"), "-h", where[1].replace("%2F", "/"), "-p", where[2], "-U", "postgres"]
        subprocess.run([*fill, "-i", "-s", "32", "-q", name], capture_output=True, check=True)
        for clients in (8, 32):
            peer = pgbench_rate(cluster, name, clients, seconds)
            yield named(Text("pgbench 类 TPC-B", "pgbench TPC-B-like"), clients), f"{peer:,.0f}/s", SAME
            for edge, moved, judging in EDGES:
                with cluster.database() as own, judging():
                    rate, p99 = admissions(own, clients, seconds, moved=moved)
                what = named(Text(f"PostgreSQL，{edge.zh}", f"PostgreSQL, {edge.en}"), clients)
                yield what, f"{rate:,.0f}/s, p99 {p99:.1f} ms", times(rate / peer, Text("pgbench ", "pgbench"))


def named(what: Text, clients: int) -> Text:
    """Return what was measured with so many clients."""
    return Text(f"{what.zh}，{clients} 个客户", f"{what.en}, {clients} client{'s' if clients > 1 else ''}")


def times(ratio: float, peer: Text) -> Text:
    """Return how a figure stands to its peer."""
    return Text(f"{peer.zh}的 {ratio:.2f} 倍", f"{ratio:.2f} × {peer.en}")


def sqlite_rows(folder: Path, seconds: float) -> Iterator[Row]:
    """Yield the rates on SQLite beside the machine's own."""
    before = fdatasync_rate(folder, seconds / 2)
    rates = {clients: admissions(f"sqlite:///{folder / f'{clients}.db'}", clients, seconds) for clients in (1, 8, 32)}
    with unjudged():
        bare = admissions(f"sqlite:///{folder / 'bare.db'}", 32, seconds)
    after = fdatasync_rate(folder, seconds / 2)
    peer = (before + after) / 2
    yield (
        Text("fdatasync 4 KiB，前后两次", "fdatasync of 4 KiB, before and after"),
        f"{before:,.0f}/s, {after:,.0f}/s",
        SAME,
    )
    rows = [(named(Text("SQLite", "SQLite"), clients), *measured) for clients, measured in rates.items()]
    rows.append((named(Text("SQLite，不裁决", "SQLite, nothing judged"), 32), *bare))
    for what, rate, p99 in rows:
        yield what, f"{rate:,.0f}/s, p99 {p99:.1f} ms", times(rate / peer, Text("fdatasync ", "fdatasync"))
    judged, replayed = judging_rate(20_000), replay_rate(folder, 20_000)
    yield Text("只裁决，不写盘", "judging alone, nothing stored"), f"{judged:,.0f}/s", SAME
    what = Text("由文件回放申请，SQLite", "applications from a replay file, SQLite")
    yield what, f"{replayed:,.0f}/s", times(replayed / judged, Text("只裁决", "judging alone"))


def verify_rows(folder: Path, entries: int) -> Iterator[Row]:
    """Yield the time to verify a journal of permits and their readings."""
    url = f"sqlite:///{folder / 'verify.db'}"
    fill(url, entries)
    began = time.perf_counter()
    found = audit_store(url)
    seconds = time.perf_counter() - began
    assert found.ok, found.problems[:3]
    yield Text(f"核验 {found.entries:,} 条", f"verify {found.entries:,} entries"), f"{seconds:.1f} s", SAME


def fill(url: str, entries: int) -> None:
    """Fill a store with permits of five years and their monthly readings."""
    permits = max(1, entries // 64)
    with Ledger.open(url) as ledger:
        for outcome in ledger.replay(itertools.islice(_life(permits), max(0, entries))):
            assert outcome.ok, outcome


def _life(permits: int) -> Iterator[dict[str, Any]]:
    yield from tree(moved=False)
    for number in range(permits):
        yield application(number) | {"to": "2029-12-31"}
        yield event("approve", f"p{number}", application=f"A{number}", approver="R")
        term = {"from_": "2025-04-01", "to": "2029-12-31"}
        yield event("start_works", f"s{number}", application=f"A{number}")
        yield event("accept_works", f"w{number}", application=f"A{number}", permit=f"P{number}", **term)
    for year, month in itertools.product(range(2025, 2031), range(1, 13)):
        for number in range(permits):
            days = {"from_": f"{year}-{month:02}-01", "to": f"{year}-{month:02}-28"}
            own = {"permit": f"P{number}", "meter": f"M{number}", "volume_m3": 20, "method": "metered"}
            at = {"at": f"{year}-{month:02}-28T23:00:00+08:00"}
            yield event("read", f"r{year}{month}-{number}", **own, **days) | at


def write(rows: list[Row]) -> None:
    """Write the table into docs, in both languages."""
    for language, (title, *heads) in HEADS.items():
        lines = [title, "", WORDS[language][0], "", "| " + " | ".join(heads) + " |", "|---|---:|---:|"]
        for what, figure, beside in rows:
            lines.append(f"| {getattr(what, language)} | {figure} | {getattr(beside, language)} |")
        page = ROOT / "docs" / language / "explanation" / "ledger-benchmarks.md"
        page.write_text("\n".join([*lines, "", WORDS[language][1]]) + "\n", encoding="utf-8")


def main() -> None:
    """Run everything and print one table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=10, help="for each rate")
    options.add_argument("--entries", type=int, default=1_000_000, help="to be verified")
    options.add_argument("--only", choices=("sqlite", "postgres", "verify"), help="one part of it")
    options.add_argument("--write", action="store_true", help="write the table into docs")
    asked = options.parse_args()
    shown: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="hetao-bench-") as made:
        folder = Path(made)
        parts = {
            "sqlite": lambda: sqlite_rows(folder, asked.seconds),
            "postgres": lambda: postgres_rows(asked.seconds),
            "verify": lambda: verify_rows(folder, asked.entries),
        }
        for name, rows in parts.items():
            if asked.only in (None, name):
                for what, figure, beside in rows():
                    print(f"{what.en:<50}{figure:>28}  {beside.en}", flush=True)
                    shown.append((what, figure, beside))
    if asked.write:
        write(shown)


if __name__ == "__main__":
    main()

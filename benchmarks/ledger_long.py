"""The ledger's long trial: ten million acts beside the model, a thousand kills, power cuts at every sync.

It takes hours; run it by hand, on a machine that is otherwise idle::

    python benchmarks/ledger_long.py --acts 10000000 --workers 2 --kills 1000 --cuts 1000 --pg-kills 100

Connections are killed on a private PostgreSQL cluster, see ``tests/postgres.py``. It prints one line for each trial,
and ends with exit code 1 where a bar was not reached.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hetao.ledger.simulate import CrashReport, EdgeReport, Report, cut_power, edge, kill, kill_connections, simulate

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from postgres import Cluster

Outcome = CrashReport | EdgeReport | Report
BEHEAD = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
SHOWN_EVERY = 100_000  # acts


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--acts", type=int, default=10_000_000, help="acts beside the model")
    parser.add_argument("--workers", type=int, default=2, help="processes that share them")
    parser.add_argument("--cuts", type=int, default=1000, help="power cuts of an SQLite store")
    parser.add_argument("--kills", type=int, default=1000, help="kills of a program that writes to an SQLite store")
    parser.add_argument("--pg-kills", type=int, default=100, help="times that all connections to PostgreSQL are cut")
    parser.add_argument(
        "--pg-crashes", type=int, default=10, help="times that the PostgreSQL server is stopped at once"
    )
    parser.add_argument("--writers", type=int, default=32, help="writers at the edge of one cap; 0 for none")
    return parser.parse_args()


def _show_progress(total: int) -> Callable[[int], None]:
    def show(done: int) -> None:
        """Print how far the simulation is."""
        if done % SHOWN_EVERY == 0:
            print(f"\r{done:,} of {total:,} acts", end="", file=sys.stderr, flush=True)

    return show


def _connections(cluster: Cluster, seed: int, kills: int, *, crash: bool) -> CrashReport:
    with cluster.database() as url, cluster.connect() as admin:
        name = url.rpartition("/")[2].partition("?")[0]

        def restart() -> None:
            """Stop the server as a crash does, and start it again."""
            cluster.stop("immediate")
            cluster.start()

        cut = restart if crash else lambda: admin.execute(BEHEAD, [name])
        return kill_connections(url, cut, seed=seed, kills=kills)


def _edge(url: str, writers: int, programs: int) -> EdgeReport:
    return edge(url, volume_m3=7, headroom_m3=10_000, writers=writers, programs=programs)


def _trials(arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    """Yield the trials that are asked for, with their names."""
    a, seed = arguments, arguments.seed
    if a.acts:
        show = _show_progress(a.acts)
        yield "acts", lambda: simulate(seed=seed, acts=a.acts, workers=a.workers, progress=show)
    if a.cuts:
        yield "power cuts, SQLite", lambda: cut_power(folder, seed=seed, cuts=a.cuts)
    if a.kills:
        yield "kills, SQLite", lambda: kill(folder, seed=seed, kills=a.kills)
    for programs in (1, 4) if a.writers else ():
        url = f"sqlite:///{folder / f'edge-{programs}.db'}"
        yield f"edge, SQLite, {programs} programs", lambda url=url, n=programs: _edge(url, a.writers, n)
    if a.pg_kills or a.pg_crashes or a.writers:
        with Cluster() as cluster:
            if a.pg_kills:
                yield "connections, PostgreSQL", lambda: _connections(cluster, seed, a.pg_kills, crash=False)
            if a.pg_crashes:
                yield "crashes, PostgreSQL", lambda: _connections(cluster, seed + 1, a.pg_crashes, crash=True)
            for programs in (1, 4) if a.writers else ():
                with cluster.database() as url:
                    yield f"edge, PostgreSQL, {programs} programs", lambda url=url, n=programs: _edge(url, a.writers, n)


def _row(name: str, outcome: Outcome, seconds: float) -> str:
    """Return one line of the table."""
    if isinstance(outcome, Report):
        figures = f"{outcome.acts:,} acts, {outcome.acts / seconds:,.0f} a second, {outcome.figures:,} figures compared"
        figures += f", {outcome.overdrafts} overdrafts, {0 if outcome.disagreement is None else 1} disagreements"
    elif isinstance(outcome, CrashReport):
        figures = f"{outcome.rounds:,} times, {outcome.acknowledged:,} of {outcome.acts:,} acts answered, "
        figures += f"{outcome.retried + outcome.unanswered:,} handed in again, "
        figures += f"{outcome.lost} lost, {outcome.doubled} doubled, {len(outcome.problems)} other problems"
    else:
        figures = f"{outcome.writers} writers, {outcome.admitted:,} admitted of {outcome.asked:,}, "
        figures += f"{outcome.expected:,} fit"
    return f"{'ok' if outcome.ok else 'FAILED':<8}{name:<32}{seconds:10.1f} s  {figures}"


def main() -> int:
    """Run the trials and print the table."""
    arguments, well = _read_arguments(), True
    with tempfile.TemporaryDirectory(prefix="hetao-long-") as folder:
        for name, run in _trials(arguments, Path(folder)):
            start = time.monotonic()
            outcome = run()
            print("\r" + _row(name, outcome, time.monotonic() - start), flush=True)
            if not outcome.ok:
                well = False
                print(json.dumps(outcome.as_dict(), ensure_ascii=False)[:4000])
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

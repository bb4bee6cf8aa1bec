"""Interruptions: the power is cut, programs are killed and connections lost, while several writers are at work.

Whatever happens, what was answered stays, and what was not can be handed in again under its key and has one entry.
"""

from __future__ import annotations

import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from threading import Thread

from hetao.errors import LedgerError
from hetao.ledger import powercut
from hetao.ledger.ledger import Ledger
from hetao.ledger.simulate.programs import WAIT_S, command, started, whole_lines, write_script
from hetao.ledger.simulate.workload import CrashReport, Trial, Workload, make_workload

__all__ = ["cut_power", "kill", "kill_connections"]

WRITERS = 3  # threads of one program
ACTS = 50  # of one program, besides those that declare the world
KEPT = 4  # kills of one store, before a new one is made
RETRY_S = 0.005
MOMENT_S = 0.005  # at most, between an answer and the interruption


def _remove(store: Path) -> None:
    for path in store.parent.glob(f"{store.name}*"):
        path.unlink()


def _found(url: str, seed: str) -> None:
    """Declare a world in a new store."""
    with Ledger.open(url, wait_s=WAIT_S) as ledger:
        for _ in ledger.replay(make_workload(seed, 0, f"{seed} ").world):
            pass


def cut_power(folder: Path, *, seed: int, cuts: int, acts: int = ACTS) -> CrashReport:
    """Cut the power of a program with several writers on a new store, at each sync in turn, and check what is left.

    Args:
        folder: where stores are made; that of a round in which something is wrong stays.
        seed: of the acts, and of what of the unsynced writes reaches the disk.
        cuts: how many cuts; where there are fewer than syncs, they are spread over them.
        acts: how many acts the program hands in.

    Raises:
        RuntimeError: the power cannot be cut here; see `hetao.ledger.powercut`.
    """
    trial, work = Trial("power cuts", seed), make_workload(f"{seed} cuts", acts)
    script, report = write_script(folder, "cuts", work.lines), folder / "syncs"
    counted = folder / "counted.db"
    _run(counted, script, work.founding, powercut.counting(counted, report))
    points = int(report.read_text(encoding="utf-8"))
    _remove(counted)
    for i in range(cuts):
        store, fate = folder / f"cut-{i}.db", Random(f"{seed} {i}").getrandbits(32)
        at = 1 + (i % points if cuts > points else i * points // cuts)
        answers = _run(store, script, work.founding, powercut.environment(store, at=at, seed=fate))
        with Ledger.open(f"sqlite:///{store}") as ledger:
            trial.settle(ledger, work, answers)
        if trial.is_sound:
            _remove(store)
    return trial.report()


def _run(store: Path, script: Path, first: int, env: Mapping[str, str]) -> list[str]:
    """Run the program to its end, or to where the power is cut, and return what it was answered."""
    run = command(f"sqlite:///{store}", script, writers=WRITERS, first=first)
    done = subprocess.run(run, env=dict(env), input="go\n", stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, powercut.CUT):
        raise RuntimeError(f"the program ended with status {done.returncode}: {' '.join(run)}")
    return whole_lines(done.stdout)


def kill(folder: Path, *, seed: int, kills: int, acts: int = ACTS) -> CrashReport:
    """Kill a program without warning at a random moment, while it and this one write to the same SQLite file.

    Args:
        folder: where stores are made; that of a round in which something is wrong stays.
        seed: of the acts and the moments.
        kills: how many kills; a store is used for a few of them, so that a killed program's files are taken over.
        acts: how many acts each of the two programs hands in.
    """
    trial, random = Trial("kills", seed), Random(f"{seed} kills")
    for i in range(kills):
        store = folder / f"kill-{i // KEPT}.db"
        url = f"sqlite:///{store}"
        if i % KEPT == 0:
            _found(url, f"{seed} {i}")
        victim, survivor = (make_workload(f"{seed} {i} {who}", acts, f"{seed} {i} {who} ").rest for who in ("v", "s"))
        answers = _kill_one(url, folder, victim, survivor, random)
        with Ledger.open(url, wait_s=WAIT_S) as ledger:
            trial.settle(ledger, Workload(victim.lines + survivor.lines, 0), answers)
        if i % KEPT == KEPT - 1 and trial.is_sound:
            _remove(store)
    return trial.report()


def _kill_one(url: str, folder: Path, victim: Workload, survivor: Workload, random: Random) -> list[str]:
    """Let two programs write, kill one after some of its answers and a moment more, and return all answers."""
    script = write_script(folder, "victim", victim.lines)
    with (
        Ledger.open(url, wait_s=WAIT_S) as ledger,
        started([command(url, script, writers=WRITERS)]) as (program,),
    ):
        assert program.stdout is not None
        others = _Writers(ledger, survivor.lines, WAIT_S)
        told = [program.stdout.readline() for _ in range(random.randrange(len(victim.lines) + 1))]
        time.sleep(random.random() * MOMENT_S)
        program.kill()
        told.append(program.stdout.read())  # `communicate` would pass over what was read ahead
        others.join()
    return [*whole_lines("".join(told)), *others.answers]


def kill_connections(
    url: str, terminate: Callable[[], object], *, seed: int, kills: int, acts: int = ACTS, patience_s: float = WAIT_S
) -> CrashReport:
    """Cut the connections of several writers at random moments; each hands in again what was not answered.

    Args:
        url: the address of a store on a server.
        terminate: ends all connections to the store, or stops the server and starts it again.
        seed: of the acts and the moments.
        kills: how many times.
        acts: how many acts are handed in for each kill.
        patience_s: for how many seconds a writer hands one act in again before it gives up.
    """
    trial, random = Trial("connections killed", seed), Random(f"{seed} connections")
    _found(url, f"{seed} c")
    for i in range(kills):
        work = make_workload(f"{seed} {i} c", acts, f"{seed} {i} c ").rest
        with Ledger.open(url, wait_s=WAIT_S) as ledger:
            writers = _Writers(ledger, work.lines, patience_s)
            wanted = random.randrange(len(work.lines))
            while len(writers.answers) < wanted and writers.alive():
                time.sleep(MOMENT_S / 10)
            time.sleep(random.random() * MOMENT_S)
            terminate()
            writers.join()
        with Ledger.open(url, wait_s=WAIT_S) as ledger:
            trial.settle(ledger, work, writers.answers)
        trial.retried += len(writers.failed)
    return trial.report()


class _Writers:
    """Threads that hand acts in on one ledger, again and again until each is answered.

    Attributes:
        answers: the outcomes, as lines.
        failed: the acts that had to be handed in again.
    """

    def __init__(self, ledger: Ledger, lines: Sequence[str], patience_s: float) -> None:
        self.answers: deque[str] = deque()
        self.failed: set[str] = set()
        self._ledger = ledger
        self._patience_s = patience_s
        self._threads = [Thread(target=self._hand_in, args=(lines[i::WRITERS],)) for i in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def alive(self) -> bool:
        """Tell whether any of them is still at work."""
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Wait for all of them."""
        for thread in self._threads:
            thread.join()

    def _hand_in(self, lines: Sequence[str]) -> None:
        for line in lines:
            until = time.monotonic() + self._patience_s
            while time.monotonic() < until:
                try:
                    self.answers.append(self._ledger.apply(line).to_json())
                    break
                except LedgerError:
                    self.failed.add(line)
                    time.sleep(RETRY_S)

"""Other processes that help, one for each processor.

They are started anew and told over pipes what to do. A fork would carry over SQLite's account of what this process
holds open and locked, so that the child's own locks would be none; `multiprocessing` without a fork runs the caller's
main script again in each child. A worker that fails says nothing about the store: what it was to do is done here.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, TypeVar

from hetao.audit.journal import Clerk, Stretch, check_stretch
from hetao.audit.plot import Plot
from hetao.audit.source import open_source
from hetao.audit.sqlite_file import check_files
from hetao.errors import Problem

__all__ = ["Crew", "Worker", "WorkerError", "processors", "serve"]

START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from hetao.audit.workers import serve; serve(sys.stdin.buffer, sys.stdout.buffer)"
)
T = TypeVar("T")


class WorkerError(Exception):
    """A worker could not do what it was told."""


def processors() -> int:
    """Return how many processors there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Worker:
    """What a worker can do."""

    def __init__(self) -> None:
        self._opened = ExitStack()

    def wake(self) -> None:
        """Be there."""

    def files(self, file: Path) -> tuple[list[Problem], list[str]]:
        """Check the files of a store."""
        return check_files(file)

    def open(self, address: str) -> None:
        """Open the store whose stretches are to be checked."""
        self._source, self._plot = open_source(address, address), Plot()
        self._opened.callback(self._source.close)
        self._clerk = Clerk(self._plot, self._source.entry)

    def plot(self, part: Plot) -> None:
        """Take note of what the first pass found further on."""
        self._plot.extend(part)

    def stretch(self, after: int, upto: int) -> Stretch:
        """Check a stretch of the journal, behind those checked before."""
        return check_stretch(self._source, self._clerk, after, upto)

    def close(self) -> None:
        """Close the store."""
        self._opened.close()


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Do what is ordered until nothing more comes; answer with the result, or with what went wrong."""
    worker = Worker()
    try:
        while True:
            try:
                order, arguments = pickle.load(orders)
            except EOFError:
                return
            try:
                answer = True, getattr(worker, order)(*arguments)
            except Exception as error:  # noqa: BLE001 - told to the process that ordered it
                answer = False, repr(error)
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    finally:
        worker.close()


class _Helper:
    """A worker in a process of its own, as seen from here."""

    def __init__(self) -> None:
        self.knows = 0  # parts of the plot
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, order: str, *arguments: object) -> Any:  # noqa: ANN401 - what it is depends on the order
        """Return what the worker answers.

        Raises:
            WorkerError: it cannot be started, it died, or it says that something went wrong.
        """
        try:
            if self._process is None:
                command = [sys.executable, "-c", START, json.dumps(sys.path)]
                pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
                self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing)
            orders, answers = self._process.stdin, self._process.stdout
            assert orders is not None
            assert answers is not None
            pickle.dump((order, arguments), orders, pickle.HIGHEST_PROTOCOL)
            orders.flush()
            done, answer = pickle.load(answers)
        except Exception as error:  # whatever a worker that dies leaves in its pipes
            raise WorkerError(str(error)) from error
        if not done:
            raise WorkerError(answer)
        return answer

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


class Crew:
    """Workers that take orders one after another, each the next that is waiting.

    Args:
        address: the store's address.
        size: how many workers.
    """

    def __init__(self, address: str, size: int) -> None:
        self._address = address
        self._parts: list[Plot] = []
        self._helpers = [_Helper() for _ in range(size)]
        self._idle: SimpleQueue[_Helper] = SimpleQueue()
        for helper in self._helpers:
            self._idle.put(helper)
        self._threads = ThreadPoolExecutor(size)
        for _ in range(size):
            self._threads.submit(self._lend, lambda helper: helper.ask("wake"))

    def files(self, file: Path) -> Future[tuple[list[Problem], list[str]]]:
        """Order a check of the store's files."""
        return self._threads.submit(self._lend, lambda helper: helper.ask("files", file))

    def stretch(self, part: Plot, after: int, upto: int) -> Future[Stretch]:
        """Order a check of a stretch of the journal.

        Args:
            part: what the first pass found in this stretch.
            after: the number before its first entry; it lies behind the stretches ordered before.
            upto: the number of its last entry.
        """
        self._parts.append(part)
        parts = tuple(self._parts)

        def check(helper: _Helper) -> Stretch:
            """Let a helper take in what it does not know yet, and check the stretch."""
            if not helper.knows:
                helper.ask("open", self._address)
            while helper.knows < len(parts):
                helper.ask("plot", parts[helper.knows])
                helper.knows += 1
            checked: Stretch = helper.ask("stretch", after, upto)
            return checked

        return self._threads.submit(self._lend, check)

    def _lend(self, use: Callable[[_Helper], T]) -> T:
        helper = self._idle.get()
        try:
            return use(helper)
        finally:
            self._idle.put(helper)

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        for helper in self._helpers:
            helper.stop()
        self._threads.shutdown(cancel_futures=True)

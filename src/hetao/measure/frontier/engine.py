"""The engine: a frontier is built once for a reference set, and every form is solved and certified against it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from numbers import Integral
from threading import Lock
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problem
from hetao.measure.frontier import _kernel
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.measure import Form
from hetao.measure.frontier.plain import solve_plainly
from hetao.measure.frontier.technology import Matrix
from hetao.solver import TOLERANCE
from hetao.text import Text

__all__ = ["CHUNK", "Computing", "Frontier", "computing", "current"]

Engine = Literal["fast", "plain"]
CHUNK = 16384  # observations solved in one go: bounds memory, and is what one task of an executor gets
FRAME_FROM = 1500  # with fewer columns than this, finding the frame costs more than it saves


@dataclass(frozen=True)
class Computing:
    """How things are computed. Threads and executors change no result, to the last bit.

    Attributes:
        threads: threads of the compiled engine; None: as many as there are cores.
        executor: where chunks of observations are solved; None: here.
        engine: ``fast``, or ``plain`` to solve every programme whole with HiGHS.
        progress: called with (observations done, observations in all) after each chunk.
    """

    threads: int | None = None
    executor: Executor | None = None
    engine: Engine = "fast"
    progress: Callable[[int, int], object] | None = None

    @property
    def cores(self) -> int:
        """The number of threads to start."""
        return self.threads or (
            len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )


_COMPUTING: ContextVar[Computing | None] = ContextVar("computing", default=None)


def current() -> Computing:
    """Return how things are computed here."""
    return _COMPUTING.get() or Computing()


@contextmanager
def computing(
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    engine: Engine = "fast",
    progress: Callable[[int, int], object] | None = None,
) -> Iterator[Computing]:
    """Choose how the calls of `hetao.measure` compute inside a ``with`` block.

    Threads and executors give the same results to the last bit. The plain engine gives the same scores; where several
    answers are optimal its peers, multipliers and what is made of them (cross-efficiency, the parts of a slack) may be
    other ones.

    Args:
        threads: threads of the compiled engine; by default all cores.
        executor: any `concurrent.futures.Executor` (a process pool, Dask's ``client.get_executor()``): observations
            are spread over its workers in chunks, each of which gets the frontier's extreme units only.
        engine: ``plain`` solves every programme whole with HiGHS, the twin that the fast engine is held to.
        progress: called with (observations done, observations in all) after each chunk of a frontier.

    Raises:
        ModelError: a value that is none of these.

    Examples:
        >>> from hetao import Panel
        >>> from hetao.measure import computing, dea
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 4.0]}, unit="firm", inputs="x", outputs="y")
        >>> with computing(threads=1, engine="plain"):
        ...     dea(panel).scores["score"]
        [0.5, 1.0]
    """
    _check(threads, executor, engine, progress)
    cores = None if threads is None else int(threads)
    token = _COMPUTING.set(Computing(cores, executor, engine, progress))
    try:
        yield current()
    finally:
        _COMPUTING.reset(token)


def _check(threads: object, executor: object, engine: object, progress: object) -> None:
    whole = not isinstance(threads, bool) and isinstance(threads, Integral) and 1 <= int(threads) <= 4096
    wrong = [
        (name, value, expected)
        for name, value, fits, expected in (
            (
                "threads",
                threads,
                threads is None or whole,
                Text("1 到 4096 的整数，或 None", "a whole number from 1 to 4096, or None"),
            ),
            ("executor", executor, executor is None or isinstance(executor, Executor), Text("Executor", "an Executor")),
            ("engine", engine, engine in get_args(Engine), Text("fast 或 plain", "fast or plain")),
            ("progress", progress, progress is None or callable(progress), Text("可调用对象", "a callable")),
        )
        if not fits
    ]
    if wrong:
        raise ModelError(
            [
                Problem(
                    f"computing.{name}",
                    Place(item=f"computing({name})"),
                    found=Text(f"{value!r}", f"{value!r}"),
                    expected=expected,
                    remedy=Text("改正该参数", "correct the argument"),
                )
                for name, value, expected in wrong
            ]
        )


class Frontier:
    """The generated columns of a reference set; its extreme ones are found once, when they are first needed.

    Args:
        table: (columns, rows) generated columns.
        senses: (rows,) senses of their rows.
    """

    def __init__(self, table: Matrix, senses: NDArray[np.int8]) -> None:
        self._table, self._senses = np.ascontiguousarray(table), senses
        size = np.abs(table).mean(axis=0) if len(table) else np.ones(len(senses))
        self._powers = np.where(size > 0.0, np.frexp(size)[1] - 1, 0).astype(np.int32)  # rows are divided by 2 to them
        self._members: NDArray[np.int64] | None = None
        self._residual = 0.0
        self._engine: _kernel.Engine | None = None
        self._guard = Lock()

    @property
    def table(self) -> Matrix:
        """(columns, rows) the generated columns."""
        return self._table

    @property
    def members(self) -> NDArray[np.int64]:
        """The columns that span the others; found by linear programmes where there are many, else all of them."""
        self._ready()
        assert self._members is not None
        return self._members

    def _ready(self) -> _kernel.Engine:
        """Return the compiled engine with its frame; threads that ask at once wait for one search."""
        with self._guard:
            if self._engine is not None:
                return self._engine
            engine = _kernel.Engine(self._table, self._senses, self._powers)
            if self._members is None and len(self._table) >= FRAME_FROM:
                engine.find(current().cores)
                members, self._residual = np.empty(engine.size, dtype=np.int64), engine.residual
                engine.members(members)
            else:
                members = np.arange(len(self._table)) if self._members is None else self._members
                engine.give(members, self._residual)
            members.setflags(write=False)
            self._members, self._engine = members, engine
            return engine

    def solve(self, form: Form, banned: NDArray[np.int64] | None = None) -> Answers:
        """Solve a form's programmes here, certify them, and solve what misses its proof again with HiGHS.

        Args:
            form: n programmes.
            banned: (n,) the generated column that each may not use; −1 for none.
        """
        n, rows, fixed = len(form.b), len(form.senses), form.F.shape[1]
        found = Answers.empty(n, rows, fixed)
        if len(self._table) == 0:
            return found
        if current().engine == "plain":
            solve_plainly(self._table, form, banned, found, np.arange(n))
            return found
        self._fast(form, banned, found)
        missed = ~(found.certificate <= TOLERANCE).all(axis=1)
        again = np.flatnonzero(np.where(found.solved, missed, found.outcome == 3))
        if banned is None and len(self.members) < len(self._table):  # they span the others, and are fewer
            solve_plainly(self._table[self.members], form, None, found, again)
            there = found.peers[again] >= 0
            found.peers[again] = np.where(there, self.members[np.where(there, found.peers[again], 0)], -1)
        else:
            solve_plainly(self._table, form, banned, found, again)
        return found

    def _fast(self, form: Form, banned: NDArray[np.int64] | None, found: Answers) -> None:
        sign = 1.0 if form.sense == "min" else -1.0
        self._ready().solve(
            form.senses,
            form.free,
            np.ascontiguousarray(form.b),
            np.ascontiguousarray(form.F),
            np.ascontiguousarray(sign * form.c),
            banned,
            current().cores,
            found.outcome,
            found.objective,
            found.prices,
            found.fixed,
            found.peers,
            found.weights,
            found.certificate,
        )
        found.attempts[:] = 1
        found.objective[:] *= sign
        found.prices[:] *= sign

    def spread(self, forms: Callable[[slice], Form], n: int, banned: NDArray[np.int64] | None = None) -> Answers:
        """Solve n programmes chunk by chunk, on the current executor if there is one.

        Args:
            forms: builds the programmes of a slice of the observations; called here.
            n: how many observations there are.
            banned: as in `solve`.
        """
        slices = [slice(start, min(start + CHUNK, n)) for start in range(0, n, CHUNK)] or [slice(0, 0)]
        how = current()
        if how.executor is None or len(slices) == 1:
            parts = []
            for s in slices:
                parts.append(self.solve(forms(s), None if banned is None else banned[s]))
                self._tell(how, s.stop, n)
            return Answers.joined(parts)
        sent = self if banned is not None or how.engine == "plain" else self._spanning()
        remote = replace(how, executor=None, progress=None)
        tasks = [
            how.executor.submit(_solve_chunk, sent, forms(s), None if banned is None else banned[s], remote)
            for s in slices
        ]
        parts = []
        try:
            for s, task in zip(slices, tasks, strict=True):
                parts.append(task.result())
                self._tell(how, s.stop, n)
        finally:
            for task in tasks:  # after an error or Ctrl-C the others would be computed for nobody
                task.cancel()
        found = Answers.joined(parts)
        if sent is not self:
            there = found.peers >= 0
            found.peers[there] = self.members[found.peers[there]]
        return found

    @staticmethod
    def _tell(how: Computing, done: int, n: int) -> None:
        if how.progress is not None:
            how.progress(done, n)

    def _spanning(self) -> Frontier:
        """Return the same frontier without the columns that its extreme ones span."""
        small = Frontier(self._table[self.members], self._senses)
        small._members, small._residual = np.arange(len(self.members), dtype=np.int64), self._residual
        small._powers = self._powers  # so that it computes to the bit what this one does
        return small

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_engine", "_guard")}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__ |= state
        self._engine, self._guard = None, Lock()


def _solve_chunk(frontier: Frontier, form: Form, banned: NDArray[np.int64] | None, how: Computing) -> Answers:
    with computing(threads=how.threads, engine=how.engine):
        return frontier.solve(form, banned)

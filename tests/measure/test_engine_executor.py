"""Where and how things are computed: arguments, progress, contexts, executors, and what happens when one breaks."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

from frontiers_data import many, many_units
from hetao.errors import ModelError
from hetao.measure import computing, dea, sbm
from hetao.measure.frontier import engine
from hetao.measure.frontier.engine import Computing, Frontier, current
from hetao.measure.frontier.measure import Form
from hetao.measure.frontier.radial import radial
from hetao.measure.frontier.technology import Quantities, Technology

VRS = Technology(2, 2, 0, "vrs")


def frontier_and_form(n: int, kind: str = "uniform", evaluated: int | None = None) -> tuple[Frontier, Form]:
    """Return a frontier of n units and the input-oriented programmes of some of them (all by default)."""
    table = many(kind, n)
    data = Quantities(table[:, :2], table[:, 2:], table[:, 4:])
    own = data.take(np.arange(evaluated or n))
    return Frontier(VRS.table(data), VRS.senses), radial(own, "input").form(VRS, own)


@pytest.fixture
def chunks_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK", 10)


# Arguments


@pytest.mark.parametrize("threads", [0, -1, True, 1.0, "2"])
def test_threads_must_be_a_whole_number_above_zero(threads: Any):
    with pytest.raises(ModelError) as failed, computing(threads=threads):
        pytest.fail("the block was entered")
    assert [p.code for p in failed.value.problems] == ["computing.threads"]


def test_everything_wrong_is_said_at_once():
    before = current()
    with (
        pytest.raises(ModelError) as failed,
        computing(threads=0, executor=print, engine=["fast"], progress=3),  # type: ignore[arg-type]
    ):
        pytest.fail("the block was entered")
    codes = [p.code for p in failed.value.problems]
    assert codes == [f"computing.{name}" for name in ("threads", "executor", "engine", "progress")]
    for problem in failed.value.problems:
        assert problem.describe("zh") != problem.describe("en")
    assert current() == before


@pytest.mark.parametrize("engine_name", ["", "Fast", "highs", None, 1])
def test_an_engine_is_fast_or_plain(engine_name: Any):
    with pytest.raises(ModelError, match="fast or plain"), computing(engine=engine_name):
        pytest.fail("the block was entered")


def test_what_is_right_is_taken_and_given():
    with (
        ThreadPoolExecutor(1) as executor,
        computing(threads=3, executor=executor, engine="plain", progress=max) as how,
    ):
        assert how == current() == Computing(3, executor, "plain", max)
        assert how.cores == 3
    assert current().cores >= 1


# Contexts


def test_contexts_nest_and_are_restored_even_after_an_exception():
    def fail_inside() -> None:
        with computing(engine="plain"):
            assert current() == Computing(engine="plain")  # a context says everything: nothing is inherited
            raise ZeroDivisionError

    assert current() == Computing()
    with computing(threads=2):
        with pytest.raises(ZeroDivisionError):
            fail_inside()
        assert current() == Computing(threads=2)
        with pytest.raises(ModelError), computing(threads=0):
            pytest.fail("the block was entered")
        assert current() == Computing(threads=2)
    assert current() == Computing()


def test_a_context_is_a_threads_own():
    seen = []
    with computing(threads=2):
        other = threading.Thread(target=lambda: seen.append(current()))
        other.start()
        other.join()
    assert seen == [Computing()]


# Progress


@pytest.mark.usefixtures("chunks_of_ten")
@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("chosen", ["fast", "plain"])
def test_progress_is_told_after_each_chunk(chosen: Any, parallel: bool):
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        with computing(
            engine=chosen, executor=pool if parallel else None, progress=lambda done, n: told.append((done, n))
        ):
            result = dea(many_units(many("uniform", 25)))
            assert told == [(10, 25), (20, 25), (25, 25)]
            assert result.projections is not None  # the second stage is a frontier's work too
        assert told == [(10, 25), (20, 25), (25, 25)] * 2


@pytest.mark.usefixtures("chunks_of_ten")
def test_progress_that_fails_stops_the_call_and_nothing_else():
    def stop(done: int, n: int) -> None:
        raise LookupError(done, n)

    p = many_units(many("uniform", 25))
    with pytest.raises(LookupError), computing(progress=stop):
        dea(p)
    assert current() == Computing()
    assert dea(p).evaluation.score == pytest.approx(dea(many_units(many("uniform", 25))).evaluation.score, abs=0)


# Pickles


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize("frame_from", [0, 10**6])
def test_a_frontier_travels(used: bool, frame_from: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "FRAME_FROM", frame_from)
    frontier, form = frontier_and_form(300)
    if used:
        frontier.solve(form)
    there = pickle.loads(pickle.dumps(frontier))
    found, expected = there.solve(form), frontier.solve(form)
    for name, values in vars(expected).items():
        np.testing.assert_array_equal(getattr(found, name), values, err_msg=name)
    assert there.members.tolist() == frontier.members.tolist()
    assert not there.members.flags.writeable or used  # numpy forgets the flag on the way


# Executors


class Counting(ThreadPoolExecutor):
    """A pool that counts what it is given."""

    given = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize("call", [dea, sbm])
def test_chunks_change_no_score(call: Any, monkeypatch: pytest.MonkeyPatch):
    whole = call(many_units(many("lattice", 95)))
    monkeypatch.setattr(engine, "CHUNK", 10)
    parts = call(many_units(many("lattice", 95)))
    assert parts.scores["status"] == whole.scores["status"] == ["optimal"] * 95
    assert parts.evaluation.score == pytest.approx(whole.evaluation.score, abs=1e-9)


@pytest.mark.usefixtures("chunks_of_ten")
@pytest.mark.parametrize(("n", "tasks"), [(10, 0), (11, 2), (30, 3)])
def test_an_executor_is_given_a_task_a_chunk_where_there_are_several(n: int, tasks: int):
    with Counting(2) as pool, computing(executor=pool):
        dea(many_units(many("uniform", n)))
    assert pool.given == tasks


def test_an_executor_is_sent_only_what_the_frontier_needs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "CHUNK", 100)
    monkeypatch.setattr(engine, "FRAME_FROM", 0)
    frontier, form = frontier_and_form(300)
    sent: list[int] = []

    class Looking(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            sent.append(len(args[0].table))
            return super().submit(fn, *args, **kwargs)

    def part(s: slice) -> Form:
        return Form(form.sense, form.senses, form.b[s], form.F[s], form.c[s], form.free)

    with Looking(2) as pool, computing(executor=pool, threads=1):
        found = frontier.spread(part, 300)
        assert sent == [len(frontier.members)] * 3
        assert set(found.peers[found.peers >= 0].tolist()) <= set(frontier.members.tolist())
        sent.clear()
        frontier.spread(part, 300, np.arange(300))  # without itself a unit may need what the frame spans
        assert sent == [300] * 3
    assert found.objective == pytest.approx(frontier.solve(form).objective, abs=1e-9)


@pytest.mark.usefixtures("chunks_of_ten")
@pytest.mark.parametrize("call", [dea, sbm])
def test_a_pool_whose_worker_dies_says_so_and_leaves_the_session_usable(call: Any):
    class Dying(ProcessPoolExecutor):
        given = 0

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.given += 1
            return super().submit(os._exit, 1) if self.given == 3 else super().submit(fn, *args, **kwargs)

    p = many_units(many("uniform", 60))
    with Dying(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(BrokenProcessPool), computing(executor=pool):
            call(p)
        assert current() == Computing()
        with pytest.raises(BrokenProcessPool), computing(executor=pool):  # the pool is gone, and goes on saying so
            call(p)
    fresh = call(many_units(many("uniform", 60)))
    np.testing.assert_array_equal(call(p).evaluation.score, fresh.evaluation.score)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this platform")
@pytest.mark.usefixtures("chunks_of_ten")
def test_a_pool_whose_worker_is_killed_while_working_says_so():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        worker = pool.submit(os.getpid).result()
        p = many_units(many("uniform", 2000))

        def kill(done: int, n: int) -> None:
            if done == 10:
                os.kill(worker, signal.SIGKILL)

        with pytest.raises(BrokenProcessPool), computing(executor=pool, threads=1, progress=kill):
            sbm(p)
    assert dea(p).certificate.statuses == {"optimal": 2000}


# Interrupts


@contextmanager
def interrupted(after: float) -> Iterator[None]:
    """Press Ctrl-C after so many seconds."""

    def press(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    signal.setitimer(signal.ITIMER_REAL, after)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


can_be_interrupted = pytest.mark.skipif(
    not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread(),
    reason="needs setitimer, in the main thread",
)


def again_and_again(work: Callable[[], object], after: float, threads: int = 1) -> None:
    """Do some work until Ctrl-C, pressed after so many seconds, is heard."""
    with interrupted(after), computing(threads=threads):
        for _ in range(1000):
            work()


@can_be_interrupted
def test_a_search_for_the_frame_can_be_interrupted_and_begun_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "FRAME_FROM", 0)
    frontier, form = frontier_and_form(3000, "efficient", evaluated=20)
    searches = 0

    def search() -> None:
        nonlocal searches
        searches += 1
        frontier.solve(form)

    with pytest.raises(KeyboardInterrupt):
        again_and_again(search, after=0.03)
    assert searches == 1  # heard while searching, which takes several times as long
    assert frontier.solve(form).objective == pytest.approx(np.ones(20), abs=1e-9)
    assert len(frontier.members) == 3000
    assert current() == Computing()


@can_be_interrupted
@pytest.mark.parametrize("threads", [1, 2])
def test_a_solve_that_is_interrupted_leaves_the_frontier_usable(threads: int):
    frontier, form = frontier_and_form(700, "efficient")
    with pytest.raises(KeyboardInterrupt):
        again_and_again(lambda: frontier.solve(form), after=0.02, threads=threads)
    found, expected = frontier.solve(form), Frontier(frontier.table, VRS.senses).solve(form)
    np.testing.assert_array_equal(found.objective, expected.objective)
    assert found.solved.all()


@can_be_interrupted
@pytest.mark.usefixtures("chunks_of_ten")
def test_a_measure_that_is_interrupted_leaves_the_session_usable():
    p = many_units(many("uniform", 1000))
    with pytest.raises(KeyboardInterrupt):
        again_and_again(lambda: sbm(p), after=0.05)
    assert current() == Computing()
    np.testing.assert_array_equal(sbm(p).evaluation.score, sbm(many_units(many("uniform", 1000))).evaluation.score)


# Dask


WITH_DASK = """
import sys

import numpy as np
from distributed import Client, LocalCluster

from frontiers_data import many, many_units
from hetao.measure import computing, dea, sbm
from hetao.measure.frontier import engine

if __name__ == "__main__":
    engine.CHUNK = 100
    table = many("uniform", 350)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
        client.get_executor() as executor,
    ):
        for call in (dea, sbm):
            here, told = call(many_units(table)), []
            with computing(executor=executor, threads=1, progress=lambda done, n: told.append(done)):
                there = call(many_units(table))
                assert told == [100, 200, 300, 350], told
                assert there.projections is not None
            for name in ("score", "prices", "certificate"):
                np.testing.assert_array_equal(getattr(there.evaluation, name), getattr(here.evaluation, name), name)
            for name in ("peers", "weights", "slacks", "targets"):
                np.testing.assert_array_equal(getattr(there.projections, name), getattr(here.projections, name), name)
            print(call.__name__, there.scores["status"].count("optimal"))
"""


def test_a_dask_cluster_gives_what_is_found_here(tmp_path: Path):
    pytest.importorskip("distributed")
    script = tmp_path / "with_dask.py"  # in a process of its own: what Dask leaves behind is no other test's affair
    script.write_text(WITH_DASK, encoding="utf-8")
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    ran = subprocess.run(
        [sys.executable, script],
        check=False,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["dea", "350", "sbm", "350"]

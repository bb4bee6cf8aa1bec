"""Many at once: every event gets one outcome, commits are shared, and a fault leaves nobody waiting."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

import hetao.ledger.ledger as engine
from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.event import read_event
from hetao.ledger.faults import store_error

THREADS = 32
WAIT_S = 60  # for a thread that should have ended long ago


def all_at_once(*calls):
    """Return what each call answered or raised, all of them begun at the same moment; nobody may hang."""
    answers, barrier = [None] * len(calls), threading.Barrier(len(calls))

    def run(place, call):
        barrier.wait(WAIT_S)
        try:
            answers[place] = call()
        except BaseException as error:  # noqa: BLE001 - whatever a thread meets is what is looked at
            answers[place] = error

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return answers


@pytest.fixture
def commits(monkeypatch):
    """Count the write transactions of every store."""
    counted = Counter()
    commit = Ledger._commit

    def count(ledger, readings):
        counted["commits"] += 1
        counted["events"] += len(readings)
        return commit(ledger, readings)

    monkeypatch.setattr(Ledger, "_commit", count)
    return counted


def hold_until(ledger, waiting):
    """Hold the ledger's lock until so many events wait for it."""

    def hold():
        with ledger._turn, ledger._work:
            for _ in range(WAIT_S * 1000):
                if len(ledger._waiting) >= waiting:
                    return
                threading.Event().wait(0.001)
        raise AssertionError("too few events came")

    return hold


def test_each_of_32_threads_gets_its_own_outcome(any_url, scene_on, commits):
    scene = scene_on(any_url)
    scene.cap("A1", 10 * THREADS + 5)
    ledger, before = scene.ledger, scene.ledger.head.seq
    commits.clear()
    wanted = [[scene.application(f"T{t}-{n}", 3, "A1") for n in range(5)] for t in range(THREADS)]
    answers = all_at_once(*[lambda mine=mine: [ledger.apply(event) for event in mine] for mine in wanted])
    outcomes = [outcome for mine in answers for outcome in mine]
    assert [o.key for o in outcomes] == [event["key"] for mine in wanted for event in mine]
    assert sorted(o.seq for o in outcomes) == list(range(before + 1, before + 1 + 5 * THREADS))
    assert Counter(o.decision for o in outcomes) == {"admitted": 108, "refused": 52}
    assert scene.drawn("A1") == (324, 0, 0, 0, 0, 0)
    assert commits["events"] == 5 * THREADS
    assert ledger.verify(rejudged=True).ok


def test_what_waits_is_committed_together(any_url, make, commits):
    with Ledger.open(any_url) as ledger:
        events = [make.node(f"N{n}", "basin") for n in range(THREADS)]
        answers = all_at_once(*[lambda e=e: ledger.apply(e) for e in events], hold_until(ledger, THREADS))
        assert all(o.ok for o in answers[:-1])
        assert commits == {"commits": 1, "events": THREADS}


def test_a_crowd_larger_than_a_batch_is_served_in_several(any_url, make, commits, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 5)
    with Ledger.open(any_url) as ledger:
        events = [make.node(f"N{n}", "basin") for n in range(THREADS)]
        answers = all_at_once(*[lambda e=e: ledger.apply(e) for e in events], hold_until(ledger, THREADS))
        assert sorted(o.seq for o in answers[:-1]) == list(range(1, THREADS + 1))
        assert commits == {"commits": 7, "events": THREADS}


def test_the_same_event_from_32_threads_is_posted_once(any_url, make, commits):
    event = make.node("NM", "region")
    with Ledger.open(any_url) as ledger:
        answers = all_at_once(*[lambda: ledger.apply(event)] * THREADS, hold_until(ledger, THREADS))[:-1]
        assert Counter(o.decision for o in answers) == {"posted": 1, "duplicate": THREADS - 1}
        assert {o.seq for o in answers} == {1}
        assert ledger.head.seq == 1


def test_two_events_of_one_key_in_one_batch(any_url, make):
    event = make.node("NM", "region")
    with Ledger.open(any_url) as ledger:
        outcomes = list(ledger.replay(json.dumps(e) for e in (event, {**event, "name": "x"}, event)))
        assert [o.decision for o in outcomes] == ["posted", "refused", "duplicate"]
        assert outcomes[1].refusals[0].rule == "key.reused"


def test_readers_and_writers_share_a_ledger(any_url, scene_on):
    scene = scene_on(any_url)
    ledger = scene.ledger
    calls = [
        *[lambda n=n: ledger.apply(scene.application(f"R{n}", 1, "A1")).ok for n in range(8)],
        *[lambda: len(ledger.accounts(year=2025)) > 0] * 4,
        *[
            lambda: (
                ledger.explain(
                    {"node": "A1", "water": "groundwater", "volume_m3": 1, "from": "2025-04-01", "to": "2025-12-31"}
                ).ok
            )
        ]
        * 4,
        *[lambda: ledger.head.seq > 0] * 4,
        *[lambda: len(list(ledger.export())) > 0] * 4,
        lambda: ledger.verify().ok,
    ]
    assert all_at_once(*calls) == [True] * len(calls)


@pytest.mark.parametrize("method", ["append", "write", "seal", "kept"])
def test_an_error_of_the_store_reaches_every_waiting_thread(any_url, make, monkeypatch, method):
    with Ledger.open(any_url) as ledger:
        kind = type(ledger._store)
        events = [make.node(f"N{n}", "basin") for n in range(THREADS)]
        with monkeypatch.context() as patch:
            patch.setattr(kind, method, lambda *a: (_ for _ in ()).throw(store_error("full", "sqlite:///x")))
            answers = all_at_once(*[lambda e=e: ledger.apply(e) for e in events], hold_until(ledger, THREADS))[:-1]
        assert all(isinstance(a, LedgerError) and a.problems[0].code == "ledger.store.full" for a in answers)
        assert (ledger.head.seq, ledger.nodes()) == (0, ())
        assert all(ledger.apply(e).decision == "posted" for e in events)


def test_an_error_of_the_lock_reaches_every_waiting_thread(any_url, make, monkeypatch):
    with Ledger.open(any_url) as ledger:
        events = [make.node(f"N{n}", "basin") for n in range(4)]

        def locked(store):
            raise store_error("locked", "sqlite:///x")

        with monkeypatch.context() as patch:
            patch.setattr(type(ledger._store), "writing", locked)
            answers = all_at_once(*[lambda e=e: ledger.apply(e) for e in events], hold_until(ledger, 4))[:-1]
        assert all(isinstance(a, LedgerError) and a.problems[0].code == "ledger.store.locked" for a in answers)
        assert all(ledger.apply(e).ok for e in events)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("method", ["append", "seal"])
def test_an_interruption_leaves_nobody_waiting(any_url, make, monkeypatch, method, error):
    with Ledger.open(any_url) as ledger:
        events = [make.node(f"N{n}", "basin") for n in range(8)]
        with monkeypatch.context() as patch:
            patch.setattr(type(ledger._store), method, lambda *a: (_ for _ in ()).throw(error()))
            answers = all_at_once(*[lambda e=e: ledger.apply(e) for e in events], hold_until(ledger, 8))[:-1]
        interrupted = [a for a in answers if isinstance(a, error)]
        told = [a for a in answers if isinstance(a, LedgerError)]
        assert len(interrupted) == 1, "who did the work is interrupted"
        assert len(told) == 7, "who waited is told"
        assert {a.problems[0].code for a in told} == {"ledger.store.interrupted"}
        assert ledger.head.seq == 0
        assert all(ledger.apply(e).decision == "posted" for e in events)
        assert ledger.verify(rejudged=True).ok


def test_an_interrupted_replay_posts_nothing_of_its_batch(any_url, make, monkeypatch):
    lines = [json.dumps(make.node(f"N{n}", "basin")) for n in range(4)]
    with Ledger.open(any_url) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(type(ledger._store), "seal", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                list(ledger.replay(lines))
            patch.setattr(type(ledger._store), "seal", lambda *a: (_ for _ in ()).throw(store_error("full", "x")))
            with pytest.raises(LedgerError):
                list(ledger.replay(lines))
        assert ledger.head.seq == 0
        assert [o.seq for o in ledger.replay(lines)] == [1, 2, 3, 4]


def test_two_ledgers_on_one_store_take_turns(shared_url, scene_on):
    one, two = scene_on(shared_url), scene_on(shared_url)
    one.cap("A1", 100)

    def ask(scene, name):
        return [scene.apply(f"{name}{n}", 9).decision for n in range(10)]

    answers = all_at_once(lambda: ask(one, "X"), lambda: ask(two, "Y"))
    assert Counter(answers[0] + answers[1]) == {"admitted": 11, "refused": 9}
    assert one.drawn("A1") == two.drawn("A1") == (99, 0, 0, 0, 0, 0)
    assert one.ledger.head == two.ledger.head
    assert one.ledger.verify(rejudged=True).ok


def apply_in_a_process(url, name, queue):
    with Ledger.open(url, wait_s=WAIT_S) as ledger:
        for number in range(8):
            event = {"event": "node", "key": f"{name}{number}", "by": "x", "at": "2024-01-01T00:00:00Z"}
            queue.put(ledger.apply({**event, "node": f"N{number}", "name": "x", "kind": "basin"}).ok)


def test_three_programs_on_one_store_take_turns(shared_url):
    """Eight places are declared by each of three programs: each place is posted once."""
    Ledger.open(shared_url).close()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    programs = [context.Process(target=apply_in_a_process, args=(shared_url, name, queue)) for name in "abc"]
    for program in programs:
        program.start()
    answers = Counter(queue.get(timeout=WAIT_S) for _ in range(24))
    for program in programs:
        program.join(WAIT_S)
    assert answers == {True: 8, False: 16}
    with Ledger.open(shared_url) as ledger:
        assert ledger.head.seq == 24
        assert len(ledger.nodes()) == 8
        assert ledger.verify(rejudged=True).ok


def tickets(number):
    return [engine._Ticket(read_event({"event": "tick", "key": f"t{n}"})) for n in range(number)]


@pytest.mark.parametrize(
    ("lately", "coming", "glances", "taken"),
    [
        (4, 9, 3, 4),  # as many as last time are there
        (4, 1, 2, 2),  # fewer come back: one look in which nobody came ends the wait
        (1, 9, 0, 1),  # one alone is not kept waiting
        (99, 0, 1, 1),  # nor more than once, when the others have gone
    ],
)
def test_a_batch_waits_for_those_who_come_again(ledger, monkeypatch, lately, coming, glances, taken):
    """One event waits; at each look another comes, up to a number."""
    crowd = tickets(1 + coming)
    ledger._waiting.append(crowd.pop())
    ledger._lately, looked = lately, []

    def look(seconds):
        looked.append(seconds)
        if crowd:
            ledger._waiting.append(crowd.pop())

    monkeypatch.setattr(engine.time, "sleep", look)
    ledger._gather()
    assert (len(looked), len(ledger._waiting), ledger._lately) == (glances, taken, taken)
    ledger._waiting.clear()


def test_a_batch_does_not_wait_long(ledger, monkeypatch):
    ledger._waiting.extend(tickets(1))
    ledger._lately, clock = 1000, iter([0.0, 0.5 * engine.GATHER_S, engine.GATHER_S])
    monkeypatch.setattr(engine.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(engine.time, "sleep", lambda seconds: ledger._waiting.extend(tickets(1)))
    ledger._gather()
    assert len(ledger._waiting) == 2
    ledger._waiting.clear()


@pytest.mark.parametrize("moment", ["_gather", "_admit"])
def test_whoever_is_interrupted_on_the_way_loses_nobody(url, make, monkeypatch, moment):
    """An interruption while events are gathered, or right after they were answered, leaves none unanswered."""
    events = [make.node(f"N{n}", "basin") for n in range(4)]
    with Ledger.open(url) as ledger:
        whole, left = getattr(Ledger, moment), [KeyboardInterrupt()]

        def interrupted(ledger, *taken):
            whole(ledger, *taken)
            if left:
                raise left.pop()

        monkeypatch.setattr(Ledger, moment, interrupted)
        answers = all_at_once(*[lambda e=e: ledger.apply(e) for e in events], hold_until(ledger, 4))[:-1]
        assert sum(isinstance(a, KeyboardInterrupt) for a in answers) == 1
        assert sum(getattr(a, "decision", "") == "posted" for a in answers) == 3
        assert not ledger._waiting
        assert [ledger.apply(e).ok for e in events] == [True] * 4
        assert ledger.head.seq == 4


def test_who_finds_the_work_done_does_none(ledger):
    ticket = engine._Ticket(read_event({"event": "tick"}))
    ticket.done = True
    head = ledger.head
    ledger._lead_or_sleep(ticket)
    assert ledger.head == head


@pytest.mark.parametrize("answered", [False, True])
def test_an_interrupted_thread_leaves_nobody_asleep(url, make, monkeypatch, answered):
    """What it left in the queue, answered or not, must not be woken in place of somebody who waits."""
    events = [make.node(f"N{n}", "basin") for n in range(2)]
    with Ledger.open(url) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "_lead_or_sleep", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                ledger.apply(events[0])
        waiting = len(ledger._waiting)
        ledger._waiting[0].done = answered
        answers = []
        thread = threading.Thread(target=lambda: answers.append(ledger.apply(events[1])), daemon=True)
        with ledger._turn, ledger._work:
            thread.start()
            for _ in range(10_000):
                if len(ledger._waiting) > waiting:
                    break
                threading.Event().wait(0.001)
            threading.Event().wait(0.05)  # so that it sleeps by now
        thread.join(5)
        assert [o.ok for o in answers] == [True], "it sleeps on"
        assert len(ledger.nodes()) == (1 if answered else 2), "what was answered is not taken again"
        assert not ledger._waiting


def test_an_interrupted_thread_holds_nobody_up(url, make, monkeypatch):
    """Its event may have been left in the queue or not: either way it can be handed in again."""
    events = [make.node(f"N{n}", "basin") for n in range(2)]
    with Ledger.open(url) as ledger:

        class Broken:
            def acquire(self, blocking=True):
                raise KeyboardInterrupt

            def release(self):
                raise RuntimeError("it was not taken")

        lock = ledger._work
        ledger._work = Broken()
        with contextlib.suppress(KeyboardInterrupt):
            ledger.apply(events[0])
        ledger._work = lock
        assert ledger.apply(events[1]).ok
        assert ledger.apply(events[0]).ok
        assert ledger.head.seq == 2


LINES = 4000  # more than applying one event runs


def interrupt_at(number, folder):
    """Return a trace that raises one KeyboardInterrupt before the line of that number run in files of a folder."""
    left = iter(range(number))

    def trace(frame, what, argument):
        if frame.f_code.co_filename.startswith(folder):
            if what == "line" and next(left, None) is None:
                sys.settrace(None)
                raise KeyboardInterrupt(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            return trace
        return None

    return trace


def test_an_interruption_at_any_line_harms_neither_this_ledger_nor_another(any_url, make, tmp_path):
    """Wherever applying an event is interrupted, this ledger goes on, and so does another on the same store."""
    folder, places, tracing = str(Path(engine.__file__).parent), set(), sys.gettrace()
    with Ledger.open(any_url, wait_s=WAIT_S) as ledger:
        for number in range(LINES):
            event = make.node(f"N{number}", "basin")
            try:
                sys.settrace(interrupt_at(number, folder))
                ledger.apply(event)
            except KeyboardInterrupt as error:
                places.add(str(error))
                kept = error  # the frames that were interrupted live on, as they do in a notebook
            else:
                break
            finally:
                sys.settrace(tracing)
            outcome = all_at_once(lambda e=event: ledger.apply(e))[0]
            assert outcome.decision in ("posted", "duplicate"), (str(kept), outcome)
            if ":memory:" not in any_url:
                with Ledger.open(any_url, wait_s=WAIT_S) as other:
                    assert other.apply(event).decision == "duplicate", str(kept)
        assert len(places) > 100
        assert len(ledger.nodes()) == number + 1
        assert ledger.verify(rejudged=True).ok

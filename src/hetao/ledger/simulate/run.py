"""The simulation: acts by the dice go to a ledger and to the model, and the two must never disagree.

A run is cut into episodes, each with a ledger and a world of its own, so that memory stays flat and a long run can be
shared out to several processes; every episode has its own seed, so that the result does not depend on who played it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from random import Random
from typing import Any, NamedTuple

from hetao.errors import LedgerError, Place, Problem
from hetao.ledger.ledger import Ledger
from hetao.ledger.outcome import Outcome
from hetao.ledger.simulate.acts import Act, Generator
from hetao.ledger.simulate.compare import compare, compare_accounts
from hetao.ledger.simulate.model import Answer
from hetao.text import Text

__all__ = ["EPISODE", "MEMORY", "Disagreement", "Report", "agrees", "simulate"]

MEMORY = "sqlite:///:memory:"
EPISODE = 2000  # acts
TOGETHER = 400  # acts that are handed in together at most
RETOLD = 25  # one episode in so many is also verified, and replayed from its export


@dataclass(frozen=True)
class Disagreement:
    """The first act after which ledger and model disagree.

    Attributes:
        seed: the run's seed.
        act: the number of the act in the run, from 1: a run of so many acts ends with it.
        line: the act.
        expected: what the model says.
        found: what the ledger says.
    """

    seed: int
    act: int
    line: str
    expected: str
    found: str

    def as_dict(self) -> dict[str, Any]:
        """Return it in one JSON shape."""
        return dict(vars(self))


@dataclass(frozen=True)
class Report:
    """What a simulation found.

    Attributes:
        seed: its seed.
        acts: how many acts were handed in.
        counts: kind of act → decision → how many.
        figures: how many figures were compared with the model's.
        retold: how many journals were verified, and replayed from their export to the same hash.
        overdrafts: caps found overdrawn.
        fingerprint: the hash over all journals' hashes: the same for the same seed and number of acts.
        disagreement: the first disagreement, None where there is none.
    """

    seed: int
    acts: int
    counts: dict[str, dict[str, int]]
    figures: int
    retold: int
    overdrafts: int
    fingerprint: str
    disagreement: Disagreement | None

    @property
    def ok(self) -> bool:
        """Whether ledger and model agree, and nothing was overdrawn."""
        return self.disagreement is None and not self.overdrafts

    def as_dict(self) -> dict[str, Any]:
        """Return the report in one JSON shape."""
        found = None if self.disagreement is None else self.disagreement.as_dict()
        return {"ok": self.ok, **vars(self), "disagreement": found}


class _Task(NamedTuple):
    """One episode to be played; ``closely`` compares all balances after each act."""

    seed: int
    number: int
    acts: int
    store: str
    closely: bool = False


@dataclass
class _Part:
    """What one episode comes to."""

    acts: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    figures: int = 0
    retold: int = 0
    overdrafts: int = 0
    head: str = ""
    disagreement: Disagreement | None = None


def simulate(
    *,
    seed: int,
    acts: int,
    store: str = MEMORY,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Play acts against a ledger and the model; stop at the first on which they disagree.

    Args:
        seed: the seed; with the number of acts it gives the same run again.
        acts: how many acts.
        store: where the ledger is kept. In memory a run is cut into episodes of `EPISODE` acts; any other store must
            be new and takes the whole run.
        workers: how many processes share a run in memory.
        progress: called with the number of acts done, from time to time.

    Raises:
        LedgerError: the store cannot be opened, or is not new.

    Example:
        >>> simulate(seed=1, acts=200).ok
        True
    """
    length = EPISODE if store == MEMORY else max(1, acts)
    starts = range(0, acts, length)
    tasks = [_Task(seed, i, min(length, acts - start), store) for i, start in enumerate(starts)]
    total, heads = _Part(), hashlib.sha256()
    for part in _parts(tasks, workers):
        total.counts += part.counts
        total.acts += part.acts
        total.figures += part.figures
        total.retold += part.retold
        total.overdrafts += part.overdrafts
        heads.update(part.head.encode())
        if progress is not None:
            progress(total.acts)
        if part.disagreement is not None:
            total.disagreement = replace(part.disagreement, act=total.acts)
            break
    counts: dict[str, dict[str, int]] = {}
    for (kind, decision), number in sorted(total.counts.items()):
        counts.setdefault(kind, {})[decision] = number
    found = total.figures, total.retold, total.overdrafts, heads.hexdigest(), total.disagreement
    return Report(seed, total.acts, counts, *found)


def _parts(tasks: Sequence[_Task], workers: int) -> Iterator[_Part]:
    """Yield what the episodes come to, in their order."""
    if workers == 1 or len(tasks) < 2:
        yield from map(_play, tasks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(_play, tasks)
        finally:
            pool.shutdown(cancel_futures=True)


def _play(task: _Task) -> _Part:
    """Play one episode; where balances disagree after a batch, play it again act by act to find the first."""
    part = _Part()
    try:
        with Ledger.open(task.store) as ledger:
            if ledger.head.seq:
                raise LedgerError([_not_new(task.store)])
            _run(ledger, task, part)
    except Exception as error:
        error.add_note(f"simulate: seed {task.seed}, in the acts after number {task.number * EPISODE + part.acts}")
        raise
    if part.disagreement is not None and not task.closely:
        again = _play(task._replace(store=MEMORY, closely=True))
        return part if again.disagreement is None else again
    return part


def _not_new(store: str) -> Problem:
    found = Text("已有日志的台账库", "a store with a journal")
    expected = Text("新的台账库", "a new store")
    remedy = Text("换一个地址，或省略 --store 在内存中运行", "use another address, or no --store to run in memory")
    return Problem("ledger.simulate.not_new", Place(file=store), found, expected, remedy)


def _run(ledger: Ledger, task: _Task, part: _Part) -> None:
    """Hand acts in by batches, and compare the balances after each."""
    generator = Generator(f"{task.seed} {task.number}", task.acts)
    sizes = Random(f"{task.seed} {task.number} sizes")
    while part.acts < task.acts and part.disagreement is None:
        size = 1 if task.closely or sizes.random() < 0.1 else sizes.randint(2, TOGETHER)
        batch = [generator.step() for _ in range(min(size, task.acts - part.acts))]
        if _hand_in(ledger, batch, task, part):
            comparison = compare(ledger, generator.model.book)
            part.figures += comparison.figures
            part.overdrafts += len(comparison.overdrafts)
            for difference in (*comparison.overdrafts, *comparison.differences):
                _disagree(part, task, batch[-1][0], "the same balances, and no cap overdrawn", difference)
    part.head = ledger.head.hash
    if part.disagreement is None and task.number % RETOLD == 0 and not task.closely:
        part.retold += 1
        accounts = compare_accounts(ledger, generator.model.book)
        for difference in (*accounts.differences, *_retell(ledger)):
            _disagree(part, task, batch[-1][0], "the same accounts, and a journal that verifies", difference)


def _retell(ledger: Ledger) -> Iterator[str]:
    """Yield what is wrong with a journal: it must verify, and its export give the same journal again."""
    verification = ledger.verify()
    yield from (problem.describe("en") for problem in verification.problems)
    with Ledger.open(MEMORY) as copy:
        for _ in copy.replay(ledger.export()):
            pass
        if copy.head != ledger.head:
            yield f"the export replays to {copy.head}, the journal ends with {ledger.head}"


def _hand_in(ledger: Ledger, batch: Sequence[tuple[Act, Answer]], task: _Task, part: _Part) -> bool:
    """Hand acts in together, and tell whether the ledger answers each as the model does."""
    try:
        outcomes = _answers(ledger, [act for act, _ in batch], ledger.head.seq)
    except LedgerError as error:
        part.acts += len(batch)
        act, answer = batch[-1]
        _disagree(part, task, act, str(answer), error.describe("en"))
        return False
    for (act, answer), outcome in zip(batch, outcomes, strict=True):
        part.acts += 1
        part.counts[act.kind, outcome.decision] += 1
        if not agrees(answer, outcome):
            _disagree(part, task, act, str(answer), outcome.to_json())
            return False
    return True


def _answers(ledger: Ledger, acts: Sequence[Act], seq: int) -> Iterable[Outcome]:
    """Hand acts in, one alone as a line or as an object, several as a stream."""
    if len(acts) > 1:
        return list(ledger.replay(act.line for act in acts))
    (act,) = acts
    return [ledger.apply(act.line if act.event is None or seq % 2 else act.event)]


def agrees(answer: Answer, outcome: Outcome) -> bool:
    """Tell whether an outcome is what the model expects."""
    if (outcome.decision, outcome.ok, outcome.seq) != answer[:3]:
        return False
    return answer.over is None or answer.over == {f.node for f in outcome.refusals if f.rule == "R19"}


def _disagree(part: _Part, task: _Task, act: Act, expected: str, found: str) -> None:
    if part.disagreement is None:
        part.disagreement = Disagreement(task.seed, part.acts, act.line, expected, found)

"""Acts for writers that are interrupted, and what must hold of a store afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hetao.ledger.ledger import Ledger
from hetao.ledger.simulate.acts import START, Generator, dump
from hetao.ledger.simulate.compare import compare
from hetao.ledger.simulate.model import Model
from hetao.ledger.simulate.run import MEMORY, agrees

__all__ = ["CrashReport", "Trial", "Workload", "make_workload"]


@dataclass(frozen=True)
class Workload:
    """Acts as lines, none of them broken; the first so many declare the world and go in before all others."""

    lines: tuple[str, ...]
    founding: int

    @property
    def world(self) -> tuple[str, ...]:
        """The acts that declare the world."""
        return self.lines[: self.founding]

    @property
    def rest(self) -> Workload:
        """The other acts."""
        return Workload(self.lines[self.founding :], 0)

    @property
    def keyed(self) -> dict[str, str]:
        """The lines by the keys of their acts."""
        return {json.loads(line)["key"]: line for line in self.lines}


def make_workload(seed: str, acts: int, prefix: str = "") -> Workload:
    """Return acts of all kinds that any number of writers may hand in in any order: all happen at the same time.

    Args:
        seed: of the random numbers.
        acts: how many, besides those that declare the world.
        prefix: what their keys begin with.
    """
    generator = Generator(seed, acts, prefix)
    lines: list[str] = []
    known: dict[str, str] = {}
    while len(lines) < generator.founding + acts:
        act, _ = generator.step()
        if act.event is not None and not act.broken:
            line = dump({**act.event, "at": START.isoformat()})
            if known.setdefault(act.event["key"], line) == line:
                lines.append(line)
    return Workload(tuple(lines), generator.founding)


@dataclass(frozen=True)
class CrashReport:
    """What a series of interruptions came to.

    Attributes:
        kind: what was done.
        seed: with which seed.
        rounds: how many interruptions.
        acts: how many acts were handed in.
        acknowledged: how many were answered before the interruption.
        lost: how many of these were not in the journal afterwards, or with another outcome: must be 0.
        retried: how many of these failed at first, and were handed in again by their writers.
        unanswered: how many were not answered, and were handed in again afterwards.
        durable: how many of these were in the journal all the same.
        doubled: how many acts had more than one entry in the end: must be 0.
        problems: what else was wrong, each with the number of the round.
    """

    kind: str
    seed: int
    rounds: int
    acts: int
    acknowledged: int
    lost: int
    retried: int
    unanswered: int
    durable: int
    doubled: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was lost, doubled or wrong."""
        return not (self.lost or self.doubled or self.problems)

    def as_dict(self) -> dict[str, Any]:
        """Return the report in one JSON shape."""
        return {"ok": self.ok, **vars(self)}


@dataclass
class Trial:
    """Counts over the rounds of a series; see `CrashReport` for the figures."""

    kind: str
    seed: int
    rounds: int = 0
    acts: int = 0
    acknowledged: int = 0
    lost: int = 0
    retried: int = 0
    unanswered: int = 0
    durable: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing was lost, doubled or wrong so far."""
        return self.report().ok

    def report(self) -> CrashReport:
        """Return the figures."""
        return CrashReport(**{**vars(self), "problems": tuple(self.problems)})

    def settle(self, ledger: Ledger, work: Workload, answers: Iterable[str]) -> None:
        """Check a store after an interruption, hand in again what was not answered, and check it as a whole.

        Args:
            ledger: the store, opened anew.
            work: what was handed in.
            answers: the outcomes that came back, as lines.
        """
        self.rounds += 1
        told = [json.loads(answer) for answer in answers]
        self.acts += len(work.lines)
        self.acknowledged += len(told)
        self._verify(ledger)
        keys = [json.loads(line)["key"] for line in ledger.export()]
        for outcome in told:
            if outcome["key"] not in keys[outcome["seq"] - 1 : outcome["seq"]]:
                self._lose(f"answered {outcome}, not in the journal")
        known, kept = {outcome["key"] for outcome in told}, set(keys)
        again = {key: line for key, line in work.keyed.items() if key not in known}
        self.unanswered += len(again)
        self.durable += len(again.keys() & kept)
        told += [json.loads(outcome.to_json()) for outcome in ledger.replay(again.values())]
        entries = self._entries(ledger)
        for outcome in told:
            first = entries.get(outcome["key"], [outcome])[0]  # one that is not there was counted above
            if first != (outcome if outcome["decision"] != "duplicate" else {**outcome, "decision": first["decision"]}):
                self._lose(f"answered {outcome}, kept {first}")
        self.doubled += sum(len(entries.get(key, ())) != 1 for key in work.keyed)

    def _entries(self, ledger: Ledger) -> dict[str, list[dict[str, Any]]]:
        """Return the journal's outcomes by key, having checked it against a replay, the model and the verifier."""
        lines = list(ledger.export())
        with Ledger.open(MEMORY) as copy:
            outcomes = list(copy.replay(lines))
            if copy.head != ledger.head:
                self._note(f"the export replays to {copy.head}, the journal ends with {ledger.head}")
        model = Model()
        entries: dict[str, list[dict[str, Any]]] = {}
        for line, outcome in zip(lines, outcomes, strict=True):
            event = json.loads(line)
            answer = model.answer(event)
            if not agrees(answer, outcome):
                self._note(f"{line}: the model answers {answer}, the ledger {outcome.to_json()}")
            entries.setdefault(event["key"], []).append(json.loads(outcome.to_json()))
        comparison = compare(ledger, model.book)
        for difference in (*comparison.overdrafts, *comparison.differences):
            self._note(difference)
        self._verify(ledger)
        return entries

    def _verify(self, ledger: Ledger) -> None:
        for problem in ledger.verify().problems:
            self._note(problem.describe("en"))

    def _lose(self, problem: str) -> None:
        self.lost += 1
        self._note(problem)

    def _note(self, problem: str) -> None:
        self.problems.append(f"round {self.rounds}: {problem}")

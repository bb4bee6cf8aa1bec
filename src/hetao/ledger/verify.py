"""Verification: the hash chain is recomputed, the journal judged again, and every balance compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hetao.errors import LedgerError, Place, Problem
from hetao.ledger.event import Event, read_event
from hetao.ledger.judge import event_key, instant_of, judge
from hetao.ledger.state import State
from hetao.ledger.store import EMPTY, Head, RawRow, SqliteStore
from hetao.text import Text

__all__ = ["Verification", "chain_hash", "verify_store"]

WRONG_AT_MOST = 1000  # findings listed; a store with more is beyond repair in any case


@dataclass(frozen=True)
class Verification:
    """What the verification of a store found.

    Attributes:
        entries: how many journal entries were read.
        head: the hash of the last entry, 64 zeros for an empty journal.
        first_wrong: the number of the first entry that is wrong; None where all are sound.
        problems: everything that is wrong, journal first, then the state tables; at most `WRONG_AT_MOST`.
    """

    entries: int
    head: str
    first_wrong: int | None
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """Return the verification in one JSON shape."""
        listed = [problem.as_dict() for problem in self.problems]
        first = {"first_wrong": self.first_wrong, "problems": listed}
        return {"ok": self.ok, "entries": self.entries, "head": self.head, **first}


def chain_hash(previous: str, event: str | bytes, outcome: str | bytes) -> str:
    """Return the hash of an entry: SHA-256 over the previous hash, the event and the outcome, one a line.

    Args:
        previous: the hash of the entry before, 64 hexadecimal digits.
        event: the canonical event, without line breaks.
        outcome: the outcome's JSON, without line breaks.
    """
    parts = (part if isinstance(part, bytes) else part.encode() for part in (previous, event, outcome))
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


class _Walk:
    """Walks the journal once, and keeps what is wrong with it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.state = State()
        self.previous = EMPTY.hash
        self.expected_seq = 1
        self.first_wrong: int | None = None
        self.problems: list[Problem] = []
        self._owners: dict[str, int] = {}
        self._whole = True  # whether the state is still that of the journal

    def wrong(self, code: str, item: str, found: Text, expected: Text) -> None:
        """Keep one finding."""
        if len(self.problems) < WRONG_AT_MOST:
            remedy = Text(
                "从备份恢复，或将可信的导出重放到新库", "restore a backup, or replay a trusted export into a new store"
            )
            place = Place(file=self._url, item=item)
            self.problems.append(Problem(f"ledger.verify.{code}", place, found, expected, remedy))

    def _wrong_entry(self, code: str, seq: int, found: Text, expected: Text) -> None:
        self.first_wrong = seq if self.first_wrong is None else self.first_wrong
        self.wrong(code, f"journal {seq}", found, expected)

    def step(self, row: RawRow) -> None:
        """Check one entry: its number, its hash, and what it says."""
        if row.seq != self.expected_seq:
            found = Text(f"下一条为第 {row.seq} 条", f"entry {row.seq} comes next")
            self._wrong_entry("gap", self.expected_seq, found, Text("连续的编号", "numbers without a gap"))
            self._whole = False
        computed = chain_hash(self.previous, row.event, row.outcome)
        if computed.encode() != row.hash:
            found = Text(f"散列值 {row.hash!r}", f"hash {row.hash!r}")
            self._wrong_entry("hash", row.seq, found, Text(computed, computed))
        if self._whole:
            self._whole = self._judge_again(row)
        self.previous = row.hash.decode(errors="replace")
        self.expected_seq = row.seq + 1

    def _judge_again(self, row: RawRow) -> bool:
        """Judge an entry as if it came in now, and tell whether the journal says the same."""
        event = read_event(row.event.decode(errors="surrogateescape"))
        if not isinstance(event, Event) or event.text.encode() != row.event:
            found, expected = Text("不是规范的事件", "no canonical event"), Text("规范的 JSON", "canonical JSON")
            self._wrong_entry("event", row.seq, found, expected)
            return False
        key = event_key(event)
        first_seq = None if key is None else self._owners.get(key)
        owned = key if first_seq is None else None
        if row.key != (None if owned is None else owned.encode()):
            found = Text(f"键 {row.key!r}", f"key {row.key!r}")
            self._wrong_entry("key", row.seq, found, Text(str(owned), str(owned)))
        outcome, fitted, draft = judge(self.state, event, row.seq, first_seq)
        if outcome.to_json().encode() != row.outcome:
            found = Text("另一结果", "another outcome")
            self._wrong_entry("outcome", row.seq, found, Text(outcome.to_json(), outcome.to_json()))
            return False
        if owned is not None:
            self._owners[owned] = row.seq
        if draft is not None:
            self.state.post(draft, instant_of(fitted), row.seq)
        return True

    def finish(self, tip: Head) -> None:
        """Compare the end of the journal with the one noted beside it."""
        last = Head(self.expected_seq - 1, self.previous)
        if last != tip:
            found = Text(
                f"日志止于第 {last.seq} 条 {last.hash}", f"a journal that ends at entry {last.seq} {last.hash}"
            )
            expected = Text(f"止于第 {tip.seq} 条 {tip.hash}", f"one that ends at entry {tip.seq} {tip.hash}")
            first = last.seq if last.seq == tip.seq else min(last.seq, tip.seq) + 1
            self._wrong_entry("tip", first, found, expected)

    def compare(self, kept: State) -> None:
        """Compare the state that the journal adds up to with the one in the store's tables."""
        if not self._whole:
            return
        self._differences("node", _node_rows(self.state), _node_rows(kept))
        self._differences("balance", _balance_rows(self.state), _balance_rows(kept))
        self._differences("tip", {"clock": str(self.state.clock)}, {"clock": str(kept.clock)})

    def _differences(self, table: str, due: dict[str, str], kept: dict[str, str]) -> None:
        for name in (*due, *(name for name in kept if name not in due)):
            want, have = due.get(name), kept.get(name)
            if want != have:
                found, expected = Text(have or "无", have or "nothing"), Text(want or "无", want or "nothing")
                self.wrong(table, f"{table} {name}", found, expected)


def _node_rows(state: State) -> dict[str, str]:
    return {name: str(node) for name, node in state.nodes.items()}


def _balance_rows(state: State) -> dict[str, str]:
    rows: Iterator[tuple[str, str]] = (
        (f"{node} {' '.join(line)} {balance} {year}", str(entry))
        for node, line, balance, year, entry in state.entries()
    )
    return dict(sorted(rows))


def verify_store(store: SqliteStore) -> Verification:
    """Recompute a store's hash chain, judge its journal again, and compare every balance.

    A journal cut off or rewritten from some entry on, with its hashes, its tip and its tables, is consistent in
    itself: only a head noted elsewhere tells.

    Args:
        store: the store.

    Raises:
        LedgerError: the store cannot be read.
    """
    walk, entries = _Walk(store.url), 0
    with store.reading():
        for guard in store.missing_guards():
            found, expected = (
                Text("缺失或被改动的触发器", "a trigger that is gone or changed"),
                Text("原触发器", "the trigger"),
            )
            walk.wrong("guard", guard, found, expected)
        for row in store.raw_rows():
            walk.step(row)
            entries += 1
        walk.finish(store.tip())
        try:
            walk.compare(store.load())
        except LedgerError as error:
            walk.problems.extend(error.problems)
    return Verification(entries, walk.previous, walk.first_wrong, tuple(walk.problems))

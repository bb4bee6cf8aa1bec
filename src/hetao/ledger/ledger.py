"""The ledger: events go in, outcomes come out, and the state is always what the journal adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any

from hetao.ledger.accounts import Account, list_accounts
from hetao.ledger.event import LINE_MAX, Event, Malformed, read_event
from hetao.ledger.judge import event_key, instant_of, judge, reject
from hetao.ledger.outcome import Outcome
from hetao.ledger.state import Node, State
from hetao.ledger.store import Head, SqliteStore, open_store
from hetao.ledger.verify import Verification, chain_hash, verify_store

__all__ = ["BATCH", "Ledger"]

BATCH = 1000  # events that `replay` commits together
BATCH_CHARACTERS = 16 * LINE_MAX  # or fewer, where they are long


class Ledger:
    """A register of caps and uses that cannot be overdrawn; open it with `Ledger.open`.

    >>> with Ledger.open("sqlite:///:memory:") as ledger:
    ...     ledger.head.seq
    0
    """

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._state = State()
        self._head: Head | None = None  # where `_state` stands; None where it must be loaded

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, wait_s: float = 5.0) -> Ledger:
        """Open a store, or make one where there is none yet.

        Args:
            url: ``sqlite:///file.db`` (relative), ``sqlite:////folder/file.db`` or ``sqlite:///:memory:``.
            read_only: only read; the store must exist.
            wait_s: for how many seconds to wait for another program's lock.

        Raises:
            LedgerError: the address is not supported, or what is there is no store, of a newer version, locked
                or read-only.
        """
        return cls(open_store(url, read_only=read_only, wait_s=wait_s))

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    @property
    def head(self) -> Head:
        """The number and hash of the last journal entry; noted elsewhere, it tells later whether any was lost."""
        with self._store.reading():
            return self._store.head()

    def apply(self, event: Mapping[str, Any] | str) -> Outcome:
        """Take in one event; the outcome is durable when it is returned.

        Args:
            event: the event's fields as JSON values, or one line of JSON.

        Returns:
            What was decided, with every reason. A refused event changes nothing but is kept in the journal; a
            line that is no JSON object is refused and not kept; an event seen before brings its first answer
            back, marked ``duplicate``.

        Raises:
            LedgerError: the store cannot be written.
        """
        return self._admit([event])[0]

    def replay(self, lines: Iterable[str]) -> Iterator[Outcome]:
        """Take in a stream of events, one JSON object a line; blank lines are passed over.

        `BATCH` events are committed together; their outcomes come out when all of them are durable.

        Args:
            lines: the lines; they are read as they are needed.

        Yields:
            One outcome for each line, in the same order.

        Raises:
            LedgerError: the store cannot be written; outcomes yielded before stand.
        """
        batch: list[str] = []
        characters = 0
        for line in filter(str.strip, lines):
            batch.append(line)
            characters += len(line)
            if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
                yield from self._admit(batch)
                batch, characters = [], 0
        if batch:
            yield from self._admit(batch)

    def export(self) -> Iterator[str]:
        """Yield the journal's events in order, one JSON object a line; replayed, they give the same journal.

        Raises:
            LedgerError: the store cannot be read.
        """
        last = self.head.seq
        for start in range(0, last, BATCH):
            yield from self._store.events(start, min(start + BATCH, last))

    def verify(self) -> Verification:
        """Recompute the hash chain, judge the journal again from nothing, and compare every balance.

        Raises:
            LedgerError: the store cannot be read.
        """
        return verify_store(self._store)

    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes in the order declared."""
        return tuple(self._current().nodes.values())

    def accounts(
        self,
        *,
        node: str | None = None,
        water: str | None = None,
        basis: str | None = None,
        ecology: str | None = None,
        year: int | None = None,
    ) -> tuple[Account, ...]:
        """Return the accounts that match, by node in the order declared, then water, basis, ecology and year.

        Args:
            node: only this node.
            water: only this water.
            basis: only this basis.
            ecology: only this ecology.
            year: what holds in this year, carried over from earlier years where need be; without it, the years
                in which something was stated for the node or for a node right below it.

        Returns:
            The accounts, volumes in m³ a year.
        """
        state = self._current()
        return tuple(list_accounts(state, node=node, water=water, basis=basis, ecology=ecology, year=year))

    def _current(self) -> State:
        with self._store.reading():
            self._catch_up()
            return self._state

    def _catch_up(self) -> Head:
        """Load the state anew where another program has written since, or this one failed to."""
        head = self._store.head()
        if head != self._head:
            self._state = self._store.load()
            self._head = head
        return head

    def _admit(self, events: Sequence[Mapping[str, Any] | str]) -> list[Outcome]:
        """Judge events one after another and make them durable together, or none of them."""
        readings = [read_event(event) for event in events]
        with self._store.writing():
            head = before = self._catch_up()
            self._head = None  # what is in memory counts only when it is durable
            outcomes = []
            for reading in readings:
                head, outcome = self._take(head, reading)
                outcomes.append(outcome)
            if head != before:
                self._store.seal(head, self._state.clock)
        self._head = head
        return outcomes

    def _take(self, head: Head, reading: Event | Malformed) -> tuple[Head, Outcome]:
        """Judge one event and write its entry; return the new head and the outcome."""
        if isinstance(reading, Malformed):
            return head, reject(reading)
        key = event_key(reading)
        kept = None if key is None else self._store.kept(key)
        if kept is not None and kept.event == reading.text:
            return head, replace(Outcome.from_json(kept.outcome), decision="duplicate")
        seq = head.seq + 1
        outcome, event, draft = judge(self._state, reading, seq, None if kept is None else kept.seq)
        words = outcome.to_json()
        head = Head(seq, chain_hash(head.hash, reading.text, words))
        self._store.append(head, key if kept is None else None, reading.text, words)
        if draft is not None:
            self._state.post(draft, instant_of(event), seq)
            self._store.post(draft, seq)
        return head, outcome

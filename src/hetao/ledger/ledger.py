"""The ledger: events go in, outcomes come out, and the state is always what the journal adds up to."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from threading import Lock, RLock
from types import TracebackType
from typing import Any

from hetao.audit import Verification, audit_store
from hetao.errors import LedgerError, Place, Problem
from hetao.ledger.accounts import Account, list_accounts
from hetao.ledger.anchor import LONGEST, Anchor, NoAnchorError, read_head
from hetao.ledger.chain import chain_hash
from hetao.ledger.draft import Draft
from hetao.ledger.event import LINE_MAX, Event, Malformed, read_event
from hetao.ledger.explain import Explanation, explain
from hetao.ledger.faults import store_error
from hetao.ledger.judge import event_key, instant_of, judge, reject, what_is_due
from hetao.ledger.outcome import Finding, Outcome, shorten
from hetao.ledger.rejudge import differing_rows, rejudge
from hetao.ledger.state import Kept, State
from hetao.ledger.store import Entered, Head, Store, open_store
from hetao.ledger.store.base import EMPTY, changed_rows
from hetao.ledger.tree import Node
from hetao.text import Text

__all__ = ["BATCH", "Ledger"]

BATCH = 1000  # events that are committed together at most
BATCH_CHARACTERS = 16 * LINE_MAX  # or fewer, where they are long
GATHER_S = 0.001  # how long a batch waits at most for those to come again who were answered with the last one
GLANCE_S = 0.00002  # between two looks at how many there are
NAP_S = 0.5  # how long one sleeps at most whose turn may have come unheard, where another was interrupted


class _Ticket:
    """One event that waits for its outcome."""

    __slots__ = ("done", "error", "gone", "outcome", "reading", "sleep")

    def __init__(self, reading: Event | Malformed) -> None:
        self.reading = reading
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self.done = False
        self.gone = False  # whoever handed it in was interrupted and waits no more
        self.sleep = Lock()  # whoever waits for the outcome sleeps on it
        self.sleep.acquire()

    def wake(self) -> None:
        """Let the one who waits look again; to be woken twice is no harm."""
        with suppress(RuntimeError):
            self.sleep.release()


class _Turn:
    """Enter it before the lock of the store and the state: when both are left, the next one is woken.

    The two stand in one ``with`` and not in one context manager, since Python takes a lock that ``with`` names whole or
    not at all, while an interruption inside a context manager of our own would leave it taken.
    """

    def __init__(self, waiting: deque[_Ticket]) -> None:
        self._waiting = waiting

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, *_: object) -> None:
        self.wake_next()

    def wake_next(self) -> None:
        """Wake the first who still waits; what others left in the queue is taken along all the same."""
        for ticket in list(self._waiting):
            if not (ticket.gone or ticket.done):
                ticket.wake()
                return


class Ledger:
    """A register of caps and rights that cannot be overdrawn; open it with `Ledger.open`.

    One ledger may be used by many threads: what they hand in at the same time is judged one after another and made
    durable together. Several programs may use one store; they take turns.

    >>> with Ledger.open("sqlite:///:memory:") as ledger:
    ...     ledger.head.seq
    0
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._anchors: list[Anchor] = []
        self._state = State()
        self._head: Head | None = None  # where `_state` stands; None where it must be loaded from nothing
        self._work = RLock()  # held by whoever uses the store and the state; only its holder can let go of it
        self._waiting: deque[_Ticket] = deque()
        self._turn = _Turn(self._waiting)
        self._lately = 1  # how many waited when the last batch was taken

    @classmethod
    def open(
        cls, url: str, *, read_only: bool = False, wait_s: float = 5.0, anchor: str | Path | None = None
    ) -> Ledger:
        """Open a store, or make one where there is none yet.

        Args:
            url: ``sqlite:///file.db`` (relative), ``sqlite:////folder/file.db``, ``sqlite:///:memory:`` or
                ``postgresql://user@host/database``.
            read_only: only read; the store must exist.
            wait_s: for how many seconds to wait for another program's lock.
            anchor: a file outside the store that takes the journal's head after each seal, besides the one that
                lies beside an SQLite file as ``file.db-anchor``.

        Raises:
            LedgerError: the address is not supported, or what is there is no store, of another version, locked
                or read-only; the anchor cannot be written, or is none; or the journal lacks the entry that the
                anchor notes: its end was cut off, or an older copy put back.
        """
        store = open_store(url, read_only=read_only, wait_s=wait_s)
        ledger = cls(store)
        with ExitStack() as undo:
            undo.callback(ledger.close)
            paths = [path for path in (default_anchor(url), None if anchor is None else Path(anchor)) if path]
            for path in paths:
                ledger._add_anchor(path, read_only=read_only)
            undo.pop_all()
        return ledger

    def _add_anchor(self, path: Path, *, read_only: bool) -> None:
        """Hold the store against what an anchor notes, and note heads there from now on."""
        try:
            if read_only and not path.exists():
                return
            if read_only:
                with path.open("rb") as file:
                    kept = read_head(file.read(LONGEST))
            else:
                self._anchors.append(Anchor(path))
                kept = self._anchors[-1].kept
        except NoAnchorError as error:
            raise store_error("no_anchor", str(path)) from error
        except OSError as error:
            raise store_error("unreachable" if read_only else "anchor", str(path), str(error)) from error
        with self._store.reading() as head:
            if kept.seq and self._store.hash_of(kept.seq) != kept.hash:
                raise store_error("anchored", self._store.url, f"{path}: seq {kept.seq}; journal: seq {head.seq}")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and the anchors."""
        self._store.close()
        for anchor in self._anchors:
            with suppress(OSError):
                anchor.close()

    def _release(self) -> None:
        """Let go of the store and the state, where this thread has them; wake the first who waits for them."""
        with suppress(RuntimeError):
            self._work.release()
        self._turn.wake_next()

    @property
    def head(self) -> Head:
        """The number and hash of the last journal entry; noted elsewhere, it tells later whether any was lost."""
        with self._turn, self._work, self._store.reading() as head:
            return head

    def apply(self, event: Mapping[str, Any] | str) -> Outcome:
        """Take in one event; the outcome is durable when it is returned.

        Args:
            event: the event's fields as JSON values, or one line of JSON.

        Returns:
            What was decided, with every reason. A refused event changes nothing but is kept in the journal; a
            line that is no JSON object is refused and not kept; an event seen before brings its first answer
            back, marked ``duplicate``.

        Raises:
            LedgerError: the store cannot be written; the event may be handed in again under the same key.
        """
        ticket = _Ticket(read_event(event))
        self._waiting.append(ticket)
        try:
            while not ticket.done:
                self._lead_or_sleep(ticket)
        except BaseException:  # interrupted, perhaps when it was this one's turn to lead: let another take it
            ticket.gone = True
            self._release()
            raise
        if ticket.error is not None:
            raise ticket.error
        assert ticket.outcome is not None
        return ticket.outcome

    def _lead_or_sleep(self, ticket: _Ticket) -> None:
        """Take along all that wait where nobody else is at it; otherwise sleep until there is something new."""
        if not self._work.acquire(blocking=False):
            ticket.sleep.acquire(timeout=NAP_S)
            return
        try:
            if not ticket.done:
                self._lead()
        finally:
            self._release()

    def _lead(self) -> None:
        """Take along all that wait; they leave the queue once they are answered, so that an interruption loses none."""
        self._gather()
        try:
            self._admit([each for each in islice(self._waiting, BATCH) if not each.done])
        finally:
            while self._waiting and self._waiting[0].done:
                self._waiting.popleft()

    def _gather(self) -> None:
        """Let events come in until as many wait as were answered last time, or no more come.

        Whoever was answered a moment ago is about to hand in the next event. A batch that did not wait for them would
        hold one half of the clients and the next one the other half, and each event would bear twice the commits.
        """
        until, before = time.monotonic() + GATHER_S, -1
        while before < len(self._waiting) < self._lately and time.monotonic() < until:
            before = len(self._waiting)
            time.sleep(GLANCE_S)
        self._lately = len(self._waiting)

    def trial(self, events: Iterable[Mapping[str, Any] | str]) -> list[Outcome]:
        """Return what would become of events, one after another; nothing is posted and nothing is kept.

        Args:
            events: events as JSON values, or lines of JSON.

        Raises:
            LedgerError: the store cannot be written.
        """
        readings = [read_event(event) for event in events]
        keys = [key for reading in readings if isinstance(reading, Event) for key in _keys_of(reading)]
        with self._turn, self._work, self._store.reading() as head:
            self._catch_up(head)
            batch = _Batch(self._state, head, self._store.kept(list(dict.fromkeys(keys))))
            self._head = None  # what is tried must not stay: the state is loaded anew
            return [batch.take(reading) for reading in readings]

    def replay(self, events: Iterable[Mapping[str, Any] | str]) -> Iterator[Outcome]:
        """Take in a stream of events, one JSON object a line; blank lines are passed over.

        `BATCH` events are committed together; their outcomes come out when all of them are durable.

        Args:
            events: the lines, or events as JSON values; they are read as they are needed.

        Yields:
            One outcome for each event, in the same order.

        Raises:
            LedgerError: the store cannot be written; outcomes yielded before stand.
        """
        batch: list[Event | Malformed] = []
        characters = 0
        for number, event in enumerate(events, 1):
            if isinstance(event, str) and not event.strip():
                continue
            batch.append(reading := read_event(event, number))
            characters += len(reading.text) if isinstance(reading, Event) else 0
            if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
                yield from self._replay(batch)
                batch, characters = [], 0
        if batch:
            yield from self._replay(batch)

    def _replay(self, readings: Sequence[Event | Malformed]) -> list[Outcome]:
        tickets = [_Ticket(reading) for reading in readings]
        with self._turn, self._work:
            self._admit(tickets)
        for ticket in tickets:
            if ticket.error is not None:
                raise ticket.error
        return [ticket.outcome for ticket in tickets if ticket.outcome is not None]

    def export(self) -> Iterator[str]:
        """Yield the journal's events in order, one JSON object a line; replayed, they give the same journal.

        Raises:
            LedgerError: the store cannot be read, or an entry does not carry the chain of hashes on; those before it
                have been yielded.
        """
        last, previous = self.head.seq, EMPTY.hash
        for start in range(0, last, BATCH):
            with self._turn, self._work:
                entries = self._store.entries(start, min(start + BATCH, last))
            for seq, entry in enumerate(entries, start + 1):
                previous = chain_hash(previous, entry.event, entry.outcome)
                if (entry.seq, entry.hash) != (seq, previous):
                    raise store_error("damaged", self._store.url, f"journal {seq}")
                yield entry.event

    def verify(self, anchor: str | Path | None = None, *, rejudged: bool = False) -> Verification:
        """Check the journal, every balance and the store's files, by code that shares nothing with the ledger's own.

        Args:
            anchor: a file that took the journal's head; the one beside an SQLite file is looked for by itself.
            rejudged: also judge every event again by the ledger's own code, and compare each outcome and every
                record; slower by far.

        Raises:
            LedgerError: the store cannot be read.
        """
        with self._turn, self._work:
            found = audit_store(self._store.audited(), anchor=None if anchor is None else Path(anchor))
            if not rejudged or not found.ok:
                return found
            with self._store.reading():
                judged = rejudge(self._store.url, self._store.raw_rows())
                kept = State()
                self._store.load(kept, 0)
        problems = tuple(differing_rows(self._store.url, judged.state, kept))
        if judged.problem is not None:
            problems = (judged.problem,)
        return replace(found, problems=problems)

    def rebuild(self) -> int:
        """Make the tables beside the journal anew from the journal, and return how many entries it has.

        Raises:
            LedgerError: the journal holds an outcome that today's code would not give, or an entry that does not carry
                the chain of hashes on; nothing is changed.
        """
        with self._turn, self._work, self._store.writing() as head:
            self._head = None
            judged = rejudge(self._store.url, self._store.raw_rows())
            if judged.problem is not None:
                raise LedgerError([judged.problem])
            self._store.clear()
            self._store.write(changed_rows(judged.state, judged.state.everything(), head.seq))
            self._store.seal(head, judged.state.clock)
        return head.seq

    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes in the order declared."""
        with self._turn, self._work:
            return tuple(self._current().nodes.values())

    def accounts(
        self,
        *,
        node: str | None = None,
        water: str | None = None,
        basis: str | None = None,
        ecology: str | None = None,
        year: int | None = None,
        as_of: str | date | None = None,
    ) -> tuple[Account, ...]:
        """Return the accounts that match, by node in the order declared, then water, basis, ecology and year.

        Args:
            node: only this node.
            water: only this water.
            basis: only this basis.
            ecology: only this ecology.
            year: what holds in this year, carried over from earlier years where need be; without it, the years
                in which something was stated or drawn at the node, or stated right below it.
            as_of: the ledger as it stood at the end of this day (ISO 8601); None for now.

        Returns:
            The accounts, volumes in m³ a year.

        Raises:
            LedgerError: ``as_of`` is no day, or the journal holds an entry that does not carry the chain of hashes on.
        """
        day = None if as_of is None else _read_day(as_of)
        with self._turn, self._work:
            state = self._current() if day is None else self._as_of(day)
            return tuple(list_accounts(state, node=node, water=water, basis=basis, ecology=ecology, year=year))

    def explain(self, event: Mapping[str, Any] | str) -> Explanation:
        """Answer what would become of an application, without filing it: yes or no, what blocks, what would pass.

        Args:
            event: an ``apply`` event; see `hetao.ledger.Explanation` for what may be left out.

        Raises:
            LedgerError: the event is no application that could be judged.
        """
        with self._turn, self._work:
            return explain(self._current(), event)

    def due(self, day: str | date) -> tuple[Finding, ...]:
        """Return what has become due up to a day and was not raised by a ``tick`` before; nothing is posted.

        Args:
            day: the day, ISO 8601.

        Raises:
            LedgerError: it is no day, or one before the ledger's latest time.
        """
        read = _read_day(day)
        with self._turn, self._work:
            state = self._current()
            if state.clock is not None and read < (latest := state.clock.isoformat()[:10]):
                raise _wrong_day(
                    read, Text(f"{latest} 或以后的日期", f"{latest}, the ledger's latest day, or a later one")
                )
            return what_is_due(state, read)

    def state(self) -> State:
        """Return the state itself, for reading many things at once; it changes with the next event."""
        with self._turn, self._work:
            return self._current()

    def _current(self) -> State:
        with self._store.reading() as head:
            self._catch_up(head)
            return self._state

    def _as_of(self, day: str) -> State:
        """Return the state after the events up to a day, judged again from nothing."""
        with self._store.reading():
            judged = rejudge(self._store.url, self._store.raw_rows(), until=day)
        if judged.problem is not None:
            raise LedgerError([judged.problem])
        return judged.state

    def _catch_up(self, head: Head) -> None:
        """Take in what another program has written since, or all where nothing is known."""
        if head == self._head:
            return
        if self._head is None:
            self._state = State()
        self._store.load(self._state, 0 if self._head is None else self._head.seq)
        self._head = head

    def _admit(self, tickets: Sequence[_Ticket]) -> None:
        """Judge events one after another and make them durable together, or none of them; answer every ticket."""
        error: BaseException | None = None
        outcomes: list[Outcome] = []
        try:
            outcomes = self._commit([ticket.reading for ticket in tickets])
        except LedgerError as problem:
            error = problem
        finally:
            if len(outcomes) < len(tickets) and error is None:  # interrupted: nobody may wait for ever
                error = store_error("interrupted", self._store.url)
            for i, ticket in enumerate(tickets):
                ticket.error = error
                ticket.outcome = outcomes[i] if error is None else None
                ticket.done = True
                ticket.wake()

    def _anchor(self, head: Head) -> None:
        """Note the head outside the store; the events are durable whether or not that can be done."""
        for anchor in self._anchors:
            try:
                anchor.note(head)
            except OSError as error:
                raise store_error("anchor", str(anchor.path), str(error)) from error

    def _commit(self, readings: Sequence[Event | Malformed]) -> list[Outcome]:
        keys = [key for reading in readings if isinstance(reading, Event) for key in _keys_of(reading)]
        with self._store.writing() as before:
            self._catch_up(before)
            self._head = None  # what is in memory counts only when it is durable
            batch = _Batch(self._state, before, self._store.kept(list(dict.fromkeys(keys))))
            outcomes = [batch.take(reading) for reading in readings]
            if batch.entries:
                self._store.append(batch.entries)
                self._store.write(changed_rows(self._state, self._state.take_changes(), batch.head.seq))
                self._store.seal(batch.head, self._state.clock)
        self._head = batch.head
        if batch.entries:
            self._anchor(batch.head)
        return outcomes


def _read_day(day: str | date) -> str:
    """Return a day as events write it, so that days compare as texts do."""
    try:
        return (day if isinstance(day, date) else date.fromisoformat(day)).isoformat()[:10]
    except (TypeError, ValueError):
        raise _wrong_day(shorten(repr(day)), Text("日期，如 2026-12-31", "a day, e.g. 2026-12-31")) from None


def _wrong_day(shown: str, expected: Text) -> LedgerError:
    remedy = Text("改正日期，按 ISO 8601 书写", "correct the day, and write it as ISO 8601 does")
    return LedgerError([Problem("ledger.day", Place(item="day"), Text(shown, shown), expected, remedy)])


def default_anchor(url: str) -> Path | None:
    """Return the anchor that lies beside a store: a file's, None for stores that are no file."""
    path = url.partition(":///")[2]
    return Path(f"{path}-anchor") if url.startswith("sqlite:///") and path != ":memory:" else None


def _keys_of(event: Event) -> Iterator[str]:
    """Yield the keys of the journal entries that judging an event may need."""
    for name in ("key", "corrects"):
        key = event.raw.get(name)
        if isinstance(key, str):
            yield key


class _Batch:
    """Events that are judged one after another on one state, and written together."""

    def __init__(self, state: State, head: Head, kept: dict[str, Kept]) -> None:
        self.head = head
        self.entries: list[Entered] = []
        self._state = state
        self._kept = kept
        state.find_entry = kept.get

    def take(self, reading: Event | Malformed) -> Outcome:
        """Judge one event, post it, and keep its entry to be written."""
        if isinstance(reading, Malformed):
            return reject(reading)
        key = event_key(reading)
        kept = None if key is None else self._kept.get(key)
        if kept is not None and kept.event == reading.text:
            return replace(Outcome.from_json(kept.outcome), decision="duplicate")
        seq = self.head.seq + 1
        outcome, event, draft = judge(self._state, reading, seq, None if kept is None else kept.seq)
        self._enter(seq, key if kept is None else None, reading.text, outcome)
        self._post(draft, event, seq)
        return outcome

    def _enter(self, seq: int, key: str | None, event: str, outcome: Outcome) -> None:
        words = outcome.to_json()
        self.head = Head(seq, chain_hash(self.head.hash, event, words))
        self.entries.append(Entered(seq, key, event, words, self.head.hash))
        if key is not None:
            self._kept[key] = Kept(seq, event, words)

    def _post(self, draft: Draft | None, event: Event, seq: int) -> None:
        if draft is not None:
            self._state.post(draft, instant_of(event), seq)

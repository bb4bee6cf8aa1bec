"""Auditing a whole store: its files, its journal, its balances, its tables, and the heads noted outside it.

What a crash leaves is no damage. A write-ahead log that ends in frames without a commit is either a transaction that
was never acknowledged, or one that was, and lost its last frame. The files cannot tell; an anchor can, since it is
written after each commit. So such a tail counts as damage (``wal_tail``) unless an anchor was read and every anchor's
entry is in the journal; then it is named among the checks that could not be made. After a power failure an anchor may
lie behind the journal, and then a damaged last transaction cannot be told from an unfinished one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from hetao.audit.anchor import Anchor, read_anchor
from hetao.audit.balances import Balances
from hetao.audit.fault import AT_MOST, DamagedError, Fault, in_words, same
from hetao.audit.journal import LEAST, ZEROS, Clerk, Stretch, check_stretch
from hetao.audit.plot import Plot, Plotter, draw_plot
from hetao.audit.source import Extent, Source, file_of, open_source, refusal
from hetao.audit.sqlite_file import check_files
from hetao.audit.tables import check_records, compare_tables
from hetao.audit.verification import Verification
from hetao.audit.workers import Crew, WorkerError, processors
from hetao.errors import LedgerError, Problem
from hetao.text import Text

__all__ = ["audit_store"]

MEMORY = "sqlite:///:memory:"
LARGE = 20_000  # entries from which on other processes help
LARGE_BYTES = 16 << 20  # of a main file and its log, from which on they check the files
SHARES = 6  # stretches for each worker, so that all end at about the same time
WAIT_S, POLL_S = 10.0, 0.005
TAIL = "ledger.verify.wal_tail"
Files = tuple[list[Problem], list[str]]
Order = tuple[int, int, Future[Stretch] | None]  # a stretch: after which entry, up to which, and its check under way
T = TypeVar("T")


def audit_store(source: str | bytes, *, anchor: Path | None = None) -> Verification:
    """Check everything that a store keeps, by code that shares nothing with the ledger's own.

    Args:
        source: the store's address, ``sqlite:///…`` or ``postgresql://…``, or a serialised SQLite store.
        anchor: a file that took the journal's head; the one beside an SQLite file is looked for by itself.

    Returns:
        What is wrong, `AT_MOST` problems at most, and what could not be checked.

    Raises:
        LedgerError: the store, or the anchor that was named, cannot be read at all.
    """
    try:
        with ExitStack() as stack:
            return _Audit(source, stack).run(anchor)
    except OSError as error:
        raise refusal("damaged", _shown(source), str(error)) from error


def _shown(source: str | bytes) -> str:
    """Return an address that may be shown: without a password."""
    if isinstance(source, bytes):
        return MEMORY
    scheme, separator, rest = source.partition("://")
    user, at, where = rest.rpartition("@")
    return source if scheme == "sqlite" else f"{scheme}{separator}{user.partition(':')[0]}{at}{where.partition('?')[0]}"


def _hold_writers(file: Path, name: str, stack: ExitStack) -> None:
    """Keep writers from committing until the stack is closed, so that all files are of one moment.

    Raises:
        LedgerError: another program writes without a pause.
    """
    try:
        descriptor = os.open(file.with_name(f"{file.name}-lock"), os.O_RDONLY)
    except OSError:
        return  # nobody writes here
    stack.callback(os.close, descriptor)
    until = time.monotonic() + WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise refusal("locked", name) from None
            time.sleep(POLL_S)


class _Audit:
    """One audit of one store."""

    def __init__(self, source: str | bytes, stack: ExitStack) -> None:
        self._address = source
        self._name = _shown(source)
        self._file = file_of(source)
        self._stack = stack
        self._crew: Crew | None = None
        self._faults: list[Fault] = []
        self._unchecked: list[str] = []
        self._anchors: list[tuple[Path, Anchor]] = []
        self._entries = 0
        self._head = 0, ZEROS.encode()
        self._whole = True
        self._keys: set[bytes] = set()
        self._corrected: set[str] = set()
        self._clock = ""

    def run(self, anchor: Path | None) -> Verification:
        """Check everything.

        Args:
            anchor: the anchor that was named, None for none.
        """
        self._read_anchors(anchor)  # before the journal: one that is noted meanwhile is ahead of what is read
        held = self._stack.enter_context(ExitStack())
        files = self._order_files(held)
        try:
            source = open_source(self._address, self._name)
            self._stack.callback(source.close)
            extent = source.extent()
        except (DamagedError, LedgerError) as error:
            return self._end_unread(error, self._take(files)[0])
        plot, orders = self._order_stretches(source, extent)
        wrong_records = self._check_records(source, plot, extent)  # while workers do the rest
        problems, unchecked = self._take(files)
        held.close()
        self._unchecked += unchecked
        balances = Balances(plot.steps, source.rows)
        for after, upto, order in orders:
            self._settle(source, balances, after, upto, self._take_stretch(source, plot, after, upto, order))
        balances.finish()
        self._faults += balances.faults
        try:
            self._check_end(source, balances, wrong_records)
        except DamagedError as error:
            self._unreadable(error, "tables")
        return self._conclude(problems)

    def _end_unread(self, error: DamagedError | LedgerError, problems: list[Problem]) -> Verification:
        """Report the files' problems where there is nothing else to report.

        Raises:
            LedgerError: there are none.
        """
        told = error if isinstance(error, LedgerError) else refusal("damaged", self._name, str(error))
        if not problems:
            raise told from error
        return Verification(0, ZEROS, None, (*problems, *told.problems)[:AT_MOST], ("journal", "balances", "tables"))

    # The files

    def _order_files(self, held: ExitStack) -> Future[Files]:
        """Check the store's files, or have them checked.

        SQLite is kept away until that is done, but where the store is large: a connection that may only read leaves
        the main file and the log as they are, and the check may take as long as all the rest.
        """
        done: Future[Files] = Future()
        if self._file is None or not self._file.exists():
            done.set_result(([], []))
            return done
        _hold_writers(self._file, self._name, held)
        log = self._file.with_name(f"{self._file.name}-wal")
        if sum(part.stat().st_size for part in (self._file, log) if part.exists()) >= LARGE_BYTES:
            crew = self._enlist()
            if crew is not None:
                return crew.files(self._file)
        done.set_result(self._check_files(self._file))
        return done

    def _check_files(self, file: Path) -> Files:
        try:
            return check_files(file)
        except OSError as error:
            raise refusal("damaged", self._name, str(error)) from error

    def _take(self, files: Future[Files]) -> Files:
        try:
            return files.result()
        except WorkerError:
            assert self._file is not None
            return self._check_files(self._file)

    # The journal

    def _enlist(self) -> Crew | None:
        """Return workers, where there is more than one processor and they can open the store for themselves."""
        if self._crew is None and isinstance(self._address, str) and processors() > 1:
            self._crew = Crew(self._address, processors())
            self._stack.callback(self._crew.close)
        return self._crew

    def _until_damaged(self, rows: Iterator[T]) -> Iterator[T]:
        try:
            yield from rows
        except DamagedError as error:
            self._unreadable(error, "journal")

    def _order_stretches(self, source: Source, extent: Extent) -> tuple[Plot, list[Order]]:
        """Make the first pass; where the journal is large, have each stretch checked as soon as that is behind it."""
        entries, first, last = extent
        crew = self._enlist() if entries >= LARGE and (first, last) == (1, entries) else None
        if crew is None:
            return draw_plot(self._until_damaged(source.plotted())), [(0, last, None)]
        size = max(LARGE // 2, -(-entries // (SHARES * processors())))
        bounds = [(after, min(after + size, last)) for after in range(0, last, size)]
        plot, plotter = Plot(), Plotter()
        orders: list[Order] = []
        rows = self._until_damaged(source.plotted())
        row = next(rows, None)
        for after, upto in bounds:
            while row is not None and row[0] <= upto:
                plotter.take(*row)
                row = next(rows, None)
            part = plotter.part()
            plot.extend(part)
            orders.append((after, upto, crew.stretch(part, after, upto)))
        return plot, orders

    def _check_records(self, source: Source, plot: Plot, extent: Extent) -> list[Fault]:
        try:
            return list(check_records(source, plot.grants, extent.last))
        except DamagedError as error:
            self._unreadable(error, "tables")
            return []

    def _take_stretch(
        self, source: Source, plot: Plot, after: int, upto: int, order: Future[Stretch] | None
    ) -> Stretch:
        if order is not None:
            with suppress(WorkerError):
                return order.result()
        return check_stretch(source, Clerk(plot, source.entry), after, upto)

    def _settle(self, source: Source, balances: Balances, after: int, upto: int, stretch: Stretch) -> None:
        """Add a stretch to those before it."""
        self._faults += stretch.faults
        self._entries += stretch.entries
        self._head = stretch.head
        self._settle_keys(source, after, upto, stretch)
        for seq, key in stretch.corrected:
            if key in self._corrected:
                found = Text(f"再次更正读数 {key}", f"the reading {key} corrected once more")
                self._fault(seq, "effects", found, Text("一次更正", "one correction"))
            self._corrected.add(key)
        clocks = filter(None, (self._clock, stretch.clock))
        self._clock = max(clocks, key=datetime.fromisoformat, default="")  # the first of those that are equal
        self._whole = self._whole and stretch.whole
        if self._whole:
            for run in stretch.runs:
                balances.take(run)

    def _settle_keys(self, source: Source, after: int, upto: int, stretch: Stretch) -> None:
        """Check that no key is owned twice, and that keys used again are owned before."""
        for seq, key in stretch.reused:
            if key not in self._keys:
                self._fault(seq, "key", same("NULL"), same(key.decode()))
        keys = stretch.keys.split(b"\n") if stretch.keys else []
        before = len(self._keys)
        self._keys.update(keys)
        if len(self._keys) < before + len(keys):
            self._name_twins(source, after, upto)

    def _name_twins(self, source: Source, after: int, upto: int) -> None:
        """Find the entries of a stretch whose keys an entry before the stretch owns."""
        owned = {key for _, key, *_ in self._until_damaged(source.rows(LEAST, after))}
        for seq, key, *_ in self._until_damaged(source.rows(after, upto)):
            if key is not None and key in owned:
                found = Text(f"重复的键 {key!r}", f"the key {key!r} once more")
                self._fault(seq, "key", found, Text("新的键", "a new key"))

    # What is noted beside the journal

    def _check_end(self, source: Source, balances: Balances, wrong_records: list[Fault]) -> None:
        self._faults += source.guards()
        self._check_tip(source)
        self._check_anchors(source)
        if self._whole:
            self._faults += (*compare_tables(source, balances, self._head[0]), *wrong_records)
        else:
            self._unchecked += ["balances", "tables"]

    def _check_tip(self, source: Source) -> None:
        seq, digest = self._head[0], self._head[1].decode(errors="replace")
        rows = source.table("tip", ("one", "seq", "hash", "clock"))
        due = [(1, seq, digest)]
        if [row[:3] for row in rows] != due and (rows or seq):
            noted = rows[0][1] if len(rows) == 1 and isinstance(rows[0][1], int) else 0
            wrong = 0 if not noted else seq if noted == seq else min(noted, seq) + 1
            expected = Text(f"止于第 {seq} 条 {digest}", f"an end at entry {seq} {digest}")
            self._faults.append(Fault(wrong, "tip", "tip", same([row[:3] for row in rows]), expected))
        clock = datetime.fromisoformat(self._clock).isoformat() if self._clock else None
        if self._whole and rows and rows[0][3] != clock:
            self._faults.append(Fault(0, "tip", "tip clock", same(rows[0][3]), same(clock)))

    def _read_anchors(self, named: Path | None) -> None:
        """Read the anchors; only the one beside the store may be absent or empty."""
        beside = None if self._file is None else self._file.with_name(f"{self._file.name}-anchor")
        for path in dict.fromkeys(path for path in (beside, named) if path is not None):
            try:
                anchor = read_anchor(path)
            except (OSError, ValueError, RecursionError) as error:
                if path == named and isinstance(error, OSError):
                    raise refusal("anchor", str(path), error.strerror or str(error)) from error
                if not isinstance(error, FileNotFoundError):
                    self._bad_anchor(path, same(error))
                continue
            if anchor is not None:
                self._anchors.append((path, anchor))
            elif path == named:
                self._bad_anchor(path, Text("空的锚文件", "an empty anchor"))

    def _bad_anchor(self, path: Path, found: Text) -> None:
        expected = Text("日志末条的编号和散列值", "the number and hash of the journal's last entry")
        self._faults.append(Fault(0, "anchor", f"anchor {path}", found, expected))

    def _check_anchors(self, source: Source) -> None:
        """Hold the journal against each anchor: the entry that it names must be there, and be the same."""
        last = self._head[0]
        for path, anchor in self._anchors:
            item = f"anchor {path}"
            expected = Text(f"第 {anchor.seq} 条 {anchor.hash}", f"entry {anchor.seq} {anchor.hash}")
            if anchor.seq > last:
                gone = anchor.seq - last
                found = Text(
                    f"止于第 {last} 条的日志：末尾缺 {gone} 条",
                    f"a journal that ends at entry {last}: {gone} entries are gone from its end",
                )
                self._faults.append(Fault(last + 1, "anchor", item, found, expected))
            elif anchor.seq and source.hash_at(anchor.seq) != anchor.hash.encode():
                found = Text(f"散列值不同的第 {anchor.seq} 条", f"another entry {anchor.seq}")
                self._faults.append(Fault(anchor.seq, "anchor", item, found, expected))
        if not self._anchors:
            self._unchecked.append("anchor")

    # The end

    def _fault(self, seq: int, code: str, found: Text, expected: Text) -> None:
        self._faults.append(Fault(seq, code, f"journal {seq}", found, expected))

    def _unreadable(self, error: DamagedError, item: str) -> None:
        self._whole = False
        self._faults.append(Fault(0, "unreadable", item, same(error), Text("可读的内容", "what can be read")))

    def _conclude(self, problems: list[Problem]) -> Verification:
        """Put the findings together, those of the files first; see the module about the tail of a log."""
        if self._anchors and all(fault.code not in ("anchor", "tip") for fault in self._faults):
            sound = [problem for problem in problems if problem.code != TAIL]
            if len(sound) < len(problems):
                problems = sound
                self._unchecked.append("wal_tail")
        first = min((fault.seq for fault in self._faults if fault.seq > 0), default=None)
        listed = (*problems, *in_words(self._faults, self._name))[:AT_MOST]
        head = self._head[1].decode(errors="replace")
        return Verification(self._entries, head, first, listed, tuple(dict.fromkeys(self._unchecked)))

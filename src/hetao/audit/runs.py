"""What entries add to the balances: summed over runs of the journal, with how low and how high each cell went in them.

A balance after an entry is the balance before the run plus what the run added up to there. Its extremes inside a run
are those of that sum, so runs can be worked out apart from each other and put together afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hetao.audit.books import BALANCES

__all__ = ["HIGHS", "LOWS", "SLOTS", "Cell", "Draws", "Run", "Runs", "Track"]

Cell = tuple[str, str, int]  # node, water, year of account
Draws = Mapping[Cell, list[int]]  # cell → change of each slot
SLOTS = 2 * len(BALANCES)  # what is drawn: ordinary withdrawals, then ecological supply
LOWS, HIGHS = SLOTS, 2 * SLOTS  # where in a run's cell the lowest of each slot and the highest sums begin
HIGH = 2  # permitted and planned, which a cap holds down: without ecological supply, then with it
EMPTY = [0] * (2 * SLOTS + 2 * HIGH)


class Track:
    """Cells of which one slot takes the same amount together: what a right draws on its way.

    Attributes:
        parts: the postings as JSON, cut where the amount stands; empty where the way is not walked as text.
        cells: the cells.
        slot: the slot.
        total: what was added and is not yet in the cells.
    """

    __slots__ = ("cells", "parts", "slot", "total")

    def __init__(self, parts: list[bytes], cells: list[Cell], slot: int) -> None:
        self.parts = parts
        self.cells = cells
        self.slot = slot
        self.total = 0


class Run(NamedTuple):
    """A run of entries under the same caps.

    Attributes:
        step: whether it is the one entry that changes a cap; its cells count after the change only.
        first: the first entry.
        last: the last entry.
        cells: cell → what was added to each slot, the lowest sum of each, and the highest sums; see `HIGHS`.
    """

    step: bool
    first: int
    last: int
    cells: dict[Cell, list[int]]


class Runs:
    """Sums up entries one after another.

    Attributes:
        ended: the runs so far.
        pending: tracks whose total is above 0 and not yet in the cells; while nothing is taken away, order is nothing.
    """

    def __init__(self, first: int) -> None:
        self.ended: list[Run] = []
        self.pending: list[Track] = []
        self._first = first
        self._cells: dict[Cell, list[int]] = {}

    def add(self, track: Track, amount: int) -> None:
        """Add an amount, above 0, to a track."""
        if not track.total:
            self.pending.append(track)
        track.total += amount

    def post(self, draws: Draws) -> None:
        """Add the changes of one entry, of either sign."""
        self._flush()
        for cell, changes in draws.items():
            held = self._held(cell)
            for slot, change in enumerate(changes):
                held[slot] += change
                held[LOWS + slot] = min(held[LOWS + slot], held[slot])
            self._rise(held)

    def step(self, seq: int, draws: Draws) -> None:
        """Add the changes of an entry that changes a cap."""
        self.end(seq - 1)
        self.post(draws)
        self.ended.append(Run(True, seq, seq, self._cells))
        self._cells, self._first = {}, seq + 1

    def end(self, last: int) -> None:
        """End the run."""
        self._flush()
        if self._cells:
            self.ended.append(Run(False, self._first, last, self._cells))
        self._cells, self._first = {}, last + 1

    def _held(self, cell: Cell) -> list[int]:
        held = self._cells.get(cell)
        if held is None:
            held = self._cells[cell] = EMPTY.copy()
        return held

    def _flush(self) -> None:
        for track in self.pending:
            total, slot, track.total = track.total, track.slot, 0
            for cell in track.cells:
                held = self._held(cell)
                held[slot] += total
                self._rise(held)
        self.pending.clear()

    @staticmethod
    def _rise(held: list[int]) -> None:
        for balance in range(HIGH):
            plain, whole = held[balance], held[balance] + held[balance + len(BALANCES)]
            if plain > held[HIGHS + balance]:
                held[HIGHS + balance] = plain
            if whole > held[HIGHS + HIGH + balance]:
                held[HIGHS + HIGH + balance] = whole

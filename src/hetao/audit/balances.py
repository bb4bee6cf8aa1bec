"""The balances that the journal adds up to, and the caps that they must stay within after every entry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from hetao.audit.books import BALANCES, ECOLOGIES, WATERS, Books, Line, Posting, Step, withdrawal
from hetao.audit.effects import read_effects
from hetao.audit.fault import AT_MOST, Fault
from hetao.audit.plot import TOTAL
from hetao.audit.runs import HIGHS, LOWS, SLOTS, Cell, Run
from hetao.audit.source import Row
from hetao.text import Text

__all__ = ["Balances"]

HELD_DOWN = 2  # how many of `BALANCES` a cap holds down: use above it is owed, not refused


class Breach(NamedTuple):
    """A balance where it may not be."""

    what: str
    amount: int
    limit: int


class Balances:
    """Adds runs up, one after another.

    Args:
        steps: what entries declare and state, from the first pass.
        rows: yields the entries after one number and up to another, to find the one in a run that is wrong.

    Attributes:
        books: places and stated balances.
        cells: what is drawn; also, at 0, where a cap was stated.
        faults: what is wrong.
    """

    def __init__(self, steps: Iterable[Step], rows: Callable[[int, int], Iterable[Row]]) -> None:
        self.books = Books()
        self.cells: dict[Cell, list[int]] = {}
        self.faults: list[Fault] = []
        self._steps = iter(steps)
        self._next: Step | None = next(self._steps, None)
        self._rows = rows
        self._years: dict[tuple[str, str], set[int]] = {}  # of cells, by node and water
        self._changes: dict[tuple[str, Line], set[int]] = {}  # years in which caps at a node or below it change
        self._known: set[tuple[object, ...]] = set()  # reported already

    def take(self, run: Run) -> None:
        """Add a run."""
        if run.step:
            self._enter_before(run.first)
            self._take_step(run)
            return
        self._enter_before(run.last + 1)
        suspects = {cell for cell, held in run.cells.items() if self._may_breach(cell, held)}
        if suspects:
            self._trace(run, suspects)
        self._add(run)

    def finish(self) -> None:
        """Take in what was declared and stated behind the last run."""
        self._enter_before(1 << 63)

    def _add(self, run: Run) -> None:
        for cell, held in run.cells.items():
            amounts = self._cell(cell)
            for slot in range(SLOTS):
                amounts[slot] += held[slot]

    def _cell(self, cell: Cell) -> list[int]:
        if cell not in self.cells:
            self.cells[cell] = [0] * SLOTS
            self._years.setdefault(cell[:2], set()).add(cell[2])
        return self.cells[cell]

    # Stated balances

    def _enter_before(self, seq: int) -> None:
        while self._next is not None and self._next.seq < seq:
            self._enter(self._next)

    def _enter(self, step: Step) -> None:
        self.books.enter(step)
        self._next = next(self._steps, None)
        for p in step.postings:
            if p.balance in ("cap", "reserve"):
                for node in self.books.path(p.node):
                    self._changes.setdefault((node, p.line), set()).add(p.year)
        for p in step.postings:
            if p.balance == "cap" and p.line[1] == "withdrawal":
                for place in self._pressed(p):
                    self._cell((place, p.line[0], p.year))
            self._check_given(step.seq, p)
            self._check_total(step.seq, p)

    def _pressed(self, p: Posting) -> tuple[str, ...]:
        """Return the nodes whose limit a cap may change: its own, and the one that it may be moved out of."""
        return self.books.path(p.node)[:2]

    def _check_given(self, seq: int, p: Posting) -> None:
        """Check that no cap from the node up to the next one above is exceeded by what is given out of it."""
        if p.balance == "reported":
            return
        path = self.books.path(p.node)
        for year in sorted(y for y in self._changes[path[-1], p.line] if y >= p.year):
            for node in path:
                cap = self.books.find(node, p.line, "cap", year)
                if cap is None:
                    continue
                reserve = self.books.find(node, p.line, "reserve", year)
                given = self.books.given(node, p.line, year) + (0 if reserve is None else reserve.amount)
                if given > cap.amount:
                    self._report(seq, "breakdown", (node, *p.line, year), Breach("given", given, cap.amount))
                if node != p.node:
                    break

    def _check_total(self, seq: int, p: Posting) -> None:
        """Check that no cap on one water stands above the cap on all water."""
        water, basis, ecology = p.line
        total = (TOTAL, basis, ecology)
        if p.balance != "cap":
            return
        for source in sorted(WATERS - {TOTAL}) if water == TOTAL else [water]:
            line = (source, basis, ecology)
            years = {*self.books.years(p.node, line, "cap"), *self.books.years(p.node, total, "cap")}
            for year in sorted(y for y in years if y >= p.year):
                cap, whole = (self.books.find(p.node, each, "cap", year) for each in (line, total))
                if cap is not None and whole is not None and cap.amount > whole.amount:
                    self._report(seq, "total", (p.node, *line, year), Breach("cap", cap.amount, whole.amount))

    # What is drawn

    def _take_step(self, run: Run) -> None:
        step = self._next
        assert step is not None
        self._enter(step)
        self._add(run)
        touched = set(run.cells)
        for p in step.postings:
            if p.balance == "cap" and p.line[1] == "withdrawal":
                for place in self._pressed(p):
                    years = self._years[place, p.line[0]]
                    touched |= {(place, p.line[0], year) for year in years if year >= p.year}
        for cell in sorted(touched):
            for breach in self._breaches(cell, self.cells[cell]):
                self._report(step.seq, _code(breach), cell, breach)

    def _limits(self, cell: Cell) -> Iterator[tuple[int, int, int]]:
        """Yield ecology and balance, by number, and the limit, where a cap holds a balance of a cell down."""
        node, water, year = cell
        for i, ecology in enumerate(ECOLOGIES):
            limit = self.books.limit(node, withdrawal(water, ecology), year)
            if limit is not None:
                yield from ((i, j, limit[0]) for j in range(HELD_DOWN) if BALANCES[j] in limit[1])

    def _may_breach(self, cell: Cell, held: list[int]) -> bool:
        """Tell whether any balance of a cell went too low or too high in a run."""
        base = self.cells.get(cell, [0] * SLOTS)
        if any(base[slot] + held[LOWS + slot] < 0 for slot in range(SLOTS)):
            return True
        return any(
            base[j] + i * base[j + len(BALANCES)] + held[HIGHS + i * HELD_DOWN + j] > limit
            for i, j, limit in self._limits(cell)
        )

    def _breaches(self, cell: Cell, amounts: list[int]) -> Iterator[Breach]:
        for slot, amount in enumerate(amounts):
            if amount < 0:
                yield Breach(f"{BALANCES[slot % len(BALANCES)]} {ECOLOGIES[slot // len(BALANCES)]}", amount, 0)
        for i, j, limit in self._limits(cell):
            amount = amounts[j] + i * amounts[j + len(BALANCES)]
            if amount > limit:
                yield Breach(f"{BALANCES[j]} {ECOLOGIES[i]}", amount, limit)

    def _trace(self, run: Run, suspects: set[Cell]) -> None:
        """Go through a run again to find the entries by which cells went where they may not be."""
        amounts = {cell: list(self.cells.get(cell, [0] * SLOTS)) for cell in suspects}
        for seq, _, _, outcome, _ in self._rows(run.first - 1, run.last):
            answer = json.loads(outcome)
            if answer["ok"] is not True:
                continue
            _, draws = read_effects(answer.get("effects", ()), self.books.places)
            for cell in suspects & draws.keys():
                amounts[cell] = [a + b for a, b in zip(amounts[cell], draws[cell], strict=True)]
                for breach in self._breaches(cell, amounts[cell]):
                    self._report(seq, _code(breach), cell, breach)

    def _report(self, seq: int, code: str, where: tuple[object, ...], breach: Breach) -> None:
        if (where, breach.what) in self._known or len(self.faults) >= AT_MOST:
            return
        self._known.add((where, breach.what))
        place = " ".join(map(str, where))
        found = Text(
            f"{place}：{breach.what} 为 {breach.amount:,} m³", f"{place}: {breach.what} at {breach.amount:,} m³"
        )
        expected = Text(f"不超过 {breach.limit:,} m³", f"at most {breach.limit:,} m³")
        if breach.amount < 0:
            expected = Text("不低于 0", "not below 0")
        self.faults.append(Fault(seq, code, f"journal {seq}", found, expected))


def _code(breach: Breach) -> str:
    return "negative" if breach.amount < 0 else "limit"

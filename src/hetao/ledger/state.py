"""The state of the ledger, a function of the journal: the tree, caps as stated, volumes as drawn, and records."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from datetime import datetime
from itertools import product
from operator import add
from typing import NamedTuple, TypeVar

from hetao.ledger.draft import Cell, Draft, Posting
from hetao.ledger.line import BALANCES, BASES, ECOLOGIES, Line, drawn_lines
from hetao.ledger.records import (
    Application,
    Charge,
    Correction,
    Meter,
    Permit,
    PermitYear,
    Record,
    Setting,
    permit_year,
)
from hetao.ledger.tree import Tree

__all__ = ["Changes", "Entry", "Kept", "Limit", "State"]

CARRIED = frozenset({"cap", "reserve"})  # balances that hold from their year until a later year replaces them
LIMITING = frozenset({"order", "setting"})  # records that limits depend on
USED = BALANCES.index("used")
USED_ECOLOGICAL = USED + len(BALANCES)
NOTHING = [0] * (2 * len(BALANCES))
R = TypeVar("R", bound=Record)


class Entry(NamedTuple):
    """A balance as last stated.

    Attributes:
        amount_m3: the volume in m³ a year, from 0 to 2⁶³ - 1.
        document: the paper that it rests on.
        binds: of a cap, which of `hetao.ledger.line.BINDS` it holds down.
        seq: the journal entry that stated it.
        moved: of a cap, whether it was moved out of the cap above.
    """

    amount_m3: int
    document: str
    binds: tuple[str, ...]
    seq: int
    moved: bool = False


class Limit(NamedTuple):
    """What a node's cap leaves to be drawn at the node in one year.

    Attributes:
        cap_m3: the cap.
        moved_m3: what was moved out of it to nodes below.
        binds: what it holds down.
    """

    cap_m3: int
    moved_m3: int
    binds: tuple[str, ...]

    @property
    def volume_m3(self) -> int:
        """The cap less what was moved out of it."""
        return self.cap_m3 - self.moved_m3


class Kept(NamedTuple):
    """What the journal keeps under a key: the entry's number, the event and the outcome, as text."""

    seq: int
    event: str
    outcome: str

    @property
    def ok(self) -> bool:
        """Whether the event took effect."""
        return bool(json.loads(self.outcome)["ok"])


class Changes(NamedTuple):
    """What has changed since it was last asked for: identifiers only."""

    nodes: list[str]
    stated: list[tuple[str, Line, str, int]]
    cells: set[Cell]
    records: set[tuple[str, str]]


Series = MutableMapping[tuple[str, Line, str], dict[int, Entry]]


class State(Tree):
    """Nodes, balances and records after some prefix of the journal.

    Attributes:
        clock: the latest legal time of any event taken in, None before the first.
        find_entry: returns what the journal keeps under a key.
        memo: what was worked out from the tree, caps, orders and settings alone; emptied when any of them changes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock: datetime | None = None
        self.find_entry: Callable[[str], Kept | None] = lambda key: None
        self._series: Series = {}
        self._cells: MutableMapping[Cell, list[int]] = {}
        self._years: dict[tuple[str, str], set[int]] = {}  # of cells, by node and water
        self._records: dict[str, MutableMapping[str, Record]] = {}
        self._ordinals: dict[str, dict[str, int]] = {}  # of records, by when they were first put
        self._next_ordinal = 1
        self._chains: dict[Cell, tuple[str, ...]] = {}
        self._limits: dict[tuple[str, Line, int], Limit | None] = {}
        self._caps: dict[Cell, tuple[tuple[Line, Limit], ...]] = {}
        self._settings: dict[str, list[Setting]] = {}
        self._settings_count = 0
        self._with_use: set[tuple[str, str]] = set()  # node and water of which any use is known
        self.memo: dict[object, object] = {}
        self._changes = Changes([], [], set(), set())

    # Taking in

    def enter(self, node: str, line: Line, balance: str, year: int, entry: Entry) -> None:
        """State one balance anew."""
        series = self._series.get((node, line, balance), {})
        self._series[node, line, balance] = {**series, year: entry}
        if balance == "cap":
            self._limits.clear()
            self._caps.clear()
            self._chains.clear()
            self.memo.clear()
        elif balance == "reported":
            self._with_use.add((node, line.water))

    def put(self, kind: str, identifier: str, record: Record, ordinal: int | None = None) -> None:
        """Replace one record.

        Records keep the order in which they were first put, in every program that reads them from a store too: rules
        go by it. ``ordinal`` is what a store kept of it, None for a record that is put by an event.
        """
        known = self._ordinals.setdefault(kind, {})
        if identifier not in known:
            known[identifier] = self._next_ordinal if ordinal is None else ordinal
            self._next_ordinal = max(self._next_ordinal, known[identifier]) + 1
        self._records.setdefault(kind, {})[identifier] = record
        if kind in LIMITING:
            self.memo.clear()

    def fill(self, cell: Cell, amounts: list[int]) -> None:
        """Set what is drawn at one cell."""
        if cell not in self._cells:
            self._years.setdefault(cell[:2], set()).add(cell[2])
        self._cells[cell] = amounts
        if amounts[USED] or amounts[USED_ECOLOGICAL]:
            self._with_use.add(cell[:2])

    def post(self, draft: Draft, at: datetime, seq: int) -> None:
        """Take in an event that was not refused, and remember what it changed."""
        changes = self._changes
        if draft.node is not None:
            self.declare(draft.node._replace(seq=seq))
            changes.nodes.append(draft.node.node)
        for p in draft.postings:
            self.enter(p.node, p.line, p.balance, p.year, Entry(p.amount_m3, p.document, p.binds, seq, p.moved))
            changes.stated.append((p.node, p.line, p.balance, p.year))
            if p.balance == "cap":
                changes.cells.update(self._cells_under(p))
        for cell, change in draft.draws.items():
            held = self._cells.get(cell, NOTHING)
            self.fill(cell, list(map(add, held, change)))
        changes.cells.update(draft.draws)
        for (kind, identifier), record in sorted(draft.records.items()):
            self.put(kind, identifier, record)
        changes.records.update(draft.records)
        self.clock = at if self.clock is None else max(self.clock, at)

    def _cells_under(self, p: Posting) -> Iterator[Cell]:
        """Yield the cells whose limit a stated cap may change: its own and its parent's, from its year on."""
        parent = self.nodes[p.node].parent
        for place in (p.node,) if parent is None else (p.node, parent):
            years = self._years.setdefault((place, p.line.water), set())
            if p.line.basis == "withdrawal":
                years.add(p.year)
                self._cells.setdefault((place, p.line.water, p.year), NOTHING)
            yield from ((place, p.line.water, year) for year in years if year >= p.year)

    def take_changes(self) -> Changes:
        """Return what has changed since this was last called."""
        taken, self._changes = self._changes, Changes([], [], set(), set())
        return taken

    def everything(self) -> Changes:
        """Return all there is, as if all of it had changed."""
        stated = [(node, line, balance, year) for node, line, balance, year, _ in self.entries()]
        records = {(kind, name) for kind, held in self._records.items() for name in held}
        return Changes(list(self.nodes), stated, set(self._cells), records)

    def after(self, draft: Draft) -> State:
        """Return the state as it would be; this one stays as it is."""
        ahead = State()
        ahead.nodes, ahead.clock, ahead._parts, ahead._paths = self.nodes, self.clock, self._parts, self._paths
        ahead._series = ChainMap({}, self._series)
        ahead._cells = ChainMap({}, self._cells)
        ahead._years = {}
        ahead._with_use = set(self._with_use)
        ahead._ordinals = {kind: dict(held) for kind, held in self._ordinals.items()} if draft.records else {}
        ahead._records = {kind: ChainMap({}, held) for kind, held in self._records.items()}
        for p in draft.postings:
            ahead.enter(p.node, p.line, p.balance, p.year, Entry(p.amount_m3, p.document, p.binds, 0, p.moved))
        for cell, change in draft.draws.items():
            ahead._cells[cell] = list(map(add, self._cells.get(cell, NOTHING), change))
            if change[USED] or change[USED_ECOLOGICAL]:
                ahead._with_use.add(cell[:2])
        for (kind, identifier), record in draft.records.items():
            ahead.put(kind, identifier, record)
        ahead._years = self._years
        return ahead

    # Balances as stated

    def stated(self, node: str, line: Line, balance: str, year: int) -> Entry | None:
        """Return the balance stated for exactly this year."""
        return self._series.get((node, line, balance), {}).get(year)

    def find(self, node: str, line: Line, balance: str, year: int) -> Entry | None:
        """Return the balance that holds in a year: a cap or reserve holds until a later year replaces it."""
        steps = self._series.get((node, line, balance))
        if steps is None:
            return None
        if year in steps or balance not in CARRIED:
            return steps.get(year)
        latest = max((y for y in steps if y < year), default=None)
        return None if latest is None else steps[latest]

    def steps(self, node: str, line: Line, *balances: str) -> set[int]:
        """Return the years in which any of these balances was stated at the node itself."""
        return {year for balance in balances for year in self._series.get((node, line, balance), {})}

    def steps_below(self, node: str, line: Line) -> set[int]:
        """Return the years in which the caps and reserves of a node or anything below it change."""
        return {year for place in self.below(node) for year in self.steps(place, line, "cap", "reserve")}

    def held(self, node: str, water: str, balance: str, year: int) -> tuple[Line, ...]:
        """Return the lines of one water, over all bases, on which a node has this balance in a year."""
        lines = (Line(water, basis, ecology) for basis, ecology in product(BASES, ECOLOGIES))
        return tuple(line for line in lines if self.find(node, line, balance, year) is not None)

    def broken_down_m3(self, node: str, line: Line, year: int) -> int:
        """Return the caps given to the parts of a node; a part without a cap counts with its own parts' caps."""
        total = 0
        for part in self._parts[node]:
            cap = self.find(part, line, "cap", year)
            total += self.broken_down_m3(part, line, year) if cap is None else cap.amount_m3
        return total

    def entries(self) -> Iterator[tuple[str, Line, str, int, Entry]]:
        """Yield every balance ever stated: node, line, balance, year, entry."""
        for (node, line, balance), steps in self._series.items():
            for year, entry in steps.items():
                yield node, line, balance, year, entry

    # Limits and what is drawn on them

    def limit(self, node: str, line: Line, year: int) -> Limit | None:
        """Return what a node's cap on a line leaves to be drawn there in a year, None without a cap."""
        where = node, line, year
        if where not in self._limits:
            cap = self.find(node, line, "cap", year)
            moved_m3 = 0
            if cap is not None:
                given = (self.find(part, line, "cap", year) for part in self._parts[node])
                moved_m3 = sum(e.amount_m3 for e in given if e is not None and e.moved)
            self._limits[where] = None if cap is None else Limit(cap.amount_m3, moved_m3, cap.binds)
        return self._limits[where]

    def caps_at(self, cell: Cell) -> tuple[tuple[Line, Limit], ...]:
        """Return the withdrawal lines on which a node has a cap on a water in a year, with what each leaves."""
        known = self._caps.get(cell)
        if known is None:
            node, water, year = cell
            lines = drawn_lines(water, ecological=False)
            limits = ((line, self.limit(node, line, year)) for line in lines)
            known = self._caps[cell] = tuple((line, limit) for line, limit in limits if limit is not None)
        return known

    def chain(self, node: str, water: str, year: int) -> tuple[str, ...]:
        """Return the nodes that a withdrawal at a node draws on: basins, then ancestors from the top down, then itself.

        Where a cap was moved out of the cap above, the caps above it are not drawn on: they gave it away for good.
        """
        where = node, water, year
        if where not in self._chains:
            path: list[str] = []
            for place in (node, *self.above(node)):
                path.append(place)
                caps = (self.find(place, line, "cap", year) for line in drawn_lines(water, ecological=False))
                if any(cap is not None and cap.moved for cap in caps):
                    break
            self._chains[where] = tuple(dict.fromkeys((*self.basins(node), *reversed(path))))
        return self._chains[where]

    def cells(self, node: str, charges: Iterable[Charge]) -> list[tuple[tuple[str, ...], Charge]]:
        """Return the nodes that each charge draws on."""
        return [(self.chain(node, charge.water, charge.year), charge) for charge in charges]

    def drawn(self, cell: Cell) -> list[int]:
        """Return what is drawn at a cell: `BALANCES` of ordinary withdrawals, then of ecological supply."""
        return self._cells.get(cell, NOTHING)

    def has_use(self, node: str, water: str) -> bool:
        """Tell whether any use, metered or published, is known of a water at a node."""
        return (node, water) in self._with_use

    def drawn_years(self, node: str, water: str) -> set[int]:
        """Return the years in which anything was drawn, or a cap stated, at a node."""
        return self._years.get((node, water), set())

    def amount_m3(self, node: str, line: Line, balance: str, year: int) -> int:
        """Return the balance that holds in a year, stated or drawn; 0 where there is nothing."""
        if balance not in BALANCES:
            entry = self.find(node, line, balance, year)
            return 0 if entry is None else entry.amount_m3
        if line.basis != "withdrawal":
            return 0
        index, amounts = BALANCES.index(balance), self.drawn((node, line.water, year))
        return amounts[index] + (amounts[index + len(BALANCES)] if line.ecology == "included" else 0)

    # Records

    def record(self, kind: type[R], name: str, identifier: str) -> R | None:
        """Return a record, None where there is none."""
        found = self._records.get(name, {}).get(identifier)
        return found if isinstance(found, kind) else None

    def all(self, kind: type[R], name: str) -> Iterator[R]:
        """Yield the records of a kind, in the order first put."""
        return (record for record in self._records.get(name, {}).values() if isinstance(record, kind))

    def identifiers(self, name: str) -> Iterable[str]:
        """Return the identifiers of the records of a kind."""
        return self._records.get(name, {}).keys()

    def raw_record(self, kind: str, identifier: str) -> Record:
        """Return a record that is known to be there."""
        return self._records[kind][identifier]

    def ordinal(self, kind: str, identifier: str) -> int:
        """Return the place of a record in the order in which records were first put."""
        return self._ordinals[kind][identifier]

    def application(self, identifier: str) -> Application | None:
        """Return an application."""
        return self.record(Application, "application", identifier)

    def permit(self, identifier: str) -> Permit | None:
        """Return a permit."""
        return self.record(Permit, "permit", identifier)

    def permit_year(self, permit: str, year: int) -> PermitYear:
        """Return one year of a permit; an empty one where nothing was planned or used."""
        return self.record(PermitYear, "permit_year", permit_year(permit, year)) or PermitYear(permit, year)

    def is_corrected(self, key: str) -> bool:
        """Tell whether a reading was corrected by a later one."""
        return self.record(Correction, "correction", key) is not None

    def settings(self) -> Mapping[str, list[Setting]]:
        """Return the settings by name, in the order given."""
        held = self._records.get("setting", {})
        if len(held) != self._settings_count:
            self._settings_count, self._settings = len(held), {}
            for setting in self.all(Setting, "setting"):
                self._settings.setdefault(setting.name, []).append(setting)
        return self._settings

    def meter(self, identifier: str) -> Meter | None:
        """Return a meter."""
        return self.record(Meter, "meter", identifier)

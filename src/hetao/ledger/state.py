"""The state of the ledger: the tree of nodes and the balances of their accounts, a function of the journal."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import NamedTuple

from hetao.text import Text

__all__ = [
    "BASES",
    "BINDS",
    "ECOLOGIES",
    "WATERS",
    "Draft",
    "Entry",
    "Line",
    "Node",
    "Posting",
    "State",
]

WATERS = {
    "total": Text("用水总量", "total water"),
    "surface": Text("地表水", "surface water"),
    "groundwater": Text("地下水", "groundwater"),
    "unconventional": Text("非常规水", "unconventional water"),
    "yellow_river": Text("黄河水", "Yellow River water"),
}
BASES = {
    "withdrawal": Text("取水口径", "withdrawal basis"),
    "consumption": Text("耗水口径", "consumption basis"),
}
ECOLOGIES = {
    "included": Text("含河湖生态补水", "ecological supply included"),
    "excluded": Text("不含河湖生态补水", "ecological supply excluded"),
}
BINDS = {
    "permitted": Text("许可量", "permitted"),
    "planned": Text("计划量", "planned"),
    "used": Text("用水量", "used"),
}
CARRIED = frozenset({"cap", "reserve"})  # balances that hold from their year until a later year replaces them


class Line(NamedTuple):
    """What a volume counts: two volumes may be compared only where all three agree.

    Attributes:
        water: one of `WATERS`.
        basis: one of `BASES`.
        ecology: one of `ECOLOGIES`.
    """

    water: str
    basis: str
    ecology: str

    @property
    def label(self) -> Text:
        """The line in words."""
        parts = (WATERS[self.water], BASES[self.basis], ECOLOGIES[self.ecology])
        return Text("、".join(p.zh for p in parts), ", ".join(p.en for p in parts))


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree.

    Attributes:
        node: its identifier.
        name: its name, in the language in which it was declared (Chinese for places in China).
        kind: ``region``, ``league``, ``banner``, ``unit`` or ``basin``.
        parent: the node above it, None for a root.
        aquifer: the aquifer of a unit.
        basins: the basins it lies in, whose caps bind too.
        seq: the journal entry that declared it.
    """

    node: str
    name: str
    kind: str
    parent: str | None
    aquifer: str | None
    basins: tuple[str, ...]
    seq: int

    @property
    def label(self) -> Text:
        """Name and identifier."""
        return Text(f"{self.name}（{self.node}）", f"{self.name} ({self.node})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A balance as last stated.

    Attributes:
        amount_m3: the volume in m³ a year, from 0 to 2⁶³ - 1.
        document: the paper that it rests on.
        binds: of a cap, which of `BINDS` it holds down.
        seq: the journal entry that stated it.
    """

    amount_m3: int
    document: str
    binds: tuple[str, ...]
    seq: int


class Posting(NamedTuple):
    """One balance that an event would state anew.

    Attributes:
        node: whose balance.
        line: what it counts.
        year: for or from which year.
        balance: ``cap``, ``reserve`` or ``reported``.
        amount_m3: the new balance in m³ a year.
        document: the paper that it rests on.
        binds: of a cap, which of `BINDS` it holds down.
    """

    node: str
    line: Line
    year: int
    balance: str
    amount_m3: int
    document: str
    binds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an event would do if no rule refused it.

    Attributes:
        postings: the balances it would state, all or none.
        node: the node it would declare, with ``seq`` still 0.
        compared: the balance (node, line, year, name) against which the event sets its own figure.
        split: the node whose cap the event breaks down.
    """

    postings: tuple[Posting, ...] = ()
    node: Node | None = None
    compared: tuple[str, Line, int, str] | None = None
    split: str | None = None


Series = MutableMapping[tuple[str, Line, str], dict[int, Entry]]


class State:
    """Nodes and balances after some prefix of the journal.

    Attributes:
        nodes: the nodes by identifier, in the order declared.
        clock: the latest legal time posted, None before the first.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.clock: datetime | None = None
        self._parts: dict[str, list[str]] = {}
        self._series: Series = {}

    def declare(self, node: Node) -> None:
        """Add a node. A basin under a region overlaps the leagues, so it is no part of the region."""
        self.nodes[node.node] = node
        self._parts[node.node] = []
        if node.parent is not None and (node.kind == "basin") == (self.nodes[node.parent].kind == "basin"):
            self._parts[node.parent].append(node.node)

    def enter(self, node: str, line: Line, balance: str, year: int, entry: Entry) -> None:
        """State one balance anew."""
        self._series[node, line, balance] = {**self._series.get((node, line, balance), {}), year: entry}

    def post(self, draft: Draft, at: datetime, seq: int) -> None:
        """Take in an event that was not refused."""
        if draft.node is not None:
            n = draft.node
            self.declare(Node(n.node, n.name, n.kind, n.parent, n.aquifer, n.basins, seq))
        for p in draft.postings:
            self.enter(p.node, p.line, p.balance, p.year, Entry(p.amount_m3, p.document, p.binds, seq))
        self.clock = at if self.clock is None else max(self.clock, at)

    def after(self, postings: Iterable[Posting]) -> State:
        """Return the state as it would be; this one stays as it is."""
        ahead = State()
        ahead.nodes, ahead.clock, ahead._parts = self.nodes, self.clock, self._parts
        ahead._series = ChainMap({}, self._series)
        for p in postings:
            ahead.enter(p.node, p.line, p.balance, p.year, Entry(p.amount_m3, p.document, p.binds, 0))
        return ahead

    def above(self, node: str) -> Iterator[str]:
        """Yield the ancestors of a node, nearest first."""
        parent = self.nodes[node].parent
        while parent is not None:
            yield parent
            parent = self.nodes[parent].parent

    def parts(self, node: str) -> tuple[str, ...]:
        """Return the children that share out a node's cap."""
        return tuple(self._parts[node])

    def stated(self, node: str, line: Line, balance: str, year: int) -> Entry | None:
        """Return the balance stated for exactly this year."""
        return self._series.get((node, line, balance), {}).get(year)

    def find(self, node: str, line: Line, balance: str, year: int) -> Entry | None:
        """Return the balance that holds in a year: a cap or reserve holds until a later year replaces it."""
        steps = self._series.get((node, line, balance), {})
        if year in steps or balance not in CARRIED:
            return steps.get(year)
        latest = max((y for y in steps if y < year), default=None)
        return None if latest is None else steps[latest]

    def amount_m3(self, node: str, line: Line, balance: str, year: int) -> int:
        """Return the balance that holds in a year, 0 where nothing was ever posted."""
        entry = self.find(node, line, balance, year)
        return 0 if entry is None else entry.amount_m3

    def broken_down_m3(self, node: str, line: Line, year: int) -> int:
        """Return the caps given to the parts of a node; a part without a cap counts with its own parts' caps."""
        total = 0
        for part in self._parts[node]:
            cap = self.find(part, line, "cap", year)
            total += self.broken_down_m3(part, line, year) if cap is None else cap.amount_m3
        return total

    def held(self, node: str, water: str, balance: str, year: int) -> tuple[Line, ...]:
        """Return the lines of one water, over all bases, on which a node has this balance in a year."""
        lines = (Line(water, basis, ecology) for basis, ecology in product(BASES, ECOLOGIES))
        return tuple(line for line in lines if self.find(node, line, balance, year) is not None)

    def steps(self, node: str, line: Line, *balances: str) -> set[int]:
        """Return the years in which any of these balances was stated at the node itself."""
        return {year for balance in balances for year in self._series.get((node, line, balance), {})}

    def steps_below(self, node: str, line: Line) -> set[int]:
        """Return the years in which the caps and reserves of a node or anything below it change."""
        found = self.steps(node, line, "cap", "reserve")
        for part in self._parts[node]:
            found |= self.steps_below(part, line)
        return found

    def entries(self) -> Iterator[tuple[str, Line, str, int, Entry]]:
        """Yield every balance ever stated: node, line, balance, year, entry."""
        for (node, line, balance), steps in self._series.items():
            for year, entry in steps.items():
                yield node, line, balance, year, entry

"""The auditor's own books: places, the balances stated for them, and what these leave to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["BALANCES", "ECOLOGIES", "WATERS", "Books", "Line", "Place", "Posting", "Step", "Where", "withdrawal"]

WATERS = frozenset({"total", "surface", "groundwater", "unconventional", "yellow_river"})
ECOLOGIES = ("excluded", "included")
BALANCES = ("permitted", "planned", "used")  # what is drawn, in the order of a cell
Line = tuple[str, str, str]  # water, basis, ecology
Where = tuple[str, Line, str]  # node, line, balance


class Place(NamedTuple):
    """A node as declared."""

    node: str
    name: str
    kind: str
    parent: str | None
    aquifer: str | None
    basins: tuple[str, ...]
    seq: int


class Posting(NamedTuple):
    """A balance as an event states it anew, with the change that this is."""

    node: str
    line: Line
    balance: str
    year: int
    amount: int
    document: str
    binds: tuple[str, ...]
    moved: bool
    change: int


class Step(NamedTuple):
    """What one journal entry does to the books."""

    seq: int
    place: Place | None
    postings: tuple[Posting, ...]

    @property
    def caps(self) -> bool:
        """Whether it may change what is left to be drawn."""
        return any(posting.balance == "cap" for posting in self.postings)


class Held(NamedTuple):
    """A balance as last stated: by which entry, and whether a cap was moved out of the one above."""

    amount: int
    document: str
    binds: tuple[str, ...]
    moved: bool
    by: int


def withdrawal(water: str, ecology: str) -> Line:
    """Return a line on the withdrawal basis."""
    return water, "withdrawal", ecology


class Books:
    """Places and stated balances after some entries of the journal.

    Attributes:
        places: by identifier, in the order declared.
        stated: node, line and balance → year → what was stated for it.
    """

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.stated: dict[Where, dict[int, Held]] = {}
        self._order: dict[str, int] = {}
        self._parts: dict[str, list[str]] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._chains: dict[tuple[str, str, int], tuple[str, ...]] = {}
        self._moved: set[str] = set()  # nodes that ever had a cap which was moved out of the one above

    def enter(self, step: Step) -> None:
        """Take in what an entry declares and states."""
        if step.place is not None:
            self._declare(step.place)
        for p in step.postings:
            held = Held(p.amount, p.document, p.binds, p.moved, step.seq)
            self.stated.setdefault((p.node, p.line, p.balance), {})[p.year] = held
            if p.moved:
                self._moved.add(p.node)
        if step.caps:
            self._chains.clear()

    def _declare(self, place: Place) -> None:
        self._order[place.node] = len(self.places)
        self.places[place.node] = place
        self._parts[place.node] = []
        self._paths[place.node] = (place.node,)
        if place.parent is not None:
            self._paths[place.node] = (place.node, *self._paths[place.parent])
            if (place.kind == "basin") == (self.places[place.parent].kind == "basin"):  # others lie across its cap
                self._parts[place.parent].append(place.node)

    # The tree

    def order(self, node: str) -> int:
        """Return the how-manieth node it is; what lies above or around it was declared before."""
        return self._order[node]

    def path(self, node: str) -> tuple[str, ...]:
        """Return a node and what is above it, nearest first."""
        return self._paths[node]

    def basins(self, node: str) -> tuple[str, ...]:
        """Return the basins in which a node lies by itself or by what is above it, and the basins around those."""
        named = (basin for place in reversed(self._paths[node]) for basin in self.places[place].basins)
        around = (b for basin in named for b in reversed(self._paths[basin]) if self.places[b].kind == "basin")
        return tuple(dict.fromkeys(around))

    def chain(self, node: str, water: str, year: int) -> tuple[str, ...]:
        """Return the nodes on which a withdrawal at a node draws: basins, then its path from the top down.

        The path ends above at the first cap that was moved out of the one above it.
        """
        where = node, water, year
        if where not in self._chains:
            path: list[str] = []
            for place in self._paths[node]:
                path.insert(0, place)
                if self.is_moved(place, water, year):
                    break
            self._chains[where] = tuple(dict.fromkeys((*self.basins(node), *path)))
        return self._chains[where]

    def is_moved(self, node: str, water: str, year: int) -> bool:
        """Tell whether a node's cap on withdrawal of a water, on either line, was moved out of the one above."""
        if node not in self._moved:
            return False
        caps = (self.find(node, withdrawal(water, ecology), "cap", year) for ecology in ECOLOGIES)
        return any(cap is not None and cap.moved for cap in caps)

    # Balances

    def find(self, node: str, line: Line, balance: str, year: int) -> Held | None:
        """Return the balance that holds in a year: caps and reserves hold until a later year replaces them."""
        years = self.stated.get((node, line, balance))
        if years is None:
            return None
        if balance == "reported" or year in years:
            return years.get(year)
        before = [y for y in years if y < year]
        return years[max(before)] if before else None

    def years(self, node: str, line: Line, balance: str) -> Iterator[int]:
        """Yield the years for which a balance was stated at the node itself."""
        yield from self.stated.get((node, line, balance), ())

    def given(self, node: str, line: Line, year: int) -> int:
        """Return what the parts of a node have been given; a part without a cap counts by its own parts."""
        total = 0
        for part in self._parts[node]:
            cap = self.find(part, line, "cap", year)
            total += self.given(part, line, year) if cap is None else cap.amount
        return total

    def limit(self, node: str, line: Line, year: int) -> tuple[int, tuple[str, ...]] | None:
        """Return what a cap leaves to be drawn at its node and what it binds: the cap less what was moved out of it."""
        cap = self.find(node, line, "cap", year)
        if cap is None:
            return None
        given = (self.find(part, line, "cap", year) for part in self._parts[node])
        return cap.amount - sum(part.amount for part in given if part is not None and part.moved), cap.binds

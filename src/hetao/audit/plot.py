"""The first, light pass over the journal: places, stated balances and rights, which all else is checked against.

Readings, by far the most entries, are passed over. What cannot be followed here is left out without a word: the second
pass looks at every entry, and reports one that took effect and is missing here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hetao.audit.books import BALANCES, ECOLOGIES, WATERS, Books, Line, Place, Posting, Step, withdrawal
from hetao.audit.years import span

__all__ = [
    "HEAD_AT_MOST",
    "TOTAL",
    "VOLUME_MAX",
    "Grant",
    "Plot",
    "Plotter",
    "Right",
    "draw_plot",
    "is_step",
    "volume_of",
]

HEAD_AT_MOST = 2200  # characters of an outcome that hold its head: a key has 1000 at most, each escaped by 2
DEPTH_AT_MOST = 64  # nodes from a root down that can be followed; the ledger allows 16
KIND = re.compile(rb'"event":"([a-z_]+)"')
HEAD = re.compile(rb'\{"seq":\d+,"key":(?:null|"(?:[^"\\]|\\.)*"),"ok":(true|false),"decision":"([a-z]+)"')
PLOTTED = frozenset({b"node", b"cap", b"breakdown", b"use", b"transfer", b"apply", b"accept_works", b"plan"})
STATING = frozenset({"node", "cap", "breakdown", "use"})
BASES = frozenset({"withdrawal", "consumption"})
TOTAL = "total"
Row = tuple[int, bytes, bytes]  # number, event, head of the outcome
VOLUME_MAX = 2**63 - 1


class Right(NamedTuple):
    """Where a right draws, which water, and whether for rivers and lakes."""

    node: str
    water: str
    ecological: bool


class Grant(NamedTuple):
    """From after this entry on, an ``application`` or a ``permit`` has this right; a permit's stays as it is."""

    seq: int
    kind: str
    name: str
    right: Right


@dataclass
class Plot:
    """What the first pass found, in the order of the journal.

    Attributes:
        steps: what entries declare and state.
        grants: rights as they come and change.
        plans: entry → the volume planned before, of each plan that replaces another.
    """

    steps: list[Step] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    plans: dict[int, int] = field(default_factory=dict)

    def extend(self, part: Plot) -> None:
        """Add what was found further on."""
        self.steps += part.steps
        self.grants += part.grants
        self.plans |= part.plans


def is_step(fields: Mapping[str, Any]) -> bool:
    """Tell whether an event of this kind declares a place or states a balance where it takes effect."""
    return fields["event"] in STATING or (fields["event"] == "transfer" and fields.get("kind") == "regional")


def draw_plot(rows: Iterable[Row]) -> Plot:
    """Go through entries other than readings, in order, and return all that was found."""
    plotter = Plotter()
    for row in rows:
        plotter.take(*row)
    return plotter.part()


class Plotter:
    """Draws a plot bit by bit."""

    def __init__(self) -> None:
        self._plot = Plot()
        self._books = Books()
        self._applications: dict[str, Right] = {}
        self._permits: dict[str, Right] = {}
        self._planned: dict[tuple[str, int], int] = {}

    def take(self, seq: int, event: bytes, head: bytes) -> None:
        """Take in an entry.

        Args:
            seq: its number.
            event: its event.
            head: the first `HEAD_AT_MOST` characters of its outcome.
        """
        try:
            kind, decided = KIND.search(event), HEAD.match(head)
            if kind is not None and decided is not None and kind[1] in PLOTTED and decided[2] != b"refused":
                self._enter(seq, json.loads(event), decided[1] == b"true")
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            return  # the second pass reports it

    def part(self) -> Plot:
        """Return what was found since this was last called."""
        part, self._plot = self._plot, Plot()
        return part

    def _enter(self, seq: int, f: Mapping[str, Any], ok: bool) -> None:
        if f["event"] == "apply":
            right = Right(f["node"], f["water"], f.get("purpose") == "ecology")
            self._grant(seq, "application", f["application"], right)
        elif ok and is_step(f):
            place = self._place(seq, f) if f["event"] == "node" else None
            step = Step(seq, place, tuple(self._postings(f)))
            self._books.enter(step)
            self._plot.steps.append(step)
        elif ok and f["event"] == "accept_works" and f["permit"] not in self._permits:
            self._grant(seq, "permit", f["permit"], self._applications[f["application"]])
        elif ok and f["event"] == "plan":
            self._plan(seq, f["permit"], f["year"], volume_of(f["volume_m3"]))

    def _grant(self, seq: int, kind: str, name: str, right: Right) -> None:
        if right.node in self._books.places and right.water in WATERS:
            (self._applications if kind == "application" else self._permits)[name] = right
            self._plot.grants.append(Grant(seq, kind, name, right))

    def _plan(self, seq: int, permit: str, year: int, volume: int) -> None:
        before = self._planned.get((permit, year), 0)
        if before:
            self._plot.plans[seq] = before
        self._planned[permit, year] = volume

    def _place(self, seq: int, f: Mapping[str, Any]) -> Place:
        basins = tuple(map(self._known, f.get("basins", ())))
        place = Place(f["node"], f["name"], f["kind"], f.get("parent"), f.get("aquifer"), basins, seq)
        deep = place.parent is not None and len(self._books.path(self._known(place.parent))) >= DEPTH_AT_MOST
        if deep or place.node in self._books.places:
            raise ValueError(place.node)
        return place

    def _known(self, node: str) -> str:
        """Return a node that was declared before.

        Raises:
            KeyError: it was not.
        """
        return self._books.places[node].node

    def _postings(self, f: Mapping[str, Any]) -> Iterator[Posting]:
        if f["event"] == "transfer":
            yield from self._traded(f)
            return
        if f["event"] == "node":
            return
        node, year, line = self._known(f["node"]), volume_of(f["year"]), _line(f)
        document, binds = f.get("document", ""), tuple(f.get("binds", BALANCES))
        if f["event"] == "cap":
            moved = any(cap.moved for cap in self._books.stated.get((node, line, "cap"), {}).values())
            yield self._posting(node, line, "cap", year, f["volume_m3"], document, binds, moved)
        elif f["event"] == "use":
            yield self._posting(node, line, "reported", year, f["volume_m3"], f.get("source", ""))
        else:
            for child, volume in f["children"].items():
                moved = f.get("edge") == "moved"
                yield self._posting(self._known(child), line, "cap", year, volume, document, binds, moved)
            yield self._posting(node, line, "reserve", year, f.get("reserve_m3", 0), document)

    def _posting(
        self,
        node: str,
        line: Line,
        balance: str,
        year: int,
        amount: int,
        document: str,
        binds: tuple[str, ...] = (),
        moved: bool = False,
    ) -> Posting:
        before = self._books.stated.get((node, line, balance), {}).get(year)
        change = volume_of(amount) - (0 if before is None else before.amount)
        return Posting(node, line, balance, year, amount, document, binds, moved, change)

    def _traded(self, f: Mapping[str, Any]) -> Iterator[Posting]:
        """Yield the caps of a trade between areas: less on the seller's way, more on the buyer's, for the term."""
        paths = [self._books.path(self._known(f[side])) for side in ("from", "to")]
        ways = [[node for node in path if node not in other] for path, other in (paths, paths[::-1])]
        water = self._traded_water(f)
        for traded in dict.fromkeys((water, TOTAL)):
            years = span(traded, f["term_from"], f.get("term_to", f["term_from"]))
            for line in self._common(f, traded, years.start):
                for way, volume in zip(ways, (-f["volume_m3"], f["volume_m3"]), strict=True):
                    for node in way:
                        yield from self._shifted(node, line, years, volume, f.get("document", ""))

    def _common(self, f: Mapping[str, Any], water: str, year: int) -> list[Line]:
        """Return the lines on which both sides have a cap."""
        lines = [withdrawal(water, ecology) for ecology in ECOLOGIES]
        return [line for line in lines if all(self._books.find(f[side], line, "cap", year) for side in ("from", "to"))]

    def _traded_water(self, f: Mapping[str, Any]) -> str:
        if "water" in f:
            return str(f["water"])
        year = span(TOTAL, f["term_from"], f["term_from"]).start
        (water,) = [w for w in WATERS - {TOTAL} if self._common(f, w, year)] or [TOTAL]
        return water

    def _shifted(self, node: str, line: Line, years: range, volume: int, document: str) -> Iterator[Posting]:
        for year in years:
            held = self._books.find(node, line, "cap", year)
            if held is not None:
                amount = max(0, held.amount + volume)
                yield self._posting(node, line, "cap", year, amount, document, held.binds, held.moved)
        back = self._books.find(node, line, "cap", years.stop)
        if back is not None and years.stop not in self._books.stated[node, line, "cap"]:
            yield self._posting(node, line, "cap", years.stop, back.amount, back.document, back.binds, back.moved)


def volume_of(value: object) -> int:
    """Return a volume or year that may stand in an event.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= VOLUME_MAX:
        raise ValueError(value)
    return value


def _line(f: Mapping[str, Any]) -> Line:
    if f["water"] not in WATERS or f["basis"] not in BASES or f["ecology"] not in ECOLOGIES:
        raise ValueError(f["water"])
    return f["water"], f["basis"], f["ecology"]

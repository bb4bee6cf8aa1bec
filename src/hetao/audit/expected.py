"""What each event has to post, worked out anew from the event, the tree and the rights as they stand before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hetao.audit.books import BALANCES, Books, Step
from hetao.audit.effects import outline
from hetao.audit.plot import TOTAL, VOLUME_MAX, Plot, Right, volume_of
from hetao.audit.runs import SLOTS, Cell, Track
from hetao.audit.years import RIVER, parts_of, span

__all__ = ["BY_ANY", "EXACT", "KINDS", "NAMING", "Charge", "Expected", "Spell", "spread"]

PERMITTED, PLANNED, USED = range(len(BALANCES))
EXACT = frozenset({"apply", "plan", "read"})  # events whose postings follow from the event and its right alone
NAMING = {  # events that draw only where the right that they name lies
    **dict.fromkeys(("approve", "refuse", "accept_works"), "application"),
    **dict.fromkeys(("renew", "change", "cancel", "revoke"), "permit"),
}
BY_ANY = frozenset({"tick", "cap", "transfer"})  # events that may draw where any right lies
SILENT = frozenset(  # events that draw nothing
    {
        *("node", "breakdown", "use", "zone", "level", "quota", "setting", "refer", "start_works", "suspend"),
        *("resume", "order", "certify_saving", "return", "assert", "close_year"),
    }
)
KINDS = EXACT | NAMING.keys() | BY_ANY | SILENT
NEVER = 1 << 63
Entry = tuple[int, bytes, bytes]  # number, event, outcome
Years = tuple[tuple[str, int], ...]  # water and year of account


class Charge(NamedTuple):
    """An amount, of either sign, that every cell of a track takes."""

    track: Track
    amount: int


class Spell(NamedTuple):
    """A period that lies in one calendar year: permit → what a plain reading of it adds its volume to.

    Only what was asked for before is there.

    Attributes:
        calendar: the calendar year.
        river: the year of account of the river, None where the period lies in two.
        others: tracks of permits on other water, shared by all periods of the calendar year.
        rivers: tracks of permits on river water, shared by all periods of both years.
    """

    calendar: int
    river: int | None
    others: dict[bytes, Track]
    rivers: dict[bytes, Track]


def spread(charges: list[Charge]) -> dict[Cell, list[int]]:
    """Return by how much charges change each cell."""
    draws: dict[Cell, list[int]] = {}
    for track, amount in charges:
        for cell in track.cells:
            draws.setdefault(cell, [0] * SLOTS)[track.slot] += amount
    return {cell: changes for cell, changes in draws.items() if any(changes)}


class Expected:
    """Follows the plot through the journal.

    Args:
        plot: what the first pass found.
        find_entry: returns the entry that owns a key.

    Attributes:
        books: places and stated balances before the entry.
        permits: the permits before the entry.
        nodes: where rights lie.
        waiting: no entry up to this one changes anything here.
        spells: periods by their first and last day, as far as they were asked for.
    """

    def __init__(self, plot: Plot, find_entry: Callable[[str], Entry | None]) -> None:
        self.books = Books()
        self.permits: dict[str, Right] = {}
        self.nodes: set[str] = set()
        self.waiting = 0
        self._plot = plot
        self._find_entry = find_entry
        self._applications: dict[str, Right] = {}
        self._steps = self._grants = 0  # how many of the plot are in the books
        self._tracks: dict[tuple[str, bool, int, Years], Track] = {}
        self._terms: dict[tuple[Right, str, str, int], Track] = {}
        self.spells: dict[tuple[bytes, bytes], Spell] = {}
        self._readings: dict[tuple[int, int | None, bool], dict[bytes, Track]] = {}

    def follow(self, seq: int) -> None:
        """Take in what entries before this one did."""
        steps, grants = self._plot.steps, self._plot.grants
        while self._steps < len(steps) and steps[self._steps].seq < seq:
            step = steps[self._steps]
            self.books.enter(step)
            self._steps += 1
            if step.caps:
                self._tracks.clear()
                self._terms.clear()
                for tracks in self._readings.values():
                    tracks.clear()
        while self._grants < len(grants) and grants[self._grants].seq < seq:
            _, kind, name, right = grants[self._grants]
            self._grants += 1
            self.nodes.add(right.node)
            if kind == "application":
                self._applications[name] = right
            else:
                self.permits[name] = right
        next_step = steps[self._steps].seq if self._steps < len(steps) else NEVER
        next_grant = grants[self._grants].seq if self._grants < len(grants) else NEVER
        self.waiting = min(next_step, next_grant)

    def step(self, seq: int) -> Step | None:
        """Return what the plot says that this entry declares or states."""
        steps = self._plot.steps
        return steps[self._steps] if self._steps < len(steps) and steps[self._steps].seq == seq else None

    def named(self, fields: Mapping[str, Any]) -> str:
        """Return where the right lies that an event names.

        Raises:
            KeyError: there is no such right.
        """
        kind = NAMING[fields["event"]]
        return (self._applications if kind == "application" else self.permits)[fields[kind]].node

    def charges(self, seq: int, fields: Mapping[str, Any], decision: str) -> list[Charge]:
        """Return what an event of `EXACT` posts.

        Raises:
            KeyError, TypeError, ValueError: it cannot be followed.
        """
        if fields["event"] == "apply":
            return self._applied(fields, USED if decision == "exempt" else PERMITTED)
        right = self.permits[fields["permit"]]
        if fields["event"] == "plan":
            change = volume_of(fields["volume_m3"]) - self._plot.plans.get(seq, 0)
            years = tuple((water, volume_of(fields["year"])) for water in dict.fromkeys((right.water, TOTAL)))
            return [Charge(self._track(right, PLANNED, years), change)]
        parts = [] if "corrects" not in fields else self._corrected(seq, fields)
        back = [charge for part in parts for charge in self._read(right, part)]
        return [*(Charge(track, -amount) for track, amount in back), *self._read(right, fields)]

    def reading(self, permit: bytes, first: bytes, last: bytes) -> Track | None:
        """Return what a plain reading adds its volume to; None where it has to be looked at more closely."""
        spell = self.spells.get((first, last)) or self._spell(first, last)
        try:
            right = self.permits[permit.decode()]
        except (KeyError, UnicodeDecodeError):
            return None
        if spell is None or (right.water == RIVER and spell.river is None):
            return None
        own = spell.calendar if right.water != RIVER or spell.river is None else spell.river
        years: Years = ((right.water, own),)
        years = years if right.water == TOTAL else (*years, (TOTAL, spell.calendar))
        track = self._track(right, USED, years)
        (spell.rivers if right.water == RIVER else spell.others)[permit] = track
        return track

    def _spell(self, first: bytes, last: bytes) -> Spell | None:
        """Return a period and remember it; None where it is none or lies in two calendar years."""
        try:
            calendar, river = (span(water, first.decode(), last.decode()) for water in (TOTAL, RIVER))
        except ValueError:
            return None
        if len(calendar) > 1:
            return None
        year, flowing = calendar.start, river.start if len(river) == 1 else None
        others, rivers = (
            self._readings.setdefault(where, {}) for where in ((year, None, False), (year, flowing, True))
        )
        spell = self.spells[first, last] = Spell(year, flowing, others, rivers)
        return spell

    def _applied(self, fields: Mapping[str, Any], balance: int) -> list[Charge]:
        right = Right(fields["node"], fields["water"], fields.get("purpose") == "ecology")
        volume = min(volume_of(fields["volume_m3"]), volume_of(fields.get("capacity_m3", VOLUME_MAX)))
        where = right, fields["from"], fields["to"], balance
        if where not in self._terms:
            waters = dict.fromkeys((right.water, TOTAL))
            years = ((water, year) for water in waters for year in span(water, fields["from"], fields["to"]))
            self._terms[where] = self._track(right, balance, tuple(years))
        return [Charge(self._terms[where], volume)]

    def _read(self, right: Right, fields: Mapping[str, Any]) -> list[Charge]:
        volume, period = volume_of(fields["volume_m3"]), (fields["from"], fields["to"])
        return [
            Charge(self._track(right, USED, ((water, year),)), amount)
            for water in dict.fromkeys((right.water, TOTAL))
            for year, amount in parts_of(water, *period, volume)
        ]

    def _corrected(self, seq: int, fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the fields of the reading that another one takes back, or what a tick booked of the same meter.

        Raises:
            ValueError: there is none of the same permit and meter before.
        """
        entry = self._find_entry(fields["corrects"])
        before: Mapping[str, Any] = {} if entry is None or entry[0] >= seq else json.loads(entry[1])
        if entry is not None and before.get("event") == "tick":
            return self._booked(fields, json.loads(entry[2]))
        same = all(before.get(name) == fields[name] for name in ("event", "permit", "meter"))
        if entry is None or not same or json.loads(entry[2])["ok"] is not True:
            raise ValueError(fields["corrects"])
        return [before]

    @staticmethod
    def _booked(fields: Mapping[str, Any], outcome: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return what a tick booked of a reading's permit and meter.

        Raises:
            ValueError: nothing.
        """
        raised = (finding["facts"] for finding in outcome.get("raised", ()))
        parts = [
            part
            for facts in raised
            if all(facts.get(name) == fields[name] for name in ("permit", "meter"))
            for part in facts.get("parts", ())
        ]
        if not parts:
            raise ValueError(fields["corrects"])
        return parts

    def _track(self, right: Right, balance: int, years: Years) -> Track:
        where = right.node, right.ecological, balance, years
        track = self._tracks.get(where)
        if track is None:
            cells = [(node, *when) for when in years for node in self.books.chain(right.node, *when)]
            track = self._tracks[where] = outline(cells, right.ecological, balance)
        return track

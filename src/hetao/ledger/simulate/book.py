"""The quantities of the reference model: places, caps and what is drawn on them, summed by brute force.

Written without the ledger's code. Nothing is carried along: every sum is taken anew over the list of rights, plans or
readings whenever that list has changed since it was last asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

__all__ = [
    "BASES",
    "ECOLOGIES",
    "NONE",
    "RIVER",
    "TOTAL",
    "WATERS",
    "Book",
    "Cap",
    "Cells",
    "Limit",
    "Line",
    "Place",
    "day_number",
    "split_days",
    "year_of",
]

RIVER, TOTAL = "yellow_river", "total"
WATERS = (TOTAL, "surface", "groundwater", "unconventional", RIVER)
BASES = ("withdrawal", "consumption")
ECOLOGIES = ("excluded", "included")
NONE = (0, 0)

Line = tuple[str, str, str]  # water, basis, ecology
Cells = dict[tuple[str, int], dict[str, list[int]]]  # (water, year) → place → [ordinary, ecological]


class Place(NamedTuple):
    """A place: its name, its kind, the one above it and the basins that it lies in."""

    name: str
    kind: str
    parent: str | None
    basins: tuple[str, ...]


class Cap(NamedTuple):
    """A cap as stated: its volume, what it binds, and whether it was moved out of the one above."""

    volume_m3: int
    binds: tuple[str, ...]
    moved: bool


class Limit(NamedTuple):
    """A cap in force: what is left of it after what was moved out, its volume, and what it binds."""

    left_m3: int
    cap_m3: int
    binds: tuple[str, ...]


def day_number(day: str) -> int:
    """Return a day (ISO 8601) as a number."""
    return date.fromisoformat(day).toordinal()


def year_of(water: str, day: str) -> int:
    """Return the year of account of a day: July to June for Yellow River water, else the calendar year."""
    return int(day[:4]) - (1 if water == RIVER and int(day[5:7]) < 7 else 0)


def split_days(water: str, first: str, last: str, volume_m3: int) -> dict[int, int]:
    """Return how a volume falls on the years of account of its days, rounded down as the days pass."""
    start, end = day_number(first), day_number(last)
    parts: dict[int, int] = {}
    given_m3 = 0
    for year in range(year_of(water, first), year_of(water, last) + 1):
        last_of_year = date(year + 1, 6, 30) if water == RIVER else date(year, 12, 31)
        passed = min(end, last_of_year.toordinal()) - start + 1
        upto_m3 = volume_m3 * passed // (end - start + 1)
        parts[year], given_m3 = upto_m3 - given_m3, upto_m3
    return parts


class Book:
    """Places, caps, reserves, published uses, closed years, and what each right, plan and reading draws."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.parts: dict[str, list[str]] = {}
        self._up: dict[str, tuple[str, ...]] = {}
        self._basins: dict[str, set[str]] = {}  # place → the basins that it or anything above it lies in, and above
        self.caps: dict[tuple[str, Line], dict[int, Cap]] = {}
        self.reserves: dict[tuple[str, Line], dict[int, int]] = {}
        self.reported: dict[tuple[str, Line], dict[int, int]] = {}
        self.closed: set[tuple[str, int]] = set()
        # (balance, water, year) → (place, whether ecological) → identifier → volume in m³
        self._drawn: dict[tuple[str, str, int], dict[tuple[str, bool], dict[object, int]]] = {}
        self._sums: dict[tuple[str, str, int], dict[str, list[int]]] = {}
        self._ways: dict[tuple[str, str, int], tuple[str, ...]] = {}
        self._limits: dict[tuple[str, str, str, int], Limit | None] = {}
        self._suspends: dict[tuple[str, str, str, int], bool] = {}
        self._used: dict[str, set[int]] = {water: set() for water in WATERS}  # years in which anything was read

    # Places

    def add(self, place: Place) -> None:
        """Declare a place."""
        self.places[place.name] = place
        self.parts[place.name] = []
        above = () if place.parent is None else self._up[place.parent]
        self._up[place.name] = (place.name, *above)
        own = (b for basin in place.basins for b in self._up[basin] if self.places[b].kind == "basin")
        self._basins[place.name] = {*own, *(() if place.parent is None else self._basins[place.parent])}
        if place.parent is not None and (place.kind == "basin") == (self.places[place.parent].kind == "basin"):
            self.parts[place.parent].append(place.name)

    def up(self, name: str) -> tuple[str, ...]:
        """Return a place and everything above it, itself first."""
        return self._up[name]

    def below(self, name: str) -> list[str]:
        """Return everything that shares out a place's cap, itself left out."""
        return [below for part in self.parts[name] for below in (part, *self.below(part))]

    def way(self, name: str, water: str, year: int) -> tuple[str, ...]:
        """Return the places on whose caps a withdrawal draws: up to the first cap moved out, and the basins."""
        key = name, water, year
        if key not in self._ways:
            way: list[str] = []
            for place in self.up(name):
                way.append(place)
                if self.is_moved(place, water, year):
                    break
            self._ways[key] = tuple(dict.fromkeys((*way, *sorted(self._basins[name]))))
        return self._ways[key]

    def is_moved(self, name: str, water: str, year: int) -> bool:
        """Tell whether a place's cap on a water was moved out of the cap above."""
        caps = (self.cap(name, (water, "withdrawal", ecology), year) for ecology in ECOLOGIES)
        return any(cap is not None and cap.moved for cap in caps)

    def is_closed(self, name: str, year: int) -> bool:
        """Tell whether a year is closed at a place or above it."""
        return bool(self.closed) and any((place, year) in self.closed for place in self.up(name))

    # Caps

    def cap(self, name: str, line: Line, year: int) -> Cap | None:
        """Return the cap that holds in a year: the latest one stated up to it."""
        steps = self.caps.get((name, line))
        if not steps:
            return None
        if year in steps:
            return steps[year]
        latest = max((y for y in steps if y < year), default=None)
        return None if latest is None else steps[latest]

    def reserve_m3(self, name: str, line: Line, year: int) -> int:
        """Return the reserve that holds in a year."""
        steps = self.reserves.get((name, line), {})
        latest = max((y for y in steps if y <= year), default=None)
        return 0 if latest is None else steps[latest]

    def state(
        self,
        caps: dict[tuple[str, Line], dict[int, Cap]],
        reserves: dict[tuple[str, Line], dict[int, int]],
        *,
        rewired: bool,
    ) -> None:
        """Replace all caps and reserves, and forget what was worked out from them.

        Args:
            caps: the caps.
            reserves: the reserves.
            rewired: whether a cap may have been moved out of the one above, or shared with it again.
        """
        self.caps, self.reserves = caps, reserves
        self._limits.clear()
        self._suspends.clear()
        if rewired:
            self._ways.clear()
            self._sums.clear()

    def limit(self, name: str, water: str, ecology: str, year: int) -> Limit | None:
        """Return what a cap on withdrawals leaves in a year, None without a cap."""
        key = name, water, ecology, year
        if key not in self._limits:
            line = water, "withdrawal", ecology
            cap, limit = self.cap(name, line, year), None
            if cap is not None:
                limit = Limit(cap.volume_m3 - self.moved_m3(name, line, year), cap.volume_m3, cap.binds)
            self._limits[key] = limit
        return self._limits[key]

    def moved_m3(self, name: str, line: Line, year: int) -> int:
        """Return what was moved out of a cap to the parts of its place."""
        below = (self.cap(part, line, year) for part in self.parts[name])
        return sum(cap.volume_m3 for cap in below if cap is not None and cap.moved)

    def given_m3(self, name: str, line: Line, year: int) -> int:
        """Return what the parts of a place were given; a part without a cap counts with its own parts."""
        total_m3 = 0
        for part in self.parts[name]:
            cap = self.cap(part, line, year)
            total_m3 += self.given_m3(part, line, year) if cap is None else cap.volume_m3
        return total_m3

    def steps(self, basis: str, ecology: str, year: int) -> list[int]:
        """Return a year and every later one in which a cap or a reserve on a basis changes anywhere."""
        years = {year}
        for steps in (self.caps, self.reserves):
            for (_, line), stated in steps.items():
                if line[1:] == (basis, ecology):
                    years.update(y for y in stated if y > year)
        return sorted(years)

    def adds_up(self, basis: str, ecology: str, year: int) -> bool:
        """Tell whether from a year on no cap gave away more than it has, and no source's cap exceeds the total's."""
        capped = [(name, line) for name, line in self.caps if line[1:] == (basis, ecology)]
        for each in self.steps(basis, ecology, year):
            for name, line in capped:
                cap, total = self.cap(name, line, each), self.cap(name, (TOTAL, basis, ecology), each)
                if cap is None:
                    continue
                if self.given_m3(name, line, each) + self.reserve_m3(name, line, each) > cap.volume_m3:
                    return False
                if total is not None and cap.volume_m3 > total.volume_m3:
                    return False
        return True

    # What is drawn

    def put(self, balance: str, water: str, year: int, place: str, ecological: bool, who: object, m3: int) -> None:
        """Set what one right, plan or reading draws; 0 takes it out."""
        key = balance, water, year
        drawn = self._drawn.setdefault(key, {}).setdefault((place, ecological), {})
        if m3:
            drawn[who] = m3
        else:
            drawn.pop(who, None)
        self._sums.pop(key, None)
        if balance == "used":
            self._used[water].add(year)
            self._suspends.clear()

    def report(self, name: str, line: Line, year: int, m3: int) -> None:
        """Set a published use."""
        self.reported.setdefault((name, line), {})[year] = m3
        self._suspends.clear()

    def years(self) -> set[tuple[str, int]]:
        """Return the waters and years in which anything was ever drawn."""
        return {(water, year) for _, water, year in self._drawn}

    def sums(self, balance: str, water: str, year: int) -> dict[str, list[int]]:
        """Return what is drawn at every place, [ordinary, ecological]; places without anything are left out."""
        key = balance, water, year
        found = self._sums.get(key)
        if found is None:
            found = {}
            for (place, ecological), volumes in self._drawn.get(key, {}).items():
                m3 = sum(volumes.values())
                if m3:
                    for node in self._ways.get((place, water, year)) or self.way(place, water, year):
                        if node in found:
                            found[node][ecological] += m3
                        else:
                            found[node] = [0, m3] if ecological else [m3, 0]
            self._sums[key] = found
        return found

    def drawn_m3(self, balance: str, name: str, water: str, ecology: str, year: int) -> int:
        """Return what is drawn at a place on one line of withdrawals."""
        plain, ecological = self.sums(balance, water, year).get(name, NONE)
        return plain + (ecological if ecology == "included" else 0)

    def spread(self, changes: Iterable[tuple[str, bool, str, int, int]]) -> Cells:
        """Return the changes at every place on the way of (place, whether ecological, water, year, m³)."""
        cells: Cells = {}
        for place, ecological, water, year, m3 in changes:
            at = cells.setdefault((water, year), {})
            for node in self.way(place, water, year):
                at.setdefault(node, [0, 0])[ecological] += m3
        return cells

    def overdrawn(self, *waters: str) -> list[str]:
        """Return where more of some waters is permitted or planned in a year than a cap leaves."""
        found: list[str] = []
        for water, year in sorted(self.years()):
            for balance in ("permitted", "planned") if water in waters else ():
                for name, (plain, ecological) in self.sums(balance, water, year).items():
                    for ecology, m3 in (("excluded", plain), ("included", plain + ecological)):
                        limit = self.limit(name, water, ecology, year)
                        if limit is not None and balance in limit.binds and m3 > limit.left_m3:
                            found.append(f"{name} {water} {ecology} {year}: {balance} {m3} of {limit.left_m3}")
        return found

    # Use

    def use_m3(self, name: str, water: str, ecology: str, year: int) -> int | None:
        """Return the use that is known of a place: metered or published, the larger; None where there is neither."""
        metered_m3 = self.drawn_m3("used", name, water, ecology, year)
        reported = self.reported.get((name, (water, "withdrawal", ecology)), {}).get(year)
        if reported is None:
            return metered_m3 or None
        return max(metered_m3, reported)

    def known_uses(self, name: str, water: str, ecology: str, upto: int) -> list[tuple[int, int]]:
        """Return the years up to one with a known use of a place, and the use."""
        years = self._used[water].union(self.reported.get((name, (water, "withdrawal", ecology)), ()))
        uses = ((year, self.use_m3(name, water, ecology, year)) for year in sorted(years) if year <= upto)
        return [(year, m3) for year, m3 in uses if m3 is not None]

    def owed_m3(self, name: str, water: str, ecology: str, year: int) -> int:
        """Return the use above caps that later years have not made up for; the year asked for pays nothing back."""
        owed_m3 = 0
        for each, m3 in self.known_uses(name, water, ecology, year):
            limit = self.limit(name, water, ecology, each)
            if limit is not None and "used" in limit.binds:
                over_m3 = m3 - limit.cap_m3
                owed_m3 = max(0, owed_m3 + (over_m3 if each < year else max(0, over_m3)))
        return owed_m3

    def suspends(self, name: str, water: str, ecology: str, year: int) -> bool:
        """Tell whether a cap lets nothing more be granted: reached in this year or the one before, or use is owed."""
        key = name, water, ecology, year
        if key not in self._suspends:
            capped = self.limit(name, water, ecology, year) is not None
            self._suspends[key] = capped and self._is_pressed(name, water, ecology, year)
        return self._suspends[key]

    def _is_pressed(self, name: str, water: str, ecology: str, year: int) -> bool:
        for each in (year, year - 1):
            limit = self.limit(name, water, ecology, each)
            used_m3 = self.use_m3(name, water, ecology, each) or 0
            if limit is not None and "used" in limit.binds and 0 < used_m3 >= limit.cap_m3:
                return True
        return self.owed_m3(name, water, ecology, year) > 0

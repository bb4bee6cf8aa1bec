"""A plain reference model of the ledger's quantities: what each act decides and what it leaves, by brute force.

It is written from the description of the events, shares no code with the ledger, and knows the quantity rules only:
caps and their breakdown, what a grant draws, plans, use and debts, trades, closed years, terms and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from hetao.ledger.simulate.book import BASES, ECOLOGIES, NONE, RIVER, TOTAL, Book, Cap, Cells, Line, Place, year_of
from hetao.ledger.simulate.rights import (
    LIVE,
    Charges,
    Reading,
    Right,
    Spans,
    add_days,
    add_years,
    charges_of,
    difference,
    is_read,
    joined,
    parts_of,
    released,
)

__all__ = ["Answer", "Model"]

Event = dict[str, Any]
PARENTS: dict[str, tuple[str | None, ...]] = {
    "region": (None,),
    "league": ("region",),
    "banner": ("region", "league"),
    "unit": ("banner",),
    "basin": (None, "region", "basin"),
}
BINDS = ("permitted", "planned", "used")
ASKED = ("monthly_m3", "saving_measures", "return_water", "metering")  # asked for where an application lacks them
OPEN = ("incomplete", "refused")  # statuses from which the same application may come again
MOST_M3 = 2**63 - 1  # what all that is drawn at one place may add up to
LARGE_M3 = 2**40  # sums are looked at once a volume reaches this


class Answer(NamedTuple):
    """What the ledger should answer.

    Attributes:
        decision: the decision.
        ok: whether the act takes effect.
        seq: the number of its entry; of a retry, that of the first; None for a line that is no event.
        over: the places at which rule R19 speaks; None where this is not told.
    """

    decision: str
    ok: bool
    seq: int | None
    over: frozenset[str] | None = None


@dataclass(slots=True)
class Verdict:
    """What an act comes to, before its key and its time are looked at; by default it cannot even be judged."""

    lawful: bool = False
    over: set[str] = field(default_factory=set)
    decision: str = "posted"
    commit: Callable[[], object] | None = None


class Model:
    """The reference model; `answer` takes acts in one after another.

    Attributes:
        book: places, caps and what is drawn.
        applications: the applications by name.
        permits: the permits by name.
        readings: the readings in force by key.
        clock: the latest time of any act that took effect, None before the first.
        seq: the number of the last entry.
    """

    def __init__(self) -> None:
        self.book = Book()
        self.applications: dict[str, Right] = {}
        self.permits: dict[str, Right] = {}
        self.readings: dict[str, Reading] = {}
        self.clock: datetime | None = None
        self.seq = 0
        self._meters: dict[str, tuple[str, Spans]] = {}  # meter → permit, periods read
        self._keys: dict[str, tuple[Event, Answer]] = {}
        self._large = False

    def answer(self, event: Event | None, *, broken: bool = False) -> Answer:
        """Take in one act and return what the ledger should answer.

        Args:
            event: the act; None for a line that is no event.
            broken: whether it breaks the contract of its fields.
        """
        if event is None:
            return Answer("refused", False, None)
        known = self._keys.get(event.get("key", ""))
        if known is not None and known[0] == event:
            return Answer("duplicate", known[1].ok, known[1].seq)
        self.seq += 1
        if known is not None or "key" not in event:
            return Answer("refused", False, self.seq)
        answer = Answer("refused", False, self.seq) if broken else self._judge(event)
        self._keys[event["key"]] = event, answer
        return answer

    def _judge(self, event: Event) -> Answer:
        verdict: Verdict = getattr(self, f"_{event['event']}")(event, event["at"][:10])
        at = datetime.fromisoformat(event["at"])
        late = self.clock is not None and at < self.clock and "effective" not in event
        if not verdict.lawful or late:
            return Answer("refused", False, self.seq, frozenset(verdict.over))
        if verdict.commit is not None:
            verdict.commit()
        self._large = self._large or event.get("volume_m3", 0) >= LARGE_M3
        self.clock = at if self.clock is None else max(self.clock, at)
        return Answer(verdict.decision, verdict.decision != "incomplete", self.seq, frozenset(verdict.over))

    # What is drawn

    def cells(self, right: Right, change: Charges) -> Cells:
        """Return what a change of a right's charges is at every place on its way."""
        moves = ((right.place, right.ecological, water, year, m3) for (water, year), m3 in change.items())
        return self.book.spread(moves)

    def over(self, cells: Cells) -> tuple[set[str], set[tuple[str, int]]]:
        """Return the places whose caps do not leave what is drawn anew, and the waters and years that any cap holds."""
        over: set[str] = set()
        capped: set[tuple[str, int]] = set()
        for (water, year), nodes in cells.items():
            held = self.book.sums("permitted", water, year)
            for node, (plain, ecological) in nodes.items():
                if plain <= 0 and ecological <= 0:
                    continue
                own, with_it = held.get(node, NONE)
                for ecology, m3, drawn in (("excluded", plain, own), ("included", plain + ecological, own + with_it)):
                    limit = self.book.limit(node, water, ecology, year) if m3 > 0 else None
                    if limit is not None:
                        capped.add((water, year))
                        if "permitted" in limit.binds and m3 > limit.left_m3 - drawn:
                            over.add(node)
        return over, capped

    def _uncovered(self, right: Right, cells: Cells) -> set[str]:
        """Return where R19 speaks: the places over their caps, and the right's own where nothing caps some year."""
        over, capped = self.over(cells)
        asked = {when for when, nodes in cells.items() if any(max(change) > 0 for change in nodes.values())}
        for water, year in asked - capped:
            others = {right.water, TOTAL} - {water}
            near = (year - 1, year, year + 1) if right.water == RIVER else (year,)
            if not any((other, each) in capped for other in others for each in near):
                return over | {right.place}
        return over

    def suspended(self, cells: Cells, day: str) -> bool:
        """Tell whether the use of any place that would be drawn on anew has reached its cap, or is owed."""
        asked: dict[tuple[str, str], bool] = {}
        for (water, _), nodes in cells.items():
            for node, (plain, ecological) in nodes.items():
                if plain > 0 or ecological > 0:
                    asked.setdefault((node, water), plain <= 0)
        return any(
            self.book.suspends(node, water, ecology, year_of(water, day))
            for (node, water), only_ecological in asked.items()
            for ecology in (ECOLOGIES[1:] if only_ecological else ECOLOGIES)
        )

    def _unit_owes(self, right: Right, day: str) -> bool:
        """Tell whether a right to groundwater lies in a unit that has used more than its cap."""
        if right.water != "groundwater" or self.book.places[right.place].kind != "unit":
            return False
        year = year_of(right.water, day)
        return any(self.book.owed_m3(right.place, right.water, ecology, year) for ecology in ECOLOGIES)

    def _is_open(self, cells: Cells) -> bool:
        """Tell whether nothing changes in a closed year."""
        return not self.book.closed or not any(
            any(change) and self.book.is_closed(node, closing_year(water, year))
            for (water, year), nodes in cells.items()
            for node, change in nodes.items()
        )

    def _is_countable(self, cells: Cells, volume_m3: int) -> bool:
        """Tell whether all that is drawn at one place can still be counted; looked at once volumes are large."""
        if not self._large and volume_m3 < LARGE_M3:
            return True
        for (water, year), nodes in cells.items():
            held = [self.book.sums(balance, water, year) for balance in BINDS]
            for node, change in nodes.items():
                if max(change) > 0 and sum(sum(sums.get(node, NONE)) for sums in held) + sum(change) > MOST_M3:
                    return False
        return True

    def _is_granted(self, right: Right, cells: Cells, day: str) -> bool:
        """Tell whether use, closed years and what can be counted leave room for a grant that no cap speaks against."""
        if self.suspended(cells, day) or self._unit_owes(right, day):
            return False
        return self._is_open(cells) and self._is_countable(cells, right.volume_m3)

    def _draw(self, right: Right, charges: Charges) -> None:
        """Let a right draw other charges."""
        for water, year in {**right.charges, **charges}:
            m3 = charges.get((water, year), 0)
            self.book.put("permitted", water, year, right.place, right.ecological, right, m3)
        right.charges = charges

    def used(self, permit: Right) -> Charges:
        """Return what a permit used, by water and year of account."""
        total: Charges = {}
        for key in permit.readings:
            for where, m3 in self.readings[key].parts.items():
                total[where] = total.get(where, 0) + m3
        return total

    def spent(self, permit: Right) -> Charges:
        """Return what a permit used in each year that it draws, at most: use is told by its own water's years.

        A calendar year touches two years of the Yellow River, and both count in full.
        """
        used = self.used(permit)
        return {
            (water, year): sum(
                used.get((permit.water, each), 0)
                for each in ((year - 1, year) if water == TOTAL and permit.water == RIVER else (year,))
            )
            for water, year in permit.charges
        }

    # Applications

    def _apply(self, event: Event, day: str) -> Verdict:
        before = self.applications.get(event["application"])
        if event["node"] not in self.book.places or event["to"] < event["from"]:
            return Verdict()
        what = event["application"], event["node"], event["water"], event["purpose"], event["volume_m3"]
        right = Right(*what, event["from"], event["to"], "admitted")
        charges = charges_of(right.water, right.volume_m3, right.start, right.end)
        cells = self.cells(right, charges)
        over = self._uncovered(right, cells)
        granted = not over and self._is_granted(right, cells, day)
        lawful = granted and (before is None or before.status in OPEN)
        lacking = any(name not in event for name in ASKED) or sum(event["monthly_m3"]) > right.volume_m3
        if lacking:
            right.status, charges = "incomplete", {}
        decision = "incomplete" if lacking else "admitted"
        return Verdict(lawful, over, decision, partial(self._file, right, charges))

    def _file(self, right: Right, charges: Charges) -> None:
        self.applications[right.name] = right
        self._draw(right, charges)

    def _named(self, event: Event, *statuses: str) -> Right | None:
        right = self.applications.get(event["application"])
        return right if right is not None and right.status in statuses else None

    def _approve(self, event: Event, day: str) -> Verdict:
        right = self._named(event, "admitted", "referred")
        if right is None:
            return Verdict()
        charges = right.charges or charges_of(right.water, right.volume_m3, right.start, right.end)
        cells = self.cells(right, difference(right.charges, charges))
        over = self._uncovered(right, cells)
        granted = not over and self._is_granted(right, cells, day)
        return Verdict(granted, over, commit=partial(self._decide, right, charges, "approved", day))

    def _decide(self, right: Right, charges: Charges, status: str, day: str) -> None:
        self._draw(right, charges)
        right.status, right.decided = status, day

    def _refuse(self, event: Event, day: str) -> Verdict:
        right = self._named(event, "admitted", "referred", "incomplete")
        if right is None:
            return Verdict()
        cells = self.cells(right, difference(right.charges, {}))
        return Verdict(self._is_open(cells), commit=partial(self._decide, right, {}, "refused", day))

    def _refer(self, event: Event, day: str) -> Verdict:
        right = self._named(event, "admitted", "referred")
        return Verdict() if right is None else Verdict(True, commit=partial(setattr, right, "status", "referred"))

    def _has_lapsed(self, right: Right, day: str) -> bool:
        return not right.works and day > add_years(right.decided, 3)

    def _start_works(self, event: Event, day: str) -> Verdict:
        right = self._named(event, "approved")
        if right is None or self._has_lapsed(right, day):
            return Verdict()
        return Verdict(True, commit=partial(setattr, right, "works", day))

    def _accept_works(self, event: Event, day: str) -> Verdict:
        right, start, end = self._named(event, "approved"), event["from"], event["to"]
        if right is None or end < start:
            return Verdict()
        charges = charges_of(right.water, right.volume_m3, start, end)
        what = event["permit"], right.place, right.water, right.purpose, right.volume_m3
        permit = Right(*what, start, end, "valid")
        cells = self.cells(right, difference(right.charges, charges))
        over = self._uncovered(right, cells)
        granted = not over and self._is_granted(right, cells, day)
        in_time = not self._has_lapsed(right, day) and end <= add_years(start, 10)
        lawful = granted and in_time and event["permit"] not in self.permits
        return Verdict(lawful, over, commit=partial(self._issue, right, permit, charges))

    def _issue(self, application: Right, permit: Right, charges: Charges) -> None:
        self._draw(application, {})
        application.status = "permitted"
        self.permits[permit.name] = permit
        self._draw(permit, charges)

    # Permits

    def _permit(self, event: Event, *statuses: str) -> Right | None:
        permit = self.permits.get(event["permit"])
        return permit if permit is not None and permit.status in statuses else None

    def _change(self, event: Event, day: str) -> Verdict:
        permit = self._permit(event, *LIVE)
        if permit is None or not {"volume_m3", "holder", "purpose"} & event.keys():
            return Verdict()
        if (event.get("purpose") == "ecology") != permit.ecological and "purpose" in event:
            return Verdict()
        volume_m3 = event.get("volume_m3", permit.volume_m3)
        more_m3 = volume_m3 - permit.volume_m3
        spent = released(permit.charges, day, self.spent(permit))
        charges = {
            (water, year): m3 if year < year_of(water, day) else max(spent.get((water, year), 0), m3 + more_m3)
            for (water, year), m3 in permit.charges.items()
        }
        cells = self.cells(permit, difference(permit.charges, charges))
        over = self._uncovered(permit, cells)
        grows = any(max(nodes.get(permit.place, NONE)) > 0 for nodes in cells.values())
        owes = grows and self._unit_owes(permit, day)
        great = event.get("purpose", permit.purpose) != permit.purpose or (more_m3 > 0 and "demonstration" not in event)
        lawful = not (over or owes or great or self.suspended(cells, day)) and self._is_open(cells)
        lawful = lawful and self._is_countable(cells, volume_m3)
        return Verdict(lawful, over, commit=partial(self._alter, permit, charges, volume_m3))

    def _alter(self, permit: Right, charges: Charges, volume_m3: int, end: str = "") -> None:
        self._draw(permit, charges)
        permit.volume_m3 = volume_m3
        if end:
            permit.end, permit.asked = end, ""

    def _renew(self, event: Event, day: str) -> Verdict:
        permit = self._permit(event, *LIVE)
        if permit is None:
            return Verdict()
        asked = permit.asked or day
        in_time = asked <= add_days(permit.end, -45)
        if "to" not in event:
            return Verdict(in_time, commit=partial(setattr, permit, "asked", asked))
        end, volume_m3 = event["to"], event.get("volume_m3", permit.volume_m3)
        if end <= permit.end:
            return Verdict()
        in_time = in_time and day <= permit.end and end <= add_years(permit.end, 10)
        charges = charges_of(permit.water, volume_m3, add_days(permit.end, 1), end)
        charges |= {where: max(m3, charges.get(where, 0)) for where, m3 in permit.charges.items()}
        cells = self.cells(permit, difference(permit.charges, charges))
        over = self._uncovered(permit, cells)
        granted = not over and self._is_granted(permit, cells, day) and self._is_countable(cells, volume_m3)
        return Verdict(in_time and granted, over, commit=partial(self._alter, permit, charges, volume_m3, end))

    def _suspend(self, event: Event, day: str) -> Verdict:
        permit = self._permit(event, "valid")
        return Verdict() if permit is None else Verdict(True, commit=partial(setattr, permit, "status", "suspended"))

    def _resume(self, event: Event, day: str) -> Verdict:
        permit = self._permit(event, "suspended")
        return Verdict() if permit is None else Verdict(True, commit=partial(setattr, permit, "status", "valid"))

    def _cancel(self, event: Event, day: str) -> Verdict:
        permit = self._permit(event, *LIVE, "expired")
        if permit is None:
            return Verdict()
        used = self.used(permit)
        kept = released(permit.charges, day, self.spent(permit))
        plans = {year: min(m3, used.get((permit.water, year), 0)) for year, (m3, _) in permit.plans.items()}
        running = range(year_of(permit.water, day), year_of(permit.water, permit.end) + 1)
        plans = {year: m3 for year, m3 in plans.items() if year in running}
        less = {(of, y): m3 - permit.plans[y][0] for of in (permit.water, TOTAL) for y, m3 in plans.items()}
        cells = self.cells(permit, difference(permit.charges, kept))
        lawful = self._is_open(cells) and self._is_open(self.cells(permit, less))
        return Verdict(lawful, commit=partial(self._end, permit, kept, plans))

    def _end(self, permit: Right, kept: Charges, plans: dict[int, int]) -> None:
        self._draw(permit, kept)
        permit.status = "ended"
        for year, m3 in plans.items():
            self._set_plan(permit, year, m3, permit.plans[year][1])

    _revoke = _cancel

    def _certify_saving(self, event: Event, day: str) -> Verdict:
        permit = self._permit(event, *LIVE)
        if permit is None:
            return Verdict()
        return Verdict(True, commit=partial(setattr, permit, "saving_m3", permit.saving_m3 + event["volume_m3"]))

    def _transfer(self, event: Event, day: str) -> Verdict:
        seller, buyer = (self.permits.get(event[side]) for side in ("from", "to"))
        if seller is None or buyer is None or seller is buyer or not {seller.status, buyer.status} <= set(LIVE):
            return Verdict()
        volume_m3, start, end = event["volume_m3"], event["term_from"], event.get("term_to", min(seller.end, buyer.end))
        if event.get("term_to", start) < start:
            return Verdict()
        term = charges_of(seller.water, volume_m3, start, end)
        sold, bought = self._traded(seller, start, end, -volume_m3), self._traded(buyer, start, end, volume_m3)
        cells = self._both(seller, difference(seller.charges, sold), buyer, difference(buyer.charges, bought))
        over, _ = self.over(cells)
        within = all(party.start <= start <= end <= party.end for party in (seller, buyer))
        net = cells == self._both(seller, {where: -m3 for where, m3 in term.items()}, buyer, term)
        lawful = within and net and seller.water == buyer.water and self._may_sell(event, seller, buyer, start, end)
        saved = event["kind"] == "withdrawal_right"
        commit = partial(self._trade, seller, sold, buyer, bought, volume_m3, end, saved)
        lawful = lawful and not over and self._is_open(cells) and self._is_countable(cells, volume_m3)
        return Verdict(lawful, over, commit=commit)

    def _traded(self, permit: Right, start: str, end: str, change_m3: int) -> Charges:
        """Return a permit's charges with a volume added in every year that the term of a trade touches."""
        return {
            (water, year): max(0, m3 + change_m3) if year_of(water, start) <= year <= year_of(water, end) else m3
            for (water, year), m3 in permit.charges.items()
        }

    def _both(self, seller: Right, less: Charges, buyer: Right, more: Charges) -> Cells:
        """Return what the changes of two rights come to at every place, but for what comes to nothing."""
        sides = (seller, less), (buyer, more)
        moves = (
            (right.place, right.ecological, water, year, m3)
            for right, change in sides
            for (water, year), m3 in change.items()
            if m3
        )
        return self.book.spread(moves)

    def _may_sell(self, event: Event, seller: Right, buyer: Right, start: str, end: str) -> bool:
        """Tell whether a seller has what is sold: savings; between irrigators, what is left of one year."""
        years = range(year_of(seller.water, start), year_of(seller.water, end) + 1)
        left = {year: seller.charges.get((seller.water, year), 0) for year in years}
        if event["kind"] == "irrigation":
            used = self.used(seller)
            left = {year: max(0, m3 - used.get((seller.water, year), 0)) for year, m3 in left.items()}
            fit = seller.purpose == buyer.purpose == "agriculture" and len(years) == 1
        else:
            fit = event["volume_m3"] <= seller.saving_m3
        return fit and all(event["volume_m3"] <= m3 for m3 in left.values())

    def _trade(
        self, seller: Right, sold: Charges, buyer: Right, bought: Charges, volume_m3: int, end: str, saved: bool
    ) -> None:
        self._draw(seller, sold)
        self._draw(buyer, bought)
        seller.saving_m3 -= volume_m3 if saved else 0
        for permit, change_m3 in ((seller, -volume_m3), (buyer, volume_m3)):
            if end >= permit.end:
                permit.volume_m3 = max(0, permit.volume_m3 + change_m3)

    # Plans and use

    def _plan(self, event: Event, day: str) -> Verdict:
        permit, year = self._permit(event, *LIVE), event["year"]
        if permit is None or not year_of(permit.water, permit.start) <= year <= year_of(permit.water, permit.end):
            return Verdict()
        before_m3, approver = permit.plans.get(year, (0, event["approver"]))
        change = {(water, year): event["volume_m3"] - before_m3 for water in (permit.water, TOTAL)}
        cells = self.cells(permit, change)
        lawful = event["volume_m3"] <= permit.charges.get((permit.water, year), 0) and approver == event["approver"]
        lawful = lawful and self._fits_plans(cells) and self._is_open(cells)
        lawful = lawful and self._is_countable(cells, event["volume_m3"])
        return Verdict(lawful, commit=partial(self._set_plan, permit, year, event["volume_m3"], approver))

    def _fits_plans(self, cells: Cells) -> bool:
        for (water, year), nodes in cells.items():
            for node, (plain, ecological) in nodes.items():
                for ecology, m3 in (("excluded", plain), ("included", plain + ecological)):
                    limit = self.book.limit(node, water, ecology, year)
                    if m3 > 0 and limit is not None and "planned" in limit.binds:
                        drawn_m3 = self.book.drawn_m3("planned", node, water, ecology, year)
                        if drawn_m3 + m3 > limit.left_m3:
                            return False
        return True

    def _set_plan(self, permit: Right, year: int, volume_m3: int, approver: str) -> None:
        permit.plans[year] = volume_m3, approver
        for water in (permit.water, TOTAL):
            self.book.put("planned", water, year, permit.place, permit.ecological, permit, volume_m3)

    def _read(self, event: Event, day: str) -> Verdict:
        permit = self.permits.get(event["permit"])
        if permit is None or event["to"] < event["from"]:
            return Verdict()
        corrected = self.readings.get(event.get("corrects", ""))
        if "corrects" in event and (
            corrected is None or (corrected.permit, corrected.meter) != (permit.name, event["meter"])
        ):
            return Verdict()
        bound, spans = self._meters.get(event["meter"], (permit.name, ()))
        again = corrected is None and is_read(spans, event["from"], event["to"])
        parts = parts_of(permit.water, event["from"], event["to"], event["volume_m3"])
        before: Charges = {} if corrected is None else corrected.parts
        cells = self.cells(permit, difference(before, parts))
        lawful = bound == permit.name and not again and (corrected is not None or self._is_open(cells))
        lawful = lawful and self._is_countable(cells, event["volume_m3"])
        meter = bound, joined(spans, event["from"], event["to"])
        return Verdict(lawful, commit=partial(self._book_use, event, permit, parts, meter))

    def _book_use(self, event: Event, permit: Right, parts: Charges, meter: tuple[str, Spans]) -> None:
        self._meters[event["meter"]] = meter
        if "corrects" in event:
            permit.readings.discard(event["corrects"])
            for water, year in self.readings.pop(event["corrects"]).parts:
                self.book.put("used", water, year, permit.place, permit.ecological, event["corrects"], 0)
        permit.readings.add(event["key"])
        self.readings[event["key"]] = Reading(permit.name, event["meter"], parts)
        for (water, year), m3 in parts.items():
            self.book.put("used", water, year, permit.place, permit.ecological, event["key"], m3)

    def _use(self, event: Event, day: str) -> Verdict:
        node, year = event["node"], event["year"]
        lawful = node in self.book.places and not self.book.is_closed(node, closing_year(event["water"], year))
        return Verdict(lawful, commit=partial(self.book.report, node, line_of(event), year, event["volume_m3"]))

    def _assert(self, event: Event, day: str) -> Verdict:
        if event["node"] not in self.book.places:
            return Verdict()
        held_m3 = self.held_m3(event["node"], line_of(event), event["year"], event["what"])
        tolerance_m3 = event.get("tolerance_m3", 0)
        return Verdict(held_m3 is not None and abs(held_m3 - event["volume_m3"]) <= tolerance_m3)

    def held_m3(self, node: str, line: Line, year: int, what: str) -> int | None:
        """Return a figure that an assertion may name, None where nothing was stated."""
        water, basis, ecology = line
        if what == "reported":
            return self.book.reported.get((node, line), {}).get(year)
        drawn = "permitted" if what == "headroom" else what
        drawn_m3 = self.book.drawn_m3(drawn, node, water, ecology, year) if basis == BASES[0] and what != "cap" else 0
        cap = self.book.cap(node, line, year)
        if what in BINDS:
            return drawn_m3
        moved_m3 = self.book.moved_m3(node, line, year) if what == "headroom" else 0
        return None if cap is None else cap.volume_m3 - moved_m3 - drawn_m3

    # Places, caps and time

    def _node(self, event: Event, day: str) -> Verdict:
        name, parent, basins = event["node"], event.get("parent"), tuple(event.get("basins", ()))
        places = self.book.places
        above = None if parent is None else places.get(parent)
        fit = name not in places and (parent is None or above is not None)
        fit = fit and (None if above is None else above.kind) in PARENTS[event["kind"]]
        fit = fit and all(basin in places and places[basin].kind == "basin" for basin in basins)
        return Verdict(fit, commit=partial(self.book.add, Place(name, event["kind"], parent, basins)))

    def _cap(self, event: Event, day: str) -> Verdict:
        node, line, year = event["node"], line_of(event), event["year"]
        if node not in self.book.places:
            return Verdict()
        moved = any(cap.moved for cap in self.book.caps.get((node, line), {}).values())
        cap = Cap(event["volume_m3"], tuple(event.get("binds", BINDS)), moved)
        cuts: list[tuple[Right, Charges, int]] = []
        for name, cut_m3 in event.get("cutback", {}).items():
            permit = self.permits.get(name)
            if permit is None or permit.status not in LIVE:
                return Verdict()
            kept = {(w, y): m3 if y < year else max(0, m3 - cut_m3) for (w, y), m3 in permit.charges.items()}
            cuts.append((permit, kept, max(0, permit.volume_m3 - cut_m3)))
        lawful = event["issuer"] in self._issuers(node) and not self.book.is_closed(node, closing_year(line[0], year))
        lawful = lawful and all(self._is_open(self.cells(p, difference(p.charges, kept))) for p, kept, _ in cuts)
        return self._restate({node: cap}, line, year, cuts=cuts) if lawful else Verdict()

    def _issuers(self, node: str) -> set[str]:
        """Return who may issue a cap: what is above; for a root itself, for a basin without parent any region."""
        above = set(self.book.up(node)) - {node}
        if above:
            return above
        basin = self.book.places[node].kind == "basin"
        return {node} | ({p.name for p in self.book.places.values() if p.kind == "region"} if basin else set())

    def _breakdown(self, event: Event, day: str) -> Verdict:
        node, line, year = event["node"], line_of(event), event["year"]
        if node not in self.book.places or not set(event["children"]) <= set(self.book.parts[node]):
            return Verdict()
        binds, moved = tuple(event.get("binds", BINDS)), event.get("edge") == "moved"
        caps = {child: Cap(m3, binds, moved) for child, m3 in event["children"].items()}
        closed = any(self.book.is_closed(place, closing_year(line[0], year)) for place in (node, *caps))
        if closed or self.book.cap(node, line, year) is None:
            return Verdict()
        return self._restate(caps, line, year, reserve=(node, event.get("reserve_m3", 0)))

    def _restate(
        self,
        caps: dict[str, Cap],
        line: Line,
        year: int,
        *,
        reserve: tuple[str, int] | None = None,
        cuts: Sequence[tuple[Right, Charges, int]] = (),
    ) -> Verdict:
        """Try caps with the cuts of permits that come with them, see whether all still holds, and undo it again."""
        if any(self._breaks_edge(node, line, year, moved=cap.moved) for node, cap in caps.items()):
            return Verdict()
        before = self.book.caps, self.book.reserves, [(permit, permit.charges, permit.volume_m3) for permit, *_ in cuts]
        state = partial(self._state, caps, line, year, reserve, cuts)
        state()
        lawful = self.book.adds_up(line[1], line[2], year) and not self.book.overdrawn(line[0])
        self.book.state(*before[:2], rewired=self._rewires(caps, line))
        for cut in before[2]:
            self._alter(*cut)
        return Verdict(lawful, commit=state)

    def _state(
        self,
        caps: dict[str, Cap],
        line: Line,
        year: int,
        reserve: tuple[str, int] | None,
        cuts: Sequence[tuple[Right, Charges, int]],
    ) -> None:
        stated = {(node, line): {**self.book.caps.get((node, line), {}), year: cap} for node, cap in caps.items()}
        reserves = self.book.reserves
        if reserve is not None:
            node, m3 = reserve
            reserves = {**reserves, (node, line): {**reserves.get((node, line), {}), year: m3}}
        rewired = self._rewires(caps, line)
        self.book.state({**self.book.caps, **stated}, reserves, rewired=rewired)
        for cut in cuts:
            self._alter(*cut)

    def _rewires(self, caps: dict[str, Cap], line: Line) -> bool:
        """Tell whether caps are moved out of the one above, or are stated where others are."""
        return any(
            each.moved for node, cap in caps.items() for each in (cap, *self.book.caps.get((node, line), {}).values())
        )

    def _breaks_edge(self, node: str, line: Line, year: int, *, moved: bool) -> bool:
        """Tell whether a cap would hang on the one above in another way than the edge may.

        An edge has one kind in every year. It is moved only on withdrawals, only while no water is drawn, and only
        where no place above or below has a cap on the water's other line.
        """
        book, (water, basis, ecology) = self.book, line
        if basis != BASES[0]:
            return moved
        held = book.caps.get((node, line), {}).values()
        if any(cap.moved != moved for cap in held):
            return True
        other = water, basis, next(each for each in ECOLOGIES if each != ecology)
        around = (*book.up(node), *book.below(node))
        others = [cap for place in around for cap in book.caps.get((place, other), {}).values()]
        if not moved:
            return any(cap.moved for cap in others)
        first = min(book.caps.get((node, line), ()), default=10_000)  # from here on it is moved already
        return bool(others) or self._is_drawn(node, water, range(year, first))

    def _is_drawn(self, node: str, water: str, span: range) -> bool:
        """Tell whether anything is permitted, planned or used at a place in any of the years."""
        years = [y for of, y in self.book.years() if of == water and y in span]
        return any(any(self.book.sums(balance, water, y).get(node, NONE)) for balance in BINDS for y in years)

    def _close_year(self, event: Event, day: str) -> Verdict:
        node, year = event["node"], event["year"]
        fit = node in self.book.places and not self.book.is_closed(node, year) and day > f"{year:04}-12-31"
        return Verdict(fit, commit=partial(self.book.closed.add, (node, year)))

    def _tick(self, event: Event, day: str) -> Verdict:
        return Verdict(True, commit=partial(self._pass_time, day))

    def _pass_time(self, day: str) -> None:
        """Let approvals lapse for which no works began in three years, and permits expire."""
        for right in self.applications.values():
            if right.status == "approved" and self._has_lapsed(right, day):
                self._draw(right, released(right.charges, day, {}))
                right.status = "lapsed"
        for permit in self.permits.values():
            if permit.status in LIVE and day > permit.end:
                permit.status = "expired"


def closing_year(water: str, year: int) -> int:
    """Return the calendar year with which a year of account is closed."""
    return year + 1 if water == RIVER else year


def line_of(event: Event) -> Line:
    """Return what an act's volumes count."""
    return event["water"], event["basis"], event["ecology"]

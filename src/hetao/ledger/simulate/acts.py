"""Acts by the dice: lawful and unlawful ones, as a careful office, a careless one and a bad line hand them in.

A generator asks the model where the edges are, so that volumes fall on them: exactly what is left, and one more.
Everything it draws comes from one seeded generator of random numbers, so that a seed gives the same acts again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import NamedTuple

from hetao.ledger.simulate.book import ECOLOGIES, NONE, RIVER, Cap, Line, year_of
from hetao.ledger.simulate.model import BINDS, PARENTS, Answer, Event, Model
from hetao.ledger.simulate.rights import Right, add_days, add_years, charges_of
from hetao.ledger.simulate.world import FIRST_YEAR, USED_WATERS, found_world

__all__ = ["Act", "Generator", "dump"]

OFFICE = timezone(timedelta(hours=8))
START = datetime(FIRST_YEAR, 1, 1, 8, tzinfo=OFFICE)
SPAN = timedelta(days=6 * 365)  # that a run's acts are spread over
RECENT = 400  # acts that may be handed in again
HUGE_M3 = 2**63 - 1
WEIGHTS = {  # of a thousand acts or so
    "apply": 110,
    "approve": 65,
    "refuse": 16,
    "refer": 6,
    "start_works": 45,
    "accept_works": 55,
    "plan": 120,
    "read": 330,
    "correct": 30,
    "change": 26,
    "renew": 14,
    "suspend": 5,
    "resume": 5,
    "cancel": 20,
    "revoke": 5,
    "certify_saving": 15,
    "transfer": 16,
    "cap": 18,
    "breakdown": 10,
    "node": 4,
    "use": 10,
    "assert": 40,
    "close_year": 3,
    "tick": 1,
}
RENEWS_RIVER = True  # whether renewals of permits for Yellow River water are decided
AGAIN, REUSED, MALFORMED, BROKEN, BACKDATED = 0.04, 0.01, 0.01, 0.02, 0.01  # of all acts
MALFORMED_LINES = (
    "no event",
    "[]",
    '{"event":',
    '{"event":"tick","event":"tick"}',
    '{"event":"tick","at":NaN}',
    '{"event":"tick","key":"\\ud800"}',
)


_ENCODER = json.JSONEncoder(ensure_ascii=False)


class Act(NamedTuple):
    """One act: its kind, its line, its fields (None where the line is no event), and whether it breaks the contract."""

    kind: str
    line: str
    event: Event | None
    broken: bool = False


def dump(event: Event) -> str:
    """Return an act as one line of JSON."""
    return _ENCODER.encode(event)


class Generator:
    """Makes acts one after another; each is answered by the model at once, so that the next can build on it.

    Args:
        seed: of the random numbers.
        acts: over how many acts the years are spread.
        prefix: what keys and new names begin with.

    Attributes:
        random: the random numbers.
        model: the model, as it stands after the acts made so far.
        founding: how many acts declare the world, before all others.
    """

    def __init__(self, seed: str, acts: int, prefix: str = "") -> None:
        self.random = Random(seed)
        self.model = Model()
        self._prefix = prefix
        self._overuse = self.random.random() < 0.25  # a share of runs in which caps are used up
        self._now = START
        self._step_s = int(SPAN.total_seconds()) * 2 // max(acts, 500)
        self._number = 0
        self._recent: deque[Act] = deque(maxlen=RECENT)
        self._setup = deque(found_world(self.random))
        self.founding = len(self._setup)
        self._kinds = tuple(WEIGHTS)
        self._sums = [sum(list(WEIGHTS.values())[: i + 1]) for i in range(len(WEIGHTS))]
        self._rights: dict[str, list[str]] = {"filed": [], "approved": [], "permits": [], "ended": [], "large": []}
        self._read_upto: dict[str, str] = {}
        self._makers: dict[str, Callable[[], Event]] = {kind: getattr(self, f"_{kind}") for kind in WEIGHTS}

    def step(self) -> tuple[Act, Answer]:
        """Return the next act and the model's answer to it."""
        act = self._next()
        answer = self.model.answer(act.event, broken=act.broken)
        if act.event is not None:
            self._recent.append(act)
            if answer.ok and answer.decision != "duplicate":
                self._note(act.event)
        return act, answer

    # Choosing

    def _next(self) -> Act:
        if self._setup:
            event = self._setup.popleft()
            return self._finish(event)
        dice = self.random.random()
        for share, make in (
            (AGAIN, self._again),
            (MALFORMED, self._malformed),
            (BROKEN, self._broken),
            (REUSED, self._reused),
        ):
            if dice < share:
                return make()
            dice -= share
        return self._finish(self._fields())

    def _fields(self) -> Event:
        kind = self.random.choices(self._kinds, cum_weights=self._sums)[0]
        return self._makers[kind]()

    def _finish(self, event: Event, key: str = "") -> Act:
        """Give an act its key, where it has none yet, time and office, and write it down."""
        self._number += 1
        self._now += timedelta(seconds=self.random.randrange(self._step_s))
        at = self._now
        if self._chance(BACKDATED):
            at -= timedelta(days=self.random.randrange(1, 60))
            if event["event"] == "read" and self._chance(0.5):
                event["effective"] = self._today()
        shown = at.astimezone(UTC) if self._chance(0.02) else at
        event = {**event, "key": key or self._name("k"), "at": shown.isoformat(), "by": "office"}
        return Act(event["event"], dump(event), event)

    def _again(self) -> Act:
        """Return an act of before, as one whose answer was lost."""
        act = self.random.choice(self._recent)
        assert act.event is not None
        names = list(act.event)
        self.random.shuffle(names)
        return act._replace(line=dump({name: act.event[name] for name in names}))

    def _reused(self) -> Act:
        """Return a new act under a key that is taken."""
        taken = self.random.choice(self._recent).event
        return self._finish(self._fields(), "" if taken is None else taken.get("key", ""))

    def _malformed(self) -> Act:
        line = self.random.choice((*MALFORMED_LINES, self.random.choice(self._recent).line[:-1]))
        return Act("malformed", line, None)

    def _broken(self) -> Act:
        """Return an act that breaks the contract of its fields."""
        event = self._finish(self._fields()).event
        assert event is not None
        how = self.random.randrange(7)
        if how < 3:
            del event[("by", "at", "key")[how]]
        elif how == 3:
            event["colour"] = "blue"
        elif how == 4:
            event["event"] = "grant"
        elif how == 5:
            event["at"] = event["at"][:19]
        else:
            event["volume_m3"] = self.random.choice((-1, 1.5, "12", True, 2**63))
        return Act(event["event"], dump(event), event, broken=True)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _name(self, kind: str) -> str:
        return f"{self._prefix}{kind}{self._number}"

    def _today(self) -> str:
        return self._now.date().isoformat()

    def _pick(self, group: str) -> str:
        """Return a right of a group; now and then one of another, or one that nobody knows."""
        if self._chance(0.06):
            group = self.random.choice(tuple(self._rights))
        names = self._rights[group]
        return names[self.random.randrange(len(names))] if names else "nobody"

    def _pick_permit(self) -> Right | None:
        return self.model.permits.get(self._pick("permits"))

    def _place(self) -> str:
        return self.random.choice(tuple(self.model.book.places)) if not self._chance(0.02) else "nowhere"

    def _note(self, event: Event) -> None:
        """Keep the groups of rights up to date after an act that took effect."""
        kind, rights = event["event"], self._rights
        if kind == "apply":
            rights["filed"].append(event["application"])
        elif kind in ("approve", "accept_works", "refuse"):
            abandoned = kind == "approve" and self._chance(0.1)  # no works will begin
            self._move(event["application"], "ended" if abandoned else "approved" if kind == "approve" else None)
            if kind == "accept_works":
                rights["permits"].append(event["permit"])
        elif kind in ("cancel", "revoke"):
            self._move(event["permit"], "ended")
        elif kind == "read":
            self._read_upto[event["permit"]] = max(self._read_upto.get(event["permit"], ""), event["to"])

    def _move(self, name: str, target: str | None) -> None:
        for names in self._rights.values():
            if name in names:
                names.remove(name)
        if target is not None:
            self._rights[target].append(name)

    # Volumes

    def left_m3(self, place: str, water: str, ecological: bool, start: str, end: str) -> int | None:
        """Return what the caps on the way leave in every year of a term, None where there are none."""
        book, least = self.model.book, None
        lines = ECOLOGIES[1:] if ecological else ECOLOGIES
        for of, year in charges_of(water, 0, start, end):
            sums = book.sums("permitted", of, year)
            for node in book.way(place, of, year):
                plain, with_it = sums.get(node, NONE)
                for ecology in lines:
                    limit = book.limit(node, of, ecology, year)
                    if limit is not None and "permitted" in limit.binds:
                        left_m3 = limit.left_m3 - plain - (with_it if ecology == "included" else 0)
                        least = left_m3 if least is None else min(least, left_m3)
        return least

    def _ask_m3(self, left_m3: int | None) -> int:
        """Return a volume: mostly a part of what is left, now and then just all of it, one more, nothing or the sea."""
        if left_m3 is None or left_m3 < 0:
            return self.random.randrange(1, 100_000)
        dice = self.random.random()
        if dice < 0.03:
            return left_m3
        if dice < 0.09:
            return min(left_m3 + 1, HUGE_M3)
        if dice < 0.12:
            return self.random.choice((0, 2 * left_m3 + 7 if left_m3 < HUGE_M3 // 4 else 0, HUGE_M3))
        return self.random.randint(0, left_m3 // self.random.choice((8, 20, 60)) + 1)

    # Applications

    def _apply(self) -> Event:
        today = self._today()
        place, water = self._place(), self.random.choice(USED_WATERS)
        purpose = self.random.choice(("industry", "agriculture", "industry", "ecology"))
        start = add_days(today, self.random.randrange(60))
        end = add_days(add_years(start, self.random.choice((0, 1, 1, 1, 2, 4))), self.random.choice((-1, -1, 0, 100)))
        if self._chance(0.01):
            start, end = end, start
        known = place in self.model.book.places
        left_m3 = self.left_m3(place, water, purpose == "ecology", start, end) if known else None
        volume_m3 = self._ask_m3(left_m3)
        name = self._name("a") if not self._chance(0.02) else self._pick("filed")
        if left_m3 is not None and volume_m3 * 3 > left_m3:
            self._rights["large"].append(name)
        event: Event = {"event": "apply", "application": name, "applicant": "holder", "node": place, "water": water}
        event |= {"volume_m3": volume_m3, "monthly_m3": [volume_m3 // 12] * 11 + [volume_m3 - volume_m3 // 12 * 11]}
        event |= {"from": start, "to": end, "purpose": purpose, "project": "none", "metering": "online"}
        event |= {"saving_measures": "drip", "return_water": "none"}
        if self._chance(0.02):
            del event[self.random.choice(("monthly_m3", "saving_measures", "return_water", "metering"))]
        return event

    def _application(self, kind: str, group: str) -> Event:
        return {"event": kind, "application": self._pick(group)}

    def _approve(self) -> Event:
        return {**self._application("approve", "filed"), "approver": "office"}

    def _refuse(self) -> Event:
        return {**self._application("refuse", "large" if self._chance(0.5) else "filed"), "approver": "office"}

    def _refer(self) -> Event:
        return {**self._application("refer", "filed"), "approver": "office"}

    def _start_works(self) -> Event:
        return self._application("start_works", "approved")

    def _accept_works(self) -> Event:
        name = self._pick("approved")
        application = self.model.applications.get(name)
        start = end = self._today()
        if application is not None:
            start = max(add_days(start, self.random.randrange(3)), application.start)
            end = max(application.end, start)
        if self._chance(0.05):
            end = add_years(start, self.random.choice((-1, 9, 10, 11)))
        if self._chance(0.03):
            start = add_days(start, -self.random.randrange(2, 40))
        taken = self._rights["permits"]
        permit = self.random.choice(taken) if taken and self._chance(0.02) else self._name("p")
        return {"event": "accept_works", "application": name, "permit": permit, "from": start, "to": end}

    # Permits

    def _change(self) -> Event:
        permit = self._pick_permit()
        event: Event = {"event": "change", "permit": "nobody" if permit is None else permit.name}
        dice = self.random.random()
        if permit is None or dice < 0.05:
            return event
        if dice < 0.1:
            return {**event, "purpose": "agriculture"}
        if dice < 0.2:
            return {**event, "holder": "heir"}
        volume_m3 = self.random.randint(0, permit.volume_m3)
        if dice < 0.5:
            left_m3 = self.left_m3(permit.place, permit.water, permit.ecological, self._today(), permit.end)
            volume_m3 = min(permit.volume_m3 + self._ask_m3(left_m3), HUGE_M3)
            if dice < 0.45:
                event["demonstration"] = "report"
        return {**event, "volume_m3": volume_m3}

    def _renew(self) -> Event:
        permit = self._pick_permit()
        if permit is None or self._chance(0.3) or (permit.water == RIVER and not RENEWS_RIVER):
            return {"event": "renew", "permit": "nobody" if permit is None else permit.name}
        end = add_days(permit.end, self.random.choice((0, 1, 365, 730, 3653)))
        event: Event = {"event": "renew", "permit": permit.name, "to": end}
        if self._chance(0.4):
            left_m3 = self.left_m3(permit.place, permit.water, permit.ecological, add_days(permit.end, 1), end)
            event["volume_m3"] = self._ask_m3(left_m3)
        return event

    def _suspend(self) -> Event:
        return {"event": "suspend", "permit": self._pick("permits")}

    def _resume(self) -> Event:
        return {"event": "resume", "permit": self._pick("permits")}

    def _cancel(self) -> Event:
        return {"event": "cancel", "permit": self._pick("permits"), "reason": "works closed"}

    def _revoke(self) -> Event:
        return {"event": "revoke", "permit": self._pick("permits")}

    def _certify_saving(self) -> Event:
        permit = self._pick_permit()
        name, most_m3 = ("nobody", 1) if permit is None else (permit.name, permit.volume_m3)
        event: Event = {"event": "certify_saving", "permit": name, "volume_m3": self.random.randint(0, most_m3 // 2)}
        return {**event, "document": "check", "approver": "office"}

    def _transfer(self) -> Event:
        seller, buyer = self._pick_permit(), self._pick_permit()
        for _ in range(8):  # look for parties that could trade
            if seller is None or buyer is None or (seller.saving_m3 and seller.water == buyer.water):
                break
            if seller.purpose == buyer.purpose == "agriculture" and seller.water == buyer.water:
                break
            seller, buyer = self._pick_permit(), self._pick_permit()
        event: Event = {"event": "transfer", "kind": "withdrawal_right", "document": "contract"}
        today = self._today()
        if seller is None or buyer is None:
            return {**event, "from": "nobody", "to": "nobody", "volume_m3": 1, "term_from": today}
        event |= {"from": seller.name, "to": buyer.name, "platform_number": "1"}
        event |= {"volume_m3": seller.saving_m3, "term_from": max(today, seller.start, buyer.start)}
        dice = self.random.random()
        if dice < 0.2:
            event["volume_m3"] += 1
        elif dice < 0.5:
            event["volume_m3"] = self.random.randint(0, seller.saving_m3)
        if seller.purpose == buyer.purpose == "agriculture" and self._chance(0.5):
            event |= {"kind": "irrigation", "volume_m3": self.random.randint(0, seller.volume_m3 // 2)}
            event["term_to"] = event["term_from"]
        elif self._chance(0.3):
            event["term_to"] = add_days(event["term_from"], self.random.choice((-1, 30, 365)))
        return event

    # Plans and use

    def _plan(self) -> Event:
        permit = self._pick_permit()
        year = int(self._today()[:4]) + self.random.choice((0, 0, 0, 1))
        event: Event = {"event": "plan", "permit": "nobody", "year": year, "volume_m3": 1, "approver": "office"}
        if permit is None:
            return event
        most_m3 = permit.charges.get((permit.water, year), 0)
        volume_m3 = self.random.choice((most_m3, most_m3, most_m3 + 1, most_m3 // 2, self.random.randint(0, most_m3)))
        approver = "office" if not self._chance(0.04) else "another office"
        return {**event, "permit": permit.name, "volume_m3": min(volume_m3, HUGE_M3), "approver": approver}

    def _read(self) -> Event:
        permit = self._pick_permit()
        today = self._today()
        event: Event = {"event": "read", "permit": "nobody", "meter": "m", "from": today, "to": today, "volume_m3": 1}
        event["method"] = "metered" if not self._chance(0.1) else self.random.choice(("electricity", "sampled"))
        if permit is None:
            return event
        start = add_days(self._read_upto.get(permit.name, add_days(permit.start, -1)), 0 if self._chance(0.1) else 1)
        end = min(max(add_days(start, self.random.randrange(15, 200)), start), max(today, start))
        if self._chance(0.02):
            start, end = self.random.choice(((end, start), (add_days(start, -9), end)))
        event |= {"permit": permit.name, "meter": f"m {permit.name}", "from": start, "to": end}
        event["volume_m3"] = self._use_m3(permit, end)
        if self._chance(0.01):
            event["meter"] = f"m {self._pick('permits')}"
        return event

    def _use_m3(self, permit: Right, day: str) -> int:
        """Return a reading's volume: a part of what the permit has left of its year, or, in some runs, anything."""
        year = year_of(permit.water, day)
        most_m3 = permit.charges.get((permit.water, year), 0)
        if self._overuse and self._chance(0.1):
            return self.random.choice((most_m3, 2 * most_m3 + 1, self.random.randint(0, 3 * most_m3), 2**62))
        left_m3 = most_m3 - self.model.used(permit).get((permit.water, year), 0)
        return self.random.randint(0, max(0, left_m3 // 3))

    def _correct(self) -> Event:
        if not self.model.readings or self._chance(0.05):
            return {**self._read(), "corrects": self._pick("permits")}
        keys = [act.event["key"] for act in self._recent if act.kind == "read" and act.event and "key" in act.event]
        key = self.random.choice(keys) if keys else "none"
        reading = self.model.readings.get(key)
        event = self._read()
        if reading is None:
            return {**event, "corrects": key}
        corrected = {"permit": reading.permit, "meter": reading.meter, "corrects": key}
        most_m3 = max(reading.parts.values())
        return {**event, **corrected, "volume_m3": self.random.choice((0, most_m3, self.random.randint(0, most_m3)))}

    def _use(self) -> Event:
        water, basis, ecology = self._line()
        node, year = self._place(), int(self._today()[:4]) - self.random.randrange(2)
        cap = self.model.book.cap(node, (water, basis, ecology), year)
        most_m3 = 1000 if cap is None else cap.volume_m3
        volume_m3 = self.random.randint(0, most_m3 // 2)
        if self._overuse and self._chance(0.2):
            volume_m3 = self.random.choice((most_m3, min(most_m3 + 1, HUGE_M3)))
        stated = self._stated("use", node, (water, basis, ecology), year)
        return {**stated, "volume_m3": volume_m3, "source": "bulletin"}

    # Places and caps

    def _line(self) -> Line:
        """Return a line on which some cap stands, mostly."""
        lines = [line for _, line in self.model.book.caps]
        if self._chance(0.05):
            return (self.random.choice(USED_WATERS), "withdrawal", self.random.choice(ECOLOGIES))
        return self.random.choice(lines)

    def _stated(self, event: str, node: str, line: Line, year: int) -> Event:
        water, basis, ecology = line
        return {"event": event, "node": node, "water": water, "basis": basis, "ecology": ecology, "year": year}

    def _capped(self) -> tuple[str, Line]:
        """Return a place and a line on which it has a cap, mostly."""
        if self._chance(0.1):
            return self._place(), self._line()
        return self.random.choice(tuple(self.model.book.caps))

    def _year(self) -> int:
        return int(self._today()[:4]) + self.random.choice((-1, 0, 0, 1, 2, 3))

    def _cap(self) -> Event:
        book = self.model.book
        (node, line), year = self._capped(), self._year()
        event = {**self._stated("cap", node, line, year), "document": "paper", "issuer": self._issuer(node)}
        held = book.cap(node, line, year)
        if node not in book.places or held is None:
            return {**event, "volume_m3": self.random.randrange(10**6)}
        permitted_m3 = book.drawn_m3("permitted", node, line[0], line[2], year) if line[1] == "withdrawal" else 0
        given_m3 = book.given_m3(node, line, year) + book.reserve_m3(node, line, year)
        choices = (permitted_m3, permitted_m3 - 1, given_m3, given_m3 - 1, held.volume_m3, held.volume_m3 * 9 // 10)
        volume_m3 = max(0, self.random.choice((*choices, held.volume_m3 * 11 // 10, held.volume_m3 * 5 // 4)))
        event["volume_m3"] = min(volume_m3, HUGE_M3)
        if self._chance(0.1):
            event["binds"] = self._binds()
        if permitted_m3 > volume_m3 or self._chance(0.2):
            event |= self._cutback(node, line[0], year, permitted_m3 - volume_m3)
        return event

    def _cutback(self, node: str, water: str, year: int, gap_m3: int) -> Event:
        """Return a list of cuts of permits below a place that reaches a gap, or falls one short of it."""
        left_m3 = max(0, gap_m3 - self.random.choice((0, 0, 1)))
        cuts: dict[str, int] = {}
        for name in self._rights["permits"]:
            permit = self.model.permits[name]
            m3 = permit.charges.get((water, year), 0)
            if left_m3 and m3 and node in self.model.book.way(permit.place, water, year):
                cuts[name] = min(m3, left_m3)
                left_m3 -= cuts[name]
        if not cuts or self._chance(0.1):
            cuts[self._pick("permits")] = 1
        return {"cutback": cuts}

    def _issuer(self, node: str) -> str:
        """Return who issues a cap: mostly who may."""
        place = self.model.book.places.get(node)
        if place is None or self._chance(0.1):
            return self._place()
        return place.parent or node

    def _binds(self) -> list[str]:
        return self.random.choice((["used"], ["permitted"], ["planned"], ["planned", "permitted"], list(BINDS)))

    def _breakdown(self) -> Event:
        book = self.model.book
        (node, line), year = self._capped(), self._year()
        event = {**self._stated("breakdown", node, line, year), "document": "paper", "children": {"nowhere": 1}}
        parts = book.parts.get(node, [])
        cap = book.cap(node, line, year)
        if not parts or cap is None:
            return {**event, "children": {self._place(): 1}}
        some = self.random.sample(parts, self.random.randint(1, len(parts)))
        others_m3 = sum(_held_m3(book.cap(part, line, year)) for part in parts if part not in some)
        left_m3 = max(0, cap.volume_m3 - others_m3)
        children = {part: left_m3 // (len(some) + 1) for part in some}
        dice = self.random.random()
        if dice < 0.3:
            children = {part: _held_m3(book.cap(part, line, year)) for part in some}
        reserve_m3 = max(0, left_m3 - sum(children.values()))
        if dice > 0.5:
            reserve_m3 = self.random.choice((0, reserve_m3 // 2, reserve_m3 + 1))
        event |= {"children": children, "reserve_m3": min(reserve_m3, HUGE_M3)}
        if self._chance(0.15):
            event["edge"] = self.random.choice(("moved", "shared"))
        if self._chance(0.1):
            event["binds"] = self._binds()
        return event

    def _node(self) -> Event:
        kind = self.random.choice(tuple(PARENTS))
        node = self._name(f"{kind} ") if not self._chance(0.1) else self._place()
        event: Event = {"event": "node", "node": node, "name": node, "kind": kind}
        fitting = [p.name for p in self.model.book.places.values() if p.kind in PARENTS[kind]]
        if kind != "region" and len(fitting) < 5:
            event["parent"] = self.random.choice(fitting) if fitting and not self._chance(0.1) else self._place()
        if self._chance(0.1):
            event["basins"] = [self._place()]
        return event

    def _assert(self) -> Event:
        node, line = self._capped()
        year, what = self._year(), self.random.choice(("cap", "headroom", "reported", *BINDS))
        event = {**self._stated("assert", node, line, year), "what": what}
        known = node in self.model.book.places
        held_m3 = self.model.held_m3(node, line, year, what) if known else None
        volume_m3 = max(0, (held_m3 or 0) + self.random.choice((0, 0, 0, 1, -1)))
        if self._chance(0.2):
            event["tolerance_m3"] = self.random.randrange(2)
        return {**event, "volume_m3": min(volume_m3, HUGE_M3)}

    def _close_year(self) -> Event:
        year = int(self._today()[:4]) - self.random.choice((0, 1, 1, 2))
        return {"event": "close_year", "node": self._place(), "year": year}

    def _tick(self) -> Event:
        return {"event": "tick"}


def _held_m3(cap: Cap | None) -> int:
    return 0 if cap is None else cap.volume_m3

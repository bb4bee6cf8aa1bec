"""The ledger against a plain model: lawful and unlawful events in any order, judged by brute force."""

from __future__ import annotations

import copy
import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

import hetao.ledger.ledger as engine
from hetao.ledger import Ledger

YEARS = range(2020, 2025)
TREE = {"NM": None, "A": "NM", "B": "NM", "A1": "A", "A2": "A", "B1": "B", "A1u": "A1"}
LINES = [("total", "withdrawal"), ("groundwater", "withdrawal"), ("surface", "withdrawal"), ("total", "consumption")]


class Model:
    """Caps, reserves and reports in dictionaries; an event is tried on a copy, and every sum looked at."""

    def __init__(self) -> None:
        self.parents = {}
        self.caps = {}
        self.reserves = {}
        self.reports = {}
        self.day = 0
        self.keys = {}

    def answer(self, event) -> str:
        """Return what the ledger should decide, and take the event in where it is lawful."""
        if event["key"] in self.keys:
            return "duplicate" if self.keys[event["key"]] == event else "refused"
        self.keys[event["key"]] = event
        trial = copy.deepcopy(self)
        if not trial.take(event) or not trial.sound():
            return "refused"
        self.__dict__.update(trial.__dict__)
        return "posted"

    def take(self, event) -> bool:
        if event["by"] == "" or "colour" in event or event.get("ecology") == "net":
            return False
        day = int(event["at"][8:10])
        if day < self.day:
            return False
        self.day = day
        return getattr(self, f"take_{event['event']}")(event)

    def take_node(self, event) -> bool:
        if event["node"] in self.parents or not (event["parent"] is None or event["parent"] in self.parents):
            return False
        self.parents[event["node"]] = event["parent"]
        return True

    def take_cap(self, event) -> bool:
        node, issuer = event["node"], event["issuer"]
        if node not in self.parents or event["volume_m3"] < 0:
            return False
        above = [node] if self.parents[node] is None else []
        up = self.parents[node]
        while up is not None:
            above.append(up)
            up = self.parents[up]
        self.caps[node, line_of(event), event["year"]] = event["volume_m3"]
        return issuer in above

    def take_breakdown(self, event) -> bool:
        node, line, year = event["node"], line_of(event), event["year"]
        if node not in self.parents or self.holds(self.caps, node, line, year) is None:
            return False
        for child, volume_m3 in event["children"].items():
            if child not in self.parents or self.parents[child] != node or volume_m3 < 0:
                return False
            self.caps[child, line, year] = volume_m3
        self.reserves[node, line, year] = event["reserve_m3"]
        return True

    def take_use(self, event) -> bool:
        self.reports[event["node"], line_of(event), event["year"]] = event["volume_m3"]
        return event["node"] in self.parents and event["volume_m3"] >= 0

    def take_assert(self, event) -> bool:
        if event["node"] not in self.parents:
            return False
        where = event["node"], line_of(event), event["year"]
        held = {
            "cap": self.holds(self.caps, *where),
            "headroom": self.holds(self.caps, *where),
            "reported": self.reports.get(where),
            "used": 0,
        }[event["what"]]
        return held == event["volume_m3"]

    @staticmethod
    def holds(series, node, line, year):
        earlier = [y for (n, at, y) in series if (n, at) == (node, line) and y <= year]
        return series[node, line, max(earlier)] if earlier else None

    def given_away(self, node, line, year) -> int:
        total = 0
        for child in (c for c, parent in self.parents.items() if parent == node):
            cap = self.holds(self.caps, child, line, year)
            total += self.given_away(child, line, year) if cap is None else cap
        return total

    def sound(self) -> bool:
        for node in self.parents:
            for line in LINES:
                for year in YEARS:
                    cap = self.holds(self.caps, node, line, year)
                    if cap is None:
                        continue
                    held_back = self.holds(self.reserves, node, line, year) or 0
                    whole = self.holds(self.caps, node, ("total", line[1]), year)
                    if self.given_away(node, line, year) + held_back > cap or (whole is not None and cap > whole):
                        return False
        return True

    def rows(self):
        found = set()
        for node in self.parents:
            for line in LINES:
                for year in YEARS:
                    where = node, line, year
                    cap, report = self.holds(self.caps, *where), self.reports.get(where)
                    given = self.given_away(*where)
                    if cap is not None or report is not None or given:
                        found.add((*where, cap, report, given, self.holds(self.reserves, *where) or 0))
        return found


def line_of(event):
    return event["water"], event["basis"]


def rows_of(ledger):
    return {
        (a.node, (a.water, a.basis), year, a.cap_m3, a.reported_m3, a.broken_down_m3, a.reserve_m3)
        for year in YEARS
        for a in ledger.accounts(year=year)
    }


KINDS = {"NM": "region", "A": "league", "B": "league", "A1": "banner", "A2": "banner", "B1": "banner", "A1u": "unit"}
declared = [{"event": "node", "node": n, "name": n, "kind": KINDS[n], "parent": TREE[n]} for n in TREE]
known = st.sampled_from(list(TREE))
anywhere = st.one_of(known, known, known, known, st.just("nowhere"))
volumes = st.one_of(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(-1, 40))


@st.composite
def acts(draw):
    kind = draw(st.sampled_from(["cap", "cap", "breakdown", "breakdown", "breakdown", "use", "assert", "node"]))
    if kind == "node":
        return draw(st.sampled_from(declared))
    water, basis = draw(st.sampled_from(LINES))
    node = draw(anywhere)
    event = {"event": kind, "node": node, "water": water, "basis": basis, "ecology": "excluded"}
    event["year"] = draw(st.sampled_from(YEARS))
    if kind == "breakdown":
        below = [c for c, parent in TREE.items() if parent == node] or ["A"]
        event["children"] = draw(st.dictionaries(st.sampled_from(below), volumes, min_size=1))
        event["reserve_m3"] = draw(st.integers(0, 3))
        return {**event, "document": "文"}
    event["volume_m3"] = draw(volumes)
    if kind == "cap":
        return {**event, "issuer": draw(st.one_of(st.just("NM"), known)), "document": "文"}
    if kind == "use":
        return {**event, "source": "报"}
    event["volume_m3"] = abs(event["volume_m3"])
    return {**event, "what": draw(st.sampled_from(["cap", "headroom", "reported", "used"]))}


@st.composite
def histories(draw):
    """The tree, then acts: some early, some broken, some sent again, some under a key that is taken."""
    events = [{**event, "key": f"n{i}", "by": "x", "at": "2024-01-01T00:00:00Z"} for i, event in enumerate(declared)]
    for number in range(draw(st.integers(0, 25))):
        fault = draw(st.sampled_from([None] * 12 + ["early", "by", "colour", "net", "again", "taken"]))
        if fault == "again":
            events.append(draw(st.sampled_from(events)))
            continue
        day = 1 if fault == "early" else 2 + number // 3
        event = {**draw(acts()), "key": f"k{number}", "by": "x", "at": f"2024-01-{day:02}T00:00:00Z"}
        if fault == "net" and "ecology" in event:
            event["ecology"] = "net"
        elif fault == "taken":
            event["key"] = events[-1]["key"]
        elif fault in ("by", "colour"):
            event[fault] = ""
        events.append(event)
    return events


def as_lines(events):
    return [
        json.dumps({k: v for k, v in event.items() if k != "parent" or v is not None}, ensure_ascii=False)
        for event in events
    ]


@given(histories())
@settings(max_examples=30)
def test_the_ledger_decides_as_the_model_does(events):
    model, sums = Model(), Counter()
    with Ledger.open("sqlite:///:memory:") as ledger:
        before = ledger.accounts()
        for event, line in zip(events, as_lines(events), strict=True):
            head = ledger.head
            outcome = ledger.apply(line)
            expected = model.answer(event)
            assert outcome.decision == expected, outcome
            if expected == "posted":
                for e in outcome.effects:
                    sums[e.node, e.line.water, e.line.basis, e.year, e.balance] += e.amount_m3
                before = before if event["event"] in ("node", "assert") else ledger.accounts()
            else:
                assert ledger.accounts() == before
            assert ledger.head.seq == head.seq + (expected != "duplicate")
        assert rows_of(ledger) == model.rows()
        for (node, water, basis, year, balance), amount_m3 in sums.items():
            (account,) = ledger.accounts(node=node, water=water, basis=basis, ecology="excluded", year=year)
            assert getattr(account, f"{balance}_m3") == amount_m3
        for year in YEARS:
            for account in ledger.accounts(year=year):
                if account.cap_m3 is not None:
                    assert account.broken_down_m3 + account.reserve_m3 <= account.cap_m3
        assert ledger.verify().ok


@given(histories(), st.integers(1, 9))
@settings(max_examples=12)
def test_one_by_one_in_batches_or_from_an_export_is_the_same(events, batch):
    lines = as_lines(events)
    usual = engine.BATCH
    engine.BATCH = batch
    try:
        with (
            Ledger.open("sqlite:///:memory:") as singly,
            Ledger.open("sqlite:///:memory:") as streamed,
            Ledger.open("sqlite:///:memory:") as copied,
        ):
            assert [singly.apply(line) for line in lines] == list(streamed.replay(lines))
            assert not any(o.decision == "duplicate" for o in copied.replay(singly.export()))
            for other in (streamed, copied):
                assert other.head == singly.head
                assert other.accounts() == singly.accounts()
                assert other.verify().ok
    finally:
        engine.BATCH = usual

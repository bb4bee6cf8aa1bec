"""A story in which every kind of event takes effect, and ways past the ledger into the store that it makes."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Callable
from typing import Any

from hetao.audit import Verification, audit_store
from hetao.ledger import Ledger, Outcome
from scenes import complete

LINE = {"basis": "withdrawal", "ecology": "excluded", "document": "文"}
ZEROS = "0" * 64


class Story:
    """Hands events to a ledger one after another; the day moves on as it is told."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.at = "2020-01-01T08:00:00+08:00"
        self._numbers = itertools.count(1)

    def post(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in an event; ``from_`` stands for ``from``, and None leaves a field out."""
        common = {"event": event, "key": f"e{next(self._numbers)}", "at": self.at, "by": "水行政主管部门"}
        named = {"from" if name == "from_" else name: value for name, value in fields.items()}
        return self.ledger.apply({k: v for k, v in {**common, **named}.items() if v is not None})

    def must(self, event: str, /, **fields: Any) -> Outcome:
        outcome = self.post(event, **fields)
        assert outcome.ok, outcome
        return outcome

    def node(self, node: str, kind: str, parent: str | None = None, **fields: Any) -> None:
        self.must("node", node=node, name=f"地{node}", kind=kind, parent=parent, **fields)

    def cap(self, node: str, water: str, volume: int, year: int = 2020, **fields: Any) -> Outcome:
        own = {"node": node, "issuer": "NM", "water": water, "year": year, "volume_m3": volume}
        return self.must("cap", **{**LINE, **own, **fields})

    def breakdown(self, node: str, water: str, children: dict[str, int], year: int = 2020, **fields: Any) -> Outcome:
        return self.must(
            "breakdown", **{**LINE, "node": node, "water": water, "children": children, "year": year, **fields}
        )

    def apply(self, application: str, node: str, volume: int, water: str = "groundwater", **fields: Any) -> Outcome:
        asked = {"application": application, "applicant": f"公司{application}", "node": node, "water": water}
        own = {**asked, **complete(volume), "from_": "2021-04-01", "to": "2025-12-31"}
        return self.post("apply", **{**own, **fields})

    def permit(self, permit: str, node: str, volume: int, water: str = "groundwater", **fields: Any) -> None:
        """Apply, approve, build, accept; the term accepted begins later than the one asked for."""
        outcome = self.apply(f"A-{permit}", node, volume, water, **fields)
        assert outcome.ok, outcome
        self.must("approve", application=f"A-{permit}", approver="YB" if water == "yellow_river" else "NM")
        self.must("start_works", application=f"A-{permit}")
        term = {"from_": "2022-01-01", "to": "2026-12-31"}
        self.must("accept_works", application=f"A-{permit}", permit=permit, **term)

    def read(self, permit: str, volume: int, first: str, last: str, **fields: Any) -> Outcome:
        own = {"permit": permit, "meter": f"M{permit}", "from_": first, "to": last, "volume_m3": volume}
        return self.post("read", **{**own, "method": "metered", **fields})


def declare(s: Story) -> None:
    """Declare places and issue caps, shared and moved out, on all kinds of lines."""
    s.node("YB", "basin")
    s.node("YB1", "basin", "YB")
    s.node("NM", "region")
    s.node("ZB", "basin", "NM")
    s.node("A", "league", "NM", basins=["YB1"])
    s.node("B", "league", "NM", basins=["YB"])
    s.node("A1", "banner", "A")
    s.node("A2", "banner", "A")
    s.node("B1", "banner", "B")
    s.node("A1u", "unit", "A1", aquifer="HQH")
    s.cap("NM", "total", 900_000)
    s.cap("NM", "total", 950_000, ecology="included")
    s.cap("NM", "groundwater", 500_000)
    s.cap("ZB", "groundwater", 90_000)
    s.cap("NM", "yellow_river", 300_000, basis="consumption")
    s.cap("YB", "yellow_river", 200_000, binds=["permitted", "planned"])
    s.breakdown("NM", "total", {"A": 500_000, "B": 300_000}, reserve_m3=50_000)
    s.breakdown("NM", "groundwater", {"A": 300_000})
    s.breakdown("NM", "groundwater", {"B": 100_000}, edge="moved")
    s.breakdown("NM", "groundwater", {"B": 120_000}, 2024, edge="moved")
    s.breakdown("A", "groundwater", {"A1": 100_000, "A2": 100_000}, binds=["permitted"])
    s.cap("A1u", "groundwater", 60_000)


def run_permits(s: Story) -> None:
    """Lead rights through their lives."""
    s.at = "2021-03-01T08:00:00+08:00"
    s.permit("P1", "A1u", 12_000)
    s.permit("P2", "A2", 24_000)
    s.permit("P3", "A1", 6_000, "yellow_river")
    s.permit("P4", "A1", 3_000, purpose="ecology", capacity_m3=2_500)
    s.permit("P5", "B1", 1_000, "total")
    s.permit("P6", "A2", 5_000)
    s.permit("P7", "A2", 5_000)
    s.permit("P8", "B1", 700)
    assert s.apply("X1", "A1u", 10_000_000).decision == "refused"
    assert s.apply("X2", "A1u", 1_000, purpose=None).decision == "incomplete"
    s.apply("X3", "A2", 7_000)
    s.must("refer", application="X3", approver="NM")
    s.must("suspend", application="X3")
    s.must("resume", application="X3")
    s.must("refuse", application="X3", approver="NM")
    assert s.apply("X4", "A2", 8_000).ok
    assert s.apply("X5", "A2", 12, purpose="domestic", project="none").ok
    s.must("suspend", permit="P2")
    s.must("resume", permit="P2")


def run_years(s: Story) -> None:
    """Plan, read and correct; then what comes once or twice in a permit's life."""
    s.at = "2022-01-02T08:00:00+08:00"
    for permit, volume in (("P1", 11_000), ("P2", 20_000), ("P3", 5_000), ("P4", 2_000), ("P5", 900)):
        s.must("plan", permit=permit, year=2022, volume_m3=volume, approver="NM")
    s.must("plan", permit="P1", year=2022, volume_m3=9_000, approver="NM")
    for month in range(1, 7):
        s.at = f"2022-{month + 1:02}-01T08:00:00+08:00"
        for permit in ("P1", "P2", "P3", "P4", "P5"):
            assert s.read(permit, 100 + month, f"2022-{month:02}-01", f"2022-{month:02}-28").ok
    assert s.read("P3", 100, "2022-06-28", "2022-07-10", method="electricity").ok
    assert s.read("P1", 777, "2022-06-28", "2022-07-10", key="wrong").ok
    assert s.read("P1", 770, "2022-06-28", "2022-07-10", corrects="wrong").ok
    assert s.read("P2", 0, "2022-06-28", "2022-07-10").ok
    s.must("use", node="A1", water="groundwater", year=2021, volume_m3=5, source="公报", **{**LINE, "document": None})
    s.must("use", node="A1", water="groundwater", year=2021, volume_m3=0, source="公报", **{**LINE, "document": None})
    s.at = "2023-01-05T08:00:00+08:00"
    assert s.read("P1", 500, "2022-12-01", "2023-01-04").ok
    assert s.read("P2", 1, "2022-12-30", "2023-01-04").ok
    s.must("return", permit="P1", year=2022, used_m3=5_000, next_year_m3=9_000)
    s.must("certify_saving", permit="P2", volume_m3=2_000, document="文", approver="NM")
    own = {"volume_m3": 1_000, "term_from": "2023-01-10", "platform_number": "N1", "document": "文"}
    s.must("transfer", kind="withdrawal_right", from_="P2", to="P6", **own)
    s.must("transfer", kind="regional", from_="A", to="B", water="groundwater", term_to="2023-12-31", **own)
    s.must("change", permit="P7", volume_m3=4_000)
    s.must("change", permit="P7", holder="某集团")
    s.must("renew", permit="P6", to="2030-12-31")
    s.must("cancel", permit="P6", reason="停产")
    s.must("revoke", permit="P7", reason="违法")


def run_rest(s: Story) -> None:
    """All other kinds of events, and what is refused or kept without a key."""
    s.must("setting", name="warning_ratio", value="0.9", from_="2020-01-01", document="文")
    s.must(
        "quota",
        product="钢",
        tier="general",
        m3_per_unit="3.5",
        unit="t",
        issuer="NM",
        from_="2020-01-01",
        document="文",
    )
    s.must("level", node="A1u", date="2022-05-01", level_m="10.5", control_m="12")
    s.must("zone", node="B1", kind="water_short", document="文", from_="2023-01-01")
    s.must("order", node="B", water="surface", factor="0.9", from_="2023-02-01", to="2023-03-01", document="文")
    s.must(
        "assert", node="A", water="groundwater", year=2020, what="cap", volume_m3=300_000, **{**LINE, "document": None}
    )
    s.must("close_year", node="B1", year=2021)
    s.cap("A1u", "groundwater", 50_000, 2024, cutback={"P1": 2_000})
    s.at = "2024-06-05T08:00:00.5+08:00"
    assert s.read("P8", 70, "2024-05-01", "2024-06-01").ok
    s.must("tick")
    s.post("cap", node="?", key="e1")
    s.post("cap", node="?", key=7)
    s.post("flood", node="A", key='a "strange\\ key')
    s.post("read", at="2024-06-05T00:00:00Z", permit="?")


def tell(ledger: Ledger) -> None:
    """Tell the whole story."""
    story = Story(ledger)
    declare(story)
    run_permits(story)
    run_years(story)
    run_rest(story)


class Tampered:
    """A store in memory of which every row can be changed; what it was made with is put back for the audit."""

    def __init__(self, content: bytes) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.deserialize(content)
        self.guards = dict(self.run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for name in self.guards:
            self.run(f"DROP TRIGGER {name}")
        self.run("PRAGMA ignore_check_constraints = ON")
        ((self.last,),) = self.run("SELECT MAX(seq) FROM journal")

    def run(self, statement: str, *values: Any) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def find(self, event: str, /, decision: str | None = None, **fields: Any) -> int:
        """Return the first entry of this kind and with these fields, and with this decision if one is given."""
        for seq, words, outcome in self.run("SELECT seq, event, outcome FROM journal ORDER BY seq"):
            held = json.loads(words)
            wanted = {"from" if name == "from_" else name: value for name, value in fields.items()}
            wanted |= {"event": event}
            fits = all(held.get(name) == value for name, value in wanted.items())
            if fits and decision in (None, json.loads(outcome)["decision"]):
                return int(seq)
        raise LookupError(event)

    def entry(self, seq: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return event and outcome of an entry."""
        ((event, outcome),) = self.run("SELECT event, outcome FROM journal WHERE seq = ?", seq)
        return json.loads(event), json.loads(outcome)

    def put(self, seq: int, event: dict[str, Any] | str, outcome: dict[str, Any] | str) -> None:
        """Replace event and outcome of an entry, and all hashes from it on, as somebody who knows the format would."""
        event = event if isinstance(event, str) else dump(dict(sorted(event.items())))
        outcome = outcome if isinstance(outcome, str) else dump(outcome)
        self.run("UPDATE journal SET event = ?, outcome = ? WHERE seq = ?", event, outcome, seq)
        self.chain()

    def chain(self) -> None:
        """Make all hashes and the tip fit the journal as it is."""
        previous = ZEROS
        rows = self.run("SELECT seq, CAST(event AS BLOB), CAST(outcome AS BLOB) FROM journal ORDER BY seq")
        for seq, event, outcome in rows:
            previous = hashlib.sha256(b"\n".join((previous.encode(), event, outcome))).hexdigest()
            self.run("UPDATE journal SET hash = ? WHERE seq = ?", previous, seq)
        self.run("UPDATE tip SET seq = ?, hash = ?", rows[-1][0] if rows else 0, previous)

    def change(self, seq: int, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
        """Change event and outcome of an entry in place, and all hashes from it on."""
        event, outcome = self.entry(seq)
        change(event, outcome)
        self.put(seq, event, outcome)

    def append(self, event: dict[str, Any], effects: list[dict[str, Any]], decision: str = "posted") -> int:
        """Append an entry that took effect, with its hash; the tables beside stay as they are."""
        seq = self.last = self.last + 1
        event = {"at": "2024-06-06T08:00:00+08:00", "by": "他", "key": f"late{seq}", **event}
        outcome = {"seq": seq, "key": event["key"], "ok": True, "decision": decision, "effects": effects}
        self.run("INSERT INTO journal VALUES (?, ?, '', '', ?)", seq, event["key"], ZEROS)
        self.put(seq, event, outcome if effects else {k: v for k, v in outcome.items() if k != "effects"})
        return seq

    def content(self) -> bytes:
        """Return the store, with its triggers again."""
        for sql in self.guards.values():
            self.run(sql)
        content = self._connection.serialize()
        for name in self.guards:
            self.run(f"DROP TRIGGER {name}")
        return content

    def audit(self) -> Verification:
        return audit_store(self.content())

    def close(self) -> None:
        self._connection.close()


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def effect(node: str, amount: int, balance: str = "permitted", year: int = 2024, **line: str) -> dict[str, Any]:
    """Return a posting as JSON."""
    held = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded", **line}
    return {"node": node, **held, "year": year, "balance": balance, "amount": amount}


def codes(verification: Verification) -> set[str]:
    """Return the last parts of the problems' codes."""
    return {problem.code.removeprefix("ledger.verify.") for problem in verification.problems}

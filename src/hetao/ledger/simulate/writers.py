"""Many writers at the edge of one cap: of what they ask for, exactly what the cap leaves is admitted."""

from __future__ import annotations

import json
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from hetao.ledger.ledger import Ledger
from hetao.ledger.simulate.acts import START, dump
from hetao.ledger.simulate.book import Line
from hetao.ledger.simulate.programs import WAIT_S, run_together
from hetao.ledger.simulate.world import FIRST_YEAR

__all__ = ["EdgeReport", "edge"]

PLACES = (("NM", "region"), ("A", "league"), ("A1", "banner"), ("A1a", "unit"))
LINES: tuple[Line, ...] = tuple((water, "withdrawal", "excluded") for water in ("total", "groundwater"))


@dataclass(frozen=True)
class EdgeReport:
    """What came of it.

    Attributes:
        writers: how many asked at the same time.
        programs: from how many programs; 1 for threads of this one.
        asked: for how many volumes.
        expected: how many of them the cap leaves.
        admitted: how many were admitted.
        permitted_m3: what is permitted under the cap in the end.
        headroom_m3: what the cap left in the beginning.
    """

    writers: int
    programs: int
    asked: int
    expected: int
    admitted: int
    permitted_m3: int
    headroom_m3: int

    @property
    def ok(self) -> bool:
        """Whether exactly what the cap leaves was admitted, and is permitted."""
        return self.admitted == self.expected and self.permitted_m3 <= self.headroom_m3

    def as_dict(self) -> dict[str, Any]:
        """Return the report in one JSON shape."""
        return {"ok": self.ok, **vars(self)}


def _world(headroom_m3: int) -> list[str]:
    """Return the acts that declare one chain of places, capped from top to bottom."""
    events: list[dict[str, Any]] = []
    for i, (node, kind) in enumerate(PLACES):
        above = {"parent": PLACES[i - 1][0]} if i else {}
        events.append({"event": "node", "node": node, "name": node, "kind": kind, **above})
    for water, basis, ecology in LINES:
        line = {"water": water, "basis": basis, "ecology": ecology, "year": FIRST_YEAR, "document": "paper"}
        events.append({"event": "cap", "node": "NM", "issuer": "NM", "volume_m3": headroom_m3, **line})
        for (node, _), (child, _) in pairwise(PLACES):
            events.append({"event": "breakdown", "node": node, "children": {child: headroom_m3}, **line})
    common = {"at": START.isoformat(), "by": "office"}
    return [dump({**event, "key": f"world {i}", **common}) for i, event in enumerate(events)]


def _application(number: int, volume_m3: int) -> str:
    last = f"{FIRST_YEAR}-12-31"
    event = {"event": "apply", "application": f"a{number}", "applicant": "holder", "node": PLACES[-1][0]}
    event |= {"water": "groundwater", "from": f"{FIRST_YEAR}-01-01", "to": last, "purpose": "industry"}
    event |= {"project": "none", "metering": "online", "saving_measures": "drip", "return_water": "none"}
    months = [0] * 11 + [volume_m3]
    common = {"key": f"k{number}", "at": START.isoformat(), "by": "office"}
    return dump({**event, "volume_m3": volume_m3, "monthly_m3": months, **common})


def edge(store_url: str, *, volume_m3: int, headroom_m3: int, writers: int = 32, programs: int = 1) -> EdgeReport:
    """Let writers ask for more than a cap leaves, all at once, and count what is admitted.

    Args:
        store_url: the address of a new store.
        volume_m3: what each application asks for, at least 1.
        headroom_m3: what the cap leaves.
        writers: how many writers.
        programs: among how many programs they are shared out; with 1 they are threads of this one on one ledger.
    """
    expected = headroom_m3 // volume_m3
    lines = [_application(number, volume_m3) for number in range(expected + writers)]
    with Ledger.open(store_url, wait_s=WAIT_S) as ledger:
        for _ in ledger.replay(_world(headroom_m3)):
            pass
    if programs == 1:
        answers = _by_threads(store_url, lines, writers)
    else:
        answers = _by_programs(store_url, lines, writers, programs)
    with Ledger.open(store_url, wait_s=WAIT_S) as ledger:
        (account,) = ledger.accounts(
            node=PLACES[-1][0], water="groundwater", basis="withdrawal", ecology="excluded", year=FIRST_YEAR
        )
    admitted = sum(json.loads(answer)["decision"] == "admitted" for answer in answers)
    asked = len(answers)
    return EdgeReport(writers, programs, asked, expected, admitted, account.permitted_m3, headroom_m3)


def _by_threads(url: str, lines: Sequence[str], writers: int) -> list[str]:
    """Hand lines in from threads of this program that begin at the same moment."""
    answers: deque[str] = deque()
    ready = Barrier(writers)

    def hand_in(own: Sequence[str]) -> None:
        ready.wait()
        answers.extend(ledger.apply(line).to_json() for line in own)

    with Ledger.open(url, wait_s=WAIT_S) as ledger:
        threads = [Thread(target=hand_in, args=(lines[i::writers],)) for i in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return list(answers)


def _by_programs(url: str, lines: Sequence[str], writers: int, programs: int) -> list[str]:
    """Hand lines in from the threads of several programs that begin at the same moment."""
    with tempfile.TemporaryDirectory() as folder:
        shares = [lines[i::programs] for i in range(programs)]
        return run_together(url, Path(folder), shares, -(-writers // programs))

"""Trades between areas: the caps of both, and of everything between them and what they share, move by one volume.

They move for the years of the term and come back after it, on every withdrawal line of the water on which both sides
have a cap, and on total water where both have one.
"""

from __future__ import annotations

from collections.abc import Iterator

from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft, Posting
from hetao.ledger.event import Event
from hetao.ledger.line import WATERS, Line, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.rights import TOTAL
from hetao.ledger.state import State
from hetao.ledger.years import year_of, years_of
from hetao.text import Text

__all__ = ["common_lines", "draft_regional", "sides"]


def sides(state: State, seller: str, buyer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the nodes whose caps fall and those whose caps rise: the two places and what only one of them lies in."""
    from_path, to_path = state.path(seller), state.path(buyer)
    shared = set(from_path) & set(to_path)
    return tuple(n for n in from_path if n not in shared), tuple(n for n in to_path if n not in shared)


def common_lines(state: State, seller: str, buyer: str, water: str, year: int) -> tuple[Line, ...]:
    """Return the withdrawal lines of a water on which both places have a cap in a year."""
    return tuple(
        line
        for line in drawn_lines(water, ecological=False)
        if all(state.find(node, line, "cap", year) is not None for node in (seller, buyer))
    )


def _traded_water(state: State, event: Event, found: Findings) -> str | None:
    """Return the water traded: the one stated, else the only one on which both sides have a cap."""
    f = event.fields
    if "water" in event.raw:
        return f.get("water")
    year = year_of(TOTAL, f["term_from"])
    waters = [w for w in WATERS if w != TOTAL and common_lines(state, f["from"], f["to"], w, year)]
    if not waters and common_lines(state, f["from"], f["to"], TOTAL, year):
        return TOTAL
    if len(waters) == 1:
        return waters[0]
    facts = {"source": f["from"], "target": f["to"], "waters": waters}
    listed = Text("、".join(WATERS[w].zh for w in waters) or "无", ", ".join(WATERS[w].en for w in waters) or "none")
    found.refuse(breach("transfer.line", facts, node=f["from"], words={"listed": listed}))
    return None


def _shifted(state: State, node: str, line: Line, years: range, change_m3: int, document: str) -> Iterator[Posting]:
    """Yield the caps of the term's years moved by a volume, and the cap after it restored."""
    for year in years:
        held = state.find(node, line, "cap", year)
        if held is not None:
            amount_m3 = max(0, held.amount_m3 + change_m3)
            yield Posting(node, line, year, "cap", amount_m3, document, held.binds, held.moved)
    back = state.find(node, line, "cap", years.stop)
    if back is not None and state.stated(node, line, "cap", years.stop) is None:
        yield Posting(node, line, years.stop, "cap", back.amount_m3, back.document, back.binds, back.moved)


def draft_regional(state: State, event: Event, found: Findings) -> Draft | None:
    """Return the draft of a trade between areas; refuse parties that are no places and a water that is not stated."""
    f = event.fields
    for field in ("from", "to"):
        if f[field] not in state.nodes:
            words = {"expected": Text("已登记的地区", "a declared place")}
            facts = {"kind": "regional", "field": field, "named": f[field]}
            found.refuse(breach("transfer.parties", facts, words=words))
    if found.refusals:
        return None
    water = _traded_water(state, event, found)
    if water is None:
        return None
    postings: list[Posting] = []
    down, up = sides(state, f["from"], f["to"])
    for traded in dict.fromkeys((water, TOTAL)):
        years = years_of(traded, f["term_from"], f.get("term_to", f["term_from"]))
        for line in common_lines(state, f["from"], f["to"], traded, years.start):
            for nodes, sign in ((down, -1), (up, 1)):
                for node in nodes:
                    postings += _shifted(state, node, line, years, sign * f["volume_m3"], f.get("document", ""))
    line = Line(water, "withdrawal", "excluded")
    return Draft(tuple(postings), compared=(f["from"], line, year_of(water, f["term_from"]), "cap"))

"""Closed years: nothing is posted in them, except a correction that names what it corrects."""

from __future__ import annotations

from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Closure
from hetao.ledger.state import State

__all__ = ["check_open", "closed_at", "closure_of"]


def closure_of(node: str, year: int) -> str:
    """Return the identifier of a closure."""
    return f"{node} {year}"


def closed_at(state: State, node: str, year: int) -> str | None:
    """Return the node, this one or one above it, at which a year is closed; None where it is open."""
    if not state.identifiers("closure"):
        return None
    for place in state.path(node):
        if state.record(Closure, "closure", closure_of(place, year)) is not None:
            return place
    return None


def _closed_by(water: str, year: int) -> int:
    """Return the calendar year whose closing closes a year of account: a Yellow River year ends in the next one."""
    return year + 1 if water == "yellow_river" else year


def check_open(state: State, draft: Draft, found: Findings) -> None:
    """Refuse what a draft states or draws in a year that is closed at its node or above it."""
    if not state.identifiers("closure"):
        return
    touched = {(p.node, _closed_by(p.line.water, p.year)): None for p in draft.postings}
    touched |= {
        (node, _closed_by(water, year)): None for (node, water, year), change in draft.draws.items() if any(change)
    }
    closed = {(closed_at(state, node, year), year): None for node, year in touched}
    for place, year in closed:
        if place is not None:
            words = {"place": state.nodes[place].label}
            found.refuse(breach("year.closed", {"year": year}, node=place, words=words))

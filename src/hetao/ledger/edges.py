"""Kinds of cap edges: a cap is shared with the one above it, or moved out of it; fixed where water is drawn."""

from __future__ import annotations

from hetao.ledger.contract import breach
from hetao.ledger.draft import Posting
from hetao.ledger.line import drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["EDGES", "check_edge"]

EDGES = {
    "shared": Text("共享（沿全链校核）", "shared: the whole chain is checked"),
    "moved": Text("划出（在本级校核）", "moved out of the parent: checked where it was moved to"),
}


def _is_moved(state: State, posting: Posting, year: int) -> bool:
    caps = (state.find(posting.node, line, "cap", year) for line in drawn_lines(posting.line.water, ecological=False))
    return any(cap is not None and cap.moved for cap in caps)


def check_edge(state: State, posting: Posting, found: Findings) -> None:
    """Refuse a cap that would change the kind of its edge in a year in which water is drawn at its node."""
    if posting.line.basis != "withdrawal":
        return
    later = [y for y in state.steps(posting.node, posting.line, "cap") if y > posting.year]
    end = min(later, default=10_000)
    for year in sorted(state.drawn_years(posting.node, posting.line.water)):
        drawn = state.drawn((posting.node, posting.line.water, year))
        if posting.year <= year < end and any(drawn) and _is_moved(state, posting, year) != posting.moved:
            words = {"place": state.nodes[posting.node].label, "line": posting.line.label, "year": year}
            found.refuse(breach("edge.drawn", {"year": year}, node=posting.node, words=words))
            return

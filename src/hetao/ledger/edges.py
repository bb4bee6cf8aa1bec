"""Kinds of cap edges: a cap is shared with the one above it, or moved out of it; fixed where water is drawn."""

from __future__ import annotations

from hetao.ledger.contract import breach
from hetao.ledger.draft import Posting
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["EDGES", "check_edge", "is_moved"]

EDGES = {
    "shared": Text("共享（沿全链校核）", "shared: the whole chain is checked"),
    "moved": Text("划出（在本级校核）", "moved out of the parent: checked where it was moved to"),
}


def is_moved(state: State, node: str, line: Line, year: int) -> bool:
    """Tell whether a cap of a node on any withdrawal line of a water was moved out of the cap above."""
    if line.basis != "withdrawal":
        return False
    caps = (state.find(node, each, "cap", year) for each in drawn_lines(line.water, ecological=False))
    return any(cap is not None and cap.moved for cap in caps)


def check_edge(state: State, posting: Posting, found: Findings) -> None:
    """Refuse a cap that would change the kind of its edge where water is drawn, or move only one of two lines.

    What is drawn at a place counts on two lines, with ecological supply and without it, and goes one way for both: a
    cap may be moved out only of a place that has no cap on the other line.
    """
    if posting.line.basis != "withdrawal":
        return
    _check_drawn(state, posting, found)
    _check_other_line(state, posting, found)


def _check_drawn(state: State, posting: Posting, found: Findings) -> None:
    later = [y for y in state.steps(posting.node, posting.line, "cap") if y > posting.year]
    end = min(later, default=10_000)
    for year in sorted(state.drawn_years(posting.node, posting.line.water)):
        drawn = state.drawn((posting.node, posting.line.water, year))
        moved = is_moved(state, posting.node, posting.line, year)
        if posting.year <= year < end and any(drawn) and moved != posting.moved:
            words = {"place": state.nodes[posting.node].label, "line": posting.line.label, "year": year}
            found.refuse(breach("edge.drawn", {"year": year}, node=posting.node, words=words))
            return


def _check_other_line(state: State, posting: Posting, found: Findings) -> None:
    """Refuse to move a cap out of a place that also has one on the other line, and a cap on the other line later."""
    line, year = posting.line, posting.year
    if posting.moved:
        other = next(each for each in drawn_lines(line.water, ecological=False) if each != line)
        held = state.find(posting.node, other, "cap", year)
        above = () if held is not None and held.moved else tuple(state.above(posting.node))  # moved on both: sound
        places = [place for place in above if _has_cap(state, place, other, year)]
    else:
        below = (part for part in state.below(posting.node) if part != posting.node)
        places = [part for part in below if is_moved(state, part, line, year) and not _has_cap(state, part, line, year)]
    if places:
        words = {
            "place": state.nodes[posting.node].label,
            "line": line.label,
            "year": year,
            "listed": ", ".join(places),
        }
        found.refuse(breach("edge.other_line", {"year": year, "places": places}, node=posting.node, words=words))


def _has_cap(state: State, node: str, line: Line, year: int) -> bool:
    later = [y for y in state.steps(node, line, "cap") if y > year]
    return state.find(node, line, "cap", year) is not None or bool(later)

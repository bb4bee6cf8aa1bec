"""Kinds of cap edges: a cap is shared with the one above it, or moved out of it; fixed where water is drawn."""

from __future__ import annotations

from hetao.ledger.contract import breach
from hetao.ledger.draft import Posting
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.state import Entry, State
from hetao.text import Text

__all__ = ["EDGES", "check_edge", "is_moved"]

EDGES = {
    "shared": Text("共享（沿全链校核）", "shared: the whole chain is checked"),
    "moved": Text("划出（在本级校核）", "moved out of the parent: checked where it was moved to"),
}


def is_moved(state: State, node: str, line: Line) -> bool:
    """Tell whether any cap of a node on a line was moved out of the cap above, in whatever year."""
    return any(entry.moved for entry in _caps(state, node, line))


def _caps(state: State, node: str, line: Line) -> list[Entry]:
    """Return every cap stated for a node on a line."""
    stated = (state.stated(node, line, "cap", year) for year in state.steps(node, line, "cap"))
    return [entry for entry in stated if entry is not None]


def check_edge(state: State, posting: Posting, found: Findings) -> None:
    """Refuse a cap that would change the kind of its edge, move only one of two lines, or be one on consumption.

    An edge keeps its kind for every year, and takes it only while no water is drawn. What is drawn at a place counts on
    two lines, with ecological supply and without it, and goes one way for both: a cap may be moved out only where no
    place above or below has a cap on the water's other line.
    """
    if posting.line.basis != "withdrawal":
        if posting.moved:
            words = {"place": state.nodes[posting.node].label, "line": posting.line.label, "year": posting.year}
            found.refuse(breach("edge.consumption", {"year": posting.year}, node=posting.node, words=words))
        return
    _check_kind(state, posting, found)
    _check_other_line(state, posting, found)


def _check_kind(state: State, posting: Posting, found: Findings) -> None:
    node, line, year = posting.node, posting.line, posting.year
    turned = any(entry.moved != posting.moved for entry in _caps(state, node, line))
    newly_moved = (
        each
        for each in state.drawn_years(node, line.water)
        if posting.moved and each >= year and state.find(node, line, "cap", each) is None
    )
    if turned or any(any(state.drawn((node, line.water, each))) for each in newly_moved):
        words = {"place": state.nodes[node].label, "line": line.label, "year": year}
        found.refuse(breach("edge.kind", {"year": year}, node=node, words=words))


def _check_other_line(state: State, posting: Posting, found: Findings) -> None:
    line = posting.line
    other = next(each for each in drawn_lines(line.water, ecological=False) if each != line)
    related = dict.fromkeys((*state.path(posting.node), *state.below(posting.node)))
    if posting.moved:
        places = [place for place in related if _caps(state, place, other)]
    else:
        places = [place for place in related if is_moved(state, place, other)]
    if places:
        words = {"place": state.nodes[posting.node].label, "line": line.label, "year": posting.year}
        facts = {"year": posting.year, "places": places}
        found.refuse(breach("edge.other_line", facts, node=posting.node, words={**words, "listed": ", ".join(places)}))

"""What a kind of event declares: its fields, and what it would do to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from hetao.family import Member, load_family
from hetao.ledger.contract import breach
from hetao.ledger.event import Event
from hetao.ledger.fields import Field, choice, day, instant, text, year
from hetao.ledger.outcome import Findings
from hetao.ledger.state import BASES, ECOLOGIES, WATERS, Draft, Line, Node, State

__all__ = ["COMMON", "LINE", "Act", "acts", "line_of", "node_named"]

COMMON: Mapping[str, Field] = {
    "event": text(),
    "key": text(),
    "at": instant(),
    "by": text(),
    "effective": day(required=False),
}
LINE: Mapping[str, Field] = {
    "water": choice(WATERS),
    "basis": choice(BASES, rule="R03"),
    "ecology": choice(ECOLOGIES, rule="R03"),
    "year": year(),
}


@dataclass(frozen=True, kw_only=True)
class Act(Member):
    """One kind of event.

    Attributes:
        event: its name in the journal (the file's name, but for words that Python keeps for itself).
        fields: its own fields, besides those common to all.
        draft: finds what speaks against the event, whatever the rules say, and returns what it would do; None
            where the fields that fit are too few to tell.
    """

    event: str
    fields: Mapping[str, Field]
    draft: Callable[[State, Event, Findings], Draft | None]

    @property
    def all_fields(self) -> Mapping[str, Field]:
        """Common and own fields by name."""
        return {**COMMON, **self.fields}


@cache
def acts() -> Mapping[str, Act]:
    """Return the kinds of events by their name in the journal."""
    return {act.event: act for act in load_family("hetao.ledger.acts", Act).values()}


def line_of(event: Event) -> Line:
    """Return what the event's volumes count."""
    return Line(event.fields["water"], event.fields["basis"], event.fields["ecology"])


def node_named(state: State, event: Event, field: str, found: Findings) -> Node | None:
    """Return the node that a field names; refuse the event where it is not declared.

    Args:
        state: the ledger before the event.
        event: the event.
        field: the field that names the node; nothing is found where it is absent or does not fit.
        found: takes the refusal.
    """
    named = event.fields.get(field)
    if named is None:
        return None
    if named not in state.nodes:
        found.refuse(breach("node.unknown", {"field": field, "named": named}, node=named))
    return state.nodes.get(named)

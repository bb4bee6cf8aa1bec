"""What a kind of event declares: its fields, and what it would do to the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from hetao.family import Member, load_family
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.fields import Field, choice, day, instant, text, year
from hetao.ledger.line import BASES, ECOLOGIES, WATERS, Line
from hetao.ledger.outcome import Decision, Findings
from hetao.ledger.records import Application, Permit
from hetao.ledger.state import State
from hetao.ledger.tree import Node

if TYPE_CHECKING:
    from hetao.ledger.rule import Case

__all__ = [
    "COMMON",
    "COMMON_DEMANDED",
    "LINE",
    "Act",
    "acts",
    "application_named",
    "line_of",
    "node_named",
    "permit_named",
]

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


def _demanded(fields: Mapping[str, Field]) -> tuple[str, ...]:
    return tuple(name for name, field in fields.items() if field.required or field.ask)


COMMON_DEMANDED = _demanded(COMMON)


@dataclass(frozen=True, kw_only=True)
class Act(Member):
    """One kind of event.

    Attributes:
        event: its name in the journal (the file's name, but for words that Python keeps for itself).
        fields: its own fields, besides those common to all.
        draft: finds what speaks against the event, whatever the rules say, and returns what it would do; None
            where the fields that fit are too few to tell.
        settle: what the event does once the decision is known, None where it is the draft; only acts that have it
            can be incomplete, referred or exempt.
        decision: what the decision is where nothing speaks against the event.
        ticks: whether time passes with it, so that rules make things due.
    """

    event: str
    fields: Mapping[str, Field]
    draft: Callable[[State, Event, Findings], Draft | None]
    settle: Callable[[Case, Decision, Findings], Draft] | None = None
    decision: Decision = "posted"
    ticks: bool = False

    @cached_property
    def all_fields(self) -> Mapping[str, Field]:
        """Common and own fields by name."""
        return {**COMMON, **self.fields}

    @cached_property
    def demanded(self) -> tuple[str, ...]:
        """The names of the fields that the event must carry, or that a rule asks for."""
        return _demanded(self.all_fields)


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


def application_named(state: State, event: Event, statuses: tuple[str, ...], found: Findings) -> Application | None:
    """Return the application that the event names; refuse the event where there is none, or in another status.

    Args:
        state: the ledger before the event.
        event: the event.
        statuses: the statuses in which the event may meet the application.
        found: takes the refusal.
    """
    named = event.fields.get("application")
    if named is None:
        return None
    application = state.application(named)
    if application is None:
        found.refuse(breach("application.unknown", {"application": named}))
    elif application.status not in statuses:
        facts = {"application": named, "status": application.status, "needed": list(statuses)}
        found.refuse(breach("application.status", facts, node=application.node))
        return None
    return application


def permit_named(
    state: State, event: Event, statuses: tuple[str, ...], found: Findings, *, field: str = "permit"
) -> Permit | None:
    """Return the permit that the event names; refuse the event where there is none, or in another status.

    Args:
        state: the ledger before the event.
        event: the event.
        statuses: the statuses in which the event may meet the permit.
        found: takes the refusal.
        field: the field that names the permit.
    """
    named = event.fields.get(field)
    if named is None:
        return None
    permit = state.permit(named)
    if permit is None:
        found.refuse(breach("permit.unknown", {"field": field, "permit": named}))
    elif permit.status not in statuses:
        facts = {"permit": named, "status": permit.status, "needed": list(statuses)}
        found.refuse(breach("permit.status", facts, node=permit.node))
        return None
    return permit

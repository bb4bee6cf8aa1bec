"""What a rule declares: its clause, its date, place and rank, its texts, its check, and what it makes due in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any, Literal

from hetao.family import Member, load_family
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event
from hetao.ledger.grants import Grant, find_grants
from hetao.ledger.outcome import Finding, Findings, fill
from hetao.ledger.records import Raised
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["Case", "Rule", "Tick", "rules", "rules_for", "ticking_rules"]


@dataclass
class Case:
    """An event before the rules.

    Attributes:
        event: the event, with the fields that fit.
        left: fields that do not fit or are not there, which the event contract leaves to a rule, as ``(field, rule)``.
        state: the ledger before the event.
        draft: what the event would do.
        drafted: whether the event's own fields were enough to tell what it would do.
        fields: the event's fields that fit.
        kind: the event's name.
        day: the day on which it takes legal effect, where it is (ISO 8601).
    """

    event: Event
    left: tuple[tuple[str, str], ...]
    state: State
    draft: Draft
    drafted: bool = True

    def __post_init__(self) -> None:
        self.fields = self.event.fields
        self.kind = str(self.fields.get("event", ""))
        self.day = str(self.fields.get("at", ""))[:10]
        self._after: State | None = None
        self._grants: tuple[Grant, ...] | None = None
        self._failing: tuple[Grant, ...] | None = None

    @property
    def after(self) -> State:
        """The ledger as it would be."""
        if self._after is None:
            self._after = self.state.after(self.draft)
        return self._after

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What the event draws anew from the permitted volume."""
        if self._grants is None:
            self._grants = find_grants(self.state, self.draft)
        return self._grants

    @property
    def failing(self) -> tuple[Grant, ...]:
        """Those of the grants for which a cap leaves no room."""
        if self._failing is None:
            self._failing = tuple([g for g in self.grants if g.room_m3 is not None and g.asked_m3 > g.room_m3])
        return self._failing


@dataclass
class Tick:
    """Time that passes: rules raise what has become due, each thing once.

    Attributes:
        state: the ledger before.
        day: the day to which time passes, ISO 8601.
        draft: what the tick does; rules may add draws and records.
        raised: what has become due, in the order found.
    """

    state: State
    day: str
    draft: Draft = field(default_factory=Draft)
    raised: list[Finding] = field(default_factory=list)

    def is_raised(self, rule: Rule, subject: str, since: str) -> bool:
        """Tell whether this was raised before, or in this tick."""
        name = f"{rule.id} {subject} {since}"
        return ("raised", name) in self.draft.records or self.state.record(Raised, "raised", name) is not None

    def raise_due(self, rule: Rule, subject: str, since: str, finding: Finding) -> bool:
        """Raise something, unless it was raised before, and tell whether it is new.

        Args:
            rule: whose it is.
            subject: what it is about: an application, a permit, a node.
            since: the day or year that tells this occasion from another of the same subject.
            finding: what is due, with its figures and words.
        """
        if self.is_raised(rule, subject, since):
            return False
        self.raised.append(finding)
        self.draft.records["raised", f"{rule.id} {subject} {since}"] = Raised(rule.id, subject, self.day)
        return True


def _silent(case: Case, found: Findings) -> None:
    """Say nothing."""


@dataclass(frozen=True, kw_only=True)
class Rule(Member):
    """One rule; its ``reference`` is the clause that every refusal prints.

    Attributes:
        in_force: since when the clause is law. What it would refuse on an earlier day is a warning.
        territory: where it is law: ``CN`` the whole country, ``CN-15`` Inner Mongolia, ``YR`` the Yellow River basin;
            the setting ``territory`` lists those of a ledger, and without it every rule is applied.
        rank: the rank of its highest source.
        texts: what it says, as templates over facts.
        events: the kinds of events that it judges.
        check: finds what the rule says to a case.
        due: raises what has become due as time passes, None where nothing does.
        arithmetic: whether it is the ledger's own arithmetic, held for events of every date and place.
        unfit: whether it also speaks where the event's fields are too few to tell what it would do.
        exempts_none: whether it refuses even what needs no permit.
    """

    in_force: date
    territory: str
    rank: Literal["law", "regulation", "rule", "notice"]
    texts: Mapping[str, Text]
    events: frozenset[str] = frozenset()
    check: Callable[[Case, Findings], None] = _silent
    due: Callable[[Tick], None] | None = None
    arithmetic: bool = False
    unfit: bool = False
    exempts_none: bool = False

    @cached_property
    def id(self) -> str:
        """The rule's number, e.g. ``R01``."""
        return self.name.upper()

    @cached_property
    def since(self) -> str:
        """The day since which the clause is law, ISO 8601."""
        return self.in_force.isoformat()

    def finding(self, text: str, node: str | None, facts: Mapping[str, Any], **words: object) -> Finding:
        """Return a finding of this rule.

        Args:
            text: a name in `texts`.
            node: the place concerned.
            facts: the figures that go into the JSON and the text.
            **words: further words for the text alone.
        """
        return Finding(self.id, self.reference, node, facts, fill(self.texts[text], {**facts, **words}))


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by name, in their order."""
    return load_family("hetao.ledger.rules", Rule)


@cache
def rules_for(event: str) -> tuple[Rule, ...]:
    """Return the rules that judge a kind of event, in their order."""
    return tuple(rule for rule in rules().values() if event in rule.events)


@cache
def ticking_rules() -> tuple[Rule, ...]:
    """Return the rules that make things due, in their order."""
    return tuple(rule for rule in rules().values() if rule.due is not None)

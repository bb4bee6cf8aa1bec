"""What a rule declares: its clause, its date, place and rank, its texts, and its check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from hetao.family import Member, load_family
from hetao.ledger.event import Event
from hetao.ledger.outcome import Finding, Findings, fill
from hetao.ledger.state import Draft, State
from hetao.text import Text

__all__ = ["Case", "Rule", "rules"]


@dataclass(frozen=True)
class Case:
    """An event before the rules.

    Attributes:
        event: the event, with the fields that fit.
        left: fields that the event contract leaves to a rule, as ``(field, rule)``.
        state: the ledger before the event.
        draft: what the event would do.
        after: the ledger as it would be.
    """

    event: Event
    left: tuple[tuple[str, str], ...]
    state: State
    draft: Draft
    after: State


@dataclass(frozen=True, kw_only=True)
class Rule(Member):
    """One rule; its ``reference`` is the clause that every refusal prints.

    The rules that are also the ledger's own arithmetic (R01 to R03) are held for events of every date.

    Attributes:
        in_force: since when the clause is law.
        territory: where it is law; ``CN`` for the whole country.
        rank: the rank of its highest source.
        texts: what it says, as templates over facts.
        check: finds what the rule says to a case.
    """

    in_force: date
    territory: str
    rank: Literal["law", "regulation", "notice"]
    texts: Mapping[str, Text]
    check: Callable[[Case, Findings], None]

    @property
    def id(self) -> str:
        """The rule's number, e.g. ``R01``."""
        return self.name.upper()

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

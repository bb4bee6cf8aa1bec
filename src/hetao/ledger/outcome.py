"""What the ledger answers to an event: the decision, its reasons in both languages, and its postings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from hetao.ledger.line import Line
from hetao.ledger.words import in_words
from hetao.text import Text

__all__ = ["Decision", "Effect", "Finding", "Findings", "Outcome", "dump_json", "fill", "shorten"]

Decision = Literal["posted", "admitted", "refused", "incomplete", "exempt", "referred", "duplicate"]
SHOWN = 60  # characters of what was handed in, where it is shown to be found again


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def shorten(text: str) -> str:
    """Return the first `SHOWN` characters of a text that was handed in; a text that goes on ends with an ellipsis."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def dump_json(value: object) -> str:
    """Return ``value`` as compact JSON on one line, Chinese kept readable.

    Raises:
        TypeError: the value has parts that JSON does not know.
        ValueError: the value holds NaN, an infinity or a circle.
    """
    return _ENCODER.encode(value)


def fill(template: Text, values: Mapping[str, object]) -> Text:
    """Fill both wordings of a template; a value that is itself a `Text` goes in by language, a code in words."""
    values = {name: in_words(name, value) for name, value in values.items()}
    zh = {k: v.zh if isinstance(v, Text) else v for k, v in values.items()}
    en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
    return Text(template.zh.format_map(zh), template.en.format_map(en))


class Finding(NamedTuple):
    """One reason for a refusal, a warning, a question, or something that became due.

    Attributes:
        rule: the rule's number, e.g. ``R01``, or the dotted name of a term of the event contract.
        clause: the statute and article, or the contract.
        node: the place concerned, None where there is none.
        facts: the figures; volumes are integers in m³.
        text: the reason in words.
    """

    rule: str
    clause: str
    node: str | None
    facts: Mapping[str, Any]
    text: Text

    def as_dict(self) -> dict[str, Any]:
        """Return the finding in the JSON shape of an outcome line."""
        words = {"text_zh": self.text.zh, "text_en": self.text.en}
        return {"rule": self.rule, "clause": self.clause, "node": self.node, "facts": dict(self.facts), **words}

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Finding:
        """Return the finding that `as_dict` wrote."""
        text = Text(shape["text_zh"], shape["text_en"])
        return cls(shape["rule"], shape["clause"], shape["node"], shape["facts"], text)


class Effect(NamedTuple):
    """One posting: by how much a balance changed.

    Attributes:
        node: whose balance.
        line: what it counts; of ``permitted``, ``planned`` and ``used``, the line of the withdrawal itself: ordinary
            ones stand on the line without ecological supply and count with it too.
        year: for or from which year of account.
        balance: ``cap``, ``reserve``, ``reported``, ``permitted``, ``planned`` or ``used``.
        amount_m3: the change in m³ a year; the sum over the journal is the balance.
    """

    node: str
    line: Line
    year: int
    balance: str
    amount_m3: int

    def to_json(self) -> str:
        """Return the posting as JSON, the same as `as_dict` gives."""
        return f"{_effect_start(self.node, self.line, self.year, self.balance)}{self.amount_m3}}}"

    def as_dict(self) -> dict[str, Any]:
        """Return the posting in the JSON shape of an outcome line."""
        water, basis, ecology = self.line
        return {
            "node": self.node,
            "water": water,
            "basis": basis,
            "ecology": ecology,
            "year": self.year,
            "balance": self.balance,
            "amount": self.amount_m3,
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Effect:
        """Return the posting that `as_dict` wrote."""
        line = Line(shape["water"], shape["basis"], shape["ecology"])
        return cls(shape["node"], line, shape["year"], shape["balance"], shape["amount"])


@lru_cache(maxsize=65_536)
def _effect_start(node: str, line: Line, year: int, balance: str) -> str:
    """Return a posting's JSON up to its amount; a busy ledger writes the same ones over and over."""
    return dump_json(Effect(node, line, year, balance, 0).as_dict()).removesuffix("0}")


@dataclass(slots=True)
class Findings:
    """Collects all that speaks about one event, in the order found.

    Attributes:
        refusals: why it is refused.
        warnings: what the user should know.
        missing: what is missing to judge it; it is then incomplete.
        referrals: why a person must decide.
        exemptions: why it needs no permit.
    """

    refusals: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)
    referrals: list[Finding] = field(default_factory=list)
    exemptions: list[Finding] = field(default_factory=list)

    def refuse(self, finding: Finding) -> None:
        """Record a reason why the event is refused."""
        self.refusals.append(finding)

    def warn(self, finding: Finding) -> None:
        """Record something that the user should know, without refusing."""
        self.warnings.append(finding)

    def ask(self, finding: Finding) -> None:
        """Record something that is missing."""
        self.missing.append(finding)

    def refer(self, finding: Finding) -> None:
        """Record a reason why a person must decide."""
        self.referrals.append(finding)

    def exempt(self, finding: Finding) -> None:
        """Record a reason why no permit is needed."""
        self.exemptions.append(finding)


@dataclass(frozen=True)
class Outcome:
    """The ledger's answer to one event.

    Attributes:
        seq: the journal entry that holds the event; None for a line that is no event and so is not kept.
        key: the event's key, None where it has no usable one.
        ok: whether the event took effect: posted, admitted or exempt.
        decision: what was decided; a repeated event brings its first answer back, marked ``duplicate``.
        refusals: every reason that applies: why refused, what is missing, or which rules need a person's decision.
        warnings: what the user should know.
        effects: the postings.
        raised: what became due.
    """

    seq: int | None
    key: str | None
    ok: bool
    decision: Decision
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    effects: tuple[Effect, ...] = ()
    raised: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome in its JSON shape; lists that do not apply are left out."""
        lists = {
            name: [part.as_dict() for part in getattr(self, name)]
            for name in ("refusals", "warnings", "effects", "raised")
            if getattr(self, name)
        }
        return {"seq": self.seq, "key": self.key, "ok": self.ok, "decision": self.decision, **lists}

    def to_json(self) -> str:
        """Return the outcome as one line of JSON."""
        shape: dict[str, Any] = {"seq": self.seq, "key": self.key, "ok": self.ok, "decision": self.decision}
        for name in ("refusals", "warnings"):
            if found := getattr(self, name):
                shape[name] = [part.as_dict() for part in found]
        text = dump_json(shape)
        if self.effects:
            text = f'{text[:-1]},"effects":[{",".join([e.to_json() for e in self.effects])}]}}'
        if self.raised:
            text = f'{text[:-1]},"raised":{dump_json([part.as_dict() for part in self.raised])}}}'
        return text

    @classmethod
    def from_json(cls, line: str) -> Outcome:
        """Return the outcome that `to_json` wrote."""
        shape = json.loads(line)
        refusals, warnings, raised = (
            tuple(map(Finding.from_dict, shape.get(name, ()))) for name in ("refusals", "warnings", "raised")
        )
        effects = tuple(map(Effect.from_dict, shape.get("effects", ())))
        answer = shape["seq"], shape["key"], shape["ok"], shape["decision"]
        return cls(*answer, refusals=refusals, warnings=warnings, effects=effects, raised=raised)

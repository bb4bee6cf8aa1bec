"""Judging one event against a state: a pure function of the two."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from hetao.ledger.act import COMMON, Act, acts
from hetao.ledger.contract import breach
from hetao.ledger.event import Event, Malformed
from hetao.ledger.outcome import Effect, Findings, Outcome, dump_json
from hetao.ledger.rule import Case, rules
from hetao.ledger.state import Draft, State

__all__ = ["event_key", "instant_of", "judge", "reject"]


def event_key(event: Event) -> str | None:
    """Return the event's key, None where it has none that fits."""
    key = event.raw.get("key")
    return key if COMMON["key"].fits(key) else None


def instant_of(event: Event) -> datetime:
    """Return when an event that was judged fit takes legal effect."""
    return datetime.fromisoformat(event.fields["at"])


def reject(line: Malformed) -> Outcome:
    """Return the answer to a line that is no event: it has no entry in the journal."""
    finding = breach("line.malformed", {"reason": line.reason.en, "start": line.start}, words={"reason": line.reason})
    return Outcome(None, None, False, "refused", refusals=(finding,))


def judge(state: State, event: Event, seq: int, first_seq: int | None) -> tuple[Outcome, Event, Draft | None]:
    """Return the answer to an event, the event with the fields that fit, and what it does to the ledger.

    Args:
        state: the ledger before the event; it is left as it is.
        event: the event.
        seq: the journal entry that will hold it.
        first_seq: the entry that already owns the event's key with other content, None for a new key.

    Returns:
        The outcome, the event, and the draft to post; None where the event is refused.
    """
    found = Findings()
    key = event_key(event)
    if first_seq is not None:
        found.refuse(breach("key.reused", {"key": key, "first_seq": first_seq}))
    act = acts().get(event.raw["event"]) if isinstance(event.raw.get("event"), str) else None
    event = _check_fields(event, act, found)
    _check_time(state, event, found)
    draft = None if act is None else _apply_rules(state, event, act, found)
    if found.refusals:
        return Outcome(seq, key, False, "refused", tuple(found.refusals), tuple(found.warnings)), event, None
    draft = draft or Draft()
    return Outcome(seq, key, True, "posted", (), tuple(found.warnings), _effects(state, draft)), event, draft


def _check_fields(event: Event, act: Act | None, found: Findings) -> Event:
    """Refuse what does not fit and return the event with the fields that do."""
    kind, node = event.raw.get("event"), event.raw.get("node")
    place = node if isinstance(node, str) else None
    specs = COMMON if act is None else act.all_fields
    shown = _shorten(kind)
    if act is None and "event" in event.raw:
        found.refuse(breach("event.unknown", {"event": shown}, node=place, words={"known": ", ".join(acts())}))
    for name in event.raw:
        if name not in specs and act is not None:
            facts = {"event": shown, "field": name[:60]}
            found.refuse(breach("event.unknown_field", facts, node=place, words={"known": ", ".join(specs)}))
    fits: dict[str, Any] = {}
    for name, spec in specs.items():
        value = event.raw.get(name)
        words: dict[str, object] = {"event": shown, "expected": spec.expected}
        if name in event.raw and spec.fits(value):
            fits[name] = value
        elif spec.rule or (name == "event" and name in event.raw):
            continue
        elif name in event.raw:
            facts = {"field": name, "found": _shorten(value)}
            found.refuse(breach("event.bad_field", facts, node=place, words=words))
        elif spec.required:
            found.refuse(breach("event.missing_field", {"field": name}, node=place, words=words))
    return replace(event, fields=fits)


def _shorten(value: object) -> str:
    return value[:60] if isinstance(value, str) else dump_json(value)[:60]


def _check_time(state: State, event: Event, found: Findings) -> None:
    """Refuse an event whose time lies before what is posted, unless it says from when it takes effect."""
    if not event.has("at") or "effective" in event.raw or state.clock is None:
        return
    if instant_of(event) < state.clock:
        facts = {"at": event.fields["at"], "latest": state.clock.isoformat()}
        found.refuse(breach("event.backwards", facts))


def _apply_rules(state: State, event: Event, act: Act, found: Findings) -> Draft | None:
    """Let the event's kind and then every rule speak, and return what the event would do."""
    draft = act.draft(state, event, found)
    left = tuple((name, f.rule) for name, f in act.fields.items() if f.rule and name not in event.fields)
    assumed = draft or Draft()
    case = Case(event, left, state, assumed, state.after(assumed.postings))
    for rule in rules().values():
        rule.check(case, found)
    return draft


def _effects(state: State, draft: Draft) -> tuple[Effect, ...]:
    """Return by how much each posting changes the balance stated for its year; what stays the same is left out."""
    effects = []
    for p in draft.postings:
        before = state.stated(p.node, p.line, p.balance, p.year)
        change_m3 = p.amount_m3 - (0 if before is None else before.amount_m3)
        if change_m3:
            effects.append(Effect(p.node, p.line, p.year, p.balance, change_m3))
    return tuple(effects)

"""Judging one event against a state: a pure function of the two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from hetao.ledger.act import COMMON, COMMON_DEMANDED, Act, acts
from hetao.ledger.closing import check_open
from hetao.ledger.contract import breach
from hetao.ledger.draft import Draft
from hetao.ledger.event import Event, Malformed
from hetao.ledger.fields import Field, is_blank
from hetao.ledger.line import BALANCES, WATERS, drawn_lines
from hetao.ledger.outcome import Decision, Effect, Finding, Findings, Outcome, dump_json, shorten
from hetao.ledger.rule import Case, Rule, Tick, rules, rules_for, ticking_rules
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["event_key", "instant_of", "judge", "reject", "what_is_due"]

Check = Callable[[Case, Findings], None]
OK: frozenset[Decision] = frozenset({"posted", "admitted", "exempt"})
DRAWN = {  # water → for each amount of a cell, the line that it stands on and its balance
    water: tuple((line, balance) for line in drawn_lines(water, ecological=False) for balance in BALANCES)
    for water in WATERS
}


class _Speaking(NamedTuple):
    """The rules that speak on a day, each with its check, or with a warning of it where it is not law yet."""

    day: str
    rules: tuple[tuple[Rule, Check], ...]


def event_key(event: Event) -> str | None:
    """Return the event's key, None where it has none that fits."""
    key = event.raw.get("key")
    return key if COMMON["key"].fits(key) else None


def instant_of(event: Event) -> datetime:
    """Return when an event that was judged fit takes legal effect."""
    return datetime.fromisoformat(event.fields["at"])


def reject(line: Malformed) -> Outcome:
    """Return the answer to a line that is no event: it has no entry in the journal."""
    facts = {"reason": line.reason.en, "start": line.start, **({} if line.line is None else {"line": line.line})}
    where = Text("此行", "The line") if line.line is None else Text(f"第 {line.line} 行", f"Line {line.line}")
    finding = breach("line.malformed", facts, words={"reason": line.reason, "where": where})
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
    event, left = _check_fields(event, act, found)
    _check_time(state, event, found)
    if act is None:
        return Outcome(seq, key, False, "refused", tuple(found.refusals)), event, None
    draft = act.draft(state, event, found)
    case = Case(event, left, state, draft or Draft(), draft is not None)
    if not act.ticks and "corrects" not in event.fields:
        check_open(state, case.draft, found)
    _apply_rules(case, found)
    raised: tuple[Finding, ...] = ()
    if act.ticks and not found.refusals:
        raised = _let_time_pass(state, case)
    decision = _decide(act, case, found)
    if decision == "refused":
        against = (*found.refusals, *found.missing, *found.referrals)
        return Outcome(seq, key, False, decision, against, tuple(found.warnings)), event, None
    settled = case.draft if act.settle is None else act.settle(case, decision, found)
    asked = {"incomplete": found.missing, "referred": found.referrals}.get(decision, [])
    warnings = (*(found.exemptions if decision == "exempt" else ()), *found.warnings)
    effects = _effects(state, settled)
    return Outcome(seq, key, decision in OK, decision, tuple(asked), warnings, effects, raised), event, settled


def what_is_due(state: State, day: str) -> tuple[Finding, ...]:
    """Return what a tick to a day would raise; nothing is posted."""
    return _raise_due(Tick(state, day))


def _decide(act: Act, case: Case, found: Findings) -> Decision:
    """Return the decision: an exemption stands unless a rule that knows none refuses; a refusal before a question."""
    if found.exemptions:
        members = rules()
        exempt_none = (
            f for f in found.refusals if f.rule.lower() not in members or members[f.rule.lower()].exempts_none
        )
        if not any(exempt_none):
            return "exempt"
    if found.refusals:
        return "refused"
    if found.missing:
        return "incomplete" if act.settle is not None else "refused"
    if found.referrals:
        return "referred" if act.settle is not None else "refused"
    return act.decision


def _check_fields(event: Event, act: Act | None, found: Findings) -> tuple[Event, tuple[tuple[str, str], ...]]:
    """Refuse what does not fit; return the event with the fields that do, and what is left to rules."""
    raw = event.raw
    specs = COMMON if act is None else act.all_fields
    fits: dict[str, Any] = {}
    odd: list[str] = []
    for name, value in raw.items():
        spec = specs.get(name)
        if spec is not None and spec.fits(value):
            fits[name] = value
        else:
            odd.append(name)
    odd += (name for name in (COMMON_DEMANDED if act is None else act.demanded) if name not in raw)
    left = tuple(_left_to_rules(raw, specs, act, odd, found)) if odd or act is None else ()
    return Event(event.text, raw, fits), left


def _left_to_rules(
    raw: Mapping[str, Any], specs: Mapping[str, Field], act: Act | None, odd: Iterable[str], found: Findings
) -> Iterator[tuple[str, str]]:
    """Yield the fields that rules judge, with the rule; refuse the others that do not fit or are not there."""
    node, kind = raw.get("node"), _shown(raw.get("event"))
    place = node if isinstance(node, str) else None
    for name in odd:
        spec = specs.get(name)
        if spec is None:
            if act is not None:
                words: dict[str, object] = {"known": ", ".join(specs)}
                facts = {"event": act.event, "field": shorten(name)}
                found.refuse(breach("event.unknown_field", facts, node=place, words=words))
        elif spec.rule or (spec.ask and is_blank(raw.get(name))):
            yield name, spec.rule or spec.ask
        elif name not in raw:
            words = {"event": kind, "expected": spec.expected}
            found.refuse(breach("event.missing_field", {"field": name}, node=place, words=words))
        else:
            words = {"event": kind, "expected": spec.expected}
            facts = {"field": name, "found": shorten(dump_json(raw[name]))}
            found.refuse(breach("event.bad_field", facts, node=place, words=words))
    if act is None and isinstance(raw.get("event"), str):
        words = {"known": ", ".join(acts())}
        found.refuse(breach("event.unknown", {"event": kind}, node=place, words=words))


def _shown(value: object) -> str:
    return shorten(value if isinstance(value, str) else dump_json(value))


def _check_time(state: State, event: Event, found: Findings) -> None:
    """Refuse an event whose time lies before what is posted, unless it says from when it takes effect."""
    if not event.has("at") or "effective" in event.raw or state.clock is None:
        return
    if instant_of(event) < state.clock:
        facts = {"at": event.fields["at"], "latest": state.clock.isoformat()}
        found.refuse(breach("event.backwards", facts))


def _apply_rules(case: Case, found: Findings) -> None:
    """Let every rule of the event's kind speak; one that is not law yet, or not here, only warns or stays silent."""
    if not case.event.has("at", "event"):
        return
    drafted = case.drafted
    for rule, check in _speaking(case.state, case.kind, case.day):
        if drafted or rule.unfit:
            check(case, found)


def _speaking(state: State, kind: str, day: str) -> tuple[tuple[Rule, Check], ...]:
    """Return the rules that speak to a kind of event on a day, each with how; worked out once while nothing changes."""
    known = state.memo.get(("rules", kind))
    if not isinstance(known, _Speaking) or known.day != day:
        here = (rule for rule in rules_for(kind) if rule.arithmetic or _holds_here(state, rule, day))
        told = tuple((r, r.check if r.arithmetic or r.since <= day else partial(_warn_ahead, r)) for r in here)
        known = state.memo["rules", kind] = _Speaking(day, told)
    return known.rules


def _holds_here(state: State, rule: Rule, day: str) -> bool:
    """Tell whether a rule is law where the ledger is kept."""
    if rule.territory == "CN":
        return True
    setting = find_setting(state, "territory", day)
    return setting is None or not isinstance(setting.value, list) or rule.territory in setting.value


def _warn_ahead(rule: Rule, case: Case, found: Findings) -> None:
    """Warn of what a rule would say once it is in force."""
    ahead = Findings()
    rule.check(case, ahead)
    for finding in (*ahead.refusals, *ahead.missing, *ahead.referrals):
        zh = f"{finding.text.zh}（该规则自 {rule.since} 起施行，此前只作提示。）"
        en = f"{finding.text.en} (The rule is in force from {rule.since}; until then this is only a remark.)"
        found.warn(finding._replace(facts={**finding.facts, "in_force": rule.since}, text=Text(zh, en)))


def _let_time_pass(state: State, case: Case) -> tuple[Finding, ...]:
    return _raise_due(Tick(state, case.day, case.draft))


def _raise_due(tick: Tick) -> tuple[Finding, ...]:
    for rule in ticking_rules():
        if rule.due is not None and _holds_here(tick.state, rule, tick.day) and rule.since <= tick.day:
            rule.due(tick)
    return tuple(tick.raised)


def _effects(state: State, draft: Draft) -> tuple[Effect, ...]:
    """Return by how much each balance changes; what stays the same is left out."""
    effects = []
    for p in draft.postings:
        before = state.stated(p.node, p.line, p.balance, p.year)
        change_m3 = p.amount_m3 - (0 if before is None else before.amount_m3)
        if change_m3:
            effects.append(Effect(p.node, p.line, p.year, p.balance, change_m3))
    indices = sorted(draft.drawn)
    for (node, water, year), change in draft.draws.items():
        for index in indices:
            if amount_m3 := change[index]:
                line, balance = DRAWN[water][index]
                effects.append(Effect(node, line, year, balance, amount_m3))
    return tuple(effects)

"""Explaining: what would become of an application, without filing it, and the largest volume that would pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hetao.errors import LedgerError, Place, Problem
from hetao.ledger.act import acts
from hetao.ledger.event import Event, Malformed, read_event
from hetao.ledger.fields import VOLUME_MAX
from hetao.ledger.judge import judge
from hetao.ledger.limits import effective_m3, room_m3
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.outcome import Decision, Finding, Outcome, dump_json, shorten
from hetao.ledger.records import Application
from hetao.ledger.rights import charges_of, is_ecological
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["Explanation", "Level", "explain"]

ASSUMED: Mapping[str, Any] = {  # what a question may leave out; none of it decides whether the volume fits
    "event": "apply",
    "by": "explain",
    "applicant": "explain",
    "purpose": "industry",
    "project": "none",
    "saving_measures": True,
    "return_water": True,
    "metering": "online",
    "demonstration": True,
}
PASSES: frozenset[Decision] = frozenset({"admitted", "exempt"})
REMEDY = Text("补全或改正问题", "complete or correct the question")
# against a question itself, so that it has no answer: neither yes nor no
UNFIT = frozenset({"event.backwards", "event.bad_field", "event.missing_field", "event.unknown_field"})


@dataclass(frozen=True)
class Level:
    """One cap on the way of an application, in the year in which it leaves least.

    Attributes:
        node: the place.
        line: what the cap counts.
        year: the year of account.
        cap_m3: the cap, after orders in force.
        permitted_m3: what is permitted under it.
        room_m3: what is left for new rights.
    """

    node: str
    line: Line
    year: int
    cap_m3: int
    permitted_m3: int
    room_m3: int

    def as_dict(self) -> dict[str, Any]:
        """Return the level in its JSON shape."""
        tail = {"year": self.year, "cap_m3": self.cap_m3, "permitted_m3": self.permitted_m3, "room_m3": self.room_m3}
        return {"node": self.node, **self.line._asdict(), **tail}


@dataclass(frozen=True)
class Explanation:
    """The answer to a question for a volume at a place.

    A question is an ``apply`` event; it may leave out ``key``, ``at`` (then the ledger's own latest time),
    ``application``, ``monthly_m3``, and whatever `hetao.ledger.explain.ASSUMED` fills in.

    Attributes:
        decision: what the ledger would decide.
        volume_m3: the volume asked for.
        largest_m3: the largest volume that would pass; None where none would, not even 1 m³.
        over_m3: by how much the volume exceeds it; None where none would pass.
        reasons: every rule that speaks against the volume.
        warnings: what would be remarked.
        levels: every cap on the way, from the widest to the nearest.
        blocking: the levels that leave less than the volume.
    """

    decision: Decision
    volume_m3: int
    largest_m3: int | None
    over_m3: int | None
    reasons: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    levels: tuple[Level, ...]
    blocking: tuple[Level, ...]

    @property
    def ok(self) -> bool:
        """Whether the volume would pass."""
        return self.decision in PASSES

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation in its JSON shape."""
        return {
            "ok": self.ok,
            "decision": self.decision,
            "volume_m3": self.volume_m3,
            "largest_m3": self.largest_m3,
            "over_m3": self.over_m3,
            "reasons": [f.as_dict() for f in self.reasons],
            "warnings": [f.as_dict() for f in self.warnings],
            "levels": [level.as_dict() for level in self.levels],
            "blocking": [level.as_dict() for level in self.blocking],
        }


def explain(state: State, question: Mapping[str, Any] | str) -> Explanation:
    """Return what would become of an application, and the largest volume that would pass; the state is left as it is.

    Args:
        state: the ledger.
        question: an ``apply`` event, see `Explanation`.

    Raises:
        LedgerError: the question does not tell node, water, volume and term, names what does not exist, or has a
            field that fits no application.
    """
    asked = _complete(state, question)
    outcome = _judge(state, asked)
    right = _right(state, asked)
    if right is None or any(f.rule in UNFIT for f in outcome.refusals):
        raise _unanswerable(outcome.refusals)
    volume_m3 = int(asked["volume_m3"])
    largest_m3 = _largest(state, asked, volume_m3, passes=outcome.decision in PASSES)
    levels = tuple(_levels(state, right))
    over_m3 = None if largest_m3 is None else max(0, volume_m3 - largest_m3)
    blocking = tuple(level for level in levels if level.room_m3 < volume_m3)
    return Explanation(
        outcome.decision, volume_m3, largest_m3, over_m3, outcome.refusals, outcome.warnings, levels, blocking
    )


def _complete(state: State, question: Mapping[str, Any] | str) -> dict[str, Any]:
    """Return the question as a whole application."""
    reading = read_event(question)
    if isinstance(reading, Malformed):
        raise _problem(reading.reason)
    asked = {**ASSUMED, **reading.raw}
    if asked["event"] != "apply":
        shown = shorten(dump_json(asked["event"]))
        raise _problem(Text(f"事件 {shown}", f"the event {shown}"))
    asked.setdefault("key", "explain")
    asked.setdefault("application", "explain")
    if state.clock is not None:
        asked.setdefault("at", state.clock.isoformat())
    return asked


def _with_volume(asked: Mapping[str, Any], volume_m3: int) -> dict[str, Any]:
    """Return the application for another volume, its months with it unless they were stated for this one."""
    if asked.get("volume_m3") == volume_m3 and "monthly_m3" in asked:
        return dict(asked)
    each, left = divmod(volume_m3, 12)
    return {**asked, "volume_m3": volume_m3, "monthly_m3": [each + (month < left) for month in range(12)]}


def _event(asked: Mapping[str, Any], volume_m3: int) -> Event:
    reading = read_event(_with_volume(asked, volume_m3))
    assert isinstance(reading, Event)
    return reading


def _judge(state: State, asked: Mapping[str, Any]) -> Outcome:
    volume_m3 = asked.get("volume_m3")
    if not acts()["apply"].fields["volume_m3"].fits(volume_m3):
        event = read_event({"monthly_m3": [0] * 12, **asked})  # the volume alone is wrong, not the months made of it
        assert isinstance(event, Event)
        return judge(state, event, 0, None)[0]
    return judge(state, _event(asked, int(str(volume_m3))), 0, None)[0]


def _right(state: State, asked: Mapping[str, Any]) -> Application | None:
    """Return what the application would draw; None where it does not say enough."""
    fields = acts()["apply"].fields
    needed = ("node", "water", "volume_m3", "from", "to")
    if not all(fields[name].fits(asked.get(name)) for name in needed) or asked["node"] not in state.nodes:
        return None
    if asked["to"] < asked["from"]:
        return None
    charges = charges_of(asked["water"], asked["volume_m3"], asked["from"], asked["to"])
    term = asked["volume_m3"], asked["from"], asked["to"], str(asked["purpose"])
    return Application("", "", asked["node"], asked["water"], *term, "admitted", {}, charges, "")


def _largest(state: State, asked: Mapping[str, Any], volume_m3: int, *, passes: bool) -> int | None:
    """Return the largest volume that would pass: what the rules say is tried, not guessed.

    More water is never easier to get than less, so the border is found by halving.
    """

    def fits(m3: int) -> bool:
        return judge(state, _event(asked, m3), 0, None)[0].decision in PASSES

    low, high = (volume_m3, VOLUME_MAX + 1) if passes else (0, volume_m3)
    if not passes and not fits(1):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _levels(state: State, right: Application) -> list[Level]:
    """Return every cap on the way, each in the year in which it leaves least."""
    tightest: dict[tuple[str, Line], Level] = {}
    for nodes, charge in state.cells(right.node, right.charges):
        for node in nodes:
            for line in drawn_lines(charge.water, ecological=is_ecological(right.purpose)):
                room = room_m3(state, node, line, charge.year, "permitted")
                cap_m3 = effective_m3(state, node, line, charge.year)
                if room is None or cap_m3 is None:
                    continue
                held = state.amount_m3(node, line, "permitted", charge.year)
                level = Level(node, line, charge.year, cap_m3, held, room)
                known = tightest.get((node, line))
                if known is None or level.room_m3 < known.room_m3:
                    tightest[node, line] = level
    return list(tightest.values())


def _unanswerable(reasons: tuple[Finding, ...]) -> LedgerError:
    problems = [_unfit_field(f) or _reason(f"ledger.explain.{f.rule}", f.text) for f in reasons]
    unclear = Text("不完整的问题", "an incomplete question")
    return LedgerError(problems or [_reason("ledger.explain.unclear", unclear)])


def _unfit_field(finding: Finding) -> Problem | None:
    """Return what is wrong with one field of a question; None where it is not about one."""
    name = finding.facts.get("field")
    field = acts()["apply"].all_fields.get(name) if finding.rule in UNFIT and isinstance(name, str) else None
    if field is None:
        return None
    found = finding.facts.get("found")
    told = Text("没有给出", "nothing") if found is None else Text(str(found), str(found))
    return Problem(f"ledger.explain.{finding.rule}", Place(item=f"explain {name}"), told, field.expected, REMEDY)


def _reason(code: str, found: Text) -> Problem:
    expected = Text(
        "写明 node、water、volume_m3、from、to 的申请", "an application with node, water, volume_m3, from, to"
    )
    return Problem(code, Place(item="explain"), found, expected, REMEDY)


def _problem(reason: Text) -> LedgerError:
    expected = Text("一件申请（apply 事件的 JSON 对象）", "an application: the JSON object of an apply event")
    return LedgerError([Problem("ledger.explain.malformed", Place(item="explain"), reason, expected, REMEDY)])

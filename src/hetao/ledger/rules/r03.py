"""R03: every volume names its basis and ecology; unlike bases are never compared and never converted."""

from __future__ import annotations

from datetime import date

from hetao.ledger.line import BASES, ECOLOGIES, Line
from hetao.ledger.outcome import Findings, dump_json, shorten
from hetao.ledger.rule import Case, Rule
from hetao.text import Text

OPTIONS = {"basis": BASES, "ecology": ECOLOGIES}


def _check_stated(case: Case, found: Findings) -> None:
    """Refuse a volume whose basis or ecology is not named."""
    for field in (field for field, rule in case.left if rule == MEMBER.id):
        shown = shorten(dump_json(case.event.raw[field])) if field in case.event.raw else None
        words = {
            "stated": Text("未写明", "missing") if shown is None else shown,
            "expected": Text(
                "、".join(f"{option}（{label.zh}）" for option, label in OPTIONS[field].items()),
                " or ".join(f"{option} ({label.en})" for option, label in OPTIONS[field].items()),
            ),
        }
        facts = {"field": field, "found": shown}
        found.refuse(MEMBER.finding("unstated", case.event.fields.get("node"), facts, **words))


def _bases(lines: tuple[Line, ...]) -> list[dict[str, str]]:
    return [{"basis": line.basis, "ecology": line.ecology} for line in lines]


def _check_alike(case: Case, found: Findings) -> None:
    """Refuse a comparison for which the ledger holds only figures on other bases; a published use is kept, warned."""
    if case.draft.compared is None:
        return
    node, line, year, balance = case.draft.compared
    if case.state.find(node, line, balance, year) is not None:
        return
    held = case.state.held(node, line.water, balance, year)
    if not held:
        return
    listed = Text("；".join(h.label.zh for h in held), "; ".join(h.label.en for h in held))
    words = {"place": case.state.nodes[node].label, "year": year, "line": line.label, "listed": listed}
    facts = {"stated": _bases((line,))[0], "held": _bases(held)}
    if case.event.fields["event"] == "use":
        facts["use_m3"] = case.event.fields["volume_m3"]
        found.warn(MEMBER.finding("unbound", node, facts, **words))
    else:
        found.refuse(MEMBER.finding("unlike", node, facts, **words))


def _check(case: Case, found: Findings) -> None:
    _check_stated(case, found)
    _check_alike(case, found)


MEMBER = Rule(
    name="r03",
    title=Text("口径须写明且不得混比", "The basis is named and never mixed"),
    reference=(
        "《取水许可和水资源费征收管理条例》第七条（流域按耗水、行政区域按取水）"
        " (State Council order 460 art. 7: basins in consumption, areas in withdrawal)"
    ),
    events=frozenset({"cap", "breakdown", "use", "assert"}),
    arithmetic=True,
    unfit=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "unstated": Text(
            "口径字段 {field} {stated}；应为 {expected}。水量必须写明口径。",
            "The field {field} is {stated}; expected {expected}. Every volume must name its basis.",
        ),
        "unlike": Text(
            "{place} {year} 年：所写口径为 {line}，台账中只有：{listed}。不同口径不作比较，也不换算。",
            "{place}, {year}: the event speaks of {line}, the ledger holds only {listed}. "
            "Unlike bases are neither compared nor converted.",
        ),
        "unbound": Text(
            "{place} {year} 年：在 {line} 上没有约束该用水量的上限；"
            "上限的口径为：{listed}。不同口径不作比较，也不换算。",
            "{place}, {year}: nothing binds this use on {line}; caps exist on {listed}. "
            "Unlike bases are neither compared nor converted.",
        ),
    },
    check=_check,
)

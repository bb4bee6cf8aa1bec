"""R21: where use nears a cap, approvals are restricted; where it reaches the cap, or is owed, they are suspended."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from hetao.ledger.line import WATERS, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.pressure import Pressure, pressure_in, pressures
from hetao.ledger.records import Application
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.settings import find_setting, read_ratio
from hetao.ledger.state import State
from hetao.ledger.years import year_of
from hetao.text import Text


class _Ratio(NamedTuple):
    """The warning ratio at a place on a day, exactly and as it was given; None where none is."""

    day: str
    share: Fraction | None
    text: str


def _warning_ratio(state: State, node: str, day: str) -> _Ratio:
    known = state.memo.get(("warning_ratio", node))
    if not isinstance(known, _Ratio) or known.day != day:
        setting = find_setting(state, "warning_ratio", day, node)
        value = None if setting is None else setting.value
        known = state.memo["warning_ratio", node] = _Ratio(day, read_ratio(value), str(value))
    return known


def _facts(pressure: Pressure, ratio: str = "") -> dict[str, object]:
    line = pressure.line
    facts: dict[str, object] = {"water": line.water, "ecology": line.ecology, "year": pressure.year}
    facts |= {} if pressure.use_m3 is None else {"use_m3": pressure.use_m3, "limit_m3": pressure.limit_m3}
    facts |= {"debt_m3": pressure.debt_m3} if pressure.debt_m3 else {}
    return facts | ({"warning_ratio": ratio} if ratio else {})


def _parts(pressure: Pressure) -> int:
    """Return how many ten-thousandths of the cap were used, rounded down."""
    return (pressure.use_m3 or 0) * 10_000 // (pressure.limit_m3 or 1)


def _words(state: State, pressure: Pressure) -> dict[str, object]:
    parts = _parts(pressure)
    owed = f"{pressure.debt_m3:,} m³"
    return {
        "place": state.nodes[pressure.node].label,
        "line": pressure.line.label,
        "percent": f"{parts // 100}.{parts % 100:02} %",
        "owed": Text(f"；累计超用 {owed} 尚未抵还", f"; {owed} are owed in all") if pressure.debt_m3 else "",
    }


def _judge_caps(case: Case, found: Findings) -> list[str]:
    """Refuse what is suspended, warn of what is restricted, and return the nodes that restrict."""
    restricted: list[str] = []
    unset: list[Pressure] = []
    suspended = False
    for pressure in pressures(case.state, case.grants, case.day):
        node, ratio = pressure.node, _warning_ratio(case.state, pressure.node, case.day)
        full = pressure.reaches(1)
        if full or pressure.debt_m3:
            suspended = True
            text = "suspended" if full else "debt"
            found.refuse(MEMBER.finding(text, node, _facts(pressure), **_words(case.state, pressure)))
        elif ratio.share is None:
            unset.append(pressure)
        elif pressure.reaches(ratio.share):
            restricted.append(node)
            found.warn(MEMBER.finding("restricted", node, _facts(pressure, ratio.text), **_words(case.state, pressure)))
    if unset and not suspended:
        most = max(unset, key=_parts)
        found.warn(MEMBER.finding("unset", most.node, _facts(most), **_words(case.state, most)))
    return restricted


def _highest(state: State, node: str, restricted: set[str]) -> str:
    """Return the highest of the nodes that restrict, basins before places."""
    return next(place for place in (*state.basins(node), *state.path(node)) if place in restricted)


def _higher(state: State, node: str, escalate: str) -> tuple[str, ...]:
    """Return who stands above a node that restricts: its ancestors, and the basins in which the right's node lies.

    Above a basin stands what is declared above it; a basin without parent decides for itself.
    """
    above = tuple(state.above(escalate))
    if state.nodes[escalate].kind == "basin":
        return above or (escalate,)
    return (*above, *state.basins(node))


def _check_approver(case: Case, node: str, escalate: str, found: Findings) -> None:
    """Refuse an approver that does not stand above the node that restricts; say so where this cannot be told."""
    approver, allowed = case.fields.get("approver"), _higher(case.state, node, escalate)
    if approver is None or approver in allowed:
        return
    facts = {"approver": approver, "escalate": escalate, "allowed": list(allowed)}
    named = ", ".join(allowed)
    words = {"place": case.state.nodes[escalate].label, "listed": Text(named or "无", named or "none declared")}
    if approver in case.state.nodes:
        found.refuse(MEMBER.finding("approver", escalate, facts, **words))
    else:
        found.warn(MEMBER.finding("stranger", escalate, facts, **words))


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    assert right is not None
    restricted = set(_judge_caps(case, found))
    restricted |= {right.escalate} if isinstance(right, Application) and right.escalate else set()
    if not restricted:
        return
    escalate = _highest(case.state, right.node, restricted)
    if isinstance(right, Application) and escalate != right.escalate:
        case.draft.right = right = right._replace(escalate=escalate)
        case.draft.records["application", right.application] = right
    _check_approver(case, right.node, escalate, found)


def _due(tick: Tick) -> None:
    """Raise every cap whose use of a year passes the warning ratio, and again where it reaches the cap.

    The use of the last year is often published in this one only.
    """
    for node in tick.state.nodes:
        ratio = _warning_ratio(tick.state, node, tick.day)
        for water in WATERS:
            for line in drawn_lines(water, ecological=False):
                year = year_of(water, tick.day)
                for pressure in (pressure_in(tick.state, node, line, each) for each in (year - 1, year)):
                    if pressure is not None:
                        _raise(tick, pressure, ratio)


def _raise(tick: Tick, pressure: Pressure, ratio: _Ratio) -> None:
    subject = " ".join((pressure.node, pressure.line.water, pressure.line.ecology, str(pressure.year)))
    words = _words(tick.state, pressure)
    if pressure.reaches(1):
        finding = MEMBER.finding("suspended", pressure.node, _facts(pressure), **words)
        tick.raise_due(MEMBER, subject, "suspended", finding)
    elif ratio.share is not None and pressure.reaches(ratio.share):
        finding = MEMBER.finding("restricted", pressure.node, _facts(pressure, ratio.text), **words)
        tick.raise_due(MEMBER, subject, "restricted", finding)


MEMBER = Rule(
    name="r21",
    title=Text("用水接近上限限制审批，达到上限暂停审批", "Approvals are restricted near a cap and suspended at it"),
    reference=(
        "《国务院关于实行最严格水资源管理制度的意见》（国发〔2012〕3号）第（六）条"
        " (State Council Opinions on the strictest water resources management system, 2012 no. 3, item 6)"
    ),
    events=frozenset({"apply", "approve", "renew", "change", "accept_works"}),
    in_force=date(2012, 1, 12),
    territory="CN",
    rank="notice",
    texts={
        "suspended": Text(
            "{place} {year} 年{line}：用水量 {use_m3:,} m³，上限 {limit_m3:,} m³，已达到或超过上限{owed}；"
            "暂停审批新增取水。",
            "{place}, {year}, {line}: {use_m3:,} m³ were used of a cap of {limit_m3:,} m³; the cap is reached{owed}; "
            "approvals of new withdrawals are suspended.",
        ),
        "debt": Text(
            "{place}{line}：超上限用水 {debt_m3:,} m³ 尚未抵还；抵还之前不再新增审批。",
            "{place}, {line}: {debt_m3:,} m³ used above the cap are still owed; nothing more is granted "
            "until they are made up for.",
        ),
        "restricted": Text(
            "{place} {year} 年{line}：用水量 {use_m3:,} m³，为上限 {limit_m3:,} m³ 的 {percent}，不低于预警比例 "
            "{warning_ratio}，限制审批：须由其上级机关签批。",
            "{place}, {year}, {line}: {use_m3:,} m³ were used of a cap of {limit_m3:,} m³, {percent}, not below the "
            "warning ratio of {warning_ratio}; approvals are restricted and need the sign-off of a higher level.",
        ),
        "unset": Text(
            "{place} {year} 年{line}：用水量 {use_m3:,} m³，为上限 {limit_m3:,} m³ 的 {percent}；"
            "未给出预警比例（设置 warning_ratio），无法判断是否应限制审批。",
            "{place}, {year}, {line}: {use_m3:,} m³ were used of a cap of {limit_m3:,} m³, {percent}; no warning ratio "
            "(setting `warning_ratio`) is given, so whether approvals should be restricted is not known.",
        ),
        "approver": Text(
            "因 {place} 用水接近上限，须由其上级机关签批；{approver} 不是其上级。可签批者：{listed}。",
            "Use at {place} is near its cap, so approval is for a level above it; {approver} is none. "
            "It may be signed off by: {listed}.",
        ),
        "stranger": Text(
            "因 {place} 用水接近上限，须由其上级机关签批；{approver} 不是已登记的节点，无法核对。"
            "已登记的上级：{listed}。",
            "Use at {place} is near its cap, so approval is for a level above it; {approver} is no declared node, "
            "which cannot be checked. Declared above it: {listed}.",
        ),
    },
    check=_check,
    due=_due,
)

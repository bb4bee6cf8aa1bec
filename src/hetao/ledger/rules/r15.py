"""R15: Yellow River water above the limit of its reach is for the basin authority; the region has 20 working days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hetao.ledger.exempt import is_exempt
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.ledger.working_days import has_calendar, working_days_between
from hetao.text import Text

RIVER = "yellow_river"
OPINION = 20  # working days
AUTHORITY = {"authority": "basin authority", "opinion_days": OPINION}


def _limit_m3(state: State, node: str, day: str) -> int | None:
    """Return the limit of the reach at a node: the nearest place's, then a basin's; None where none is given."""
    setting = find_setting(state, "basin_reach_limit_m3", day, node)
    if setting is None:
        return None
    if not isinstance(setting.value, dict):
        return int(setting.value)
    places = (node, *state.above(node), *reversed(state.basins(node)))
    return next((int(setting.value[place]) for place in places if place in setting.value), None)


def _is_basins(volume_m3: int, limit_m3: int | None) -> bool:
    """Tell whether a volume is for the basin authority to decide: everything is where no limit is given."""
    return limit_m3 is None or volume_m3 > limit_m3


def _facts(volume_m3: int, limit_m3: int | None) -> Mapping[str, Any]:
    return {**AUTHORITY, "volume_m3": volume_m3} | ({} if limit_m3 is None else {"limit_m3": limit_m3})


def _check_approver(case: Case, node: str, facts: Mapping[str, Any], found: Findings) -> None:
    """Refuse an approver that is a place but no basin; warn of one that is no declared place."""
    named = case.fields["approver"]
    approver = case.state.nodes.get(named)
    if approver is None:
        found.warn(MEMBER.finding("unchecked", node, {**facts, "approver": named}))
    elif approver.kind != "basin":
        own = {**facts, "approver": named, "approver_kind": approver.kind}
        found.refuse(MEMBER.finding("approver", node, own, place=approver.label))


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if right is None or right.water != RIVER or (case.kind == "apply" and is_exempt(right.fields)):
        return
    limit_m3 = _limit_m3(case.state, right.node, case.day)
    if not _is_basins(right.volume_m3, limit_m3):
        return
    facts = _facts(right.volume_m3, limit_m3)
    if case.kind == "approve":
        _check_approver(case, right.node, facts, found)
        return
    words = {"place": case.state.nodes[right.node].label}
    found.warn(MEMBER.finding("no_limit" if limit_m3 is None else "above", right.node, facts, **words))


def _due(tick: Tick) -> None:
    """Raise what the region has not given its opinion on, and nobody has decided, in its working days."""
    for a in tick.state.all(Application, "application"):
        if a.water != RIVER or a.status not in ("admitted", "referred") or a.filed >= tick.day:
            continue
        limit_m3 = _limit_m3(tick.state, a.node, tick.day)
        if not _is_basins(a.volume_m3, limit_m3) or tick.is_raised(MEMBER, a.application, a.filed):
            continue
        passed = working_days_between(tick.state, a.filed, tick.day, a.stops)
        if passed > OPINION:
            facts = {
                **_facts(a.volume_m3, limit_m3),
                "application": a.application,
                "status": a.status,
                "filed": a.filed,
                "working_days": passed,
                "calendar": "given" if has_calendar(tick.state, tick.day) else "weekends only",
            }
            tick.raise_due(MEMBER, a.application, a.filed, MEMBER.finding("overdue", a.node, facts))


MEMBER = Rule(
    name="r15",
    title=Text(
        "黄河干流及限额以上由流域管理机构审批", "The Yellow River's main stem, and more, is the basin authority's"
    ),
    reference=(
        "《取水许可和水资源费征收管理条例》第十条、第十四条；《黄河保护法》第五十条"
        " (State Council order 460 arts 10, 14; Yellow River Protection Law art. 50)"
    ),
    events=frozenset({"apply", "approve"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="law",
    texts={
        "above": Text(
            "{place}：取用黄河水 {volume_m3:,} m³，超过河段限额 {limit_m3:,} m³，由流域管理机构审批；"
            "申请经自治区转报，自治区须在 {opinion_days} 个工作日内提出意见。水量已预留。",
            "{place}: {volume_m3:,} m³ of Yellow River water are above the reach's limit of {limit_m3:,} m³; the "
            "{authority} decides. The file goes through the region, which has {opinion_days} working days for its "
            "opinion. The volume stays reserved.",
        ),
        "no_limit": Text(
            "{place}：取用黄河水 {volume_m3:,} m³；设置 basin_reach_limit_m3 未给出河段限额，按由流域管理机构审批处理；"
            "申请经自治区转报，自治区须在 {opinion_days} 个工作日内提出意见。水量已预留。",
            "{place}: {volume_m3:,} m³ of Yellow River water. The limits of the reaches are not given (setting "
            "basin_reach_limit_m3), so it is taken as the {authority}'s to decide. The file goes through the region, "
            "which has {opinion_days} working days for its opinion. The volume stays reserved.",
        ),
        "approver": Text(
            "取用黄河水 {volume_m3:,} m³ 由流域管理机构审批（自治区在 {opinion_days} 个工作日内提出意见并转报）；"
            "{place} 的类型为 {approver_kind}，不能批准。河段限额以设置 basin_reach_limit_m3 为准。",
            "The {volume_m3:,} m³ of Yellow River water are for the {authority} to decide (the region gives its "
            "opinion within {opinion_days} working days); {place} is of kind {approver_kind} and may not approve them. "
            "The limit of the reach is the setting basin_reach_limit_m3.",
        ),
        "unchecked": Text(
            "取用黄河水 {volume_m3:,} m³ 由流域管理机构审批；审批者 {approver} 不是已登记的节点，无法核对。"
            "请将流域管理机构登记为流域（basin）节点。",
            "The {volume_m3:,} m³ of Yellow River water are for the {authority} to decide; the approver {approver} is "
            "no declared place and cannot be checked. Declare the basin authority as a node of kind basin.",
        ),
        "overdue": Text(
            "申请 {application}（{filed} 提出，{status}，黄河水 {volume_m3:,} m³）已过 {working_days} 个工作日"
            "尚无决定；"
            "自治区须在 {opinion_days} 个工作日内提出意见并转报流域管理机构。",
            "Application {application} for {volume_m3:,} m³ of Yellow River water, filed on {filed} and {status}, has "
            "waited {working_days} working days without a decision; the region has {opinion_days} for its opinion to "
            "the {authority}.",
        ),
    },
    check=_check,
    due=_due,
)

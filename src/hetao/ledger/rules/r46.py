"""R46: a yearly plan stays within its permit, all plans within the caps of the year, and a margin is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from hetao.ledger.charges import charged_m3
from hetao.ledger.limits import room_m3
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.permit_years import ordered_m3
from hetao.ledger.pressed import pressed
from hetao.ledger.records import Permit, PermitYear, permit_year
from hetao.ledger.rights import LIVE
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting, read_ratio
from hetao.ledger.years import year_of
from hetao.text import Text

CAPS = frozenset({"cap", "breakdown", "transfer"})
CUTTING = frozenset({"cap", "change", "cancel", "revoke", "transfer"})


class _Added(NamedTuple):
    """What a plan adds on one line of one node, and what is planned there and left before it."""

    node: str
    line: Line
    year: int
    added_m3: int
    planned_m3: int
    room_m3: int


def _check(case: Case, found: Findings) -> None:
    if case.kind == "plan":
        _check_permit(case, found)
        for added in _additions(case):
            _check_sum(case, added, found)
        return
    if case.kind in CAPS and case.draft.postings:
        _check_caps(case, found)
    if case.kind in CUTTING:
        _warn_of_plans(case, found)


def _check_permit(case: Case, found: Findings) -> None:
    """Refuse a plan above the permit's volume of the year, or above what orders leave of it."""
    permit, plan_m3, year = case.draft.right, case.fields["volume_m3"], case.fields["year"]
    assert isinstance(permit, Permit)
    volume_m3 = charged_m3(permit, year)
    facts = {"permit": permit.permit, "year": year, "plan_m3": plan_m3, "permit_m3": volume_m3}
    if plan_m3 > volume_m3:
        found.refuse(MEMBER.finding("permit", permit.node, {**facts, "over_m3": plan_m3 - volume_m3}))
        return
    left_m3 = ordered_m3(case.state, permit, year)
    if left_m3 is not None and plan_m3 > left_m3:
        more = {"cut_to_m3": left_m3, "over_m3": plan_m3 - left_m3}
        found.refuse(MEMBER.finding("ordered", permit.node, {**facts, **more}))


def _additions(case: Case) -> Iterator[_Added]:
    """Yield what a plan adds, wherever a cap binds plans."""
    for (node, water, year), change in case.draft.draws.items():
        excluded, included = drawn_lines(water, ecological=False)
        for line, added_m3 in ((excluded, change[1]), (included, change[1] + change[4])):
            left_m3 = room_m3(case.state, node, line, year, "planned") if added_m3 > 0 else None
            if left_m3 is not None:
                planned_m3 = case.state.amount_m3(node, line, "planned", year)
                yield _Added(node, line, year, added_m3, planned_m3, left_m3)


def _check_sum(case: Case, added: _Added, found: Findings) -> None:
    """Refuse what exceeds the cap of a node; warn where the margin is not left."""
    limit_m3 = added.planned_m3 + added.room_m3
    facts = {
        "water": added.line.water,
        "year": added.year,
        "limit_m3": limit_m3,
        "planned_m3": added.planned_m3,
        "room_m3": added.room_m3,
        "added_m3": added.added_m3,
    }
    words = {"place": case.state.nodes[added.node].label, "line": added.line.label}
    left_m3 = added.room_m3 - added.added_m3
    if left_m3 < 0:
        found.refuse(MEMBER.finding("sum", added.node, {**facts, "over_m3": -left_m3}, **words))
        return
    setting = find_setting(case.state, "plan_margin", case.day, added.node)
    margin = None if setting is None else read_ratio(setting.value)
    if margin is None:
        if left_m3 == 0:
            found.warn(MEMBER.finding("no_margin", added.node, {**facts, "left_m3": 0}, **words))
    elif left_m3 < margin * limit_m3:
        more = {"left_m3": left_m3, "margin": str(margin), "margin_m3": (margin * limit_m3).__ceil__()}
        found.warn(MEMBER.finding("margin", added.node, {**facts, **more}, **words))


def _check_caps(case: Case, found: Findings) -> None:
    """Refuse a cap below what is planned under it."""
    for p in pressed(case, "planned"):
        node, water, year = p.cell
        facts = {
            "cap_m3": p.limit.cap_m3,
            "moved_m3": p.limit.moved_m3,
            "planned_m3": p.amount_m3,
            "gap_m3": p.gap_m3,
            "year": year,
            "water": water,
        }
        words = {"place": case.state.nodes[node].label, "line": p.line.label}
        found.refuse(MEMBER.finding("below", node, facts, **words))


def _warn_of_plans(case: Case, found: Findings) -> None:
    """Warn of plans of this and later years that are left above a permit which an event cuts."""
    for record in case.draft.records.values():
        if not isinstance(record, Permit):
            continue
        for year in range(year_of(record.water, case.day), year_of(record.water, record.end) + 1):
            plan_m3, volume_m3 = _plan_m3(case, record, year), charged_m3(record, year)
            if plan_m3 > volume_m3:
                facts = {"permit": record.permit, "year": year, "plan_m3": plan_m3, "permit_m3": volume_m3}
                text = "cut" if record.status in LIVE else "ended"
                found.warn(MEMBER.finding(text, record.node, facts))


def _plan_m3(case: Case, permit: Permit, year: int) -> int:
    """Return a permit's plan of a year as it would be, 0 where there is none."""
    drafted = case.draft.records.get(("permit_year", permit_year(permit.permit, year)))
    held = drafted if isinstance(drafted, PermitYear) else case.state.permit_year(permit.permit, year)
    return held.plan_m3 or 0


MEMBER = Rule(
    name="r46",
    title=Text("年度取水计划不超许可、不超总量、留有余地", "Plans within permits and caps, with a margin"),
    reference=(
        "《取水许可和水资源费征收管理条例》第二十四条、第三十九条、第四十条；《节约用水条例》第十二条、第十三条"
        " (State Council order 460 arts 24, 39-40; Water Saving Regulations arts 12-13)"
    ),
    events=CAPS | CUTTING | {"plan"},
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "permit": Text(
            "取水许可证 {permit} {year} 年的计划 {plan_m3:,} m³ 超过其当年许可量 {permit_m3:,} m³，超出 {over_m3:,} "
            "m³。"
            "请下达不超过许可量的计划。",
            "The plan of {plan_m3:,} m³ for permit {permit} in {year} exceeds its permitted {permit_m3:,} m³ of that "
            "year "
            "by {over_m3:,} m³. Issue a plan within the permit.",
        ),
        "ordered": Text(
            "取水许可证 {permit} {year} 年许可量 {permit_m3:,} m³，按调度或应急指令核减为 {cut_to_m3:,} m³；"
            "计划 {plan_m3:,} m³ 超出 {over_m3:,} m³。",
            "Of the {permit_m3:,} m³ of permit {permit} in {year}, drought or dispatch orders leave {cut_to_m3:,} m³; "
            "the plan of {plan_m3:,} m³ exceeds that by {over_m3:,} m³.",
        ),
        "sum": Text(
            "{place} {year} 年{line}：可下达计划的上限 {limit_m3:,} m³，已下达 {planned_m3:,} m³，余 {room_m3:,} m³；"
            "本次增加 {added_m3:,} m³，超出 {over_m3:,} m³。",
            "{place}, {year}, {line}: of the {limit_m3:,} m³ that may be planned, {planned_m3:,} m³ are planned and "
            "{room_m3:,} m³ left; this plan adds {added_m3:,} m³, {over_m3:,} m³ too many.",
        ),
        "margin": Text(
            "{place} {year} 年{line}：上限 {limit_m3:,} m³，已下达 {planned_m3:,} m³、尚余 {room_m3:,} m³；"
            "本次增加 {added_m3:,} m³ 后余 {left_m3:,} m³，少于应预留的 {margin_m3:,} m³（比例 {margin}）。",
            "{place}, {year}, {line}: of {limit_m3:,} m³, {planned_m3:,} m³ were planned and {room_m3:,} m³ left; "
            "after this plan's {added_m3:,} m³ only {left_m3:,} m³ are left, less than the margin of {margin_m3:,} m³ "
            "(share {margin}).",
        ),
        "no_margin": Text(
            "{place} {year} 年{line}：上限 {limit_m3:,} m³，已下达 {planned_m3:,} m³、尚余 {room_m3:,} m³；"
            "本次增加 {added_m3:,} m³ 后余 {left_m3:,} m³，没有留有余地。预留比例未设置（plan_margin）。",
            "{place}, {year}, {line}: of {limit_m3:,} m³, {planned_m3:,} m³ were planned and {room_m3:,} m³ left; "
            "this plan's {added_m3:,} m³ leave {left_m3:,} m³ and no margin. No margin is set (`plan_margin`).",
        ),
        "below": Text(
            "{place} {year} 年{line}：上限 {cap_m3:,} m³（其中划出 {moved_m3:,} m³）低于已下达的计划 {planned_m3:,} "
            "m³，"
            "差 {gap_m3:,} m³。请先调减计划（plan），再下达上限。",
            "{place}, {year}, {line}: the cap of {cap_m3:,} m³ ({moved_m3:,} m³ of it moved out) is {gap_m3:,} m³ "
            "below "
            "what is planned, {planned_m3:,} m³. Lower the plans first (`plan`), then the cap.",
        ),
        "cut": Text(
            "取水许可证 {permit} {year} 年的计划 {plan_m3:,} m³ 超过其变动后的许可量 {permit_m3:,} m³，"
            "须重新下达计划。",
            "The plan of {plan_m3:,} m³ for permit {permit} in {year} exceeds the {permit_m3:,} m³ that it is left "
            "with; "
            "the plan is to be issued anew.",
        ),
        "ended": Text(
            "取水许可证 {permit} 已终止，{year} 年只余已用的 {permit_m3:,} m³；其计划 {plan_m3:,} m³ 不再有效，"
            "但仍计入计划量。",
            "Permit {permit} ends and keeps only the {permit_m3:,} m³ used in {year}; its plan of {plan_m3:,} m³ no "
            "longer "
            "holds but is still counted in what is planned.",
        ),
    },
    check=_check,
)

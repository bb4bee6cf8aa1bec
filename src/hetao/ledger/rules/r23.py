"""R23: in a restricted zone no new groundwater is granted, and what is taken already falls year on year."""

from __future__ import annotations

from datetime import date

from hetao.ledger.asking import asks_more, is_excepted
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Zone
from hetao.ledger.rule import Case, Rule
from hetao.ledger.years import year_days
from hetao.ledger.zones import find_zone
from hetao.text import Text

WATER = "groundwater"


def _facts(zone: Zone) -> dict[str, object]:
    return {"zone": zone.node, "since": zone.start, "document": zone.document}


def _check_plan(case: Case, node: str, permit: str, found: Findings) -> None:
    """Flag a plan above the plan of the year before, or above its use where no plan was issued."""
    year, volume_m3 = case.fields["year"], case.fields["volume_m3"]
    zone = find_zone(case.state, node, "restricted", WATER, max(case.day, year_days(WATER, year)[0]))
    if zone is None:
        return
    held = case.state.permit_year(permit, year - 1)
    before_m3 = held.plan_m3 if held.plan_m3 is not None else held.used_m3 or None
    if before_m3 is not None and volume_m3 > before_m3:
        facts = {**_facts(zone), "permit": permit, "year": year, "plan_m3": volume_m3, "before_m3": before_m3}
        facts |= {"before": "used" if held.plan_m3 is None else "planned"}
        kind = Text("用水量", "use") if held.plan_m3 is None else Text("计划量", "plan")
        found.warn(MEMBER.finding("rises", node, facts, kind=kind, area=case.state.nodes[zone.node].label))


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if right is None or right.water != WATER or not case.state.identifiers("zone") or is_excepted(right):
        return
    if case.kind == "plan":
        _check_plan(case, right.node, case.fields["permit"], found)
        return
    if case.kind in ("apply", "approve") and right.fields.get("project") == "continuing":
        return
    zone = find_zone(case.state, right.node, "restricted", WATER, case.day)
    if zone is not None and asks_more(case):
        facts = {**_facts(zone), "volume_m3": right.volume_m3}
        words = {"place": case.state.nodes[right.node].label, "area": case.state.nodes[zone.node].label}
        found.refuse(MEMBER.finding("new", right.node, facts, **words))


MEMBER = Rule(
    name="r23",
    title=Text("限采区不得新增取用地下水，并逐年削减", "No new groundwater in a restricted zone; the old falls yearly"),
    reference="《地下水管理条例》第三十五条 (Groundwater Regulations art. 35)",
    events=frozenset({"apply", "approve", "renew", "change", "plan"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="regulation",
    texts={
        "new": Text(
            "{place}：{area}自 {since} 起为地下水限采区（{document}），不得新增取用地下水（取水量 {volume_m3:,} m³）。"
            "可改用其他水源。",
            "{place}: {area} is a restricted zone for groundwater since {since} ({document}); no new or greater "
            "withdrawal is granted (volume asked for: {volume_m3:,} m³). Another source may be asked for.",
        ),
        "rises": Text(
            "{area}自 {since} 起为地下水限采区（{document}），取水量应逐年削减；许可 {permit} 的 {year} 年计划 "
            "{plan_m3:,} m³ 高于上年{kind} {before_m3:,} m³。",
            "{area} is a restricted zone for groundwater since {since} ({document}), where withdrawals have to fall "
            "year on year; the plan of permit {permit} for {year}, {plan_m3:,} m³, stands above the {kind} of the year "
            "before, {before_m3:,} m³.",
        ),
    },
    check=_check,
)

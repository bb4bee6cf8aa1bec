"""R25: no groundwater for a project of high water use in a water-short or fragile area, whatever the headroom."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting
from hetao.ledger.zones import ZONES, find_zone
from hetao.text import Text

PROJECTS = ("new", "rebuilt", "expanded")
KINDS = ("water_short", "fragile")


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if right is None or right.water != "groundwater" or not case.state.identifiers("zone"):
        return
    if right.fields.get("project") not in PROJECTS:
        return
    zones = [kind for kind in KINDS if find_zone(case.state, right.node, kind, "groundwater", case.day) is not None]
    if not zones:
        return
    industry = right.fields.get("industry")
    setting = find_setting(case.state, "high_water_use_industries", case.day, right.node)
    facts = {"zones": zones, "project": right.fields["project"]} | ({} if industry is None else {"industry": industry})
    words = {
        "place": case.state.nodes[right.node].label,
        "areas": Text("、".join(ZONES[z].zh for z in zones), " and ".join(ZONES[z].en for z in zones)),
    }
    if industry is None:
        if right.purpose == "industry":
            found.warn(MEMBER.finding("no_industry", right.node, facts, **words))
    elif setting is None:
        found.warn(MEMBER.finding("no_list", right.node, facts, **words))
    elif industry in setting.value:
        facts |= {"volume_m3": right.volume_m3}
        found.refuse(MEMBER.finding("high_use", right.node, facts, **words))


MEMBER = Rule(
    name="r25",
    title=Text("水资源紧缺或生态脆弱地区的高耗水项目", "Projects of high water use in water-short or fragile areas"),
    reference=(
        "《地下水管理条例》第二十五条第五项；《节约用水条例》第十六条"
        " (Groundwater Regulations art. 25(5); Water Saving Regulations art. 16)"
    ),
    events=frozenset({"apply", "approve"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="regulation",
    texts={
        "high_use": Text(
            "{place}位于{areas}，{industry}列入高耗水行业；{project}类项目取用地下水 {volume_m3:,} m³ 不予批准，"
            "与余量多少无关。可改用其他水源。",
            "{place} lies in a {areas}, and {industry} is an industry of high water use; {volume_m3:,} m³ of "
            "groundwater for a project of kind {project} are not approved, whatever the headroom. "
            "Another source may be asked for.",
        ),
        "no_list": Text(
            "{place}位于{areas}：未给出高耗水行业名单（设置 high_water_use_industries），"
            "无法判断 {industry} 的 {project}类项目是否高耗水。",
            "{place} lies in a {areas}: no list of industries of high water use is given (setting "
            "`high_water_use_industries`), so whether a project of kind {project} in {industry} is one is not known.",
        ),
        "no_industry": Text(
            "{place}位于{areas}：{project}类工业项目未写明行业（industry），无法判断是否高耗水。",
            "{place} lies in a {areas}: the industrial project of kind {project} does not name its `industry`, so "
            "whether its water use is high is not known.",
        ),
    },
    check=_check,
)

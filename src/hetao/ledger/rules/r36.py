"""R36: geothermal use gives back to the same aquifer what it takes, and stays out of drinking-water sources."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.zones import find_zone
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    f = case.fields
    if f.get("purpose") != "geothermal" or f["water"] != "groundwater":
        return
    node = f["node"]
    zone = find_zone(case.state, node, "source_area", "groundwater", case.day)
    if zone is not None:
        facts = {"zone": zone.node, "zone_document": zone.document, "volume_m3": f["volume_m3"]}
        found.refuse(MEMBER.finding("source_area", node, facts, place=case.state.nodes[zone.node].label))
        return
    back_m3 = f.get("return_water")
    if isinstance(back_m3, bool) or not isinstance(back_m3, int):
        found.ask(MEMBER.finding("how_much", node, {"in_m3": f["volume_m3"]}))
    elif back_m3 != f["volume_m3"]:
        facts = {"in_m3": f["volume_m3"], "back_m3": back_m3, "gap_m3": abs(f["volume_m3"] - back_m3)}
        found.refuse(MEMBER.finding("unequal", node, facts))


MEMBER = Rule(
    name="r36",
    title=Text("地热取水同层等量回灌", "Geothermal use: equal reinjection into the same aquifer"),
    reference="《地下水管理条例》第五十一条 (Groundwater Regulations art. 51)",
    events=frozenset({"apply"}),
    in_force=date(2021, 12, 1),
    territory="CN",
    rank="regulation",
    texts={
        "source_area": Text(
            "{place}为集中式地下水饮用水水源地（{zone_document}），"
            "禁止建设需要取水的地热能开发利用项目（{volume_m3:,} m³）。",
            "{place} is a groundwater source area ({zone_document}): geothermal projects that draw water, here "
            "{volume_m3:,} m³, are forbidden there.",
        ),
        "how_much": Text(
            "地热取水 {in_m3:,} m³ 须在同一含水层等量回灌：请在 return_water 填写回灌量（整数 m³）。",
            "The {in_m3:,} m³ of geothermal water must be returned to the same aquifer in full: state the volume "
            "reinjected in `return_water` (an integer in m³).",
        ),
        "unequal": Text(
            "地热取水 {in_m3:,} m³，回灌 {back_m3:,} m³，相差 {gap_m3:,} m³；须在同一含水层等量取水和回灌，"
            "并分别计量。",
            "{in_m3:,} m³ are taken for geothermal use and {back_m3:,} m³ given back, {gap_m3:,} m³ apart: what is "
            "taken and what is reinjected into the same aquifer must be equal, and both metered.",
        ),
    },
    check=_check,
)

"""R22: no groundwater from a prohibited zone, but for emergencies, public danger, monitoring and tests."""

from __future__ import annotations

from datetime import date

from hetao.ledger.asking import asks_more, is_excepted
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.zones import find_zone
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if right is None or right.water != "groundwater" or is_excepted(right):
        return
    zone = find_zone(case.state, right.node, "prohibited", "groundwater", case.day)
    if zone is None or not ("to" in case.fields or asks_more(case)):
        return
    facts = {"zone": zone.node, "since": zone.start, "document": zone.document, "volume_m3": right.volume_m3}
    words = {"place": case.state.nodes[right.node].label, "area": case.state.nodes[zone.node].label}
    found.refuse(MEMBER.finding("prohibited", right.node, facts, **words))


MEMBER = Rule(
    name="r22",
    title=Text("禁采区不得取用地下水", "No groundwater from a prohibited zone"),
    reference=(
        "《取水许可和水资源费征收管理条例》第二十条第一项；《地下水管理条例》第三十五条"
        " (State Council order 460 art. 20(1); Groundwater Regulations art. 35)"
    ),
    events=frozenset({"apply", "approve", "renew", "change"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    exempts_none=True,
    texts={
        "prohibited": Text(
            "{place}：{area}自 {since} 起为地下水禁采区（{document}），不得取用地下水 {volume_m3:,} m³；"
            "应急安全取水、消除公共危害、监测勘探试验除外。可改用其他水源。",
            "{place}: {area} is a prohibited zone for groundwater since {since} ({document}); {volume_m3:,} m³ of "
            "groundwater may not be taken, but for safety emergencies, public danger, monitoring and tests. "
            "Another source may be asked for.",
        ),
    },
    check=_check,
)

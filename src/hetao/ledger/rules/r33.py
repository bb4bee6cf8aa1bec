"""R33: a critically loaded area of the Yellow River admits nothing by itself; a person decides."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.zones import find_zone
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if not case.state.identifiers("zone") or right is None:
        return
    zone = find_zone(case.state, right.node, "critical", right.water, case.day)
    if zone is not None:
        facts = {
            "zone": zone.node,
            "zone_document": zone.document,
            "water": right.water,
            "volume_m3": case.fields["volume_m3"],
        }
        place = case.state.nodes[zone.node].label
        found.refer(MEMBER.finding("critical", right.node, facts, place=place))


MEMBER = Rule(
    name="r33",
    title=Text("水资源临界超载地区严格限制新增取水许可", "New permits are strictly limited in critically loaded areas"),
    reference="《黄河保护法》第五十一条 (Yellow River Protection Law art. 51)",
    events=frozenset({"apply"}),
    in_force=date(2023, 4, 1),
    territory="YR",
    rank="law",
    texts={
        "critical": Text(
            "{place}为水资源临界超载地区（{zone_document}），严格限制新增取水许可：{volume_m3:,} m³ "
            "不自动受理，须由人决定；移送期间不预留水量，批准时重新校核上限。",
            "{place} is critically loaded ({zone_document}) and new permits are strictly limited: {volume_m3:,} m³ are "
            "not admitted by themselves, a person decides. Nothing is reserved meanwhile; an approval is "
            "tested against the caps again.",
        ),
    },
    check=_check,
)

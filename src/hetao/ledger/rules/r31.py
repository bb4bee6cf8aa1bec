"""R31: an overloaded area of the Yellow River grants no new permit but for the needs of life."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.overload import LAW, NOTICE, grounds_of, is_contested
from hetao.ledger.rights import DOMESTIC
from hetao.ledger.rule import Case, Rule
from hetao.ledger.zones import find_zone
from hetao.text import Text

SPARED = ("", *DOMESTIC)  # a purpose not stated is asked for, not refused


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if not case.state.identifiers("zone") or right is None or right.purpose in SPARED:
        return
    if case.day < LAW.start and grounds_of(case.fields):
        return
    zone = find_zone(case.state, right.node, "overloaded", right.water, case.day)
    if zone is None:
        return
    version = LAW if case.day >= LAW.start else NOTICE
    facts = {
        "zone": zone.node,
        "zone_document": zone.document,
        "water": right.water,
        "purpose": right.purpose,
        "volume_m3": case.fields["volume_m3"],
        "version": version.fact,
    }
    words = {"place": case.state.nodes[zone.node].label, "since": version.start, "source": version.source}
    if is_contested(case.fields, case.day):
        found.refer(MEMBER.finding("conflict", right.node, facts, **words))
    else:
        found.refuse(MEMBER.finding("overloaded", right.node, facts, **words))


MEMBER = Rule(
    name="r31",
    title=Text("黄河流域水资源超载地区不新增取水许可", "No new permits in overloaded areas of the Yellow River"),
    reference=(
        "《黄河保护法》第五十一条；水利部《关于黄河流域水资源超载地区暂停新增取水许可的通知》（2020年12月）"
        " (Yellow River Protection Law art. 51; Ministry of Water Resources, notice of December 2020)"
    ),
    events=frozenset({"apply"}),
    in_force=date(2020, 12, 22),
    territory="YR",
    rank="law",
    texts={
        "overloaded": Text(
            "{place}为水资源超载地区（{zone_document}）：除生活用水等民生保障用水外，不得新增取水许可；"
            "用途 {purpose}、{volume_m3:,} m³ 不予许可。依据：{source}（{since} 起）。"
            "水量由水权转让取得的，请填写 transfer。",
            "{place} is overloaded ({zone_document}): but for homes and like needs no new permit may be granted; "
            "purpose {purpose}, {volume_m3:,} m³. Version: {source}, from {since}. Where the volume comes from a "
            "rights transfer, say so in `transfer`.",
        ),
        "conflict": Text(
            "规则冲突：{place}为水资源超载地区（{zone_document}），{source}（{since} 起）对用途 {purpose}、"
            "{volume_m3:,} m³ 不予新增许可，未提及水权转让和脱贫攻坚。另见 R32，须由人决定。",
            "Conflict: {place} is overloaded ({zone_document}); {source}, from {since}, refuses new permits for "
            "purpose {purpose}, {volume_m3:,} m³, and names neither transfers nor poverty relief. See R32: a person "
            "must decide.",
        ),
    },
    check=_check,
)

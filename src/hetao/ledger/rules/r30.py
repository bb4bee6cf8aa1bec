"""R30: no water for projects on the negative list or the phase-out list in the Yellow River basin."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting
from hetao.ledger.yellow_river import in_yellow_river
from hetao.text import Text

PROJECTS = ("new", "rebuilt", "expanded")


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    assert right is not None
    named = [right.fields[name] for name in ("industry", "product") if name in right.fields]
    if not named or not in_yellow_river(case.state, right.node, right.water):
        return
    setting = find_setting(case.state, "negative_list", case.day, right.node)
    words = {"place": case.state.nodes[right.node].label}
    if setting is None:
        if right.fields.get("project") in PROJECTS:
            facts = {"named": named, "project": right.fields["project"]}
            found.warn(MEMBER.finding("no_list", right.node, facts, listed=", ".join(named), **words))
        return
    on_list = [name for name in named if name in setting.value]
    if on_list:
        facts = {"listed": on_list, "since": setting.start, "document": setting.document}
        facts |= {"volume_m3": right.volume_m3}
        found.refuse(MEMBER.finding("listed", right.node, facts, names=", ".join(on_list), **words))


MEMBER = Rule(
    name="r30",
    title=Text("高耗水负面清单和淘汰目录内的项目不予批准", "Nothing for projects on the negative or phase-out list"),
    reference="《黄河保护法》第五十四条第一款 (Yellow River Protection Law art. 54 para 1)",
    events=frozenset({"apply", "approve"}),
    in_force=date(2023, 4, 1),
    territory="YR",
    rank="law",
    texts={
        "listed": Text(
            "{place}：{names} 列入黄河流域高耗水产业准入负面清单或淘汰类高耗水产业目录（{document}，自 {since} 起），"
            "取水申请 {volume_m3:,} m³ 不予批准。",
            "{place}: {names} stands on the negative list or the phase-out list of high water use in the Yellow River "
            "basin ({document}, from {since}); the request for {volume_m3:,} m³ is not approved.",
        ),
        "no_list": Text(
            "{place}：未给出黄河流域高耗水产业准入负面清单（设置 negative_list），"
            "无法判断 {project}类项目（{listed}）是否在列。",
            "{place}: no negative list for the Yellow River basin is given (setting `negative_list`), so whether a "
            "project of kind {project} ({listed}) stands on it is not known.",
        ),
    },
    check=_check,
)

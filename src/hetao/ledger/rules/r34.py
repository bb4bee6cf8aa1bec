"""R34: who leaves unconventional water unused that is at hand gets no new permit for other water."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    available_m3 = case.fields.get("unconventional_available_m3", 0)
    if not available_m3 or case.fields["water"] == "unconventional":
        return
    used_m3 = case.fields.get("unconventional_used_m3", 0)
    if available_m3 > used_m3:
        facts = {"available_m3": available_m3, "used_m3": used_m3, "unused_m3": available_m3 - used_m3}
        found.refuse(MEMBER.finding("unused", case.fields["node"], facts))


MEMBER = Rule(
    name="r34",
    title=Text("非常规水未合理使用的不新增取水许可", "No new permit while unconventional water lies unused"),
    reference="《节约用水条例》第三十四条 (Water Saving Regulations art. 34)",
    events=frozenset({"apply"}),
    in_force=date(2024, 5, 1),
    territory="CN",
    rank="regulation",
    texts={
        "unused": Text(
            "项目可用非常规水 {available_m3:,} m³，只使用 {used_m3:,} m³，尚有 {unused_m3:,} m³ 未合理使用，"
            "不予新增取水许可。请先用足非常规水，或如实填写 unconventional_used_m3。",
            "Of {available_m3:,} m³ of unconventional water available to the project, {used_m3:,} m³ are used and "
            "{unused_m3:,} m³ are not: no new permit. Use them first, or state `unconventional_used_m3` as it is.",
        ),
    },
    check=_check,
)

"""R42: who changes the main terms of a permit greatly demonstrates and applies anew."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting, read_ratio
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    before, after = case.draft.before, case.draft.right
    assert isinstance(before, Permit)
    assert after is not None
    if after.purpose != before.purpose:
        facts = {"permit": before.permit, "before": before.purpose, "asked": after.purpose}
        found.refuse(MEMBER.finding("purpose", before.node, facts))
    if after.volume_m3 > before.volume_m3 and not case.fields.get("demonstration", False):
        _check_increase(case, before, after.volume_m3, found)


def _check_increase(case: Case, before: Permit, asked_m3: int, found: Findings) -> None:
    """Refuse an increase that counts as great and comes without a new demonstration."""
    increase_m3 = asked_m3 - before.volume_m3
    facts = {
        "permit": before.permit,
        "before_m3": before.volume_m3,
        "asked_m3": asked_m3,
        "increase_m3": increase_m3,
    }
    setting = find_setting(case.state, "great_change_ratio", case.day, before.node)
    ratio = None if setting is None else read_ratio(setting.value)
    if ratio is None:
        found.refuse(MEMBER.finding("any_increase", before.node, facts))
        return
    most_m3 = int(before.volume_m3 * ratio)
    if increase_m3 > most_m3:
        facts |= {"ratio": str(ratio), "most_m3": most_m3}
        found.refuse(MEMBER.finding("increase", before.node, facts))


MEMBER = Rule(
    name="r42",
    title=Text("取水事项较大变更须重新论证、重新申请", "A great change needs a new demonstration and application"),
    reference="《取水许可和水资源费征收管理条例》第二十二条第二款 (State Council order 460 art. 22 para. 2)",
    events=frozenset({"change"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "purpose": Text(
            "许可 {permit} 的用途由 {before} 改为 {asked}，属取水事项较大变更：须重新进行水资源论证，"
            "并重新申请取水（apply）。",
            "The purpose of permit {permit} would change from {before} to {asked}, a great change: it needs a new "
            "demonstration and a new application (`apply`).",
        ),
        "increase": Text(
            "许可 {permit} 由 {before_m3:,} m³ 增至 {asked_m3:,} m³，增加 {increase_m3:,} m³，"
            "超过较大变更的比例 {ratio}（即 {most_m3:,} m³）：须重新进行水资源论证，请填写 demonstration。",
            "Permit {permit} would rise from {before_m3:,} m³ to {asked_m3:,} m³, by {increase_m3:,} m³; a change "
            "counts as great above {ratio} of it, {most_m3:,} m³. It needs a new demonstration: state it in "
            "`demonstration`.",
        ),
        "any_increase": Text(
            "许可 {permit} 由 {before_m3:,} m³ 增至 {asked_m3:,} m³，增加 {increase_m3:,} m³；未给定较大变更的比例"
            "（设置 great_change_ratio），任何增加都按较大变更处理：须重新进行水资源论证，请填写 demonstration。",
            "Permit {permit} would rise from {before_m3:,} m³ to {asked_m3:,} m³, by {increase_m3:,} m³. No ratio of a "
            "great change is given (setting great_change_ratio), so any increase counts as one: it needs a new "
            "demonstration, to be stated in `demonstration`.",
        ),
    },
    check=_check,
)

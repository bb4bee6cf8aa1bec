"""R26: no more is granted than output times quota."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hetao.ledger.asking import grows
from hetao.ledger.outcome import Findings
from hetao.ledger.quotas import TIERS, quota_m3
from hetao.ledger.rule import Case, Rule
from hetao.ledger.tiers import tested_quota
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if right is None or "product" not in right.fields or not grows(case):
        return
    product, output = right.fields["product"], right.fields.get("output")
    facts = {"product": product} | ({"process": right.fields["process"]} if "process" in right.fields else {})
    words = {"place": case.state.nodes[right.node].label, "named": " ".join(str(name) for name in facts.values())}
    if output is None:
        found.ask(MEMBER.finding("no_output", right.node, facts, **words))
        return
    tier, quota = tested_quota(case.state, right.node, right.fields, case.day)
    if quota is None:
        found.warn(MEMBER.finding("no_quota", right.node, {**facts, "tier": tier}, tested=TIERS[tier], **words))
        return
    allowed_m3 = (Fraction(str(output)) * quota_m3(quota)).__floor__()
    if right.volume_m3 > allowed_m3:
        facts |= {
            "tier": quota.tier,
            "m3_per_unit": quota.m3_per_unit,
            "unit": quota.unit,
            "issuer": quota.issuer,
            "output": str(output),
            "volume_m3": right.volume_m3,
            "allowed_m3": allowed_m3,
            "over_m3": right.volume_m3 - allowed_m3,
        }
        found.refuse(MEMBER.finding("over", right.node, facts, tested=TIERS[quota.tier], **words))


MEMBER = Rule(
    name="r26",
    title=Text("取水量不超过产量乘以用水定额", "No more than output times quota"),
    reference=(
        "《取水许可和水资源费征收管理条例》第十六条；《地下水管理条例》第二十五条第三项；《黄河保护法》第五十三条"
        " (State Council order 460 art. 16; Groundwater Regulations art. 25(3); Yellow River Protection Law art. 53)"
    ),
    events=frozenset({"apply", "renew", "change"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="law",
    texts={
        "over": Text(
            "{place}：{named} 产量 {output}，按{tested} {m3_per_unit} {unit}（{issuer}）核定用水量 {allowed_m3:,} m³；"
            "申请 {volume_m3:,} m³，超出 {over_m3:,} m³。可按不超过 {allowed_m3:,} m³ 重新申请。",
            "{place}: {named}, output {output} at the {tested} of {m3_per_unit} {unit} ({issuer}) comes to "
            "{allowed_m3:,} m³; the {volume_m3:,} m³ asked for exceed that by {over_m3:,} m³. "
            "Ask for {allowed_m3:,} m³ or less.",
        ),
        "no_output": Text(
            "{place}：申请写明产品 {named}，但缺少年产量 output，无法按用水定额核定。请补正。",
            "{place}: the application names the product {named} but no yearly `output`, so it cannot be tested against "
            "a quota. Give the output.",
        ),
        "no_quota": Text(
            "{place}：没有 {named} 的有效用水定额（{tested}），未按定额核定。",
            "{place}: no quota for {named} is in force ({tested}), so the volume was not tested against one.",
        ),
    },
    check=_check,
)

"""R27: where a dated rule asks the advanced value of a kind of project, that tier is tested; else the general value."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.tiers import GENERAL, tested_quota
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    """Name the tier that was used where the advanced one is asked."""
    fields = case.fields
    if "product" not in fields:
        return
    tier, quota = tested_quota(case.state, fields["node"], fields, case.day)
    if tier == GENERAL or quota is None:
        return
    facts = {
        "product": fields["product"],
        "project": fields["project"],
        "tier": quota.tier,
        "m3_per_unit": quota.m3_per_unit,
        "unit": quota.unit,
        "issuer": quota.issuer,
        "since": quota.start,
    }
    text = "advanced" if quota.tier == tier else "general"
    found.warn(MEMBER.finding(text, fields["node"], facts, place=case.state.nodes[fields["node"]].label))


MEMBER = Rule(
    name="r27",
    title=Text("新建、改建、扩建项目执行先进值", "The advanced value for new, rebuilt and expanded projects"),
    reference=(
        "《取水许可和水资源费征收管理条例》第十六条；先进值为自治区做法"
        "（据《内蒙古日报》2024 年 4 月 9 日报道，未见原文）"
        " (State Council order 460 art. 16; the advanced value is regional practice as reported in Inner Mongolia "
        "Daily, 9 April 2024, legal text not found)"
    ),
    events=frozenset({"apply"}),
    in_force=date(2024, 4, 9),
    territory="CN-15",
    rank="notice",
    texts={
        "advanced": Text(
            "{place}：{project}类项目执行先进值；{product} 按先进值 {m3_per_unit} {unit}"
            "（{issuer}，自 {since} 起）核定。",
            "{place}: projects of kind {project} are tested against the advanced value; for {product} it is "
            "{m3_per_unit} {unit} ({issuer}, from {since}).",
        ),
        "general": Text(
            "{place}：{project}类项目应执行先进值，但没有 {product} 的先进值；已按通用值 {m3_per_unit} {unit}"
            "（{issuer}，自 {since} 起）核定。请录入先进值。",
            "{place}: projects of kind {project} are to be tested against the advanced value, but none is given for "
            "{product}; the general value of {m3_per_unit} {unit} ({issuer}, from {since}) was used. "
            "Give the advanced value.",
        ),
    },
    check=_check,
)

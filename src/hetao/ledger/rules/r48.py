"""R48: a yearly plan is changed only with the consent of the authority that issued it; the old plan is kept."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rule import Case, Rule
from hetao.text import Text


def _check(case: Case, found: Findings) -> None:
    permit, f = case.draft.right, case.fields
    assert isinstance(permit, Permit)
    held = case.state.permit_year(permit.permit, f["year"])
    if held.plan_m3 is None:
        return
    facts = {"permit": permit.permit, "year": f["year"], "old_m3": held.plan_m3, "new_m3": f["volume_m3"]}
    approver = f.get("approver", "")
    if approver != held.approver:
        more = {"approver": approver, "original": held.approver}
        found.refuse(MEMBER.finding("consent", permit.node, {**facts, **more}))
    elif f["volume_m3"] != held.plan_m3:
        found.warn(MEMBER.finding("changed", permit.node, {**facts, "approver": approver}))


MEMBER = Rule(
    name="r48",
    title=Text("调整年度取水计划须经原审批机关同意", "A plan is changed by the authority that issued it"),
    reference="《取水许可和水资源费征收管理条例》第四十条 (State Council order 460 art. 40)",
    events=frozenset({"plan"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "consent": Text(
            "取水许可证 {permit} {year} 年的计划 {old_m3:,} m³ 由 {original} 下达，"
            "调整为 {new_m3:,} m³ 须经其同意，{approver} 不能调整。",
            "The plan of {old_m3:,} m³ for permit {permit} in {year} was issued by {original}; changing it to "
            "{new_m3:,} m³ needs that authority's consent, and {approver} cannot change it.",
        ),
        "changed": Text(
            "取水许可证 {permit} {year} 年的计划由 {old_m3:,} m³ 调整为 {new_m3:,} m³（{approver}）；"
            "原计划留存在流水中。",
            "The plan for permit {permit} in {year} changes from {old_m3:,} m³ to {new_m3:,} m³ ({approver}); "
            "the old plan is kept in the journal.",
        ),
    },
    check=_check,
)

"""Constrained equal awards (CEA): the same award for all, none above the claim."""

from __future__ import annotations

from hetao.plan.filling import equal_awards
from hetao.plan.rule import BASIC_LAWS, AllocationRule, Awards, Division
from hetao.text import Text

__all__ = ["MEMBER"]


def _divide(division: Division) -> Awards:
    return equal_awards(division.amount, division.claims)


MEMBER = AllocationRule(
    name="constrained_equal_awards",
    title=Text("约束均等收益规则（CEA）", "Constrained equal awards (CEA)"),
    reference=(
        "Maimonides, 12th century; Aumann and Maschler 1985, Journal of Economic Theory 36, 195-213; "
        "Thomson 2003, Mathematical Social Sciences 45, 249-297"
    ),
    laws=BASIC_LAWS
    | {
        "order_preservation",
        "composition_up",
        "composition_down",
        "claims_truncation_invariance",
        "exemption",
    },
    divide=_divide,
    convention=Text(
        "各方得到同一水量，但不超过其申请量：所得 = min(申请量, λ)",
        "everyone gets the same award, up to the claim: award = min(claim, λ)",
    ),
)

"""Proportional: everyone gets the same share of the claim."""

from __future__ import annotations

from fractions import Fraction

from hetao.plan.rule import BASIC_LAWS, AllocationRule, Awards, Division
from hetao.text import Text

__all__ = ["MEMBER"]


def _divide(division: Division) -> Awards:
    total = sum(division.claims, Fraction(0))
    share = division.amount / total if total else Fraction(0)
    return tuple(share * claim for claim in division.claims)


MEMBER = AllocationRule(
    name="proportional",
    title=Text("比例规则", "Proportional rule"),
    reference="Aristotle, Nicomachean Ethics, book V; Thomson 2003, Mathematical Social Sciences 45, 249-297",
    laws=BASIC_LAWS
    | {
        "order_preservation",
        "self_duality",
        "composition_up",
        "composition_down",
        "merging_proof",
    },
    divide=_divide,
    convention=Text(
        "各方得到申请量的同一比例：所得 = 申请量 × 可分水量 ÷ 申请总量",
        "everyone gets the same share of the claim: award = claim × amount ÷ Σ claims",
    ),
)

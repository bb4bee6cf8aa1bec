"""Constrained equal losses (CEL): the same loss for all, none above the claim."""

from __future__ import annotations

from fractions import Fraction

from hetao.plan.filling import equal_awards
from hetao.plan.rule import BASIC_LAWS, AllocationRule, Awards, Division
from hetao.text import Text

__all__ = ["MEMBER"]


def _divide(division: Division) -> Awards:
    losses = equal_awards(sum(division.claims, Fraction(0)) - division.amount, division.claims)
    return tuple(claim - loss for claim, loss in zip(division.claims, losses, strict=True))


MEMBER = AllocationRule(
    name="constrained_equal_losses",
    title=Text("约束均等损失规则（CEL）", "Constrained equal losses (CEL)"),
    reference=(
        "Maimonides, 12th century; Aumann and Maschler 1985, Journal of Economic Theory 36, 195-213; "
        "Herrero and Villar 2001, Mathematical Social Sciences 42, 307-328"
    ),
    laws=BASIC_LAWS
    | {
        "order_preservation",
        "composition_up",
        "composition_down",
        "minimal_rights_first",
        "exclusion",
    },
    divide=_divide,
    convention=Text(
        "各方损失同一水量，但所得不低于 0：所得 = max(0, 申请量 − λ)",
        "everyone loses the same volume, no award below 0: award = max(0, claim − λ)",
    ),
)

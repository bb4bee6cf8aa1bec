"""Talmud: equal awards up to half of every claim, equal losses above."""

from __future__ import annotations

from fractions import Fraction

from hetao.plan.filling import equal_awards
from hetao.plan.rule import BASIC_LAWS, AllocationRule, Awards, Division
from hetao.text import Text

__all__ = ["MEMBER"]


def _divide(division: Division) -> Awards:
    total, halves = sum(division.claims, Fraction(0)), [claim / 2 for claim in division.claims]
    if 2 * division.amount <= total:
        return equal_awards(division.amount, halves)
    losses = equal_awards(total - division.amount, halves)
    return tuple(claim - loss for claim, loss in zip(division.claims, losses, strict=True))


MEMBER = AllocationRule(
    name="talmud",
    title=Text("塔木德规则", "Talmud rule"),
    reference="Aumann and Maschler 1985, Journal of Economic Theory 36, 195-213 (Ketubot 93a, Bava Metzia 2a)",
    laws=BASIC_LAWS
    | {
        "order_preservation",
        "self_duality",
        "claims_truncation_invariance",
        "minimal_rights_first",
        "contested_garment",
    },
    divide=_divide,
    convention=Text(
        "可分水量不足申请总量一半时对半申请量均等收益，超过一半时均等损失，损失不超过半申请量",
        "equal awards up to half of each claim while the amount is below half of all claims; "
        "beyond it equal losses, none above half of the claim",
    ),
)

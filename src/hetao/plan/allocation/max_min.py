"""Weighted max-min fairness: nobody's award per unit of weight can rise but at the cost of one that has no more.

Floors are lower bounds on the award, not a first helping as in the other rules: a claimant whose floor is above the
common level gets the floor and no more. (ATM Forum 1996, Traffic Management 4.0, tells the two readings of a guaranteed
minimum apart: minimum plus equal share, and the larger of minimum and max-min share.) Weights are what an equal share
is counted by: people, hectares, connections. With equal weights and no floors the rule is the constrained equal awards
rule, by theorem, and the allocation says so.
"""

from __future__ import annotations

from hetao.plan.filling import fill
from hetao.plan.rule import BASIC_LAWS, AllocationRule, Awards, Division
from hetao.text import Text

__all__ = ["MEMBER"]


def _divide(division: Division) -> Awards:
    return fill(division.amount, division.floors, division.claims, division.weights)


MEMBER = AllocationRule(
    name="max_min",
    title=Text("加权最大最小公平", "Weighted max-min fairness"),
    reference=(
        "Bertsekas and Gallager 1992, Data Networks, 2nd ed., section 6.5.2; "
        "Radunovic and Le Boudec 2007, IEEE/ACM Transactions on Networking 15, 1073-1083"
    ),
    laws=BASIC_LAWS
    | {
        "composition_up",
        "composition_down",
        "claims_truncation_invariance",
        "max_min_fairness",
    },
    divide=_divide,
    convention=Text(
        "按权重计的单位水量依字典序取最大最小，所得介于保底量与申请量之间：所得 = min(申请量, max(保底量, 权重 × λ))",
        "awards per unit of weight are lexicographically max-min between floor and claim: "
        "award = min(claim, max(floor, weight × λ))",
    ),
    floors_within=True,
    uses_weights=True,
)

"""Plan: break a cap down among claimants, and choose the retrofits that save the most water inside budgets."""

from __future__ import annotations

from hetao.plan.allocate import Allocation, Comparison, allocate, compare
from hetao.plan.breakdown import BreakDown, break_down, compare_break_down
from hetao.plan.claims import RULES
from hetao.plan.retrofit import (
    Check,
    Exclusion,
    MinimumSaving,
    Portfolio,
    Precedence,
    Project,
    RetrofitPlan,
    plan_retrofits,
)
from hetao.plan.rounding import apportion
from hetao.plan.rule import AllocationRule

__all__ = [
    "RULES",
    "Allocation",
    "AllocationRule",
    "BreakDown",
    "Check",
    "Comparison",
    "Exclusion",
    "MinimumSaving",
    "Portfolio",
    "Precedence",
    "Project",
    "RetrofitPlan",
    "allocate",
    "apportion",
    "break_down",
    "compare",
    "compare_break_down",
    "plan_retrofits",
]

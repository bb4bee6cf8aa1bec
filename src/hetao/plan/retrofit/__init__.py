"""The retrofit portfolio: which projects to fund under budgets, minimum savings, exclusions and precedences."""

from __future__ import annotations

from hetao.plan.retrofit.conflict import Relaxation
from hetao.plan.retrofit.plan import RetrofitPlan, plan_retrofits
from hetao.plan.retrofit.portfolio import Portfolio
from hetao.plan.retrofit.project import Project
from hetao.plan.retrofit.requirements import Check, Exclusion, MinimumSaving, Precedence, Requirement

__all__ = [
    "Check",
    "Exclusion",
    "MinimumSaving",
    "Portfolio",
    "Precedence",
    "Project",
    "Relaxation",
    "Requirement",
    "RetrofitPlan",
    "plan_retrofits",
]

"""The plan job: the breakdown of a cap and the retrofit portfolio, whichever the study asks for."""

from __future__ import annotations

from hetao.errors import Problems
from hetao.report.sections.plan import plan_section
from hetao.study.breakdown_job import PreparedBreakdown, prepare_breakdown
from hetao.study.data import StudyData
from hetao.study.job import Done, Job
from hetao.study.portfolio_job import PreparedPortfolio, prepare_portfolio
from hetao.text import Text

__all__ = ["plan_job"]


def plan_job(data: StudyData, problems: Problems) -> Job | None:
    """Check ``[plan]`` and return the job, or None where there is nothing to do or something is wrong."""
    wanted = data.settings.plan
    before = len(problems)
    breakdown = prepare_breakdown(data, wanted.breakdown, problems) if wanted.breakdown else None
    portfolio = prepare_portfolio(data, wanted.portfolio, problems) if wanted.portfolio else None
    if len(problems) > before or (breakdown is None and portfolio is None):
        return None
    return Job(Text("规划", "Plan"), lambda _: _run(breakdown, portfolio))


def _run(breakdown: PreparedBreakdown | None, portfolio: PreparedPortfolio | None) -> Done:
    broken = breakdown.run() if breakdown is not None else None
    funded = portfolio.run() if portfolio is not None else None
    facts: dict[str, object] = {}
    if broken is not None:
        facts["plan.breakdown"] = {"cap_m3": broken.cap_m3, "admitted": dict(broken.admitted)}
    if funded is not None:
        plan = funded.plan
        facts["plan.portfolio"] = {
            "status": str(plan.status),
            "objective_m3": plan.objective,
            "gap": plan.gap,
            "certified_bound_m3": plan.certified_bound,
            "audit_holds": all(check.holds for check in plan.audit),
        }
    return Done(plan_section(broken, funded), facts)

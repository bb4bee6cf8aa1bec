"""Which requirements conflict, and which ones bind: the case solved again with requirements dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hetao.plan.retrofit.case import Case, Limits
from hetao.plan.retrofit.milp import Model
from hetao.plan.retrofit.requirements import Requirement
from hetao.solver import Status

__all__ = ["Relaxation", "conflicting", "relax_each"]


@dataclass(frozen=True)
class Relaxation:
    """What dropping one requirement alone would gain.

    Attributes:
        requirement: what was dropped.
        gain: more m³ saved over the plan, or fewer fen spent; None where the solve did not end optimal.
    """

    requirement: Requirement
    gain: int | None

    @property
    def binds(self) -> bool:
        """Whether the requirement costs anything."""
        return bool(self.gain)


def conflicting(case: Case, limits: Limits) -> tuple[Requirement, ...]:
    """Return a minimal group of requirements that no portfolio meets together, by deletion filtering.

    Each requirement in turn is dropped for good if the rest still has no answer (Chinneck and Dravnieks 1991,
    ORSA Journal on Computing 3, 157-168). Dropping any one of the group makes the group satisfiable; other groups
    may exist. Where a solve does not end, its requirement is kept.
    """
    kept = case
    for requirement in case.requirements:
        trial = kept.without(requirement)
        model = Model.of(trial)
        if replace(model, objective=[0] * len(model.options)).solve(limits).status is Status.INFEASIBLE:
            kept = trial
    return kept.requirements


def relax_each(case: Case, value: int, limits: Limits) -> tuple[Relaxation, ...]:
    """Drop each requirement alone and return what the objective gains over ``value``."""
    sign = 1 if case.objective == "saving" else -1
    relaxations = []
    for requirement in case.requirements:
        trial = case.without(requirement)
        found = Model.of(trial).solve(limits)
        gain = None
        if found.status is Status.OPTIMAL and found.chosen is not None:
            gain = sign * (trial.value(trial.portfolio(found.chosen)) - value)
        relaxations.append(Relaxation(requirement, gain))
    return tuple(relaxations)

"""The portfolio as a mixed-integer programme: whole-number rows, scaled for the solver, bounded by exact duality."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.plan.retrofit.case import Case, Limits, Objective
from hetao.plan.retrofit.project import Option
from hetao.plan.retrofit.requirements import Row
from hetao.solver import Programme, Status, solve

__all__ = ["Found", "Model"]

_LARGEST = 10**6  # largest coefficient handed to the solver, whose tolerances are absolute
_ATTEMPTS = 10  # choices forbidden for breaking a row by less than the solver can see


@dataclass(frozen=True)
class Found:
    """What the solver says.

    Attributes:
        status: what is known.
        chosen: the options taken; None where no answer was found.
        bound: the solver's own bound on the objective, in its unit (m³ or fen); NaN where there is none.
    """

    status: Status
    chosen: tuple[Option, ...] | None
    bound: float


@dataclass(frozen=True)
class Model:
    """Choose options, each project at most once, within rows.

    Attributes:
        options: the n options.
        objective: (n,) whole numbers to sum over the chosen options.
        sense: ``"max"`` or ``"min"``.
        rows: constraints.
    """

    options: tuple[Option, ...]
    objective: Sequence[int]
    sense: Literal["max", "min"]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, case: Case, objective: Objective | None = None) -> Model:
        """Build a case's model, for its own objective or another."""
        options, wanted = case.options, objective or case.objective
        once: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for i, option in enumerate(options):
            once[option.project.key][i] = 1
        rows = [Row(own, None, 1) for own in once.values()]
        rows += [row for requirement in case.requirements for row in requirement.rows(options)]
        if wanted == "saving":
            return cls(options, [sum(map(o.saving_m3, case.years)) for o in options], "max", tuple(rows))
        return cls(options, [o.project.total_cost_fen for o in options], "min", tuple(rows))

    def holding(self, other: Model, value: int) -> Model:
        """Return this model with another objective over the same options held at a value or better."""
        held = dict(enumerate(other.objective))
        row = Row(held, value, None) if other.sense == "max" else Row(held, None, value)
        return Model(self.options, self.objective, self.sense, (*self.rows, row))

    def solve(self, limits: Limits) -> Found:
        """Solve the programme with whole choices.

        A choice that breaks a row in whole numbers, within the solver's tolerance, is forbidden and the programme is
        solved again; after `_ATTEMPTS` of them the status is ``numerical``.
        """
        model = self
        for _ in range(_ATTEMPTS):
            found = model._solve_once(limits)
            if found.chosen is None or self._allows(found.chosen):
                return found
            model = model._forbidding(found.chosen)
        return replace(found, status=Status.NUMERICAL)

    def _solve_once(self, limits: Limits) -> Found:
        programme, scale, _ = self._programme(whole=True)
        answer = solve(programme, time_limit_s=limits.time_limit_s, relative_gap=limits.relative_gap)
        if math.isnan(answer.objective):
            return Found(answer.status, None, math.nan)
        chosen = tuple(o for o, taken in zip(self.options, answer.values, strict=True) if taken > 0.5)
        return Found(answer.status, chosen, float(scale) * answer.bound)

    def _allows(self, chosen: Collection[Option]) -> bool:
        taken = {i for i, option in enumerate(self.options) if option in chosen}
        sums = [sum(c for i, c in row.coefficients.items() if i in taken) for row in self.rows]
        return all(
            (row.lower is None or total >= row.lower) and (row.upper is None or total <= row.upper)
            for row, total in zip(self.rows, sums, strict=True)
        )

    def _forbidding(self, chosen: Collection[Option]) -> Model:
        """Return this model without one choice: at least one option must change."""
        signs = {i: 1 if option in chosen else -1 for i, option in enumerate(self.options)}
        return replace(self, rows=(*self.rows, Row(signs, None, len(chosen) - 1)))

    def dual_bound(self) -> int | None:
        """Return a bound that no choice can pass, proved by linear duality in exact fractions.

        Any prices give a valid bound; those of the linear relaxation give a close one. Prices whose side has no
        limit are set to 0. None where the relaxation has no answer.
        """
        programme, scale, row_scales = self._programme(whole=False)
        answer = solve(programme)
        if answer.status is not Status.OPTIMAL:
            return None
        sign = 1 if self.sense == "max" else -1
        bound, reduced = Fraction(0), [Fraction(sign * c) for c in self.objective]
        for row, row_scale, price in zip(self.rows, row_scales, answer.prices, strict=True):
            worth = sign * Fraction(float(price)) * scale / row_scale
            limit = row.upper if worth > 0 else row.lower
            if limit is not None:
                bound += worth * limit
                for i, coefficient in row.coefficients.items():
                    reduced[i] -= worth * coefficient
        return sign * math.floor(bound + sum((r for r in reduced if r > 0), Fraction(0)))

    def _programme(self, *, whole: bool) -> tuple[Programme, Fraction, list[Fraction]]:
        """Return the scaled programme, and what one unit of its objective and of each row stands for."""
        n, m = len(self.options), len(self.rows)
        objective_scale = _scale(self.objective)
        scales = [_scale(row.coefficients.values()) for row in self.rows]
        matrix = np.zeros((m, n))
        for r, (row, scale) in enumerate(zip(self.rows, scales, strict=True)):
            for i, coefficient in row.coefficients.items():
                matrix[r, i] = float(coefficient / scale)
        programme = Programme(
            sense=self.sense,
            columns=[(option.project.key, option.start) for option in self.options],
            rows=range(m),
            cost=np.array([float(c / objective_scale) for c in self.objective]),
            matrix=matrix,
            row_lower=_limits([row.lower for row in self.rows], scales, -math.inf),
            row_upper=_limits([row.upper for row in self.rows], scales, math.inf),
            lower=np.zeros(n),
            upper=np.ones(n),
            integer=np.ones(n, dtype=bool) if whole else None,
        )
        return programme, objective_scale, scales


def _scale(values: Iterable[int]) -> Fraction:
    """Return what one unit stands for: the common divisor, or more where numbers would still be too large."""
    listed = [abs(value) for value in values]
    divisor = math.gcd(*listed) or 1
    return max(Fraction(divisor), Fraction(max(listed, default=0), _LARGEST))


def _limits(limits: Sequence[int | None], scales: Sequence[Fraction], absent: float) -> NDArray[np.float64]:
    return np.array([absent if v is None else float(v / s) for v, s in zip(limits, scales, strict=True)])

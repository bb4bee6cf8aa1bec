"""Linear and mixed-integer programmes through HiGHS: one thin labelled layer.

Three promises. Labels and shapes match exactly or `SolverError` is raised. A solve that stopped for time is
``time_limit``, never ``optimal``. And every answer is audited from the programme's own data (`Certificate`),
not from the solver's word: an "optimal" answer whose residuals miss `TOLERANCE` is solved again another way and,
failing that, called ``numerical``.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from hetao.errors import SolverError

if TYPE_CHECKING:
    import highspy
    from numpy.typing import NDArray

__all__ = ["TOLERANCE", "Certificate", "Programme", "Solution", "Status", "certify", "solve"]

TOLERANCE = 1e-8  # the largest residual or relative gap that is still called optimal


class Status(StrEnum):
    """What is known of an answer. A score stands beside ``optimal`` only."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    NUMERICAL = "numerical"
    MISSING = "missing"
    TIME_LIMIT = "time_limit"


@dataclass(frozen=True)
class Programme:
    """A linear programme ``optimise cost·x, row_lower ≤ matrix x ≤ row_upper, lower ≤ x ≤ upper``.

    Attributes:
        sense: ``"min"`` or ``"max"``.
        columns: unique labels of the variables (names, or numbers), length n.
        rows: unique labels of the constraints, length m.
        cost: (n,) objective coefficients.
        matrix: (m, n) constraint coefficients.
        row_lower: (m,) lower bounds of the constraints; −∞ where absent.
        row_upper: (m,) upper bounds of the constraints; ∞ where absent.
        lower: (n,) lower bounds of the variables; −∞ where absent.
        upper: (n,) upper bounds of the variables; ∞ where absent.
        integer: (n,) which variables must be whole; None for a linear programme.
    """

    sense: Literal["min", "max"]
    columns: Sequence[Hashable]
    rows: Sequence[Hashable]
    cost: NDArray[np.float64]
    matrix: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        n, m = len(self.columns), len(self.rows)
        shapes = {
            "cost": (self.cost, (n,)),
            "matrix": (self.matrix, (m, n)),
            "row_lower": (self.row_lower, (m,)),
            "row_upper": (self.row_upper, (m,)),
            "lower": (self.lower, (n,)),
            "upper": (self.upper, (n,)),
        }
        wrong = [f"{k}: {a.shape} against labels {s}" for k, (a, s) in shapes.items() if a.shape != s]
        if self.integer is not None and self.integer.shape != (n,):
            wrong.append(f"integer: {self.integer.shape} against labels {(n,)}")
        wrong += [
            f"{k}: repeated labels" for k in ("columns", "rows") if len(set(getattr(self, k))) < len(getattr(self, k))
        ]
        if not wrong:
            bounds = ("row_lower", "row_upper", "lower", "upper")
            wrong = [f"{k}: not finite" for k in ("cost", "matrix") if not np.isfinite(getattr(self, k)).all()]
            wrong += [f"{k}: not a number" for k in bounds if np.isnan(getattr(self, k)).any()]
        if wrong:
            raise SolverError("; ".join(wrong))


@dataclass(frozen=True)
class Certificate:
    """How far an answer is from being proved, from the programme's own data; smaller is better.

    Attributes:
        primal: largest violation of a constraint or bound (of integrality too, in an integer programme).
        dual: largest violation of a price's or reduced cost's sign; NaN for an integer programme.
        gap: |primal − dual objective| / (1 + |objective|); for an integer programme the solver's bound is the
            dual objective.
    """

    primal: float
    dual: float
    gap: float

    def holds(self, tolerance: float = TOLERANCE) -> bool:
        """Say whether every part is within ``tolerance``; only the dual residual may be absent (NaN)."""
        return self.primal <= tolerance and self.gap <= tolerance and not self.dual > tolerance


@dataclass(frozen=True)
class Solution:
    """The answer to a programme; numbers are present only where the status allows them.

    Attributes:
        status: what is known.
        objective: the optimum (or the best found at a time limit); NaN otherwise.
        values: (n,) the variables.
        prices: (m,) one dual price a row (d objective / d bound); empty for an integer programme.
        bound: proven bound on the objective (equal to it for a linear programme).
        certificate: the audit.
        attempts: how many ways of solving it took.
    """

    status: Status
    objective: float
    values: NDArray[np.float64]
    prices: NDArray[np.float64]
    bound: float
    certificate: Certificate
    attempts: int = 1


def certify(programme: Programme, values: NDArray[np.float64], prices: NDArray[np.float64]) -> Certificate:
    """Compute a linear answer's primal residual, dual residual and gap from the programme alone."""
    p = programme
    sign = 1.0 if p.sense == "min" else -1.0
    activity = p.matrix @ values
    primal = _largest(p.row_lower - activity, activity - p.row_upper, p.lower - values, values - p.upper)
    y = sign * prices
    reduced = sign * p.cost - p.matrix.T @ y
    row_value, row_wrong = _dual_part(y, p.row_lower, p.row_upper)
    column_value, column_wrong = _dual_part(reduced, p.lower, p.upper)
    objective = sign * float(p.cost @ values)
    gap = abs(objective - row_value - column_value) / (1.0 + abs(objective))
    return Certificate(primal, max(row_wrong, column_wrong), gap)


def _dual_part(
    multiplier: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the multipliers' part of the dual objective, and the largest one whose sign no bound supports."""
    bound = np.where(multiplier > 0, lower, upper)
    supported = np.isfinite(bound)
    wrong = float(np.abs(multiplier[~supported]).max(initial=0.0))
    return float(multiplier[supported] @ bound[supported]), wrong


def _largest(*violations: NDArray[np.float64]) -> float:
    return float(np.max([np.max(v, initial=0.0) for v in violations]))  # NaN stays NaN and holds nothing


_Options = dict[str, bool | int | float | str]

_LINEAR_WAYS: tuple[_Options, ...] = (
    {"presolve": "off"},
    {"presolve": "on"},
    {"presolve": "off", "simplex_strategy": 4},
    {"presolve": "off", "solver": "ipm", "ipm_iteration_limit": 200},  # it never ends where it cannot get closer
)
_INTEGER_WAYS: tuple[_Options, ...] = ({}, {"presolve": "off"})  # the second tells unbounded from infeasible


def solve(programme: Programme, *, time_limit_s: float = math.inf, relative_gap: float = 0.0) -> Solution:
    """Solve a programme and audit the answer.

    Args:
        programme: what to solve.
        time_limit_s: seconds after which one way of solving stops with ``time_limit``.
        relative_gap: gap at which an integer programme may be called optimal.

    Returns:
        The answer. Linear answers that fail their audit are tried in four ways before ``numerical``, integer ones in
        two.
    """
    whole = programme.integer if programme.integer is not None and programme.integer.any() else None
    limits: _Options = {"time_limit": time_limit_s} if math.isfinite(time_limit_s) else {}
    solution = _nothing(Status.NUMERICAL, programme)
    for attempt, way in enumerate(_LINEAR_WAYS if whole is None else _INTEGER_WAYS, start=1):
        if whole is None:
            found = _solve_linear(programme, {**limits, **way})
        else:
            found = _solve_integer(programme, whole, relative_gap, {**limits, **way})
        solution = replace(found, attempts=attempt)
        if solution.status is not Status.NUMERICAL:
            break
    return solution


def _solve_linear(programme: Programme, options: _Options) -> Solution:
    highs = _run(programme, {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10, **options})
    status = _status(highs)
    if status is not Status.OPTIMAL:
        return _nothing(status, programme)
    answer = highs.getSolution()
    values, prices = np.array(answer.col_value), np.array(answer.row_dual)
    certificate = certify(programme, values, prices)
    objective = float(programme.cost @ values)
    kept = Status.OPTIMAL if certificate.holds() else Status.NUMERICAL
    return Solution(kept, objective, values, prices, objective, certificate)


def _solve_integer(programme: Programme, whole: NDArray[np.bool_], relative_gap: float, options: _Options) -> Solution:
    highs = _run(programme, {"mip_rel_gap": relative_gap, "mip_abs_gap": 0.0, "random_seed": 0, **options})
    status, info = _status(highs), highs.getInfo()
    has_answer = info.primal_solution_status == 2  # kSolutionStatusFeasible
    if status not in (Status.OPTIMAL, Status.TIME_LIMIT) or not has_answer:
        return _nothing(status, programme)
    found = np.array(highs.getSolution().col_value)
    off_whole = float(np.abs(found - np.round(found))[whole].max(initial=0.0))
    values = np.where(whole, np.round(found), found)
    objective, bound = float(programme.cost @ values), float(info.mip_dual_bound)
    gap = abs(objective - bound) / (1.0 + abs(objective))
    certificate = Certificate(max(_violation(programme, values), off_whole), math.nan, gap)
    if status is Status.OPTIMAL and not certificate.holds(max(1e-6, relative_gap)):
        status = Status.NUMERICAL
    return Solution(status, objective, values, np.empty(0), bound, certificate)


def _violation(programme: Programme, values: NDArray[np.float64]) -> float:
    """Return the largest violation, of a row relative to its own largest coefficient, of a bound as it is."""
    p, activity = programme, programme.matrix @ values
    scale = 1.0 + np.abs(p.matrix).max(axis=1, initial=0.0)
    rows = ((p.row_lower - activity) / scale, (activity - p.row_upper) / scale)
    return _largest(*rows, p.lower - values, values - p.upper)


def _run(programme: Programme, options: _Options) -> highspy.Highs:
    import highspy

    highs = highspy.Highs()  # type: ignore[no-untyped-call] # its constructor declares no types
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "small_matrix_value": 1e-12,
        "simplex_iteration_limit": 100_000,
        **options,
    }.items():
        highs.setOptionValue(name, value)
    highs.passModel(_model(programme))
    highs.run()
    return highs


def _model(programme: Programme) -> highspy.HighsLp:
    import highspy

    p, lp = programme, highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(p.columns), len(p.rows)
    lp.sense_ = highspy.ObjSense.kMinimize if p.sense == "min" else highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = p.cost, p.lower, p.upper
    lp.row_lower_, lp.row_upper_ = p.row_lower, p.row_upper
    rows, columns = np.nonzero(p.matrix)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(p.rows)))))
    lp.a_matrix_.index_ = columns
    lp.a_matrix_.value_ = p.matrix[rows, columns]
    if p.integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[bool(w)] for w in p.integer]
    return lp


def _status(highs: highspy.Highs) -> Status:
    import highspy

    words = highspy.HighsModelStatus
    known = {
        words.kOptimal: Status.OPTIMAL,
        words.kInfeasible: Status.INFEASIBLE,
        words.kUnbounded: Status.UNBOUNDED,
        words.kTimeLimit: Status.TIME_LIMIT,
    }
    return known.get(highs.getModelStatus(), Status.NUMERICAL)  # kUnboundedOrInfeasible: tried again without presolve


def _nothing(status: Status, programme: Programme) -> Solution:
    n, m = len(programme.columns), len(programme.rows)
    nan = Certificate(math.nan, math.nan, math.nan)
    return Solution(status, math.nan, np.full(n, np.nan), np.full(m, np.nan), math.nan, nan)

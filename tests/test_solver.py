"""The solver layer: labels match, statuses are honest, and no answer is believed without its audit."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from hetao import solver
from hetao.errors import SolverError
from hetao.solver import TOLERANCE, Certificate, Programme, Solution, Status, certify, solve

INF = math.inf


def programme(
    sense: str = "max",
    cost: Any = (3.0, 2.0),
    matrix: Any = ((1.0, 1.0), (1.0, 3.0)),
    rows: Any = ((-INF, 4.0), (-INF, 6.0)),
    columns: Any = ((0.0, INF), (0.0, INF)),
    **other: Any,
) -> Programme:
    """Return a programme; by default max 3a + 2b, a + b ≤ 4, a + 3b ≤ 6, whose optimum is 12 at (4, 0)."""
    row_bounds, column_bounds = np.array(rows, float).reshape(-1, 2), np.array(columns, float).reshape(-1, 2)
    made: dict[str, Any] = {
        "sense": sense,
        "columns": range(len(cost)),
        "rows": range(len(row_bounds)),
        "cost": np.array(cost, float),
        "matrix": np.array(matrix, float).reshape(len(row_bounds), len(cost)),
        "row_lower": row_bounds[:, 0],
        "row_upper": row_bounds[:, 1],
        "lower": column_bounds[:, 0],
        "upper": column_bounds[:, 1],
    }
    return Programme(**(made | other))


def whole(count: int = 2) -> dict[str, Any]:
    return {"integer": np.full(count, True)}


def knapsack(size: int) -> Programme:
    """Return a hard one: several rows of weights, a value close to each item's weight."""
    random = np.random.default_rng(0)
    weights = random.integers(10, 100, (5, size))
    rows = [(-INF, 0.4 * w.sum()) for w in weights]
    return programme("max", random.integers(10, 100, size), weights, rows, [(0, 1)] * size, **whole(size))


# Answers


def test_an_optimum_comes_with_values_prices_and_a_proof():
    answer = solve(programme())
    assert (answer.status, answer.attempts) == (Status.OPTIMAL, 1)
    assert answer.objective == answer.bound == pytest.approx(12.0)
    assert answer.values == pytest.approx([4.0, 0.0])
    assert answer.prices == pytest.approx([3.0, 0.0])
    assert answer.certificate.holds()


@given(
    cost=arrays(float, 4, elements=st.integers(1, 9).map(float)),
    matrix=arrays(float, (3, 4), elements=st.integers(0, 9).map(float)),
    limit=arrays(float, 3, elements=st.integers(1, 20).map(float)),
)
def test_answers_equal_scipys(cost: np.ndarray, matrix: np.ndarray, limit: np.ndarray):
    columns = [(0.0, 7.0)] * 4
    answer = solve(programme("max", cost, matrix, [(-INF, b) for b in limit], columns))
    twin = linprog(-cost, A_ub=matrix, b_ub=limit, bounds=columns)
    assert answer.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(-twin.fun, abs=1e-7)
    assert answer.objective == pytest.approx(cost @ answer.values)


@pytest.mark.parametrize("kind", [{}, whole()], ids=["linear", "integer"])
@pytest.mark.parametrize(
    ("made", "status"),
    [
        ({"rows": [(5.0, 4.0), (-INF, 6.0)]}, Status.INFEASIBLE),
        ({"rows": [(9.0, INF), (-INF, 6.0)]}, Status.INFEASIBLE),
        ({"columns": [(2.0, 1.0), (0.0, INF)]}, Status.INFEASIBLE),
        ({"rows": [(1.0, INF), (1.0, INF)]}, Status.UNBOUNDED),
        ({"matrix": [[1.0, -1.0], [1.0, -3.0]]}, Status.UNBOUNDED),
    ],
    ids=str,
)
def test_where_there_is_no_optimum_there_are_no_numbers(kind: dict[str, Any], made: dict[str, Any], status: Status):
    answer = solve(programme(**made, **kind))
    assert answer.status is status
    assert math.isnan(answer.objective)
    assert math.isnan(answer.bound)
    assert np.isnan(answer.values).all()
    assert not answer.certificate.holds()


def test_a_minimum_has_prices_that_what_is_wanted_costs():
    answer = solve(programme("min", rows=[(4.0, INF), (6.0, INF)]))
    assert answer.objective == pytest.approx(8.0)  # at (0, 4)
    assert answer.prices == pytest.approx([2.0, 0.0])


def test_a_programme_without_rows_is_answered_from_its_bounds():
    answer = solve(programme(matrix=[], rows=[], columns=[(0.0, 3.0), (0.0, 4.0)]))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, pytest.approx(17.0))


def test_coefficients_of_very_different_sizes_are_not_dropped():
    answer = solve(programme("max", [1.0], [[1e-10]], [(-INF, 1.0)], [(0.0, INF)]))
    assert (answer.status, answer.objective) == (Status.OPTIMAL, pytest.approx(1e10))


@pytest.mark.parametrize("kind", [{}, whole()], ids=["linear", "integer"])
def test_nothing_is_printed(kind: dict[str, Any], capfd: pytest.CaptureFixture[str]):
    solve(programme(**kind))
    assert capfd.readouterr() == ("", "")


# Whole numbers


def test_an_integer_optimum_is_whole_feasible_and_bounded():
    answer = solve(programme(matrix=((2.0, 1.0), (1.0, 3.0)), rows=((-INF, 5.0), (-INF, 8.0)), **whole()))
    assert answer.status is Status.OPTIMAL
    assert answer.values == pytest.approx([2.0, 1.0])
    assert answer.objective == answer.bound == pytest.approx(8.0)
    assert answer.certificate.gap == answer.certificate.primal == 0.0
    assert math.isnan(answer.certificate.dual)
    assert len(answer.prices) == 0


def test_only_the_columns_named_must_be_whole():
    answer = solve(
        programme(
            "max", [1.0, 1.0], [[2.0, 1.0], [1.0, 3.0]], [(-INF, 7.0), (-INF, 8.0)], integer=np.array([True, False])
        )
    )
    assert answer.values[0] == round(answer.values[0])
    assert answer.status is Status.OPTIMAL


def test_no_whole_column_makes_a_linear_programme():
    answer = solve(programme(integer=np.array([False, False])))
    assert answer.prices == pytest.approx([3.0, 0.0])


@given(weights=st.lists(st.integers(1, 9), min_size=6, max_size=6), room=st.integers(1, 30))
def test_integer_answers_equal_enumeration(weights: list[int], room: int):
    values = [7, 5, 4, 3, 2, 2]
    answer = solve(programme("max", values, [weights], [(-INF, room)], [(0, 1)] * 6, **whole(6)))
    picks = [[i for i in range(6) if n >> i & 1] for n in range(64)]
    best = max(sum(values[i] for i in p) for p in picks if sum(weights[i] for i in p) <= room)
    assert answer.objective == pytest.approx(best)


def test_the_gap_asked_for_is_the_gap_allowed():
    answer = solve(knapsack(20), relative_gap=0.5)
    assert answer.status is Status.OPTIMAL
    assert answer.certificate.gap <= 0.5


# Time


@pytest.mark.parametrize("problem", [knapsack(60), programme()], ids=["integer", "linear"])
def test_a_solve_without_time_is_never_optimal(problem: Programme):
    answer = solve(problem, time_limit_s=0.0)
    assert answer.status is Status.TIME_LIMIT
    assert math.isnan(answer.objective)


def test_the_best_found_when_time_ran_out_is_shown_with_its_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(solver, "_status", lambda highs: Status.TIME_LIMIT)
    answer = solve(knapsack(20), time_limit_s=1e6)
    assert answer.status is Status.TIME_LIMIT
    assert math.isfinite(answer.objective)
    assert answer.bound >= answer.objective - TOLERANCE


# Labels


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"cost": np.ones(3)}, r"cost: \(3,\) against labels \(2,\)"),
        ({"matrix": np.ones((2, 3))}, "matrix"),
        ({"row_lower": np.ones(1)}, "row_lower"),
        ({"row_upper": np.ones(3)}, "row_upper"),
        ({"lower": np.ones((2, 1))}, "lower"),
        ({"upper": np.ones(1)}, "upper"),
        ({"integer": np.full(3, True)}, "integer"),
        ({"columns": ["a", "a"]}, "columns: repeated labels"),
        ({"rows": ["a", "a"]}, "rows: repeated labels"),
        ({"cost": np.array([np.nan, 1.0])}, "cost: not finite"),
        ({"matrix": np.full((2, 2), INF)}, "matrix: not finite"),
        ({"row_upper": np.array([np.nan, 1.0])}, "row_upper: not a number"),
        ({"lower": np.array([np.nan, 1.0])}, "lower: not a number"),
    ],
)
def test_what_does_not_match_is_refused(made: dict[str, Any], says: str):
    with pytest.raises(SolverError, match=says):
        replace(programme(), **made)


def test_every_mismatch_is_named_at_once():
    with pytest.raises(SolverError) as caught:
        replace(programme(), cost=np.ones(3), lower=np.ones(1), rows=["a", "a"])
    assert all(name in str(caught.value) for name in ("cost", "lower", "rows"))


# The audit


@pytest.mark.parametrize("sense", ["max", "min"])
def test_the_audit_accepts_the_optimum(sense: str):
    made = programme(sense, rows=[(4.0, 5.0), (6.0, 9.0)])
    answer = solve(made)
    assert certify(made, answer.values, answer.prices).holds()


@pytest.mark.parametrize(
    ("values", "prices", "part", "size"),
    [
        ([4.0 + 1e-3, 0.0], [3.0, 0.0], "primal", 1e-3),
        ([4.0, -1e-3], [3.0, 0.0], "primal", 1e-3),
        ([3.0, 0.0], [3.0, 0.0], "gap", 3.0 / 10.0),
        ([4.0, 0.0], [2.0, 0.0], "dual", 1.0),
        ([4.0, 0.0], [-1.0, 0.0], "dual", 4.0),
        ([4.0, 0.0], [3.5, 0.0], "gap", 2.0 / 13.0),
    ],
)
def test_the_audit_detects_wrong_answers(values: list[float], prices: list[float], part: str, size: float):
    found = certify(programme(), np.array(values), np.array(prices))
    assert getattr(found, part) == pytest.approx(size)
    assert not found.holds()


@given(
    where=st.sampled_from(["values", "prices"]),
    at=st.integers(0, 1),
    by=st.floats(1e-4, 10.0) | st.floats(-10.0, -1e-4),
)
def test_the_audit_detects_any_change_of_a_unique_optimum(where: str, at: int, by: float):
    made = programme(cost=(3.0, 5.0))  # one optimum, at (3, 1), with prices (2, 1)
    answer = {"values": np.array([3.0, 1.0]), "prices": np.array([2.0, 1.0])}
    assert certify(made, **answer).holds()
    answer[where][at] += by
    assert not certify(made, **answer).holds()


def test_an_answer_that_is_no_number_is_not_accepted():
    assert not certify(programme(), np.array([np.nan, 0.0]), np.array([3.0, 0.0])).holds()
    assert not Certificate(0.0, 0.0, math.nan).holds()
    assert Certificate(0.0, math.nan, 0.0).holds()


def test_an_answer_that_fails_its_audit_is_tried_in_every_way(monkeypatch: pytest.MonkeyPatch):
    tried: list[Any] = []
    one_way = solver._solve_linear

    def doubtful(made: Programme, options: dict[str, Any]) -> Solution:
        tried.append(options)
        answer = one_way(made, options)
        return answer if len(tried) == len(solver._LINEAR_WAYS) else solver._nothing(Status.NUMERICAL, made)

    monkeypatch.setattr(solver, "_solve_linear", doubtful)
    answer = solve(programme())
    assert tried == list(solver._LINEAR_WAYS)
    assert (answer.status, answer.attempts) == (Status.OPTIMAL, len(tried))
    assert answer.objective == pytest.approx(12.0)


@pytest.mark.parametrize("kind", [{}, whole()], ids=["linear", "integer"])
def test_an_answer_that_no_way_can_prove_is_numerical(kind: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Certificate, "holds", lambda self, tolerance=TOLERANCE: False)
    answer = solve(programme(**kind))
    assert answer.status is Status.NUMERICAL
    assert answer.attempts == len(solver._INTEGER_WAYS if kind else solver._LINEAR_WAYS)


@pytest.mark.parametrize(
    ("wrong", "primal"),
    [([2.0, 2.0], 1.0 / 3.0), ([-1.0, 0.0], 1.0), ([1.5, 0.0], 0.5), ([1.0, 0.0], 0.0)],
    ids=["row", "bound", "not whole", "gap"],
)
def test_an_integer_answer_that_is_wrong_is_numerical(
    wrong: list[float], primal: float, monkeypatch: pytest.MonkeyPatch
):
    class Wrong:
        """The solver, with another answer put in its mouth."""

        def __init__(self, highs: Any) -> None:
            self._highs = highs

        def __getattr__(self, name: str) -> Any:
            return getattr(self._highs, name)

        def getSolution(self) -> Any:  # noqa: N802 - the solver's own name
            return SimpleNamespace(col_value=wrong)

    run = solver._run
    monkeypatch.setattr(solver, "_run", lambda made, options: Wrong(run(made, options)))
    answer = solve(programme(matrix=((2.0, 1.0), (1.0, 3.0)), rows=((-INF, 5.0), (-INF, 8.0)), **whole()))
    assert answer.status is Status.NUMERICAL
    assert answer.certificate.primal == pytest.approx(primal)


@pytest.mark.parametrize(
    ("matrix", "expected"), [([[1e9, 1e9], [1.0, -1.0]], 0.5), ([[1.0, 1.0], [1.0, -1.0]], 0.5)], ids=["large", "small"]
)
def test_a_violation_counts_by_its_own_rows_size(matrix: Any, expected: float):
    made = programme(matrix=matrix, rows=[(-INF, 1e10), (-INF, 0.0)], **whole())
    assert solver._violation(made, np.array([1.0, 0.0])) == pytest.approx(expected)


def test_numbers_beyond_the_solver_are_numerical():
    assert solve(programme("max", [1.0], [[1e16]], [(-INF, 1.0)], [(0.0, INF)])).status is Status.NUMERICAL

"""Programmes written out in named blocks and given whole to scipy, and random data: for twins of the measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from hetao import Panel
from hetao.errors import ModelError
from hetao.text import Text

Data = dict[str, Any]
Row = tuple[Mapping[str, Any], str, Any]
RETURNS = ("crs", "vrs", "nirs", "ndrs")
TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
_RELATION = {"vrs": "=", "nirs": "<=", "ndrs": ">="}


def optimum(sense: str, cost: Mapping[str, Any], rows: Sequence[Row], free: Sequence[str] = ()) -> float:
    """Return the optimum alone of what `solved` solves."""
    return solved(sense, cost, rows, free)[0]


def solved(
    sense: str, cost: Mapping[str, Any], rows: Sequence[Row], free: Sequence[str] = ()
) -> tuple[float, dict[str, np.ndarray]]:
    """Solve a programme in named blocks of variables, each ≥ 0 unless free.

    Args:
        sense: ``min`` or ``max``.
        cost: block → coefficients of the objective.
        rows: (block → coefficients, one row or several; ``<=``, ``=`` or ``>=``; right-hand side).
        free: blocks that may be negative.

    Returns:
        The optimum, NaN where nothing is feasible and ±inf where there is no limit, and the blocks' values at it.
    """
    width: dict[str, int] = {}
    for terms in (cost, *(terms for terms, _, _ in rows)):
        width |= {name: np.atleast_2d(values).shape[1] for name, values in terms.items()}
    table: dict[bool, list[np.ndarray]] = {False: [], True: []}
    bounds: dict[bool, list[np.ndarray]] = {False: [], True: []}
    for terms, relation, bound in rows:
        blocks = {name: np.atleast_2d(values) for name, values in terms.items()}
        height = len(next(iter(blocks.values())))
        row = np.hstack([blocks.get(name, np.zeros((height, k))) for name, k in width.items()])
        sign = -1.0 if relation == ">=" else 1.0
        table[relation == "="].append(sign * row)
        bounds[relation == "="].append(sign * np.broadcast_to(bound, height))
    sign = 1.0 if sense == "min" else -1.0
    A, b = (
        {k: stack(v) if v else None for k, v in t.items()} for t, stack in ((table, np.vstack), (bounds, np.hstack))
    )
    found = linprog(
        sign * np.hstack([np.atleast_1d(cost.get(name, np.zeros(k))) for name, k in width.items()]),
        A_ub=A[False],
        b_ub=b[False],
        A_eq=A[True],
        b_eq=b[True],
        bounds=[(None if name in free else 0, None) for name, k in width.items() for _ in range(k)],
        options=TIGHT,
    )
    assert found.status in (0, 2, 3), found.message
    if found.status:
        return np.nan if found.status == 2 else -sign * np.inf, {}
    values = np.split(found.x, np.cumsum(list(width.values()))[:-1])
    return sign * found.fun, dict(zip(width, values, strict=True))


def span(returns: str, name: str, n: int) -> list[Row]:
    """Return the row of returns to scale over the n intensities of a block; none under crs."""
    return [({name: np.ones(n)}, _RELATION[returns], 1.0)] if returns in _RELATION else []


def draw(seed: int, units: int, periods: int = 1) -> Data:
    """Return random positive data over two inputs, two outputs, one bad and prices of the four, rows in no order."""
    random = np.random.default_rng(seed)
    n = units * periods
    made: Data = {"u": list(range(units)) * periods, "t": np.repeat(range(periods), units).tolist()}
    made |= {name: random.uniform(1.0, 10.0, n) for name in ("x1", "x2", "y1", "y2", "b", "w1", "w2", "p1", "p2")}
    made["g"] = random.choice(["north", "south"], n).tolist()
    order = random.permutation(n)
    return {name: [values[i] for i in order] for name, values in made.items()}


def panel_of(data: Data, **roles: Any) -> Panel:
    """Return a panel of drawn data, without bads unless they are named."""
    return Panel(data, **({"unit": "u", "inputs": ["x1", "x2"], "outputs": ["y1", "y2"]} | roles))


def columns(data: Data, *names: str) -> np.ndarray:
    """Return columns side by side."""
    return np.column_stack([np.asarray(data[name], dtype=float) for name in names])


def numbers(column: Iterable[float | None]) -> np.ndarray:
    """Return a column of a result, NaN where it says nothing."""
    return np.array([np.nan if value is None else value for value in column], dtype=float)


def seen(data: Data, reference: str | int = "contemporaneous", *, by_group: bool = False) -> list[np.ndarray]:
    """Return, for each row, which rows span its frontier: periods one after another are 0, 1, 2, …"""
    t, g = np.array(data["t"]), np.array(data["g"])
    back = {"sequential": len(t), "global": len(t)}.get(str(reference), 0)
    ahead = {"biennial": 1, "global": len(t)}.get(str(reference), 0)
    if isinstance(reference, int):
        back = reference - 1
    masks = [(t >= now - back) & (t <= now + ahead) for now in t]
    return [mask & (g == own) for mask, own in zip(masks, g, strict=True)] if by_group else masks


def refused(call: Callable[..., Any], given: Any, **options: Any) -> list[str]:
    """Return the codes of everything refused, each worded in both languages with the call's name as its place."""
    with pytest.raises(ModelError) as caught:
        call(given, **options)
    for problem in caught.value.problems:
        name, argument = problem.code.split(".")
        assert name == call.__name__
        assert problem.place.item.startswith(name)
        assert argument in {*signature(call).parameters, "data", "prices"}
        assert problem.describe("zh") != problem.describe("en")
        assert all(_worded(words) for words in (problem.found, problem.expected, problem.remedy))
    return [problem.code for problem in caught.value.problems]


def refused_plot(result: Any, **options: Any) -> list[str]:
    """Return the codes of everything that ``result.plot`` refuses, each worded in both languages."""
    with pytest.raises(ModelError) as caught:
        result.plot(**options)
    for problem in caught.value.problems:
        assert problem.place.item == problem.code.replace(".", "(") + ")"
        assert problem.describe("zh") != problem.describe("en")
        assert all(_worded(words) for words in (problem.found, problem.expected, problem.remedy))
    return [problem.code for problem in caught.value.problems]


def _worded(words: Text) -> bool:
    return bool(words.zh and words.en)

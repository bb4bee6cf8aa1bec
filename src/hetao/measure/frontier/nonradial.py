"""Non-radial moves along a direction: a weight and a size for every quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.slacks import each_its_own
from hetao.measure.frontier.technology import Matrix, Quantities
from hetao.text import Text

__all__ = ["each_along", "resolve_weights"]


def each_along(own: Quantities, direction: Matrix, moving: Sequence[int], weights: Matrix) -> Measure:
    """Return the measure max Σ w β, each β ≥ 0, of n observations.

    Args:
        own: the observations.
        direction: (n, q) ≥ 0.
        moving: positions of the quantities that move.
        weights: (q,) of all quantities.
    """
    cost = weights[list(moving)] * (direction[:, list(moving)] > 0.0)  # a quantity that cannot move earns nothing
    return Measure("max", own.points, each_its_own(own, moving, direction), cost)


def resolve_weights(panel: Panel, given: object, vectors: Matrix, arguments: Arguments) -> Matrix:
    """Return (q,) weights of the columns; what is wrong with those given is recorded."""
    names = (*panel.inputs, *panel.outputs, *panel.bads)
    moves = np.array([bool(column.any()) for column in vectors.T])
    worth = np.zeros(len(names))
    if given is None:
        first, last = len(panel.inputs), len(panel.inputs) + len(panel.outputs)
        roles = (range(first), range(first, last), range(last, len(names)))
        shares = [chosen for role in roles if (chosen := [j for j in role if moves[j]])]
        for role in shares:
            worth[role] = 1.0 / len(shares) / len(role)
        return worth
    for column, value in given.items() if isinstance(given, Mapping) else ():
        number = not isinstance(value, bool) and isinstance(value, Real) and 0.0 <= float(value) < np.inf
        if column in names and number:
            worth[names.index(column)] = float(value)
        else:
            _refuse(arguments, {column: value}, names)
    if not isinstance(given, Mapping) or not worth[moves].any():
        _refuse(arguments, given, names)
    return worth


def _refuse(arguments: Arguments, found: object, names: tuple[str, ...]) -> None:
    listed = ", ".join(names)
    arguments.refuse(
        "weights",
        found=Text(f"{found!r}", f"{found!r}"),
        expected=Text(
            f"列（{listed}）→ 不小于 0 的数，移动的列至少一个为正",
            f"column ({listed}) → a number of at least 0, one of a column that moves above 0",
        ),
        remedy=Text("改正权重，或不写以用默认权重", "correct the weights, or leave them out for the default ones"),
    )

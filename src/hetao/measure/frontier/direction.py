"""Directions: along which vector, in the units of the data, a directional distance is measured."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.text import Text

__all__ = ["NAMED_DIRECTIONS", "Direction", "direction_words", "resolve_direction"]

Direction = str | Mapping[str, float | str]
NAMED_DIRECTIONS = ("observed", "mean", "range")


def resolve_direction(panel: Panel, direction: object, arguments: Arguments) -> NDArray[np.float64]:
    """Return the (n, inputs + outputs + bads) table of direction components, all ≥ 0.

    Args:
        panel: the observations.
        direction: what a caller handed in as `Direction`: ``observed`` (each row's own quantities), ``mean`` or
            ``range`` (of each column over the panel), or a mapping column → number, one of these words, or the name
            of a column of the panel's own quantities; a column that is not in the mapping does not move.
        arguments: where anything wrong is recorded.
    """
    names = (*panel.inputs, *panel.outputs, *panel.bads)
    data = np.hstack([panel.X, panel.Y, panel.B])
    if isinstance(direction, str):
        arguments.one_of("direction", direction, NAMED_DIRECTIONS)
        return _named(data, direction) if direction in NAMED_DIRECTIONS else np.zeros_like(data)
    table = np.zeros_like(data)
    if not isinstance(direction, Mapping):
        _wrong_value(arguments, "direction", direction)
        return table
    for column, value in direction.items():
        if column not in names:
            _unknown(arguments, column, names)
        elif isinstance(value, str) and value in NAMED_DIRECTIONS:
            j = names.index(column)
            table[:, j] = _named(data[:, [j]], value)[:, 0]
        elif isinstance(value, str) and value in names:
            table[:, names.index(column)] = data[:, names.index(value)]
        elif not isinstance(value, bool) and _is_size(value):
            table[:, names.index(column)] = value
        else:
            _wrong_value(arguments, column, value)
    if not table.any():
        arguments.refuse(
            "direction",
            found=Text("处处为零的方向", "a direction that is zero everywhere"),
            expected=Text("至少一个正的分量", "at least one positive component"),
            remedy=Text("写明哪些列移动", "name the columns that move"),
        )
    return table


def direction_words(direction: Direction) -> str:
    """Return a direction as it is shown in conventions and fingerprints."""
    return direction if isinstance(direction, str) else ", ".join(f"{c}: {v}" for c, v in direction.items())


def _is_size(value: object) -> bool:
    try:
        return isinstance(value, Real) and 0.0 <= float(value) < np.inf
    except OverflowError:
        return False


def _named(data: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    if name == "observed":
        return data.copy()
    column = data.mean(axis=0) if name == "mean" else np.ptp(data, axis=0)
    return np.broadcast_to(column, data.shape).copy()


def _unknown(arguments: Arguments, column: str, names: tuple[str, ...]) -> None:
    listed = ", ".join(names)
    arguments.refuse(
        "direction",
        found=Text(f"未知列 {column!r}", f"the unknown column {column!r}"),
        expected=Text(f"以下之一：{listed}", f"one of {listed}"),
        remedy=Text("改正列名", "correct the column's name"),
    )


def _wrong_value(arguments: Arguments, column: str, value: object) -> None:
    arguments.refuse(
        "direction",
        found=Text(f"{column} 的分量 {value!r}", f"the component {value!r} of {column}"),
        expected=Text(
            "不小于 0 的数、observed、mean、range 或列名",
            "a number of at least 0, observed, mean, range or a column's name",
        ),
        remedy=Text(
            "方向只写大小：投入与非期望产出减少，产出增加",
            "give sizes only: inputs and bads shrink, outputs grow",
        ),
    )

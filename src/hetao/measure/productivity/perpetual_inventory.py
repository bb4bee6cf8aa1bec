"""`perpetual_inventory`: capital stocks from investment, with every choice named."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problems
from hetao.figures.frames import NativeFrame, read_columns
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["perpetual_inventory"]


def perpetual_inventory(
    frame: object,
    *,
    unit: str,
    period: str,
    investment: str,
    depreciation: float,
    initial: float | Literal["steady-growth"] = "steady-growth",
    initial_years: int = 5,
) -> NativeFrame:
    """Return capital stocks K(t) = (1 − δ) K(t−1) + I(t), at the end of each year.

    The first stock is K(0) = (1 + g) I(0) / (g + δ), what steady growth of investment at the rate g would have piled up
    (Harberger 1978), with g the mean yearly growth of investment over the first ``initial_years`` years; or
    ``initial`` times the first year's investment. An error in it dies out at the rate δ: leave the first years out of
    what is measured.

    Args:
        frame: one row a unit and year, in any order.
        unit: column of the unit.
        period: column of the year, whole numbers without gaps in any unit.
        investment: column of investment ≥ 0 at constant prices, above 0 in a unit's first year.
        depreciation: δ, the share that is lost each year, above 0 and below 1.
        initial: ``steady-growth``, or the ratio of the first stock to the first investment.
        initial_years: years over which g is taken; fewer where a unit has fewer.

    Returns:
        The keys and ``capital``, in the investment's unit, in the rows' order.

    Raises:
        ModelError: arguments out of range, unknown columns, numbers that are missing, infinite or negative, gaps
            between years, a first investment of 0, or growth so negative that g + δ is not above 0.

    Examples:
        >>> data = {"c": ["a"] * 3, "t": [1, 2, 3], "i": [10.0, 10.0, 10.0]}
        >>> perpetual_inventory(data, unit="c", period="t", investment="i", depreciation=0.1)["capital"]
        [100.0, 100.0, 100.0]
    """
    arguments = Arguments("perpetual_inventory")
    arguments.between("depreciation", depreciation)
    arguments.whole("initial_years", initial_years, 1)
    if initial != "steady-growth":
        arguments.positive_number("initial", initial)
    arguments.done()
    columns, kind = read_columns(frame)
    problems = Problems(ModelError)
    for role, name in (("unit", unit), ("period", period), ("investment", investment)):
        if name not in columns:
            _add(problems, Place(item=role), f"{name!r}", Text("数据框的列", "a column of the frame"))
    problems.raise_if_any()
    years, amounts = _numbers(columns[period], period, problems), _numbers(columns[investment], investment, problems)
    problems.raise_if_any()
    stock = np.full(len(years), np.nan)
    for name in dict.fromkeys(columns[unit].tolist()):
        rows = np.flatnonzero([u == name for u in columns[unit].tolist()])
        rows = rows[np.argsort(years[rows], kind="stable")]
        if (np.diff(years[rows]) != 1).any():
            listed = ", ".join(f"{year:g}" for year in years[rows][:12])
            _add(
                problems,
                Place(item=str(name), column=period),
                listed,
                Text("连续的年份，各一行", "consecutive years, one row each"),
            )
            continue
        first = _first(amounts[rows], depreciation, initial, initial_years)
        if not first > 0.0:
            expected = Text("首年投资为正，且 g + δ > 0", "a first investment above 0, and g + δ above 0")
            _add(problems, Place(item=str(name), column=investment), f"K(0) = {first:g}", expected)
            continue
        stock[rows] = _pile(first, amounts[rows], depreciation)
    problems.raise_if_any()
    return kind.give({unit: columns[unit].tolist(), period: columns[period].tolist(), "capital": stock})


def _first(amounts: Matrix, depreciation: float, initial: float | str, years: int) -> float:
    """Return K(0); NaN or a number that is not above 0 where there is none."""
    if not isinstance(initial, str):
        return float(initial * amounts[0])
    span = min(years, len(amounts) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (amounts[span] / amounts[0]) ** (1.0 / span) - 1.0 if span else 0.0
        return float((1.0 + growth) * amounts[0] / (growth + depreciation)) if growth + depreciation > 0.0 else np.nan


def _pile(first: float, amounts: Matrix, depreciation: float) -> Matrix:
    stock = np.empty(len(amounts))
    stock[0] = first
    for t in range(1, len(amounts)):
        stock[t] = (1.0 - depreciation) * stock[t - 1] + amounts[t]
    return stock


def _numbers(values: NDArray[Any], name: str, problems: Problems) -> Matrix:
    try:
        numbers = np.array([np.nan if v is None else v for v in values.tolist()], dtype=float)
    except (TypeError, ValueError):
        _add(problems, Place(column=name), "text", Text("数", "numbers"))
        return np.empty(0)
    for row in np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0.0)))[:20].tolist():
        _add(
            problems,
            Place(row=row, column=name),
            f"{values[row]!r}",
            Text("不小于 0 的有限数", "a finite number of at least 0"),
        )
    return numbers


def _add(problems: Problems, place: Place, found: str, expected: Text) -> None:
    remedy = Text("改正数据或参数", "correct the data or the argument")
    problems.add("perpetual_inventory.data", place, found=Text(found, found), expected=expected, remedy=remedy)

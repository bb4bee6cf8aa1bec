"""`sigma_convergence` and `beta_convergence`: does the spread shrink, and do those behind grow faster?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from hetao.errors import ModelError, Place, Problem
from hetao.figures.frames import NativeFrame
from hetao.measure.differences.table import read_values
from hetao.text import Text

__all__ = ["BetaConvergence", "beta_convergence", "sigma_convergence"]


def sigma_convergence(frame: object, *, value: str, period: str) -> NativeFrame:
    """Measure the spread of a value in each period (Barro and Sala-i-Martin 1992).

    Args:
        frame: one row an observation, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        period: column of the period.

    Returns:
        One row a period: ``n``, ``mean``, ``variation`` (the coefficient of variation, standard deviation over mean)
        and ``log_deviation`` (the standard deviation of logarithms), both with n − 1. A spread that falls is
        σ-convergence.

    Raises:
        ModelError: unknown columns, missing keys, or values that are not numbers above 0.

    Examples:
        >>> found = sigma_convergence({"t": [1, 1, 2, 2], "v": [1.0, 3.0, 2.0, 3.0]}, value="v", period="t")
        >>> [round(v, 4) for v in found["variation"]]
        [0.7071, 0.2828]
    """
    own = ("n", "mean", "variation", "log_deviation")
    values = read_values("sigma_convergence", frame, value=value, period=period, own=own)
    rows: list[dict[str, Any]] = []
    for name, here in values.by_period():
        v, n = values.value[here], len(here)
        spread = float(v.std(ddof=1) / v.mean()) if n > 1 else None
        logs = float(np.log(v).std(ddof=1)) if n > 1 else None
        rows.append({"period": name, "n": n, "mean": float(v.mean()), "variation": spread, "log_deviation": logs})
    return values.give(period, rows)


@dataclass(frozen=True)
class BetaConvergence:
    """A regression of growth on the starting level.

    Attributes:
        units: how many units are in it.
        years: T, between the first and the last period.
        intercept, slope: a and b of growth = a + b ln(first value); b < 0 is β-convergence.
        standard_error: of the slope, robust to heteroskedasticity (HC1).
        t: the slope over its standard error, to be compared with Student's t of units − 2 degrees of freedom.
        r2: share of the variance of growth that the regression explains.
        speed: λ a year, −ln(1 + bT) / T; NaN where 1 + bT is not above 0.
        half_life: years after which half a gap is closed, ln 2 / λ; NaN where λ is not above 0.
    """

    units: int
    years: float
    intercept: float
    slope: float
    standard_error: float
    t: float
    r2: float
    speed: float
    half_life: float

    @property
    def p_value(self) -> float:
        """Two-sided, of a slope of 0, by Student's t of units − 2 degrees of freedom."""
        from scipy.stats import t

        return 2.0 * float(t.sf(abs(self.t), self.units - 2))

    def summary(self) -> str:
        """Return the regression in words."""
        verdict = Text("β 收敛", "β-convergence") if self.slope < 0.0 else Text("无 β 收敛", "no β-convergence")
        return str(
            Text(
                f"{verdict.zh}：斜率 {self.slope:.4f}（标准误 {self.standard_error:.4f}，t = {self.t:.2f}，"
                f"n = {self.units}，R² = {self.r2:.3f}），速度 {self.speed:.2%}/年，半衰期 {self.half_life:.1f} 年",
                f"{verdict.en}: slope {self.slope:.4f} (standard error {self.standard_error:.4f}, t = {self.t:.2f}, "
                f"n = {self.units}, R² = {self.r2:.3f}), speed {self.speed:.2%} a year, "
                f"half-life {self.half_life:.1f} years",
            )
        )


def beta_convergence(frame: object, *, value: str, unit: str, period: str) -> BetaConvergence:
    """Regress growth on the starting level (Baumol 1986; Barro and Sala-i-Martin 1992): absolute β-convergence.

    (1/T) ln(y_T / y_0) = a + b ln y_0, over the units seen in the first and in the last period. A negative b follows
    from chance in y_0 alone (Galton's fallacy), so read it beside `sigma_convergence`.

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        unit: column of the unit.
        period: column of the period, numbers such as years.

    Returns:
        The regression.

    Raises:
        ModelError: unknown columns, missing keys, values that are not numbers above 0, units that stand twice in a
            period, periods that are not numbers, fewer than three units seen at both ends, or all starting alike.

    Examples:
        >>> data = {"c": ["a", "b", "c"] * 2, "t": [2000] * 3 + [2010] * 3, "v": [1.0, 2.0, 4.0, 2.0, 3.2, 5.0]}
        >>> found = beta_convergence(data, value="v", unit="c", period="t")
        >>> round(found.slope, 4), round(found.speed, 4)
        (-0.0339, 0.0414)
    """
    values = read_values("beta_convergence", frame, value=value, unit=unit, period=period)
    assert values.unit is not None
    assert values.period is not None
    periods = values.order if all(isinstance(p, int | float) for p in values.order) else ()
    if len(periods) < 2:
        raise ModelError(
            [_problem(period, f"{len(periods)}", Text("至少两个数字时期", "at least two periods that are numbers"))]
        )
    known = dict(zip(zip(values.unit.tolist(), values.period.tolist(), strict=True), values.value, strict=True))
    first, last = periods[0], periods[-1]
    units = [u for u in dict.fromkeys(values.unit.tolist()) if (u, first) in known and (u, last) in known]
    start = np.log([known[u, first] for u in units])
    if len(units) < 3 or np.ptp(start) == 0.0:
        expected = Text(
            "首末两期都有、起点不全相同的至少三个单元", "three units seen at both ends that do not all start alike"
        )
        raise ModelError([_problem(unit, f"{len(units)}", expected)])
    years = float(last - first)
    growth = (np.log([known[u, last] for u in units]) - start) / years
    return _regression(start, growth, years)


def _regression(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], years: float) -> BetaConvergence:
    n, away = len(x), x - x.mean()
    slope = float(away @ y / (away @ away))
    intercept = float(y.mean() - slope * x.mean())
    rest = y - intercept - slope * x
    error = math.sqrt(float((away**2) @ (rest**2)) / float(away @ away) ** 2 * n / (n - 2))
    total = float(((y - y.mean()) ** 2).sum())
    speed = -math.log(1.0 + slope * years) / years if 1.0 + slope * years > 0.0 else math.nan
    return BetaConvergence(
        units=n,
        years=years,
        intercept=intercept,
        slope=slope,
        standard_error=error,
        t=slope / error if error > 0.0 else math.copysign(math.inf, slope),
        r2=1.0 - float((rest**2).sum()) / total if total > 0.0 else math.nan,
        speed=speed,
        half_life=math.log(2.0) / speed if speed > 0.0 else math.nan,
    )


def _problem(column: str, found: str, expected: Text) -> Problem:
    remedy = Text("补充数据，或改正列名", "add data, or correct the column's name")
    return Problem("beta_convergence.data", Place(column=column), Text(found, found), expected, remedy)

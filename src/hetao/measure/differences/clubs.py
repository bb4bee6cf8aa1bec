"""`convergence_clubs`: do units converge, all together or in clubs?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.differences.table import DistributionStatement, read_values
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ConvergenceClubs", "LogT", "convergence_clubs", "log_t"]

CRITICAL = -1.65  # of the one-sided test at 5 %
FEWEST_PERIODS = 8
SMOOTHEST = 1e9  # smoothing, beyond which the trend is a straight line and its system too near a singular one
SAME = 1e-12  # units whose relative distances are this small are together


@dataclass(frozen=True)
class LogT:
    """The log t regression of a group.

    Attributes:
        slope: b; at least 0 is convergence to one level or growth rate, at least 2 to one level; NaN where units are
            the same throughout.
        error: its standard error, robust to heteroskedasticity and autocorrelation; NaN as above.
        t: slope over error; below −1.65 convergence is rejected at 5 %.
    """

    slope: float
    error: float
    t: float

    @property
    def converges(self) -> bool:
        """Is convergence not rejected?"""
        return self.t > CRITICAL

    @property
    def words(self) -> Text:
        """B and t, or that the units are together."""
        if np.isnan(self.slope):
            return Text("各单元已相同", "the units are the same")
        return Text(f"b = {self.slope:.3f}，t = {self.t:.2f}", f"b = {self.slope:.3f}, t = {self.t:.2f}")


@dataclass(frozen=True, eq=False, repr=False)
class ConvergenceClubs(DistributionStatement):
    """Clubs of units that converge among themselves.

    Attributes:
        units: the N units, in order.
        club: (N,) number of each unit's club, 1 that with the highest mean in the last period; 0 where it
            converges with none.
        whole: the regression of all units together.
        tests: of each club, in order.
        relative: (periods, N) the paths over their mean, h, as the regressions see them.
    """

    units: tuple[object, ...]
    club: NDArray[np.int64]
    whole: LogT
    tests: tuple[LogT, ...]
    relative: Matrix
    unit_column: str

    @property
    def membership(self) -> NativeFrame:
        """The unit column and ``club``; a row a unit."""
        return self.values.kind.give({self.unit_column: list(self.units), "club": self.club.tolist()})

    @property
    def clubs(self) -> NativeFrame:
        """``club``, ``n``, ``slope``, ``standard_error``, ``t``; a row a club, the first (0) all units together."""
        rows = [self.whole, *self.tests]
        sizes = [len(self.units), *(int((self.club == c + 1).sum()) for c in range(len(self.tests)))]
        columns: dict[str, Any] = {"club": list(range(len(rows))), "n": sizes}
        columns |= {
            "slope": np.array([r.slope for r in rows]),
            "standard_error": np.array([r.error for r in rows]),
            "t": np.array([r.t for r in rows]),
        }
        return self.values.kind.give(columns)

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.club, self.relative)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("俱乐部", "clubs"): self.clubs, Text("成员", "membership"): self.membership}

    def _lines(self) -> list[str]:
        w = self.whole
        verdict = Text("不拒绝", "not rejected") if w.converges else Text("拒绝", "rejected")
        lines = [
            str(Text(f"全体收敛：{verdict.zh}（{w.words.zh}）", f"convergence of all: {verdict.en} ({w.words.en})"))
        ]
        for number, test in enumerate(self.tests, start=1):
            names = ", ".join(str(u) for u, c in zip(self.units, self.club.tolist(), strict=True) if c == number)
            lines.append(f"{number}: {names} ({test.words})")
        alone = [str(u) for u, c in zip(self.units, self.club.tolist(), strict=True) if c == 0]
        if alone:
            listed = ", ".join(alone)
            lines.append(str(Text(f"不属于任何俱乐部：{listed}", f"in no club: {listed}")))
        return lines

    def plot(self) -> Figure:
        """Draw the paths relative to the mean of all, coloured by club; return a matplotlib figure.

        Needs ``pip install hetao[plot]``.
        """
        from hetao.measure.plots import plot_clubs

        return plot_clubs(self)


def convergence_clubs(
    frame: object,
    *,
    value: str,
    unit: str,
    period: str,
    logs: bool = True,
    trend: float | None = 400.0,
    discard: float = 1.0 / 3.0,
    merge: bool = True,
) -> ConvergenceClubs:
    """Test convergence and find clubs by the log t regression (Phillips and Sul 2007; 2009).

    With h = x / mean x over the units of a period and H the mean of (h − 1)², log(H₁/Hₜ) − 2 log log t is regressed on
    log t over the later periods; its slope b is twice the speed at which the units come together. Clubs are found from
    the top: units are sorted by their last value; the core is the run of highest units whose t is largest; a unit joins
    if t with it stays above 0, a limit that is raised until the whole club converges; then the rest is searched.

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        unit: column of the unit.
        period: column of the period; every unit must be seen in each.
        logs: take logarithms first?
        trend: smoothing of the Hodrick-Prescott filter that takes the cycle off each unit's path; 400 as in the
            authors' annual data; None: no filter.
        discard: share of the first periods that the regression leaves out, between 0 and 1; a third for short series.
        merge: merge neighbouring clubs that converge together, as in 2009?

    Returns:
        The test of all units, and the clubs with their tests. Not to reject convergence is no proof of it.

    Raises:
        ModelError: unknown columns, missing keys, values that are not numbers above 0 (above 1 with logs, so that h is
            defined), an unbalanced panel, fewer than 8 periods or 3 units, or arguments out of range.

    Examples:
        >>> import numpy as np
        >>> t, paths = np.arange(1, 31), {"a": 8.0, "b": 8.0, "c": 5.0, "d": 5.0}
        >>> start = {"a": 1.0, "b": -1.0, "c": 1.0, "d": -1.0}
        >>> data = {"c": [u for u in paths for _ in t], "t": [*t] * 4}
        >>> data["v"] = [v for u in paths for v in paths[u] + start[u] / t]
        >>> convergence_clubs(data, value="v", unit="c", period="t", logs=False, trend=None).club.tolist()
        [1, 1, 2, 2]
    """
    arguments = Arguments("convergence_clubs")
    arguments.one_of("logs", logs, (False, True))
    arguments.one_of("merge", merge, (False, True))
    arguments.between("discard", discard)
    if trend is not None:
        arguments.positive_number("trend", trend)
    if arguments.clean and trend is not None and trend > SMOOTHEST:
        arguments.refuse(
            "trend",
            found=Text(f"{trend:g}", f"{trend:g}"),
            expected=Text(f"至多 {SMOOTHEST:g}", f"at most {SMOOTHEST:g}"),
            remedy=Text("减小；更大者只剩一条直线", "take less: what is left beyond is a straight line"),
        )
    arguments.done()
    values = read_values("convergence_clubs", frame, value=value, unit=unit, period=period, own=("club",))
    assert values.unit is not None
    units = list(dict.fromkeys(values.unit.tolist()))
    at = {name: i for i, name in enumerate(units)}
    parts = list(values.by_period())
    table = np.full((len(parts), len(units)), np.nan)
    for t, (_, rows) in enumerate(parts):
        table[t, [at[u] for u in values.unit[rows].tolist()]] = values.value[rows]
    _check_table(table, logs, discard, arguments)
    paths = np.log(table) if logs else table
    if trend is not None:
        paths = hodrick_prescott(paths, float(trend))
    order = np.argsort(-paths[-1], kind="stable")
    found = sorted(_clubs(paths, order.tolist(), discard), key=lambda club: -paths[-1, club].mean())
    if merge:
        found = _merged(paths, found, discard)
    club = np.zeros(len(units), dtype=np.int64)
    for number, members in enumerate(found, start=1):
        club[members] = number
    cycle = (
        Text("未滤波", "no filter") if trend is None else Text(f"HP 滤波 λ = {trend:g}", f"HP filter, λ = {trend:g}")
    )
    return ConvergenceClubs(
        name="convergence_clubs",
        options={"value": value, "logs": logs, "trend": trend, "discard": float(discard), "merge": merge},
        convention=Text(
            f"log t 回归：t < {CRITICAL} 拒绝收敛；俱乐部 1 最高；{cycle.zh}；去掉前 {discard:.0%} 的时期。",
            f"log t regression: t < {CRITICAL} rejects convergence; club 1 is the highest; {cycle.en}; the first "
            f"{discard:.0%} of the periods left out.",
        ),
        values=values,
        period_column=period,
        units=tuple(units),
        club=club,
        whole=log_t(paths, discard),
        tests=tuple(log_t(paths[:, members], discard) for members in found),
        relative=paths / paths.mean(axis=1, keepdims=True),
        unit_column=unit,
    )


def log_t(paths: Matrix, discard: float) -> LogT:
    """Return the log t regression of (T, N) paths.

    The variance of b is that of the authors: the long-run variance of the residuals over Σ (log t − mean)², the former
    by Andrews (1991) with a quadratic spectral kernel and the bandwidth that an autoregression of the residuals
    suggests. Units that are the same throughout the later periods have converged: t is infinite, b and error are NaN.
    """
    T = len(paths)
    h = paths / paths.mean(axis=1, keepdims=True)
    H = np.maximum(((h - 1.0) ** 2).mean(axis=1), SAME**2)
    t = np.arange(1, T + 1)
    kept = t > _left_out(T, discard)
    kept[0] = False  # log log 1 is not defined
    if (H[kept] <= SAME**2).all():
        return LogT(np.nan, np.nan, np.inf)
    y = np.log(H[0] / H[kept]) - 2.0 * np.log(np.log(t[kept]))
    x = np.log(t[kept]) - np.log(t[kept]).mean()
    slope = float(x @ y / (x @ x))
    error = float(np.sqrt(max(_long_run(y - y.mean() - slope * x), 0.0) / (x @ x)))
    return LogT(slope, error, slope / error if error > 0.0 else float(np.copysign(np.inf, slope)))


def _left_out(T: int, discard: float) -> int:
    return int(discard * T + 1e-9)  # 0.29 × 100 is 28.999…


def _long_run(residuals: Matrix) -> float:
    """Return the weighted sum of the autocovariances of (n,) residuals."""
    n = len(residuals)
    before, after = residuals[:-1], residuals[1:]
    rho = float(np.clip(before @ after / max(float(before @ before), np.finfo(float).tiny), -0.97, 0.97))
    width = 1.3221 * (4.0 * rho**2 / (1.0 - rho) ** 4 * n) ** 0.2
    total = float(residuals @ residuals)
    for lag in range(1, n if width > 0.0 else 1):
        z = 6.0 * np.pi * lag / (5.0 * width)
        weight = 3.0 / z**2 * (np.sin(z) / z - np.cos(z))
        total += 2.0 * weight * float(residuals[lag:] @ residuals[:-lag])
    return total / n


def hodrick_prescott(paths: Matrix, smoothing: float) -> Matrix:
    """Return the trends of (T, N) paths: (I + λ D'D)⁻¹ x, D the second differences (Hodrick and Prescott 1997)."""
    T = len(paths)
    D = np.diff(np.eye(T), n=2, axis=0)
    found: Matrix = np.asarray(np.linalg.solve(np.eye(T) + smoothing * D.T @ D, paths), dtype=np.float64)
    return found


def _check_table(table: Matrix, logs: bool, discard: float, arguments: Arguments) -> None:
    def refuse(argument: str, found: Text, expected: Text) -> None:
        remedy = Text("改正数据或参数", "correct the data or the argument")
        arguments.refuse(argument, found=found, expected=expected, remedy=remedy)

    T, N = table.shape
    if FEWEST_PERIODS > T or N < 3:
        found = Text(f"{N} 个单元 {T} 期", f"{N} units over {T} periods")
        few = f"at least 3 units over {FEWEST_PERIODS} periods"
        refuse("data", found, Text(f"至少 3 个单元、{FEWEST_PERIODS} 期", few))
    if T - _left_out(T, discard) < 5:
        found = Text(f"剩余 {T - _left_out(T, discard)} 期", f"{T - _left_out(T, discard)} periods left")
        refuse("discard", found, Text("至少剩余 5 期", "at least 5 periods left"))
    gaps = int(np.isnan(table).sum())
    if gaps:
        found = Text(f"{gaps} 个缺失的单元–时期", f"{gaps} units missing in a period")
        refuse("data", found, Text("平衡面板", "a balanced panel"))
    if logs and not bool((table[~np.isnan(table)] > 1.0).all()):
        found = Text(f"最小值 {np.nanmin(table):g}", f"a smallest value of {np.nanmin(table):g}")
        refuse("logs", found, Text("大于 1 的值，或 logs=False", "values above 1, or logs=False"))
    arguments.done()


def _clubs(paths: Matrix, order: list[int], discard: float) -> list[list[int]]:
    """Return the clubs among units sorted from the top, each with at least two members."""
    found, rest = [], order
    while len(rest) >= 2:
        if log_t(paths[:, rest], discard).converges:
            found.append(rest)
            break
        core = _core(paths, rest, discard)
        if not core:
            break
        club = _joined(paths, core, [u for u in rest if u not in core], discard)
        found.append(club)
        rest = [u for u in rest if u not in club]
    return found


def _core(paths: Matrix, rest: list[int], discard: float) -> list[int]:
    """Return the run of units from the first pair that converges whose t is largest; nothing where no pair does."""
    for start in range(len(rest) - 1):
        tests = []
        for end in range(start + 2, len(rest) + 1):
            test = log_t(paths[:, rest[start:end]], discard)
            if not test.converges:
                break
            tests.append(test.t)
        if tests:
            return rest[start : start + 2 + int(np.argmax(tests))]
    return []


def _joined(paths: Matrix, core: list[int], others: list[int], discard: float) -> list[int]:
    """Return the core with the units that may join it, the limit raised until the whole converges."""
    tests = {u: log_t(paths[:, [*core, u]], discard).t for u in others}
    joining = sorted((u for u in others if tests[u] > 0.0), key=lambda u: -tests[u])
    while joining and not log_t(paths[:, [*core, *joining]], discard).converges:
        joining.pop()
    return [*core, *joining]


def _merged(paths: Matrix, clubs: list[list[int]], discard: float) -> list[list[int]]:
    """Merge each club with the next while the two converge together."""
    found: list[list[int]] = []
    for club in clubs:
        if found and log_t(paths[:, [*found[-1], *club]], discard).converges:
            found[-1] = [*found[-1], *club]
        else:
            found.append(club)
    return found

"""`markov` and `spatial_markov`: how often units move between classes, and whether their neighbours matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.differences.neighbours import Neighbours, read_neighbours
from hetao.measure.differences.table import DistributionStatement, Values, read_values
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MarkovResult", "SpatialMarkovResult", "markov", "spatial_markov"]

ROUNDING = 1e-12  # by which the mean of neighbours on a bound may seem to pass it


@dataclass(frozen=True, eq=False, repr=False)
class MarkovResult(DistributionStatement):
    """Moves between K classes.

    Attributes:
        bounds: (K − 1,) upper bounds of all classes but the last; a value on a bound is in the lower class.
        counts: (K, K) moves from the row's class to the column's.
    """

    bounds: Matrix
    counts: NDArray[np.int64]

    @cached_property
    def probabilities(self) -> Matrix:
        """(K, K) shares of the moves from each class; NaN where nobody ever was."""
        return _kept(_shares(self.counts))

    @cached_property
    def ergodic(self) -> Matrix:
        """(K,) the distribution that the moves lead to if they go on for ever; NaN where it is not unique."""
        return _kept(_ergodic(self.probabilities))

    @cached_property
    def mobility(self) -> float:
        """Shorrocks' (1978) index (K − trace) / (K − 1): 0 where nobody moves, 1 where the class is forgotten."""
        k = len(self.counts)
        return float((k - np.trace(self.probabilities)) / (k - 1))

    @property
    def transitions(self) -> NativeFrame:
        """``from``, ``moves``, then ``to_1`` … ``to_K`` (shares), and ``ergodic``; a row a class, 1 the lowest."""
        k = len(self.counts)
        columns: dict[str, Any] = {"from": list(range(1, k + 1)), "moves": self.counts.sum(axis=1).tolist()}
        columns |= {f"to_{j + 1}": self.probabilities[:, j] for j in range(k)}
        return self.values.kind.give({**columns, "ergodic": self.ergodic})

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.bounds, self.counts)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("转移", "transitions"): self.transitions}

    def _lines(self) -> list[str]:
        bounds = ", ".join(f"{b:.4g}" for b in self.bounds)
        stay = ", ".join(f"{p:.1%}" for p in np.diag(self.probabilities))
        n, m = int(self.counts.sum()), self.mobility
        return [
            str(Text(f"{n} 次转移，分界 {bounds}", f"{n} moves, classes bounded by {bounds}")),
            str(Text(f"停留在原类：{stay}；流动性 {m:.3f}", f"staying: {stay}; mobility {m:.3f}")),
        ]

    def plot(self) -> Figure:
        """Draw the shares as a coloured table; return a matplotlib figure."""
        from hetao.measure.plots import plot_transitions

        return plot_transitions(self.name, [self.probabilities], [""])


@dataclass(frozen=True, eq=False, repr=False)
class SpatialMarkovResult(DistributionStatement):
    """Moves between K classes, by the class of the neighbours' mean at the start.

    Attributes:
        bounds: (K − 1,) upper bounds of all classes but the last.
        counts: (K, K, K) moves of units with neighbours in the first index's class, from the second's to the third's.
    """

    bounds: Matrix
    counts: NDArray[np.int64]

    @cached_property
    def probabilities(self) -> Matrix:
        """(K, K, K) shares of the moves from each class, given the neighbours' class; NaN where nobody ever was."""
        return _kept(np.array([_shares(counts) for counts in self.counts]))

    @cached_property
    def test(self) -> tuple[float, int, float]:
        """Likelihood-ratio statistic, degrees of freedom and p-value of "neighbours do not matter".

        Bickenbach and Bode (2003): 2 Σ nₗᵢⱼ ln(pₗᵢⱼ / pᵢⱼ); the degrees of freedom count, in each class, the neighbour
        classes that occur less one, times the classes moved to less one.
        """
        from scipy.stats import chi2

        pooled = _shares(self.counts.sum(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = self.counts * np.log(self.probabilities / pooled)
        statistic = 2.0 * float(np.where(self.counts > 0, parts, 0.0).sum())
        occur = (self.counts.sum(axis=2) > 0).sum(axis=0)
        reached = (self.counts.sum(axis=0) > 0).sum(axis=1)
        freedom = int((np.maximum(occur - 1, 0) * np.maximum(reached - 1, 0)).sum())
        return statistic, freedom, float(chi2.sf(statistic, freedom)) if freedom else np.nan

    @property
    def transitions(self) -> NativeFrame:
        """``neighbours``, ``from``, ``moves``, ``to_1`` … ``to_K`` (shares); a row a pair of classes, 1 the lowest."""
        k = len(self.counts)
        classes = range(1, k + 1)
        columns: dict[str, Any] = {"neighbours": [c for c in classes for _ in classes], "from": list(classes) * k}
        columns["moves"] = self.counts.sum(axis=2).ravel().tolist()
        columns |= {f"to_{j + 1}": self.probabilities[:, :, j].ravel() for j in range(k)}
        return self.values.kind.give(columns)

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.bounds, self.counts)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("空间转移", "spatial transitions"): self.transitions}

    def _lines(self) -> list[str]:
        q, freedom, p = self.test
        words = Text(
            f"邻居无影响的检验：Q = {q:.2f}，自由度 {freedom}，p = {p:.4f}",
            f"test that neighbours do not matter: Q = {q:.2f}, {freedom} degrees of freedom, p = {p:.4f}",
        )
        return [str(words)]

    def plot(self) -> Figure:
        """Draw one coloured table a class of neighbours; return a matplotlib figure."""
        from hetao.measure.plots import plot_transitions

        labels = [str(Text(f"邻居：第 {c} 类", f"neighbours in class {c}")) for c in range(1, len(self.counts) + 1)]
        return plot_transitions(self.name, list(self.probabilities), labels)


def markov(
    frame: object,
    *,
    value: str,
    unit: str,
    period: str,
    classes: int | Sequence[float] = 4,
    relative: bool = False,
) -> MarkovResult:
    """Count moves between classes from one period to the next (Quah 1993).

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        unit: column of the unit.
        period: column of the period; a unit's move is counted where it is seen in two consecutive periods.
        classes: how many, at least 2, with bounds at the quantiles of all values together; or the bounds themselves.
        relative: divide each value by its period's mean first, so that classes are places in the distribution?

    Returns:
        Counts, shares, the long-run distribution and a mobility index.

    Raises:
        ModelError: unknown columns, missing keys, values that are not numbers above 0, units that stand twice in a
            period, bounds that do not rise, fewer than two periods, or quantiles that coincide.

    Examples:
        >>> data = {"c": ["a", "b"] * 3, "t": [1, 1, 2, 2, 3, 3], "v": [1.0, 4.0, 2.0, 5.0, 4.0, 6.0]}
        >>> markov(data, value="v", unit="c", period="t", classes=[3.0]).counts.tolist()
        [[1, 1], [0, 2]]
    """
    table = _Classes.of("markov", frame, value, unit, period, classes, relative)
    k = len(table.bounds) + 1
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (table.before, table.after), 1)
    return MarkovResult(
        name="markov",
        options=table.options(value),
        convention=table.convention(Text("马尔可夫转移", "Markov transitions")),
        values=table.values,
        period_column=period,
        bounds=table.bounds,
        counts=counts,
    )


def spatial_markov(
    frame: object,
    *,
    value: str,
    unit: str,
    period: str,
    neighbours: object,
    classes: int | Sequence[float] = 4,
    relative: bool = True,
) -> SpatialMarkovResult:
    """Count moves between classes, apart for each class of the neighbours' mean at the start (Rey 2001).

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        unit: column of the unit.
        period: column of the period.
        neighbours: a frame or mapping with ``unit``, ``neighbour`` and, where wanted, ``weight``, such as
            `province_neighbours` returns; a pair holds both ways.
        classes: as in `markov`; the neighbours' means are sorted by the same bounds.
        relative: as in `markov`.

    Returns:
        Counts and shares, and a test of whether the neighbours matter.

    Raises:
        ModelError: as in `markov`; units that have no neighbours, or neighbours missing in a period.

    Examples:
        >>> data = {"c": ["a", "b"] * 3, "t": [1, 1, 2, 2, 3, 3], "v": [1.0, 4.0, 2.0, 5.0, 4.0, 6.0]}
        >>> pairs = {"unit": ["a"], "neighbour": ["b"]}
        >>> options = {"value": "v", "unit": "c", "period": "t", "classes": [3.0], "relative": False}
        >>> spatial_markov(data, neighbours=pairs, **options).counts[1].tolist()
        [[1, 1], [0, 0]]
    """
    table = _Classes.of("spatial_markov", frame, value, unit, period, classes, relative)
    pairs = read_neighbours("spatial_markov", neighbours)
    means = table.around(pairs)
    around = np.searchsorted(table.bounds + ROUNDING * np.abs(table.bounds), means, side="left")
    k = len(table.bounds) + 1
    counts = np.zeros((k, k, k), dtype=np.int64)
    np.add.at(counts, (around, table.before, table.after), 1)
    return SpatialMarkovResult(
        name="spatial_markov",
        options={**table.options(value), "neighbours_sha256": pairs.fingerprint},
        convention=table.convention(Text("空间马尔可夫转移", "Spatial Markov transitions")),
        values=table.values,
        period_column=period,
        bounds=table.bounds,
        counts=counts,
    )


@dataclass(frozen=True)
class _Classes:
    """Values in classes, and the moves between consecutive periods.

    Attributes:
        values: as read.
        units: the N units, in order.
        table: (periods, N) values, relative where asked; NaN where a unit is not seen.
        bounds: (K − 1,) of the classes.
        start: (moves, 2) period and unit that each move starts from.
        before, after: (moves,) classes.
        asked: number of classes, or their bounds.
        relative: were values divided by their period's mean?
    """

    values: Values
    units: list[object]
    table: Matrix
    bounds: Matrix
    start: NDArray[np.intp]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    asked: int | tuple[float, ...]
    relative: bool

    @classmethod
    def of(
        cls,
        call: str,
        frame: object,
        value: str,
        unit: str,
        period: str,
        classes: int | Sequence[float],
        relative: bool,
    ) -> _Classes:
        arguments = Arguments(call)
        arguments.one_of("relative", relative, (False, True))
        asked = _read_classes(classes, arguments)
        arguments.done()
        values = read_values(call, frame, value=value, unit=unit, period=period)
        assert values.unit is not None
        units = list(dict.fromkeys(values.unit.tolist()))
        at = {name: i for i, name in enumerate(units)}
        parts = list(values.by_period())
        table = np.full((len(parts), len(units)), np.nan)
        for i, (_, rows) in enumerate(parts):
            seen = values.value[rows]
            table[i, [at[u] for u in values.unit[rows].tolist()]] = seen / seen.mean() if relative else seen
        if len(parts) < 2:
            _refuse_classes(arguments, "period", Text("1 期", "1 period"), Text("至少两期", "at least two periods"))
        bounds = _bounds(table, asked)
        if isinstance(asked, int) and len(np.unique(np.r_[bounds, np.nanmax(table)])) <= len(bounds):
            few = Text("重合的分位数", "quantiles that coincide")
            _refuse_classes(arguments, "classes", few, Text("各不相同的分界", "bounds that differ"))
        start = np.argwhere(~np.isnan(table[:-1]) & ~np.isnan(table[1:]))
        if len(parts) > 1 and not len(start):
            none = Text("没有单元连续两期出现", "no unit seen in two consecutive periods")
            _refuse_classes(arguments, "unit", none, Text("至少一个", "at least one"))
        arguments.done()
        t, u = start.T
        before, after = (np.searchsorted(bounds, v, side="left") for v in (table[t, u], table[t + 1, u]))
        return cls(values, units, table, bounds, start, before, after, asked, relative)

    def options(self, value: str) -> dict[str, object]:
        """Return the options of the call."""
        classes = self.asked if isinstance(self.asked, int) else list(self.asked)
        return {"value": value, "classes": classes, "relative": self.relative}

    def around(self, pairs: Neighbours) -> Matrix:
        """Return the (moves,) means of the neighbours that are seen at the start of each move."""
        weights = pairs.matrix(self.units)
        seen = ~np.isnan(self.table)
        sums, there = np.nan_to_num(self.table) @ weights.T, seen @ weights.T
        with np.errstate(divide="ignore", invalid="ignore"):
            means = sums / there
        t, u = self.start.T
        found: Matrix = means[t, u]
        arguments, lost = Arguments("spatial_markov"), np.flatnonzero(np.isnan(found))
        order = self.values.order
        pairs.require_some([(self.units[u[i]], order[t[i]]) for i in lost.tolist()], arguments)
        arguments.done()
        return found

    def convention(self, what: Text) -> Text:
        """Return what the counts mean, in a sentence."""
        how = (
            Text("相对于当期均值", "relative to the period's mean") if self.relative else Text("按原值", "as they are")
        )
        k = len(self.bounds) + 1
        return Text(
            f"{what.zh}：{k} 类，值{how.zh}，第 1 类最低。", f"{what.en}: {k} classes of values {how.en}, 1 the lowest."
        )


def _read_classes(classes: object, arguments: Arguments) -> int | tuple[float, ...]:
    """Return the number of classes, or their bounds; record what is neither."""
    if not isinstance(classes, bool) and isinstance(classes, Integral):
        arguments.whole("classes", classes, 2)
        return int(classes)
    listed = list(classes) if isinstance(classes, Iterable) and not isinstance(classes, str) else []
    numbers = tuple(float(b) for b in listed if _is_bound(b))
    if not listed or len(numbers) < len(listed) or any(np.diff(numbers) <= 0.0):
        expected = Text("类数，或上升的分界", "a number of classes, or bounds that rise")
        _refuse_classes(arguments, "classes", Text(f"{classes!r}", f"{classes!r}"), expected)
    return numbers


def _is_bound(value: object) -> bool:
    try:
        return not isinstance(value, bool) and isinstance(value, Real) and bool(np.isfinite(float(value)))
    except OverflowError:
        return False


def _refuse_classes(arguments: Arguments, argument: str, found: Text, expected: Text) -> None:
    remedy = Text("改正数据或参数", "correct the data or the argument")
    arguments.refuse(argument, found=found, expected=expected, remedy=remedy)


def _bounds(table: Matrix, classes: int | tuple[float, ...]) -> Matrix:
    if isinstance(classes, int):
        return np.asarray(np.nanquantile(table, np.arange(1, classes) / classes))
    return np.array(classes, dtype=float)


def _kept(array: Matrix) -> Matrix:
    array.setflags(write=False)
    return array


def _shares(counts: NDArray[np.int64]) -> Matrix:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Matrix = counts / counts.sum(axis=1, keepdims=True)
    return found


def _ergodic(moves: Matrix) -> Matrix:
    """Return the one distribution p with p P = p; NaN where there is none or several."""
    k = len(moves)
    if np.isnan(moves).any():
        return np.full(k, np.nan)
    system = np.vstack([moves.T - np.eye(k), np.ones(k)])
    if np.linalg.matrix_rank(system[:-1], tol=1e-10) < k - 1:
        return np.full(k, np.nan)
    found, *_ = np.linalg.lstsq(system, np.r_[np.zeros(k), 1.0], rcond=None)
    clean = np.maximum(found, 0.0)
    shares: Matrix = clean / clean.sum()
    return shares

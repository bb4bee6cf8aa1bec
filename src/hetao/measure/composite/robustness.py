"""`composite_robustness`: how far ranks depend on the choices that an index is made by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError
from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.composite.composite import CompositeResult, rank_within
from hetao.measure.composite.compute import Recipe, aggregate_rows, compute, without
from hetao.measure.composite.families import AGGREGATIONS, GAPS, NORMALISATIONS, WEIGHTINGS
from hetao.measure.frontier.technology import Matrix
from hetao.measure.inference.replications import Teller
from hetao.measure.results import Statement
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["RobustnessResult", "composite_robustness"]

RESAMPLES = 200  # of the draws, for the standard errors of the indices
TITLES = {
    "normalisation": Text("标准化", "normalisation"),
    "weights": Text("权重", "weights"),
    "aggregation": Text("合成", "aggregation"),
    "missing": Text("补缺", "missing"),
    "left_out": Text("去掉一个指标", "left out"),
    "weight_error": Text("权重误差", "weight error"),
}


@dataclass(frozen=True, eq=False, repr=False)
class RobustnessResult(Statement):
    """The ranks of n rows over many ways to make one index.

    Attributes:
        of: the index itself.
        factors: what was varied.
        draws: (2N, n) ranks under independent draws of all choices.
        mixed: (k, N, n) ranks of the first N draws with one choice taken from the second N.
        confidence: of the rank intervals.
        seed: of the random numbers.
    """

    of: CompositeResult
    factors: tuple[str, ...]
    draws: NDArray[np.int32]
    mixed: NDArray[np.int32]
    confidence: float
    seed: int

    @cached_property
    def _limits(self) -> Matrix:
        tail = (1.0 - self.confidence) / 2.0
        found: Matrix = np.quantile(self.draws, [tail, 0.5, 1.0 - tail], axis=0, method="inverted_cdf")
        return found

    @property
    def ranks(self) -> NativeFrame:
        """Keys, ``rank`` of the index itself, ``lower``, ``median`` and ``upper`` rank, and ``same``; a row a row.

        ``same`` is the share of the draws that give the rank of the index itself.
        """
        low, middle, high = self._limits
        own = self.of.ranks
        columns: dict[str, Any] = {"rank": own.tolist()}
        columns |= {"lower": low.astype(int).tolist(), "median": middle.astype(int).tolist()}
        columns |= {"upper": high.astype(int).tolist(), "same": (self.draws == own).mean(axis=0)}
        return self.of.sheet.kind.give({**self.of.sheet.keys(), **columns})

    @property
    def shift(self) -> Matrix:
        """(2N,) mean distance of each draw's ranks from those of the index itself."""
        found: Matrix = np.abs(self.draws - self.of.ranks).mean(axis=1)
        return found

    @property
    def sensitivity(self) -> NativeFrame:
        """``factor``, ``first_order``, ``total`` and their standard errors: Sobol indices of the mean shift in ranks.

        The first-order index is the share of the variance that a choice explains by itself, the total one what would
        be left if all others were settled. Missing where the shift does not vary.
        """
        n = len(self.draws) // 2
        mixed = np.abs(self.mixed - self.of.ranks).mean(axis=2)
        return self._sobol(self.shift[:n], self.shift[n:], mixed)

    def sensitivity_of(self, unit: object, period: object = None) -> NativeFrame:
        """Return the Sobol indices of one unit's rank, as in `sensitivity`.

        Args:
            unit: which.
            period: when; None: in the last period.

        Raises:
            ModelError: there is no such row.
        """
        sheet, n = self.of.sheet, len(self.draws) // 2
        when = sheet.order[-1] if period is None else period
        keys = list(zip(sheet.units.tolist(), sheet.periods.tolist(), strict=True))
        arguments = Arguments("sensitivity_of")
        if (unit, when) not in keys:
            arguments.refuse(
                "unit",
                found=Text(f"{unit!r}, {when!r}", f"{unit!r}, {when!r}"),
                expected=Text("数据中的单元与时期", "a unit and period of the data"),
                remedy=Text("改正单元或时期", "correct the unit or the period"),
            )
        arguments.done()
        row = keys.index((unit, when))
        return self._sobol(self.draws[:n, row], self.draws[n:, row], self.mixed[:, :, row])

    def _sobol(self, a: NDArray[Any], b: NDArray[Any], mixed: NDArray[Any]) -> NativeFrame:
        first, total = sobol_indices(a, b, mixed)
        random, n = np.random.default_rng(self.seed), len(a)
        again = [sobol_indices(a[i], b[i], mixed[:, i]) for i in random.integers(n, size=(RESAMPLES, n))]
        errors = np.std(again, axis=0)
        columns = {"first_order": first, "first_order_error": errors[0], "total": total, "total_error": errors[1]}
        return self.of.sheet.kind.give({"factor": list(self.factors), **columns})

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: that of the index, the call's options and the seed."""
        return {**self.of.fingerprint, "call": self.name, "options": dict(self.options), "seed": self.seed}

    def _data_hash(self) -> str:
        return self.of.sheet.fingerprint

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.draws, self.mixed)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("名次", "ranks"): self.ranks, Text("敏感性", "sensitivity"): self.sensitivity}

    def _lines(self) -> list[str]:
        mean, wide = float(self.shift.mean()), float((self._limits[2] - self._limits[0]).mean())
        lines = [
            str(
                Text(
                    f"名次平均移动 {mean:.2f}；{self.confidence:.0%} 名次区间平均宽 {wide:.1f}",
                    f"ranks move by {mean:.2f} on average; {self.confidence:.0%} rank intervals are {wide:.1f} wide",
                )
            )
        ]
        n = len(self.draws) // 2
        mixed = np.abs(self.mixed - self.of.ranks).mean(axis=2)
        for factor, s, t in zip(self.factors, *sobol_indices(self.shift[:n], self.shift[n:], mixed), strict=True):
            lines.append(f"{TITLES[factor]}: S = {s:.2f}, T = {t:.2f}")
        return lines

    def plot(self) -> Figure:
        """Draw the rank intervals of the last period; return a matplotlib figure."""
        from hetao.measure.plots import plot_ranks

        return plot_ranks(self)


def sobol_indices(a: NDArray[Any], b: NDArray[Any], mixed: NDArray[Any]) -> tuple[Matrix, Matrix]:
    """Return (k,) first-order and total indices (Saltelli et al. 2010; Jansen 1999); NaN where nothing varies.

    Args:
        a: (N,) outputs of one sample.
        b: (N,) outputs of another, independent of it.
        mixed: (k, N) of the first with one factor taken from the second.
    """
    a, b, mixed = a.astype(float), b.astype(float), mixed.astype(float)
    variance = float(np.var(np.r_[a, b]))
    if variance <= 0.0:
        return np.full(len(mixed), np.nan), np.full(len(mixed), np.nan)
    first = 1.0 - ((b - mixed) ** 2).mean(axis=1) / (2.0 * variance)
    total = ((a - mixed) ** 2).mean(axis=1) / (2.0 * variance)
    return first, total


def composite_robustness(
    result: CompositeResult,
    *,
    normalisations: Sequence[str] = ("min_max", "z_score", "rank"),
    weights: Sequence[str] = ("equal", "entropy", "critic", "standard_deviation"),
    aggregations: Sequence[str] | None = None,
    missing: Sequence[str] | None = None,
    leave_one_out: bool = True,
    weight_error: float = 0.25,
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.9,
) -> RobustnessResult:
    """Vary the choices of a composite index together and see which ranks hold (Saisana, Saltelli and Tarantola 2005).

    Every draw takes one of the normalisations, weightings and aggregations, one of the rules for missing values, leaves
    one indicator out or none, and multiplies each weight by a number between 1 − e and 1 + e. The index's own rules are
    among the choices. An indicator left out leaves its weight to the others in proportion.

    Args:
        result: of `composite`.
        normalisations: names of rules.
        weights: names of rules.
        aggregations: names of rules; by default ``linear``, and ``geometric`` where the index has a floor,
            without which the worst value of an indicator has none.
        missing: names of rules; by default the index's own.
        leave_one_out: leave an indicator out?
        weight_error: e, at least 0 and below 1.
        draws: N, at least 20: the index is computed N (k + 2) times, k the number of choices that vary.
        seed: of the random numbers.
        confidence: of the rank intervals, between 0 and 1.

    Returns:
        Rank intervals, and Sobol indices that say which choice moves the ranks.

    Raises:
        ModelError: unknown rules, rules that cannot take the data or one another, arguments out of range, or nothing
            that varies.

    Examples:
        >>> from hetao.measure import composite, composite_robustness
        >>> tree = {"dimension": ["d", "d"], "indicator": ["x", "y"], "direction": ["+", "-"]}
        >>> data = {"region": list("abcd"), "x": [1.0, 2.0, 3.0, 5.0], "y": [4.0, 2.0, 0.5, 0.0]}
        >>> index = composite(data, tree=tree, unit="region", floor=0.01)
        >>> composite_robustness(index, draws=50, leave_one_out=False).ranks["upper"]
        [4, 3, 2, 1]
    """
    arguments = Arguments("composite_robustness")
    _check_result(result, arguments)
    recipe = result.recipe
    if aggregations is None:
        aggregations = ("linear", "geometric") if recipe.floor > 0.0 else ("linear",)
    choices = {
        "normalisation": _named(arguments, "normalisations", normalisations, NORMALISATIONS, recipe.normalisation.name),
        "weights": _named(arguments, "weights", weights, WEIGHTINGS, recipe.weighting.name),
        "aggregation": _named(arguments, "aggregations", aggregations, AGGREGATIONS, recipe.aggregation.name),
        "missing": _named(arguments, "missing", () if missing is None else missing, GAPS, recipe.gaps.name),
    }
    arguments.one_of("leave_one_out", leave_one_out, (False, True))
    arguments.whole("draws", draws, 20)
    arguments.whole("seed", seed, 0)
    arguments.between("confidence", confidence)
    arguments.below_one("weight_error", weight_error)
    arguments.done()
    left: tuple[str | None, ...] = (None, *result.tree.names) if leave_one_out and len(result.tree) > 2 else (None,)
    index = _Index(result, choices, left, float(weight_error))
    index.check(arguments)
    random = np.random.default_rng(seed)
    k, told = len(index.factors), Teller(draws * (len(index.factors) + 2))
    a, b = random.random((draws, k)), random.random((draws, k))
    rank_a, rank_b = (index.ranks(points, told) for points in (a, b))
    mixed = []
    for i in range(k):
        points = a.copy()
        points[:, i] = b[:, i]
        mixed.append(index.ranks(points, told))
    options = {name: list(names) for name, names in choices.items()}
    options |= {"leave_one_out": leave_one_out, "weight_error": weight_error}  # type: ignore[dict-item] # they differ
    return RobustnessResult(
        name="composite_robustness",
        options={**options, "draws": draws, "confidence": confidence},
        convention=Text(
            f"稳健性：{draws} 次抽样同时改变各项选择；名次 1 为最高；{confidence:.0%} 名次区间；"
            f"S、T 为名次平均移动的 Sobol 一阶与总效应指数；指数本身：{result.convention.zh}",
            f"Robustness: {draws} draws that vary all choices together; rank 1 is the highest; {confidence:.0%} rank "
            f"intervals; S and T are first-order and total Sobol indices of the mean shift in ranks; the index: "
            f"{result.convention.en}",
        ),
        of=result,
        factors=index.factors,
        draws=np.concatenate([rank_a, rank_b]),
        mixed=np.array(mixed),
        confidence=float(confidence),
        seed=int(seed),
    )


def _check_result(result: object, arguments: Arguments) -> None:
    if not isinstance(result, CompositeResult):
        name = str(getattr(result, "name", type(result).__name__))
        arguments.refuse(
            "result",
            found=Text(name, name),
            expected=Text("composite 的结果", "a result of composite"),
            remedy=Text("先计算综合指数", "make the index first"),
        )
    arguments.done()


def _named(arguments: Arguments, argument: str, names: object, family: Iterable[str], own: str) -> tuple[str, ...]:
    listed: list[Any] = list(names) if isinstance(names, Iterable) and not isinstance(names, str) else [names]
    for name in listed:
        arguments.one_of(argument, name, tuple(family))
    return tuple(dict.fromkeys([own, *(name for name in listed if isinstance(name, str))]))


class _Index:
    """The ranks of one index under any choices; what several draws share is computed once."""

    def __init__(
        self,
        result: CompositeResult,
        choices: dict[str, tuple[str, ...]],
        left: tuple[str | None, ...],
        weight_error: float,
    ) -> None:
        self._result, self._choices, self._left, self._error = result, choices, left, weight_error
        sizes = {name: len(listed) for name, listed in choices.items()} | {"left_out": len(left)}
        varied = [name for name, size in sizes.items() if size > 1]
        self.factors = (*varied, "weight_error") if weight_error else tuple(varied)
        self._made: dict[tuple[str, str, str, str | None], tuple[Matrix, Matrix]] = {}

    def check(self, arguments: Arguments) -> None:
        """Require that something varies and that every combination of rules can be computed; tell all that cannot."""
        if not self.factors:
            arguments.refuse(
                "normalisations",
                found=Text("每项只有一个选择", "one choice of everything"),
                expected=Text("至少一项有两个选择", "at least two choices of something"),
                remedy=Text("列出更多规则", "name more rules"),
            )
        for names in product(*self._choices.values()):
            try:
                compute(self._result.sheet, self._result.tree, self._recipe(*names), "composite")
            except ModelError as error:
                why = error.problems[0]
                shown = ", ".join(names)
                arguments.refuse(
                    shown,
                    found=Text(f"{why.place.item}：{why.found.zh}", f"{why.place.item}: {why.found.en}"),
                    expected=why.expected,
                    remedy=why.remedy,
                )
        arguments.done()

    def ranks(self, points: Matrix, told: Teller) -> NDArray[np.int32]:
        """Return the (N, n) ranks at N points of the unit cube."""
        found = np.empty((len(points), len(self._result.score)), dtype=np.int32)
        for i, point in enumerate(points):
            found[i] = self._at(dict(zip(self.factors, point.tolist(), strict=True)))
            told(1)
        return found

    def _at(self, point: dict[str, float]) -> NDArray[np.int64]:
        def chosen(name: str, listed: Sequence[Any]) -> Any:  # noqa: ANN401 # whatever is listed
            return listed[int(point.get(name, 0.0) * len(listed))]

        normalisation, weighting, aggregation, gaps = (chosen(name, c) for name, c in self._choices.items())
        left = chosen("left_out", self._left)
        values, weights = self._prepared(normalisation, weighting, gaps, left)
        if "weight_error" in point:
            noise = np.random.default_rng(int(point["weight_error"] * 2**53)).uniform(-1.0, 1.0, values.shape[1])
            scaled = weights * (1.0 + self._error * noise)
            weights = _scaled(scaled, weights.sum(axis=1))
        recipe, score = self._recipe(normalisation, weighting, aggregation, gaps), np.empty(len(values))
        for _, rows in self._result.sheet.pools(recipe.over):
            score[rows] = aggregate_rows(values[rows], weights[rows], recipe)
        return rank_within(score, self._result.sheet.positions)

    def _prepared(self, normalisation: str, weighting: str, gaps: str, left: str | None) -> tuple[Matrix, Matrix]:
        """Return the (n, m) normalised values and weights, without the indicator left out."""
        key = (normalisation, weighting, gaps, left)
        if key not in self._made:
            recipe = self._recipe(normalisation, weighting, "linear", gaps)
            sheet, tree = self._result.sheet, self._result.tree
            if left is None:
                whole = compute(sheet, tree, recipe, "composite")
                self._made[key] = whole.values, whole.row_weights
            elif recipe.weighting.own:
                rest = compute(*without(sheet, tree, left), recipe, "composite")
                self._made[key] = rest.values, rest.row_weights
            else:
                values, weights = self._prepared(normalisation, weighting, gaps, None)
                kept = [j for j, name in enumerate(tree.names) if name != left]
                rest_weights = weights[:, kept]
                self._made[key] = values[:, kept], _scaled(rest_weights, np.ones(len(values)))
        return self._made[key]

    def _recipe(self, normalisation: str, weighting: str, aggregation: str, gaps: str) -> Recipe:
        return replace(
            self._result.recipe,
            normalisation=NORMALISATIONS[normalisation],
            weighting=WEIGHTINGS[weighting],
            aggregation=AGGREGATIONS[aggregation],
            gaps=GAPS[gaps],
        )


def _scaled(weights: Matrix, sums: Matrix) -> Matrix:
    """Return (n, m) weights scaled so that rows have these sums; a row without any weight keeps none."""
    own = weights.sum(axis=1)
    found: Matrix = weights * np.divide(sums, own, out=np.zeros_like(own), where=own > 0.0)[:, None]
    return found

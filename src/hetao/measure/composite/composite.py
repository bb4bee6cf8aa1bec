"""`composite`: one index of many indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.frozen import Frozen
from hetao.measure.arguments import Arguments
from hetao.measure.composite.compute import Computed, Recipe, compute
from hetao.measure.composite.families import AGGREGATIONS, GAPS, NORMALISATIONS, WEIGHTINGS
from hetao.measure.composite.sheet import Sheet, read_sheet
from hetao.measure.composite.tree import IndicatorTree, read_tree
from hetao.measure.frontier.technology import Matrix
from hetao.measure.results import Statement
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CompositeResult", "composite"]

OVER = ("panel", "period")


@dataclass(frozen=True, eq=False, repr=False)
class CompositeResult(Statement):
    """An index of n rows, with what it is made of.

    Attributes:
        sheet: the data.
        tree: the indicators.
        recipe: how it was made.
        computed: the score, the normalised values, the weights and what was filled.
    """

    sheet: Sheet
    tree: IndicatorTree
    recipe: Recipe
    computed: Computed

    @property
    def score(self) -> Matrix:
        """(n,) the index of each row."""
        return self.computed.score

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """(n,) rank within the period, 1 the highest; ties share the better rank."""
        found = rank_within(self.score, self.sheet.positions)
        found.setflags(write=False)
        return found

    @property
    def scores(self) -> NativeFrame:
        """Keys, ``score``, ``rank`` within the period, and the score of each dimension by the same rules."""
        dimensions = dict(zip(self.tree.dimensions, self.computed.dimensions.T, strict=True))
        own = {"score": self.score, "rank": self.ranks.tolist(), **dimensions}
        return self.sheet.kind.give({**self.sheet.keys(), **own})

    @property
    def weights(self) -> NativeFrame:
        """``dimension``, ``indicator``, ``direction``, ``weight``; a row an indicator, and a period if over each.

        Where each row has weights of its own (benefit of the doubt), their mean.
        """
        rows: dict[str, list[Any]] = {name: [] for name in ("dimension", "indicator", "direction", "weight")}
        periods: list[Any] = []
        for period, weights in self.computed.weights:
            shown = weights if weights.ndim == 1 else weights.mean(axis=0)
            for indicator, weight in zip(self.tree, shown.tolist(), strict=True):
                rows["dimension"].append(indicator.dimension)
                rows["indicator"].append(indicator.name)
                rows["direction"].append("+" if indicator.direction > 0 else "-")
                rows["weight"].append(weight)
                periods.append(period)
        key = {self.sheet.period_column: periods} if self.recipe.over == "period" and self.sheet.period_column else {}
        return self.sheet.kind.give({**key, **rows})

    @property
    def normalised(self) -> NativeFrame:
        """Keys and the normalised value of every indicator, more being better."""
        columns = dict(zip(self.tree.names, self.computed.values.T, strict=True))
        return self.sheet.kind.give({**self.sheet.keys(), **columns})

    @property
    def contributions(self) -> NativeFrame:
        """Keys and what every indicator adds to the score; they add up to it. Only a weighted sum has any.

        Raises:
            ModelError: the aggregation is another.
        """
        arguments = Arguments("composite.contributions")
        arguments.one_of("aggregation", self.recipe.aggregation.name, ("linear",))
        arguments.done()
        columns = dict(zip(self.tree.names, (self.computed.values * self.computed.row_weights).T, strict=True))
        return self.sheet.kind.give({**self.sheet.keys(), **columns})

    @property
    def filled(self) -> NativeFrame:
        """Keys, ``indicator`` and ``value`` of what was missing and was filled; a row a value."""
        rows, columns = np.nonzero(self.computed.was_missing)
        keys = {name: [values[i] for i in rows.tolist()] for name, values in self.sheet.keys().items()}
        names = [self.tree.names[j] for j in columns.tolist()]
        return self.sheet.kind.give({**keys, "indicator": names, "value": self.computed.raw[rows, columns]})

    def _data_hash(self) -> str:
        return self.sheet.fingerprint

    def _arrays(self) -> Iterable[NDArray[Any]]:
        c = self.computed
        held = (*(weights for _, weights in c.weights), *self.recipe.comparisons.values())
        return (c.score, c.values, c.raw, c.dimensions, c.was_missing, c.row_weights, *held)

    def _tables(self) -> dict[Text, NativeFrame]:
        tables = {
            Text("得分", "scores"): self.scores,
            Text("权重", "weights"): self.weights,
            Text("标准化值", "normalised"): self.normalised,
        }
        if self.recipe.aggregation.sums:
            tables[Text("贡献", "contributions")] = self.contributions
        return {**tables, Text("补缺", "filled"): self.filled}

    def _lines(self) -> list[str]:
        n, gaps = len(self.score), int(self.computed.was_missing.sum())
        lines = [str(Text(f"{n} 行，补缺 {gaps} 个值", f"{n} rows, {gaps} missing values filled"))]
        last = np.flatnonzero(self.sheet.positions == len(self.sheet.order) - 1)
        best = last[np.argsort(self.ranks[last], kind="stable")][:5]
        named = ", ".join(f"{self.sheet.units[i]} {self.score[i]:.3f}" for i in best)
        period = self.sheet.order[-1]
        when = "" if period is None else f" {period}"
        lines.append(str(Text(f"前五{when}：{named}", f"first five{when}: {named}")))
        return lines + [str(note) for note in self.computed.notes]

    def plot(self) -> Figure:
        """Draw the index, one line a unit over the periods or one bar a unit; return a matplotlib figure."""
        from hetao.measure.plots import plot_composite

        return plot_composite(self)


def composite(
    frame: object,
    *,
    tree: object,
    unit: str,
    period: str | None = None,
    normalisation: str = "min_max",
    weights: str = "equal",
    aggregation: str = "linear",
    missing: str = "refuse",
    over: str = "panel",
    floor: float = 0.0,
    comparisons: Mapping[str, object] | None = None,
) -> CompositeResult:
    """Make one index of many indicators by named rules (OECD and JRC 2008).

    By default the whole panel is normalised and weighed together, so that a score can be compared over the years.

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        tree: the indicators with their dimensions and directions: a CSV file, a frame, or an `IndicatorTree`.
        unit: column of the unit.
        period: column of the period; None for a cross-section.
        normalisation: ``min_max``, ``z_score``, ``rank``, ``goalposts`` or ``reference_distance``.
        weights: ``equal``, ``given``, ``entropy``, ``critic``, ``standard_deviation``, ``pca``, ``ahp`` or
            ``benefit_of_the_doubt``.
        aggregation: ``linear``, ``geometric``, ``topsis`` or ``mazziotta_pareto``.
        missing: ``refuse``, ``interpolate`` or ``period_mean``; what was filled is listed.
        over: what is normalised and weighed together: the ``panel``, or each ``period`` by itself.
        floor: shares of a range are raised to [floor, 1], so that a geometric mean does not end at 0; 0 ≤ floor < 1.
        comparisons: of ``ahp``: dimension → square matrix of comparisons of its indicators, and ``""`` → that of the
            dimensions.

    Returns:
        Scores with ranks and dimensions, weights, normalised values, contributions and what was filled.

    Raises:
        ModelError: unknown columns or rules, values that cannot be taken, gaps that the rule leaves, rules that do not
            go together; everything at once, each with its place.

    Examples:
        >>> tree = {"dimension": ["d", "d"], "indicator": ["x", "y"], "direction": ["+", "-"]}
        >>> data = {"region": ["a", "b", "c"], "x": [1.0, 2.0, 3.0], "y": [4.0, 2.0, 0.0]}
        >>> composite(data, tree=tree, unit="region").scores["score"]
        [0.0, 0.5, 1.0]
    """
    read = read_tree(tree)
    arguments = Arguments("composite")
    arguments.one_of("normalisation", normalisation, tuple(NORMALISATIONS))
    arguments.one_of("weights", weights, tuple(WEIGHTINGS))
    arguments.one_of("aggregation", aggregation, tuple(AGGREGATIONS))
    arguments.one_of("missing", missing, tuple(GAPS))
    arguments.one_of("over", over, OVER)
    arguments.below_one("floor", floor)
    matrices = _matrices(comparisons, arguments)
    arguments.done()
    sheet = read_sheet("composite", frame, tree=read, unit=unit, period=period)
    recipe = Recipe(
        NORMALISATIONS[normalisation],
        WEIGHTINGS[weights],
        AGGREGATIONS[aggregation],
        GAPS[missing],
        over,
        float(floor),
        matrices,
    )
    return CompositeResult(
        name="composite",
        options=_options(recipe, read),
        convention=_convention(recipe, read),
        sheet=sheet,
        tree=read,
        recipe=recipe,
        computed=compute(sheet, read, recipe, "composite"),
    )


def rank_within(score: Matrix, positions: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the rank of each score among those of its period, 1 the highest, ties sharing the better rank."""
    digits = 12 - int(np.floor(np.log10(np.abs(score).max(initial=0.0) or 1.0)))
    score, found = np.round(score, digits), np.empty(len(score), dtype=np.int64)  # equal but for rounding is a tie
    for position in np.unique(positions):
        rows = np.flatnonzero(positions == position)
        ordered = np.sort(score[rows])
        found[rows] = len(rows) - np.searchsorted(ordered, score[rows], side="right") + 1
    return found


def _matrices(comparisons: object, arguments: Arguments) -> Mapping[str, Matrix]:
    found: dict[str, Matrix] = {}
    if not isinstance(comparisons, Mapping | None):
        kind = type(comparisons).__name__
        arguments.refuse(
            "comparisons",
            found=Text(f"类型 {kind}", f"an object of type {kind}"),
            expected=Text("维度到矩阵的字典", "a mapping of dimensions to matrices"),
            remedy=Text("改正该参数", "correct the argument"),
        )
        return found
    for name, matrix in (comparisons or {}).items():
        try:
            found[str(name)] = np.atleast_2d(np.array(matrix, dtype=float))
        except (TypeError, ValueError):
            arguments.refuse(
                f"comparisons[{name!r}]",
                found=Text(f"{type(matrix).__name__}", f"{type(matrix).__name__}"),
                expected=Text("数的方阵", "a square matrix of numbers"),
                remedy=Text("给出两两比较的矩阵", "give the matrix of comparisons in pairs"),
            )
    return Frozen(found)


def _options(recipe: Recipe, tree: IndicatorTree) -> dict[str, object]:
    return {
        "tree": [[i.dimension, i.name, i.direction, *map(_known, i.numbers)] for i in tree],
        "normalisation": recipe.normalisation.name,
        "weights": recipe.weighting.name,
        "aggregation": recipe.aggregation.name,
        "missing": recipe.gaps.name,
        "over": recipe.over,
        "floor": recipe.floor,
        "comparisons": {name: matrix.tolist() for name, matrix in recipe.comparisons.items()},
    }


def _known(number: float) -> float | None:
    return None if np.isnan(number) else number


def _convention(recipe: Recipe, tree: IndicatorTree) -> Text:
    parts = (recipe.normalisation.title, recipe.weighting.title, recipe.aggregation.title, recipe.gaps.title)
    zh, en = "、".join(t.zh for t in parts), ", ".join(t.en for t in parts)
    over = Text("全部年份一并标准化", "all periods together") if recipe.over == "panel" else Text("逐期", "each period")
    m, d = len(tree), len(tree.dimensions)
    return Text(
        f"综合指数：越大越好；维度 {d} 个，指标 {m} 个；{zh}；{over.zh}。",
        f"Composite index: higher is better; dimensions: {d}, indicators: {m}; {en}; {over.en}.",
    )

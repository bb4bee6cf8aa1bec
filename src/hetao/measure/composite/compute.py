"""How a composite index is computed from its data, its tree and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problems
from hetao.measure.composite.comparisons import check_comparisons
from hetao.measure.composite.families import NORMALISATIONS
from hetao.measure.composite.member import Aggregation, Complain, Gaps, Normalisation, Pool, Weighting
from hetao.measure.composite.sheet import Sheet
from hetao.measure.composite.tree import IndicatorTree
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["Computed", "Recipe", "aggregate_rows", "compute", "fill", "normalise", "weigh"]


@dataclass(frozen=True)
class Recipe:
    """The rules that an index is made by.

    Attributes:
        normalisation, weighting, aggregation, gaps: the members chosen.
        over: ``panel`` or ``period``.
        floor: to which shares of a range are raised.
        comparisons: of the analytic hierarchy process.
    """

    normalisation: Normalisation
    weighting: Weighting
    aggregation: Aggregation
    gaps: Gaps
    over: str
    floor: float
    comparisons: Mapping[str, Matrix]


@dataclass(frozen=True)
class Computed:
    """An index of n rows and m indicators in D dimensions.

    Attributes:
        score: (n,).
        dimensions: (n, D) the same rules inside each dimension, its weights scaled to add to what they are.
        values: (n, m) normalised.
        raw: (n, m) before that, gaps filled.
        was_missing: (n, m) what was filled.
        weights: (period or None, (m,) or (n, m) weights) of each pool.
        row_weights: (n, m) the weights of each row.
        notes: what the members say.
    """

    score: Matrix
    dimensions: Matrix
    values: Matrix
    raw: Matrix
    was_missing: NDArray[np.bool_]
    weights: tuple[tuple[object, Matrix], ...]
    row_weights: Matrix
    notes: tuple[Text, ...]


def compute(sheet: Sheet, tree: IndicatorTree, recipe: Recipe, call: str) -> Computed:
    """Return the index.

    Raises:
        ModelError: what a rule cannot take, everything at once.
    """
    problems = Problems(ModelError)
    raw = fill(sheet, tree, recipe.gaps, _complain(problems, f"{call}.missing"))
    check_comparisons(recipe.comparisons, tree, _complain(problems, f"{call}.comparisons"))
    problems.raise_if_any()
    values = normalise(sheet, raw, tree, recipe, _complain(problems, f"{call}.normalisation"))
    problems.raise_if_any()
    pools = weigh(sheet, raw, values, tree, recipe, _complain(problems, f"{call}.weights"))
    check_aggregation(values, tree, recipe, _complain(problems, f"{call}.aggregation"))
    problems.raise_if_any()
    score, row_weights = np.empty(len(raw)), np.empty(raw.shape)
    dimensions = np.empty((len(raw), len(tree.dimensions)))
    for (_, rows), (_, weights, _) in zip(sheet.pools(recipe.over), pools, strict=True):
        row_weights[rows] = weights
        score[rows] = aggregate_rows(values[rows], weights, recipe)
        for d, name in enumerate(tree.dimensions):
            at = tree.inside(name)
            dimensions[rows, d] = aggregate_rows(values[rows][:, at], _within(weights[..., at]), recipe)
    notes = tuple(note for _, _, found in pools for note in found)
    kept = tuple((period, weights) for period, weights, _ in pools)
    return Computed(score, dimensions, values, raw, np.isnan(sheet.values), kept, row_weights, notes)


def _within(weights: Matrix) -> Matrix:
    """Return a dimension's weights scaled to add to 1; a row that gives it no weight at all weighs it evenly."""
    sums = weights.sum(axis=-1, keepdims=True)
    even = np.full_like(weights, 1.0 / weights.shape[-1])
    found: Matrix = np.divide(weights, sums, out=even, where=sums > 0.0)
    return found


def fill(sheet: Sheet, tree: IndicatorTree, gaps: Gaps, complain: Complain) -> Matrix:
    """Return the values with gaps filled; complain of those that are left, indicator by indicator."""
    filled = gaps.fill(sheet.values, sheet.units, sheet.times)
    left = np.isnan(filled)
    for j in np.flatnonzero(left.any(axis=0)):
        rows = np.flatnonzero(left[:, j])
        unit, period = sheet.units[rows[0]], sheet.periods[rows[0]]
        where = f"{unit}" if period is None else f"{unit} {period}"
        complain(
            tree.names[j],
            Text(
                f"{len(rows)} 个缺失值（首见于第 {rows[0]} 行：{where}）",
                f"{len(rows)} missing values (first in row {rows[0]}: {where})",
            ),
            Text("每行都有值", "a value in every row"),
            Text(
                "补充数据、去掉这些行，或换用 missing 的规则",
                "add data, leave the rows out, or take a rule in `missing`",
            ),
        )
    return filled


def normalise(sheet: Sheet, raw: Matrix, tree: IndicatorTree, recipe: Recipe, complain: Complain) -> Matrix:
    """Return the normalised values, pool by pool; complain of what the rule cannot take."""
    found = np.full(raw.shape, np.nan)
    for period, rows in sheet.pools(recipe.over):
        complaints: list[object] = []
        recipe.normalisation.check(raw[rows], tree, _at(period, complain, complaints))
        if not complaints:
            found[rows] = recipe.normalisation.normalise(raw[rows], tree)
    if recipe.normalisation.scale == "share":
        found = recipe.floor + (1.0 - recipe.floor) * found
    return found


def weigh(
    sheet: Sheet, raw: Matrix, values: Matrix, tree: IndicatorTree, recipe: Recipe, complain: Complain
) -> list[tuple[object, Matrix, tuple[Text, ...]]]:
    """Return (period, weights, notes) of each pool; complain of what the rule cannot take."""
    found = []
    for period, rows in sheet.pools(recipe.over):
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = NORMALISATIONS["min_max"].normalise(raw[rows], tree)
        pool = Pool(raw[rows], values[rows], shares, recipe.normalisation.scale, tree, recipe.comparisons)
        complaints: list[object] = []
        recipe.weighting.check(pool, _at(period, complain, complaints))
        if not complaints:
            weighed = recipe.weighting.weigh(pool)
            found.append((period, weighed.weights, weighed.notes))
    return found


def check_aggregation(values: Matrix, tree: IndicatorTree, recipe: Recipe, complain: Complain) -> None:
    """Complain where the aggregation cannot take the values or the weights."""
    rule, scale = recipe.aggregation, recipe.normalisation.scale
    if recipe.weighting.own and not rule.sums:
        complain(
            rule.name,
            Text(f"各行自有的权重（{recipe.weighting.name}）", f"weights of each row's own ({recipe.weighting.name})"),
            Text("linear", "linear"),
            Text("改用 aggregation='linear'", "use aggregation='linear'"),
        )
    least = rule.above if scale == "standard" else 0.0 if rule.positive else -np.inf
    linear = Text("改用 linear", "use linear")
    floor = Text("给出 floor，例如 0.01，或改用 linear", "give a floor, for instance 0.01, or use linear")
    for indicator, column in zip(tree, values.T, strict=True):
        if column.min() <= least:
            complain(
                indicator.name,
                Text(f"标准化后为 {column.min():g}", f"{column.min():g} once normalised"),
                Text(f"{rule.name} 需要大于 {least:g} 的值", f"values above {least:g}, which {rule.name} needs"),
                floor if scale == "share" else linear,
            )


def aggregate_rows(values: Matrix, weights: Matrix, recipe: Recipe) -> Matrix:
    """Return the scores of a pool."""
    return recipe.aggregation.aggregate(values, weights, recipe.normalisation.scale)


def _complain(problems: Problems, code: str) -> Complain:
    def complain(place: str, found: Text, expected: Text, remedy: Text) -> None:
        problems.add(code, Place(item=place), found=found, expected=expected, remedy=remedy)

    return complain


def _at(period: object, complain: Complain, made: list[object]) -> Complain:
    """Return a way to complain that names the period and keeps what was complained of."""

    def told(place: str, found: Text, expected: Text, remedy: Text) -> None:
        made.append(place)
        complain(place if period is None else f"{place}, {period}", found, expected, remedy)

    return told


def without(sheet: Sheet, tree: IndicatorTree, name: str) -> tuple[Sheet, IndicatorTree]:
    """Return the data and the tree without one indicator."""
    kept = [j for j, n in enumerate(tree.names) if n != name]
    return replace(sheet, names=tuple(tree.names[j] for j in kept), values=sheet.values[:, kept]), tree.without(name)

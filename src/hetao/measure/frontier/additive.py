"""`additive`: the weighted sum of slacks, with its range-adjusted and bounded forms."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.references import Block, Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, Scored, quantities
from hetao.measure.frontier.slacks import each_its_own
from hetao.measure.frontier.technology import Matrix, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.text import Text

__all__ = ["additive"]

ROUNDING = 1e-12  # of the largest value: an observation this close to a column's best has it
Weights = Literal["unit", "mean", "range", "bounded"]
_MEANS: dict[str, Text] = {
    "unit": Text("各松弛量之和（与计量单位有关）", "the sum of slacks (it depends on their units)"),
    "mean": Text("松弛量与列均值之比的和", "the sum of slacks, each over its column's mean"),
    "range": Text("极差调整效率（RAM），≤ 1，1 为前沿", "range-adjusted efficiency (RAM), ≤ 1, 1 on the frontier"),
    "bounded": Text("有界调整效率（BAM），0 至 1，1 为前沿", "bounded adjusted efficiency (BAM), 1 on the frontier"),
}


def additive(
    panel: Panel,
    *,
    returns: Returns = "vrs",
    weights: Weights = "unit",
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure the largest weighted sum of slacks (Charnes et al. 1985), or the efficiency made of it.

    max Σ w⁻s⁻ + Σ w⁺s⁺ subject to Xλ + s⁻ = x, Yλ − s⁺ = y. Weights: ``unit`` 1; ``mean`` 1 / the column's mean over
    the reference; ``range`` the range-adjusted measure RAM = 1 − [Σ s⁻/Rₓ + Σ s⁺/R_y] / (m+s) with the ranges of the
    reference (Cooper, Park and Pastor 1999); ``bounded`` the bounded one, each slack over its distance to the
    column's best value (Cooper et al. 2011). Bads are left out.

    Args:
        panel: n observations; negative quantities only under vrs, and not with ``mean``.
        returns: returns to scale; ``bounded`` is defined under vrs.
        weights: of the slacks. A column that does not vary, or that the observation is best in, has no weight.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        ``unit``, ``mean``: the sum, 0 on the frontier; ``range``, ``bounded``: the efficiency, 1 on the frontier.

    Raises:
        ModelError: unknown options, or quantities that the model cannot take.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 3.0], "y": [4.0, 1.0]}, unit="firm", inputs="x", outputs="y")
        >>> additive(panel).scores["score"]
        [0.0, 4.0]
    """
    arguments = Arguments.opened(
        "additive", panel, reference, by_group, returns=(returns, Returns), weights=(weights, Weights)
    )
    if weights == "bounded" and returns != "vrs":
        arguments.not_together("weights", "bounded", f"returns={returns!r}")
    if returns != "vrs" or weights == "mean":
        arguments.no_negative(panel)
    arguments.done()
    parts = blocks(panel, reference, by_group=by_group)
    scale, cost = _scale_and_cost(panel, parts, weights)
    data, m, s = quantities(panel), len(panel.inputs), len(panel.outputs)

    def measure(rows: Rows) -> Measure:
        own = data.take(rows)
        moves = each_its_own(own, range(m + s), scale[rows])
        return Measure("max", own.points, moves, cost[rows], slack_based=True)

    scored = Scored(panel, Technology(m, s, 0, returns), parts, measure)
    options = {"returns": returns, "weights": weights, "reference": reference, "by_group": by_group}
    convention = _convention(weights, returns, reference_words(reference, by_group))
    columns = (*panel.inputs, *panel.outputs)
    return FrontierResult.of(scored, "additive", options, convention, columns, score=_SCORES[weights])


def _sum(optimum: Matrix) -> Matrix:
    return optimum


def _efficiency(optimum: Matrix) -> Matrix:
    return 1.0 - optimum


_SCORES = {"unit": _sum, "mean": _sum, "range": _efficiency, "bounded": _efficiency}


def _scale_and_cost(panel: Panel, parts: tuple[Block, ...], weights: str) -> tuple[Matrix, Matrix]:
    """Return (n, q) the size of one unit of each slack, and what it adds to the objective."""
    points, m = np.hstack([panel.X, panel.Y, panel.B]), len(panel.inputs)
    q = m + len(panel.outputs)
    scale, worth = np.ones(points.shape), np.ones((len(panel), q))
    for block in parts:
        seen = points[block.reference]
        mean = np.abs(seen).mean(axis=0)
        scale[block.own] = 2.0 ** np.floor(np.log2(np.where(mean > 0.0, mean, 1.0)))  # a power of two rounds nothing
        if weights == "mean":
            worth[block.own] = _inverse(mean[:q])
        elif weights == "range":
            worth[block.own] = _inverse(np.ptp(seen[:, :q], axis=0)) / q
        elif weights == "bounded":
            own = points[block.own, :q]
            room = np.hstack([own[:, :m] - seen[:, :m].min(axis=0), seen[:, m:q].max(axis=0) - own[:, m:]])
            room = np.where(room > ROUNDING * np.abs(seen[:, :q]).max(axis=0), room, 0.0)
            worth[block.own] = _inverse(room) / q
    return scale, worth * scale[:, :q]


def _inverse(value: NDArray[np.float64]) -> Matrix:
    found: Matrix = np.divide(1.0, value, out=np.zeros_like(value), where=value > 0.0)
    return found


def _convention(weights: str, returns: str, span: Text) -> Text:
    kind, meaning = RETURNS_WORDS[returns], _MEANS[weights]
    sum_zh, sum_en = ("≥ 0，0 为前沿", "≥ 0, 0 on the frontier") if weights in ("unit", "mean") else ("", "")
    return Text(
        f"加性模型：{meaning.zh}{'；' if sum_zh else ''}{sum_zh}；{kind.zh}，{span.zh}；非期望产出不计入。",
        f"Additive model: {meaning.en}{'; ' if sum_en else ''}{sum_en}; {kind.en}, {span.en}; bads are left out.",
    )

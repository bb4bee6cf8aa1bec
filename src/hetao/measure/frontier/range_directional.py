"""`range_directional`: the distance towards the best of every column, which takes negative data."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities
from hetao.measure.frontier.technology import Technology
from hetao.text import Text

__all__ = ["range_directional"]


def range_directional(
    panel: Panel, *, reference: Reference = "contemporaneous", by_group: bool = False
) -> FrontierResult:
    """Measure the range directional distance of data that may be negative (Portela, Thanassoulis and Simpson 2004).

    max β subject to Xλ ≤ x − β(x − min x), Yλ ≥ y + β(max y − y), Bλ ≤ b − β(b − min b), Σλ = 1: the direction leads
    to the ideal point, the best of each column over the reference. The score is invariant to units and to the zero of
    any scale; 1 − β is read as an efficiency.

    Args:
        panel: n observations of any sign.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        β from 0 on the frontier to at most 1. An observation that is best in every column is the ideal point itself:
        it has no direction, and its status is ``unbounded``.

    Raises:
        ModelError: unknown options.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b", "c"], "x": [1.0, 2.0, 3.0], "y": [-1.0, 2.0, -1.0]}
        >>> result = range_directional(Panel(data, unit="firm", inputs="x", outputs="y"))
        >>> [round(beta, 4) for beta in result.scores["score"]]
        [0.0, 0.0, 0.6667]
    """
    arguments = Arguments.opened("range_directional", panel, reference, by_group)
    arguments.done()
    data, parts, m = quantities(panel), blocks(panel, reference, by_group=by_group), len(panel.inputs)
    s, k = len(panel.outputs), len(panel.bads)
    direction = np.empty_like(data.points)
    for block in parts:
        seen, own = data.points[block.reference], data.points[block.own]
        direction[block.own] = own - seen.min(axis=0)
        direction[block.own, m : m + s] = seen[:, m : m + s].max(axis=0) - own[:, m : m + s]
    scored = Scored(panel, Technology(m, s, k, "vrs"), parts, lambda rows: along(data.take(rows), direction[rows]))
    span = reference_words(reference, by_group)
    convention = Text(
        f"极差方向距离 β：0 为前沿，1 − β 为效率；朝各列最优值移动；规模报酬可变，{span.zh}；非期望产出强可处置。",
        "Range directional distance β: 0 on the frontier, 1 − β is the efficiency; towards the best of every column; "
        f"variable returns to scale, {span.en}; bads strongly disposable.",
    )
    options = {"reference": reference, "by_group": by_group}
    return FrontierResult.of(
        scored, "range_directional", options, convention, (*panel.inputs, *panel.outputs, *panel.bads)
    )

"""`profit`: profit forgone, in multiples of the observation's own value, with its technical and allocative parts."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.priced import needs_prices, prices_of, typical, worth_something
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, Scored
from hetao.measure.frontier.slacks import each_its_own
from hetao.measure.frontier.technology import Matrix, Quantities, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.text import Text

__all__ = ["profit"]


def profit(
    panel: Panel, *, returns: Returns = "vrs", reference: Reference = "contemporaneous", by_group: bool = False
) -> FrontierResult:
    """Measure Nerlovian profit inefficiency (Chambers, Chung and Färe 1998).

    max p·ỹ − w·x̃ subject to Xλ ≤ x̃, Yλ ≥ ỹ, at the observation's own prices; the score is the profit forgone over
    p·y + w·x, and splits into the technical part β (`directional`, direction observed) and the allocative part, the
    rest: score = technical + allocative. Bads are left out.

    Args:
        panel: n observations, none negative, with ``prices`` ≥ 0 of all inputs and outputs.
        returns: returns to scale; where they are constant or non-decreasing profit may have no limit (``unbounded``).
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The inefficiency ≥ 0, 0 at the most profitable point, with ``technical`` and ``allocative``.

    Raises:
        ModelError: unknown options, negative quantities, prices missing or negative, a value p·y + w·x of 0.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x": [2.0, 4.0], "y": [4.0, 4.0], "w": [1.0, 1.0], "p": [1.0, 1.0]}
        >>> profit(Panel(data, unit="firm", inputs="x", outputs="y", prices={"x": "w", "y": "p"})).scores["score"]
        [0.0, 0.25]
    """
    arguments = Arguments.opened("profit", panel, reference, by_group, returns=(returns, Returns))
    arguments.no_negative(panel)
    names = (*panel.inputs, *panel.outputs)
    needs_prices(panel, names, arguments)
    arguments.done()
    price, m = prices_of(panel, names), len(panel.inputs)
    data = Quantities(panel.X, panel.Y, panel.B[:, :0])
    value = (price * data.points).sum(axis=1)
    worth_something(value, Text("价值 p·y + w·x ", "a value p·y + w·x"), arguments)
    arguments.done()
    size, sign = typical(data.points), np.r_[-np.ones(m), np.ones(len(panel.outputs))]
    earned = (price * sign * data.points).sum(axis=1) / value

    def measure(rows: Rows) -> Measure:
        own = data.take(rows)
        up = each_its_own(own, range(len(names)), size[rows] * sign)  # inputs and outputs both counted from zero
        return Measure("max", np.zeros_like(own.points), up, sign * price[rows] * size[rows] / value[rows, None])

    technology, parts = Technology(m, len(panel.outputs), 0, returns), blocks(panel, reference, by_group=by_group)
    scored = Scored(panel, technology, parts, measure)
    whole = scored.evaluation().score - earned
    way = Scored(panel, technology, parts, lambda rows: along(data.take(rows), data.points[rows]))
    technical = way.evaluation().score
    span, kind = reference_words(reference, by_group), RETURNS_WORDS[returns]
    convention = Text(
        "利润无效率（Nerlove）：少得的利润与 p·y + w·x 之比，≥ 0；等于技术部分 + 配置部分；"
        f"{kind.zh}，{span.zh}；非期望产出不计入。",
        "Nerlovian profit inefficiency: profit forgone over p·y + w·x, ≥ 0; technical + allocative; "
        f"{kind.en}, {span.en}; bads are left out.",
    )
    options = {"returns": returns, "reference": reference, "by_group": by_group}
    named = {"technical": np.where(np.isnan(whole), np.nan, technical), "allocative": whole - technical}
    in_order = earned[np.concatenate([block.own for block in parts])]

    def score(optimum: Matrix) -> Matrix:
        forgone: Matrix = optimum - in_order
        return forgone

    return FrontierResult.of(scored, "profit", options, convention, names, score=score, parts=named)

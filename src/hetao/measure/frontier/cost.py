"""`cost`: least cost over observed cost, with its technical and allocative parts."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.priced import allocative, needs_prices, prices_of, typical, worth_something
from hetao.measure.frontier.radial import radial
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, Scored, quantities
from hetao.measure.frontier.slacks import each_its_own
from hetao.measure.frontier.technology import Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.text import Text

__all__ = ["cost"]


def cost(
    panel: Panel, *, returns: Returns = "crs", reference: Reference = "contemporaneous", by_group: bool = False
) -> FrontierResult:
    """Measure cost efficiency: the least cost of the outputs over what they cost (Farrell 1957; Färe et al. 1985).

    min w·x̃ subject to Xλ ≤ x̃, Yλ ≥ y, at the observation's own prices w; the score is min / (w·x) and splits into
    the technical part θ (`dea`, input) and the allocative part, the rest: score = technical × allocative. Bads are
    left out.

    Args:
        panel: n observations, none negative, with ``prices`` ≥ 0 of all inputs.
        returns: returns to scale.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The cost efficiency, 0 to 1, with ``technical`` and ``allocative``; ``targets`` are the cheapest inputs.

    Raises:
        ModelError: unknown options, negative quantities, prices that are missing or negative, an observed cost of 0.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 1.0], "w": [1.0, 1.0]}
        >>> cost(Panel(data, unit="firm", inputs="x", outputs="y", prices={"x": "w"})).scores["score"]
        [1.0, 0.5]
    """
    arguments = Arguments.opened("cost", panel, reference, by_group, returns=(returns, Returns))
    arguments.no_negative(panel)
    needs_prices(panel, panel.inputs, arguments)
    arguments.done()
    w, m = prices_of(panel, panel.inputs), len(panel.inputs)
    observed = (w * panel.X).sum(axis=1)
    worth_something(observed, Text("投入成本", "a cost"), arguments)
    arguments.done()
    data, size = quantities(panel), typical(panel.X)

    def measure(rows: Rows) -> Measure:
        own = data.take(rows)
        base = own.points.copy()
        base[:, :m] = 0.0
        sizes = np.hstack([size[rows], own.points[:, m:]])
        moves = each_its_own(own, range(m), sizes, worsen=True)
        return Measure("min", base, moves, w[rows] * size[rows] / observed[rows, None])

    technology, parts = Technology(m, len(panel.outputs), 0, returns), blocks(panel, reference, by_group=by_group)
    scored = Scored(panel, technology, parts, measure)
    technical = Scored(panel, technology, parts, lambda rows: radial(data.take(rows), "input")).evaluation().score
    span, kind = reference_words(reference, by_group), RETURNS_WORDS[returns]
    convention = Text(
        f"成本效率：最低成本与实际成本之比，0 至 1；等于技术效率 × 配置效率；{kind.zh}，{span.zh}；非期望产出不计入。",
        f"Cost efficiency: least over observed cost, 0 to 1; technical × allocative; {kind.en}, {span.en}; "
        "bads are left out.",
    )
    options = {"returns": returns, "reference": reference, "by_group": by_group}
    rest = allocative(scored.evaluation(), technical)
    named = {"technical": technical, "allocative": rest}
    return FrontierResult.of(scored, "cost", options, convention, (*panel.inputs, *panel.outputs), parts=named)

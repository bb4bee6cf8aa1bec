"""`revenue`: observed revenue over the most that could be earned, with its technical and allocative parts."""

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
from hetao.measure.frontier.technology import Matrix, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.text import Text

__all__ = ["revenue"]


def revenue(
    panel: Panel, *, returns: Returns = "crs", reference: Reference = "contemporaneous", by_group: bool = False
) -> FrontierResult:
    """Measure revenue efficiency: what the outputs earned over the most that the inputs could earn (Färe et al. 1985).

    max p·ỹ subject to Xλ ≤ x, Yλ ≥ ỹ, at the observation's own prices p; the score is (p·y) / max and splits into the
    technical part 1/φ (`dea`, output) and the allocative part, the rest: score = technical × allocative. Bads are
    left out.

    Args:
        panel: n observations, none negative, with ``prices`` ≥ 0 of all outputs.
        returns: returns to scale.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The revenue efficiency in (0, 1], with ``technical`` and ``allocative``; ``targets`` are the best outputs.

    Raises:
        ModelError: unknown options, negative quantities, prices missing or negative, an observed revenue of 0.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x": [2.0, 2.0], "y": [4.0, 1.0], "p": [1.0, 1.0]}
        >>> revenue(Panel(data, unit="firm", inputs="x", outputs="y", prices={"y": "p"})).scores["score"]
        [1.0, 0.25]
    """
    arguments = Arguments.opened("revenue", panel, reference, by_group, returns=(returns, Returns))
    arguments.no_negative(panel)
    needs_prices(panel, panel.outputs, arguments)
    arguments.done()
    p, m, s = prices_of(panel, panel.outputs), len(panel.inputs), len(panel.outputs)
    observed = (p * panel.Y).sum(axis=1)
    worth_something(observed, Text("产出收入", "a revenue"), arguments)
    arguments.done()
    data, size = quantities(panel), typical(panel.Y)

    def measure(rows: Rows) -> Measure:
        own = data.take(rows)
        base, sizes = own.points.copy(), own.points.copy()
        base[:, m : m + s], sizes[:, m : m + s] = 0.0, size[rows]
        moves = each_its_own(own, range(m, m + s), sizes)
        return Measure("max", base, moves, p[rows] * size[rows] / observed[rows, None])

    technology, parts = Technology(m, s, 0, returns), blocks(panel, reference, by_group=by_group)
    scored = Scored(panel, technology, parts, measure)
    phi = Scored(panel, technology, parts, lambda rows: radial(data.take(rows), "output")).evaluation().score
    span, kind = reference_words(reference, by_group), RETURNS_WORDS[returns]
    convention = Text(
        f"收入效率：实际收入与最高收入之比，0 至 1；等于技术效率 × 配置效率；{kind.zh}，{span.zh}；非期望产出不计入。",
        f"Revenue efficiency: observed over highest revenue, 0 to 1; technical × allocative; {kind.en}, {span.en}; "
        "bads are left out.",
    )
    options = {"returns": returns, "reference": reference, "by_group": by_group}
    technical = _inverse(phi)
    named = {"technical": technical, "allocative": allocative(scored.evaluation(_inverse), technical)}
    columns = (*panel.inputs, *panel.outputs)
    return FrontierResult.of(scored, "revenue", options, convention, columns, score=_inverse, parts=named)


def _inverse(value: Matrix) -> Matrix:
    with np.errstate(divide="ignore"):
        found: Matrix = 1.0 / value
    return found

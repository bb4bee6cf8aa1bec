"""`order_m`: efficiency against the expected best of m units drawn at random."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.partial import check_moves, partial_result, score_partially
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.technology import Matrix
from hetao.measure.frontier.words import side
from hetao.text import Text

__all__ = ["expected_best", "order_m"]


def order_m(
    panel: Panel,
    *,
    m: int,
    orientation: Orientation = "input",
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure order-m efficiency (Cazals, Florens and Simar 2002), exactly, without simulation.

    Of the units with at least the observation's outputs (at most its inputs) m are drawn with replacement; the score is
    the expected smallest (largest) proportion among them. With q the N proportions in order the expectation is
    Σⱼ qⱼ [((N−j+1)/N)ᵐ − ((N−j)/N)ᵐ], in the output form Σⱼ qⱼ [(j/N)ᵐ − ((j−1)/N)ᵐ]. As m grows it becomes the free
    disposal hull's. Bads are left out.

    Args:
        panel: n observations, none negative.
        m: how many are drawn, at least 1.
        orientation: ``input`` or ``output``.
        reference: whom they are drawn from, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The score, which may pass 1, and ``comparable``, the number N of units it was compared with.

    Raises:
        ModelError: unknown options, negative quantities, or an observation with nothing to move.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 1.0]}, unit="firm", inputs="x", outputs="y")
        >>> order_m(panel, m=2).scores["score"]
        [1.25, 0.625]
    """
    arguments = Arguments.opened("order_m", panel, reference, by_group, orientation=(orientation, Orientation))
    arguments.whole("m", m, 1)
    arguments.no_negative(panel)
    check_moves(panel, orientation, arguments)
    arguments.done()

    parts = blocks(panel, reference, by_group=by_group)
    found = score_partially(panel, parts, orientation, lambda q: expected_best(q, m, orientation))
    span, way = reference_words(reference, by_group), side(orientation)
    convention = Text(
        f"m 阶效率（m = {m}，精确期望）：1 为期望前沿，可越过 1；{way.zh}；{span.zh}；非期望产出不计入。",
        f"Order-m efficiency (m = {m}, exact expectation): 1 on the expected frontier, may cross 1; {way.en}; "
        f"{span.en}; bads are left out.",
    )
    options = {"m": m, "orientation": orientation, "reference": reference, "by_group": by_group}
    return partial_result(panel, "order_m", options, convention, found)


def expected_best(q: Matrix, m: int, orientation: Orientation) -> float:
    """Return the expected smallest (output: largest) of m draws with replacement from ascending proportions."""
    steps = (np.arange(len(q) + 1) / len(q)) ** m
    chance = np.diff(steps)  # of the j-th largest being the best; by symmetry of the j-th smallest
    return float(q @ (chance if orientation == "output" else chance[::-1]))

"""`order_alpha`: efficiency against a quantile of the comparable units."""

from __future__ import annotations

import math

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.partial import check_moves, partial_result, score_partially
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.technology import Matrix
from hetao.measure.frontier.words import side
from hetao.text import Text

__all__ = ["order_alpha"]


def order_alpha(
    panel: Panel,
    *,
    alpha: float,
    orientation: Orientation = "input",
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure order-α quantile efficiency (Aragon, Daouia and Thomas-Agnan 2005; Daouia and Simar 2007).

    Of the N units with at least the observation's outputs (at most its inputs) a share 1 − α may do better than the
    frontier. With q their proportions in ascending order the score is q[⌈N(1−α)⌉] (input; the first at α = 1) or
    q[⌈Nα⌉] (output). At α = 1 it is the free disposal hull's. Bads are left out.

    Args:
        panel: n observations, none negative.
        alpha: the quantile, above 0 and at most 1.
        orientation: ``input`` or ``output``.
        reference: whom it is compared with, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The score, which may pass 1, and ``comparable``, the number N of units it was compared with.

    Raises:
        ModelError: unknown options, negative quantities, or an observation with nothing to move.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b", "c", "d"], "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 1.0, 1.0, 1.0]}
        >>> order_alpha(Panel(data, unit="firm", inputs="x", outputs="y"), alpha=0.5).scores["score"]
        [2.0, 1.0, 0.6666666666666666, 0.5]
    """
    arguments = Arguments.opened("order_alpha", panel, reference, by_group, orientation=(orientation, Orientation))
    arguments.share("alpha", alpha)
    arguments.no_negative(panel)
    check_moves(panel, orientation, arguments)
    arguments.done()
    share = 1.0 - alpha if orientation == "input" else alpha

    def quantile(q: Matrix) -> float:
        at = math.ceil(round(len(q) * share, 9))  # rounded: 10 · (1 − 0.9) is 1, not a little more
        return float(q[max(at, 1) - 1])

    found = score_partially(panel, blocks(panel, reference, by_group=by_group), orientation, quantile)
    span, way = reference_words(reference, by_group), side(orientation)
    convention = Text(
        f"α 阶分位效率（α = {alpha:g}）：1 为分位前沿，可越过 1；{way.zh}；{span.zh}；非期望产出不计入。",
        f"Order-α quantile efficiency (α = {alpha:g}): 1 on the quantile frontier, may cross 1; {way.en}; "
        f"{span.en}; bads are left out.",
    )
    options = {"alpha": alpha, "orientation": orientation, "reference": reference, "by_group": by_group}
    return partial_result(panel, "order_alpha", options, convention, found)

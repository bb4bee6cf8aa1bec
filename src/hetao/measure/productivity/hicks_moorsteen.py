"""`hicks_moorsteen`: an output quantity index over an input quantity index."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.score import Rows
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.mixed import MixedDistances, mixed_scores
from hetao.measure.productivity.result import IndexResult, collect
from hetao.text import Text

__all__ = ["hicks_moorsteen"]

IndexReturns = Literal["crs", "vrs"]


def hicks_moorsteen(panel: Panel, *, returns: IndexReturns = "vrs", longest_gap: int = 1) -> IndexResult:
    """Measure total factor productivity change as outputs over inputs (Diewert 1992; Bjurek 1996).

    With Dₒ = 1/φ and Dᵢ = 1/θ Shephard's distances, superscript the period of the frontier:
    output_change = √[Dₒᵗ(xₜ,yₜ₊₁)/Dₒᵗ(xₜ,yₜ) · Dₒᵗ⁺¹(xₜ₊₁,yₜ₊₁)/Dₒᵗ⁺¹(xₜ₊₁,yₜ)];
    input_change = √[Dᵢᵗ(xₜ₊₁,yₜ)/Dᵢᵗ(xₜ,yₜ) · Dᵢᵗ⁺¹(xₜ₊₁,yₜ₊₁)/Dᵢᵗ⁺¹(xₜ,yₜ₊₁)]; index = output_change / input_change.
    Under vrs it is complete, as the Malmquist index is not. Bads are left out.

    Args:
        panel: a panel with periods; none of its quantities negative.
        returns: returns to scale.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; index = output_change / input_change; efficiency_change (of the output distances)
        and technical_scale_mix_change, the rest, multiply to the index.

    Raises:
        ModelError: unknown options, fewer than two periods, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> [round(v, 9) for v in hicks_moorsteen(Panel(data, unit="firm", period="year", inputs="x", outputs="y"),
        ...     returns="crs").changes["index"]]
        [1.5]
    """
    arguments = Arguments.opened("hicks_moorsteen", panel, "contemporaneous", False, returns=(returns, IndexReturns))
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    arguments.done()
    pairs = Pairs.of(panel, longest_gap)
    mixed = MixedDistances(panel, Technology(len(panel.inputs), len(panel.outputs), 0, returns), _radial)
    found, statuses = mixed_scores(mixed, pairs)
    kept, status = collect(_changes(found), *statuses)
    kind = RETURNS_WORDS[returns]
    return IndexResult(
        panel=panel,
        name="hicks_moorsteen",
        options={"returns": returns, "longest_gap": longest_gap},
        convention=Text(
            f"Hicks-Moorsteen 生产率指数（产出数量指数与投入数量指数之比，{kind.zh}，当期前沿）：> 1 为增长；"
            "非期望产出不计入。",
            f"Hicks-Moorsteen productivity index (output over input quantities, {kind.en}, each period's frontier): "
            "> 1 is growth; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=mixed,
        factors={"efficiency_change": 1, "technical_scale_mix_change": 1},
    )


def _changes(found: dict[str, Matrix]) -> dict[str, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        d = {name: 1.0 / score for name, score in found.items()}  # Shephard's distances
        outputs = np.sqrt(d["o_before_ab"] / d["o_before_aa"] * d["o_after_bb"] / d["o_after_ba"])
        inputs = np.sqrt(d["i_before_ba"] / d["i_before_aa"] * d["i_after_bb"] / d["i_after_ab"])
        change, index = d["o_after_bb"] / d["o_before_aa"], outputs / inputs
        return {
            "index": index,
            "output_change": outputs,
            "input_change": inputs,
            "efficiency_change": change,
            "technical_scale_mix_change": index / change,
        }


def _radial(points: Quantities, orientation: Orientation, _x: Rows, _y: Rows) -> Measure:
    return radial(points, orientation)

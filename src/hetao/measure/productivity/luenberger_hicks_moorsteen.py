"""`luenberger_hicks_moorsteen`: output change less input change, as differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.direction import Direction, direction_words, resolve_direction
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.score import Rows
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.mixed import MixedDistances, MixedMeasure, mixed_scores
from hetao.measure.productivity.result import IndexResult, collect
from hetao.text import Text

__all__ = ["luenberger_hicks_moorsteen"]

IndexReturns = Literal["crs", "vrs"]


def luenberger_hicks_moorsteen(
    panel: Panel, *, direction: Direction = "observed", returns: IndexReturns = "vrs", longest_gap: int = 1
) -> IndexResult:
    """Measure productivity change as output change less input change (Briec and Kerstens 2004).

    With Dₒ(x, y) = D(x, y; 0, g_y) and Dᵢ(x, y) = D(x, y; gₓ, 0) directional distances, superscript the period of the
    frontier and each side's direction that of the observation whose quantities it has:
    output_change = ½[Dₒᵗ(xₜ,yₜ) − Dₒᵗ(xₜ,yₜ₊₁) + Dₒᵗ⁺¹(xₜ₊₁,yₜ) − Dₒᵗ⁺¹(xₜ₊₁,yₜ₊₁)];
    input_change = ½[Dᵢᵗ(xₜ₊₁,yₜ) − Dᵢᵗ(xₜ,yₜ) + Dᵢᵗ⁺¹(xₜ₊₁,yₜ₊₁) − Dᵢᵗ⁺¹(xₜ,yₜ₊₁)];
    index = output_change − input_change. Unlike the Luenberger indicator it is complete: it counts all that
    changed. Bads are left out.

    Args:
        panel: a panel with periods; none of its quantities negative.
        direction: as in `directional`, over inputs and outputs, with components in both.
        returns: returns to scale.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 0 is growth; index = output_change − input_change; efficiency_change, Dₒᵗ(xₜ,yₜ) −
        Dₒᵗ⁺¹(xₜ₊₁,yₜ₊₁), and technical_scale_mix_change, the rest, add to the index.

    Raises:
        ModelError: unknown options, a direction without inputs or outputs, fewer than two periods, or negative
            quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> found = luenberger_hicks_moorsteen(panel, direction={"x": 1.0, "y": 1.0}).changes
        >>> [found[name][0] for name in ("index", "output_change", "input_change")]
        [1.0, 2.0, 1.0]
    """
    arguments = Arguments.opened(
        "luenberger_hicks_moorsteen", panel, "contemporaneous", False, returns=(returns, IndexReturns)
    )
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    vectors = resolve_direction(panel, direction, arguments)
    m, s = len(panel.inputs), len(panel.outputs)
    if arguments.clean and isinstance(direction, Mapping) and any(name in panel.bads for name in direction):
        listed = ", ".join(name for name in direction if name in panel.bads)
        arguments.refuse(
            "direction",
            found=Text(f"非期望产出 {listed}", f"the bad {listed}"),
            expected=Text("投入与产出的列", "columns of inputs and outputs"),
            remedy=Text("去掉：非期望产出不计入", "leave it out: bads do not count here"),
        )
    if arguments.clean and not (vectors[:, :m].any() and vectors[:, m : m + s].any()):
        arguments.refuse(
            "direction",
            found=Text(direction_words(direction), direction_words(direction)),
            expected=Text("投入与产出都有正的分量", "positive components of inputs and of outputs"),
            remedy=Text("两边都写明移动的列", "name columns that move on both sides"),
        )
    arguments.done()
    pairs = Pairs.of(panel, longest_gap)
    mixed = MixedDistances(panel, Technology(m, s, 0, returns), _sided(vectors[:, :m], vectors[:, m : m + s]))
    found, statuses = mixed_scores(mixed, pairs)
    kept, status = collect(_changes(found), *statuses, growth="difference")
    words, kind = direction_words(direction), RETURNS_WORDS[returns]
    return IndexResult(
        panel=panel,
        name="luenberger_hicks_moorsteen",
        options={"direction": words, "returns": returns, "longest_gap": longest_gap},
        convention=Text(
            f"Luenberger-Hicks-Moorsteen 生产率指标（产出变化减投入变化，方向（{words}），{kind.zh}，当期前沿）："
            "> 0 为增长；非期望产出不计入。",
            f"Luenberger-Hicks-Moorsteen productivity indicator (output less input change, direction ({words}), "
            f"{kind.en}, each period's frontier): > 0 is growth; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=mixed,
        growth="difference",
        factors={"efficiency_change": 1, "technical_scale_mix_change": 1},
    )


def _sided(inputs: Matrix, outputs: Matrix) -> MixedMeasure:
    """Return the measure along the inputs' direction alone, or the outputs', each that of its own row."""

    def measure(points: Quantities, orientation: Orientation, x: Rows, y: Rows) -> Measure:
        direction = np.zeros_like(points.points)
        if orientation == "input":
            direction[:, : inputs.shape[1]] = inputs[x]
        else:
            direction[:, inputs.shape[1] :] = outputs[y]
        return along(points, direction)

    return measure


def _changes(d: dict[str, Matrix]) -> dict[str, Matrix]:
    outputs = 0.5 * (d["o_before_aa"] - d["o_before_ab"] + d["o_after_ba"] - d["o_after_bb"])
    inputs = 0.5 * (d["i_before_ba"] - d["i_before_aa"] + d["i_after_bb"] - d["i_after_ab"])
    change, index = d["o_before_aa"] - d["o_after_bb"], outputs - inputs
    return {
        "index": index,
        "output_change": outputs,
        "input_change": inputs,
        "efficiency_change": change,
        "technical_scale_mix_change": index - change,
    }

"""`directional`: the directional distance, with bads under three kinds of disposability."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.dea import RETURNS_WORDS
from hetao.measure.frontier.direction import Direction, direction_words, resolve_direction
from hetao.measure.frontier.programme import Disposability, Measure, Quantities, Returns, Technology
from hetao.measure.frontier.references import REFERENCE_WORDS, REFERENCES, Reference
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, blocks, quantities, score_panel
from hetao.text import Text

__all__ = ["DISPOSABILITY_WORDS", "along", "directional"]

DISPOSABILITY_WORDS: dict[str, Text] = {
    "weak": Text("非期望产出弱可处置（等式）", "bads weakly disposable (equality)"),
    "kuosmanen": Text(
        "非期望产出弱可处置（Kuosmanen 各单元减排因子）", "bads weakly disposable (Kuosmanen's own abatement factors)"
    ),
    "strong": Text("非期望产出强可处置（不等式）", "bads strongly disposable (inequality)"),
}


def along(own: Quantities, direction: NDArray[np.float64]) -> Measure:
    """Return the measure max β from (x, y, b) to (x − βgₓ, y + βg_y, b − βg_b); ``direction`` is (n, m+s+k), ≥ 0."""
    sign = np.r_[-np.ones(own.X.shape[1]), np.ones(own.Y.shape[1]), -np.ones(own.B.shape[1])]
    return Measure("max", np.hstack([own.X, own.Y, own.B]), direction * sign)


def directional(
    panel: Panel,
    *,
    direction: Direction = "observed",
    returns: Returns = "crs",
    disposability: Disposability = "weak",
    reference: Reference = "contemporaneous",
) -> FrontierResult:
    """Measure the directional distance β (Chambers, Chung and Färe 1996, 1998; with bads Chung, Färe, Grosskopf 1997).

    max β subject to Xλ ≤ x − βgₓ, Yλ ≥ y + βg_y and, for bads, by disposability: ``weak`` Bλ = b − βg_b (crs as is;
    vrs with one abatement factor for all, which needs gₓ = 0); ``kuosmanen`` (2005) one abatement factor a unit, vrs
    only; ``strong`` Bλ ≤ b − βg_b.

    Args:
        panel: n observations, none negative.
        direction: ``observed``, ``mean``, ``range``, or a mapping column → number, one of these words, or a column;
            what is not in the mapping is 0. Inputs and bads shrink, outputs grow.
        returns: returns to scale.
        disposability: of the bads; without bads in the panel it plays no part.
        reference: which rows span the frontier.

    Returns:
        β ≥ 0, 0 on the frontier, in multiples of the direction.

    Raises:
        ModelError: unknown options, negative quantities, or a combination that has no such technology.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x": [1.0, 1.0], "y": [1.0, 2.0], "b": [2.0, 2.0]}
        >>> panel = Panel(data, unit="firm", inputs="x", outputs="y", bads="b")
        >>> directional(panel, direction={"y": "observed"}).scores["score"]
        [1.0, 0.0]
    """
    arguments = Arguments("directional")
    arguments.one_of("returns", returns, get_args(Returns))
    arguments.one_of("disposability", disposability, get_args(Disposability))
    arguments.one_of("reference", reference, REFERENCES)
    arguments.needs_panel(panel)
    arguments.no_negative(panel)
    vectors = resolve_direction(panel, direction, arguments)
    if panel.bads:
        _check_technology(arguments, returns, disposability, moves_inputs=bool(vectors[:, : len(panel.inputs)].any()))
    arguments.done()
    data = quantities(panel)

    def measure(rows: Rows) -> Measure:
        return along(data.take(rows), vectors[rows])

    technology = Technology(returns, disposability if panel.bads else None)
    evaluation, projector = score_panel(panel, blocks(panel, reference), technology, measure)
    return FrontierResult(
        panel=panel,
        name="directional",
        options={
            "direction": direction_words(direction),
            "returns": returns,
            "disposability": disposability if panel.bads else None,
            "reference": reference,
        },
        convention=_convention(direction_words(direction), returns, technology.disposability, reference),
        evaluation=evaluation,
        projector=projector,
        columns=(*panel.inputs, *panel.outputs, *panel.bads),
    )


def _check_technology(arguments: Arguments, returns: str, disposability: str, *, moves_inputs: bool) -> None:
    if disposability == "weak" and returns not in ("crs", "vrs"):
        arguments.refuse(
            "returns",
            found=Text(f"弱可处置配 {returns}", f"{returns} with weak disposability"),
            expected=Text("crs 或 vrs", "crs or vrs"),
            remedy=Text("改用 crs、vrs，或 disposability='strong'", "use crs or vrs, or disposability='strong'"),
        )
    if disposability == "weak" and returns == "vrs" and moves_inputs:
        arguments.refuse(
            "direction",
            found=Text(
                "vrs 弱可处置下移动投入的方向", "a direction that moves inputs under vrs with weak disposability"
            ),
            expected=Text(
                "投入分量为 0（否则规划非线性）", "input components of 0 (the programme is not linear otherwise)"
            ),
            remedy=Text(
                "不移动投入，或改用 disposability='kuosmanen'", "move no input, or use disposability='kuosmanen'"
            ),
        )
    if disposability == "kuosmanen" and returns != "vrs":
        arguments.refuse(
            "returns",
            found=Text(f"kuosmanen 配 {returns}", f"{returns} with kuosmanen"),
            expected=Text("vrs", "vrs"),
            remedy=Text("改用 returns='vrs'；crs 下它与 weak 相同", "use returns='vrs'; under crs it equals weak"),
        )


def _convention(direction: str, returns: str, disposability: str | None, reference: str) -> Text:
    kind, span = RETURNS_WORDS[returns], REFERENCE_WORDS[reference]
    bads = DISPOSABILITY_WORDS[disposability] if disposability else Text("无非期望产出", "no bads")
    return Text(
        f"方向距离 β ≥ 0，0 为前沿；方向（{direction}）；{kind.zh}，{bads.zh}，{span.zh}。",
        f"Directional distance β ≥ 0, 0 on the frontier; direction ({direction}); {kind.en}, {bads.en}, {span.en}.",
    )

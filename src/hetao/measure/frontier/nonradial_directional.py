"""`nonradial_directional`: the directional distance in which every quantity moves by its own β."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.direction import Direction, direction_words, resolve_direction
from hetao.measure.frontier.disposability import resolve_technology
from hetao.measure.frontier.nonradial import each_along, resolve_weights
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities
from hetao.measure.frontier.technology import Disposability, Returns, Technology
from hetao.measure.frontier.words import DISPOSABILITY_WORDS, RETURNS_WORDS
from hetao.text import Text

__all__ = ["nonradial_directional"]


def nonradial_directional(
    panel: Panel,
    *,
    direction: Direction = "observed",
    weights: Mapping[str, float] | None = None,
    returns: Returns = "crs",
    disposability: Disposability = "weak",
    polluting: Names | None = None,
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure the non-radial directional distance Σ w β (Zhou, Ang and Wang 2012).

    max Σ_c w_c β_c, each β_c ≥ 0, subject to Xλ ≤ x − βₓgₓ, Yλ ≥ y + β_y g_y and, for bads, by disposability as in
    `directional`.

    Args:
        panel: n observations, none negative.
        direction: as in `directional`; a column with component 0 does not move.
        weights: column → weight ≥ 0; what is not in it has weight 0. By default equal shares to those of inputs,
            outputs and bads that move, equal inside each.
        returns: returns to scale.
        disposability: of the bads.
        polluting: under ``by-production``, the inputs that cause the bads; by default all.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        Σ w β ≥ 0, 0 on the frontier, and ``beta(column)`` for each column that moves.

    Raises:
        ModelError: unknown options, negative quantities, or a combination that has no such technology.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x": [1.0, 1.0], "y": [2.0, 1.0], "b": [1.0, 1.0]}
        >>> panel = Panel(data, unit="firm", inputs="x", outputs="y", bads="b")
        >>> nonradial_directional(panel, direction={"y": "observed"}).scores["beta(y)"]
        [0.0, 1.0]
    """
    arguments = Arguments.opened(
        "nonradial_directional",
        panel,
        reference,
        by_group,
        returns=(returns, Returns),
        disposability=(disposability, Disposability),
    )
    arguments.no_negative(panel)
    vectors = resolve_direction(panel, direction, arguments)
    moves_inputs = bool(vectors[:, : len(panel.inputs)].any())
    technology = resolve_technology(panel, returns, disposability, polluting, arguments, moves_inputs=moves_inputs)
    worth = resolve_weights(panel, weights, vectors, arguments)
    arguments.done()
    names = (*panel.inputs, *panel.outputs, *panel.bads)
    moving = [j for j in range(len(names)) if vectors[:, j].any()]
    data = quantities(panel)

    parts = blocks(panel, reference, by_group=by_group)
    scored = Scored(panel, technology, parts, lambda rows: each_along(data.take(rows), vectors[rows], moving, worth))
    sizes = scored.sizes()
    options = {
        "direction": direction_words(direction),
        "weights": {names[j]: float(worth[j]) for j in moving},
        "returns": returns,
        "disposability": disposability if panel.bads else None,
        "polluting": [panel.inputs[j] for j in technology.polluting],
        "reference": reference,
        "by_group": by_group,
    }
    return FrontierResult.of(
        scored,
        "nonradial_directional",
        options,
        _convention(direction_words(direction), technology, reference_words(reference, by_group)),
        names,
        parts={f"beta({names[j]})": sizes[:, k] for k, j in enumerate(moving)},
    )


def _convention(direction: str, technology: Technology, span: Text) -> Text:
    kind = RETURNS_WORDS[technology.returns]
    bads = DISPOSABILITY_WORDS[technology.disposability] if technology.bads else Text("无非期望产出", "no bads")
    return Text(
        f"非径向方向距离 Σwβ ≥ 0，0 为前沿；方向（{direction}）；{kind.zh}，{bads.zh}，{span.zh}。",
        f"Non-radial directional distance Σwβ ≥ 0, 0 on the frontier; direction ({direction}); "
        f"{kind.en}, {bads.en}, {span.en}.",
    )

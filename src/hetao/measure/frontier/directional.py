"""`directional`: the directional distance, with bads under three kinds of disposability."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.direction import Direction, direction_words, resolve_direction
from hetao.measure.frontier.disposability import resolve_technology
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities
from hetao.measure.frontier.technology import Disposability, Returns, Technology
from hetao.measure.frontier.words import DISPOSABILITY_WORDS, RETURNS_WORDS
from hetao.text import Text

__all__ = ["directional"]


def directional(
    panel: Panel,
    *,
    direction: Direction = "observed",
    returns: Returns = "crs",
    disposability: Disposability = "weak",
    polluting: Names | None = None,
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure the directional distance β (Chambers, Chung and Färe 1996, 1998; with bads Chung, Färe, Grosskopf 1997).

    max β subject to Xλ ≤ x − βgₓ, Yλ ≥ y + βg_y and, for bads, by disposability: ``weak`` Bλ = b − βg_b (crs as is;
    vrs with one abatement factor for all, which needs gₓ = 0); ``kuosmanen`` (2005) one abatement factor a unit, vrs
    only; ``strong`` Bλ ≤ b − βg_b; ``by-production`` (Murty, Russell and Levkoff 2012) two technologies, one that makes
    the outputs (Xλ ≤ x − βgₓ, Yλ ≥ y + βg_y) and one that makes the bads (Xμ ≥ x − βgₓ for the polluting inputs,
    Bμ ≤ b − βg_b).

    Args:
        panel: n observations; negative quantities only under vrs with strong disposability, in a direction of numbers
            or ``range``.
        direction: ``observed``, ``mean``, ``range``, or a mapping column → number, one of these words, or a column;
            what is not in the mapping is 0. Inputs and bads shrink, outputs grow.
        returns: returns to scale.
        disposability: of the bads; without bads in the panel it plays no part.
        polluting: under ``by-production``, the inputs that cause the bads; by default all.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

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
    arguments = Arguments.opened(
        "directional",
        panel,
        reference,
        by_group,
        returns=(returns, Returns),
        disposability=(disposability, Disposability),
    )
    vectors = resolve_direction(panel, direction, arguments)
    if not translatable(direction, returns, disposability if panel.bads else "strong"):
        arguments.no_negative(panel)
    moves_inputs = bool(vectors[:, : len(panel.inputs)].any())
    technology = resolve_technology(panel, returns, disposability, polluting, arguments, moves_inputs=moves_inputs)
    arguments.done()
    data, spread = quantities(panel), blocks(panel, reference, by_group=by_group)
    scored = Scored(panel, technology, spread, lambda rows: along(data.take(rows), vectors[rows]))
    options = {
        "direction": direction_words(direction),
        "returns": returns,
        "disposability": disposability if panel.bads else None,
        "polluting": [panel.inputs[j] for j in technology.polluting],
        "reference": reference,
        "by_group": by_group,
    }
    convention = _convention(direction_words(direction), technology, reference_words(reference, by_group))
    return FrontierResult.of(scored, "directional", options, convention, (*panel.inputs, *panel.outputs, *panel.bads))


def translatable(direction: Direction, returns: str, disposability: str) -> bool:
    """Say whether adding a number to a column changes nothing, so that the zero of its scale is nobody's matter."""
    words = list(direction.values()) if isinstance(direction, Mapping) else [direction]
    fixed = all(word == "range" or not isinstance(word, str) for word in words)  # the mean moves with the zero
    return returns == "vrs" and disposability == "strong" and fixed


def _convention(direction: str, technology: Technology, span: Text) -> Text:
    kind = RETURNS_WORDS[technology.returns]
    bads = DISPOSABILITY_WORDS[technology.disposability] if technology.bads else Text("无非期望产出", "no bads")
    return Text(
        f"方向距离 β ≥ 0，0 为前沿；方向（{direction}）；{kind.zh}，{bads.zh}，{span.zh}。",
        f"Directional distance β ≥ 0, 0 on the frontier; direction ({direction}); {kind.en}, {bads.en}, {span.en}.",
    )

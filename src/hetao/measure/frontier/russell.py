"""`russell`: the mean of each quantity's own proportional score."""

from __future__ import annotations

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.sbm import ZERO, slacks_based
from hetao.measure.frontier.score import Scored
from hetao.measure.frontier.technology import Matrix, Quantities, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS, side
from hetao.text import Text

__all__ = ["russell"]


def russell(
    panel: Panel,
    *,
    orientation: Orientation = "input",
    returns: Returns = "crs",
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure Russell efficiency: every quantity moves in its own proportion (Färe and Lovell 1978).

    Input form: min (1/m)Σ θᵢ, Xλ ≤ θᵢxᵢ, θᵢ ≤ 1, Yλ ≥ y; output form: max (1/s)Σ φᵣ, Yλ ≥ φᵣyᵣ, φᵣ ≥ 1, Xλ ≤ x. With
    θᵢ = 1 − sᵢ/xᵢ this is the oriented slacks-based measure in another scale. Bads are left out.

    Args:
        panel: n observations; above 0 in the columns that move, none negative.
        orientation: ``input`` shrinks inputs, ``output`` expands outputs.
        returns: returns to scale.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The mean, input ≤ 1, output ≥ 1, and ``theta(column)`` or ``phi(column)``, each quantity's own proportion.

    Raises:
        ModelError: unknown options, negative quantities, or a zero in a column that moves.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x1": [2.0, 4.0], "x2": [2.0, 2.0], "y": [2.0, 2.0]}
        >>> russell(Panel(data, unit="firm", inputs=["x1", "x2"], outputs="y")).scores["score"]
        [1.0, 0.75]
    """
    arguments = Arguments.opened(
        "russell", panel, reference, by_group, orientation=(orientation, Orientation), returns=(returns, Returns)
    )
    arguments.no_negative(panel)
    if arguments.clean:
        arguments.positive(panel, ("inputs",) if orientation == "input" else ("outputs",), ZERO)
    arguments.done()
    data = Quantities(panel.X, panel.Y, panel.B[:, :0])
    technology, way = (
        Technology(len(panel.inputs), len(panel.outputs), 0, returns),
        -1.0 if orientation == "input" else 1.0,
    )
    parts = blocks(panel, reference, by_group=by_group)
    scored = Scored(panel, technology, parts, lambda rows: slacks_based(data.take(rows), orientation))

    def score(optimum: Matrix) -> Matrix:
        return 1.0 + way * optimum

    moved, letter = (panel.inputs, "theta") if orientation == "input" else (panel.outputs, "phi")
    sizes = 1.0 + way * scored.sizes()
    options = {"orientation": orientation, "returns": returns, "reference": reference, "by_group": by_group}
    return FrontierResult.of(
        scored,
        "russell",
        options,
        _convention(orientation, returns, reference_words(reference, by_group)),
        (*panel.inputs, *panel.outputs),
        score=score,
        parts={f"{letter}({name})": sizes[:, j] for j, name in enumerate(moved)},
    )


def _convention(orientation: str, returns: str, span: Text) -> Text:
    kind, way = RETURNS_WORDS[returns], side(orientation)
    bound = "≤ 1" if orientation == "input" else "≥ 1"
    return Text(
        f"Russell 效率（各列比例的平均）：{bound}，1 为前沿；{way.zh}；{kind.zh}，{span.zh}；非期望产出不计入。",
        f"Russell efficiency (mean of each column's proportion): {bound}, 1 on the frontier; {way.en}; "
        f"{kind.en}, {span.en}; bads are left out.",
    )

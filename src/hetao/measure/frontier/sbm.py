"""`sbm`: Tone's slacks-based measure, its oriented and super-efficient forms, with bads if there are any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Switch
from hetao.measure.frontier.evaluation import Evaluation, Projections
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, Scored, quantities
from hetao.measure.frontier.slacks import each_its_own
from hetao.measure.frontier.technology import Matrix, Quantities, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS, side
from hetao.solver import Status
from hetao.text import Text

__all__ = ["SCORES", "SbmOrientation", "needs_positive", "sbm", "slacks_based"]

SbmOrientation = Literal["none", "input", "output"]
T = TypeVar("T", Evaluation, Projections)
_DIVIDES = {"none": ("inputs", "outputs", "bads"), "input": ("inputs",), "output": ("outputs", "bads")}
ZERO = Text(
    "去掉该列，或改用能处理零的模型（如 directional）", "leave the column out, or use a model that can (directional)"
)


def sbm(
    panel: Panel,
    *,
    orientation: SbmOrientation = "none",
    returns: Returns = "crs",
    super_efficiency: bool = False,
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure Tone's slacks-based efficiency ρ (Tone 2001; with bads Tone 2003; super-efficiency Tone 2002).

    ``none``: min [1 − (1/m)Σ s⁻/x] / [1 + (Σ s⁺/y + Σ sᵇ/b)/(s+k)] subject to Xλ + s⁻ = x, Yλ − s⁺ = y, Bλ + sᵇ = b;
    ``input``: 1 − max (1/m)Σ s⁻/x; ``output``: 1 / (1 + max (Σ s⁺/y + Σ sᵇ/b)/(s+k)). The fraction is solved as one
    linear programme by Charnes and Cooper's change of variables.

    Args:
        panel: n observations; above 0 in every column that the score divides by, none negative.
        orientation: which slacks count.
        returns: returns to scale.
        super_efficiency: score efficient observations by their distance to the frontier of the others, δ ≥ 1:
            min [(1/m)Σ x̄/x] / [(1/s)Σ ȳ/y] with x̄ ≥ x, ȳ ≤ y in the others' technology. Without bads only.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        ρ in (0, 1], 1 where no slack counts; with super-efficiency efficient observations have δ ≥ 1. Under an
        orientation the bads (input) or inputs (output) that do not count may have slack at 1.

    Raises:
        ModelError: unknown options, negative quantities, or a zero where the score divides by it.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [2.0, 2.0]}, unit="firm", inputs="x", outputs="y")
        >>> sbm(panel).scores["score"]
        [1.0, 0.5]
    """
    arguments = Arguments.opened(
        "sbm",
        panel,
        reference,
        by_group,
        orientation=(orientation, SbmOrientation),
        returns=(returns, Returns),
        super_efficiency=(super_efficiency, Switch),
    )
    arguments.no_negative(panel)
    needs_positive(panel, orientation, arguments)
    if super_efficiency is True and panel.bads:
        arguments.not_together("super_efficiency", "True", "bads")
    arguments.done()
    data = quantities(panel)
    technology = Technology(len(panel.inputs), len(panel.outputs), len(panel.bads), returns)

    def measure(rows: Rows) -> Measure:
        return slacks_based(data.take(rows), orientation)

    scored = Scored(panel, technology, blocks(panel, reference, by_group=by_group), measure)
    options = {
        "orientation": orientation,
        "returns": returns,
        "super_efficiency": super_efficiency,
        "reference": reference,
        "by_group": by_group,
    }
    convention = _convention(orientation, returns, super_efficiency, reference_words(reference, by_group), panel.bads)
    columns = (*panel.inputs, *panel.outputs, *panel.bads)
    result = FrontierResult.of(scored, "sbm", options, convention, columns, score=SCORES[orientation])
    if not super_efficiency:
        return result
    others = blocks(panel, reference, leave_out_self=True, by_group=by_group)
    beyond = Scored(panel, technology, others, lambda rows: _beyond(data.take(rows), orientation))
    outside = beyond.evaluation(SCORES[f"super {orientation}"])
    within = (outside.status == Status.OPTIMAL) & ~(outside.score > 1.0 + 1e-9)

    def projector() -> Projections:
        return _chosen(within, scored.projections(), beyond.projections())

    evaluation = _chosen(within, result.evaluation, outside)
    endless = (evaluation.status == Status.OPTIMAL) & ~np.isfinite(evaluation.score)
    evaluation.status[endless], evaluation.score[endless] = Status.UNBOUNDED, np.nan
    return replace(result, evaluation=evaluation, projector=projector)


def needs_positive(panel: Panel, orientation: str, arguments: Arguments) -> None:
    """Require quantities above 0 where the score of an orientation divides by them."""
    if arguments.clean:
        arguments.positive(panel, _DIVIDES[orientation], ZERO)


def slacks_based(own: Quantities, orientation: SbmOrientation) -> Measure:
    """Return the slacks-based measure of n observations, in slacks relative to their own quantities."""
    m, s, k = own.X.shape[1], own.Y.shape[1], own.B.shape[1]
    counted = {"none": range(m + s + k), "input": range(m), "output": range(m, m + s + k)}[orientation]
    moves = each_its_own(own, counted, own.points)
    n, inputs = len(own), np.array([j < m for j in counted])
    less, more = np.tile(inputs / m, (n, 1)), np.tile(~inputs / (s + k), (n, 1))
    if orientation == "none":
        return Measure("min", own.points, moves, -less, norm=more, start=1.0, slack_based=True)
    return Measure("max", own.points, moves, less if orientation == "input" else more, slack_based=True)


def _beyond(own: Quantities, orientation: SbmOrientation) -> Measure:
    m, s = own.X.shape[1], own.Y.shape[1]
    counted = {"none": range(m + s), "input": range(m), "output": range(m, m + s)}[orientation]
    moves = each_its_own(own, counted, own.points, worsen=True)
    n, inputs = len(own), np.array([j < m for j in counted])
    more, less = np.tile(inputs / m, (n, 1)), np.tile(~inputs / s, (n, 1))
    if orientation == "none":
        return Measure("min", own.points, moves, more, norm=-less, start=1.0)
    return Measure("min", own.points, moves, more if orientation == "input" else less)


def _inverse_of_rest(optimum: Matrix) -> Matrix:
    with np.errstate(divide="ignore"):
        found: Matrix = 1.0 / (1.0 - optimum)
    return found


SCORES: dict[str, Callable[[Matrix], Matrix]] = {
    "none": lambda optimum: optimum,
    "input": lambda optimum: 1.0 - optimum,
    "output": lambda optimum: 1.0 / (1.0 + optimum),
    "super none": lambda optimum: optimum,
    "super input": lambda optimum: 1.0 + optimum,
    "super output": _inverse_of_rest,
}


def _chosen(within: NDArray[np.bool_], inside: T, beyond: T) -> T:
    """Take what is known inside for the rows within the others' reach, and their distance beyond them elsewhere.

    An inefficient observation is within the others' reach, so its distance beyond them is 1.
    """
    pairs = [(getattr(inside, f.name), getattr(beyond, f.name)) for f in fields(inside)]
    return type(inside)(*(np.where(within[:, None] if a.ndim == 2 else within, a, b) for a, b in pairs))


def _convention(orientation: str, returns: str, beyond: bool, span: Text, bads: tuple[str, ...]) -> Text:
    kind, way = RETURNS_WORDS[returns], side(orientation)
    zh, en = ("（超效率：有效单元 δ ≥ 1）", " (super-efficiency: efficient units have δ ≥ 1)") if beyond else ("", "")
    b = (
        Text("非期望产出按 Tone 2003 可分处理", "bads enter separably (Tone 2003)")
        if bads
        else Text("无非期望产出", "no bads")
    )
    return Text(
        f"基于松弛的效率 ρ：0 至 1，1 为前沿{zh}；{way.zh}；{kind.zh}，{span.zh}；{b.zh}。",
        f"Slacks-based efficiency ρ: 0 to 1, 1 on the frontier{en}; {way.en}; {kind.en}, {span.en}; {b.en}.",
    )

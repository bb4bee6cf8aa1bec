"""`dea`: Farrell's radial efficiency against a data envelopment frontier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names, Switch
from hetao.measure.frontier.fdh import fdh_projections, score_fdh
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import Block, Reference, blocks, reference_words
from hetao.measure.frontier.restrictions import WeightRestrictions, resolve_restrictions, restrictions_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities
from hetao.measure.frontier.technology import Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.text import Text

__all__ = ["dea"]

DeaReturns = Literal["crs", "vrs", "nirs", "ndrs", "fdh"]


def dea(
    panel: Panel,
    *,
    orientation: Orientation = "input",
    returns: DeaReturns = "crs",
    super_efficiency: bool = False,
    reference: Reference = "contemporaneous",
    by_group: bool = False,
    nondiscretionary: Names = (),
    weight_restrictions: WeightRestrictions | None = None,
) -> FrontierResult:
    """Measure radial technical efficiency (Charnes, Cooper and Rhodes 1978; Banker, Charnes and Cooper 1984).

    Input form: min θ subject to Xλ ≤ θx, Yλ ≥ y; output form: max φ subject to Xλ ≤ x, Yλ ≥ φy, with Σλ free (crs),
    = 1 (vrs), ≤ 1 (nirs), ≥ 1 (ndrs); fdh enumerates single units (Deprins, Simar and Tulkens 1984). Bads are left
    out: use `directional` for them.

    Args:
        panel: n observations with at least one input and one output, none negative.
        orientation: ``input`` shrinks the inputs, ``output`` expands the outputs.
        returns: returns to scale.
        super_efficiency: leave each observation out of its own reference (Andersen and Petersen 1993).
        reference: which rows span the frontier: those of the same period (``contemporaneous``), of all periods up to
            it (``sequential``), of it and the next (``biennial``), of the last so many periods (a whole number: a
            window), or all (``global``).
        by_group: compare each row with its own group only (the panel's ``group``).
        nondiscretionary: inputs (outputs, in the output form) that cannot be chosen and do not move (Banker and
            Morey 1986).
        weight_restrictions: (column, column) → (lowest, highest) ratio of their shadow prices, None for no bound:
            an assurance region (Thompson et al. 1986; Allen et al. 1997).

    Returns:
        Farrell scores: input θ ≤ 1, output φ ≥ 1, 1 on the frontier; super-efficiency may cross 1 and be infeasible.

    Raises:
        ModelError: unknown options or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 4.0]}, unit="firm", inputs="x", outputs="y")
        >>> dea(panel).scores["score"]
        [0.5, 1.0]
    """
    arguments = Arguments.opened(
        "dea",
        panel,
        reference,
        by_group,
        orientation=(orientation, Orientation),
        returns=(returns, DeaReturns),
        super_efficiency=(super_efficiency, Switch),
    )
    arguments.no_negative(panel)
    movable = panel.inputs if orientation == "input" else panel.outputs
    fixed = _fixed(arguments, nondiscretionary, movable)
    restrictions = resolve_restrictions(panel, weight_restrictions, arguments)
    if returns == "fdh" and (fixed or restrictions):
        arguments.not_together("returns", "fdh", "nondiscretionary" if fixed else "weight_restrictions")
    arguments.done()
    parts = blocks(panel, reference, leave_out_self=super_efficiency, by_group=by_group)
    options = {
        "orientation": orientation,
        "returns": returns,
        "super_efficiency": super_efficiency,
        "reference": reference,
        "by_group": by_group,
        "nondiscretionary": [movable[j] for j in fixed],
        "weight_restrictions": restrictions_words(weight_restrictions),
    }
    convention = _convention(orientation, returns, super_efficiency, reference_words(reference, by_group))
    columns = (*panel.inputs, *panel.outputs)
    if returns == "fdh":
        return _hull(panel, parts, orientation, options, convention)
    technology = Technology(len(panel.inputs), len(panel.outputs), 0, returns, restrictions=restrictions)
    data = quantities(panel)
    scored = Scored(panel, technology, parts, lambda rows: radial(data.take(rows), orientation, fixed))
    return FrontierResult.of(scored, "dea", options, convention, columns)


def _fixed(arguments: Arguments, names: Names, movable: tuple[str, ...]) -> tuple[int, ...]:
    fixed = arguments.columns("nondiscretionary", names, movable)
    if len(fixed) == len(movable):
        arguments.nothing_moves("nondiscretionary")
    return fixed


def _hull(
    panel: Panel, parts: tuple[Block, ...], orientation: Orientation, options: Mapping[str, object], convention: Text
) -> FrontierResult:
    evaluation, peer = score_fdh(panel, parts, orientation)
    return FrontierResult(
        panel=panel,
        name="dea",
        options=options,
        convention=convention,
        evaluation=evaluation,
        projector=lambda: fdh_projections(panel, orientation, evaluation, peer),
        columns=(*panel.inputs, *panel.outputs),
    )


def _convention(orientation: str, returns: str, super_efficiency: bool, span: Text) -> Text:
    input_form = orientation == "input"
    kind = RETURNS_WORDS[returns]
    zh = "投入导向 Farrell 效率 θ：≤ 1，1 为前沿" if input_form else "产出导向 Farrell 效率 φ：≥ 1，1 为前沿"
    en = (
        "Farrell input efficiency θ: ≤ 1, 1 on the frontier"
        if input_form
        else "Farrell output efficiency φ: ≥ 1, 1 on the frontier"
    )
    if super_efficiency:
        zh, en = zh + "（超效率可越过 1）", en + " (super-efficiency may cross 1)"
    return Text(f"{zh}；{kind.zh}，{span.zh}；非期望产出不计入。", f"{en}; {kind.en}, {span.en}; bads are left out.")

"""`metafrontier`: how near a group's frontier is to that of all groups together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.evaluation import Evaluation
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities
from hetao.measure.frontier.technology import Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS, side
from hetao.solver import Status
from hetao.text import Text

__all__ = ["metafrontier"]


def metafrontier(
    panel: Panel,
    *,
    orientation: Orientation = "output",
    returns: Returns = "crs",
    reference: Reference = "contemporaneous",
) -> FrontierResult:
    """Measure efficiency against all groups, and the technology gap (Battese, Rao and O'Donnell 2004).

    Efficiency is θ, or 1/φ. Each observation is scored against its own group's frontier and against the metafrontier,
    which the units of all groups span together (convex combinations across groups included):
    gap_ratio = te_meta / te_group, score = te_meta. Bads are left out.

    Args:
        panel: n observations with a ``group``, none negative.
        orientation: ``input`` or ``output``.
        returns: returns to scale.
        reference: which periods span the frontiers, as in `dea`.

    Returns:
        te_meta ≤ 1, with ``te_group`` and ``gap_ratio``, both ≤ 1. Peers, slacks and targets are on the metafrontier.

    Raises:
        ModelError: unknown options, negative quantities, or a panel without groups.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "zone": ["east", "west"], "x": [1.0, 1.0], "y": [2.0, 1.0]}
        >>> metafrontier(Panel(data, unit="firm", inputs="x", outputs="y", group="zone")).scores["gap_ratio"]
        [1.0, 0.5]
    """
    arguments = Arguments.opened(
        "metafrontier", panel, reference, False, orientation=(orientation, Orientation), returns=(returns, Returns)
    )
    arguments.needs_groups(panel)
    arguments.no_negative(panel)
    arguments.done()
    data, technology = quantities(panel), Technology(len(panel.inputs), len(panel.outputs), 0, returns)
    meta, group = (
        Scored(
            panel, technology, blocks(panel, reference, by_group=by), lambda rows: radial(data.take(rows), orientation)
        )
        for by in (False, True)
    )
    te_meta, te_group = (_efficiency(scored.evaluation(), orientation) for scored in (meta, group))
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = te_meta.score / te_group.score
    status = np.where(te_group.status == Status.OPTIMAL, te_meta.status, te_group.status)
    evaluation = replace(
        te_meta,
        score=np.where(status == Status.OPTIMAL, te_meta.score, np.nan),
        status=status,
        certificate=np.maximum(te_meta.certificate, te_group.certificate),
        attempts=np.maximum(te_meta.attempts, te_group.attempts),
    )
    span, kind, way = reference_words(reference), RETURNS_WORDS[returns], side(orientation)
    return FrontierResult(
        panel=panel,
        name="metafrontier",
        options={"orientation": orientation, "returns": returns, "reference": reference},
        convention=Text(
            f"共同前沿效率 te_meta ≤ 1 = 组内效率 te_group × 技术差距比 gap_ratio；{way.zh}；{kind.zh}，{span.zh}；"
            "非期望产出不计入。",
            f"Metafrontier efficiency te_meta ≤ 1 = te_group × gap_ratio; {way.en}; {kind.en}, {span.en}; "
            "bads are left out.",
        ),
        evaluation=evaluation,
        projector=meta.projections,
        columns=(*panel.inputs, *panel.outputs),
        parts={"te_group": te_group.score, "gap_ratio": gap},
    )


def _efficiency(evaluation: Evaluation, orientation: str) -> Evaluation:
    if orientation == "input":
        return evaluation
    with np.errstate(divide="ignore"):
        return replace(evaluation, score=1.0 / evaluation.score)

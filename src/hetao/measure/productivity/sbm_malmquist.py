"""`sbm_malmquist`: productivity change by the slacks-based measure, with bads if there are any."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.references import reference_words
from hetao.measure.frontier.sbm import SCORES, SbmOrientation, needs_positive, slacks_based
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Matrix, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS, side
from hetao.measure.productivity.cross import cross_scores
from hetao.measure.productivity.distances import Distances, Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.text import Text

__all__ = ["sbm_malmquist"]

Pooled = Literal["global", "biennial"]


def sbm_malmquist(
    panel: Panel,
    *,
    orientation: SbmOrientation = "none",
    returns: Returns = "crs",
    reference: Pooled = "global",
    longest_gap: int = 1,
) -> IndexResult:
    """Measure productivity change by Tone's slacks-based efficiency ρ (Tone 2001, 2003) on a frontier of both periods.

    With ρ of `sbm`, superscript P the frontier that both periods are part of: index = ρᴾ(t+1) / ρᴾ(t);
    efficiency_change = ρᵗ⁺¹(t+1) / ρᵗ(t) on each period's own frontier; technical_change is the rest. With bads and
    ``global`` this is the green index of most Chinese studies (Pastor and Lovell 2005 with Tone's measure; Oh 2010).

    Args:
        panel: a panel with periods; above 0 in every column that the score divides by, none negative.
        orientation: which slacks count, as in `sbm`.
        returns: returns to scale.
        reference: ``global`` (all periods; circular) or ``biennial``. ρ says nothing of an observation beyond a
            frontier, so another period's own frontier is no reference here.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; index = efficiency_change × technical_change. Never infeasible; a unit that is not
        seen in both periods is ``missing``.

    Raises:
        ModelError: unknown options, fewer than two periods, negative quantities, a zero where the score divides by it.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 1.0], "y": [1.0, 2.0]}
        >>> sbm_malmquist(Panel(data, unit="firm", period="year", inputs="x", outputs="y")).changes["index"]
        [2.0]
    """
    arguments = Arguments.opened(
        "sbm_malmquist",
        panel,
        "global",
        False,
        orientation=(orientation, SbmOrientation),
        returns=(returns, Returns),
        reference=(reference, Pooled),
    )
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    needs_positive(panel, orientation, arguments)
    arguments.done()
    data, pairs = quantities(panel), Pairs.of(panel, longest_gap)

    def rho(_: Measure, answers: Answers) -> Matrix:
        return SCORES[orientation](answers.objective)

    distances = Distances(panel, lambda rows: slacks_based(data.take(rows), orientation), {"rho": rho})
    technology = Technology(len(panel.inputs), len(panel.outputs), len(panel.bads), returns)
    e = cross_scores(panel, distances, pairs, technology, reference, view="rho")
    assert e.pooled_before is not None
    assert e.pooled_after is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        index, change = e.pooled_after / e.pooled_before, e.own_after / e.own_before
        values = {"index": index, "efficiency_change": change, "technical_change": index / change}
    kept, status = collect(values, *e.statuses)
    kind, way, span = RETURNS_WORDS[returns], side(orientation), reference_words(reference)
    bads = Text("非期望产出可分处理", "bads enter separably") if panel.bads else Text("无非期望产出", "no bads")
    return IndexResult(
        panel=panel,
        name="sbm_malmquist",
        options={"orientation": orientation, "returns": returns, "reference": reference, "longest_gap": longest_gap},
        convention=Text(
            f"基于 SBM 的 Malmquist 指数（{way.zh}，{kind.zh}，{span.zh}，{bads.zh}）：> 1 为增长。",
            f"SBM-based Malmquist index ({way.en}, {kind.en}, {span.en}, {bads.en}): > 1 is growth.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=distances,
    )

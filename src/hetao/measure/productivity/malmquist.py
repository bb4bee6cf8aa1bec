"""`malmquist`: the Malmquist productivity index and its parts."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import reference_words
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.productivity.cross import CROSS_REFERENCES, CrossReference, CrossScores, cross_scores
from hetao.measure.productivity.distances import Distances, Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.text import Text

__all__ = ["malmquist"]

Decomposition = Literal["fgnz"]
IndexReturns = Literal["crs", "vrs"]
Matrix = NDArray[np.float64]


def malmquist(
    panel: Panel,
    *,
    orientation: Orientation = "output",
    returns: IndexReturns = "crs",
    decomposition: Decomposition = "fgnz",
    reference: CrossReference = "contemporaneous",
) -> IndexResult:
    """Measure total factor productivity change (Caves, Christensen, Diewert 1982; Färe, Grosskopf, Norris, Zhang 1994).

    With E a period's efficiency (θ, or 1/φ), superscript the reference, argument the observation:
    index = √[Eᵗ(t+1)/Eᵗ(t) · Eᵗ⁺¹(t+1)/Eᵗ⁺¹(t)] on crs; efficiency_change = Eᵗ⁺¹(t+1)/Eᵗ(t); technical_change is the
    rest. With returns="vrs" efficiency_change is further split into pure_efficiency_change (from vrs) and scale_change.
    The global form (Pastor and Lovell 2005) is Eᴳ(t+1)/Eᴳ(t), which is circular and never infeasible. Bads are left
    out: use `malmquist_luenberger` for them.

    Args:
        panel: a panel with periods; none of its quantities negative.
        orientation: ``output`` or ``input``; on crs the index is the same.
        returns: ``vrs`` adds pure efficiency and scale change; the index itself stays on crs.
        decomposition: ``fgnz``.
        reference: ``contemporaneous``, ``sequential`` (all periods up to each; Tulkens and Vanden Eeckaut 1995) or
            ``global``.

    Returns:
        ``.changes``: > 1 is growth; index = efficiency_change × technical_change. A unit that is not seen in both
        periods has the status ``missing``.

    Raises:
        ModelError: unknown options, fewer than two periods, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [1.0, 1.0, 1.0, 1.0], "y": [1.0, 2.0, 3.0, 3.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> malmquist(panel).changes["index"]
        [3.0, 1.5]
    """
    arguments = Arguments("malmquist")
    arguments.one_of("orientation", orientation, get_args(Orientation))
    arguments.one_of("returns", returns, get_args(IndexReturns))
    arguments.one_of("decomposition", decomposition, get_args(Decomposition))
    arguments.one_of("reference", reference, CROSS_REFERENCES)
    arguments.needs_panel(panel)
    arguments.needs_periods(panel)
    arguments.no_negative(panel)
    arguments.done()
    data = quantities(panel)
    distances, pairs = Distances(panel, lambda rows: radial(data.take(rows), orientation)), Pairs.of(panel)
    m, n_outputs = len(panel.inputs), len(panel.outputs)
    crs = cross_scores(panel, distances, pairs, Technology(m, n_outputs, 0, "crs"), reference)
    values, statuses = _index(crs, orientation), list(crs.statuses)
    if returns == "vrs":
        vrs = cross_scores(panel, distances, pairs, Technology(m, n_outputs, 0, "vrs"), reference, own_only=True)
        statuses += vrs.statuses
        values |= _scale(vrs, values["efficiency_change"], orientation)
    kept, status = collect(values, *statuses)
    return IndexResult(
        panel=panel,
        name="malmquist",
        options={
            "orientation": orientation,
            "returns": returns,
            "decomposition": decomposition,
            "reference": reference,
        },
        convention=_convention(orientation, returns, reference),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=distances,
    )


def _efficiency(score: Matrix, orientation: str) -> Matrix:
    with np.errstate(divide="ignore", invalid="ignore"):
        return score if orientation == "input" else 1.0 / score


def _index(crs: CrossScores, orientation: str) -> dict[str, Matrix]:
    own_before, own_after, old_sees_new, new_sees_old = (
        _efficiency(s, orientation) for s in (crs.own_before, crs.own_after, crs.before_after, crs.after_before)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        change = own_after / own_before
        if crs.pooled_before is None or crs.pooled_after is None:
            index = np.sqrt(old_sees_new / own_before * own_after / new_sees_old)
        else:
            index = _efficiency(crs.pooled_after, orientation) / _efficiency(crs.pooled_before, orientation)
        return {"index": index, "efficiency_change": change, "technical_change": index / change}


def _scale(vrs: CrossScores, efficiency_change: Matrix, orientation: str) -> dict[str, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        pure = _efficiency(vrs.own_after, orientation) / _efficiency(vrs.own_before, orientation)
        return {"pure_efficiency_change": pure, "scale_change": efficiency_change / pure}


def _convention(orientation: str, returns: str, reference: CrossReference) -> Text:
    span = reference_words(reference)
    side = Text("投入", "input") if orientation == "input" else Text("产出", "output")
    parts_zh = "；效率变化再分为纯效率与规模" if returns == "vrs" else ""
    parts_en = "; efficiency change split into pure and scale" if returns == "vrs" else ""
    return Text(
        f"Malmquist 全要素生产率指数（{side.zh}导向，{RETURNS_WORDS['crs'].zh}，{span.zh}）：> 1 为增长{parts_zh}；"
        "非期望产出不计入。",
        f"Malmquist productivity index ({side.en} orientation, {RETURNS_WORDS['crs'].en}, {span.en}): > 1 is growth"
        f"{parts_en}; bads are left out.",
    )

"""`malmquist`: the Malmquist productivity index and its parts."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Switch
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import Reference, reference_words
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Technology
from hetao.measure.frontier.words import RETURNS_WORDS, side
from hetao.measure.productivity.cross import POOLED, CrossScores, cross_scores
from hetao.measure.productivity.distances import Distances, Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.text import Text

__all__ = ["malmquist"]

Decomposition = Literal["fgnz", "ray-desli"]
IndexReturns = Literal["crs", "vrs"]
Matrix = NDArray[np.float64]
# a part → the first of those that it is split into
SPLIT = {"efficiency_change": "pure_efficiency_change", "technical_change": "technical_magnitude"}


def malmquist(
    panel: Panel,
    *,
    orientation: Orientation = "output",
    returns: IndexReturns = "crs",
    decomposition: Decomposition = "fgnz",
    reference: Reference = "contemporaneous",
    bias: bool = False,
    longest_gap: int = 1,
) -> IndexResult:
    """Measure total factor productivity change (Caves, Christensen, Diewert 1982; Färe, Grosskopf, Norris, Zhang 1994).

    With E a period's efficiency (θ, or 1/φ), superscript the reference, argument the observation:
    index = √[Eᵗ(t+1)/Eᵗ(t) · Eᵗ⁺¹(t+1)/Eᵗ⁺¹(t)] on crs; efficiency_change = Eᵗ⁺¹(t+1)/Eᵗ(t); technical_change is the
    rest. With returns="vrs" the index stays on crs and is split further: ``fgnz`` splits efficiency_change into
    pure_efficiency_change (from vrs) and scale_change; ``ray-desli`` (Ray and Desli 1997) takes technical_change from
    vrs as well, and scale_change is what is then left of the index. Where both periods share a frontier (``global``,
    Pastor and Lovell 2005; ``biennial``, Pastor, Asmild and Lovell 2011) index = E(t+1)/E(t) on it; the global form is
    circular, and neither is ever infeasible. Bads are left out: use `malmquist_luenberger` for them.

    Args:
        panel: a panel with periods; none of its quantities negative.
        orientation: ``output`` or ``input``; on crs the index is the same.
        returns: ``vrs`` adds scale change; the index itself stays on crs.
        decomposition: ``fgnz`` or ``ray-desli``; the latter needs ``vrs``.
        reference: ``contemporaneous``, ``sequential`` (all periods up to each; Tulkens and Vanden Eeckaut 1995), a
            window (a whole number of periods), ``biennial`` or ``global``.
        bias: split technical_change into technical_magnitude Eᵗ(t)/Eᵗ⁺¹(t), the frontier's move where the observation
            was, and technical_bias, the rest: how the move differs where it now is (Färe, Grifell-Tatjé, Grosskopf
            and Lovell 1997). Not under ``ray-desli``, nor where both
            periods share a frontier.
        longest_gap: how many periods on the next sight of a unit may be, to be compared with the last; 1: only changes
            between consecutive periods, and what is missing between them is told.

    Returns:
        ``.changes``: > 1 is growth; the parts multiply to the index (under fgnz pure_efficiency_change and
        scale_change to efficiency_change). A unit that is not seen in both periods has the status ``missing``; a vrs
        distance to another period's frontier may be ``infeasible``, and then the row has no numbers: the biennial
        and global references are the remedies.

    Raises:
        ModelError: unknown options, fewer than two periods, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [1.0, 1.0, 1.0, 1.0], "y": [1.0, 2.0, 3.0, 3.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> malmquist(panel).changes["index"]
        [3.0, 1.5]
    """
    arguments = Arguments.opened(
        "malmquist",
        panel,
        reference,
        False,
        orientation=(orientation, Orientation),
        returns=(returns, IndexReturns),
        decomposition=(decomposition, Decomposition),
        bias=(bias, Switch),
    )
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    if decomposition == "ray-desli" and returns == "crs":
        arguments.not_together("decomposition", "ray-desli", "returns='crs'")
    if bias and decomposition == "ray-desli":
        arguments.not_together("bias", "True", "decomposition='ray-desli'")
    if bias and reference in POOLED:
        arguments.not_together("bias", "True", f"reference={reference!r}")
    arguments.done()
    data, m, s = quantities(panel), len(panel.inputs), len(panel.outputs)
    distances, pairs = Distances(panel, lambda rows: radial(data.take(rows), orientation)), Pairs.of(panel, longest_gap)
    crs = _efficiencies(cross_scores(panel, distances, pairs, Technology(m, s, 0, "crs"), reference), orientation)
    values, statuses = _index(crs), list(crs.statuses)
    if bias:
        values |= _bias(crs, values["technical_change"])
    if returns == "vrs":
        own_only = decomposition == "fgnz"
        found = cross_scores(panel, distances, pairs, Technology(m, s, 0, "vrs"), reference, own_only=own_only)
        statuses += found.statuses
        vrs = _efficiencies(found, orientation)
        values = _with_scale(values, vrs) if own_only else _ray_desli(values["index"], vrs)
    kept, status = collect(values, *statuses)
    return IndexResult(
        panel=panel,
        name="malmquist",
        options={
            "orientation": orientation,
            "returns": returns,
            "decomposition": decomposition,
            "reference": reference,
            "bias": bias,
            "longest_gap": longest_gap,
        },
        convention=_convention(orientation, returns, decomposition, reference_words(reference)),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=distances,
        factors={name: 1 for name in kept if name != "index" and SPLIT.get(name) not in kept},
    )


def _efficiencies(scores: CrossScores, orientation: str) -> CrossScores:
    """Return the scores as efficiencies ≤ 1 on their own frontier."""
    if orientation == "input":
        return scores
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = {
            f.name: 1.0 / value
            for f in fields(scores)
            if f.name != "statuses" and (value := getattr(scores, f.name)) is not None
        }
    return replace(scores, **inverse)


def _index(e: CrossScores) -> dict[str, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        change = e.own_after / e.own_before
        if e.pooled_before is None or e.pooled_after is None:
            index = np.sqrt(e.before_after / e.own_before * e.own_after / e.after_before)
        else:
            index = e.pooled_after / e.pooled_before
        return {"index": index, "efficiency_change": change, "technical_change": index / change}


def _bias(e: CrossScores, technical_change: Matrix) -> dict[str, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = e.own_before / e.after_before
        return {"technical_magnitude": magnitude, "technical_bias": technical_change / magnitude}


def _with_scale(values: dict[str, Matrix], vrs: CrossScores) -> dict[str, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        pure = vrs.own_after / vrs.own_before
        return values | {"pure_efficiency_change": pure, "scale_change": values["efficiency_change"] / pure}


def _ray_desli(index: Matrix, vrs: CrossScores) -> dict[str, Matrix]:
    on_vrs = _index(vrs)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "index": index,
            "pure_efficiency_change": on_vrs["efficiency_change"],
            "technical_change": on_vrs["technical_change"],
            "scale_change": index / on_vrs["index"],
        }


def _convention(orientation: str, returns: str, decomposition: str, span: Text) -> Text:
    way, kind = side(orientation), RETURNS_WORDS["crs"]
    parts = Text("", "")
    if returns == "vrs" and decomposition == "fgnz":
        parts = Text("；效率变化再分为纯效率与规模", "; efficiency change split into pure and scale")
    elif returns == "vrs":
        parts = Text(
            "；技术变化取自规模报酬可变前沿（Ray-Desli）", "; technical change on variable returns (Ray and Desli)"
        )
    return Text(
        f"Malmquist 全要素生产率指数（{way.zh}，{kind.zh}，{span.zh}）：> 1 为增长{parts.zh}；非期望产出不计入。",
        f"Malmquist productivity index ({way.en}, {kind.en}, {span.en}): > 1 is growth{parts.en}; bads are left out.",
    )

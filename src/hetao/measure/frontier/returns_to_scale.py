"""`returns_to_scale`: scale efficiency, and whether returns increase, stay or decrease."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.evaluation import Evaluation
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities
from hetao.measure.frontier.technology import Matrix, Technology
from hetao.measure.frontier.words import side
from hetao.solver import Status
from hetao.text import Text

__all__ = ["returns_to_scale"]

SAME = 1e-7  # two scores closer than this are one


def returns_to_scale(
    panel: Panel,
    *,
    orientation: Orientation = "input",
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure scale efficiency and class returns to scale (Färe, Grosskopf and Lovell 1985).

    The score is θ_crs / θ_vrs (input) or φ_vrs / φ_crs (output). Where it is 1 returns are ``constant``; otherwise they
    are ``decreasing`` if the score under non-increasing returns equals that under vrs, and ``increasing`` if it does
    not. This class is unique, for it comes from scores and not from one of many optimal weights. Peers, slacks and
    targets are those of vrs.

    Args:
        panel: n observations, none negative.
        orientation: ``input`` or ``output``; the class is that of the point projected to, and may differ by it.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The scale efficiency in (0, 1], with ``crs``, ``vrs``, ``nirs`` (the scores) and ``class``.

    Raises:
        ModelError: unknown options or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b", "c"], "x": [1.0, 2.0, 4.0], "y": [0.5, 2.0, 3.0]}
        >>> returns_to_scale(Panel(data, unit="firm", inputs="x", outputs="y")).scores["class"]
        ['increasing', 'constant', 'decreasing']
    """
    arguments = Arguments.opened("returns_to_scale", panel, reference, by_group, orientation=(orientation, Orientation))
    arguments.no_negative(panel)
    arguments.done()
    data, parts = quantities(panel), blocks(panel, reference, by_group=by_group)
    m, s = len(panel.inputs), len(panel.outputs)
    scored = {
        returns: Scored(panel, Technology(m, s, 0, returns), parts, lambda rows: radial(data.take(rows), orientation))
        for returns in ("crs", "vrs", "nirs")
    }
    crs, vrs, nirs = (one.evaluation() for one in scored.values())
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = crs.score / vrs.score if orientation == "input" else vrs.score / crs.score
    evaluation = replace(_together(crs, vrs, nirs), score=np.where(np.isfinite(scale), scale, np.nan))
    lost = (evaluation.status == Status.OPTIMAL) & np.isnan(evaluation.score)
    evaluation.status[lost] = Status.NUMERICAL
    kind = _classes(evaluation.score, vrs.score, nirs.score)
    span, way = reference_words(reference, by_group), side(orientation)
    return FrontierResult(
        panel=panel,
        name="returns_to_scale",
        options={"orientation": orientation, "reference": reference, "by_group": by_group},
        convention=Text(
            f"规模效率：0 至 1，1 为规模报酬不变；{way.zh}；{span.zh}；非期望产出不计入。",
            f"Scale efficiency: 0 to 1, 1 where returns are constant; {way.en}; {span.en}; bads are left out.",
        ),
        evaluation=evaluation,
        projector=scored["vrs"].projections,
        columns=(*panel.inputs, *panel.outputs),
        parts={
            "crs": crs.score,
            "vrs": vrs.score,
            "nirs": nirs.score,
            "class": kind,
        },
    )


def _together(*found: Evaluation) -> Evaluation:
    """Return one evaluation with the worst certificate and the first status that is not optimal."""
    last = found[1]
    status = last.status.copy()
    for one in found:
        status = np.where(one.status == Status.OPTIMAL, status, one.status)
    return Evaluation(
        last.score,
        status,
        np.max([one.certificate for one in found], axis=0),
        np.max([one.attempts for one in found], axis=0),
        last.prices,
        last.intercept,
    )


def _classes(scale: Matrix, vrs: Matrix, nirs: Matrix) -> NDArray[np.object_]:
    """Return (n,) each one's returns to scale; None where there is no score."""
    falls = np.abs(nirs - vrs) <= SAME * np.abs(vrs)
    kind = np.where(np.abs(scale - 1.0) <= SAME, "constant", np.where(falls, "decreasing", "increasing")).astype(object)
    kind[np.isnan(scale)] = None
    return kind

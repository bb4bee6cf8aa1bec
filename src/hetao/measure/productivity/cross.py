"""The four or six distances of a change: each observation against its own, the other and the pooled frontier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier.references import Reference, reference_rows
from hetao.measure.frontier.technology import Technology
from hetao.measure.productivity.distances import Distances, Pairs

__all__ = ["POOLED", "CrossScores", "cross_scores"]

Matrix = NDArray[np.float64]
_NAMES: dict[object, Callable[[Panel, int], object]] = {
    "global": lambda panel, t: None,
    "biennial": lambda panel, t: f"{panel.periods[t]}–{panel.periods[t + 1]}",
}
POOLED = ("global", "biennial")  # references that hold both periods of a change, so that one ratio is the index


@dataclass(frozen=True)
class CrossScores:
    """Scores (p,) of each change; what was not asked for is NaN or None.

    Attributes:
        own_before, own_after: earlier (later) observation against its own period's frontier.
        before_after: the later observation against the earlier frontier.
        after_before: the earlier observation against the later frontier.
        pooled_before, pooled_after: both against the frontier that holds both periods, where the reference is one of
            `POOLED`.
        statuses: of every score above that was asked for.
    """

    own_before: Matrix
    own_after: Matrix
    before_after: Matrix
    after_before: Matrix
    pooled_before: Matrix | None
    pooled_after: Matrix | None
    statuses: tuple[NDArray[np.object_], ...]


def cross_scores(
    panel: Panel,
    distances: Distances,
    pairs: Pairs,
    technology: Technology,
    reference: Reference,
    *,
    own_only: bool = False,
    view: str = "score",
) -> CrossScores:
    """Evaluate what an index on ``reference`` needs; with ``own_only`` just each period's own distances.

    ``view`` is as in `Distances.scores`.
    """
    frontier: Reference = "contemporaneous" if reference in POOLED else reference

    def against(
        rows: NDArray[np.intp], at: NDArray[np.intp], span: Reference = frontier
    ) -> tuple[Matrix, NDArray[np.object_]]:
        """Return scores and statuses of rows against the frontiers of the periods at the given positions."""
        score, status = np.full(len(rows), np.nan), np.empty(len(rows), dtype=object)
        for t in np.unique(at).tolist():
            here, period = at == t, panel.periods[t]
            name = _NAMES[span](panel, t) if span in _NAMES else period
            seen = reference_rows(panel, period, span)
            score[here], status[here] = distances.scores(rows[here], name, seen, technology, view)
        return score, status

    nothing = np.full(len(pairs.units), np.nan)
    found = {"own_before": against(pairs.row_before, pairs.before), "own_after": against(pairs.row_after, pairs.after)}
    if not own_only and reference in POOLED:
        found["pooled_before"] = against(pairs.row_before, pairs.before, reference)
        found["pooled_after"] = against(pairs.row_after, pairs.before, reference)
    elif not own_only:
        found["before_after"] = against(pairs.row_after, pairs.before)
        found["after_before"] = against(pairs.row_before, pairs.after)
    scores = {name: score for name, (score, _) in found.items()}
    return CrossScores(
        own_before=scores["own_before"],
        own_after=scores["own_after"],
        before_after=scores.get("before_after", nothing),
        after_before=scores.get("after_before", nothing),
        pooled_before=scores.get("pooled_before"),
        pooled_after=scores.get("pooled_after"),
        statuses=tuple(status for _, status in found.values()),
    )

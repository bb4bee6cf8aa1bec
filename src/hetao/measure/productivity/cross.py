"""The four or six distances of a change: each observation against its own, the other and the pooled frontier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier.references import Reference, reference_rows
from hetao.measure.frontier.technology import Technology
from hetao.measure.productivity.distances import Distances, Pairs

__all__ = ["POOLED", "CrossScores", "cross_scores"]

Matrix = NDArray[np.float64]
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

    def against(rows: NDArray[np.intp], at: NDArray[np.intp]) -> tuple[Matrix, NDArray[np.object_]]:
        """Return scores and statuses of rows against the frontiers of the periods at the given positions."""
        score, status = np.full(len(rows), np.nan), np.empty(len(rows), dtype=object)
        for t in np.unique(at).tolist():
            here, period = at == t, panel.periods[t]
            seen = reference_rows(panel, period, frontier)
            score[here], status[here] = distances.scores(rows[here], period, seen, technology, view)
        return score, status

    def pooled(rows: NDArray[np.intp]) -> tuple[Matrix, NDArray[np.object_]]:
        """Return scores and statuses of rows against the frontier that holds both periods of their change."""
        if reference == "global":
            return distances.scores(rows, None, np.arange(len(panel)), technology, view)
        score, status = np.full(len(rows), np.nan), np.empty(len(rows), dtype=object)
        for before, after in dict.fromkeys(zip(pairs.before.tolist(), pairs.after.tolist(), strict=True)):
            here, both = (pairs.before == before) & (pairs.after == after), [panel.periods[t] for t in (before, after)]
            seen = np.sort(np.concatenate([panel.rows(period) for period in both]))
            name = f"{both[0]}–{both[1]}"
            score[here], status[here] = distances.scores(rows[here], name, seen, technology, view)
        return score, status

    nothing = np.full(len(pairs.units), np.nan)
    found = {"own_before": against(pairs.row_before, pairs.before), "own_after": against(pairs.row_after, pairs.after)}
    if not own_only and reference in POOLED:
        found["pooled_before"], found["pooled_after"] = pooled(pairs.row_before), pooled(pairs.row_after)
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

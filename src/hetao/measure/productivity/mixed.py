"""Distances of mixed points: the inputs of one period with the outputs of another, each to a period's frontier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.measure import Form, Measure
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import reference_rows
from hetao.measure.frontier.score import Rows, frontier_of
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.productivity.distances import Pairs
from hetao.measure.results import Certificate
from hetao.solver import Status

__all__ = ["MixedDistances", "MixedMeasure", "mixed_scores"]

MixedMeasure = Callable[[Quantities, Orientation, Rows, Rows], Measure]  # (points, way, rows of x, rows of y)


@dataclass
class MixedDistances:
    """Scores of mixed points, with their audit.

    Attributes:
        panel: the observations.
        technology: how a reference may be combined; it has no bads.
        measure: of the points; it is told the rows that inputs and outputs come from.
    """

    panel: Panel
    technology: Technology
    measure: MixedMeasure
    _found: list[tuple[str, Orientation, Rows, Rows, Answers]] = field(default_factory=list)

    def of(self, period: int, x: Rows, y: Rows, orientation: Orientation) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (p,) scores against a period's frontier, and statuses; −1 rows are missing."""
        score, status = np.full(len(x), np.nan), np.full(len(x), Status.MISSING, dtype=object)
        there = (x >= 0) & (y >= 0)
        own_x, own_y, panel = x[there], y[there], self.panel
        points = Quantities(panel.X[own_x], panel.Y[own_y], np.empty((len(own_x), 0)))
        seen = reference_rows(panel, panel.periods[period], "contemporaneous")
        frontier = frontier_of(panel, self.technology, seen)

        def form(part: slice) -> Form:
            at = np.arange(len(points))[part]
            chosen = points.take(at)
            return self.measure(chosen, orientation, own_x[at], own_y[at]).form(self.technology, chosen)

        answers = frontier.spread(form, len(points))
        self._found.append((str(panel.periods[period]), orientation, own_x, own_y, answers))
        score[there], status[there] = answers.objective, answers.status
        return score, status

    def certificate(self) -> Certificate:
        """Return the audit of every programme solved."""
        found = [answers for *_, answers in self._found]
        return Certificate.of(
            np.concatenate([a.certificate for a in found]),
            np.concatenate([a.status for a in found]),
            np.concatenate([a.attempts for a in found]),
        )

    def table(self) -> dict[str, list[object] | Matrix]:
        """Return every score: key columns of the inputs, the outputs' period, ``orientation``, reference, score."""
        panel = self.panel
        return {
            **panel.keys(row for _, _, x, _, _ in self._found for row in x.tolist()),
            "outputs_of": [p for _, _, _, y, _ in self._found for p in panel.row_periods[y].tolist()],
            "orientation": [o for _, o, x, _, _ in self._found for _ in x],
            "reference": [r for r, _, x, _, _ in self._found for _ in x],
            "returns": [self.technology.returns for _, _, x, _, _ in self._found for _ in x],
            "score": np.concatenate([a.objective for *_, a in self._found]),
            "status": [str(s) for *_, a in self._found for s in a.status],
        }

    def __getstate__(self) -> dict[str, object]:
        """Pickle what was solved; the way to solve more stays behind."""
        return {**self.__dict__, "measure": None}


def mixed_scores(mixed: MixedDistances, pairs: Pairs) -> tuple[dict[str, Matrix], list[NDArray[np.object_]]]:
    """Return the eight (p,) scores of each change that a Hicks-Moorsteen index is made of, and their statuses.

    A score is named by orientation (o, i), the frontier's period, and whose inputs and outputs it takes: ``a`` the
    earlier, ``b`` the later observation's.
    """
    a, b = pairs.row_before, pairs.row_after
    wanted: dict[str, tuple[Orientation, NDArray[np.intp], Rows, Rows]] = {
        "o_before_aa": ("output", pairs.before, a, a),
        "o_before_ab": ("output", pairs.before, a, b),
        "o_after_bb": ("output", pairs.after, b, b),
        "o_after_ba": ("output", pairs.after, b, a),
        "i_before_aa": ("input", pairs.before, a, a),
        "i_before_ba": ("input", pairs.before, b, a),
        "i_after_bb": ("input", pairs.after, b, b),
        "i_after_ab": ("input", pairs.after, a, b),
    }
    found, statuses = {}, []
    for name, (orientation, at, x, y) in wanted.items():
        score, status = np.full(len(x), np.nan), np.full(len(x), Status.MISSING, dtype=object)
        for period in np.unique(at).tolist():
            here = at == period
            score[here], status[here] = mixed.of(period, x[here], y[here], orientation)
        found[name] = score
        statuses.append(status)
    return found, statuses

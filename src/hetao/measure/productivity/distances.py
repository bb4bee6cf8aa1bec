"""The distances that an index is made of: every observation against the frontier of any period, each solved once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.references import Block
from hetao.measure.frontier.score import Rows, solve_block
from hetao.measure.frontier.technology import Technology
from hetao.measure.results import Certificate
from hetao.solver import Status

__all__ = ["Distances", "Pairs", "worst_status"]

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """The changes that an index reports: each unit over each two consecutive periods in which it is seen at all.

    A gap of several periods that is to be bridged has one change from end to end instead.

    Attributes:
        units: (p,) unit of each change.
        before, after: (p,) positions of its two periods in the panel's periods.
        row_before, row_after: (p,) its rows in the panel, −1 where it is missing.
    """

    units: list[object]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    row_before: NDArray[np.intp]
    row_after: NDArray[np.intp]

    @classmethod
    def of(cls, panel: Panel, longest_gap: int = 1) -> Pairs:
        """Return the changes of a panel, unit by unit in the frame's order, in order of time.

        Args:
            panel: the observations.
            longest_gap: how many periods on the next sight of a unit may be, to be compared with the last.
        """
        found = []
        for unit in dict.fromkeys(panel.units.tolist()):
            rows = [panel.row_of.get((unit, period), -1) for period in panel.periods]
            found += [(unit, a, b, rows[a], rows[b]) for a, b in _steps([row >= 0 for row in rows], longest_gap)]
        units, before, after, first, second = zip(*found, strict=True)
        return cls(list(units), np.array(before), np.array(after), np.array(first), np.array(second))


def _steps(seen: list[bool], longest_gap: int) -> list[tuple[int, int]]:
    """Return from which period to which a unit's changes lead."""
    at = [t for t, here in enumerate(seen) if here]
    bridged = [(a, b) for a, b in pairwise(at) if 1 < b - a <= longest_gap]
    inside = {t for a, b in bridged for t in range(a, b)}
    steps = [(t, t + 1) for t in range(len(seen) - 1) if t not in inside and (seen[t] or seen[t + 1])]
    return sorted(steps + bridged)


class Distances:
    """Scores of a panel's rows against reference sets, each evaluated once and remembered with its audit.

    Args:
        panel: the observations.
        measure: rows → base and moves.
        views: name → what to read off a measure's answers beside the score, (n,) each.
    """

    def __init__(
        self,
        panel: Panel,
        measure: Callable[[Rows], Measure],
        views: Mapping[str, Callable[[Measure, Answers], Matrix]] | None = None,
    ) -> None:
        self._panel, self._measure = panel, measure
        self._views = views or {}
        self._seen: dict[tuple[Hashable, Technology], dict[int, int]] = {}
        self._evaluations: dict[tuple[Hashable, Technology], list[tuple[Rows, Answers]]] = {}

    def scores(
        self, rows: Rows, frontier: Hashable, reference: Rows, technology: Technology, view: str = "score"
    ) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (score, status) of ``rows`` against ``reference``; each programme is solved when first asked for.

        Args:
            rows: rows of the panel, −1 for a missing one.
            frontier: what the reference is known by: its period, or None for all periods together.
            reference: the rows that span it.
            technology: how they may be combined.
            view: what to return in place of the score.
        """
        key = (frontier, technology)
        done = self._evaluations.setdefault(key, [])
        known = self._seen.setdefault(key, {})
        wanted = np.array(sorted({int(r) for r in rows if r >= 0} - known.keys()), dtype=np.intp)
        if len(wanted):
            found = solve_block(self._panel, technology, Block(wanted, reference), self._measure)
            start = sum(len(r) for r, _ in done)
            known.update({int(row): start + i for i, row in enumerate(wanted)})
            done.append((wanted, found))
        score = np.concatenate([[np.nan], *(self._viewed(view, r, e) for r, e in done)])
        status = np.concatenate([np.array([Status.MISSING], dtype=object), *(e.status for _, e in done)])
        at = np.array([known[int(r)] + 1 if r >= 0 else 0 for r in rows], dtype=np.intp)
        return score[at], status[at]

    def __getstate__(self) -> dict[str, object]:
        """Pickle what was solved; the way to solve more stays behind."""
        return {**self.__dict__, "_measure": None, "_views": {}}

    def _viewed(self, view: str, rows: Rows, answers: Answers) -> Matrix:
        return answers.objective if view == "score" else self._views[view](self._measure(rows), answers)

    def certificate(self) -> Certificate:
        """Return the audit of every programme solved so far."""
        found = [e for parts in self._evaluations.values() for _, e in parts]
        return Certificate.of(
            np.concatenate([e.certificate for e in found]),
            np.concatenate([e.status for e in found]),
            np.concatenate([e.attempts for e in found]),
        )

    def table(self) -> Mapping[str, list[object] | Matrix]:
        """Return every distance: key columns, ``reference`` (as text), ``returns``, ``score``, ``status``."""
        done = [(key, rows, found) for key, parts in self._evaluations.items() for rows, found in parts]
        return {
            **self._panel.keys(row for _, rows, _ in done for row in rows.tolist()),
            "reference": [
                "global" if frontier is None else str(frontier) for (frontier, _), rows, _ in done for _ in rows
            ],
            "returns": [technology.returns for (_, technology), rows, _ in done for _ in rows],
            "score": np.concatenate([found.objective for _, _, found in done]),
            "status": [str(status) for _, _, found in done for status in found.status],
        }


_ORDER = (Status.OPTIMAL, Status.NUMERICAL, Status.UNBOUNDED, Status.INFEASIBLE, Status.MISSING)


def worst_status(*statuses: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return, element by element, the status that says most about why there is no number."""
    rank = {status: i for i, status in enumerate(_ORDER)}
    ranks = np.max([[rank[s] for s in column] for column in statuses], axis=0)
    return np.array([_ORDER[int(r)] for r in ranks], dtype=object)

"""Scores against units in like surroundings only, and against halves of a sample: many small frontiers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.answers import OUTCOMES, Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.fdh import fdh
from hetao.measure.frontier.measure import Form
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.technology import Matrix, Quantities, Returns, Technology
from hetao.measure.inference.bandwidths import near
from hetao.measure.inference.pseudo import score_against

__all__ = ["Scorer"]

Labels = NDArray[np.int64]
Hull = Literal["fdh"]
CELLS = 4_000_000  # numbers held at once: bounds memory


@dataclass(frozen=True)
class Scorer:
    """Scores units of a sample radially against others of it.

    A division is an (n,) array of labels: units are compared with those of their own label only. Every unit is among
    those that it is compared with, so that it always has a score.

    Attributes:
        orientation: what moves.
        returns: returns to scale; ``fdh`` for single units.
    """

    orientation: Orientation
    returns: Returns | Hull

    def score(
        self, data: Quantities, divisions: Labels, z: Matrix | None = None, bandwidth: Matrix | None = None
    ) -> tuple[Matrix, list[Answers]]:
        """Return the (D, n) scores in each of D divisions, and what proves them.

        Args:
            data: n units.
            divisions: (D, n) labels.
            z: (n, k) what surrounds the units; None: they are compared with all of their label.
            bandwidth: (k,) how far from a unit's z the others may lie.
        """
        if self.returns == "fdh":
            return self._hulls(data, divisions, z, bandwidth)
        technology = Technology(data.X.shape[1], data.Y.shape[1], 0, self.returns)
        if z is None or bandwidth is None:
            return self._shared(technology, data, divisions)
        return self._windows(technology, data, divisions, near(z, z, bandwidth))

    def _hulls(
        self, data: Quantities, divisions: Labels, z: Matrix | None, bandwidth: Matrix | None
    ) -> tuple[Matrix, list[Answers]]:
        """Score against single units; that others lie near and have one's label is held like a quantity that stays."""
        found = np.empty(divisions.shape)
        answers = []
        for d, label in enumerate(divisions):
            place, reach = label[:, None].astype(float), np.zeros(1)
            if z is not None and bandwidth is not None:
                place, reach = np.column_stack([place, z]), np.r_[reach, bandwidth]
            sides = np.hstack([place, -place])
            lows = np.hstack([place - reach, -(place + reach)])
            if self.orientation == "input":  # others have at least one's outputs, and at least the lows
                reference = Quantities(data.X, np.hstack([data.Y, sides]), data.B)
                own = Quantities(data.X, np.hstack([data.Y, lows]), data.B)
            else:  # at most one's inputs
                reference = Quantities(np.hstack([data.X, -sides]), data.Y, data.B)
                own = Quantities(np.hstack([data.X, -lows]), data.Y, data.B)
            evaluation, _ = fdh(reference, own, self.orientation)
            found[d] = evaluation.score
            answers.append(_enumerated(found[d]))
        return found, answers

    def _shared(self, technology: Technology, data: Quantities, divisions: Labels) -> tuple[Matrix, list[Answers]]:
        found = np.empty(divisions.shape)
        answers = []
        for d, label in enumerate(divisions):
            for value in np.unique(label):
                rows = np.flatnonzero(label == value)
                part = data.take(rows)
                frontier = Frontier(technology.table(part), technology.senses)
                answers.append(score_against(frontier, technology, self.orientation, part))
                found[d, rows] = answers[-1].objective
        return found, answers

    def _windows(
        self, technology: Technology, data: Quantities, divisions: Labels, inside: NDArray[np.bool_]
    ) -> tuple[Matrix, list[Answers]]:
        """Score every unit against its own reference.

        The references have hardly anything in common, and building a frontier of each would take longer than solving
        it. Their units are therefore given to the programmes as columns of their own, measured by the quantities of
        the unit that is scored. What the programmes share is a unit that makes nothing of the largest inputs: every
        technology has it.
        """
        n, form, table = len(data), radial(data, self.orientation).form(technology, data), technology.table(data)
        size = _sizes(table, technology.quantities)
        worst = np.where(np.arange(table.shape[1]) < technology.inputs, (table / size.min(axis=0)).max(axis=0), 0.0)
        worst[technology.quantities :] = 1.0
        frontier = Frontier(worst[None, :], technology.senses)
        step = max(1, CELLS // max(n, int(inside.sum(axis=1).max()) * table.shape[1]))
        answers = []
        for start in range(0, divisions.size, step):
            d, i = np.divmod(np.arange(start, min(start + step, divisions.size)), n)
            columns = _listed(inside[i] & (divisions[d] == divisions[d, i][:, None]), i)
            F = np.concatenate([form.F[i], table[columns]], axis=1) / size[i][:, None, :]
            c = np.hstack([form.c[i], np.zeros(columns.shape)])
            free = np.r_[form.free, np.full(columns.shape[1], False)]
            answers.append(frontier.solve(Form(form.sense, form.senses, form.b[i] / size[i], F, c, free)))
        return np.concatenate([a.objective for a in answers]).reshape(divisions.shape), answers


def _sizes(table: Matrix, quantities: int) -> Matrix:
    """Return (n, rows) what each unit's rows are measured by: its own quantities, the mean where it has none."""
    usual = table.mean(axis=0)
    size = np.where(table > 0.0, table, np.where(usual > 0.0, usual, 1.0))
    size[:, quantities:] = 1.0
    return size


def _listed(mask: NDArray[np.bool_], own: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return (n, most) the positions where each row is true, filled up with the row's own one."""
    sizes = mask.sum(axis=1)
    rows, at = np.nonzero(mask)
    found = np.repeat(own[:, None], int(sizes.max()), axis=1)
    found[rows, np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)] = at
    return found


def _enumerated(score: Matrix) -> Answers:
    """Return what proves scores that were found by looking at every unit: nothing is solved, residuals are 0."""
    found = Answers.empty(len(score), 0, 0)
    solved = np.isfinite(score)
    found.outcome[solved] = OUTCOMES.tolist().index("optimal")
    found.objective[:] = score
    found.certificate[solved] = 0.0
    return found

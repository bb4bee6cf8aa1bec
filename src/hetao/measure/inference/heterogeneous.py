"""Samples in which efficiency depends on mix and scale: drawn jointly with them (Simar and Wilson 2000)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.inference.joint import root
from hetao.measure.inference.pseudo import score_against

__all__ = ["Heterogeneous", "directions", "from_directions"]


@dataclass(frozen=True)
class Heterogeneous:
    """The observations of one block, its reference, and the joint distribution of the reference's scores and places.

    A unit's place is what does not move (outputs, in the input form), relative to its mean, and the angles of what
    does. Places and scores are drawn together from a Gaussian kernel estimate, reflected at a score of 1 and at the
    bounds of the angles, with the covariance of the data and the normal reference bandwidth.

    Attributes:
        technology: how units may be combined.
        orientation: what moves.
        own: the observations.
        reference: r units.
        score: (r,) their Farrell scores.
        frontier: of the reference.
    """

    technology: Technology
    orientation: Orientation
    own: Quantities
    reference: Quantities
    score: Matrix
    frontier: Frontier

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Score the observations against one pseudo-reference."""
        pseudo, projected = self._sample(random)
        frontier = Frontier(self.technology.table(pseudo), self.technology.senses)
        answers = score_against(frontier, self.technology, self.orientation, self.own)
        return answers.objective, [projected, answers]

    def _sample(self, random: np.random.Generator) -> tuple[Quantities, Answers]:
        moving, still = (self.reference.X, self.reference.Y) if self.orientation == "input" else self._output_side()
        sizes, usual, n = _sizes(moving), _sizes(still), len(still)
        angles, place = directions(moving / sizes), still / usual
        drawn, chosen = self._draw(np.column_stack([place, angles]), random)
        q = still.shape[1]
        score = drawn[:, -1]
        there = np.clip(drawn[:, :q], place.min(axis=0), place.max(axis=0)) * usual
        ray = from_directions(_folded(drawn[:, q:-1])) * sizes
        points, answers = self._project(ray, there)
        lost = ~answers.solved | ~(answers.objective > 0.0)
        if lost.any():  # no unit reaches there: these stay where the unit drawn is
            there, ray = np.where(lost[:, None], still[chosen], there), np.where(lost[:, None], moving[chosen], ray)
            points, answers = self._project(ray, there)
        moved = points / score[:, None]
        B = np.zeros((n, self.reference.B.shape[1]))
        pseudo = Quantities(moved, there, B) if self.orientation == "input" else Quantities(there, moved, B)
        return pseudo, answers

    def _output_side(self) -> tuple[Matrix, Matrix]:
        return self.reference.Y, self.reference.X

    def _draw(self, place: Matrix, random: np.random.Generator) -> tuple[Matrix, NDArray[np.int64]]:
        """Return (r, d + 1) places with scores, smoothed and reflected at 1, and the (r,) units drawn."""
        table = np.column_stack([place, self.score])
        n, d = table.shape
        bandwidth = (4.0 / ((d + 2.0) * n)) ** (1.0 / (d + 4.0))
        chosen = random.integers(n, size=(n,))
        turned = random.integers(2, size=(n,)).astype(bool)
        placed = table[chosen]
        placed[:, -1] = np.where(turned, 2.0 - placed[:, -1], placed[:, -1])
        noise = random.standard_normal((n, d)) @ root(np.cov(table.T)).T
        noise[:, -1] *= np.where(turned, -1.0, 1.0)  # the covariance of the mirrored half
        mean = placed.mean(axis=0)
        smooth = mean + (placed - mean + bandwidth * noise) / np.sqrt(1.0 + bandwidth**2)
        beyond = smooth[:, -1] > 1.0 if bool((self.score <= 1.0 + 1e-9).all()) else smooth[:, -1] < 1.0
        smooth[:, -1] = np.where(beyond, 2.0 - smooth[:, -1], smooth[:, -1])
        smooth[:, -1] = np.maximum(smooth[:, -1], 0.5 * float(self.score.min()))
        return smooth, chosen

    def _project(self, ray: Matrix, there: Matrix) -> tuple[Matrix, Answers]:
        """Return the frontier's points on rays, given what does not move."""
        B = np.zeros((len(ray), self.reference.B.shape[1]))
        points = Quantities(ray, there, B) if self.orientation == "input" else Quantities(there, ray, B)
        answers = score_against(self.frontier, self.technology, self.orientation, points)
        return ray * np.where(answers.solved, answers.objective, 1.0)[:, None], answers


def _sizes(table: Matrix) -> Matrix:
    """Return the columns' means, 1 where a column is nothing but zeros."""
    mean = np.abs(table).mean(axis=0)
    found: Matrix = np.where(mean > 0.0, mean, 1.0)
    return found


def directions(points: Matrix) -> Matrix:
    """Return the (n, p − 1) angles of (n, p) points ≥ 0, each in [0, π/2]."""
    rest = np.sqrt(np.cumsum(points[:, ::-1] ** 2, axis=1))[:, ::-1]  # the length of the columns from each on
    found: Matrix = np.arctan2(rest[:, 1:], points[:, :-1])
    return found


def from_directions(angles: Matrix) -> Matrix:
    """Return the (n, p) points of length 1 with these (n, p − 1) angles."""
    n, p = angles.shape[0], angles.shape[1] + 1
    found = np.ones((n, p))
    found[:, :-1] *= np.cos(angles)
    found[:, 1:] *= np.cumprod(np.sin(angles), axis=1)
    clean: Matrix = np.where(np.abs(found) < 1e-15, 0.0, found)
    return clean


def _folded(angles: Matrix) -> Matrix:
    """Reflect angles into [0, π/2]."""
    quarter = 0.5 * np.pi
    within = np.mod(np.abs(angles), 2.0 * quarter)
    found: Matrix = np.where(within > quarter, 2.0 * quarter - within, within)
    return found

"""Score the rows of a panel block by block, each against its own reference set; project them when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.evaluation import Evaluation, Projections
from hetao.measure.frontier.measure import Form, Measure
from hetao.measure.frontier.references import Block
from hetao.measure.frontier.slack_stage import slack_stage
from hetao.measure.frontier.technology import Matrix, Quantities, Technology

__all__ = ["Scored", "frontier_of", "quantities", "solve_block"]

Rows = NDArray[np.intp]
KEPT = 64  # frontiers of a panel that are remembered
_FRONTIERS: WeakKeyDictionary[Panel, dict[tuple[Technology, bytes], Frontier]] = WeakKeyDictionary()


def quantities(panel: Panel) -> Quantities:
    """Return a panel's quantities by role."""
    return Quantities(panel.X, panel.Y, panel.B)


def frontier_of(panel: Panel, technology: Technology, rows: Rows) -> Frontier:
    """Return the frontier that some rows of a panel span, built once however many measures and indices ask for it."""
    known = _FRONTIERS.setdefault(panel, {})
    key = (technology, rows.tobytes())
    if key not in known:
        if len(known) >= KEPT:
            known.pop(next(iter(known)))
        known[key] = Frontier(technology.table(quantities(panel).take(rows)), technology.senses)
    return known[key]


def solve_block(panel: Panel, technology: Technology, block: Block, measure: Callable[[Rows], Measure]) -> Answers:
    """Solve a block's programmes, built chunk by chunk."""
    data, frontier = quantities(panel), frontier_of(panel, technology, block.reference)

    def forms(part: slice) -> Form:
        rows = block.own[part]
        return measure(rows).form(technology, data.take(rows))

    return frontier.spread(forms, len(block.own), block.exclude)


@dataclass(frozen=True, eq=False)
class Scored:
    """The rows of a panel scored by one measure on one technology.

    Attributes:
        panel: the observations.
        technology: how reference units may be combined.
        blocks: which rows are compared with which; together they hold every row once.
        measure: builds the measure of some rows.
    """

    panel: Panel
    technology: Technology
    blocks: tuple[Block, ...]
    measure: Callable[[Rows], Measure]

    @cached_property
    def answers(self) -> tuple[Answers, ...]:
        """The answers of each block, in the order of its rows."""
        return tuple(solve_block(self.panel, self.technology, block, self.measure) for block in self.blocks)

    @cached_property
    def order(self) -> Rows:
        """For each row of the panel its position in the blocks put one after another."""
        found: Rows = np.argsort(np.concatenate([block.own for block in self.blocks]), kind="stable")
        return found

    def evaluation(self, score: Callable[[Matrix], Matrix] = np.asarray) -> Evaluation:
        """Return the scores in the panel's row order; ``score`` makes a score of an optimum."""
        found, t = Answers.joined(list(self.answers)), self.technology
        maximised = self.measure(self.blocks[0].own[:1]).sense == "max"
        sign = 1.0 if maximised else -1.0  # prices are d optimum / d right-hand side
        earns = np.zeros(t.quantities, dtype=bool)
        earns[t.inputs : t.inputs + t.outputs] = True
        prices = sign * np.where(earns, -1.0, 1.0) * t.lower(found.prices)
        o = self.order
        return Evaluation(
            score=score(found.objective)[o],
            status=found.status[o],
            certificate=found.certificate[o],
            attempts=found.attempts[o],
            prices=prices[o],
            intercept=t.intercept(found.prices)[o],
        )

    def sizes(self) -> Matrix:
        """Return the (n, K) sizes of the measure's moves in the panel's row order."""
        parts = [self.measure(b.own).sizes(a.fixed) for b, a in zip(self.blocks, self.answers, strict=True)]
        found: Matrix = np.concatenate(parts)[self.order]
        return found

    def projections(self) -> Projections:
        """Return where every row lands after the second stage, its peers as rows of the panel."""
        parts = [self._project(b, a) for b, a in zip(self.blocks, self.answers, strict=True)]
        o = self.order
        width = max(p.peers.shape[1] for p in parts)
        peers = [np.pad(p.peers, ((0, 0), (0, width - p.peers.shape[1])), constant_values=-1) for p in parts]
        weights = [np.pad(p.weights, ((0, 0), (0, width - p.weights.shape[1]))) for p in parts]
        return Projections(
            np.concatenate(peers)[o],
            np.concatenate(weights)[o],
            np.concatenate([p.slacks for p in parts])[o],
            np.concatenate([p.targets for p in parts])[o],
        )

    def _project(self, block: Block, answers: Answers) -> Projections:
        data = quantities(self.panel)
        frontier = frontier_of(self.panel, self.technology, block.reference)
        found = slack_stage(
            self.technology,
            frontier,
            data.take(block.own),
            self.measure(block.own),
            answers,
            data.take(block.reference),
            block.exclude,
        )
        there = found.peers >= 0
        peers = np.where(there, block.reference[np.where(there, found.peers, 0)], -1)
        return Projections(peers, found.weights, found.slacks, found.targets)

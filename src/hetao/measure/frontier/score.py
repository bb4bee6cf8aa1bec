"""Score the rows of a panel period by period, each against its own reference set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.frontier.evaluate import Evaluation, Projection, evaluate, project
from hetao.measure.frontier.fdh import fdh, fdh_projection
from hetao.measure.frontier.programme import Measure, Quantities, Technology
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Reference, reference_rows

__all__ = ["Block", "blocks", "quantities", "score_fdh", "score_panel"]

Rows = NDArray[np.intp]
Projector = Callable[[int], Projection]


@dataclass(frozen=True)
class Block:
    """The rows of one period and the rows that they are compared with; ``exclude`` as in `evaluate`."""

    own: Rows
    reference: Rows
    exclude: Rows | None


def quantities(panel: Panel) -> Quantities:
    """Return a panel's quantities by role."""
    return Quantities(panel.X, panel.Y, panel.B)


def blocks(panel: Panel, reference: Reference, *, leave_out_self: bool = False) -> list[Block]:
    """Return one block a period."""
    found = []
    for period in panel.periods:
        own, seen = panel.rows(period), reference_rows(panel, period, reference)
        found.append(Block(own, seen, np.searchsorted(seen, own) if leave_out_self else None))
    return found


def score_panel(
    panel: Panel, parts: list[Block], technology: Technology, measure: Callable[[Rows], Measure]
) -> tuple[Evaluation, Projector]:
    """Evaluate every row; ``measure`` builds base and move for some rows. Return the scores and a projector by row."""
    data = quantities(panel)

    def one(block: Block) -> Evaluation:
        own = data.take(block.own)
        return evaluate(technology, data.take(block.reference), own, measure(block.own), block.exclude)

    evaluation = _assemble(len(panel), parts, [one(block) for block in parts])

    def projector(row: int) -> Projection:
        """Return where a row lands, its peers as rows of the panel."""
        block, at = _locate(parts, row)
        exclude = None if block.exclude is None else block.exclude[at : at + 1]
        rows = np.array([row])
        score = float(evaluation.score[row])
        found = project(technology, data.take(block.reference), data.take(rows), measure(rows), 0, score, exclude)
        return _with_panel_peers(found, block)

    return evaluation, projector


def score_fdh(panel: Panel, parts: list[Block], orientation: Orientation) -> tuple[Evaluation, Projector]:
    """Evaluate every row against the free disposal hull. Return the scores and a projector by row."""
    data = quantities(panel)
    found = [fdh(data.take(b.reference), data.take(b.own), orientation, b.exclude) for b in parts]
    evaluation = _assemble(len(panel), parts, [e for e, _ in found])
    peer = np.concatenate([p for _, p in found])[np.argsort(np.concatenate([b.own for b in parts]))]

    def projector(row: int) -> Projection:
        """Return where a row lands, its peers as rows of the panel."""
        block, _ = _locate(parts, row)
        score, rows = float(evaluation.score[row]), np.array([row])
        one = fdh_projection(data.take(block.reference), data.take(rows), orientation, 0, score, int(peer[row]))
        return _with_panel_peers(one, block)

    return evaluation, projector


def _assemble(size: int, parts: list[Block], found: list[Evaluation]) -> Evaluation:
    order = np.argsort(np.concatenate([block.own for block in parts]))
    assert len(order) == size
    return Evaluation(*(np.concatenate([getattr(e, f.name) for e in found])[order] for f in fields(Evaluation)))


def _locate(parts: list[Block], row: int) -> tuple[Block, int]:
    block = next(b for b in parts if row in b.own)
    return block, int(np.flatnonzero(block.own == row)[0])


def _with_panel_peers(found: Projection, block: Block) -> Projection:
    return Projection(block.reference[found.peers], found.weights, found.slacks, found.target)

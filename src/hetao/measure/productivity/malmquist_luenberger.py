"""`malmquist_luenberger`: productivity change with bads counted."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.references import Reference, reference_words
from hetao.measure.frontier.score import Rows, quantities
from hetao.measure.frontier.technology import Technology
from hetao.measure.frontier.words import DISPOSABILITY_WORDS, RETURNS_WORDS
from hetao.measure.productivity.cross import CrossScores, cross_scores
from hetao.measure.productivity.distances import Distances, Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.solver import Status
from hetao.text import Text

__all__ = ["malmquist_luenberger"]

BadsDisposability = Literal["weak", "strong"]
Matrix = NDArray[np.float64]
ALL_GIVEN_UP = 1e-9  # 1 + β at or below this: the frontier is met only by giving up all output, so no ratio exists


def malmquist_luenberger(
    panel: Panel,
    *,
    reference: Reference = "contemporaneous",
    disposability: BadsDisposability = "weak",
    longest_gap: int = 1,
) -> IndexResult:
    """Measure green productivity change (Chung, Färe and Grosskopf 1997; global form Oh 2010).

    D is `directional` with g = (0, y, b) on crs, β of any sign:
    index = √[(1+Dᵗ(t))/(1+Dᵗ(t+1)) · (1+Dᵗ⁺¹(t))/(1+Dᵗ⁺¹(t+1))];
    efficiency_change = (1+Dᵗ(t))/(1+Dᵗ⁺¹(t+1)); technical_change is the rest. Global: (1+Dᴳ(t))/(1+Dᴳ(t+1)).

    Args:
        panel: a panel with periods and bads; none of its quantities negative.
        reference: ``contemporaneous``, ``sequential`` (Oh and Heshmati 2010), a window (a whole number of periods),
            ``biennial`` or ``global`` (circular); the last two are never infeasible.
        disposability: of the bads: ``weak`` by equality, ``strong`` by inequality; the two differ, so it is always
            named in the convention.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; index = efficiency_change × technical_change. Where the other period's frontier
        cannot be met in the direction at all the change is ``infeasible``, where a unit makes no output in one of the
        periods ``unbounded``; a unit not seen in both periods is ``missing``.

    Raises:
        ModelError: unknown options, fewer than two periods, no bads, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 1.0], "y": [1.0, 2.0], "b": [1.0, 1.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y", bads="b")
        >>> [round(v, 9) for v in malmquist_luenberger(panel, reference="global").changes["index"]]
        [1.333333333]
    """
    arguments = Arguments.opened(
        "malmquist_luenberger", panel, reference, False, disposability=(disposability, BadsDisposability)
    )
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.needs_bads(panel)
    arguments.no_negative(panel)
    arguments.done()
    data = quantities(panel)
    direction = np.hstack([np.zeros_like(panel.X), panel.Y, panel.B])

    def measure(rows: Rows) -> Measure:
        return along(data.take(rows), direction[rows])

    distances, pairs = Distances(panel, measure), Pairs.of(panel, longest_gap)
    technology = Technology(len(panel.inputs), len(panel.outputs), len(panel.bads), "crs", disposability)
    crs = cross_scores(panel, distances, pairs, technology, reference)
    kept, status = collect(_index(crs), *crs.statuses, _ratio_status(crs), _output_status(panel, pairs))
    return IndexResult(
        panel=panel,
        name="malmquist_luenberger",
        options={"reference": reference, "disposability": disposability, "longest_gap": longest_gap},
        convention=_convention(reference, disposability),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=distances,
    )


def _scores(crs: CrossScores) -> list[Matrix]:
    every = (crs.own_before, crs.own_after, crs.before_after, crs.after_before, crs.pooled_before, crs.pooled_after)
    return [s for s in every if s is not None]


def _ratio_status(crs: CrossScores) -> NDArray[np.object_]:
    """Call a change infeasible where one of its distances leaves no output to form a ratio with."""
    return _status_where(np.any([s <= ALL_GIVEN_UP - 1.0 for s in _scores(crs)], axis=0), Status.INFEASIBLE)


def _output_status(panel: Panel, pairs: Pairs) -> NDArray[np.object_]:
    """Call a change unbounded where a unit has no output in one of its periods, as `malmquist` does.

    The direction is then in the bads alone, and giving up all of them is always open: D is 1 whatever the bads are, and
    the index would be 1 however they grow.
    """
    bare = ~np.any(panel.Y > 0.0, axis=1)
    sides = [(rows >= 0) & bare[rows] for rows in (pairs.row_before, pairs.row_after)]
    return _status_where(np.any(sides, axis=0), Status.UNBOUNDED)


def _status_where(lost: NDArray[np.bool_], status: Status) -> NDArray[np.object_]:
    return np.array([status if each else Status.OPTIMAL for each in lost], dtype=object)


def _index(crs: CrossScores) -> dict[str, Matrix]:
    with np.errstate(divide="ignore", invalid="ignore"):
        change = (1.0 + crs.own_before) / (1.0 + crs.own_after)
        if crs.pooled_before is None or crs.pooled_after is None:
            old = (1.0 + crs.own_before) / (1.0 + crs.before_after)
            new = (1.0 + crs.after_before) / (1.0 + crs.own_after)
            index = np.sqrt(old * new)
        else:
            index = (1.0 + crs.pooled_before) / (1.0 + crs.pooled_after)
        return {"index": index, "efficiency_change": change, "technical_change": index / change}


def _convention(reference: Reference, disposability: str) -> Text:
    span, bads, kind = reference_words(reference), DISPOSABILITY_WORDS[disposability], RETURNS_WORDS["crs"]
    return Text(
        f"Malmquist-Luenberger 绿色生产率指数：> 1 为增长；方向（0, y, b），{kind.zh}，{bads.zh}，{span.zh}。",
        "Malmquist-Luenberger green productivity index: > 1 is growth; direction (0, y, b), "
        f"{kind.en}, {bads.en}, {span.en}.",
    )

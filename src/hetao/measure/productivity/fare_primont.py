"""`fare_primont`: productivity levels at one representative point, so that the index is circular."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.measure import Form
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import Reference, reference_rows
from hetao.measure.frontier.score import Rows, frontier_of
from hetao.measure.frontier.technology import Matrix, Quantities, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.measure.results import Certificate
from hetao.solver import Status
from hetao.text import Text

__all__ = ["fare_primont"]

IndexReturns = Literal["crs", "vrs"]


def fare_primont(panel: Panel, *, returns: IndexReturns = "vrs", longest_gap: int = 1) -> IndexResult:
    """Measure total factor productivity change by Färe-Primont indices (Färe and Primont 1995; O'Donnell 2014).

    With Dₒ = 1/φ and Dᵢ = 1/θ Shephard's distances to the technology that all observations span together, and (x̄, ȳ)
    their arithmetic mean: output Q = Dₒ(x̄, y), input X = Dᵢ(x, ȳ), TFP = Q / X, index = TFP(t+1) / TFP(t). Levels do
    not depend on which observations are compared, so the index is circular.

    TFP is the period's best times three efficiencies: technical (1/φ on the period's vrs frontier), scale (crs over
    vrs) and residual mix, the rest. Q is convex and X concave, so nothing in a period's technology is more productive
    than its most productive unit: that is its best. Bads are left out.

    Args:
        panel: a panel with periods; none of its quantities negative.
        returns: returns to scale of the pooled technology at the mean point.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; ``technical_change`` (of the best), ``efficiency_change``, ``scale_change`` and
        ``residual_mix_change`` multiply to the index, as output_change / input_change does. ``.distances`` has the
        levels. The mean point moves with the panel, and with it the levels.

    Raises:
        ModelError: unknown options, fewer than two periods, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [1.0, 2.0, 1.0, 2.0], "y": [1.0, 2.0, 2.0, 3.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> [round(v, 9) for v in fare_primont(panel).changes["index"]]
        [2.0, 1.5]
    """
    arguments = Arguments.opened("fare_primont", panel, "global", False, returns=(returns, IndexReturns))
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    arguments.done()
    levels = _Levels(panel)
    X, Y = panel.X, panel.Y
    middle_x, middle_y = np.broadcast_to(X.mean(axis=0), X.shape), np.broadcast_to(Y.mean(axis=0), Y.shape)
    output, of_output = levels.distance("outputs", "global", returns, middle_x, Y, "output")
    inputs, of_input = levels.distance("inputs", "global", returns, X, middle_y, "input")
    vrs, of_vrs = levels.distance("technical", "contemporaneous", "vrs", X, Y, "output")
    crs, of_crs = levels.distance("crs", "contemporaneous", "crs", X, Y, "output")
    pairs = Pairs.of(panel, longest_gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        tfp = output / inputs
        best = _best(panel, tfp)
        parts = {
            "index": tfp,
            "output_change": output,
            "input_change": inputs,
            "technical_change": best,
            "efficiency_change": vrs,
            "scale_change": crs / vrs,
            "residual_mix_change": tfp / best / crs,
        }
        values = {name: _over(column, pairs) for name, column in parts.items()}
    statuses = [_both(status, pairs) for status in (of_output, of_input, of_vrs, of_crs)]
    kept, status = collect(values, *(side for both in statuses for side in both))
    kind = RETURNS_WORDS[returns]
    return IndexResult(
        panel=panel,
        name="fare_primont",
        options={"returns": returns, "longest_gap": longest_gap},
        convention=Text(
            f"Färe-Primont 生产率指数（全部观测合并的前沿，{kind.zh}，样本均值点）：> 1 为增长；非期望产出不计入。",
            f"Färe-Primont productivity index (one frontier of all observations, {kind.en}, at their mean point): "
            "> 1 is growth; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=levels,
    )


@dataclass
class _Levels:
    """The distances behind the levels, with their audit."""

    panel: Panel
    _found: list[tuple[str, Rows, Answers]] = field(default_factory=list)

    def distance(
        self, name: str, reference: Reference, returns: Returns, x: Matrix, y: Matrix, orientation: Orientation
    ) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (n,) Shephard distances of points, one a row of the panel, to their frontiers, and statuses."""
        panel, technology = self.panel, Technology(self.panel.X.shape[1], self.panel.Y.shape[1], 0, returns)
        found, status = np.full(len(panel), np.nan), np.empty(len(panel), dtype=object)
        periods = [None] if reference == "global" else list(panel.periods)
        for period in periods:
            rows = np.arange(len(panel)) if period is None else panel.rows(period)
            points = Quantities(x[rows], y[rows], np.empty((len(rows), 0)))

            def form(part: slice, points: Quantities = points) -> Form:
                chosen = points.take(np.arange(len(points))[part])
                return radial(chosen, orientation).form(technology, chosen)

            frontier = frontier_of(panel, technology, reference_rows(panel, period, reference))
            answers = frontier.spread(form, len(rows))
            self._found.append((name, rows, answers))
            with np.errstate(divide="ignore"):
                found[rows] = 1.0 / answers.objective
            status[rows] = answers.status
        return found, status

    def certificate(self) -> Certificate:
        """Return the audit of every programme solved."""
        found = [answers for _, _, answers in self._found]
        return Certificate.of(
            np.concatenate([a.certificate for a in found]),
            np.concatenate([a.status for a in found]),
            np.concatenate([a.attempts for a in found]),
        )

    def table(self) -> dict[str, list[object] | Matrix]:
        """Return every distance: keys, ``level`` (outputs, inputs, technical, crs), ``score`` (φ or θ), ``status``."""
        return {
            **self.panel.keys(row for _, rows, _ in self._found for row in rows.tolist()),
            "level": [name for name, rows, _ in self._found for _ in rows],
            "score": np.concatenate([a.objective for _, _, a in self._found]),
            "status": [str(s) for _, _, a in self._found for s in a.status],
        }


def _best(panel: Panel, tfp: Matrix) -> Matrix:
    """Return (n,) the highest productivity of each row's period."""
    best = np.empty(len(tfp))
    for period in panel.periods:
        rows = panel.rows(period)
        best[rows] = np.nanmax(tfp[rows]) if (~np.isnan(tfp[rows])).any() else np.nan
    return best


def _over(column: Matrix, pairs: Pairs) -> Matrix:
    known = np.r_[column, np.nan]  # the last one is that of a missing row
    found: Matrix = known[pairs.row_after] / known[pairs.row_before]
    return found


def _both(status: NDArray[np.object_], pairs: Pairs) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    known = np.r_[status, np.array([Status.MISSING], dtype=object)]
    return known[pairs.row_before], known[pairs.row_after]

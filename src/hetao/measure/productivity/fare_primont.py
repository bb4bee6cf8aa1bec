"""`fare_primont`: productivity levels at one representative point, so that the index is circular."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.measure import Form, Measure
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import reference_rows
from hetao.measure.frontier.score import Rows, frontier_of
from hetao.measure.frontier.slacks import each_its_own
from hetao.measure.frontier.technology import Matrix, Quantities, Returns, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.mix import facets
from hetao.measure.productivity.result import IndexResult, collect
from hetao.measure.results import Certificate
from hetao.solver import Status
from hetao.text import Text

__all__ = ["fare_primont"]

IndexReturns = Literal["crs", "vrs"]
Decomposition = Literal["scale", "output-mix", "input-mix"]


def fare_primont(
    panel: Panel, *, returns: IndexReturns = "vrs", decomposition: Decomposition = "scale", longest_gap: int = 1
) -> IndexResult:
    """Measure total factor productivity change by Färe-Primont indices (Färe and Primont 1995; O'Donnell 2014).

    With Dₒ = 1/φ and Dᵢ = 1/θ Shephard's distances to the technology that all observations span together, and (x̄, ȳ)
    their arithmetic mean: output Q = Dₒ(x̄, y), input X = Dᵢ(x, ȳ), TFP = Q / X, index = TFP(t+1) / TFP(t). Levels do
    not depend on which observations are compared, so the index is circular.

    TFP is the period's best times three efficiencies. ``scale``: technical (1/φ on the period's vrs frontier), scale
    (crs over vrs), residual mix (the rest). ``output-mix``: technical, mix (Q at φy over the highest Q that x can make
    in any mix of outputs) and residual scale (the rest); ``input-mix``: the same of inputs, with θ and the lowest X
    that can make y. Q is convex and X concave, so nothing in a period's technology is more productive than its most
    productive unit: that is its best. Bads are left out.

    Args:
        panel: a panel with periods; none of its quantities negative.
        returns: returns to scale of the pooled technology at the mean point.
        decomposition: ``scale``, ``output-mix`` or ``input-mix``.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; ``technical_change`` (of the best), ``efficiency_change``, and ``scale_change`` and
        ``residual_mix_change`` (``mix_change`` and ``residual_scale_change``) multiply to the index, as output_change /
        input_change does. ``.distances`` has the levels. The mean point moves with the panel, and with it the levels.

    Raises:
        ModelError: unknown options, fewer than two periods, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [1.0, 2.0, 1.0, 2.0], "y": [1.0, 2.0, 2.0, 3.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> [round(v, 9) for v in fare_primont(panel).changes["index"]]
        [2.0, 1.5]
    """
    arguments = Arguments.opened(
        "fare_primont",
        panel,
        "global",
        False,
        returns=(returns, IndexReturns),
        decomposition=(decomposition, Decomposition),
    )
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    arguments.done()
    if decomposition != "scale":
        _needs_quantities(panel, arguments)
    levels, pairs = _Levels(panel, returns), Pairs.of(panel, longest_gap)
    parts, statuses = _parts(levels, decomposition)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {name: _over(column, pairs) for name, column in parts.items()}
    sides = [side for status in statuses for side in _both(status, pairs)]
    kept, status = collect(values, *sides)
    kind, words = RETURNS_WORDS[returns], _WORDS[decomposition]
    return IndexResult(
        panel=panel,
        name="fare_primont",
        options={"returns": returns, "decomposition": decomposition, "longest_gap": longest_gap},
        convention=Text(
            f"Färe-Primont 生产率指数（全部观测合并的前沿，{kind.zh}，样本均值点；{words.zh}）："
            "> 1 为增长；非期望产出不计入。",
            f"Färe-Primont productivity index (one frontier of all observations, {kind.en}, at their mean point; "
            f"{words.en}): > 1 is growth; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=levels,
        factors={name: 1 for name in kept if name not in ("index", "output_change", "input_change")},
    )


def _needs_quantities(panel: Panel, arguments: Arguments) -> None:
    """Require that every column has a quantity somewhere, without which a mix has no meaning."""
    for names, table in ((panel.inputs, panel.X), (panel.outputs, panel.Y)):
        for name, column in zip(names, table.T, strict=True):
            if not column.any():
                arguments.refuse(
                    "panel",
                    found=Text(f"列 {name} 处处为 0", f"column {name}, 0 everywhere"),
                    expected=Text("有数量的列", "columns with quantities"),
                    remedy=Text("去掉该列", "leave the column out"),
                )
    arguments.done()


_WORDS: dict[str, Text] = {
    "scale": Text("分为技术、规模与剩余结构", "technical, scale and residual mix"),
    "output-mix": Text("分为技术、产出结构与剩余规模", "technical, output mix and residual scale"),
    "input-mix": Text("分为技术、投入结构与剩余规模", "technical, input mix and residual scale"),
}


def _parts(levels: _Levels, decomposition: Decomposition) -> tuple[dict[str, Matrix], list[NDArray[np.object_]]]:
    """Return the (n,) levels of the index and its parts, and the statuses behind them."""
    panel = levels.panel
    X, Y = panel.X, panel.Y
    output, of_output = levels.output(Y)
    inputs, of_input = levels.input(X)
    side: Orientation = "input" if decomposition == "input-mix" else "output"
    technical, of_technical = levels.own("technical", "vrs", side)
    with np.errstate(divide="ignore", invalid="ignore"):
        tfp = output / inputs
        best = _best(panel, tfp)
        found = {"index": tfp, "output_change": output, "input_change": inputs, "technical_change": best}
        found["efficiency_change"] = technical
        if decomposition == "scale":
            crs, of_rest = levels.own("crs", "crs", side)
            found |= {"scale_change": crs / technical, "residual_mix_change": tfp / best / crs}
        else:
            most, of_rest = levels.any_mix(side)
            mix = output / technical / most if side == "output" else most / (inputs * technical)
            found |= {"mix_change": mix, "residual_scale_change": tfp / best / technical / mix}
    return found, [of_output, of_input, of_technical, of_rest]


@dataclass
class _Levels:
    """The programmes behind the levels, with their audit.

    Attributes:
        panel: the observations.
        returns: of the pooled technology.
    """

    panel: Panel
    returns: Returns
    _found: list[tuple[str, Rows, Answers]] = field(default_factory=list)

    def output(self, y: Matrix) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (n,) Q of outputs, one a row of the panel, and statuses."""
        answers = self._pooled("outputs", np.broadcast_to(self.panel.X.mean(axis=0), self.panel.X.shape), y, "output")
        return _inverse(answers), answers.status

    def input(self, x: Matrix) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (n,) X of inputs, one a row of the panel, and statuses."""
        answers = self._pooled("inputs", x, np.broadcast_to(self.panel.Y.mean(axis=0), self.panel.Y.shape), "input")
        return _inverse(answers), answers.status

    def own(self, name: str, returns: Returns, orientation: Orientation) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (n,) efficiencies 1/φ or θ on each period's own frontier, and statuses."""
        score, status = self._by_period(name, returns, lambda own: radial(own, orientation))
        with np.errstate(divide="ignore"):
            return (1.0 / score if orientation == "output" else score), status

    def any_mix(self, side: Orientation) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (n,) the highest Q that each row's inputs can make in its period, or the lowest X for its outputs."""
        normals, prices = self._facets(side), []
        for normal in normals:
            score, status = self._by_period("any mix", "vrs", partial(_priced, side=side, price=normal))
            prices.append(score)
        furthest: Matrix = np.max(prices, axis=0) if side == "output" else np.min(prices, axis=0)
        return furthest, status

    def _facets(self, side: Orientation) -> Matrix:
        """Return the (k, s) prices p with Q(y) the largest p·y, or the (k, m) prices w with X(x) the smallest w·x."""
        panel, m = self.panel, self.panel.X.shape[1]
        mean_x, mean_y = panel.X.mean(axis=0), panel.Y.mean(axis=0)
        size, first = (mean_y, m) if side == "output" else (mean_x, 0)

        def gauge(points: Matrix) -> tuple[Matrix, Matrix]:
            scaled = points * size
            other = np.broadcast_to(mean_x if side == "output" else mean_y, (len(points), m if first else len(mean_y)))
            x, y = (other, scaled) if side == "output" else (scaled, other)
            answers = self._pooled("facets", x, y, side, keep=False)
            value = _inverse(answers)
            normals = np.abs(answers.prices[:, first : first + len(size)]) * size * value[:, None]
            return value, normals

        normals: Matrix = facets(gauge, len(size), above=side == "input") / size
        return normals

    def _pooled(self, name: str, x: Matrix, y: Matrix, orientation: Orientation, *, keep: bool = True) -> Answers:
        """Return the answers of points to the frontier of all observations."""
        panel, rows = self.panel, np.arange(len(self.panel))
        technology = Technology(panel.X.shape[1], panel.Y.shape[1], 0, self.returns)
        points = Quantities(x, y, np.empty((len(x), 0)))
        frontier = frontier_of(panel, technology, rows)
        answers = frontier.spread(_forms(points, technology, lambda own: radial(own, orientation)), len(x))
        if keep:
            self._found.append((name, rows, answers))
        return answers

    def _by_period(
        self, name: str, returns: Returns, measure: Callable[[Quantities], Measure]
    ) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (n,) optima of every row on its period's own frontier, and statuses."""
        panel, technology = self.panel, Technology(self.panel.X.shape[1], self.panel.Y.shape[1], 0, returns)
        found, status = np.full(len(panel), np.nan), np.empty(len(panel), dtype=object)
        for period in panel.periods:
            rows = panel.rows(period)
            points = Quantities(panel.X[rows], panel.Y[rows], np.empty((len(rows), 0)))
            frontier = frontier_of(panel, technology, reference_rows(panel, period, "contemporaneous"))
            answers = frontier.spread(_forms(points, technology, measure), len(rows))
            self._found.append((name, rows, answers))
            found[rows], status[rows] = answers.objective, answers.status
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
        """Return every optimum: keys, ``level`` (outputs, inputs, technical, crs, any mix), ``score``, ``status``."""
        return {
            **self.panel.keys(row for _, rows, _ in self._found for row in rows.tolist()),
            "level": [name for name, rows, _ in self._found for _ in rows],
            "score": np.concatenate([a.objective for _, _, a in self._found]),
            "status": [str(s) for _, _, a in self._found for s in a.status],
        }


def _forms(
    points: Quantities, technology: Technology, measure: Callable[[Quantities], Measure]
) -> Callable[[slice], Form]:
    def form(part: slice) -> Form:
        chosen = points.take(np.arange(len(points))[part])
        return measure(chosen).form(technology, chosen)

    return form


def _priced(own: Quantities, side: Orientation, price: Matrix) -> Measure:
    """Return the measure of the highest revenue (least cost) at prices, over any outputs (inputs)."""
    m, s = own.X.shape[1], own.Y.shape[1]
    columns = range(m, m + s) if side == "output" else range(m)
    base, size = own.points.copy(), np.ones_like(own.points)
    size[:, columns] = 1.0 / np.where(price > 0.0, price, 1.0)  # so that a unit of each is worth the same
    base[:, columns] = 0.0
    moves = each_its_own(own, columns, size, worsen=side == "input")
    cost = np.broadcast_to((price > 0.0).astype(float), (len(own), len(price)))
    return Measure("max" if side == "output" else "min", base, moves, cost)


def _inverse(answers: Answers) -> Matrix:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Matrix = 1.0 / answers.objective
    return found


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

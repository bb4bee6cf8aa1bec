"""`hicks_moorsteen`: an output quantity index over an input quantity index."""

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
from hetao.measure.frontier.references import reference_rows
from hetao.measure.frontier.score import Rows, frontier_of
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.measure.results import Certificate
from hetao.solver import Status
from hetao.text import Text

__all__ = ["MixedDistances", "hicks_moorsteen"]

IndexReturns = Literal["crs", "vrs"]


@dataclass
class MixedDistances:
    """Shephard distances of mixed points: the inputs of one row with the outputs of another.

    Attributes:
        panel: the observations.
        technology: how a reference may be combined.
    """

    panel: Panel
    technology: Technology
    _found: list[tuple[str, Orientation, Rows, Rows, Answers]] = field(default_factory=list)

    def of(self, period: int, x: Rows, y: Rows, orientation: Orientation) -> tuple[Matrix, NDArray[np.object_]]:
        """Return (p,) distances Dₒ = 1/φ or Dᵢ = 1/θ to a period's frontier, and statuses; −1 rows are missing."""
        distance, status = np.full(len(x), np.nan), np.full(len(x), Status.MISSING, dtype=object)
        there = (x >= 0) & (y >= 0)
        panel = self.panel
        points = Quantities(panel.X[x[there]], panel.Y[y[there]], np.empty((int(there.sum()), 0)))
        seen = reference_rows(panel, panel.periods[period], "contemporaneous")
        frontier = frontier_of(panel, self.technology, seen)

        def form(part: slice) -> Form:
            chosen = points.take(np.arange(len(points))[part])
            return radial(chosen, orientation).form(self.technology, chosen)

        answers = frontier.spread(form, len(points))
        self._found.append((str(panel.periods[period]), orientation, x[there], y[there], answers))
        with np.errstate(divide="ignore", invalid="ignore"):
            distance[there] = 1.0 / answers.objective
        status[there] = answers.status
        return distance, status

    def certificate(self) -> Certificate:
        """Return the audit of every programme solved."""
        found = [answers for *_, answers in self._found]
        return Certificate.of(
            np.concatenate([a.certificate for a in found]),
            np.concatenate([a.status for a in found]),
            np.concatenate([a.attempts for a in found]),
        )

    def table(self) -> dict[str, list[object] | Matrix]:
        """Return every distance: key columns of the inputs, the outputs' period, ``orientation``, reference, score."""
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


def hicks_moorsteen(panel: Panel, *, returns: IndexReturns = "vrs", longest_gap: int = 1) -> IndexResult:
    """Measure total factor productivity change as outputs over inputs (Diewert 1992; Bjurek 1996).

    With Dₒ = 1/φ and Dᵢ = 1/θ Shephard's distances, superscript the period of the frontier:
    output_change = √[Dₒᵗ(xₜ,yₜ₊₁)/Dₒᵗ(xₜ,yₜ) · Dₒᵗ⁺¹(xₜ₊₁,yₜ₊₁)/Dₒᵗ⁺¹(xₜ₊₁,yₜ)];
    input_change = √[Dᵢᵗ(xₜ₊₁,yₜ)/Dᵢᵗ(xₜ,yₜ) · Dᵢᵗ⁺¹(xₜ₊₁,yₜ₊₁)/Dᵢᵗ⁺¹(xₜ,yₜ₊₁)]; index = output_change / input_change.
    Under vrs it is complete, as the Malmquist index is not. Bads are left out.

    Args:
        panel: a panel with periods; none of its quantities negative.
        returns: returns to scale.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; index = output_change / input_change; efficiency_change (of the output distances)
        and technical_scale_mix_change, the rest, multiply to the index.

    Raises:
        ModelError: unknown options, fewer than two periods, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 2.0], "y": [1.0, 3.0]}
        >>> [round(v, 9) for v in hicks_moorsteen(Panel(data, unit="firm", period="year", inputs="x", outputs="y"),
        ...     returns="crs").changes["index"]]
        [1.5]
    """
    arguments = Arguments.opened("hicks_moorsteen", panel, "contemporaneous", False, returns=(returns, IndexReturns))
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    arguments.done()
    pairs = Pairs.of(panel, longest_gap)
    mixed = MixedDistances(panel, Technology(len(panel.inputs), len(panel.outputs), 0, returns))
    values, statuses = _changes(mixed, pairs)
    kept, status = collect(values, *statuses)
    kind = RETURNS_WORDS[returns]
    return IndexResult(
        panel=panel,
        name="hicks_moorsteen",
        options={"returns": returns, "longest_gap": longest_gap},
        convention=Text(
            f"Hicks-Moorsteen 生产率指数（产出数量指数与投入数量指数之比，{kind.zh}，当期前沿）：> 1 为增长；"
            "非期望产出不计入。",
            f"Hicks-Moorsteen productivity index (output over input quantities, {kind.en}, each period's frontier): "
            "> 1 is growth; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=mixed,
    )


def _changes(mixed: MixedDistances, pairs: Pairs) -> tuple[dict[str, Matrix], list[NDArray[np.object_]]]:
    a, b = pairs.row_before, pairs.row_after
    # (frontier's period, whose inputs, whose outputs) of each distance, earlier frontier first
    wanted: dict[str, tuple[Orientation, str, Rows, Rows]] = {
        "o_before_aa": ("output", "before", a, a),
        "o_before_ab": ("output", "before", a, b),
        "o_after_bb": ("output", "after", b, b),
        "o_after_ba": ("output", "after", b, a),
        "i_before_aa": ("input", "before", a, a),
        "i_before_ba": ("input", "before", b, a),
        "i_after_bb": ("input", "after", b, b),
        "i_after_ab": ("input", "after", a, b),
    }
    d, statuses = {}, []
    for name, (orientation, when, x, y) in wanted.items():
        at = pairs.before if when == "before" else pairs.after
        distance, status = np.full(len(x), np.nan), np.full(len(x), Status.MISSING, dtype=object)
        for period in np.unique(at).tolist():
            here = at == period
            distance[here], status[here] = mixed.of(period, x[here], y[here], orientation)
        d[name] = distance
        statuses.append(status)
    with np.errstate(divide="ignore", invalid="ignore"):
        outputs = np.sqrt(d["o_before_ab"] / d["o_before_aa"] * d["o_after_bb"] / d["o_after_ba"])
        inputs = np.sqrt(d["i_before_ba"] / d["i_before_aa"] * d["i_after_bb"] / d["i_after_ab"])
        change, index = d["o_after_bb"] / d["o_before_aa"], outputs / inputs
        values = {
            "index": index,
            "output_change": outputs,
            "input_change": inputs,
            "efficiency_change": change,
            "technical_scale_mix_change": index / change,
        }
    return values, statuses

"""`luenberger`: the Luenberger productivity indicator, radial or with every quantity's own part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.direction import Direction, direction_words, resolve_direction
from hetao.measure.frontier.disposability import resolve_technology
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.nonradial import each_along, resolve_weights
from hetao.measure.frontier.references import Reference, reference_words
from hetao.measure.frontier.score import Rows, quantities
from hetao.measure.frontier.technology import Disposability, Matrix, Returns, Technology
from hetao.measure.frontier.words import DISPOSABILITY_WORDS, RETURNS_WORDS
from hetao.measure.productivity.cross import CrossScores, cross_scores
from hetao.measure.productivity.distances import Distances, Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.text import Text

__all__ = ["luenberger"]


def luenberger(
    panel: Panel,
    *,
    direction: Direction = "observed",
    returns: Returns = "crs",
    disposability: Disposability = "weak",
    polluting: Names | None = None,
    weights: Mapping[str, float] | None = None,
    reference: Reference = "contemporaneous",
    longest_gap: int = 1,
) -> IndexResult:
    """Measure productivity change as a difference (Chambers, Färe and Grosskopf 1996; Chambers 2002).

    With D the directional distance, superscript the reference, argument the observation:
    index = ½[(Dᵗ(t) − Dᵗ(t+1)) + (Dᵗ⁺¹(t) − Dᵗ⁺¹(t+1))]; efficiency_change = Dᵗ(t) − Dᵗ⁺¹(t+1); technical_change is the
    rest. Where both periods share a frontier (``global``, ``biennial``) index = D(t) − D(t+1) on it.

    Without ``weights`` D is `directional`'s β, of any sign. With them it is `nonradial_directional`'s Σ w β, whose β
    are ≥ 0, and the index also splits by quantity (Fujii, Managi and Matousek 2014).

    Args:
        panel: a panel with periods; none of its quantities negative.
        direction: as in `directional`; ``observed`` is each observation's own quantities.
        returns: returns to scale.
        disposability: of the bads.
        polluting: under ``by-production``, the inputs that cause the bads; by default all.
        weights: column → weight ≥ 0, for the non-radial form.
        reference: as in `malmquist`.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 0 is growth; index = efficiency_change + technical_change, and with weights also the sum of
        ``change(column)`` over the columns that move. An observation that lies beyond another period's frontier has no
        non-radial distance to it: that row is ``infeasible``, and the biennial and global references are the remedies.

    Raises:
        ModelError: unknown options, fewer than two periods, negative quantities, or a combination that has no such
            technology.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 1.0], "y": [1.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> luenberger(panel, direction={"y": "observed"}).changes["index"]
        [0.75]
    """
    arguments = Arguments.opened(
        "luenberger",
        panel,
        reference,
        False,
        returns=(returns, Returns),
        disposability=(disposability, Disposability),
    )
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    vectors = resolve_direction(panel, direction, arguments)
    moves_inputs = bool(vectors[:, : len(panel.inputs)].any())
    technology = resolve_technology(panel, returns, disposability, polluting, arguments, moves_inputs=moves_inputs)
    worth = None if weights is None else resolve_weights(panel, weights, vectors, arguments)
    arguments.done()
    measure, views = _measure(panel, vectors, worth)
    distances, pairs = Distances(panel, measure, views), Pairs.of(panel, longest_gap)

    def crossed(view: str = "score") -> CrossScores:
        return cross_scores(panel, distances, pairs, technology, reference, view=view)

    whole = crossed()
    values = _changes(whole) | {f"change({name})": _changes(crossed(name))["index"] for name in views}
    kept, status = collect(values, *whole.statuses, growth="difference")
    words = direction_words(direction)
    return IndexResult(
        panel=panel,
        name="luenberger",
        options={
            "direction": words,
            "returns": returns,
            "disposability": disposability if panel.bads else None,
            "polluting": [panel.inputs[j] for j in technology.polluting],
            "weights": None if weights is None else dict(weights),
            "reference": reference,
            "longest_gap": longest_gap,
        },
        convention=_convention(words, technology, reference_words(reference), nonradial=weights is not None),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=distances,
        growth="difference",
        factors={"efficiency_change": 1, "technical_change": 1},
    )


def _measure(
    panel: Panel, vectors: Matrix, worth: Matrix | None
) -> tuple[Callable[[Rows], Measure], dict[str, Callable[[Measure, Answers], Matrix]]]:
    """Return the measure of some rows and, for the non-radial form, what each column adds to it."""
    data = quantities(panel)
    if worth is None:
        return (lambda rows: along(data.take(rows), vectors[rows])), {}
    names = (*panel.inputs, *panel.outputs, *panel.bads)
    moving = [j for j in range(len(names)) if vectors[:, j].any()]

    def part(k: int) -> Callable[[Measure, Answers], Matrix]:
        return lambda measure, answers: measure.cost[:, k] * measure.sizes(answers.fixed)[:, k]

    views = {names[j]: part(k) for k, j in enumerate(moving)}
    return (lambda rows: each_along(data.take(rows), vectors[rows], moving, worth)), views


def _changes(d: CrossScores) -> dict[str, Matrix]:
    change = d.own_before - d.own_after
    if d.pooled_before is None or d.pooled_after is None:
        index = 0.5 * ((d.own_before - d.before_after) + (d.after_before - d.own_after))
    else:
        index = d.pooled_before - d.pooled_after
    return {"index": index, "efficiency_change": change, "technical_change": index - change}


def _convention(direction: str, technology: Technology, span: Text, *, nonradial: bool) -> Text:
    kind = RETURNS_WORDS[technology.returns]
    bads = DISPOSABILITY_WORDS[technology.disposability] if technology.bads else Text("无非期望产出", "no bads")
    form = Text("非径向", "non-radial") if nonradial else Text("径向", "radial")
    return Text(
        f"Luenberger 生产率指标（{form.zh}，方向（{direction}），{kind.zh}，{bads.zh}，{span.zh}）：> 0 为增长。",
        f"Luenberger productivity indicator ({form.en}, direction ({direction}), {kind.en}, {bads.en}, {span.en}): "
        "> 0 is growth.",
    )

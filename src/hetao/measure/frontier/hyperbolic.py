"""`hyperbolic`: inputs and bads shrink by h while outputs grow by 1/h."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.disposability import resolve_technology
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.references import Block, Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Scored, quantities, solve_block
from hetao.measure.frontier.technology import Disposability, Matrix, Quantities, Returns, Technology
from hetao.measure.frontier.words import DISPOSABILITY_WORDS, RETURNS_WORDS
from hetao.solver import TOLERANCE, Status
from hetao.text import Text

__all__ = ["hyperbolic"]

STEPS = 50  # of Newton's method, which needs five or so
CLOSE = 1e-12
FARTHEST = 1e-3  # of a step: h becomes no less than this share of itself
NOTHING = 1e-9  # an observation without output can shrink to this and is taken to shrink to 0


def hyperbolic(
    panel: Panel,
    *,
    returns: Returns = "crs",
    disposability: Disposability = "weak",
    polluting: Names | None = None,
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure hyperbolic efficiency (Färe, Grosskopf, Lovell and Pasurka 1989).

    min h subject to Xλ ≤ hx, Yλ ≥ y/h and, for bads, Bλ = hb or ≤ hb by disposability; under crs without bads h = √θ.
    The programme is not linear. Each step solves it with 1/h replaced by its tangent, whose prices bound h from below
    (a root of a quadratic in h); the bounds rise to h quadratically, and the last step's certificate, with how far the
    bound then is from the point, is the certificate of the score.

    Args:
        panel: n observations, none negative.
        returns: returns to scale.
        disposability: of the bads, as in `directional`; ``weak`` under crs only.
        polluting: under ``by-production``, the inputs that cause the bads; by default all.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        h ≤ 1, 1 on the frontier.

    Raises:
        ModelError: unknown options, negative quantities, or a combination that has no such technology.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [1.0, 4.0], "y": [1.0, 1.0]}, unit="firm", inputs="x", outputs="y")
        >>> [round(h, 9) for h in hyperbolic(panel).scores["score"]]
        [1.0, 0.5]
    """
    arguments = Arguments.opened(
        "hyperbolic",
        panel,
        reference,
        by_group,
        returns=(returns, Returns),
        disposability=(disposability, Disposability),
    )
    arguments.no_negative(panel)
    technology = resolve_technology(
        panel, returns, disposability, polluting, arguments, moves_inputs=True, blamed="returns"
    )
    arguments.done()
    parts, data, h = blocks(panel, reference, by_group=by_group), quantities(panel), np.ones(len(panel))
    answers = tuple(_solve(panel, technology, block, h) for block in parts)
    scored = Scored(panel, technology, parts, lambda rows: _tangent(data.take(rows), h[rows]))
    scored.__dict__["answers"] = answers  # the last step's, already solved
    evaluation = scored.evaluation()
    evaluation = replace(evaluation, score=np.where(evaluation.status == Status.OPTIMAL, h, np.nan))
    return FrontierResult(
        panel=panel,
        name="hyperbolic",
        options={
            "returns": returns,
            "disposability": disposability if panel.bads else None,
            "polluting": [panel.inputs[j] for j in technology.polluting],
            "reference": reference,
            "by_group": by_group,
        },
        convention=_convention(technology, reference_words(reference, by_group)),
        evaluation=evaluation,
        projector=scored.projections,
        columns=(*panel.inputs, *panel.outputs, *panel.bads),
    )


def _tangent(own: Quantities, h: Matrix) -> Measure:
    """Return min δ with Xλ ≤ (h + δ)x, Bλ ≤ (h + δ)b and Yλ ≥ y/h − δ y/h²."""
    m, s = own.X.shape[1], own.Y.shape[1]
    base, move, above = own.points * h[:, None], own.points.copy(), np.where(h > 0.0, h, np.inf)[:, None]
    base[:, m : m + s] = own.Y / above
    move[:, m : m + s] = -own.Y / (above * above)
    return Measure("min", base, move[:, None, :], np.ones((len(h), 1)), free=True)


def _solve(panel: Panel, technology: Technology, block: Block, h: Matrix) -> Answers:
    """Bring h, in place, to the optimum of each row of a block; return the answers of the rows' last steps."""
    data = quantities(panel)
    last, open_rows = None, np.arange(len(block.own))
    for _ in range(STEPS):
        part = Block(block.own[open_rows], block.reference)
        found = solve_block(panel, technology, part, lambda rows: _tangent(data.take(rows), h[rows]))
        last = found if last is None else _written(last, found, open_rows)
        step, here = found.objective, h[part.own]
        still = found.solved & (np.abs(np.nan_to_num(step)) > CLOSE * np.where(here > 0.0, here, 1.0))
        open_rows, rows = open_rows[still], part.own[still]
        if not len(rows):
            break
        bound = _root(technology, data.take(rows), found, still, here[still] + step[still])
        near = np.maximum(bound, FARTHEST * here[still])  # prices are exact beside the point, not a thousandfold away
        h[rows] = np.where(near > NOTHING, near, 0.0)
    assert last is not None
    gap = np.abs(last.objective) / np.where(h[block.own] > 0.0, h[block.own], 1.0)
    certificate = last.certificate.copy()
    certificate[:, 2] = np.maximum(certificate[:, 2], np.nan_to_num(gap))
    outcome = np.where(last.solved & (np.nan_to_num(gap) > TOLERANCE), np.int8(3), last.outcome)
    return replace(last, certificate=certificate, outcome=outcome)


def _written(into: Answers, found: Answers, rows: NDArray[np.intp]) -> Answers:
    for name, values in vars(found).items():
        getattr(into, name)[rows] = values
    into.attempts[rows] = found.attempts
    return into


def _root(technology: Technology, own: Quantities, found: Answers, rows: NDArray[np.bool_], linear: Matrix) -> Matrix:
    """Return the h at which each row's prices are met: A h² + w h = U; the linear step where that says nothing.

    A is what inputs and bads cost at h = 1, U what outputs earn, w the price of the returns to scale.
    """
    q, m, s = technology.quantities, technology.inputs, technology.outputs
    prices = technology.lower(found.prices[rows])
    worth = prices * own.points[:, :q]
    A = -(worth.sum(axis=1) - worth[:, m : m + s].sum(axis=1))
    U, w = worth[:, m : m + s].sum(axis=1), -technology.intercept(found.prices[rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        root = (np.sqrt(w * w + 4.0 * A * U) - w) / (2.0 * A)
    usable = np.isfinite(root) & (A > 0.0) & (root >= linear * (1.0 - 1e-9)) & (root > 0.0)
    lower: Matrix = np.where(usable, root, linear)
    return lower


def _convention(technology: Technology, span: Text) -> Text:
    kind = RETURNS_WORDS[technology.returns]
    bads = DISPOSABILITY_WORDS[technology.disposability] if technology.bads else Text("无非期望产出", "no bads")
    return Text(
        f"双曲效率 h：≤ 1，1 为前沿；投入与非期望产出乘 h，产出除以 h；{kind.zh}，{bads.zh}，{span.zh}。",
        f"Hyperbolic efficiency h: ≤ 1, 1 on the frontier; inputs and bads times h, outputs over h; "
        f"{kind.en}, {bads.en}, {span.en}.",
    )

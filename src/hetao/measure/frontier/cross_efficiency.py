"""`cross_efficiency`: every unit judged by everybody's weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Switch
from hetao.measure.frontier.evaluation import Evaluation
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.radial import radial
from hetao.measure.frontier.references import Block, Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, Scored
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.solver import Status
from hetao.text import Text

__all__ = ["cross_efficiency"]

Strategy = Literal["aggressive", "benevolent"]
BELOW = 1e-10  # the own score is held a little lower, so that rounding cannot make it unattainable
AT_A_TIME = 1 << 22  # cross-efficiencies held in memory at once
_WORDS = {
    "aggressive": Text("压低他人（攻击型）", "aggressive weights"),
    "benevolent": Text("抬高他人（仁慈型）", "benevolent weights"),
}


def cross_efficiency(
    panel: Panel,
    *,
    strategy: Strategy = "benevolent",
    self_appraisal: bool = True,
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure cross-efficiency (Sexton, Silkman and Hogan 1986; secondary goals Doyle and Green 1994).

    Each observation o takes weights (v, u) that give it its own constant-returns score and, among these, the least
    (``aggressive``) or greatest (``benevolent``) score of all others put together: min or max u·Ȳ with v·X̄ = 1, X̄ and
    Ȳ the others' sums, u·yₒ = θₒ v·xₒ and u·Y ≤ v·X. Observation k's score is the mean over o of u⁽ᵒ⁾·yₖ / v⁽ᵒ⁾·xₖ.

    Where the secondary goal leaves several sets of weights, which ties in the data make likely, the engine's own choice
    decides: it is the same at every run, but another order of rows may bring another one, and another mean.

    Args:
        panel: n observations, none negative.
        strategy: the secondary goal.
        self_appraisal: does the own score count in the mean?
        reference: who judges; the rows whose weights are taken are those that span the frontier, as in `dea`.
        by_group: only the own group judges.

    Returns:
        The mean cross-efficiency ≤ 1, ``own`` (the simple score θ), and ``maverick`` = (own − mean of the others') /
        mean of the others', how much the own weights flatter. ``infeasible`` where nobody else judges, or where a
        judge's weights price none of the observation's inputs.

    Raises:
        ModelError: unknown options or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 1.0]}, unit="firm", inputs="x", outputs="y")
        >>> [round(e, 6) for e in cross_efficiency(panel).scores["score"]]
        [1.0, 0.5]
    """
    arguments = Arguments.opened(
        "cross_efficiency",
        panel,
        reference,
        by_group,
        strategy=(strategy, Strategy),
        self_appraisal=(self_appraisal, Switch),
    )
    arguments.no_negative(panel)
    arguments.done()
    data = Quantities(panel.X, panel.Y, panel.B[:, :0])
    technology = Technology(len(panel.inputs), len(panel.outputs), 0, "crs")
    parts = blocks(panel, reference, by_group=by_group)
    simple = Scored(panel, technology, parts, lambda rows: radial(data.take(rows), "input"))
    own = simple.evaluation()
    evaluation, others = _averaged(own, simple, data, strategy, self_appraisal)
    with np.errstate(divide="ignore", invalid="ignore"):
        maverick = (own.score - others) / others
    return FrontierResult(
        panel=panel,
        name="cross_efficiency",
        options={
            "strategy": strategy,
            "self_appraisal": self_appraisal,
            "reference": reference,
            "by_group": by_group,
        },
        convention=_convention(strategy, self_appraisal, reference_words(reference, by_group)),
        evaluation=evaluation,
        projector=simple.projections,
        columns=(*panel.inputs, *panel.outputs),
        parts={"own": own.score, "maverick": np.where(np.isfinite(maverick), maverick, np.nan)},
    )


def _averaged(
    own: Evaluation, simple: Scored, data: Quantities, strategy: Strategy, self_appraisal: bool
) -> tuple[Evaluation, Matrix]:
    """Return the mean of each row's scores at its judges' weights, and (n,) the mean at all others' than its own."""
    panel, n = simple.panel, len(simple.panel)
    mean, others = np.full(n, np.nan), np.full(n, np.nan)
    status, certificate, attempts = own.status.copy(), own.certificate.copy(), own.attempts.copy()
    for block in simple.blocks:
        if len(block.reference) == 1 and len(block.own) == 1:  # nobody else: there is nothing to weigh
            mean[block.own] = own.score[block.own] if self_appraisal else np.nan
            continue
        weighed = _judges(panel, simple.technology, data, block, strategy).evaluation()
        worst = np.max(weighed.certificate[block.reference], axis=0)  # every judge is part of every score
        certificate[block.own] = np.maximum(certificate[block.own], worst)
        attempts[block.own] = np.maximum(attempts[block.own], weighed.attempts[block.reference].max(initial=0))
        if not (weighed.status[block.reference] == Status.OPTIMAL).all():
            status[block.own] = Status.NUMERICAL
        mean[block.own], others[block.own] = _appraise(data, block, weighed.prices[block.reference], self_appraisal)
    status[(status == Status.OPTIMAL) & ~np.isfinite(mean)] = Status.INFEASIBLE  # nobody else, or no output at all
    score = np.where(status == Status.OPTIMAL, mean, np.nan)
    return replace(own, score=score, status=status, certificate=certificate, attempts=attempts), others


def _convention(strategy: Strategy, self_appraisal: bool, span: Text) -> Text:
    words = _WORDS[strategy]
    including = Text("含自评", "own score included") if self_appraisal else Text("不含自评", "own score left out")
    return Text(
        f"交叉效率：≤ 1，他人权重下得分的平均（{including.zh}）；{words.zh}；投入导向，规模报酬不变，{span.zh}。",
        f"Cross-efficiency: ≤ 1, mean score at everybody's weights ({including.en}); {words.en}; "
        f"input orientation, constant returns to scale, {span.en}; bads are left out.",
    )


def _judges(panel: Panel, technology: Technology, data: Quantities, block: Block, strategy: str) -> Scored:
    """Return the secondary programmes of the rows that judge a block; their prices are the weights.

    The dual of min u·Ȳ is max η with Σλ X + η X̄ − κ θ xₒ ≤ 0 and Σλ Y − κ yₒ ≥ −Ȳ, η and κ free; that of max u·Ȳ has
    + Ȳ.
    """
    seen = data.take(block.reference)
    theta = np.full(len(panel), np.nan)
    itself = Scored(panel, technology, _only(panel, block), lambda rows: radial(data.take(rows), "input"))
    theta[block.reference] = itself.answers[0].objective
    total, m = seen.points.sum(axis=0), technology.inputs
    sign = -1.0 if strategy == "aggressive" else 1.0

    def measure(rows: Rows) -> Measure:
        own = data.points[rows]
        others = total - own
        base = np.hstack([np.zeros_like(own[:, :m]), sign * others[:, m:]])
        eta = np.hstack([-others[:, :m], np.zeros_like(own[:, m:])])
        held = np.nan_to_num(theta[rows])[:, None] * (1.0 - BELOW)
        kappa = np.hstack([held * own[:, :m], own[:, m:]])
        return Measure("max", base, np.stack([eta, kappa], axis=1), np.tile([1.0, 0.0], (len(rows), 1)), free=True)

    return Scored(panel, technology, _only(panel, block), measure)


def _only(panel: Panel, block: Block) -> tuple[Block, ...]:
    """Return the reference rows of a block as a block, and after it, without a reference, all rows that it lacks."""
    rest = np.setdiff1d(np.arange(len(panel)), block.reference)
    return (Block(block.reference, block.reference), Block(rest, rest[:0]))


def _appraise(data: Quantities, block: Block, prices: Matrix, self_appraisal: bool) -> tuple[Matrix, Matrix]:
    """Return for each row of a block the mean of its scores at all judges' prices, and at all others' than itself."""
    m, own, judges = data.X.shape[1], data.points[block.own], len(prices)
    mean, others = np.empty(len(own)), np.empty(len(own))
    step = max(1, AT_A_TIME // max(judges, 1))
    for start in range(0, len(own), step):
        rows = slice(start, start + step)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = (own[rows, m:] @ prices[:, m:].T) / (own[rows, :m] @ prices[:, :m].T)
        mine = block.own[rows][:, None] == block.reference[None, :]
        total, self_score = scores.sum(axis=1), np.where(mine, scores, 0.0).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            others[rows] = (total - self_score) / (judges - mine.sum(axis=1))
        mean[rows] = total / judges if self_appraisal else others[rows]
    return mean, others

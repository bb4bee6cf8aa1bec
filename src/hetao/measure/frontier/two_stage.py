"""`two_stage`: overall efficiency of two processes in series, and how it splits between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.evaluation import Evaluation, Projections
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.network import Network
from hetao.measure.frontier.references import Block, Reference, blocks, reference_words
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import Rows, Scored
from hetao.measure.frontier.technology import Matrix, Quantities
from hetao.solver import Status
from hetao.text import Text

__all__ = ["check_stages", "two_stage"]

Model = Literal["kao-hwang", "additive"]
Priority = Literal["first", "second"]
BELOW = 1e-10  # the overall score is held a little lower, so that rounding cannot make it unattainable


def two_stage(
    panel: Panel,
    *,
    links: Names,
    model: Model = "kao-hwang",
    priority: Priority = "first",
    reference: Reference = "contemporaneous",
    by_group: bool = False,
) -> FrontierResult:
    """Measure a process of two stages: inputs make links, and the links alone make the outputs; constant returns.

    ``kao-hwang`` (Kao and Hwang 2008): max u·y subject to v·x = 1, w·Z ≤ v·X, u·Y ≤ w·Z; overall = stage 1 × stage 2
    with stage 1 = w·z / v·x and stage 2 = u·y / w·z, one set of weights w for the links. ``additive`` (Chen, Cook,
    Li and Zhu 2009): max w·z + u·y subject to v·x + w·z = 1; overall is the mean of the stages, weighted by the
    resources v·x and w·z that they use. The overall score is unique, its split is not: the range of stage 1 is
    reported, and the split taken is the end of it that is best for the stage given priority.

    Args:
        panel: n observations, none negative; its outputs are the links and the final outputs.
        links: which of the panel's outputs are links.
        model: ``kao-hwang`` or ``additive``.
        priority: the stage that the split favours.
        reference: which rows span the frontier, as in `dea`.
        by_group: compare each row with its own group only.

    Returns:
        The overall efficiency ≤ 1, ``stage_1``, ``stage_2``, ``stage_1_lowest`` and ``stage_1_highest``. A peer's
        weight is that of its two stages together; a link's slack is what stage 1 makes beyond what stage 2 needs, and
        its target is left open.

    Raises:
        ModelError: unknown options, negative quantities, no links or nothing but links among the outputs.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"], "x": [1.0, 2.0], "z": [1.0, 1.0], "y": [2.0, 1.0]}
        >>> panel = Panel(data, unit="firm", inputs="x", outputs=["z", "y"])
        >>> [round(e, 6) for e in two_stage(panel, links="z").scores["score"]]
        [1.0, 0.25]
    """
    arguments = Arguments.opened(
        "two_stage", panel, reference, by_group, model=(model, Model), priority=(priority, Priority)
    )
    at = check_stages(panel, links, arguments)
    arguments.done()
    data = Quantities(panel.X, panel.Y, panel.B[:, :0])
    technology = Network(len(panel.inputs), len(panel.outputs), 0, "crs", links=at)
    parts = blocks(panel, reference, by_group=by_group)
    stages = _Stages(panel, data, technology, parts, model)
    overall = stages.overall.evaluation()
    high, low = stages.bound(overall.score, 1.0), stages.bound(overall.score, -1.0)
    return FrontierResult(
        panel=panel,
        name="two_stage",
        options={
            "links": [panel.outputs[j] for j in at],
            "model": model,
            "priority": priority,
            "reference": reference,
            "by_group": by_group,
        },
        convention=_convention(model, priority, reference_words(reference, by_group)),
        evaluation=_audited(overall, high, low),
        projector=lambda: _without_links(stages.overall.projections(), len(panel.inputs), at),
        columns=(*panel.inputs, *panel.outputs),
        parts=_split(overall.score, high.score, -low.score, model, priority),
    )


def check_stages(panel: Panel, links: Names, arguments: Arguments) -> tuple[int, ...]:
    """Return the positions of the links among the outputs; record what makes no two stages."""
    arguments.no_negative(panel)
    at = arguments.columns("links", links, panel.outputs)
    if not 0 < len(at) < len(panel.outputs):
        arguments.refuse(
            "links",
            found=Text(
                f"{len(panel.outputs)} 个产出中有 {len(at)} 个中间品",
                f"{len(at)} links among {len(panel.outputs)} outputs",
            ),
            expected=Text("至少一个中间品和一个最终产出", "at least one link and one final output"),
            remedy=Text("在 outputs 中同时列出中间品与最终产出", "name links and final outputs in the panel's outputs"),
        )
        return at
    _from_nothing(panel.Y[:, list(at)], np.delete(panel.Y, list(at), axis=1), arguments)
    return at


def _from_nothing(links: Matrix, final: Matrix, arguments: Arguments) -> None:
    """Refuse rows with final outputs that no link went into: beside them nobody else has any efficiency."""
    rows = np.flatnonzero(~links.any(axis=1) & final.any(axis=1))
    if len(rows):
        count, first = len(rows), rows[0]
        arguments.refuse(
            "",
            found=Text(
                f"{count} 行没有中间品却有最终产出（首见于第 {first} 行）",
                f"final outputs without any link in {count} rows (first in row {first})",
            ),
            expected=Text("由中间品做出的最终产出", "final outputs that are made of links"),
            remedy=Text("改正数字，或去掉该行", "correct the figures, or leave the row out"),
        )


def _without_links(found: Projections, inputs: int, links: tuple[int, ...]) -> Projections:
    """Leave the links' targets open: any level between what stage 2 needs and stage 1 can make will do."""
    targets = found.targets.copy()
    targets[:, [inputs + j for j in links]] = np.nan
    return replace(found, targets=targets)


class _Stages:
    """The programmes of one two-stage model."""

    def __init__(
        self, panel: Panel, data: Quantities, technology: Network, parts: tuple[Block, ...], model: Model
    ) -> None:
        self._panel, self._data, self._technology, self._parts = panel, data, technology, parts
        self._additive = model == "additive"
        self.overall = Scored(panel, technology, parts, self._overall)

    def _pieces(self, rows: Rows) -> tuple[Matrix, Matrix, Matrix]:
        """Return (n, q) tables that hold x alone, z alone and y alone."""
        points, m = self._data.points[rows], self._technology.inputs
        at = np.arange(points.shape[1])
        link = np.isin(at - m, self._technology.links)
        x, z = np.where(at < m, points, 0.0), np.where(link, points, 0.0)
        return x, z, points - x - z

    def _overall(self, rows: Rows) -> Measure:
        """Return min θ with Xλ ≤ θx, Yμ ≥ y and Zλ − Zμ ≥ 0, or ≥ (1 − θ)z in the additive model."""
        x, z, y = self._pieces(rows)
        base, move = (y + z, x - z) if self._additive else (y, x)
        return Measure("min", base, move[:, None, :], np.ones((len(rows), 1)), free=True)

    def bound(self, score: Matrix, sign: float) -> Evaluation:
        """Return max w·z (sign 1), or max −w·z (−1), with v·x = 1 at a given overall score θ.

        The dual: min η with Σλ X ≤ (η + κθ)x, Σλ Z − Σμ Z ≥ ±z (and κ(1 − θ)z in the additive model), Σμ Y ≥ κy,
        where η prices v·x = 1 and κ the overall score; both are free.
        """

        def measure(rows: Rows) -> Measure:
            x, z, y = self._pieces(rows)
            held = np.nan_to_num(score[rows])[:, None] * (1.0 - BELOW)
            kappa = held * x + y + ((1.0 - held) * z if self._additive else 0.0)
            cost = np.tile([1.0, 0.0], (len(rows), 1))
            return Measure("min", sign * z, np.stack([x, kappa], axis=1), cost, free=True)

        return Scored(self._panel, self._technology, self._parts, measure).evaluation()


def _audited(overall: Evaluation, *bounds: Evaluation) -> Evaluation:
    """Return the overall scores with the worst certificate of their three programmes; lost where a bound is."""
    status = overall.status.copy()
    for bound in bounds:
        status = np.where((status == Status.OPTIMAL) & (bound.status != Status.OPTIMAL), Status.NUMERICAL, status)
    return replace(
        overall,
        score=np.where(status == Status.OPTIMAL, overall.score, np.nan),
        status=status,
        certificate=np.max([e.certificate for e in (overall, *bounds)], axis=0),
        attempts=np.max([e.attempts for e in (overall, *bounds)], axis=0),
    )


def _split(overall: Matrix, high: Matrix, low: Matrix, model: Model, priority: Priority) -> dict[str, Matrix]:
    """Return the split's parts: stage 1 at the end of its range that the priority asks for, stage 2 the rest."""
    first = high if priority == "first" else low
    with np.errstate(divide="ignore", invalid="ignore"):
        second = overall / first if model == "kao-hwang" else (overall * (1.0 + first) - first) / first
    second = np.where(np.isfinite(second), second, np.nan)
    return {"stage_1": first, "stage_2": second, "stage_1_lowest": low, "stage_1_highest": high}


def _convention(model: Model, priority: Priority, span: Text) -> Text:
    how = Text("两阶段之积（Kao-Hwang）", "the product of the stages (Kao and Hwang)")
    if model == "additive":
        how = Text("两阶段的加权平均（Chen-Cook-Li-Zhu）", "the weighted mean of the stages (Chen, Cook, Li and Zhu)")
    return Text(
        f"两阶段总体效率：≤ 1，为{how.zh}；分解不唯一，取对第{'一' if priority == 'first' else '二'}阶段最有利者；"
        f"规模报酬不变，{span.zh}；非期望产出不计入。",
        f"Two-stage overall efficiency: ≤ 1, {how.en}; the split is not unique, the one best for the {priority} "
        f"stage is taken; constant returns to scale, {span.en}; bads are left out.",
    )

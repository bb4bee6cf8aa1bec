"""`bootstrap`: bias, standard errors and confidence limits of radial efficiency scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import Block, blocks
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.inference.replications import Teller, replicate
from hetao.measure.inference.smoothing import Smoothed, normal_reference_bandwidth
from hetao.measure.results import Certificate, Result
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BootstrapResult", "bootstrap"]


@dataclass(frozen=True, eq=False, repr=False)
class BootstrapResult(Result):
    """The bootstrap of n scores.

    Attributes:
        of: the scores.
        replicates: (replications, n) bootstrap scores, NaN where a replication has none.
        confidence: of the limits.
        audit: the certificate of all replications' programmes.
        seed: of the random numbers.
    """

    of: FrontierResult
    replicates: Matrix
    confidence: float
    audit: Certificate
    seed: int

    @property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all replications' programmes, and how many had which status."""
        return self.audit

    @cached_property
    def bias(self) -> Matrix:
        """(n,) mean of the replicates less the score."""
        found: Matrix = self.replicates.mean(axis=0) - self.of.evaluation.score
        return found

    @cached_property
    def corrected(self) -> Matrix:
        """(n,) the score less its bias, 2θ − mean θ*, on the Farrell scale."""
        found: Matrix = self.of.evaluation.score - self.bias
        return found

    @cached_property
    def corrected_inverse(self) -> Matrix:
        """(n,) the same correction on the inverse (Shephard) scale, 1 / (2/θ − mean 1/θ*)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Matrix = 1.0 / (2.0 / self.of.evaluation.score - (1.0 / self.replicates).mean(axis=0))
        return found

    @cached_property
    def limits(self) -> Matrix:
        """(n, 2) confidence limits: the score less the quantiles of θ* − θ (Simar and Wilson 2000)."""
        tail = (1.0 - self.confidence) / 2.0
        low, high = np.quantile(self.replicates - self.of.evaluation.score, [tail, 1.0 - tail], axis=0)
        found = np.column_stack([self.of.evaluation.score - high, self.of.evaluation.score - low])
        found.setflags(write=False)
        return found

    @property
    def scores(self) -> NativeFrame:
        """Keys, score, bias, standard_error, corrected, corrected_inverse, lower, upper, status; a row a panel row."""
        e = self.of.evaluation
        columns: dict[str, Any] = {
            **self.panel.keys(),
            "score": e.score,
            "bias": self.bias,
            "standard_error": self.replicates.std(axis=0, ddof=1),
            "corrected": self.corrected,
            "corrected_inverse": self.corrected_inverse,
            "lower": self.limits[:, 0],
            "upper": self.limits[:, 1],
            "status": list(map(str, e.status.tolist())),
        }
        return self.panel.kind.give(columns)

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: that of the scores, the call's options and the seed."""
        return {**self.of.fingerprint, "call": self.name, "options": dict(self.options), "seed": self.seed}

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.replicates,)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("自助法", "bootstrap"): self.scores}

    def _lines(self) -> list[str]:
        known = ~np.isnan(self.of.evaluation.score)
        if not known.any():
            return []
        means = [float(np.mean(v[known])) for v in (self.of.evaluation.score, self.bias, self.corrected)]
        zh = "平均：得分 {:.4f}，偏差 {:+.4f}，校正后 {:.4f}".format(*means)
        return [str(Text(zh, "means: score {:.4f}, bias {:+.4f}, corrected {:.4f}".format(*means)))]

    def plot(self) -> Figure:
        """Draw each unit's corrected score with its confidence limits; return a matplotlib figure."""
        from hetao.measure.plot import plot_limits

        return plot_limits(self)


def bootstrap(
    result: FrontierResult,
    *,
    replications: int = 2000,
    seed: int = 0,
    bandwidth: float | Literal["normal-reference"] = "normal-reference",
    confidence: float = 0.95,
) -> BootstrapResult:
    """Bootstrap radial efficiency scores by the smoothed homogeneous method (Simar and Wilson 1998).

    In every replication scores θ* are drawn from the smoothed distribution of all scores of a frontier, reflected at 1
    and with the variance corrected; every reference unit is moved to θ* times its distance from the frontier (inputs
    x·θ/θ*, outputs y·φ/φ*), and the observations themselves are scored against these. Efficiency is assumed to be
    distributed alike whatever the inputs and outputs are.

    Args:
        result: of `dea` with convex returns to scale, its own frontier left whole.
        replications: how many, at least 10; 2,000 for limits, 100 for standard errors.
        seed: of the random numbers; the same seed gives the same numbers on any threads and executors.
        bandwidth: of the smoothing; ``normal-reference`` as in `normal_reference_bandwidth`, or a number > 0.
        confidence: of the limits, between 0 and 1.

    Returns:
        Bias, standard error, the corrected score on the Farrell scale (the default: ``corrected`` = 2θ − mean θ*) and
        on its inverse (``corrected_inverse``), and confidence limits on the Farrell scale. A correction adds noise: it
        is worth making where the bias is large beside the standard error.

    Raises:
        ModelError: a result of another call, of the free disposal hull, super-efficiency, fixed quantities or weight
            restrictions; arguments out of range.

    Examples:
        >>> from hetao import Panel
        >>> from hetao.measure import bootstrap, dea
        >>> data = {"firm": ["a", "b", "c", "d"], "x": [1.0, 2.0, 4.0, 5.0], "y": [1.0, 3.0, 4.0, 2.0]}
        >>> found = bootstrap(dea(Panel(data, unit="firm", inputs="x", outputs="y")), replications=50, seed=1)
        >>> bool((found.bias >= 0).all())
        True
    """
    arguments = Arguments("bootstrap")
    arguments.whole("replications", replications, 10)
    arguments.whole("seed", seed, 0)
    arguments.between("confidence", confidence)
    if bandwidth != "normal-reference":
        arguments.positive_number("bandwidth", bandwidth)
    _check_result(result, arguments)
    arguments.done()
    _check_scores(result, arguments)
    arguments.done()
    o, panel = result.options, result.panel
    orientation: Orientation = "input" if o["orientation"] == "input" else "output"
    technology = Technology(len(panel.inputs), len(panel.outputs), 0, o["returns"])  # type: ignore[arg-type] # checked
    parts = blocks(panel, o["reference"], by_group=bool(o["by_group"]))  # type: ignore[arg-type] # checked
    replicates, proofs, told = np.full((replications, len(panel)), np.nan), [], Teller(replications * len(parts))
    for number, block in enumerate(parts):
        sample = _Sample.of(panel, technology, block, orientation, result.evaluation.score, bandwidth)
        seeds = np.random.SeedSequence([int(seed), number])
        replicates[:, block.own], found = replicate(sample, seeds, replications, told)
        proofs.append(found)
    kept = {"replications": replications, "bandwidth": bandwidth, "confidence": confidence}
    return BootstrapResult(
        panel=panel,
        name="bootstrap",
        options={**{f"dea {name}": value for name, value in o.items()}, **kept},
        convention=Text(
            f"Simar-Wilson 1998 平滑自助法（{replications} 次）：默认校正为 Farrell 尺度上的 2θ − mean θ*；"
            f"{confidence:.0%} 置信限；得分：{result.convention.zh}",
            f"Smoothed bootstrap of Simar and Wilson 1998 ({replications} replications): the default correction is "
            f"2θ − mean θ* on the Farrell scale; {confidence:.0%} confidence limits; scores: {result.convention.en}",
        ),
        of=result,
        replicates=replicates,
        confidence=float(confidence),
        audit=Certificate.together(proofs),
        seed=int(seed),
    )


def _check_result(result: object, arguments: Arguments) -> None:
    wrong = ""
    if not isinstance(result, FrontierResult) or result.name != "dea":
        wrong = getattr(result, "name", type(result).__name__)
    elif result.options["returns"] == "fdh":
        wrong = "returns='fdh'"
    else:
        special = ("super_efficiency", "nondiscretionary", "weight_restrictions")
        wrong = next((name for name in special if result.options[name]), "")
    if wrong:
        arguments.refuse(
            "result",
            found=Text(f"{wrong}", f"{wrong}"),
            expected=Text(
                "dea 的结果：凸技术，无超效率、固定量与权重约束",
                "a result of dea: convex, without super-efficiency, fixed quantities and weight restrictions",
            ),
            remedy=Text("改用这样的结果", "pass such a result"),
        )


def _check_scores(result: FrontierResult, arguments: Arguments) -> None:
    """Require a score above 0 of every row: a unit without one has no place in the distribution that is drawn from."""
    score = result.evaluation.score
    rows = np.flatnonzero(~(score > 0.0))
    if len(rows):
        listed = ", ".join(map(str, rows[:10].tolist()))
        arguments.refuse(
            "result",
            found=Text(
                f"{len(rows)} 行没有大于 0 的得分（行 {listed}）",
                f"{len(rows)} rows without a score above 0 (rows {listed})",
            ),
            expected=Text("每行都有大于 0 的得分", "a score above 0 in every row"),
            remedy=Text(
                "从面板中去掉这些单元（例如产出为 0 的）", "leave these units out of the panel (those without output)"
            ),
        )


@dataclass(frozen=True)
class _Sample:
    """The observations of one block, its reference and the distribution of the reference's scores."""

    technology: Technology
    orientation: Orientation
    own: Quantities
    reference: Quantities
    distribution: Smoothed

    @classmethod
    def of(
        cls,
        panel: Panel,
        technology: Technology,
        block: Block,
        orientation: Orientation,
        score: Matrix,
        bandwidth: float | str,
    ) -> _Sample:
        data = quantities(panel)
        own, reference = data.take(block.own), data.take(block.reference)
        if len(block.own) == len(block.reference):
            spread = score[block.own]
        else:  # a pooled reference: its units are scored against it too
            frontier = Frontier(technology.table(reference), technology.senses)
            spread = frontier.solve(radial(reference, orientation).form(technology, reference)).objective
        width = normal_reference_bandwidth(spread) if isinstance(bandwidth, str) else float(bandwidth)
        return cls(technology, orientation, own, reference, Smoothed(spread, width))

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Score the observations against one pseudo-reference."""
        move = (self.distribution.score / self.distribution.draw(random))[:, None]
        X, Y = self.reference.X, self.reference.Y
        pseudo = (
            Quantities(X * move, Y, self.reference.B)
            if self.orientation == "input"
            else Quantities(X, Y * move, self.reference.B)
        )
        frontier = Frontier(self.technology.table(pseudo), self.technology.senses)
        answers = frontier.solve(radial(self.own, self.orientation).form(self.technology, self.own))
        return answers.objective, [answers]

"""`bootstrap`: bias, standard errors and confidence limits of radial efficiency scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Block, blocks
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import frontier_of, quantities
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.inference.checks import check_dea
from hetao.measure.inference.heterogeneous import Heterogeneous
from hetao.measure.inference.pseudo import moved_frontier, score_against
from hetao.measure.inference.replications import Replicable, Teller, replicate
from hetao.measure.inference.smoothing import Smoothed, normal_reference_bandwidth
from hetao.measure.results import Certificate, Result
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BootstrapResult", "bootstrap"]

FEWEST = 3  # units that have a covariance


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
    def counted(self) -> NDArray[np.int_]:
        """(n,) how many replications have a score; where fewer than half have, nothing is made of them."""
        found: NDArray[np.int_] = (~np.isnan(self.replicates)).sum(axis=0)
        return found

    def _over(self, statistic: Callable[[Matrix], Matrix]) -> Matrix:
        """Return a statistic over each row's replications that have a score; NaN where fewer than half have."""
        shape = statistic(np.zeros((1, 1))).shape[:-1]
        found = np.full((*shape, len(self.counted)), np.nan)
        whole = self.counted == len(self.replicates)
        found[..., whole] = statistic(self.replicates[:, whole])
        for i in np.flatnonzero(~whole & (2 * self.counted >= len(self.replicates))):
            column = self.replicates[:, [i]]
            found[..., [i]] = statistic(column[~np.isnan(column)][:, None])
        return found

    @cached_property
    def bias(self) -> Matrix:
        """(n,) mean of the replicates less the score."""
        return self._over(lambda r: r.mean(axis=0)) - self.of.evaluation.score

    @cached_property
    def corrected(self) -> Matrix:
        """(n,) the score less its bias, 2θ − mean θ*, on the Farrell scale."""
        found: Matrix = self.of.evaluation.score - self.bias
        return found

    @cached_property
    def corrected_inverse(self) -> Matrix:
        """(n,) the same correction on the inverse (Shephard) scale, 1 / (2/θ − mean 1/θ*)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return 1.0 / (2.0 / self.of.evaluation.score - self._over(lambda r: (1.0 / r).mean(axis=0)))

    @cached_property
    def standard_errors(self) -> Matrix:
        """(n,) standard deviations of the replicates."""
        return self._over(lambda r: r.std(axis=0, ddof=min(1, len(r) - 1)))

    @cached_property
    def limits(self) -> Matrix:
        """(n, 2) confidence limits: the score less the quantiles of θ* − θ (Simar and Wilson 2000)."""
        tail, score = (1.0 - self.confidence) / 2.0, self.of.evaluation.score
        low, high = self._over(lambda r: np.quantile(r, [tail, 1.0 - tail], axis=0)) - score
        found = np.column_stack([score - high, score - low])
        found.setflags(write=False)
        return found

    @property
    def scores(self) -> NativeFrame:
        """Keys, score, bias, standard_error, corrected, corrected_inverse, lower, upper, replications, status."""
        e = self.of.evaluation
        columns: dict[str, Any] = {
            **self.panel.keys(),
            "score": e.score,
            "bias": self.bias,
            "standard_error": self.standard_errors,
            "corrected": self.corrected,
            "corrected_inverse": self.corrected_inverse,
            "lower": self.limits[:, 0],
            "upper": self.limits[:, 1],
            "replications": self.counted.tolist(),
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
        known = ~np.isnan(self.bias)
        if not known.any():
            return []
        means = [float(np.mean(v[known])) for v in (self.of.evaluation.score, self.bias, self.corrected)]
        zh = "平均：得分 {:.4f}，偏差 {:+.4f}，校正后 {:.4f}".format(*means)
        return [str(Text(zh, "means: score {:.4f}, bias {:+.4f}, corrected {:.4f}".format(*means)))]

    def plot(self) -> Figure:
        """Draw each unit's corrected score with its confidence limits; return a matplotlib figure."""
        from hetao.measure.plots import plot_limits

        return plot_limits(self)


def bootstrap(
    result: FrontierResult,
    *,
    replications: int = 2000,
    seed: int = 0,
    method: Literal["homogeneous", "heterogeneous"] = "homogeneous",
    bandwidth: float | Literal["normal-reference"] = "normal-reference",
    confidence: float = 0.95,
) -> BootstrapResult:
    """Bootstrap radial efficiency scores by a smoothed method (Simar and Wilson 1998; 2000).

    ``homogeneous`` (1998): in every replication scores θ* are drawn from the smoothed distribution of all scores of a
    frontier, reflected at 1 and with the variance corrected; every reference unit is moved to θ* times its distance
    from the frontier (inputs x·θ/θ*, outputs y·φ/φ*), and the observations themselves are scored against these.
    Efficiency is assumed to be distributed alike whatever the inputs and outputs are.

    ``heterogeneous`` (2000) does without that: scores, mixes and what does not move are drawn together, so that
    efficiency may depend on them. It asks more of the sample, and a large unit may have no score in a replication.

    Args:
        result: of `dea` with convex returns to scale, its own frontier left whole.
        replications: how many, at least 10; 2,000 for limits, 100 for standard errors.
        seed: of the random numbers; the same seed gives the same numbers on any threads and executors.
        method: ``homogeneous`` or ``heterogeneous``.
        bandwidth: of the homogeneous smoothing; ``normal-reference`` as in `normal_reference_bandwidth`, or a
            number > 0.
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
    arguments.one_of("method", method, ("homogeneous", "heterogeneous"))
    if bandwidth != "normal-reference":
        arguments.positive_number("bandwidth", bandwidth)
        if method == "heterogeneous":
            arguments.not_together("bandwidth", repr(bandwidth), "method='heterogeneous'")
    check_dea(result, arguments)
    o, panel = result.options, result.panel
    orientation: Orientation = "input" if o["orientation"] == "input" else "output"
    technology = Technology(len(panel.inputs), len(panel.outputs), 0, o["returns"])  # type: ignore[arg-type] # checked
    parts = blocks(panel, o["reference"], by_group=bool(o["by_group"]))  # type: ignore[arg-type] # checked
    _check_sizes(method, parts, arguments)
    replicates, proofs, told = np.full((replications, len(panel)), np.nan), [], Teller(replications * len(parts))
    for number, block in enumerate(parts):
        sample = _sample(panel, technology, block, orientation, result.evaluation.score, method, bandwidth)
        seeds = np.random.SeedSequence([int(seed), number])
        replicates[:, block.own], found = replicate(sample, seeds, replications, told)
        proofs.append(found)
    kept = {"replications": replications, "method": method, "bandwidth": bandwidth, "confidence": confidence}
    year = 1998 if method == "homogeneous" else 2000
    return BootstrapResult(
        panel=panel,
        name="bootstrap",
        options={**{f"dea {name}": value for name, value in o.items()}, **kept},
        convention=Text(
            f"Simar-Wilson {year} 平滑自助法（{replications} 次）：默认校正为 Farrell 尺度上的 2θ − mean θ*；"
            f"{confidence:.0%} 置信限；得分：{result.convention.zh}",
            f"Smoothed bootstrap of Simar and Wilson {year} ({replications} replications): the default correction is "
            f"2θ − mean θ* on the Farrell scale; {confidence:.0%} confidence limits; scores: {result.convention.en}",
        ),
        of=result,
        replicates=replicates,
        confidence=float(confidence),
        audit=Certificate.together(proofs),
        seed=int(seed),
    )


def _check_sizes(method: str, parts: tuple[Block, ...], arguments: Arguments) -> None:
    least = min(len(block.reference) for block in parts)
    if method == "heterogeneous" and least < FEWEST:
        arguments.refuse(
            "result",
            found=Text(f"{least} 个单元的前沿", f"a frontier of {least} units"),
            expected=Text(f"每个前沿至少 {FEWEST} 个单元", f"at least {FEWEST} units to each frontier"),
            remedy=Text("增加单元，或改用 homogeneous", "add units, or use homogeneous"),
        )
    arguments.done()


def _sample(
    panel: Panel,
    technology: Technology,
    block: Block,
    orientation: Orientation,
    score: Matrix,
    method: str,
    bandwidth: float | str,
) -> Replicable:
    data = quantities(panel)
    own, reference = data.take(block.own), data.take(block.reference)
    frontier = frontier_of(panel, technology, block.reference)
    if len(block.own) == len(block.reference):
        spread = score[block.own]
    else:  # a pooled reference: its units are scored against it too
        spread = score_against(frontier, technology, orientation, reference).objective
    if method == "heterogeneous":
        return Heterogeneous(technology, orientation, own, reference, spread, frontier)
    width = normal_reference_bandwidth(spread) if isinstance(bandwidth, str) else float(bandwidth)
    return _Homogeneous(technology, orientation, own, reference, Smoothed(spread, width))


@dataclass(frozen=True)
class _Homogeneous:
    """The observations of one block, its reference and the distribution of the reference's scores."""

    technology: Technology
    orientation: Orientation
    own: Quantities
    reference: Quantities
    distribution: Smoothed

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Score the observations against one pseudo-reference."""
        move = self.distribution.score / self.distribution.draw(random)
        frontier = moved_frontier(self.technology, self.orientation, self.reference, move)
        answers = score_against(frontier, self.technology, self.orientation, self.own)
        return answers.objective, [answers]

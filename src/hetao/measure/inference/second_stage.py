"""`second_stage`: what surrounds the units and their inefficiency, by truncated regression and bootstrap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import blocks
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.inference.checks import check_dea
from hetao.measure.inference.environment import read_environment
from hetao.measure.inference.pseudo import moved_frontier, score_against
from hetao.measure.inference.replications import Teller, replicate
from hetao.measure.inference.truncated import draw_truncated, fit_truncated
from hetao.measure.results import Certificate, Result
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SecondStageResult", "second_stage"]

ON_THE_FRONTIER = 1e-8  # distances this close to 1 are 1
LEAST_FOUND = 0.9  # share of the replications that must have an estimate


@dataclass(frozen=True, eq=False, repr=False)
class SecondStageResult(Result):
    """A truncated regression of distances on what surrounds the units.

    Attributes:
        of: the scores.
        names: of the k coefficients: ``intercept``, the columns, ``sigma``.
        estimates: (k,) the coefficients.
        replicates: (replications, k) bootstrap estimates, NaN where a replication has none.
        distance: (n,) the dependent variable, ≥ 1; with algorithm 2 corrected for bias.
        environment: (n, k − 1) the columns' values, in the panel's row order.
        used: (n,) rows in the regression: with algorithm 1 those off the frontier, with 2 all.
        likelihood: log-likelihood at the estimates.
        confidence: of the limits.
        audit: the certificate of all replications' programmes (algorithm 2), else of the scores.
        seed: of the random numbers.
    """

    of: FrontierResult
    names: tuple[str, ...]
    estimates: Matrix
    replicates: Matrix
    distance: Matrix
    environment: Matrix
    used: NDArray[np.bool_]
    likelihood: float
    confidence: float
    audit: Certificate
    seed: int

    @property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all programmes, and how many had which status."""
        return self.audit

    @cached_property
    def _known(self) -> Matrix:
        known: Matrix = self.replicates[~np.isnan(self.replicates).any(axis=1)]
        return known

    @cached_property
    def standard_errors(self) -> Matrix:
        """(k,) standard deviations of the bootstrap estimates."""
        found: Matrix = self._known.std(axis=0, ddof=1)
        return found

    @cached_property
    def limits(self) -> Matrix:
        """(k, 2) confidence limits: the estimate less the quantiles of what the replications miss it by."""
        tail = (1.0 - self.confidence) / 2.0
        low, high = np.quantile(self._known - self.estimates, [tail, 1.0 - tail], axis=0)
        return np.column_stack([self.estimates - high, self.estimates - low])

    @cached_property
    def p_values(self) -> Matrix:
        """(k,) two-sided bootstrap p-values of a coefficient of 0; NaN for ``sigma``, which cannot be 0."""
        away = self._known - self.estimates
        above = 1 + (away >= self.estimates).sum(axis=0)
        below = 1 + (away <= self.estimates).sum(axis=0)
        found: Matrix = np.minimum(1.0, 2.0 * np.minimum(above, below) / (1 + len(away)))
        found[-1] = np.nan
        return found

    @property
    def coefficients(self) -> NativeFrame:
        """``name``, ``estimate``, ``standard_error``, ``lower``, ``upper``, ``p_value``; a row a coefficient."""
        columns: dict[str, Any] = {
            "name": list(self.names),
            "estimate": self.estimates,
            "standard_error": self.standard_errors,
            "lower": self.limits[:, 0],
            "upper": self.limits[:, 1],
            "p_value": self.p_values,
        }
        return self.panel.kind.give(columns)

    @property
    def scores(self) -> NativeFrame:
        """Keys, the score, ``distance`` (the dependent variable) and ``used``; a row a panel row."""
        own = {"score": self.of.evaluation.score, "distance": self.distance, "used": self.used.tolist()}
        return self.panel.kind.give({**self.panel.keys(), **own})

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: that of the scores, the columns' hash, the call's options and the seed."""
        digest = sha256(np.ascontiguousarray(self.environment).tobytes()).hexdigest()
        own: dict[str, object] = {"environment_sha256": digest}
        own |= {"call": self.name, "options": dict(self.options), "seed": self.seed}
        return {**self.of.fingerprint, **own}

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.estimates, self.replicates, self.distance, self.environment, self.used)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("系数", "coefficients"): self.coefficients, Text("因变量", "distances"): self.scores}

    def _lines(self) -> list[str]:
        n, kept, of = int(self.used.sum()), len(self._known), len(self.replicates)
        head = Text(
            f"{n} 行，对数似然 {self.likelihood:.3f}；{of} 次自助中 {kept} 次有估计",
            f"{n} rows, log-likelihood {self.likelihood:.3f}; {kept} of {of} replications have an estimate",
        )
        wide = max(map(len, self.names))
        rows = zip(self.names, self.estimates, self.standard_errors, self.limits, self.p_values, strict=True)
        table = [
            f"{name:<{wide}}  {b:>10.4f}  ({e:.4f})  [{low:.4f}, {high:.4f}]" + ("" if p != p else f"  p = {p:.4f}")
            for name, b, e, (low, high), p in rows
        ]
        return [str(head), *table]

    def plot(self) -> Figure:
        """Draw the coefficients with their confidence limits; return a matplotlib figure.

        A hollow dot is one whose limits hold 0. Needs ``pip install hetao[plot]``.
        """
        from hetao.measure.plots import plot_coefficients

        return plot_coefficients(self)


def second_stage(
    result: FrontierResult,
    frame: object,
    *,
    columns: str | Sequence[str],
    algorithm: Literal[1, 2] = 2,
    replications: int = 2000,
    first_replications: int = 100,
    seed: int = 0,
    confidence: float = 0.95,
) -> SecondStageResult:
    """Regress inefficiency on what surrounds the units (Simar and Wilson 2007).

    The dependent variable is the distance δ ≥ 1 to the frontier: φ of an output orientation, 1/θ of an input
    orientation. δ = zβ + ε ≥ 1 with ε normal, truncated at 1 − zβ; a coefficient above 0 goes with more inefficiency.
    Algorithm 1 regresses δ of the units off the frontier. Algorithm 2 corrects all δ for bias first, by a bootstrap
    that draws them from a first regression, and regresses the corrected ones. In both the coefficients are then
    bootstrapped from the regression itself. Ordinary and censored (Tobit) regressions of efficiency scores are not
    valid: the scores depend on one another and are biased, and no mass of true efficiencies lies at 1.

    Args:
        result: of `dea` with convex returns to scale, its own frontier left whole.
        frame: has the panel's key columns and the columns named below, a row for each of the panel's rows.
        columns: of numbers that surround the units and are no inputs or outputs; a constant is added.
        algorithm: 1 or 2.
        replications: of the regression, at least 10; 2,000 for limits.
        first_replications: of the scores, at least 10; algorithm 2 only.
        seed: of the random numbers; the same seed gives the same numbers on any threads and executors.
        confidence: of the limits, between 0 and 1.

    Returns:
        Coefficients with bootstrap standard errors, confidence limits and p-values, and ``sigma``.

    Raises:
        ModelError: a result of another call or option, columns that cannot be regressors, fewer units off the frontier
            than coefficients, or a likelihood without a maximum (the distances thin out too slowly).

    Examples:
        >>> import numpy as np
        >>> from hetao import Panel
        >>> from hetao.measure import dea, second_stage
        >>> random = np.random.default_rng(1)
        >>> z, x = random.uniform(0, 1, 60), random.uniform(1, 2, 60)
        >>> data = {"firm": [f"f{i}" for i in range(60)], "x": x, "z": z}
        >>> data |= {"y": x / (1.0 + z + np.abs(random.normal(0, 0.2, 60)))}
        >>> scores = dea(Panel(data, unit="firm", inputs="x", outputs="y"), orientation="output")
        >>> found = second_stage(scores, data, columns="z", replications=100, seed=1)
        >>> bool(found.limits[1, 0] > 0.0)
        True
    """
    arguments = Arguments("second_stage")
    arguments.one_of("algorithm", algorithm, (1, 2))
    arguments.whole("replications", replications, 10)
    arguments.whole("first_replications", first_replications, 10)
    arguments.whole("seed", seed, 0)
    arguments.between("confidence", confidence)
    check_dea(result, arguments)
    _check_reference(result, arguments)
    z, names = read_environment("second_stage", result.panel, frame, columns)
    for name in {"intercept", "sigma"}.intersection(names):
        taken = Text(f"列 {name}", f"the column {name}")
        other = Text("别的名称", "another name")
        rename = Text("在数据框中改名", "rename it in the frame")
        arguments.refuse("columns", found=taken, expected=other, remedy=rename)
    arguments.done()
    z = np.column_stack([np.ones(len(z)), z])
    score = result.evaluation.score
    distance = score if result.options["orientation"] == "output" else 1.0 / score
    distance = np.where(distance <= 1.0 + ON_THE_FRONTIER, 1.0, distance)
    off, audit = distance > 1.0, result.certificate
    _check_off(off, z, arguments)
    estimates, likelihood = _fit(distance[off], z[off], arguments)
    used = off
    if algorithm == 2:
        distance, audit = _corrected(
            result, distance, z @ estimates[:-1], float(estimates[-1]), first_replications, seed
        )
        used = np.full(len(z), True)
        estimates, likelihood = _fit(distance, z, arguments)
    random = np.random.default_rng(np.random.SeedSequence([int(seed), 1]))
    drawn = draw_truncated(z[used] @ estimates[:-1], float(estimates[-1]), 1.0, random, replications)
    fits = fit_truncated(drawn, z[used], 1.0)
    _check_found(fits.found, arguments)
    return SecondStageResult(
        panel=result.panel,
        name="second_stage",
        options={
            **{f"dea {name}": value for name, value in result.options.items()},
            "columns": names,
            "algorithm": algorithm,
            "replications": replications,
            "first_replications": first_replications,
            "confidence": confidence,
        },
        convention=_convention(result, algorithm, replications, first_replications, confidence),
        of=result,
        names=("intercept", *names, "sigma"),
        estimates=estimates,
        replicates=np.column_stack([fits.coefficients, fits.sigma]),
        distance=distance,
        environment=z[:, 1:],
        used=used,
        likelihood=likelihood,
        confidence=float(confidence),
        audit=audit,
        seed=int(seed),
    )


def _fit(distance: Matrix, z: Matrix, arguments: Arguments) -> tuple[Matrix, float]:
    """Return (k + 1,) coefficients with σ and the log-likelihood."""
    fit = fit_truncated(distance[None, :], z, 1.0)
    if not fit.found[0]:
        arguments.refuse(
            "result",
            found=Text(
                "没有极大值的截断似然：距离的尾部太长", "a truncated likelihood without a maximum: the tail is too long"
            ),
            expected=Text("尾部不长于正态分布的距离", "distances that thin out as fast as a normal distribution"),
            remedy=Text(
                "检查得分极差的单元，或改用其他变量", "look at the units with extreme scores, or use other columns"
            ),
        )
        arguments.done()
    return np.append(fit.coefficients[0], fit.sigma[0]), float(fit.likelihood[0])


def _check_reference(result: FrontierResult, arguments: Arguments) -> None:
    """Require that the units that span a frontier are scored against that same one."""
    arguments.one_of("result", result.options["reference"], ("contemporaneous", "global"))
    arguments.done()


def _check_off(off: NDArray[np.bool_], z: Matrix, arguments: Arguments) -> None:
    seen = z[off] - z.mean(axis=0) * (z.std(axis=0) > 0.0)  # whatever their size and however far from 0
    rank = np.linalg.matrix_rank(seen / np.where(z.std(axis=0) > 0.0, z.std(axis=0), 1.0)) if off.any() else 0
    if off.sum() <= z.shape[1] + 1 or rank < z.shape[1]:
        arguments.refuse(
            "result",
            found=Text(f"{off.sum()} 个不在前沿上的单元", f"{off.sum()} units off the frontier"),
            expected=Text(
                f"多于 {z.shape[1] + 1} 个，且各列在其中会变化",
                f"more than {z.shape[1] + 1}, among which every column varies",
            ),
            remedy=Text("增加单元，或减少列", "add units, or take fewer columns"),
        )
    arguments.done()


def _check_found(found: NDArray[np.bool_], arguments: Arguments) -> None:
    if found.mean() < LEAST_FOUND:
        arguments.refuse(
            "replications",
            found=Text(f"{found.mean():.0%} 的重复有估计", f"an estimate in {found.mean():.0%} of the replications"),
            expected=Text(f"至少 {LEAST_FOUND:.0%}", f"at least {LEAST_FOUND:.0%}"),
            remedy=Text("增加单元，或减少列", "add units, or take fewer columns"),
        )
    arguments.done()


def _corrected(
    result: FrontierResult, distance: Matrix, mean: Matrix, sigma: float, replications: int, seed: int
) -> tuple[Matrix, Certificate]:
    """Return the distances less their bootstrap bias, and the certificate of the programmes solved."""
    o, panel = result.options, result.panel
    orientation: Orientation = "input" if o["orientation"] == "input" else "output"
    technology = Technology(len(panel.inputs), len(panel.outputs), 0, o["returns"])  # type: ignore[arg-type] # checked
    parts = blocks(panel, o["reference"], by_group=bool(o["by_group"]))  # type: ignore[arg-type] # checked
    data, told, proofs = quantities(panel), Teller(replications * len(parts)), []
    found = np.full(len(panel), np.nan)
    for number, block in enumerate(parts):
        r = block.reference
        sample = _Sample(technology, orientation, data.take(block.own), data.take(r), distance[r], mean[r], sigma)
        seeds = np.random.SeedSequence([int(seed), 0, number])
        drawn, proof = replicate(sample, seeds, replications, told)
        found[block.own] = 2.0 * distance[block.own] - drawn.mean(axis=0)
        proofs.append(proof)
    return np.maximum(found, distance), Certificate.together(proofs)  # the bias is never above 0 but for rounding


@dataclass(frozen=True)
class _Sample:
    """The observations of one block, its reference, the reference's distances, and what they are drawn from."""

    technology: Technology
    orientation: Orientation
    own: Quantities
    reference: Quantities
    distance: Matrix
    mean: Matrix
    sigma: float

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Return the distances of the observations to one pseudo-reference."""
        drawn = draw_truncated(self.mean, self.sigma, 1.0, random, 1)[0]
        move = drawn / self.distance if self.orientation == "input" else self.distance / drawn
        frontier = moved_frontier(self.technology, self.orientation, self.reference, move)
        answers = score_against(frontier, self.technology, self.orientation, self.own)
        score = answers.objective
        return (1.0 / score if self.orientation == "input" else score), [answers]


def _convention(result: FrontierResult, algorithm: int, replications: int, first: int, confidence: float) -> Text:
    zh = f"Simar-Wilson 2007 算法 {algorithm}：距离 δ ≥ 1（产出 φ，投入 1/θ）的截断回归，系数大于 0 即更无效率；"
    en = (
        f"Algorithm {algorithm} of Simar and Wilson 2007: truncated regression of the distance δ ≥ 1 (φ, or 1/θ) on "
        "what surrounds the units; above 0 is more inefficiency; "
    )
    if algorithm == 2:
        zh, en = zh + f"δ 先以 {first} 次自助校正偏差；", en + f"δ corrected for bias by {first} replications; "
    zh += f"{replications} 次自助，{confidence:.0%} 置信限；得分：{result.convention.zh}"
    en += f"{replications} replications, {confidence:.0%} confidence limits; scores: {result.convention.en}"
    return Text(zh, en)

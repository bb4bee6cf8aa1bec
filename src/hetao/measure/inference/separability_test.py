"""`separability_test`: do the units' surroundings leave the frontier where it is?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.references import blocks
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Matrix, Quantities
from hetao.measure.inference.bandwidths import cross_validated, near
from hetao.measure.inference.checks import check_dea
from hetao.measure.inference.conditional import Scorer
from hetao.measure.inference.environment import read_environment
from hetao.measure.inference.jackknife import bias, halvings, rate
from hetao.measure.inference.replications import Teller, replicate
from hetao.measure.inference.smoothing import Smoothed, normal_reference_bandwidth
from hetao.measure.results import Certificate, Result
from hetao.text import Text

__all__ = ["SeparabilityTestResult", "separability_test"]

ROUNDING = 1e-9  # statistics this close are equal, and a standard error this small is 0
Tested = Literal["vrs", "crs", "fdh"]
PARTS = (
    "statistic",
    "unconditional",
    "conditional",
    "unconditional_bias",
    "conditional_bias",
    "standard_error",
    "within",
)


@dataclass(frozen=True, eq=False, repr=False)
class SeparabilityTestResult(Result):
    """A test of separability in each of P samples: the periods, or all rows together.

    Attributes:
        of: the scores.
        names: of the k columns of the environment.
        bandwidth: (P, k) within which a unit's surroundings are like another's, for half a sample.
        parts: (2 · splits, P, 7) of each split, in both roles of its halves: the statistic, the mean scores, their
            biases, the standard error of the difference, and how many units lie within the bandwidths on average.
        replicates: (replications, P) mean statistics where the null is true.
        environment: (n, k) the columns' values, in the panel's row order.
        audit: the certificate of all programmes, those of the replications included.
        seed: of the random numbers.
    """

    of: FrontierResult
    names: tuple[str, ...]
    bandwidth: Matrix
    parts: Matrix
    replicates: Matrix
    environment: Matrix
    audit: Certificate
    seed: int

    @property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all programmes, and how many had which status."""
        return self.audit

    @cached_property
    def _means(self) -> Matrix:
        found: Matrix = self.parts.mean(axis=0)
        return found

    @property
    def statistic(self) -> Matrix:
        """(P,) the mean of the statistics of all splits; above 0 speaks against separability."""
        return self._means[:, 0]

    @cached_property
    def p_values(self) -> Matrix:
        """(P,) share of the replications, and of the sample itself, whose mean statistic is as large or larger."""
        found: Matrix = (1 + (self.replicates >= self.statistic - ROUNDING).sum(axis=0)) / (1 + len(self.replicates))
        return found

    @property
    def tests(self) -> NativeFrame:
        """The period column if there is one, ``statistic``, ``critical``, ``p_value`` and means over the splits.

        ``critical`` is the 95 % quantile of the replications. ``unconditional`` and ``conditional`` are the mean
        scores and ``unconditional_bias`` and ``conditional_bias`` what was estimated of their bias; the corrected mean
        is mean − bias. ``within`` is how many units of a half, each itself included, lie within the bandwidths.
        """
        columns: dict[str, Any] = {"statistic": self.statistic}
        columns |= {"critical": np.quantile(self.replicates, 0.95, axis=0), "p_value": self.p_values}
        means = dict(zip(PARTS, self._means.T, strict=True))
        columns |= {name: means[name] for name in (*PARTS[1:5], "within")}
        return self._give({**self._period(range(len(self.bandwidth))), **columns})

    @property
    def bandwidths(self) -> NativeFrame:
        """The period column if there is one, ``column``, ``bandwidth`` and the column's ``range`` in that sample.

        A bandwidth above the range puts all units together: the column then tells nothing of inputs and outputs.
        """
        samples, k = self.bandwidth.shape
        ranges = [np.ptp(self.environment[rows], axis=0) for rows in _samples(self.of)]
        columns: dict[str, Any] = {"column": list(self.names) * samples, "bandwidth": self.bandwidth.ravel()}
        return self._give({**self._period(np.repeat(range(samples), k)), **columns, "range": np.concatenate(ranges)})

    @property
    def splits(self) -> NativeFrame:
        """The period column if there is one, ``split``, what `tests` has of each, ``standard_error``, ``p_normal``.

        Two rows a split, the second with the roles of its halves exchanged. ``p_normal`` is the p-value of that
        statistic alone, 1 less the normal distribution.
        """
        times, samples, _ = self.parts.shape
        rows = self.parts.transpose(1, 0, 2).reshape(samples * times, len(PARTS))
        columns: dict[str, Any] = {"split": [*range(1, times + 1)] * samples}
        columns |= dict(zip(PARTS, rows.T, strict=True))
        return self._give({**self._period(np.repeat(range(samples), times)), **columns, "p_normal": ndtr(-rows[:, 0])})

    def _period(self, samples: Iterable[int]) -> dict[str, Any]:
        if self.panel.period_column is None or self.of.options["reference"] == "global":
            return {}
        return {self.panel.period_column: [self.panel.periods[i] for i in samples]}

    def _give(self, columns: dict[str, Any]) -> NativeFrame:
        return self.panel.kind.give(columns)

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: that of the scores, the columns' hash, the call's options and the seed."""
        digest = sha256(np.ascontiguousarray(self.environment).tobytes()).hexdigest()
        own: dict[str, object] = {"environment_sha256": digest}
        own |= {"call": self.name, "options": dict(self.options), "seed": self.seed}
        return {**self.of.fingerprint, **own}

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.bandwidth, self.parts, self.replicates, self.environment)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {
            Text("检验", "tests"): self.tests,
            Text("带宽", "bandwidths"): self.bandwidths,
            Text("拆分", "splits"): self.splits,
        }

    def _lines(self) -> list[str]:
        labels = next(iter(self._period(range(len(self.bandwidth))).values()), [""] * len(self.bandwidth))
        lines = []
        for label, means, p, widths in zip(labels, self._means, self.p_values, self.bandwidth, strict=True):
            named = ", ".join(f"{name} {h:.4g}" for name, h in zip(self.names, widths, strict=True))
            _, free, held, free_bias, held_bias, _, within = means
            words = Text(
                f"T = {means[0]:.4f}, p = {p:.4f}；校正后的平均得分：无条件 {free - free_bias:.4f}，"
                f"条件 {held - held_bias:.4f}；带宽 {named}，其内平均 {within:.1f} 个单元",
                f"T = {means[0]:.4f}, p = {p:.4f}; corrected mean score: unconditional {free - free_bias:.4f}, "
                f"conditional {held - held_bias:.4f}; bandwidths {named}, {within:.1f} units within them on average",
            )
            lines.append(f"{label}: {words}" if self._period([]) else str(words))
        return lines


def separability_test(
    result: FrontierResult,
    frame: object,
    *,
    columns: str | Sequence[str],
    splits: int = 10,
    jackknife: int = 2,
    replications: int = 200,
    seed: int = 0,
) -> SeparabilityTestResult:
    """Test whether what surrounds the units leaves the frontier where it is (Daraio, Simar and Wilson 2018).

    `second_stage` assumes that it does. If so, scores against all units and scores against units in like surroundings
    (conditional scores) have the same mean; if not, conditional scores are nearer to 1. The sample is split at random
    into halves of ⌊n/2⌋ and n − ⌊n/2⌋ units. The one is scored against itself; of the other each unit is scored
    against those within the bandwidths of its surroundings. T is the difference of the mean scores, each corrected for
    bias by the generalised jackknife, over its standard error; above 0 it speaks against separability. Where scores
    converge slower than the square root of n (κ < 1/2), the means are taken over random units of each half:
    ⌊n₁^2κ⌋, and ⌊w^2κ⌋ with w the mean number of units within the bandwidths.

    T depends on the split, so that many are made and their mean is the statistic (Simar and Wilson 2020). Every split
    is used twice, with the roles of the halves exchanged: what the one half has more by chance cancels. The mean of
    dependent statistics has no known distribution; it is learnt from samples in which the null is true. These keep
    inputs (outputs, in the input form) and surroundings, and move each unit to a score drawn from the smoothed scores
    whatever its surroundings, as `returns_test` does.

    Args:
        result: of `dea` with ``vrs``, ``crs`` or ``fdh``, its own frontier left whole. Under ``contemporaneous`` each
            period is tested on its own, under ``global`` all rows are one sample.
        frame: has the panel's key columns and the columns named below, a row for each of the panel's rows.
        columns: of numbers that surround the units and are no inputs or outputs, continuous ones.
        splits: into halves, each used in both roles.
        jackknife: halvings of a half for its bias.
        replications: how many, at least 10; 1,000 where the p-value is near what decides.
        seed: of the random numbers; the same seed gives the same numbers on any threads and executors.

    Returns:
        The statistic and its p-value for each sample, bandwidths, means and biases. A p-value above 0.05 does not
        prove separability; it says that the sample does not speak against it.

    Raises:
        ModelError: a result of another call or option, columns that cannot be used or do not vary within a period, or
            fewer than 4 (m + s + 1) units in a period, of m inputs and s outputs.

    Examples:
        >>> import numpy as np
        >>> from hetao import Panel
        >>> from hetao.measure import dea, separability_test
        >>> random = np.random.default_rng(1)
        >>> z, x = random.uniform(0, 1, 60), random.uniform(1, 2, 60)
        >>> data = {"firm": list(range(60)), "x": x, "z": z, "y": x * (1.0 + z) * random.uniform(0.8, 1.0, 60)}
        >>> panel = Panel(data, unit="firm", inputs="x", outputs="y")
        >>> scores = dea(panel, orientation="output", returns="vrs")
        >>> found = separability_test(scores, data, columns="z", splits=2, replications=40)
        >>> bool(found.p_values[0] < 0.05)
        True
    """
    arguments = Arguments("separability_test")
    arguments.whole("splits", splits, 1)
    arguments.whole("jackknife", jackknife, 1)
    arguments.whole("replications", replications, 10)
    arguments.whole("seed", seed, 0)
    _check_result(result, arguments)
    panel = result.panel
    z, names = read_environment("separability_test", panel, frame, columns)
    parts = _samples(result)
    _check_samples(result, parts, z, names, arguments)
    arguments.done()
    scorer = Scorer(
        "input" if result.options["orientation"] == "input" else "output",
        next(r for r in get_args(Tested) if r == result.options["returns"]),
    )
    told, proofs = Teller(replications * len(parts)), [result.certificate]
    widths, found, replicates = [], [], np.empty((replications, len(parts)))
    for number, rows in enumerate(parts):
        sample = _Sample.of(result, scorer, rows, z[rows], splits, jackknife)
        of_sample, of_replications = (np.random.SeedSequence([int(seed), number, part]) for part in (0, 1))
        numbers, answers = sample.tested(sample.data, np.random.default_rng(of_sample))
        drawn, proof = replicate(sample, of_replications, replications, told)
        widths.append(sample.bandwidth)
        found.append(numbers)
        replicates[:, number] = drawn[:, 0]
        proofs += [*(Certificate.of(a.certificate, a.status, a.attempts) for a in answers), proof]
    return SeparabilityTestResult(
        panel=panel,
        name="separability_test",
        options={
            **{f"dea {name}": value for name, value in result.options.items()},
            "columns": names,
            "splits": splits,
            "jackknife": jackknife,
            "replications": replications,
        },
        convention=_convention(result, splits, jackknife, replications),
        of=result,
        names=tuple(names),
        bandwidth=np.array(widths),
        parts=np.stack(found, axis=1),
        replicates=replicates,
        environment=z,
        audit=Certificate.together(proofs),
        seed=int(seed),
    )


@dataclass(frozen=True)
class _Sample:
    """One sample, what it is tested with, and the distribution of its scores."""

    scorer: Scorer
    data: Quantities
    z: Matrix
    bandwidth: Matrix
    kappa: float
    splits: int
    jackknife: int
    distribution: Smoothed

    @classmethod
    def of(
        cls, result: FrontierResult, scorer: Scorer, rows: NDArray[np.intp], z: Matrix, splits: int, jackknife: int
    ) -> _Sample:
        data, score = quantities(result.panel).take(rows), result.evaluation.score[rows]
        m, s, n, half = data.X.shape[1], data.Y.shape[1], len(data), len(data) // 2
        rescaled = (n / half) ** (1.0 / (4.0 + z.shape[1]))  # the best bandwidths of fewer units are wider
        least = 2.0 * (m + s + 1) * n / half  # so that half of a half can still span a frontier
        bandwidth = cross_validated(data, z, least) * rescaled
        distribution = Smoothed(score, normal_reference_bandwidth(score))
        return cls(scorer, data, z, bandwidth, rate(scorer.returns, m, s), splits, jackknife, distribution)

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Return (1,) the mean statistic of one sample of the null."""
        move = (self.distribution.score / self.distribution.draw(random))[:, None]
        X, Y, B = self.data.X, self.data.Y, self.data.B
        moved = Quantities(X * move, Y, B) if self.scorer.orientation == "input" else Quantities(X, Y * move, B)
        numbers, answers = self.tested(moved, random)
        return np.array([numbers[:, 0].mean()]), answers

    def tested(self, data: Quantities, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Return (2 · splits, 7) `PARTS` of every split in both roles of its halves, and what proves them."""
        found, proofs, n = [], [], len(data)
        for _ in range(self.splits):
            order = random.permutation(n)
            halves = [self._half(data, np.sort(rows), random) for rows in (order[: n // 2], order[n // 2 :])]
            proofs += [answer for half in halves for answer in half.answers]
            found += [self._compared(free, held, random) for free, held in (halves, halves[::-1])]
        return np.array(found), proofs

    def _half(self, data: Quantities, rows: NDArray[np.intp], random: np.random.Generator) -> _Half:
        part, z = data.take(rows), self.z[rows]
        labels = halvings(len(rows), self.jackknife, random)
        free, proof = self.scorer.score(part, labels)
        held, more = self.scorer.score(part, labels, z, self.bandwidth)
        within = float(near(z, z, self.bandwidth).sum(axis=1).mean())
        biases = bias(free, labels, self.kappa), bias(held, labels, self.kappa)
        return _Half(free[0], held[0], *biases, within, [*proof, *more])

    def _compared(self, free: _Half, held: _Half, random: np.random.Generator) -> tuple[float, ...]:
        """Return `PARTS` of the unconditional scores of the one half and the conditional ones of the other."""
        first, second = free.unconditional, held.conditional
        if self.kappa < 0.5:
            first_of, second_of = len(first) ** (2.0 * self.kappa), held.within ** (2.0 * self.kappa)
            first = random.choice(first, int(first_of), replace=False)
            second = random.choice(second, int(second_of), replace=False)
        means = float(first.mean()), float(second.mean())
        error = float(np.sqrt(free.unconditional.var() / len(first) + held.conditional.var() / len(second)))
        more = means[0] - free.unconditional_bias - (means[1] - held.conditional_bias)
        nearer = more if self.scorer.orientation == "output" else -more
        statistic = nearer / error if error > ROUNDING else 0.0
        return (statistic, *means, free.unconditional_bias, held.conditional_bias, error, held.within)


@dataclass(frozen=True)
class _Half:
    """(n,) scores of half a sample against all of it, and against those in like surroundings; biases of their means."""

    unconditional: Matrix
    conditional: Matrix
    unconditional_bias: float
    conditional_bias: float
    within: float
    answers: list[Answers]


def _samples(result: FrontierResult) -> list[NDArray[np.intp]]:
    """Return the rows of each sample: a period, or all."""
    if result.options["reference"] == "global":
        return [np.arange(len(result.panel))]
    return [block.own for block in blocks(result.panel, "contemporaneous")]


def _check_result(result: object, arguments: Arguments) -> None:
    check_dea(result, arguments, hull=True)
    assert isinstance(result, FrontierResult)
    options = result.options
    arguments.one_of("result", options["returns"], get_args(Tested))
    arguments.one_of("result", options["reference"], ("contemporaneous", "global"))
    arguments.one_of("result", options["by_group"], (False,))
    arguments.done()


def _check_samples(
    result: FrontierResult, parts: list[NDArray[np.intp]], z: Matrix, names: Sequence[str], arguments: Arguments
) -> None:
    panel = result.panel
    least = 4 * (len(panel.inputs) + len(panel.outputs) + 1)
    for rows in parts:
        n, period = len(rows), panel.row_periods[rows[0]]
        where_zh, where_en = ("", "") if len(parts) == 1 else (f"{period}：", f"{period}: ")
        if n < least:
            arguments.refuse(
                "result",
                found=Text(f"{where_zh}{n} 个单元", f"{where_en}{n} units"),
                expected=Text(f"至少 {least} 个", f"at least {least}"),
                remedy=Text(
                    '增加单元，减少投入产出，或以 reference="global" 合并各期',
                    'add units, take fewer inputs and outputs, or put the periods together by reference="global"',
                ),
            )
        for name in [name for j, name in enumerate(names) if np.ptp(z[rows, j]) == 0.0]:
            arguments.refuse(
                "columns",
                found=Text(f"{where_zh}{name} 不变", f"{where_en}{name} does not vary"),
                expected=Text("在每个样本中会变化的列", "a column that varies in every sample"),
                remedy=Text("去掉该列，或合并各期", "leave the column out, or put the periods together"),
            )


def _convention(result: FrontierResult, splits: int, jackknife: int, replications: int) -> Text:
    return Text(
        "Daraio-Simar-Wilson 2018 可分性检验：全部单元与相似环境单元两种平均得分之差除以标准误，广义刀切法校正偏差"
        f"（对半 {jackknife} 次）；T 大于 0 即不支持可分性；{splits} 次拆分各用两次取平均，p 值由 {replications} 次"
        f"自助得出；得分：{result.convention.zh}",
        "Test of separability of Daraio, Simar and Wilson 2018: difference of the mean scores against all units and "
        "against units in like surroundings, over its standard error, biases by the generalised jackknife "
        f"({jackknife} halvings); T above 0 speaks against separability; mean over {splits} splits, each in both "
        f"roles, p-value from {replications} replications; scores: {result.convention.en}",
    )

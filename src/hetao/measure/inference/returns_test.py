"""`returns_test`: may the technology have constant returns to scale?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import blocks
from hetao.measure.frontier.score import frontier_of, quantities
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.frontier.words import RETURNS_WORDS
from hetao.measure.inference.checks import check_scores
from hetao.measure.inference.pseudo import moved_frontier, score_against
from hetao.measure.inference.replications import Teller, replicate
from hetao.measure.inference.smoothing import Smoothed, normal_reference_bandwidth
from hetao.measure.results import Certificate, Result
from hetao.text import Text

__all__ = ["ReturnsTestResult", "returns_test"]

ROUNDING = 1e-9  # statistics this close are equal
Null = Literal["crs", "nirs", "ndrs"]


@dataclass(frozen=True, eq=False, repr=False)
class ReturnsTestResult(Result):
    """A test of returns to scale in each of P periods.

    Attributes:
        statistic: (P,) mean efficiency under the null over mean efficiency under variable returns, ≤ 1.
        replicates: (replications, P) the same where the null is true.
        audit: the certificate of all replications' programmes.
        seed: of the random numbers.
    """

    statistic: Matrix
    replicates: Matrix
    audit: Certificate
    seed: int

    @property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all replications' programmes, and how many had which status."""
        return self.audit

    @cached_property
    def p_values(self) -> Matrix:
        """(P,) share of the replications, and of the sample itself, whose statistic is as small or smaller."""
        found: Matrix = (1 + (self.replicates <= self.statistic + ROUNDING).sum(axis=0)) / (1 + len(self.replicates))
        return found

    @property
    def tests(self) -> NativeFrame:
        """The period column if there is one, ``statistic``, ``critical`` (at 5 %) and ``p_value``; a row a period."""
        columns: dict[str, Any] = {"statistic": self.statistic}
        columns |= {"critical": np.quantile(self.replicates, 0.05, axis=0), "p_value": self.p_values}
        key = {self.panel.period_column: list(self.panel.periods)} if self.panel.period_column else {}
        return self.panel.kind.give({**key, **columns})

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: data hash, version, call and options, seed."""
        return {**super().fingerprint, "seed": self.seed}

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.statistic, self.replicates)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("检验", "tests"): self.tests}

    def _lines(self) -> list[str]:
        rows = zip(self.panel.periods, self.statistic, self.p_values, strict=True)
        return [("" if period is None else f"{period}: ") + f"S = {s:.4f}, p = {p:.4f}" for period, s, p in rows]


def returns_test(
    panel: Panel,
    *,
    null: Null = "crs",
    orientation: Orientation = "output",
    replications: int = 2000,
    seed: int = 0,
) -> ReturnsTestResult:
    """Test a returns-to-scale assumption against variable returns, period by period (Simar and Wilson 2002).

    S = Σ D(null) / Σ D(vrs), with D = θ or 1/φ, is 1 where the assumption costs no efficiency. How small it gets by
    chance is learnt from samples in which the assumption is true: every unit is moved to a score drawn from the
    smoothed scores under the null, as in `bootstrap`, and S is taken of the observations against these frontiers.

    Args:
        panel: n observations, none negative.
        null: what is assumed: ``crs``, or ``nirs`` or ``ndrs`` once ``crs`` is rejected.
        orientation: ``input`` or ``output``.
        replications: how many, at least 10.
        seed: of the random numbers; the same seed gives the same numbers on any threads and executors.

    Returns:
        The statistic and its p-value for each period. A p-value above 0.05 does not prove the null; it says that the
        sample does not speak against it.

    Raises:
        ModelError: unknown options, negative quantities, or a unit without a score above 0.

    Examples:
        >>> from hetao import Panel
        >>> from hetao.measure import returns_test
        >>> data = {"firm": list(range(8)), "x": [1.0, 2, 3, 4, 5, 6, 7, 8], "y": [1.0, 3, 4, 4.8, 5.4, 5, 6.2, 6]}
        >>> panel = Panel(data, unit="firm", inputs="x", outputs="y")
        >>> bool(returns_test(panel, replications=50, seed=1).statistic[0] < 0.9)
        True
    """
    arguments = Arguments("returns_test")
    arguments.one_of("null", null, get_args(Null))
    arguments.one_of("orientation", orientation, get_args(Orientation))
    arguments.whole("replications", replications, 10)
    arguments.whole("seed", seed, 0)
    arguments.needs_panel(panel)
    arguments.no_negative(panel)
    arguments.done()
    parts = blocks(panel, "contemporaneous")
    told, proofs = Teller(replications * len(parts)), []
    statistic, replicates = np.empty(len(parts)), np.empty((replications, len(parts)))
    for number, block in enumerate(parts):
        sample = _Sample.of(panel, block.own, null, orientation, arguments)
        statistic[number] = sample.statistic
        drawn, proof = replicate(sample, np.random.SeedSequence([int(seed), number]), replications, told)
        replicates[:, number] = drawn[:, 0]
        proofs.append(proof)
    words = RETURNS_WORDS[null]
    return ReturnsTestResult(
        panel=panel,
        name="returns_test",
        options={"null": null, "orientation": orientation, "replications": replications},
        convention=Text(
            f"Simar-Wilson 2002 规模报酬检验：原假设为{words.zh}，备择为规模报酬可变；S 越小越不支持原假设"
            f"（{replications} 次自助）",
            f"Test of returns to scale of Simar and Wilson 2002: {words.en} against variable returns; the smaller S, "
            f"the less the sample supports the null ({replications} replications)",
        ),
        statistic=statistic,
        replicates=replicates,
        audit=Certificate.together(proofs),
        seed=int(seed),
    )


@dataclass(frozen=True)
class _Sample:
    """The observations of one period, the two technologies, and the distribution of the scores under the null."""

    technologies: tuple[Technology, Technology]
    orientation: Orientation
    own: Quantities
    distribution: Smoothed
    statistic: float

    @classmethod
    def of(
        cls, panel: Panel, rows: NDArray[np.intp], null: Null, orientation: Orientation, arguments: Arguments
    ) -> _Sample:
        own = quantities(panel).take(rows)
        m, s = len(panel.inputs), len(panel.outputs)
        technologies = Technology(m, s, 0, null), Technology(m, s, 0, "vrs")
        scores = [score_against(frontier_of(panel, t, rows), t, orientation, own).objective for t in technologies]
        check_scores("panel", rows, np.min(scores, axis=0), arguments)
        arguments.done()
        distribution = Smoothed(scores[0], normal_reference_bandwidth(scores[0]))
        return cls(technologies, orientation, own, distribution, _ratio(scores, orientation))

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Return (1,) the statistic of the observations against the frontiers of one sample of the null."""
        move = self.distribution.score / self.distribution.draw(random)
        answers = [
            score_against(moved_frontier(t, self.orientation, self.own, move), t, self.orientation, self.own)
            for t in self.technologies
        ]
        return np.array([_ratio([a.objective for a in answers], self.orientation)]), answers


def _ratio(scores: list[Matrix], orientation: Orientation) -> float:
    under_null, variable = scores if orientation == "input" else [1.0 / s for s in scores]
    return float(under_null.sum() / variable.sum())

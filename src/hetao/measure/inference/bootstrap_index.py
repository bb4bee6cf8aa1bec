"""`bootstrap_index`: confidence limits of Malmquist indices and of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.answers import Answers
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Matrix, Quantities, Technology
from hetao.measure.inference.joint import JointlySmoothed
from hetao.measure.inference.pseudo import moved_frontier, score_against
from hetao.measure.inference.replications import Teller, replicate
from hetao.measure.productivity.result import IndexResult
from hetao.measure.results import Certificate, Result
from hetao.text import Text

__all__ = ["IndexBootstrapResult", "bootstrap_index"]

NEEDED = {"reference": "contemporaneous", "returns": "crs", "bias": False}
FEWEST = 3  # units whose scores in two periods have a covariance
ROUNDING = 1e-9  # limits this close to 1 hold it
PARTS = ("index", "efficiency_change", "technical_change")


@dataclass(frozen=True, eq=False, repr=False)
class IndexBootstrapResult(Result):
    """The bootstrap of an index's p changes.

    Attributes:
        of: the index.
        replicates: part → (replications, p) bootstrap values, NaN where a change has none.
        confidence: of the limits.
        audit: the certificate of all replications' programmes.
        seed: of the random numbers.
    """

    of: IndexResult
    replicates: Mapping[str, Matrix]
    confidence: float
    audit: Certificate
    seed: int

    @property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all replications' programmes, and how many had which status."""
        return self.audit

    def limits(self, part: str) -> Matrix:
        """Return the (p, 2) limits of a part: its value less the quantiles of what the replications miss it by."""
        tail, value = (1.0 - self.confidence) / 2.0, self.of.values[part]
        low, high = np.quantile(self.replicates[part] - value, [tail, 1.0 - tail], axis=0)
        return np.column_stack([value - high, value - low])

    @property
    def changes(self) -> NativeFrame:
        """Keys, and for each part its value, ``bias``, ``lower``, ``upper`` and ``significant``; then ``status``.

        A change is significant where its limits do not hold 1.
        """
        units, before, after = self.of.keys
        columns: dict[str, Any] = {self.panel.unit_column: units, "period_from": before, "period_to": after}
        for part in PARTS:
            value, (low, high) = self.of.values[part], self.limits(part).T
            known = ~np.isnan(value)
            columns |= {part: value, f"{part}_bias": self.replicates[part].mean(axis=0) - value}
            columns |= {f"{part}_lower": low, f"{part}_upper": high}
            apart = ((low > 1.0 + ROUNDING) | (high < 1.0 - ROUNDING)).tolist()
            columns[f"{part}_significant"] = [a if k else None for a, k in zip(apart, known.tolist(), strict=True)]
        columns["status"] = [str(s) for s in self.of.status]
        return self.panel.kind.give(columns)

    @cached_property
    def fingerprint(self) -> dict[str, object]:
        """What the numbers depend on: that of the index, the call's options and the seed."""
        return {**self.of.fingerprint, "call": self.name, "options": dict(self.options), "seed": self.seed}

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return self.replicates.values()

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("自助法", "bootstrap"): self.changes}

    def _lines(self) -> list[str]:
        lines = []
        for part in PARTS:
            low, high = self.limits(part).T
            known = ~np.isnan(low)
            up, down, n = (
                int((low[known] > 1.0 + ROUNDING).sum()),
                int((high[known] < 1.0 - ROUNDING).sum()),
                int(known.sum()),
            )
            words = Text(
                f"{n} 个变化中显著增长 {up}、显著下降 {down}", f"of {n} changes {up} significantly up, {down} down"
            )
            lines.append(f"{part}: {words}")
        return lines


def bootstrap_index(
    result: IndexResult, *, replications: int = 2000, seed: int = 0, confidence: float = 0.95
) -> IndexBootstrapResult:
    """Bootstrap Malmquist indices by the smoothed method for two periods (Simar and Wilson 1999).

    A unit's scores in two periods are not independent, so they are drawn together, from the smoothed joint distribution
    of all units' scores, reflected at 1 in both periods, with the kernel's covariance that of the scores. Every unit is
    moved to the drawn scores in both periods, and the four distances of the observations are taken to these frontiers.

    Args:
        result: of `malmquist`, ``contemporaneous``, with ``returns="crs"`` and without ``bias``, on a balanced panel.
        replications: how many, at least 10.
        seed: of the random numbers; the same seed gives the same numbers on any threads and executors.
        confidence: of the limits, between 0 and 1.

    Returns:
        For the index, efficiency_change and technical_change: bias, confidence limits, and whether they leave 1 out.

    Raises:
        ModelError: a result of another call or option, an unbalanced panel, arguments out of range.

    Examples:
        >>> from hetao import Panel
        >>> from hetao.measure import bootstrap_index, malmquist
        >>> data = {"firm": ["a", "b", "c"] * 2, "year": [1] * 3 + [2] * 3}
        >>> data |= {"x": [1.0, 2.0, 3.0] * 2, "y": [1.0, 1.5, 2.0, 1.1, 1.8, 2.1]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs="y")
        >>> found = bootstrap_index(malmquist(panel), replications=20, seed=1)
        >>> found.replicates["index"].shape
        (20, 3)
    """
    arguments = Arguments("bootstrap_index")
    arguments.whole("replications", replications, 10)
    arguments.whole("seed", seed, 0)
    arguments.between("confidence", confidence)
    _check_result(result, arguments)
    arguments.done()
    panel, pairs = result.panel, result.pairs
    told = Teller(replications * (len(panel.periods) - 1))
    found = {part: np.full((replications, len(pairs.units)), np.nan) for part in PARTS}
    proofs: list[Certificate] = []
    for t in range(len(panel.periods) - 1):
        here = pairs.before == t
        sample = _TwoPeriods.of(result, pairs.row_before[here], pairs.row_after[here])
        seeds = np.random.SeedSequence([int(seed), t])
        values, answers = replicate(sample, seeds, replications, told)
        proofs.append(answers)
        for k, part in enumerate(PARTS):
            found[part][:, here] = values[:, k]
    return IndexBootstrapResult(
        panel=panel,
        name="bootstrap_index",
        options={
            **{f"malmquist {name}": value for name, value in result.options.items()},
            "replications": replications,
            "confidence": confidence,
        },
        convention=Text(
            f"Simar-Wilson 1999 两期联合平滑自助法（{replications} 次）；{confidence:.0%} 置信限；"
            f"{result.convention.zh}",
            f"Smoothed bootstrap of two periods of Simar and Wilson 1999 ({replications} replications); "
            f"{confidence:.0%} confidence limits; {result.convention.en}",
        ),
        of=result,
        replicates=found,
        confidence=float(confidence),
        audit=Certificate.together(proofs),
        seed=int(seed),
    )


def _check_result(result: object, arguments: Arguments) -> None:
    wrong = Text("", "")
    if not isinstance(result, IndexResult) or result.name != "malmquist":
        name = str(getattr(result, "name", type(result).__name__))
        wrong = Text(name, name)
    elif any(result.options[name] != value for name, value in NEEDED.items()):
        shown = ", ".join(f"{name}={result.options[name]!r}" for name in NEEDED)
        wrong = Text(shown, shown)
    elif len(result.panel) != len(set(result.panel.units.tolist())) * len(result.panel.periods):
        wrong = Text("不平衡面板", "an unbalanced panel")
    elif len(result.panel.rows(result.panel.periods[0])) < FEWEST:
        n = len(result.panel.rows(result.panel.periods[0]))
        wrong = Text(f"{n} 个单元", f"{n} units")
    if wrong.en:
        arguments.refuse(
            "result",
            found=wrong,
            expected=Text(
                f"至少 {FEWEST} 个单元的平衡面板上 malmquist 的结果：contemporaneous、crs、无 bias",
                f"a result of malmquist on a balanced panel of at least {FEWEST} units: contemporaneous, crs, "
                "without bias",
            ),
            remedy=Text("改用这样的结果", "pass such a result"),
        )


@dataclass(frozen=True)
class _TwoPeriods:
    """Two periods' observations, unit by unit, and the joint distribution of their scores."""

    technology: Technology
    orientation: Orientation
    before: Quantities
    after: Quantities
    distribution: JointlySmoothed

    @classmethod
    def of(cls, result: IndexResult, before: NDArray[np.intp], after: NDArray[np.intp]) -> _TwoPeriods:
        panel = result.panel
        data, technology = quantities(panel), Technology(len(panel.inputs), len(panel.outputs), 0, "crs")
        orientation: Orientation = "input" if result.options["orientation"] == "input" else "output"
        first, second = data.take(before), data.take(after)
        scores = [
            score_against(Frontier(technology.table(own), technology.senses), technology, orientation, own).objective
            for own in (first, second)
        ]
        return cls(technology, orientation, first, second, JointlySmoothed.of(np.column_stack(scores)))

    def once(self, random: np.random.Generator) -> tuple[Matrix, list[Answers]]:
        """Return (3, units) index, efficiency and technical change on one pair of pseudo-frontiers."""
        move = self.distribution.score / self.distribution.draw(random)
        answers, e = [], {}
        for t, own in enumerate((self.before, self.after)):
            frontier = moved_frontier(self.technology, self.orientation, own, move[:, t])
            for s, seen in enumerate((self.before, self.after)):
                found = score_against(frontier, self.technology, self.orientation, seen)
                answers.append(found)
                e[t, s] = found.objective if self.orientation == "input" else 1.0 / found.objective
        index = np.sqrt(e[0, 1] / e[0, 0] * e[1, 1] / e[1, 0])
        change = e[1, 1] / e[0, 0]
        return np.stack([index, change, index / change]), answers

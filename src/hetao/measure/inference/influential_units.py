"""`influential_units`: which units hold the frontier up, and may be errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.engine import Frontier
from hetao.measure.frontier.order_m import expected_best
from hetao.measure.frontier.partial import check_moves, score_partially
from hetao.measure.frontier.radial import Orientation
from hetao.measure.frontier.references import Block, blocks
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import quantities
from hetao.measure.frontier.technology import Matrix, Technology
from hetao.measure.inference.checks import check_dea
from hetao.measure.inference.pseudo import score_against
from hetao.measure.results import Certificate, Result
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["InfluenceResult", "influential_units"]

SETS_AT_MOST = 200_000  # of units whose removal from the cloud is tried; of more, those of units with most leverage
ROUNDING = 1e-9  # smaller changes are none
VANISHED = 1e-12  # of a volume: nothing


@dataclass(frozen=True, eq=False, repr=False)
class InfluenceResult(Result):
    """How much each of n units matters to the others.

    Attributes:
        of: the scores.
        units_moved: (n,) how many other units' scores change when it is left out.
        mean_effect: (n,) mean change of the other units' scores, as a share of each.
        largest_effect: (n,) the largest of these changes.
        order_m: (n,) its order-m score against the others; NaN where none is comparable.
        cloud: (n,) log of the share of the data cloud's volume that is left without it, ≤ 0.
        sets: ``period``, ``group``, ``size``, ``units``, ``log_ratio``, ``runner_up`` of the sets that
            shrink the cloud most.
        audit: the certificate of all programmes solved.
    """

    of: FrontierResult
    units_moved: NDArray[np.int_]
    mean_effect: Matrix
    largest_effect: Matrix
    order_m: Matrix
    cloud: Matrix
    sets: dict[str, list[Any]]
    audit: Certificate

    @property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all programmes solved, and how many had which status."""
        return self.audit

    @property
    def influence(self) -> NativeFrame:
        """Keys, ``score``, ``units_moved``, ``mean_effect``, ``largest_effect``, ``order_m``, ``cloud``."""
        columns: dict[str, Any] = {
            **self.panel.keys(),
            "score": self.of.evaluation.score,
            "units_moved": self.units_moved.tolist(),
            "mean_effect": self.mean_effect,
            "largest_effect": self.largest_effect,
            "order_m": self.order_m,
            "cloud": self.cloud,
        }
        return self.panel.kind.give(columns)

    @property
    def cloud_sets(self) -> NativeFrame:
        """For each size the set of units whose removal shrinks the data cloud most, and the next best log ratio.

        A size at which the gap between the two is large beside the other sizes' is a likely number of outliers.
        """
        hidden = {"period"} - ({"period"} if self.panel.period_column else set())
        hidden |= set() if self.of.options["by_group"] else {"group"}
        return self.panel.kind.give({name: values for name, values in self.sets.items() if name not in hidden})

    @cached_property
    def _worst(self) -> list[int]:
        order = np.argsort(-self.mean_effect, kind="stable")
        return [int(i) for i in order[:5] if self.mean_effect[i] > 0.0]

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.units_moved, self.mean_effect, self.largest_effect, self.order_m, self.cloud)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("影响", "influence"): self.influence, Text("数据云", "data cloud"): self.cloud_sets}

    def _lines(self) -> list[str]:
        lines = []
        for i in self._worst:
            unit = " ".join(str(k[0]) for k in self.panel.keys([i]).values())
            n, mean, most = self.units_moved[i], self.mean_effect[i], self.largest_effect[i]
            words = Text(
                f"去掉它，{n} 个单元的得分改变，平均 {mean:.1%}，最大 {most:.1%}",
                f"without it {n} scores change, by {mean:.1%} on average over all others, by {most:.1%} at most",
            )
            lines.append(f"{unit}: {words}")
        return lines

    def plot(self) -> Figure:
        """Draw each unit's mean effect on the others against its order-m score; return a matplotlib figure.

        Named are the five units with the largest effect and the five that stand out most among the others. Needs
        ``pip install hetao[plot]``.
        """
        from hetao.measure.plots import plot_influence

        return plot_influence(self)


def influential_units(result: FrontierResult, *, m: int = 25, sets: int = 3) -> InfluenceResult:
    """Find the units that move the others' scores most, in three ways that need no model of error.

    Leave one out: the scores of all units that it is a peer of are solved without it. Order-m (Simar 2003): its score
    against m others drawn at random, far beyond 1 for an outlier whatever m. Data cloud (Andrews and Pregibon 1978;
    Wilson 1993): how much the volume of the cloud of inputs and outputs shrinks without it, det(Z'Z) of the columns
    Z = (X, Y), and which sets of units shrink it most together, for outliers that hide one another.

    Args:
        result: of `dea` with convex returns to scale, ``contemporaneous``.
        m: of order-m, at least 1.
        sets: size of the largest set of units taken out of the cloud together, at least 1.

    Returns:
        One row a unit, and the sets. A unit that matters is one to look at, not one to delete: on a frontier of honest
        figures somebody is the best.

    Raises:
        ModelError: a result of another call or option, or arguments out of range.

    Examples:
        >>> from hetao import Panel
        >>> from hetao.measure import dea, influential_units
        >>> data = {"firm": ["a", "b", "c", "d"], "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 9.0, 4.0]}
        >>> influential_units(dea(Panel(data, unit="firm", inputs="x", outputs="y")), sets=1).influence["units_moved"]
        [0, 0, 3, 0]
    """
    arguments = Arguments("influential_units")
    arguments.whole("m", m, 1)
    arguments.whole("sets", sets, 1)
    check_dea(result, arguments)
    o, panel = result.options, result.panel
    arguments.one_of("result", o["reference"], ("contemporaneous",))
    orientation: Orientation = "input" if o["orientation"] == "input" else "output"
    check_moves(panel, orientation, arguments)
    arguments.done()
    apart = blocks(panel, "contemporaneous", by_group=bool(o["by_group"]), leave_out_self=True)
    partial, _ = score_partially(panel, apart, orientation, lambda q: expected_best(q, m, orientation))
    moved, mean, largest, proofs = _left_out(result, apart, orientation)
    cloud, listed = _clouds(panel, apart, sets)
    return InfluenceResult(
        panel=panel,
        name="influential_units",
        options={**{f"dea {name}": value for name, value in o.items()}, "m": m, "sets": sets},
        convention=Text(
            f"影响：去掉一个单元后其他得分的相对变化；m 阶得分（m = {m}，对其他单元）；数据云体积的对数比；"
            f"得分：{result.convention.zh}",
            f"Influence: relative change of the other scores without a unit; order-m score (m = {m}) against the "
            f"others; log ratio of the data cloud's volume; scores: {result.convention.en}",
        ),
        of=result,
        units_moved=moved,
        mean_effect=mean,
        largest_effect=largest,
        order_m=partial.score,
        cloud=cloud,
        sets=listed,
        audit=Certificate.together([result.certificate, *proofs]),
    )


def _left_out(
    result: FrontierResult, parts: tuple[Block, ...], orientation: Orientation
) -> tuple[NDArray[np.int_], Matrix, Matrix, list[Certificate]]:
    """Solve, without each unit in turn, the scores of the units that it is a peer of; the others keep theirs."""
    panel, score, peers = result.panel, result.evaluation.score, result.projections.peers
    technology = Technology(len(panel.inputs), len(panel.outputs), 0, result.options["returns"])  # type: ignore[arg-type] # checked
    data, n = quantities(panel), len(panel)
    moved, mean, largest = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    proofs: list[Certificate] = []
    for block in parts:
        named = peers[block.own]
        for unit in np.unique(named[named >= 0]).tolist():
            rows = block.own[(named == unit).any(axis=1) & (block.own != unit)]
            if not len(rows):
                continue
            rest = data.take(block.own[block.own != unit])
            frontier = Frontier(technology.table(rest), technology.senses)
            answers = score_against(frontier, technology, orientation, data.take(rows))
            change = np.abs(answers.objective / score[rows] - 1.0)
            change = np.where(change > ROUNDING, change, 0.0)
            moved[unit] = int((change > 0.0).sum())
            mean[unit] = float(change.sum()) / (len(block.own) - 1)
            largest[unit] = float(change.max())
            proofs.append(Certificate.of(answers.certificate, answers.status, answers.attempts))
    return moved, mean, largest, proofs


def _clouds(panel: Panel, parts: tuple[Block, ...], most: int) -> tuple[Matrix, dict[str, list[Any]]]:
    """Return each row's log ratio of volumes, and for each block and size the set that shrinks the cloud most."""
    found = np.full(len(panel), np.nan)
    names = ("period", "group", "size", "units", "log_ratio", "runner_up")
    listed: dict[str, list[Any]] = {name: [] for name in names}
    for block in parts:
        table = np.hstack([panel.X[block.own], panel.Y[block.own]])
        most_of = np.abs(table).max(axis=0)
        basis, sizes, _ = np.linalg.svd(table / np.where(most_of > 0.0, most_of, 1.0), full_matrices=False)
        basis = basis[:, sizes > 1e-12 * sizes[0]]
        leverage = (basis**2).sum(axis=1)
        with np.errstate(divide="ignore"):
            found[block.own] = np.log(np.where(1.0 - leverage > VANISHED, 1.0 - leverage, 0.0))
        for size in range(1, min(most, len(table) - 1) + 1):
            best, runner_up, rows = _shrinking(basis, leverage, size)
            listed["period"].append(panel.row_periods[block.own[0]])
            listed["group"].append(None if panel.groups is None else panel.groups[block.own[0]])
            listed["size"].append(size)
            listed["units"].append(", ".join(str(panel.units[block.own[i]]) for i in rows))
            listed["log_ratio"].append(best)
            listed["runner_up"].append(runner_up)
    return found, listed


def _shrinking(basis: Matrix, leverage: Matrix, size: int) -> tuple[float, float, tuple[int, ...]]:
    """Return the smallest log det(I − H) over sets of a size, the second smallest, and the set."""
    n = len(leverage)
    tried = n
    while comb(tried, size) > SETS_AT_MOST:
        tried -= 1
    candidates = sorted(np.argsort(-leverage, kind="stable")[:tried].tolist())
    chosen = np.array(list(combinations(candidates, size)), dtype=np.intp)
    parts = basis[chosen]
    gaps = np.eye(size) - np.einsum("sik,sjk->sij", parts, parts)
    with np.errstate(divide="ignore"):
        left = np.linalg.det(gaps)
        ratios = np.log(np.where(left > VANISHED, left, 0.0))  # of a cloud that is gone only rounding is left
    order = np.argsort(ratios, kind="stable")
    second = float(ratios[order[1]]) if len(order) > 1 else np.nan
    return float(ratios[order[0]]), second, tuple(chosen[order[0]].tolist())

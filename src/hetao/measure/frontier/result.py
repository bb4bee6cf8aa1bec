"""`FrontierResult`: scores with their status and proof; peers, slacks, targets and prices when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.frozen import Frozen
from hetao.measure.frontier.evaluation import Evaluation, Projections
from hetao.measure.frontier.score import Scored
from hetao.measure.results import Certificate, Result
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FrontierResult"]


@dataclass(frozen=True)
class _Known:
    """Projections that are already there."""

    projections: Projections

    def __call__(self) -> Projections:
        return self.projections


@dataclass(frozen=True, eq=False, repr=False)
class FrontierResult(Result):
    """Scores of every row of a panel against its reference set.

    Attributes:
        evaluation: scores, statuses and audits in the panel's row order.
        projector: returns where every row lands; called once, when first asked.
        columns: the quantity columns that the programme holds, in its order.
        parts: further (n,) columns of each score by name; numbers are NaN unless it is optimal.
    """

    evaluation: Evaluation
    projector: Callable[[], Projections]
    columns: tuple[str, ...]
    parts: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lost = np.isnan(self.evaluation.score)
        kept = {n: np.where(lost, np.nan, v) if v.dtype.kind == "f" else v for n, v in self.parts.items()}
        object.__setattr__(self, "parts", Frozen(kept))
        super().__post_init__()

    @classmethod
    def of(
        cls,
        scored: Scored,
        name: str,
        options: Mapping[str, object],
        convention: Text,
        columns: tuple[str, ...],
        score: Callable[[NDArray[np.float64]], NDArray[np.float64]] = np.asarray,
        parts: Mapping[str, NDArray[Any]] | None = None,
    ) -> FrontierResult:
        """Return the result of rows scored by linear programmes; ``score`` makes a score of an optimum."""
        return cls(
            panel=scored.panel,
            name=name,
            options=options,
            convention=convention,
            evaluation=scored.evaluation(score),
            projector=scored.projections,
            columns=columns,
            parts=parts or {},
        )

    @property
    def scores(self) -> NativeFrame:
        """The key columns, ``score`` (missing unless optimal), its parts if any, and ``status``; a row a panel row."""
        e = self.evaluation
        status = list(map(str, e.status.tolist()))
        return self._give({**self.panel.keys(), "score": e.score, **self.parts, "status": status})

    @cached_property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all programmes, from the data, and how many had which status."""
        e = self.evaluation
        return Certificate.of(e.certificate, e.status, e.attempts)

    @property
    def peers(self) -> NativeFrame:
        """The key columns, the peer (and its period), and its weight; one row a peer."""
        found = self.projections
        rows, at = np.nonzero(found.peers >= 0)
        peers = found.peers[rows, at]
        named = {"peer": self.panel.units[peers].tolist()}
        if self.panel.period_column:
            named["peer_period"] = self.panel.row_periods[peers].tolist()
        return self._give({**self.panel.keys(rows), **named, "weight": found.weights[rows, at]})

    @property
    def slacks(self) -> NativeFrame:
        """The key columns and what is left over in each quantity after the scored move, in its own unit.

        Missing, with the targets and peers, where there is no score, and where the second stage has no limit: some
        reference unit makes output out of nothing.
        """
        return self._wide(self.projections.slacks)

    @property
    def targets(self) -> NativeFrame:
        """The key columns and the efficient quantities of each row: the scored move and the slacks taken."""
        return self._wide(self.projections.targets)

    @property
    def multipliers(self) -> NativeFrame:
        """The key columns, one shadow price a quantity (optimum per unit of it), and ``intercept`` (0 under crs).

        The optimum is what the call's programme optimises; for most calls it is the score itself. Where several sets of
        prices are optimal, they are those of the basis that the engine ended at, the same at every run.

        An input or bad costs, an output earns; prices are missing under fdh, which has none.
        """
        e = self.evaluation
        known = ~np.isnan(e.score)
        prices = {name: np.where(known, e.prices[:, j], np.nan) for j, name in enumerate(self.columns)}
        return self._give({**self.panel.keys(), **prices, "intercept": np.where(known, e.intercept, np.nan)})

    @cached_property
    def projections(self) -> Projections:
        """Where every row lands: peers, slacks and targets as arrays; nowhere without a score."""
        found, lost = self.projector(), np.isnan(self.evaluation.score)[:, None]
        kept = Projections(
            np.where(lost, -1, found.peers),
            np.where(lost, 0.0, found.weights),
            np.where(lost, np.nan, found.slacks),
            np.where(lost, np.nan, found.targets),
        )
        for array in vars(kept).values():
            array.setflags(write=False)
        return kept

    def __getstate__(self) -> dict[str, object]:
        """Pickle where the rows land in place of the way to find it."""
        return {**self.__dict__, "projector": _Known(self.projections)}

    def _wide(self, table: NDArray[np.float64]) -> NativeFrame:
        return self._give({**self.panel.keys(), **{name: table[:, j] for j, name in enumerate(self.columns)}})

    def _give(self, columns: Mapping[str, Any]) -> NativeFrame:
        return self.panel.kind.give(columns)

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (*(getattr(self.evaluation, f.name) for f in fields(self.evaluation)), *self.parts.values())

    def _tables(self) -> dict[Text, NativeFrame]:
        return {
            Text("得分", "scores"): self.scores,
            Text("参照单元", "peers"): self.peers,
            Text("松弛量", "slacks"): self.slacks,
            Text("目标值", "targets"): self.targets,
            Text("影子价格", "multipliers"): self.multipliers,
        }

    def _lines(self) -> list[str]:
        score = self.evaluation.score[~np.isnan(self.evaluation.score)]
        if not len(score):
            return []
        span = (score.mean(), score.min(), score.max())
        zh = "平均 {:.4f}，最小 {:.4f}，最大 {:.4f}".format(*span)
        return [str(Text(zh, "mean {:.4f}, smallest {:.4f}, largest {:.4f}".format(*span)))]

    def plot(
        self, *, kind: Literal["scores", "frontier"] = "scores", period: object = None, arrows: bool = False
    ) -> Figure:
        """Draw the scores, or the frontier that they are measured from; return a matplotlib figure.

        ``scores``: one line a unit over the periods, or one bar a unit. Rows without an optimal score are left as gaps
        and counted in the title.

        ``frontier``: the observations and the line of the technology, exactly through those that span it; efficient
        units (those that are their own targets) are filled and named. It needs one input and one output, two inputs
        and one output (the inputs per output), or one input and two outputs (the outputs per input). What is divided
        scales with the technology only under ``crs``; under other returns the divisor must be the same in every row.

        Needs ``pip install hetao[plot]``.

        Args:
            kind: ``scores`` or ``frontier``.
            period: the one to draw the frontier of; None: all, a colour each.
            arrows: draw where every other unit is projected to, slacks included.

        Raises:
            ModelError: unknown options; for ``frontier`` a call without a frontier of this kind, super-efficiency,
                weight restrictions, bads, or quantities that two axes cannot show; no matplotlib.
        """
        from hetao.measure.plots import plot_result

        return plot_result(self, kind, period, arrows)

"""`IndexResult`: what changed between periods, the parts that moved it, and the distances it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hetao.figures.frames import NativeFrame
from hetao.figures.frozen import Frozen
from hetao.measure.productivity.distances import Pairs, worst_status
from hetao.measure.results import Certificate, Result
from hetao.solver import Status
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hetao.measure.inference.bootstrap_index import IndexBootstrapResult

__all__ = ["IndexResult", "collect"]


class Evidence(Protocol):
    """The distances behind an index."""

    def certificate(self) -> Certificate:
        """Return the audit of every programme solved."""

    def table(self) -> Mapping[str, list[object] | NDArray[np.float64]]:
        """Return every distance: key columns, ``reference``, ``returns``, ``score``, ``status``."""


@dataclass(frozen=True, eq=False, repr=False)
class IndexResult(Result):
    """An index of every unit between consecutive periods.

    Attributes:
        pairs: which changes are reported.
        values: ``index`` and its parts, (p,) each, NaN unless the status is optimal.
        status: (p,) of each change.
        made_of: the distances behind it.
        growth: ``ratio`` (> 1 is growth, links multiply) or ``difference`` (> 0 is growth, links add).
        factors: value → 1 or −1, the powers with which these values multiply to the whole (for differences: the signs
            with which they add to it), in the finest split that the call was asked for. Where a call names none, every
            value but the whole with power 1.
        whole: the value that the factors make: ``index``, or in growth accounting ``output_growth``.
    """

    pairs: Pairs
    values: Mapping[str, NDArray[np.float64]]
    status: NDArray[np.object_]
    made_of: Evidence
    growth: Literal["ratio", "difference"] = "ratio"
    factors: Mapping[str, int] = field(default_factory=dict)
    whole: str = "index"

    def __post_init__(self) -> None:
        every = {name: 1 for name in self.values if name != self.whole}
        object.__setattr__(self, "values", Frozen(self.values))
        object.__setattr__(self, "factors", Frozen(self.factors or every))
        super().__post_init__()

    @property
    def changes(self) -> NativeFrame:
        """The unit column, ``period_from``, ``period_to``, ``index``, its parts and ``status``; one row a change."""
        units, before, after = self.keys
        named = {self.panel.unit_column: units, "period_from": before, "period_to": after}
        return self.panel.kind.give({**named, **self.values, "status": [str(s) for s in self.status]})

    @property
    def distances(self) -> NativeFrame:
        """What the index is made of: keys, ``score`` and ``status`` of every distance, and what tells them apart.

        For most indices that is ``reference`` (period or ``global``, as text) and ``returns``. Index numbers have no
        distances: theirs are the values or shares that they weigh with.
        """
        return self.panel.kind.give(self.made_of.table())

    @cached_property
    def certificate(self) -> Certificate:
        """The largest residuals and gap over all programmes, from the data, and how many had which status."""
        return self.made_of.certificate()

    @property
    def keys(self) -> tuple[list[object], list[object], list[object]]:
        """Unit, earlier and later period of every change."""
        periods = self.panel.periods
        return self.pairs.units, [periods[t] for t in self.pairs.before], [periods[t] for t in self.pairs.after]

    @property
    def start(self) -> float:
        """The level from which links are chained: 1 for ratios, 0 for differences."""
        return 1.0 if self.growth == "ratio" else 0.0

    @cached_property
    def levels(self) -> Mapping[object, NDArray[np.float64]]:
        """Unit → (periods,) the index chained from the panel's first period; NaN from the first unknown link on.

        A unit that is not seen in the first period has none. The periods inside a bridged gap have none either.
        """
        found = {unit: np.full(len(self.panel.periods), np.nan) for unit in self.pairs.units}
        p = self.pairs
        links = zip(p.units, p.before, p.after, p.row_before, self.values["index"].tolist(), strict=True)
        for unit, before, after, row, link in links:
            own = found[unit]
            if before == 0 and row >= 0:
                own[0] = self.start
            own[after] = self.chain(own[before], link)
        for own in found.values():
            own.setflags(write=False)
        return Frozen(found)

    @property
    def terms(self) -> dict[str, NDArray[np.float64]]:
        """Factor → (p,) what it adds to the logarithm of the whole; for differences, to the whole itself."""
        return {name: power * self.on_sum_scale(name) for name, power in self.factors.items()}

    def on_sum_scale(self, name: str) -> NDArray[np.float64]:
        """Return a value's (p,) logarithms, or itself where links add: the scale on which factors are summed."""
        column = self.values[name]
        return np.log(column) if self.growth == "ratio" else column

    def chain(self, level: float, link: float) -> float:
        """Return the next level of a chain."""
        return level * link if self.growth == "ratio" else level + link

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (*self.values.values(), self.status)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("变化", "changes"): self.changes, Text("距离", "distances"): self.distances}

    def _lines(self) -> list[str]:
        counts = ", ".join(f"{s} {(self.status == s).sum()}" for s in Status if (self.status == s).any())
        lines = [str(Text(f"{len(self.status)} 个变化（{counts}）", f"{len(self.status)} changes ({counts})"))]
        over = int((self.pairs.after - self.pairs.before > 1).sum())
        if over:
            lines.append(str(Text(f"其中 {over} 个跨越一期以上的间隔", f"{over} of them over gaps of several periods")))
        for name, column in self.values.items():
            known = column[~np.isnan(column)]
            if len(known):
                mean = np.exp(np.log(known).mean()) if self.growth == "ratio" else known.mean()
                kind = Text("几何平均", "geometric mean") if self.growth == "ratio" else Text("平均", "mean")
                lines.append(f"{name}: {kind} {mean:.4f} ({known.min():.4f} … {known.max():.4f})")
        return lines

    def plot(
        self,
        *,
        kind: Literal["paths", "parts"] = "paths",
        units: object = None,
        limits: IndexBootstrapResult | None = None,
        between: tuple[object, object] | None = None,
    ) -> Figure:
        """Draw the index, or the parts that make it; return a matplotlib figure.

        ``paths``: the index chained over the periods, one line a unit. A missing or unsolved link ends its line; units
        not seen from the first period on are left out. With ``limits`` a second panel shows every link by itself with
        its limits. They are not chained: two consecutive links share the frontier of the period between them, but each
        pair of periods is resampled alone, so that nothing tells how the errors of links go together.

        ``parts``: stacked bars of the logarithms of `factors` × 100 (for differences of the factors themselves), what
        is negative below zero, their sum marked by a dot. One bar a period, of one unit or the mean over the units that
        have an answer there; with ``between``, and where there is one pair of periods only, one bar a unit with the
        links summed. A unit with a link that is unknown has no such sum and is left out. Of more than 80 units the
        spread of each part is drawn instead. In growth accounting the contributions and productivity stack to the
        growth of output.

        Needs ``pip install hetao[plot]``.

        Args:
            kind: ``paths`` or ``parts``.
            units: one unit or several; None: all.
            limits: of `bootstrap_index` on this index, for ``paths`` of at most 12 units.
            between: an earlier and a later period, for ``parts``.

        Raises:
            ModelError: unknown options, units or periods, limits of another index or of too many units, or no
                matplotlib.
        """
        from hetao.measure.plots import plot_changes

        return plot_changes(self, kind, units, limits, between)


def collect(
    values: Mapping[str, NDArray[np.float64]],
    *statuses: NDArray[np.object_],
    growth: Literal["ratio", "difference"] = "ratio",
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.object_]]:
    """Return the values with NaN wherever one of the distances has no optimum, and the status of each change.

    A number that the formula cannot give (a zero distance divided by, or divided) becomes ``numerical``: never an
    infinity, and where links multiply never a zero.
    """
    status = worst_status(*statuses)
    least = 0.0 if growth == "ratio" else -np.inf
    lost = (status == Status.OPTIMAL) & ~np.all([np.isfinite(v) & (v > least) for v in values.values()], axis=0)
    status[lost] = Status.NUMERICAL
    kept = status == Status.OPTIMAL
    return {name: np.where(kept, column, np.nan) for name, column in values.items()}, status

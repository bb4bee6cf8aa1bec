"""Index numbers: quantity indices of outputs over inputs from prices, without a frontier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.priced import needs_prices, prices_of
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.measure.results import Certificate
from hetao.solver import Status
from hetao.text import Text

__all__ = ["Bilateral", "Levels", "Sums", "compared", "transitive"]

Bilateral = Callable[[Matrix, Matrix, Matrix, Matrix], Matrix]  # (p0, p1, q0, q1), each (n, goods) → (n,)
Levels = Callable[[Matrix, Matrix], Matrix]  # (p, q), each (n, goods) → (n,) logarithms of transitive levels
Change = Callable[[tuple[str, ...], Matrix], Matrix]  # (names of the goods, their quantities) → of each pair


@dataclass(frozen=True)
class Sums:
    """What an index without programmes is made of: there is nothing to certify.

    Attributes:
        columns: of the table of what was compared, one row a row of the panel.
    """

    columns: Mapping[str, list[object] | Matrix]

    def certificate(self) -> Certificate:
        """Return a certificate of no programmes."""
        nothing = np.empty(0, dtype=object)
        return Certificate.of(np.empty((0, 3)), nothing, np.empty(0, dtype=np.int64))

    def table(self) -> Mapping[str, list[object] | Matrix]:
        """Return the columns."""
        return self.columns


def compared(
    panel: Panel, name: str, index: Bilateral, words: Text, longest_gap: int, extra: Mapping[str, object]
) -> IndexResult:
    """Return outputs over inputs by a bilateral quantity index between each unit's consecutive periods."""
    _check(panel, name, longest_gap)
    pairs = Pairs.of(panel, longest_gap)
    a, b = pairs.row_before, pairs.row_after
    there = (a >= 0) & (b >= 0)

    def change(names: tuple[str, ...], table: Matrix) -> Matrix:
        price, found = prices_of(panel, names), np.full(len(a), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            found[there] = index(price[a[there]], price[b[there]], table[a[there]], table[b[there]])
        return found

    return _result(panel, name, pairs, change, words, {**extra, "longest_gap": longest_gap})


def transitive(
    panel: Panel, name: str, levels: Levels, words: Text, longest_gap: int, extra: Mapping[str, object]
) -> IndexResult:
    """Return outputs over inputs by levels that hold for all observations at once, so that the index is circular."""
    _check(panel, name, longest_gap)
    pairs = Pairs.of(panel, longest_gap)

    def change(names: tuple[str, ...], table: Matrix) -> Matrix:
        with np.errstate(divide="ignore", invalid="ignore"):
            level = np.r_[levels(prices_of(panel, names), table), np.nan]  # the last one is that of a missing row
            found: Matrix = np.exp(level[pairs.row_after] - level[pairs.row_before])
        return found

    return _result(panel, name, pairs, change, words, {**extra, "longest_gap": longest_gap})


def _check(panel: Panel, name: str, longest_gap: object) -> None:
    arguments = Arguments(name)
    arguments.needs_panel(panel)
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    needs_prices(panel, (*panel.inputs, *panel.outputs), arguments)
    arguments.done()


def _result(
    panel: Panel, name: str, pairs: Pairs, change: Change, words: Text, options: Mapping[str, object]
) -> IndexResult:
    outputs, inputs = change(panel.outputs, panel.Y), change(panel.inputs, panel.X)
    there = (pairs.row_before >= 0) & (pairs.row_after >= 0)
    status = np.where(there, Status.OPTIMAL, Status.MISSING).astype(object)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {"index": outputs / inputs, "output_change": outputs, "input_change": inputs}
    kept, status = collect(values, status)
    sums = {
        "inputs_value": (prices_of(panel, panel.inputs) * panel.X).sum(axis=1),
        "outputs_value": (prices_of(panel, panel.outputs) * panel.Y).sum(axis=1),
    }
    return IndexResult(
        panel=panel,
        name=name,
        options=dict(options),
        convention=Text(
            f"{words.zh}：产出数量指数与投入数量指数之比，> 1 为增长；非期望产出不计入。",
            f"{words.en}: output over input quantity index, > 1 is growth; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=Sums({**panel.keys(), **sums}),
        factors={"output_change": 1, "input_change": -1},
    )

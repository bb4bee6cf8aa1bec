"""`growth_accounting`: what part of growth each input explains, and the residual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.priced import needs_prices, prices_of
from hetao.measure.frontier.technology import Matrix
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.quantities_at_prices import Sums
from hetao.measure.productivity.result import IndexResult, collect
from hetao.solver import Status
from hetao.text import Text

__all__ = ["growth_accounting"]

Share = float | Sequence[float] | NDArray[np.float64]
REST = "rest"
_PAIR = Text("投入列 → 另一投入列", "an input → another input")


def growth_accounting(
    panel: Panel,
    *,
    shares: Mapping[str, Share | str] | None = None,
    quality: Mapping[str, str] | None = None,
    longest_gap: int = 1,
) -> IndexResult:
    """Account for the growth of one output by its inputs (Solow 1957; Jorgenson and Griliches 1967).

    Δln A = Δln y − Σ s̄ Δln x, with s̄ the mean of an input's shares in the two periods (Törnqvist weights). A quality
    index multiplies its input: labour times human capital grows by Δln L + Δln h, and each is reported.

    Args:
        panel: a panel with periods and exactly one output; quantities above 0. Capital stock or services, labour,
            energy and water enter alike, as inputs.
        shares: input → its share of income: a number, or one number a row of the panel in its order; one input may
            have ``"rest"``, what the others leave of 1. Without ``shares`` they are cost shares from the panel's
            ``prices``, which must be those of all inputs.
        quality: input → the panel's input column that measures its quality; that column has no share of its own.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``, in log points: ``index`` is Δln A (> 0 is growth), ``output_growth`` and ``contribution(column)``
        of each input and quality; index = output_growth − the sum of contributions. A unit not seen in both periods is
        ``missing``.

    Raises:
        ModelError: more than one output, quantities that are not above 0, shares that are missing, outside of 0 to 1,
            of the wrong length, or that add to more than 1 before the rest; fewer than two periods.

    Examples:
        >>> from hetao import Panel
        >>> data = {"c": ["a", "a"], "t": [1, 2], "k": [1.0, 2.0], "l": [1.0, 1.0], "y": [1.0, 2.0]}
        >>> panel = Panel(data, unit="c", period="t", inputs=["k", "l"], outputs="y")
        >>> found = growth_accounting(panel, shares={"k": "rest", "l": 0.6}).changes
        >>> [round(found[name][0], 4) for name in ("index", "output_growth", "contribution(k)")]
        [0.4159, 0.6931, 0.2773]
    """
    arguments = Arguments("growth_accounting")
    arguments.needs_panel(panel)
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    above = Text("去掉该观测或该列", "leave the observation or the column out")
    arguments.positive(panel, ("inputs", "outputs"), above)
    if len(panel.outputs) != 1:
        _refuse(arguments, "panel", f"{len(panel.outputs)} outputs", Text("恰好一个产出", "exactly one output"))
    qualities = _qualities(panel, quality, arguments)
    share = _shares(panel, shares, set(qualities.values()), arguments)
    arguments.done()
    pairs = Pairs.of(panel, longest_gap)
    values = _accounts(panel, pairs, share, qualities)
    there = (pairs.row_before >= 0) & (pairs.row_after >= 0)
    kept, status = collect(values, np.where(there, Status.OPTIMAL, Status.MISSING).astype(object), growth="difference")
    table = {f"share({name})": column for name, column in share.items()}
    return IndexResult(
        panel=panel,
        name="growth_accounting",
        options={
            "shares": "cost shares" if shares is None else {n: _shown(v) for n, v in shares.items()},
            "quality": dict(quality or {}),
            "longest_gap": longest_gap,
        },
        convention=Text(
            "增长核算：index 为 Δln A（对数点），> 0 为增长；份额取两期平均（Törnqvist）；非期望产出不计入。",
            "Growth accounting: index is Δln A in log points, > 0 is growth; shares are means of the two periods "
            "(Törnqvist); bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=Sums({**panel.keys(), **table}),
        growth="difference",
        whole="output_growth",
    )


def _accounts(
    panel: Panel, pairs: Pairs, share: Mapping[str, Matrix], qualities: Mapping[str, str]
) -> dict[str, Matrix]:
    def change(column: Matrix) -> Matrix:
        found: Matrix = np.r_[column, np.nan][pairs.row_after] - np.r_[column, np.nan][pairs.row_before]
        return found

    def mean(column: Matrix) -> Matrix:
        found: Matrix = 0.5 * (np.r_[column, np.nan][pairs.row_after] + np.r_[column, np.nan][pairs.row_before])
        return found

    logs = dict(zip(panel.inputs, np.log(panel.X).T, strict=True))
    contribution: dict[str, Matrix] = {}
    for name, column in share.items():
        for part in (name, qualities.get(name)):
            if part is not None:
                contribution[f"contribution({part})"] = mean(column) * change(logs[part])
    output = change(np.log(panel.Y[:, 0]))
    index: Matrix = output - np.sum(list(contribution.values()), axis=0)
    return {"index": index, "output_growth": output, **contribution}


def _qualities(panel: Panel, given: object, arguments: Arguments) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, column in given.items() if isinstance(given, Mapping) else ():
        if name in panel.inputs and column in panel.inputs and name != column and column not in found.values():
            found[name] = column
        else:
            _refuse(
                arguments,
                "quality",
                f"{{{name!r}: {column!r}}}",
                Text("投入列 → 另一投入列", "an input → another input"),
            )
    if given is not None and not isinstance(given, Mapping):
        _refuse(arguments, "quality", f"{given!r}", _PAIR)
    return found


def _shares(panel: Panel, given: object, qualities: set[str], arguments: Arguments) -> dict[str, Matrix]:
    """Return input → (n,) shares; what is wrong with them is recorded."""
    names = [name for name in panel.inputs if name not in qualities]
    if given is None:
        needs_prices(panel, names, arguments)
        if not arguments.clean:
            return {}
        value = prices_of(panel, names) * panel.X[:, [panel.inputs.index(name) for name in names]]
        with np.errstate(invalid="ignore"):
            return dict(zip(names, (value / value.sum(axis=1, keepdims=True)).T, strict=True))
    listed = ", ".join(names)
    if not isinstance(given, Mapping) or set(given) != set(names):
        _refuse(
            arguments,
            "shares",
            f"{given!r}"[:120],
            Text(f"每个投入（{listed}）一个份额", f"a share of each input ({listed})"),
        )
        return {}
    rest = [name for name in names if isinstance(given[name], str) and given[name] == REST]
    found = {name: _column(panel, name, given[name], arguments) for name in names if name not in rest}
    if len(rest) > 1:
        _refuse(arguments, "shares", f"rest: {', '.join(rest)}", Text("至多一个 rest", "at most one rest"))
    if arguments.clean and rest:
        found[rest[0]] = 1.0 - np.sum([np.zeros(len(panel)), *found.values()], axis=0)
        if (found[rest[0]] < -1e-12).any():
            _refuse(arguments, "shares", f"{rest[0]} < 0", Text("其余份额之和不大于 1", "shares that add to at most 1"))
    if arguments.clean and not rest and (np.sum(list(found.values()), axis=0) > 1.0 + 1e-9).any():
        _refuse(arguments, "shares", "> 1", Text("各行份额之和不大于 1", "shares that add to at most 1 in every row"))
    return {name: found[name] for name in names if name in found}


def _column(panel: Panel, name: str, value: object, arguments: Arguments) -> Matrix:
    expected = Text(f"0 到 1 的数，或 {len(panel)} 个这样的数", f"a number from 0 to 1, or {len(panel)} of them")
    if not isinstance(value, bool) and isinstance(value, Real):
        column = np.full(len(panel), float(value))
    else:
        try:
            column = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            column = np.empty(0)
    if column.shape != (len(panel),) or not ((column >= 0.0) & (column <= 1.0)).all():
        _refuse(arguments, "shares", f"{name}: {_shown(value)}", expected)
        return np.zeros(len(panel))
    return column


def _shown(value: object) -> str:
    text = f"{value!r}"
    return text if len(text) <= 60 else f"{text[:57]}…"


def _refuse(arguments: Arguments, argument: str, found: str, expected: Text) -> None:
    arguments.refuse(
        argument, found=Text(found, found), expected=expected, remedy=Text("改正该参数", "correct the argument")
    )

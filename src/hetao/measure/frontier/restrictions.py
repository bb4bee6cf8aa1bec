"""Weight restrictions: what a caller says about the ratios of shadow prices, as rows of coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.text import Text

__all__ = ["WeightRestrictions", "resolve_restrictions", "restrictions_words"]

WeightRestrictions = Mapping[tuple[str, str], tuple[float | None, float | None]]


def resolve_restrictions(panel: Panel, given: object, arguments: Arguments) -> tuple[tuple[float, ...], ...]:
    """Return rows (inputs + outputs) of coefficients whose sum with the prices may not be above 0.

    ``{(a, b): (lowest, highest)}`` bounds price(a) / price(b), in the units of the data; a and b may be inputs or
    outputs. Anything wrong is recorded.
    """
    if given is None:
        return ()
    names = (*panel.inputs, *panel.outputs)
    if not isinstance(given, Mapping):
        _refuse(arguments, given)
        return ()
    rows = []
    for pair, bounds in given.items():
        if not _is_pair(pair, names) or not _is_range(bounds):
            _refuse(arguments, {pair: bounds})
            continue
        first, second = (names.index(name) for name in pair)
        for bound, sign in zip(bounds, (1.0, -1.0), strict=True):
            if bound is not None:
                row = [0.0] * len(names)
                row[second], row[first] = sign * float(bound), -sign
                rows.append(tuple(row))
    return tuple(rows)


def restrictions_words(given: WeightRestrictions | None) -> list[str]:
    """Return the restrictions as they are shown in fingerprints."""
    return [f"{low} ≤ {a}/{b} ≤ {high}" for (a, b), (low, high) in (given or {}).items()]


def _is_pair(pair: object, names: tuple[str, ...]) -> bool:
    return isinstance(pair, tuple) and len(pair) == 2 and pair[0] != pair[1] and all(name in names for name in pair)


def _is_range(bounds: object) -> bool:
    if not isinstance(bounds, tuple) or len(bounds) != 2 or not all(b is None or _is_bound(b) for b in bounds):
        return False
    low, high = bounds
    return low is None or high is None or low <= high


def _is_bound(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and 0.0 <= float(value) < float("inf")


def _refuse(arguments: Arguments, found: object) -> None:
    arguments.refuse(
        "weight_restrictions",
        found=Text(f"{found!r}", f"{found!r}"),
        expected=Text(
            "{(列, 列): (下限或 None, 上限或 None)}，0 ≤ 下限 ≤ 上限",
            "{(column, column): (lowest or None, highest or None)}, 0 ≤ lowest ≤ highest",
        ),
        remedy=Text("写明两列影子价格之比的范围", "give the range of the ratio of the two columns' shadow prices"),
    )

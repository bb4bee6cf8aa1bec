"""`moran` and `local_moran`: do neighbours resemble one another? Computed by esda (``pip install hetao[spatial]``)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problem
from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.differences.neighbours import Neighbours, read_neighbours
from hetao.measure.differences.table import Values, read_values
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["local_moran", "moran"]

FEWEST = 4  # units: with fewer the variance of I is not defined
ALIKE = 1e-12  # values that differ by less, relative to their size, are the same
TIE = 1e-9  # so are the I of two orders of the values
QUADRANTS = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}


def moran(
    frame: object,
    *,
    value: str,
    unit: str,
    neighbours: object,
    period: str | None = None,
    permutations: int = 999,
    seed: int = 0,
) -> NativeFrame:
    """Measure spatial autocorrelation by Moran's I (Moran 1950; Cliff and Ord 1981), period by period.

    I = Σᵢ Σⱼ wᵢⱼ zᵢ zⱼ / Σ zᵢ², with z the values less their mean and the weights of each unit adding to 1.

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        unit: column of the unit.
        neighbours: a frame or mapping with ``unit``, ``neighbour`` and, where wanted, ``weight``, such as
            `province_neighbours` returns; a pair holds both ways.
        period: column of the period.
        permutations: of the values over the units, at least 99.
        seed: of the permutations.

    Returns:
        One row a period: ``n``, ``i``, ``expected`` (−1/(n − 1), where there is none), ``z`` and ``p_normal`` under
        normality, and ``p_permutation``: twice the share of the permutations whose I is as high, or as low, the data's
        own among them. Both p-values are two-sided.

    Raises:
        ModelError: esda is not installed; unknown columns, missing keys, values that are not numbers above 0, fewer
            than four units, values all alike, a unit without a neighbour in some period, or all neighbours of all.

    Examples:
        >>> data = {"c": list("abcde"), "v": [1.0, 2.0, 3.0, 4.0, 5.0]}
        >>> chain = {"unit": list("abcd"), "neighbour": list("bcde")}
        >>> round(moran(data, value="v", unit="c", neighbours=chain)["i"][0], 6)
        0.6
    """
    esda = _esda("moran")
    parts = _Parts("moran", frame, value, unit, neighbours, period, permutations, seed)
    rows: list[dict[str, Any]] = []
    for part in parts:
        with _as_told(seed):
            found = esda.Moran(part.y, part.weights(), permutations=permutations)
        row = {"period": part.period, "n": len(part.y), "i": float(found.I), "expected": float(found.EI)}
        row |= {"z": float(found.z_norm), "p_normal": float(found.p_norm)}
        rows.append(row | {"p_permutation": float(_two_sided(found.sim, found.I))})
    return parts.values.give(period, rows)


def local_moran(
    frame: object,
    *,
    value: str,
    unit: str,
    neighbours: object,
    period: str | None = None,
    permutations: int = 999,
    seed: int = 0,
) -> NativeFrame:
    """Find clusters and outliers by local Moran's I (Anselin 1995), period by period.

    Iᵢ = (n − 1) zᵢ Σⱼ wᵢⱼ zⱼ / Σ z².

    Args:
        frame: as in `moran`.
        value: as in `moran`.
        unit: as in `moran`.
        neighbours: as in `moran`.
        period: as in `moran`.
        permutations: of the other values over the neighbours, at least 99.
        seed: of the permutations.

    Returns:
        One row a unit and period: ``i``, ``quadrant`` (the unit's value, then its neighbours' mean, against the mean of
        all: ``high-high``, ``low-low``, ``high-low``, ``low-high``), and ``p_permutation``, two-sided as in `moran`,
        with the unit's own value held. Of thirty units one or two have p ≤ 0.05 by chance alone.

    Raises:
        ModelError: as in `moran`.

    Examples:
        >>> data = {"c": list("abcdef"), "v": [1.0, 1.5, 2.0, 7.0, 8.0, 9.0]}
        >>> chain = {"unit": list("abcde"), "neighbour": list("bcdef")}
        >>> local_moran(data, value="v", unit="c", neighbours=chain)["quadrant"][0]
        'low-low'
    """
    esda = _esda("local_moran")
    parts = _Parts("local_moran", frame, value, unit, neighbours, period, permutations, seed)
    rows: list[dict[str, Any]] = []
    for part in parts:
        with _as_told(seed):
            found = esda.Moran_Local(part.y, part.weights(), permutations=permutations, seed=seed)
        p = _two_sided(found.sim, found.Is)
        for i, one in enumerate(part.units):
            row = {"period": part.period, unit: one, "i": float(found.Is[i]), "quadrant": QUADRANTS[int(found.q[i])]}
            rows.append(row | {"p_permutation": float(p[i])})
    return parts.values.give(period, rows)


OWN = ("n", "i", "expected", "z", "p_normal", "p_permutation", "quadrant")


@dataclass(frozen=True)
class _Part:
    """One period: its units, their values up to a power of two, and the weights of their neighbours."""

    period: object
    units: list[object]
    y: Matrix
    table: Matrix

    def weights(self) -> Any:  # noqa: ANN401 # libpysal's
        from libpysal.weights import W

        near = {i: np.flatnonzero(row).tolist() for i, row in enumerate(self.table)}
        return W(near, {i: row[near[i]].tolist() for i, row in enumerate(self.table)}, silence_warnings=True)


class _Parts:
    """The values of each period with the weights of the units that are seen in it."""

    def __init__(
        self,
        call: str,
        frame: object,
        value: str,
        unit: str,
        neighbours: object,
        period: str | None,
        permutations: int,
        seed: int,
    ) -> None:
        arguments = Arguments(call)
        arguments.whole("permutations", permutations, 99)
        arguments.whole("seed", seed, 0)
        arguments.done()
        own = OWN if period else (*OWN, "period")
        self.values: Values = read_values(call, frame, value=value, unit=unit, period=period, own=own)
        pairs = read_neighbours(call, neighbours)
        made = [self._part(name, rows, pairs, arguments) for name, rows in self.values.by_period()]
        self._made = [part for part in made if part is not None]
        alone = [(u, p.period) for p in self._made for u, row in zip(p.units, p.table, strict=True) if not row.any()]
        pairs.require_some(alone, arguments)
        arguments.done()

    def _part(self, name: object, rows: NDArray[np.intp], pairs: Neighbours, arguments: Arguments) -> _Part | None:
        assert self.values.unit is not None
        units, y = self.values.unit[rows].tolist(), self.values.value[rows]
        when = "" if name is None else f" {name}"
        if len(y) < FEWEST or np.ptp(y) <= ALIKE * y.max():
            arguments.refuse(
                "value",
                found=Text(f"{len(y)} 个单元{when}", f"{len(y)} units{when}"),
                expected=Text(f"至少 {FEWEST} 个值不全相同的单元", f"at least {FEWEST} units that are not all alike"),
                remedy=Text("补充数据，或去掉该期", "add data, or leave the period out"),
            )
            return None
        table, n = pairs.matrix(units), len(units)
        if np.allclose(table, (1.0 - np.eye(n)) / (n - 1), rtol=TIE):
            arguments.refuse(
                "neighbours",
                found=Text(f"全部单元互为邻居{when}", f"all units neighbours of all{when}"),
                expected=Text("有的相邻、有的不相邻", "some that are neighbours and some that are not"),
                remedy=Text("只列相邻的单元对：否则 I 恒为 −1/(n − 1)", "name neighbours only: else I is −1/(n − 1)"),
            )
        exact = np.ldexp(y, -int(np.frexp(y.max())[1]))  # by a power of two: no rounding, and no square overflows
        return _Part(name, units, exact, table)

    def __iter__(self) -> Iterator[_Part]:
        yield from self._made


def _two_sided(sim: NDArray[Any], observed: NDArray[Any] | float) -> NDArray[Any]:
    """Return p from (permutations, …) draws: twice the smaller tail, ties and the observed counted, at most 1."""
    near = TIE * np.maximum(1.0, np.abs(observed))
    tails = [(sim >= observed - near).sum(axis=0), (sim <= observed + near).sum(axis=0)]
    found: NDArray[Any] = np.minimum(1.0, 2.0 * (np.minimum(*tails) + 1.0) / (len(sim) + 1.0))
    return found


@contextmanager
def _as_told(seed: int) -> Iterator[None]:
    """Seed numpy's global generator, which esda draws from, and put it back; keep esda's warnings to itself."""
    before = np.random.get_state()
    np.random.seed(seed % 2**32)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # of p-values and z-scores that are not used here
            yield
    finally:
        np.random.set_state(before)


def _esda(call: str) -> Any:  # noqa: ANN401 # a module
    try:
        import esda
    except ModuleNotFoundError:
        raise ModelError(
            [
                Problem(
                    f"{call}.no_esda",
                    Place(item=call),
                    found=Text("未安装 esda", "no esda"),
                    expected=Text("esda 与 libpysal", "esda and libpysal"),
                    remedy=Text("运行 pip install 'hetao[spatial]'", "run pip install 'hetao[spatial]'"),
                )
            ]
        ) from None
    return esda

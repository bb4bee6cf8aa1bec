"""`moran` and `local_moran`: do neighbours resemble one another? Computed by esda (``pip install hetao[spatial]``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problem
from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.differences.neighbours import neighbour_matrix
from hetao.measure.differences.table import Values, read_values
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["local_moran", "moran"]

FEWEST = 4  # units: with fewer the variance of I is not defined
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
        One row a period: ``n``, ``i``, ``expected`` (−1/(n − 1), where there is none), ``z`` and ``p_normal``
        (two-sided) under normality, and ``p_permutation`` (one-sided, of the side that I is on).

    Raises:
        ModelError: esda is not installed; unknown columns, missing keys, values that are not numbers above 0, fewer
            than four units, values all alike, or a unit without a neighbour in some period.

    Examples:
        >>> data = {"c": list("abcde"), "v": [1.0, 2.0, 3.0, 4.0, 5.0]}
        >>> chain = {"unit": list("abcd"), "neighbour": list("bcde")}
        >>> round(moran(data, value="v", unit="c", neighbours=chain)["i"][0], 6)
        0.6
    """
    esda = _esda("moran")
    parts = _Parts("moran", frame, value, unit, neighbours, period, permutations, seed)
    rows: list[dict[str, Any]] = []
    for name, _, y, weights in parts:
        with _seeded(seed):
            found = esda.Moran(y, weights, permutations=permutations)
        row = {"period": name, "n": len(y), "i": float(found.I), "expected": float(found.EI)}
        row |= {"z": float(found.z_norm), "p_normal": float(found.p_norm), "p_permutation": float(found.p_sim)}
        rows.append(row)
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
        all: ``high-high``, ``low-low``, ``high-low``, ``low-high``), and ``p_permutation`` (one-sided). Of thirty units
        one or two have p ≤ 0.05 by chance alone.

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
    for name, units, y, weights in parts:
        with _seeded(seed):
            found = esda.Moran_Local(y, weights, permutations=permutations, seed=seed)
        for i, one in enumerate(units):
            row = {"period": name, unit: one, "i": float(found.Is[i]), "quadrant": QUADRANTS[int(found.q[i])]}
            rows.append(row | {"p_permutation": float(found.p_sim[i])})
    return parts.values.give(period, rows)


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
        self.values: Values = read_values(call, frame, value=value, unit=unit, period=period)
        self._made: list[tuple[object, list[object], Matrix, NDArray[Any]]] = []
        for name, rows in self.values.by_period():
            assert self.values.unit is not None
            units, y = self.values.unit[rows].tolist(), self.values.value[rows]
            if len(y) < FEWEST or np.ptp(y) == 0.0:
                when = "" if name is None else f" {name}"
                arguments.refuse(
                    "value",
                    found=Text(f"{len(y)} 个单元{when}", f"{len(y)} units{when}"),
                    expected=Text(
                        f"至少 {FEWEST} 个值不全相同的单元", f"at least {FEWEST} units that are not all alike"
                    ),
                    remedy=Text("补充数据，或去掉该期", "add data, or leave the period out"),
                )
                continue
            self._made.append((name, units, y, neighbour_matrix(call, neighbours, units)))
        arguments.done()

    def __iter__(self) -> Iterator[tuple[object, list[object], Matrix, Any]]:
        from libpysal.weights import W

        for name, units, y, table in self._made:
            near = {i: np.flatnonzero(row).tolist() for i, row in enumerate(table)}
            sizes = {i: row[near[i]].tolist() for i, row in enumerate(table)}
            yield name, units, y, W(near, sizes, silence_warnings=True)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed numpy's global generator, which esda draws from, and put it back as it was."""
    before = np.random.get_state()  # esda draws from it
    np.random.seed(seed % 2**32)
    try:
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

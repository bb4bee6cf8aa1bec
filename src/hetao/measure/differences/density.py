"""`kernel_density`: how the distribution over units moves from period to period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import ModelError, Place, Problem
from hetao.figures.frames import NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.differences.table import DistributionStatement, Values, read_values
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DensityResult", "kernel_density"]

FEWEST, USUAL, MOST = 10, 200, 100_000  # points of a grid
ALIKE = 1e-12  # values that differ by less, relative to their size, are the same
OWN = ("at", "density", "bandwidth", "modes", "highest")


@dataclass(frozen=True, eq=False, repr=False)
class DensityResult(DistributionStatement):
    """Kernel densities of P periods on one grid of G points.

    Attributes:
        periods: the periods; ``(None,)`` where there is no period column.
        grid: (G,) where the densities are taken.
        density: (P, G).
        bandwidth: (P,) of the Gaussian kernel.
    """

    periods: tuple[Any, ...]
    grid: Matrix
    density: Matrix
    bandwidth: Matrix

    @property
    def densities(self) -> NativeFrame:
        """The period column if there is one, ``at``, ``density``; a row a period and grid point."""
        p, g = self.density.shape
        columns: dict[str, Any] = {"at": np.tile(self.grid, p), "density": self.density.ravel()}
        key = {self.period_column: [name for name in self.periods for _ in range(g)]} if self.period_column else {}
        return self.values.kind.give({**key, **columns})

    @property
    def modes(self) -> NativeFrame:
        """The period column if there is one, ``bandwidth``, ``modes`` (how many peaks) and ``highest`` (where)."""
        inside = self.density[:, 1:-1]
        peaks = (inside > self.density[:, :-2]) & (inside >= self.density[:, 2:])
        columns: dict[str, Any] = {"bandwidth": self.bandwidth, "modes": peaks.sum(axis=1).tolist()}
        columns["highest"] = self.grid[self.density.argmax(axis=1)]
        key = {self.period_column: list(self.periods)} if self.period_column else {}
        return self.values.kind.give({**key, **columns})

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.grid, self.density, self.bandwidth)

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("密度", "densities"): self.densities, Text("峰", "modes"): self.modes}

    def _lines(self) -> list[str]:
        at = self.grid[self.density.argmax(axis=1)]
        first, last = float(at[0]), float(at[-1])
        return [
            str(Text(f"最高峰位置：{first:.4f} → {last:.4f}", f"highest peak: from {first:.4f} to {last:.4f}")),
        ]

    def plot(self) -> Figure:
        """Draw one curve a period, later ones darker; return a matplotlib figure."""
        from hetao.measure.plots import plot_densities

        return plot_densities(self)


def kernel_density(
    frame: object,
    *,
    value: str,
    period: str | None = None,
    weight: str | None = None,
    points: int | None = None,
    bandwidth: float | None = None,
) -> DensityResult:
    """Estimate the density of a value in each period by a Gaussian kernel.

    Args:
        frame: one row an observation, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        period: column of the period; each is estimated by itself, on one grid.
        weight: column of weights above 0, such as people.
        points: of the grid, which spans all values and three bandwidths more; None: 200, or as many as put two into
            each bandwidth.
        bandwidth: in the value's unit; None: Silverman's (1986) rule 0.9 min(s, r/1.34) n^(−1/5) for each period, with
            s the standard deviation and r the interquartile range.

    Returns:
        The densities, and each period's bandwidth and peaks. Peaks of few units are chance: double the bandwidth and
        see which stay.

    Raises:
        ModelError: unknown columns, missing keys, values that are not numbers above 0, a period whose values are all
            alike, arguments out of range, or periods so different that no usual grid shows all of them.

    Examples:
        >>> data = {"t": [1, 1, 1, 2, 2, 2], "v": [1.0, 2.0, 3.0, 2.0, 3.0, 4.0]}
        >>> [round(v, 1) for v in kernel_density(data, value="v", period="t").modes["highest"]]
        [2.0, 3.0]
    """
    arguments = Arguments("kernel_density")
    if points is not None:
        arguments.whole("points", points, FEWEST, MOST)
    if bandwidth is not None:
        arguments.positive_number("bandwidth", bandwidth)
    arguments.done()
    values = read_values("kernel_density", frame, value=value, period=period, weight=weight, own=OWN)
    names, rows = zip(*values.by_period(), strict=True)
    widths = np.array([bandwidth or _silverman(values.value[here]) for here in rows], dtype=float)
    alike = [name for name, width in zip(names, widths, strict=True) if not width > 0.0]
    if alike:
        raise ModelError([_all_alike(value, alike)])
    reach = 3.0 * float(widths.max())
    low, high = float(values.value.min()) - reach, float(values.value.max()) + reach
    grid = np.linspace(low, high, _points(points, (high - low) / float(widths.min()), arguments))
    density = np.array([_density(values, here, grid, width) for here, width in zip(rows, widths, strict=True)])
    own = "Silverman" if bandwidth is None else f"{bandwidth:g}"
    return DensityResult(
        name="kernel_density",
        options={"value": value, "period": period, "weight": weight, "points": len(grid), "bandwidth": bandwidth},
        convention=Text(
            f"高斯核密度，各期带宽：{own}。", f"Gaussian kernel densities; bandwidth of each period: {own}."
        ),
        values=values,
        period_column=period,
        periods=names,
        grid=grid,
        density=density,
        bandwidth=widths,
    )


def _points(asked: int | None, widths: float, arguments: Arguments) -> int:
    """Return how many points a grid that is so many bandwidths wide is asked to have, or needs."""
    needed = max(USUAL, int(np.ceil(2.0 * widths)) + 1)
    if asked is None and needed > MOST:
        arguments.refuse(
            "points",
            found=Text(f"最窄一期的 {widths:.0f} 个带宽", f"{widths:.0f} bandwidths of the narrowest period"),
            expected=Text(f"至多 {MOST // 2} 个", f"at most {MOST // 2} from the lowest value to the highest"),
            remedy=Text("给出 bandwidth 或 points，或分开估计", "give a bandwidth or points, or estimate apart"),
        )
    arguments.done()
    return needed if asked is None else asked


def _silverman(value: Matrix) -> float:
    size = float(value.max())
    if np.ptp(value) <= ALIKE * size:
        return 0.0
    return size * _silverman_of(value / size)  # the squares of large values would overflow


def _silverman_of(value: Matrix) -> float:
    spread = float(value.std(ddof=1))
    low, high = np.quantile(value, [0.25, 0.75])
    narrow = min(spread, float(high - low) / 1.34) or spread
    return float(0.9 * narrow * len(value) ** -0.2)


def _density(values: Values, rows: NDArray[np.intp], grid: Matrix, width: float) -> Matrix:
    value, weight = values.value[rows], values.weight[rows]
    away = (grid[:, None] - value) / width
    found: Matrix = np.exp(-0.5 * away**2) @ (weight / weight.sum()) / (width * np.sqrt(2.0 * np.pi))
    return found


def _all_alike(column: str, periods: list[object]) -> Problem:
    listed = ", ".join(map(str, periods))
    return Problem(
        "kernel_density.value",
        Place(column=column, item=listed),
        found=Text("全部相同的值", "values that are all alike"),
        expected=Text("至少两个不同的值", "at least two that differ"),
        remedy=Text("给出 bandwidth，或去掉该期", "give a bandwidth, or leave the period out"),
    )

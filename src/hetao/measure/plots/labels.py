"""Names of points, each written where it covers no other name and as few points as can be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from hetao.measure.frontier.technology import Matrix
from hetao.measure.plots.canvas import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["along", "label_points"]

NEAR = 10.0  # points on the page; of names further away a thin line leads to the point
SAMPLES = 60
DISTANCES = (5.0, 14.0, 26.0, 40.0, 58.0)
WAYS = ((1, 0), (0, 1), (1, 1), (1, -1), (-1, 1), (-1, 0), (0, -1), (-1, -1))


def label_points(figure: Figure, axes: Axes, where: Matrix, names: Sequence[object], others: Matrix) -> int:
    """Write names beside points, one after another, and return how many found no place.

    A name may not touch another name or leave the axes. Of the places that are left it takes the one that covers the
    fewest points, and of these the nearest. Call it last: it measures the axes as they are then.

    Args:
        figure: the whole picture.
        axes: of it.
        where: (n, 2) points in the data's coordinates.
        names: of the points.
        others: (m, 2) all points drawn, and points along lines, which names had better not cover.
    """
    from hetao.fonts import matplotlib_family

    figure.draw_without_rendering()  # lays the axes out
    scale = figure.dpi / 72.0  # pixels a point
    inside, pixels, dots = axes.get_window_extent(), axes.transData.transform(where), axes.transData.transform(others)
    look: dict[str, Any] = {"family": matplotlib_family(), "fontsize": "small", "color": "#333333"}
    taken: list[Matrix] = []
    for point, pixel, name in zip(where, pixels, names, strict=True):
        size = _size(axes, shorten(name), look)
        box = _free_box(pixel, size, scale, np.array(inside.extents), taken, dots)
        if box is None:
            continue
        taken.append(box)
        away = float(np.abs(np.clip(pixel, box[:2], box[2:]) - pixel).max()) / scale
        line = {"arrowstyle": "-", "color": "#999999", "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 2.0}
        corner = (box[:2] - pixel) / scale
        text = axes.annotate(
            shorten(name),
            (float(point[0]), float(point[1])),
            xytext=(float(corner[0]), float(corner[1])),
            textcoords="offset points",
            va="bottom",
            ha="left",
            arrowprops=line if away > NEAR else None,
            **look,
        )
        text.set_in_layout(False)  # it lies inside, and must not move what it was measured by
    return len(names) - len(taken)


def along(line: Matrix) -> Matrix:
    """Return points along a (k, 2) line, close enough together that a name across it covers some."""
    steps = np.linspace(0.0, 1.0, SAMPLES)[:, None]
    return np.vstack([a + steps * (b - a) for a, b in pairwise(line)])


def _size(axes: Axes, name: str, look: dict[str, Any]) -> Matrix:
    """Return (2,) width and height of a name in pixels."""
    text = axes.text(0.0, 0.0, name, **look)
    found = text.get_window_extent()
    text.remove()
    return np.array([found.width, found.height])


def _free_box(
    point: Matrix, size: Matrix, scale: float, inside: Matrix, taken: list[Matrix], dots: Matrix
) -> Matrix | None:
    """Return (4,) the box in pixels that is best for a name, None where there is none."""
    best, least = None, np.inf
    for distance, way in product(DISTANCES, WAYS):
        towards = np.array(way, dtype=float)
        middle = point + towards * (distance * scale + size / 2.0)
        box = np.r_[middle - size / 2.0, middle + size / 2.0]
        if (box[:2] < inside[:2]).any() or (box[2:] > inside[2:]).any() or any(_touch(box, other) for other in taken):
            continue
        covered = ((dots > box[:2]) & (dots < box[2:])).all(axis=1).sum()
        if covered < least:
            best, least = box, covered
        if least == 0:
            break
    return best


def _touch(one: Matrix, other: Matrix) -> bool:
    return bool((one[:2] < other[2:]).all() and (other[:2] < one[2:]).all())

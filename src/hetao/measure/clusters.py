"""`cluster_units`: groups of units that are alike in inputs and structure, for frontiers of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hetao.errors import Place
from hetao.figures.frames import FrameKind, NativeFrame
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.technology import Matrix
from hetao.measure.reading import Reader
from hetao.measure.results import Statement
from hetao.text import Text

__all__ = ["ClusterResult", "cluster_units"]

ALIKE = 1e-12  # a spread this small beside the values is none
MOST_TRIED = 8  # groups, where their number is to be found


@dataclass(frozen=True, eq=False, repr=False)
class ClusterResult(Statement):
    """Groups of N units by d columns.

    Attributes:
        kind: of the caller's frame.
        unit_column: name of the unit's column.
        units: the N units, in order.
        columns: the d columns.
        features: (N, d) means of each unit, logarithms where asked.
        group: (N,) number of each unit's group, 1 the largest in units, ties by the first unit.
        silhouette: (N,) from −1 to 1: how much nearer a unit is to its own group than to the next; 0 for one alone.
        tried: numbers of groups that were tried → mean silhouette.
    """

    kind: FrameKind
    unit_column: str
    units: tuple[object, ...]
    columns: tuple[str, ...]
    features: Matrix
    group: NDArray[np.int64]
    silhouette: Matrix
    tried: tuple[tuple[int, float], ...]

    @property
    def groups(self) -> NativeFrame:
        """The unit column, ``group`` and ``silhouette``; a row a unit."""
        table = {self.unit_column: list(self.units), "group": self.group.tolist(), "silhouette": self.silhouette}
        return self.kind.give(table)

    @property
    def centres(self) -> NativeFrame:
        """``group``, ``n`` and the mean of each column, of its logarithms where these were clustered."""
        numbers = range(1, int(self.group.max()) + 1)
        rows = [self.features[self.group == g] for g in numbers]
        table: dict[str, Any] = {"group": list(numbers), "n": [len(own) for own in rows]}
        means = np.array([own.mean(axis=0) for own in rows])
        return self.kind.give({**table, **{f"mean({name})": means[:, j] for j, name in enumerate(self.columns)}})

    def of(self, units: Iterable[object]) -> list[int]:
        """Return the group of each of some units, such as a frame's column, to be added to it as a column.

        Raises:
            ModelError: a unit that was not clustered.
        """
        at, listed = dict(zip(self.units, self.group.tolist(), strict=True)), list(units)
        arguments = Arguments("cluster_units.of")
        for unit in dict.fromkeys(u for u in listed if u not in at):
            arguments.refuse(
                "units",
                found=Text(f"{unit!r}", f"{unit!r}"),
                expected=Text("聚过类的单元", "a unit that was clustered"),
                remedy=Text("改正代码，或把该单元列入数据", "correct the code, or put the unit among the data"),
            )
        arguments.done()
        return [at[unit] for unit in listed]

    def _arrays(self) -> Iterable[NDArray[Any]]:
        return (self.features, self.group, self.silhouette)

    def _data_hash(self) -> str:
        keys = json.dumps([self.columns, self.units], default=str, ensure_ascii=False)
        return hashlib.sha256(keys.encode() + np.ascontiguousarray(self.features).tobytes()).hexdigest()

    def _tables(self) -> dict[Text, NativeFrame]:
        return {Text("分组", "groups"): self.groups, Text("中心", "centres"): self.centres}

    def _lines(self) -> list[str]:
        lines = []
        for number in range(1, int(self.group.max()) + 1):
            names = ", ".join(str(u) for u, g in zip(self.units, self.group.tolist(), strict=True) if g == number)
            lines.append(f"{number}: {names}")
        if len(self.tried) > 1:
            shown = ", ".join(f"{k}: {s:.3f}" for k, s in self.tried)
            lines.append(str(Text(f"各组数的平均轮廓系数：{shown}", f"mean silhouette by number of groups: {shown}")))
        mean = float(self.silhouette.mean())
        return [*lines, str(Text(f"平均轮廓系数 {mean:.3f}", f"mean silhouette {mean:.3f}"))]


def cluster_units(
    frame: object,
    *,
    columns: str | Sequence[str],
    unit: str,
    period: str | None = None,
    groups: int | None = None,
    logs: bool = True,
) -> ClusterResult:
    """Group units by Ward's method (1963) on standardised columns, one group a unit in all periods.

    Each column is averaged over a unit's periods, taken as a logarithm, and standardised over the units. Ward's tree
    joins the two groups whose union adds least to the squares within; it is cut into the number of groups asked for, or
    into that of 2 to 8 whose mean silhouette (Rousseeuw 1987) is highest. Nothing is random.

    Args:
        frame: one row a unit and period, in any kind of frame, or a mapping of columns.
        columns: what units are to be alike in: inputs per head, shares, prices; not the outcome that is measured.
        unit: column of the unit.
        period: column of the period; None for a cross-section.
        groups: how many, at least 2 and at most the number of units less 1; None: by the silhouette.
        logs: take logarithms, so that ratios count?

    Returns:
        Groups with silhouettes and centres; ``of(frame[unit])`` is the column to add for `Panel`'s ``group``.

    Raises:
        ModelError: unknown columns, missing keys, units that stand twice in a period, values that are not numbers
            (above 0 with logs), a column that does not vary over the units, fewer than 3 units, or arguments out of
            range.

    Examples:
        >>> data = {"region": list("abcdef"), "irrigated_share": [0.1, 0.12, 0.11, 0.8, 0.75, 0.9]}
        >>> cluster_units(data, columns="irrigated_share", unit="region").group.tolist()
        [1, 1, 1, 2, 2, 2]
    """
    arguments = Arguments("cluster_units")
    arguments.one_of("logs", logs, (False, True))
    if groups is not None:
        arguments.whole("groups", groups, 2)
    arguments.done()
    names = (columns,) if isinstance(columns, str) else tuple(columns) if isinstance(columns, Iterable) else (columns,)
    kind, units, table = _read(frame, names, unit, period, logs)
    if len(units) < 3 or (groups is not None and groups >= len(units)):
        arguments.refuse(
            "groups",
            found=Text(f"{len(units)} 个单元", f"{len(units)} units"),
            expected=Text("至少 3 个单元，且多于组数", "at least 3 units, and more than groups"),
            remedy=Text("补充单元，或减少组数", "add units, or ask for fewer groups"),
        )
    arguments.done()
    scaled = table / np.maximum(np.abs(table).max(axis=0), np.finfo(float).tiny)  # so that no square overflows
    standard = (scaled - scaled.mean(axis=0)) / scaled.std(axis=0)
    distinct = len(np.unique(standard, axis=0))
    if groups is not None and groups > distinct:
        arguments.refuse(
            "groups",
            found=Text(f"{groups} 组，{distinct} 种不同的单元", f"{groups} groups of {distinct} different units"),
            expected=Text(f"至多 {distinct} 组", f"at most {distinct}"),
            remedy=Text("减少组数", "ask for fewer groups"),
        )
    arguments.done()
    numbers = range(2, max(2, min(MOST_TRIED, len(units) - 1, distinct)) + 1) if groups is None else (int(groups),)
    cuts = {k: _cut(standard, k) for k in numbers}
    worth = {k: float(_silhouettes(standard, labels).mean()) for k, labels in cuts.items()}
    best = max(worth, key=lambda k: (round(worth[k], 12), -k))
    how = Text("对数", "logarithms") if logs else Text("原值", "as they are")
    listed = ", ".join(names)
    return ClusterResult(
        name="cluster_units",
        options={"columns": list(names), "groups": groups, "logs": logs},
        convention=Text(
            f"Ward 聚类：{listed}（各期平均，{how.zh}，标准化），{best} 组，第 1 组单元最多。",
            f"Ward's clusters by {listed} (means over periods, {how.en}, standardised): {best} groups, 1 the largest.",
        ),
        kind=kind,
        unit_column=unit,
        units=tuple(units),
        columns=names,
        features=table,
        group=cuts[best],
        silhouette=_silhouettes(standard, cuts[best]),
        tried=tuple(worth.items()),
    )


def _read(
    frame: object, names: Sequence[str], unit: str, period: str | None, logs: bool
) -> tuple[FrameKind, list[object], Matrix]:
    """Return the frame's kind, the units and the (N, d) means over their periods."""
    reader = Reader("cluster_units", frame)
    reader.needs("columns", names)
    reader.needs("unit", [unit])
    reader.needs("period", [] if period is None else [period])
    reader.distinct({"group", "silhouette"}, unit=unit, period=period)
    for name in [n for i, n in enumerate(names) if n in names[:i] or n in (unit, period)]:
        reader.add("columns", Place(item="columns"), repr(name), Text("各列一次", "each column once"))
    if not names:
        reader.add("columns", Place(item="columns"), "–", Text("至少一列", "at least one column"))
    reader.done()
    reader.needs_rows(unit)
    keys = reader.key(unit)
    periods, _ = reader.periods(period)
    reader.once("unit", unit, list(zip(keys.tolist(), periods.tolist(), strict=True)))
    values = np.column_stack([reader.numbers(name, positive=logs) for name in names])
    reader.done()
    units = list(dict.fromkeys(keys.tolist()))
    means = np.array([values[[k == one for k in keys.tolist()]].mean(axis=0) for one in units])
    table: Matrix = np.log(means) if logs else means
    for name, column in zip(names, table.T, strict=True):
        if np.ptp(column) <= ALIKE * (1.0 if logs else float(np.abs(column).max())):
            expected = Text("各单元之间有差别的列", "a column that varies over the units")
            reader.add("columns", Place(column=name), f"{column[0]:g}", expected)
    reader.done()
    return reader.kind, units, table


def _cut(standard: Matrix, k: int) -> NDArray[np.int64]:
    """Return (N,) numbers of k groups, the largest first, ties by the first unit."""
    from scipy.cluster.hierarchy import fcluster, linkage

    raw = fcluster(linkage(standard, method="ward"), k, criterion="maxclust").tolist()
    order = sorted(dict.fromkeys(raw), key=lambda g: (-raw.count(g), raw.index(g)))
    return np.array([order.index(g) + 1 for g in raw], dtype=np.int64)


def _silhouettes(standard: Matrix, group: NDArray[np.int64]) -> Matrix:
    """Return (N,) (b − a) / max(a, b): a the mean distance to the others of the group, b the least to another group."""
    away = np.sqrt(((standard[:, None, :] - standard[None, :, :]) ** 2).sum(axis=2))
    members = group[:, None] == np.unique(group)[None, :]
    sums, sizes = away @ members, members.sum(axis=0)
    own = members.argmax(axis=1)
    rows = np.arange(len(group))
    alone = sizes[own] == 1
    a = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    others = np.where(members, np.inf, sums / sizes)
    b = others.min(axis=1)
    larger = np.maximum(a, b)
    found: Matrix = np.divide(b - a, larger, out=np.zeros_like(a), where=(larger > 0.0) & np.isfinite(b) & ~alone)
    return found

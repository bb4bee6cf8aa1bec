"""`theil`: Theil's index within and between groups."""

from __future__ import annotations

from typing import Any

import numpy as np

from hetao.figures.frames import NativeFrame
from hetao.measure.differences.table import read_values
from hetao.measure.frontier.technology import Matrix

__all__ = ["theil"]

OWN = ("theil", "within", "between", "within_share", "between_share")


def theil(
    frame: object, *, value: str, group: str | None = None, period: str | None = None, weight: str | None = None
) -> NativeFrame:
    """Measure inequality by Theil's T and split it into within and between groups (Theil 1967; Bourguignon 1979).

    With P shares of weight and S shares of weight × value: T = Σ S ln(S/P) = Σ_g S_g T_g + Σ_g S_g ln(S_g/P_g).

    Args:
        frame: one row an observation, in any kind of frame, or a mapping of columns.
        value: column of the value a head (or a unit), above 0.
        group: column of the group; without it there is nothing to split.
        period: column of the period; each is measured by itself.
        weight: column of the weight, such as population; by default every observation counts alike.

    Returns:
        One row a period: ``theil`` ≥ 0, and with groups ``within``, ``between`` (they add to it) and their shares;
        shares are missing where everything is equal.

    Raises:
        ModelError: unknown columns, missing keys, or values or weights that are not numbers above 0.

    Examples:
        >>> found = theil({"zone": ["e", "e", "w", "w"], "v": [2.0, 2.0, 1.0, 1.0]}, value="v", group="zone")
        >>> round(found["between_share"][0], 4)
        1.0
    """
    values = read_values("theil", frame, value=value, group=group, period=period, weight=weight, own=OWN)
    rows: list[dict[str, Any]] = []
    for name, here in values.by_period():
        weights, total = values.weight[here], values.weight[here] * values.value[here]
        whole = _index(weights, total)
        row: dict[str, Any] = {"period": name, "theil": whole}
        if values.group is not None:
            groups = values.group[here].tolist()
            masks = [np.array([g == one for g in groups]) for one in dict.fromkeys(groups)]
            between = _index(*(np.array([v[m].sum() for m in masks]) for v in (weights, total)))
            within = float(sum(total[m].sum() / total.sum() * _index(weights[m], total[m]) for m in masks))
            row |= {"within": within, "between": between}
            row |= {f"{part}_share": row[part] / whole if whole > 1e-15 else None for part in ("within", "between")}
        rows.append(row)
    return values.give(period, rows)


def _index(weight: Matrix, total: Matrix) -> float:
    p, s = weight / weight.sum(), total / total.sum()
    return max(float((s * np.log(s / p)).sum()), 0.0)

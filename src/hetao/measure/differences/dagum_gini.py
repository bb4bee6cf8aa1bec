"""`dagum_gini`: the Gini ratio and its three parts."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from hetao.figures.frames import NativeFrame
from hetao.measure.differences.table import read_values
from hetao.measure.frontier.technology import Matrix

__all__ = ["dagum_gini"]

OWN = ("gini", "within", "between", "transvariation", "within_share", "between_share", "transvariation_share")


def dagum_gini(frame: object, *, value: str, group: str, period: str | None = None) -> NativeFrame:
    """Decompose the Gini ratio by groups (Dagum 1997).

    G = ΣΣ|yᵢ − yᵣ| / (2n²μ) = within + between + transvariation, with pⱼ = nⱼ/n, sⱼ = nⱼμⱼ/(nμ):
    within Σⱼ Gⱼⱼ pⱼ sⱼ; between Σ_{j>h} Gⱼₕ (pⱼsₕ + pₕsⱼ) Dⱼₕ; transvariation the same with 1 − Dⱼₕ, the part that is
    due to groups overlapping. Gⱼₕ is the mean difference of the two groups over the sum of their means, and
    Dⱼₕ = |μⱼ − μₕ| / mean |yⱼ − yₕ| how far they are apart.

    Args:
        frame: one row an observation, in any kind of frame, or a mapping of columns.
        value: column of the value, above 0.
        group: column of the group.
        period: column of the period; each is decomposed by itself.

    Returns:
        One row a period: ``gini``, ``within``, ``between``, ``transvariation`` (they add to ``gini``), and each part's
        share of it, ``within_share`` and so on; missing where everything is equal.

    Raises:
        ModelError: unknown columns, missing keys, or values that are not numbers above 0.

    Examples:
        >>> found = dagum_gini({"zone": ["e", "e", "w", "w"], "v": [3.0, 5.0, 1.0, 3.0]}, value="v", group="zone")
        >>> [round(found[name][0], 4) for name in ("gini", "within", "between", "transvariation")]
        [0.25, 0.0833, 0.1667, 0.0]
    """
    values = read_values("dagum_gini", frame, value=value, group=group, period=period, own=OWN)
    assert values.group is not None
    rows: list[dict[str, Any]] = []
    for name, here in values.by_period():
        groups = values.group[here].tolist()
        parts = [values.value[here[[g == one for g in groups]]] for one in dict.fromkeys(groups)]
        rows.append({"period": name, **_decomposed(parts)})
    return values.give(period, rows)


def _decomposed(parts: list[Matrix]) -> dict[str, float | None]:
    n, mean = sum(map(len, parts)), float(np.concatenate(parts).mean())
    p = [len(part) / n for part in parts]
    s = [part.sum() / (n * mean) for part in parts]
    within = sum(_difference(y, y) / (2.0 * y.mean()) * p[j] * s[j] for j, y in enumerate(parts))
    between = transvariation = 0.0
    for j, h in combinations(range(len(parts)), 2):
        apart, a, b = _difference(parts[j], parts[h]), parts[j].mean(), parts[h].mean()
        weighed = apart / (a + b) * (p[j] * s[h] + p[h] * s[j])
        distance = abs(a - b) / apart if apart > 0.0 else 0.0
        between, transvariation = between + weighed * distance, transvariation + weighed * (1.0 - distance)
    gini = within + between + transvariation
    found = {"within": within, "between": between, "transvariation": transvariation}
    shares = {f"{name}_share": float(part / gini) if gini > 0.0 else None for name, part in found.items()}
    return {"gini": float(gini), **{name: float(part) for name, part in found.items()}, **shares}


def _difference(one: Matrix, other: Matrix) -> float:
    """Return the mean of |a − b| over all pairs, in n log n."""
    ordered, sums = np.sort(other), np.r_[0.0, np.cumsum(np.sort(other))]
    below = np.searchsorted(ordered, one)
    above = sums[-1] - sums[below] - one * (len(ordered) - below)
    return float((one * below - sums[below] + above).sum() / (len(one) * len(ordered)))

"""`metafrontier_index`: productivity change of groups on one metafrontier, with catching up and leading apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.measure import Measure
from hetao.measure.frontier.move_along import along
from hetao.measure.frontier.radial import radial
from hetao.measure.frontier.references import Reference, reference_rows
from hetao.measure.frontier.score import Rows, quantities
from hetao.measure.frontier.technology import Matrix, Technology
from hetao.measure.frontier.words import DISPOSABILITY_WORDS, RETURNS_WORDS
from hetao.measure.productivity.distances import Distances, Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.solver import Status
from hetao.text import Text

__all__ = ["metafrontier_index"]

BadsDisposability = Literal["weak", "strong"]


def metafrontier_index(panel: Panel, *, disposability: BadsDisposability = "weak", longest_gap: int = 1) -> IndexResult:
    """Measure productivity change on a metafrontier (Oh and Lee 2010; with bads Oh 2010b).

    E is 1 / φ on crs, or 1 / (1 + β) where the panel has bads (`directional`, g = (0, y, b), crs). Three frontiers
    nest: of the observation's group in its period (C), of its group over all periods (I), of all groups and periods
    (G): index = E_G(t+1) / E_G(t) = efficiency_change × best_practice_change × technology_gap_change, with
    efficiency_change = E_C(t+1)/E_C(t); best_practice_change that of E_I/E_C, the group's own frontier drawing nearer
    to the best it ever was; technology_gap_change that of E_G/E_I, the observation moving to where its group is nearer
    to the best of all groups (> 1) or farther from it. The index is circular, and never infeasible.

    Args:
        panel: a panel with periods and a ``group``; none of its quantities negative. A unit's group may change.
        disposability: of the bads.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; the three parts multiply to the index. A unit that is not seen in both periods has
        the status ``missing``.

    Raises:
        ModelError: unknown options, fewer than two periods, no groups, or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"] * 2, "zone": ["e", "w"] * 2, "year": [1, 1, 2, 2]}
        >>> data |= {"x": [1.0] * 4, "y": [1.0, 2.0, 3.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", group="zone", inputs="x", outputs="y")
        >>> [round(v, 9) for v in metafrontier_index(panel).changes["index"]]
        [3.0, 1.0]
    """
    arguments = Arguments.opened(
        "metafrontier_index", panel, "global", False, disposability=(disposability, BadsDisposability)
    )
    arguments.needs_groups(panel)
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    arguments.no_negative(panel)
    arguments.done()
    distances, pairs = Distances(panel, _measure(panel)), Pairs.of(panel, longest_gap)
    m, s, k = len(panel.inputs), len(panel.outputs), len(panel.bads)
    technology = Technology(m, s, k, "crs", disposability if k else "strong")
    e, statuses = _efficiencies(panel, pairs, distances, technology)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = {level: after / before for level, (before, after) in e.items()}
        values = {
            "index": change["global"],
            "efficiency_change": change["own"],
            "best_practice_change": change["group"] / change["own"],
            "technology_gap_change": change["global"] / change["group"],
        }
    kept, status = collect(values, *statuses)
    kind = RETURNS_WORDS["crs"]
    bads = DISPOSABILITY_WORDS[disposability] if k else Text("无非期望产出", "no bads")
    return IndexResult(
        panel=panel,
        name="metafrontier_index",
        options={"disposability": disposability if k else None, "longest_gap": longest_gap},
        convention=Text(
            f"共同前沿生产率指数：> 1 为增长；= 效率变化 × 最佳实践变化 × 技术差距变化；{kind.zh}，{bads.zh}。",
            "Metafrontier productivity index: > 1 is growth; efficiency × best practice × technology gap change; "
            f"{kind.en}, {bads.en}.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=distances,
    )


def _measure(panel: Panel) -> Callable[[Rows], Measure]:
    data = quantities(panel)
    direction = np.hstack([np.zeros_like(panel.X), panel.Y, panel.B])

    def measure(rows: Rows) -> Measure:
        own = data.take(rows)
        return along(own, direction[rows]) if panel.bads else radial(own, "output")

    return measure


def _efficiencies(
    panel: Panel, pairs: Pairs, distances: Distances, technology: Technology
) -> tuple[dict[str, tuple[Matrix, Matrix]], list[NDArray[np.object_]]]:
    """Return by frontier (own, group, global) E of the earlier and of the later observations, and all statuses."""
    assert panel.groups is not None
    found: dict[str, tuple[Matrix, Matrix]] = {}
    statuses = []
    for level in ("own", "group", "global"):
        sides = []
        for rows in (pairs.row_before, pairs.row_after):
            score, status = np.full(len(rows), np.nan), np.full(len(rows), Status.MISSING, dtype=object)
            known = [(panel.groups[r], panel.row_periods[r]) if r >= 0 else None for r in rows]
            names = [_name(level, *key) if key else None for key in known]
            for name in dict.fromkeys(n for n in names if n is not None):
                here = np.array([n == name for n in names])
                group, period = next(key for key, n in zip(known, names, strict=True) if n == name and key)
                span: Reference = "contemporaneous" if level == "own" else "global"
                seen = reference_rows(panel, period, span, None if level == "global" else group)
                frontier = None if level == "global" else name
                score[here], status[here] = distances.scores(rows[here], frontier, seen, technology)
            with np.errstate(divide="ignore"):
                sides.append(1.0 / (1.0 + score) if panel.bads else 1.0 / score)
            statuses.append(status)
        found[level] = (sides[0], sides[1])
    return found, statuses


def _name(level: str, group: object, period: object) -> str:
    return {"own": f"{group!r} {period!r}", "group": f"{group!r}", "global": "global"}[level]  # never two alike

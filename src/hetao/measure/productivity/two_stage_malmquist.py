"""`two_stage_malmquist`: productivity change of two processes in series, and of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.technology import Matrix
from hetao.measure.frontier.two_stage import Priority, check_stages, two_stage
from hetao.measure.productivity.distances import Pairs
from hetao.measure.productivity.result import IndexResult, collect
from hetao.measure.results import Certificate
from hetao.solver import Status
from hetao.text import Text

__all__ = ["two_stage_malmquist"]


@dataclass(frozen=True)
class _TwoFrontiers:
    """The network efficiencies behind the index, against all periods and against each period."""

    pooled: FrontierResult
    own: FrontierResult

    def certificate(self) -> Certificate:
        return Certificate.together([self.pooled.certificate, self.own.certificate])

    def table(self) -> Mapping[str, list[object] | Matrix]:
        panel, both = self.own.panel, (("global", self.pooled), ("contemporaneous", self.own))
        found: dict[str, list[object] | Matrix] = {name: [*values, *values] for name, values in panel.keys().items()}
        found["reference"] = [name for name, _ in both for _ in range(len(panel))]
        found["score"] = np.concatenate([r.evaluation.score for _, r in both])
        for stage in ("stage_1", "stage_2"):
            found[stage] = np.concatenate([r.parts[stage] for _, r in both])
        found["status"] = [str(status) for _, r in both for status in r.evaluation.status]
        return found


def two_stage_malmquist(
    panel: Panel, *, links: Names, priority: Priority = "first", longest_gap: int = 1
) -> IndexResult:
    """Measure productivity change of a process of two stages and of each stage (Kao and Hwang 2014).

    With E the overall efficiency of `two_stage` (``kao-hwang``, crs) against the frontier of all periods,
    index = E(t+1) / E(t) = stage_1_change × stage_2_change, for E = stage 1 × stage 2 with one set of weights for the
    links. It is also efficiency_change × technical_change, the former from each period's own frontier. The index is
    circular and never infeasible; how it splits between the stages depends on ``priority``, as in `two_stage`.

    Args:
        panel: a panel with periods, none of its quantities negative; its outputs are the links and the final outputs.
        links: which of the panel's outputs are links: what stage 1 makes and stage 2 uses.
        priority: the stage that the split favours, ``first`` or ``second``.
        longest_gap: as in `malmquist`.

    Returns:
        ``.changes``: > 1 is growth; the two stages' changes multiply to the index, and so do the changes of efficiency
        and of technology. A unit that is not seen in both periods has the status ``missing``.

    Raises:
        ModelError: unknown options, fewer than two periods, negative quantities, no links or nothing but links.

    Examples:
        >>> from hetao import Panel
        >>> data = {"firm": ["a", "b"] * 2, "year": [1, 1, 2, 2], "x": [1.0, 2.0, 1.0, 2.0]}
        >>> data |= {"z": [1.0, 1.0, 1.0, 2.0], "y": [2.0, 1.0, 2.0, 2.0]}
        >>> panel = Panel(data, unit="firm", period="year", inputs="x", outputs=["z", "y"])
        >>> found = two_stage_malmquist(panel, links="z").changes
        >>> [round(found[name][1], 6) for name in ("index", "stage_1_change", "stage_2_change")]
        [2.0, 2.0, 1.0]
    """
    arguments = Arguments.opened("two_stage_malmquist", panel, "global", False, priority=(priority, Priority))
    arguments.needs_periods(panel)
    arguments.whole("longest_gap", longest_gap, 1)
    check_stages(panel, links, arguments)
    arguments.done()
    pooled = two_stage(panel, links=links, priority=priority, reference="global")
    own = two_stage(panel, links=links, priority=priority)
    pairs = Pairs.of(panel, longest_gap)
    change = {
        "index": _change(pooled.evaluation.score, pairs),
        "efficiency_change": _change(own.evaluation.score, pairs),
        "stage_1_change": _change(pooled.parts["stage_1"], pairs),
        "stage_2_change": _change(pooled.parts["stage_2"], pairs),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        technical = change["index"] / change["efficiency_change"]
    names = ("index", "efficiency_change", "technical_change", "stage_1_change", "stage_2_change")
    values = {name: (change | {"technical_change": technical})[name] for name in names}
    statuses = [
        _status(r.evaluation.status, rows) for r in (pooled, own) for rows in (pairs.row_before, pairs.row_after)
    ]
    kept, status = collect(values, *statuses)
    first = priority == "first"
    return IndexResult(
        panel=panel,
        name="two_stage_malmquist",
        options={"links": pooled.options["links"], "priority": priority, "longest_gap": longest_gap},
        convention=Text(
            "两阶段全局 Malmquist 指数：> 1 为增长；= 第一阶段变化 × 第二阶段变化 = 效率变化 × 技术变化；规模报酬不变；"
            f"分解取对第{'一' if first else '二'}阶段最有利者；非期望产出不计入。",
            "Two-stage global Malmquist index: > 1 is growth; stage 1 × stage 2 = efficiency × technical change; "
            f"constant returns to scale; the split is the one best for the {priority} stage; bads are left out.",
        ),
        pairs=pairs,
        values=kept,
        status=status,
        made_of=_TwoFrontiers(pooled, own),
        factors={"stage_1_change": 1, "stage_2_change": 1},
    )


def _change(score: Matrix, pairs: Pairs) -> Matrix:
    """Return the later over the earlier score of each change, NaN where one is missing."""
    seen = np.append(score, np.nan)  # row −1 is the missing one
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Matrix = seen[pairs.row_after] / seen[pairs.row_before]
    return found


def _status(status: NDArray[np.object_], rows: NDArray[np.intp]) -> NDArray[np.object_]:
    return np.append(status, Status.MISSING)[rows]

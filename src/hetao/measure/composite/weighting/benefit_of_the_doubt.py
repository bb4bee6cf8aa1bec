"""`benefit_of_the_doubt`: each row weighs the indicators as it looks best, and no row may pass 1 by its weights."""

from __future__ import annotations

import numpy as np

from hetao.figures.panel import Panel
from hetao.measure.composite.member import Complain, Pool, Weighted, Weighting
from hetao.measure.frontier.dea import dea
from hetao.text import Text

__all__ = ["MEMBER"]


def _weigh(pool: Pool) -> Weighted:
    """Return the (n, m) weights of max Σ wⱼ yⱼ with Σ wⱼ yₖⱼ ≤ 1 for every row k: `dea` with one input of 1."""
    names = [f"y{j}" for j in range(len(pool.tree))]
    table = {"row": list(range(len(pool.values))), "x": [1.0] * len(pool.values)}
    panel = Panel(table | dict(zip(names, pool.values.T, strict=True)), unit="row", inputs="x", outputs=names)
    result = dea(panel)
    prices = result.multipliers
    proof = result.certificate
    worst = max(proof.primal, proof.dual, proof.gap)
    note = Text(
        f"{proof.programmes} 个规划，最大误差 {worst:.1e}", f"{proof.programmes} programmes, largest error {worst:.1e}"
    )
    return Weighted(np.column_stack([np.array(prices[name], dtype=float) for name in names]), (note,))


def _check(pool: Pool, complain: Complain) -> None:
    if pool.scale == "standard" or pool.values.min() < 0.0:
        complain(
            "weights",
            Text("标准化后有负值", "normalised values below 0"),
            Text("不小于 0 的值", "values of at least 0"),
            Text("改用 min_max、rank 或 reference_distance", "use min_max, rank or reference_distance"),
        )


MEMBER = Weighting(
    name="benefit_of_the_doubt",
    title=Text("最优权重（疑点利益）", "benefit of the doubt"),
    reference="Cherchye, Moesen, Rogge and Van Puyenbroeck 2007, Social Indicators Research",
    weigh=_weigh,
    check=_check,
    own=True,
)

"""What inference on efficiency scores needs of a result of `dea`."""

from __future__ import annotations

import numpy as np

from hetao.measure.arguments import Arguments
from hetao.measure.frontier.result import FrontierResult
from hetao.text import Text

__all__ = ["check_dea"]


def check_dea(result: object, arguments: Arguments) -> None:
    """Require a result of `dea` whose frontier is whole and convex, with a score above 0 in every row.

    Raises:
        ModelError: a result of another call or option, or rows without a score above 0, by number; and what was
            recorded in ``arguments`` before.
    """
    _check_result(result, arguments)
    arguments.done()
    assert isinstance(result, FrontierResult)
    _check_scores(result, arguments)
    arguments.done()


def _check_result(result: object, arguments: Arguments) -> None:
    wrong = ""
    if not isinstance(result, FrontierResult) or result.name != "dea":
        wrong = getattr(result, "name", type(result).__name__)
    elif result.options["returns"] == "fdh":
        wrong = "returns='fdh'"
    else:
        special = ("super_efficiency", "nondiscretionary", "weight_restrictions")
        wrong = next((name for name in special if result.options[name]), "")
    if wrong:
        arguments.refuse(
            "result",
            found=Text(f"{wrong}", f"{wrong}"),
            expected=Text(
                "dea 的结果：凸技术，无超效率、固定量与权重约束",
                "a result of dea: convex, without super-efficiency, fixed quantities and weight restrictions",
            ),
            remedy=Text("改用这样的结果", "pass such a result"),
        )


def _check_scores(result: FrontierResult, arguments: Arguments) -> None:
    """Require a score above 0 of every row: a unit without one has no place in the distribution that is drawn from."""
    score = result.evaluation.score
    rows = np.flatnonzero(~(score > 0.0))
    if len(rows):
        listed = ", ".join(map(str, rows[:10].tolist()))
        arguments.refuse(
            "result",
            found=Text(
                f"{len(rows)} 行没有大于 0 的得分（行 {listed}）",
                f"{len(rows)} rows without a score above 0 (rows {listed})",
            ),
            expected=Text("每行都有大于 0 的得分", "a score above 0 in every row"),
            remedy=Text(
                "从面板中去掉这些单元（例如产出为 0 的）", "leave these units out of the panel (those without output)"
            ),
        )

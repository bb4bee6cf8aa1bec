"""What inference on efficiency scores needs of a result of `dea`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hetao.measure.arguments import Arguments
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.technology import Matrix
from hetao.text import Text

__all__ = ["check_dea", "check_scores"]


def check_dea(result: object, arguments: Arguments, hull: bool = False) -> None:
    """Require a result of `dea` whose frontier is whole and convex, with a score above 0 in every row.

    Args:
        result: the argument of that name.
        arguments: what is wrong is recorded in it.
        hull: a free disposal hull will do too.

    Raises:
        ModelError: a result of another call or option, or rows without a score above 0, by number; and what was
            recorded in ``arguments`` before.
    """
    _check_result(result, arguments, hull)
    arguments.done()
    assert isinstance(result, FrontierResult)
    score = result.evaluation.score
    check_scores("result", np.arange(len(score)), score, arguments)
    arguments.done()


def _check_result(result: object, arguments: Arguments, hull: bool) -> None:
    wrong = ""
    if not isinstance(result, FrontierResult) or result.name != "dea":
        wrong = getattr(result, "name", type(result).__name__)
    elif result.options["returns"] == "fdh" and not hull:
        wrong = "returns='fdh'"
    else:
        special = ("super_efficiency", "nondiscretionary", "weight_restrictions")
        wrong = next((name for name in special if result.options[name]), "")
    if wrong:
        arguments.refuse(
            "result",
            found=Text(f"{wrong}", f"{wrong}"),
            expected=Text(
                f"dea 的结果：{'' if hull else '凸技术，'}无超效率、固定量与权重约束",
                f"a result of dea{'' if hull else ': convex'}, "
                "without super-efficiency, fixed quantities and weight restrictions",
            ),
            remedy=Text("改用这样的结果", "pass such a result"),
        )


def check_scores(name: str, rows: NDArray[np.intp], score: Matrix, arguments: Arguments) -> None:
    """Require a score above 0 of every row: a unit without one has no place in the distribution that is drawn from.

    Args:
        name: of the argument that has the rows.
        rows: (n,) their numbers in it.
        score: (n,) their scores, nan where there is none.
        arguments: the rows without one are recorded in it.
    """
    lost = rows[~(score > 0.0)]
    if len(lost):
        listed = ", ".join(map(str, lost[:10].tolist()))
        arguments.refuse(
            name,
            found=Text(
                f"{len(lost)} 行没有大于 0 的得分（行 {listed}）",
                f"{len(lost)} rows without a score above 0 (rows {listed})",
            ),
            expected=Text("每行都有大于 0 的得分", "a score above 0 in every row"),
            remedy=Text(
                "从面板中去掉这些单元（例如产出为 0 的）", "leave these units out of the panel (those without output)"
            ),
        )

"""Technologies with bads: which returns to scale, disposabilities and moves go together."""

from __future__ import annotations

from typing import get_args

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments, Names
from hetao.measure.frontier.technology import Disposability, Returns, Technology
from hetao.text import Text

__all__ = ["resolve_technology"]


def resolve_technology(
    panel: Panel,
    returns: Returns,
    disposability: Disposability,
    polluting: Names | None,
    arguments: Arguments,
    *,
    moves_inputs: bool,
    blamed: str = "direction",
) -> Technology:
    """Return the technology of a panel with its bads; what is wrong with it is recorded.

    Args:
        panel: the observations.
        returns: returns to scale.
        disposability: of the bads.
        polluting: the inputs that cause the bads, under ``by-production``; None: all.
        arguments: where anything wrong is recorded.
        moves_inputs: will the measure move inputs?
        blamed: the argument that makes it do so.
    """
    m, s, k = len(panel.inputs), len(panel.outputs), len(panel.bads)
    causes = tuple(range(m)) if polluting is None else arguments.columns("polluting", polluting, panel.inputs)
    if polluting is not None and disposability != "by-production":
        arguments.not_together("disposability", disposability, "polluting")
    if not causes:
        arguments.nothing_moves("polluting")
    if k and returns in get_args(Returns):
        _check(arguments, returns, disposability, blamed if moves_inputs else "")
    if not arguments.clean:
        return Technology(m, s, k, "crs")
    by_production = bool(k) and disposability == "by-production"
    return Technology(m, s, k, returns, disposability if k else "strong", causes if by_production else ())


def _check(arguments: Arguments, returns: str, disposability: str, blamed: str) -> None:
    if disposability == "weak" and returns not in ("crs", "vrs"):
        arguments.refuse(
            "returns",
            found=Text(f"弱可处置配 {returns}", f"{returns} with weak disposability"),
            expected=Text("crs 或 vrs", "crs or vrs"),
            remedy=Text("改用 crs、vrs，或 disposability='strong'", "use crs or vrs, or disposability='strong'"),
        )
    if disposability == "weak" and returns == "vrs" and blamed:
        arguments.refuse(
            blamed,
            found=Text("vrs 弱可处置下移动投入的测度", "a measure that moves inputs under vrs with weak disposability"),
            expected=Text(
                "投入不动（否则规划非线性）", "inputs that stay where they are (the programme is not linear otherwise)"
            ),
            remedy=Text(
                "改用 disposability='kuosmanen'、returns='crs'，或不移动投入的方向",
                "use disposability='kuosmanen', returns='crs', or a direction that moves no input",
            ),
        )
    if disposability == "kuosmanen" and returns != "vrs":
        arguments.refuse(
            "returns",
            found=Text(f"kuosmanen 配 {returns}", f"{returns} with kuosmanen"),
            expected=Text("vrs", "vrs"),
            remedy=Text("改用 returns='vrs'；crs 下它与 weak 相同", "use returns='vrs'; under crs it equals weak"),
        )

"""`dea`: Farrell's radial efficiency against a data envelopment frontier."""

from __future__ import annotations

from typing import Literal, get_args

from hetao.figures.panel import Panel
from hetao.measure.arguments import Arguments
from hetao.measure.frontier.programme import Returns, Technology
from hetao.measure.frontier.radial import Orientation, radial
from hetao.measure.frontier.references import REFERENCE_WORDS, REFERENCES, Reference
from hetao.measure.frontier.result import FrontierResult
from hetao.measure.frontier.score import blocks, quantities, score_fdh, score_panel
from hetao.text import Text

__all__ = ["RETURNS_WORDS", "dea"]

RETURNS_WORDS: dict[str, Text] = {
    "crs": Text("规模报酬不变", "constant returns to scale"),
    "vrs": Text("规模报酬可变", "variable returns to scale"),
    "nirs": Text("规模报酬非增", "non-increasing returns to scale"),
    "ndrs": Text("规模报酬非减", "non-decreasing returns to scale"),
    "fdh": Text("自由处置包（无凸性）", "the free disposal hull (no convexity)"),
}


def dea(
    panel: Panel,
    *,
    orientation: Orientation = "input",
    returns: Returns | Literal["fdh"] = "crs",
    super_efficiency: bool = False,
    reference: Reference = "contemporaneous",
) -> FrontierResult:
    """Measure radial technical efficiency (Charnes, Cooper and Rhodes 1978; Banker, Charnes and Cooper 1984).

    Input form: min θ subject to Xλ ≤ θx, Yλ ≥ y; output form: max φ subject to Xλ ≤ x, Yλ ≥ φy, with Σλ free (crs),
    = 1 (vrs), ≤ 1 (nirs), ≥ 1 (ndrs); fdh enumerates single units (Deprins, Simar and Tulkens 1984). Bads are left
    out: use `directional` for them.

    Args:
        panel: n observations with at least one input and one output, none negative.
        orientation: ``input`` shrinks the inputs, ``output`` expands the outputs.
        returns: returns to scale.
        super_efficiency: leave each observation out of its own reference (Andersen and Petersen 1993).
        reference: which rows span the frontier: those of the same period, of all periods up to it, or all.

    Returns:
        Farrell scores: input θ ≤ 1, output φ ≥ 1, 1 on the frontier; super-efficiency may cross 1 and be infeasible.

    Raises:
        ModelError: unknown options or negative quantities.

    Examples:
        >>> from hetao import Panel
        >>> panel = Panel({"firm": ["a", "b"], "x": [2.0, 4.0], "y": [1.0, 4.0]}, unit="firm", inputs="x", outputs="y")
        >>> dea(panel).scores["score"]
        [0.5, 1.0]
    """
    arguments = Arguments("dea")
    arguments.one_of("orientation", orientation, get_args(Orientation))
    arguments.one_of("returns", returns, tuple(RETURNS_WORDS))
    arguments.one_of("super_efficiency", super_efficiency, (False, True))
    arguments.one_of("reference", reference, REFERENCES)
    arguments.needs_panel(panel)
    arguments.no_negative(panel)
    arguments.done()
    parts = blocks(panel, reference, leave_out_self=super_efficiency)
    if returns == "fdh":
        evaluation, projector = score_fdh(panel, parts, orientation)
    else:
        data = quantities(panel)
        evaluation, projector = score_panel(
            panel, parts, Technology(returns), lambda rows: radial(data.take(rows), orientation)
        )
    options = {
        "orientation": orientation,
        "returns": returns,
        "super_efficiency": super_efficiency,
        "reference": reference,
    }
    return FrontierResult(
        panel=panel,
        name="dea",
        options=options,
        convention=_convention(orientation, returns, super_efficiency, reference),
        evaluation=evaluation,
        projector=projector,
        columns=(*panel.inputs, *panel.outputs),
    )


def _convention(orientation: str, returns: str, super_efficiency: bool, reference: str) -> Text:
    input_form = orientation == "input"
    span = REFERENCE_WORDS[reference]
    kind = RETURNS_WORDS[returns]
    zh = "投入导向 Farrell 效率 θ：≤ 1，1 为前沿" if input_form else "产出导向 Farrell 效率 φ：≥ 1，1 为前沿"
    en = (
        "Farrell input efficiency θ: ≤ 1, 1 on the frontier"
        if input_form
        else "Farrell output efficiency φ: ≥ 1, 1 on the frontier"
    )
    if super_efficiency:
        zh, en = zh + "（超效率可越过 1）", en + " (super-efficiency may cross 1)"
    return Text(f"{zh}；{kind.zh}，{span.zh}；非期望产出不计入。", f"{en}; {kind.en}, {span.en}; bads are left out.")

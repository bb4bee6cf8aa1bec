"""What the options of the frontier are called, in both languages."""

from __future__ import annotations

from hetao.text import Text

__all__ = ["DISPOSABILITY_WORDS", "RETURNS_WORDS", "side"]

RETURNS_WORDS: dict[str, Text] = {
    "crs": Text("规模报酬不变", "constant returns to scale"),
    "vrs": Text("规模报酬可变", "variable returns to scale"),
    "nirs": Text("规模报酬非增", "non-increasing returns to scale"),
    "ndrs": Text("规模报酬非减", "non-decreasing returns to scale"),
    "fdh": Text("自由处置包（无凸性）", "the free disposal hull (no convexity)"),
}
DISPOSABILITY_WORDS: dict[str, Text] = {
    "weak": Text("非期望产出弱可处置（等式）", "bads weakly disposable (equality)"),
    "kuosmanen": Text(
        "非期望产出弱可处置（Kuosmanen 各单元减排因子）", "bads weakly disposable (Kuosmanen's own abatement factors)"
    ),
    "strong": Text("非期望产出强可处置（不等式）", "bads strongly disposable (inequality)"),
    "by-production": Text("副产品技术（产出与污染各一条前沿）", "by-production (one frontier of outputs, one of bads)"),
}
_SIDES = {
    "input": Text("投入导向", "input orientation"),
    "output": Text("产出导向", "output orientation"),
    "none": Text("非导向", "no orientation"),
}


def side(orientation: str) -> Text:
    """Return an orientation in words."""
    return _SIDES[orientation]

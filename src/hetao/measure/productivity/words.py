"""Words for the parts of indices, in both languages."""

from __future__ import annotations

import re

from hetao.text import Text

__all__ = ["part_words"]

_WORDS: dict[str, Text] = {
    "index": Text("指数", "index"),
    "efficiency_change": Text("效率变化", "efficiency change"),
    "technical_change": Text("技术变化", "technical change"),
    "pure_efficiency_change": Text("纯效率变化", "pure efficiency change"),
    "scale_change": Text("规模效率变化", "scale change"),
    "technical_magnitude": Text("技术变化幅度", "magnitude of technical change"),
    "technical_bias": Text("技术变化偏向", "bias of technical change"),
    "stage_1_change": Text("第一阶段变化", "change of stage 1"),
    "stage_2_change": Text("第二阶段变化", "change of stage 2"),
    "output_change": Text("产出变化", "output change"),
    "input_change": Text("投入变化", "input change"),
    "technical_scale_mix_change": Text("技术、规模与结构变化", "technical, scale and mix change"),
    "mix_change": Text("结构效率变化", "mix change"),
    "residual_mix_change": Text("剩余结构效率变化", "residual mix change"),
    "residual_scale_change": Text("剩余规模效率变化", "residual scale change"),
    "best_practice_change": Text("最佳实践变化", "best practice change"),
    "technology_gap_change": Text("技术差距变化", "technology gap change"),
    "output_growth": Text("产出增长（对数点）", "output growth (log points)"),
}
_OF_COLUMN: dict[str, Text] = {
    "change": Text("{} 的变化", "change of {}"),
    "contribution": Text("{} 的贡献", "contribution of {}"),
}


def part_words(name: str) -> Text:
    """Return what a value of an index is called; a name without words of its own stands for itself.

    >>> part_words("contribution(k)").en
    'contribution of k'
    """
    found = re.fullmatch(r"(\w+)\((.*)\)", name, re.DOTALL)
    if found and found[1] in _OF_COLUMN:
        kind = _OF_COLUMN[found[1]]
        return Text(kind.zh.format(found[2]), kind.en.format(found[2]))
    return _WORDS.get(name, Text(name, name.replace("_", " ")))

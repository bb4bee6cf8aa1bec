"""Waterfalls: where it began, what moved it, and where it ended."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hetao.report.charts.common import Option, base, name_axis, tip, value_axis
from hetao.report.format import number, signed
from hetao.report.model import Step, Waterfall
from hetao.text import Language

__all__ = ["leaves_zero_out", "spans", "waterfall_option"]

NARROW = 0.3  # an axis leaves zero out when everything happens within this share of the largest level


def spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Return where each step begins and ends: a change from the level that stands, a level from zero."""
    level = 0.0
    found: list[tuple[float, float]] = []
    for step in steps:
        start = 0.0 if step.step == "level" else level
        level = start + step.value
        found.append((start, level))
    return found


def leaves_zero_out(chart: Waterfall) -> bool:
    """Return whether the axis starts above zero, so that small changes of a large level can be seen."""
    reached = [level for _, level in spans(chart.steps)]
    begins_with_level = bool(chart.steps) and chart.steps[0].step == "level"
    return begins_with_level and min(reached) > 0 and max(reached) - min(reached) < NARROW * max(reached)


def waterfall_option(chart: Waterfall, language: Language) -> Option:
    """Return the ECharts option of a waterfall: an invisible foot and two visible parts, above and below zero."""
    unit = chart.unit.in_language(language)
    reach = spans(chart.steps)
    names = [step.label.in_language(language) for step in chart.steps]
    option = base()
    option["grid"] = {"left": 8, "right": 16, "top": 16, "bottom": 8, "containLabel": True}
    option["xAxis"] = name_axis(names)
    option["yAxis"] = value_axis(boundaryGap=["8%", "8%"])
    if leaves_zero_out(chart):
        option["yAxis"] |= dict(zip(("min", "max"), _rounded_room(reach), strict=True))
    feet = [min(a, b) if min(a, b) > 0 else max(a, b) if max(a, b) < 0 else 0 for a, b in reach]
    above = [max(a, b, 0) - max(min(a, b), 0) for a, b in reach]
    below = [min(a, b, 0) - min(max(a, b), 0) for a, b in reach]
    items = [_item(step, span, unit, language) for step, span in zip(chart.steps, reach, strict=True)]
    labelled = [
        i if up >= -down else i | {"label": {"show": False}} for i, up, down in zip(items, above, below, strict=True)
    ]
    under = [
        i if -down > up else i | {"label": {"show": False}} for i, up, down in zip(items, above, below, strict=True)
    ]
    shared: Option = {"type": "bar", "stack": "steps", "barCategoryGap": "38%", "barMaxWidth": 64}
    option["series"] = [
        {
            **shared,
            "silent": True,
            "itemStyle": {"color": "transparent"},
            "tooltip": {"show": False},
            "data": feet,
        },
        {**shared, "data": [{**i, "value": v} for i, v in zip(labelled, above, strict=True)]},
        {**shared, "data": [{**i, "value": v} for i, v in zip(under, below, strict=True)]},
    ]
    return option


def _rounded_room(reach: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the ends of an axis that leaves zero out: some room around the levels, on round numbers."""
    levels = [level for _, level in reach]
    spread = max(levels) - min(levels) or max(levels) * 0.1
    grain = 10.0 ** math.floor(math.log10(spread)) / 2
    low = math.floor((min(levels) - spread / 3) / grain) * grain
    high = math.ceil((max(levels) + spread / 8) / grain) * grain
    return (round(max(low, 0.0), 12), round(high, 12))


def _item(step: Step, span: tuple[float, float], unit: str, language: Language) -> Option:
    if step.step == "level":
        shown, colour = number(step.value), "@focus"
    else:
        shown, colour = signed(step.value), "@rise" if step.value >= 0 else "@fall"
    lines = [f"{shown} {unit}".strip()]
    if step.step == "change":
        lines.append(f"{number(span[0])} → {number(span[1])}")
    if step.note is not None:
        lines.append(step.note.in_language(language))
    return {
        "tip": tip(step.label.in_language(language), lines, step.sources),
        "itemStyle": {"color": colour},
        "label": {
            "show": True,
            "position": "top" if step.value >= 0 else "bottom",
            "formatter": shown,
            "color": "@ink",
            "fontSize": 11,
        },
    }

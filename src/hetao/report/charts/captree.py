"""Cap trees: each unit's cap as a frame, what it used as the bar inside, overdrawing in red and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from hetao.report.charts.common import Option, base, category_axis, tip, value_axis
from hetao.report.format import number
from hetao.report.model import CapNode, CapTree
from hetao.report.words import WORDS
from hetao.text import Language

__all__ = ["DRAWN_AT_MOST", "captree_option", "drawn", "hidden", "is_overdrawn", "walk"]

DRAWN_AT_MOST = 48  # units drawn; deeper levels that would exceed it stay in the data table, and the page says so


def walk(node: CapNode, depth: int = 0) -> Iterator[tuple[int, CapNode]]:
    """Yield a node and everything below it with its depth, parents before children."""
    yield depth, node
    for child in node.children:
        yield from walk(child, depth + 1)


def drawn(chart: CapTree) -> list[tuple[int, CapNode]]:
    """Return the nodes drawn: whole levels from the top, as long as they are at most `DRAWN_AT_MOST`."""
    nodes = list(walk(chart.root))
    deepest = max(depth for depth, _ in nodes)
    while deepest > 1 and sum(depth <= deepest for depth, _ in nodes) > DRAWN_AT_MOST:
        deepest -= 1
    return [(depth, node) for depth, node in nodes if depth <= deepest]


def hidden(chart: CapTree) -> int:
    """Return how many nodes are not drawn."""
    return sum(1 for _ in walk(chart.root)) - len(drawn(chart))


def is_overdrawn(node: CapNode) -> bool:
    """Return whether more was used than the cap allows; unknown where either is."""
    return node.cap is not None and node.used is not None and node.used > node.cap


def captree_option(chart: CapTree, language: Language) -> Option:
    """Return the ECharts option of a cap tree: one row a unit, indented by its level."""
    nodes = drawn(chart)
    unit = chart.unit.in_language(language)
    tips = [_tip(node, unit, language) for _, node in nodes]
    names = ["\u3000" * depth + node.label.in_language(language) for depth, node in nodes]
    caps = [{"value": node.cap, "tip": said} for (_, node), said in zip(nodes, tips, strict=True)]
    used = [
        {"value": node.used, "tip": said, "itemStyle": {"color": _colour(node)}}
        for (_, node), said in zip(nodes, tips, strict=True)
    ]
    option = base()
    option |= _frame(168, 128, 11)
    option["yAxis"] |= category_axis(names) | {"inverse": True} | option["yAxis"]
    option["xAxis"] = value_axis()
    frame = {"color": "@cap", "borderColor": "@soft", "borderWidth": 0.8}
    option["series"] = [
        _bar(WORDS["cap"].in_language(language), caps, 16) | {"itemStyle": frame},
        _bar(WORDS["used"].in_language(language), used, 8) | {"barGap": "-75%", "z": 3},
        _ends(nodes, tips, language),
    ]
    wide = _frame(168, 128, 11) | {"series": [{}, {}, {"label": {"fontSize": 11}}]}
    narrow = _frame(104, 98, 10) | {"series": [{}, {}, {"label": {"fontSize": 9.5}}]}
    return {"baseOption": option, "media": [{"query": {"maxWidth": 480}, "option": narrow}, {"option": wide}]}


def _frame(left: int, right: int, size: float) -> Option:
    """Return the margins: names on the left, words at the end of the rows on the right."""
    label = {
        "interval": 0,
        "align": "left",
        "margin": left - 6,
        "width": left - 10,
        "overflow": "truncate",
        "color": "@ink",
        "fontSize": size,
    }
    return {
        "grid": {"left": left, "right": right, "top": 4, "bottom": 26},
        "yAxis": {"axisLabel": label},
    }


def _bar(name: str, data: list[Option], width: int) -> Option:
    return {"type": "bar", "name": name, "data": data, "barWidth": width}


def _ends(nodes: list[tuple[int, CapNode]], tips: list[Option], language: Language) -> Option:
    """Return the words at the end of each row, beyond the longer of its two bars."""
    data = [
        {
            "value": [max(node.cap or 0, node.used or 0), row],
            "tip": said,
            "label": {"formatter": _words(node, language), "color": _ink(node)},
        }
        for row, ((_, node), said) in enumerate(zip(nodes, tips, strict=True))
    ]
    label = {"show": True, "position": "right", "fontSize": 11, "distance": 4}
    return {"type": "scatter", "symbolSize": 1, "itemStyle": {"color": "transparent"}, "label": label, "data": data}


def _words(node: CapNode, language: Language) -> str:
    """Return e.g. ``61.2 / 58.6 overdrawn``: used, cap, and the word when more was used than allowed."""
    cap = number(node.cap) if node.cap is not None else WORDS["gap"].in_language(language)
    shown = f"{number(node.used)} / {cap}" if node.used is not None else cap
    return f"{shown} {WORDS['overdrawn'].in_language(language)}" if is_overdrawn(node) else shown


def _state(node: CapNode) -> Literal["bad", "warning", "good", "plain", "muted"]:
    return "bad" if is_overdrawn(node) else node.tone


def _colour(node: CapNode) -> str:
    return {"bad": "@bad", "warning": "@warning", "muted": "@peer"}.get(_state(node), "@focus")


def _ink(node: CapNode) -> str:
    return "@bad" if _state(node) == "bad" else "@ink"


def _tip(node: CapNode, unit: str, language: Language) -> Option:
    missing = WORDS["no_data"].in_language(language)
    lines = [
        f"{WORDS[name].in_language(language)}: {missing if value is None else f'{number(value)} {unit}'}"
        for name, value in (("cap", node.cap), ("used", node.used))
    ]
    if is_overdrawn(node):
        lines.append(WORDS["overdrawn"].in_language(language))
    if node.note is not None:
        lines.append(node.note.in_language(language))
    return tip(node.label.in_language(language), lines, node.sources)

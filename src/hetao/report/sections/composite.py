"""The composite section: an index of many indicators, its ranks with their intervals, and what they hang on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hetao.measure import CompositeResult, RobustnessResult
from hetao.report.format import sentence
from hetao.report.model import (
    BarChart,
    Block,
    Cell,
    Chart,
    Column,
    LineChart,
    Paragraph,
    Point,
    Section,
    Series,
    Table,
)
from hetao.report.sections.maps import region_map
from hetao.text import Text

__all__ = ["Composed", "composite_section"]

FACTOR_WORDS: dict[str, Text] = {
    "normalisation": Text("标准化方法", "normalisation"),
    "weights": Text("赋权方法", "weights"),
    "aggregation": Text("合成方法", "aggregation"),
    "missing": Text("补缺规则", "missing values"),
    "left_out": Text("去掉一个指标", "an indicator left out"),
    "weight_error": Text("权重误差", "errors of weights"),
}


@dataclass(frozen=True)
class Composed:
    """An index and what the page needs to tell it.

    Attributes:
        key, title: what it is called in the study.
        result: the index.
        robustness: how far its ranks hold; None where that was not asked for.
        focus: the region that comes first.
        peers: the regions that it is shown beside; empty: all.
        names: region → name.
        sources: keys of the sources that the data came from.
        note: what readers must know.
    """

    key: str
    title: Text
    result: CompositeResult
    robustness: RobustnessResult | None
    focus: str
    peers: tuple[str, ...]
    names: Mapping[str, Text]
    sources: tuple[str, ...]
    note: Text


def composite_section(composed: Sequence[Composed], missing: Sequence[Table] = ()) -> Section:
    """Build the section; the first index gives the answer and the picture."""
    first, blocks = composed[0], []
    for c in composed:
        blocks += _blocks(c)
    return Section(
        key="composite",
        title=Text("综合指数", "Composite index"),
        question=Text("各项指标合起来，处在什么位置？", "Where does it stand when all indicators are put together?"),
        answer=_answer(first),
        tone="plain",
        picture=_map(first),
        blocks=(*blocks, *missing),
    )


def _last(c: Composed) -> dict[str, int]:
    """Return the row of each region in the last year."""
    sheet = c.result.sheet
    rows = np.flatnonzero(sheet.positions == len(sheet.order) - 1).tolist()
    return {str(sheet.units[i]): i for i in rows}


def _interval(c: Composed, row: int) -> tuple[int, int] | None:
    if c.robustness is None:
        return None
    tail = (1.0 - c.robustness.confidence) / 2.0
    low, high = np.quantile(c.robustness.draws[:, row], [tail, 1.0 - tail], method="inverted_cdf")
    return int(low), int(high)


def _answer(c: Composed) -> Text:
    rows, name = _last(c), c.names[c.focus]
    year = c.result.sheet.order[-1]
    if c.focus not in rows:
        return Text(f"{year}年{name.zh}数据不全。", f"{name.en} has no complete data in {year}.")
    row = rows[c.focus]
    rank, n = int(c.result.ranks[row]), len(rows)
    zh = f"{year}年{name.zh}的{c.title.zh}为 {c.result.score[row]:.3f}，在 {n} 个地区中列第 {rank} 位"
    en = f"{name.en}'s {c.title.en} was {c.result.score[row]:.3f} in {year}, rank {rank} of {n}"
    interval = _interval(c, row)
    if interval is not None and c.robustness is not None:
        level = f"{c.robustness.confidence:.0%}"
        zh += f"；改变做法，{level} 的名次落在 {interval[0]}–{interval[1]}"
        en += f"; under other rules {level} of its ranks lie in {interval[0]}-{interval[1]}"
    return Text(f"{zh}。", f"{en}.")


def _map(c: Composed) -> Chart:
    rows, year = _last(c), c.result.sheet.order[-1]
    values = {region: float(c.result.score[row]) for region, row in rows.items()}
    title = Text(f"{c.title.zh}，{year}年", f"{c.title.en}, {year}")
    lost: dict[str, Text | None] = dict.fromkeys(values)
    return region_map(f"{c.key}_map", title, Text("得分", "score"), values, lost, c.names, c.focus, c.sources)


def _blocks(c: Composed) -> list[Block]:
    words = [
        Paragraph(Text(f"{c.title.zh}。{c.result.convention.zh}", f"{sentence(c.title.en)}. {c.result.convention.en}"))
    ]
    if c.note.en:
        words.append(Paragraph(c.note))
    found: list[Block] = [*words, _path_chart(c), _dimension_chart(c), _weights_table(c), _scores_table(c)]
    if c.robustness is not None:
        found += [_rank_chart(c, c.robustness), _sensitivity_table(c, c.robustness)]
    return [*found, *_filled_table(c)]


def _path_chart(c: Composed) -> LineChart:
    sheet = c.result.sheet
    periods = [int(p) for p in sheet.order]
    levels: dict[str, list[float | None]] = {str(u): [None] * len(periods) for u in sheet.units}
    for unit, at, score in zip(sheet.units, sheet.positions.tolist(), c.result.score.tolist(), strict=True):
        levels[str(unit)][at] = score
    shown = [u for u in (*c.peers, c.focus) if u in levels] if c.peers else list(levels)
    series = [
        Series(
            c.names[u],
            tuple(Point(p, v, c.sources) for p, v in zip(periods, levels[u], strict=True)),
            "focus" if u == c.focus else "peer",
        )
        for u in sorted(shown, key=lambda u: u == c.focus)
    ]
    middle = [float(np.median([v[i] for v in levels.values() if v[i] is not None])) for i in range(len(periods))]
    points = tuple(Point(p, v, c.sources) for p, v in zip(periods, middle, strict=True))
    series.append(Series(Text("各地区中位数", "median of all regions"), points))
    return LineChart(
        f"{c.key}_path", Text(f"{c.title.zh}：历年", f"{c.title.en} over the years"), _SCORE, tuple(series)
    )


_SCORE = Text("得分", "score")


def _dimension_chart(c: Composed) -> BarChart:
    """Draw the focus's dimensions beside the median region's in the last year."""
    rows, tree = _last(c), c.result.tree
    table = c.result.computed.dimensions
    labels = {d: tree.title(d) for d in tree.dimensions}
    middle = np.median(table[list(rows.values())], axis=0)
    own = table[rows[c.focus]] if c.focus in rows else np.full(len(labels), np.nan)

    def series(name: Text, values: np.ndarray[tuple[int], np.dtype[np.float64]], role: str) -> Series:
        points = tuple(
            Point(d, None if np.isnan(v) else float(v), c.sources) for d, v in zip(labels, values, strict=True)
        )
        return Series(name, points, "focus" if role == "focus" else "plain")

    return BarChart(
        f"{c.key}_dimensions",
        Text(f"{c.names[c.focus].zh}：各维度得分", f"{c.names[c.focus].en}: scores by dimension"),
        _SCORE,
        labels,
        (series(c.names[c.focus], own, "focus"), series(Text("中位数", "median"), middle, "plain")),
    )


def _weights_table(c: Composed) -> Table:
    tree = c.result.tree
    weights = c.result.computed.row_weights
    columns = (
        Column("dimension", Text("维度", "dimension")),
        Column("indicator", Text("指标", "indicator")),
        Column("direction", Text("方向", "direction")),
        Column("weight", Text("权重", "weight"), Text("%", "%"), "number", 1),
    )
    rows = tuple(
        (
            Cell(tree.title(i.dimension)),
            Cell(i.title),
            Cell(Text("越大越好", "more is better") if i.direction > 0 else Text("越小越好", "less is better")),
            Cell(100.0 * float(weights[:, j].mean()), c.sources),
        )
        for j, i in enumerate(tree)
    )
    return Table(
        f"{c.key}_weights", Text(f"{c.title.zh}：指标与权重", f"{c.title.en}: indicators and weights"), columns, rows
    )


def _scores_table(c: Composed) -> Table:
    sheet, tree = c.result.sheet, c.result.tree
    intervals = c.robustness is not None
    columns = [
        Column("region", Text("地区", "region")),
        Column("period", Text("年份", "year"), kind="year"),
        Column("score", _SCORE, kind="number", digits=4),
        Column("rank", Text("位次", "rank"), kind="number", digits=0),
    ]
    if intervals:
        columns += [
            Column("lower", Text("位次下限", "best rank"), kind="number", digits=0),
            Column("upper", Text("位次上限", "worst rank"), kind="number", digits=0),
        ]
    columns += [Column(d, tree.title(d), kind="number", digits=4) for d in tree.dimensions]
    rows = []
    order = sorted(range(len(sheet.units)), key=lambda i: (-sheet.positions[i], c.result.ranks[i], str(sheet.units[i])))
    for i in order:
        limits = [Cell(v) for v in _interval(c, i) or ()]
        rows.append(
            (
                Cell(c.names[str(sheet.units[i])]),
                Cell(int(sheet.periods[i])),
                Cell(float(c.result.score[i]), c.sources),
                Cell(int(c.result.ranks[i])),
                *limits,
                *(Cell(float(v), c.sources) for v in c.result.computed.dimensions[i]),
            )
        )
    title = Text(f"{c.title.zh}：各地区各年", f"{c.title.en}: all regions and years")
    return Table(f"{c.key}_scores", title, tuple(columns), tuple(rows), folded=len(rows) > 60)


def _rank_chart(c: Composed, robustness: RobustnessResult) -> BarChart:
    rows = sorted(_last(c).items(), key=lambda item: (int(c.result.ranks[item[1]]), item[0]))
    intervals = {region: _interval(c, row) or (0, 0) for region, row in rows}

    def series(name: Text, regions: list[tuple[str, int]], role: Literal["focus", "peer"]) -> Series:
        points = tuple(Point(region, float(c.result.ranks[row]), c.sources) for region, row in regions)
        bounds = [intervals[region] for region, _ in regions]
        return Series(name, points, role, tuple(float(a) for a, _ in bounds), tuple(float(b) for _, b in bounds))

    own, others = [r for r in rows if r[0] == c.focus], [r for r in rows if r[0] != c.focus]
    year, level = c.result.sheet.order[-1], f"{robustness.confidence:.0%}"
    return BarChart(
        f"{c.key}_ranks",
        Text(f"{c.title.zh}：{year}年位次与 {level} 区间", f"{c.title.en}: ranks of {year} with {level} intervals"),
        Text("位次，1 为最高", "rank, 1 the highest"),
        {region: c.names[region] for region, _ in rows},
        (
            series(Text("其他地区", "other regions"), others, "peer"),
            *([series(c.names[c.focus], own, "focus")] if own else []),
        ),
        horizontal=True,
        dots=True,
        note=Text("区间重叠的地区不应分先后。", "Regions whose intervals overlap are not to be told apart."),
    )


def _sensitivity_table(c: Composed, robustness: RobustnessResult) -> Table:
    columns = (
        Column("factor", Text("选择", "choice")),
        Column("first_order", Text("单独解释的份额", "share explained alone"), kind="number", digits=2),
        Column("total", Text("连同交互的份额", "share with interactions"), kind="number", digits=2),
    )
    found = robustness.sensitivity
    rows = tuple(
        (Cell(FACTOR_WORDS[factor]), Cell(first, note=_NOTHING), Cell(total, note=_NOTHING))
        for factor, first, total in zip(found["factor"], found["first_order"], found["total"], strict=True)
    )
    title = Text(f"{c.title.zh}：名次随哪项选择而变", f"{c.title.en}: which choice moves the ranks")
    return Table(f"{c.key}_sensitivity", title, columns, rows, note=robustness.convention)


_NOTHING = Text("名次不变", "ranks never move")


def _filled_table(c: Composed) -> list[Block]:
    sheet, tree, was = c.result.sheet, c.result.tree, c.result.computed.was_missing
    places = np.argwhere(was).tolist()
    if not places:
        return []
    columns = (
        Column("region", Text("地区", "region")),
        Column("period", Text("年份", "year"), kind="year"),
        Column("indicator", Text("指标", "indicator")),
        Column("value", Text("补入的值", "value filled in"), kind="number"),
    )
    rows = tuple(
        (
            Cell(c.names[str(sheet.units[i])]),
            Cell(int(sheet.periods[i])),
            Cell(list(tree)[j].title),
            Cell(float(c.result.computed.raw[i, j]), tone="warning"),
        )
        for i, j in places
    )
    title = Text(f"{c.title.zh}：补缺的 {len(rows)} 个值", f"{c.title.en}: {len(rows)} values filled in")
    return [Table(f"{c.key}_filled", title, columns, rows, folded=True)]

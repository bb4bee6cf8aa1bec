"""The measure section: how productivity moved, who leads, and what moved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hetao.measure import BootstrapResult, FrontierResult, IndexBootstrapResult, IndexResult
from hetao.measure.productivity.words import part_words
from hetao.report.format import sentence, signed
from hetao.report.model import (
    Block,
    Cell,
    Chart,
    Column,
    LineChart,
    Paragraph,
    Point,
    Reference,
    Section,
    Series,
    Step,
    Table,
    Tone,
    Waterfall,
)
from hetao.report.sections.maps import region_map
from hetao.text import Text

__all__ = ["STATUS_WORDS", "Measured", "measure_section"]

STATUS_WORDS: dict[str, Text] = {
    "optimal": Text("最优", "optimal"),
    "infeasible": Text("无可行解", "infeasible"),
    "unbounded": Text("无界", "unbounded"),
    "numerical": Text("数值未达标", "numerical"),
    "missing": Text("缺数据", "missing"),
}
NO_NOTE = Text("", "")


@dataclass(frozen=True)
class Measured:
    """A result and what the page needs to tell it.

    Attributes:
        key, title: what the measure is called in the study.
        result: an index or a frontier result.
        focus: the unit that comes first.
        peers: the units that it is shown beside; empty: all.
        names: unit → name.
        roles: the sentence that says what went in and came out.
        sources: keys of the sources that the data came from.
        limits: its bootstrap, if one was made.
        note: what readers must know.
    """

    key: str
    title: Text
    result: IndexResult | FrontierResult
    focus: str
    peers: tuple[str, ...]
    names: Mapping[str, Text]
    roles: Text
    sources: tuple[str, ...]
    limits: BootstrapResult | IndexBootstrapResult | None = None
    note: Text = NO_NOTE


@dataclass(frozen=True)
class Chain:
    """A unit's index chained from the first period: (periods,) levels, None from the first unknown link on."""

    unit: str
    levels: tuple[float | None, ...]
    unknown: int

    @property
    def total(self) -> float | None:
        """The level of the last period, first period = 1."""
        return self.levels[-1]

    @property
    def yearly(self) -> float | None:
        """Mean growth a link in percent, where every link is known."""
        if self.total is None or self.total <= 0:
            return None
        return float(100.0 * (self.total ** (1.0 / (len(self.levels) - 1)) - 1.0))


def measure_section(measured: Sequence[Measured], missing: Sequence[Table] = ()) -> Section:
    """Build the section; the first measure gives the answer and the picture, ``missing`` lists what had no figure."""
    blocks: list[Block] = []
    for m in measured:
        blocks += _index_blocks(m, m.result) if isinstance(m.result, IndexResult) else _frontier_blocks(m, m.result)
    first = measured[0]
    answer = (
        _index_answer(first, first.result)
        if isinstance(first.result, IndexResult)
        else _frontier_answer(first, first.result)
    )
    picture = (
        _index_map(first, first.result) if isinstance(first.result, IndexResult) else _frontier_map(first, first.result)
    )
    return Section(
        key="measure",
        title=Text("测度", "Measure"),
        question=Text(
            "投入转化为产出的效率如何，什么在推动它？",
            "How productively are inputs turned into output, and what moved it?",
        ),
        answer=answer,
        tone="plain",
        picture=picture,
        blocks=(*blocks, *missing),
    )


def _chains(result: IndexResult) -> dict[str, Chain]:
    found = {}
    for unit, own in result.levels.items():
        levels = tuple(None if np.isnan(level) else float(level) for level in own)
        found[str(unit)] = Chain(str(unit), levels, levels.count(None))
    return found


def _ranked(chains: Mapping[str, Chain]) -> list[Chain]:
    known = [c for c in chains.values() if c.yearly is not None]
    return sorted(known, key=lambda c: (-(c.yearly or 0.0), c.unit))


def _index_answer(m: Measured, result: IndexResult) -> Text:
    chains, name = _chains(result), m.names[m.focus]
    first, last = result.panel.periods[0], result.panel.periods[-1]
    ranked = _ranked(chains)
    focus = chains[m.focus]
    if focus.yearly is None:
        return Text(
            f"{first}–{last}年{name.zh}的{m.title.zh}有 {focus.unknown} 期无解，不给出总变化。",
            f"{name.en}'s {m.title.en} has no answer in {focus.unknown} of the years {first}-{last}: no total.",
        )
    rank = 1 + [c.unit for c in ranked].index(m.focus)
    leading = _leading_part(result, m.focus)
    return Text(
        f"{first}–{last}年{name.zh}的{m.title.zh}年均变化 {signed(focus.yearly, 2)}%，"
        f"在 {len(ranked)} 个地区中列第 {rank} 位；主要由{leading.zh}带动。",
        f"{name.en}'s {m.title.en} changed by {signed(focus.yearly, 2)} % a year in {first}-{last}, "
        f"rank {rank} of {len(ranked)}; {leading.en} moved it most.",
    )


def _leading_part(result: IndexResult, unit: str) -> Text:
    parts = _log_parts(result, unit)
    return part_words(max(parts, key=lambda name: abs(parts[name])))


def _log_parts(result: IndexResult, unit: str) -> dict[str, float]:
    """Return 100 × the sum of logs of each part that the index is the product of, over the unit's known changes."""
    own = np.array([str(u) == unit for u in result.pairs.units])
    return {name: float(100.0 * np.nansum(logs[own])) for name, logs in result.terms.items()}


def _index_map(m: Measured, result: IndexResult) -> Chart:
    chains = _chains(result)
    lost = {u: None if c.yearly is not None else _unknown_words(c) for u, c in chains.items()}
    title = Text(f"{m.title.zh}：年均变化", f"{m.title.en}: mean change a year")
    return _map(m, title, Text("%/年", "% a year"), {u: c.yearly for u, c in chains.items()}, lost, middle=0.0)


def _map(
    m: Measured,
    title: Text,
    unit: Text,
    values: Mapping[str, float | None],
    lost: Mapping[str, Text | None],
    *,
    middle: float | None = None,
) -> Chart:
    return region_map(f"{m.key}_map", title, unit, values, lost, m.names, m.focus, m.sources, middle=middle)


def _unknown_words(chain: Chain) -> Text:
    return Text(f"{chain.unknown} 期无解，不连乘", f"no answer in {chain.unknown} periods, so nothing is chained")


def _index_blocks(m: Measured, result: IndexResult) -> list[Block]:
    chains = _chains(result)
    return [
        Paragraph(
            Text(
                f"{m.title.zh}。{m.roles.zh} {result.convention.zh}",
                f"{sentence(m.title.en)}. {m.roles.en} {result.convention.en}",
            )
        ),
        *_notes(m),
        _chain_chart(m, result, chains),
        _parts_chart(m, result),
        _ranking_table(m, result, chains),
        _changes_table(m, result),
        *_unsolved_table(m, result),
    ]


def _chain_chart(m: Measured, result: IndexResult, chains: Mapping[str, Chain]) -> LineChart:
    periods = [int(p) for p in result.panel.periods]
    shown = [u for u in (*m.peers, m.focus) if u in chains] if m.peers else list(chains)
    series = tuple(
        Series(
            name=m.names[unit],
            points=tuple(Point(p, level, m.sources) for p, level in zip(periods, chains[unit].levels, strict=True)),
            role="focus" if unit == m.focus else "peer",
        )
        for unit in sorted(shown, key=lambda u: u == m.focus)
    )
    whole = [c.levels for c in chains.values() if c.total is not None]
    median = (
        tuple(Point(p, float(np.median([w[i] for w in whole])), m.sources) for i, p in enumerate(periods))
        if whole
        else ()
    )
    if median:
        series += (Series(name=Text("各地区中位数", "median of all regions"), points=median),)
    return LineChart(
        key=f"{m.key}_chain",
        title=Text(f"{m.title.zh}：逐年连乘，{periods[0]}年 = 1", f"{m.title.en}, chained, {periods[0]} = 1"),
        unit=Text(f"{periods[0]}年 = 1", f"{periods[0]} = 1"),
        series=series,
        references=(Reference(Text("不变", "no change"), result.start),),
    )


def _parts_chart(m: Measured, result: IndexResult) -> Waterfall:
    parts = _log_parts(result, m.focus)
    name = m.names[m.focus]
    first, last = result.panel.periods[0], result.panel.periods[-1]
    steps = [Step(part_words(part), value, sources=m.sources) for part, value in parts.items()]
    return Waterfall(
        key=f"{m.key}_parts",
        title=Text(
            f"{name.zh}：推动指数的各部分，{first}–{last}年",
            f"{name.en}: the parts that moved the index, {first}-{last}",
        ),
        unit=Text("对数点 ×100", "log points × 100"),
        steps=(*steps, Step(part_words("index"), sum(parts.values()), "level", sources=m.sources)),
        note=Text(
            "各部分对数之和等于指数的对数；无解或有一部分为 0 的年份不计入。",
            "The logs of the parts add to that of the index; years without an answer or with a part of 0 are left out.",
        ),
    )


def _ranking_table(m: Measured, result: IndexResult, chains: Mapping[str, Chain]) -> Table:
    parts = [n for n in result.values if n != "index"]
    columns = (
        Column("rank", Text("位次", "rank"), kind="number", digits=0),
        Column("region", Text("地区", "region")),
        Column("yearly", Text("年均变化", "mean change"), Text("%/年", "% a year"), "number", 2),
        Column("total", Text("累计", "cumulative"), Text("初期 = 1", "first year = 1"), "number", 3),
        *(
            Column(
                p,
                Text(f"{part_words(p).zh}（累计）", f"{part_words(p).en}, cumulative"),
                Text("对数点 ×100", "log points × 100"),
                "number",
                1,
            )
            for p in parts
        ),
    )
    ranked = _ranked(chains)
    unranked = [c for c in chains.values() if c.yearly is None]
    rows = []
    for rank, chain in [*enumerate(ranked, start=1), *((None, c) for c in unranked)]:
        here = np.array([str(u) == chain.unit for u in result.pairs.units])
        sums = [_log_sum(result.values[p][here]) for p in parts]
        known = chain.yearly is not None
        tone: Tone = "plain" if known else "muted"
        rows.append(
            (
                Cell(rank),
                Cell(m.names[chain.unit], tone=tone),
                Cell(chain.yearly, m.sources),
                Cell(chain.total, m.sources),
                *(Cell(s, m.sources) for s in sums),
            )
        )
    return Table(f"{m.key}_ranking", Text(f"{m.title.zh}：各地区", f"{m.title.en}: all regions"), columns, tuple(rows))


def _log_sum(values: NDArray[np.float64]) -> float | None:
    """Return 100 × the sum of logs; None where a value is unknown or 0 and has no log."""
    return 100.0 * float(np.log(values).sum()) if (values > 0.0).all() else None


def _changes_table(m: Measured, result: IndexResult) -> Table:
    columns = (
        Column("region", Text("地区", "region")),
        Column("period_from", Text("起", "from"), kind="year"),
        Column("period_to", Text("止", "to"), kind="year"),
        *(Column(name, part_words(name), kind="number", digits=4) for name in result.values),
        *_limit_columns(m),
        Column("status", Text("状态", "status")),
    )
    rows, limits = [], _limits(m)
    for i, (unit, before, after) in enumerate(zip(*result.keys, strict=True)):
        numbers = (None if np.isnan(v[i]) else float(v[i]) for v in result.values.values())
        status = str(result.status[i])
        rows.append(
            (
                Cell(m.names[str(unit)]),
                Cell(_year(before)),
                Cell(_year(after)),
                *(Cell(n, m.sources) for n in numbers),
                *(Cell(limit, m.sources) for limit in limits[i]),
                Cell(STATUS_WORDS[status], tone="plain" if status == "optimal" else "warning"),
            )
        )
    title = Text(f"{m.title.zh}：逐年", f"{m.title.en}: every change")
    return Table(f"{m.key}_changes", title, columns, tuple(rows), folded=True)


def _notes(m: Measured) -> list[Paragraph]:
    """Return what readers must know, and what the bootstrap says on the whole."""
    found = [Paragraph(m.note)] if m.note.en else []
    if isinstance(m.limits, IndexBootstrapResult):
        low, high = m.limits.limits("index").T
        known = ~np.isnan(low)
        n, up, down = int(known.sum()), int((low[known] > 1.0).sum()), int((high[known] < 1.0).sum())
        level = f"{m.limits.confidence:.0%}"
        found.append(
            Paragraph(
                Text(
                    f"自助法（{level} 置信限）：{n} 个逐年变化中，显著增长 {up} 个，显著下降 {down} 个。",
                    f"Bootstrap ({level} limits): of {n} yearly changes {up} are significantly up and {down} down.",
                )
            )
        )
    return found


def _limit_columns(m: Measured) -> tuple[Column, ...]:
    if m.limits is None:
        return ()
    low, high = Text("置信下限", "lower limit"), Text("置信上限", "upper limit")
    columns = (Column("lower", low, kind="number", digits=4), Column("upper", high, kind="number", digits=4))
    if isinstance(m.limits, BootstrapResult):
        return (Column("corrected", Text("校正偏差后", "corrected for bias"), kind="number", digits=4), *columns)
    return columns


def _limits(m: Measured) -> list[tuple[float | None, ...]]:
    """Return the cells of `_limit_columns` for every row of the result."""
    if m.limits is None:
        rows = len(m.result.status) if isinstance(m.result, IndexResult) else len(m.result.panel)
        return [()] * rows
    if isinstance(m.limits, BootstrapResult):
        table = np.column_stack([m.limits.corrected, m.limits.limits])
    else:
        table = m.limits.limits("index")
    return [tuple(None if np.isnan(v) else float(v) for v in row) for row in table]


def _unsolved_table(m: Measured, result: IndexResult) -> list[Block]:
    units, before, after = result.keys
    lost = [i for i, s in enumerate(result.status) if str(s) != "optimal"]
    if not lost:
        return []
    columns = (
        Column("region", Text("地区", "region")),
        Column("period_from", Text("起", "from"), kind="year"),
        Column("period_to", Text("止", "to"), kind="year"),
        Column("status", Text("为何没有数", "why there is no number")),
    )
    rows = tuple(
        (
            Cell(m.names[str(units[i])]),
            Cell(_year(before[i])),
            Cell(_year(after[i])),
            Cell(STATUS_WORDS[str(result.status[i])], tone="warning"),
        )
        for i in lost
    )
    title = Text(f"{m.title.zh}：没有结果的 {len(lost)} 项", f"{m.title.en}: {len(lost)} changes without a result")
    return [Table(f"{m.key}_unsolved", title, columns, rows, folded=True)]


def _latest(m: Measured, result: FrontierResult) -> dict[str, float | None]:
    panel, score = result.panel, result.evaluation.score
    rows = panel.rows(panel.periods[-1])
    return {str(panel.units[r]): None if np.isnan(score[r]) else float(score[r]) for r in rows}


def _frontier_answer(m: Measured, result: FrontierResult) -> Text:
    latest, name, period = _latest(m, result), m.names[m.focus], result.panel.periods[-1]
    value = latest.get(m.focus)
    if value is None:
        return Text(
            f"{period}年{name.zh}的{m.title.zh}没有结果。",
            f"{name.en}'s {m.title.en} has no result in {period}.",
        )
    known = [v for v in latest.values() if v is not None]
    return Text(
        f"{period}年{name.zh}的{m.title.zh}为 {value:.3f}（{len(known)} 个地区平均 {np.mean(known):.3f}）。",
        f"{name.en}'s {m.title.en} was {value:.3f} in {period} (mean of {len(known)} regions {np.mean(known):.3f}).",
    )


def _frontier_map(m: Measured, result: FrontierResult) -> Chart:
    latest, period = _latest(m, result), result.panel.periods[-1]
    lost = {u: None if v is not None else Text("没有结果", "no result") for u, v in latest.items()}
    title = Text(f"{m.title.zh}，{period}年", f"{m.title.en}, {period}")
    return _map(m, title, Text("得分", "score"), latest, lost)


def _frontier_blocks(m: Measured, result: FrontierResult) -> list[Block]:
    panel, e = result.panel, result.evaluation
    columns = (
        Column("region", Text("地区", "region")),
        Column("period", Text("时期", "period"), kind="year"),
        Column("score", Text("得分", "score"), kind="number", digits=4),
        *_limit_columns(m),
        Column("status", Text("状态", "status")),
    )
    limits = _limits(m)
    rows = tuple(
        (
            Cell(m.names[str(panel.units[i])]),
            Cell(_year(panel.row_periods[i])),
            Cell(None if np.isnan(e.score[i]) else float(e.score[i]), m.sources),
            *(Cell(limit, m.sources) for limit in limits[i]),
            Cell(STATUS_WORDS[str(e.status[i])], tone="plain" if str(e.status[i]) == "optimal" else "warning"),
        )
        for i in range(len(panel))
    )
    words = Text(
        f"{m.title.zh}。{m.roles.zh} {result.convention.zh}",
        f"{sentence(m.title.en)}. {m.roles.en} {result.convention.en}",
    )
    return [Paragraph(words), *_notes(m), Table(f"{m.key}_scores", m.title, columns, rows, folded=len(rows) > 60)]


def _year(period: object) -> int | str:
    return period if isinstance(period, int) else str(period)

"""The differences section: how unequal regions are, within and between zones, and whether that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hetao.measure import BetaConvergence, DensityResult, MarkovResult
from hetao.report.format import sentence, signed
from hetao.report.model import BarChart, Block, Cell, Column, LineChart, Paragraph, Point, Section, Series, Table
from hetao.text import Text

__all__ = ["Compared", "differences_section"]

PARTS = {
    "within_share": Text("区内", "within zones"),
    "between_share": Text("区间", "between zones"),
    "transvariation_share": Text("超变密度（区间重叠）", "overlap of zones"),
}


@dataclass(frozen=True)
class Compared:
    """What was compared and what was found.

    Attributes:
        key, title: what it is called in the study.
        of: the title of what is compared.
        zones: the zones' titles, in order.
        means: zone → year → mean of its regions.
        gini: columns ``period``, ``gini`` and its parts, a year each.
        spread: columns ``period``, ``variation`` and more, a year each.
        beta: the regression of growth on the start, None where there is none.
        markov: moves between classes, None where there is none.
        density: the densities of the first and the last year.
        sources: keys of the sources that the data came from.
        left_out: regions of the zones without a value above 0 in every year, which are not compared.
        lost: what could not be made, and why.
        note: what readers must know.
    """

    key: str
    title: Text
    of: Text
    zones: tuple[Text, ...]
    means: tuple[Mapping[int, float], ...]
    gini: Mapping[str, list[Any]]
    spread: Mapping[str, list[Any]]
    beta: BetaConvergence | None
    markov: MarkovResult | None
    density: DensityResult | None
    sources: tuple[str, ...]
    left_out: tuple[Text, ...]
    lost: tuple[Text, ...]
    note: Text


def differences_section(compared: Sequence[Compared]) -> Section:
    """Build the section; the first comparison gives the answer and the picture."""
    first, blocks = compared[0], []
    for c in compared:
        blocks += _blocks(c)
    return Section(
        key="differences",
        title=Text("地区差异", "Regional differences"),
        question=Text("差距有多大，在扩大还是缩小？", "How large are the gaps, and do they close?"),
        answer=_answer(first),
        tone="plain",
        picture=_gini_chart(first),
        blocks=tuple(blocks),
    )


def _answer(c: Compared) -> Text:
    periods, gini, between = c.gini["period"], c.gini["gini"], c.gini["between_share"]
    first, last = periods[0], periods[-1]
    rose = gini[-1] > gini[0]
    zh = f"{c.of.zh}的基尼系数从{first}年的 {gini[0]:.3f} {'升' if rose else '降'}到{last}年的 {gini[-1]:.3f}"
    verb = "rose" if rose else "fell"
    en = f"The Gini ratio of {c.of.en} {verb} from {gini[0]:.3f} in {first} to {gini[-1]:.3f} in {last}"
    if first == last:
        zh, en = (
            f"{last}年{c.of.zh}的基尼系数为 {gini[-1]:.3f}",
            f"The Gini ratio of {c.of.en} was {gini[-1]:.3f} in {last}",
        )
    if between[-1] is not None:
        zh += f"，其中区间差异占 {between[-1]:.0%}"
        en += f", {between[-1]:.0%} of it between zones"
    return Text(f"{zh}。", f"{en}.")


def _gini_chart(c: Compared) -> LineChart:
    periods = [int(p) for p in c.gini["period"]]
    points = tuple(Point(p, v, c.sources) for p, v in zip(periods, c.gini["gini"], strict=True))
    spread = tuple(Point(int(p), v, c.sources) for p, v in zip(c.spread["period"], c.spread["variation"], strict=True))
    return LineChart(
        f"{c.key}_gini",
        Text(f"{c.of.zh}：差异", f"{c.of.en}: inequality"),
        Text("比值", "ratio"),
        (
            Series(Text("基尼系数", "Gini ratio"), points, "focus"),
            Series(Text("变异系数", "coefficient of variation"), spread),
        ),
    )


def _blocks(c: Compared) -> list[Block]:
    words = Text(
        f"{c.title.zh}。比较的是{c.of.zh}；基尼系数按 Dagum（1997）分为区内、区间与超变密度三部分。",
        f"{sentence(c.title.en)}. What is compared is {c.of.en}; the Gini ratio is split by Dagum (1997) into "
        "what lies within zones, between them, and in their overlap.",
    )
    found: list[Block] = [Paragraph(words)]
    if c.note.en:
        found.append(Paragraph(c.note))
    if c.left_out:
        zh, en = "、".join(r.zh for r in c.left_out), ", ".join(r.en for r in c.left_out)
        found.append(
            Paragraph(
                Text(
                    f"某年没有值（或不大于 0）而未比较：{zh}。",
                    f"Not compared, for want of a value above 0 in some year: {en}.",
                )
            )
        )
    found += [_gini_chart(c), _zone_chart(c), _parts_chart(c), _gini_table(c)]
    if c.density is not None:
        found.append(_density_chart(c, c.density))
    if c.beta is not None:
        found.append(Paragraph(_beta_words(c.beta)))
    if c.markov is not None:
        found.append(_markov_table(c, c.markov))
    return [*found, *(Paragraph(words) for words in c.lost)]


def _zone_chart(c: Compared) -> LineChart:
    series = tuple(
        Series(zone, tuple(Point(year, mean, c.sources) for year, mean in means.items()))
        for zone, means in zip(c.zones, c.means, strict=True)
    )
    title = Text(f"{c.of.zh}：各区平均", f"{c.of.en}: means of the zones")
    return LineChart(f"{c.key}_zones", title, Text("平均", "mean"), series)


def _parts_chart(c: Compared) -> BarChart:
    periods = [str(p) for p in c.gini["period"]]
    series = tuple(
        Series(
            words,
            tuple(
                Point(p, None if v is None else 100.0 * v, c.sources)
                for p, v in zip(periods, c.gini[name], strict=True)
            ),
        )
        for name, words in PARTS.items()
    )
    return BarChart(
        f"{c.key}_parts",
        Text(f"{c.of.zh}：差异的来源", f"{c.of.en}: where the inequality lies"),
        Text("%", "%"),
        {p: Text(p, p) for p in periods},
        series,
        stacked=True,
        most=100.0,
    )


def _gini_table(c: Compared) -> Table:
    columns = (
        Column("period", Text("年份", "year"), kind="year"),
        Column("gini", Text("基尼系数", "Gini ratio"), kind="number", digits=4),
        *(Column(name, words, Text("%", "%"), "number", 1) for name, words in PARTS.items()),
        Column("variation", Text("变异系数", "coefficient of variation"), kind="number", digits=4),
    )
    rows = []
    for i, period in enumerate(c.gini["period"]):
        shares = (c.gini[name][i] for name in PARTS)
        rows.append(
            (
                Cell(int(period)),
                Cell(c.gini["gini"][i], c.sources),
                *(Cell(None if s is None else 100.0 * s, c.sources, note=_EQUAL) for s in shares),
                Cell(c.spread["variation"][i], c.sources),
            )
        )
    title = Text(f"{c.title.zh}：逐年", f"{c.title.en}: year by year")
    return Table(f"{c.key}_differences", title, columns, tuple(rows))


_EQUAL = Text("各地区全部相等", "all regions are equal")


def _density_chart(c: Compared, density: DensityResult) -> LineChart:
    """Draw the densities over their grid, whose points are the categories of the chart."""
    digits = max(0, -int(np.floor(np.log10(density.grid[1] - density.grid[0]))))  # so that no two look the same
    at = [f"{x:.{digits}f}" for x in density.grid]
    series = tuple(
        Series(
            Text(f"{period}年", f"{period}"),
            tuple(Point(x, float(y), c.sources) for x, y in zip(at, row, strict=True)),
        )
        for period, row in zip(density.periods, density.density, strict=True)
    )
    title = Text(f"{c.of.zh}：分布", f"{c.of.en}: distribution")
    note = Text("地区不多，小峰多为偶然。", "With few regions small peaks are mostly chance.")
    return LineChart(f"{c.key}_density", title, Text("密度", "density"), series, note=note)


def _beta_words(beta: BetaConvergence) -> Text:
    clear, slope, t = beta.p_value < 0.05, signed(beta.slope, 4), signed(beta.t, 2)
    verdict_zh = "落后者增长更快" if beta.slope < 0.0 else "落后者并未增长更快"
    verdict_en = "those behind grew faster" if beta.slope < 0.0 else "those behind did not grow faster"
    sure_zh, sure_en = ("" if clear else "，但不显著"), ("" if clear else ", but not significantly so")
    return Text(
        f"β 收敛：{verdict_zh}{sure_zh}（斜率 {slope}，t = {t}，{beta.units} 个地区，{beta.years:.0f} 年）。",
        f"β-convergence: {verdict_en}{sure_en} (slope {slope}, t = {t}, {beta.units} regions, {beta.years:.0f} years).",
    )


def _markov_table(c: Compared, markov: MarkovResult) -> Table:
    k = len(markov.counts)
    columns = (
        Column("from", Text("起始类（1 最低）", "class at first (1 the lowest)"), kind="number", digits=0),
        Column("moves", Text("次数", "moves"), kind="number", digits=0),
        *(
            Column(f"to_{j}", Text(f"到第 {j} 类", f"to class {j}"), Text("%", "%"), "number", 1)
            for j in range(1, k + 1)
        ),
    )
    rows = tuple(
        (
            Cell(i + 1),
            Cell(int(markov.counts[i].sum())),
            *(
                Cell(None if np.isnan(p) else 100.0 * float(p), c.sources, note=_NOBODY)
                for p in markov.probabilities[i]
            ),
        )
        for i in range(k)
    )
    bounds = ", ".join(f"{b:.3g}" for b in markov.bounds)
    title = Text(f"{c.of.zh}：逐年的位次流动", f"{c.of.en}: moves from year to year")
    note = Text(
        f"按各年平均的相对值分类，分界 {bounds}。",
        f"Classes of values relative to each year's mean, bounded by {bounds}.",
    )
    return Table(f"{c.key}_moves", title, columns, rows, note=note)


_NOBODY = Text("该类没有地区", "nobody was in that class")

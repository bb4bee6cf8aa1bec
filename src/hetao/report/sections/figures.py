"""The data section: vintages and the choices between them, tables that do not add up, what stands unused."""

from __future__ import annotations

from collections.abc import Mapping

from hetao.figures import Chosen, Figure, Miss, Register
from hetao.report.model import Block, Cell, Column, Paragraph, Section, Table
from hetao.text import Text
from hetao.units import unit_words

__all__ = ["figures_section"]


def figures_section(
    register: Register,
    chosen: Chosen,
    misses: tuple[Miss, ...],
    *,
    tolerance: str,
    regions: Mapping[str, Text],
    indicators: Mapping[str, Text],
) -> Section:
    """Build the section from the register, the choices and the tables that do not add up."""
    blocks: list[Block] = [_summary(register)]
    if chosen.choices:
        blocks.append(_vintages(register, chosen, indicators))
    blocks.append(_misses(misses, tolerance, regions, indicators))
    if chosen.left_out:
        blocks.append(_left_out(chosen, regions, indicators))
    missing = [f for f in register if f.value is None]
    if register.unread:
        blocks.append(_unread(register))
    if missing:
        blocks.append(_missing(missing, regions, indicators))
    n, sources = len(register), len({f.source for f in register})
    return Section(
        key="figures",
        title=Text("数据", "Figures"),
        question=Text("数字从哪里来，哪些靠不住？", "Where do the figures come from, and which are in doubt?"),
        answer=Text(
            f"{n} 个数字、{sources} 个来源；{len(misses)} 处公布的合计与分项之差超过 {tolerance}，照录并列出。",
            f"{n} figures from {sources} sources; {len(misses)} published totals miss the sum of their parts by more "
            f"than {tolerance}: kept as printed, and listed.",
        ),
        tone="warning" if misses else "good",
        picture=None,
        blocks=tuple(blocks),
    )


def _summary(register: Register) -> Paragraph:
    n = len({(f.region, f.period, f.indicator) for f in register})
    return Paragraph(
        Text(
            f"同一数字的不同来源各自保留：{len(register)} 个数字对应 {n} 个地区、时期与指标。"
            "悬停或点按任一数字可见其来源。",
            f"The same figure from two sources is kept twice: {len(register)} figures for {n} cells of region, period "
            "and indicator. Hover over or tap any figure to see its source.",
        )
    )


def _unread(register: Register) -> Paragraph:
    zh = "、".join(p.describe("zh") for p in register.unread)
    en = ", ".join(p.describe("en") for p in register.unread)
    words = Text(f"没有数字表头、未读的工作表：{zh}。", f"Sheets without a header of figures, left alone: {en}.")
    return Paragraph(words, "muted")


def _vintages(register: Register, chosen: Chosen, indicators: Mapping[str, Text]) -> Table:
    columns = (
        Column("indicator", Text("指标", "indicator")),
        Column("chosen", Text("选用的来源", "source chosen")),
        Column("others", Text("其他来源", "other sources")),
    )
    rows = tuple(
        (
            Cell(indicators[i]),
            Cell(source, (source,)),
            _other_sources(register, i, source),
        )
        for i, source in chosen.choices.items()
    )
    return Table("figures_vintages", Text("版本的选择", "The choice between vintages"), columns, rows)


def _other_sources(register: Register, indicator: str, chosen: str) -> Cell:
    others = tuple(s for s in register.sources_of(indicator) if s != chosen)
    return Cell(", ".join(others) or "–", others)


def _misses(
    misses: tuple[Miss, ...], tolerance: str, regions: Mapping[str, Text], indicators: Mapping[str, Text]
) -> Table:
    columns = (
        Column("region", Text("地区", "region")),
        Column("period", Text("时期", "period")),
        Column("indicator", Text("合计", "total")),
        Column("printed", Text("公布的合计", "total as printed"), kind="number"),
        Column("summed", Text("分项之和", "sum of the parts"), kind="number"),
        Column("gap", Text("差", "difference"), kind="number"),
        Column("unit", Text("单位", "unit")),
    )
    rows = tuple(
        (
            Cell(regions[m.total.region]),
            Cell(str(m.total.period)),
            Cell(indicators[m.total.indicator]),
            Cell(float(m.total.value or 0), (m.total.source,), m.total.place.describe("en")),
            Cell(float(m.parts_value), (m.total.source,)),
            Cell(float(m.difference), tone="warning"),
            Cell(unit_words(m.total.unit)),
        )
        for m in misses
    )
    title = Text(f"合计与分项不符（容差 {tolerance}）", f"Totals that miss their parts (tolerance {tolerance})")
    note = None if misses else Text("没有。", "None.")
    return Table("figures_sums", title, columns, rows, note)


def _left_out(chosen: Chosen, regions: Mapping[str, Text], indicators: Mapping[str, Text]) -> Table:
    title = Text("所选来源没有、其他来源有而未用的数字", "Not in the chosen source, in another, and not used")
    return _figures_table("figures_left_out", title, chosen.left_out, regions, indicators)


def _missing(missing: list[Figure], regions: Mapping[str, Text], indicators: Mapping[str, Text]) -> Table:
    title = Text("来源标为缺的数字", "Figures that their source marks as missing")
    return _figures_table("figures_missing", title, tuple(missing), regions, indicators)


def _figures_table(
    key: str, title: Text, figures: tuple[Figure, ...], regions: Mapping[str, Text], indicators: Mapping[str, Text]
) -> Table:
    columns = (
        Column("region", Text("地区", "region")),
        Column("period", Text("时期", "period")),
        Column("indicator", Text("指标", "indicator")),
        Column("given", Text("原文", "as printed")),
        Column("place", Text("位置", "place")),
    )
    rows = tuple(
        (
            Cell(regions[f.region]),
            Cell(str(f.period)),
            Cell(indicators[f.indicator]),
            Cell(f"{f.given} {f.given_unit}".strip() or "–", (f.source,)),
            Cell(Text(f.place.describe("zh"), f.place.describe("en"))),
        )
        for f in figures
    )
    return Table(key, title, columns, rows, folded=True)

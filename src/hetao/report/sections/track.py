"""The track section: what was promised, what happened, and on which assumed path a target stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hetao.report.model import BarChart, Block, Cell, Column, LineChart, Paragraph, Point, Section, Series, Table, Tone
from hetao.text import Text
from hetao.track import Assessment, Status, Timeline
from hetao.track.wording import bound_words
from hetao.units import unit_words

__all__ = ["Tracked", "track_section"]

TONES: dict[Status, Tone] = {
    Status.MET: "good",
    Status.ON_COURSE: "good",
    Status.BEHIND: "warning",
    Status.REOPENED: "bad",
    Status.MISSED: "bad",
    Status.UNKNOWN: "muted",
}
BOUNDS = {"at_least": Text("不低于", "at least"), "at_most": Text("不高于", "at most")}


@dataclass(frozen=True)
class Tracked:
    """Assessments and what the page needs to tell them.

    Attributes:
        as_of: the year as of which targets are judged.
        assessments: one a target.
        timelines: target key → its actuals and path over the years.
        regions, indicators: id → name.
        others: (region, indicator, year, value, unit, sources) of actuals without a target, told beside.
    """

    as_of: int
    assessments: tuple[Assessment, ...]
    timelines: Mapping[str, Timeline]
    regions: Mapping[str, Text]
    indicators: Mapping[str, Text]
    others: tuple[tuple[str, str, str, float, str, tuple[str, ...]], ...]


def track_section(tracked: Tracked) -> Section:
    """Build the section."""
    charts = [_chart(tracked, a) for a in tracked.assessments if sum(h.value is not None for h in a.history) >= 2]
    worst = next(
        (a for s in (Status.REOPENED, Status.MISSED, Status.BEHIND) for a in tracked.assessments if a.status is s), None
    )
    blocks: list[Block] = [_table(tracked), *charts, *_others(tracked)]
    return Section(
        key="track",
        title=Text("跟踪", "Track"),
        question=Text("承诺了哪些目标，进度如何？", "Which targets were promised, and are they on course?"),
        answer=_answer(tracked),
        tone=TONES[worst.status] if worst else "good" if _any_known(tracked) else "muted",
        picture=_counts(tracked),
        blocks=tuple(blocks),
    )


def _any_known(tracked: Tracked) -> bool:
    return any(a.status is not Status.UNKNOWN for a in tracked.assessments)


def _name(tracked: Tracked, a: Assessment) -> Text:
    region, indicator = tracked.regions[a.target.region], tracked.indicators[a.target.indicator]
    return Text(f"{region.zh}：{indicator.zh}", f"{region.en}: {indicator.en}")


def _answer(tracked: Tracked) -> Text:
    counted = {s: [a for a in tracked.assessments if a.status is s] for s in Status}
    zh = "，".join(f"{s.label.zh} {len(found)}" for s, found in counted.items() if found)
    en = ", ".join(f"{len(found)} {s.label.en}" for s, found in counted.items() if found)
    reopened = counted[Status.REOPENED] + counted[Status.MISSED]
    more = " ".join(f"{_name(tracked, a).en}. {a.explanation.en}" for a in reopened[:1])
    more_zh = "".join(f"{_name(tracked, a).zh}。{a.explanation.zh}" for a in reopened[:1])
    n = len(tracked.assessments)
    return Text(
        f"截至{tracked.as_of}年，{n} 项目标：{zh}。{more_zh}",
        f"As of {tracked.as_of}, {n} targets: {en}. {more}".strip(),
    )


def _counts(tracked: Tracked) -> BarChart:
    found = {s: sum(1 for a in tracked.assessments if a.status is s) for s in Status}
    points = tuple(Point(s.value, float(n)) for s, n in found.items() if n)
    return BarChart(
        key="track_counts",
        title=Text("目标的状态", "How the targets stand"),
        unit=Text("项", "targets"),
        labels={s.value: s.label for s in Status},
        series=(Series(Text("目标", "targets"), points, "focus"),),
        horizontal=True,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | Fraction) or hasattr(value, "__float__") else None


def _chart(tracked: Tracked, a: Assessment) -> LineChart:
    line, name, unit = tracked.timelines[a.target.key], _name(tracked, a), _unit(a)
    gap = Text("没有公布数", "nothing published")
    known = [y for y, v in zip(line.years, line.actual, strict=True) if v is not None]
    actuals = tuple(
        Point(y, _number(v), a.sources[1:], gap if v is None else None)
        for y, v in zip(line.years, line.actual, strict=True)
        if y <= known[-1]  # later years are still to come: no gap
    )
    path = tuple(Point(y, _number(v)) for y, v in zip(line.years, line.path, strict=True) if v is not None)
    bound = tuple(Point(y, _number(a.target.value), (a.target.source,)) for y in line.years)
    words = BOUNDS[a.target.bound]
    return LineChart(
        key=f"track_{a.target.key}",
        title=name,
        unit=unit,
        series=(
            Series(Text("实际", "actual"), actuals, "focus"),
            Series(Text("假定路径", "path assumed"), path, "peer"),
            Series(Text(f"目标（{words.zh}）", f"target ({words.en})"), bound, "limit"),
        ),
        note=Text(f"{a.status.label.zh}：{a.explanation.zh}", f"{a.status.label.en}: {a.explanation.en}"),
    )


def _unit(a: Assessment) -> Text:
    return unit_words(a.target.unit) if a.target.unit else Text("比值", "ratio")


def _table(tracked: Tracked) -> Table:
    columns = (
        Column("region", Text("地区", "region")),
        Column("indicator", Text("指标", "indicator")),
        Column("target", Text("目标", "target")),
        Column("deadline", Text("期限", "deadline"), kind="year"),
        Column("latest", Text("最近实际", "latest actual"), kind="number", digits=3),
        Column("latest_year", Text("年份", "year"), kind="year"),
        Column("required", Text("路径要求", "required by the path"), kind="number", digits=3),
        Column("needed", Text("今后每年须变化", "change needed a year"), kind="number", digits=3),
        Column("status", Text("状态", "status")),
        Column("path", Text("假定路径", "path assumed"), wide=True),
        Column("why", Text("说明", "why"), wide=True),
    )
    return Table(
        "track_targets", Text("全部目标", "All targets"), columns, tuple(_row(tracked, a) for a in tracked.assessments)
    )


def _row(tracked: Tracked, a: Assessment) -> tuple[Cell, ...]:
    t = a.target
    latest = a.latest
    return (
        Cell(tracked.regions[t.region]),
        Cell(tracked.indicators[t.indicator]),
        Cell(bound_words(t), (t.source,)),
        Cell(t.deadline),
        Cell(None if latest is None else _number(latest.value), () if latest is None else (latest.source,)),
        Cell(None if latest is None else latest.period),
        Cell(_number(a.required)),
        Cell(_number(a.yearly_change_needed)),
        Cell(a.status.label, tone=TONES[a.status]),
        Cell(a.path),
        Cell(a.explanation),
    )


def _others(tracked: Tracked) -> Sequence[Block]:
    if not tracked.others:
        return ()
    columns = (
        Column("region", Text("地区", "region")),
        Column("indicator", Text("指标", "indicator")),
        Column("period", Text("时期", "period")),
        Column("value", Text("数值", "value"), kind="number"),
        Column("unit", Text("单位", "unit")),
    )
    rows = tuple(
        (Cell(tracked.regions[r]), Cell(tracked.indicators[i]), Cell(p), Cell(v, s), Cell(unit_words(u)))
        for r, i, p, v, u, s in tracked.others
    )
    note = Text("这些实际数没有对应的目标。", "These actuals have no target of their own.")
    return (
        Paragraph(note, "muted"),
        Table("track_others", Text("其他实际数", "Other actuals"), columns, rows, folded=True),
    )

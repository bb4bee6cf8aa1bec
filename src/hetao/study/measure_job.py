"""The measure job: cut a panel out of the register and make the public call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args, get_type_hints

import numpy as np

import hetao.measure
from hetao.errors import Problems
from hetao.figures.panel import Panel
from hetao.measure import FrontierResult, IndexResult, bootstrap, bootstrap_index
from hetao.report.model import Cell, Column, Table
from hetao.report.sections.measure import Measured, measure_section
from hetao.report.sections.reading import BOOTSTRAP, READINGS, Reading
from hetao.study.data import StudyData, setting
from hetao.study.job import (
    Done,
    Job,
    Level,
    chosen_regions,
    require_indicators,
    require_known,
    require_regions,
    require_within,
)
from hetao.study.settings import MeasureSettings
from hetao.text import Text

__all__ = ["measure_job"]

_BOOTSTRAPS: dict[str, Callable[..., Any]] = {"dea": bootstrap, "malmquist": bootstrap_index}
TRIAL = 10  # replications that are tried before anything else is computed


@dataclass(frozen=True)
class _Prepared:
    settings: MeasureSettings
    panel: Panel
    missing: tuple[tuple[str, object, str, Text], ...]
    sources: tuple[str, ...]


def measure_job(data: StudyData, problems: Problems) -> Job | None:
    """Check every ``[measure.*]`` and return the job, or None where there is none or something is wrong."""
    prepared = [_prepare(data, s, problems) for s in data.settings.measure]
    ready = [p for p in prepared if p is not None]
    if not prepared or len(ready) < len(prepared):
        return None
    return Job(Text("测度", "Measure"), lambda _: _run(data, ready))


def _prepare(data: StudyData, s: MeasureSettings, problems: Problems) -> _Prepared | None:
    item = f"[measure.{s.name}]"
    indicators = (*s.inputs, *s.outputs, *s.bads)
    sound = [
        require_regions(data, problems, f"{item} regions", (*s.leave_out, s.focus, *s.peers)),
        require_indicators(data, problems, f"{item} inputs, outputs, bads", indicators),
        _check_options(s, problems),
        _check_bootstrap(s, problems),
    ]
    regions = chosen_regions(data, problems, item, s.regions, s.leave_out) if sound[0] else None
    if regions is None or not all(sound):
        return None
    s = _by_id(data, s)
    if not require_within(data, problems, f"{item} focus, peers", (s.focus, *s.peers), regions):
        return None
    columns, missing = data.chosen.wide(indicators, regions, range(s.years[0], s.years[1] + 1))
    if s.focus not in columns["region"]:
        _refuse_focus(data, s, problems, len(missing))
        return None
    panel = problems.attempt(lambda: _panel(columns, s), setting(item))
    if panel is None or problems.attempt(lambda: _try(columns, s), setting(item)) is None:
        return None
    if s.bootstrap and problems.attempt(lambda: _try_bootstrap(panel, s), setting(f"{item} bootstrap")) is None:
        return None
    used = [
        data.chosen.figure(r, p, i)
        for r, p in zip(columns["region"], columns["period"], strict=True)
        for i in indicators
    ]
    sources = tuple(dict.fromkeys(f.source for f in used if f is not None))
    return _Prepared(s, panel, missing, sources)


def _by_id(data: StudyData, s: MeasureSettings) -> MeasureSettings:
    """Return the settings with every region by its id, however it was named."""
    leave_out, peers = (tuple(data.tree.get(r).id for r in named) for named in (s.leave_out, s.peers))
    return replace(s, focus=data.tree.get(s.focus).id, leave_out=leave_out, peers=peers)


def _panel(columns: Mapping[str, list[Any]], s: MeasureSettings) -> Panel:
    return Panel(columns, unit="region", period="period", inputs=s.inputs, outputs=s.outputs, bads=s.bads)


def _try(columns: Mapping[str, list[Any]], s: MeasureSettings) -> object:
    """Make the call on one row a period and every row with a negative number, so that what it refuses shows early."""
    periods, numbers = columns["period"], [columns[i] for i in (*s.inputs, *s.outputs, *s.bads)]
    kept = [i for i, p in enumerate(periods) if periods.index(p) == i or min(column[i] for column in numbers) < 0]
    call: Callable[..., object] = getattr(hetao.measure, s.call)
    return call(_panel({name: [values[i] for i in kept] for name, values in columns.items()}, s), **s.options)


def _check_options(s: MeasureSettings, problems: Problems) -> bool:
    """Check the further arguments against the call's own signature."""
    call = getattr(hetao.measure, s.call)
    hints, known = get_type_hints(call), inspect.signature(call).parameters.keys() - {"panel"}
    sound = True
    for option, value in s.options.items():
        words = _literals(hints.get(option))
        if option in known and (not words or value in words or type(value) in get_args(hints.get(option))):
            continue
        sound = False
        listed = ", ".join(map(str, words)) if option in known else ", ".join(sorted(known))
        problems.add(
            "study.option",
            setting(f"[measure.{s.name}] options.{option}"),
            found=Text(f"{value!r}", f"{value!r}"),
            expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
            remedy=Text("改正该选项", "correct the option"),
        )
    return sound


def _check_bootstrap(s: MeasureSettings, problems: Problems) -> bool:
    """Check that the call has a bootstrap, and its arguments against its signature."""
    item, call = f"[measure.{s.name}] bootstrap", _BOOTSTRAPS.get(s.call)
    if call is not None or not s.bootstrap:
        known = inspect.signature(call).parameters.keys() - {"result"} if call else ()
        return require_known(problems, item, s.bootstrap, known)
    listed = ", ".join(_BOOTSTRAPS)
    problems.add(
        "study.option",
        setting(item),
        found=Text(f"call = {s.call}", f"call = {s.call}"),
        expected=Text(f"call 为以下之一：{listed}", f"a call that has one: {listed}"),
        remedy=Text("去掉 bootstrap，或换一种测度", "leave bootstrap out, or take another measure"),
    )
    return False


def _try_bootstrap(panel: Panel, s: MeasureSettings) -> object:
    call: Callable[..., object] = getattr(hetao.measure, s.call)
    asked = s.bootstrap.get("replications", TRIAL)
    trial = {**s.bootstrap, "replications": min(asked, TRIAL) if isinstance(asked, int) else asked}
    return _BOOTSTRAPS[s.call](call(panel, **s.options), **trial)


def _literals(hint: object) -> tuple[object, ...]:
    """Return the words that a Literal, or a union of Literals, allows; none for other annotations."""
    parts = get_args(hint)
    if all(isinstance(p, str) for p in parts):
        return parts
    return tuple(word for part in parts for word in _literals(part))


def _refuse_focus(data: StudyData, s: MeasureSettings, problems: Problems, missing: int) -> None:
    name = data.name(s.focus)
    problems.add(
        "study.focus_without_data",
        setting(f"[measure.{s.name}] focus"),
        found=Text(
            f"{name.zh}没有一年数据齐全（共缺 {missing} 个数）",
            f"no complete year for {name.en} ({missing} figures missing in all)",
        ),
        expected=Text("至少一年全部指标都有数", "at least one year in which every indicator has a figure"),
        remedy=Text("补上数字，改年份，或换地区", "add the figures, or change the years or the region"),
    )


def _run(data: StudyData, prepared: list[_Prepared]) -> Done:
    measured, levels, readings = [], {}, []
    facts: dict[str, object] = {}
    for p in prepared:
        s = p.settings
        call: Callable[..., Any] = getattr(hetao.measure, s.call)
        result = call(p.panel, **s.options)
        limits = _BOOTSTRAPS[s.call](result, **s.bootstrap) if s.bootstrap else None
        facts[f"measure.{s.name}"] = {"fingerprint": result.fingerprint, "certificate": result.certificate.as_dict()}
        names = {str(u): data.name(str(u)) for u in p.panel.units}
        roles = _roles(data, s)
        measured.append(Measured(s.name, s.title, result, s.focus, s.peers, names, roles, p.sources, limits, s.note))
        if limits is not None:
            fact = {"fingerprint": limits.fingerprint, "certificate": limits.certificate.as_dict()}
            facts[f"measure.{s.name}.bootstrap"] = fact
        levels[f"measure.{s.name}"] = Level(_levels(result), p.sources)
        readings.append(_reading(s))
    section = measure_section(measured, [_missing_table(data, p) for p in prepared if p.missing])
    return Done(section, facts, levels=levels, readings=tuple(readings))


def _levels(result: IndexResult | FrontierResult) -> dict[tuple[str, int], float]:
    """Return the score of each region and year, or the index chained from its first year as far as it is known."""
    panel = result.panel
    if isinstance(result, FrontierResult):
        keys = zip(panel.units.tolist(), panel.row_periods.tolist(), strict=True)
        scores = zip(keys, result.evaluation.score.tolist(), strict=True)
        return {(str(unit), int(year)): v for (unit, year), v in scores if not np.isnan(v)}
    return {
        (str(unit), _year(period)): float(level)
        for unit, own in result.levels.items()
        for period, level in zip(panel.periods, own, strict=True)
        if not np.isnan(level)
    }


def _year(period: object) -> int:
    assert isinstance(period, int)  # a study's panels have years
    return period


def _reading(s: MeasureSettings) -> Reading:
    shows, hides = READINGS.get(s.call, READINGS["dea"])
    if s.bootstrap:
        hides = Text(hides.zh + BOOTSTRAP.zh, f"{hides.en} {BOOTSTRAP.en}")
    return Reading(s.title, shows, hides)


def _roles(data: StudyData, s: MeasureSettings) -> Text:
    def listed(indicators: tuple[str, ...]) -> Text:
        names = [data.title(i) for i in indicators]
        return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))

    ins, outs, bads = listed(s.inputs), listed(s.outputs), listed(s.bads)
    zh = f"投入：{ins.zh}；产出：{outs.zh}" + (f"；非期望产出：{bads.zh}" if s.bads else "") + "。"
    en = f"Inputs: {ins.en}; outputs: {outs.en}" + (f"; bads: {bads.en}" if s.bads else "") + "."
    return Text(zh, en)


def _missing_table(data: StudyData, p: _Prepared) -> Table:
    columns = (
        Column("region", Text("地区", "region")),
        Column("period", Text("时期", "period"), kind="year"),
        Column("indicator", Text("指标", "indicator")),
        Column("why", Text("为何缺", "why it is missing")),
    )
    rows = tuple(
        (Cell(data.name(r)), Cell(t if isinstance(t, int) else str(t)), Cell(data.title(i)), Cell(why, tone="warning"))
        for r, t, i, why in p.missing
    )
    s = p.settings
    title = Text(f"{s.title.zh}：缺的数（所在行不入面板）", f"{s.title.en}: missing figures (their rows are left out)")
    return Table(f"{s.name}_missing", title, columns, rows, folded=True)

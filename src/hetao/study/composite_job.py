"""The composite job: cut the indicators out of the register and make the index."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hetao.errors import Problems
from hetao.measure import CompositeResult, IndicatorTree, composite, composite_robustness, read_tree
from hetao.report.model import Cell, Column, Table
from hetao.report.sections.composite import Composed, composite_section
from hetao.report.sections.reading import READINGS, Reading
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
from hetao.study.settings import CompositeSettings
from hetao.text import Text

__all__ = ["composite_job"]

OVER = " / "  # between the two indicators of a ratio
OPTIONS = inspect.signature(composite).parameters.keys() - {"frame", "tree", "unit", "period"}
ROBUSTNESS = inspect.signature(composite_robustness).parameters.keys() - {"result"}
TRIAL = 20  # draws of the robustness that are tried before anything else is computed


@dataclass(frozen=True)
class _Prepared:
    settings: CompositeSettings
    tree: IndicatorTree
    columns: Mapping[str, list[Any]]
    missing: tuple[tuple[str, int, str], ...]
    sources: tuple[str, ...]

    def make(self) -> CompositeResult:
        return composite(self.columns, tree=self.tree, unit="region", period="period", **self.settings.options)


def composite_job(data: StudyData, problems: Problems) -> Job | None:
    """Check every ``[composite.*]`` and return the job, or None where there is none or something is wrong."""
    prepared = [_prepare(data, s, problems) for s in data.settings.composite]
    ready = [p for p in prepared if p is not None]
    if not prepared or len(ready) < len(prepared):
        return None
    return Job(Text("综合指数", "Composite index"), lambda _: _run(data, ready))


def _prepare(data: StudyData, s: CompositeSettings, problems: Problems) -> _Prepared | None:
    item = f"[composite.{s.name}]"
    tree = problems.attempt(lambda: read_tree(data.folder / s.tree))
    known = require_regions(data, problems, f"{item} regions", (*s.leave_out, s.focus, *s.peers))
    sound = [
        require_known(problems, f"{item} options", s.options, OPTIONS),
        require_known(problems, f"{item} robustness", s.robustness, ROBUSTNESS),
    ]
    if tree is None or not known or not all(sound):
        return None
    named = [name for indicator in tree for name in _parts(indicator.name)]
    regions = chosen_regions(data, problems, item, s.regions, s.leave_out)
    if not require_indicators(data, problems, f"{item} tree", dict.fromkeys(named)) or regions is None:
        return None
    s = replace(s, focus=data.tree.get(s.focus).id, peers=tuple(data.tree.get(p).id for p in s.peers))
    if not require_within(data, problems, f"{item} focus, peers", (s.focus, *s.peers), regions):
        return None
    prepared = _cut(data, s, tree, regions)
    if problems.attempt(prepared.make, setting(item)) is None:
        return None
    asked = s.robustness.get("draws", TRIAL)
    trial = {**s.robustness, "draws": min(asked, TRIAL) if isinstance(asked, int) else asked}
    if s.robustness and problems.attempt(lambda: composite_robustness(prepared.make(), **trial), setting(item)) is None:
        return None
    return prepared


def _parts(name: str) -> list[str]:
    """Return the indicators that a name is made of: itself, or the two of a ratio."""
    return [part.strip() for part in name.split(OVER)]


def _cut(data: StudyData, s: CompositeSettings, tree: IndicatorTree, regions: list[str]) -> _Prepared:
    """Return the columns of the tree's indicators; regions without any figure in a year have no row in it."""
    columns: dict[str, list[Any]] = {"region": [], "period": [], **{name: [] for name in tree.names}}
    missing: list[tuple[str, int, str]] = []
    sources: dict[str, None] = {}
    for region in regions:
        for year in range(s.years[0], s.years[1] + 1):
            values = {name: _value(data, region, year, name, sources) for name in tree.names}
            if all(value is None for value in values.values()):
                continue
            missing += [(region, year, name) for name, value in values.items() if value is None]
            columns["region"].append(region)
            columns["period"].append(year)
            for name, value in values.items():
                columns[name].append(value)
    return _Prepared(s, tree, columns, tuple(missing), tuple(sources))


def _value(data: StudyData, region: str, year: int, name: str, sources: dict[str, None]) -> float | None:
    """Return an indicator, or a ratio of two, as a number; the sources it came from are added."""
    found = []
    for part in _parts(name):
        figure = data.chosen.figure(region, year, part)
        if figure is None or figure.value is None:
            return None
        sources[figure.source] = None
        found.append(float(figure.value))
    if len(found) == 1:
        return found[0]
    return found[0] / found[1] if found[1] else None


def _run(data: StudyData, prepared: list[_Prepared]) -> Done:
    composed, facts, levels, readings = [], {}, {}, []
    for p in prepared:
        s, result = p.settings, p.make()
        robustness = composite_robustness(result, **s.robustness) if s.robustness else None
        facts[f"composite.{s.name}"] = {"fingerprint": result.fingerprint}
        if robustness is not None:
            facts[f"composite.{s.name}.robustness"] = {"fingerprint": robustness.fingerprint}
        names = {str(u): data.name(str(u)) for u in result.sheet.units}
        composed.append(Composed(s.name, s.title, result, robustness, s.focus, s.peers, names, p.sources, s.note))
        keys = zip(result.sheet.units.tolist(), result.sheet.periods.tolist(), strict=True)
        levels[f"composite.{s.name}"] = Level(dict(zip(keys, result.score.tolist(), strict=True)), p.sources)
        readings.append(Reading(s.title, *READINGS["composite"]))
    section = composite_section(composed, [_missing_table(data, p) for p in prepared if p.missing])
    return Done(section, facts, levels=levels, readings=tuple(readings))


def _missing_table(data: StudyData, p: _Prepared) -> Table:
    columns = (
        Column("region", Text("地区", "region")),
        Column("period", Text("年份", "year"), kind="year"),
        Column("indicator", Text("指标", "indicator")),
    )
    titles = {indicator.name: indicator.title for indicator in p.tree}
    rows = tuple((Cell(data.name(r)), Cell(t), Cell(titles[name], tone="warning")) for r, t, name in p.missing)
    s = p.settings
    return Table(
        f"{s.name}_missing", Text(f"{s.title.zh}：缺的数", f"{s.title.en}: missing figures"), columns, rows, folded=True
    )

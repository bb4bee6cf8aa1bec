"""The differences job: compare what earlier jobs found, by zones and over the years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from hetao.errors import ModelError, Problem, Problems, StudyError
from hetao.measure import beta_convergence, dagum_gini, kernel_density, markov, sigma_convergence
from hetao.report.sections.differences import Compared, differences_section
from hetao.report.sections.reading import READINGS, Reading
from hetao.study.data import StudyData, setting
from hetao.study.job import Done, Job, Levels, chosen_regions, require_regions, require_within
from hetao.study.settings import DifferencesSettings
from hetao.text import Text

__all__ = ["differences_job"]

T = TypeVar("T")


@dataclass(frozen=True)
class _Prepared:
    settings: DifferencesSettings
    of: Text
    zone_of: dict[str, int]


def differences_job(data: StudyData, problems: Problems) -> Job | None:
    """Check every ``[differences.*]`` and return the job, or None where there is none or something is wrong."""
    prepared = [_prepare(data, s, problems) for s in data.settings.differences]
    ready = [p for p in prepared if p is not None]
    if not prepared or len(ready) < len(prepared):
        return None
    return Job(Text("地区差异", "Regional differences"), lambda levels: _run(data, ready, levels))


def _prepare(data: StudyData, s: DifferencesSettings, problems: Problems) -> _Prepared | None:
    item = f"[differences.{s.name}]"
    titles = {f"measure.{m.name}": m.title for m in data.settings.measure}
    titles |= {f"composite.{c.name}": c.title for c in data.settings.composite}
    if s.of not in titles:
        listed = ", ".join(titles) or "–"
        problems.add(
            "study.unknown_result",
            setting(f"{item} of"),
            found=Text(f"{s.of!r}", f"{s.of!r}"),
            expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
            remedy=Text("写明要比较的测度或综合指数", "name the measure or index to be compared"),
        )
    zone_of = _zones(data, s, problems)
    sound = [_check_zones(s, problems), _check_classes(s, problems)]
    if zone_of is None or s.of not in titles or not all(sound):
        return None
    if not _are_measured(data, s, zone_of, problems):
        return None
    return _Prepared(s, titles[s.of], zone_of)


def _zones(data: StudyData, s: DifferencesSettings, problems: Problems) -> dict[str, int] | None:
    """Return region → position of its zone; record regions that are unknown or stand twice."""
    found: dict[str, int] = {}
    for number, zone in enumerate(s.zones):
        item = f"[differences.{s.name}] zone {number + 1}"
        if not require_regions(data, problems, item, zone.regions):
            return None
        for region in zone.regions:
            known = data.tree.get(region).id
            if known in found:
                name = data.name(known)
                problems.add(
                    "study.zone_twice",
                    setting(item),
                    found=Text(f"{name.zh}已在另一区中", f"{name.en}, which stands in another zone"),
                    expected=Text("每个地区属于一个区", "each region in one zone"),
                    remedy=Text("从其中一个区中删去", "take it out of one of them"),
                )
            found[known] = number
    return found


def _check_zones(s: DifferencesSettings, problems: Problems) -> bool:
    titles = [zone.title for zone in s.zones]
    if len(titles) >= 2 and len(set(titles)) == len(titles):
        return True
    shown = Text("、".join(t.zh for t in titles) or "没有区", ", ".join(t.en for t in titles) or "no zone")
    problems.add(
        "study.no_zones",
        setting(f"[differences.{s.name}] zone"),
        found=shown,
        expected=Text(
            f"至少两个名称不同的 [[differences.{s.name}.zone]]",
            f"at least two [[differences.{s.name}.zone]], each with a title of its own",
        ),
        remedy=Text("写明各区的名称与地区", "name the title and the regions of each zone"),
    )
    return False


def _check_classes(s: DifferencesSettings, problems: Problems) -> bool:
    if s.classes >= 2:
        return True
    problems.add(
        "study.classes",
        setting(f"[differences.{s.name}] classes"),
        found=Text(f"{s.classes}", f"{s.classes}"),
        expected=Text("至少 2 类", "at least 2 classes"),
        remedy=Text("改正类数", "correct the number"),
    )
    return False


def _are_measured(data: StudyData, s: DifferencesSettings, zone_of: dict[str, int], problems: Problems) -> bool:
    """Record the regions of a zone that the result compared does not measure."""
    jobs = {f"measure.{m.name}": m for m in data.settings.measure}
    of = jobs | {f"composite.{c.name}": c for c in data.settings.composite}
    measured = chosen_regions(data, Problems(StudyError), s.of, of[s.of].regions, of[s.of].leave_out)
    if measured is None:
        return False  # what is compared is told to be wrong itself
    item, numbers = f"[differences.{s.name}] zone", range(len(s.zones))
    own = [[region for region, zone in zone_of.items() if zone == number] for number in numbers]
    sound = [require_within(data, problems, f"{item} {n + 1}", own[n], measured) for n in numbers]
    return all(sound)


def _if_any(make: Callable[[], T], what: Text, lost: list[Text]) -> T | None:
    """Return what is made; None where there are too few years or regions, or all are alike, and why is kept."""
    try:
        return make()
    except ModelError as error:
        why = error.problems[0]
        zh = f"未作{what.zh}：发现{why.found.zh}，应为{why.expected.zh}。"
        lost.append(Text(zh, f"No {what.en}: found {why.found.en}; expected {why.expected.en}."))
        return None


def _run(data: StudyData, prepared: list[_Prepared], levels: Levels) -> Done:
    compared = [_compare(data, p, levels) for p in prepared]
    readings = tuple(Reading(p.settings.title, *READINGS["differences"]) for p in prepared)
    return Done(differences_section(compared), readings=readings)


def _compare(data: StudyData, p: _Prepared, levels: Levels) -> Compared:
    """Return what is found over the regions that belong to a zone and have a value in every year.

    Raises:
        StudyError: there is none.
    """
    s = p.settings
    known = {key: value for key, value in levels[s.of].values.items() if key[0] in p.zone_of and value > 0.0}
    years = sorted({year for _, year in known})
    whole = [r for r in dict.fromkeys(r for r, _ in known) if all((r, year) in known for year in years)]
    if not whole:
        raise StudyError([_nothing_whole(s, p.of)])
    rows = [(r, year) for year in years for r in whole]
    table: dict[str, list[Any]] = {
        "region": [r for r, _ in rows],
        "period": [year for _, year in rows],
        "zone": [p.zone_of[r] for r, _ in rows],
        "value": [known[key] for key in rows],
    }
    means = tuple(
        {
            year: float(np.mean([known[r, year] for r in whole if p.zone_of[r] == zone]))
            for year in years
            if any(p.zone_of[r] == zone for r in whole)
        }
        for zone in range(len(s.zones))
    )
    ends = {"value": [v for v, y in zip(table["value"], table["period"], strict=True) if y in (years[0], years[-1])]}
    ends["period"] = [y for y in table["period"] if y in (years[0], years[-1])]
    lost: list[Text] = []
    beta = _if_any(
        lambda: beta_convergence(table, value="value", unit="region", period="period"),
        Text(" β 收敛", "β-convergence"),
        lost,
    )
    moves = _if_any(
        lambda: markov(table, value="value", unit="region", period="period", classes=s.classes, relative=True),
        Text("转移表", "table of moves"),
        lost,
    )
    density = _if_any(
        lambda: kernel_density(ends, value="value", period="period"), Text("密度图", "picture of densities"), lost
    )
    return Compared(
        key=s.name,
        title=s.title,
        of=p.of,
        zones=tuple(zone.title for zone in s.zones),
        means=means,
        gini=dagum_gini(table, value="value", group="zone", period="period"),
        spread=sigma_convergence(table, value="value", period="period"),
        beta=beta,
        markov=moves,
        density=density,
        sources=levels[s.of].sources,
        left_out=tuple(data.name(r) for r in p.zone_of if r not in whole),
        lost=tuple(lost),
        note=s.note,
    )


def _nothing_whole(s: DifferencesSettings, of: Text) -> Problem:
    return Problem(
        "study.nothing_to_compare",
        setting(f"[differences.{s.name}]"),
        found=Text(f"各区中没有地区每年都有{of.zh}", f"no region of the zones with {of.en} in every year"),
        expected=Text("至少一个地区每年都有大于 0 的值", "at least one region with a value above 0 in every year"),
        remedy=Text("补上数字，或改各区、年份", "add figures, or change the zones or the years"),
    )

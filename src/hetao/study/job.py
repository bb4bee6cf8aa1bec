"""What every job of a study gives: a section of the report, and what the manifest must say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from hetao.errors import Problems
from hetao.figures import Row
from hetao.report.model import Section
from hetao.report.sections.reading import Reading
from hetao.study.data import StudyData, setting
from hetao.text import Text

__all__ = [
    "Done",
    "Job",
    "Level",
    "Levels",
    "chosen_regions",
    "require_indicators",
    "require_known",
    "require_regions",
    "require_source",
    "require_within",
]


@dataclass(frozen=True)
class Level:
    """What a result says of each region and year.

    Attributes:
        values: the score, or the index chained from its first year, where it is known.
        sources: keys of the sources that the data came from.
    """

    values: Mapping[tuple[str, int], float]
    sources: tuple[str, ...]


Levels = Mapping[str, Level]
"""Job, such as ``measure.tfp`` → its level."""


@dataclass(frozen=True)
class Done:
    """What a job gives.

    Attributes:
        section: its section of the report.
        facts: name → what the manifest says: fingerprints, certificates, heads.
        files: file name → text, further files for the output folder.
        levels: what later jobs may compare.
        readings: what the results show and do not show.
    """

    section: Section
    facts: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    levels: Levels = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Job:
    """A checked piece of work: its words for the progress, and what to do with what earlier jobs gave."""

    words: Text
    run: Callable[[Levels], Done]


KIND = "kind:"


def chosen_regions(
    data: StudyData, problems: Problems, item: str, named: Iterable[str], leave_out: Iterable[str]
) -> list[str] | None:
    """Return the ids of regions named one by one or by kind (``kind:province``), less those left out.

    What is unknown is recorded, and None returned; so it is where nothing is left.
    """
    listed: list[str] = []
    for name in named:
        if name.startswith(KIND):
            listed += [r.id for r in data.tree.of_kind(name.removeprefix(KIND))]
        elif require_regions(data, problems, f"{item} regions", [name]):
            listed.append(data.tree.get(name).id)
        else:
            return None
    leave_out = list(leave_out)
    if not require_regions(data, problems, f"{item} leave_out", leave_out):
        return None
    out = {data.tree.get(name).id for name in leave_out}
    if not listed:
        problems.add(
            "study.no_regions",
            setting(f"{item} regions"),
            found=Text("没有匹配的地区", "no region that matches"),
            expected=Text("地区代码，或 kind:province", "region ids, or kind:province"),
            remedy=Text("改正地区，或在区划表中补上", "correct the regions, or add them to the table of regions"),
        )
        return None
    return [region for region in dict.fromkeys(listed) if region not in out]


def require_regions(data: StudyData, problems: Problems, item: str, regions: Iterable[str]) -> bool:
    """Record every region of a setting that the tree does not know; say whether all are known."""
    found = [problems.attempt(partial(data.tree.get, region), setting(item)) for region in regions]
    return None not in found


def require_indicators(data: StudyData, problems: Problems, item: str, indicators: Iterable[str]) -> bool:
    """Record every indicator of a setting that is no key of the schema; say whether all are."""
    sound = True
    for name in indicators:
        found = problems.attempt(partial(data.schema.get, name), setting(item))
        if found is not None and found.key != name:
            problems.add(
                "study.indicator_name",
                setting(item),
                found=Text(f"名称“{name}”", f"the name {name!r}"),
                expected=Text("指标的键", "the indicator's key"),
                remedy=Text(f"写作 {found.key}", f"write {found.key}"),
            )
        sound &= found is not None and found.key == name
    return sound


def require_known(problems: Problems, item: str, given: Iterable[str], known: Iterable[str]) -> bool:
    """Record every argument that a call does not know; say whether all are known."""
    listed = ", ".join(sorted(known))
    unknown = [name for name in given if name not in known]
    for name in unknown:
        problems.add(
            "study.option",
            setting(f"{item}.{name}"),
            found=Text("未知选项", "an unknown option"),
            expected=Text(f"以下之一：{listed}", f"one of: {listed}"),
            remedy=Text("改正该选项", "correct the option"),
        )
    return not unknown


def require_within(data: StudyData, problems: Problems, item: str, wanted: Iterable[str], regions: list[str]) -> bool:
    """Record every region that a setting names and that is not among those measured; say whether all are."""
    outside = [r for r in wanted if r not in regions]
    for region in outside:
        name = data.name(region)
        problems.add(
            "study.not_measured",
            setting(item),
            found=Text(f"{name.zh}，不在 regions 中或已列入 leave_out", f"{name.en}, not in regions, or in leave_out"),
            expected=Text("所测地区之一", "one of the regions measured"),
            remedy=Text("改正此处，或 regions、leave_out", "correct it here, or regions and leave_out"),
        )
    return not outside


def require_source(data: StudyData, row: Row, problems: Problems) -> None:
    """Record a row whose ``source`` is not in the study's table of sources, where it has one."""
    source = row["source"]
    if source and data.sources and source not in data.sources:
        problems.add(
            "study.unknown_source",
            row.place("source"),
            found=Text(f"未知来源 {source}", f"the unknown source {source}"),
            expected=Text("来源表中的代码", "a key of the table of sources"),
            remedy=Text("在来源表中补上", "add it to the table of sources"),
        )

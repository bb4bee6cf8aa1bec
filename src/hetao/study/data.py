"""What a study reads before anything is computed: settings, regions, indicators, sources, figures."""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from hetao.errors import Place, Problems, ProblemsError, StudyError
from hetao.figures import (
    Chosen,
    Figure,
    Miss,
    RegionTree,
    Register,
    Schema,
    Source,
    check_sums,
    read_figures,
    read_sources,
)
from hetao.study.settings import StudySettings, read_settings
from hetao.text import Text
from hetao.units import read_number

__all__ = ["StudyData", "attempt_in", "load_study", "setting"]

T = TypeVar("T")
LOCK = "~$"  # what a spreadsheet program leaves beside a workbook that is open


@dataclass(frozen=True)
class StudyData:
    """A study's inputs, checked.

    Attributes:
        folder: the study folder.
        settings: its ``study.toml``.
        tree: the regions.
        schema: the indicators.
        sources: source key → source; empty where the study has no table of sources.
        register: every figure, all vintages.
        chosen: one figure a region, period and indicator, by the study's named choices.
        misses: published tables that do not add up within the stated tolerance.
        files: the files that were read, relative to the folder.
    """

    folder: Path
    settings: StudySettings
    tree: RegionTree
    schema: Schema
    sources: Mapping[str, Source]
    register: Register
    chosen: Chosen
    misses: tuple[Miss, ...]
    files: tuple[str, ...]

    def name(self, region: str) -> Text:
        """Return a region's name."""
        return self.tree.get(region).name

    def title(self, indicator: str) -> Text:
        """Return an indicator's name."""
        return self.schema.get(indicator).name

    def figures_of(self, indicator: str) -> tuple[Figure, ...]:
        """Return the chosen figures of an indicator, known ones only, by region and period."""
        found = [f for f in self.chosen.figures if f.indicator == indicator and f.value is not None]
        return tuple(sorted(found, key=lambda f: (f.region, str(f.period))))


def attempt_in(problems: Problems, file: str, read: Callable[[], T]) -> T | None:
    """Like `Problems.attempt`; the problems are told as lying in ``file``, at the record that they name."""
    try:
        return read()
    except ProblemsError as error:
        problems.extend(replace(p, place=replace(p.place, file=file)) for p in error.problems)
        return None


def setting(item: str) -> Place:
    """Return the place of a setting of ``study.toml``."""
    return Place(file="study.toml", item=item)


def load_study(folder: Path) -> StudyData:
    """Read and check everything that a study names.

    Raises:
        StudyError: everything that is wrong, over all files.
    """
    settings = read_settings(folder)
    problems = Problems(StudyError)
    tree = problems.attempt(lambda: RegionTree.read(folder / settings.regions, root=folder))
    schema = problems.attempt(lambda: _schema(folder, settings))
    sources = problems.attempt(lambda: read_sources(folder / settings.sources, root=folder) if settings.sources else {})
    tolerance = _tolerance(settings, problems)
    found = _figure_files(folder, settings, problems)
    register = None
    if tree is not None and schema is not None:
        known, paths = sources or None, [folder / name for name in found]
        register = problems.attempt(lambda: read_figures(paths, tree=tree, schema=schema, sources=known, root=folder))
    chosen = _choose(register, settings, problems) if register is not None else None
    problems.raise_if_any()
    if tree is None or schema is None or sources is None or tolerance is None or register is None or chosen is None:
        raise AssertionError("a part is missing only where a problem was recorded")
    named = [name for name in (settings.regions, settings.sources, settings.indicators) if name]
    return StudyData(
        folder=folder,
        settings=settings,
        tree=tree,
        schema=schema,
        sources=sources,
        register=register,
        chosen=chosen,
        misses=check_sums(register, schema, tolerance),
        files=(*named, *found),
    )


def _schema(folder: Path, settings: StudySettings) -> Schema:
    shipped = Schema.shipped()
    return shipped.extended_by(folder / settings.indicators, root=folder) if settings.indicators else shipped


def _tolerance(settings: StudySettings, problems: Problems) -> Fraction | None:
    place = setting("[study] tolerance")
    tolerance = problems.attempt(lambda: Fraction(read_number(settings.tolerance)), place)
    if tolerance is not None and tolerance < 0:
        problems.add(
            "study.tolerance",
            place,
            found=Text(f"负数 {settings.tolerance}", f"the negative number {settings.tolerance}"),
            expected=Text("不小于 0 的数", "a number of at least 0"),
            remedy=Text("去掉负号", "remove the sign"),
        )
    return tolerance


def _choose(register: Register, settings: StudySettings, problems: Problems) -> Chosen | None:
    """Return the view under the study's choices; a problem with a choice is placed in the settings."""
    try:
        return register.choose(settings.choose)
    except ProblemsError as error:
        here = (
            p if p.place.file else replace(p, place=setting(f"[study.choose] {p.place.item}")) for p in error.problems
        )
        problems.extend(here)
        return None


def _figure_files(folder: Path, settings: StudySettings, problems: Problems) -> list[str]:
    """Return the files of figures, relative to the folder."""
    found: list[str] = []
    for pattern in settings.figures:
        named = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 - takes any pattern, Path.glob not
        matched = sorted(Path(n).as_posix() for n in named if not Path(n).name.startswith(LOCK))
        if not matched:
            problems.add(
                "study.no_file",
                setting("[study] figures"),
                found=Text(f"{pattern} 没有匹配的文件", f"no file that matches {pattern}"),
                expected=Text("至少一个文件", "at least one file"),
                remedy=Text("改正路径，或放入文件", "correct the path, or put the file there"),
            )
        found += matched
    return list(dict.fromkeys(found))

"""What a study reads before anything is computed: settings, regions, indicators, sources, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

__all__ = ["StudyData", "attempt", "load_study"]

T = TypeVar("T")


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


def attempt(problems: Problems, read: Callable[[], T]) -> T | None:
    """Return what ``read`` gives; record its problems and return None where it refuses."""
    try:
        return read()
    except ProblemsError as error:
        problems.extend(error.problems)
        return None


def load_study(folder: Path) -> StudyData:
    """Read and check everything that a study names.

    Raises:
        StudyError: everything that is wrong, over all files.
    """
    settings = read_settings(folder)
    problems = Problems(StudyError)
    tree = attempt(problems, lambda: RegionTree.read(folder / settings.regions, root=folder))
    schema = attempt(problems, lambda: _schema(folder, settings))
    sources = attempt(
        problems, lambda: read_sources(folder / settings.sources, root=folder) if settings.sources else {}
    )
    tolerance = attempt(problems, lambda: Fraction(read_number(settings.tolerance)))
    paths = _figure_files(folder, settings, problems)
    if tree is None or schema is None or sources is None:
        problems.raise_if_any()
        raise AssertionError("a part is missing only where a problem was recorded")
    register = attempt(
        problems, lambda: read_figures(paths, tree=tree, schema=schema, sources=sources or None, root=folder)
    )
    chosen = attempt(problems, lambda: register.choose(dict(settings.choose))) if register is not None else None
    problems.raise_if_any()
    assert register is not None
    assert chosen is not None
    assert tolerance is not None
    named = (settings.regions, settings.sources, settings.indicators)
    files = tuple(str(p.relative_to(folder)) for p in [*(folder / n for n in named if n), *paths])
    return StudyData(
        folder=folder,
        settings=settings,
        tree=tree,
        schema=schema,
        sources=sources,
        register=register,
        chosen=chosen,
        misses=check_sums(register, schema, tolerance),
        files=files,
    )


def _schema(folder: Path, settings: StudySettings) -> Schema:
    shipped = Schema.shipped()
    return shipped.extended_by(folder / settings.indicators, root=folder) if settings.indicators else shipped


def _figure_files(folder: Path, settings: StudySettings, problems: Problems) -> list[Path]:
    found: list[Path] = []
    for pattern in settings.figures:
        matched = sorted(folder.glob(pattern))
        if not matched:
            problems.add(
                "study.no_file",
                Place(file="study.toml", item="[study] figures"),
                found=Text(f"{pattern} 没有匹配的文件", f"no file that matches {pattern}"),
                expected=Text("至少一个文件", "at least one file"),
                remedy=Text("改正路径，或放入文件", "correct the path, or put the file there"),
            )
        found += matched
    return list(dict.fromkeys(found))

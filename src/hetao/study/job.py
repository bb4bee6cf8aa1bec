"""What every job of a study gives: a section of the report, and what the manifest must say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from hetao.errors import Place, Problems, ProblemsError
from hetao.report.model import Section
from hetao.study.data import StudyData
from hetao.text import Text

__all__ = ["Done", "Job", "require_indicators", "require_regions"]


@dataclass(frozen=True)
class Done:
    """What a job gives.

    Attributes:
        section: its section of the report.
        facts: name → what the manifest says: fingerprints, certificates, heads.
        files: file name → text, further files for the output folder.
    """

    section: Section
    facts: Mapping[str, object] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A checked piece of work: its words for the progress, and what to do."""

    words: Text
    run: Callable[[], Done]


def require_regions(data: StudyData, problems: Problems, item: str, regions: Iterable[str]) -> bool:
    """Record every region of a setting that the tree does not know; say whether all are known."""
    known = [_known(problems, item, partial(data.tree.get, region)) for region in regions]  # each is recorded
    return all(known)


def require_indicators(data: StudyData, problems: Problems, item: str, indicators: Iterable[str]) -> bool:
    """Record every indicator of a setting that the schema does not know; say whether all are known."""
    known = [_known(problems, item, partial(data.schema.get, indicator)) for indicator in indicators]
    return all(known)


def _known(problems: Problems, item: str, get: Callable[[], object]) -> bool:
    try:
        get()
    except ProblemsError as error:
        problems.extend(replace(p, place=Place(file="study.toml", item=item)) for p in error.problems)
        return False
    return True

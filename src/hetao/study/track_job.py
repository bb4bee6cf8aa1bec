"""The track job: targets of a table against the actuals of the register."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from hetao.errors import Place, Problems
from hetao.figures import Figure, read_table
from hetao.report.sections.track import Tracked, track_section
from hetao.study.data import StudyData, attempt
from hetao.study.job import Done, Job, require_indicators
from hetao.study.settings import TrackSettings
from hetao.text import Text
from hetao.track import Actual, Target, assess_all, targets_from_rows, timeline
from hetao.track.rows import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from hetao.units import convert

__all__ = ["track_job"]


def track_job(data: StudyData, problems: Problems) -> Job | None:
    """Check ``[track]`` and return the job, or None where it is absent or something is wrong."""
    settings = data.settings.track
    if settings is None:
        return None
    before = len(problems)
    targets = attempt(problems, lambda: _targets(data, settings))
    require_indicators(data, problems, "[track] beside", settings.beside)
    if targets is not None:
        _check(data, settings, targets, problems)
    if targets is None or len(problems) > before:
        return None
    actuals = tuple(_actuals(data, targets))
    if attempt(problems, lambda: assess_all(targets, actuals, settings.as_of)) is None:
        return None
    return Job(Text("跟踪", "Track"), lambda: _run(data, settings, targets, actuals))


def _targets(data: StudyData, settings: TrackSettings) -> tuple[Target, ...]:
    rows = read_table(data.folder / settings.targets, REQUIRED_COLUMNS, OPTIONAL_COLUMNS, root=data.folder)
    return targets_from_rows([row.as_dict() for row in rows], settings.targets)


def _check(data: StudyData, settings: TrackSettings, targets: Iterable[Target], problems: Problems) -> None:
    for row, target in enumerate(targets, start=2):
        known = attempt(problems, partial(data.tree.get, target.region)) is not None
        indicator = attempt(problems, partial(data.schema.get, target.indicator))
        if known and indicator is not None:
            attempt(problems, partial(convert, 1, target.unit or "1", indicator.unit))
        if data.sources and target.source not in data.sources:
            problems.add(
                "study.unknown_source",
                Place(file=settings.targets, row=row, column="source"),
                found=Text(f"未知来源 {target.source}", f"the unknown source {target.source}"),
                expected=Text("来源表中的代码", "a key of the table of sources"),
                remedy=Text("在来源表中补上", "add it to the table of sources"),
            )


def _actuals(data: StudyData, targets: Iterable[Target]) -> Iterable[Actual]:
    """Yield the yearly actuals of every series that has a target, in the unit of its first target."""
    series: dict[tuple[str, str], Target] = {}
    for target in targets:
        series.setdefault((target.region, target.indicator), target)
    for (region, indicator), target in series.items():
        for figure in data.chosen.series(region, indicator):
            if isinstance(figure.period, int) and figure.value is not None:
                value = convert(figure.value, data.schema.get(indicator).unit, target.unit or "1")
                yield Actual(
                    region=region,
                    indicator=indicator,
                    period=figure.period,
                    value=value,
                    unit=target.unit,
                    source=figure.source,
                    note=figure.note,
                )


def _run(data: StudyData, settings: TrackSettings, targets: tuple[Target, ...], actuals: tuple[Actual, ...]) -> Done:
    assessments = assess_all(targets, actuals, settings.as_of)
    own = {t.key: [a for a in actuals if (a.region, a.indicator) == (t.region, t.indicator)] for t in targets}
    others = [f for indicator in settings.beside for f in data.figures_of(indicator)]
    regions = {*(t.region for t in targets), *(f.region for f in others)}
    indicators = {*(t.indicator for t in targets), *(f.indicator for f in others)}
    tracked = Tracked(
        as_of=settings.as_of,
        assessments=assessments,
        timelines={t.key: timeline(t, own[t.key], settings.as_of) for t in targets},
        regions={r: data.name(r) for r in regions},
        indicators={i: data.title(i) for i in indicators},
        others=tuple(_other_row(data, f) for f in others),
    )
    facts = {"track": {"as_of": settings.as_of, "statuses": {a.target.key: str(a.status) for a in assessments}}}
    return Done(track_section(tracked), facts)


def _other_row(data: StudyData, f: Figure) -> tuple[str, str, str, float, str, tuple[str, ...]]:
    return (f.region, f.indicator, str(f.period), float(f.value or 0), data.schema.get(f.indicator).unit, (f.source,))

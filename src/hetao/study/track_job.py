"""The track job: targets of a table against the actuals of the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from hetao.errors import Problems, TrackError
from hetao.figures import Figure, Row, read_table
from hetao.report.sections.track import Tracked, track_section
from hetao.study.data import StudyData, attempt_in
from hetao.study.job import Done, Job, require_indicators, require_source
from hetao.study.settings import TrackSettings
from hetao.text import Text
from hetao.track import Actual, Target, assess_all, targets_from_rows, timeline
from hetao.track.rows import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from hetao.units import convert

__all__ = ["track_job"]

PURE = "1"  # the unit of a pure number in the register; track writes it as none

FIRST_ROW = 2  # what `targets_from_rows` calls the first row below the header


def track_job(data: StudyData, problems: Problems) -> Job | None:
    """Check ``[track]`` and return the job, or None where it is absent or something is wrong."""
    settings = data.settings.track
    if settings is None:
        return None
    before = len(problems)
    path = data.folder / settings.targets
    rows = problems.attempt(lambda: read_table(path, REQUIRED_COLUMNS, OPTIONAL_COLUMNS, root=data.folder))
    require_indicators(data, problems, "[track] beside", settings.beside)
    named = None if rows is None else _targets(rows, settings, problems)
    if rows is None or named is None:
        return None
    found = [_checked(data, row, target, problems) for row, target in zip(rows, named, strict=True)]
    targets = tuple(target for target in found if target is not None)
    if len(problems) > before:
        return None
    actuals = tuple(_actuals(data, targets))
    if attempt_in(problems, settings.targets, lambda: assess_all(targets, actuals, settings.as_of)) is None:
        return None
    return Job(Text("跟踪", "Track"), lambda _: _run(data, settings, targets, actuals))


def _targets(rows: Sequence[Row], settings: TrackSettings, problems: Problems) -> tuple[Target, ...] | None:
    """Return the rows' targets; problems are placed at the cells, wherever blank rows or a sheet have moved them."""
    try:
        targets = targets_from_rows([row.as_dict() for row in rows], settings.targets)
    except TrackError as error:
        for p in error.problems:
            row = rows[(p.place.row or FIRST_ROW) - FIRST_ROW]
            problems.extend([replace(p, place=row.place(p.place.column))])
        return None
    return tuple(replace(t, unit="") if t.unit == PURE else t for t in targets)


def _checked(data: StudyData, row: Row, target: Target, problems: Problems) -> Target | None:
    """Return a target with its region and indicator by id; None after recording what is unknown or unlike."""
    region = problems.attempt(partial(data.tree.get, target.region), row.place("region"))
    indicator = problems.attempt(partial(data.schema.get, target.indicator), row.place("indicator"))
    require_source(data, row, problems)
    if region is None or indicator is None:
        return None
    problems.attempt(partial(convert, 1, target.unit or PURE, indicator.unit), row.place("unit"))
    return replace(target, region=region.id, indicator=indicator.key)


def _actuals(data: StudyData, targets: Iterable[Target]) -> Iterable[Actual]:
    """Yield the yearly actuals of every series that has a target, in the unit of its first target."""
    series: dict[tuple[str, str], Target] = {}
    for target in targets:
        series.setdefault((target.region, target.indicator), target)
    for (region, indicator), target in series.items():
        for figure in data.chosen.series(region, indicator):
            if isinstance(figure.period, int) and figure.value is not None:
                value = convert(figure.value, data.schema.get(indicator).unit, target.unit or PURE)
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

"""The hold job: caps and published uses of the register become events of a ledger, each on its own basis."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hetao.errors import Place, Problems
from hetao.figures import Figure
from hetao.ledger import Finding, Ledger, Line
from hetao.report.sections.hold import Held, hold_section
from hetao.study.data import StudyData, setting
from hetao.study.job import Done, Job, require_indicators, require_regions
from hetao.study.settings import HoldSettings, VolumeSettings
from hetao.text import Text
from hetao.units import read_volume, unit

__all__ = ["hold_job"]

KINDS = {"country": "region", "province": "region", "group": "region", "league": "league", "banner": "banner"}
Volume = tuple[str, VolumeSettings, Figure, int]  # cap or use, what it is, the figure, m³
LARGEST_M3 = 2**63 - 1  # the largest volume that a ledger holds
TOP = ("country",)  # a country's provinces stand at the top of the ledger, each under its own caps


def hold_job(data: StudyData, problems: Problems) -> Job | None:
    """Check ``[hold]`` and return the job, or None where it is absent or something is wrong."""
    settings = data.settings.hold
    if settings is None:
        return None
    before = len(problems)
    require_regions(data, problems, "[hold] focus", [settings.focus])
    for group, listed in (("cap", settings.caps), ("use", settings.uses)):
        for i, v in enumerate(listed, start=1):
            _check_volume(data, problems, f"[[hold.{group}]] {i} indicator", v)
    if len(problems) > before:
        return None
    volumes = [("cap", v, f) for v in settings.caps for f in data.figures_of(v.indicator)]
    volumes += [("use", v, f) for v in settings.uses for f in data.figures_of(v.indicator)]
    for region in dict.fromkeys([settings.focus, *(f.region for _, _, f in volumes)]):
        _check_kinds(data, region, problems)
    read = [(kind, v, f, _volume_m3(f, problems)) for kind, v, f in volumes]
    if len(problems) > before:
        return None
    events = tuple(_events(data, settings, [(kind, v, f, m3) for kind, v, f, m3 in read if m3 is not None]))
    return Job(Text("守住", "Hold"), lambda _: _run(data, settings, events))


def _check_volume(data: StudyData, problems: Problems, item: str, v: VolumeSettings) -> None:
    if not require_indicators(data, problems, item, [v.indicator]):
        return
    measured = data.schema.get(v.indicator).unit
    if unit(measured).dimension != "volume":
        problems.add(
            "study.not_a_volume",
            setting(item),
            found=Text(
                f"指标 {v.indicator} 的单位是 {measured}", f"the indicator {v.indicator}, whose unit is {measured}"
            ),
            expected=Text("水量指标", "an indicator of volume"),
            remedy=Text("换成水量指标", "name an indicator of volume"),
        )
    elif not data.figures_of(v.indicator):
        problems.add(
            "study.no_figures",
            setting(item),
            found=Text(f"指标 {v.indicator} 没有数", f"no figures of the indicator {v.indicator}"),
            expected=Text("至少一个数", "at least one figure"),
            remedy=Text("补上数字，或删去该表", "add the figures, or remove the table"),
        )


def _check_kinds(data: StudyData, region: str, problems: Problems) -> None:
    """Record every region, from the top down to this one, whose kind has no place in the ledger."""
    allowed = ", ".join((*TOP, *KINDS))
    for step in data.tree.path(region):
        if step.kind not in (*TOP, *KINDS):
            problems.add(
                "study.region_kind",
                Place(file=data.settings.regions, column="kind", item=step.id),
                found=Text(f"{step.name.zh}的类别 {step.kind}", f"the kind {step.kind!r} of {step.name.en}"),
                expected=Text(f"以下之一：{allowed}", f"one of: {allowed}"),
                remedy=Text("改正类别，或不在 [hold] 中用它", "correct the kind, or leave the region out of [hold]"),
            )


def _volume_m3(f: Figure, problems: Problems) -> int | None:
    """Return a figure as whole m³ of a whole year; None after recording why it is not."""
    if not isinstance(f.period, int):
        problems.add(
            "study.not_a_year",
            f.place,
            found=Text(f"时期 {f.period}", f"the period {f.period}"),
            expected=Text("整年", "a whole year"),
            remedy=Text("改用年度数，或另立指标", "give the figure of the year, or make it an indicator of its own"),
        )
        return None
    volume_m3 = problems.attempt(lambda: read_volume(f.given, f.given_unit), f.place)
    if volume_m3 is not None and not 0 <= volume_m3 <= LARGEST_M3:
        problems.add(
            "study.volume_out_of_range",
            f.place,
            found=Text(f"{f.given} {f.given_unit}", f"{f.given} {f.given_unit}"),
            expected=Text(f"0 至 {LARGEST_M3} m³", f"0 to {LARGEST_M3} m³"),
            remedy=Text("改正数字或单位", "correct the figure or its unit"),
        )
    return volume_m3


def _events(data: StudyData, settings: HoldSettings, volumes: list[Volume]) -> Iterator[dict[str, Any]]:
    """Yield the events: nodes, then caps and uses in order of time, what lies above before what lies below."""
    yield from _nodes(data, [f.region for _, _, f, _ in volumes] + [data.tree.get(settings.focus).id])

    def order(volume: Volume) -> tuple[str, int, int, str, str]:
        kind, v, f, _ = volume
        return kind, int(f.period), len(data.tree.path(f.region)), f.region, v.indicator

    for volume in sorted(volumes, key=order):
        yield _volume_event(data, *volume)


def _nodes(data: StudyData, regions: list[str]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for region in regions:
        above: str | None = None
        for step in data.tree.path(region):
            if step.kind in TOP:
                continue
            if step.id not in seen:
                seen.add(step.id)
                event = {
                    "event": "node",
                    "key": f"node-{step.id}",
                    "node": step.id,
                    "name": step.name.zh,
                    "kind": KINDS[step.kind],
                }
                yield _stamped(event, parent=above)
            above = step.id


def _volume_event(data: StudyData, kind: str, v: VolumeSettings, f: Figure, volume_m3: int) -> dict[str, Any]:
    event: dict[str, Any] = {
        "event": kind,
        "key": f"{kind}-{v.indicator}-{f.region}-{f.period}",
        "node": f.region,
        "water": v.water,
        "basis": v.basis,
        "ecology": v.ecology,
        "year": int(f.period),
        "volume_m3": volume_m3,
    }
    if kind == "use":
        return _stamped(event, source=f.source)
    inside = [r.id for r in data.tree.path(f.region) if r.kind not in TOP]
    return _stamped(event, issuer=inside[-2] if len(inside) > 1 else f.region, document=f.source)


def _stamped(event: dict[str, Any], **more: str | None) -> dict[str, Any]:
    known = {k: v for k, v in more.items() if v is not None}
    return {**event, **known, "at": "2000-01-01T00:00:00+08:00", "by": "study"}


def _run(data: StudyData, settings: HoldSettings, events: tuple[dict[str, Any], ...]) -> Done:
    findings: dict[tuple[str, Line, int], tuple[Finding, ...]] = {}
    refused: list[tuple[str, Finding]] = []
    with Ledger.open("sqlite:///:memory:") as ledger:
        lines = (json.dumps(e, ensure_ascii=False) for e in events)
        for event, outcome in zip(events, ledger.replay(lines), strict=True):
            refused += [(str(event["key"]), f) for f in outcome.refusals]
            if event["event"] == "use":
                line = Line(event["water"], event["basis"], event["ecology"])
                findings[event["node"], line, event["year"]] = outcome.warnings
        verified = ledger.verify()
        held = Held(
            focus=data.tree.get(settings.focus).id,
            nodes={n.node: n for n in ledger.nodes()},
            names={n.node: data.name(n.node) for n in ledger.nodes()},
            titles=_titles(data, (*settings.uses, *settings.caps)),
            caps=_titles(data, settings.caps),
            notes=_notes(settings),
            accounts=ledger.accounts(),
            findings=findings,
            refused=tuple(refused),
            head=f"{ledger.head.seq} · {ledger.head.hash}",
        )
        journal = "\n".join(ledger.export()) + "\n"
    facts = {"hold": {"entries": len(events), "refused": len(refused), "verified": verified.ok, "head": held.head}}
    return Done(hold_section(held), facts, {"ledger.jsonl": journal})


def _notes(settings: HoldSettings) -> Mapping[Line, Text]:
    """Return what must be known of each line's cap; empty where nothing, and for lines of uses alone."""
    found = {Line(v.water, v.basis, v.ecology): Text("", "") for v in settings.uses}
    return found | {Line(v.water, v.basis, v.ecology): v.note for v in settings.caps}


def _titles(data: StudyData, volumes: tuple[VolumeSettings, ...]) -> Mapping[Line, Text]:
    """Return the name of each line's first indicator."""
    found: dict[Line, Text] = {}
    for v in volumes:
        found.setdefault(Line(v.water, v.basis, v.ecology), data.title(v.indicator))
    return found

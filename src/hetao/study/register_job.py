"""The register job: a whole region's caps, permits and readings on one ledger, and what it says of the year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hetao.errors import Problems
from hetao.ledger import Finding, Ledger, Outcome
from hetao.ledger.records import Application, Permit, PermitYear
from hetao.report.sections.register import Registered, register_section
from hetao.study.data import StudyData
from hetao.study.job import Done, Job, require_regions
from hetao.study.register import Event, Tables, read_register, register_events
from hetao.study.settings import RegisterSettings
from hetao.text import Text

__all__ = ["register_job"]

CONDITIONS = ("R52",)  # rules whose remarks at the issue of a permit stay with it


def register_job(data: StudyData, problems: Problems) -> Job | None:
    """Check ``[register]`` and return the job, or None where it is absent or something is wrong."""
    settings = data.settings.register
    if settings is None:
        return None
    before = len(problems)
    require_regions(data, problems, "[register] focus", [settings.focus])
    tables = read_register(data, settings, problems)
    if tables is None or len(problems) > before:
        return None
    events = register_events(data, settings, tables)
    return Job(Text("登记簿", "Register"), lambda _: _run(data, settings, tables, events))


def _run(data: StudyData, settings: RegisterSettings, tables: Tables, events: list[Event]) -> Done:
    with Ledger.open("sqlite:///:memory:") as ledger:
        outcomes = list(ledger.replay(events))
        verified = ledger.verify()
        state, head = ledger.state(), ledger.head
        registered = Registered(
            focus=data.tree.get(settings.focus).id,
            year=settings.year,
            names=_names(data, tables, state.nodes),
            nodes=dict(state.nodes),
            accounts=ledger.accounts(year=settings.year, basis="withdrawal"),
            applications=tuple(_of_kind(events, outcomes, "apply")),
            refused=tuple((e, o) for e, o in zip(events, outcomes, strict=True) if not o.ok and e["event"] != "apply"),
            remarks=_remarks(events, outcomes),
            raised=tuple((e["at"][:10], f) for e, o in zip(events, outcomes, strict=True) for f in o.raised),
            undecided=frozenset(a.application for a in state.all(Application, "application") if a.status == "admitted"),
            permits={p.permit: p for p in state.all(Permit, "permit")},
            years={y.permit: y for y in state.all(PermitYear, "permit_year") if y.year == settings.year},
            note=settings.note,
            head=f"{head.seq} · {head.hash}",
            verified=verified.ok,
        )
        journal = "\n".join(ledger.export()) + "\n"
    facts = {
        "register": {
            "entries": len(events),
            "refused": sum(not o.ok for o in outcomes),
            "verified": verified.ok,
            "head": registered.head,
        }
    }
    return Done(register_section(registered), facts, {"register.jsonl": journal})


def _names(data: StudyData, tables: Tables, nodes: Iterable[str]) -> Mapping[str, Text]:
    """Return the names of regions and units; what notes declare has the name under which it stands in the ledger."""
    units = {row["unit"]: Text(row["zh"], row["en"] or row["unit"]) for row in tables["units"]}
    return {node: data.name(node) for node in nodes if node in data.tree} | units


def _of_kind(events: list[Event], outcomes: list[Outcome], kind: str) -> Iterable[tuple[Event, Outcome]]:
    return ((e, o) for e, o in zip(events, outcomes, strict=True) if e["event"] == kind)


def _remarks(events: list[Event], outcomes: list[Outcome]) -> Mapping[str, tuple[Finding, ...]]:
    """Return, for each permit, the conditions under which it was issued, and what each rule last said of a reading."""
    found: dict[str, dict[str, Finding]] = {}
    for kind, rules in (("accept_works", CONDITIONS), ("read", None)):
        for event, outcome in _of_kind(events, outcomes, kind):
            for finding in outcome.warnings if outcome.ok else ():
                if rules is None or finding.rule in rules:
                    found.setdefault(event["permit"], {})[finding.rule] = finding
    return {permit: tuple(said[rule] for rule in sorted(said)) for permit, said in found.items()}

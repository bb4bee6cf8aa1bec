"""R12: an application is complete, or the authority asks for what is missing; who does not act in time is overdue."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.words import PURPOSES
from hetao.ledger.working_days import has_calendar, working_days_between
from hetao.text import Text

LIMIT = 5  # working days


def _check(case: Case, found: Findings) -> None:
    missing = [field for field, rule in case.left if rule == MEMBER.id]
    node = case.fields.get("node")
    if missing:
        facts = {"missing": missing}
        found.ask(MEMBER.finding("missing", node, facts, listed=", ".join(missing)))
    months, volume_m3 = case.fields.get("monthly_m3"), case.fields.get("volume_m3")
    if months is not None and volume_m3 is not None and sum(months) != volume_m3:
        facts = {"months_m3": sum(months), "volume_m3": volume_m3}
        finding = MEMBER.finding("months", node, facts)
        found.ask(finding) if sum(months) > volume_m3 else found.warn(finding)
    purpose = case.fields.get("purpose")
    if purpose is not None and purpose not in PURPOSES:
        found.warn(MEMBER.finding("purpose", node, {"purpose": purpose}, known=", ".join(PURPOSES)))


def _due(tick: Tick) -> None:
    """Raise applications that wait for somebody to act: to complete them, or to take up what was referred."""
    for a in tick.state.all(Application, "application"):
        if a.status not in ("incomplete", "referred"):
            continue
        passed = working_days_between(tick.state, a.filed, tick.day, a.stops)
        if passed > LIMIT:
            facts = {
                "application": a.application,
                "status": a.status,
                "filed": a.filed,
                "working_days": passed,
                "limit": LIMIT,
                "calendar": "given" if has_calendar(tick.state, tick.day) else "weekends only",
            }
            node = a.node or None
            tick.raise_due(MEMBER, a.application, a.filed, MEMBER.finding("overdue", node, facts))


MEMBER = Rule(
    name="r12",
    title=Text("申请材料齐全与五日受理", "A complete application, taken up in five working days"),
    reference=("《取水许可和水资源费征收管理条例》第十二条、第十三条 (State Council order 460 arts 12-13)"),
    events=frozenset({"apply"}),
    unfit=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "missing": Text(
            "申请缺少：{listed}。请补正后以新的键重新提出。",
            "The application lacks: {listed}. Complete it and hand it in again under a new key.",
        ),
        "months": Text(
            "各月水量合计 {months_m3:,} m³，与年水量 {volume_m3:,} m³ 不等。",
            "The months add up to {months_m3:,} m³, the year is {volume_m3:,} m³.",
        ),
        "purpose": Text(
            "用途 {purpose} 不在规则所知的用途之列；按用途区分的规则按“其他”处理。所知用途：{known}。",
            "The purpose {purpose} is none that rules know; those that tell purposes apart took it as another. "
            "Known are: {known}.",
        ),
        "overdue": Text(
            "申请 {application}（{filed} 提出，{status}）已过 {working_days} 个工作日无人处理（限 {limit} 日）。",
            "Application {application}, filed on {filed} and {status}, has waited {working_days} working days for "
            "action; the limit is {limit}.",
        ),
    },
    check=_check,
    due=_due,
)

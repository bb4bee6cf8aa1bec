"""R39: an application is decided within 45 working days; a dispute or a hearing stops the clock."""

from __future__ import annotations

from datetime import date

from hetao.ledger.deadlines import CALENDARS, passed_facts
from hetao.ledger.outcome import Finding, Findings
from hetao.ledger.records import Application
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.state import State
from hetao.ledger.years import add_days
from hetao.text import Text

LIMIT = 45  # working days from the filing to the decision
OPEN = ("admitted", "referred")  # statuses in which the clock runs


def _late(state: State, a: Application, day: str, text: str) -> Finding | None:
    """Return the finding that an application is past its limit on a day, None where it is not."""
    if day <= add_days(a.filed, LIMIT):
        return None
    passed = passed_facts(state, a.filed, day, LIMIT, a.stops)
    if int(passed["working_days"]) <= LIMIT:
        return None
    spans = [(first, last or "…") for first, last in a.stops]
    stopped = Text(
        "、".join(f"{first} 至 {last}" for first, last in spans) or "无",
        ", ".join(f"{first} to {last}" for first, last in spans) or "none",
    )
    stops = [list(stop) for stop in a.stops]
    facts = {"application": a.application, "status": a.status, "filed": a.filed, "stops": stops, **passed}
    return MEMBER.finding(text, a.node or None, facts, counted=CALENDARS[str(passed["calendar"])], stopped=stopped)


def _check(case: Case, found: Findings) -> None:
    a = case.draft.before
    if not isinstance(a, Application) or a.status not in OPEN:
        return
    if a.stops and not a.stops[-1][1]:
        facts = {"application": a.application, "since": a.stops[-1][0]}
        found.refuse(MEMBER.finding("stopped", a.node or None, facts))
        return
    late = _late(case.state, a, case.day, "late")
    if late is not None:
        found.warn(late)


def _due(tick: Tick) -> None:
    """Raise applications that nobody has decided in time."""
    for a in tick.state.all(Application, "application"):
        if a.status not in OPEN or tick.is_raised(MEMBER, a.application, a.filed):
            continue
        overdue = _late(tick.state, a, tick.day, "overdue")
        if overdue is not None:
            tick.raise_due(MEMBER, a.application, a.filed, overdue)


MEMBER = Rule(
    name="r39",
    title=Text("四十五个工作日内决定，争议期间中止", "A decision within 45 working days, disputes not counted"),
    reference="《取水许可和水资源费征收管理条例》第十八条、第十九条 (State Council order 460 arts 18-19)",
    events=frozenset({"approve", "refuse"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "stopped": Text(
            "申请 {application} 的审批程序自 {since} 起中止，争议、诉讼或听证结束前不作决定。请先以 resume "
            "恢复审批程序。",
            "The procedure on application {application} has stood still since {since}; nothing is decided before the "
            "dispute, lawsuit or hearing ends. Resume it first (`resume`).",
        ),
        "late": Text(
            "申请 {application}（{filed} 提出，{status}）逾期决定：已过 {working_days} 个工作日（{counted}；"
            "中止期间不计：{stopped}），限期 {limit} 个工作日。",
            "The decision on application {application}, filed on {filed} and {status}, is late: {working_days} working "
            "days have passed ({counted}; stops not counted: {stopped}), the limit is {limit}.",
        ),
        "overdue": Text(
            "申请 {application}（{filed} 提出，{status}）尚未决定：已过 {working_days} 个工作日（{counted}；"
            "中止期间不计：{stopped}），限期 {limit} 个工作日。请作出批准或者不批准的决定。",
            "Application {application}, filed on {filed} and {status}, is not decided: {working_days} working days "
            "have passed ({counted}; stops not counted: {stopped}), the limit is {limit}. Approve or refuse it.",
        ),
    },
    check=_check,
    due=_due,
)

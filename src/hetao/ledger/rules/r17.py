"""R17: an emergency draw for the safety of a mine or works underground needs no permit, but a report after its end."""

from __future__ import annotations

from datetime import date

from hetao.ledger.exempt import is_emergency
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Exemption
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.state import State
from hetao.ledger.working_days import has_calendar, working_days_between
from hetao.text import Text

LIMIT = 5  # working days
REPORTED_SINCE = "2021-12-01"  # the regulations of 2006 name no time for the report


def _check(case: Case, found: Findings) -> None:
    f = case.fields
    if is_emergency(f):
        facts = {"volume_m3": f["volume_m3"], "end": f["to"], "limit": LIMIT}
        found.exempt(MEMBER.finding("emergency", f["node"], facts))


def _is_reported(state: State, e: Exemption) -> bool:
    """Tell whether a draw without permit is one to report; another rule may exempt an emergency first."""
    application = state.application(e.application)
    return e.rule == MEMBER.id or (application is not None and is_emergency(application.fields))


def _due(tick: Tick) -> None:
    """Raise the report on an emergency draw once its working days after the end are over."""
    for e in tick.state.all(Exemption, "exemption"):
        if not REPORTED_SINCE <= e.end < tick.day or not _is_reported(tick.state, e):
            continue
        if tick.is_raised(MEMBER, e.application, e.end):
            continue
        passed = working_days_between(tick.state, e.end, tick.day)
        if passed > LIMIT:
            facts = {
                "application": e.application,
                "volume_m3": e.volume_m3,
                "end": e.end,
                "working_days": passed,
                "limit": LIMIT,
                "calendar": "given" if has_calendar(tick.state, tick.day) else "weekends only",
            }
            tick.raise_due(MEMBER, e.application, e.end, MEMBER.finding("report", e.node, facts))


MEMBER = Rule(
    name="r17",
    title=Text("应急取（排）水免许可，事后备案", "An emergency draw needs no permit, but a report after its end"),
    reference=(
        "《地下水管理条例》第五十二条；《取水许可和水资源费征收管理条例》第四条"
        " (Groundwater Regulations art. 52; State Council order 460 art. 4)"
    ),
    events=frozenset({"apply"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "emergency": Text(
            "为保障矿井等地下工程安全的临时应急取（排）水 {volume_m3:,} m³，不需要取水许可；"
            "须在结束（{end}）后 {limit} 个工作日内向水行政主管部门备案。",
            "An emergency draw of {volume_m3:,} m³ for the safety of a mine or works underground needs no permit; "
            "report it to the water authority within {limit} working days after its end on {end}.",
        ),
        "report": Text(
            "应急取（排）水 {application}（{volume_m3:,} m³）于 {end} 结束，已过 {working_days} 个工作日，"
            "备案限期为 {limit} 个工作日。台账不记备案，请核对是否已备案。",
            "The emergency draw {application} of {volume_m3:,} m³ ended on {end}, {working_days} working days ago; its "
            "report was due within {limit}. The ledger keeps no such reports: check that it was handed in.",
        ),
    },
    check=_check,
    due=_due,
)

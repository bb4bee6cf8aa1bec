"""R41: an approval lapses where no works begin within three years; what was reserved for it goes back."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Finding, Findings
from hetao.ledger.records import Application
from hetao.ledger.rights import release
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.years import add_days, add_years
from hetao.text import Text

YEARS = 3  # from the approval to the start of works
AHEAD = 90  # days before the last one from which the lapse is announced


def _speak(text: str, a: Application, last: str) -> Finding:
    """Return a finding on an approval whose last day is given; it lapses on the day after."""
    facts = {
        "application": a.application,
        "decided": a.decided,
        "last_day": last,
        "lapses": add_days(last, 1),
        "volume_m3": a.volume_m3,
    }
    return MEMBER.finding(text, a.node, facts)


def _check(case: Case, found: Findings) -> None:
    """Refuse to go on with an approval that has lapsed, though no tick has come since."""
    a = case.state.application(case.fields["application"])
    if a is None or a.works:
        return
    last = add_years(a.decided, YEARS)
    if case.day > last:
        found.refuse(_speak("lapsed", a, last))


def _due(tick: Tick) -> None:
    """Let approvals lapse, and announce those that are about to."""
    for a in tick.state.all(Application, "application"):
        if a.status != "approved" or a.works:
            continue
        last = add_years(a.decided, YEARS)
        if tick.day > last:
            tick.raise_due(MEMBER, a.application, a.decided, _speak("lapsed", a, last))
            _lapse(tick, a)
        elif tick.day >= add_days(last, -AHEAD):
            tick.raise_due(MEMBER, a.application, f"{a.decided} ahead", _speak("ahead", a, last))


def _lapse(tick: Tick, held: Application) -> None:
    """Give back what an approval draws from the running year on, and mark it lapsed."""
    where = "application", held.application
    current = tick.draft.records.get(where, held)
    assert isinstance(current, Application)
    tick.draft.records[where] = release(tick.state, tick.draft, current, tick.day)._replace(status="lapsed")


MEMBER = Rule(
    name="r41",
    title=Text("批准后三年未开工的自行失效", "An approval lapses after three years without works"),
    reference="《取水许可和水资源费征收管理条例》第二十二条 (State Council order 460 art. 22)",
    events=frozenset({"start_works", "accept_works"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "lapsed": Text(
            "申请 {application} 于 {decided} 批准 {volume_m3:,} m³，至 {last_day} 满3年未开工，"
            "批准文件自 {lapses} 起失效，预留水量退回。仍需取水的，重新申请。",
            "Application {application} was approved on {decided} for {volume_m3:,} m³; no works had begun by "
            "{last_day}, three years on, so the approval lapsed on {lapses} and what was reserved goes back. Who "
            "still needs the water applies anew.",
        ),
        "ahead": Text(
            "申请 {application} 于 {decided} 批准 {volume_m3:,} m³，尚未开工；至 {last_day} 仍未开工的，"
            "自 {lapses} 起失效。",
            "Application {application} was approved on {decided} for {volume_m3:,} m³ and no works have begun; it "
            "lapses on {lapses} unless they begin by {last_day}.",
        ),
    },
    check=_check,
    due=_due,
)

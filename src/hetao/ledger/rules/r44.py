"""R44: renewal is asked for 45 days before a permit ends and decided before it ends; after that it may not be used."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rights import LIVE
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.years import add_days, add_years, day_number
from hetao.text import Text

ASK_DAYS = 45  # before the end, by which renewal must be asked for
REMIND_DAYS = 90  # before the end, from which the ledger reminds
MOST = 10  # years of a new term


def _check(case: Case, found: Findings) -> None:
    right = case.draft.right
    if case.kind == "read":
        if isinstance(right, Permit) and case.fields["to"] > right.end:
            _warn_of_use(case, right, found)
        return
    permit = case.draft.before
    assert isinstance(permit, Permit)
    _check_asked(case, permit, found)
    if "to" in case.fields:
        _check_decided(case, permit, found)


def _warn_of_use(case: Case, permit: Permit, found: Findings) -> None:
    f = case.fields
    facts = {"permit": permit.permit, "end": permit.end, "from": f["from"], "to": f["to"], "volume_m3": f["volume_m3"]}
    found.warn(MEMBER.finding("used", permit.node, facts, start=f["from"]))


def _check_asked(case: Case, permit: Permit, found: Findings) -> None:
    asked, last = permit.asked or case.day, add_days(permit.end, -ASK_DAYS)
    if asked > last:
        facts = {
            "permit": permit.permit,
            "end": permit.end,
            "asked": asked,
            "ask_by": last,
            "days_before": day_number(permit.end) - day_number(asked),
            "limit_days": ASK_DAYS,
        }
        found.refuse(MEMBER.finding("late" if asked <= permit.end else "over", permit.node, facts))


def _check_decided(case: Case, permit: Permit, found: Findings) -> None:
    end, latest = case.fields["to"], add_years(permit.end, MOST)
    facts = {"permit": permit.permit, "end": permit.end}
    if case.day > permit.end:
        found.refuse(MEMBER.finding("decided", permit.node, {**facts, "decided": case.day}))
    if end > latest:
        more = {"to": end, "latest": latest, "most_years": MOST}
        found.refuse(MEMBER.finding("term", permit.node, {**facts, **more}))


def _due(tick: Tick) -> None:
    """Remind of renewals, tell which were not asked for in time, and let permits expire."""
    for permit in tick.state.all(Permit, "permit"):
        if permit.status not in LIVE:
            continue
        if tick.day > permit.end:
            _expire(tick, permit)
        elif not permit.asked and tick.day >= add_days(permit.end, -REMIND_DAYS):
            _remind(tick, permit)


def _expire(tick: Tick, permit: Permit) -> None:
    held = tick.draft.records.get(("permit", permit.permit), permit)
    assert isinstance(held, Permit)
    tick.draft.records["permit", permit.permit] = held._replace(status="expired")
    facts = {"permit": permit.permit, "end": permit.end, "asked": permit.asked, "volume_m3": permit.volume_m3}
    finding = MEMBER.finding("undecided" if permit.asked else "expired", permit.node, facts)
    tick.raise_due(MEMBER, permit.permit, permit.end, finding)


def _remind(tick: Tick, permit: Permit) -> None:
    last = add_days(permit.end, -ASK_DAYS)
    passed = tick.day > last
    since = last if passed else add_days(permit.end, -REMIND_DAYS)
    facts = {"permit": permit.permit, "end": permit.end, "ask_by": last, "limit_days": ASK_DAYS}
    tick.raise_due(MEMBER, permit.permit, since, MEMBER.finding("unasked" if passed else "ask", permit.node, facts))


MEMBER = Rule(
    name="r44",
    title=Text(
        "延续须在届满四十五日前申请、届满前决定", "Renewal is asked for 45 days before the end and decided before it"
    ),
    reference="《取水许可和水资源费征收管理条例》第二十五条 (State Council order 460 art. 25)",
    events=frozenset({"renew", "read"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "late": Text(
            "取水许可证 {permit} 于 {end} 届满，应在届满 {limit_days} 日前（最迟 {ask_by}）申请延续；"
            "{asked} 提出时距届满 {days_before} 日，已逾期。届满后须重新申请取水。",
            "Permit {permit} ends on {end}; renewal had to be asked for {limit_days} days before, by {ask_by}. "
            "It was asked for on {asked}, {days_before} days before the end: too late. Apply anew for the time after.",
        ),
        "over": Text(
            "取水许可证 {permit} 已于 {end} 届满，{asked} 才申请延续；应在届满 {limit_days} 日前（最迟 {ask_by}）申请。"
            "请重新申请取水。",
            "Permit {permit} ended on {end} and its renewal was asked for on {asked}; it had to be asked for "
            "{limit_days} days before, by {ask_by}. Apply anew.",
        ),
        "decided": Text(
            "取水许可证 {permit} 已于 {end} 届满，{decided} 的延续决定不在届满之前。请重新申请取水。",
            "Permit {permit} ended on {end}; the decision of {decided} to renew it did not come before that. Apply "
            "anew.",
        ),
        "term": Text(
            "取水许可证 {permit} 自 {end} 延续至 {to}，超过最长 {most_years} 年；止日最迟为 {latest}。",
            "Permit {permit} would be renewed from {end} to {to}, longer than the {most_years} years allowed; "
            "it may end on {latest} at the latest.",
        ),
        "used": Text(
            "取水许可证 {permit} 已于 {end} 届满，{start} 至 {to} 的取水 {volume_m3:,} m³ 含届满之后的取水。"
            "已如实入账。",
            "Permit {permit} ended on {end}; the {volume_m3:,} m³ read for {start} to {to} include water withdrawn "
            "after that. They are booked all the same.",
        ),
        "ask": Text(
            "取水许可证 {permit} 将于 {end} 届满；如需延续，最迟 {ask_by}（届满 {limit_days} 日前）提出申请。",
            "Permit {permit} ends on {end}; a renewal has to be asked for by {ask_by}, {limit_days} days before.",
        ),
        "unasked": Text(
            "取水许可证 {permit} 将于 {end} 届满，申请延续的最后一日 {ask_by}（届满 {limit_days} 日前）已过而未申请；"
            "届满后不得取水，须重新申请。",
            "Permit {permit} ends on {end}; the last day to ask for a renewal, {ask_by}, {limit_days} days before, "
            "passed without a request. It may not be used after its end; apply anew.",
        ),
        "expired": Text(
            "取水许可证 {permit}（{volume_m3:,} m³/年）已于 {end} 届满，未申请延续；届满后不得取水。",
            "Permit {permit} ({volume_m3:,} m³ a year) ended on {end} and no renewal was asked for; "
            "it is not usable after expiry.",
        ),
        "undecided": Text(
            "取水许可证 {permit}（{volume_m3:,} m³/年）已于 {end} 届满，{asked} 申请延续而届满前未作决定；"
            "届满后不得取水。",
            "Permit {permit} ({volume_m3:,} m³ a year) ended on {end}; the renewal asked for on {asked} was not "
            "decided "
            "before that. It is not usable after expiry.",
        ),
    },
    check=_check,
    due=_due,
)

"""R47: by 31 December every holder returns the use of the year and a proposal for the next; who did not is overdue."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Filing, Permit, permit_year
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.years import day_number, year_of
from hetao.text import Text

FINE = {"fine_min_yuan": 5_000, "fine_max_yuan": 20_000}
HOLDING = ("valid", "suspended", "expired")


def _check(case: Case, found: Findings) -> None:
    permit, year = case.draft.right, case.fields["year"]
    assert isinstance(permit, Permit)
    facts = {"permit": permit.permit, "year": year}
    due = f"{year:04}-12-31"
    if year > int(case.day[:4]):
        found.refuse(MEMBER.finding("future", permit.node, {**facts, "filed": case.day}))
        return
    if case.day > due:
        late = {"filed": case.day, "due": due, "days_late": day_number(case.day) - day_number(due), **FINE}
        found.warn(MEMBER.finding("late", permit.node, {**facts, **late}))
    _compare(case, permit, found)


def _compare(case: Case, permit: Permit, found: Findings) -> None:
    """Warn where the declared use is not the booked one.

    Use is booked by the water's years of account. Where two of them touch the calendar year (Yellow River water), the
    calendar year's use is not known, but it cannot exceed what both of them hold.
    """
    year, declared_m3 = case.fields["year"], case.fields["used_m3"]
    first, last = (year_of(permit.water, f"{year:04}-{day}") for day in ("01-01", "12-31"))
    booked_m3 = sum(case.state.permit_year(permit.permit, y).used_m3 for y in range(first, last + 1))
    facts = {"permit": permit.permit, "year": year, "declared_m3": declared_m3, "booked_m3": booked_m3}
    if first == last and declared_m3 != booked_m3:
        more = {"difference_m3": abs(declared_m3 - booked_m3)}
        found.warn(MEMBER.finding("differs", permit.node, {**facts, **more}))
    elif declared_m3 > booked_m3:
        more = {"first_year": first, "last_year": last, "difference_m3": declared_m3 - booked_m3}
        found.warn(MEMBER.finding("exceeds", permit.node, {**facts, **more}))


def _due(tick: Tick) -> None:
    """Raise every year that has ended and for which the holder of a permit returned nothing."""
    for permit in tick.state.all(Permit, "permit"):
        if permit.status not in HOLDING:
            continue
        first = max(int(permit.start[:4]), MEMBER.in_force.year)
        for year in range(first, min(int(permit.end[:4]), int(tick.day[:4]) - 1) + 1):
            due = f"{year}-12-31"
            if due > permit.start and tick.state.record(Filing, "filing", permit_year(permit.permit, year)) is None:
                facts = {"permit": permit.permit, "holder": permit.holder, "year": year, "due": due, **FINE}
                tick.raise_due(MEMBER, permit.permit, str(year), MEMBER.finding("missing", permit.node, facts))


MEMBER = Rule(
    name="r47",
    title=Text("十二月三十一日前报送年度取水情况和下一年度计划建议", "The yearly return, by 31 December"),
    reference=("《取水许可和水资源费征收管理条例》第四十二条、第五十二条 (State Council order 460 arts 42, 52)"),
    events=frozenset({"return"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "future": Text(
            "{filed} 报送取水许可证 {permit} {year} 年的取水情况，而该年尚未开始。请核对年份。",
            "The return of {year} for permit {permit} was filed on {filed}, before that year has begun. Check the "
            "year.",
        ),
        "late": Text(
            "取水许可证 {permit} {year} 年的取水情况于 {filed} 报送，应在 {due} 前报送，逾期 {days_late} 日；"
            "可处 {fine_min_yuan:,} 元以上 {fine_max_yuan:,} 元以下罚款。已如实记录。",
            "The return of {year} for permit {permit} was due by {due} and filed on {filed}, {days_late} days late; "
            "the fine is from {fine_min_yuan:,} to {fine_max_yuan:,} yuan. It is recorded all the same.",
        ),
        "differs": Text(
            "取水许可证 {permit} {year} 年报送用水 {declared_m3:,} m³，台账 {booked_m3:,} m³，相差 {difference_m3:,} "
            "m³。"
            "请核对读数与报送。",
            "Permit {permit}, {year}: {declared_m3:,} m³ are declared, {booked_m3:,} m³ are booked, "
            "{difference_m3:,} m³ apart. Check the readings and the return.",
        ),
        "exceeds": Text(
            "取水许可证 {permit} {year} 年报送用水 {declared_m3:,} m³，超过 {first_year} 与 {last_year} "
            "两个水量年度台账之和 "
            "{booked_m3:,} m³，多 {difference_m3:,} m³。请核对读数与报送。",
            "Permit {permit}, {year}: {declared_m3:,} m³ are declared, {difference_m3:,} m³ more than the "
            "{booked_m3:,} m³ "
            "booked in both years of account, {first_year} and {last_year}, that touch it. "
            "Check the readings and the return.",
        ),
        "missing": Text(
            "取水许可证 {permit}（{holder}）未在 {due} 前报送 {year} 年的取水情况和下一年度取水计划建议，已逾期；"
            "责令改正，可处 {fine_min_yuan:,} 元以上 {fine_max_yuan:,} 元以下罚款。请补报（return）。",
            "The return of {year} for permit {permit} of {holder}, with the proposal for the next year, was due by "
            "{due} "
            "and is overdue; the fine is from {fine_min_yuan:,} to {fine_max_yuan:,} yuan. File it (`return`).",
        ),
    },
    check=_check,
    due=_due,
)

"""R04: Yellow River water runs from 1 July to 30 June, every other water the calendar year."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from hetao.ledger.line import BALANCES, WATERS
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Application, Charge, Permit
from hetao.ledger.rights import TOTAL
from hetao.ledger.rule import Case, Rule
from hetao.ledger.years import add_days, day_number, split_by_year
from hetao.text import Text

RIVER = "yellow_river"
USED = BALANCES.index("used")


def _year(water: str, day: str) -> int:
    """Return the year of account of a day, worked out here so that the acts' own arithmetic can be held against it."""
    return int(day[:4]) - (water == RIVER and day[5:] < "07-01")


def _years(water: str, first: str, last: str) -> set[int]:
    return set(range(_year(water, first), _year(water, last) + 1))


def _charged(case: Case) -> tuple[Charge, ...]:
    """Return what the right drew before the event."""
    before = case.draft.before
    if case.kind == "accept_works":  # the permit is new; its application held the volume
        before = case.state.application(case.fields["application"])
    return () if before is None or case.kind == "apply" else before.charges


def _expected(case: Case, right: Application | Permit, water: str) -> set[int]:
    """Return the years that an act on a right should change, by the days that it names."""
    if case.kind == "plan":
        held_m3 = case.state.permit_year(case.fields["permit"], case.fields["year"]).plan_m3 or 0
        return set() if held_m3 == case.fields["volume_m3"] else {case.fields["year"]}
    if right.volume_m3 == 0:
        return set()
    charged = {c.year for c in _charged(case) if c.water == water}
    if case.kind == "renew":
        held = case.state.permit(case.fields["permit"])
        assert held is not None
        if right.end == held.end:  # it is only asked for
            return set()
        drawn = {c.year: c.volume_m3 for c in _charged(case) if c.water == water}
        return {y for y in _years(water, add_days(held.end, 1), right.end) if right.volume_m3 > drawn.get(y, 0)}
    return _years(water, right.start, right.end) ^ charged


def _check_years(case: Case, right: Application | Permit, water: str, found: Findings) -> None:
    """Refuse an act that draws in other years than those of its days."""
    drawn = {(node, year) for (node, of, year), change in case.draft.draws.items() if of == water and any(change)}
    expected = _expected(case, right, water)
    years = {year for _, year in drawn}
    if years <= expected and {year for node, year in drawn if node == right.node} == expected:
        return
    facts = {"water": water, "drawn": sorted(years), "expected": sorted(expected)}
    words = {"place": case.state.nodes[right.node].label, "label": WATERS[water]}
    found.refuse(MEMBER.finding("years", right.node, facts, **words))


def _shares(water: str, reading: Mapping[str, Any], sign: int) -> Iterator[tuple[int, Fraction]]:
    """Yield the part of a reading that belongs to each year, by days, exactly."""
    first, last = day_number(reading["from"]), day_number(reading["to"])
    for year in sorted(_years(water, reading["from"], reading["to"])):
        start, end = (f"{year}-07-01", f"{year + 1}-06-30") if water == RIVER else (f"{year}-01-01", f"{year}-12-31")
        days = min(last, day_number(end)) - max(first, day_number(start)) + 1
        yield year, Fraction(sign * reading["volume_m3"] * days, last - first + 1)


def _check_shares(case: Case, right: Application | Permit, water: str, found: Findings) -> None:
    """Refuse a reading that is booked in other years than those of its days, or not by days."""
    readings = [(case.fields, 1)]
    corrected = case.state.find_entry(case.fields["corrects"]) if "corrects" in case.fields else None
    readings += [] if corrected is None else [(json.loads(corrected.event), -1)]
    shares: dict[int, Fraction] = {}
    for reading, sign in readings:
        for year, share in _shares(water, reading, sign):
            shares[year] = shares.get(year, Fraction(0)) + share
    booked = {(right.node, year): 0 for year in shares}
    for (node, of, year), change in case.draft.draws.items():
        if of == water:
            booked[node, year] = change[USED] + change[USED + len(BALANCES)]
    for (node, year), booked_m3 in booked.items():
        share = shares.get(year, Fraction(0))
        if abs(booked_m3 - share) >= len(readings):  # each is rounded to whole m³
            facts = {"water": water, "year": year, "booked_m3": booked_m3, "share_m3": str(share)}
            words = {"place": case.state.nodes[node].label, "label": WATERS[water]}
            found.refuse(MEMBER.finding("share", node, facts, **words))
            return


def _warn_crossing(case: Case, right: Application | Permit, found: Findings) -> None:
    """Warn of a reading whose period belongs to more than one year of its water, or of total water."""
    first, last, water = case.fields["from"], case.fields["to"], right.water
    if first[:4] == last[:4] and (water != RIVER or (first[5:] < "07-01") == (last[5:] < "07-01")):
        return
    parts = [
        Charge(of, year, m3)
        for of in dict.fromkeys((water, TOTAL))
        if _year(of, first) != _year(of, last)
        for year, m3 in split_by_year(of, first, last, case.fields["volume_m3"])
    ]
    listed = Text(
        "；".join(f"{WATERS[p.water].zh} {p.year} 年 {p.volume_m3:,} m³" for p in parts),
        "; ".join(f"{WATERS[p.water].en} {p.year}: {p.volume_m3:,} m³" for p in parts),
    )
    facts = {"permit": case.fields["permit"], "start": first, "end": last, "parts": [p._asdict() for p in parts]}
    found.warn(MEMBER.finding("crosses", right.node, facts, listed=listed))


def _check(case: Case, found: Findings) -> None:
    right, reads = case.draft.right, case.kind == "read"
    assert right is not None
    if reads:
        _warn_crossing(case, right, found)
    if right.water == RIVER:
        for water in (RIVER, TOTAL):
            (_check_shares if reads else _check_years)(case, right, water, found)


MEMBER = Rule(
    name="r04",
    title=Text("黄河水按七月至六月记年", "The Yellow River year runs from July to June"),
    reference="《黄河水量调度条例》第十条 (Yellow River Water Dispatch Regulations, order 472, art. 10)",
    events=frozenset({"apply", "approve", "accept_works", "renew", "plan", "read"}),
    arithmetic=True,
    in_force=date(2006, 8, 1),
    territory="YR",
    rank="regulation",
    texts={
        "years": Text(
            "{place}：{label}记在 {drawn} 年，按所写日期应记在 {expected} 年"
            "（黄河水以当年7月1日至次年6月30日为一年，以起始年命名；其他水为公历年）。",
            "{place}: {label} is drawn in the years {drawn}; by the days named it belongs to {expected} (Yellow River "
            "water runs from 1 July to 30 June, named by the year in which it begins; every other water the calendar "
            "year).",
        ),
        "share": Text(
            "{place} {year} 年{label}：读数记入 {booked_m3:,} m³，按天数应为 {share_m3} m³"
            "（黄河水以当年7月1日至次年6月30日为一年；其他水为公历年）。",
            "{place}, {year}, {label}: the reading books {booked_m3:,} m³; by days it is {share_m3} m³ (Yellow River "
            "water runs from 1 July to 30 June, every other water the calendar year).",
        ),
        "crosses": Text(
            "许可 {permit} 的读数期间 {start} 至 {end} 跨用水年度，已按天数分记：{listed}。"
            "在年度分界日（黄河水6月30日，其他水12月31日）抄表可免分摊。",
            "The reading of permit {permit} from {start} to {end} crosses the end of a year of account and was split "
            "by days: {listed}. Reading the meter on the last day of the year (30 June for Yellow River water, "
            "31 December for every other) makes the split needless.",
        ),
    },
    check=_check,
)

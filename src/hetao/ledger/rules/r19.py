"""R19: nothing is granted beyond the permit control total of any node on the way."""

from __future__ import annotations

from datetime import date

from hetao.ledger.grants import GRANTING, Grant
from hetao.ledger.limits import effective_m3
from hetao.ledger.line import Line
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.text import Text

NOTHING = Text("", "")


def _check(case: Case, found: Findings) -> None:
    reported: set[tuple[str, Line]] = set()
    for grant in case.failing:
        where = grant.cell[0], grant.line
        if where not in reported:
            reported.add(where)
            _refuse(case, grant, grant.room_m3 or 0, found)
    if case.kind != "transfer":
        _check_covered(case, found)


def _check_covered(case: Case, found: Findings) -> None:
    """Refuse a year in which no node on the way has any cap to which the volume could be compared."""
    capped = {grant.cell[1:] for grant in case.grants}
    asked = {cell[1:] for cell, change in case.draft.draws.items() if change[0] > 0 or change[3] > 0}
    if asked <= capped or case.draft.right is None:
        return
    bare = sorted(year for water, year in asked if not any(pair in capped for pair in _same_time(case, water, year)))
    if bare:
        _refuse_uncapped(case, list(dict.fromkeys(bare)), found)


def _same_time(case: Case, water: str, year: int) -> tuple[tuple[str, int], ...]:
    """Return the waters and years of account whose caps hold a year's withdrawal down: its own, total, and its source.

    A Yellow River year lies in two calendar years, and the other way round.
    """
    right = case.draft.right
    assert right is not None
    near = (year, year + 1, year - 1) if right.water == "yellow_river" else (year,)
    return ((water, year), *((other, each) for other in (right.water, "total") if other != water for each in near))


def _refuse(case: Case, grant: Grant, left_m3: int, found: Findings) -> None:
    """Refuse with the figures of the first year in which the cap does not suffice."""
    node, water, year = grant.cell
    limit = case.state.limit(node, grant.line, year)
    assert limit is not None
    facts = {
        "water": water,
        "year": year,
        "cap_m3": limit.cap_m3,
        "permitted_m3": case.state.amount_m3(node, grant.line, "permitted", year),
        "headroom_m3": left_m3,
        "request_m3": grant.asked_m3,
        "over_m3": grant.asked_m3 - left_m3,
    }
    effective = effective_m3(case.state, node, grant.line, year)
    facts |= {"effective_m3": effective} if effective != limit.cap_m3 else {}
    facts |= {"moved_m3": limit.moved_m3} if limit.moved_m3 else {}
    words = {"place": case.state.nodes[node].label, "line": grant.line.label, "less": NOTHING}
    if effective is not None and effective < limit.cap_m3:
        words["less"] = Text(f"（指令后 {effective:,} m³）", f" ({effective:,} m³ after orders)")
    found.refuse(MEMBER.finding("over" if left_m3 >= 0 else "beyond", node, facts, **words))


def _refuse_uncapped(case: Case, years: list[int], found: Findings) -> None:
    right = case.draft.right
    assert right is not None
    facts = {"water": right.water, "volume_m3": right.volume_m3, "years": years}
    words = {"place": case.state.nodes[right.node].label, "listed": ", ".join(map(str, years))}
    found.refuse(MEMBER.finding("no_cap", right.node, facts, **words))


MEMBER = Rule(
    name="r19",
    title=Text("不超取水许可控制总量", "Nothing beyond the permit control total"),
    reference="《取水许可和水资源费征收管理条例》第二十条第二项 (State Council order 460 art. 20(2))",
    events=GRANTING,
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "over": Text(
            "{place} {year} 年{line}：上限 {cap_m3:,} m³{less}，已许可 {permitted_m3:,} m³，余 {headroom_m3:,} m³；"
            "申请 {request_m3:,} m³，超出 {over_m3:,} m³。",
            "{place}, {year}, {line}: of the cap of {cap_m3:,} m³{less}, {permitted_m3:,} m³ are permitted and "
            "{headroom_m3:,} m³ left; the request for {request_m3:,} m³ exceeds that by {over_m3:,} m³.",
        ),
        "beyond": Text(
            "{place} {year} 年{line}：上限 {cap_m3:,} m³{less}，已许可 {permitted_m3:,} m³，没有余量；"
            "加上申请的 {request_m3:,} m³，超出 {over_m3:,} m³。",
            "{place}, {year}, {line}: of the cap of {cap_m3:,} m³{less}, {permitted_m3:,} m³ are permitted already and "
            "nothing is left; with the request for {request_m3:,} m³ it would be exceeded by {over_m3:,} m³.",
        ),
        "no_cap": Text(
            "{place}及其各级上级、流域在 {listed} 年均没有可比的取水上限，不能审批 {volume_m3:,} m³。请先下达上限。",
            "Neither {place} nor anything above it has a cap on withdrawal in {listed}; {volume_m3:,} m³ cannot be "
            "granted. Issue a cap first.",
        ),
    },
    check=_check,
)

"""R07: a groundwater unit above its own cap blocks, whatever its banner has left."""

from __future__ import annotations

from datetime import date

from hetao.ledger.debt import actual_use_m3, debt_m3
from hetao.ledger.limits import effective_m3
from hetao.ledger.line import Line, drawn_lines
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.tree import Node
from hetao.ledger.units import GROUNDWATER, unit_granted
from hetao.ledger.years import year_of
from hetao.text import Text


def _check_permitted(case: Case, unit: Node, line: Line, found: Findings) -> None:
    """Refuse with the first year of the right in which more is permitted in the unit than its cap."""
    right = case.draft.right
    assert right is not None
    for year in (c.year for c in right.charges if c.water == GROUNDWATER):
        limit = case.state.limit(unit.node, line, year)
        if limit is None or "permitted" not in limit.binds:
            continue
        permitted_m3 = case.state.amount_m3(unit.node, line, "permitted", year)
        if permitted_m3 <= limit.volume_m3:
            continue
        over_m3 = permitted_m3 - limit.volume_m3
        facts = {"year": year, "cap_m3": limit.volume_m3, "permitted_m3": permitted_m3, "over_m3": over_m3}
        found.refuse(MEMBER.finding("permitted", unit.node, facts, place=unit.label, line=line.label))
        return


def _check_used(case: Case, unit: Node, line: Line, found: Findings) -> None:
    """Refuse where the unit used more than its cap, in this year or in an earlier one that was not made up for."""
    year = year_of(GROUNDWATER, case.day)
    capped = case.state.limit(unit.node, line, year) is not None
    owed_m3 = debt_m3(case.state, unit.node, line, year) if capped else 0
    if owed_m3:
        facts = {
            "year": year,
            "cap_m3": effective_m3(case.state, unit.node, line, year),
            "used_m3": actual_use_m3(case.state, unit.node, line, year) or 0,
            "debt_m3": owed_m3,
        }
        found.refuse(MEMBER.finding("used", unit.node, facts, place=unit.label, line=line.label))


def _check(case: Case, found: Findings) -> None:
    unit = unit_granted(case)
    if unit is not None:
        for line in drawn_lines(GROUNDWATER, ecological=False):
            _check_permitted(case, unit, line, found)
            _check_used(case, unit, line, found)


MEMBER = Rule(
    name="r07",
    title=Text("管理单元超限即停批", "A unit above its own cap blocks"),
    reference=(
        "《内蒙古自治区地下水保护和管理条例》第八条、第九条"
        " (Inner Mongolia Groundwater Protection and Management Regulations arts 8-9)"
    ),
    events=frozenset({"apply", "approve", "accept_works", "renew", "change"}),
    in_force=date(2022, 1, 1),
    territory="CN-15",
    rank="regulation",
    texts={
        "permitted": Text(
            "管理单元 {place} {year} 年{line}：已许可 {permitted_m3:,} m³，超过单元上限 {cap_m3:,} m³，"
            "超出 {over_m3:,} m³。旗县的余量不能抵补；单元许可量降到上限以内方可再批。",
            "Unit {place}, {year}, {line}: {permitted_m3:,} m³ are permitted, {over_m3:,} m³ above its cap of "
            "{cap_m3:,} m³. What its banner has left may not cover it; nothing more is granted until the unit is back "
            "within its cap.",
        ),
        "used": Text(
            "管理单元 {place}{line}：{year} 年实际用水 {used_m3:,} m³，上限 {cap_m3:,} m³，"
            "截至该年超用而未补回 {debt_m3:,} m³。旗县的余量不能抵补；补回之前不再批准。",
            "Unit {place}, {line}: use in {year} is {used_m3:,} m³ of a cap of {cap_m3:,} m³, and {debt_m3:,} m³ of "
            "overuse up to that year are not made up for. What its banner has left may not cover it; nothing more is "
            "granted until they are.",
        ),
    },
    check=_check,
)

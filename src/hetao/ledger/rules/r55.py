"""R55: a shortfall of outflow at the province's section is deducted double from the next limit."""

from __future__ import annotations

from datetime import date

from hetao.ledger.outcome import Findings
from hetao.ledger.records import Setting
from hetao.ledger.rule import Case, Rule
from hetao.ledger.shortfall import SHORTFALL, TIMES, read_shortfall, shortfalls
from hetao.ledger.years import year_of
from hetao.ledger.yellow_river import YELLOW_RIVER
from hetao.ledger.zones import zone_places
from hetao.text import Text

INTAKES = ("new", "rebuilt", "expanded")  # projects that add to the intakes


def _check_setting(case: Case, found: Findings) -> None:
    """Say what a shortfall takes from the next year's limit; refuse one that cannot be read."""
    if case.fields["name"] != SHORTFALL:
        return
    (setting,) = case.draft.records.values()
    assert isinstance(setting, Setting)
    shortfall = read_shortfall(case.state, setting)
    if shortfall is None:
        found.refuse(MEMBER.finding("value", case.fields.get("node"), {"name": SHORTFALL}))
    elif not shortfall.node:
        found.refuse(MEMBER.finding("place", case.fields.get("node"), {"name": SHORTFALL}))
    else:
        facts = {
            "year": shortfall.year,
            "short_m3": shortfall.volume_m3,
            "next_year": shortfall.year + 1,
            "deducted_m3": TIMES * shortfall.volume_m3,
            "serious": shortfall.serious,
        }
        words = {
            "place": case.state.nodes[shortfall.node].label,
            "halt": Text("情节严重，该年度不再新增取水工程项目。", " It is serious: no new intake in that year.")
            if shortfall.serious
            else Text("", ""),
        }
        found.warn(MEMBER.finding("short", shortfall.node, facts, **words))


def _check_project(case: Case, found: Findings) -> None:
    """Refuse a new intake in a year in which a place on its way fell seriously short."""
    f = case.fields
    if f["water"] != YELLOW_RIVER or f.get("project") not in INTAKES or SHORTFALL not in case.state.settings():
        return
    year, places = year_of(YELLOW_RIVER, case.day), zone_places(case.state, f["node"])
    for shortfall in shortfalls(case.state):
        if shortfall.serious and shortfall.year == year and shortfall.node in places:
            facts = {"year": year, "short_m3": shortfall.volume_m3, "project": f["project"]}
            place = case.state.nodes[shortfall.node].label
            found.refuse(MEMBER.finding("halted", shortfall.node, facts, place=place))


def _check(case: Case, found: Findings) -> None:
    if case.kind == "setting":
        _check_setting(case, found)
    else:
        _check_project(case, found)


MEMBER = Rule(
    name="r55",
    title=Text("断面下泄不足加倍扣除", "A shortfall at the section is deducted double"),
    reference=("《黄河水量调度条例》第十八条、第三十七条 (Yellow River Water Dispatch Regulations arts 18, 37)"),
    events=frozenset({"setting", "apply"}),
    in_force=date(2006, 8, 1),
    territory="YR",
    rank="regulation",
    texts={
        "short": Text(
            "{place} {year} 年度断面下泄水量不足 {short_m3:,} m³，在 {next_year} 年度的黄河水限额中加倍扣除 "
            "{deducted_m3:,} m³。{halt}",
            "{place}: the outflow of {year} at the section fell short by {short_m3:,} m³; double that, "
            "{deducted_m3:,} m³, "
            "is taken from the limit of Yellow River water in {next_year}.{halt}",
        ),
        "value": Text(
            "设置 {name} 的值不可用：volume_m3 与 year 应为不小于 0 的整数。",
            "The value of {name} cannot be used: volume_m3 and year should be integers of 0 or more.",
        ),
        "place": Text(
            "设置 {name} 没有写明可用的节点。请在 node 中写明断面所属的、已登记的行政区域。",
            "{name} does not tell its place. Name in `node` the declared region to which the section belongs.",
        ),
        "halted": Text(
            "{place} {year} 年度断面下泄水量不足 {short_m3:,} m³，后果严重，本年度不再新增取水工程项目（{project}）。"
            "请在下一年度再行申请。",
            "{place} fell seriously short of its outflow in {year}, by {short_m3:,} m³: no new intake ({project}) is "
            "admitted in that year. Apply in the next one.",
        ),
    },
    check=_check,
)

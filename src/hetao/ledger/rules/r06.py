"""R06: a groundwater unit is one aquifer in exactly one banner; the units' caps stay within the banner's."""

from __future__ import annotations

from datetime import date
from typing import Any

from hetao.ledger.line import Line
from hetao.ledger.outcome import Findings, dump_json, shorten
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.ledger.units import GROUNDWATER
from hetao.text import Text


def _check_unit(case: Case, found: Findings) -> None:
    """Refuse a unit that does not lie in exactly one banner; warn where its aquifer is not named."""
    named, parent = case.fields.get("node"), case.event.raw.get("parent")
    banner = case.state.nodes.get(parent) if isinstance(parent, str) else None
    known = case.state.nodes.get(named) if isinstance(named, str) else None
    shown = parent if parent is None or isinstance(parent, str) else shorten(dump_json(parent))
    if banner is None or banner.kind != "banner":
        facts: dict[str, Any] = {"parent": shown, "kind": None if banner is None else banner.kind}
        said = Text("无", "none") if shown is None else shown if banner is None else f"{banner.kind} {shown}"
        found.refuse(MEMBER.finding("banner", named, facts, named=named, said=said))
    if known is not None and known.kind == "unit" and known.parent != parent:
        facts = {"first": known.parent, "second": shown, "first_seq": known.seq}
        found.refuse(MEMBER.finding("second", named, facts, place=known.label))
    if "aquifer" not in case.fields:
        found.warn(MEMBER.finding("aquifer", named, {"field": "aquifer"}, named=named))


def _check_sum(after: State, banner: str, line: Line, stated_in: int, found: Findings) -> None:
    """Refuse with the figures of the first year in which the units' caps exceed the banner's."""
    for year in sorted({stated_in} | {y for y in after.steps_below(banner, line) if y > stated_in}):
        cap = after.find(banner, line, "cap", year)
        units = {part: after.amount_m3(part, line, "cap", year) for part in after.parts(banner)}
        units_m3 = sum(units.values())
        if cap is None or units_m3 <= cap.amount_m3:
            continue
        facts = {"year": year, "cap_m3": cap.amount_m3, "units_m3": units_m3, "over_m3": units_m3 - cap.amount_m3}
        words = {"place": after.nodes[banner].label, "line": line.label}
        found.refuse(MEMBER.finding("sum", banner, facts, **words))
        return


def _check(case: Case, found: Findings) -> None:
    if case.kind == "node":
        if case.fields.get("kind") == "unit":
            _check_unit(case, found)
        return
    touched: dict[tuple[str, Line], int] = {}
    for p in case.draft.postings:
        for place in (p.node, case.state.nodes[p.node].parent):
            if p.balance == "cap" and p.line.water == GROUNDWATER and place is not None:
                touched.setdefault((place, p.line), p.year)
    for (place, line), year in touched.items():
        if case.state.nodes[place].kind == "banner":
            _check_sum(case.after, place, line, year, found)


MEMBER = Rule(
    name="r06",
    title=Text("地下水管理单元只属一个旗县", "A groundwater unit lies in exactly one banner"),
    reference=(
        "《内蒙古自治区地下水保护和管理条例》第八条、第九条"
        " (Inner Mongolia Groundwater Protection and Management Regulations arts 8-9)"
    ),
    events=frozenset({"node", "cap", "breakdown"}),
    arithmetic=True,
    unfit=True,
    in_force=date(2022, 1, 1),
    territory="CN-15",
    rank="regulation",
    texts={
        "banner": Text(
            "管理单元 {named} 的上级为 {said}；管理单元是一个旗县内的一个含水层，必须恰好属于一个已登记的旗县。"
            "跨旗县的含水层请按旗县分别登记。",
            "The parent of unit {named} is {said}; a unit is one aquifer in one banner and lies in exactly one "
            "declared banner. Declare an aquifer that spans several as one unit in each.",
        ),
        "second": Text(
            "管理单元 {place} 已在第 {first_seq} 条登记于 {first}，不能又属于 {second}。"
            "同一含水层在另一旗县的部分请以新的编号登记。",
            "Unit {place} was declared in {first} by entry {first_seq} and cannot lie in {second} too. Declare the "
            "aquifer's part in another banner under a name of its own.",
        ),
        "aquifer": Text(
            "管理单元 {named} 未写明含水层（{field}）；管理单元是一个旗县内的一个含水层。",
            "Unit {named} does not name its `{field}`; a unit is one aquifer in one banner.",
        ),
        "sum": Text(
            "{place} {year} 年{line}：各管理单元上限合计 {units_m3:,} m³，超过旗县上限 {cap_m3:,} m³，"
            "超出 {over_m3:,} m³。请减少单元上限，或先提高旗县上限。",
            "{place}, {year}, {line}: the caps of its units, {units_m3:,} m³, exceed the banner's cap of {cap_m3:,} m³ "
            "by {over_m3:,} m³. Lower the units' caps, or raise the banner's first.",
        ),
    },
    check=_check,
)

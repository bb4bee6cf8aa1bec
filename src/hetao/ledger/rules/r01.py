"""R01: what is broken down, with the reserve, never exceeds the cap that it comes from."""

from __future__ import annotations

from datetime import date

from hetao.ledger.line import Line
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.text import Text


def _changed(case: Case) -> dict[tuple[str, Line], int]:
    """Return the nodes whose arithmetic the postings touch, with the first year touched."""
    touched: dict[tuple[str, Line], int] = {}
    for p in case.draft.postings:  # caps and reserves: nothing else is stated by the events that this rule judges
        for node in (p.node, *case.state.above(p.node)):
            touched.setdefault((node, p.line), p.year)
    return touched


def _check_node(after: State, node: str, line: Line, stated_in: int, found: Findings) -> None:
    """Refuse with the figures of the first year in which the node holds less than it has given away."""
    for year in sorted({stated_in} | {y for y in after.steps_below(node, line) if y > stated_in}):
        cap = after.find(node, line, "cap", year)
        children_m3 = after.broken_down_m3(node, line, year)
        reserve_m3 = after.amount_m3(node, line, "reserve", year)
        if cap is None or children_m3 + reserve_m3 <= cap.amount_m3:
            continue
        facts = {"cap_m3": cap.amount_m3, "children_m3": children_m3}
        facts |= {"reserve_m3": reserve_m3} if reserve_m3 else {}
        facts["over_m3"] = children_m3 + reserve_m3 - cap.amount_m3
        facts |= {"year": year} if year != stated_in else {}
        words = {"place": after.nodes[node].label, "line": line.label, "year": year, "kept_m3": reserve_m3}
        found.refuse(MEMBER.finding("over", node, facts, **{**words, **facts}))
        return


def _check(case: Case, found: Findings) -> None:
    if case.draft.split is not None and case.draft.compared is not None:
        node, line, year, balance = case.draft.compared
        if case.state.find(node, line, balance, year) is None:
            children_m3 = case.after.broken_down_m3(node, line, year)
            words = {"place": case.state.nodes[node].label, "line": line.label, "year": year}
            found.refuse(MEMBER.finding("no_cap", node, {"children_m3": children_m3}, **words))
    for (node, line), stated_in in _changed(case).items():
        _check_node(case.after, node, line, stated_in, found)


MEMBER = Rule(
    name="r01",
    title=Text("分解不超上限", "A breakdown stays within the cap"),
    reference=(
        "《取水许可和水资源费征收管理条例》第七条、第十五条；《地下水管理条例》第十六条、第十七条；《黄河保护法》第四十九条"
        " (State Council order 460 arts 7, 15; Groundwater Regulations arts 16-17; Yellow River Protection Law art. 49)"
    ),
    events=frozenset({"cap", "breakdown", "transfer"}),
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="law",
    texts={
        "over": Text(
            "{place} {year} 年{line}：下级上限合计 {children_m3:,} m³ 加预留 {kept_m3:,} m³，"
            "超过本级上限 {cap_m3:,} m³，超出 {over_m3:,} m³。",
            "{place}, {year}, {line}: the caps below it, {children_m3:,} m³, and its reserve, {kept_m3:,} m³, "
            "exceed its cap of {cap_m3:,} m³ by {over_m3:,} m³.",
        ),
        "no_cap": Text(
            "{place} {year} 年{line}：没有上限可供分解，拟分解 {children_m3:,} m³。请先下达其上限。",
            "{place}, {year}, {line}: there is no cap to break down into {children_m3:,} m³. Issue its cap first.",
        ),
    },
    check=_check,
)

"""R02: the cap on total water and the cap on one source both bind."""

from __future__ import annotations

from datetime import date

from hetao.ledger.grants import GRANTING
from hetao.ledger.line import WATERS, Line
from hetao.ledger.outcome import Findings
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.text import Text


def _check_caps(after: State, node: str, source: Line, total: Line, stated_in: int, found: Findings) -> None:
    """Refuse with the figures of the first year in which a source's cap stands above the total cap."""
    later = after.steps(node, source, "cap") | after.steps(node, total, "cap")
    for year in sorted({stated_in} | {y for y in later if y > stated_in}):
        source_cap, total_cap = after.find(node, source, "cap", year), after.find(node, total, "cap", year)
        if source_cap is None or total_cap is None or source_cap.amount_m3 <= total_cap.amount_m3:
            continue
        facts = {
            "water": source.water,
            "source_cap_m3": source_cap.amount_m3,
            "total_cap_m3": total_cap.amount_m3,
            "over_m3": source_cap.amount_m3 - total_cap.amount_m3,
        } | ({"year": year} if year != stated_in else {})
        words = {"place": after.nodes[node].label, "line": source.label, "year": year}
        found.refuse(MEMBER.finding("caps", node, facts, **{**words, **facts}))
        return


def _check_split(case: Case, node: str, source: Line, year: int, found: Findings) -> None:
    """Refuse a breakdown of one source that passes one of the node's two caps and breaks the other."""
    total = source._replace(water="total")
    source_cap, total_cap = case.state.find(node, source, "cap", year), case.state.find(node, total, "cap", year)
    if source.water == "total" or source_cap is None or total_cap is None:
        return
    drawn_m3 = case.after.broken_down_m3(node, source, year) + case.after.amount_m3(node, source, "reserve", year)
    if source_cap.amount_m3 < drawn_m3 <= total_cap.amount_m3:
        facts = {
            "water": source.water,
            "drawn_m3": drawn_m3,
            "source_cap_m3": source_cap.amount_m3,
            "total_cap_m3": total_cap.amount_m3,
            "over_m3": drawn_m3 - source_cap.amount_m3,
        }
        words = {"place": case.state.nodes[node].label, "line": source.label, "year": year}
        found.refuse(MEMBER.finding("split", node, facts, **words))


def _check_grants(case: Case, found: Findings) -> None:
    """Refuse a grant that, at one node and in one year, passes one of total and source and breaks the other."""
    if not case.failing:
        return
    fits: dict[tuple[str, int, str], dict[bool, bool]] = {}
    for grant in case.grants:
        node, water, year = grant.cell
        if grant.room_m3 is not None:
            answers = fits.setdefault((node, year, grant.line.ecology), {})
            answers[water == "total"] = answers.get(water == "total", True) and grant.asked_m3 <= grant.room_m3
    reported: set[str] = set()
    for (node, year, _), answers in fits.items():
        if len(answers) == 2 and answers[True] != answers[False] and node not in reported:
            reported.add(node)
            facts = {"year": year, "total_fits": answers[True], "source_fits": answers[False]}
            broken = Text("水源上限", "the source's cap") if answers[True] else Text("用水总量上限", "the total cap")
            words = {"place": case.state.nodes[node].label, "broken": broken}
            found.refuse(MEMBER.finding("grant", node, facts, **words))


def _check(case: Case, found: Findings) -> None:
    if case.kind in GRANTING:
        _check_grants(case, found)
    for p in case.draft.postings:
        if p.balance != "cap":
            continue
        total = p.line._replace(water="total")
        sources = [w for w in WATERS if w != "total"] if p.line == total else [p.line.water]
        for water in sources:
            _check_caps(case.after, p.node, p.line._replace(water=water), total, p.year, found)
    if case.draft.split is not None and case.draft.compared is not None:
        node, line, year, _ = case.draft.compared
        _check_split(case, node, line, year, found)


MEMBER = Rule(
    name="r02",
    title=Text("总量与水源上限同时约束", "Total and source caps both bind"),
    reference=(
        "《取水许可和水资源费征收管理条例》第七条第三款；《黄河保护法》第四十九条"
        " (State Council order 460 art. 7 para 3; Yellow River Protection Law art. 49)"
    ),
    events=GRANTING | {"cap", "breakdown", "transfer"},
    arithmetic=True,
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="law",
    texts={
        "grant": Text(
            "{place} {year} 年：申请只满足两项上限之一，突破{broken}；两者同时约束。",
            "{place}, {year}: the request passes one of the two caps and breaks {broken}; both bind.",
        ),
        "caps": Text(
            "{place} {year} 年{line}：水源上限 {source_cap_m3:,} m³ 高于用水总量上限 {total_cap_m3:,} m³，"
            "超出 {over_m3:,} m³；两者同时约束。",
            "{place}, {year}, {line}: the source's cap of {source_cap_m3:,} m³ stands above the total cap of "
            "{total_cap_m3:,} m³ by {over_m3:,} m³; both bind.",
        ),
        "split": Text(
            "{place} {year} 年{line}：分解量 {drawn_m3:,} m³ 未超用水总量上限 {total_cap_m3:,} m³，"
            "但超过水源上限 {source_cap_m3:,} m³，超出 {over_m3:,} m³；两者同时约束。",
            "{place}, {year}, {line}: the {drawn_m3:,} m³ broken down pass the total cap of {total_cap_m3:,} m³ "
            "but exceed the source's cap of {source_cap_m3:,} m³ by {over_m3:,} m³; both bind.",
        ),
    },
    check=_check,
)

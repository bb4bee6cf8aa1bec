"""R57: an area sells its unused balance within one basin or along a route; both caps move by it and come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hetao.ledger.limits import room_m3
from hetao.ledger.line import Line
from hetao.ledger.outcome import Findings
from hetao.ledger.regional import common_lines, sides
from hetao.ledger.rights import TOTAL
from hetao.ledger.rule import Case, Rule
from hetao.ledger.settings import find_setting
from hetao.ledger.state import State
from hetao.ledger.years import years_of
from hetao.text import Text


def _lines(case: Case) -> Iterator[tuple[Line, range]]:
    """Yield the lines on which the caps move, each with the years of account of the term."""
    f = case.fields
    assert case.draft.compared is not None
    for water in dict.fromkeys((case.draft.compared[1].water, TOTAL)):
        years = years_of(water, f["term_from"], f.get("term_to", f["term_from"]))
        for line in common_lines(case.state, f["from"], f["to"], water, years.start):
            yield line, years


def _check_balance(case: Case, found: Findings) -> None:
    """Refuse more than the seller's cap leaves unpermitted, on each line with the first such year."""
    seller, volume_m3 = case.fields["from"], case.fields["volume_m3"]
    for line, years in _lines(case):
        for year in years:
            limit, left_m3 = case.state.limit(seller, line, year), room_m3(case.state, seller, line, year, "permitted")
            assert limit is not None
            balance_m3 = limit.volume_m3 if left_m3 is None else left_m3
            if volume_m3 > balance_m3:
                facts = {
                    "water": line.water,
                    "year": year,
                    "cap_m3": limit.cap_m3,
                    "permitted_m3": case.state.amount_m3(seller, line, "permitted", year),
                    "balance_m3": balance_m3,
                    "volume_m3": volume_m3,
                    "over_m3": volume_m3 - balance_m3,
                }
                words = {"place": case.state.nodes[seller].label, "line": line.label}
                found.refuse(MEMBER.finding("balance", seller, facts, **words))
                break


def _is_route(state: State, pair: object, seller: str, buyer: str) -> bool:
    """Tell whether a pair of places is a route between two places, or between what they lie in, in either direction."""
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    here, there = state.path(seller), state.path(buyer)
    return any(a in here and b in there for a, b in (pair, pair[::-1]))


def _check_conveyance(case: Case, found: Findings) -> None:
    """Refuse a trade between basins without a route; say so where no basin and no route is on record at all."""
    state, seller, buyer = case.state, case.fields["from"], case.fields["to"]
    basins = state.basins(seller), state.basins(buyer)
    if set(basins[0]) & set(basins[1]):
        return
    setting = find_setting(state, "transfer_routes", case.day, seller)
    routes = setting.value if setting is not None and isinstance(setting.value, list) else []
    if any(_is_route(state, pair, seller, buyer) for pair in routes):
        return
    facts = {"seller": seller, "buyer": buyer, "seller_basins": list(basins[0]), "buyer_basins": list(basins[1])}
    words = {"source": state.nodes[seller].label, "target": state.nodes[buyer].label}
    if setting is None and not any(basins):
        found.warn(MEMBER.finding("basin_unknown", seller, facts, **words))
    else:
        found.refuse(MEMBER.finding("basin", seller, facts, **words))


def _check_moved(case: Case, found: Findings) -> None:
    """Refuse where a cap would not move by exactly the volume in the term, or would not be back after it."""
    down, up = sides(case.state, case.fields["from"], case.fields["to"])
    for line, years in _lines(case):
        for node, sign in (*((n, -1) for n in down), *((n, 1) for n in up)):
            for year in (*years, years.stop):
                before, after = (state.find(node, line, "cap", year) for state in (case.state, case.after))
                if before is None:
                    continue
                assert after is not None
                due_m3 = before.amount_m3 + (sign * case.fields["volume_m3"] if year in years else 0)
                if after.amount_m3 != due_m3:
                    facts = {"water": line.water, "year": year, "cap_m3": after.amount_m3, "due_m3": due_m3}
                    words = {"place": case.state.nodes[node].label, "line": line.label}
                    found.refuse(MEMBER.finding("uneven" if year in years else "not_back", node, facts, **words))
                    return


def _check(case: Case, found: Findings) -> None:
    f = case.fields
    if f["kind"] != "regional":
        return
    seller = f["from"]
    if "term_to" not in f:
        found.refuse(MEMBER.finding("term", seller, {"term_from": f["term_from"]}))
    facts = {"seller": seller, "buyer": f["to"]}
    if not all(sides(case.state, seller, f["to"])):
        found.refuse(MEMBER.finding("nested", seller, facts))
        return
    if not any(_lines(case)):
        found.refuse(MEMBER.finding("nothing", seller, facts))
    own = Findings()
    _check_balance(case, own)
    if not own.refusals:
        _check_moved(case, own)
    found.refusals += own.refusals
    _check_conveyance(case, found)


MEMBER = Rule(
    name="r57",
    title=Text("区域水权交易限于结余水量", "Areas trade what they leave unused"),
    reference=(
        "《水权交易管理暂行办法》（水政法〔2016〕156号）第三条；《安徽省水权交易管理实施办法（试行）》第三条"
        " (Ministry of Water Resources, interim measures on water-right trading, 2016, art. 3; Anhui rule art. 3)"
    ),
    events=frozenset({"transfer"}),
    in_force=date(2016, 4, 19),
    territory="CN",
    rank="notice",
    texts={
        "term": Text(
            "区域水权交易须写明止日 term_to（起日 {term_from}）：期满后双方上限恢复。",
            "A trade between areas must state its last day, `term_to` (it begins on {term_from}): both caps come back "
            "after it.",
        ),
        "nested": Text(
            "{seller} 与 {buyer} 一方位于另一方之内，不能相互交易；请以上限分解（breakdown）调整。",
            "Of {seller} and {buyer} one lies in the other; they cannot trade with each other. Change the breakdown "
            "instead.",
        ),
        "nothing": Text(
            "{seller} 与 {buyer} 在所写水源上没有双方都有的取水口径上限，交易不会变动任何上限。请先下达上限。",
            "{seller} and {buyer} have no withdrawal cap of this water in common; the trade would move nothing. "
            "Issue the "
            "caps first.",
        ),
        "balance": Text(
            "{place} {year} 年{line}：上限 {cap_m3:,} m³，已许可 {permitted_m3:,} m³，结余 {balance_m3:,} m³；"
            "拟转让 {volume_m3:,} m³，超出 {over_m3:,} m³。",
            "{place}, {year}, {line}: of the cap of {cap_m3:,} m³, {permitted_m3:,} m³ are permitted and "
            "{balance_m3:,} m³ unused; the {volume_m3:,} m³ to be sold exceed that by {over_m3:,} m³.",
        ),
        "basin": Text(
            "{source}与{target}不在同一流域，也没有登记为具备调水条件（设置 transfer_routes），不能交易。",
            "{source} and {target} lie in no common basin, and no route between them is on record (setting "
            "transfer_routes); they cannot trade.",
        ),
        "basin_unknown": Text(
            "{source}与{target}均未登记所在流域，也没有设置 transfer_routes，无从核对是否同一流域或具备调水条件。",
            "Neither {source} nor {target} is declared to lie in a basin, and no transfer_routes are set: whether they "
            "share a basin or a route cannot be checked.",
        ),
        "uneven": Text(
            "{place} {year} 年{line}：交易期内上限应为 {due_m3:,} m³，而记账 {cap_m3:,} m³；双方上限须变动同一水量。",
            "{place}, {year}, {line}: within the term the cap should be {due_m3:,} m³, posted are {cap_m3:,} m³; "
            "both caps "
            "move by the same volume.",
        ),
        "not_back": Text(
            "{place} {year} 年{line}：期满后上限应恢复为 {due_m3:,} m³，而记账 {cap_m3:,} m³。",
            "{place}, {year}, {line}: after the term the cap should be back at {due_m3:,} m³, posted are {cap_m3:,} "
            "m³.",
        ),
    },
    check=_check,
)

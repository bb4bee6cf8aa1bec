"""R56: a holder sells what was saved and checked, within the permit's term and limit; the trade nets to zero."""

from __future__ import annotations

from datetime import date

from hetao.ledger.charges import charged_m3
from hetao.ledger.irrigation import is_irrigation
from hetao.ledger.line import WATERS
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Permit
from hetao.ledger.rights import TOTAL
from hetao.ledger.rule import Case, Rule
from hetao.ledger.years import year_of, years_of
from hetao.text import Text


def _end(case: Case, seller: Permit, buyer: Permit) -> str:
    """Return the last day of the trade; without one it lasts as long as both permits do."""
    return str(case.fields.get("term_to", min(seller.end, buyer.end)))


def _check_saving(case: Case, seller: Permit, found: Findings) -> None:
    """Refuse more than was saved, certified and not yet sold."""
    volume_m3 = case.fields["volume_m3"]
    if volume_m3 > seller.saving_m3:
        facts = {
            "permit": seller.permit,
            "volume_m3": volume_m3,
            "saving_m3": seller.saving_m3,
            "over_m3": volume_m3 - seller.saving_m3,
        }
        found.refuse(MEMBER.finding("saving", seller.node, facts))


def _check_irrigators(case: Case, seller: Permit, buyer: Permit, found: Findings) -> None:
    """Refuse a trade between irrigators that is none, or that lasts beyond one year of account."""
    for permit in (seller, buyer):
        if not is_irrigation(permit.purpose):
            facts = {"permit": permit.permit, "purpose": permit.purpose}
            found.refuse(MEMBER.finding("irrigators", permit.node, facts))
    start, end = case.fields["term_from"], _end(case, seller, buyer)
    if year_of(seller.water, start) != year_of(seller.water, end):
        found.refuse(MEMBER.finding("season", seller.node, {"term_from": start, "term_to": end}))


def _check_terms(case: Case, seller: Permit, buyer: Permit, found: Findings) -> None:
    """Refuse a term that either permit does not cover, and permits for different waters."""
    start, end = case.fields["term_from"], _end(case, seller, buyer)
    for permit in (seller, buyer):
        if not permit.start <= start <= end <= permit.end:
            facts = {
                "permit": permit.permit,
                "term_from": start,
                "term_to": end,
                "permit_from": permit.start,
                "permit_to": permit.end,
            }
            found.refuse(MEMBER.finding("term", permit.node, facts))
    if seller.water != buyer.water:
        facts = {"sold": seller.water, "bought": buyer.water}
        words = {"sold_water": WATERS[seller.water], "bought_water": WATERS[buyer.water]}
        found.refuse(MEMBER.finding("water", seller.node, facts, **words))


def _check_limit(case: Case, seller: Permit, buyer: Permit, found: Findings) -> None:
    """Refuse more than the seller may draw in a year; between irrigators, more than is left of the year."""
    volume_m3 = case.fields["volume_m3"]
    for year in years_of(seller.water, case.fields["term_from"], _end(case, seller, buyer)):
        left_m3 = charged_m3(seller, year)
        if case.fields["kind"] == "irrigation":
            left_m3 = max(0, left_m3 - case.state.permit_year(seller.permit, year).used_m3)
        if volume_m3 > left_m3:
            facts = {
                "permit": seller.permit,
                "year": year,
                "volume_m3": volume_m3,
                "left_m3": left_m3,
                "over_m3": volume_m3 - left_m3,
            }
            found.refuse(MEMBER.finding("limit", seller.node, facts))
            return


def _check_net(case: Case, seller: Permit, buyer: Permit, found: Findings) -> None:
    """Refuse postings in which the seller's side does not lose exactly what the buyer's side gains."""
    expected: dict[tuple[str, str, int], int] = {}
    start, end = case.fields["term_from"], _end(case, seller, buyer)
    for permit, sign in ((seller, -1), (buyer, 1)):
        for water in dict.fromkeys((permit.water, TOTAL)):
            for year in years_of(water, start, end):
                for node in case.state.chain(permit.node, water, year):
                    cell = node, water, year
                    expected[cell] = expected.get(cell, 0) + sign * case.fields["volume_m3"]
    for cell in dict.fromkeys((*expected, *case.draft.draws)):
        change = case.draft.draws.get(cell, (0,) * 6)
        due_m3, posted_m3 = expected.get(cell, 0), change[0] + change[3]
        if due_m3 != posted_m3:
            node, water, year = cell
            facts = {"water": water, "year": year, "due_m3": due_m3, "posted_m3": posted_m3}
            found.refuse(MEMBER.finding("net", node, facts, place=case.state.nodes[node].label))
            return


def _check(case: Case, found: Findings) -> None:
    seller, buyer = case.draft.before, case.draft.right
    if case.fields["kind"] == "regional":
        return
    assert isinstance(seller, Permit)
    assert isinstance(buyer, Permit)
    own = Findings()
    _check_terms(case, seller, buyer, own)
    covered = not own.refusals
    if case.fields["kind"] == "irrigation":
        _check_irrigators(case, seller, buyer, own)
    else:
        _check_saving(case, seller, own)
    if covered:
        _check_limit(case, seller, buyer, own)
    if not own.refusals:
        _check_net(case, seller, buyer, own)
    found.refusals += own.refusals


MEMBER = Rule(
    name="r56",
    title=Text("取水权交易限于已核定的节约水量", "A right sold is a saving that was checked"),
    reference=(
        "《取水许可和水资源费征收管理条例》第二十七条；《水权交易管理暂行办法》（水政法〔2016〕156号）"
        " (State Council order 460 art. 27; Ministry of Water Resources, interim measures on water-right trading, 2016)"
    ),
    events=frozenset({"transfer"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "saving": Text(
            "许可 {permit} 转让 {volume_m3:,} m³，而经核定且尚未转让的节约水量为 {saving_m3:,} m³，超出 {over_m3:,} "
            "m³。"
            "未用但未经核定节约的水量不得转让；请先核定节水量（certify_saving）。",
            "Permit {permit} would sell {volume_m3:,} m³; its savings certified and not yet sold are {saving_m3:,} m³, "
            "{over_m3:,} m³ less. What is unused but not saved cannot be sold; have the saving certified first "
            "(certify_saving).",
        ),
        "irrigators": Text(
            "许可 {permit} 的用途为 {purpose}，不是灌溉；灌溉用水户水权交易只在灌溉用水户之间进行。请改用 "
            "withdrawal_right。",
            "Permit {permit} is for {purpose}, not for irrigation; trades of this kind are between irrigators only. "
            "Use "
            "the kind withdrawal_right.",
        ),
        "season": Text(
            "交易期限 {term_from} 至 {term_to} 跨两个核算年度；灌溉用水户水权交易限于一个年度之内。",
            "The term from {term_from} to {term_to} touches more than one year of account; a trade between irrigators "
            "stays within one.",
        ),
        "term": Text(
            "交易期限 {term_from} 至 {term_to} 不在许可 {permit} 的有效期（{permit_from} 至 {permit_to}）之内。",
            "The term from {term_from} to {term_to} is not within that of permit {permit}, {permit_from} to "
            "{permit_to}.",
        ),
        "water": Text(
            "转让方的水源为{sold_water}（{sold}），受让方为{bought_water}（{bought}）；交易须是同一水源。",
            "The seller's water is {sold_water} ({sold}), the buyer's {bought_water} ({bought}); a trade is of one "
            "water.",
        ),
        "limit": Text(
            "许可 {permit} {year} 年可转让 {left_m3:,} m³，拟转让 {volume_m3:,} m³，超出取水限额 {over_m3:,} m³。",
            "Permit {permit} has {left_m3:,} m³ to sell in {year}; the {volume_m3:,} m³ exceed that by {over_m3:,} m³.",
        ),
        "net": Text(
            "{place} {year} 年 {water}：交易应使许可量变动 {due_m3:,} m³，而记账 {posted_m3:,} m³；交易净额须为零。",
            "{place}, {year}, {water}: the trade should change what is permitted by {due_m3:,} m³, posted are "
            "{posted_m3:,} m³; nothing is gained or lost by a trade.",
        ),
    },
    check=_check,
)

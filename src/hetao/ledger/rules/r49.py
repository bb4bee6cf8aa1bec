"""R49: a drought, overdraft or ecological order cuts the year's limits from its date, after notice in writing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hetao.ledger.charges import charged_m3
from hetao.ledger.line import WATERS
from hetao.ledger.outcome import Findings
from hetao.ledger.permit_years import Cut, adds_use, cut_by, cuts_of, drafted_years, ordered_m3
from hetao.ledger.records import Order, Permit
from hetao.ledger.rights import LIVE, TOTAL, is_ecological
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.ledger.years import years_of
from hetao.text import Text

FINE = {"fine_min_yuan": 20_000, "fine_max_yuan": 100_000}


def _check(case: Case, found: Findings) -> None:
    if case.kind == "read":
        if case.state.identifiers("order"):
            _check_use(case, found)
        return
    (order,) = case.draft.records.values()
    assert isinstance(order, Order)
    _check_order(case, order, found)


def _check_order(case: Case, order: Order, found: Findings) -> None:
    words = {"place": case.state.nodes[order.node].label}
    dated = {"from": order.start, "issued": case.day}
    if order.start <= case.day:
        found.warn(MEMBER.finding("notice", order.node, dated, start=order.start, **words))
    years = years_of(order.water, order.start, order.end)
    if not any(case.state.held(order.node, order.water, "cap", year) for year in years):
        facts = {"water": order.water, "from": order.start, "to": order.end}
        words["water"] = WATERS[order.water]
        found.warn(MEMBER.finding("no_cap", order.node, facts, start=order.start, **words))
        return
    for year in years:
        plans = dict(_plans_above(case.after, order, year))
        if plans:
            listed = Text(
                "；".join(
                    f"{name} 计划 {p['plan_m3']:,} m³，核减为 {p['cut_to_m3']:,} m³" for name, p in plans.items()
                ),
                "; ".join(
                    f"{name}: plan {p['plan_m3']:,} m³, cut to {p['cut_to_m3']:,} m³" for name, p in plans.items()
                ),
            )
            above = {"year": year, "plans": plans, **FINE}
            found.warn(MEMBER.finding("plans", order.node, above, listed=listed, **words))


def _plans_above(after: State, order: Order, year: int) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the permits under an order whose plan of a year is more than it leaves of the permit."""
    cuts: dict[tuple[str, str, bool], tuple[Cut, ...]] = {}
    for permit in after.all(Permit, "permit"):
        if permit.status not in LIVE or order.water not in (permit.water, TOTAL):
            continue
        plan_m3 = after.permit_year(permit.permit, year).plan_m3
        if not plan_m3 or order.node not in after.chain(permit.node, order.water, year):
            continue
        alike = permit.node, permit.water, is_ecological(permit.purpose)
        if alike not in cuts:
            cuts[alike] = cuts_of(after, permit, year)
        left_m3 = cut_by(charged_m3(permit, year), cuts[alike])
        if plan_m3 > left_m3:
            yield permit.permit, {"plan_m3": plan_m3, "cut_to_m3": left_m3}


def _check_use(case: Case, found: Findings) -> None:
    """Warn where a reading takes the use of a year beyond what orders leave of the permit, or of its plan."""
    permit = case.draft.right
    assert isinstance(permit, Permit)
    for record in drafted_years(case.draft):
        left_m3 = ordered_m3(case.state, permit, record.year)
        if left_m3 is None:
            continue
        allowed_m3 = left_m3 if record.plan_m3 is None else min(left_m3, record.plan_m3)
        if record.used_m3 > allowed_m3 and adds_use(case.state, record):
            facts = {
                "permit": permit.permit,
                "year": record.year,
                "permit_m3": charged_m3(permit, record.year),
                "cut_to_m3": allowed_m3,
                "used_m3": record.used_m3,
                "over_m3": record.used_m3 - allowed_m3,
                **FINE,
            }
            found.warn(MEMBER.finding("over", permit.node, facts))


MEMBER = Rule(
    name="r49",
    title=Text("按指令限制年度取水量", "An order limits the withdrawal of the year"),
    reference=(
        "《取水许可和水资源费征收管理条例》第四十一条、第四十二条、第五十一条 (State Council order 460 arts 41-42, 51)"
    ),
    events=frozenset({"order", "read"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="regulation",
    texts={
        "notice": Text(
            "{place}：限制取水自 {start} 起，而指令于 {issued} 下达，没有事先书面通知取水单位或者个人。已照录。",
            "{place}: the limit runs from {start}, and the order was issued on {issued}, without notice in writing "
            "before it. It is recorded as issued.",
        ),
        "no_cap": Text(
            "{place}：自 {start} 至 {to} 没有 {water} 的上限，指令没有可核减的限额。请先下达上限，"
            "或把指令下达到有上限的节点。",
            "{place} has no cap for {water} from {start} to {to}; the order cuts nothing. Issue a cap first, or give "
            "the "
            "order to a node that has one.",
        ),
        "plans": Text(
            "{place} {year} 年：核减后下列计划超过限额，须重新下达：{listed}。拒不执行限制决定的，"
            "处 {fine_min_yuan:,} 元以上 {fine_max_yuan:,} 元以下罚款。",
            "{place}, {year}: these plans exceed what the order leaves and are to be issued anew: {listed}. "
            "Refusing the limit is fined from {fine_min_yuan:,} to {fine_max_yuan:,} yuan.",
        ),
        "over": Text(
            "取水许可证 {permit} {year} 年许可量 {permit_m3:,} m³，按指令限为 {cut_to_m3:,} m³，已用 {used_m3:,} m³，"
            "超出 {over_m3:,} m³。已如实入账；拒不执行限制决定的，处 {fine_min_yuan:,} 元以上 {fine_max_yuan:,} "
            "元以下罚款。",
            "Permit {permit}, {year}: of {permit_m3:,} m³, orders leave {cut_to_m3:,} m³; {used_m3:,} m³ are used, "
            "{over_m3:,} m³ too many. They are booked; refusing the limit is fined from {fine_min_yuan:,} to "
            "{fine_max_yuan:,} yuan.",
        ),
    },
    check=_check,
)

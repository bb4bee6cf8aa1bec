"""R05: an order scales the limits of a place and of all below it in one ratio, and the parts add to the whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from hetao.ledger.limits import effective_m3, orders_in
from hetao.ledger.line import BASES, ECOLOGIES, WATERS, Line
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Order
from hetao.ledger.rule import Case, Rule
from hetao.ledger.state import State
from hetao.ledger.years import year_of, years_of
from hetao.text import Text


def _limits(after: State, places: Iterator[str], line: Line, year: int) -> dict[str, int]:
    """Return the effective limits of those places that have a cap."""
    found = {place: effective_m3(after, place, line, year) for place in places}
    return {place: m3 for place, m3 in found.items() if m3 is not None}


def _years(after: State, order: Order) -> list[int]:
    """Return the years in which the limits under an order may change: where it, a cap or another order steps."""
    span = years_of(order.water, order.start, order.end)
    steps = {span.start, span.start + 1, span.stop - 1}
    for basis in BASES:
        for ecology in ECOLOGIES:
            steps |= after.steps_below(order.node, Line(order.water, basis, ecology))
    for other in after.all(Order, "order"):
        for day in (other.start, other.end):
            steps |= {year_of(order.water, day), year_of(order.water, day) + 1}
    return sorted(year for year in steps if year in span)


def _capped_parts(after: State, node: str, limits: dict[str, int]) -> list[str]:
    """Return the places that take part in a node's cap; one without a cap stands for those below it."""
    found: list[str] = []
    for part in after.parts(node):
        found += [part] if part in limits else _capped_parts(after, part, limits)
    return found


def _adds_up(after: State, node: str, limits: dict[str, int], line: Line, year: int) -> bool:
    """Tell whether a node's parts take its limit in the ratio of their caps, but for rounding to whole m³.

    A part under an order of its own may have less; what is left over is then kept by the node.
    """
    cap = after.find(node, line, "cap", year)
    caps = {part: after.amount_m3(part, line, "cap", year) for part in _capped_parts(after, node, limits)}
    if cap is None or not caps:
        return True
    ratio = Fraction(limits[node], cap.amount_m3) if cap.amount_m3 else Fraction(0)
    ordered = [part for part in caps if any(True for _ in orders_in(after, part, line.water, year))]
    for part, cap_m3 in caps.items():
        over = limits[part] - cap_m3 * ratio
        if over >= 1 or (over <= -1 and part not in ordered):
            return False
    kept_m3 = limits[node] - sum(limits[part] for part in caps)
    over = kept_m3 - (cap.amount_m3 - sum(caps.values())) * ratio
    return kept_m3 >= 0 and (bool(ordered) or abs(over) < 1)


def _listed(limits: dict[str, int]) -> Text:
    named = [f"{place} {m3:,} m³" for place, m3 in limits.items()]
    return Text("、".join(named) or "无", ", ".join(named) or "none")


def _check_line(case: Case, order: Order, line: Line, year: int, found: Findings) -> None:
    """Refuse an order under which the parts do not add to the whole; tell the limits that it makes."""
    after, node = case.after, order.node
    limits = _limits(after, after.below(node), line, year)
    parts = {part: limits[part] for part in _capped_parts(after, node, limits)}
    facts = {
        "basis": line.basis,
        "ecology": line.ecology,
        "year": year,
        "cap_m3": after.amount_m3(node, line, "cap", year),
        "effective_m3": limits[node],
        "kept_m3": limits[node] - sum(parts.values()),
        "limits_m3": limits,
    }
    label = after.nodes[node].label
    uneven = [place for place in limits if not _adds_up(after, place, limits, line, year)]
    for place in uneven:
        words = {"place": after.nodes[place].label, "line": line.label, "listed": _listed(limits)}
        found.refuse(MEMBER.finding("uneven", place, {"year": year, "limits_m3": limits}, **words))
    if not uneven:
        found.warn(MEMBER.finding("scaled", node, facts, place=label, line=line.label, listed=_listed(parts)))


def _check(case: Case, found: Findings) -> None:
    (order,) = (record for record in case.draft.records.values() if isinstance(record, Order))
    after, node, water = case.after, order.node, order.water
    capped = [(year, line) for year in _years(after, order) for line in after.held(node, water, "cap", year)]
    for year, line in capped:
        _check_line(case, order, line, year, found)
    if not capped:
        facts = {"water": water, "start": order.start, "end": order.end}
        found.warn(MEMBER.finding("no_cap", node, facts, place=case.state.nodes[node].label, label=WATERS[water]))


MEMBER = Rule(
    name="r05",
    title=Text("同比例丰增枯减", "The same ratio for all holders, up or down"),
    reference="《黄河水量调度条例》第十三条 (Yellow River Water Dispatch Regulations, order 472, art. 13)",
    events=frozenset({"order"}),
    arithmetic=True,
    in_force=date(2006, 8, 1),
    territory="YR",
    rank="regulation",
    texts={
        "scaled": Text(
            "{place} {year} 年{line}：上限 {cap_m3:,} m³ 按同一比例调整，当年可用 {effective_m3:,} m³；"
            "其下：{listed}；未分解部分 {kept_m3:,} m³。各部分合计等于总量。",
            "{place}, {year}, {line}: the cap of {cap_m3:,} m³ is scaled in one ratio to {effective_m3:,} m³ for the "
            "year; below it: {listed}; not broken down: {kept_m3:,} m³. The parts add to the whole.",
        ),
        "uneven": Text(
            "{place} {year} 年{line}：指令之后各下级的限额不成同一比例，或合计不等于本级限额。各地限额：{listed}。"
            "请核对指令与其下各级的上限。",
            "{place}, {year}, {line}: after the order the limits below are not in one ratio, or do not add to its own. "
            "Limits by place: {listed}. Check the order and the caps below.",
        ),
        "no_cap": Text(
            "{place} 在 {start} 至 {end} 没有{label}上限，此指令不调整任何限额。"
            "请先下达上限，或对有上限的地方下达指令。",
            "{place} has no cap on {label} from {start} to {end}; the order scales nothing. Issue a cap first, or "
            "order a place that has one.",
        ),
    },
    check=_check,
)

"""R53: what a meter does not count, past the day by which it must be repaired, is booked at daily maximum capacity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from hetao.ledger.closing import closed_at
from hetao.ledger.fields import day, text
from hetao.ledger.metering import capacity_m3, meter_fine
from hetao.ledger.outcome import Findings
from hetao.ledger.records import Meter, Permit
from hetao.ledger.rights import LIVE, TOTAL
from hetao.ledger.rule import Case, Rule, Tick
from hetao.ledger.state import State
from hetao.ledger.use import book_use
from hetao.ledger.years import add_days, add_span, day_number, year_days, year_of
from hetao.text import Text

REPAIR = "meter_repair"  # the setting
NAME, DAY = text(), day()


class Order(NamedTuple):
    """An order to repair a meter by a day."""

    meter: str
    permit: str
    by: str


def _order(value: object) -> Order | None:
    """Return the order that a setting gives, None where its value is none."""
    if not isinstance(value, dict):
        return None
    fits = all(NAME.fits(value.get(name)) for name in ("meter", "permit")) and DAY.fits(value.get("by"))
    return Order(value["meter"], value["permit"], value["by"]) if fits else None


def _overdue(tick: Tick) -> list[Order]:
    """Return the orders whose day has passed; of each meter only the latest counts."""
    latest: dict[str, Order] = {}
    for setting in tick.state.settings().get(REPAIR, ()):
        order = _order(setting.value)
        if order is not None and setting.start <= tick.day:
            latest[order.meter] = order
    return [order for order in latest.values() if order.by < tick.day]


def _due(tick: Tick) -> None:
    for order in _overdue(tick):
        permit = tick.state.permit(order.permit)
        meter = tick.state.meter(order.meter)
        if permit is None or permit.status not in LIVE or meter is None or not meter.repair:
            continue  # a metered reading since the order has ended its repair
        _raise_overdue(tick, permit, meter, order)
        if permit.capacity_m3:
            tick.draft.records["meter", meter.meter] = _book(tick, permit, meter)


def _raise_overdue(tick: Tick, permit: Permit, meter: Meter, order: Order) -> None:
    """Raise, once, that the day has passed, with the fine by the law of place and source."""
    fine = meter_fine(tick.state, permit, tick.day, fitted=bool(meter.last))
    facts = {
        "permit": permit.permit,
        "meter": meter.meter,
        "by": order.by,
        "fitted": bool(meter.last),
        "capacity_m3": permit.capacity_m3,
        "fine_min_yuan": fine.least_yuan,
        "fine_max_yuan": fine.most_yuan,
        "fine_by": fine.clause.en,
    }
    words = {
        "place": tick.state.nodes[permit.node].label,
        "clause": fine.clause,
        "state": Text("计量设施不合格", "an unfit meter") if meter.last else Text("没有计量设施", "no meter"),
    }
    finding = MEMBER.finding("overdue" if permit.capacity_m3 else "unknown", permit.node, facts, **words)
    tick.raise_due(MEMBER, meter.meter, order.by, finding)


def _parts(state: State, permit: Permit, first: str, last: str) -> Iterator[tuple[str, str, int | None]]:
    """Yield a period in parts that lie in one year of account each, with the year in which a part is closed."""
    while first <= last:
        years = {water: year_of(water, first) for water in (permit.water, TOTAL)}
        end = min(last, *(year_days(water, year)[1] for water, year in years.items()))
        closed = [year for year in years.values() if closed_at(state, permit.node, year) is not None]
        yield first, end, closed[0] if closed else None
        first = add_days(end, 1)


def _volume_m3(permit: Permit, first: str, last: str) -> int:
    """Return what the works draw in a part of a year: the year up to its end less the year up to its beginning.

    So the parts of a year add up to the same volume, however often time passes.
    """
    start = year_days(permit.water, year_of(permit.water, first))[0]
    upto_m3 = capacity_m3(permit.water, permit.capacity_m3, start, last)
    return upto_m3 - (capacity_m3(permit.water, permit.capacity_m3, start, add_days(first, -1)) if first > start else 0)


def _book(tick: Tick, permit: Permit, meter: Meter) -> Meter:
    """Book the days since the last reading at capacity, but for closed years, and return the meter as it then is."""
    first = max(add_days(max(meter.repair, meter.last, meter.booked), 1), permit.start)
    last = min(tick.day, permit.end)
    if first > last:
        return meter
    parts: list[dict[str, Any]] = []
    closed: dict[int, None] = {}
    for start, end, year in _parts(tick.state, permit, first, last):
        if year is not None:
            closed[year] = None
            continue
        parts.append({"from": start, "to": end, "volume_m3": _volume_m3(permit, start, end)})
        book_use(tick.state, tick.draft, permit, {**parts[-1], "method": "capacity"}, 1)
    facts = {
        "permit": permit.permit,
        "meter": meter.meter,
        "from": first,
        "to": last,
        "days": sum(day_number(part["to"]) - day_number(part["from"]) + 1 for part in parts),
        "capacity_m3": permit.capacity_m3,
        "volume_m3": sum(part["volume_m3"] for part in parts),
        "parts": parts,
        "method": "capacity",
        "estimated": True,
        "closed_years": list(closed),
    }
    listed = "、".join(map(str, closed)), ", ".join(map(str, closed))
    kept = Text(f"已封账的 {listed[0]} 年不入账。", f" Nothing is booked in closed years ({listed[1]}).")
    words = {"place": tick.state.nodes[permit.node].label, "kept": kept if closed else Text("", "")}
    tick.raise_due(MEMBER, meter.meter, first, MEMBER.finding("booked", permit.node, facts, **words))
    return meter._replace(last=last, booked=last, spans=add_span(meter.spans, first, last))


def _check_order(case: Case, found: Findings) -> None:
    """Refuse an order to repair that names no day, no permit on record, or a meter of another permit."""
    if case.fields["name"] != REPAIR:
        return
    order = _order(case.fields["value"])
    if order is None:
        found.refuse(MEMBER.finding("order", case.fields.get("node"), {"name": REPAIR}))
        return
    meter, permit = case.state.meter(order.meter), case.state.permit(order.permit)
    if permit is None or (meter is not None and meter.permit != order.permit):
        facts = {"permit": order.permit, "meter": order.meter, "bound_to": None if meter is None else meter.permit}
        found.refuse(MEMBER.finding("stranger", case.fields.get("node"), facts))


def _check_reading(case: Case, found: Findings) -> None:
    """Refuse days that are booked already and too small a volume at capacity; warn where the meter is past its day."""
    f, permit = case.fields, case.draft.right
    assert isinstance(permit, Permit)
    meter = case.state.meter(f["meter"])
    late = meter is not None and bool(meter.repair) and f["to"] > meter.repair
    if meter is not None and late and f["from"] < meter.booked and "corrects" not in f:
        facts = {"meter": meter.meter, "from": f["from"], "booked": meter.booked}
        found.refuse(MEMBER.finding("again", permit.node, facts))
    if f["method"] == "metered" or (f["method"] != "capacity" and not late):
        return
    words = {"place": case.state.nodes[permit.node].label}
    facts = {"permit": permit.permit, "meter": f["meter"], "method": f["method"], "volume_m3": f["volume_m3"]}
    if not permit.capacity_m3:
        found.warn(MEMBER.finding("no_capacity", permit.node, facts, **words))
        return
    expected_m3 = capacity_m3(permit.water, permit.capacity_m3, f["from"], f["to"])
    if f["volume_m3"] < expected_m3:
        facts |= {"expected_m3": expected_m3, "short_m3": expected_m3 - f["volume_m3"]}
        finding = MEMBER.finding("short", permit.node, facts, **words)
        found.refuse(finding) if f["method"] == "capacity" else found.warn(finding)


def _check(case: Case, found: Findings) -> None:
    if case.kind == "read":
        _check_reading(case, found)
    else:
        _check_order(case, found)


MEMBER = Rule(
    name="r53",
    title=Text("无计量或逾期未修按最大取水能力计", "Without a working meter, booked at capacity"),
    reference=(
        "《取水许可和水资源费征收管理条例》第五十三条；《地下水管理条例》第五十六条；《黄河保护法》第一百一十五条"
        " (State Council order 460 art. 53; Groundwater Regulations art. 56; Yellow River Protection Law art. 115)"
    ),
    events=frozenset({"read", "setting"}),
    in_force=date(2006, 4, 15),
    territory="CN",
    rank="law",
    texts={
        "overdue": Text(
            "{place}许可 {permit}：计量表 {meter} 应于 {by} 前修复，逾期未修（{state}）。"
            "此后各日按日最大取水能力（{capacity_m3:,} m³/年）计量，并依{clause}处 {fine_min_yuan:,} 元以上 "
            "{fine_max_yuan:,} 元以下罚款。请修复并录入计量读数。",
            "{place}, permit {permit}: meter {meter} was to be repaired by {by} and is not ({state}). The days since "
            "are "
            "booked at daily maximum capacity ({capacity_m3:,} m³ a year), and the fine is {fine_min_yuan:,} to "
            "{fine_max_yuan:,} yuan by {clause}. Repair it and enter a metered reading.",
        ),
        "unknown": Text(
            "{place}许可 {permit}：计量表 {meter} 应于 {by} 前修复，逾期未修（{state}）；依{clause}处 "
            "{fine_min_yuan:,} 元以上 "
            "{fine_max_yuan:,} 元以下罚款。许可未载明取水能力，不能按日最大取水能力入账；请核定取水能力后录入 "
            "capacity 读数。",
            "{place}, permit {permit}: meter {meter} was to be repaired by {by} and is not ({state}); the fine is "
            "{fine_min_yuan:,} to {fine_max_yuan:,} yuan by {clause}. The permit states no capacity, so "
            "that "
            "nothing is booked: establish the capacity and enter a reading by the method `capacity`.",
        ),
        "booked": Text(
            "{place}许可 {permit}，计量表 {meter}：{from} 至 {to} 共 {days} 日，按日最大取水能力（{capacity_m3:,} "
            "m³/年）"
            "计入用水 {volume_m3:,} m³，标记为估算。{kept}",
            "{place}, permit {permit}, meter {meter}: for {days} day(s), {from} to {to}, {volume_m3:,} m³ are "
            "booked at "
            "daily maximum capacity ({capacity_m3:,} m³ a year), flagged as estimated.{kept}",
        ),
        "order": Text(
            "设置 {name} 的值不可用：permit、meter 应为文字，by 应为 ISO 8601 日期。",
            "The value of {name} cannot be used: permit and meter should be text, and by an ISO 8601 date.",
        ),
        "stranger": Text(
            "许可 {permit} 未登记，或计量表 {meter} 属于另一许可，限期修复不能生效。请核对许可与计量表。",
            "Permit {permit} is not on record, or meter {meter} belongs to another: the order to repair would have no "
            "effect. Check the permit and the meter.",
        ),
        "again": Text(
            "计量表 {meter} 至 {booked} 的各日已按日最大取水能力入账；读数自 {from} 起，会重复计量。请自 {booked} "
            "起录入。",
            "The days of meter {meter} up to {booked} are booked at daily maximum capacity; a reading from {from} on "
            "would "
            "count them twice. Enter the reading from {booked} on.",
        ),
        "short": Text(
            "{place}许可 {permit}，计量表 {meter}：按日最大取水能力应计 {expected_m3:,} m³，读数（{method}）为 "
            "{volume_m3:,} m³，"
            "少 {short_m3:,} m³。",
            "{place}, permit {permit}, meter {meter}: daily maximum capacity comes to {expected_m3:,} m³; the reading "
            "({method}) of {volume_m3:,} m³ is {short_m3:,} m³ less.",
        ),
        "no_capacity": Text(
            "{place}许可 {permit}，计量表 {meter}：许可未载明取水能力，读数（{method}）{volume_m3:,} m³ 无从核对。",
            "{place}, permit {permit}, meter {meter}: the permit states no capacity; the reading ({method}) of "
            "{volume_m3:,} m³ cannot be checked against it.",
        ),
    },
    check=_check,
    due=_due,
)

"""Limits in force: caps after drought and dispatch orders and shortfalls at a section, and what they leave.

An order scales the yearly limit of its place, down or up, for the days it runs; of several the last one given holds.
What lies below takes part in the same ratio, and the parts still add up to the whole after rounding to whole m³
(largest remainder). The cap itself stays as it is: in a year of plenty more may be used, but no more is permitted or
planned than the cap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from hetao.ledger.line import Line
from hetao.ledger.records import Order
from hetao.ledger.shortfall import SHORTFALL, deduction_m3
from hetao.ledger.state import State
from hetao.ledger.years import day_number, days_in_year, year_days
from hetao.rounding import largest_remainder

__all__ = ["effective_m3", "headroom_m3", "is_cut", "orders_in", "room_m3"]

REST = ""  # what a cap keeps for itself: its reserve and what is not broken down


def orders_in(state: State, node: str, water: str, year: int) -> Iterator[tuple[Order, int]]:
    """Yield the orders on a node itself that hold in a year of account, with the number of days on which they do.

    Of several orders for the same day the one given last holds.
    """
    if not state.identifiers("order"):
        return
    first, last = year_days(water, year)
    given = [
        order
        for order in state.all(Order, "order")
        if order.node == node and order.water == water and order.start <= last and order.end >= first
    ]
    held: dict[int, int] = {}  # day → which order
    for number, order in enumerate(given):
        days = range(day_number(max(order.start, first)), day_number(min(order.end, last)) + 1)
        held.update(dict.fromkeys(days, number))
    counts = Counter(held.values())
    yield from ((order, counts[number]) for number, order in enumerate(given) if counts[number])


def _own_m3(state: State, node: str, water: str, year: int, cap_m3: int) -> int:
    """Return a cap after the orders on its own node: each takes its part for the days on which it runs."""
    left = Fraction(cap_m3)
    for order, days in orders_in(state, node, water, year):
        ordered = cap_m3 * Fraction(order.factor) if order.volume_m3 is None else Fraction(min(order.volume_m3, cap_m3))
        left -= (cap_m3 - ordered) * Fraction(days, days_in_year(water, year))
    return max(0, left.__floor__() - deduction_m3(state, node, water, year))


def is_cut(state: State) -> bool:
    """Tell whether anything may cut a cap in force: an order, or a shortfall at the province section."""
    return bool(state.identifiers("order")) or SHORTFALL in state.settings()


def effective_m3(state: State, node: str, line: Line, year: int) -> int | None:
    """Return a node's cap on a line in a year after orders on it and above it, in m³; None without a cap."""
    cap = state.find(node, line, "cap", year)
    if cap is None:
        return None
    if not is_cut(state):
        return cap.amount_m3
    where = "effective", node, line, year
    known = state.memo.get(where)
    if not isinstance(known, int):
        known = state.memo[where] = _scaled_cap_m3(state, node, line, year, cap.amount_m3)
    return known


def _scaled_cap_m3(state: State, node: str, line: Line, year: int, cap_m3: int) -> int:
    """Return a cap after its own orders, and no more than its share in what orders leave of the cap above."""
    own_m3 = _own_m3(state, node, line.water, year, cap_m3)
    for place in state.above(node):
        above = state.find(place, line, "cap", year)
        if above is not None:
            above_m3 = effective_m3(state, place, line, year)
            if above_m3 is None or above_m3 == above.amount_m3:
                return own_m3
            share_m3 = _share_m3(state, place, line, year, above_m3).get(node, own_m3)
            return share_m3 if own_m3 == cap_m3 else min(own_m3, share_m3)
    return own_m3


def _capped_parts(state: State, node: str, line: Line, year: int) -> Iterator[tuple[str, int]]:
    """Yield the places that share out a node's cap, with theirs; a part without a cap stands for those below it."""
    for part in state.parts(node):
        cap = state.find(part, line, "cap", year)
        if cap is None:
            yield from _capped_parts(state, part, line, year)
        else:
            yield part, cap.amount_m3


def _share_m3(state: State, parent: str, line: Line, year: int, total_m3: int) -> dict[str, int]:
    """Return the shares of the parts of a node, and of what it keeps, in a total: in proportion to their caps."""
    sizes = dict(_capped_parts(state, parent, line, year))
    above = state.find(parent, line, "cap", year)
    assert above is not None
    sizes[REST] = max(0, above.amount_m3 - sum(sizes.values()))
    whole = sum(sizes.values())  # above 0: a cap of nothing cannot be scaled, and is not asked for
    return largest_remainder({part: Fraction(total_m3 * size, whole) for part, size in sizes.items()}, sizes)


def headroom_m3(state: State, node: str, line: Line, year: int) -> int | None:
    """Return what a node's cap leaves to be permitted in a year, after orders where they cut it; None without a cap.

    It is below 0 where more is permitted than orders leave.
    """
    limit, effective = state.limit(node, line, year), effective_m3(state, node, line, year)
    if limit is None or effective is None:
        return None
    return min(limit.cap_m3, effective) - limit.moved_m3 - state.amount_m3(node, line, "permitted", year)


def room_m3(state: State, node: str, line: Line, year: int, balance: str) -> int | None:
    """Return what a node's cap leaves for more of a balance in a year, below 0 where it is exceeded.

    Args:
        state: the ledger.
        node: the place.
        line: what the cap counts.
        year: the year of account.
        balance: ``permitted``, ``planned`` or ``used``.

    Returns:
        The room in m³; None where no cap of the line binds this balance.
    """
    limit = state.limit(node, line, year)
    if limit is None or balance not in limit.binds:
        return None
    cap_m3 = limit.cap_m3
    if is_cut(state):
        limit_m3 = effective_m3(state, node, line, year) or 0
        cap_m3 = limit_m3 if balance == "used" else min(cap_m3, limit_m3)
    return cap_m3 - limit.moved_m3 - state.amount_m3(node, line, balance, year)

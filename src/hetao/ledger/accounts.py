"""The accounts of the ledger as rows: one for each node, line and year in which something changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from hetao.ledger.debt import debt_m3
from hetao.ledger.limits import effective_m3, headroom_m3
from hetao.ledger.line import BASES, ECOLOGIES, WATERS, Line
from hetao.ledger.state import State

__all__ = ["Account", "list_accounts"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account in one year; volumes in m³ a year.

    Attributes:
        node: the place.
        water: which water, see `hetao.ledger.line.WATERS`.
        basis: ``withdrawal`` or ``consumption``.
        ecology: whether river and lake ecological supply is ``included`` or ``excluded``.
        year: the year.
        cap_m3: the cap that holds in the year, None without one.
        permitted_m3: the permitted volume.
        planned_m3: the planned volume.
        used_m3: the metered use.
        reported_m3: the published use, None where none was recorded.
        broken_down_m3: what the nodes below have been given.
        reserve_m3: what was held back when the cap was broken down.
        headroom_m3: what may still be permitted: the cap, after orders where they cut it, less the permitted volume and
            less what was moved out of it; below 0 where orders leave less than is permitted; None without a cap.
        unallocated_m3: the cap less what the nodes below have been given and less the reserve, None without a cap.
        moved_m3: what was moved out of the cap to nodes below, which draw on it no more.
        limit_m3: the cap after drought and dispatch orders and shortfalls, None without a cap.
        debt_m3: use above the cap that was not made up for since; it blocks further grants.
        document: the paper behind the cap.
        source: the publication behind the published use.
    """

    node: str
    water: str
    basis: str
    ecology: str
    year: int
    cap_m3: int | None
    permitted_m3: int
    planned_m3: int
    used_m3: int
    reported_m3: int | None
    broken_down_m3: int
    reserve_m3: int
    headroom_m3: int | None
    unallocated_m3: int | None
    moved_m3: int
    limit_m3: int | None
    debt_m3: int
    document: str | None
    source: str | None


def _account(state: State, node: str, line: Line, year: int) -> Account:
    cap = state.find(node, line, "cap", year)
    reported = state.find(node, line, "reported", year)
    limit = state.limit(node, line, year)
    moved_m3 = 0 if limit is None else limit.moved_m3
    permitted_m3, reserve_m3, broken_down_m3 = (
        state.amount_m3(node, line, "permitted", year),
        state.amount_m3(node, line, "reserve", year),
        state.broken_down_m3(node, line, year),
    )
    return Account(
        node=node,
        **line._asdict(),
        year=year,
        cap_m3=None if cap is None else cap.amount_m3,
        permitted_m3=permitted_m3,
        planned_m3=state.amount_m3(node, line, "planned", year),
        used_m3=state.amount_m3(node, line, "used", year),
        reported_m3=None if reported is None else reported.amount_m3,
        broken_down_m3=broken_down_m3,
        reserve_m3=reserve_m3,
        headroom_m3=headroom_m3(state, node, line, year),
        unallocated_m3=None if cap is None else cap.amount_m3 - broken_down_m3 - reserve_m3,
        moved_m3=moved_m3,
        limit_m3=effective_m3(state, node, line, year),
        debt_m3=debt_m3(state, node, line, year),
        document=None if cap is None else cap.document,
        source=None if reported is None else reported.document,
    )


def _says_something(account: Account) -> bool:
    """Tell whether an account holds anything at all."""
    stated = account.cap_m3 is not None or account.reported_m3 is not None
    return stated or bool(account.broken_down_m3 or account.permitted_m3 or account.planned_m3 or account.used_m3)


def _years(state: State, node: str, line: Line) -> set[int]:
    """Return the years in which something was stated or drawn at a node, or stated right below it."""
    years = state.steps(node, line, "cap", "reserve", "reported")
    for part in state.parts(node):
        years |= state.steps(part, line, "cap")
    if line.basis == "withdrawal":
        years |= {y for y in state.drawn_years(node, line.water) if any(state.drawn((node, line.water, y)))}
    return years


def list_accounts(
    state: State,
    *,
    node: str | None = None,
    water: str | None = None,
    basis: str | None = None,
    ecology: str | None = None,
    year: int | None = None,
) -> Iterator[Account]:
    """Yield the accounts that match, by node in the order declared, then water, basis, ecology and year.

    Args:
        state: the ledger.
        node: only this node.
        water: only this water.
        basis: only this basis.
        ecology: only this ecology.
        year: what holds in this year, carried over from earlier years where need be; without it, the years in
            which something was stated or drawn at the node, or stated right below it.
    """
    lines = [
        Line(*parts)
        for parts in product(WATERS, BASES, ECOLOGIES)
        if all(wanted in (None, part) for wanted, part in zip((water, basis, ecology), parts, strict=True))
    ]
    for place, line in product(state.nodes if node is None else filter(state.nodes.__contains__, [node]), lines):
        for each in sorted(_years(state, place, line)) if year is None else [year]:
            account = _account(state, place, line, each)
            if year is None or _says_something(account):
                yield account

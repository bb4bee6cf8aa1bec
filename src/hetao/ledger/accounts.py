"""The accounts of the ledger as rows: one for each node, line and year in which something changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from hetao.ledger.state import BASES, ECOLOGIES, WATERS, Line, State

__all__ = ["Account", "list_accounts"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account in one year; volumes in m³ a year.

    Attributes:
        node: the place.
        water: which water, see `hetao.ledger.state.WATERS`.
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
        headroom_m3: the cap less the permitted volume, None without a cap.
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
    document: str | None
    source: str | None


def _account(state: State, node: str, line: Line, year: int) -> Account:
    cap = state.find(node, line, "cap", year)
    reported = state.find(node, line, "reported", year)
    permitted_m3 = state.amount_m3(node, line, "permitted", year)
    return Account(
        node=node,
        **line._asdict(),
        year=year,
        cap_m3=None if cap is None else cap.amount_m3,
        permitted_m3=permitted_m3,
        planned_m3=state.amount_m3(node, line, "planned", year),
        used_m3=state.amount_m3(node, line, "used", year),
        reported_m3=None if reported is None else reported.amount_m3,
        broken_down_m3=state.broken_down_m3(node, line, year),
        reserve_m3=state.amount_m3(node, line, "reserve", year),
        headroom_m3=None if cap is None else cap.amount_m3 - permitted_m3,
        document=None if cap is None else cap.document,
        source=None if reported is None else reported.document,
    )


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
            which something was stated for the node or for a node right below it.
    """
    lines = [
        Line(*parts)
        for parts in product(WATERS, BASES, ECOLOGIES)
        if all(wanted in (None, part) for wanted, part in zip((water, basis, ecology), parts, strict=True))
    ]
    for place, line in product(state.nodes if node is None else filter(state.nodes.__contains__, [node]), lines):
        stated = state.steps(place, line, "cap", "reserve", "reported")
        for part in state.parts(place):
            stated |= state.steps(part, line, "cap")
        for each in sorted(stated) if year is None else [year]:
            account = _account(state, place, line, each)
            if year is None or account.cap_m3 is not None or account.reported_m3 is not None or account.broken_down_m3:
                yield account

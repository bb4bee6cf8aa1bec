"""A ledger beside the model: every balance, every cap, and no cap overdrawn by the ledger's own figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hetao.ledger.accounts import Account
from hetao.ledger.ledger import Ledger
from hetao.ledger.line import BALANCES, Line
from hetao.ledger.simulate.book import BASES, ECOLOGIES, NONE, WATERS, Book
from hetao.ledger.state import State

__all__ = ["Comparison", "compare", "compare_accounts", "overdrafts"]

ECOLOGICAL = len(BALANCES)  # where in a cell ecological supply begins


class Comparison(NamedTuple):
    """What a comparison found.

    Attributes:
        figures: how many figures were compared.
        overdrafts: the caps that are overdrawn by the ledger's own figures.
        differences: where the ledger and the model disagree.
    """

    figures: int
    overdrafts: tuple[str, ...]
    differences: tuple[str, ...]


def compare(ledger: Ledger, book: Book) -> Comparison:
    """Compare what is drawn at every place, in every water and year, and every cap."""
    state = ledger.state()
    figures, differences = 0, []
    for water, year in sorted(book.years()):
        sums = [book.sums(balance, water, year) for balance in BALANCES]
        for node in book.places:
            held = state.drawn((node, water, year))
            expected = [drawn.get(node, NONE)[ecological] for ecological in (0, 1) for drawn in sums]
            figures += len(expected)
            if expected != held:
                differences.append(f"{node}, {water}, {year}: the ledger holds {held}, the model {expected}")
    for (node, line), steps in book.caps.items():
        figures += len(steps)
        for year, cap in steps.items():
            entry = state.stated(node, Line(*line), "cap", year)
            if entry is None or (entry.amount_m3, entry.binds, entry.moved) != cap:
                differences.append(f"{node}, {', '.join(line)}, {year}: the ledger's cap is {entry}, the model's {cap}")
    return Comparison(figures, tuple(overdrafts(state)), tuple(differences))


def overdrafts(state: State) -> Iterator[str]:
    """Yield the caps of a ledger of which more is permitted or planned than they leave."""
    for node in state.nodes:
        for water in WATERS:
            for year in state.drawn_years(node, water):
                held = state.drawn((node, water, year))
                for ecology in ECOLOGIES if any(held) else ():
                    limit = state.limit(node, Line(water, BASES[0], ecology), year)
                    for i, balance in enumerate(BALANCES[:2]):
                        drawn_m3 = held[i] + (held[i + ECOLOGICAL] if ecology == "included" else 0)
                        if limit is not None and balance in limit.binds and drawn_m3 > limit.volume_m3:
                            yield f"{node}, {water}, {ecology}, {year}: {balance} {drawn_m3} of {limit.volume_m3}"


def _expected(book: Book, a: Account) -> tuple[object, ...]:
    """Return what the model says an account holds."""
    line = a.water, a.basis, a.ecology
    cap, drawn = book.cap(a.node, line, a.year), [0] * len(BALANCES)
    if a.basis == BASES[0]:
        drawn = [book.drawn_m3(balance, a.node, a.water, a.ecology, a.year) for balance in BALANCES]
    return (
        None if cap is None else cap.volume_m3,
        *drawn,
        book.reported.get((a.node, line), {}).get(a.year),
        book.given_m3(a.node, line, a.year),
        book.reserve_m3(a.node, line, a.year),
        None if cap is None else cap.volume_m3 - book.moved_m3(a.node, line, a.year) - drawn[0],
    )


def compare_accounts(ledger: Ledger, book: Book) -> Comparison:
    """Compare every account that the ledger lists, whole."""
    accounts = ledger.accounts()
    differences = []
    for a in accounts:
        held = (a.cap_m3, a.permitted_m3, a.planned_m3, a.used_m3, a.reported_m3, a.broken_down_m3, a.reserve_m3)
        expected = _expected(book, a)
        if (*held, a.headroom_m3) != expected:
            differences.append(f"{a.node}, {a.water}, {a.basis}, {a.ecology}, {a.year}: {held}, the model {expected}")
    return Comparison(len(accounts), (), tuple(differences))

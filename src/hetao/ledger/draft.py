"""What an event would do if no rule refused it: balances stated, volumes drawn, records replaced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hetao.ledger.line import BALANCES, Line
from hetao.ledger.records import Application, Charge, Permit, Record
from hetao.ledger.tree import Node

__all__ = ["Cell", "Draft", "Posting"]

Cell = tuple[str, str, int]  # node, water, year of account


class Posting(NamedTuple):
    """One balance that an event would state anew.

    Attributes:
        node: whose balance.
        line: what it counts.
        year: for or from which year.
        balance: ``cap``, ``reserve`` or ``reported``.
        amount_m3: the new balance in m³ a year.
        document: the paper that it rests on.
        binds: of a cap, which of `hetao.ledger.line.BINDS` it holds down.
        moved: of a cap, whether it was moved out of the cap above; see `hetao.ledger.state.State.chain`.
    """

    node: str
    line: Line
    year: int
    balance: str
    amount_m3: int
    document: str
    binds: tuple[str, ...] = ()
    moved: bool = False


@dataclass(slots=True)
class Draft:
    """What an event would do.

    Attributes:
        postings: the balances it would state, all or none.
        draws: cell → change of each of `BALANCES`, first of ordinary withdrawals, then of ecological supply.
        drawn: the places in those lists in which anything was drawn.
        records: (kind, identifier) → the record as it would be.
        node: the node it would declare, with ``seq`` still 0.
        compared: the balance (node, line, year, name) against which the event sets its own figure.
        split: the node whose cap the event breaks down.
        right: the application or permit that the event is about, as it would be.
        before: the same as it is, None for a new one.
    """

    postings: tuple[Posting, ...] = ()
    draws: dict[Cell, list[int]] = field(default_factory=dict)
    drawn: set[int] = field(default_factory=set)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    node: Node | None = None
    compared: tuple[str, Line, int, str] | None = None
    split: str | None = None
    right: Application | Permit | None = None
    before: Application | Permit | None = None

    def draw(
        self, chains: Iterable[tuple[tuple[str, ...], Charge]], balance: str, sign: int, *, ecological: bool
    ) -> None:
        """Add (or, with sign -1, take back) what charges draw from one balance of every node on their chains."""
        index = BALANCES.index(balance) + (len(BALANCES) if ecological else 0)
        draws = self.draws
        self.drawn.add(index)
        for nodes, (water, year, volume_m3) in chains:
            change_m3 = sign * volume_m3
            for node in nodes:
                where = node, water, year
                if where not in draws:
                    draws[where] = [0] * (2 * len(BALANCES))
                draws[where][index] += change_m3

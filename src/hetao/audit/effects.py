"""Postings: reading those of an outcome, writing those that are expected, and following them along the tree."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import Any

from hetao.audit.books import BALANCES, ECOLOGIES, WATERS, Books, Line
from hetao.audit.fault import same
from hetao.audit.runs import SLOTS, Cell, Draws, Track
from hetao.text import Text

__all__ = ["Stated", "difference", "outline", "read_effects", "remainders"]

Stated = dict[tuple[str, Line, str, int], int]  # node, line, balance and year → change
NAMES = ("node", "water", "basis", "ecology", "year", "balance", "amount")
STATED = frozenset({"cap", "reserve", "reported"})
SLOT = {
    (ecology, balance): i * len(BALANCES) + j
    for i, ecology in enumerate(ECOLOGIES)
    for j, balance in enumerate(BALANCES)
}
NAMED = {slot: named for named, slot in SLOT.items()}


def read_effects(effects: Iterable[Any], nodes: Container[str]) -> tuple[Stated, dict[Cell, list[int]]]:
    """Return the postings of an outcome: changes of stated balances, and what was drawn or given back.

    Args:
        effects: what the outcome lists.
        nodes: the nodes declared so far.

    Raises:
        KeyError, TypeError, ValueError: the list does not make postings.
    """
    stated: Stated = {}
    draws: dict[Cell, list[int]] = {}
    for effect in effects:
        node, water, basis, ecology, year, balance, amount = (effect[name] for name in NAMES)
        if len(effect) != len(NAMES) or node not in nodes or water not in WATERS or ecology not in ECOLOGIES:
            raise ValueError(effect)
        if type(year) is not int or type(amount) is not int or not amount:
            raise ValueError(effect)
        if balance in STATED and basis in ("withdrawal", "consumption"):
            where = node, (water, basis, ecology), balance, year
            stated[where] = stated.get(where, 0) + amount
        elif basis == "withdrawal":
            draws.setdefault((node, water, year), [0] * SLOTS)[SLOT[ecology, balance]] += amount
        else:
            raise ValueError(effect)
    return stated, draws


@lru_cache(maxsize=4096)
def _quoted(node: str) -> str:
    return json.dumps(node, ensure_ascii=False)


def outline(cells: list[Cell], ecological: bool, balance: int) -> Track:
    """Return the track of cells, with the JSON of its postings laid out."""
    ecology, name = ECOLOGIES[ecological], BALANCES[balance]
    heads = [
        f'{{"node":{_quoted(node)},"water":"{water}","basis":"withdrawal",'
        f'"ecology":"{ecology}","year":{year},"balance":"{name}","amount":'
        for node, water, year in cells
    ]
    parts = [heads[0], *("}," + head for head in heads[1:]), "}"]
    return Track([part.encode() for part in parts], cells, SLOT[ecology, name])


def remainders(draws: Draws, books: Books) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield what is drawn at a node itself, and not on the way of what lies below it or in it.

    Args:
        draws: the changes of one entry.
        books: the books, for the way that water drawn at a node takes.

    Yields:
        Node, water, year, slot and amount; where all is drawn along the ways, only the places of rights come out.
    """
    groups: dict[tuple[str, int, int], dict[str, int]] = {}
    for (node, water, year), changes in draws.items():
        for slot, change in enumerate(changes):
            if change:
                groups.setdefault((water, year, slot), {})[node] = change
    for (water, year, slot), left in groups.items():
        waiting = [(-books.order(node), node) for node in left]
        heapify(waiting)
        while waiting:
            _, node = heappop(waiting)
            amount = left[node]
            if not amount:
                continue
            yield node, water, year, slot, amount
            for place in set(books.chain(node, water, year)) - {node}:
                if place not in left:
                    left[place] = 0
                    heappush(waiting, (-books.order(place), place))
                left[place] -= amount


def difference(have: Mapping[Any, Any], due: Mapping[Any, Any]) -> tuple[Text, Text]:
    """Return the first thing in which postings differ from what was due: what is there, and what was expected."""
    where: tuple[object, ...]
    where = next(where for where in (*due, *have) if have.get(where) != due.get(where))
    return _told(where, have.get(where)), _told(where, due.get(where))


def _told(where: tuple[object, ...], change: int | list[int] | None) -> Text:
    if change is None:
        return Text(f"{_name(where)}：无", f"{_name(where)}: nothing")
    if isinstance(change, int):
        return same(f"{_name(where)}: {change:+} m³")
    listed = (f"{NAMED[slot][1]} ({NAMED[slot][0]}) {m3:+}" for slot, m3 in enumerate(change) if m3)
    return same(f"{_name(where)}: {', '.join(listed)} m³")


def _name(where: tuple[object, ...]) -> str:
    return " ".join(str(part) if not isinstance(part, tuple) else " ".join(part) for part in where)

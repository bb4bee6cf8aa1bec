"""Shortfalls of outflow at the province's section: what they take from the next year's limit of Yellow River water.

The setting ``section_shortfall`` gives them: ``{"volume_m3": integer, "year": year, "node": place, "serious": …}``.
Its place is the one that the value names, else the setting's own, else the only region that has none above it. Of two
for the same place and year the one given last holds.
"""

from __future__ import annotations

from typing import NamedTuple

from hetao.ledger.records import Setting
from hetao.ledger.state import State
from hetao.ledger.yellow_river import YELLOW_RIVER

__all__ = ["SHORTFALL", "TIMES", "Shortfall", "deduction_m3", "read_shortfall", "shortfalls"]

SHORTFALL = "section_shortfall"
TIMES = 2  # a shortfall is deducted double


class Shortfall(NamedTuple):
    """What a place let flow out too little in one year of account of Yellow River water; no node where none is told."""

    node: str
    year: int
    volume_m3: int
    serious: bool


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _place(state: State, setting: Setting) -> str:
    """Return the place that a setting speaks of, empty where it cannot be told."""
    named = setting.value.get("node") or setting.node
    if named:
        return named if isinstance(named, str) and named in state.nodes else ""
    roots = [node.node for node in state.nodes.values() if node.kind == "region" and node.parent is None]
    return roots[0] if len(roots) == 1 else ""


def read_shortfall(state: State, setting: Setting) -> Shortfall | None:
    """Return the shortfall that a setting gives, None where its value is none."""
    value = setting.value
    if not isinstance(value, dict) or not (_is_whole(value.get("volume_m3")) and _is_whole(value.get("year"))):
        return None
    return Shortfall(_place(state, setting), value["year"], value["volume_m3"], value.get("serious") is True)


def shortfalls(state: State) -> tuple[Shortfall, ...]:
    """Return the shortfalls on record, one for each place and year."""
    held: dict[tuple[str, int], Shortfall] = {}
    for setting in state.settings().get(SHORTFALL, ()):
        shortfall = read_shortfall(state, setting)
        if shortfall is not None:
            held[shortfall.node, shortfall.year] = shortfall
    return tuple(held.values())


def deduction_m3(state: State, node: str, water: str, year: int) -> int:
    """Return what the shortfall of the year before takes from a place's own limit in a year, in m³."""
    if water != YELLOW_RIVER or SHORTFALL not in state.settings():
        return 0
    return sum(TIMES * s.volume_m3 for s in shortfalls(state) if (s.node, s.year) == (node, year - 1))

"""Zones: the regimes that lie on a place, its ancestors or its basins on a day."""

from __future__ import annotations

from hetao.ledger.records import Zone
from hetao.ledger.state import State
from hetao.text import Text

__all__ = ["ZONES", "find_zone", "zone_places"]

ZONES = {
    "prohibited": Text("禁采区", "prohibited zone"),
    "restricted": Text("限采区", "restricted zone"),
    "overloaded": Text("水资源超载地区", "overloaded area"),
    "critical": Text("水资源临界超载地区", "critically loaded area"),
    "water_short": Text("水资源短缺地区", "water-short area"),
    "fragile": Text("生态脆弱地区", "ecologically fragile area"),
    "source_area": Text("地下水饮用水水源地", "groundwater source area"),
}


def zone_places(state: State, node: str) -> tuple[str, ...]:
    """Return the places whose zones bind a node: itself, what is above it, and the basins they lie in."""
    return (*reversed(state.path(node)), *state.basins(node))


def find_zone(state: State, node: str, kind: str, water: str, day: str) -> Zone | None:
    """Return a zone of a kind that binds one water at a node on a day, None where there is none.

    A zone on ``total``, or on no water named, binds every water; a zone on surface water binds Yellow River water too.
    """
    if not state.identifiers("zone"):
        return None
    waters = {"", "total", water} | ({"surface"} if water == "yellow_river" else set())
    places: tuple[str, ...] = ()
    for zone in state.all(Zone, "zone"):
        if zone.kind != kind or (zone.water not in waters and water != "total"):
            continue
        if zone.start > day or (zone.end and zone.end < day):
            continue
        places = places or zone_places(state, node)
        if zone.node in places:
            return zone
    return None

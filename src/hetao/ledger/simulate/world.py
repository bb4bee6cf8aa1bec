"""The places of a simulated run and their first caps, drawn by the dice."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

__all__ = ["FIRST_YEAR", "USED_WATERS", "found_world"]

FIRST_YEAR = 2025
USED_WATERS = ("groundwater", "groundwater", "surface", "yellow_river")  # what is asked for, the likelier the oftener
TREE = {"NM": ("A", "B"), "A": ("A1", "A2"), "B": ("B1",), "A1": ("A1a", "A1b"), "B1": ("B1a",)}
KINDS = ("region", "league", "banner", "unit")


def _place(node: str, kind: str, **fields: object) -> dict[str, Any]:
    return {"event": "node", "node": node, "name": f"place {node}", "kind": kind, **fields}


def _places(random: Random) -> Iterator[dict[str, Any]]:
    """Yield a region with what is below it, and up to two basins across it."""
    basins = ["R", "R1"][: random.choice((0, 1, 2))]
    yield _place("NM", KINDS[0])
    for basin in basins:
        yield _place(basin, "basin", **({"parent": "R"} if basin == "R1" else {}))
    parents, depth = ["NM"], 0
    while parents:
        depth, children = depth + 1, []
        for parent in parents:
            for node in TREE.get(parent, ()):
                inside = {"basins": [random.choice(basins)]} if basins and random.random() < 0.3 else {}
                aquifer = {"aquifer": "sand"} if KINDS[depth] == "unit" else {}
                yield _place(node, KINDS[depth], parent=parent, **inside, **aquifer)
                children.append(node)
        parents = children
    for basin in basins[:1]:
        if random.random() < 0.5:
            yield _cap(basin, ("surface", "withdrawal", "included"), random.randrange(10**5, 10**8), basin)


def _cap(node: str, line: tuple[str, str, str], volume_m3: int, issuer: str) -> dict[str, Any]:
    return {"event": "cap", "issuer": issuer, "volume_m3": volume_m3, **_stated(node, line)}


def _stated(node: str, line: tuple[str, str, str]) -> dict[str, Any]:
    water, basis, ecology = line
    return {"node": node, "water": water, "basis": basis, "ecology": ecology, "year": FIRST_YEAR, "document": "paper"}


def found_world(random: Random) -> Iterator[dict[str, Any]]:
    """Yield the acts that declare a world: places, the region's caps, and their breakdown as far as the dice say."""
    yield from _places(random)
    whole_m3 = random.randrange(10**4, 10**9)
    lines = [(water, "withdrawal", "excluded") for water in ("total", "groundwater", "surface", "yellow_river")]
    lines += [("total", "withdrawal", "included"), ("surface", "withdrawal", "included")]
    lines.append(("total", "consumption", "excluded"))
    for line in lines:
        if line[0] == "total" and line[2] == "excluded":
            share = 10
        elif random.random() < 0.25:
            continue
        else:
            share = random.randrange(2, 11)
        yield _cap("NM", line, whole_m3 * share // 10, "NM")
        left = {"NM": whole_m3 * share // 10}
        for parent, children in TREE.items():
            if parent in left and random.random() < 0.75:
                given_m3 = left[parent] * random.randrange(5, 11) // 10 // len(children)
                left |= dict.fromkeys(children, given_m3)
                reserve_m3 = random.choice((0, left[parent] - given_m3 * len(children)))
                edge = {"edge": "moved"} if line[1] == "withdrawal" and random.random() < 0.12 else {}
                binds = {"binds": ["used"]} if random.random() < 0.05 else {}
                split = {"children": dict.fromkeys(children, given_m3), "reserve_m3": reserve_m3}
                yield {"event": "breakdown", **_stated(parent, line), **split, **edge, **binds}

"""The tree of places: regions, leagues, banners and groundwater units, and the basins across them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hetao.text import Text

__all__ = ["KINDS", "Node", "Tree"]

KINDS = ("region", "league", "banner", "unit", "basin")  # from the top down; basins lie across


class Node(NamedTuple):
    """A place in the tree.

    Attributes:
        node: its identifier.
        name: its name, in the language in which it was declared (Chinese for places in China).
        kind: ``region``, ``league``, ``banner``, ``unit`` or ``basin``.
        parent: the node above it, None for a root.
        aquifer: the aquifer of a unit.
        basins: the basins it lies in, whose caps bind too.
        seq: the journal entry that declared it.
    """

    node: str
    name: str
    kind: str
    parent: str | None
    aquifer: str | None
    basins: tuple[str, ...]
    seq: int

    @property
    def label(self) -> Text:
        """Name and identifier."""
        return Text(f"{self.name}（{self.node}）", f"{self.name} ({self.node})")


class Tree:
    """The nodes by identifier, and what lies above and below each.

    Attributes:
        nodes: the nodes, in the order declared.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self._parts: dict[str, list[str]] = {}
        self._paths: dict[str, tuple[str, ...]] = {}

    def declare(self, node: Node) -> None:
        """Add a node. A basin under a region overlaps the leagues, so it is no part of the region."""
        self.nodes[node.node] = node
        self._parts[node.node] = []
        above = () if node.parent is None else self._paths[node.parent]
        self._paths[node.node] = (*above, node.node)
        if node.parent is not None and (node.kind == "basin") == (self.nodes[node.parent].kind == "basin"):
            self._parts[node.parent].append(node.node)

    def path(self, node: str) -> tuple[str, ...]:
        """Return the nodes from the root down to a node, itself included."""
        return self._paths[node]

    def above(self, node: str) -> Iterator[str]:
        """Yield the ancestors of a node, nearest first."""
        return reversed(self._paths[node][:-1])

    def parts(self, node: str) -> tuple[str, ...]:
        """Return the children that share out a node's cap."""
        return tuple(self._parts[node])

    def below(self, node: str) -> Iterator[str]:
        """Yield a node and everything that shares out its cap, from the top down."""
        yield node
        for part in self._parts[node]:
            yield from self.below(part)

    def basins(self, node: str) -> tuple[str, ...]:
        """Return the basins that a node or anything above it lies in, with what is above them, the widest first."""
        found: dict[str, None] = {}
        for place in self._paths[node]:
            for basin in self.nodes[place].basins:
                found.update(dict.fromkeys(b for b in self._paths[basin] if self.nodes[b].kind == "basin"))
        return tuple(found)

"""Events by the handful, and stores to put them in."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hetao.ledger import Ledger

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}
AT = "2024-01-01T00:00:00+08:00"


class Maker:
    """Makes events with fresh keys; every field can be replaced, or left out by None."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def make(self, event: str, /, **fields: Any) -> dict[str, Any]:
        common = {"event": event, "key": f"k{next(self._numbers)}", "at": AT, "by": "region"}
        return {name: value for name, value in {**common, **fields}.items() if value is not None}

    def node(self, node: str, kind: str, parent: str | None = None, **fields: Any) -> dict[str, Any]:
        return self.make("node", **{"node": node, "name": f"地{node}", "kind": kind, "parent": parent, **fields})

    def cap(self, node: str, volume_m3: int, year: int = 2024, /, **fields: Any) -> dict[str, Any]:
        own = {"node": node, "issuer": "NM", "year": year, "volume_m3": volume_m3, "document": "文"}
        return self.make("cap", **{**LINE, **own, **fields})

    def breakdown(self, node: str, children: dict[str, int], year: int = 2024, /, **fields: Any) -> dict[str, Any]:
        own = {"node": node, "children": children, "year": year, "document": "文"}
        return self.make("breakdown", **{**LINE, **own, **fields})

    def use(self, node: str, volume_m3: int, year: int = 2024, /, **fields: Any) -> dict[str, Any]:
        return self.make(
            "use", **{**LINE, "node": node, "volume_m3": volume_m3, "year": year, "source": "公报", **fields}
        )

    def check(self, node: str, what: str, volume_m3: int, year: int = 2024, /, **fields: Any) -> dict[str, Any]:
        own = {"node": node, "what": what, "volume_m3": volume_m3, "year": year}
        return self.make("assert", **{**LINE, **own, **fields})

    def tree(self) -> list[dict[str, Any]]:
        """One region NM, leagues A and B, banners A1, A2 and B1, a unit A1u, and a basin YB."""
        return [
            self.node("NM", "region"),
            self.node("A", "league", "NM"),
            self.node("B", "league", "NM"),
            self.node("A1", "banner", "A"),
            self.node("A2", "banner", "A"),
            self.node("B1", "banner", "B"),
            self.node("A1u", "unit", "A1", aquifer="HQH"),
            self.node("YB", "basin"),
        ]


@pytest.fixture(scope="session")
def make() -> Maker:
    """Return the maker of events."""
    return Maker()


@pytest.fixture
def ledger(make: Maker) -> Iterator[Ledger]:
    """Return a ledger in memory that knows the tree."""
    with Ledger.open("sqlite:///:memory:") as opened:
        for event in make.tree():
            assert opened.apply(event).ok
        yield opened


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Callable[..., list[Any]]]:
    """Return a way past the ledger into the file of `url`, as somebody who tampers with it would go."""
    opened: list[sqlite3.Connection] = []

    def run(statement: str, *values: Any) -> list[Any]:
        if not opened:
            opened.append(sqlite3.connect(tmp_path / "store.db", isolation_level=None))
        return opened[0].execute(statement, values).fetchall()

    yield run
    for connection in opened:
        connection.close()

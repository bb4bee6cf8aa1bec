"""Events by the handful, and stores to put them in."""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hetao.ledger.judge as judging
from hetao.ledger import Ledger
from hetao.ledger.rule import rules
from postgres import Cluster, PostgresMissingError
from scenes import LINE, NUMBERS, Scene

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

AT = "2024-01-01T00:00:00+08:00"
CORE = ("R01", "R02", "R03", "R04", "R09", "R10", "R11", "R12", "R19", "R20")
STORES = ("memory", "file", "postgresql")


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


def without_other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only the rules that are the ledger's own arithmetic, and R12."""
    held = {name: rule for name, rule in rules().items() if rule.id in CORE}
    monkeypatch.setattr(judging, "rules_for", lambda event: tuple(r for r in held.values() if event in r.events))
    monkeypatch.setattr(judging, "ticking_rules", lambda: tuple(r for r in held.values() if r.due is not None))


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
def scene() -> Iterator[Scene]:
    """Return a scene in memory, judged by every rule."""
    with Ledger.open("sqlite:///:memory:") as opened:
        yield Scene(opened).build()


@pytest.fixture
def scene_on() -> Iterator[Callable[[str], Scene]]:
    """Return a way to open a store as a scene that is already built or built now; all are closed at the end."""
    with ExitStack() as opened:

        def open_scene(address: str, **options: Any) -> Scene:
            ledger = opened.enter_context(Ledger.open(address, **options))
            scene = Scene(ledger)
            return scene if ledger.head.seq else scene.build()

        yield open_scene


@pytest.fixture(scope="session")
def scene_of() -> Callable[[Ledger], Scene]:
    """Return a way to make a scene of an empty ledger, for tests that make many."""
    return lambda opened: Scene(opened).build()


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only the ledger's own arithmetic judge, so that no rule stands in the way of what is tested."""
    without_other_rules(monkeypatch)


@pytest.fixture(params=STORES)
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a new store, of each kind in turn."""
    if request.param == "memory":
        return "sqlite:///:memory:"
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address: str = request.getfixturevalue("postgres_schema_url")
    return address


@pytest.fixture(params=STORES[1:])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a new store that several programs may open: a file, then a database."""
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address: str = request.getfixturevalue("postgres_schema_url")
    return address


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Return a PostgreSQL cluster that all tests share; each has its own database in it."""
    try:
        cluster = Cluster()
    except PostgresMissingError as missing:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(str(missing))
        pytest.skip(f"NOT TESTED ON POSTGRESQL: {missing}")
    with cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """Return the address of a new, empty database."""
    with postgres.database() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_shared_url(postgres: Cluster) -> Iterator[str]:
    """Return the address of a database that tests share."""
    with postgres.database() as address:
        yield address


@pytest.fixture
def postgres_schema_url(postgres_shared_url: str) -> Iterator[str]:
    """Return the address of a new, empty schema in a shared database: it is made much faster than a database."""
    import psycopg

    name = f"s{next(NUMBERS)}"
    with psycopg.connect(postgres_shared_url, autocommit=True) as admin:
        admin.execute(f"CREATE SCHEMA {name}".encode())
        yield f"{postgres_shared_url}&options=-csearch_path%3D{name}"
        admin.execute(f"DROP SCHEMA {name} CASCADE".encode())


@pytest.fixture
def postgres_admin(postgres: Cluster) -> Iterator[Callable[[], Connection[TupleRow]]]:
    """Return a way to connect as an administrator, who may kill a backend; what it opens is closed at the end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(postgres.connect())

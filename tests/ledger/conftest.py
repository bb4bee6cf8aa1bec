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
from hetao.ledger import Account, Ledger, Outcome
from hetao.ledger.rule import rules
from postgres import Cluster, PostgresMissingError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}
AT = "2024-01-01T00:00:00+08:00"
CORE = ("R01", "R02", "R03", "R04", "R09", "R10", "R11", "R12", "R19", "R20")
NUMBERS = itertools.count(1)
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


class Scene:
    """A ledger with a tree and caps, and short ways to hand events in; fields can be replaced, or left out by None.

    The region NM has leagues A and B, they have banners A1, A2 and B1, and A1 has the unit A1u; A lies in the basin
    YB1, a part of YB. Only NM has caps, so large that they bind nothing, from 2020 on and for every water.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.at = "2025-03-03T09:00:00+08:00"

    def build(self) -> Scene:
        self.day("2020-01-01")
        for node, kind, parent, more in (
            ("YB", "basin", None, {}),
            ("YB1", "basin", "YB", {}),
            ("NM", "region", None, {}),
            ("A", "league", "NM", {"basins": ["YB1"]}),
            ("B", "league", "NM", {}),
            ("A1", "banner", "A", {}),
            ("A2", "banner", "A", {}),
            ("B1", "banner", "B", {}),
            ("A1u", "unit", "A1", {"aquifer": "HQH"}),
        ):
            self.must("node", node=node, name=f"地{node}", kind=kind, parent=parent, **more)
        for water in ("total", "surface", "groundwater", "unconventional", "yellow_river"):
            self.cap("NM", 10**9, 2020, water=water)
        return self.day("2025-03-03")

    def event(self, event: str, /, **fields: Any) -> dict[str, Any]:
        """Return an event with a fresh key; ``from_`` stands for the field ``from``."""
        common = {"event": event, "key": f"s{next(NUMBERS)}", "at": self.at, "by": "tester"}
        named = {name.removesuffix("_"): value for name, value in fields.items()}
        return {name: value for name, value in {**common, **named}.items() if value is not None}

    def post(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in one event."""
        return self.ledger.apply(self.event(event, **fields))

    def must(self, event: str, /, **fields: Any) -> Outcome:
        """Hand in one event that has to take effect."""
        outcome = self.post(event, **fields)
        assert outcome.ok, outcome
        return outcome

    def cap(self, node: str, volume_m3: int, year: int = 2025, /, **fields: Any) -> Outcome:
        own = {"node": node, "issuer": "NM", "year": year, "volume_m3": volume_m3, "document": "文"}
        return self.must("cap", **{**LINE, **own, **fields})

    def breakdown(self, node: str, children: dict[str, int], year: int = 2025, /, **fields: Any) -> Outcome:
        own = {"node": node, "children": children, "year": year, "document": "文"}
        return self.must("breakdown", **{**LINE, **own, **fields})

    def application(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Any:
        """Return a complete application, for the rest of the year unless said otherwise."""
        each, left = divmod(volume_m3, 12)
        own = {
            "application": application,
            "applicant": "某公司",
            "node": node,
            "water": "groundwater",
            "volume_m3": volume_m3,
            "monthly_m3": [each + (month < left) for month in range(12)],
            "from_": "2025-04-01",
            "to": "2025-12-31",
            "purpose": "industry",
            "project": "none",
            "saving_measures": "循环利用",
            "return_water": "无",
            "metering": "online",
            "demonstration": True,
        }
        return self.event("apply", **{**own, **fields})

    def apply(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Outcome:
        """Apply for water."""
        return self.ledger.apply(self.application(application, volume_m3, node, **fields))

    def approved(self, application: str = "AP1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Outcome:
        """Apply, and have it approved."""
        assert self.apply(application, volume_m3, node, **fields).decision == "admitted"
        return self.must("approve", application=application, approver="NM")

    def permit(self, permit: str = "P1", volume_m3: int = 1000, node: str = "A1", /, **fields: Any) -> Outcome:
        """Apply, approve, build and accept: a permit from 2025-04-01 for five years unless said otherwise."""
        term = {"from_": fields.pop("from_", "2025-04-01"), "to": fields.pop("to", "2030-03-31")}
        self.approved(f"AP-{permit}", volume_m3, node, **{**term, **fields})
        self.must("start_works", application=f"AP-{permit}")
        return self.must("accept_works", application=f"AP-{permit}", permit=permit, **term)

    def read(self, permit: str, volume_m3: int, first: str, last: str, /, **fields: Any) -> Outcome:
        own = {"permit": permit, "meter": f"M-{permit}", "from_": first, "to": last, "volume_m3": volume_m3}
        return self.post("read", **{**own, "method": "metered", **fields})

    def day(self, day: str) -> Scene:
        """Let later events take effect on a day."""
        self.at = f"{day}T09:00:00+08:00"
        return self

    def account(self, node: str, water: str = "groundwater", year: int = 2025, ecology: str = "excluded") -> Account:
        """Return one account on the withdrawal basis."""
        (found,) = self.ledger.accounts(node=node, water=water, basis="withdrawal", ecology=ecology, year=year)
        return found

    def drawn(self, node: str, water: str = "groundwater", year: int = 2025) -> tuple[int, ...]:
        """Return what is permitted, planned and used, of ordinary withdrawals and then of ecological supply."""
        return tuple(self.ledger.state().drawn((node, water, year)))


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

"""Stores to audit: one in which every kind of event took effect, to be changed at will, and empty ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.story import Tampered, tell
from hetao.ledger import Ledger
from postgres import Cluster, PostgresMissingError


@pytest.fixture(scope="session")
def store() -> bytes:
    """Return a serialised store in which every kind of event took effect."""
    with Ledger.open("sqlite:///:memory:") as ledger:
        tell(ledger)
        return ledger._store._connection.serialize()


@pytest.fixture
def tampered(store: bytes) -> Iterator[Tampered]:
    """Return the store, to be changed at will."""
    opened = Tampered(store)
    yield opened
    opened.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


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

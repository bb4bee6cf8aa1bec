"""The private PostgreSQL cluster of the tests: it answers, keeps tests apart, and stays durable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import postgres as module
from postgres import Cluster, PostgresMissingError

Admin = Callable[[], "psycopg.Connection[tuple[object, ...]]"]


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def second_url(postgres: Cluster):
    with postgres.database() as url:
        yield url


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_database(postgres_url: str, turn: int):
    assert ask(postgres_url, "SELECT count(*) FROM pg_stat_user_tables") == 0
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE mark (turn integer)")


def test_two_databases_are_apart(postgres_url: str, second_url: str):
    names = {ask(url, "SELECT current_database()") for url in (postgres_url, second_url)}
    assert len(names) == 2


def test_a_database_is_dropped_with_its_connections(postgres: Cluster):
    with postgres.database() as url:
        left = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    left.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
    ],
)
def test_the_cluster_is_durable_and_private(postgres_url: str, setting: str, value: str):
    assert ask(postgres_url, f"SELECT current_setting('{setting}')") == value


def test_nobody_else_reaches_the_folder(postgres: Cluster):
    assert postgres.folder.stat().st_mode & 0o077 == 0


def test_a_backend_can_be_killed(postgres_url: str, postgres_admin: Admin):
    with psycopg.connect(postgres_url) as victim:
        postgres_admin().execute("SELECT pg_terminate_backend(%s, 5000)", [victim.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            victim.execute("SELECT 1")


def test_what_is_committed_outlives_a_crash(postgres: Cluster, postgres_url: str):
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE mark AS SELECT 7 AS turn")
    postgres.stop("immediate")
    postgres.start()
    assert ask(postgres_url, "SELECT turn FROM mark") == 7


def test_nothing_is_left_of_a_cluster_that_does_not_start(postgres: Cluster, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "SETTINGS", "no such setting")
    cluster = Cluster()
    with pytest.raises(RuntimeError, match="syntax error"):
        cluster.__enter__()
    assert not cluster.folder.exists()
    assert postgres.folder.exists()


def test_a_missing_server_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "DEBIAN", tmp_path)
    with pytest.raises(PostgresMissingError, match="apt install postgresql"):
        Cluster()
    assert module.main() == 1
    assert "apt install postgresql" in capsys.readouterr().err


def test_the_newest_of_debians_versions_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for version in ("9.6", "15", "13", "17"):
        (tmp_path / "lib" / version / "bin").mkdir(parents=True)
    for version in ("9.6", "15", "13"):
        for name in module.NEEDED:
            (tmp_path / "lib" / version / "bin" / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "DEBIAN", tmp_path / "lib")
    assert module.find_binaries() == tmp_path / "lib" / "15" / "bin"

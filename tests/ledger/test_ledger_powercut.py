"""The power cut is real: what is synced survives it, the rest is lost or torn, and SQLite keeps its word under it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hetao.ledger import powercut

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layer is for Linux")

ROWS = 8
WRITE_ROWS = f"""
import os, sqlite3, sys
path, journal, synchronous = sys.argv[1:]
connection = sqlite3.connect(path, isolation_level=None)
for pragma in ("synchronous = " + synchronous, "journal_mode = " + journal, "wal_autocheckpoint = 7"):
    connection.execute("PRAGMA " + pragma)
connection.execute("CREATE TABLE IF NOT EXISTS entry (n INTEGER PRIMARY KEY, text TEXT)")
for n in range({ROWS}):
    connection.execute("INSERT INTO entry VALUES (?, ?)", (n, str(n) * 3000))
    print(n, flush=True)
os.fsync(os.open(path + "-bell", os.O_CREAT | os.O_RDWR))
"""
SIZE = 64 * 512
BEGIN = f"""
import os, sys
path = sys.argv[1]
fd = os.open(path, os.O_CREAT | os.O_RDWR)
bell = os.open(path + "-bell", os.O_CREAT | os.O_RDWR)
assert os.pwrite(fd, b"s" * {SIZE}, 0) == {SIZE}
os.fdatasync(fd)
"""
END = "\nos.fsync(bell)\nprint('not reached', flush=True)\n"
SEEDS = range(40)


def run(program: str, *arguments: object, env: dict[str, str] | None = None) -> tuple[int, list[str]]:
    """Return a program's exit status and the lines that it got out."""
    command = [sys.executable, "-I", "-S", "-c", program, *map(str, arguments)]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def syncs(program: str, files: Path, *arguments: object) -> int:
    """Return how many syncs a program makes."""
    report = files.with_name("report")
    assert run(program, files, *arguments, env=powercut.counting(files, report))[0] == 0
    return int(report.read_text())


def rows_left(store: Path) -> list[int]:
    """Return the rows that SQLite finds after a cut, having checked them and the file."""
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT * FROM sqlite_master").fetchall():
            return []
        rows = connection.execute("SELECT n, text FROM entry ORDER BY n").fetchall()
    assert all(text == str(n) * 3000 for n, text in rows)
    return [n for n, _ in rows]


def rows_cut(store: Path, journal: str, synchronous: str, at: int, seed: int) -> tuple[list[int], list[int]]:
    """Cut the power of a fresh store; return the rows that were acknowledged and those that are left."""
    env = powercut.environment(store, at=at, seed=seed)
    status, lines = run(WRITE_ROWS, store, journal, synchronous, env=env)
    assert status == powercut.CUT
    return [int(line) for line in lines], rows_left(store)


@pytest.mark.parametrize(("journal", "in_flight"), [("WAL", {0, 1}), ("DELETE", {0})])
def test_full_syncs_keep_every_acknowledged_row(tmp_path, journal, in_flight):
    points = syncs(WRITE_ROWS, tmp_path / "count.db", journal, "FULL")
    assert points >= ROWS
    more = set()
    for at in range(1, points + 1):
        for seed in (at % 4, at % 4 + 5):
            acknowledged, left = rows_cut(tmp_path / f"{at}-{seed}.db", journal, "FULL", at, seed)
            assert left == list(range(len(left)))
            more.add(len(left) - len(acknowledged))
    assert more == in_flight  # no row is lost; one may be there before it is acknowledged


def test_fewer_syncs_lose_acknowledged_rows_and_nothing_else(tmp_path):
    points = syncs(WRITE_ROWS, tmp_path / "count.db", "WAL", "NORMAL")
    kept = []
    for at in range(1, points + 1):
        acknowledged, left = rows_cut(tmp_path / f"{at}.db", "WAL", "NORMAL", at, seed=2)
        assert left == list(range(len(left)))
        kept.append(len(left) >= len(acknowledged))
    assert set(kept) == {False, True}


def test_no_syncs_lose_acknowledged_rows(tmp_path):
    assert syncs(WRITE_ROWS, tmp_path / "count.db", "WAL", "OFF") == 1  # the bell
    kept = []
    for seed in range(8):
        try:
            kept.append(rows_cut(tmp_path / f"{seed}.db", "WAL", "OFF", 1, seed)[1] == list(range(ROWS)))
        except (sqlite3.DatabaseError, AssertionError):
            kept.append(False)
    assert not all(kept)


def test_the_syncs_of_the_watched_files_are_counted(tmp_path):
    names = {"store": 2, "store-wal": 3, "store-shm": 50, "store-lock": 60, "other": 70}
    program = f"""
import os, sys
for name, count in {names}.items():
    fd = os.open(os.path.join(os.path.dirname(sys.argv[1]), name), os.O_CREAT | os.O_RDWR)
    for _ in range(count):
        (os.fsync, os.fdatasync)[count % 2](fd)
"""
    assert syncs(program, tmp_path / "store") == 5
    assert run(program, tmp_path / "store", env=powercut.environment(tmp_path / "store", at=6, seed=0)) == (0, [])
    for report, found in (("none", "0\n"), ("report", "5\n")):  # a child that syncs nothing leaves a number alone
        assert run("pass", env=powercut.counting(tmp_path, tmp_path / report)) == (0, [])
        assert (tmp_path / report).read_text() == found


def cuts(tmp_path: Path, middle: str, *, at: int = 2, name: str = "file", seeds: range = SEEDS) -> list[bytes]:
    """Return what is left of a file, seed by seed, after a synced beginning, a middle, and a cut."""
    left = []
    for seed in seeds:
        path = tmp_path / f"{seed}"
        env = powercut.environment(path, at=at, seed=seed)
        assert run(BEGIN + middle + END, path, env=env) == (powercut.CUT, [])
        left.append(path.with_name(path.name + name.removeprefix("file")).read_bytes())
    return left


def test_synced_bytes_survive_and_others_are_kept_lost_or_torn(tmp_path):
    left = cuts(tmp_path, f"os.pwrite(fd, b'n' * {SIZE // 2}, {SIZE // 4})")
    sectors = [[bytes(set(data[i : i + 512])) for i in range(0, SIZE, 512)] for data in left]
    for found in sectors:
        assert len(found) == 64
        assert set(found[:16] + found[48:]) == {b"s"}
        assert set(found[16:48]) <= {b"n", b"s"}  # a sector is never torn
    assert {frozenset(found[16:48]) for found in sectors} == {frozenset(x) for x in ([b"n"], [b"s"], [b"n", b"s"])}


def test_a_write_in_the_middle_of_sectors_harms_no_neighbour(tmp_path):
    for data in cuts(tmp_path, "os.pwrite(fd, b'n' * 1000, 700)", seeds=range(12)):
        assert set(data[:700] + data[1700:]) == {ord("s")}
        assert all(len(set(piece)) == 1 for piece in (data[700:1024], data[1024:1536], data[1536:1700]))


def test_the_same_seed_is_the_same_cut(tmp_path):
    (tmp_path / "again").mkdir()
    middle = f"os.pwrite(fd, b'n' * {SIZE}, 0)"
    one, two = (cuts(folder, middle, seeds=range(6)) for folder in (tmp_path, tmp_path / "again"))
    assert one == two


def test_an_odd_seed_cuts_after_the_sync_took_effect(tmp_path):
    middle = f"os.pwrite(fd, b'n' * {SIZE}, 0); os.fdatasync(fd)"
    assert all(data == b"n" * SIZE for data in cuts(tmp_path, middle, seeds=range(1, 16, 2)))
    assert any(data != b"n" * SIZE for data in cuts(tmp_path, middle, seeds=range(0, 16, 2)))


@pytest.mark.parametrize(
    "append",
    [
        "os.pwrite(fd, b'n' * 4096, {SIZE})",
        "os.lseek(fd, 0, os.SEEK_END); os.write(fd, b'n' * 4096)",
        "os.writev(os.open(path, os.O_WRONLY | os.O_APPEND), [b'n' * 96, b'n' * 4000])",
        "os.pwritev(fd, [b'n' * 96, b'n' * 4000], {SIZE})",
        "os.ftruncate(fd, {SIZE} + 4096)",
    ],
)
def test_growth_may_be_lost_or_come_without_its_bytes(tmp_path, append):
    left = cuts(tmp_path, append.replace("{SIZE}", str(SIZE)), seeds=range(16))
    assert all(data.startswith(b"s" * SIZE) for data in left)
    assert {len(data) for data in left} == {SIZE, SIZE + 4096}
    grown = {bytes(sorted(set(data[SIZE:]))) for data in left if len(data) > SIZE}
    assert grown == ({b"\0"} if "truncate" in append else {b"n", b"\0n"})


@pytest.mark.parametrize("shrink", ["os.ftruncate(fd, 700)", "os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))"])
def test_a_truncation_may_be_lost(tmp_path, shrink):
    left = cuts(tmp_path, shrink, seeds=range(12))
    assert set(left) == {b"s" * SIZE, b"s" * 700 if "700" in shrink else b""}


def test_overwritten_writes_come_back_in_their_order(tmp_path):
    middle = "os.pwrite(fd, b'a' * 512, 0); os.ftruncate(fd, 100); os.pwrite(fd, b'b' * 512, 0); os.ftruncate(fd, 512)"
    left = {data[:512] for data in cuts(tmp_path, middle)}
    assert {b"s" * 512, b"b" * 512} <= left
    assert len(left) > 3


def test_a_renamed_file_is_as_unsafe_as_it_was(tmp_path):
    rename = "os.rename(path + '-new', path + '-name')"
    write = "new = os.open(path + '-new', os.O_CREAT | os.O_WRONLY); os.write(new, b'n' * 2048); "
    assert {b"", b"n" * 2048} <= set(cuts(tmp_path, write + rename, name="file-name", seeds=range(12)))
    synced = cuts(tmp_path, write + "os.fsync(new); " + rename, at=3, name="file-name", seeds=range(12))
    assert set(synced) == {b"n" * 2048}


def test_files_that_are_not_watched_or_have_no_name_left_are_let_be(tmp_path):
    middle = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
for _ in range(40):
    gone = os.open(path + "-gone", os.O_CREAT | os.O_WRONLY)
    os.write(gone, b"g")
    os.unlink(path + "-gone")
    os.write(gone, b"g")
    os.close(gone)
os.write(os.open(path + "-lock", os.O_CREAT | os.O_WRONLY), b"n" * 2048)
"""
    assert set(cuts(tmp_path, middle, name="file-lock", seeds=range(8))) == {b"n" * 2048}


def test_an_environment_is_that_of_the_process_and_the_layers(tmp_path, monkeypatch):
    monkeypatch.setenv("LD_PRELOAD", "")
    monkeypatch.setenv("HETAO_POWERCUT_COUNT", "of another run")
    env = powercut.environment(tmp_path / "store.db", at=3, seed=2**64 - 1)
    assert env["PATH"] == os.environ["PATH"]
    assert Path(env["LD_PRELOAD"]).is_file()
    own = {name.removeprefix("HETAO_POWERCUT_"): env[name] for name in env if name.startswith("HETAO_POWERCUT_")}
    assert own == {"FILES": str((tmp_path / "store.db").resolve()), "AT": "3", "SEED": str(2**64 - 1)}
    monkeypatch.setenv("LD_PRELOAD", "libm.so.6")
    assert powercut.counting(tmp_path, tmp_path)["LD_PRELOAD"] == env["LD_PRELOAD"] + ":libm.so.6"


@pytest.mark.parametrize(("at", "seed"), [(0, 0), (1, -1), (1, 2**64)])
def test_a_cut_that_cannot_be_is_refused(tmp_path, at, seed):
    with pytest.raises(ValueError, match="counted from 1"):
        powercut.environment(tmp_path, at=at, seed=seed)


def test_without_a_library_that_can_be_preloaded_there_is_no_cut(tmp_path, monkeypatch):
    assert powercut.available()
    monkeypatch.setenv("HETAO_POWERCUT_LIBRARY", str(tmp_path / "absent.so"))
    assert not powercut.available()
    spaced = tmp_path / "a b.so"
    spaced.touch()
    monkeypatch.setenv("HETAO_POWERCUT_LIBRARY", str(spaced))
    assert not powercut.available()
    with pytest.raises(RuntimeError, match="no power cut here"):
        powercut.counting(tmp_path, tmp_path)

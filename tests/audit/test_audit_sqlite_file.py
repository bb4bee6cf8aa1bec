"""Single bits: whatever flips in a store's files is reported, and what a crash leaves is not."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hetao.audit.sqlite_file as auditing
from hetao.audit.sqlite_file import check_files
from hetao.errors import LedgerError
from hetao.ledger.pages import close_unused, update_page_sums

SUFFIXES = ("", "-wal", "-pages")
HEADER, FRAME_HEADER = 32, 24


class Writer:
    """Keeps a store as the ledger does: its own checkpoints, each after the page sums."""

    def __init__(self, path: Path, page_size: int = 512) -> None:
        self.path = path
        self.connection = self.connect()
        self.run(f"PRAGMA page_size = {page_size}")
        self.run("PRAGMA journal_mode = WAL")
        self._rows = 0

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=0)
        pragmas = ("wal_autocheckpoint = 0", "journal_size_limit = 0", "cache_spill = OFF", "secure_delete = OFF")
        for pragma in (*pragmas, "synchronous = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def run(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def create(self) -> None:
        self.run("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, word TEXT UNIQUE, body BLOB)")
        self.run("CREATE TABLE IF NOT EXISTS balance (node TEXT, year INTEGER, amount INTEGER) STRICT")
        self.run("CREATE INDEX IF NOT EXISTS by_year ON balance (year)")

    def insert(self, rows: int = 1, size: int = 90) -> None:
        self.run("BEGIN")
        for _ in range(rows):
            self._rows += 1
            body = random.Random(self._rows).randbytes(size * (1 + self._rows % 5))
            self.run("INSERT INTO entry (word, body) VALUES (?, ?)", f"w{self._rows}", body)
            self.run("INSERT INTO balance VALUES (?, ?, ?)", f"地{self._rows}", 2000 + self._rows % 30, self._rows)
        self.run("COMMIT")

    def delete(self, share: int = 3) -> None:
        self.run(f"DELETE FROM entry WHERE seq % {share} = 0")

    def sums(self) -> None:
        update_page_sums(self.path)

    def checkpoint(self) -> bool:
        self.sums()
        return self.run("PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0

    def blocked_checkpoint(self) -> None:
        """A checkpoint that a reader of an older state keeps from its end."""
        reader = self.connect()
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM entry").fetchall()
        self.insert()
        assert not self.checkpoint()
        reader.close()

    def copied(self, folder: Path) -> Path:
        """Copy the files as they are now, as if the process ended here."""
        folder.mkdir(parents=True, exist_ok=True)
        return copy_store(self.path, folder / "copy.db")


def copy_store(source: Path, target: Path) -> Path:
    for suffix in SUFFIXES:
        with suppress(FileNotFoundError):
            shutil.copyfile(beside(source, suffix), beside(target, suffix))
    return target


def beside(store: Path, suffix: str) -> Path:
    return store.with_name(store.name + suffix)


def build_store(folder: Path, page_size: int = 512, *, pending: bool = False) -> Path:
    """Make a store with free pages, unallocated space and a log.

    Args:
        folder: where to make it.
        page_size: SQLite's page size.
        pending: end right between the page sums and their checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(folder / "made.db", page_size)
    writer.create()
    writer.insert(60, size=page_size // 8)
    writer.delete()
    assert writer.checkpoint()
    for rows in (1, 2, 3):
        writer.insert(rows)
    writer.delete(share=7)
    if pending:
        writer.sums()
    store = writer.copied(folder)
    writer.connection.close()
    return store


@contextmanager
def flipped(file: Path, bit: int):
    """Flip one bit of a file for a while."""
    with file.open("r+b", buffering=0) as raw:
        raw.seek(bit // 8)
        byte = raw.read(1)[0]
        raw.seek(bit // 8)
        raw.write(bytes([byte ^ 1 << bit % 8]))
        yield
        raw.seek(bit // 8)
        raw.write(bytes([byte]))


def missed_flips(store: Path, bits: list[tuple[str, int]]) -> tuple[list[tuple[str, int]], Counter[str]]:
    """Flip bits one by one; return those that were not reported, and how often each code was."""
    missed, codes = [], Counter()
    for suffix, bit in bits:
        with flipped(beside(store, suffix), bit):
            problems, _ = check_files(store)
        codes.update({p.code.removeprefix("ledger.verify.") for p in problems})
        if not problems:
            missed.append((suffix, bit))
    return missed, codes


def sampled_bits(store: Path, count: int, seed: int) -> list[tuple[str, int]]:
    """Choose bits over all files: all of the log's header and the sums' line, every header byte, then any."""
    dice = random.Random(seed)
    sizes = {suffix: beside(store, suffix).stat().st_size for suffix in SUFFIXES}
    line = beside(store, "-pages").read_bytes().index(b"\n") + 1
    bits = [("-wal", bit) for bit in range(HEADER * 8)] + [("-pages", bit) for bit in range(line * 8)]
    headers = [("", byte) for byte in range(100)]
    headers += [("-wal", start + byte) for start in frame_starts(store) for byte in range(FRAME_HEADER)]
    bits += [(suffix, byte * 8 + dice.randrange(8)) for suffix, byte in headers]
    chosen = dice.choices(SUFFIXES, k=max(0, count - len(bits)))
    return bits + [(suffix, dice.randrange(sizes[suffix] * 8)) for suffix in chosen]


def page_size_of(store: Path) -> int:
    return int(beside(store, "-pages").read_bytes().split()[2])


def frame_starts(store: Path) -> range:
    length = FRAME_HEADER + page_size_of(store)
    return range(HEADER, beside(store, "-wal").stat().st_size - length + 1, length)


def commit_ends(store: Path) -> list[int]:
    log, length = beside(store, "-wal").read_bytes(), FRAME_HEADER + page_size_of(store)
    return [start + length for start in frame_starts(store) if log[start + 4 : start + 8] != bytes(4)]


def codes_of(store: Path) -> list[str]:
    return [problem.code.removeprefix("ledger.verify.") for problem in check_files(store)[0]]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_store(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def built_pending(tmp_path_factory):
    return build_store(tmp_path_factory.mktemp("pending"), pending=True)


@pytest.fixture
def store(built, tmp_path):
    return copy_store(built, tmp_path / "store.db")


@pytest.fixture
def pending(built_pending, tmp_path):
    return copy_store(built_pending, tmp_path / "pending.db")


@pytest.fixture
def writer(tmp_path):
    made = Writer(tmp_path / "w.db")
    made.create()
    made.insert(20)
    assert made.checkpoint()
    yield made
    made.connection.close()


@pytest.mark.parametrize("page_size", [512, 4096, 65536])
@pytest.mark.parametrize("pending", [False, True])
def test_an_intact_store_has_no_problem(tmp_path, page_size, pending):
    store = build_store(tmp_path, page_size, pending=pending)
    assert len(commit_ends(store)) == 4
    assert check_files(store) == ([], [])
    with sqlite3.connect(store) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() > (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_every_flipped_bit_is_reported(store):
    missed, codes = missed_flips(store, sampled_bits(store, 2600, seed=1))
    assert missed == []
    assert set(codes) == {"page", "wal_header", "wal_frame", "page_sums"}
    assert check_files(store) == ([], [])


def test_flipped_bits_between_sums_and_checkpoint_are_reported_wherever_they_count(pending):
    bits = random.Random(2).sample(sampled_bits(pending, 4000, seed=2), 1500)
    page_size = page_size_of(pending)
    log = beside(pending, "-wal").read_bytes()
    replaced = {int.from_bytes(log[start : start + 4], "big") for start in frame_starts(pending)}
    count = [(suffix, bit) for suffix, bit in bits if suffix or bit // 8 // page_size + 1 not in replaced]
    assert 500 < len(count) < len(bits)
    assert missed_flips(pending, count)[0] == []
    assert len(missed_flips(pending, sorted(set(bits) - set(count)))[0]) == len(set(bits) - set(count))


def test_a_bit_that_the_log_happens_to_repeat_is_reported(writer, tmp_path):
    writer.run("UPDATE balance SET amount = amount + 1")
    writer.run("UPDATE balance SET amount = amount - 1")  # most pages are again what the main file holds
    store = writer.copied(tmp_path / "c")
    assert missed_flips(store, [("", bit) for bit in range(0, store.stat().st_size * 8, 101)])[0] == []


@given(data=st.data())
def test_any_bit(built, data):
    suffix = data.draw(st.sampled_from(SUFFIXES))
    bit = data.draw(st.integers(0, beside(built, suffix).stat().st_size * 8 - 1))
    with flipped(beside(built, suffix), bit):
        problems, _ = check_files(built)
    assert problems
    assert {p.place.file for p in problems} == {str(beside(built, suffix))}
    for problem in problems:
        assert "Remedy" in problem.describe("en")
        assert "处理" in problem.describe("zh")


def test_each_kind_of_damage_has_its_code_and_place(store):
    def found(suffix, byte):
        with flipped(beside(store, suffix), byte * 8):
            return [(p.code.removeprefix("ledger.verify."), p.place.item) for p in check_files(store)[0]]

    starts, page_size = frame_starts(store), page_size_of(store)
    assert found("", 4 * page_size + 7) == [("page", "page 5")]
    assert found("-wal", 20) == [("wal_header", "header")]
    assert found("-wal", 8) == [("wal_header", "header")]
    assert found("-wal", starts[2] + FRAME_HEADER) == [("wal_frame", "frame 3")]
    assert found("-wal", starts[2] + 9) == [("wal_frame", "frame 3")]
    assert found("-wal", starts[-1] + 9) == [("wal_frame", f"frame {len(starts)}")]
    assert found("-pages", 3) == [("page_sums", "")]


def test_the_remedy_tells_the_last_transaction_from_those_before(store):
    starts = frame_starts(store)
    for start, remedy in ((starts[0], auditing.RESTORE_LOG), (starts[-1], auditing.COMPARE_LOG)):
        with flipped(beside(store, "-wal"), (start + FRAME_HEADER) * 8):
            (problem,) = check_files(store)[0]
        assert problem.remedy == remedy


@pytest.mark.parametrize("kind", ["built", "built_pending"])
@given(data=st.data())
def test_any_cut_is_reported_save_at_an_earlier_commit(request, tmp_path_factory, kind, data):
    source = request.getfixturevalue(kind)
    suffix = data.draw(st.sampled_from(SUFFIXES))
    length = data.draw(st.integers(0, beside(source, suffix).stat().st_size - 1))
    store = copy_store(source, tmp_path_factory.mktemp("cut") / "store.db")
    with beside(store, suffix).open("r+b") as file:
        file.truncate(length)
    earlier = suffix == "-wal" and kind == "built" and length in (0, *commit_ends(source))
    replaced = suffix == "" and kind == "built_pending"  # a checkpoint may still have to make the file grow
    assert bool(codes_of(store)) is not earlier or replaced


def test_cuts_of_whole_pages_and_frames_are_reported(store, pending):
    for made in (store, pending):
        for end in (*commit_ends(made)[:-1], HEADER, HEADER - 1, 0):
            kept = beside(made, "-wal").read_bytes()
            beside(made, "-wal").write_bytes(kept[:end])
            codes = codes_of(made)
            if made == store:
                assert codes == (["wal_tail"] if end in (HEADER, HEADER - 1) else [])
            else:
                assert "wal_frame" in codes or "page" in codes
            beside(made, "-wal").write_bytes(kept)
    main = store.read_bytes()
    store.write_bytes(main[: -page_size_of(store)])
    assert codes_of(store) == ["size"]
    store.write_bytes(main[:-1])
    assert codes_of(store) == ["size"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("more", [b"\0", b"\0" * 512, b"x" * 536])
def test_bytes_behind_the_end_are_reported(store, suffix, more):
    with beside(store, suffix).open("ab") as file:
        file.write(more)
    assert codes_of(store) == [{"": "size", "-wal": "wal_tail", "-pages": "page_sums"}[suffix]]


def test_without_page_sums_the_log_alone_is_checked(store):
    beside(store, "-pages").unlink()
    assert check_files(store) == ([], ["pages"])
    with flipped(beside(store, "-wal"), 8 * HEADER):
        problems, unchecked = check_files(store)
    assert ([p.code for p in problems], unchecked) == (["ledger.verify.wal_frame"], ["pages"])


def test_with_damaged_page_sums_the_pages_are_not_checked(store):
    with flipped(beside(store, "-pages"), 8 * 200):
        problems, unchecked = check_files(store)
    assert ([p.code for p in problems], unchecked) == (["ledger.verify.page_sums"], ["pages"])


@pytest.mark.parametrize(("page_size", "pages"), [(500, 1), (512, 2)])
def test_page_sums_that_fit_their_digest_and_make_no_sense(store, page_size, pages):
    line = f"hetao-pages 1 {page_size} {pages} {'0' * 16} 0 ".encode()
    digest = hashlib.sha256(line + bytes(16)).hexdigest().encode()
    beside(store, "-pages").write_bytes(line + digest + b"\n" + bytes(16))
    assert codes_of(store) == ["page_sums"]


def test_without_a_main_file(store, tmp_path):
    store.unlink()
    assert codes_of(store) == ["size"]
    assert codes_of(tmp_path / "none.db") == ["size"]


def test_a_foreign_change_is_reported(writer, tmp_path):
    other = sqlite3.connect(store := writer.copied(tmp_path / "c"))
    with other:
        other.execute("UPDATE balance SET amount = 1")
    other.close()  # the last connection makes a checkpoint on its own
    assert set(codes_of(store)) == {"page"}


def test_problems_are_listed_up_to_a_limit(store, monkeypatch):
    monkeypatch.setattr(auditing, "PROBLEMS_AT_MOST", 3)
    store.write_bytes(bytes(store.stat().st_size))
    assert codes_of(store) == ["page"] * 3


def test_a_symbolic_link_leads_to_the_store(store, tmp_path):
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(store)
    with flipped(beside(store, "-wal"), 8 * 40):
        assert codes_of(link) == ["wal_frame"]
    kept = beside(store, "-pages").read_bytes()
    update_page_sums(link)
    assert beside(store, "-pages").read_bytes() != kept
    assert not beside(link, "-pages").exists()


def test_a_log_with_big_endian_checksums(store):
    rewrite_big_endian(beside(store, "-wal"), page_size_of(store))
    assert check_files(store) == ([], [])
    assert missed_flips(store, random.Random(4).sample(sampled_bits(store, 0, seed=4), 200))[0] == []
    update_page_sums(store)
    assert check_files(store) == ([], [])
    connection = sqlite3.connect(store)
    assert connection.execute("SELECT COUNT(*) FROM balance").fetchone() == (66,)
    connection.close()  # makes the checkpoint
    assert check_files(store) == ([], [])


def rewrite_big_endian(log: Path, page_size: int) -> None:
    """Sum a log anew as a big-endian machine would have."""

    def summed(seed, data):
        a, b = seed
        for first, second in struct.iter_unpack(">2I", data):
            a = (a + first + b) & 0xFFFFFFFF
            b = (b + second + a) & 0xFFFFFFFF
        return a, b

    raw = bytearray(log.read_bytes())
    raw[3] |= 1
    running = summed((0, 0), raw[:24])
    raw[24:HEADER] = struct.pack(">2I", *running)
    for start in range(HEADER, len(raw), FRAME_HEADER + page_size):
        running = summed(running, raw[start : start + 8] + raw[start + FRAME_HEADER : start + FRAME_HEADER + page_size])
        raw[start + 16 : start + FRAME_HEADER] = struct.pack(">2I", *running)
    log.write_bytes(raw)


OPERATIONS = ["insert", "big", "delete", "vacuum", "rollback", "sums", "checkpoint", "blocked_checkpoint", "reopen"]


@given(operations=st.lists(st.sampled_from(OPERATIONS), max_size=12))
def test_whatever_the_writer_does_no_problem_is_reported(tmp_path_factory, operations):
    folder = tmp_path_factory.mktemp("any")
    writer = Writer(folder / "w.db")
    writer.create()
    writer.checkpoint()
    for operation in operations:
        if operation == "big":
            writer.insert(30)
        elif operation == "vacuum":
            writer.run("VACUUM")
        elif operation == "rollback":
            writer.run("BEGIN")
            writer.run("UPDATE balance SET amount = 0")
            writer.run("ROLLBACK")
        elif operation == "reopen":
            writer.checkpoint()
            writer.connection.close()
            writer.connection = writer.connect()
        else:
            getattr(writer, operation)()
        assert check_files(writer.copied(folder)) == ([], []), operation
        for suffix in SUFFIXES:
            beside(folder / "copy.db", suffix).unlink(missing_ok=True)
    writer.connection.close()


@pytest.mark.parametrize("change", ["grow", "shrink", "shrink, then grow"])
def test_a_checkpoint_half_done_is_accepted(writer, tmp_path, change):
    if "shrink" in change:
        writer.delete(share=1)
        writer.run("VACUUM")
    if "grow" in change:
        writer.insert(25)
    writer.sums()
    before = writer.copied(tmp_path / "before")
    assert writer.run("PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0
    old, new = before.read_bytes(), writer.path.read_bytes()
    assert len(old) != len(new)
    assert check_files(writer.path) == ([], [])
    assert check_files(before) == ([], [])
    for done in range(0, len(new), 512):
        before.write_bytes(new[:done] + old[done:])
        assert check_files(before) == ([], [])
    dice = random.Random(5)
    for _ in range(20):
        pages = (dice.choice((old, new))[at : at + 512] for at in range(0, len(new), 512))
        before.write_bytes(b"".join(page.ljust(512, b"\0") for page in pages))
        assert check_files(before) == ([], [])


def test_after_a_crash_between_sums_and_checkpoint_the_next_writer_goes_on(pending):
    following = Writer(pending)
    following.run("UPDATE balance SET amount = amount + 1")
    assert check_files(pending) == ([], [])
    assert following.checkpoint()
    assert check_files(pending) == ([], [])
    assert beside(pending, "-wal").stat().st_size == 0
    following.connection.close()
    assert check_files(pending) == ([], [])


def test_a_log_shorter_than_what_the_sums_hold_is_reported_even_where_the_main_file_is_right(writer, tmp_path):
    writer.insert()
    writer.insert()
    writer.sums()
    before = writer.copied(tmp_path / "c")
    writer.checkpoint()
    shutil.copyfile(writer.path, before)
    assert check_files(before) == ([], [])
    log = beside(before, "-wal")
    log.write_bytes(log.read_bytes()[: commit_ends(before)[0]])
    assert codes_of(before) == ["wal_frame"]


def test_what_a_rolled_back_transaction_spilled_is_a_tail_until_the_next_checkpoint(writer, tmp_path):
    writer.insert()
    end = beside(writer.path, "-wal").stat().st_size
    writer.run("PRAGMA cache_size = 2")
    writer.run("PRAGMA cache_spill = ON")
    writer.run("BEGIN")
    for _ in range(40):
        writer.run("INSERT INTO entry (body) VALUES (randomblob(400))")
    writer.run("ROLLBACK")
    (problem,) = check_files(writer.copied(tmp_path / "a"))[0]
    assert (problem.code, problem.place.item) == ("ledger.verify.wal_tail", f"offset {end}")
    writer.run("UPDATE balance SET amount = 5 WHERE node = '地1'")
    assert codes_of(writer.copied(tmp_path / "b")) == ["wal_tail"]
    assert writer.checkpoint()
    assert check_files(writer.path) == ([], [])


def test_an_earlier_round_of_the_log_is_a_tail(writer, tmp_path):
    writer.run("PRAGMA journal_size_limit = -1")
    writer.insert(9)
    writer.sums()
    writer.run("PRAGMA wal_checkpoint(RESTART)")
    writer.run("UPDATE balance SET amount = 5 WHERE node = '地1'")
    copy = writer.copied(tmp_path / "c")
    assert codes_of(copy) == ["wal_tail"]
    assert writer.checkpoint()
    assert check_files(writer.path) == ([], [])


@pytest.mark.parametrize("cut", [1, 20, FRAME_HEADER, 300, 512 + FRAME_HEADER, 3 * (512 + FRAME_HEADER) + 30])
def test_a_process_killed_in_a_transaction_leaves_a_tail(writer, tmp_path, cut):
    writer.insert()
    size = beside(writer.path, "-wal").stat().st_size
    writer.insert(9)
    store = writer.copied(tmp_path / "c")
    log = beside(store, "-wal")
    log.write_bytes(log.read_bytes()[: size + cut])
    (problem,) = check_files(store)[0]
    assert (problem.code, problem.place.item) == ("ledger.verify.wal_tail", f"offset {size}")
    assert_recovers(store)


@pytest.mark.parametrize("lost", ["first", "middle", "last"])
def test_a_transaction_torn_by_a_power_failure_is_told_and_never_summed(writer, tmp_path, lost):
    writer.insert()
    size = beside(writer.path, "-wal").stat().st_size
    writer.insert(9)
    store = writer.copied(tmp_path / "c")
    log = bytearray(beside(store, "-wal").read_bytes())
    offset = {"first": size + 100, "middle": size + 3 * 536 + 100, "last": len(log) - 300}[lost]
    log[offset : offset + 200] = bytes(byte ^ 0xFF for byte in log[offset : offset + 200])
    beside(store, "-wal").write_bytes(log)
    (problem,) = check_files(store)[0]
    assert (problem.code, problem.remedy) == ("ledger.verify.wal_frame", auditing.COMPARE_LOG)
    assert_recovers(store)


def assert_recovers(store: Path) -> None:
    """Let SQLite recover a store; the sums must hold what it took, and a shorter transaction over the leftovers."""
    for statement in ("SELECT COUNT(*) FROM entry", "UPDATE balance SET amount = 5 WHERE node = '地1'"):
        recovered = Writer(copy_store(store, store.with_name("recovered.db")))
        recovered.run(statement)
        assert recovered.checkpoint()
        assert check_files(recovered.path) == ([], [])
        recovered.connection.close()
        assert check_files(recovered.path) == ([], [])
        for suffix in SUFFIXES:
            beside(recovered.path, suffix).unlink(missing_ok=True)


def test_sums_made_late_are_those_made_in_time(writer):
    writer.insert(5)
    writer.checkpoint()
    sums = beside(writer.path, "-pages")
    in_time = sums.read_bytes().partition(b"\n")[2]
    update_page_sums(writer.path)
    assert sums.read_bytes().partition(b"\n")[2] == in_time
    sums.unlink()
    update_page_sums(writer.path)  # from the main file alone
    assert sums.read_bytes().partition(b"\n")[2] == in_time
    sums.unlink()
    writer.insert(1)
    update_page_sums(writer.path)  # from the main file under the log
    assert writer.checkpoint()
    assert check_files(writer.path) == ([], [])


def test_sums_of_stores_that_are_none_yet(tmp_path):
    empty = tmp_path / "empty.db"
    empty.touch()
    update_page_sums(empty)
    assert not beside(empty, "-pages").exists()
    beside(empty, "-wal").write_bytes(b"short")
    update_page_sums(empty)
    assert not beside(empty, "-pages").exists()
    begun = Writer(tmp_path / "begun.db")
    begun.create()
    store = begun.copied(tmp_path / "c")
    begun.connection.close()
    with beside(store, "-wal").open("r+b") as log:
        log.truncate(HEADER + 100)
    update_page_sums(store)
    assert beside(store, "-pages").read_bytes().split()[3:6] == [b"1", b"0" * 16, b"0"]
    big = Writer(tmp_path / "big.db", 65536)
    assert check_files(big.path) == ([], ["pages"])
    update_page_sums(big.path)
    assert check_files(big.path) == ([], [])
    big.connection.close()


def test_the_sums_have_the_rights_of_the_store(writer):
    writer.path.chmod(0o640)
    writer.insert()
    writer.sums()
    assert beside(writer.path, "-pages").stat().st_mode & 0o777 == 0o640
    assert not beside(writer.path, "-pages-new").exists()


def test_damaged_sums_are_never_replaced(writer):
    writer.insert()
    sums = beside(writer.path, "-pages")
    with flipped(sums, 8 * 150), pytest.raises(LedgerError, match="pages"):
        writer.sums()
    writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for pragma in ("journal_mode = DELETE", "page_size = 1024"):
        writer.run(f"PRAGMA {pragma}")
    writer.run("VACUUM")
    writer.run("PRAGMA journal_mode = WAL")
    writer.insert()
    with pytest.raises(LedgerError, match="1024"):
        writer.sums()


@pytest.mark.parametrize("call", [check_files, update_page_sums])
def test_open_connections_keep_their_locks(writer, call):
    """A process that closes any descriptor of the main file would lose them, and another may drop the log."""
    writer.insert()
    log = beside(writer.path, "-wal")
    size = log.stat().st_size
    if call is update_page_sums:
        beside(writer.path, "-pages").unlink()
    for _ in range(3):
        call(writer.path)
    program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM entry'); c.close()"
    subprocess.run([sys.executable, "-c", program, str(writer.path)], check=True)
    assert log.stat().st_size == size
    if call is check_files:
        assert kept_open(writer.path) == 1
        writer.connection.close()
        close_unused()
        check_files(writer.path)
        assert kept_open(writer.path) == 0


def kept_open(store):
    return sum(os.path.samestat(os.fstat(kept), store.stat()) for kept in auditing._kept)


def test_where_open_files_cannot_be_listed_none_is_closed(store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(auditing.Path, "iterdir", lambda self: (_ for _ in ()).throw(FileNotFoundError))
        assert check_files(store) == ([], [])
        assert check_files(store) == ([], [])
        assert kept_open(store) == 1
    assert check_files(store) == ([], [])
    assert kept_open(store) == 0

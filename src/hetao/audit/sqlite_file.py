"""Every bit of an SQLite store, checked from the file formats alone.

SQLite answers "ok" to flipped bits in what it does not decode, and drops the end of a damaged write-ahead log without
a word. Here the log's checksums are recomputed, and every page is held against the page sums that the ledger writes
beside the store before each checkpoint.

The page sums, ``FILE-pages``: one line ``hetao-pages 1 PAGE_SIZE PAGES SALTS FRAMES SHA256``, then 16 bytes for each
page: BLAKE2b over the page's number (4 bytes, big-endian) and the page. SHA256 is over the line up to it and all that
follows the line. SALTS and FRAMES name the log, and how much of it, that is already in the sums: as long as that log
is there, its checkpoint may be undone or half done, and the pages in it count instead of those in the main file.

What the files alone cannot tell: a log that ends exactly with an earlier commit, or files of an earlier day put back
together, are sound in themselves. Only a head of the journal noted elsewhere tells. ``FILE-shm`` is not checked: SQLite
makes it anew from the log.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from operator import mul
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

from hetao.errors import Place, Problem
from hetao.text import Text

__all__ = ["check_files"]

PROBLEMS_AT_MOST = 1000  # problems listed; a store with more is beyond repair in any case
WORD = 0xFFFFFFFF
SHIFT = 96  # lays the two sums of a checksum side by side in one integer, so far apart that none carries over
LOG_HEADER, FRAME_HEADER, LOG_VERSION = 32, 24, 3007000
ORDERS = {0x377F0682: "<", 0x377F0683: ">"}  # the log's magic number tells the byte order of its checksums
PAGE_SIZES = frozenset(1 << n for n in range(9, 17))
SUM_BYTES = 16
READ_AT_ONCE = 1 << 20
SUMS_LINE = re.compile(rb"(hetao-pages 1 (\d{1,5}) (\d{1,10}) ([0-9a-f]{16}) (\d{1,10}) )([0-9a-f]{64})")

RESTORE = Text("从备份恢复，或将可信的导出重放到新库", "restore a backup, or replay a trusted export into a new store")
REMAKE = Text(
    "从备份恢复该文件；若台账的其他核验全部通过，也可删除该文件，下次写入时会重新生成",
    "restore this file from a backup; where all else in the ledger proves sound, delete it, and the next write "
    "makes it anew",
)
COMPARE = Text(
    "若写入曾中断，已确认的事务并未丢失，以可写方式打开一次即可清除；否则请将台账末条与另处记下的末条核对",
    "after an interrupted write nothing acknowledged is lost, and opening the store for writing clears it; "
    "otherwise compare the last journal entry with the one noted elsewhere",
)
RESTORE_LOG = Text(
    "先复制各文件，再从备份恢复，或将可信的导出重放到新库；以可写方式打开会使 SQLite 丢弃这些事务",
    "copy the files first, then restore a backup, or replay a trusted export into a new store: opened for writing, "
    "SQLite drops these transactions for good",
)
COMPARE_LOG = Text(
    "若写入时断电，这是尚未确认的最后一个事务，以可写方式打开一次即可清除；否则是最后一个事务已损坏：先复制各文件，再从备份恢复",
    "after a power failure during a write this is the last transaction, not acknowledged yet, and opening the store "
    "for writing clears it; otherwise the last transaction is damaged: copy the files first, then restore a backup",
)


class _Sums(NamedTuple):
    """The page sums, and the part of the log that is already in them."""

    page_size: int
    pages: int
    salts: bytes
    frames: int
    digests: bytes

    def due(self, number: int) -> bytes:
        """Return the digest that a page should have."""
        return self.digests[(number - 1) * SUM_BYTES : number * SUM_BYTES]


class _Frame(NamedTuple):
    """What a frame says of itself: its page; the store's pages where it commits, else 0; whether the salts fit."""

    page: int
    commits: int
    current: bool


class _Log(NamedTuple):
    """The log as far as it can be read: all whole frames, how many are valid, and how many of those committed."""

    path: Path
    page_size: int
    salts: bytes
    frames: list[_Frame]
    valid: int
    committed: int
    damaged: bool

    def offset(self, frame: int) -> int:
        """Return where a frame starts, counted from 0."""
        return LOG_HEADER + frame * (FRAME_HEADER + self.page_size)


class _Weights(NamedTuple):
    """What each word, and each half of the sum so far, adds to a checksum."""

    words: tuple[int, ...]
    first: int
    second: int


class _Findings:
    """Collects problems, `PROBLEMS_AT_MOST` of them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, code: str, file: Path, item: str, found: Text, expected: Text, remedy: Text = RESTORE) -> None:
        """Keep one problem."""
        if len(self.problems) < PROBLEMS_AT_MOST:
            place = Place(file=str(file), item=item)
            self.problems.append(Problem(f"ledger.verify.{code}", place, found, expected, remedy))


def check_files(path: Path) -> tuple[list[Problem], list[str]]:
    """Check the files of a store that nobody writes meanwhile: the main file, its write-ahead log, its page sums.

    Every flipped bit is reported, except in a main file's page that the log replaces because its checkpoint is not
    done: nobody reads that page again. Opening the store with SQLite first may change or delete what is to be checked.

    Args:
        path: the main file.

    Returns:
        The problems found, and the names of the checks that could not be made: ``pages`` without usable page sums.

    Raises:
        OSError: a file that is there cannot be read.
    """
    main = path.resolve() if path.is_symlink() else path
    findings = _Findings()
    log = _check_log(main.with_name(f"{main.name}-wal"), findings)
    sums = _read_sums(main.with_name(f"{main.name}-pages"), findings)
    if not main.exists():
        found, expected = Text("没有该文件", "no such file"), Text("台账库主文件", "the store's main file")
        findings.add("size", main, "", found, expected)
    elif sums is not None:
        _check_pages(main, sums, _replaced(sums, log, findings), findings)
        return findings.problems, []
    return findings.problems, ["pages"]


def _read_sums(path: Path, findings: _Findings) -> _Sums | None:
    """Return the page sums; None where they are absent or damaged."""
    if not path.exists():
        return None
    line, _, digests = path.read_bytes().partition(b"\n")
    match = SUMS_LINE.fullmatch(line)
    if match is not None and hashlib.sha256(match[1] + digests).hexdigest().encode() == match[6]:
        sums = _Sums(int(match[2]), int(match[3]), bytes.fromhex(match[4].decode()), int(match[5]), digests)
        if sums.page_size in PAGE_SIZES and len(digests) == sums.pages * SUM_BYTES:
            return sums
    found = Text("损坏或不识别的页校验文件", "damaged or unknown page sums")
    expected = Text("与自身校验值相符的页校验文件", "page sums that fit their own digest")
    findings.add("page_sums", path, "", found, expected, REMAKE)
    return None


def _check_log(path: Path, findings: _Findings) -> _Log | None:
    """Check the write-ahead log from its header to its last byte; return None where there is nothing to read in it."""
    if not path.exists() or not path.stat().st_size:
        return None
    size = path.stat().st_size
    if size <= LOG_HEADER:
        _report_tail(path, 0, size, findings)  # a log that was only begun
        return None
    with path.open("rb") as file:
        header = file.read(LOG_HEADER)
        order = _order(header)
        if order is None:
            found = Text("损坏的文件头，SQLite 将忽略整个预写日志", "a damaged header: SQLite ignores the whole log")
            expected = Text("与校验和相符的文件头", "a header that fits its checksum")
            findings.add("wal_header", path, "header", found, expected, RESTORE_LOG)
            return None
        log = _walk(path, file, order, header, findings)
    end = log.offset(log.committed) if log.committed else 0
    if size > end and not log.damaged:
        _report_tail(path, end, size - end, findings)
    return log


def _order(header: bytes) -> str | None:
    """Return the byte order of the log's checksums; None where the header is wrong."""
    magic, version, page_size = struct.unpack_from(">3I", header)
    if magic not in ORDERS or version != LOG_VERSION or page_size not in PAGE_SIZES:
        return None
    computed = _checksum(_weights(6), (0, 0), struct.unpack_from(f"{ORDERS[magic]}6I", header))
    return ORDERS[magic] if computed == struct.unpack_from(">2I", header, 24) else None


def _walk(path: Path, file: BinaryIO, order: str, header: bytes, findings: _Findings) -> _Log:
    """Read all frames; check each against its salts and the checksum that runs through the log, to the first wrong."""
    page_size, salts, *seed = struct.unpack(">8xI4x8s2I", header)
    running, chained = (seed[0], seed[1]), True
    length, weights = FRAME_HEADER + page_size, _frame_weights(page_size)
    words = struct.Struct(f"{order}{length // 4}I")
    frames: list[_Frame] = []
    valid = committed = 0
    while len(frame := file.read(length)) == length:
        page, commits, *kept = struct.unpack_from(">2I8x2I", frame)
        frames.append(_Frame(page, commits, frame[8:16] == salts))
        if valid < len(frames) - 1:
            continue  # behind the first wrong frame
        running = _checksum(weights, running, words.unpack(frame))
        chained = running == (kept[0], kept[1])
        if chained and frames[-1].current and page:
            valid += 1
            committed = valid if commits else committed
    if chained and valid < len(frames):
        frames[valid] = frames[valid]._replace(current=True)  # only its salts, which no checksum covers, are wrong
    lost = [i for i, frame in enumerate(frames) if i >= valid and frame.commits and frame.current]
    if lost:
        _report_frame(path, valid + 1, len(lost), len(frames) == lost[0] + 1, findings)
    return _Log(path, page_size, salts, frames, valid, committed, bool(lost))


def _weights(count: int) -> _Weights:
    """Return the weights of a checksum over a number of words: Fibonacci numbers, counted from the last word."""
    packed, a, b = [], 0, 1
    for _ in range(count + 1):
        packed.append(a | b << SHIFT)
        a, b = b, (a + b) & WORD
    return _Weights(tuple(packed[-2::-1]), packed[-2], packed[-1])


@lru_cache(maxsize=len(PAGE_SIZES))
def _frame_weights(page_size: int) -> _Weights:
    """Return the weights of a whole frame, in which the salts and the checksum itself do not count."""
    words, first, second = _weights(2 + page_size // 4)
    return _Weights((*words[:2], 0, 0, 0, 0, *words[2:]), first, second)


def _checksum(weights: _Weights, seed: tuple[int, int], words: Iterable[int]) -> tuple[int, int]:
    """Return SQLite's checksum of the words.

    It is defined by ``a += word + b; b += next_word + a`` for each two words, modulo 2**32; that is linear in the
    words and in the seed, so one weighted sum gives both halves.
    """
    total = sum(map(mul, words, weights.words), seed[0] * weights.first + seed[1] * weights.second)
    return total & WORD, total >> SHIFT & WORD


def _report_tail(path: Path, offset: int, length: int, findings: _Findings) -> None:
    found = Text(f"最后一次提交之后另有 {length} 字节", f"{length} bytes of frames after the last commit")
    expected = Text("止于最后一次提交的预写日志", "a log that ends with its last commit")
    findings.add("wal_tail", path, f"offset {offset}", found, expected, COMPARE)


def _report_frame(path: Path, number: int, lost: int, last: bool, findings: _Findings) -> None:
    found = Text(
        f"损坏的帧，SQLite 自此丢弃其后各帧（内含 {lost} 次提交）",
        f"a damaged frame: SQLite drops it and all frames behind, {lost} commits among them",
    )
    expected = Text("盐值与校验和相符的帧", "a frame that fits its salts and its checksum")
    findings.add("wal_frame", path, f"frame {number}", found, expected, COMPARE_LOG if last else RESTORE_LOG)


def _replaced(sums: _Sums, log: _Log | None, findings: _Findings) -> set[int] | None:
    """Return the pages that count in the log instead of the main file; None where that log is no longer there."""
    if log is None or not sums.frames or (log.salts, log.page_size) != (sums.salts, sums.page_size):
        return None
    last = {frame.page: i for i, frame in enumerate(log.frames[: sums.frames]) if 0 < frame.page <= sums.pages}
    if log.committed >= sums.frames:
        with log.path.open("rb") as file:
            for page, i in sorted(last.items()):
                file.seek(log.offset(i) + FRAME_HEADER)
                _check_page(log.path, page, file.read(log.page_size), sums, findings)
    elif not log.damaged:
        found = Text(f"止于第 {log.committed} 帧的预写日志", f"a log that ends with frame {log.committed}")
        expected = Text(f"页校验所载的 {sums.frames} 帧", f"the {sums.frames} frames that are in the page sums")
        findings.add("wal_frame", log.path, f"frame {log.committed + 1}", found, expected)
    return set(last)


def _check_pages(main: Path, sums: _Sums, replaced: set[int] | None, findings: _Findings) -> None:
    """Check the size of the main file and each of its pages, save those that the log replaces."""
    due, skipped = sums.pages * sums.page_size, replaced or set()
    with _opened(main) as descriptor:
        size = os.fstat(descriptor).st_size
        if size != due and replaced is None:
            expected = Text(f"{due} 字节（{sums.pages} 页）", f"{due} bytes ({sums.pages} pages)")
            findings.add("size", main, "", Text(f"{size} 字节", f"{size} bytes"), expected)
        pages = sums.pages if replaced is not None else min(sums.pages, size // sums.page_size)
        at_once = READ_AT_ONCE // sums.page_size
        for first in range(0, pages, at_once):
            chunk = os.pread(descriptor, at_once * sums.page_size, first * sums.page_size)
            view = memoryview(chunk.ljust(at_once * sums.page_size, b"\0"))  # the end of a file that is yet to grow
            for i in range(min(at_once, pages - first)):
                if first + i + 1 not in skipped:
                    page = view[i * sums.page_size : (i + 1) * sums.page_size]
                    _check_page(main, first + i + 1, page, sums, findings)


def _check_page(file: Path, number: int, page: bytes | memoryview, sums: _Sums, findings: _Findings) -> None:
    digest = hashlib.blake2b(number.to_bytes(4, "big"), digest_size=SUM_BYTES)
    digest.update(page)
    due = sums.due(number)
    if digest.digest() != due:
        have = digest.hexdigest()
        found = Text(f"校验值为 {have} 的页", f"a page with the sum {have}")
        expected = Text(f"校验值 {due.hex()}，即最近一次存盘时的页", f"the sum {due.hex()}, as the ledger last left it")
        findings.add("page", file, f"page {number}", found, expected)


_kept: list[int] = []  # descriptors that could not be closed yet
_lending = Lock()


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Lend a descriptor of a main file, and close it only when this process has that file open nowhere else.

    SQLite locks the main file by POSIX locks, and a process loses all of those on a file as soon as it closes any
    descriptor of that file: an open connection would go on without its lock.
    """
    with _lending:
        here = path.stat()
        descriptor = next((kept for kept in _kept if os.path.samestat(os.fstat(kept), here)), None)
        if descriptor is None:
            descriptor = os.open(path, os.O_RDONLY)
            _kept.append(descriptor)
        try:
            yield descriptor
        finally:
            for kept in [kept for kept in _kept if not _is_shared(kept)]:
                _kept.remove(kept)
                os.close(kept)


def _is_shared(descriptor: int) -> bool:
    """Tell whether this process has the same file open by another descriptor too; True where it cannot be told."""
    mine = os.fstat(descriptor)
    try:
        numbers = [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except OSError:
        return True
    for number in numbers:
        with suppress(OSError):  # the descriptor of that very listing is closed by now
            if number != descriptor and os.path.samestat(os.fstat(number), mine):
                return True
    return False

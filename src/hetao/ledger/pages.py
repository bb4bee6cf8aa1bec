"""The page sums beside a store: a digest of each page of the main file, so that any flipped bit can be told.

``FILE-pages`` is one line ``hetao-pages 1 PAGE_SIZE PAGES SALTS FRAMES SHA256``, then 16 bytes for each page: BLAKE2b
over the page's number (4 bytes, big-endian) and the page. SHA256 is over the line up to it and all that follows the
line. SALTS and FRAMES name the write-ahead log, and how many of its frames, that are in the sums: while that log is
still there, its checkpoint may be undone or half done, and a page in it counts instead of the main file's.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from hetao.errors import LedgerError
from hetao.ledger.faults import store_error

__all__ = ["DamagedPageError", "check_pages", "close_unused", "forget_page_sums", "update_page_sums"]

WORD = 0xFFFFFFFF
HEADER, FRAME_HEADER = 32, 24
BIG_ENDIAN = 0x377F0683  # the log's magic number where its checksums are over big-endian words
SUM_BYTES = 16
NAMED = 5  # pages at most that an error names
TRIES = 5  # of a check during which pages are put away
FDINFO, LOCK_WORD = Path("/proc/self/fdinfo"), "lock:"
LINE = re.compile(rb"(hetao-pages 1 (\d+) (\d+) ([0-9a-f]{16}) (\d+) )([0-9a-f]{64})")


class DamagedPageError(LedgerError):
    """The main file does not hold a page as it was summed."""


class _Sums(NamedTuple):
    """The digests of all pages, and the log of which so many frames are in them."""

    page_size: int
    salts: bytes
    frames: int
    digests: bytes

    @property
    def pages(self) -> int:
        return len(self.digests) // SUM_BYTES

    def due(self, page: int) -> bytes:
        return self.digests[(page - 1) * SUM_BYTES : page * SUM_BYTES]


class _Log(NamedTuple):
    """The committed part of a write-ahead log: the page of each frame, where the last image of each lies, the size."""

    page_size: int
    salts: bytes
    frames: list[int]
    pages: int
    images: dict[int, int]


class _Transaction(NamedTuple):
    """A transaction in the log: the checksum before it, the store's size after it, each page and its offset."""

    seed: bytes
    pages: int
    images: list[tuple[int, int]]


def update_page_sums(path: Path) -> None:
    """Bring the page sums beside a store up to what its next checkpoint will leave in the main file.

    Call it right before the checkpoint, with the lock held under which nobody commits, where a connection of this
    process wrote or recovered the write-ahead log. Then the frames that SQLite takes as committed need no proof, save
    where leftovers may lie: the first frame after each commit must run on from it, and the last transaction must be
    whole. The new sums are on the disk when it returns. Without committed frames and with sums there, it does nothing.

    What the log holds of a page was made from what the main file held of it. Where that is not what was summed, a new
    sum would call the damage sound: nothing is written then.

    Args:
        path: the main file.

    Raises:
        DamagedPageError: a page that the log replaces is damaged in the main file.
        LedgerError: the sums that are there are damaged, or not of this store.
        OSError: the files cannot be read or written.
    """
    main = path.resolve() if path.is_symlink() else path
    sums, log = _read_sums(main), _read_log(main.with_name(f"{main.name}-wal"))
    if log is None:
        if sums is None and main.stat().st_size:
            page_size = _page_size(main)
            _write(main, page_size, "0" * 16, 0, _overlaid(main, page_size, main.stat().st_size // page_size))
        return
    if sums is not None and sums.page_size != log.page_size:
        raise store_error("damaged", str(main), f"page size {log.page_size} != {sums.page_size}")
    if sums is not None:
        pending = _pending(sums, log)
        _compare(main, sums, [page for page in sorted(log.images) if page <= sums.pages and page not in pending])
    digests = _overlaid(main, log.page_size, log.pages, b"" if sums is None else sums.digests, log)
    _write(main, log.page_size, log.salts.hex(), len(log.frames), digests)


def check_pages(path: Path) -> None:
    """Hold every page of the main file against its sum, where there are sums; others may write meanwhile.

    A page that differs is damaged only if the sums are still the same: they are replaced before the pages are. Where
    they are replaced again and again, nothing can be said, and nothing is.

    Args:
        path: the main file.

    Raises:
        DamagedPageError: a page is not as it was summed.
        LedgerError: the sums themselves are damaged.
        OSError: the files cannot be read.
    """
    main = path.resolve() if path.is_symlink() else path
    sums = _read_sums(main)
    for _ in range(TRIES):
        try:
            _check_against(main, sums)
            break
        except DamagedPageError:
            before, sums = sums, _read_sums(main)
            if sums == before:
                raise


def _check_against(main: Path, sums: _Sums | None) -> None:
    if sums is not None:
        log = _read_log(main.with_name(f"{main.name}-wal"))
        pending = set() if log is None else _pending(sums, log)
        pages = range(1, max(sums.pages, 0 if pending else main.stat().st_size // sums.page_size) + 1)
        _compare(main, sums, [page for page in pages if page not in pending])


def forget_page_sums(path: Path) -> None:
    """Remove the sums, where the pages are about to be proved in another way; the next update makes them anew."""
    _sums_file(path.resolve() if path.is_symlink() else path).unlink(missing_ok=True)


def _pending(sums: _Sums, log: _Log) -> set[int]:
    """Return the pages whose images in the sums are the log's: the main file may not have all of them yet."""
    return set(log.frames[: sums.frames]) if log.salts == sums.salts else set()


def _compare(main: Path, sums: _Sums, pages: Sequence[int]) -> None:
    wrong = [page for page, image in _main_pages(main, sums.page_size, pages) if _digest(page, image) != sums.due(page)]
    if wrong:
        named = ", ".join(map(str, wrong[:NAMED])) + (" …" if wrong[NAMED:] else "")
        raise DamagedPageError(store_error("pages", str(main), f"page {named}").problems)


def _sums_file(main: Path) -> Path:
    return main.with_name(f"{main.name}-pages")


def _read_sums(main: Path) -> _Sums | None:
    """Return the sums that are there; None where there are none."""
    file = _sums_file(main)
    if not file.exists():
        return None
    line, _, digests = file.read_bytes().partition(b"\n")
    match = LINE.fullmatch(line)
    if match is not None and hashlib.sha256(match[1] + digests).hexdigest().encode() == match[6]:
        return _Sums(int(match[2]), bytes.fromhex(match[4].decode()), int(match[5]), digests)
    raise store_error("damaged", str(file))


def _read_log(path: Path) -> _Log | None:
    """Return what is committed in a write-ahead log; None where nothing is."""
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY)  # SQLite keeps no lock on this file, so it may be closed again
    try:
        header = os.pread(descriptor, HEADER, 0)
        if len(header) < HEADER or _checksum(header, bytes(8), header[:24]) != header[24:]:
            return None  # SQLite ignores such a log
        transactions = list(_transactions(descriptor, header))
        if transactions and not _is_whole(descriptor, header, transactions[-1]):
            transactions.pop()
    finally:
        os.close(descriptor)
    if not transactions:
        return None
    images = {page: offset for transaction in transactions for page, offset in transaction.images}
    frames = [page for transaction in transactions for page, _ in transaction.images]
    return _Log(_logged_page_size(header), header[16:24], frames, transactions[-1].pages, images)


def _logged_page_size(header: bytes) -> int:
    return int.from_bytes(header[8:12], "big")


def _transactions(descriptor: int, header: bytes) -> Iterator[_Transaction]:
    """Yield the transactions that can have been committed: the first frame of each runs on from the one before."""
    page_size, end = _logged_page_size(header), os.fstat(descriptor).st_size
    seed, offset = header[24:], HEADER
    images: list[tuple[int, int]] = []
    while offset + FRAME_HEADER + page_size <= end:
        frame = os.pread(descriptor, FRAME_HEADER, offset)
        if frame[8:16] != header[16:24]:
            return
        if not images and _sum_of_frame(descriptor, header, seed, offset) != frame[16:]:
            return
        offset += FRAME_HEADER
        page, pages = struct.unpack_from(">2I", frame)
        images.append((page, offset))
        if pages:
            yield _Transaction(seed, pages, images)
            seed, images = frame[16:], []
        offset += page_size


def _is_whole(descriptor: int, header: bytes, transaction: _Transaction) -> bool:
    """Tell whether all frames of a transaction reached the file, as after a power failure they need not."""
    seed = transaction.seed
    for _, image in transaction.images:
        seed = _sum_of_frame(descriptor, header, seed, image - FRAME_HEADER)
        if seed != os.pread(descriptor, 8, image - 8):
            return False
    return True


def _sum_of_frame(descriptor: int, header: bytes, seed: bytes, offset: int) -> bytes:
    frame = os.pread(descriptor, FRAME_HEADER + _logged_page_size(header), offset)
    return _checksum(header, seed, frame[:8] + frame[FRAME_HEADER:])


def _checksum(header: bytes, seed: bytes, data: bytes) -> bytes:
    """Return SQLite's checksum of the data, carried on from the checksum before."""
    order = ">" if int.from_bytes(header[:4], "big") == BIG_ENDIAN else "<"
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    a, b = struct.unpack(">2I", seed)
    for first, second in zip(words, words, strict=True):
        a = (a + first + b) & WORD
        b = (b + second + a) & WORD
    return struct.pack(">2I", a, b)


def _overlaid(main: Path, page_size: int, pages: int, known: bytes = b"", log: _Log | None = None) -> bytes:
    """Return the digests of all pages: from the log, else as known before, else from the main file."""
    digests = bytearray(known[: pages * SUM_BYTES].ljust(pages * SUM_BYTES, b"\0"))
    images = {} if log is None else {page: at for page, at in log.images.items() if page <= pages}
    if images:
        with main.with_name(f"{main.name}-wal").open("rb") as file:
            for page, offset in sorted(images.items()):
                file.seek(offset)
                _put(digests, page, file.read(page_size))
    unknown = [page for page in range(len(known) // SUM_BYTES + 1, pages + 1) if page not in images]
    for page, image in _main_pages(main, page_size, unknown):
        _put(digests, page, image)
    return bytes(digests)


def _put(digests: bytearray, page: int, image: bytes) -> None:
    digests[(page - 1) * SUM_BYTES : page * SUM_BYTES] = _digest(page, image)


def _digest(page: int, image: bytes) -> bytes:
    digest = hashlib.blake2b(page.to_bytes(4, "big"), digest_size=SUM_BYTES)
    digest.update(image)
    return digest.digest()


_lent: dict[tuple[int, int], int] = {}
_lending = Lock()


@contextmanager
def _lend(main: Path) -> Iterator[int]:
    """Lend a descriptor of the main file, which stays open until `close_unused`.

    SQLite locks the main file by POSIX locks, and a process loses all of those on a file as soon as it closes any
    descriptor of that file.
    """
    with _lending:
        there = main.stat()
        key = (there.st_dev, there.st_ino)
        if key not in _lent:
            _lent[key] = os.open(main, os.O_RDONLY)
        yield _lent[key]


def close_unused() -> None:
    """Close the descriptors of main files on which nothing in this process holds a lock that would be lost."""
    with _lending:
        for key in [key for key in _lent if not _is_locked(key)]:
            os.close(_lent.pop(key))


def _is_locked(key: tuple[int, int]) -> bool:
    """Tell whether this process holds a lock on a file; True where it cannot be told."""
    if not _locks_are_told():
        return True
    for entry in FDINFO.iterdir():
        with suppress(OSError):  # the descriptor of that very listing is closed by now
            file = os.fstat(int(entry.name))
            if (file.st_dev, file.st_ino) == key and LOCK_WORD in entry.read_text():
                return True
    return False


@cache
def _locks_are_told() -> bool:
    """Tell, by an example, whether this system tells of each descriptor which locks it holds; Linux does."""
    with tempfile.TemporaryFile() as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        told = FDINFO / str(file.fileno())
        return told.exists() and LOCK_WORD in told.read_text()


def _page_size(main: Path) -> int:
    with _lend(main) as descriptor:
        (size,) = struct.unpack(">H", os.pread(descriptor, 2, 16))
    return 65536 if size == 1 else int(size)


def _main_pages(main: Path, page_size: int, pages: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """Yield pages of the main file; what lies past its end is zeros, as a file that grows has them."""
    with _lend(main) as descriptor:
        for page in pages:
            yield page, os.pread(descriptor, page_size, (page - 1) * page_size).ljust(page_size, b"\0")


def _write(main: Path, page_size: int, salts: str, frames: int, digests: bytes) -> None:
    """Write the sums so that after a crash either the old or the new ones are there, whole."""
    line = f"hetao-pages 1 {page_size} {len(digests) // SUM_BYTES} {salts} {frames} ".encode()
    checked = hashlib.sha256(line + digests).hexdigest().encode()
    new = main.with_name(f"{main.name}-pages-new")
    new.unlink(missing_ok=True)
    with new.open("xb") as file:
        file.write(line + checked + b"\n" + digests)
        file.flush()
        os.fsync(file.fileno())
    new.chmod(stat.S_IMODE(main.stat().st_mode))
    new.replace(_sums_file(main))
    folder = os.open(main.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

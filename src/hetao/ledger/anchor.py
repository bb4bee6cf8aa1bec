"""The anchor: the journal's head written outside the store after each seal, so that a lost end can be told.

One line, ``{"hash": …, "seq": …}``, of constant length, overwritten in place. It is not forced to the disk by itself:
after a power failure it may lie behind the store, never ahead of it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from hetao.ledger.store.base import EMPTY, Head

__all__ = ["LONGEST", "Anchor", "NoAnchorError", "anchor_line", "read_head"]

LONGEST = 1024  # bytes that are read of a file; an anchor has fewer
LINE = re.compile(rb'\{"hash": "([0-9a-f]{64})", "seq": +([0-9]{1,19})\}\n')


def anchor_line(head: Head) -> str:
    """Return the line that an anchor holds for a head."""
    return f'{{"hash": "{head.hash}", "seq": {head.seq:>19}}}\n'


class NoAnchorError(ValueError):
    """A file that was named as an anchor and is none."""


def read_head(held: bytes) -> Head:
    """Return the head that an anchor holds, the empty one where it is empty.

    Zeros alone count as empty: they are what a file system may leave of a file that was new when the power failed.

    Args:
        held: the file's first `LONGEST` bytes, or all where it has fewer.

    Raises:
        NoAnchorError: they hold anything else, or go on.
    """
    if len(held) < LONGEST:
        if not held.strip(b"\0"):
            return EMPTY
        found = LINE.fullmatch(held)
        if found is not None:
            return Head(int(found[2]), found[1].decode())
    raise NoAnchorError


class Anchor:
    """An anchor file, made where there is none.

    Args:
        path: the file.

    Attributes:
        kept: the head that it held when it was opened; the empty one for a new file.

    Raises:
        NoAnchorError: the file is there and holds anything else than a head; it is left as it is.
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self.kept = read_head(os.pread(self._file, LONGEST, 0))
        except NoAnchorError:
            self.close()
            raise

    def note(self, head: Head) -> None:
        """Write the head."""
        os.pwrite(self._file, anchor_line(head).encode(), 0)

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

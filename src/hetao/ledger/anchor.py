"""The anchor: the journal's head written outside the store after each seal, so that a lost end can be told.

One line, ``{"hash": …, "seq": …}``, of constant length, overwritten in place. It is not forced to the disk by itself:
after a power failure it may lie behind the store, never ahead of it.
"""

from __future__ import annotations

import os
from pathlib import Path

from hetao.ledger.store.base import Head

__all__ = ["Anchor", "anchor_line"]


def anchor_line(head: Head) -> str:
    """Return the line that an anchor holds for a head."""
    return f'{{"hash": "{head.hash}", "seq": {head.seq:>19}}}\n'


class Anchor:
    """An anchor file, made where there is none.

    Args:
        path: the file.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)

    def note(self, head: Head) -> None:
        """Write the head."""
        os.pwrite(self._file, anchor_line(head).encode(), 0)

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

"""Reading a file of events line by line, however long the file or a line is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hetao.errors import LedgerError, Place, Problem
from hetao.ledger.event import LINE_MAX
from hetao.text import Text

__all__ = ["read_lines"]


def read_lines(path: str | Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file, with or without a byte order mark.

    A line too long for an event is cut short just beyond the limit, so that it is refused as too long without
    ever being held in memory; bytes that are no UTF-8 are kept apart so that their line is refused as such.

    Args:
        path: the file, one JSON object a line.

    Raises:
        LedgerError: the file cannot be opened or read.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            while line := file.readline(LINE_MAX + 1):
                rest = line
                while rest and not rest.endswith("\n"):
                    rest = file.readline(LINE_MAX)
                yield line
    except OSError as error:
        found = Text(f"无法读取的文件（{error.strerror}）", f"a file that cannot be read ({error.strerror})")
        expected = Text("事件文件，每行一个 JSON 对象", "a file of events, one JSON object a line")
        remedy = Text("检查路径和读取权限", "check the path and the right to read it")
        raise LedgerError(
            [Problem("ledger.file.unreadable", Place(file=str(path)), found, expected, remedy)]
        ) from error

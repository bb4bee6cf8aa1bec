"""Faults: what is wrong with one entry or row, as it travels between processes, and how it reads as a problem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hetao.errors import Place, Problem
from hetao.text import Text

__all__ = ["AT_MOST", "DamagedError", "Fault", "in_words", "same"]

SHOWN_AT_MOST = 400  # characters of what stands in a store
AT_MOST = 1000  # problems listed; a store with more is beyond repair in any case
RESTORE = Text("从备份恢复，或将可信的导出重放到新库", "restore a backup, or replay a trusted export into a new store")
REMAKE = Text(
    "日志若无其他问题，导出日志并重放到新库，即可重建各表",
    "where the journal itself proves sound, export it and replay it into a new store, which makes the tables anew",
)
REMEDIES = {
    "guard": Text(
        "查明何人改动；导出日志并重放到新库，触发器即随之重建",
        "find out who changed it; export the journal and replay it into a new store, which has its triggers again",
    ),
    "anchor": Text(
        "保留现有各文件，从备份恢复，再与锚文件核对",
        "keep the files as they are, restore a backup, and compare it with the anchor",
    ),
    **dict.fromkeys(("node", "stated", "headroom", "record", "clock"), REMAKE),
}


class Fault(NamedTuple):
    """One thing that is wrong.

    Attributes:
        seq: the journal entry that is wrong, 0 where none is.
        code: the last part of the problem's code.
        item: the place inside the store.
        found: what stands there.
        expected: what should stand there.
    """

    seq: int
    code: str
    item: str
    found: Text
    expected: Text


def same(value: object) -> Text:
    """Return a value that reads the same in both languages, cut short."""
    words = str(value)
    words = words if len(words) <= SHOWN_AT_MOST else f"{words[:SHOWN_AT_MOST]}…"
    return Text(words, words)


def _writable(words: str) -> str:
    """Return words that can be written as UTF-8: a store that was tampered with may hold half a character."""
    return words.encode(errors="backslashreplace").decode()


def in_words(faults: Iterable[Fault], file: str) -> list[Problem]:
    """Return faults as problems of a store, those of the journal first and by entry."""
    ordered = sorted(faults, key=lambda fault: fault.seq if fault.seq > 0 else 1 << 63)
    return [
        Problem(
            f"ledger.verify.{fault.code}",
            Place(file=file, item=_writable(fault.item)),
            Text(*map(_writable, fault.found)),
            Text(*map(_writable, fault.expected)),
            REMEDIES.get(fault.code, RESTORE),
        )
        for fault in ordered
    ]


class DamagedError(Exception):
    """A store's rows cannot be read any further."""

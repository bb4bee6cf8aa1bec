"""Judging the whole journal again from nothing: the state it adds up to, and where the journal or the tables differ.

This is the ledger's own code once more: it finds tables that were tampered with and outcomes that today's rules would
not give. The check by other code is `hetao.audit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hetao.errors import Place, Problem
from hetao.ledger.chain import chain_hash
from hetao.ledger.event import Event, read_event
from hetao.ledger.judge import event_key, instant_of, judge
from hetao.ledger.state import Kept, State
from hetao.ledger.store.base import EMPTY, TABLES, Head, RawRow, changed_rows
from hetao.text import Text

__all__ = ["Rejudged", "differing_rows", "rejudge"]

REMEDY = Text(
    "从备份恢复，或将可信的导出重放到新库；若只是旁表不同，用 hetao ledger rebuild 由日志重建",
    "restore a backup, or replay a trusted export into a new store; where only the tables differ, "
    "hetao ledger rebuild makes them anew from the journal",
)


class Rejudged:
    """A journal judged again.

    Attributes:
        state: what it adds up to.
        problem: the first entry that today's code would answer or enter otherwise, None where there is none.
    """

    def __init__(self, url: str) -> None:
        self.state = State()
        self.problem: Problem | None = None
        self._url = url
        self._seen: dict[str, Kept] = {}
        self._head = EMPTY
        self.state.find_entry = self._seen.get

    def take(self, row: RawRow, *, until: str | None = None) -> bool:
        """Judge one entry again, and tell whether the journal says the same.

        Args:
            row: the entry.
            until: only events up to the end of this day (ISO 8601) are posted; None for all.
        """
        event = read_event(row.event.decode(errors="surrogateescape"))
        if not isinstance(event, Event):
            return self._differs(row, Text("不是事件", "no event"), Text("一个事件", "an event"))
        key = event_key(event)
        first = None if key is None else self._seen.get(key)
        outcome, fitted, draft = judge(self.state, event, row.seq, None if first is None else first.seq)
        words = outcome.to_json()
        if words.encode() != row.outcome and until is None:
            return self._differs(row, Text("另一结果", "another outcome"), Text(words, words))
        if not self._is_entered(row, None if first is not None else key):
            return False
        if key is not None and first is None:
            self._seen[key] = Kept(row.seq, "" if draft is None else event.text, words)
        if draft is not None and (until is None or fitted.fields["at"][:10] <= until):
            self.state.post(draft, instant_of(fitted), row.seq)
        return True

    def _is_entered(self, row: RawRow, key: str | None) -> bool:
        """Tell whether an entry has the next number, the key and the hash that are due after the one before."""
        outcome = row.outcome.decode(errors="replace")  # what is no UTF-8 has another hash
        seq, digest = self._head.seq + 1, chain_hash(self._head.hash, row.event.decode(), outcome)
        self._head = Head(seq, digest)
        due = seq, None if key is None else key.encode(), digest.encode()
        if (row.seq, row.key, row.hash) == due:
            return True
        return self._differs(row, _entry(row.seq, row.key, row.hash), _entry(*due))

    def _differs(self, row: RawRow, found: Text, expected: Text) -> bool:
        place = Place(file=self._url, item=f"journal {row.seq}")
        self.problem = Problem("ledger.verify.rejudged", place, found, expected, REMEDY)
        return False


def _entry(seq: int, key: bytes | None, digest: bytes) -> Text:
    shown = " ".join([str(seq), *(part.decode(errors="backslashreplace") for part in (key, digest) if part)])
    return Text(f"编号、键、散列值 {shown}", f"number, key and hash {shown}")


def rejudge(url: str, rows: Iterable[RawRow], *, until: str | None = None) -> Rejudged:
    """Judge a journal again, up to the first entry that would be answered otherwise.

    Args:
        url: the store's address, for messages.
        rows: the journal.
        until: only events up to the end of this day are posted; None for all.
    """
    judged = Rejudged(url)
    for row in rows:
        if not judged.take(row, until=until):
            break
    return judged


def differing_rows(url: str, due: State, kept: State) -> Iterator[Problem]:
    """Yield every row of the state that is not what the journal adds up to."""
    wanted, held = (changed_rows(state, state.everything(), 0) for state in (due, kept))
    for table, (keys, columns) in TABLES.items():
        want, have = ({row[:keys]: _shown(columns, row) for row in rows[table]} for rows in (wanted, held))
        for name in sorted(want.keys() | have.keys(), key=str):
            if want.get(name) != have.get(name):
                place = Place(file=url, item=f"{table} {' '.join(map(str, name))}")
                found, expected = (rows.get(name, ("无", "nothing")) for rows in (have, want))
                yield Problem("ledger.verify.table", place, Text(*found), Text(*expected), REMEDY)


def _shown(columns: tuple[str, ...], row: tuple[Any, ...]) -> tuple[str, str]:
    shown = ", ".join(f"{c}={v}" for c, v in zip(columns, row, strict=True) if c != "seq")
    return shown, shown

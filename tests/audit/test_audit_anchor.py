"""A head noted outside the store tells when the end of the journal was cut off or rewritten."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from audit.story import Story, codes, declare
from hetao.audit import audit_store
from hetao.errors import LedgerError
from hetao.ledger import Ledger

ENTRIES = 22


@pytest.fixture
def anchored(tmp_path: Path) -> Path:
    """Return a store of some entries with its anchor."""
    path = tmp_path / "store.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        declare(Story(ledger))
    return path


def anchor_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-anchor")


def audit(path: Path, anchor: Path | None = None):
    return audit_store(f"sqlite:///{path}", anchor=anchor)


def note(path: Path, seq: int, digest: str) -> None:
    path.write_text(json.dumps({"hash": digest, "seq": seq}) + "\n")


def hash_at(path: Path, seq: int) -> str:
    connection = sqlite3.connect(path)
    ((digest,),) = connection.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchall()
    connection.close()
    return str(digest)


def test_an_anchor_may_lie_behind(anchored):
    for seq in (1, 10, ENTRIES):
        note(anchor_of(anchored), seq, hash_at(anchored, seq))
        verification = audit(anchored)
        assert verification.ok, verification.problems
        assert verification.unchecked == ()
    note(anchor_of(anchored), 0, "0" * 64)
    assert audit(anchored).ok


def test_a_cut_tail_is_told_by_the_anchor_alone(anchored):
    """An older copy of all files of the store is sound in itself; only the anchor is of today."""
    older = anchored.with_name("older")
    older.mkdir()
    for file in anchored.parent.glob("store.db*"):
        shutil.copy(file, older)
    with Ledger.open(f"sqlite:///{anchored}") as ledger:
        story = Story(ledger)
        for number in range(3):
            story.at = "2020-02-01T08:00:00+08:00"
            story.must("tick", key=f"t{number}")
    shutil.copy(anchor_of(anchored), older)
    verification = audit(older / "store.db")
    assert verification.first_wrong == ENTRIES + 1
    assert codes(verification) == {"anchor"}
    assert "3 entries are gone" in verification.problems[0].found.en
    assert "缺 3 条" in verification.problems[0].found.zh


def test_a_rewritten_journal_is_told_by_the_anchor(anchored):
    note(anchor_of(anchored), 10, "a" * 64)
    verification = audit(anchored)
    assert (verification.first_wrong, codes(verification)) == (10, {"anchor"})


def test_without_an_anchor_it_is_said_what_was_not_checked(anchored):
    anchor_of(anchored).unlink()
    verification = audit(anchored)
    assert verification.ok
    assert verification.unchecked == ("anchor",)
    for empty in (b"", b"\0" * 105):  # zeros are what a power failure may leave of a new file
        anchor_of(anchored).write_bytes(empty)
        verification = audit(anchored)
        assert verification.ok
        assert verification.unchecked == ("anchor",)


def test_a_named_anchor_counts_besides(anchored, tmp_path):
    named = tmp_path / "named"
    note(named, ENTRIES, hash_at(anchored, ENTRIES))
    assert audit(anchored, named).ok
    assert audit(anchored, anchor_of(anchored)).ok
    note(named, ENTRIES + 2, "b" * 64)
    verification = audit(anchored, named)
    assert verification.first_wrong == ENTRIES + 1
    assert [problem.place.item for problem in verification.problems] == [f"anchor {named}"]


def test_a_named_anchor_counts_for_a_store_in_memory(store, tmp_path):
    note(tmp_path / "named", 9999, "b" * 64)
    assert codes(audit_store(store, anchor=tmp_path / "named")) == {"anchor"}


BAD = [
    b"",
    b"\0" * 105,
    b"{}",
    b"[]",
    b"7",
    b"nothing",
    b'{"hash": "' + b"a" * 64 + b'"}',
    b'{"hash": "' + b"a" * 64 + b'", "seq": "1"}',
    b'{"hash": "' + b"a" * 64 + b'", "seq": true}',
    b'{"hash": "' + b"a" * 64 + b'", "seq": -1}',
    b'{"hash": "' + b"a" * 64 + b'", "seq": 0}',
    b'{"hash": "' + b"0" * 64 + b'", "seq": 1}',
    b'{"hash": "' + b"A" * 64 + b'", "seq": 1}',
    b'{"hash": 7, "seq": 1}',
    b'{"hash": "a", "seq": 1, "more": 1}',
    b"\xff\xfe",
    b"\0\0 and more",
    b"{" * 2000,
]


@pytest.mark.parametrize("content", BAD)
def test_an_anchor_that_holds_no_head(anchored, tmp_path, content):
    named = tmp_path / "named"
    named.write_bytes(content)
    verification = audit(anchored, named)
    assert (verification.first_wrong, codes(verification)) == (None, {"anchor"})
    if content.strip(b"\0"):
        shutil.copy(named, anchor_of(anchored))
        (problem,) = audit(anchored).problems
        assert problem.code == "ledger.verify.anchor"
        assert problem.found.en.startswith(content[:20].decode(errors="backslashreplace").replace("\0", "\\x00"))


@pytest.mark.parametrize("kind", ["absent", "folder"])
def test_an_anchor_that_cannot_be_read(anchored, tmp_path, kind):
    named = tmp_path / "named"
    if kind == "folder":
        named.mkdir()
    with pytest.raises(LedgerError) as caught:
        audit(anchored, named)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file) == ("ledger.store.anchor", str(named))

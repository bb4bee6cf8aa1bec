"""An anchor tells a journal whose end is gone, and never becomes of a file that is something else."""

from __future__ import annotations

import shutil

import pytest

from hetao.errors import LedgerError
from hetao.ledger import Ledger


def fill(url, make, **options):
    with Ledger.open(url, **options) as ledger:
        for event in make.tree():
            assert ledger.apply(event).ok
        return ledger.head


def refused(url, **options):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url, **options)
    (problem,) = caught.value.problems
    return problem.code


@pytest.mark.parametrize("held", [b"notes of mine\n", b"{}", b'{"hash": "", "seq": 1}\n', b"\0\0x", b"\0" * 5000])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_anchor_is_refused_and_left_as_it_is(tmp_path, make, held, read_only):
    url, file = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "mine.txt"
    fill(url, make)
    file.write_bytes(held)
    assert refused(url, anchor=file, read_only=read_only) == "ledger.store.no_anchor"
    assert file.read_bytes() == held


def test_the_store_itself_is_no_anchor(tmp_path, make):
    store = tmp_path / "store.db"
    fill(f"sqlite:///{store}", make)
    before = store.read_bytes()
    assert refused(f"sqlite:///{store}", anchor=store) == "ledger.store.no_anchor"
    assert store.read_bytes() == before


@pytest.mark.parametrize("held", [b"", b"\0" * 105])
def test_an_empty_anchor_is_a_new_one(tmp_path, make, held):
    url, file = f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "anchor"
    file.write_bytes(held)
    head = fill(url, make, anchor=file)
    assert head.hash in file.read_text()
    with Ledger.open(url, anchor=file) as ledger:
        assert ledger.head == head


@pytest.mark.parametrize("read_only", [False, True])
def test_an_older_copy_put_back_is_not_written_on(tmp_path, make, read_only):
    store, kept = tmp_path / "store.db", tmp_path / "kept.db"
    url = f"sqlite:///{store}"
    fill(url, make)
    shutil.copy(store, kept)
    with Ledger.open(url) as ledger:
        assert ledger.apply(make.cap("NM", 5)).ok
    shutil.copy(kept, store)
    anchored = (tmp_path / "store.db-anchor").read_bytes()
    assert refused(url, read_only=read_only) == "ledger.store.anchored"
    assert (tmp_path / "store.db-anchor").read_bytes() == anchored


def test_a_journal_that_went_another_way_is_not_written_on(tmp_path, make):
    store, other, outside = tmp_path / "store.db", tmp_path / "other.db", tmp_path / "outside"
    fill(f"sqlite:///{store}", make, anchor=outside)
    fill(f"sqlite:///{other}", make)
    assert refused(f"sqlite:///{other}", anchor=outside) == "ledger.store.anchored"


def test_without_its_store_an_anchor_stands_against_a_new_one(tmp_path, make):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    fill(url, make)
    (tmp_path / "store.db").unlink()
    assert refused(url) == "ledger.store.anchored"


def test_an_anchor_that_lies_behind_is_brought_up(shared_url, make, tmp_path):
    file, behind = tmp_path / "outside", tmp_path / "behind"
    with Ledger.open(shared_url, anchor=file) as ledger:
        first, *rest = make.tree()
        assert ledger.apply(first).ok
        shutil.copy(file, behind)
        for event in rest:
            assert ledger.apply(event).ok
        head = ledger.head
    with Ledger.open(shared_url, anchor=behind) as ledger:
        assert ledger.head == head

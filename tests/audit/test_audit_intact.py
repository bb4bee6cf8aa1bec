"""What the ledger wrote and nobody changed is found sound, on every kind of store."""

from __future__ import annotations

import json
import sqlite3
import time

import pytest

from audit.story import Story, Tampered, declare, tell
from hetao.audit import audit_store
from hetao.ledger import Ledger


def test_a_story_of_every_event_is_sound(store):
    verification = audit_store(store)
    assert verification.ok, verification.problems
    assert verification.unchecked == ("anchor",)
    assert verification.first_wrong is None
    assert verification.as_dict()["ok"] is True


def test_every_kind_of_event_is_in_the_story(store):
    from hetao.ledger.act import acts

    tampered = Tampered(store)
    rows = tampered.run("SELECT event, outcome FROM journal")
    took_effect = {json.loads(event)["event"] for event, outcome in rows if json.loads(outcome)["ok"]}
    assert took_effect == set(acts())
    tampered.close()


@pytest.mark.parametrize("anchored", [True, False])
def test_a_file_is_sound_with_and_without_its_anchor(url, tmp_path, anchored):
    with Ledger.open(url, anchor=tmp_path / "elsewhere") as ledger:
        tell(ledger)
        assert ledger.verify(tmp_path / "elsewhere").ok
    if not anchored:
        (tmp_path / "store.db-anchor").unlink()
    verification = audit_store(url)
    assert verification.ok, verification.problems
    assert verification.unchecked == (() if anchored else ("anchor",))
    assert verification.entries > 100
    connection = sqlite3.connect(tmp_path / "store.db")
    assert connection.execute("SELECT hash FROM tip").fetchall() == [(verification.head,)]
    connection.close()


def test_an_empty_store_is_sound(url):
    with Ledger.open(url):
        pass
    verification = audit_store(url)
    assert verification.ok, verification.problems
    assert (verification.entries, verification.head) == (0, "0" * 64)


def test_an_empty_store_in_memory_is_sound():
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert ledger.verify().ok


def test_a_store_on_postgresql_is_sound(postgres_url):
    with Ledger.open(postgres_url) as ledger:
        assert audit_store(postgres_url).ok
        tell(ledger)
        verification = ledger.verify()
    assert verification.ok, verification.problems
    assert verification.unchecked == ("anchor",)


def test_a_store_that_is_written_meanwhile_is_sound(url):
    with Ledger.open(url) as ledger:
        story = Story(ledger)
        declare(story)
        for volume in range(5):
            story.cap("A2", "groundwater", 90_000 - volume)
            assert audit_store(url).ok


def test_fifty_entries_take_a_moment(url):
    with Ledger.open(url) as ledger:
        story = Story(ledger)
        declare(story)
        for volume in range(30):
            story.cap("A2", "groundwater", 90_000 - volume)
    spent = []
    for _ in range(5):
        began = time.process_time()
        assert audit_store(url).entries == 52
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05  # 0.015 on a machine at rest

"""The journal judged again: tables and outcomes that are not what it adds up to are named, and tables are made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import hetao.ledger.judge as judging
import hetao.ledger.ledger as engine
from hetao.audit import Verification
from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.chain import chain_hash
from hetao.ledger.rule import rules
from hetao.ledger.store import RawRow


@pytest.fixture
def store(url, scene_on, raw, monkeypatch):
    """A store with one of everything, its triggers gone; the other checker says nothing, so that this one is heard."""
    scene = scene_on(url)
    scene.must("setting", name="plan_margin", value="0.1", from_="2025-01-01", document="文")
    scene.cap("A", 5000)
    scene.breakdown("A", {"A1": 3000}, reserve_m3=5)
    scene.permit("P1", 1000)
    scene.apply("AP2", 10**10)
    scene.must(
        "use", node="A", year=2024, volume_m3=5, source="公报", water="total", basis="withdrawal", ecology="excluded"
    )
    scene.ledger.close()
    for guard in ("journal_appends", "journal_keeps", "journal_holds"):
        raw(f"DROP TRIGGER {guard}")
    raw("PRAGMA foreign_keys = OFF")
    monkeypatch.setattr(engine, "audit_store", lambda *a, **k: Verification(0, "", None, ()))
    return url


def problems(url):
    with Ledger.open(url) as ledger:
        found = ledger.verify(rejudged=True)
    return [(p.code.removeprefix("ledger.verify."), p.place.item) for p in found.problems]


def test_a_sound_store_is_sound(store):
    assert problems(store) == []


TAMPERED = {
    "a cap": ("UPDATE stated SET amount_m3 = 5001 WHERE node = 'A' AND balance = 'cap'", "stated A groundwater"),
    "its paper": ("UPDATE stated SET document = 'x' WHERE node = 'A' AND balance = 'cap'", "stated A groundwater"),
    "what it binds": ("UPDATE stated SET binds = 'used' WHERE node = 'A1'", "stated A1 groundwater"),
    "its edge": ("UPDATE stated SET moved = 1 WHERE node = 'A1'", "stated A1 groundwater"),
    "the entry behind it": ("UPDATE stated SET by = 1 WHERE node = 'A1'", "stated A1 groundwater"),
    "a cap that is gone": ("DELETE FROM stated WHERE node = 'A1'", "stated A1 groundwater"),
    "a cap that nobody issued": (
        "INSERT INTO stated SELECT 'B1', water, basis, ecology, balance, year, 1, document, binds, moved, by, seq"
        " FROM stated WHERE node = 'A1'",
        "stated B1 groundwater",
    ),
    "a place": ("UPDATE node SET name = 'x' WHERE node = 'A'", "node A"),
    "its basins": ("UPDATE node SET basins = '[\"YB\"]' WHERE node = 'A'", "node A"),
    "what is drawn": ("UPDATE headroom SET permitted_m3 = 7 WHERE node = 'A1' AND year = 2025", "headroom A1"),
    "what is used": ("UPDATE headroom SET used_m3 = 7 WHERE node = 'A1' AND year = 2026", "headroom A1"),
    "what is drawn is gone": ("DELETE FROM headroom WHERE node = 'A1' AND year = 2025", "headroom A1"),
    "a permit": ("UPDATE record SET body = replace(body, '1000', '1001') WHERE id = 'P1'", "record permit P1"),
    "a setting": ("UPDATE record SET body = replace(body, '0.1', '0.2') WHERE kind = 'setting'", "record setting"),
    "an application": ("DELETE FROM record WHERE kind = 'application'", "record application AP-P1"),
    "a permit that nobody issued": (
        "INSERT INTO record SELECT kind, 'P2', body, 999999, seq FROM record WHERE id = 'P1'",
        "record permit P2",
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_table_that_was_changed_is_named_and_made_anew(store, raw, case):
    statement, item = TAMPERED[case]
    raw(statement)
    found = problems(store)
    assert found
    assert {code for code, _ in found} == {"table"}
    assert any(place.startswith(item) for _, place in found)
    with Ledger.open(store) as ledger:
        assert ledger.rebuild() == ledger.head.seq
        assert ledger.verify(rejudged=True).ok
        assert ledger.accounts(node="A", year=2025)[-1].cap_m3 == 5000
    assert problems(store) == []


def test_the_rebuilt_tables_are_the_same_rows(any_url, scene_on):
    scene = scene_on(any_url)
    scene.cap("A1", 3000)
    scene.permit("P1", 1000)
    scene.day("2025-07-01").read("P1", 1500, "2025-04-01", "2025-06-30")
    store = scene.ledger._store
    questions = [
        f"SELECT {c} FROM {t} ORDER BY 1, 2, 3"
        for t, c in (
            ("node", "node, name, kind, parent, aquifer, basins, seq"),
            ("stated", "node, water, year, basis, ecology, balance, amount_m3, document, binds, moved, by"),
            ("headroom", "node, water, year, permitted_m3, used_m3, permit_limit_m3, use_limit_m3, debt_m3"),
            ("record", "kind, id, body"),
            ("tip", "seq, hash, clock"),
        )
    ]
    with store.reading():
        before = [store._connection.execute(q).fetchall() for q in questions]
    assert all(before)
    assert scene.ledger.rebuild() == scene.ledger.head.seq
    with store.reading():
        assert [store._connection.execute(q).fetchall() for q in questions] == before
    assert scene.apply("AP9", 2001).decision == "refused"
    assert scene.apply("AP8", 2000).decision == "admitted"
    assert scene.ledger.verify(rejudged=True).ok


def test_an_empty_ledger_is_rebuilt(any_url):
    with Ledger.open(any_url) as ledger:
        assert ledger.rebuild() == 0
        assert ledger.verify(rejudged=True).ok


def test_an_outcome_that_todays_rules_would_not_give_is_named(store, monkeypatch, scene_on):
    held = {name: rule for name, rule in rules().items() if name != "r09"}
    with monkeypatch.context() as patch:
        patch.setattr(judging, "rules_for", lambda event: tuple(r for r in held.values() if event in r.events))
        scene_on(store).cap("A2", 5, issuer="B")
        assert problems(store) == []
    with Ledger.open(store) as ledger:
        head = ledger.head
        (problem,) = ledger.verify(rejudged=True).problems
        assert problem.code == "ledger.verify.rejudged"
        assert "another outcome" in problem.found.en
        with pytest.raises(LedgerError) as caught:
            ledger.rebuild()
        assert caught.value.problems == (problem,)
        assert ledger.head == head
        assert ledger.accounts(node="A2", year=2025)[-1].cap_m3 == 5, "nothing is changed"


def rewrite(raw, seq, event=None, outcome=None):
    """Change an entry and every hash from it on, as somebody would who knows how."""
    rows = raw("SELECT seq, event, outcome FROM journal ORDER BY seq")
    previous = "0" * 64
    for number, held, answer in rows:
        told = (event or held, outcome or answer) if number == seq else (held, answer)
        previous = chain_hash(previous, *told)
        raw("UPDATE journal SET event = ?, outcome = ?, hash = ? WHERE seq = ?", *told, previous, number)
    raw("UPDATE tip SET hash = ?", previous)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"event": "hello"}, "no event"),
        ({"event": "[1]"}, "no event"),
        ({"outcome": "{}"}, "another outcome"),
        ({"outcome": "hello"}, "another outcome"),
    ],
)
def test_an_entry_that_was_rewritten_is_named(store, raw, change, found):
    rewrite(raw, 5, **change)
    Path(f"{store.removeprefix('sqlite:///')}-anchor").unlink()
    with Ledger.open(store) as ledger:
        (problem,) = ledger.verify(rejudged=True).problems
        assert (problem.code, problem.place.item) == ("ledger.verify.rejudged", "journal 5")
        assert found in problem.found.en
        with pytest.raises(LedgerError):
            ledger.rebuild()
    if "event" in change:
        with Ledger.open(store) as ledger, pytest.raises(LedgerError) as caught:
            ledger.accounts(as_of="2030-01-01")
        assert found in caught.value.problems[0].found.en


def test_bytes_that_are_no_text_are_no_event(store):
    with Ledger.open(store) as ledger:
        found = engine.rejudge("x", [RawRow(1, b"k", b'{"key":"\xff"}', b"{}", b"")])
        assert found.problem.place.item == "journal 1"
        assert ledger.head.seq > 0


def test_what_the_other_checker_finds_comes_first(store, monkeypatch):
    bad = Verification(1, "", 1, ())
    monkeypatch.setattr(type(bad), "ok", property(lambda found: False))
    monkeypatch.setattr(engine, "audit_store", lambda *a, **k: bad)
    monkeypatch.setattr(engine, "rejudge", lambda *a, **k: pytest.fail("not reached"))
    with Ledger.open(store) as ledger:
        assert ledger.verify(rejudged=True) is bad
        assert ledger.verify() is bad


def test_the_anchor_is_handed_to_the_other_checker(store, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(engine, "audit_store", lambda source, anchor: asked.append((source, anchor)))
    with Ledger.open(store) as ledger, Ledger.open("sqlite:///:memory:") as memory:
        ledger.verify()
        ledger.verify(str(tmp_path / "noted"))
        memory.verify()
    assert asked[:2] == [(store, None), (store, tmp_path / "noted")]
    assert isinstance(asked[2][0], bytes)


def test_keys_used_twice_are_judged_again(any_url, scene_on):
    scene = scene_on(any_url)
    event = scene.application("AP1", 5)
    assert scene.ledger.apply(event).ok
    assert not scene.ledger.apply({**event, "by": "another"}).ok
    assert not scene.post("tick", key=7).ok
    assert not scene.post("tick", key=None).ok
    assert scene.ledger.apply(event).decision == "duplicate"
    assert scene.ledger.verify(rejudged=True).ok

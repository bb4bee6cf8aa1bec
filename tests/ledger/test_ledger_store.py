"""Stores: what every one does, what can be wrong with one, and what the journal does not let happen to it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress

import pytest

import hetao.ledger.pages as page_sums
import hetao.ledger.store.sqlite as sqlite_store
from hetao.audit import audit_store
from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.faults import FAULTS, as_ledger_errors, store_error
from hetao.ledger.state import State
from hetao.ledger.store import EMPTY, Entered, Head, open_store
from hetao.ledger.store.base import TABLES, changed_rows, take_in

HASH = "a" * 64


def fault(caught):
    (problem,) = caught.value.problems
    assert problem.place.file
    assert all(t.zh and t.en for t in (problem.found, problem.expected, problem.remedy))
    return problem.code.removeprefix("ledger.store.")


def open_and_apply(url, event, **options):
    with Ledger.open(url, **options) as ledger:
        return ledger.apply(event)


@pytest.fixture
def store(any_url):
    opened = open_store(any_url, read_only=False, wait_s=5.0)
    yield opened
    opened.close()


def write(store, *entries, head=None):
    with store.writing():
        store.append(entries)
        store.seal(head or Head(entries[-1].seq, entries[-1].hash), None)


def test_an_empty_store(store):
    with store.reading() as head:
        assert head == EMPTY == store.tip()
        assert store.kept(["k"]) == store.kept([]) == {}
        assert list(store.raw_rows()) == []
        assert store.missing_guards() == ()
    assert store.entries(0, 10) == []
    state = State()
    with store.reading():
        store.load(state, 0)
    assert (state.nodes, state.clock) == ({}, None)


def test_what_is_written_is_read_back(store):
    write(store, Entered(1, "甲", '{"a":1}', "one", HASH), Entered(2, None, "{}", "two", "b" * 64))
    with store.reading() as head:
        assert head == Head(2, "b" * 64) == store.tip()
        ((key, kept),) = store.kept(["甲", "乙"]).items()
        assert (key, kept.seq, kept.event, kept.outcome) == ("甲", 1, '{"a":1}', "one")
        rows = list(store.raw_rows())
    assert [(r.seq, r.key, r.event, r.outcome) for r in rows] == [
        (1, "甲".encode(), b'{"a":1}', b"one"),
        (2, None, b"{}", b"two"),
    ]
    assert rows[0].hash == HASH.encode()
    assert [entry.event for entry in store.entries(0, 1)] == ['{"a":1}']
    assert [entry.event for entry in store.entries(1, 9)] == ["{}"]


def test_many_keys_are_looked_up_at_once(store, monkeypatch):
    monkeypatch.setattr(sqlite_store, "KEYS_AT_ONCE", 3)
    write(store, *(Entered(n, f"k{n}", "{}", "x", HASH) for n in range(1, 9)))
    with store.reading():
        assert sorted(store.kept([f"k{n}" for n in range(5, 15)])) == ["k5", "k6", "k7", "k8"]


class _StopError(Exception):
    pass


@pytest.mark.parametrize("error", [_StopError, KeyboardInterrupt, GeneratorExit])
def test_a_block_that_fails_leaves_nothing(store, error):
    with suppress(error), store.writing():
        store.append([Entered(1, "k", "{}", "x", HASH)])
        raise error
    with store.reading() as head:
        assert head == EMPTY
    write(store, Entered(1, "k", "{}", "x", HASH))
    with store.reading() as head:
        assert head.seq == 1


@pytest.mark.parametrize(
    "entry",
    [
        Entered(3, "new", "{}", "x", HASH),
        Entered(1, "new", "{}", "x", HASH),
        Entered(2, "old", "{}", "x", HASH),
        Entered(2, "new", "{}", "x", "short"),
        Entered(0, "new", "{}", "x", HASH),
        Entered(-1, "new", "{}", "x", HASH),
        Entered(2, "new", None, "x", HASH),
    ],
    ids=["gap", "number twice", "key twice", "no hash", "number 0", "number below 0", "no event"],
)
def test_the_journal_takes_the_next_entry_only(store, entry):
    write(store, Entered(1, "old", "{}", "x", HASH))
    with pytest.raises(LedgerError) as caught:
        write(store, entry)
    assert fault(caught) == "damaged"
    with store.reading() as head:
        assert head == Head(1, HASH)
    write(store, Entered(2, "new", "{}", "x", HASH))


def node_row(node="NM", parent=None, kind="region", seq=1):
    return (node, "名", kind, parent, None, "[]", seq)


def stated_row(**fields):
    own = {
        "node": "NM",
        "water": "total",
        "basis": "withdrawal",
        "ecology": "excluded",
        "balance": "cap",
        "year": 2024,
        "amount_m3": 5,
        "document": "文",
        "binds": "used",
        "moved": 0,
        "by": 1,
        "seq": 1,
    }
    return tuple({**own, **fields}.values())


def headroom_row(**fields):
    own = dict.fromkeys(TABLES["headroom"][1], 0)
    limits = {name: None for name in own if name.endswith("limit_m3")}
    return tuple({**own, **limits, "node": "NM", "water": "total", "year": 2024, "seq": 1, **fields}.values())


ROWS_REFUSED = {
    "cap of nobody": {"stated": [stated_row(node="?")]},
    "cap below 0": {"stated": [stated_row(amount_m3=-1)]},
    "no basis": {"stated": [stated_row(basis="net")]},
    "no ecology": {"stated": [stated_row(ecology="some")]},
    "no water": {"stated": [stated_row(water="snow")]},
    "no balance": {"stated": [stated_row(balance="lost")]},
    "year 0": {"stated": [stated_row(year=0)]},
    "year 10000": {"stated": [stated_row(year=10000)]},
    "moved by half": {"stated": [stated_row(moved=2)]},
    "no document": {"stated": [stated_row(document=None)]},
    "amount in words": {"stated": [stated_row(amount_m3="five")]},
    "no kind of place": {"node": [node_row("X", kind="village", seq=2)]},
    "no such parent": {"node": [node_row("X", "?", seq=2)]},
    "entry of two places": {"node": [node_row("X", seq=1)]},
    "drawn nowhere": {"headroom": [headroom_row(node="?")]},
    "permitted over the cap": {"headroom": [headroom_row(permitted_m3=6, permit_limit_m3=5)]},
    "planned over the cap": {"headroom": [headroom_row(planned_m3=6, plan_limit_m3=5)]},
    "used over the cap, no debt": {"headroom": [headroom_row(used_m3=6, use_limit_m3=5)]},
    "permitted with ecology over the cap": {
        "headroom": [headroom_row(permitted_m3=3, ecology_permitted_m3=3, all_permit_limit_m3=5)]
    },
    "planned with ecology over the cap": {
        "headroom": [headroom_row(planned_m3=3, ecology_planned_m3=3, all_plan_limit_m3=5)]
    },
    "used with ecology over the cap, no debt": {
        "headroom": [headroom_row(used_m3=3, ecology_used_m3=3, all_use_limit_m3=5)]
    },
    **{
        f"{name} below 0": {"headroom": [headroom_row(**{name: -1})]}
        for name in TABLES["headroom"][1]
        if name.endswith("_m3") and not name.endswith("limit_m3")
    },
    "record without a body": {"record": [("permit", "P1", None, 1, 1)]},
}
ROWS_TAKEN = {
    "stated": [stated_row()],
    "headroom": [
        headroom_row(permitted_m3=5, permit_limit_m3=5, planned_m3=5, plan_limit_m3=5),
        headroom_row(year=2025, used_m3=6, use_limit_m3=5, debt_m3=1),
        headroom_row(year=2026, used_m3=6),
    ],
    "record": [("permit", "P1", "[]", 1, 1)],
}


@pytest.mark.parametrize("case", ROWS_REFUSED)
def test_the_tables_refuse_what_cannot_be(store, case):
    with store.writing():
        store.write({"node": [node_row()]})
    with pytest.raises(LedgerError) as caught, store.writing():
        store.write(ROWS_REFUSED[case])
    assert fault(caught) == "damaged"
    with store.writing():
        store.write(ROWS_TAKEN)


def test_sqlite_takes_whole_cubic_metres_only():
    with closing(open_store("sqlite:///:memory:", read_only=False, wait_s=0)) as store:
        with store.writing():
            store.write({"node": [node_row()]})
        with pytest.raises(LedgerError, match="REAL"), store.writing():
            store.write({"stated": [stated_row(amount_m3=5.5)]})


def test_rows_are_replaced_and_cleared(store):
    with store.writing():
        store.write({"node": [node_row()], **ROWS_TAKEN})
        store.write({"stated": [stated_row(amount_m3=7, seq=2)], "record": [], "node": []})
    state = State()
    with store.reading():
        store.load(state, 1)
    ((node, line, balance, year, entry),) = state.entries()
    assert (node, line.water, balance, year, entry.amount_m3, entry.binds) == ("NM", "total", "cap", 2024, 7, ("used",))
    assert state.nodes == {}
    with store.writing():
        store.clear()
    with store.reading():
        store.load(state := State(), 0)
    assert (state.nodes, list(state.entries())) == ({}, [])


def test_a_caps_pressure_is_written_with_it(scene):
    """The rows hold what the caps leave, so that a store can refuse by itself what a judge would let through."""
    scene.cap("A1", 1000)
    scene.permit("P1", 600)
    state = scene.ledger.state()
    rows = {
        row[:3]: dict(zip(TABLES["headroom"][1], row, strict=True))
        for row in changed_rows(state, state.everything(), 9)["headroom"]
    }
    cell = rows["A1", "groundwater", 2025]
    assert (cell["permitted_m3"], cell["permit_limit_m3"], cell["all_permit_limit_m3"]) == (600, 1000, None)
    assert rows["A1", "total", 2025]["permit_limit_m3"] is None
    assert rows["NM", "total", 2025]["permit_limit_m3"] == 10**9
    assert cell["seq"] == 9


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("node", ("NM", "名", "region", "?", None, "[]", 1)),
        ("node", ("NM", "名", "region", None, None, "no JSON", 1)),
        ("stated", (1, 2, 3)),
        ("record", ("fancy", "x", "[]", 1, 1)),
        ("record", ("permit", "x", "[1]", 1, 1)),
        ("record", ("permit", "x", "5", 1, 1)),
    ],
)
def test_rows_that_make_no_state(table, row):
    with pytest.raises((KeyError, TypeError, ValueError)):
        take_in(State(), table, [row])


def test_rows_taken_in_twice_make_the_same_state():
    state = State()
    for _ in range(2):
        take_in(state, "node", [node_row(), node_row("A", "NM", "league", 2)])
        take_in(state, "stated", [stated_row()])
        take_in(state, "headroom", [headroom_row(used_m3=5)])
    assert list(state.nodes) == ["NM", "A"]
    assert state.parts("NM") == ("A",)
    assert len(list(state.entries())) == 1
    assert state.drawn(("NM", "total", 2024)) == [0, 0, 5, 0, 0, 0]


def test_a_state_that_cannot_be_read_is_told(shared_url, make):
    with Ledger.open(shared_url) as ledger:
        ledger.apply(make.node("NM", "region"))
        with ledger._store.writing():
            ledger._store.write({"record": [("permit", "P1", "[1]", 1, 1)]})
    with Ledger.open(shared_url) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.nodes()
        assert fault(caught) == "damaged"


# A whole ledger on any store


def test_a_store_outlives_its_program(shared_url, make):
    with Ledger.open(shared_url) as ledger:
        for event in [
            *make.tree(),
            make.node("C1", "banner", "NM", basins=["YB"]),
            make.cap("NM", 9, binds=["used"]),
            make.use("NM", 10),
        ]:
            assert ledger.apply(event).ok
        left = ledger.head, ledger.nodes(), ledger.accounts()
    with Ledger.open(shared_url) as ledger:
        assert (ledger.head, ledger.nodes(), ledger.accounts()) == left
        assert [w.rule for w in ledger.apply(make.use("NM", 11)).warnings] == ["use.over_cap", "use.revised"]
        early = make.use("NM", 1, at="2023-01-01T00:00:00Z")
        assert [f.rule for f in ledger.apply(early).refusals] == ["event.backwards"]
        assert ledger.verify().ok


def test_two_programs_take_turns(shared_url, make):
    with Ledger.open(shared_url) as one, Ledger.open(shared_url) as two:
        for event in make.tree():
            assert one.apply(event).ok
        assert two.apply(make.cap("NM", 100)).ok
        assert one.apply(make.breakdown("NM", {"A": 60})).ok
        assert not two.apply(make.breakdown("NM", {"B": 41})).ok
        assert one.accounts() == two.accounts()
        assert one.verify().ok


def test_only_what_is_new_is_taken_in(shared_url, scene_on, monkeypatch):
    one, two = scene_on(shared_url), scene_on(shared_url)
    two.ledger.nodes()
    loads = []
    load = type(two.ledger._store).load

    def counted(store, state, after):
        loads.append(after)
        load(store, state, after)

    monkeypatch.setattr(type(two.ledger._store), "load", counted)
    before = one.ledger.head.seq
    one.permit("P1", 600)
    one.cap("A1", 700)
    assert two.drawn("A1") == (600, 0, 0, 0, 0, 0)
    assert two.drawn("A1") == one.drawn("A1")
    assert loads == [before]
    assert two.apply("AP2", 101).decision == "refused"
    third = two.apply("AP3", 100)
    assert third.decision == "admitted", third
    assert one.drawn("A1") == (700, 0, 0, 0, 0, 0)
    assert loads == [before, before + 5]
    assert one.ledger.state().everything().cells == two.ledger.state().everything().cells
    monkeypatch.undo()
    assert one.ledger.verify(rejudged=True).ok


def test_what_was_not_written_is_forgotten(any_url, make, monkeypatch):
    with Ledger.open(any_url) as ledger:
        assert ledger.apply(make.node("NM", "region")).ok
        cap = make.cap("NM", 5)
        with monkeypatch.context() as patch:
            patch.setattr(type(ledger._store), "seal", lambda store, head, clock: (_ for _ in ()).throw(ledger_error()))
            with pytest.raises(LedgerError):
                ledger.apply(cap)
        assert ledger.accounts() == ()
        assert ledger.head.seq == 1
        assert ledger.apply(cap).decision == "posted"
        assert ledger.verify(rejudged=True).ok


def ledger_error():
    return LedgerError([])


@pytest.mark.parametrize("kind", ["file", "postgresql"])
def test_an_export_gives_the_same_store_of_another_kind(request, url, scene, kind):
    scene.permit("P1", 600)
    scene.apply("AP9", 10**10)
    target = url if kind == "file" else request.getfixturevalue("postgres_schema_url")
    with Ledger.open(target) as copy:
        outcomes = list(copy.replay(scene.ledger.export()))
        assert outcomes[-1].decision == "refused"
        assert copy.head == scene.ledger.head
        assert copy.accounts() == scene.ledger.accounts()
        assert list(copy.export()) == list(scene.ledger.export())


def test_reading_only(shared_url, make):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(shared_url, read_only=True)
    assert fault(caught) == "absent"
    with Ledger.open(shared_url) as ledger:
        ledger.apply(make.node("NM", "region"))
    with pytest.raises(LedgerError) as caught:
        open_and_apply(shared_url, make.node("B", "basin"), read_only=True)
    assert fault(caught) == "read_only"
    with Ledger.open(shared_url, read_only=True) as ledger:
        assert ledger.verify().ok
        assert len(ledger.nodes()) == 1


@pytest.mark.parametrize("method", ["head", "nodes", "accounts", "export", "due"])
def test_a_closed_ledger(shared_url, make, method):
    ledger = Ledger.open(shared_url)
    ledger.apply(make.node("NM", "region"))
    ledger.close()
    with pytest.raises(LedgerError, match="closed") if "sqlite" in shared_url else suppress(LedgerError):
        what = (
            getattr(ledger, method)
            if method == "head"
            else getattr(ledger, method)(*(["2025-01-01"] * (method == "due")))
        )
        list(what)
    ledger.close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("store.db", "scheme"),
        ("sqlite://store.db", "scheme"),
        ("sqlite:///", "scheme"),
        ("mysql://server/db", "scheme"),
        ("postgresql://user:secret@127.0.0.1:1/db", "unavailable"),
        ("postgres://user:secret@127.0.0.1:1/db?password=secret", "unavailable"),
        ("postgresql://not an address", "scheme"),
    ],
)
def test_addresses_that_lead_nowhere(address, expected):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(address)
    assert fault(caught) == expected
    assert "secret" not in str(caught.value)


def test_every_fault_has_its_words():
    for name, words in FAULTS.items():
        assert all(text.zh and text.en for text in words), name


# Files of SQLite


def test_a_file_that_is_no_store(tmp_path):
    (tmp_path / "notes.db").write_text("not a database, but long enough to be taken for one" * 20)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE t (x)")
    for name in ("notes.db", "other.db"):
        before = (tmp_path / name).read_bytes()
        for read_only in (False, True):
            with pytest.raises(LedgerError) as caught:
                Ledger.open(f"sqlite:///{tmp_path / name}", read_only=read_only)
            assert fault(caught) == "foreign"
        assert (tmp_path / name).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.db", "other.db"]


def test_an_empty_file_becomes_a_store_only_for_writing(tmp_path):
    (tmp_path / "store.db").touch()
    with pytest.raises(LedgerError) as caught:
        Ledger.open(f"sqlite:///{tmp_path / 'store.db'}", read_only=True)
    assert fault(caught) == "foreign"
    with Ledger.open(f"sqlite:///{tmp_path / 'store.db'}") as ledger:
        assert ledger.head.seq == 0


def test_a_store_made_by_two_programs_at_once(url, monkeypatch):
    answers = iter([True, False])
    with Ledger.open(url):
        monkeypatch.setattr(sqlite_store, "_is_empty", lambda connection: next(answers))
        with Ledger.open(url) as second:
            assert second.verify().ok


@pytest.mark.parametrize(("version", "expected"), [(99, "newer"), (1, "older")])
def test_a_store_of_another_version(url, raw, version, expected):
    Ledger.open(url).close()
    raw(f"PRAGMA user_version = {version}")
    for read_only in (False, True):
        with pytest.raises(LedgerError) as caught:
            Ledger.open(url, read_only=read_only)
        assert fault(caught) == expected
    assert f"{version} / " in str(caught.value)


def test_a_missing_store_is_not_made_for_reading(url, tmp_path):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url, read_only=True)
    assert fault(caught) == "absent"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wait_s", [0, 0.05])
def test_a_store_locked_by_another_connection(url, make, raw, wait_s):
    Ledger.open(url).close()
    raw("BEGIN IMMEDIATE")
    with Ledger.open(url, wait_s=wait_s) as ledger:
        with pytest.raises(LedgerError) as caught:
            ledger.apply(make.node("NM", "region"))
        assert fault(caught) == "locked"
        raw("ROLLBACK")
        assert ledger.apply(make.node("NM", "region")).ok


@pytest.mark.parametrize("wait_s", [0, 0.05])
def test_a_store_that_another_ledger_writes(url, make, wait_s):
    with Ledger.open(url) as one, Ledger.open(url, wait_s=wait_s) as two:
        with one._store.writing(), pytest.raises(LedgerError) as caught:
            two.apply(make.node("NM", "region"))
        assert fault(caught) == "locked"
        assert two.apply(make.node("NM", "region")).ok


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")
    assert fault(caught) == "unreachable"


@pytest.mark.parametrize("name", ["store.db-lock", "store.db-anchor"])
def test_a_file_beside_the_store_that_cannot_be_written(url, tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(LedgerError):
        Ledger.open(url)
    (tmp_path / name).rmdir()
    Ledger.open(url).close()


def test_a_write_that_fails_leaves_no_trace(url, make, raw):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        head = ledger.head
        raw("CREATE TRIGGER broken BEFORE INSERT ON stated BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(LedgerError):
            ledger.apply(make.cap("NM", 5))
        raw("DROP TRIGGER broken")
        assert (ledger.head, ledger.accounts()) == (head, ())
        assert ledger.apply(make.cap("NM", 6)).ok
        assert ledger.verify().ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET event = '{}' WHERE seq = 1",
        "UPDATE journal SET seq = seq + 100",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        "INSERT OR REPLACE INTO journal SELECT 3, key, event, outcome, hash FROM journal WHERE seq = 1",
        "INSERT INTO journal SELECT 7, 'new', event, outcome, hash FROM journal WHERE seq = 1",
    ],
)
def test_the_journal_is_append_only(url, make, raw, statement):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        ledger.apply(make.cap("NM", 5))
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|next entry only"):
        raw(statement)
    assert raw("SELECT COUNT(*) FROM journal") == [(2,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET event = '{}'",
        "DELETE FROM journal",
        "DROP TABLE journal",
        "UPDATE OR IGNORE journal SET key = 1",
    ],
)
def test_the_ledgers_own_connection_may_not_even_try(url, make, statement):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            ledger._store._connection.execute(statement)
        assert ledger.head.seq == 1


@pytest.mark.parametrize("guard", ["journal_appends", "journal_keeps", "journal_holds"])
def test_a_guard_that_is_gone_is_named(url, make, raw, guard):
    Ledger.open(url).close()
    raw(f"DROP TRIGGER {guard}")
    with Ledger.open(url) as ledger, ledger._store.reading():
        assert ledger._store.missing_guards() == (guard,)


def test_keys_are_unique_even_without_the_trigger(url, make, raw):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
    raw("DROP TRIGGER journal_appends")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        raw("INSERT INTO journal SELECT 2, key, event, outcome, hash FROM journal WHERE seq = 1")


def test_the_log_goes_into_the_main_file_once_it_is_large(url, make, tmp_path, monkeypatch):
    log = tmp_path / "store.db-wal"
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
        grown = log.stat().st_size
        assert grown > 0
        monkeypatch.setattr(sqlite_store, "LOG_BYTES", grown)
        ledger.apply(make.cap("NM", 5))
        assert log.stat().st_size == 0
        assert ledger.verify().ok


def test_a_reader_puts_the_checkpoint_off(url, make, tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_store, "LOG_BYTES", 1)
    with Ledger.open(url) as ledger, Ledger.open(url, read_only=True) as reader:
        ledger.apply(make.node("NM", "region"))
        with reader._store.reading() as seen:
            assert ledger.apply(make.cap("NM", 5)).ok
            assert (tmp_path / "store.db-wal").stat().st_size > 0
            assert seen.seq == 1
        assert ledger.apply(make.cap("NM", 6)).ok
        assert (tmp_path / "store.db-wal").stat().st_size == 0


def test_a_log_left_behind_is_put_away_when_the_store_is_opened(url, make, tmp_path):
    ledger = Ledger.open(url)
    ledger.apply(make.node("NM", "region"))
    for name in ("store.db", "store.db-wal", "store.db-pages"):
        (tmp_path / f"left-{name}").write_bytes((tmp_path / name).read_bytes())
    ledger.close()
    left = f"sqlite:///{tmp_path / 'left-store.db'}"
    with Ledger.open(left) as again:
        assert not (tmp_path / "left-store.db-wal").exists() or not (tmp_path / "left-store.db-wal").stat().st_size
        assert again.head.seq == 1
        assert again.apply(make.cap("NM", 5)).ok


def test_closing_twice_harms_nobody(url, tmp_path):
    ledger = Ledger.open(url)
    ledger.close()
    others = [os.open(tmp_path / f"other{n}", os.O_CREAT | os.O_RDWR) for n in range(8)]
    ledger.close()
    for other in others:
        assert stat.S_ISREG(os.fstat(other).st_mode)
        os.close(other)


def test_errors_without_a_code_are_damage():
    with pytest.raises(LedgerError) as caught, as_ledger_errors("sqlite:///x"):
        raise sqlite3.DatabaseError("no code")
    assert fault(caught) == "damaged"


# The anchor


def test_an_anchor_takes_the_head_after_each_seal(url, make, tmp_path):
    beside, own = tmp_path / "store.db-anchor", tmp_path / "elsewhere"
    with Ledger.open(url, anchor=own) as ledger:
        assert (beside.read_text(), own.read_text()) == ("", "")
        for event in make.tree()[:3]:
            ledger.apply(event)
            line = f'{{"hash": "{ledger.head.hash}", "seq": {ledger.head.seq:>19}}}\n'
            assert (beside.read_text(), own.read_text()) == (line, line)
        ledger.apply(make.tree()[0])
        assert ledger.verify(own).ok
    with Ledger.open(url) as ledger:
        ledger.apply(make.cap("NM", 1))
        assert own.read_text() == own.read_text()
        assert str(ledger.head.seq) in beside.read_text()


def test_a_store_in_memory_has_no_anchor_beside_it(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)
    with Ledger.open("sqlite:///:memory:", anchor="noted") as ledger:
        ledger.apply(make.node("NM", "region"))
        assert ledger.head.hash in (tmp_path / "noted").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["noted"]


def test_an_anchor_that_cannot_be_opened(url, tmp_path):
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url, anchor=tmp_path / "nowhere" / "anchor")
    assert fault(caught) == "anchor"
    Ledger.open(url).close()


def test_an_anchor_that_fails_does_not_hide_what_is_durable(url, make, monkeypatch):
    """The event is posted before the anchor is written: the caller is told so, or of a fault of the anchor."""
    event = make.node("NM", "region")
    with Ledger.open(url) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", lambda *a: (_ for _ in ()).throw(OSError(28, "no space left")))
            error, outcome = None, None
            try:
                outcome = ledger.apply(event)
            except LedgerError as raised:
                error = raised
        assert outcome.ok if error is None else error.problems[0].code == "ledger.store.anchor"
        assert ledger.head.seq == 1
        assert ledger.apply(event).decision == "duplicate"


# Ledgers that nobody closes

UNCLOSED = {
    "the program ends": "",
    "nobody holds it any more": "del ledger",
    "it is garbage in a circle": "import gc; a = [ledger]; a.append(a); del a, ledger; gc.collect()",
    "it is interrupted": "raise KeyboardInterrupt",
    "its closing is interrupted": "ledger._store._settle = lambda: exec('raise KeyboardInterrupt'); ledger.close()",
    "its last transaction is open": "ledger._store._connection.execute('BEGIN'); del ledger",
}


def end_unclosed(url, end, before=""):
    events = '[{"event": "tick", "key": f"t{n}", "at": "2025-01-01T08:00:00+08:00", "by": "x"} for n in range(40)]'
    program = f"from hetao.ledger import Ledger\n{before}\nledger = Ledger.open({url!r})\n"
    program += f"for event in {events}:\n    ledger.apply(event)\n{end}\n"
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)


@pytest.mark.parametrize("end", UNCLOSED)
def test_a_ledger_that_was_not_closed_leaves_a_sound_store(url, tmp_path, end):
    end_unclosed(url, UNCLOSED[end])
    assert (tmp_path / "store.db-wal").stat().st_size > 0, "the log stays for the next one who writes"
    with Ledger.open(url, read_only=True) as ledger:
        assert (ledger.head.seq, ledger.verify().problems) == (40, ())
    for _ in range(2):  # the first puts the log away
        with Ledger.open(url) as ledger:
            assert (ledger.head.seq, ledger.verify().problems) == (40, ())


def test_without_the_guest_sqlite_puts_the_log_away_itself(url):
    end_unclosed(url, "", "from hetao.ledger.store.sqlite import SqliteStore\nSqliteStore._invite_guest = print")
    with Ledger.open(url, read_only=True) as ledger:
        assert not ledger.verify().ok


# Bits that flip under a ledger


def flip(path, table):
    """Flip a bit in the last cell of the first page of a table, and return the page's number."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ((page, size),) = connection.execute(
            "SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = ?", (table,)
        )
    with path.open("r+b") as file:
        file.seek(page * size - 3)
        byte = file.read(1)[0]
        file.seek(page * size - 3)
        file.write(bytes([byte ^ 1]))
    return page


def told(call):
    with pytest.raises(LedgerError) as caught:
        call()
    assert fault(caught) == "pages"
    return caught.value.problems[0].found.en


@pytest.fixture
def filled(url, make, tmp_path):
    with Ledger.open(url) as ledger:
        assert ledger.apply(make.node("NM", "region")).ok
        assert ledger.apply(make.cap("NM", 5)).ok
    return tmp_path / "store.db"


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("table", ["node", "stated", "journal"])
def test_what_a_flipped_bit_left_is_not_acted_on(filled, url, make, table, read_only):
    page = flip(filled, table)
    before = filled.read_bytes()
    for _ in range(2):
        with Ledger.open(url, read_only=read_only) as ledger:
            calls = [ledger.accounts, ledger.nodes] if read_only else [lambda: ledger.apply(make.cap("NM", 6))]
            for call in calls:
                assert f"page {page}" in told(call)
            assert [p.place.item for p in ledger.verify().problems if p.code.endswith(".page")] == [f"page {page}"]
    assert filled.read_bytes() == before


def test_a_bit_that_flips_under_an_open_ledger_is_not_summed_anew(filled, url, make, monkeypatch):
    """What is committed on a damaged page stays in the log: the damage is told at once, and ever after."""
    with Ledger.open(url) as ledger:
        assert ledger.apply(make.cap("NM", 6)).ok
        monkeypatch.setattr(sqlite_store, "LOG_BYTES", 1)
        page, event = flip(filled, "stated"), make.cap("NM", 7)
        assert f"page {page}" in told(lambda: ledger.apply(event))
        assert f"page {page}" in told(lambda: ledger.apply(event))
    with Ledger.open(url) as ledger:
        assert f"page {page}" in told(lambda: ledger.apply(event))
        assert "page" in {p.code.rpartition(".")[2] for p in ledger.verify().problems}


@pytest.mark.parametrize("table", ["node", "stated", "headroom", "record", "tip"])
def test_rebuilding_mends_what_is_not_the_journal(filled, url, make, table):
    flip(filled, table)
    with Ledger.open(url) as ledger:
        assert ledger.rebuild() == 2
        assert ledger.apply(make.cap("NM", 6)).ok
        assert ledger.verify(rejudged=True).ok
    with Ledger.open(url) as ledger:
        assert (ledger.verify().problems, ledger.verify().unchecked, ledger.head.seq) == ((), (), 3)


def test_rebuilding_leaves_one_end_of_the_journal(filled, url, make):
    """A bit in the first column of ``tip`` makes a second row possible, which no writer would look at."""
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("INSERT INTO tip VALUES (6, 1, ?, NULL)", ("0" * 64,))
        connection.commit()
    with Ledger.open(url) as ledger:
        assert not ledger.verify().ok
        assert ledger.rebuild() == 2
        assert ledger.apply(make.cap("NM", 6)).ok
        assert ledger.verify(rejudged=True).ok


def test_rebuilding_does_not_mend_the_journal(filled, url, make):
    flip(filled, "journal")
    with Ledger.open(url) as ledger:
        with pytest.raises(LedgerError):
            ledger.rebuild()
        assert not ledger.verify().ok


def test_what_sqlite_put_away_itself_can_be_rebuilt(filled, url, make, tmp_path):
    """Somebody looked into the store with SQLite after a program was killed: nothing is wrong but the sums."""
    end_unclosed(url, "import os; os._exit(1)")
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("SELECT * FROM tip")
    with Ledger.open(url) as ledger:
        told(ledger.accounts)
        assert ledger.rebuild() == 42
        assert (ledger.verify(rejudged=True).problems, ledger.head.seq) == ((), 42)
    with Ledger.open(url) as ledger:
        assert ledger.verify().ok


def test_pages_that_are_put_away_while_they_are_checked_are_no_damage(filled, url, make, monkeypatch):
    """Another program puts the log away between the reading of sums and pages: once, or again and again."""
    compare, left = page_sums._compare, []
    with Ledger.open(url) as writer:

        def put_away(main, sums, pages):
            if left:
                left.pop()
                with monkeypatch.context() as patch:
                    patch.setattr(page_sums, "_compare", compare)
                    patch.setattr(sqlite_store, "LOG_BYTES", 1)
                    assert writer.apply(make.cap("NM", 6 + len(left))).ok
            compare(main, sums, pages)

        for times in (1, 2, 99):
            left[:] = [1] * times
            with monkeypatch.context() as patch:
                patch.setattr(page_sums, "_compare", put_away)
                page_sums.check_pages(filled)
            assert len(left) == max(0, times - page_sums.TRIES)
        page_sums.check_pages(filled)


def test_who_turns_the_log_on_waits_for_another_who_is_at_it(monkeypatch):
    busy, waited = [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY], []

    class Connection:
        def execute(self, statement):
            if busy:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = busy.pop()
                raise error

    monkeypatch.setattr(sqlite_store.time, "sleep", waited.append)
    sqlite_store._keep_a_log(Connection(), wait_s=5)
    assert len(waited) == 2
    for codes, wait_s in (([sqlite3.SQLITE_BUSY], -1), ([sqlite3.SQLITE_FULL], 5)):
        busy[:] = codes
        with pytest.raises(sqlite3.OperationalError):
            sqlite_store._keep_a_log(Connection(), wait_s)


def test_a_schema_that_cannot_be_read_is_damage(filled, url):
    """SQLite's own words of it are no UTF-8."""
    held = bytearray(filled.read_bytes())
    held[held.find(b"CREATE TABLE") + 20] |= 0x80
    filled.write_bytes(held)
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url)
    assert fault(caught) == "damaged"
    found = audit_store(url)
    assert not found.ok


def test_entries_without_words_are_told_when_they_are_judged_again(url, make, raw):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
    for statement in ("DROP TRIGGER journal_keeps", "PRAGMA writable_schema = ON"):
        raw(statement)
    raw("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'journal'")
    raw("PRAGMA writable_schema = RESET")
    raw("UPDATE journal SET event = NULL, outcome = NULL")
    with Ledger.open(url) as ledger, pytest.raises(LedgerError) as caught:
        ledger.rebuild()
    assert caught.value.problems[0].code == "ledger.verify.rejudged"


def test_a_lock_that_closing_let_go_is_not_let_go_twice(url):
    with Ledger.open(url) as ledger:
        held = ledger._store._locked()
        held.__enter__()
    held.__exit__(None, None, None)


@pytest.mark.parametrize("told", [True, False])
def test_descriptors_of_main_files_are_closed_where_that_harms_no_lock(filled, url, monkeypatch, told):
    def lent():
        return sum(os.path.samestat(os.fstat(file), filled.stat()) for file in page_sums._lent.values())

    with monkeypatch.context() as patch:
        if not told:
            patch.setattr(page_sums, "FDINFO", filled.parent / "nowhere")
        page_sums._locks_are_told.cache_clear()
        with Ledger.open(url) as ledger, Ledger.open(url) as other:
            assert ledger.nodes() == other.nodes()
            ledger.close()
            assert lent() == 1, "the other one's lock would be lost"
            assert other.nodes()
        assert lent() == (0 if told else 1)
    page_sums._locks_are_told.cache_clear()
    page_sums.close_unused()
    assert lent() == 0


def test_a_store_that_cannot_be_opened_keeps_its_log(filled, url, tmp_path):
    """The sums are damaged, so the log that a killed program left may not go into the main file."""
    end_unclosed(url, "import os; os._exit(1)")
    log, sums = tmp_path / "store.db-wal", tmp_path / "store.db-pages"
    held, whole = log.read_bytes(), sums.read_bytes()
    sums.write_bytes(whole[:-1])
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url)
    assert fault(caught) == "damaged"
    assert log.read_bytes()[: len(held)] == held
    sums.write_bytes(whole)
    with Ledger.open(url) as ledger:
        assert (ledger.head.seq, ledger.verify().problems) == (42, ())


def test_a_rebuild_that_fails_leaves_the_damage_told(filled, url, monkeypatch):
    page = flip(filled, "stated")
    with Ledger.open(url) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(sqlite_store.SqliteStore, "seal", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                ledger.rebuild()
        assert f"page {page}" in told(ledger.accounts)
    with Ledger.open(url) as ledger:
        assert f"page {page}" in told(ledger.accounts)
        assert ledger.rebuild() == 2
        assert ledger.verify(rejudged=True).ok


@pytest.mark.parametrize("changed", ["event = replace(event, ':5,', ':6,')", "outcome = CAST(x'ff' AS TEXT)"])
def test_a_day_gone_by_is_not_told_from_a_journal_that_was_changed(url, make, raw, changed):
    with Ledger.open(url) as ledger:
        for event in (make.node("NM", "region"), make.cap("NM", 5)):
            assert ledger.apply(event).ok
        (account,) = [a for a in ledger.accounts(as_of="2999-12-31") if a.cap_m3]
        assert account.cap_m3 == 5
    raw("DROP TRIGGER journal_keeps")
    raw(f"UPDATE journal SET {changed} WHERE seq = 2")
    with Ledger.open(url, read_only=True) as ledger, pytest.raises(LedgerError) as caught:
        ledger.accounts(as_of="2999-12-31")
    assert caught.value.problems[0].place.item == "journal 2"


def test_of_sums_that_are_replaced_at_every_try_nothing_is_said(filled, monkeypatch):
    read, tried = iter(range(99)), []

    def differs(main, sums):
        tried.append(sums)
        raise page_sums.DamagedPageError(store_error("pages", str(main)).problems)

    monkeypatch.setattr(page_sums, "_read_sums", lambda main: next(read))
    monkeypatch.setattr(page_sums, "_check_against", differs)
    page_sums.check_pages(filled)
    assert tried == list(range(page_sums.TRIES))


@pytest.mark.parametrize("flipped", [False, True])
def test_a_store_without_page_sums_is_read_as_it_is(filled, flipped):
    """A copy of the main file alone: nothing is known of its pages, and a bit of a name tells nobody."""
    if flipped:
        flip(filled, "journal")
    filled.with_name("store.db-pages").unlink()
    with Ledger.open(f"sqlite:///{filled}", read_only=True) as ledger:
        assert [node.node for node in ledger.nodes()] == ["NM"]
    assert not filled.with_name("store.db-pages").exists()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_path_that_the_system_does_not_take_is_told(tmp_path, read_only):
    for call in (lambda url: Ledger.open(url, read_only=read_only), audit_store):
        with pytest.raises(LedgerError) as caught:
            call(f"sqlite:///{tmp_path / ('a' * 300)}")
        assert caught.value.problems[0].code in ("ledger.store.unreachable", "ledger.store.damaged")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_entered_is_told(tmp_path, monkeypatch):
    def forbidden(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.stat", forbidden)
        for call in (lambda url: Ledger.open(url, read_only=True), audit_store):
            with pytest.raises(LedgerError, match="Permission denied"):
                call(f"sqlite:///{tmp_path / 'store.db'}")

"""The guards themselves are tested: with one of them taken away, the test that watches it must fail.

Each guard is a function that passes on the ledger as it is. Each mutation takes one protection away: a CHECK, a lock, a
key's uniqueness, a trigger, a rule. Then the same function has to fail, by an assertion or an error of the ledger.
"""

from __future__ import annotations

import contextlib
import re
import threading
from types import SimpleNamespace

import pytest

import hetao.ledger.judge as judging
import hetao.ledger.store.base as base
import hetao.ledger.store.postgres as postgres_store
import hetao.ledger.store.sqlite as sqlite_store
from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.rule import rules
from hetao.ledger.store import Entered, Head

LINE = {"water": "groundwater", "basis": "withdrawal", "ecology": "excluded"}
FAILURES = (AssertionError, LedgerError)


def codes(outcome):
    return {f.rule for f in outcome.refusals}


@pytest.fixture
def place(shared_url, scene_on, monkeypatch):
    """What a guard needs: an address, a way to open scenes there, and the way to patch."""
    return SimpleNamespace(url=shared_url, open=lambda: scene_on(shared_url), patch=monkeypatch, lock=None)


def fails(guard, place):
    """Tell that a guard fails."""
    with pytest.raises(FAILURES):
        guard(place)


# The CHECKs: a judge that admits everything is stopped by the store


def without_rules(patch, *names):
    """Take rules out of the family; without names, all but R12, which refuses no application that is whole."""
    held = {n: r for n, r in rules().items() if (n not in names if names else n == "r12")}
    patch.setattr(judging, "rules_for", lambda event: tuple(r for r in held.values() if event in r.events))


def stopped_by_the_store(scene, event):
    """Hand in an event that only the store can stop."""
    head, accounts = scene.ledger.head, scene.ledger.accounts()
    error = None
    try:
        scene.ledger.apply(event)
    except LedgerError as raised:
        error = raised
    assert error is not None, "the store took it"
    assert "check" in str(error).lower(), error
    assert (scene.ledger.head, scene.ledger.accounts()) == (head, accounts)


def check_permitted(place):
    scene = place.open()
    scene.cap("A1", 1000)
    with place.patch.context() as patch:
        without_rules(patch)
        assert scene.apply("AP1", 1000).ok
        stopped_by_the_store(scene, scene.application("AP2", 1))


def check_permitted_with_ecology(place):
    scene = place.open()
    scene.cap("A1", 1000, ecology="included")
    with place.patch.context() as patch:
        without_rules(patch)
        assert scene.apply("AP1", 600).ok
        assert scene.apply("AP2", 400, purpose="ecology").ok
        stopped_by_the_store(scene, scene.application("AP3", 1, purpose="ecology"))


def check_planned(place):
    scene = place.open()
    scene.cap("A1", 1000, binds=["planned"])
    scene.permit("P1", 2000)
    with place.patch.context() as patch:
        without_rules(patch)
        plan = {"permit": "P1", "year": 2025, "approver": "A1"}
        assert scene.post("plan", volume_m3=1000, **plan).ok
        stopped_by_the_store(scene, scene.event("plan", volume_m3=1001, **plan))


def check_below_zero(place):
    scene = place.open()
    scene.permit("P1", 1000)
    with place.patch.context() as patch:
        without_rules(patch)
        patch.setattr("hetao.ledger.acts.plan.draw_right", draw_less_than_nothing)
        stopped_by_the_store(scene, scene.event("plan", permit="P1", year=2025, volume_m3=5, approver="A1"))


def draw_less_than_nothing(state, draft, right, charges, sign, *, by):
    draft.draw(state.cells(right.node, charges), by, -sign, ecological=False)


def check_cap_below_permitted(place):
    scene = place.open()
    scene.apply("AP1", 1000)
    cap = {"node": "A1", "issuer": "NM", "year": 2025, "document": "文", **LINE}
    with place.patch.context() as patch:
        without_rules(patch)
        stopped_by_the_store(scene, scene.event("cap", volume_m3=999, **cap))
        assert scene.post("cap", volume_m3=1000, **cap).ok


def check_moved(place):
    scene = place.open()
    scene.cap("A", 1000)
    scene.apply("AP1", 600, "A2")
    with place.patch.context() as patch:
        without_rules(patch)
        fields = {"node": "A", "year": 2025, "edge": "moved", "document": "文", **LINE}
        stopped_by_the_store(scene, scene.event("breakdown", children={"A1": 401}, **fields))
        assert scene.post("breakdown", children={"A1": 400}, **fields).ok


def check_debt(place):
    """Use above a cap must stand beside it as a debt."""
    scene = place.open()
    scene.cap("A1", 1000)
    scene.permit("P1", 1000)
    row = base._headroom_row
    reading = {"permit": "P1", "meter": "M", "from_": "2025-04-01", "to": "2025-06-30", "method": "metered"}
    scene.day("2025-07-01")
    with place.patch.context() as patch:
        patch.setattr(base, "_headroom_row", lambda *a: (*row(*a)[:15], 0, 0, row(*a)[17]))
        stopped_by_the_store(scene, scene.event("read", volume_m3=1001, **reading))
        assert scene.post("read", volume_m3=1000, **reading).ok


CHECKS = {
    check_permitted: ["permitted_m3 <= permit_limit_m3"],
    check_permitted_with_ecology: ["permitted_m3 + ecology_permitted_m3 <= all_permit_limit_m3"],
    check_planned: ["planned_m3 <= plan_limit_m3"],
    check_below_zero: ["planned_m3 >= 0"],
    check_cap_below_permitted: ["permitted_m3 <= permit_limit_m3"],
    check_moved: ["permitted_m3 <= permit_limit_m3"],
    check_debt: ["used_m3 - debt_m3 <= use_limit_m3"],
}


def without_checks(patch, *conditions):
    """Make stores without some CHECKs, or without any."""
    for module in (sqlite_store, postgres_store):
        schema = module.SCHEMA
        assert all(any(f"CHECK ({c})" in statement for statement in schema) for c in conditions)
        patch.setattr(module, "SCHEMA", tuple(strip_checks(statement, conditions) for statement in schema))


def strip_checks(statement, conditions):
    """Take CHECK (…) out of a statement: those of these conditions, or all where none are given."""
    kept, at = "", 0
    for match in re.finditer(r",?\s*CHECK \(", statement):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(statement[end], 0)
            end += 1
        if not conditions or statement[match.end() : end - 1] in conditions:
            of_table = match.group().startswith(",")
            kept += statement[at : match.start()] + ("" if of_table else " ")
            at = end
    return kept + statement[at:]


@pytest.mark.parametrize("guard", CHECKS, ids=lambda guard: guard.__name__)
def test_the_checks_stop_a_judge_that_admits_everything(place, guard):
    guard(place)


@pytest.mark.parametrize("guard", CHECKS, ids=lambda guard: guard.__name__)
@pytest.mark.parametrize("how_many", ["its own", "all"])
def test_without_its_check_nothing_stops_it(place, guard, how_many):
    without_checks(place.patch, *(CHECKS[guard] if how_many == "its own" else ()))
    fails(guard, place)


def test_without_the_other_checks_its_own_still_stops_it(place):
    every = {c for conditions in CHECKS.values() for c in conditions} - {"permitted_m3 <= permit_limit_m3"}
    without_checks(place.patch, *every)
    check_permitted(place)


# Locks


def two_at_once(place):
    """Two requests of 6 against headroom 10, each judged while the other one is: exactly one is admitted."""
    scenes = [place.open(), place.open()]
    scenes[0].cap("A1", 10)
    together = threading.Barrier(2)
    kind = type(scenes[0].ledger._store)
    kept, answers = kind.kept, []

    def slowly(store, keys):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(0.3)  # both are past the head of the journal, unless a lock holds one of them back
        return kept(store, keys)

    def ask(scene, name):
        try:
            answers.append(scene.apply(name, 6).decision)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is the answer
            answers.append(error)

    with place.patch.context() as patch:
        patch.setattr(kind, "kept", slowly)
        threads = [threading.Thread(target=ask, args=(s, f"AP{n}"), daemon=True) for n, s in enumerate(scenes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(map(str, answers)) == ["admitted", "refused"], answers
    assert scenes[0].drawn("A1")[0] == 6


def two_threads_at_once(place):
    """The same on one ledger."""
    scene = place.open()
    scene.ledger._work = place.lock or scene.ledger._work
    if place.lock and isinstance(scene.ledger._store, sqlite_store.SqliteStore):
        scene.ledger._store._connection.set_authorizer(None)  # it calls Python under SQLite's lock: two would wait on
    two_at_once(SimpleNamespace(open=lambda: scene, patch=place.patch))


def without_store_locks(patch):
    @contextlib.contextmanager
    def unlocked(store):
        yield

    @contextlib.contextmanager
    def writing(store):
        with sqlite_store.as_ledger_errors(store.url):
            store._connection.execute("BEGIN")
            try:
                yield store._head()
                store._connection.execute("COMMIT")
            finally:
                if store._connection.in_transaction:
                    store._connection.execute("ROLLBACK")

    patch.setattr(sqlite_store.SqliteStore, "_locked", unlocked)
    patch.setattr(sqlite_store.SqliteStore, "writing", writing)
    begin = "BEGIN ISOLATION LEVEL READ COMMITTED"
    patch.setattr(postgres_store.PostgresStore, "writing", lambda store: store._transaction(begin, postgres_store.HEAD))


class _NoLock:
    def acquire(self, blocking=True):
        return True

    def release(self):
        return None


def test_writers_take_turns(place):
    two_at_once(place)


def test_without_the_stores_lock_they_do_not(place):
    without_store_locks(place.patch)
    fails(two_at_once, place)


def test_threads_take_turns(place):
    two_threads_at_once(place)


def test_without_the_ledgers_lock_they_do_not(place):
    place.lock = _NoLock()
    fails(two_threads_at_once, place)


# Keys


def one_owner_of_a_key(place):
    """A ledger that has forgotten its keys is stopped by the store."""
    event = {"event": "node", "key": "same", "by": "x", "at": "2024-01-01T00:00:00Z", "name": "x", "kind": "basin"}
    with Ledger.open(place.url) as ledger, place.patch.context() as patch:
        patch.setattr(type(ledger._store), "kept", lambda store, keys: {})
        assert ledger.apply({**event, "node": "A"}).ok
        with contextlib.suppress(LedgerError):
            ledger.apply({**event, "node": "B"})
        assert ledger.head.seq == 1


def a_key_is_answered_once(place):
    event = {"event": "node", "key": "same", "by": "x", "at": "2024-01-01T00:00:00Z", "name": "x", "kind": "basin"}
    with Ledger.open(place.url) as ledger:
        assert ledger.apply({**event, "node": "A"}).ok
        assert ledger.apply({**event, "node": "A"}).decision == "duplicate"
        assert codes(ledger.apply({**event, "node": "B"})) == {"key.reused"}


def without_unique_keys(patch):
    for module in (sqlite_store, postgres_store):
        schema = [re.sub(r"(key TEXT|key text COLLATE \"C\") UNIQUE", r"\1", s) for s in module.SCHEMA]
        schema = [re.sub(r"\s+OR EXISTS \(SELECT 1 FROM journal WHERE key = NEW.key\)", "", s) for s in schema]
        assert schema != list(module.SCHEMA)
        patch.setattr(module, "SCHEMA", tuple(schema))


def test_a_key_has_one_owner(place):
    one_owner_of_a_key(place)


def test_without_uniqueness_it_has_two(place):
    without_unique_keys(place.patch)
    fails(one_owner_of_a_key, place)


def test_a_key_is_answered_once(place):
    a_key_is_answered_once(place)


def test_a_ledger_without_memory_of_keys_answers_twice(place):
    for kind in (sqlite_store.SqliteStore, postgres_store.PostgresStore):
        place.patch.setattr(kind, "kept", lambda store, keys: {})
    fails(a_key_is_answered_once, place)


# Triggers


def entries_stay(place):
    """What is in the journal is neither changed nor deleted, nor is anything put where it does not belong."""
    with Ledger.open(place.url) as ledger:
        store = ledger._store
        entry = Entered(1, "k", "{}", "x", "a" * 64)
        with store.writing():
            store.append([entry])
            store.seal(Head(1, entry.hash), None)
        if isinstance(store, sqlite_store.SqliteStore):
            store._connection.set_authorizer(None)
        for statement in (
            "UPDATE journal SET event = '[]'",
            "DELETE FROM journal",
            f"INSERT INTO journal (seq, key, event, outcome, hash) VALUES (5, 'n', '{{}}', 'x', '{'b' * 64}')",
        ):
            with contextlib.suppress(LedgerError), store.writing():
                store._connection.execute(statement)
            with store.reading():
                assert [(r.seq, r.event) for r in store.raw_rows()] == [(1, b"{}")], statement


def without_trigger(patch, name):
    for module in (sqlite_store, postgres_store):
        patch.setattr(module, "SCHEMA", tuple(s for s in module.SCHEMA if f"TRIGGER {name}" not in s))


def test_entries_stay(place):
    entries_stay(place)


@pytest.mark.parametrize("trigger", ["journal_appends", "journal_keeps", "journal_holds"])
def test_without_a_trigger_entries_do_not_stay(place, trigger):
    without_trigger(place.patch, trigger)
    fails(entries_stay, place)


def own_connection_is_withheld(place):
    """The ledger's own connection to a file may not touch an entry, whatever the triggers say."""
    without_trigger(place.patch, "journal_keeps")
    with Ledger.open(place.url) as ledger:
        ledger.apply({"event": "tick"})
        with contextlib.suppress(LedgerError), ledger._store.writing():
            ledger._store._connection.execute("UPDATE journal SET event = '[]'")
        assert next(ledger.export()) == '{"event":"tick"}'


@pytest.mark.parametrize("shared_url", ["file"], indirect=True)
def test_the_own_connection_is_withheld(place):
    own_connection_is_withheld(place)


@pytest.mark.parametrize("shared_url", ["file"], indirect=True)
def test_without_the_authorizer_it_is_not(place):
    place.patch.setattr(sqlite_store, "_authorize", lambda *a: 0)
    fails(own_connection_is_withheld, place)


# Memory and disk


def memory_counts_only_when_durable(place):
    """After a write that failed, the ledger stands where the store stands."""
    scene = place.open()
    scene.cap("A1", 10)
    kind = type(scene.ledger._store)
    with place.patch.context() as patch:
        patch.setattr(kind, "seal", lambda *a: (_ for _ in ()).throw(LedgerError([])))
        with contextlib.suppress(LedgerError):
            scene.apply("AP1", 10)
    assert scene.drawn("A1")[0] == 0
    assert scene.apply("AP1", 10).ok


def test_memory_counts_only_when_durable(place):
    memory_counts_only_when_durable(place)


def test_a_ledger_that_keeps_what_was_not_written_is_found_out(place):
    held = {}

    def keep(ledger, head):
        if head is not None or id(ledger) not in held:
            held[id(ledger)] = head

    place.patch.setattr(Ledger, "_head", property(lambda ledger: held.get(id(ledger)), keep), raising=False)
    fails(memory_counts_only_when_durable, place)


# Rules: the edge of each, and the same without it


def edge_r01(scene):
    scene.cap("A", 100)
    line = {"node": "A", "year": 2025, "document": "文", **LINE}
    assert "R01" in codes(scene.post("breakdown", children={"A1": 60, "A2": 41}, **line))
    assert scene.post("breakdown", children={"A1": 60, "A2": 40}, **line).ok


def edge_r02(scene):
    scene.cap("A1", 50, water="total")
    scene.cap("A1", 5)
    assert "R02" in codes(scene.apply("AP1", 6))
    assert scene.apply("AP2", 5).ok


def edge_r03(scene):
    cap = {"node": "A", "issuer": "NM", "year": 2025, "volume_m3": 5, "document": "文", **LINE}
    assert codes(scene.post("cap", **{**cap, "basis": None})) == {"R03"}
    assert codes(
        scene.post("assert", node="NM", year=2025, what="cap", volume_m3=1, **{**LINE, "basis": "consumption"})
    ) == {"R03"}


def edge_r09(scene):
    scene.apply("AP1", 1000)
    cap = {"node": "A", "year": 2025, "document": "文", **LINE}
    assert "R09" in codes(scene.post("cap", issuer="NM", volume_m3=999, **cap))
    assert "R09" in codes(scene.post("cap", issuer="A", volume_m3=1000, **cap))
    assert scene.post("cap", issuer="NM", volume_m3=1000, **cap).ok


def edge_r10(scene):
    scene.cap("NM", 2**63 - 1, 2020, water="total")
    scene.cap("NM", 2**63 - 1, 2020)
    assert scene.apply("AP1", 2**63 - 2).ok
    assert scene.apply("AP2", 1).ok
    assert "volume.sum" in codes(scene.apply("AP3", 1))


def edge_r12(scene):
    assert scene.apply("AP1", 12, monthly_m3=None).decision == "incomplete"
    assert scene.apply("AP2", 12, monthly_m3=[2] * 12).decision == "incomplete"
    assert scene.apply("AP3", 12, monthly_m3=[1] * 12).decision == "admitted"


def edge_r19(scene):
    scene.cap("A1", 10)
    assert scene.apply("AP1", 0).ok
    assert "R19" in codes(scene.apply("AP2", 11))
    assert scene.apply("AP3", 10).ok
    assert "R19" in codes(scene.apply("AP4", 1))


def edge_r20(scene):
    scene.cap("YB", 10)
    assert [f.facts["failing"] for f in scene.apply("AP1", 11).refusals if f.rule == "R20"] == [["YB"]]
    assert scene.drawn("A1") == (0,) * 6


EDGES = [edge_r01, edge_r02, edge_r03, edge_r09, edge_r10, edge_r12, edge_r19, edge_r20]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.__name__)
def test_the_edge_of_a_rule(scene, edge):
    edge(scene)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.__name__)
def test_without_the_rule_its_edge_is_not_kept(scene, edge, monkeypatch):
    without_rules(monkeypatch, edge.__name__.removeprefix("edge_"))
    with pytest.raises(FAILURES):
        edge(scene)


def test_without_every_rule_of_grants_the_store_still_holds(scene, monkeypatch):
    without_rules(monkeypatch, "r02", "r19", "r20")
    scene.cap("A1", 10)
    with pytest.raises(LedgerError, match="CHECK"):
        scene.apply("AP1", 11)
    assert scene.drawn("A1") == (0,) * 6

"""The simulation agrees with the ledger on every store, gives the same run for the same seed, and catches faults."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from hetao.errors import LedgerError
from hetao.ledger import Ledger
from hetao.ledger.ledger import _Batch
from hetao.ledger.rule import rules
from hetao.ledger.simulate import run, simulate
from hetao.ledger.simulate.acts import WEIGHTS, Generator
from hetao.ledger.state import State
from hetao.ledger.store.sqlite import SqliteStore


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ledger_and_model_agree(seed):
    report = simulate(seed=seed, acts=700)
    assert report.ok, report.disagreement
    assert (report.acts, report.retold, report.overdrafts) == (700, 1, 0)
    assert report.figures > 1000
    assert sum(sum(decisions.values()) for decisions in report.counts.values()) == 700
    assert {"posted", "refused"} <= set(report.counts["cap"])
    assert {"admitted", "refused"} <= set(report.counts["apply"])


def test_they_agree_in_a_file(url):
    report = simulate(seed=4, acts=250, store=url)
    assert report.ok, report.disagreement
    with Ledger.open(url) as ledger:
        assert ledger.head.seq > 200


def test_they_agree_on_postgresql(postgres_url):
    report = simulate(seed=5, acts=250, store=postgres_url)
    assert report.ok, report.disagreement


def test_a_run_does_not_depend_on_where_and_by_whom_it_is_played(url, monkeypatch):
    monkeypatch.setattr(run, "EPISODE", 60)
    done = []
    alone = simulate(seed=6, acts=150, progress=done.append)
    assert done == [60, 120, 150]
    assert simulate(seed=6, acts=150, workers=2) == alone
    assert simulate(seed=7, acts=150).fingerprint != alone.fingerprint
    whole = simulate(seed=6, acts=150, store=url)
    monkeypatch.setattr(run, "EPISODE", 150)
    assert simulate(seed=6, acts=150) == whole


def test_a_report_is_json():
    report = simulate(seed=1, acts=0)
    assert report.ok
    shape = json.loads(json.dumps(report.as_dict()))
    assert (shape["ok"], shape["seed"], shape["acts"], shape["disagreement"]) == (True, 1, 0, None)


def test_a_store_that_is_not_new_is_left_alone(url, make):
    with Ledger.open(url) as ledger:
        ledger.apply(make.node("NM", "region"))
    with pytest.raises(LedgerError, match="a store with a journal"):
        simulate(seed=1, acts=10, store=url)
    with Ledger.open(url) as ledger:
        assert ledger.head.seq == 1


def found(seed: int, acts: int = 700, **options: object) -> run.Disagreement:
    """Return what a simulation finds, having checked that its seed and number give it again."""
    report = simulate(seed=seed, acts=acts, **options)
    assert not report.ok
    disagreement = report.disagreement
    assert disagreement is not None
    assert (disagreement.seed, disagreement.act) == (seed, report.acts)
    again = simulate(seed=seed, acts=acts).disagreement
    assert again == disagreement
    assert json.loads(json.dumps(report.as_dict()))["disagreement"] == disagreement.as_dict()
    return disagreement


def test_it_finds_that_r19_is_off(monkeypatch):
    monkeypatch.setitem(rules()["r19"].__dict__, "check", lambda case, found: None)
    found(1)


def test_it_finds_that_a_posting_forgets_a_node(monkeypatch):
    post = State.post

    def forget(self, draft, at, seq):
        if len(draft.draws) > 6:
            draft.draws.popitem()
        post(self, draft, at, seq)

    monkeypatch.setattr(State, "post", forget)
    disagreement = found(2)
    assert "the ledger holds" in disagreement.found
    assert "balances" in disagreement.expected


def test_it_finds_that_keys_are_not_unique(monkeypatch):
    monkeypatch.setattr(SqliteStore, "kept", lambda self, keys: {})
    disagreement = found(3)
    assert "store" in disagreement.found


def test_it_finds_that_a_retry_is_judged_again(monkeypatch):
    take = _Batch.take

    def forget(self, reading):
        self._kept.clear()
        return take(self, reading)

    monkeypatch.setattr(_Batch, "take", forget)
    found(3)


def test_an_error_in_the_ledger_names_the_seed(monkeypatch):
    monkeypatch.setattr(State, "post", lambda self, draft, at, seq: 1 / 0)
    with pytest.raises(ZeroDivisionError) as raised:
        simulate(seed=8, acts=20)
    assert raised.value.__notes__ == ["simulate: seed 8, in the acts after number 0"]


def test_every_kind_of_act_is_made_lawful_and_unlawful():
    seen = Counter()
    for seed in range(5):
        generator = Generator(f"{seed}", 2000)
        for _ in range(2000):
            act, answer = generator.step()
            seen[act.kind, answer.decision] += 1
        assert not generator.model.book.overdrawn("total", "groundwater", "surface", "yellow_river")
    for kind in WEIGHTS:
        decisions = {decision for each, decision in seen if each == kind.replace("correct", "read")}
        assert ("admitted" if kind == "apply" else "posted") in decisions
        assert "refused" in decisions or kind == "tick"
    assert seen["apply", "incomplete"]
    assert seen["read", "duplicate"]
    assert seen["malformed", "refused"]

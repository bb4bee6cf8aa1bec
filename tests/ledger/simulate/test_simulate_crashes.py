"""Nothing that was answered is ever lost, and nothing has two entries, however a writer is interrupted."""

from __future__ import annotations

import io
import json
import runpy
import sys

import pytest

from hetao.errors import LedgerError, Place, Problem
from hetao.ledger import Ledger
from hetao.ledger.simulate import child, crashes, cut_power, kill, kill_connections, workload
from hetao.ledger.simulate.compare import Comparison
from hetao.ledger.simulate.programs import READY, command, started, write_script
from hetao.ledger.simulate.workload import Trial, Workload, make_workload
from hetao.text import Text

linux = pytest.mark.skipif(sys.platform != "linux", reason="the layer is for Linux")


def clean(report, rounds: int) -> None:
    """Check that a series went well."""
    assert report.ok, report.problems[:3]
    assert (report.rounds, report.lost, report.doubled, report.problems) == (rounds, 0, 0, ())
    assert json.loads(json.dumps(report.as_dict()))["ok"]


@linux
def test_power_cuts_lose_nothing_that_was_answered(tmp_path):
    report = cut_power(tmp_path, seed=1, cuts=20, acts=12)
    clean(report, 20)
    assert report.acknowledged > 0
    assert report.unanswered > 0
    assert [path.name for path in tmp_path.glob("cut-*")] == []


@linux
def test_more_cuts_than_syncs_begin_again(tmp_path, monkeypatch):
    cut = []
    monkeypatch.setattr(crashes, "_run", lambda store, script, first, env: cut.append(env) or [])
    monkeypatch.setattr(crashes.powercut, "counting", lambda store, report: report.write_text("2"))
    monkeypatch.setattr(crashes.powercut, "environment", lambda store, at, seed: at)
    clean(cut_power(tmp_path, seed=1, cuts=3, acts=0), 3)
    assert cut[1:] == [1, 2, 1]


def test_a_program_that_fails_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(crashes, "command", lambda *_, **__: [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(RuntimeError, match="ended with status 3"):
        crashes._run(tmp_path / "store.db", tmp_path / "script", 0, {})
    with pytest.raises(RuntimeError, match="did not start"), started([["true"]]):
        pass


def test_kills_lose_nothing_that_was_answered(tmp_path):
    report = kill(tmp_path, seed=1, kills=20, acts=10)
    clean(report, 20)
    assert report.acknowledged > 200
    assert [path.name for path in tmp_path.glob("kill-*")] == []


def test_a_store_in_which_something_is_wrong_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(Trial, "settle", lambda self, *_: self.problems.append("wrong"))
    assert not kill(tmp_path, seed=1, kills=4, acts=0).ok
    assert (tmp_path / "kill-0.db").exists()
    monkeypatch.setattr(crashes, "_run", lambda store, script, first, env: Ledger.open(f"sqlite:///{store}").close())
    monkeypatch.setattr(crashes.powercut, "counting", lambda store, report: report.write_text("2"))
    monkeypatch.setattr(crashes.powercut, "environment", lambda store, at, seed: {})
    assert not cut_power(tmp_path, seed=1, cuts=1, acts=0).ok
    assert (tmp_path / "cut-0.db").exists()


def test_lost_connections_lose_nothing_that_was_answered(postgres_url, postgres_admin):
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    name = postgres_url.rpartition("/")[2].partition("?")[0]
    admin = postgres_admin()
    report = kill_connections(postgres_url, lambda: admin.execute(query, [name]), seed=1, kills=10, acts=30)
    clean(report, 10)
    assert report.acknowledged == report.acts == 300


def test_a_server_that_crashes_loses_nothing_that_was_answered(postgres, postgres_url):
    def crash() -> None:
        postgres.stop("immediate")
        postgres.start()

    clean(kill_connections(postgres_url, crash, seed=2, kills=1, acts=30), 1)


def test_what_fails_is_handed_in_again(url, monkeypatch):
    apply, calls = Ledger.apply, iter(range(10**6))

    def fail(self, event):
        outcome = apply(self, event)
        if next(calls) % 3 == 0:
            raise LedgerError([])
        return outcome

    monkeypatch.setattr(Ledger, "apply", fail)
    report = kill_connections(url, lambda: None, seed=3, kills=2, acts=12)
    clean(report, 2)
    assert 0 < report.retried < report.acknowledged == 24


def test_who_gives_up_is_not_answered(url):
    report = kill_connections(url, lambda: None, seed=3, kills=1, acts=12, patience_s=0.0)
    clean(report, 1)
    asked = make_workload("3 0 c", 12, "3 0 c ").rest.keyed
    assert (report.acknowledged, report.unanswered, report.durable) == (0, len(asked), 0)


def settled(ledger: Ledger, answers: list[str], lines: list[str]):
    trial = Trial("by hand", 0)
    trial.settle(ledger, Workload(tuple(lines), 0), answers)
    return trial.report()


@pytest.fixture
def lines(make) -> list[str]:
    return [json.dumps(make.node(f"R{i}", "region")) for i in range(3)]


def test_what_is_not_in_the_journal_is_lost(lines):
    with Ledger.open("sqlite:///:memory:") as other, Ledger.open("sqlite:///:memory:") as ledger:
        answers = [other.apply(line).to_json() for line in lines]
        ledger.apply(lines[0])
        report = settled(ledger, answers, [])
    assert report.lost == 2
    assert "not in the journal" in report.problems[0]


def test_an_answer_that_changed_is_lost(lines):
    with Ledger.open("sqlite:///:memory:") as ledger:
        answers = [ledger.apply(line).to_json() for line in lines]
        again = ledger.apply(lines[0]).to_json()
        report = settled(ledger, [answers[0].replace("posted", "refused"), again, *answers[1:]], lines)
    assert report.lost == 1
    assert "kept" in report.problems[0]


def test_two_entries_under_one_key_are_found(lines):
    other = {**json.loads(lines[0]), "node": "other"}
    with Ledger.open("sqlite:///:memory:") as ledger:
        answers = [ledger.apply(line).to_json() for line in lines]
        ledger.apply(other)
        report = settled(ledger, answers, lines)
    assert (report.lost, report.doubled, report.problems) == (0, 1, ())


def test_whatever_else_is_wrong_is_told(lines, monkeypatch):
    class Forgetful(Ledger):
        def export(self):
            yield from list(super().export())[:2]

    problem = Problem("code", Place(), Text("坏", "harm"), Text("好", "good"), Text("无", "none"))
    verify = Ledger.verify
    monkeypatch.setattr(workload, "compare", lambda ledger, book: Comparison(1, ("overdrawn",), ("different",)))
    monkeypatch.setattr(workload, "agrees", lambda answer, outcome: False)
    monkeypatch.setattr(Ledger, "verify", lambda self: type(verify(self))(0, "", 0, (problem,)))
    with Ledger.open("sqlite:///:memory:") as plain:
        ledger = Forgetful(plain._store)
        for line in lines:
            ledger.apply(line)
        report = settled(ledger, [], [])
    words = "\n".join(report.problems)
    for expected in ("harm", "replays to", "the model answers", "overdrawn", "different"):
        assert expected in words
    assert not report.ok


def test_a_workload_has_one_act_to_a_key_and_one_time():
    work = make_workload("1", 200, "x ")
    events = [json.loads(line) for line in work.lines]
    assert len({event["at"] for event in events}) == 1
    assert len(work.keyed) == len({event["key"] for event in events}) < len(events)
    assert (work.world, work.rest.lines) == (work.lines[: work.founding], work.lines[work.founding :])
    assert all(event["key"].startswith("x ") for event in events)


def test_a_program_says_what_it_was_answered(tmp_path, url, lines, monkeypatch):
    script = write_script(tmp_path, "script", lines)
    answers = io.StringIO()
    child.main([url, "2", "1", str(script)], io.StringIO("go\n"), answers)
    ready, *told = answers.getvalue().splitlines(keepends=True)
    assert ready == READY
    assert sorted(json.loads(line)["key"] for line in told) == sorted(json.loads(line)["key"] for line in lines)
    monkeypatch.setattr(sys, "argv", command(url, script, writers=1)[2:])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    runpy.run_path(child.__file__, run_name="__main__")
    assert sys.stdout.getvalue().count("duplicate") == 3

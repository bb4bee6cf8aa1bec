"""What the comparison finds where a ledger and the model are not the same."""

from __future__ import annotations

import pytest

import hetao.ledger.simulate as simulate_package
from hetao.ledger import Ledger, Line
from hetao.ledger.simulate import run
from hetao.ledger.simulate.acts import Generator
from hetao.ledger.simulate.compare import compare, compare_accounts, overdrafts
from hetao.ledger.state import Limit, State

LINE = ("total", "withdrawal", "excluded")


@pytest.fixture
def pair():
    """Return a ledger and the model after the same acts."""
    generator = Generator("1", 150)
    lines = [generator.step()[0].line for _ in range(150)]
    with Ledger.open("sqlite:///:memory:") as ledger:
        assert len(list(ledger.replay(lines))) == 150
        yield ledger, generator.model.book


def test_the_same_is_the_same(pair):
    ledger, book = pair
    comparison = compare(ledger, book)
    assert comparison[1:] == ((), ())
    assert comparison.figures > 100
    assert compare_accounts(ledger, book)[1:] == ((), ())


def test_another_cap_is_found(pair):
    ledger, book = pair
    year, cap = max(book.caps["NM", LINE].items())
    book.caps["NM", LINE][year] = cap._replace(volume_m3=cap.volume_m3 + 1)
    assert "the ledger's cap is" in compare(ledger, book).differences[0]
    assert compare_accounts(ledger, book).differences


def test_a_cap_that_is_not_there_is_found(pair):
    ledger, book = pair
    book.caps["nowhere", LINE] = {2025: book.caps["NM", LINE][2025]}
    assert "the ledger's cap is None" in compare(ledger, book).differences[0]


def test_another_draw_is_found(pair):
    ledger, book = pair
    book.put("used", "total", 2025, "NM", False, "a stranger", 1)
    (difference,) = compare(ledger, book).differences
    assert "the ledger holds" in difference


def test_an_overdraft_is_found_by_the_ledgers_own_figures(pair, monkeypatch):
    ledger, _ = pair
    assert list(overdrafts(ledger.state())) == []
    monkeypatch.setattr(State, "limit", lambda self, node, line, year: Limit(0, 0, ("planned",)))
    found = list(overdrafts(ledger.state()))
    assert found
    assert all("planned" in each for each in found)
    assert ledger.state().limit("NM", Line(*LINE), 2025) is not None


def test_a_run_tells_other_accounts_and_a_journal_that_does_not_replay(monkeypatch):
    accounts = run.compare_accounts
    two = ("a", "b")
    monkeypatch.setattr(run, "compare_accounts", lambda *both: accounts(*both)._replace(differences=two))
    disagreement = run.simulate(seed=1, acts=30).disagreement
    assert disagreement is not None
    assert (disagreement.act, disagreement.found) == (30, "a")
    monkeypatch.undo()
    export = Ledger.export
    monkeypatch.setattr(Ledger, "export", lambda self: list(export(self))[:-1])
    disagreement = run.simulate(seed=1, acts=30).disagreement
    assert disagreement is not None
    assert "replays to" in disagreement.found


def test_the_package_has_no_other_names():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = simulate_package.nothing

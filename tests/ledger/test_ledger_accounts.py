"""Accounts as rows: which come out, in what order."""

from __future__ import annotations

import dataclasses

import pytest


def test_rows_by_node_line_and_year(ledger, make):
    ledger.apply(make.cap("NM", 100, 2024))
    ledger.apply(make.cap("NM", 500, 2024, water="total"))
    ledger.apply(make.breakdown("NM", {"B": 30, "A": 60}, 2024, reserve_m3=5))
    ledger.apply(make.cap("A", 50, 2025))
    ledger.apply(make.use("NM", 70, 2026))
    ledger.apply(make.use("NM", 70, 2026, ecology="included"))
    rows = [(a.node, a.water, a.ecology, a.year, a.broken_down_m3) for a in ledger.accounts()]
    assert rows == [
        ("NM", "total", "excluded", 2024, 0),
        ("NM", "groundwater", "included", 2026, 0),
        ("NM", "groundwater", "excluded", 2024, 90),
        ("NM", "groundwater", "excluded", 2025, 80),
        ("NM", "groundwater", "excluded", 2026, 80),
        ("A", "groundwater", "excluded", 2024, 0),
        ("A", "groundwater", "excluded", 2025, 0),
        ("B", "groundwater", "excluded", 2024, 0),
    ]
    assert [a.node for a in ledger.accounts(year=2030, water="groundwater")] == ["NM", "A", "B"]
    assert [a.cap_m3 for a in ledger.accounts(node="A", basis="withdrawal", ecology="excluded")] == [60, 50]
    assert ledger.accounts(node="nowhere") == ()
    assert ledger.accounts(basis="consumption") == ()


def test_a_node_is_listed_for_what_stands_below_it(ledger, make):
    ledger.apply(make.cap("A1", 9))
    (row,) = ledger.accounts(node="A", year=2024)
    assert (row.cap_m3, row.headroom_m3, row.broken_down_m3, row.document) == (None, None, 9, None)


def test_rows_are_immutable(ledger, make):
    ledger.apply(make.cap("NM", 9))
    with pytest.raises(dataclasses.FrozenInstanceError):
        ledger.accounts()[0].cap_m3 = 10

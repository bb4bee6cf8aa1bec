"""However many ask at once, exactly what the cap leaves is admitted."""

from __future__ import annotations

import json

import pytest

from hetao.ledger.simulate import EdgeReport, edge


def exact(report: EdgeReport, expected: int) -> None:
    assert report.ok
    assert (report.writers, report.asked) == (32, expected + 32)
    assert report.admitted == report.expected == expected
    assert json.loads(json.dumps(report.as_dict()))["ok"]


@pytest.mark.parametrize(("volume_m3", "headroom_m3"), [(1, 0), (7, 6), (7, 700), (7, 706), (2**40, 2**43 + 5)])
def test_threads_at_the_edge_of_a_cap(url, volume_m3, headroom_m3):
    exact(edge(url, volume_m3=volume_m3, headroom_m3=headroom_m3), headroom_m3 // volume_m3)


def test_programs_at_the_edge_of_a_cap_in_one_file(url):
    exact(edge(url, volume_m3=3, headroom_m3=100, programs=4), 33)


def test_threads_at_the_edge_of_a_cap_on_postgresql(postgres_url):
    exact(edge(postgres_url, volume_m3=3, headroom_m3=100), 33)


def test_programs_at_the_edge_of_a_cap_on_postgresql(postgres_url):
    exact(edge(postgres_url, volume_m3=3, headroom_m3=100, programs=4), 33)


def test_one_too_many_is_not_well():
    assert not EdgeReport(32, 1, 10, 4, 5, 5, 5).ok
    assert not EdgeReport(32, 1, 10, 4, 4, 6, 5).ok

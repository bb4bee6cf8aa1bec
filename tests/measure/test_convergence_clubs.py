"""Convergence clubs: the regression and the search against themselves written out, their laws, what is refused."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from frontiers import numbers, refused
from hetao.errors import ModelError
from hetao.measure import ConvergenceClubs, LogT, convergence_clubs
from hetao.measure.differences.clubs import hodrick_prescott, log_t
from hetao.text import use_language

WHERE = {"value": "v", "unit": "c", "period": "t"}
PLAIN = WHERE | {"logs": False, "trend": None}
seeds = st.integers(0, 10**6)


def table_of(paths: Any) -> dict[str, list[Any]]:
    """Return (T, N) paths as a table of units ``u0`` …, period by period."""
    T, N = np.shape(paths)
    return {
        "c": [f"u{i}" for i in range(N)] * T,
        "t": [2000 + t for t in range(T) for _ in range(N)],
        "v": np.ravel(paths).tolist(),
    }


def towards(limits: Any, seed: int = 0, T: int = 30, noise: float = 0.0, speed: float = 0.5) -> np.ndarray:
    """Return paths that go to their limits, alternately from above and from below."""
    random, t = np.random.default_rng(seed), np.arange(1, T + 1)[:, None]
    sides = np.resize([1.0, -1.0], len(limits)) * random.uniform(0.6, 1.4, len(limits))
    return np.asarray(limits) + sides * t**-speed + noise * random.standard_normal((T, len(limits))) * t**-speed


def written_out(paths: np.ndarray, discard: float) -> tuple[float, float, float]:
    """Return slope, error and t of Phillips and Sul: the long-run variance is that of the residuals."""
    T, N = paths.shape
    H = [sum((paths[t, i] / (sum(paths[t]) / N) - 1) ** 2 for i in range(N)) / N for t in range(T)]
    t = [s for s in range(2, T + 1) if s > int(discard * T)]
    y = np.array([np.log(H[0] / H[s - 1]) - 2 * np.log(np.log(s)) for s in t])
    x = np.log(t)
    away = x - x.mean()
    slope = (away @ y) / (away @ away)
    rest = y - y.mean() - slope * away
    n, rho = len(rest), (rest[1:] @ rest[:-1]) / (rest[:-1] @ rest[:-1])
    rho = min(max(rho, -0.97), 0.97)
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    omega = rest @ rest / n
    for lag in range(1, n):
        q = lag / width
        a = 6 * np.pi * q / 5
        weight = 25 / (12 * np.pi**2 * q**2) * (np.sin(a) / a - np.cos(a))
        omega += 2 * weight * sum(rest[s] * rest[s - lag] for s in range(lag, n)) / n
    error = np.sqrt(omega / (away @ away))
    return slope, error, slope / error


def clubs_written_out(paths: np.ndarray, discard: float) -> list[list[int]]:
    """Return the clubs of Phillips and Sul (2007), step by step, before any are merged."""

    def t_of(members: list[int]) -> float:
        return log_t(paths[:, members], discard).t

    rest, clubs = sorted(range(paths.shape[1]), key=lambda i: -paths[-1, i]), []
    while len(rest) > 1:
        if t_of(rest) > -1.65:
            return [*clubs, rest]
        first = next((k for k in range(len(rest) - 1) if t_of(rest[k : k + 2]) > -1.65), None)
        if first is None:
            return clubs
        best, end = first + 2, first + 2
        while end <= len(rest) and t_of(rest[first:end]) > -1.65:
            if t_of(rest[first:end]) > t_of(rest[first:best]):
                best = end
            end += 1
        core = rest[first:best]
        others = [i for i in rest if i not in core]
        joining = [i for i in others if t_of([*core, i]) > 0]
        while t_of([*core, *joining]) <= -1.65:
            joining.remove(min(joining, key=lambda i: t_of([*core, i])))
        clubs.append([*core, *joining])
        rest = [i for i in rest if i not in clubs[-1]]
    return clubs


# By hand


def test_a_slope_by_hand():
    """With x = 1 ± 1/t the mean is 1 and H = t⁻²: y = 2 log t − 2 log log t."""
    t = np.arange(1, 31)
    found = log_t(np.column_stack([1 + 1 / t, 1 - 1 / t]), 1 / 3)
    kept = np.arange(11, 31)
    expected = np.polyfit(np.log(kept), 2 * np.log(kept) - 2 * np.log(np.log(kept)), 1)[0]
    assert found.slope == pytest.approx(expected, rel=1e-10)
    assert 1.0 < found.slope < 2.0  # 2α less what the log log takes
    assert found.converges


def test_a_straight_line_has_its_slope_and_no_error():
    """H = 1 / (t³ log² t) makes y a straight line of slope 3 from the second period on."""
    t = np.arange(2, 41)
    away = np.r_[0.5, t**-1.5 / np.log(t)]
    found = log_t(np.column_stack([1 + away, 1 - away]), 0.25)
    assert found.slope == pytest.approx(3.0, rel=1e-9)
    assert found.error < 1e-9
    assert found.t > 1e9


def test_the_trend_of_a_straight_line_is_the_line_and_the_filter_takes_the_cycle():
    t = np.arange(20.0)
    line = np.column_stack([3 + 2 * t, 5 - 0.1 * t])
    assert hodrick_prescott(line, 400.0) == pytest.approx(line, abs=1e-8)
    wave = line + np.sin(2 * np.pi * t / 4)[:, None]
    assert np.abs(hodrick_prescott(wave, 400.0) - line).max() < 0.3


def test_the_trend_of_three_values_by_hand():
    """One second difference d = x₁ − 2x₂ + x₃: the trend is x − λ d (1, −2, 1) / (1 + 6λ)."""
    x, smoothing = np.array([1.0, 5.0, 2.0]), 2.0
    expected = x - smoothing * -7.0 * np.array([1.0, -2.0, 1.0]) / 13.0
    assert hodrick_prescott(x[:, None], smoothing)[:, 0] == pytest.approx(expected)


def test_units_that_are_together_already_converge():
    path = 8.0 + 0.02 * np.arange(20)
    same = convergence_clubs(table_of(np.column_stack([path] * 4)), **PLAIN)
    assert same.whole.converges
    assert same.club.tolist() == [1, 1, 1, 1]
    start = np.where(np.arange(20)[:, None] < 4, [0.0, 1.0, 2.0, 3.0], 0.0)
    caught_up = convergence_clubs(table_of(path[:, None] + start), **PLAIN)
    assert caught_up.club.tolist() == [1, 1, 1, 1]


# Twins


@given(seed=seeds, T=st.integers(9, 40), N=st.integers(2, 8), discard=st.sampled_from([0.05, 0.2, 0.3, 1 / 3]))
def test_the_regression_is_that_of_phillips_and_sul(seed: int, T: int, N: int, discard: float):
    paths = 6.0 + np.random.default_rng(seed).normal(0, 0.2, (T, N)).cumsum(axis=0)
    assume((paths > 1.0).all())
    found = log_t(paths, discard)
    assert (found.slope, found.error, found.t) == pytest.approx(written_out(paths, discard), rel=1e-6)
    assert found.converges == (found.t > -1.65)


@given(seed=seeds, T=st.integers(5, 30), smoothing=st.floats(0.5, 2000.0))
def test_the_filter_minimises_what_hodrick_and_prescott_minimise(seed: int, T: int, smoothing: float):
    x = np.random.default_rng(seed).normal(0, 1, (T, 2))
    trend = hodrick_prescott(x, smoothing)

    def loss(g: np.ndarray) -> float:
        return float(((x - g) ** 2).sum() + smoothing * (np.diff(g, n=2, axis=0) ** 2).sum())

    for shift in np.random.default_rng(seed + 1).normal(0, 0.1, (5, T, 2)):
        assert loss(trend) <= loss(trend + shift)
    assert trend.sum(axis=0) == pytest.approx(x.sum(axis=0), abs=1e-7)


@settings(max_examples=30)
@given(seed=seeds, N=st.integers(3, 9), step=st.sampled_from([0.3, 0.6, 1.0]), merge=st.booleans())
def test_the_clubs_are_those_of_the_steps_written_out(seed: int, N: int, step: float, merge: bool):
    limits = 8.0 + step * np.random.default_rng(seed).integers(0, 4, N)
    paths = towards(limits, seed, noise=0.3)
    found = convergence_clubs(table_of(paths), **PLAIN, merge=merge)
    clubs = clubs_written_out(paths, 1 / 3)
    merged: list[list[int]] = []
    for club in clubs:
        if merge and merged and log_t(paths[:, [*merged[-1], *club]], 1 / 3).t > -1.65:
            merged[-1] = merged[-1] + club
        else:
            merged.append(club)
    expected = {i: number for number, club in enumerate(merged, start=1) for i in club}
    assert found.club.tolist() == [expected.get(i, 0) for i in range(N)]


# Laws


@settings(max_examples=25)
@given(seed=seeds, N=st.integers(3, 9), logs=st.booleans(), trend=st.sampled_from([None, 400.0]), merge=st.booleans())
def test_clubs_part_the_units_and_each_passes_its_own_test(
    seed: int, N: int, logs: bool, trend: float | None, merge: bool
):
    random = np.random.default_rng(seed)
    paths = 30.0 + random.normal(0, 1, (20, N)).cumsum(axis=0)
    assume((paths > 2.0).all())
    found = convergence_clubs(table_of(paths), **WHERE, logs=logs, trend=trend, merge=merge)
    numbers_ = sorted(set(found.club.tolist()) - {0})
    assert numbers_ == list(range(1, len(found.tests) + 1))
    read = np.log(paths) if logs else paths
    read = read if trend is None else hodrick_prescott(read, trend)
    for number, test in enumerate(found.tests, start=1):
        members = np.flatnonzero(found.club == number)
        assert len(members) >= 2
        assert test.converges
        assert test.t == pytest.approx(log_t(read[:, members], 1 / 3).t, rel=1e-6)
    assert found.whole.t == pytest.approx(log_t(read, 1 / 3).t, rel=1e-6)
    if found.whole.converges:
        assert found.club.tolist() == [1] * N
    if merge:
        for one in range(1, len(found.tests)):
            both = np.flatnonzero((found.club == one) | (found.club == one + 1))
            assert not log_t(read[:, both], 1 / 3).t > -1.65 + 1e-6


@settings(max_examples=20)
@given(seed=seeds, N=st.integers(3, 8))
def test_units_that_go_to_one_limit_are_one_club(seed: int, N: int):
    found = convergence_clubs(table_of(towards([8.0] * N, seed, noise=0.1)), **PLAIN)
    assert found.club.tolist() == [1] * N
    assert found.whole.converges
    assert found.whole.slope > 0


@settings(max_examples=50)
@given(seed=seeds, high=st.integers(2, 5), low=st.integers(2, 5), trend=st.sampled_from([None, 400.0]))
def test_two_groups_with_their_own_limits_are_two_clubs_whatever_the_order(
    seed: int, high: int, low: int, trend: float | None
):
    limits = np.random.default_rng(seed).permutation([12.0] * high + [6.0] * low)
    found = convergence_clubs(table_of(towards(limits, seed, noise=0.0)), **WHERE, logs=False, trend=trend)
    assert not found.whole.converges
    assert found.club.tolist() == [1 if limit == 12.0 else 2 for limit in limits]


def test_a_unit_that_goes_its_own_way_is_in_no_club():
    paths = towards([8.0] * 5, noise=0.05)
    paths[:, 2] = 8.0 + 0.4 * np.arange(1, 31)
    found = convergence_clubs(table_of(paths), **PLAIN)
    assert found.club.tolist() == [1, 1, 0, 1, 1]
    assert "in no club: u2" in found.summary()


def test_where_all_part_there_is_no_club():
    t = np.arange(1, 31)[:, None]
    found = convergence_clubs(table_of(10.0 + t * np.array([0.0, 0.2, 0.5, 0.9])), **PLAIN)
    assert (found.club.tolist(), found.tests) == ([0] * 4, ())
    assert len(found.clubs["n"]) == 1


@given(seed=seeds, scale=st.integers(-6, 6))
def test_neither_rows_nor_the_unit_of_measurement_matter_without_logs(seed: int, scale: int):
    random = np.random.default_rng(seed)
    data = table_of(towards([12.0, 12.0, 6.0, 6.0, 9.0], seed, noise=0.2))
    order = random.permutation(len(data["v"]))
    shuffled = {name: [values[i] for i in order] for name, values in data.items()}
    scaled = data | {"v": [v * 10.0**scale for v in data["v"]]}
    own = convergence_clubs(data, **PLAIN)
    club = dict(zip(own.units, own.club.tolist(), strict=True))
    for other in (shuffled, scaled):
        found = convergence_clubs(other, **PLAIN)
        assert dict(zip(found.units, found.club.tolist(), strict=True)) == club
        assert found.whole.t == pytest.approx(own.whole.t, rel=1e-6)


def test_with_logs_the_unit_of_measurement_does_matter():
    """H is relative to the mean of the logarithms, which moves with the unit."""
    data = table_of(np.exp(towards([8.0] * 4, noise=0.1)))
    larger = data | {"v": [1000.0 * v for v in data["v"]]}
    own, other = (convergence_clubs(d, **WHERE, trend=None).whole.slope for d in (data, larger))
    assert own != pytest.approx(other, rel=1e-6)


def test_filter_share_and_merging_are_choices_that_are_kept():
    paths = towards([9.0, 9.0, 7.0, 7.0], noise=0.4, seed=4)
    found = convergence_clubs(table_of(paths), **WHERE, logs=False, trend=100, discard=0.2, merge=False)
    assert found.whole == log_t(hodrick_prescott(paths, 100.0), 0.2)
    assert found.options == {"value": "v", "logs": False, "trend": 100, "discard": 0.2, "merge": False}


def test_clubs_that_converge_together_are_merged():
    tables = [table_of(towards(8.0 + 0.3 * np.arange(8), s, noise=0.5)) for s in range(30)]
    apart, together = ([convergence_clubs(t, **PLAIN, merge=m) for t in tables] for m in (False, True))
    assert all(len(b.tests) <= len(a.tests) for a, b in zip(apart, together, strict=True))
    assert any(len(b.tests) < len(a.tests) for a, b in zip(apart, together, strict=True))


def test_the_rise_of_the_limit_sends_units_away():
    """Units that pass alone but not together: the club is smaller than all that passed."""
    smaller = 0
    for seed in range(40):
        paths = towards(8.0 + 0.25 * np.random.default_rng(seed).integers(0, 4, 9), seed, noise=0.8)
        clubs = clubs_written_out(paths, 1 / 3)
        found = convergence_clubs(table_of(paths), **PLAIN, merge=False)
        assert len(found.tests) == len(clubs)
        smaller += len(clubs) > 1
    assert smaller > 0


# What it tells


def result(kind: Any = dict) -> ConvergenceClubs:
    return convergence_clubs(kind(table_of(towards([12.0, 6.0, 12.0, 6.0], noise=0.05))), **PLAIN)


def test_the_tables():
    found = result()
    assert found.units == ("u0", "u1", "u2", "u3")
    assert found.membership == {"c": ["u0", "u1", "u2", "u3"], "club": [1, 2, 1, 2]}
    clubs = found.clubs
    assert (clubs["club"], clubs["n"]) == ([0, 1, 2], [4, 2, 2])
    for row, test in enumerate([found.whole, *found.tests]):
        assert isinstance(test, LogT)
        assert (clubs["slope"][row], clubs["standard_error"][row], clubs["t"][row]) == (test.slope, test.error, test.t)
    frames = result(pd.DataFrame)
    assert isinstance(frames.clubs, pd.DataFrame)
    assert frames.membership["club"].tolist() == [1, 2, 1, 2]
    assert numbers(frames.clubs["t"]) == pytest.approx(numbers(clubs["t"]))


def test_the_summary_in_both_languages_and_the_workbook(tmp_path: Path):
    found = result()
    assert "convergence of all: rejected" in found.summary()
    assert "1: u0, u2 (b = " in found.summary()
    assert "no filter" in found.summary()
    with use_language("zh"):
        assert "全体收敛：拒绝" in found.summary()
        assert "未滤波" in found.summary()
    filtered = convergence_clubs(table_of(towards([8.0] * 4)), **WHERE, logs=False)
    assert "not rejected" in filtered.summary()
    assert "HP filter, λ = 400" in filtered.summary()
    assert "in no club" not in filtered.summary()
    found.to_excel(tmp_path / "clubs.xlsx")
    sheets = pd.read_excel(tmp_path / "clubs.xlsx", sheet_name=None, engine="calamine")
    assert list(sheets) == ["about", "clubs", "membership"]
    assert sheets["membership"]["club"].tolist() == [1, 2, 1, 2]


def test_a_test_without_error_can_be_written_down(tmp_path: Path):
    path = 8.0 + 0.02 * np.arange(20)
    found = convergence_clubs(table_of(np.column_stack([path] * 4)), **PLAIN)
    found.to_excel(tmp_path / "same.xlsx")
    sheets = pd.read_excel(tmp_path / "same.xlsx", sheet_name=None, engine="calamine")
    assert sheets["membership"]["club"].tolist() == [1, 1, 1, 1]


def test_the_result_is_pickled_frozen_and_has_a_fingerprint():
    found = result()
    again = pickle.loads(pickle.dumps(found))
    assert again.summary() == found.summary()
    assert again.fingerprint == found.fingerprint == result().fingerprint
    assert found.fingerprint["call"] == "convergence_clubs"
    with pytest.raises(ValueError, match="read-only"):
        found.club[0] = 9
    other = convergence_clubs(table_of(towards([12.0, 6.0, 12.0, 6.0], noise=0.06)), **PLAIN)
    assert other.fingerprint["data_sha256"] != found.fingerprint["data_sha256"]


# Faults


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"logs": 1, "merge": "yes"}, ["logs", "merge"]),
        ({"discard": 0.0, "trend": -1.0}, ["discard", "trend"]),
        ({"discard": 1.0, "trend": "much", "logs": None}, ["discard", "logs", "trend"]),
        ({"discard": 0.9}, ["discard"]),
        ({"trend": 1e16}, ["trend"]),
    ],
)
def test_arguments_out_of_range_are_told_at_once(options: dict[str, Any], codes: list[str]):
    found = refused(convergence_clubs, table_of(towards([8.0] * 4)), **(WHERE | options))
    assert sorted(found) == [f"convergence_clubs.{c}" for c in codes]


def test_what_is_wrong_with_the_table_is_told_at_once():
    short = table_of(towards([8.0, 9.0], T=7))
    short["v"][3] = 0.5
    lost = {name: values[1:] for name, values in short.items()}
    codes = ["convergence_clubs.data", "convergence_clubs.data", "convergence_clubs.logs"]
    assert refused(convergence_clubs, lost, **WHERE) == codes
    assert refused(convergence_clubs, short, **PLAIN) == codes[:1]
    few = table_of(towards([8.0, 9.0, 9.5], T=7))
    assert refused(convergence_clubs, few, **PLAIN, discard=0.6) == [codes[0], "convergence_clubs.discard"]


def test_the_first_lengths_that_pass():
    data = table_of(towards([8.0] * 3, T=8, speed=1.0))
    assert convergence_clubs(data, **PLAIN).club.tolist() == [1, 1, 1]
    assert convergence_clubs(data, **PLAIN, discard=0.375).whole.converges
    assert refused(convergence_clubs, data, **PLAIN, discard=0.5) == ["convergence_clubs.discard"]


def test_values_keys_and_columns_that_do_not_fit_are_told_with_their_places():
    data = table_of(towards([8.0] * 4))
    data["v"][2], data["v"][5], data["c"][7], data["c"][9] = -1.0, None, None, data["c"][8]
    with pytest.raises(ModelError) as caught:
        convergence_clubs(data, **WHERE)
    places = [(p.code, p.place.row, p.place.column) for p in caught.value.problems]
    assert places == [
        ("convergence_clubs.value", 2, "v"),
        ("convergence_clubs.value", 5, "v"),
        ("convergence_clubs.key", 7, "c"),
        ("convergence_clubs.unit", 9, "c"),
    ]
    data = table_of(towards([8.0] * 4))
    data["c"][9] = data["c"][8]
    with pytest.raises(ModelError) as caught:
        convergence_clubs(data, **WHERE)
    assert [(p.code, p.place.row) for p in caught.value.problems] == [("convergence_clubs.unit", 9)]
    with pytest.raises(ModelError) as caught:
        convergence_clubs(data, value="x", unit="y", period="z")
    assert {(p.code, p.place.item) for p in caught.value.problems} == {
        (f"convergence_clubs.{role}", role) for role in ("value", "unit", "period")
    }


def test_periods_stand_in_their_order_whatever_kind_of_number_they_are():
    data = table_of(towards([12.0, 6.0, 12.0, 6.0], noise=0.05))
    mixed = data | {"t": [float(t) if t % 2 else t for t in data["t"]]}
    back = {name: values[::-1] for name, values in mixed.items()}
    own = convergence_clubs(data, **PLAIN)
    assert convergence_clubs(back, **PLAIN).whole.t == pytest.approx(own.whole.t, rel=1e-9)
    parts = [period for period, _ in convergence_clubs(back, **PLAIN).values.by_period()]
    assert all(a < b for a, b in pairwise(parts))

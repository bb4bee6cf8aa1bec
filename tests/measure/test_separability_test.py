"""The test of separability: by hand, one replication written out, its laws, its errors in small, its faults."""

from __future__ import annotations

import pickle
import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from frontiers import columns, draw, numbers, optimum, refused, span
from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import computing, dea, directional, separability_test
from hetao.measure.frontier.technology import Quantities
from hetao.measure.inference import conditional
from hetao.measure.inference.bandwidths import cross_validated, near
from hetao.measure.inference.conditional import Scorer
from hetao.measure.inference.jackknife import bias, halvings, rate
from hetao.measure.inference.smoothing import normal_reference_bandwidth
from hetao.text import use_language

Data = dict[str, Any]
KINDS = [(orientation, returns) for orientation in ("input", "output") for returns in ("vrs", "crs", "fdh")]


def made(seed: int, units: int, periods: int = 1, lift: float = 0.0) -> Data:
    """Return data of one input and one output whose frontier is √x (1 + lift · z), rows in no order."""
    random, n = np.random.default_rng(seed), units * periods
    z, x = random.uniform(0, 1, n), random.uniform(1, 2, n)
    data: Data = {"u": list(range(units)) * periods, "t": np.repeat(range(periods), units).tolist()}
    data |= {"x": x, "z": z, "w": random.normal(size=n)}
    data["y"] = np.sqrt(x) * (1.0 + lift * z) * np.exp(-random.exponential(0.3, n))
    order = random.permutation(n)
    return {name: [values[i] for i in order] for name, values in data.items()}


def panel_of(data: Data, **roles: Any) -> Panel:
    inputs = [name for name in ("x", "x1", "x2") if name in data]
    outputs = [name for name in ("y", "y1", "y2") if name in data]
    return Panel(
        {k: v for k, v in data.items() if k not in ("z", "w")}, unit="u", **roles, inputs=inputs, outputs=outputs
    )


def quick(result: Any, data: Any, **options: Any) -> Any:
    return separability_test(
        result, data, **({"columns": "z", "splits": 1, "jackknife": 1, "replications": 10} | options)
    )


def score(orientation: str, returns: str, x: np.ndarray, y: np.ndarray, X: np.ndarray, Y: np.ndarray) -> float:
    """Return the radial score of one unit (x, y) against the units (X, Y), by a programme or by looking at each."""
    if returns == "fdh":
        if orientation == "input":
            return float(min((a / x).max() for a, b in zip(X, Y, strict=True) if (b >= y).all()))
        return float(max((b / y).min() for a, b in zip(X, Y, strict=True) if (a <= x).all()))
    if orientation == "input":
        rows = [({"l": X.T, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", y)]
    else:
        rows = [({"l": X.T}, "<=", x), ({"l": Y.T, "t": -y[:, None]}, ">=", 0.0)]
    sense = "min" if orientation == "input" else "max"
    return optimum(sense, {"t": 1.0}, [*rows, *span(returns, "l", len(X))])


class Plainly:
    """The statistics of a sample, unit by unit, with the random numbers in the order that the call draws them in."""

    def __init__(self, orientation: str, returns: str, X: np.ndarray, Y: np.ndarray, z: np.ndarray, h: np.ndarray):
        self.kind, self.X, self.Y, self.z, self.h = (orientation, returns), X, Y, z, h
        m, s = X.shape[1], Y.shape[1]
        self.kappa = {"vrs": 2 / (m + s + 1), "crs": 2 / (m + s), "fdh": 1 / (m + s)}[returns]

    def scores(self, rows: np.ndarray, *, alike: bool) -> np.ndarray:
        """Return the scores of some rows among themselves, or among those of them in like surroundings."""
        found = []
        for i in rows:
            others = [j for j in rows if not alike or (np.abs(self.z[j] - self.z[i]) <= self.h).all()]
            found.append(score(*self.kind, self.X[i], self.Y[i], self.X[others], self.Y[others]))
        return np.array(found)

    def half(self, rows: np.ndarray, times: int, random: np.random.Generator) -> dict[str, Any]:
        rows, size = np.sort(rows), len(rows) // 2
        parts = []
        for _ in range(times):
            second = random.permutation(np.arange(len(rows)) >= size)
            parts.append((rows[~second], rows[second]))
        found: dict[str, Any] = {}
        for name, alike in (("free", False), ("held", True)):
            whole = self.scores(rows, alike=alike)
            halves = [np.mean([self.scores(part, alike=alike).mean() for part in both]) for both in parts]
            found[name] = (whole, (np.mean(halves) - whole.mean()) / (2**self.kappa - 1))
        found["within"] = np.mean([(np.abs(self.z[rows] - self.z[i]) <= self.h).all(axis=1).sum() for i in rows])
        return found

    def statistics(self, splits: int, times: int, random: np.random.Generator) -> list[float]:
        found, n = [], len(self.X)
        for _ in range(splits):
            order = random.permutation(n)
            halves = [self.half(rows, times, random) for rows in (order[: n // 2], order[n // 2 :])]
            for free, held in (halves, halves[::-1]):
                (first, first_bias), (second, second_bias) = free["free"], held["held"]
                error_of, numbers_of = (first.var(), second.var()), (len(first), len(second))
                if self.kappa < 0.5:
                    numbers_of = int(len(first) ** (2 * self.kappa)), int(held["within"] ** (2 * self.kappa))
                    first = random.choice(first, numbers_of[0], replace=False)
                    second = random.choice(second, numbers_of[1], replace=False)
                more = first.mean() - first_bias - second.mean() + second_bias
                error = np.sqrt(error_of[0] / numbers_of[0] + error_of[1] / numbers_of[1])
                found.append((1 if self.kind[0] == "output" else -1) * more / error)
        return found


def loss(X: np.ndarray, Y: np.ndarray, z: np.ndarray, h: np.ndarray, least: float) -> float:
    """Return the squared error of telling, without each unit in turn, who has at most x and at least y."""
    n, found = len(X), 0.0
    there = np.array([[float((X[i] <= X[j]).all() and (Y[i] >= Y[j]).all()) for j in range(n)] for i in range(n)])
    for i in range(n):
        others = [k for k in range(n) if k != i]
        weights = np.array([np.maximum(0, 1 - ((z[k] - z[i]) / h) ** 2).prod() for k in others])
        told = weights @ there[others] / weights.sum() if weights.sum() > 0 else there.mean(axis=0)
        found += ((there[i] - told) ** 2).sum()
    many = np.mean([(np.abs(z - z[i]) <= h).all(axis=1).sum() for i in range(n)]) >= least
    return float(found) if many else np.inf


@pytest.mark.parametrize("returns", ["vrs", "crs", "fdh"])
def test_conditional_scores_by_hand(returns: str):
    y, z = np.array([[1.0], [2.0], [4.0], [8.0]]), np.array([[0.0], [1.0], [2.0], [3.0]])
    data, whole = Quantities(np.ones((4, 1)), y, np.empty((4, 0))), np.zeros((1, 4), dtype=np.int64)
    found, _ = Scorer("output", returns).score(data, whole, z, np.array([1.0]))  # the best of the neighbours
    assert found[0] == pytest.approx([2.0, 2.0, 2.0, 1.0])
    assert Scorer("output", returns).score(data, whole)[0][0] == pytest.approx([8.0, 4.0, 2.0, 1.0])
    apart = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1]])
    found, _ = Scorer("output", returns).score(data, apart, z, np.array([2.0]))
    assert found == pytest.approx(np.array([[4.0, 4.0, 2.0, 1.0], [4.0, 4.0, 1.0, 1.0], [2.0, 1.0, 2.0, 1.0]]))
    turned, one = Quantities(1.0 / y, np.ones((4, 1)), data.B), np.array([1.0])
    assert Scorer("input", returns).score(turned, whole, z, one)[0][0] == pytest.approx([0.5, 0.5, 0.5, 1.0])


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", ["vrs", "crs"])
def test_conditional_scores_are_right_for_units_of_very_different_size(orientation: str, returns: str):
    random = np.random.default_rng(1)
    X = np.exp(random.normal(0, 4, (20, 2)))
    Y = np.sqrt(X.prod(axis=1))[:, None] * random.uniform(0.2, 1, (20, 2))
    X[5, 1], Y[3, 0], z = 0.0, 0.0, random.uniform(0, 1, (20, 1))
    data, whole = Quantities(X, Y, np.empty((20, 0))), np.zeros((1, 20), dtype=np.int64)
    found, answers = Scorer(orientation, returns).score(data, whole, z, np.array([0.3]))
    size = np.where(X > 0, X, 1.0), np.where(Y > 0, Y, 1.0)
    for i in range(20):
        others = np.abs(z - z[i]).ravel() <= 0.3
        x, y = X[i] / size[0][i], Y[i] / size[1][i]
        alone = score(orientation, returns, x, y, X[others] / size[0][i], Y[others] / size[1][i])
        assert found[0, i] == pytest.approx(alone, rel=1e-7)
    assert answers[0].certificate.max() < 1e-9


def test_rates_and_biases_by_hand():
    assert [rate(returns, 2, 3) for returns in ("vrs", "crs", "fdh")] == pytest.approx([1 / 3, 2 / 5, 1 / 5])
    labels = np.array([[0, 0, 0, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1]])
    found = np.array([[2.0, 2.0, 2.0, 2.0, 2.0], [1.0, 2.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 2.0, 1.0]])
    # the halves' means are 1.5 and 1, then 1.5 and 1: 1.25 and 1.25 where all together have 2
    assert bias(found, labels, 1.0) == pytest.approx(-0.75)
    assert bias(found, labels, 0.5) == pytest.approx(-0.75 / (np.sqrt(2) - 1))
    drawn = halvings(7, 4, np.random.default_rng(1))
    assert drawn.shape == (5, 7)
    assert drawn.sum(axis=1).tolist() == [0, 4, 4, 4, 4]
    assert len({tuple(row) for row in drawn[1:].tolist()}) > 1


def test_who_is_near():
    z = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 5.0]])
    assert near(z, z, np.array([1.0, 4.0])).tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    assert near(z[:1], z, np.array([1.0, 5.0])).tolist() == [[True, True, True]]


@pytest.mark.parametrize(("seed", "least"), [(1, 2.0), (2, 6.0), (3, 12.0)])
@pytest.mark.parametrize("names", [["z"], ["z", "w"]])
def test_bandwidths_have_the_smallest_loss(seed: int, least: float, names: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hetao.measure.inference.bandwidths.LEVELS", 4)
    data = made(seed, 12, lift=2.0)
    X, Y, z = columns(data, "x"), columns(data, "y"), columns(data, *names)
    tried = []
    for j in range(len(names)):
        apart = np.abs(z[:, j, None] - z[:, j])
        levels = np.maximum(np.quantile(apart, np.geomspace(least / 12, 1, 4)), apart[apart > 0].min() / 2)
        tried.append(np.r_[levels, 1.5 * apart.max(), 3 * apart.max()])
    found = cross_validated(Quantities(X, Y, np.empty((12, 0))), z, least)
    best = loss(X, Y, z, found, least)
    assert all(h in candidates for h, candidates in zip(found, tried, strict=True))
    assert all(best <= loss(X, Y, z, np.array(h), least) + 1e-12 for h in zip(*tried, strict=True))
    for j, candidates in enumerate(tried):  # no column can move alone
        for h in candidates:
            assert best <= loss(X, Y, z, np.r_[found[:j], h, found[j + 1 :]], least) + 1e-12


def test_what_tells_nothing_gets_a_bandwidth_beyond_its_range_and_what_tells_much_a_small_one():
    random, n = np.random.default_rng(3), 200
    z = random.uniform(0, 1, (n, 2))
    y = (1.0 + 3.0 * (z[:, :1] > 0.5)) * random.uniform(0.9, 1.0, (n, 1))
    found = cross_validated(Quantities(np.ones((n, 1)), y, np.empty((n, 0))), z, 6.0)
    assert found[0] < 0.2
    assert found[1] > 0.8


def test_a_column_of_few_values_puts_together_units_of_the_same_value():
    z = np.array([0.0, 1.0] * 20)[:, None]
    y = (1.0 + 3.0 * z) * np.random.default_rng(4).uniform(0.9, 1.0, (40, 1))
    found = cross_validated(Quantities(np.ones((40, 1)), y, np.empty((40, 0))), z, 6.0)
    assert found.tolist() == [0.5]


@pytest.mark.parametrize(("orientation", "returns"), KINDS)
def test_the_statistic_and_a_replication_are_what_the_papers_say(orientation: str, returns: str):
    data = made(5, 13, lift=0.5)
    result = dea(panel_of(data), orientation=orientation, returns=returns)
    splits = 2 if returns == "fdh" else 1
    found = quick(result, data, seed=5, splits=splits)
    X, Y, z = columns(data, "x"), columns(data, "y"), columns(data, "z")
    widest = cross_validated(Quantities(X, Y, np.empty((13, 0))), z, 6 * 13 / 6) * (13 / 6) ** 0.2
    assert found.bandwidth[0] == pytest.approx(widest)
    twin = Plainly(orientation, returns, X, Y, z, found.bandwidth[0])
    random = np.random.default_rng(np.random.SeedSequence([5, 0, 0]))
    statistics = twin.statistics(splits, 1, random)
    assert found.parts[:, 0, 0] == pytest.approx(statistics, rel=1e-6, abs=1e-8)
    assert found.statistic == pytest.approx([np.mean(statistics)], rel=1e-6, abs=1e-8)
    random = np.random.default_rng(np.random.SeedSequence([5, 0, 1]).spawn(1)[0])
    own = result.evaluation.score
    picks, noise, h = random.integers(13, size=13), random.standard_normal(13), normal_reference_bandwidth(own)
    smooth = 1 + (own[picks] - 1 + h * noise) / np.sqrt(1 + h**2 / np.mean((own - 1) ** 2))
    star = np.maximum(1 - np.abs(smooth - 1), own.min() / 2) if orientation == "input" else 1 + np.abs(smooth - 1)
    move = (own / star)[:, None]
    twin.X, twin.Y = (X * move, Y) if orientation == "input" else (X, Y * move)
    assert found.replicates[0, 0] == pytest.approx(np.mean(twin.statistics(splits, 1, random)), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(("orientation", "returns"), [("input", "fdh"), ("output", "vrs")])
def test_where_scores_converge_slowly_means_are_taken_over_some_units(orientation: str, returns: str):
    data = draw(6, 20) | {"z": np.random.default_rng(6).uniform(0, 1, 20), "w": np.zeros(20)}
    result = dea(panel_of(data), orientation=orientation, returns=returns)
    found = quick(result, data, seed=6, columns=["z", "b"], jackknife=2)
    X, Y, z = columns(data, "x1", "x2"), columns(data, "y1", "y2"), columns(data, "z", "b")
    twin = Plainly(orientation, returns, X, Y, z, found.bandwidth[0])
    assert twin.kappa < 0.5
    statistics = twin.statistics(1, 2, np.random.default_rng(np.random.SeedSequence([6, 0, 0])))
    assert found.parts[:, 0, 0] == pytest.approx(statistics, rel=1e-6, abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(KINDS), h=st.floats(0.01, 3.0))
def test_conditional_scores_are_nearer_to_1_the_closer_one_looks(seed: int, kind: Any, h: float):
    orientation, returns = kind
    data = made(seed, 15)
    table, z = Quantities(columns(data, "x"), columns(data, "y"), np.empty((15, 0))), columns(data, "z")
    labels = halvings(15, 2, np.random.default_rng(seed))
    scorer = Scorer(orientation, returns)
    free, _ = scorer.score(table, labels)
    wide, _ = scorer.score(table, labels, z, np.array([h]))
    narrow, _ = scorer.score(table, labels, z, np.array([h / 2]))
    away = [np.abs(found - 1.0) for found in (narrow, wide, free)]
    assert (away[0] <= away[1] + 1e-9).all()
    assert (away[1] <= away[2] + 1e-9).all()
    assert (away[2][1:] <= away[2][0] + 1e-9).all()
    assert h < 1.0 or wide == pytest.approx(free, abs=1e-9)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.floats(1e-6, 1e6), kind=st.sampled_from(KINDS))
def test_units_of_measurement_do_not_matter(seed: int, size: float, kind: Any):
    data = made(seed, 16, lift=0.4)
    scaled = data | {"x": np.array(data["x"]) * size, "y": np.array(data["y"]) / size, "z": np.array(data["z"]) * -size}
    mine, other = (quick(dea(panel_of(d), orientation=kind[0], returns=kind[1]), d, seed=seed) for d in (data, scaled))
    assert other.bandwidth == pytest.approx(mine.bandwidth * size, rel=1e-9)
    assert other.parts == pytest.approx(mine.parts, rel=1e-6, abs=1e-7)


def test_the_tables_hold_the_formulas():
    data = made(7, 24, periods=2, lift=0.5)
    found = quick(
        dea(panel_of(data, period="t"), orientation="output", returns="vrs"), data, splits=3, columns=["z", "w"]
    )
    tests, splits, widths = found.tests, found.splits, found.bandwidths
    means = ["unconditional", "conditional", "unconditional_bias", "conditional_bias", "within"]
    assert list(tests) == ["t", "statistic", "critical", "p_value", *means]
    assert tests["t"] == [0, 1]
    assert splits["t"] == [0] * 6 + [1] * 6
    assert splits["split"] == [1, 2, 3, 4, 5, 6] * 2
    split = {name: numbers(values).reshape(2, 6) for name, values in splits.items()}
    difference = split["unconditional"] - split["conditional"]
    difference -= split["unconditional_bias"] - split["conditional_bias"]
    assert split["statistic"] == pytest.approx(difference / split["standard_error"])
    assert split["p_normal"] == pytest.approx(norm.sf(split["statistic"]))
    for name in ["statistic", *means]:
        assert numbers(tests[name]) == pytest.approx(split[name].mean(axis=1))
    assert numbers(tests["critical"]) == pytest.approx(np.quantile(found.replicates, 0.95, axis=0))
    larger = (found.replicates >= found.statistic).sum(axis=0)
    assert numbers(tests["p_value"]) == pytest.approx((1 + larger) / 11)
    assert widths["column"] == ["z", "w"] * 2
    assert widths["t"] == [0, 0, 1, 1]
    assert numbers(widths["bandwidth"]) == pytest.approx(found.bandwidth.ravel())
    z = pd.DataFrame(data).groupby("t")[["z", "w"]]
    assert numbers(widths["range"]) == pytest.approx((z.max() - z.min()).to_numpy().ravel())
    # of each sample 3 splits of 24 units, scored freely and conditionally among all and among halves, 11 times
    assert found.certificate.programmes == 48 + 2 * 11 * 3 * 24 * 4
    assert found.certificate.statuses == {"optimal": found.certificate.programmes}
    assert max(found.certificate.primal, found.certificate.dual, found.certificate.gap) <= 1e-8


def test_each_period_is_tested_on_its_own_and_all_together_if_asked():
    data = made(8, 20, periods=2)
    both = quick(dea(panel_of(data, period="t"), returns="vrs"), data, seed=2)
    first = {name: [v for v, t in zip(values, data["t"], strict=True) if t == 0] for name, values in data.items()}
    alone = quick(dea(panel_of(first, period="t"), returns="vrs"), first, seed=2)
    assert (both.replicates[:, :1] == alone.replicates).all()
    assert (both.parts[:, :1] == alone.parts).all()
    assert both.bandwidth[0] == alone.bandwidth[0]
    together = quick(dea(panel_of(data, period="t"), returns="vrs", reference="global"), data)
    apart = data | {"u": list(range(40))}
    assert together.replicates.shape == (10, 1)
    assert "t" not in {*together.tests, *together.splits, *together.bandwidths}
    assert (together.parts == quick(dea(panel_of(apart), returns="vrs"), apart).parts).all()


def test_the_null_is_kept_where_it_is_true_and_rejected_where_it_is_far_from_true():
    def p(seed: int, lift: float) -> float:
        data = made(seed, 40, lift=lift)
        result = dea(panel_of(data), orientation="output", returns="vrs")
        return float(quick(result, data, splits=1, replications=19, seed=seed).p_values[0])

    true = [p(seed, 0.0) for seed in range(10)]
    assert np.mean(np.array(true) <= 0.05) <= 0.2
    assert np.mean(true) > 0.3
    assert np.mean([p(seed, 4.0) <= 0.05 for seed in range(6)]) >= 0.8


def test_surroundings_that_tell_nothing_have_a_statistic_of_0_and_a_p_value_of_1():
    data = made(9, 40)
    for seed in range(20):
        data |= {"z": np.random.default_rng(seed).uniform(0, 1, 40)}
        found = quick(dea(panel_of(data), orientation="output", returns="vrs"), data)
        if found.bandwidth[0, 0] > found.bandwidths["range"][0]:
            assert found.statistic == pytest.approx([0.0], abs=1e-9)
            assert found.p_values.tolist() == [1.0]
            assert found.tests["within"] == [20.0]
            return
    raise AssertionError("no sample in which z tells nothing")


def test_units_that_are_all_on_the_frontier_have_a_statistic_of_0():
    x = np.linspace(1.0, 2.0, 16)
    data = {"u": list(range(16)), "x": x, "y": 3.0 * x, "z": np.sin(9 * x)}
    found = quick(dea(panel_of(data), returns="crs"), data)
    assert found.parts[:, 0, 0].tolist() == [0.0, 0.0]
    assert found.p_values.tolist() == [1.0]


def test_the_same_seed_gives_the_same_numbers_however_they_are_computed(monkeypatch: pytest.MonkeyPatch):
    data = made(10, 20, lift=0.5)
    result = dea(panel_of(data), orientation="output", returns="vrs")
    with computing(threads=1):
        alone = quick(result, data, replications=30, seed=9)
    with computing(threads=2):
        assert (quick(result, data, replications=30, seed=9).replicates == alone.replicates).all()
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor, computing(executor=executor):
            assert (quick(result, data, replications=30, seed=9).replicates == alone.replicates).all()
    with computing(engine="plain"):
        plain = quick(result, data, seed=9)
    assert plain.parts == pytest.approx(alone.parts, rel=1e-7, abs=1e-9)
    other = quick(result, data, replications=30, seed=10)
    assert (other.replicates != alone.replicates).any()
    assert (other.parts != alone.parts).any()
    assert (other.fingerprint["seed"], alone.fingerprint["seed"]) == (10, 9)
    monkeypatch.setattr(conditional, "CELLS", 300)
    assert (quick(result, data, seed=9).parts == alone.parts).all()


def test_rows_of_the_frame_are_found_by_key():
    data = made(11, 16)
    result = dea(panel_of(data), returns="vrs")
    frame = pd.DataFrame(data)[["u", "z"]].sample(frac=1.0, random_state=1)
    more = pd.concat([frame, pd.DataFrame({"u": [99], "z": [0.5]})])
    assert (quick(result, more).parts == quick(result, data).parts).all()


def test_the_result_is_told_and_written(tmp_path: Path):
    data = made(12, 16, periods=2)
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        found = quick(dea(panel_of(data, period="t"), orientation="output", returns="vrs"), data, replications=30)
    assert told[-1] == (60, 60)
    free, held, free_bias, held_bias = found.parts[:, 1, 1:5].mean(axis=0)
    with use_language("en"):
        text = found.summary()
        assert f"1: T = {found.statistic[1]:.4f}, p = {found.p_values[1]:.4f}" in text
        assert f"unconditional {free - free_bias:.4f}, conditional {held - held_bias:.4f}" in text
        assert f"bandwidths z {found.bandwidth[1, 0]:.4g}" in text
        single = quick(dea(panel_of({k: v[:16] for k, v in made(12, 16).items()}), returns="vrs"), made(12, 16))
        assert single.summary().splitlines()[1].startswith("T = ")
    with use_language("zh"):
        assert "可分性检验" in found.summary()
    found.to_excel(tmp_path / "found.xlsx")
    with ZipFile(tmp_path / "found.xlsx") as book:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert sheets[1:] == [str(title) for title in found._tables()]
    again = pickle.loads(pickle.dumps(found))
    assert (again.replicates == found.replicates).all()
    assert again.fingerprint == found.fingerprint
    with pytest.raises(ValueError, match="read-only"):
        found.parts[0, 0, 0] = 1.0


def test_the_fingerprint_knows_the_options_and_what_surrounds_the_units():
    data = made(13, 16)
    result = dea(panel_of(data), returns="vrs")
    found = quick(result, data).fingerprint
    assert found == quick(result, data).fingerprint
    assert found != quick(result, data | {"z": data["z"][::-1]}).fingerprint
    assert (found["call"], found["seed"]) == ("separability_test", 0)
    own = {"columns": ["z"], "splits": 1, "jackknife": 1, "replications": 10}
    assert own.items() <= found["options"].items()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"splits": 0}, ["splits"]),
        ({"splits": 1.5, "jackknife": 0, "replications": 9}, ["splits", "jackknife", "replications"]),
        ({"seed": -1, "jackknife": True}, ["jackknife", "seed"]),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any], expected: list[str]):
    data = made(14, 16)
    for returns in ("vrs", "fdh"):
        given = {"frame": data, "columns": "z"} | options
        codes = refused(separability_test, dea(panel_of(data), returns=returns), **given)
        assert codes == [f"separability_test.{name}" for name in expected]


def test_results_that_it_is_not_made_for_are_refused():
    data = made(14, 16, periods=2)
    panel, options = panel_of(data, period="t"), {"frame": data, "columns": "z"}
    grouped = Panel(
        {name: data[name] for name in ("u", "t", "x", "y")} | {"g": ["a", "b"] * 16},
        unit="u",
        period="t",
        group="g",
        inputs="x",
        outputs="y",
    )
    for wrong in (
        directional(panel),
        panel,
        dea(panel, returns="nirs"),
        dea(panel, returns="vrs", super_efficiency=True),
        dea(panel, returns="fdh", super_efficiency=True),
        dea(panel, returns="vrs", reference="sequential"),
        dea(grouped, returns="vrs", by_group=True),
    ):
        assert refused(separability_test, wrong, **options) == ["separability_test.result"]
    several = dea(panel, returns="ndrs", reference=2)
    assert refused(separability_test, several, **options) == ["separability_test.result"] * 2


@pytest.mark.parametrize("returns", ["vrs", "fdh"])
def test_units_without_a_score_are_refused(returns: str):
    data = made(15, 16)
    lost = data | {"y": [0.0, *data["y"][1:]]}
    result = dea(panel_of(lost), orientation="output", returns=returns)
    assert refused(separability_test, result, frame=lost, columns="z") == ["separability_test.result"]


def test_too_few_units_and_columns_that_do_not_vary_in_a_period_are_refused_together():
    data = made(16, 11, periods=2)
    data |= {"z": [0.0 if t else z for z, t in zip(data["z"], data["t"], strict=True)]}
    options = {"frame": data, "columns": ["z", "w"]}
    codes = refused(separability_test, dea(panel_of(data, period="t"), returns="vrs"), **options)
    assert codes == ["separability_test.result"] * 2 + ["separability_test.columns"]
    few = {name: values[:11] for name, values in made(16, 12).items()}
    result = dea(panel_of(few), returns="vrs")
    assert refused(separability_test, result, frame=few, columns="z") == ["separability_test.result"]
    enough = made(16, 12)
    assert len(quick(dea(panel_of(enough), returns="vrs"), enough).p_values) == 1


def test_columns_that_are_not_there_are_refused():
    data = made(17, 16)
    with pytest.raises(ModelError) as caught:
        quick(dea(panel_of(data), returns="vrs"), data, columns=["z", "nope"])
    assert [problem.code for problem in caught.value.problems] == ["separability_test.columns"]

"""Moves between classes: published tables, by hand, by loops, their laws, and what is refused."""

from __future__ import annotations

import csv
import math
import pickle
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from libpysal import examples
from scipy.stats import chi2

from hetao.errors import ModelError, Problem
from hetao.measure import MarkovResult, SpatialMarkovResult, markov, spatial_markov
from hetao.text import use_language

Data = dict[str, list[Any]]
WHERE = {"value": "v", "unit": "c", "period": "t"}


def paths_of(*paths: list[float]) -> Data:
    """Return units ``u0`` …, each with its values one after another."""
    rows = [(f"u{i}", t, v) for i, path in enumerate(paths) for t, v in enumerate(path)]
    return {name: list(values) for name, values in zip("ctv", zip(*rows, strict=True), strict=True)}


def moving(counts: list[list[int]]) -> Data:
    """Return units of two periods that move as counted, class 1 at 1.0, class 2 at 2.0 …"""
    moves = [(i + 1.0, j + 1.0) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    return paths_of(*([a, b] for a, b in moves))


def moved(counts: list[list[int]]) -> MarkovResult:
    return markov(moving(counts), **WHERE, classes=[b + 0.5 for b in range(1, len(counts))])


def told(call: Callable[..., Any], data: Any, **options: Any) -> list[Problem]:
    with pytest.raises(ModelError) as caught:
        call(data, **(WHERE | options))
    return list(caught.value.problems)


@pytest.fixture(scope="module")
def states() -> Data:
    """Return the income of 48 states of the USA from 1929 to 2009, as the example of PySAL has it."""
    with Path(examples.get_path("usjoin.csv")).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = range(1929, 2010)
    table = {"c": [row["Name"] for _ in years for row in rows], "t": [y for y in years for _ in rows]}
    return table | {"v": [float(row[str(y)]) for y in years for row in rows]}


@pytest.fixture(scope="module")
def borders(states: Data) -> Data:
    """Return which of these states share a border."""
    lines = Path(examples.get_path("states48.gal")).read_text(encoding="utf-8").splitlines()
    names = states["c"][:48]
    heads = zip(lines[1::2], lines[2::2], strict=True)
    near = {int(head.split()[0]): list(map(int, line.split())) for head, line in heads}
    pairs = [(names[i], names[j]) for i, others in near.items() for j in others if i < j]
    return {"unit": [a for a, _ in pairs], "neighbour": [b for _, b in pairs]}


# Plain twins


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def read(data: Data, relative: bool) -> dict[tuple[Any, Any], float]:
    """Return the value of each unit and period."""
    found = dict(zip(zip(data["c"], data["t"], strict=True), data["v"], strict=True))
    if not relative:
        return found
    means = {}
    for t in set(data["t"]):
        here = [v for (_, when), v in found.items() if when == t]
        means[t] = sum(here) / len(here)
    return {(c, t): v / means[t] for (c, t), v in found.items()}


def class_of(value: float, bounds: list[float]) -> int:
    return sum(value > bound for bound in bounds)


def counted(data: Data, bounds: list[float], relative: bool) -> np.ndarray:
    values, k = read(data, relative), len(bounds) + 1
    found = np.zeros((k, k), dtype=int)
    for now, then in pairwise(sorted(set(data["t"]))):
        for c in set(data["c"]):
            if (c, now) in values and (c, then) in values:
                found[class_of(values[c, now], bounds), class_of(values[c, then], bounds)] += 1
    return found


def counted_near(data: Data, pairs: list[tuple[Any, Any, float]], bounds: list[float], relative: bool) -> np.ndarray:
    """Return the moves by class of the neighbours' weighted mean; every pair both ways."""
    values, k = read(data, relative), len(bounds) + 1
    found = np.zeros((k, k, k), dtype=int)
    for now, then in pairwise(sorted(set(data["t"]))):
        for c in set(data["c"]):
            if (c, now) not in values or (c, then) not in values:
                continue
            near = [(b if a == c else a, w) for a, b, w in pairs if c in (a, b)]
            near = [(b, w) for b, w in near if (b, now) in values]
            mean = sum(w * values[b, now] for b, w in near) / sum(w for _, w in near)
            found[class_of(mean, bounds), class_of(values[c, now], bounds), class_of(values[c, then], bounds)] += 1
    return found


@st.composite
def panels(draw: st.DrawFn, gaps: bool = True) -> Data:
    """Draw units over periods in no order, some of them not seen in some, at least two of the values different."""
    units, periods = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    keys = [(f"u{c}", t) for c in range(units) for t in range(periods)]
    if gaps:
        lost = draw(st.sets(st.integers(2 * units, max(2 * units, len(keys) - 1)), max_size=len(keys) // 3))
        keys = [key for i, key in enumerate(keys) if i not in lost]
    keys = draw(st.permutations(keys))
    value = draw(st.lists(st.floats(1.0, 90.0), min_size=len(keys), max_size=len(keys), unique=True))
    return {"c": [c for c, _ in keys], "t": [t for _, t in keys], "v": value}


# Published numbers


def test_the_states_of_the_usa_move_as_published(states: Data):
    """The pooled shares of relative income in quintiles, as the documentation of giddy prints them."""
    found = markov(states, **WHERE, classes=5, relative=True)
    assert found.counts.sum() == 48 * 80
    published = [
        [0.91461837, 0.07503234, 0.00905563, 0.00129366, 0.0],
        [0.06570302, 0.82654402, 0.10512484, 0.00131406, 0.00131406],
        [0.00520833, 0.10286458, 0.79427083, 0.09505208, 0.00260417],
        [0.0, 0.00913838, 0.09399478, 0.84856397, 0.04830287],
        [0.0, 0.0, 0.0, 0.06217617, 0.93782383],
    ]
    assert found.probabilities == pytest.approx(np.array(published), abs=5e-9)


def test_the_states_of_the_usa_move_as_their_neighbours_let_them(states: Data, borders: Data):
    """The shares by the neighbours' class for bounds of 0.8, 0.9, 1 and 1.2, as the documentation of giddy has them."""
    found = spatial_markov(states, **WHERE, neighbours=borders, classes=[0.8, 0.9, 1.0, 1.2])
    published = {
        (0, 0): [0.96703297, 0.03296703, 0, 0, 0],
        (0, 1): [0.10638298, 0.68085106, 0.21276596, 0, 0],
        (0, 3): [0, 0, 0.5, 0.5, 0],
        (1, 2): [0, 0.05882353, 0.8627451, 0.07843137, 0],
        (1, 4): [0, 0, 0, 0, 1],
        (2, 0): [0.78082192, 0.17808219, 0.02739726, 0.01369863, 0],
        (2, 3): [0, 0, 0.05811623, 0.92985972, 0.01202405],
        (3, 1): [0.0703125, 0.7890625, 0.125, 0.015625, 0],
        (3, 2): [0.00295858, 0.06213018, 0.82248521, 0.10946746, 0.00295858],
        (4, 4): [0, 0, 0, 0.03932584, 0.96067416],
    }
    for (around, start), shares in published.items():
        assert found.probabilities[around, start] == pytest.approx(shares, abs=5e-9)
    empty = {(0, 4), (4, 0), (4, 1)}
    assert {(int(a), int(i)) for a, i in np.argwhere(found.counts.sum(axis=2) == 0)} == empty


# By hand


def test_the_weather_in_the_land_of_oz():
    """Kemeny and Snell (1960): rain, nice, snow lead to 0.4, 0.2, 0.4."""
    found = moved([[2, 1, 1], [1, 0, 1], [1, 1, 2]])
    assert found.probabilities.tolist() == [[0.5, 0.25, 0.25], [0.5, 0.0, 0.5], [0.25, 0.25, 0.5]]
    assert found.ergodic == pytest.approx([0.4, 0.2, 0.4])
    assert found.mobility == pytest.approx(1.0)


def test_three_units_by_hand():
    data = paths_of([1.0, 2.0, 4.0], [4.0, 5.0, 6.0], [2.0, 3.0, 3.0])
    found = markov(data, **WHERE, classes=[3.0])
    assert found.counts.tolist() == [[3, 1], [0, 2]]  # 3.0 is on the bound, so it is in the lower class
    assert found.bounds.tolist() == [3.0]
    quantiles = markov(data, **WHERE, classes=3)
    assert quantiles.bounds == pytest.approx([2.0 + 2 / 3, 4.0])


def test_relative_values_are_those_of_the_period():
    """All double from period to period: nobody moves relative to the mean, and all do as they are."""
    data = paths_of([1.0, 2.0, 4.0], [3.0, 6.0, 12.0])
    assert markov(data, **WHERE, classes=[1.0], relative=True).counts.tolist() == [[2, 0], [0, 2]]
    assert markov(data, **WHERE, classes=[2.5]).counts.tolist() == [[1, 1], [0, 2]]


def test_only_units_seen_in_both_periods_move():
    data = {"c": ["a", "a", "b", "b", "b"], "t": [1, 3, 1, 2, 3], "v": [1.0, 9.0, 1.0, 1.0, 9.0]}
    assert markov(data, **WHERE, classes=[5.0]).counts.tolist() == [[1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("counts", "ergodic", "mobility"),
    [
        ([[3, 0], [0, 2]], [np.nan] * 2, 0.0),  # nobody ever leaves: two places to end in
        ([[0, 3], [2, 0]], [0.5, 0.5], 2.0),  # all change: half of the time in each
        ([[1, 1], [0, 2]], [0.0, 1.0], 0.5),  # the highest class is never left
        ([[1, 3], [2, 6]], [0.25, 0.75], 1.0),  # the class is forgotten
        ([[1, 1, 0], [1, 1, 0], [0, 0, 3]], [np.nan] * 3, 0.5),  # two groups
        ([[2, 1, 1], [0, 3, 0], [0, 0, 3]], [np.nan] * 3, 0.25),  # two places to end in, one class on the way
        ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], [1 / 3] * 3, 1.5),  # round and round
        ([[1, 1], [0, 0]], [np.nan] * 2, np.nan),  # nobody starts in the second class
    ],
)
def test_where_the_moves_lead(counts: list[list[int]], ergodic: list[float], mobility: float):
    found = moved(counts)
    assert found.counts.tolist() == counts
    assert found.ergodic == pytest.approx(ergodic, nan_ok=True)
    assert found.mobility == pytest.approx(mobility, nan_ok=True)


def test_a_class_where_nobody_ever_was_has_no_shares():
    found = markov(paths_of([1.0, 1.0], [2.0, 1.0]), **WHERE, classes=[5.0])
    assert found.probabilities == pytest.approx(np.array([[1.0, 0.0], [np.nan, np.nan]]), nan_ok=True)
    assert found.transitions["to_1"] == [1.0, None]
    assert found.transitions["ergodic"] == [None, None]


def test_neighbours_by_hand():
    """b starts between a and c, whose weighted mean (3 · 1 + 9) / 4 = 3 is on the bound."""
    data = paths_of([1.0, 1.0], [5.0, 2.0], [9.0, 9.0])
    pairs = {"unit": ["u0", "u1"], "neighbour": ["u1", "u2"], "weight": [3.0, 1.0]}
    found = spatial_markov(data, **WHERE, neighbours=pairs, classes=[3.0], relative=False)
    assert found.counts.tolist() == [[[0, 0], [1, 0]], [[1, 0], [0, 1]]]
    assert found.transitions["neighbours"] == [1, 1, 2, 2]
    assert found.transitions["from"] == [1, 2, 1, 2]
    assert found.transitions["moves"] == [0, 1, 1, 1]
    assert found.transitions["to_1"] == [None, 1.0, 1.0, 0.0]


def test_neighbours_that_are_not_seen_do_not_count():
    """In the second period b has only a, whatever the weight of c."""
    data = {"c": list("abcabab"), "t": [1, 1, 1, 2, 2, 3, 3], "v": [1.0, 1.0, 9.0, 1.0, 1.0, 1.0, 1.0]}
    pairs = {"unit": ["a", "b"], "neighbour": ["b", "c"], "weight": [1.0, 9.0]}
    found = spatial_markov(data, **WHERE, neighbours=pairs, classes=[5.0], relative=False)
    assert found.counts.sum(axis=(1, 2)).tolist() == [3, 1]  # with c in period 1 alone: (1 + 81) / 10


def test_the_test_of_neighbours_by_hand():
    """Two tables of four moves: 2 Σ n ln(p_l / p), with p the shares of all eight."""
    counts = np.array([[[3, 1], [0, 0]], [[1, 3], [0, 0]]])
    made = SpatialMarkovResult(**vars(spatial()) | {"counts": counts})
    q, freedom, p = made.test
    assert q == pytest.approx(2 * (6 * math.log(0.75 / 0.5) + 2 * math.log(0.25 / 0.5)))
    assert freedom == 1
    assert p == pytest.approx(math.erfc(math.sqrt(q / 2)))  # the square of a normal number


def test_neighbours_seen_in_one_class_only_leave_nothing_to_test():
    data = paths_of([1.0, 1.0, 2.0], [2.0, 2.0, 2.0])
    pairs = {"unit": ["u0"], "neighbour": ["u1"]}
    q, freedom, p = spatial_markov(data, **WHERE, neighbours=pairs, classes=[9.0], relative=False).test
    assert (q, freedom) == (0.0, 0)
    assert np.isnan(p)


# Twins


@given(data=panels(), classes=st.integers(2, 4), relative=st.booleans())
def test_counts_are_those_of_loops(data: Data, classes: int, relative: bool):
    values = list(read(data, relative).values())
    bounds = [quantile(values, share / classes) for share in range(1, classes)]
    assume(all(b - a > 1e-9 for a, b in pairwise(bounds)))
    middles = [b + 1e-7 * (1 if b < max(values) else -1) for b in bounds]  # away from values that are bounds
    assume(all(abs(v - m) > 1e-8 for v in values for m in middles))
    found = markov(data, **WHERE, classes=classes, relative=relative)
    assert found.bounds == pytest.approx(bounds)
    own = markov(data, **WHERE, classes=middles, relative=relative)
    assert own.counts.tolist() == counted(data, middles, relative).tolist()


@given(data=panels(gaps=False), relative=st.booleans(), draw=st.data())
def test_counts_by_neighbours_are_those_of_loops(data: Data, relative: bool, draw: st.DataObject):
    units = sorted(set(data["c"]))
    pairs = [(a, b, draw.draw(st.floats(0.5, 5.0))) for a, b in pairwise(units)]
    if len(units) > 2 and draw.draw(st.booleans()):
        pairs.append((units[0], units[-1], 2.0))
    listed = {name: [pair[i] for pair in pairs] for i, name in enumerate(("unit", "neighbour", "weight"))}
    values = list(read(data, relative).values())
    bounds = [quantile(values, 0.31) + 1e-5, quantile(values, 0.77) + 1e-5]
    assume(bounds[1] - bounds[0] > 1e-9)
    options: dict[str, Any] = {"classes": bounds, "relative": relative}
    found = spatial_markov(data, **WHERE, neighbours=listed, **options)
    assert found.counts.tolist() == counted_near(data, pairs, bounds, relative).tolist()
    assert found.counts.sum(axis=0).tolist() == markov(data, **WHERE, **options).counts.tolist()


@given(counts=st.lists(st.integers(0, 6), min_size=27, max_size=27))
def test_the_test_is_that_of_bickenbach_and_bode_by_loops(counts: list[int]):
    table = np.array(counts).reshape(3, 3, 3)
    q, freedom, p = SpatialMarkovResult(**vars(spatial()) | {"counts": table}).test
    total, rooms = 0.0, 0
    for i in range(3):
        seen = [around for around in range(3) if sum(table[around, i]) > 0]
        reached = [j for j in range(3) if sum(table[around, i, j] for around in range(3)) > 0]
        rooms += max(len(seen) - 1, 0) * max(len(reached) - 1, 0)
        for around in seen:
            for j in reached:
                n = int(table[around, i, j])
                if n:
                    pooled = sum(int(table[a, i, j]) for a in seen) / sum(int(table[a, i].sum()) for a in seen)
                    total += 2 * n * math.log(n / int(table[around, i].sum()) / pooled)
    assert q == pytest.approx(total, abs=1e-9)
    assert freedom == rooms
    assert p == pytest.approx(chi2.sf(total, rooms) if rooms else np.nan, abs=1e-9, nan_ok=True)


@settings(max_examples=20)
@given(counts=st.lists(st.integers(1, 9), min_size=16, max_size=16))
def test_the_long_run_is_that_of_many_steps(counts: list[int]):
    found = moved(np.array(counts).reshape(4, 4).tolist())
    now = np.full(4, 0.25)
    for _ in range(500):
        now = now @ found.probabilities
    assert found.ergodic == pytest.approx(now, abs=1e-9)


# Laws


@given(data=panels(), classes=st.integers(2, 4), relative=st.booleans())
def test_shares_add_to_one_and_the_long_run_stays(data: Data, classes: int, relative: bool):
    try:
        found = markov(data, **WHERE, classes=classes, relative=relative)
    except ModelError as error:
        assume({p.code for p in error.problems} != {"markov.classes"})  # values on which quantiles coincide
        raise
    left = found.counts.sum(axis=1) > 0
    assert found.probabilities[left].sum(axis=1) == pytest.approx(np.ones(left.sum()))
    assert np.isnan(found.probabilities[~left]).all()
    assert ((found.probabilities[left] >= 0.0) & (found.probabilities[left] <= 1.0)).all()
    pi = found.ergodic
    if not np.isnan(pi).any():
        assert pi.sum() == pytest.approx(1.0)
        assert (pi >= 0.0).all()
        assert pi @ found.probabilities == pytest.approx(pi, abs=1e-9)
    if left.all():
        k = len(found.counts)
        assert -1e-12 <= found.mobility <= k / (k - 1) + 1e-12


@given(data=panels(), seed=st.integers(0, 10**6), scale=st.integers(-3, 6), relative=st.booleans())
def test_neither_rows_nor_the_unit_of_measurement_matter(data: Data, seed: int, scale: int, relative: bool):
    order = np.random.default_rng(seed).permutation(len(data["v"]))
    shuffled = {name: [values[i] for i in order] for name, values in data.items()}
    cut = 1.0 if relative else 30.0
    assume(all(abs(v - cut) > 1e-9 for v in read(data, relative).values()))
    own = markov(data, **WHERE, classes=[cut], relative=relative)
    assert markov(shuffled, **WHERE, classes=[cut], relative=relative).counts.tolist() == own.counts.tolist()
    scaled = data | {"v": [v * 2.0**scale for v in data["v"]]}
    bounds = [cut] if relative else [cut * 2.0**scale]
    assert markov(scaled, **WHERE, classes=bounds, relative=relative).counts.tolist() == own.counts.tolist()


@given(data=panels(gaps=False))
def test_time_turned_back_turns_the_table(data: Data):
    back = data | {"t": [-t for t in data["t"]]}
    own = markov(data, **WHERE, classes=[20.0, 50.0])
    assert markov(back, **WHERE, classes=[20.0, 50.0]).counts.tolist() == own.counts.T.tolist()


@given(data=panels(gaps=False), scale=st.floats(0.1, 50.0))
def test_only_the_proportions_of_weights_matter(data: Data, scale: float):
    units = sorted(set(data["c"]))
    pairs: Data = {"unit": units[:-1], "neighbour": units[1:]}
    pairs["weight"] = [1.0 + i for i in range(len(units) - 1)]
    options: dict[str, Any] = {"classes": [0.7001, 1.2003]}
    own = spatial_markov(data, **WHERE, neighbours=pairs, **options)
    scaled = pairs | {"weight": [w * scale for w in pairs["weight"]]}
    swapped = {"unit": pairs["neighbour"], "neighbour": pairs["unit"], "weight": pairs["weight"]}
    for other in (scaled, swapped):
        found = spatial_markov(data, **WHERE, neighbours=other, **options)
        assert found.counts.tolist() == own.counts.tolist()


# What it tells


def plain(kind: Any = dict) -> MarkovResult:
    return markov(kind(paths_of([1.0, 2.0, 4.0], [4.0, 5.0, 2.0], [2.0, 3.0, 5.0])), **WHERE, classes=[3.0])


def spatial(kind: Any = dict) -> SpatialMarkovResult:
    data = kind(paths_of([1.0, 2.0, 4.0], [4.0, 5.0, 2.0], [2.0, 3.0, 5.0]))
    pairs = {"unit": ["u0", "u1"], "neighbour": ["u1", "u2"]}
    return spatial_markov(data, **WHERE, neighbours=pairs, classes=[3.0], relative=False)


def test_the_tables_come_in_the_callers_kind_of_frame():
    found = plain()
    assert found.transitions == {
        "from": [1, 2],
        "moves": [4, 2],
        "to_1": [0.5, 0.5],
        "to_2": [0.5, 0.5],
        "ergodic": [pytest.approx(0.5)] * 2,
    }
    assert isinstance(plain(pd.DataFrame).transitions, pd.DataFrame)
    assert plain(pl.DataFrame).transitions["moves"].to_list() == [4, 2]
    near = spatial(pd.DataFrame).transitions
    assert list(near) == ["neighbours", "from", "moves", "to_1", "to_2"]
    assert near["moves"].sum() == 6


def test_the_summaries_in_both_languages_and_the_workbooks(tmp_path: Path):
    found, near = plain(), spatial()
    assert found.summary().splitlines() == [
        "markov: Markov transitions: 2 classes of values as they are, 1 the lowest.",
        "6 moves, classes bounded by 3",
        "staying: 50.0%, 50.0%; mobility 1.000",
    ]
    q, freedom, p = near.test
    assert (
        f"test that neighbours do not matter: Q = {q:.2f}, {freedom} degrees of freedom, p = {p:.4f}" in near.summary()
    )
    with use_language("zh"):
        assert found.summary().splitlines() == [
            "markov: 马尔可夫转移：2 类，值按原值，第 1 类最低。",
            "6 次转移，分界 3",
            "停留在原类：50.0%, 50.0%；流动性 1.000",
        ]
        assert f"邻居无影响的检验：Q = {q:.2f}，自由度 {freedom}，p = {p:.4f}" in near.summary()
    relative = markov(paths_of([1.0, 2.0], [3.0, 4.0]), **WHERE, classes=[1.0], relative=True)
    assert "relative to the period's mean" in relative.summary()
    with use_language("zh"):
        assert "相对于当期均值" in relative.summary()
    for result, sheet in ((found, "transitions"), (near, "spatial transitions")):
        result.to_excel(tmp_path / "moves.xlsx")
        sheets = pd.read_excel(tmp_path / "moves.xlsx", sheet_name=None, engine="calamine")
        assert list(sheets) == ["about", sheet]
        assert sheets[sheet]["moves"].sum() == 6


def test_the_figures_show_a_table_each():
    assert len(plain().plot().axes) == 1
    figure = spatial().plot()
    assert [axes.get_title() for axes in figure.axes] == ["neighbours in class 1", "neighbours in class 2"]
    with use_language("zh"):
        assert spatial().plot().axes[0].get_title() == "邻居：第 1 类"


def test_the_results_are_frozen_pickled_and_have_fingerprints():
    for make, call in ((plain, "markov"), (spatial, "spatial_markov")):
        found = make()
        again = pickle.loads(pickle.dumps(found))
        assert again.fingerprint == found.fingerprint == make().fingerprint
        assert found.fingerprint["call"] == call
        shown = {name: found.options[name] for name in ("value", "classes", "relative")}
        assert shown == {"value": "v", "classes": [3.0], "relative": False}
        for array in (found.bounds, found.counts, found.probabilities):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    assert markov(paths_of([1.0, 2.0]), **WHERE, classes=2).options["classes"] == 2


# Faults

BAD_CLASSES = [1, 0, -2, True, "many", 2.5, None, [], [2.0, 1.0], [1.0, 1.0], [1.0, "x"], [1.0, math.nan], [math.inf]]


@pytest.mark.parametrize("classes", BAD_CLASSES, ids=map(str, BAD_CLASSES))
@pytest.mark.parametrize("call", [markov, spatial_markov])
def test_what_are_no_classes(call: Any, classes: Any):
    near = {"neighbours": {"unit": ["u0"], "neighbour": ["u1"]}} if call is spatial_markov else {}
    found = told(call, paths_of([1.0, 2.0], [2.0, 3.0]), classes=classes, **near)
    assert [p.code for p in found] == [f"{call.__name__}.classes"]
    assert found[0].place.item == f"{call.__name__}(classes)"


def test_arguments_are_told_at_once_in_both_languages():
    found = told(markov, paths_of([1.0, 2.0]), classes=[2.0, 1.0], relative="yes")
    assert [p.code for p in found] == ["markov.relative", "markov.classes"]
    assert found[0].describe("en") == (
        "markov(relative): found 'yes'; expected one of False, True. Remedy: use one of the options listed"
    )
    assert found[0].describe("zh") == "markov(relative)：发现'yes'；应为以下之一：False, True。处理：改用列出的选项"
    assert found[1].describe("en") == (
        "markov(classes): found [2.0, 1.0]; expected a number of classes, or bounds that rise. "
        "Remedy: correct the data or the argument"
    )
    assert found[1].describe("zh") == ("markov(classes)：发现[2.0, 1.0]；应为类数，或上升的分界。处理：改正数据或参数")
    (few,) = told(markov, paths_of([1.0, 2.0]), classes=1)
    assert few.describe("en") == (
        "markov(classes): found 1; expected a whole number from 2 to 1000000000. Remedy: correct the argument"
    )
    assert few.describe("zh") == "markov(classes)：发现1；应为2 到 1000000000 的整数。处理：改正该参数"


def test_one_period_and_quantiles_that_coincide_are_told_at_once_in_both_languages():
    found = told(markov, {"c": list("abc"), "t": [1] * 3, "v": [2.0] * 3}, classes=3)
    assert [p.code for p in found] == ["markov.period", "markov.classes"]
    remedy = "Remedy: correct the data or the argument"
    assert found[0].describe("en") == f"markov(period): found 1 period; expected at least two periods. {remedy}"
    assert found[0].describe("zh") == "markov(period)：发现1 期；应为至少两期。处理：改正数据或参数"
    assert found[1].describe("en") == (
        f"markov(classes): found quantiles that coincide; expected bounds that differ. {remedy}"
    )
    assert found[1].describe("zh") == "markov(classes)：发现重合的分位数；应为各不相同的分界。处理：改正数据或参数"


def test_columns_keys_and_units_that_do_not_fit_are_told_with_their_places():
    found = told(markov, {"v": [1.0]}, value="x")
    assert [(p.code, p.place.item) for p in found] == [
        ("markov.value", "value"),
        ("markov.unit", "unit"),
        ("markov.period", "period"),
    ]
    table = {"c": ["a", "a", None, "b"], "t": [1, 1, 2, None], "v": [1.0, 2.0, 0.0, 3.0]}
    places = {(p.code, p.place.row, p.place.column) for p in told(markov, table)}
    assert {("markov.value", 2, "v"), ("markov.key", 2, "c"), ("markov.key", 3, "t")} <= places
    (twice,) = told(markov, {"c": ["a", "a"], "t": [1, 1], "v": [1.0, 2.0]})
    assert twice.describe("en") == (
        "row 1, column c: found ('a', 1); expected one row a unit and period. Remedy: correct the data or the argument"
    )
    assert twice.describe("zh") == "第 1 行，列 c：发现('a', 1)；应为每个单元每期一行。处理：改正数据或参数"


def test_a_unit_whose_neighbours_are_all_missing_is_named_in_both_languages():
    data = {"c": list("abcabab"), "t": [1, 1, 1, 2, 2, 3, 3], "v": [1.0, 2.0, 9.0, 1.0, 3.0, 2.0, 1.0]}
    pairs = {"unit": ["b", "a"], "neighbour": ["c", "c"]}
    (problem,) = told(spatial_markov, data, neighbours=pairs, classes=[5.0], relative=False)
    assert problem.code == "spatial_markov.neighbours"
    assert problem.place.item == "spatial_markov(neighbours)"
    assert problem.found.in_language("en") == "2: no neighbour of 'a', 'b'"
    assert problem.found.in_language("zh") == "2: 没有邻居的单元 'a', 'b'"
    assert problem.expected.in_language("en") == "at least one neighbour of every unit in every period"
    assert problem.expected.in_language("zh") == "每个单元每期至少一个邻居"


def test_keys_of_another_type_have_no_neighbours():
    data = paths_of([1.0, 2.0], [2.0, 3.0]) | {"c": [11, 11, 12, 12]}
    pairs = {"unit": ["11"], "neighbour": ["12"]}
    (problem,) = told(spatial_markov, data, neighbours=pairs, classes=[2.5])
    assert problem.code == "spatial_markov.neighbours"
    assert problem.found.in_language("en") == "0: no neighbour of 11, 12"
    assert "'11' among the pairs" in problem.remedy.in_language("en")
    found = spatial_markov(data, **WHERE, neighbours={"unit": [11.0], "neighbour": [12]}, classes=[1.0])
    assert found.counts.sum() == 2  # a whole number is the same as a number and as a float


# Defects


def test_other_neighbours_have_another_fingerprint():
    data = paths_of([1.0, 2.0], [4.0, 5.0], [2.0, 3.0])
    chain = {"unit": ["u0", "u1"], "neighbour": ["u1", "u2"]}
    other = {"unit": ["u0", "u2"], "neighbour": ["u2", "u1"]}
    one, two = (spatial_markov(data, **WHERE, neighbours=n, classes=[1.0]) for n in (chain, other))
    assert one.counts.tolist() != two.counts.tolist()
    assert one.fingerprint != two.fingerprint


@pytest.mark.parametrize("values", [[[0.5, 0.6], [1.0, 1.0], [1.0, 1.0]], [[2.0, 2.0], [2.0, 2.0]]])
def test_quantiles_that_leave_a_class_empty_are_refused(values: list[list[float]]):
    assert [p.code for p in told(markov, paths_of(*values), classes=2)] == ["markov.classes"]


@pytest.mark.parametrize("name", ["probabilities", "ergodic"])
def test_all_arrays_are_read_only(name: str):
    with pytest.raises(ValueError, match="read-only"):
        getattr(plain(), name)[0] = 0.5


def test_neighbours_on_a_bound_are_in_the_lower_class():
    data = paths_of([9.0, 9.0], *([[0.1, 0.1]] * 5))
    pairs = {"unit": ["u0"] * 5, "neighbour": [f"u{i}" for i in range(1, 6)]}
    found = spatial_markov(data, **WHERE, neighbours=pairs, classes=[0.1], relative=False)
    assert found.counts[0].sum() == 1  # u0, whose neighbours all stand on the bound


@pytest.mark.parametrize("classes", [np.int64(2), np.array([2, 3])], ids=["number", "bounds"])
def test_classes_may_be_whole_numbers_of_numpy(classes: Any):
    assert markov(paths_of([1.0, 2.0], [3.0, 4.0]), **WHERE, classes=classes).counts.sum() == 2


def test_a_bound_beyond_what_a_float_holds_is_refused():
    assert [p.code for p in told(markov, paths_of([1.0, 2.0]), classes=[10**400])] == ["markov.classes"]


def test_bounds_that_can_be_read_once_are_taken():
    once: Any = (b for b in [2.0])
    assert markov(paths_of([1.0, 3.0]), **WHERE, classes=once).bounds.tolist() == [2.0]


def test_true_is_no_bound():
    assert [p.code for p in told(markov, paths_of([1.0, 2.0]), classes=[True])] == ["markov.classes"]


def test_no_moves_at_all_are_refused():
    data = {"c": list("abcd"), "t": [1, 1, 2, 2], "v": [1.0, 2.0, 3.0, 4.0]}
    assert all(p.code.startswith("markov.") for p in told(markov, data, classes=2))


def test_every_unit_and_period_without_neighbours_is_told():
    data = {"c": list("abc") * 3, "t": [1] * 3 + [2022] * 3 + [2023] * 3, "v": [float(i) for i in range(1, 10)]}
    data = {name: [v for i, v in enumerate(values) if i not in (5, 7)] for name, values in data.items()}
    pairs = {"unit": ["b", "a"], "neighbour": ["c", "c"]}
    data |= {"c": [*data["c"], "a"], "t": [*data["t"], 2024], "v": [*data["v"], 5.0]}
    found = told(spatial_markov, data, neighbours=pairs, classes=[5.0], relative=False)
    words = [p.found.in_language("en") for p in found]
    assert words == ["2022: no neighbour of 'a'"]
    data["c"][5:7] = ["a", "b"]
    found = told(spatial_markov, data, neighbours=pairs, classes=[5.0], relative=False)
    assert [p.found.in_language("en") for p in found] == ["2022: no neighbour of 'a', 'b'", "2023: no neighbour of 'a'"]

"""Moran's I and neighbours: published numbers, by hand, by loops, esda's own, their laws, and what is refused."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from itertools import combinations, permutations, product
from pathlib import Path
from typing import Any

import esda
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from libpysal import examples
from libpysal.weights import W

from hetao.errors import ModelError, Problem
from hetao.measure import local_moran, moran, province_neighbours
from hetao.measure.differences.neighbours import read_neighbours

Data = dict[str, list[Any]]
WHERE = {"value": "v", "unit": "c"}
CALLS = [moran, local_moran]

# Who borders on whom, written down once more by name and both ways.
BORDERS = """
北京: 天津 河北
天津: 北京 河北
河北: 北京 天津 山西 内蒙古 辽宁 山东 河南
山西: 河北 内蒙古 河南 陕西
内蒙古: 河北 山西 辽宁 吉林 黑龙江 陕西 甘肃 宁夏
辽宁: 河北 内蒙古 吉林
吉林: 内蒙古 辽宁 黑龙江
黑龙江: 内蒙古 吉林
上海: 江苏 浙江
江苏: 上海 浙江 安徽 山东
浙江: 上海 江苏 安徽 福建 江西
安徽: 江苏 浙江 江西 山东 河南 湖北
福建: 浙江 江西 广东
江西: 浙江 安徽 福建 湖北 湖南 广东
山东: 河北 江苏 安徽 河南
河南: 河北 山西 安徽 山东 湖北 陕西
湖北: 安徽 江西 河南 湖南 重庆 陕西
湖南: 江西 湖北 广东 广西 重庆 贵州
广东: 福建 江西 湖南 广西 海南
广西: 湖南 广东 贵州 云南
海南: 广东
重庆: 湖北 湖南 四川 贵州 陕西
四川: 重庆 贵州 云南 西藏 陕西 甘肃 青海
贵州: 湖南 广西 重庆 四川 云南
云南: 广西 四川 贵州 西藏
西藏: 四川 云南 青海 新疆
陕西: 山西 内蒙古 河南 湖北 重庆 四川 甘肃 宁夏
甘肃: 内蒙古 四川 陕西 青海 宁夏 新疆
青海: 四川 西藏 甘肃 新疆
宁夏: 内蒙古 陕西 甘肃
新疆: 西藏 甘肃 青海
"""
CODES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"


def table_of(values: Any) -> Data:
    return {"c": [f"u{i}" for i in range(len(values))], "v": [float(v) for v in values]}


def pairs_of(pairs: Any, weights: Any = None) -> Data:
    found: Data = {"unit": [f"u{i}" for i, _ in pairs], "neighbour": [f"u{j}" for _, j in pairs]}
    return found if weights is None else found | {"weight": list(weights)}


def chain(n: int) -> Data:
    return pairs_of([(i, i + 1) for i in range(n - 1)])


def ring(n: int) -> Data:
    return pairs_of([(i, (i + 1) % n) for i in range(n)])


def told(call: Callable[..., Any], data: Any, neighbours: Any, **options: Any) -> list[Problem]:
    with pytest.raises(ModelError) as caught:
        call(data, **(WHERE | {"neighbours": neighbours} | options))
    return list(caught.value.problems)


# A plain twin


def shares_of(n: int, neighbours: Data) -> list[list[float]]:
    """Return the weights of each unit's neighbours, by loops: a pair holds both ways unless the other is listed."""
    listed = {}
    weights = neighbours.get("weight", [1.0] * len(neighbours["unit"]))
    for one, other, weight in zip(neighbours["unit"], neighbours["neighbour"], weights, strict=True):
        listed[int(one[1:]), int(other[1:])] = weight
    found = [[0.0] * n for _ in range(n)]
    for i, j in product(range(n), repeat=2):
        found[i][j] = listed.get((i, j), listed.get((j, i), 0.0))
    return [[w / sum(row) for w in row] for row in found]


def plain_moran(y: list[float], w: list[list[float]]) -> dict[str, float]:
    n = len(y)
    mean = sum(y) / n
    z = [v - mean for v in y]
    cells = list(product(range(n), repeat=2))
    i = sum(w[a][b] * z[a] * z[b] for a, b in cells) / sum(v * v for v in z)
    expected = -1.0 / (n - 1)
    s1 = 0.5 * sum((w[a][b] + w[b][a]) ** 2 for a, b in cells)
    s2 = sum((sum(w[a]) + sum(row[a] for row in w)) ** 2 for a in range(n))
    variance = (n**2 * s1 - n * s2 + 3 * n**2) / ((n**2 - 1) * n**2) - expected**2
    score = (i - expected) / math.sqrt(variance)
    return {"i": i, "expected": expected, "z": score, "p_normal": math.erfc(abs(score) / math.sqrt(2))}


def plain_local(y: list[float], w: list[list[float]]) -> tuple[list[float], list[str]]:
    n = len(y)
    mean = sum(y) / n
    z = [v - mean for v in y]
    near = [sum(w[a][b] * z[b] for b in range(n)) for a in range(n)]
    words = [f"{'high' if v > 0 else 'low'}-{'high' if lag > 0 else 'low'}" for v, lag in zip(z, near, strict=True)]
    total = sum(v * v for v in z)
    return [(n - 1) * v * lag / total for v, lag in zip(z, near, strict=True)], words


@st.composite
def maps(draw: st.DrawFn, least: int = 4, most: int = 9, weighed: bool = True) -> tuple[Data, Data]:
    """Draw values that differ and neighbours: a chain and further pairs, some of them with a weight for each way."""
    n = draw(st.integers(least, most))
    values = draw(st.lists(st.integers(1, 60), min_size=n, max_size=n).filter(lambda v: len(set(v)) > 1))
    others = [(i, j) for i in range(n) for j in range(n) if abs(i - j) > 1]
    pairs = [(i, i + 1) for i in range(n - 1)] + draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    assume(len({frozenset(pair) for pair in pairs}) < n * (n - 1) / 2)  # not all of all
    weights = draw(st.lists(st.integers(1, 9).map(float), min_size=len(pairs), max_size=len(pairs)))
    return table_of(values), pairs_of(pairs, weights if weighed else None)


# Published numbers


def test_crime_in_columbus_is_as_published():
    """Anselin (1988): 49 quarters of Columbus, Ohio; I = 0.5002 with the neighbours that PySAL and GeoDa take."""
    from libpysal.io.iohandlers.pyDbfIO import DBF

    file = DBF(examples.get_path("columbus.dbf"))
    crime = file.by_col("CRIME")
    file.f.close()
    lines = Path(examples.get_path("columbus.gal")).read_text(encoding="utf-8").splitlines()
    near = {int(head.split()[0]): map(int, line.split()) for head, line in zip(lines[1::2], lines[2::2], strict=False)}
    pairs = pairs_of([(i - 1, j - 1) for i, others in near.items() for j in others if i < j])
    found = moran(table_of(crime), **WHERE, neighbours=pairs)
    assert found["i"] == [pytest.approx(0.5001886, abs=5e-8)]
    assert found["expected"] == [pytest.approx(-1 / 48)]
    assert found["z"][0] > 5.0


def test_the_quadrants_of_de_smith_goodchild_and_longley():
    """Ten units with the values of their book; the documentation of esda prints the quadrants."""
    lines = Path(examples.get_path("desmith.txt")).read_text(encoding="utf-8").splitlines()
    values = [float(line.split(",")[1]) + 10.0 for line in lines[2:12]]  # a constant changes nothing
    near = Path(examples.get_path("desmith.gal")).read_text(encoding="utf-8").splitlines()
    heads = zip(near[1::2], near[2::2], strict=False)
    pairs = [(int(head.split()[0]) - 1, int(j) - 1) for head, line in heads for j in line.split()]
    found = local_moran(table_of(values), **WHERE, neighbours=pairs_of([(i, j) for i, j in pairs if i < j]))
    names = {1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"}
    assert found["quadrant"] == [names[q] for q in (4, 4, 4, 2, 3, 3, 1, 4, 3, 3)]


def test_the_provinces_and_their_borders():
    names = [line.split(":")[0] for line in BORDERS.split("\n")[1:-1]]
    codes = dict(zip(names, (f"{code}0000" for code in CODES.split()), strict=True))
    near = {line.split(":")[0]: set(line.split(":")[1].split()) for line in BORDERS.split("\n")[1:-1]}
    assert all(a in near[b] for a, others in near.items() for b in others)
    expected = {frozenset((codes[a], codes[b])) for a, others in near.items() for b in others}
    found = province_neighbours()
    pairs = list(zip(found["unit"], found["neighbour"], strict=True))
    assert (len(codes), len(expected), len(pairs)) == (31, 69, 69)
    assert {frozenset(pair) for pair in pairs} == expected
    assert all(isinstance(code, str) and len(code) == 6 for pair in pairs for code in pair)
    found["unit"].clear()  # a fresh copy each time
    assert len(province_neighbours()["unit"]) == 69


# By hand


def test_a_chain_of_five_by_hand():
    """z = −2 … 2 and lags −1, −1, 0, 1, 1: I = (2 + 1 + 0 + 1 + 2) / 10."""
    found = moran(table_of([1, 2, 3, 4, 5]), **WHERE, neighbours=chain(5))
    assert found["i"] == [pytest.approx(0.6)]
    assert found["expected"] == [-0.25]
    local = local_moran(table_of([1, 2, 3, 4, 5]), **WHERE, neighbours=chain(5))
    assert local["i"] == pytest.approx([4 * 2 / 10, 4 * 1 / 10, 0.0, 4 * 1 / 10, 4 * 2 / 10])
    assert local["quadrant"] == ["low-low", "low-low", "low-low", "high-high", "high-high"]  # the mean itself is low


def test_a_ring_that_alternates_is_minus_one():
    found = moran(table_of([1, 3] * 4), **WHERE, neighbours=ring(8))
    assert found["i"] == [pytest.approx(-1.0)]
    assert found["z"][0] < -2.0
    local = local_moran(table_of([1, 3] * 4), **WHERE, neighbours=ring(8))
    assert local["quadrant"] == ["low-high", "high-low"] * 4


def test_pairs_that_are_alike_are_one():
    """Two units in each of three islands: S₁ = 12 and S₂ = 24, so that Var I = (432 − 144 + 108) / 1260 − 1/25."""
    found = moran(table_of([1, 1, 5, 5, 9, 9]), **WHERE, neighbours=pairs_of([(0, 1), (2, 3), (4, 5)]))
    assert found["i"] == [pytest.approx(1.0)]
    assert found["z"] == [pytest.approx(1.2 / math.sqrt(396 / 1260 - 0.04))]


def test_weights_by_hand():
    """u1 has u0 and u2 at 3 : 1, u2 has u1 at its own weight and u3; the ends have one each."""
    pairs = pairs_of([(0, 1), (1, 2), (2, 1), (2, 3)], [3.0, 1.0, 2.0, 2.0])
    found = read_neighbours("moran", pairs).matrix([f"u{i}" for i in range(4)])
    assert found.tolist() == [[0, 1, 0, 0], [0.75, 0, 0.25, 0], [0, 0.5, 0, 0.5], [0, 0, 1, 0]]


def test_the_order_of_a_pair_and_of_its_way_back_does_not_matter():
    units = ["u0", "u1"]
    first = read_neighbours("moran", pairs_of([(0, 1), (1, 0)], [3.0, 5.0])).matrix([*units, "u2"][:2])
    assert first.tolist() == [[0, 1], [1, 0]]
    three = [*units, "u2"]
    one = pairs_of([(0, 1), (1, 0), (1, 2)], [3.0, 5.0, 5.0])
    two = pairs_of([(1, 2), (1, 0), (0, 1)], [5.0, 5.0, 3.0])
    expected = [[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]]
    for pairs in (one, two):
        assert read_neighbours("moran", pairs).matrix(three).tolist() == expected


def test_neighbours_that_are_not_in_the_data_are_left_alone():
    own = moran(table_of([1, 2, 3, 5]), **WHERE, neighbours=chain(4))
    more = {name: [*values, "elsewhere"] for name, values in chain(4).items()}
    more["unit"][-1] = "u1"
    assert moran(table_of([1, 2, 3, 5]), **WHERE, neighbours=more) == own


# Twins


@given(drawn=maps())
def test_i_and_its_variance_are_those_of_the_formulas(drawn: tuple[Data, Data]):
    data, pairs = drawn
    weights = shares_of(len(data["v"]), pairs)
    expected = plain_moran(data["v"], weights)
    found = moran(data, **WHERE, neighbours=pairs, permutations=99)
    assert {name: found[name][0] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert found["n"] == [len(data["v"])]
    assert read_neighbours("moran", pairs).matrix(data["c"]) == pytest.approx(np.array(weights))


@settings(max_examples=20)
@given(drawn=maps())
def test_local_i_and_quadrants_are_those_of_the_formula(drawn: tuple[Data, Data]):
    data, pairs = drawn
    values, words = plain_local(data["v"], shares_of(len(data["v"]), pairs))
    found = local_moran(data, **WHERE, neighbours=pairs, permutations=99)
    assert found["c"] == data["c"]
    assert found["i"] == pytest.approx(values, abs=1e-9)
    clear = [abs(v) > 1e-9 for v in values]
    assert [q for q, sure in zip(found["quadrant"], clear, strict=True) if sure] == [
        q for q, sure in zip(words, clear, strict=True) if sure
    ]


@settings(max_examples=10)
@given(drawn=maps(weighed=False), seed=st.integers(0, 99))
def test_permutations_are_esdas_own(drawn: tuple[Data, Data], seed: int):
    data, pairs = drawn
    n, y = len(data["v"]), np.array(data["v"])
    shares = shares_of(n, pairs)
    near = {i: [j for j in range(n) if shares[i][j] > 0.0] for i in range(n)}
    weights = W(near, {i: [1.0] * len(near[i]) for i in near}, silence_warnings=True)
    np.random.seed(seed)
    whole = esda.Moran(y, weights, permutations=199)
    options: dict[str, Any] = WHERE | {"neighbours": pairs, "permutations": 199, "seed": seed}
    found = moran(data, **options)
    assert found["z"] == [pytest.approx(whole.z_norm)]
    assert found["p_normal"] == [pytest.approx(whole.p_norm)]
    high, low = (sum(s >= whole.I - 1e-9 for s in whole.sim), sum(s <= whole.I + 1e-9 for s in whole.sim))
    assert found["p_permutation"] == [pytest.approx(min(1.0, 2 * (min(high, low) + 1) / 200))]


def test_the_p_value_of_all_orders():
    """Six units in a chain have 720 orders; those of the permutations are a sample of them."""
    values, weights = [1.0, 2.0, 4.0, 7.0, 11.0, 16.5], shares_of(6, chain(6))
    seen = plain_moran(values, weights)["i"]
    orders = [plain_moran(list(order), weights)["i"] for order in permutations(values)]
    share = sum(i >= seen - 1e-12 for i in orders) / len(orders)
    found = moran(table_of(values), **WHERE, neighbours=chain(6), permutations=9999)
    assert found["p_permutation"][0] == pytest.approx(2 * share, abs=0.005)
    assert np.mean(orders) == pytest.approx(-1 / 5)


def test_the_local_p_value_of_all_orders():
    """The neighbours of a unit are two of the five others, each pair as likely as any other."""
    values = [9.0, 8.0, 1.0, 2.5, 4.0, 7.5]
    found = local_moran(table_of(values), **WHERE, neighbours=ring(6), permutations=9999)
    mean = sum(values) / 6
    for i, p in enumerate(found["p_permutation"]):
        others = [v - mean for k, v in enumerate(values) if k != i]
        z, lag = values[i] - mean, (values[i - 1] + values[(i + 1) % 6]) / 2 - mean
        all_lags = [z * (a + b) / 2 for a, b in combinations(others, 2)]
        upper = sum(v >= z * lag - 1e-12 for v in all_lags) / len(all_lags)
        lower = sum(v <= z * lag + 1e-12 for v in all_lags) / len(all_lags)
        assert p == pytest.approx(min(1.0, 2.0 * min(upper, lower)), abs=0.03)


# Laws


@settings(max_examples=25)
@given(drawn=maps(), scale=st.integers(-4, 6), shift=st.integers(0, 50), seed=st.integers(0, 10**6))
def test_neither_unit_nor_origin_nor_order_matters(drawn: tuple[Data, Data], scale: int, shift: int, seed: int):
    data, pairs = drawn
    own = moran(data, **WHERE, neighbours=pairs, permutations=99)
    moved = data | {"v": [(v + shift) * 10.0**scale for v in data["v"]]}
    order = np.random.default_rng(seed).permutation(len(data["v"]))
    shuffled = {name: [values[i] for i in order] for name, values in data.items()}
    way = np.random.default_rng(seed).permutation(len(pairs["unit"]))
    mixed = {name: [values[i] for i in way] for name, values in pairs.items()}
    for other, near in ((moved, pairs), (shuffled, pairs), (data, mixed)):
        found = moran(other, **WHERE, neighbours=near, permutations=99)
        for name in ("i", "z", "p_normal"):
            assert found[name] == pytest.approx(own[name], abs=1e-6)


@settings(max_examples=25)
@given(drawn=maps())
def test_local_values_add_to_the_whole(drawn: tuple[Data, Data]):
    data, pairs = drawn
    whole = moran(data, **WHERE, neighbours=pairs, permutations=99)["i"][0]
    parts = local_moran(data, **WHERE, neighbours=pairs, permutations=99)
    assert sum(parts["i"]) == pytest.approx((len(data["v"]) - 1) * whole, abs=1e-9)
    assert all(0.02 - 1e-12 <= p <= 1.0 for p in parts["p_permutation"])


@settings(max_examples=15)
@given(drawn=maps(most=6))
def test_the_mean_over_all_orders_is_what_is_expected(drawn: tuple[Data, Data]):
    data, pairs = drawn
    n = len(data["v"])
    weights = read_neighbours("moran", pairs).matrix(data["c"])
    z = np.array(data["v"]) - np.mean(data["v"])
    orders = np.array(list(permutations(z)))
    every = np.einsum("pi,ij,pj->p", orders, weights, orders) / (z @ z)
    assert every.mean() == pytest.approx(moran(data, **WHERE, neighbours=pairs, permutations=99)["expected"][0])
    assert every.mean() == pytest.approx(-1 / (n - 1))


@given(drawn=maps())
def test_the_weights_of_each_unit_add_to_one(drawn: tuple[Data, Data]):
    data, pairs = drawn
    found = read_neighbours("moran", pairs).matrix(data["c"])
    assert found.sum(axis=1) == pytest.approx(np.ones(len(data["c"])))
    assert ((found > 0.0) == (found.T > 0.0)).all()
    assert (np.diag(found) == 0.0).all()


@pytest.mark.parametrize("call", CALLS)
def test_the_seed_is_all_that_is_random(call: Any):
    values = np.random.default_rng(4).uniform(1, 9, 8)
    options: dict[str, Any] = WHERE | {"neighbours": ring(8), "permutations": 99}
    before = np.random.get_state()[1].tolist()
    own = call(table_of(values), **options, seed=5)
    assert np.random.get_state()[1].tolist() == before
    np.random.random(3)
    assert call(table_of(values), **options, seed=5) == own
    others = [call(table_of(values), **options, seed=s)["p_permutation"] for s in range(6)]
    assert any(p != own["p_permutation"] for p in others)


# Periods and frames


def test_each_period_has_the_neighbours_that_are_seen_in_it():
    """Without the middle of a chain its ends need one another."""
    data = {"c": [*"abcde", *"abde"], "t": [2] * 5 + [1] * 4, "v": [1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 1.0, 2.0, 4.0]}
    pairs = {"unit": [*"abcd", "b"], "neighbour": [*"bcde", "d"]}
    found = moran(data, **WHERE, period="t", neighbours=pairs)
    assert (found["t"], found["n"]) == ([1, 2], [4, 5])
    for t, row in ((1, 0), (2, 1)):
        alone = {name: [v for v, when in zip(data[name], data["t"], strict=True) if when == t] for name in "cv"}
        own = moran(alone, **WHERE, neighbours=pairs)
        assert "t" not in own
        assert {name: values[row] for name, values in found.items() if name != "t"} == {
            name: values[0] for name, values in own.items()
        }
    local = local_moran(data, **WHERE, period="t", neighbours=pairs)
    assert local["t"] == [1] * 4 + [2] * 5
    assert local["c"] == [*"abde", *"abcde"]
    assert list(local) == ["t", "c", "i", "quadrant", "p_permutation"]


@pytest.mark.parametrize("call", CALLS)
def test_the_table_comes_in_the_callers_kind_of_frame(call: Any):
    data, pairs = table_of([1, 2, 4, 7, 3]), chain(5)
    own = call(data, **WHERE, neighbours=pairs)
    pandas = call(pd.DataFrame(data), **WHERE, neighbours=pd.DataFrame(pairs))
    assert isinstance(pandas, pd.DataFrame)
    assert pandas["i"].tolist() == own["i"]
    polars = call(pl.DataFrame(data), **WHERE, neighbours=pl.DataFrame(pairs))
    assert polars["p_permutation"].to_list() == own["p_permutation"]


def test_provinces_that_are_high_together_are_found():
    pairs = province_neighbours()
    codes = sorted({*pairs["unit"], *pairs["neighbour"]})
    data = {"c": codes, "v": [9.0 - int(code[0]) + int(code[1]) / 10 for code in codes]}
    assert moran(data, **WHERE, neighbours=pairs)["i"][0] > 0.5
    found = local_moran(data, **WHERE, neighbours=pairs)
    kind = dict(zip(found["c"], found["quadrant"], strict=True))
    assert kind["110000"] == "high-high"
    assert kind["630000"] == "low-low"


# Faults


@pytest.mark.parametrize("call", CALLS)
def test_arguments_out_of_range_are_told_at_once_in_both_languages(call: Any):
    found = told(call, table_of([1, 2, 3, 4]), chain(4), permutations=98, seed=-1)
    name = call.__name__
    assert [p.code for p in found] == [f"{name}.permutations", f"{name}.seed"]
    assert found[0].describe("en") == (
        f"{name}(permutations): found 98; expected a whole number from 99 to 1000000000. Remedy: correct the argument"
    )
    assert found[0].describe("zh") == f"{name}(permutations)：发现98；应为99 到 1000000000 的整数。处理：改正该参数"
    assert found[1].describe("en") == (
        f"{name}(seed): found -1; expected a whole number from 0 to 1000000000. Remedy: correct the argument"
    )
    assert found[1].describe("zh") == f"{name}(seed)：发现-1；应为0 到 1000000000 的整数。处理：改正该参数"


@pytest.mark.parametrize("call", CALLS)
def test_periods_of_too_few_or_equal_units_are_told_at_once_in_both_languages(call: Any):
    name = call.__name__
    data = {"c": [*"abc", *"abcd"], "t": [1] * 3 + [2] * 4, "v": [1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 5.0]}
    pairs = {"unit": [*"abc"], "neighbour": [*"bcd"]}
    found = told(call, data, pairs, period="t")
    assert [p.code for p in found] == [f"{name}.value"] * 2
    expected = "expected at least 4 units that are not all alike. Remedy: add data, or leave the period out"
    assert [p.describe("en") for p in found] == [
        f"{name}(value): found 3 units 1; {expected}",
        f"{name}(value): found 4 units 2; {expected}",
    ]
    assert found[0].describe("zh") == (
        f"{name}(value)：发现3 个单元 1；应为至少 4 个值不全相同的单元。处理：补充数据，或去掉该期"
    )
    (one,) = told(call, table_of([1]), chain(2))
    assert one.found.in_language("en") == "1 units"


@pytest.mark.parametrize("call", CALLS)
def test_a_unit_without_neighbours_is_named_in_both_languages(call: Any):
    (problem,) = told(call, table_of([1, 2, 3, 4, 5, 6]), pairs_of([(0, 1), (1, 2), (4, 9)]))
    assert problem.code == f"{call.__name__}.neighbours"
    assert problem.describe("en") == (
        f"{call.__name__}(neighbours): found no neighbour of 'u3', 'u4', 'u5'; expected at least one neighbour of "
        "every unit in every period. Remedy: add neighbours or leave the unit out; compare how codes are written "
        "('u0' among the pairs)"
    )
    assert problem.describe("zh") == (
        f"{call.__name__}(neighbours)：发现没有邻居的单元 'u3', 'u4', 'u5'；应为每个单元每期至少一个邻居。"
        "处理：补上邻居或去掉该单元；对照代码的写法（邻居表中如 'u0'）"
    )


@pytest.mark.parametrize("call", CALLS)
def test_neighbours_that_are_no_pairs_are_told_at_once_in_both_languages(call: Any):
    name = call.__name__
    data = table_of([1, 2, 3, 4])
    missing = told(call, data, {"from": ["u0"], "to": ["u1"]})
    assert [p.code for p in missing] == [f"{name}.neighbours"] * 2
    remedy = "Remedy: correct the data or the argument"
    assert missing[0].describe("en") == f"neighbours: found 'unit'; expected one of: from, to. {remedy}"
    assert missing[0].describe("zh") == "neighbours：发现'unit'；应为以下之一：from, to。处理：改正数据或参数"
    wrong = pairs_of([(0, 1), (1, 2), (2, 2), (1, 2), (3, 2)], [1.0, 0.0, 1.0, 1.0, None])
    found = told(call, data, wrong)
    assert sorted((p.code, p.place.row, p.place.column) for p in found) == [
        (f"{name}.neighbours", 2, "neighbour"),
        (f"{name}.neighbours", 3, "neighbour"),
        (f"{name}.value", 1, "weight"),
        (f"{name}.value", 4, "weight"),
    ]
    own = next(p for p in found if p.place.row == 2)
    assert own.describe("en") == f"row 2, column neighbour: found 'u2'; expected another unit. {remedy}"
    assert own.describe("zh") == "第 2 行，列 neighbour：发现'u2'；应为别的单元。处理：改正数据或参数"
    twice = next(p for p in found if p.place.row == 3)
    assert twice.found.in_language("en") == "('u1', 'u2')"
    assert twice.expected.in_language("en") != twice.expected.in_language("zh")
    assert [p.code for p in told(call, data, 5)] == ["panel.no_frame"]


@pytest.mark.parametrize("call", CALLS)
def test_missing_neighbours_are_told_with_their_row(call: Any):
    pairs = {"unit": ["u0", "u1", None], "neighbour": ["u1", "u2", "u3"]}
    (problem,) = [p for p in told(call, table_of([1, 2, 3, 4]), pairs) if p.place.row is not None]
    assert (problem.code, problem.place.row, problem.place.column) == (f"{call.__name__}.key", 2, "unit")
    assert problem.describe("en") == (
        "row 2, column unit: found None; expected a value. Remedy: correct the data or the argument"
    )
    assert problem.describe("zh") == "第 2 行，列 unit：发现None；应为有值。处理：改正数据或参数"


@pytest.mark.parametrize("call", CALLS)
def test_columns_and_cells_that_do_not_fit_are_told_at_once(call: Any):
    name = call.__name__
    found = told(call, {"v": [1.0]}, chain(4), value="x", period="t")
    assert [(p.code, p.place.item) for p in found] == [(f"{name}.{r}", r) for r in ("value", "unit", "period")]
    data = {"c": ["a", "a", None, "d"], "v": [1.0, 2.0, -3.0, None]}
    places = {(p.code, p.place.row, p.place.column) for p in told(call, data, chain(4))}
    assert {(f"{name}.value", 2, "v"), (f"{name}.value", 3, "v"), (f"{name}.key", 2, "c")} <= places
    (twice,) = told(call, {"c": ["a", "a"], "v": [1.0, 2.0]}, chain(4))
    assert (twice.code, twice.place.row, twice.place.column) == (f"{name}.unit", 1, "c")


@pytest.mark.parametrize("call", CALLS)
def test_without_esda_it_is_told_how_to_get_it(call: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "esda", None)
    (problem,) = told(call, table_of([1, 2, 3, 4]), chain(4))
    name = call.__name__
    assert problem.code == f"{name}.no_esda"
    assert problem.describe("en") == (
        f"{name}: found no esda; expected esda and libpysal. Remedy: run pip install 'hetao[spatial]'"
    )
    assert problem.describe("zh") == (
        f"{name}：发现未安装 esda；应为esda 与 libpysal。处理：运行 pip install 'hetao[spatial]'"
    )


# Defects


def without_pattern(call: Any, times: int) -> list[float]:
    """Return the p-values of provinces whose values are drawn without any pattern."""
    pairs = province_neighbours()
    codes = sorted({*pairs["unit"], *pairs["neighbour"]})
    random, found = np.random.default_rng(0), []
    for _ in range(times):
        data = {"c": codes, "v": random.uniform(1, 2, 31).tolist()}
        found += call(data, **WHERE, neighbours=pairs, permutations=199)["p_permutation"]
    return found


@pytest.mark.parametrize(("call", "times"), [(moran, 300), (local_moran, 40)])
def test_without_a_pattern_one_p_value_in_twenty_is_below_a_twentieth(call: Any, times: int):
    assert np.mean(np.array(without_pattern(call, times)) <= 0.05) < 0.075


def test_what_every_order_gives_is_not_significant():
    """One high unit in a ring: all orders are the same but for a turn."""
    found = moran(table_of([1, 1, 1, 1, 1, 5]), **WHERE, neighbours=ring(6))
    assert found["i"] == [pytest.approx(found["expected"][0])]
    assert found["p_permutation"][0] > 0.4


def test_a_unit_that_has_all_others_for_neighbours_is_not_significant():
    star = pairs_of([(0, i) for i in range(1, 5)])
    found = local_moran(table_of([9, 2, 3, 4, 1]), **WHERE, neighbours=star)
    assert found["p_permutation"][0] > 0.4


def test_a_unit_at_the_mean_is_not_significant():
    found = local_moran(table_of([1, 2, 3, 4, 5]), **WHERE, neighbours=chain(5))
    assert found["i"][2] == 0.0
    assert found["p_permutation"][2] > 0.4


def test_a_unit_at_the_mean_does_not_warn():
    local_moran(table_of([1, 2, 3, 4, 5]), **WHERE, neighbours=chain(5))


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_where_all_are_neighbours_of_all_it_is_refused(n: int):
    every = pairs_of(list(combinations(range(n), 2)))
    assert [p.code for p in told(moran, table_of(range(1, n + 1)), every)] == ["moran.neighbours"]


def test_local_values_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        local_moran(table_of([1, 2, 4, 7]), **WHERE, neighbours=chain(4))


def test_the_callers_warnings_are_left_as_they_were():
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        before = list(warnings.filters)
        local_moran(table_of([1, 2, 4, 7]), **WHERE, neighbours=chain(4))
        assert list(warnings.filters) == before


@pytest.mark.parametrize(
    ("unit", "period", "wrong"), [("i", "t", "unit"), ("period", None, "unit"), ("c", "i", "period")]
)
def test_keys_named_as_a_column_of_the_table_are_refused(unit: str, period: str | None, wrong: str):
    units = ["a", "b", "d", "e"]
    data: Data = {unit: units, "v": [1.0, 2.0, 4.0, 7.0]} | ({period: [2020] * 4} if period else {})
    pairs = {"unit": units[:-1], "neighbour": units[1:]}
    for call in CALLS:
        assert [p.code for p in told(call, data, pairs, unit=unit, period=period)] == [f"{call.__name__}.{wrong}"]


def test_units_alone_are_told_for_every_period_at_once():
    data = {"c": [*"abcdx", *"abc", *"abcdy"], "t": [2001] * 5 + [2002] * 3 + [2003] * 5}
    data["v"] = [float(i) for i in range(1, 14)]
    pairs = {"unit": [*"abc"], "neighbour": [*"bcd"]}
    lines = [p.describe("en") for p in told(moran, data, pairs, period="t")]
    assert len(lines) == 3
    assert all(any(year in line for line in lines) for year in ("2001", "2002", "2003"))


def test_a_pair_that_stands_twice_is_told_as_such():
    found = told(moran, table_of([1, 2, 3, 4]), pairs_of([(0, 1), (1, 2), (2, 3), (1, 2)]))
    assert "period" not in found[0].expected.in_language("en")


def test_values_that_differ_by_their_last_digit_are_alike():
    assert [p.code for p in told(moran, table_of([1.0, 1.0, 1.0, 1.0 + 2.3e-16]), chain(4))] == ["moran.value"]

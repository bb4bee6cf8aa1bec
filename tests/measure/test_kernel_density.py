"""Kernel densities: a published one, by hand, by loops, their laws, and what is refused."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.errors import ModelError, Problem
from hetao.measure import DensityResult, kernel_density
from hetao.text import use_language

# Miles per gallon of 32 cars (Henderson and Velleman 1981), whose default density in R is printed in many places.
MILES = [21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4]
MILES += [14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4]

amounts = st.lists(st.integers(1, 40).map(float), min_size=2, max_size=15).filter(lambda v: len(set(v)) > 1)
widths = st.floats(0.3, 20.0)


def quartiles(values: list[float]) -> tuple[float, float]:
    """Return the first and the third quartile, linear between the ordered values."""
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    return at(0.25), at(0.75)


def silverman(values: list[float]) -> float:
    n, mean = len(values), sum(values) / len(values)
    s = math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1))
    low, high = quartiles(values)
    return 0.9 * (min(s, (high - low) / 1.34) if high > low else s) * n**-0.2


def curve(values: list[float], weights: list[float], grid: list[float], width: float) -> list[float]:
    found = []
    for y in grid:
        total = 0.0
        for value, weight in zip(values, weights, strict=True):
            total += weight * math.exp(-((y - value) ** 2) / (2 * width**2)) / (width * math.sqrt(2 * math.pi))
        found.append(total / sum(weights))
    return found


def area(result: DensityResult) -> np.ndarray:
    return np.trapezoid(result.density, result.grid, axis=1)


def told(data: Any, **options: Any) -> list[Problem]:
    with pytest.raises(ModelError) as caught:
        kernel_density(data, **({"value": "v"} | options))
    return list(caught.value.problems)


# Published numbers, and by hand


def test_the_density_of_miles_is_that_of_r():
    """R's ``density(mtcars$mpg)``: bandwidth 2.477, grid from 2.97 to 41.33, highest value 6.795e-02."""
    found = kernel_density({"v": MILES}, value="v")
    assert found.bandwidth == pytest.approx([2.477], abs=5e-4)
    assert found.grid[[0, -1]] == pytest.approx([2.97, 41.33], abs=5e-3)
    assert found.density.max() == pytest.approx(6.795e-02, rel=2e-3)


def test_two_values_by_hand():
    """s = √2 and r/1.34 = 1/1.34, so h = 0.9/1.34 · 2^(−1/5)."""
    found = kernel_density({"v": [1.0, 3.0]}, value="v", points=11)
    h = 0.9 / 1.34 * 2**-0.2
    assert found.bandwidth == pytest.approx([h])
    assert found.grid == pytest.approx(np.linspace(1 - 3 * h, 3 + 3 * h, 11))
    assert found.grid[5] == pytest.approx(2.0)
    assert found.density[0, 5] == pytest.approx(math.exp(-0.5 / h**2) / (h * math.sqrt(2 * math.pi)))


def test_weights_by_hand():
    """At the middle of 1 and 3 both kernels are alike, so weights do not count there; beside it they do."""
    found = kernel_density({"v": [1.0, 3.0], "w": [3.0, 1.0]}, value="v", weight="w", points=11, bandwidth=1.0)
    assert found.grid[[0, 3, 7]] == pytest.approx([-2.0, 0.4, 3.6])
    bell = {x: math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) for x in (0.6, 2.6)}
    assert found.density[0, 3] == pytest.approx(0.75 * bell[0.6] + 0.25 * bell[2.6])
    assert found.density[0, 7] == pytest.approx(0.75 * bell[2.6] + 0.25 * bell[0.6])


def test_where_the_quartiles_are_alike_the_standard_deviation_alone_counts():
    values = [2.0] * 6 + [1.0, 9.0]
    assert quartiles(values) == (2.0, 2.0)
    found = kernel_density({"v": values}, value="v")
    assert found.bandwidth == pytest.approx([0.9 * np.std(values, ddof=1) * 8**-0.2])


def test_one_value_with_a_bandwidth_is_one_bell():
    found = kernel_density({"v": [5.0]}, value="v", bandwidth=2.0, points=301)
    assert found.grid[[0, -1]] == pytest.approx([-1.0, 11.0])
    assert found.density[0, 150] == pytest.approx(1 / (2 * math.sqrt(2 * math.pi)))
    assert found.modes == {"bandwidth": [2.0], "modes": [1], "highest": [pytest.approx(5.0)]}


@pytest.mark.parametrize(("apart", "peaks"), [(1.9, 1), (2.3, 2)])
def test_two_equal_bells_have_two_peaks_once_they_stand_two_bandwidths_apart(apart: float, peaks: int):
    found = kernel_density({"v": [10.0, 10.0 + apart]}, value="v", bandwidth=1.0, points=401)
    assert found.modes["modes"] == [peaks]


def test_a_peak_between_two_points_that_are_alike_is_one():
    found = kernel_density({"v": [4.0, 4.0]}, value="v", bandwidth=1.0, points=10)
    middle = found.density[0, 4:6]
    assert middle[0] == middle[1]
    assert found.modes["modes"] == [1]


# A plain twin


@given(values=amounts, points=st.integers(10, 40), width=st.none() | widths, weighed=st.booleans(), data=st.data())
def test_the_density_is_that_of_loops(
    values: list[float], points: int, width: float | None, weighed: bool, data: st.DataObject
):
    weights = [1.0] * len(values)
    if weighed:
        weights = data.draw(st.lists(st.floats(0.1, 9.0), min_size=len(values), max_size=len(values)))
    given_ = {"v": values, "w": weights}
    found = kernel_density(given_, value="v", weight="w" if weighed else None, points=points, bandwidth=width)
    h = silverman(values) if width is None else width
    low, high = min(values) - 3 * h, max(values) + 3 * h
    grid = [low + (high - low) * i / (points - 1) for i in range(points)]
    assert found.bandwidth == pytest.approx([h])
    assert found.grid == pytest.approx(grid, abs=1e-9)
    assert found.density[0] == pytest.approx(curve(values, weights, grid, h), rel=1e-6, abs=1e-12)
    f = found.density[0]
    peaks = sum(f[i] > f[i - 1] and f[i] >= f[i + 1] for i in range(1, points - 1))
    assert found.modes["modes"] == [peaks]
    assert found.modes["highest"] == [found.grid[list(f).index(max(f))]]


# Laws


@given(first=amounts, second=amounts, width=widths)
def test_the_area_is_one(first: list[float], second: list[float], width: float):
    table = {"t": [1] * len(first) + [2] * len(second), "v": first + second}
    found = kernel_density(table, value="v", period="t", bandwidth=width, points=2000)
    assert area(found) == pytest.approx([1.0, 1.0], abs=0.003)  # three bandwidths hold 99.73 %
    assert (found.density >= 0.0).all()


@given(values=amounts, scale=st.integers(-3, 3), seed=st.integers(0, 10**6))
def test_it_scales_with_the_unit_and_does_not_depend_on_the_order(values: list[float], scale: int, seed: int):
    own, factor = kernel_density({"v": values}, value="v"), 10.0**scale
    scaled = kernel_density({"v": [v * factor for v in values]}, value="v")
    assert scaled.bandwidth == pytest.approx(own.bandwidth * factor)
    assert scaled.grid == pytest.approx(own.grid * factor, abs=1e-9 * factor)
    assert scaled.density == pytest.approx(own.density / factor, rel=1e-6)
    order = np.random.default_rng(seed).permutation(len(values))
    shuffled = kernel_density({"v": [values[i] for i in order]}, value="v")
    assert shuffled.density == pytest.approx(own.density, rel=1e-9)


@given(values=amounts, width=widths, copies=st.lists(st.integers(1, 4), min_size=15, max_size=15))
def test_with_a_bandwidth_given_a_weight_is_a_number_of_copies(values: list[float], width: float, copies: list[int]):
    times = copies[: len(values)]
    weighed = kernel_density({"v": values, "w": times}, value="v", weight="w", bandwidth=width)
    copied = [v for v, k in zip(values, times, strict=True) for _ in range(k)]
    assert weighed.density == pytest.approx(kernel_density({"v": copied}, value="v", bandwidth=width).density)


@given(values=amounts, weights=st.lists(st.floats(0.1, 9.0), min_size=15, max_size=15))
def test_weights_do_not_enter_the_bandwidth(values: list[float], weights: list[float]):
    table = {"v": values, "w": weights[: len(values)]}
    own = kernel_density(table, value="v").bandwidth
    assert kernel_density(table, value="v", weight="w").bandwidth.tolist() == own.tolist()


@given(values=amounts)
def test_a_very_wide_bandwidth_leaves_one_peak_near_the_mean(values: list[float]):
    found = kernel_density({"v": values}, value="v", bandwidth=500.0, points=2001)
    assert found.modes["modes"] == [1]
    assert found.modes["highest"][0] == pytest.approx(np.mean(values), abs=3.0)


def test_each_period_stands_by_itself_on_one_grid():
    table = {"t": [2, 1, 2, 1, 2, 1], "v": [2.0, 11.0, 4.0, 13.0, 5.0, 15.0]}
    found = kernel_density(table, value="v", period="t")
    assert found.periods == (1, 2)
    for row, values in enumerate(([11.0, 13.0, 15.0], [2.0, 4.0, 5.0])):
        assert found.bandwidth[row] == pytest.approx(silverman(values))
        grid = found.grid.tolist()
        assert found.density[row] == pytest.approx(curve(values, [1.0] * 3, grid, found.bandwidth[row]), abs=1e-12)
    assert found.grid[0] == pytest.approx(2.0 - 3 * found.bandwidth.max())
    assert found.grid[-1] == pytest.approx(15.0 + 3 * found.bandwidth.max())


# What it tells


def test_the_tables_come_in_the_callers_kind_of_frame():
    table = {"t": [1, 1, 2, 2], "v": [1.0, 2.0, 2.0, 4.0]}
    plain = kernel_density(table, value="v", period="t", points=10)
    assert list(plain.densities) == ["t", "at", "density"]
    assert plain.densities["t"] == [1] * 10 + [2] * 10
    assert plain.densities["at"] == [*plain.grid.tolist()] * 2
    assert plain.densities["density"] == plain.density.ravel().tolist()
    assert list(plain.modes) == ["t", "bandwidth", "modes", "highest"]
    assert list(kernel_density(table, value="v").densities) == ["at", "density"]
    assert list(kernel_density(table, value="v").modes) == ["bandwidth", "modes", "highest"]
    pandas = kernel_density(pd.DataFrame(table), value="v", period="t", points=10)
    assert isinstance(pandas.densities, pd.DataFrame)
    assert pandas.densities["density"].tolist() == plain.densities["density"]
    assert isinstance(kernel_density(pl.DataFrame(table), value="v", period="t").modes, pl.DataFrame)


def test_the_summary_in_both_languages_and_the_workbook(tmp_path: Path):
    table = {"t": [1, 1, 1, 2, 2, 2], "v": [1.0, 2.0, 3.0, 2.0, 3.0, 4.0]}
    found = kernel_density(table, value="v", period="t", points=401)
    first, last = found.modes["highest"]
    assert (first, last) == pytest.approx((2.0, 3.0), abs=0.01)
    assert found.summary().splitlines() == [
        "kernel_density: Gaussian kernel densities; bandwidth of each period: Silverman.",
        f"highest peak: from {first:.4f} to {last:.4f}",
    ]
    wide = kernel_density(table, value="v", period="t", bandwidth=0.25)
    assert "bandwidth of each period: 0.25." in wide.summary()
    with use_language("zh"):
        assert "高斯核密度，各期带宽：Silverman。" in found.summary()
        assert f"最高峰位置：{first:.4f} → {last:.4f}" in found.summary()
    found.to_excel(tmp_path / "density.xlsx")
    sheets = pd.read_excel(tmp_path / "density.xlsx", sheet_name=None, engine="calamine")
    assert list(sheets) == ["about", "densities", "modes"]
    assert sheets["densities"]["density"].to_numpy() == pytest.approx(found.density.ravel())


def test_the_figure_has_a_curve_a_period():
    table = {"t": [1, 1, 2, 2], "v": [1.0, 2.0, 2.0, 4.0]}
    axes = kernel_density(table, value="v", period="t").plot().axes[0]
    assert len(axes.lines) == 2
    assert axes.get_legend() is not None
    one = kernel_density(table, value="v").plot().axes[0]
    assert (len(one.lines), one.get_legend()) == (1, None)


def test_the_result_is_frozen_pickled_and_has_a_fingerprint():
    table = {"v": [1.0, 2.0, 4.0], "w": [1.0, 2.0, 1.0]}
    found = kernel_density(table, value="v", weight="w", points=50)
    assert found.options == {"value": "v", "period": None, "weight": "w", "points": 50, "bandwidth": None}
    again = pickle.loads(pickle.dumps(found))
    assert again.fingerprint == found.fingerprint == kernel_density(table, value="v", weight="w", points=50).fingerprint
    other = kernel_density(table | {"w": [1.0, 2.0, 3.0]}, value="v", weight="w", points=50)
    assert other.fingerprint["data_sha256"] != found.fingerprint["data_sha256"]
    for array in (found.grid, found.density, found.bandwidth):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


# Faults


def test_arguments_out_of_range_are_told_at_once_in_both_languages():
    found = told({"v": [1.0, 2.0]}, points=9, bandwidth=0.0)
    assert [p.code for p in found] == ["kernel_density.points", "kernel_density.bandwidth"]
    assert found[0].describe("en") == (
        "kernel_density(points): found 9; expected a whole number from 10 to 100000. Remedy: correct the argument"
    )
    assert found[0].describe("zh") == "kernel_density(points)：发现9；应为10 到 100000 的整数。处理：改正该参数"
    assert found[1].describe("en") == (
        "kernel_density(bandwidth): found 0.0; expected a number above 0. Remedy: correct the argument"
    )
    assert found[1].describe("zh") == "kernel_density(bandwidth)：发现0.0；应为大于 0 的数。处理：改正该参数"


@pytest.mark.parametrize("bandwidth", [-1.0, math.nan, math.inf, "wide", True])
def test_what_is_no_bandwidth(bandwidth: Any):
    assert [p.code for p in told({"v": [1.0, 2.0]}, bandwidth=bandwidth)] == ["kernel_density.bandwidth"]


@pytest.mark.parametrize("points", [10.0, True, "many", 9])
def test_what_is_no_number_of_points(points: Any):
    assert [p.code for p in told({"v": [1.0, 2.0]}, points=points)] == ["kernel_density.points"]
    assert len(kernel_density({"v": [1.0, 2.0]}, value="v", points=np.int64(10)).grid) == 10


def test_periods_whose_values_are_all_alike_are_named_in_both_languages():
    (problem,) = told({"t": [1, 1, 2, 2, 3], "v": [2.0, 2.0, 1.0, 3.0, 4.0]}, period="t")
    assert problem.code == "kernel_density.value"
    assert problem.describe("en") == (
        "column v, 1, 3: found values that are all alike; expected at least two that differ. "
        "Remedy: give a bandwidth, or leave the period out"
    )
    assert problem.describe("zh") == (
        "列 v，1, 3：发现全部相同的值；应为至少两个不同的值。处理：给出 bandwidth，或去掉该期"
    )
    found = kernel_density({"t": [1, 1, 2, 2, 3], "v": [2.0, 2.0, 1.0, 3.0, 4.0]}, value="v", period="t", bandwidth=1)
    assert found.modes["modes"] == [1, 1, 1]


def test_columns_that_are_not_there_are_told_at_once_in_both_languages():
    found = told({"v": [1.0, 2.0]}, value="x", period="y", weight="z")
    assert [(p.code, p.place.item) for p in found] == [
        (f"kernel_density.{role}", role) for role in ("value", "period", "weight")
    ]
    assert found[0].describe("en") == ("value: found 'x'; expected one of: v. Remedy: correct the data or the argument")
    assert found[0].describe("zh") == "value：发现'x'；应为以下之一：v。处理：改正数据或参数"


def test_cells_that_do_not_fit_are_told_at_once_with_their_places():
    table = {"v": [1.0, -1.0, None, "x", math.inf], "w": [1.0, 1.0, 0.0, 1.0, 1.0], "t": [1, 1, 1, None, 1]}
    found = told(table, period="t", weight="w")
    assert sorted((p.code, p.place.row, p.place.column) for p in found) == [
        ("kernel_density.key", 3, "t"),
        ("kernel_density.value", 1, "v"),
        ("kernel_density.value", 2, "v"),
        ("kernel_density.value", 2, "w"),
        ("kernel_density.value", 3, "v"),
        ("kernel_density.value", 4, "v"),
    ]
    lines = {p.describe("en") for p in found} | {p.describe("zh") for p in found}
    remedy = "Remedy: correct the data or the argument"
    assert f"row 1, column v: found -1.0; expected a number above 0. {remedy}" in lines
    assert "第 1 行，列 v：发现-1.0；应为大于 0 的数。处理：改正数据或参数" in lines
    assert f"row 3, column t: found None; expected a value. {remedy}" in lines
    assert "第 3 行，列 t：发现None；应为有值。处理：改正数据或参数" in lines


def test_a_table_without_rows_and_what_is_no_table():
    (problem,) = told({"v": []})
    assert (problem.code, problem.place.column) == ("kernel_density.value", "v")
    assert problem.expected.in_language("en") == "at least one row"
    assert problem.expected.in_language("zh") == "至少一行"
    assert [p.code for p in told(5)] == ["panel.no_frame"]


# Defects


def test_equal_values_are_refused_whatever_their_mean_rounds_to():
    assert [p.code for p in told({"v": [0.1, 0.1, 0.1]})] == ["kernel_density.value"]


def test_a_narrow_period_beside_a_wide_one_keeps_its_area():
    table = {"t": [1] * 3 + [2] * 3, "v": [5.0, 5.5, 6.0, 1.0, 500.0, 1000.0]}
    found = kernel_density(table, value="v", period="t")
    assert len(found.grid) > 10_000
    assert found.modes["modes"][0] >= 1
    assert area(found) == pytest.approx([1.0, 1.0], abs=0.01)


def test_a_period_column_named_as_one_of_the_tables_is_refused():
    for name in ("at", "density", "modes"):
        table = {name: [1, 1, 2, 2], "v": [1.0, 2.0, 2.0, 4.0]}
        assert [p.code for p in told(table, period=name)] == ["kernel_density.period"]


def test_a_period_too_narrow_for_any_grid_is_refused_unless_one_is_given():
    table = {"t": [1] * 3 + [2] * 3, "v": [5.0, 5.01, 5.02, 1.0, 500.0, 1000.0]}
    (problem,) = told(table, period="t")
    assert problem.code == "kernel_density.points"
    assert len(kernel_density(table, value="v", period="t", points=50).grid) == 50
    assert len(kernel_density(table, value="v", period="t", bandwidth=20.0).grid) == 200


def test_very_large_values_have_a_density():
    found = kernel_density({"v": [1e200, 2e200, 3e200]}, value="v")
    assert found.modes["highest"][0] == pytest.approx(2e200, rel=0.02)

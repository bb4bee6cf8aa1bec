"""Influential units: by hand, by brute force without each of them, by determinants, their laws, and the faults."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontiers import RETURNS, columns, draw, numbers, panel_of, refused
from hetao import Panel
from hetao.measure import dea, directional, influential_units, order_m
from hetao.text import use_language

NAMES = ("x1", "x2", "y1", "y2")


def without(data: dict[str, Any], gone: Any) -> dict[str, Any]:
    """Return the data without some rows."""
    return {name: [v for i, v in enumerate(values) if i not in gone] for name, values in data.items()}


def changes(data: dict[str, Any], score: np.ndarray, gone: int, **options: Any) -> np.ndarray:
    """Return by how much the other scores change without a row, rounding taken off."""
    left = dea(panel_of(without(data, {gone})), **options).evaluation.score
    change = np.abs(left / np.delete(score, gone) - 1.0)
    return np.where(change > 1e-9, change, 0.0)


def volume(data: dict[str, Any], gone: Any = ()) -> float:
    """Return the log of det Z'Z without some rows, each column divided by its mean in the whole."""
    Z = columns(data, *NAMES)
    left = np.delete(Z / Z.mean(axis=0), list(gone), axis=0)
    return float(np.linalg.slogdet(left.T @ left)[1])


def simple(x: list[float], y: list[float], **roles: Any) -> Panel:
    return Panel({"u": list("abcdefgh"[: len(x)]), "x": x, "y": y}, unit="u", inputs="x", outputs="y", **roles)


def test_one_unit_that_holds_the_frontier_up_by_hand():
    found = influential_units(dea(simple([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 9.0, 4.0])), m=1, sets=2)
    table = found.influence
    assert table["score"] == pytest.approx([1 / 3, 1 / 3, 1.0, 1 / 3])
    assert table["units_moved"] == [0, 0, 3, 0]
    assert table["mean_effect"] == pytest.approx([0.0, 0.0, 2.0, 0.0])  # from 1/3 to 1: by 200 %
    assert table["largest_effect"] == pytest.approx([0.0, 0.0, 2.0, 0.0])
    # Z'Z = (30, 48; 48, 102) with determinant 756; without a 720; without c (21, 21; 21, 21), with determinant 0
    assert table["cloud"][0] == pytest.approx(np.log(720 / 756))
    assert table["cloud"][2] < -30.0
    assert found.cloud_sets["units"][0] == "c"
    # one drawn from those with at least its output: their mean input over its own; nobody has more output than c
    assert table["order_m"] == [
        pytest.approx((2 + 3 + 4) / 3),
        pytest.approx((3 + 4) / 2 / 2),
        None,
        pytest.approx(3 / 4),
    ]


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", RETURNS)
def test_effects_are_those_of_a_panel_without_the_unit(orientation: str, returns: str):
    data = draw(51, 12)
    options = {"orientation": orientation, "returns": returns}
    found = influential_units(dea(panel_of(data), **options), sets=1)
    for i in range(12):
        change = changes(data, found.of.evaluation.score, i, **options)
        assert found.units_moved[i] == (change > 0.0).sum()
        assert found.mean_effect[i] == pytest.approx(change.mean(), abs=1e-9)
        assert found.largest_effect[i] == pytest.approx(change.max(), abs=1e-9)
    assert found.units_moved.sum() > 0
    assert found.certificate.programmes >= 12 + found.units_moved.sum()
    assert max(found.certificate.primal, found.certificate.dual, found.certificate.gap) <= 1e-8


def test_where_two_are_alike_neither_is_missed():
    found = influential_units(dea(simple([1.0, 1.0, 2.0], [2.0, 2.0, 2.0])), sets=1)
    assert found.units_moved.tolist() == [0, 0, 0]
    assert found.mean_effect.tolist() == [0.0] * 3


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_order_m_is_against_the_others(orientation: str):
    data = draw(52, 10)
    found = influential_units(dea(panel_of(data), orientation=orientation, returns="vrs"), m=3)
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    for i, (x, y) in enumerate(zip(X, Y, strict=True)):
        rest = np.arange(10) != i
        if orientation == "input":
            q = np.sort((X / x).max(axis=1)[rest & (y <= Y).all(axis=1)])
        else:
            q = np.sort((Y / y).min(axis=1)[rest & (x >= X).all(axis=1)])[::-1]
        n = len(q)
        twin = sum(v * (((n - j) / n) ** 3 - ((n - j - 1) / n) ** 3) for j, v in enumerate(q)) if n else np.nan
        assert found.order_m[i] == pytest.approx(twin, nan_ok=True)
    with_self = order_m(panel_of(data), m=3, orientation=orientation).evaluation.score
    assert (found.order_m[~np.isnan(found.order_m)] != with_self[~np.isnan(found.order_m)]).any()


def test_the_cloud_is_det_of_z_with_and_without():
    data = draw(53, 9)
    found = influential_units(dea(panel_of(data)), sets=3)
    assert found.cloud == pytest.approx([volume(data, [i]) - volume(data) for i in range(9)])
    table = found.cloud_sets
    assert list(table) == ["size", "units", "log_ratio", "runner_up"]
    assert table["size"] == [1, 2, 3]
    for size in (1, 2, 3):
        twin = sorted((volume(data, rows) - volume(data), rows) for rows in combinations(range(9), size))
        assert table["log_ratio"][size - 1] == pytest.approx(twin[0][0])
        assert table["runner_up"][size - 1] == pytest.approx(twin[1][0])
        assert set(table["units"][size - 1].split(", ")) == {str(data["u"][i]) for i in twin[0][1]}


def test_two_outliers_that_hide_one_another_are_found_together():
    data = draw(54, 40)
    data |= {"y1": [*data["y1"][:-2], 80.0, 81.0]}
    table = influential_units(dea(panel_of(data)), sets=3).cloud_sets
    assert set(table["units"][1].split(", ")) == {str(u) for u in data["u"][-2:]}
    gaps = np.array(table["runner_up"]) - np.array(table["log_ratio"])
    assert gaps[1] > 5.0 * max(gaps[0], gaps[2])


def test_among_many_units_sets_are_made_of_those_with_most_leverage():
    data = draw(55, 120)
    data |= {"x1": [90.0, 88.0, 95.0, *data["x1"][3:]]}
    found = influential_units(dea(panel_of(data)), sets=3)
    assert set(found.cloud_sets["units"][2].split(", ")) == {str(u) for u in data["u"][:3]}
    assert found.cloud_sets["log_ratio"][2] == pytest.approx(volume(data, [0, 1, 2]) - volume(data))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), power=st.integers(-6, 6))
def test_units_of_measurement_and_the_order_of_rows_do_not_matter(seed: int, power: int):
    data = draw(seed, 10)
    mine = influential_units(dea(panel_of(data), returns="vrs"), sets=2)
    scaled = data | {"x1": np.array(data["x1"]) * 10.0**power}
    order = np.random.default_rng(seed).permutation(10)
    turned = {name: [values[i] for i in order] for name, values in data.items()}
    for other, rows in ((scaled, np.arange(10)), (turned, order)):
        found = influential_units(dea(panel_of(other), returns="vrs"), sets=2)
        assert (found.units_moved == mine.units_moved[rows]).all()
        for name in ("mean_effect", "largest_effect", "order_m", "cloud"):
            assert getattr(found, name) == pytest.approx(getattr(mine, name)[rows], rel=1e-7, abs=1e-9, nan_ok=True)
        assert found.cloud_sets["log_ratio"] == pytest.approx(mine.cloud_sets["log_ratio"])
    assert (mine.cloud <= 0.0).all()
    assert (mine.mean_effect <= mine.largest_effect).all()
    assert ((mine.units_moved > 0) == (mine.largest_effect > 0.0)).all()


def test_each_period_and_each_group_stands_by_itself():
    data = draw(56, 12, periods=2)
    found = influential_units(dea(panel_of(data, period="t"), orientation="output"), sets=2)
    assert list(found.influence)[:2] == ["u", "t"]
    assert next(iter(found.cloud_sets)) == "period"
    assert found.cloud_sets["period"] == [0, 0, 1, 1]
    grouped = influential_units(dea(panel_of(data, period="t", group="g"), by_group=True), sets=1)
    for result, options, part in (
        (found, {"orientation": "output"}, np.array(data["t"]) == 1),
        (grouped, {}, (np.array(data["t"]) == 0) & (np.array(data["g"]) == "north")),
    ):
        alone = influential_units(dea(panel_of(without(data, set(np.flatnonzero(~part).tolist()))), **options), sets=2)
        assert (result.units_moved[part] == alone.units_moved).all()
        for name in ("mean_effect", "largest_effect", "order_m", "cloud"):
            assert getattr(result, name)[part] == pytest.approx(getattr(alone, name), nan_ok=True)


def test_a_unit_alone_has_nothing_to_move():
    found = influential_units(dea(simple([1.0], [2.0])))
    assert numbers(found.influence["units_moved"]).tolist() == [0.0]
    assert found.influence["order_m"] == [None]
    assert found.cloud[0] == -np.inf
    assert found.cloud_sets["size"] == []


def test_a_column_of_zeros_adds_nothing_to_the_cloud():
    data = draw(57, 10)
    empty = data | {"y2": [0.0] * 10}
    found = influential_units(dea(panel_of(empty)), sets=1)
    smaller = influential_units(dea(panel_of(data, outputs=["y1"])), sets=1)
    assert found.cloud == pytest.approx(smaller.cloud)


def test_large_sets_of_many_units_stay_in_hand():
    found = influential_units(dea(panel_of(draw(58, 45))), sets=6)
    table = found.cloud_sets
    assert table["size"] == [1, 2, 3, 4, 5, 6]
    assert (np.diff(table["log_ratio"]) < 0.0).all()
    assert all(b <= r + 1e-12 for b, r in zip(table["log_ratio"], table["runner_up"], strict=True))


def test_the_result_is_told_and_written(tmp_path: Path):
    data = draw(59, 12)
    found = influential_units(dea(panel_of(data)), m=7, sets=2)
    worst = int(np.argmax(found.mean_effect))
    with use_language("en"):
        lines = found.summary().splitlines()
    assert lines[1].startswith(f"{data['u'][worst]}: without it {found.units_moved[worst]} scores change")
    assert f"{found.mean_effect[worst]:.1%}" in lines[1]
    with use_language("zh"):
        assert "个单元的得分改变" in found.summary()
    found.to_excel(tmp_path / "found.xlsx")
    with ZipFile(tmp_path / "found.xlsx") as book:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert sheets[1:] == [str(title) for title in found._tables()]
    assert found.fingerprint["seed"] is None  # nothing is drawn
    assert found.fingerprint["call"] == "influential_units"
    assert (found.options["m"], found.options["sets"]) == (7, 2)


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"m": 0}, ["m"]), ({"m": 2.5, "sets": 0}, ["m", "sets"]), ({"m": True, "sets": "3"}, ["m", "sets"])],
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any], expected: list[str]):
    found = refused(influential_units, dea(panel_of(draw(50, 6))), **options)
    assert found == [f"influential_units.{name}" for name in expected]


def test_results_that_it_is_not_made_for_are_refused():
    data = draw(50, 6, periods=2)
    panel = panel_of(data, period="t")
    for wrong in (
        directional(panel),
        dea(panel, returns="fdh"),
        dea(panel, super_efficiency=True),
        dea(panel, nondiscretionary="x1"),
        dea(panel, weight_restrictions={("x1", "x2"): (0.5, 2.0)}),
        panel,
    ):
        assert refused(influential_units, wrong) == ["influential_units.result"]
    for reference in ("sequential", "global", "biennial", 2):
        assert refused(influential_units, dea(panel, reference=reference)) == ["influential_units.result"]
    idle = data | {"y1": [0.0] * 12, "y2": [0.0, *data["y2"][1:]]}
    assert refused(influential_units, dea(panel_of(idle, period="t"))) == ["influential_units.result"]

"""The test of returns to scale: by hand, one replication written out, its laws, its errors in small, its faults."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontiers import columns, draw, numbers, optimum, panel_of, refused, span
from hetao import Panel
from hetao.measure import computing, dea, returns_test
from hetao.measure.inference.smoothing import normal_reference_bandwidth
from hetao.text import use_language


def scores(orientation: str, returns: str, own: Any, reference: Any) -> np.ndarray:
    """Return the radial scores of (X, Y) against (X, Y), by linear programmes."""
    X, Y = reference
    found = []
    for x, y in zip(*own, strict=True):
        if orientation == "input":
            rows = [({"l": X.T, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", y)]
        else:
            rows = [({"l": X.T}, "<=", x), ({"l": Y.T, "t": -y[:, None]}, ">=", 0.0)]
        sense = "min" if orientation == "input" else "max"
        found.append(optimum(sense, {"t": 1.0}, [*rows, *span(returns, "l", len(X))]))
    return np.array(found)


def ratio(orientation: str, under_null: np.ndarray, variable: np.ndarray) -> float:
    if orientation == "input":
        return float(under_null.sum() / variable.sum())
    return float((1 / under_null).sum() / (1 / variable).sum())


def simple(x: Any, y: Any) -> Panel:
    return Panel({"u": list(range(len(x))), "x": x, "y": y}, unit="u", inputs="x", outputs="y")


def sample(seed: int, power: float, n: int = 30) -> Panel:
    """Return units of one input and one output whose frontier is xᵖ."""
    random = np.random.default_rng(seed)
    x = random.uniform(1, 10, n)
    return simple(x, x**power * np.exp(-random.exponential(0.2, n)))


def test_the_statistic_by_hand():
    panel = simple([1.0, 2.0, 4.0], [1.0, 3.0, 4.0])
    # output per input: 1, 1.5, 1, so D(crs) = 2/3, 1, 2/3; all three span the frontier of variable returns
    for orientation in ("input", "output"):
        found = returns_test(panel, orientation=orientation, replications=10)
        assert found.statistic == pytest.approx([7 / 9])
    # not below the best: only the first stays below, only the third does where returns may not rise
    assert returns_test(panel, null="nirs", replications=10).statistic == pytest.approx([8 / 9])
    assert returns_test(panel, null="ndrs", replications=10).statistic == pytest.approx([8 / 9])


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("null", ["crs", "nirs", "ndrs"])
def test_a_replication_is_what_simar_and_wilson_say(orientation: str, null: str):
    data = draw(41, 10)
    own = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    found = returns_test(panel_of(data), null=null, orientation=orientation, replications=10, seed=5)
    score = scores(orientation, null, own, own)
    assert found.statistic[0] == pytest.approx(ratio(orientation, score, scores(orientation, "vrs", own, own)))
    random = np.random.default_rng(np.random.SeedSequence([5, 0]).spawn(1)[0])
    picks, noise, h = random.integers(10, size=10), random.standard_normal(10), normal_reference_bandwidth(score)
    smooth = 1 + (score[picks] - 1 + h * noise) / np.sqrt(1 + h**2 / np.mean((score - 1) ** 2))
    star = 1 - np.abs(smooth - 1) if orientation == "input" else 1 + np.abs(smooth - 1)
    X, Y = own
    moved = (X * (score / star)[:, None], Y) if orientation == "input" else (X, Y * (score / star)[:, None])
    twin = ratio(orientation, *(scores(orientation, returns, own, moved) for returns in (null, "vrs")))
    assert found.replicates[0, 0] == pytest.approx(twin, rel=1e-8)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_statistic_is_at_most_1_and_least_where_most_is_assumed(seed: int):
    panel = panel_of(draw(seed, 8))
    for orientation in ("input", "output"):
        at = {
            null: returns_test(panel, null=null, orientation=orientation, replications=10)
            for null in ("crs", "nirs", "ndrs")
        }
        s = {null: float(found.statistic[0]) for null, found in at.items()}
        assert 0.0 < s["crs"] <= min(s["nirs"], s["ndrs"]) + 1e-9
        assert max(s.values()) <= 1.0 + 1e-9
        assert all((found.replicates <= 1.0 + 1e-9).all() for found in at.values())
        assert all(1 / 11 - 1e-12 <= found.p_values[0] <= 1.0 for found in at.values())


def test_the_table_holds_the_formulas():
    found = returns_test(panel_of(draw(42, 15, periods=2), period="t"), replications=60)
    table = found.tests
    assert list(table) == ["t", "statistic", "critical", "p_value"]
    assert table["t"] == [0, 1]
    assert numbers(table["statistic"]) == pytest.approx(found.statistic)
    assert numbers(table["critical"]) == pytest.approx(np.quantile(found.replicates, 0.05, axis=0))
    smaller = [(found.replicates[:, j] <= found.statistic[j]).sum() for j in (0, 1)]
    assert numbers(table["p_value"]) == pytest.approx((1 + np.array(smaller)) / 61)
    assert list(returns_test(panel_of(draw(42, 15)), replications=10).tests) == ["statistic", "critical", "p_value"]
    assert found.certificate.programmes == 2 * 60 * 2 * 15
    assert max(found.certificate.primal, found.certificate.dual, found.certificate.gap) <= 1e-8


def test_the_null_is_kept_where_it_is_true_and_rejected_where_it_is_far_from_true():
    true = np.array([returns_test(sample(seed, 1.0), replications=50).p_values[0] for seed in range(30)])
    assert (true <= 0.05).mean() <= 0.15
    assert true.mean() > 0.3
    false = np.array([returns_test(sample(seed, 0.5), replications=50).p_values[0] for seed in range(10)])
    assert (false <= 0.05).all()


def test_which_side_of_constant_returns():
    random = np.random.default_rng(5)
    x = random.uniform(1, 10, 40)
    rising = simple(x, np.maximum(x - 0.8, 0.1) * np.exp(-random.exponential(0.2, 40)))
    p = {null: returns_test(rising, null=null, replications=60).p_values[0] for null in ("crs", "nirs", "ndrs")}
    assert max(p["crs"], p["nirs"]) <= 0.05 < p["ndrs"]
    p = {null: returns_test(sample(5, 0.5), null=null, replications=60).p_values[0] for null in ("nirs", "ndrs")}
    assert p["ndrs"] <= 0.05 < p["nirs"]


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_a_statistic_of_1_never_speaks_against_the_null(orientation: str):
    for seed in range(8):
        random = np.random.default_rng(seed)
        x = random.uniform(1, 10, 8)  # all on one ray, so that every technology gives every unit a score of 1
        table = {"u": list(range(8)), "x1": x, "x2": x * random.uniform(0.5, 2), "y": x * random.uniform(1, 3)}
        found = returns_test(
            Panel(table, unit="u", inputs=["x1", "x2"], outputs="y"), orientation=orientation, replications=20
        )
        assert found.statistic == pytest.approx([1.0])
        assert found.p_values.tolist() == [1.0]


def test_the_same_seed_gives_the_same_numbers_however_they_are_computed():
    panel = panel_of(draw(43, 12))
    with computing(threads=1):
        alone = returns_test(panel, replications=60, seed=9)
    with computing(threads=2):
        assert (returns_test(panel, replications=60, seed=9).replicates == alone.replicates).all()
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor, computing(executor=executor):
            assert (returns_test(panel, replications=60, seed=9).replicates == alone.replicates).all()
    other = returns_test(panel, replications=60, seed=10)
    assert (other.replicates != alone.replicates).any()
    assert (other.fingerprint["seed"], alone.fingerprint["seed"]) == (10, 9)
    assert (returns_test(panel, replications=30, seed=9).replicates == alone.replicates[:30]).all()


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_units_of_measurement_do_not_matter(orientation: str):
    data = draw(44, 12)
    scaled = data | {"x1": np.array(data["x1"]) * 1e-6, "y2": np.array(data["y2"]) * 1e6}
    mine, other = (returns_test(panel_of(d), orientation=orientation, replications=20) for d in (data, scaled))
    assert other.statistic == pytest.approx(mine.statistic, rel=1e-9)
    assert other.replicates == pytest.approx(mine.replicates, rel=1e-8)


def test_each_period_is_tested_on_its_own():
    data = draw(45, 10, periods=2)
    both = returns_test(panel_of(data, period="t"), replications=12, seed=2)
    first = {name: [v for v, t in zip(values, data["t"], strict=True) if t == 0] for name, values in data.items()}
    alone = returns_test(panel_of(first, period="t"), replications=12, seed=2)
    assert both.replicates.shape == (12, 2)
    assert (both.replicates[:, :1] == alone.replicates).all()
    assert both.statistic[0] == alone.statistic[0]
    for period in (0, 1):
        rows = {
            name: [v for v, t in zip(values, data["t"], strict=True) if t == period] for name, values in data.items()
        }
        crs, vrs = (dea(panel_of(rows), orientation="output", returns=r).evaluation.score for r in ("crs", "vrs"))
        assert both.statistic[period] == pytest.approx(ratio("output", crs, vrs))


def test_the_result_is_told_and_written(tmp_path: Path):
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        found = returns_test(panel_of(draw(46, 8, periods=2), period="t"), null="ndrs", replications=30)
    assert told[-1] == (60, 60)
    with use_language("en"):
        assert f"1: S = {found.statistic[1]:.4f}, p = {found.p_values[1]:.4f}" in found.summary()
        assert "against variable returns" in found.summary()
        assert returns_test(sample(1, 1.0), replications=10).summary().splitlines()[1].startswith("S = ")
    with use_language("zh"):
        assert "规模报酬检验" in found.summary()
    found.to_excel(tmp_path / "found.xlsx")
    with ZipFile(tmp_path / "found.xlsx") as book:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert sheets[1:] == [str(title) for title in found._tables()]
    assert found.fingerprint["options"] == {"null": "ndrs", "orientation": "output", "replications": 30}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"null": "vrs"}, ["null"]),
        ({"null": "fdh", "orientation": "both", "replications": 9}, ["null", "orientation", "replications"]),
        ({"seed": -1, "replications": True}, ["replications", "seed"]),
        ({"replications": 10.5}, ["replications"]),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any], expected: list[str]):
    assert refused(returns_test, panel_of(draw(47, 5)), **options) == [f"returns_test.{name}" for name in expected]


def test_panels_that_it_is_not_made_for_are_refused():
    data = draw(48, 6)
    assert refused(returns_test, data) == ["returns_test.panel"]
    below = data | {"x1": [-1.0, *data["x1"][1:]], "y2": [*data["y2"][:-1], -2.0]}
    assert refused(returns_test, panel_of(below)) == ["returns_test.data"] * 2
    idle = data | {"y1": [0.0, *data["y1"][1:]], "y2": [0.0, *data["y2"][1:]]}
    for orientation in ("input", "output"):
        assert refused(returns_test, panel_of(idle), orientation=orientation) == ["returns_test.panel"]

"""The heterogeneous bootstrap: polar coordinates, one replication written out, its laws, its faults."""

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
from hetao.measure import bootstrap, computing, dea
from hetao.measure.inference.heterogeneous import directions, from_directions
from hetao.text import use_language

points = st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=1, max_size=6)


def quick(result: Any, **options: Any) -> Any:
    return bootstrap(result, **({"method": "heterogeneous", "replications": 10} | options))


def radial(orientation: str, returns: str, x: np.ndarray, y: np.ndarray, X: np.ndarray, Y: np.ndarray) -> float:
    """Return θ or φ of (x, y) against (X, Y), NaN where no unit reaches it."""
    if orientation == "input":
        rows = [({"l": X.T, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", y)]
    else:
        rows = [({"l": X.T}, "<=", x), ({"l": Y.T, "t": -y[:, None]}, ">=", 0.0)]
    return optimum("min" if orientation == "input" else "max", {"t": 1.0}, [*rows, *span(returns, "l", len(X))])


def angles_of(point: np.ndarray) -> list[float]:
    """Return the angles of a point: each has the cosine of a coordinate over the length of what is left."""
    found = []
    for j in range(len(point) - 1):
        length = float(np.linalg.norm(point[j:]))
        found.append(float(np.arccos(min(1.0, point[j] / length))) if length else 0.0)
    return found


def point_of(angles: list[float]) -> np.ndarray:
    found, left = [], 1.0
    for angle in angles:
        found.append(left * np.cos(angle))
        left *= np.sin(angle)
    return np.array([*found, left])


def folded(angle: float) -> float:
    """Reflect an angle at 0 and at π/2 until it lies between them."""
    while not 0.0 <= angle <= np.pi / 2:
        angle = -angle if angle < 0.0 else np.pi - angle
    return angle


def drawn(
    place: np.ndarray, angles: np.ndarray, score: np.ndarray, random: np.random.Generator, *, below: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return places with angles and scores drawn from the smoothed joint distribution, and the units drawn."""
    table = np.column_stack([place, angles, score])
    n, d = table.shape
    h = (4 / ((d + 2) * n)) ** (1 / (d + 4))
    chosen, turned = random.integers(n, size=n), random.integers(2, size=n)
    values, vectors = np.linalg.eigh(np.cov(table.T))
    noise = random.standard_normal((n, d)) @ (vectors * np.sqrt(np.maximum(values, 0))).T
    placed = table[chosen]
    for i in range(n):
        if turned[i]:  # the mirrored half: beyond 1, and correlated the other way round
            placed[i, -1], noise[i, -1] = 2 - placed[i, -1], -noise[i, -1]
    mean = placed.mean(axis=0)
    smooth = mean + (placed - mean + h * noise) / np.sqrt(1 + h * h)
    away = np.abs(smooth[:, -1] - 1)
    smooth[:, -1] = np.maximum(1 - away if below else 1 + away, score.min() / 2)
    return smooth, chosen


def replication(result: Any, data: Any, seed: int) -> np.ndarray:
    """Return the scores of one replication of a cross-section, every step written out."""
    orientation, returns = result.options["orientation"], result.options["returns"]
    X, Y, score = columns(data, "x1", "x2"), columns(data, "y1", "y2"), result.evaluation.score
    below = orientation == "input"
    moving, still = (X, Y) if below else (Y, X)
    random = np.random.default_rng(np.random.SeedSequence([seed, 0]).spawn(1)[0])
    sizes, usual = moving.mean(axis=0), still.mean(axis=0)
    angles = np.array([angles_of(point / sizes) for point in moving])
    smooth, chosen = drawn(still / usual, angles, score, random, below=below)
    pseudo_moving, pseudo_still = [], []
    for i, (first, second, angle, star) in enumerate(smooth):
        there = np.clip([first, second], (still / usual).min(axis=0), (still / usual).max(axis=0)) * usual
        ray = point_of([folded(angle)]) * sizes
        way = radial(orientation, returns, *((ray, there) if below else (there, ray)), X, Y)
        if not way > 0:  # no unit reaches there: the unit drawn stands in
            there, ray = still[chosen[i]], moving[chosen[i]]
            way = radial(orientation, returns, *((ray, there) if below else (there, ray)), X, Y)
        pseudo_moving.append(ray * way / star)
        pseudo_still.append(there)
    A, B = np.array(pseudo_moving), np.array(pseudo_still)
    reference = (A, B) if below else (B, A)
    return np.array([radial(orientation, returns, x, y, *reference) for x, y in zip(X, Y, strict=True)])


def test_polar_coordinates_by_hand():
    assert directions(np.array([[1.0, 1.0], [3.0, 0.0], [0.0, 2.0]])) == pytest.approx(
        np.array([[45.0], [0], [90]]) * np.pi / 180
    )
    assert from_directions(np.array([[np.pi / 6]])) == pytest.approx(np.array([[np.sqrt(3) / 2, 0.5]]))
    assert directions(np.array([[4.0], [2.0]])).shape == (2, 0)
    assert from_directions(np.empty((2, 0))).tolist() == [[1.0], [1.0]]


@given(table=points)
def test_polar_coordinates_lead_there_and_back(table: list[list[int]]):
    given_points = np.array(table, dtype=float)
    angles = directions(given_points)
    assert ((angles >= 0.0) & (angles <= np.pi / 2)).all()
    assert angles == pytest.approx(np.array([angles_of(p) for p in given_points]), abs=1e-7)
    back = from_directions(angles)
    assert (back >= 0.0).all()
    assert np.linalg.norm(back, axis=1) == pytest.approx(1.0)
    assert back * np.linalg.norm(given_points, axis=1)[:, None] == pytest.approx(given_points, abs=1e-12)
    assert back == pytest.approx(np.array([point_of(list(a)) for a in angles]), abs=1e-12)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_a_replication_is_what_simar_and_wilson_say(orientation: str, returns: str):
    for seed in (61, 62):
        data = draw(seed, 12)
        result = dea(panel_of(data), orientation=orientation, returns=returns)
        found = quick(result, seed=5)
        assert found.replicates[0] == pytest.approx(replication(result, data, 5), rel=1e-7, nan_ok=True)


def test_one_input_and_one_output_have_no_angles():
    random = np.random.default_rng(1)
    x = random.uniform(1, 10, 30)
    panel = Panel(
        {"u": list(range(30)), "x": x, "y": x * np.exp(-random.exponential(0.2, 30))}, unit="u", inputs="x", outputs="y"
    )
    for orientation, sign in (("input", 1.0), ("output", -1.0)):
        found = quick(dea(panel, orientation=orientation), replications=50)
        assert (sign * found.bias > 0.0).all()
        ratio = found.replicates / found.of.evaluation.score
        assert ratio == pytest.approx(np.repeat(ratio[:, :1], 30, axis=1))  # one number, output per input, is all


def test_scores_that_most_replications_lack_are_not_made_up():
    found = quick(dea(panel_of(draw(70, 20)), returns="vrs"), replications=30)
    table = found.scores
    lacking = np.isnan(found.replicates).sum(axis=0)
    assert table["replications"] == (30 - lacking).tolist()
    most, some = np.flatnonzero(lacking > 15), np.flatnonzero((lacking > 0) & (lacking <= 15))
    assert min(len(most), len(some)) > 0
    for name in ("bias", "standard_error", "corrected", "corrected_inverse", "lower", "upper"):
        assert [table[name][i] for i in most] == [None] * len(most)
    for i in some:
        left = found.replicates[~np.isnan(found.replicates[:, i]), i]
        assert table["bias"][i] == pytest.approx(left.mean() - table["score"][i])
        assert table["standard_error"][i] == pytest.approx(left.std(ddof=1))
        assert table["upper"][i] == pytest.approx(2 * table["score"][i] - np.quantile(left, 0.025))
    assert found.certificate.statuses["infeasible"] >= lacking.sum()


def test_every_replication_has_every_score_under_constant_returns():
    found = quick(dea(panel_of(draw(64, 20))), replications=30)
    assert found.counted.tolist() == [30] * 20
    assert found.scores["replications"] == [30] * 20
    assert found.certificate.programmes >= 2 * 30 * 20


def test_the_same_seed_gives_the_same_numbers_however_they_are_computed():
    result = dea(panel_of(draw(65, 12)), orientation="output", returns="crs")
    options = {"replications": 60, "seed": 9}
    with computing(threads=1):
        alone = quick(result, **options)
    with computing(threads=2):
        assert (quick(result, **options).replicates == alone.replicates).all()
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor, computing(executor=executor):
            assert (quick(result, **options).replicates == alone.replicates).all()
    other = quick(result, **(options | {"seed": 10}))
    assert (other.replicates != alone.replicates).any()
    assert (other.fingerprint["seed"], alone.fingerprint["seed"]) == (10, 9)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), power=st.integers(-6, 6), orientation=st.sampled_from(["input", "output"]))
def test_units_of_measurement_do_not_matter(seed: int, power: int, orientation: str):
    data = draw(seed, 12)
    scaled = data | {"x1": np.array(data["x1"]) * 10.0**power, "y2": np.array(data["y2"]) * 10.0**-power}
    mine, other = (
        quick(dea(panel_of(d), orientation=orientation, returns="vrs"), seed=3).replicates for d in (data, scaled)
    )
    assert other == pytest.approx(mine, rel=1e-6, nan_ok=True)


def test_pseudo_references_lie_inside_so_scores_look_better():
    for orientation, sign in (("input", 1.0), ("output", -1.0)):
        found = quick(dea(panel_of(draw(66, 25)), orientation=orientation), replications=60)
        assert (sign * (found.replicates - found.of.evaluation.score) > -1e-9).all()
        assert (sign * (found.of.evaluation.score - found.corrected) > 0.0).all()
        assert (found.limits[:, 0] < found.limits[:, 1]).all()


def test_each_period_is_bootstrapped_on_its_own_and_a_pooled_reference_is_drawn_whole():
    data = draw(67, 10, periods=2)
    panel = panel_of(data, period="t", group="g")
    both = quick(dea(panel), seed=2)
    first = {name: [v for v, t in zip(values, data["t"], strict=True) if t == 0] for name, values in data.items()}
    alone = quick(dea(panel_of(first, period="t", group="g")), seed=2)
    rows = [i for i, t in enumerate(data["t"]) if t == 0]
    assert (both.replicates[:, rows] == alone.replicates).all()
    for options in ({"reference": "global"}, {"by_group": True}, {"reference": "sequential"}):
        found = quick(dea(panel, **options), seed=2)
        assert found.replicates.shape == (10, 20)
        assert not np.isnan(found.replicates).any()


def test_a_column_of_zeros_is_no_hindrance():
    data = draw(68, 12)
    panel, smaller = panel_of(data | {"y2": [0.0] * 12}), panel_of(data, outputs=["y1"])
    for orientation in ("input", "output"):
        found = quick(dea(panel, orientation=orientation))
        assert not np.isnan(found.replicates).any()
        assert found.of.evaluation.score == pytest.approx(dea(smaller, orientation=orientation).evaluation.score)


def test_the_result_is_told_drawn_and_written(tmp_path: Path):
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        found = quick(dea(panel_of(draw(69, 8))), replications=30)
    assert told[-1] == (30, 30)
    with use_language("en"):
        assert "Smoothed bootstrap of Simar and Wilson 2000" in found.summary()
    with use_language("zh"):
        assert "Simar-Wilson 2000" in found.summary()
    with use_language("en"):
        assert "Simar and Wilson 1998" in bootstrap(found.of, replications=10).summary()
    assert found.plot().axes
    found.to_excel(tmp_path / "found.xlsx")
    with ZipFile(tmp_path / "found.xlsx") as book:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert sheets[1:] == [str(title) for title in found._tables()]
    assert found.options["method"] == "heterogeneous"
    assert numbers(found.scores["score"]) == pytest.approx(found.of.evaluation.score)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"method": "smooth"}, ["method"]),
        ({"method": "heterogeneous", "bandwidth": 0.1}, ["bandwidth"]),
        ({"method": "heterogeneous", "bandwidth": -1.0}, ["bandwidth", "bandwidth"]),
        ({"method": None, "replications": 5}, ["replications", "method"]),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(options: dict[str, Any], expected: list[str]):
    found = refused(bootstrap, dea(panel_of(draw(60, 5))), **options)
    assert found == [f"bootstrap.{name}" for name in expected]

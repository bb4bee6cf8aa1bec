"""The bootstrap of scores: against itself written out plainly, its laws, its coverage in small, its faults."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from frontiers import columns, draw, numbers, optimum, panel_of, refused, span
from hetao import Panel
from hetao.measure import bootstrap, computing, dea, directional
from hetao.measure.inference.smoothing import Smoothed, normal_reference_bandwidth


def pseudo_scores(result: Any, data: Any, seed: int, bandwidth: float) -> np.ndarray:
    """Return the scores of one replication of a cross-section, every step written out."""
    orientation, returns = result.options["orientation"], result.options["returns"]
    X, Y, score = columns(data, "x1", "x2"), columns(data, "y1", "y2"), result.evaluation.score
    random = np.random.default_rng(np.random.SeedSequence([seed, 0]).spawn(1)[0])
    picks, noise = random.integers(len(score), size=len(score)), random.standard_normal(len(score))
    shrink = np.sqrt(1 + bandwidth**2 / np.mean((score - 1) ** 2))
    drawn = [1 + (score[i] - 1 + bandwidth * e) / shrink for i, e in zip(picks, noise, strict=True)]
    star = np.array([2 - v if (v > 1 if orientation == "input" else v < 1) else v for v in drawn])
    found = []
    for x, y in zip(X, Y, strict=True):
        if orientation == "input":
            reference = (X * (score / star)[:, None]).T
            rows = [({"l": reference, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", y)]
        else:
            reference = (Y * (score / star)[:, None]).T
            rows = [({"l": X.T}, "<=", x), ({"l": reference, "t": -y[:, None]}, ">=", 0.0)]
        sense = "min" if orientation == "input" else "max"
        found.append(optimum(sense, {"t": 1.0}, [*rows, *span(returns, "l", len(X))]))
    return np.array(found)


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("returns", ["crs", "vrs"])
def test_a_replication_is_what_simar_and_wilson_say(orientation: str, returns: str):
    data = draw(31, 12)
    result = dea(panel_of(data), orientation=orientation, returns=returns)
    found = bootstrap(result, replications=10, seed=5, bandwidth=0.05)
    twin = pseudo_scores(result, data, 5, 0.05)
    assert found.replicates[0] == pytest.approx(twin, rel=1e-8)


def test_the_table_holds_the_formulas():
    result = dea(panel_of(draw(32, 20)), returns="vrs")
    found = bootstrap(result, replications=60, confidence=0.9)
    score, star, table = result.evaluation.score, found.replicates, found.scores
    assert numbers(table["bias"]) == pytest.approx(star.mean(axis=0) - score)
    assert numbers(table["corrected"]) == pytest.approx(2 * score - star.mean(axis=0))
    assert numbers(table["corrected_inverse"]) == pytest.approx(1 / (2 / score - (1 / star).mean(axis=0)))
    assert numbers(table["standard_error"]) == pytest.approx(star.std(axis=0, ddof=1))
    low, high = np.quantile(star, [0.05, 0.95], axis=0)
    assert numbers(table["lower"]) == pytest.approx(2 * score - high)
    assert numbers(table["upper"]) == pytest.approx(2 * score - low)
    assert table["status"] == ["optimal"] * 20
    assert found.certificate.programmes == 60 * 20
    assert max(found.certificate.primal, found.certificate.dual, found.certificate.gap) <= 1e-8


def test_the_same_seed_gives_the_same_numbers_however_they_are_computed():
    result = dea(panel_of(draw(33, 15)), orientation="output", returns="vrs")
    with computing(threads=1):
        alone = bootstrap(result, replications=60, seed=9).replicates
    with computing(threads=2):
        assert (bootstrap(result, replications=60, seed=9).replicates == alone).all()
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor, computing(executor=executor):
            assert (bootstrap(result, replications=60, seed=9).replicates == alone).all()
    assert (bootstrap(result, replications=60, seed=10).replicates != alone).any()
    assert (bootstrap(result, replications=30, seed=9).replicates == alone[:30]).all()


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_units_of_measurement_do_not_matter(orientation: str):
    data = draw(34, 14)
    scaled = data | {"x1": np.array(data["x1"]) * 1e-6, "y2": np.array(data["y2"]) * 1e6}
    mine, other = (
        bootstrap(dea(panel_of(d), orientation=orientation, returns="vrs"), replications=20).replicates
        for d in (data, scaled)
    )
    assert mine == pytest.approx(other, rel=1e-8)


def test_pseudo_references_lie_inside_so_scores_look_better_and_the_bias_is_towards_the_frontier():
    for orientation, sign in (("input", 1.0), ("output", -1.0)):
        found = bootstrap(dea(panel_of(draw(35, 25)), orientation=orientation, returns="vrs"), replications=100)
        assert (sign * found.bias > 0).all()
        assert (sign * (found.of.evaluation.score - found.corrected) > 0).all()
        assert (found.limits[:, 0] < found.limits[:, 1]).all()


def test_each_period_and_each_group_is_bootstrapped_on_its_own():
    data = draw(36, 10, periods=2)
    panel = panel_of(data, period="t", group="g")
    both = bootstrap(dea(panel, returns="vrs"), replications=12, seed=2)
    first = {name: [v for v, t in zip(values, data["t"], strict=True) if t == 0] for name, values in data.items()}
    alone = bootstrap(dea(panel_of(first, period="t", group="g"), returns="vrs"), replications=12, seed=2)
    rows = [i for i, t in enumerate(data["t"]) if t == 0]
    assert (both.replicates[:, rows] == alone.replicates).all()
    grouped = bootstrap(dea(panel, returns="vrs", by_group=True), replications=12, seed=2)
    assert grouped.replicates.shape == (12, 20)
    assert not np.isnan(grouped.replicates).any()
    pooled = bootstrap(dea(panel, returns="vrs", reference="global"), replications=12, seed=2)
    assert not np.isnan(pooled.replicates).any()


def test_a_smooth_draw_keeps_the_mean_and_variance_of_the_scores():
    score = np.clip(1 - np.abs(np.random.default_rng(1).normal(0, 0.2, 400)), 0.3, 1.0)
    random, smooth = np.random.default_rng(2), Smoothed(score, normal_reference_bandwidth(score))
    drawn = np.concatenate([smooth.draw(random) for _ in range(300)])
    assert ((drawn > 0) & (drawn <= 1)).all()
    assert drawn.mean() == pytest.approx(score.mean(), abs=0.02)
    assert drawn.var() == pytest.approx(score.var(), rel=0.15)


def test_the_bandwidth_is_that_of_the_reflected_scores_off_the_frontier():
    score = np.array([1.0, 1.0, 0.5, 0.7, 0.8, 0.9])
    both = np.array([0.5, 0.7, 0.8, 0.9, 1.5, 1.3, 1.2, 1.1])
    narrow = min(both.std(ddof=1), np.subtract(*np.quantile(both, [0.75, 0.25])) / 1.34)
    expected = 1.06 * narrow * 8**-0.2 * (8 / 6) ** 0.2 * score.std(ddof=1) / both.std(ddof=1)
    assert normal_reference_bandwidth(score) == pytest.approx(expected)
    assert normal_reference_bandwidth(np.ones(5)) == 0.0


def test_the_limits_cover_the_true_efficiency():
    inside = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        x, lost = random.uniform(1, 10, 60), random.exponential(0.2, 60)
        panel = Panel({"u": list(range(60)), "x": x, "y": x * np.exp(-lost)}, unit="u", inputs="x", outputs="y")
        low, high = bootstrap(dea(panel, orientation="output"), replications=200, seed=seed).limits.T
        inside.append(((low <= np.exp(lost)) & (np.exp(lost) <= high)).mean())
    assert np.mean(inside) >= 0.85


def test_progress_is_told_and_the_summary_names_the_correction():
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        found = bootstrap(dea(panel_of(draw(37, 8))), replications=60)
    assert told[-1] == (60, 60)
    assert "2θ − mean θ*" in found.summary()
    assert found.fingerprint["seed"] == 0
    assert found.plot().axes


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"replications": 9}, ["bootstrap.replications"]),
        ({"seed": -1, "bandwidth": 0.0, "confidence": 1.0}, ["confidence", "seed", "bandwidth"]),
        ({"bandwidth": "wide"}, ["bootstrap.bandwidth"]),
        ({"replications": True, "confidence": "95 %"}, ["confidence", "replications"]),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any], codes: list[str]):
    found = refused(bootstrap, dea(panel_of(draw(38, 5))), **options)
    assert sorted(found) == sorted(f"bootstrap.{c.removeprefix('bootstrap.')}" for c in codes)


def test_results_that_it_is_not_made_for_are_refused():
    panel = panel_of(draw(39, 6))
    for wrong in (
        directional(panel),
        dea(panel, returns="fdh"),
        dea(panel, super_efficiency=True),
        dea(panel, nondiscretionary="x1"),
        dea(panel, weight_restrictions={("x1", "x2"): (0.5, 2.0)}),
        panel,
    ):
        assert refused(bootstrap, wrong) == ["bootstrap.result"]

"""The second stage: its likelihood by scipy, both algorithms written out plainly, its laws, its faults."""

from __future__ import annotations

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
from scipy.optimize import minimize
from scipy.special import log_ndtr
from scipy.stats import norm, truncnorm

from frontiers import columns, numbers, optimum, refused, span
from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import computing, dea, directional, second_stage
from hetao.measure.inference.truncated import draw_truncated, fit_truncated
from hetao.text import use_language

Data = dict[str, Any]


def made(seed: int, units: int, periods: int = 1) -> Data:
    """Return data of one input and one output whose inefficiency grows with z and falls with w, rows in no order."""
    random, n = np.random.default_rng(seed), units * periods
    z, w, x = random.uniform(0, 1, n), random.uniform(0, 1, n), random.uniform(1, 2, n)
    data: Data = {"u": list(range(units)) * periods, "t": np.repeat(range(periods), units).tolist()}
    data |= {"g": random.choice(["north", "south"], n).tolist(), "x": x, "z": z, "w": w}
    data["y"] = x / np.maximum(1.0, 1.0 + 0.8 * z - 0.3 * w + np.abs(random.normal(0.0, 0.2, n)))
    order = random.permutation(n)
    return {name: [values[i] for i in order] for name, values in data.items()}


def panel_of(data: Data, **roles: Any) -> Panel:
    return Panel({k: v for k, v in data.items() if k not in ("z", "w")}, unit="u", inputs="x", outputs="y", **roles)


def quick(result: Any, data: Any, **options: Any) -> Any:
    return second_stage(result, data, **({"columns": "z", "replications": 10, "first_replications": 10} | options))


def likelihood(b: np.ndarray, sigma: float, y: np.ndarray, z: np.ndarray) -> float:
    """Return the log-likelihood of normal values of which those above 1 are seen."""
    middle = z @ b
    return float((norm.logpdf(y, middle, sigma) - log_ndtr((middle - 1.0) / sigma)).sum())


def fitted(y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return β and σ at which scipy finds the likelihood largest."""
    b = np.linalg.lstsq(z, y, rcond=None)[0]
    start = np.append(b, np.log((y - z @ b).std()))
    for _ in range(3):  # begun anew where it ended
        found = minimize(
            lambda p: -likelihood(p[:-1], np.exp(p[-1]), y, z),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000},
        )
        start = found.x
    return np.append(start[:-1], np.exp(start[-1]))


def drawn(random: np.random.Generator, middle: np.ndarray, sigma: float, samples: int) -> np.ndarray:
    """Return the values whose shares above them are 1 less uniform numbers."""
    share = 1.0 - random.random((samples, len(middle)))
    found = truncnorm.isf(share, (1.0 - middle) / sigma, np.inf, loc=middle, scale=sigma)
    return np.asarray(found, dtype=float)


def with_constant(data: Data, *names: str) -> np.ndarray:
    return np.column_stack([np.ones(len(data["x"])), columns(data, *names)])


def distances(orientation: str, returns: str, x: Any, y: Any, X: np.ndarray, Y: np.ndarray) -> list[float]:
    """Return the distances, ≥ 1 where inside, of units (x, y) to the frontier of (X, Y), by linear programmes."""
    found = []
    for i, o in zip(x, y, strict=True):
        rows = span(returns, "l", len(X))
        if orientation == "input":
            rows += [({"l": X, "t": -np.array([[i]])}, "<=", 0.0), ({"l": Y}, ">=", o)]
            found.append(1.0 / optimum("min", {"t": 1.0}, rows))
        else:
            rows += [({"l": X}, "<=", i), ({"l": Y, "t": -np.array([[o]])}, ">=", 0.0)]
            found.append(optimum("max", {"t": 1.0}, rows))
    return found


def first_stage(result: Any, data: Data, parts: list[tuple[Any, Any]], seed: int, replications: int) -> np.ndarray:
    """Return the corrected distances, every step of algorithm 2 by itself; parts are (rows, reference's rows)."""
    orientation, returns = result.options["orientation"], result.options["returns"]
    score, z = result.evaluation.score, with_constant(data, "z")
    delta = np.maximum(score if orientation == "output" else 1.0 / score, 1.0)
    off = delta > 1.0 + 1e-8
    b = fit_truncated(delta[None, off], z[off], 1.0)  # held to scipy below
    X, Y = np.array(data["x"]), np.array(data["y"])
    corrected = np.full(len(delta), np.nan)
    for number, (own, rows) in enumerate(parts):
        stars = []
        for each in np.random.SeedSequence([seed, 0, number]).spawn(replications):
            star = drawn(np.random.default_rng(each), z[rows] @ b.coefficients[0], b.sigma[0], 1)[0]
            moved = (X[rows] * star / delta[rows], Y[rows])
            if orientation == "output":
                moved = (X[rows], Y[rows] * delta[rows] / star)
            stars.append(distances(orientation, returns, X[own], Y[own], *moved))
        corrected[own] = delta[own] - (np.mean(stars, axis=0) - delta[own])
    return corrected


def test_without_regressors_the_moments_are_those_of_the_sample():
    y = 1.0 + np.array([0.05, 0.1, 0.2, 0.3, 0.35, 0.5, 0.7, 0.8])
    fit = fit_truncated(y[None, :], np.ones((8, 1)), 1.0)
    b, sigma = fit.coefficients[0, 0], fit.sigma[0]
    low = (1.0 - b) / sigma
    mills = norm.pdf(low) / norm.sf(low)  # the first-order conditions of the truncated normal distribution
    assert b + sigma * mills == pytest.approx(y.mean(), rel=1e-7)
    assert sigma**2 * (1.0 + low * mills - mills**2) == pytest.approx(y.var(), rel=1e-5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_likelihood_is_largest_where_scipy_finds_it(seed: int):
    random = np.random.default_rng(seed)
    z = np.column_stack([np.ones(60), random.uniform(-1, 1, 60), random.normal(0, 2, 60)])
    y = drawn(random, z @ [1.2, 0.5, -0.1], 0.4, 4)
    fits = fit_truncated(y, z, 1.0)
    assert fits.found.all()
    for sample in range(4):
        b, sigma = fits.coefficients[sample], float(fits.sigma[sample])
        assert fits.likelihood[sample] == pytest.approx(likelihood(b, sigma, y[sample], z), abs=1e-9)
        assert np.append(b, sigma) == pytest.approx(fitted(y[sample], z), rel=2e-4, abs=2e-5)


def test_the_curvature_is_minus_the_second_differences_of_the_likelihood():
    random = np.random.default_rng(4)
    z = np.column_stack([np.ones(50), random.uniform(0, 1, 50)])
    y = drawn(random, z @ [1.1, 0.6], 0.3, 1)
    fit = fit_truncated(y, z, 1.0)
    at, step = np.append(fit.coefficients[0], fit.sigma[0]), 1e-4 * np.eye(3)

    def value(p: np.ndarray) -> float:
        return likelihood(p[:-1], p[-1], y[0], z)

    twin = [
        [(value(at + i + j) - value(at + i - j) - value(at - i + j) + value(at - i - j)) / 4e-8 for j in step]
        for i in step
    ]
    assert -fit.curvature[0] == pytest.approx(np.array(twin), rel=1e-3, abs=0.05)


def test_in_a_large_sample_the_coefficients_are_the_true_ones():
    random = np.random.default_rng(5)
    z = np.column_stack([np.ones(4000), random.uniform(0, 1, 4000)])
    fit = fit_truncated(drawn(random, z @ [0.9, 0.7], 0.5, 1), z, 1.0)
    found, error = np.append(fit.coefficients[0], fit.sigma[0]), np.sqrt(np.diag(np.linalg.inv(fit.curvature[0])))
    assert (np.abs(found - [0.9, 0.7, 0.5]) < 4.0 * error).all()
    assert (error < 0.2).all()


@pytest.mark.parametrize(("middle", "sigma"), [(1.4, 0.3), (0.5, 0.5), (-3.0, 0.4), (-30.0, 1.0)])
def test_draws_are_those_of_the_truncated_normal_distribution(middle: float, sigma: float):
    means = np.full(7, middle)
    found = draw_truncated(means, sigma, 1.0, np.random.default_rng(6), 300)
    assert found == pytest.approx(drawn(np.random.default_rng(6), means, sigma, 300), rel=1e-9)
    assert (found >= 1.0).all()
    expected = truncnorm.mean((1.0 - middle) / sigma, np.inf, loc=middle, scale=sigma)
    assert found.mean() - 1.0 == pytest.approx(float(expected) - 1.0, rel=0.1)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_algorithm_1_regresses_the_units_off_the_frontier_and_then_draws_from_that(orientation: str):
    data = made(1, 40)
    result = dea(panel_of(data), orientation=orientation, returns="vrs")
    found = quick(result, data, columns=["z", "w"], algorithm=1, seed=3)
    delta = np.array(distances(orientation, "vrs", data["x"], data["y"], np.array(data["x"]), np.array(data["y"])))
    off, z = delta > 1.0 + 1e-8, with_constant(data, "z", "w")
    assert (found.used == off).all()
    assert 0 < off.sum() < 40
    assert found.distance == pytest.approx(delta, rel=1e-8)
    twin = fitted(delta[off], z[off])
    assert found.names == ("intercept", "z", "w", "sigma")
    assert found.estimates == pytest.approx(twin, rel=1e-3, abs=1e-4)
    assert found.likelihood == pytest.approx(likelihood(twin[:-1], twin[-1], delta[off], z[off]), abs=1e-6)
    random = np.random.default_rng(np.random.SeedSequence([3, 1]))
    star = drawn(random, z[off] @ found.estimates[:-1], found.estimates[-1], 10)
    assert found.replicates[0] == pytest.approx(fitted(star[0], z[off]), rel=1e-3, abs=1e-4)
    assert found.certificate == result.certificate


@pytest.mark.parametrize(("orientation", "returns"), [("input", "vrs"), ("output", "crs")])
def test_algorithm_2_corrects_the_distances_as_simar_and_wilson_say(orientation: str, returns: str):
    data = made(2, 14)
    result = dea(panel_of(data), orientation=orientation, returns=returns)
    found = quick(result, data, seed=8)
    everything = np.arange(14)
    twin = first_stage(result, data, [(everything, everything)], 8, 10)
    assert found.distance == pytest.approx(twin, rel=1e-6)
    assert found.used.all()
    assert found.estimates == pytest.approx(fitted(twin, with_constant(data, "z")), rel=1e-3, abs=1e-4)
    assert found.certificate.programmes == 10 * 14
    assert max(found.certificate.primal, found.certificate.dual, found.certificate.gap) <= 1e-8


@pytest.mark.parametrize(
    ("reference", "by_group"), [("contemporaneous", False), ("contemporaneous", True), ("global", False)]
)
def test_each_unit_is_corrected_within_its_own_reference(reference: str, by_group: bool):
    data = made(3, 12, periods=2)
    result = dea(panel_of(data, period="t", group="g"), returns="vrs", reference=reference, by_group=by_group)
    t, g, rows = np.array(data["t"]), np.array(data["g"]), np.arange(24)
    if by_group:
        own = [rows[(t == now) & (g == name)] for now in (0, 1) for name in dict.fromkeys(data["g"])]
    else:
        own = [rows[t == now] for now in (0, 1)]
    parts = [(block, rows if reference == "global" else block) for block in own]
    found = quick(result, data, seed=1)
    assert found.distance == pytest.approx(first_stage(result, data, parts, 1, 10), rel=1e-6)


def test_the_table_holds_the_formulas():
    data = made(4, 50)
    result = dea(panel_of(data), orientation="output", returns="vrs")
    found = quick(result, data, columns=["z", "w"], replications=60, confidence=0.9)
    star, b, table = found.replicates, found.estimates, found.coefficients
    assert table["name"] == ["intercept", "z", "w", "sigma"]
    assert numbers(table["estimate"]) == pytest.approx(b)
    assert numbers(table["standard_error"]) == pytest.approx(star.std(axis=0, ddof=1))
    low, high = np.quantile(star, [0.05, 0.95], axis=0)
    assert numbers(table["lower"]) == pytest.approx(2 * b - high)
    assert numbers(table["upper"]) == pytest.approx(2 * b - low)
    for j, p in enumerate(table["p_value"][:-1]):
        away = star[:, j] - b[j]
        assert p == pytest.approx(min(1.0, 2 * min(1 + (away >= b[j]).sum(), 1 + (away <= b[j]).sum()) / 61))
    assert table["p_value"][-1] is None
    scores = found.scores
    assert list(scores) == ["u", "score", "distance", "used"]
    assert scores["used"] == [True] * 50
    assert (found.distance >= result.evaluation.score - 1e-12).all()


def test_replications_without_an_estimate_are_left_out_and_counted():
    data = made(4, 50)
    found = quick(dea(panel_of(data), orientation="output"), data, replications=30)
    whole = found.replicates.copy()
    whole[3] = np.nan
    less = type(found)(**{**vars(quick(found.of, data, replications=30)), "replicates": whole})
    rest = np.delete(whole, 3, axis=0)
    assert less.standard_errors == pytest.approx(rest.std(axis=0, ddof=1))
    assert not np.isnan(less.limits).any()
    with use_language("en"):
        assert "29 of 30 replications have an estimate" in less.summary()


def test_what_costs_efficiency_has_a_coefficient_above_0_in_both_forms():
    data = made(5, 120)
    for orientation in ("input", "output"):
        found = quick(dea(panel_of(data), orientation=orientation), data, columns=["z", "w"], replications=50)
        assert found.limits[1, 0] > 0.0
        assert found.estimates[2] < 0.0


def test_the_same_seed_gives_the_same_numbers_however_they_are_computed():
    data = made(6, 20)
    result = dea(panel_of(data), returns="vrs")
    options = {"first_replications": 60, "seed": 9}
    with computing(threads=1):
        alone = quick(result, data, **options)
    with computing(threads=2):
        assert (quick(result, data, **options).replicates == alone.replicates).all()
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor, computing(executor=executor):
            found = quick(result, data, **options)
        assert (found.distance == alone.distance).all()
        assert (found.replicates == alone.replicates).all()
    other = quick(result, data, **(options | {"seed": 10}))
    assert (other.distance != alone.distance).any()
    assert (other.fingerprint["seed"], alone.fingerprint["seed"]) == (10, 9)
    more = quick(result, data, replications=20, **options)
    assert more.replicates[:10] == pytest.approx(alone.replicates, rel=1e-9)


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_units_of_inputs_and_outputs_do_not_matter(algorithm: int, orientation: str):
    data = made(7, 30)
    scaled = data | {"x": [v * 1e-6 for v in data["x"]], "y": [v * 1e6 for v in data["y"]]}
    mine, other = (
        quick(dea(panel_of(d), orientation=orientation, returns="vrs"), d, algorithm=algorithm) for d in (data, scaled)
    )
    assert other.estimates == pytest.approx(mine.estimates, rel=1e-5, abs=1e-6)
    assert other.replicates == pytest.approx(mine.replicates, rel=1e-3, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(power=st.integers(-12, 14), away=st.sampled_from([0.0, 1.0, -30.0, 350.0]))
def test_a_regressor_in_other_units_has_a_coefficient_in_other_units(power: int, away: float):
    data = made(8, 30)
    result = dea(panel_of(data), orientation="output", returns="vrs")
    scale = 10.0**power
    mine = quick(result, data, columns=["z", "w"], algorithm=1)
    moved = data | {"z": [scale * (v + away) for v in data["z"]]}
    other = quick(result, moved, columns=["z", "w"], algorithm=1)
    for a, b in ((mine.estimates, other.estimates), *zip(mine.replicates, other.replicates, strict=True)):
        assert b[1:] * [scale, 1.0, 1.0] == pytest.approx(a[1:], rel=1e-4, abs=1e-5)
        assert b[0] + away * scale * b[1] == pytest.approx(a[0], rel=1e-4, abs=1e-5)
    assert other.likelihood == pytest.approx(mine.likelihood, abs=1e-7)


def test_years_are_regressors_like_others():
    data = made(9, 20, periods=3)
    result = dea(panel_of(data, period="t"), orientation="output")
    year, t = (quick(result, data | {"z": z}, algorithm=1) for z in ([2010 + t for t in data["t"]], data["t"]))
    assert year.estimates[1:] == pytest.approx(t.estimates[1:], rel=1e-4, abs=1e-6)


def test_rows_are_matched_by_key_in_any_kind_of_frame():
    data = made(10, 15, periods=2)
    result = dea(panel_of(data, period="t"), orientation="output")
    mine = quick(result, data)
    order = np.random.default_rng(1).permutation(30)
    turned = {name: [data[name][i] for i in order] for name in ("z", "t", "u")}
    more = {"z": [*turned["z"], None], "t": [*turned["t"], 9], "u": [*turned["u"], 0]}
    for frame in (turned, more, pd.DataFrame(turned)):
        assert (quick(result, frame).replicates == mine.replicates).all()
    assert (quick(result, turned, columns=("z",)).estimates == mine.estimates).all()


def test_the_result_is_told_drawn_and_written(tmp_path: Path):
    data = made(11, 30)
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        found = quick(dea(panel_of(data), orientation="output"), data, columns=["z", "w"], first_replications=30)
    assert told[-1] == (30, 30)
    with use_language("en"):
        text = found.summary()
        assert "Algorithm 2 of Simar and Wilson 2007" in text
        assert "corrected for bias by 30 replications" in text
        assert f"{found.estimates[1]:.4f}" in text
    with use_language("zh"):
        assert "Simar-Wilson 2007 算法 2" in found.summary()
    with use_language("en"):
        assert "corrected for bias" not in quick(found.of, data, algorithm=1).summary()
    axes = found.plot().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["intercept", "z", "w", "sigma"]
    found.to_excel(tmp_path / "found.xlsx")
    with ZipFile(tmp_path / "found.xlsx") as book:
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert sheets[1:] == [str(title) for title in found._tables()]
    assert found.fingerprint["options"]["columns"] == ["z", "w"]
    assert found.fingerprint["call"] == "second_stage"


def test_the_fingerprint_knows_what_surrounds_the_units():
    data = made(11, 30)
    result = dea(panel_of(data), orientation="output")
    other = data | {"z": data["z"][::-1]}
    assert quick(result, data).fingerprint == quick(result, data).fingerprint
    assert quick(result, data).fingerprint != quick(result, other).fingerprint


def codes(result: Any, frame: Any, **options: Any) -> list[str]:
    """Return the codes of everything refused, each worded in both languages."""
    with pytest.raises(ModelError) as caught:
        quick(result, frame, **options)
    for problem in caught.value.problems:
        assert problem.place.describe("en")
        assert all(words.zh and words.en for words in (problem.found, problem.expected, problem.remedy))
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"algorithm": 3}, ["algorithm"]),
        ({"replications": 9, "first_replications": 9}, ["replications", "first_replications"]),
        ({"seed": -1, "confidence": 1.0, "algorithm": "2"}, ["algorithm", "seed", "confidence"]),
        ({"replications": True, "confidence": "95 %"}, ["replications", "confidence"]),
    ],
)
def test_arguments_out_of_range_are_refused(options: dict[str, Any], expected: list[str]):
    data = made(12, 12)
    options = {"frame": data, "columns": "z"} | options
    assert refused(second_stage, dea(panel_of(data)), **options) == [f"second_stage.{name}" for name in expected]


@pytest.mark.parametrize("named", ["nope", [], ["z", "z"], ["z", "u"], ["z", 3], 5, None])
def test_columns_that_are_not_there_or_named_wrongly_are_refused(named: Any):
    data = made(12, 12)
    assert codes(dea(panel_of(data)), data, columns=named) == ["second_stage.columns"]


def test_everything_wrong_with_the_names_is_told_at_once():
    data = made(12, 12)
    frame = {name: values for name, values in data.items() if name != "u"}
    assert codes(dea(panel_of(data)), frame, columns=["p", "q"]) == ["second_stage.columns"] * 3
    assert len(codes(dea(panel_of(data)), 7)) == 1


@pytest.mark.parametrize("bad", [None, "high", float("nan"), float("inf")])
def test_values_that_are_no_finite_numbers_are_refused_each_with_its_place(bad: Any):
    data = made(12, 12)
    frame = data | {"z": [bad, *data["z"][1:]], "w": [*data["w"][:-1], bad]}
    with pytest.raises(ModelError) as caught:
        quick(dea(panel_of(data)), frame, columns=["z", "w"])
    places = [(p.code, p.place.row, p.place.column) for p in caught.value.problems]
    if bad == "high":  # a column with a word in it has no numbers
        assert {place for _, _, place in places} == {"z", "w"}
    else:
        assert places == [("second_stage.value", 0, "z"), ("second_stage.value", 11, "w")]


def test_keys_that_are_missing_or_stand_twice_are_refused_together():
    data = made(12, 12)
    frame = {name: data[name] for name in ("u", "z")} | {"u": [data["u"][1], *data["u"][1:]]}
    with pytest.raises(ModelError) as caught:
        quick(dea(panel_of(data)), frame)
    twice, missing = caught.value.problems
    assert (twice.code, twice.place.row) == ("second_stage.key", 1)
    assert (missing.code, missing.place.item) == ("second_stage.key", repr((data["u"][0],)))


def test_columns_that_say_nothing_new_are_refused():
    data = made(12, 12)
    frame = data | {
        "c": [3.0] * 12,
        "d": [0] * 12,
        "sum": [2 * a - b for a, b in zip(data["z"], data["w"], strict=True)],
        "near": [a + 1e-9 * b for a, b in zip(data["z"], data["w"], strict=True)],
    }
    result = dea(panel_of(data))
    assert codes(result, frame, columns=["c", "z", "d"]) == ["second_stage.columns"] * 2
    assert codes(result, frame, columns=["z", "w", "sum"]) == ["second_stage.columns"]
    assert codes(result, frame, columns=["z", "near"]) == ["second_stage.columns"]
    own = [*result.panel.inputs, *result.panel.outputs]
    assert codes(result, frame, columns=["z", *own]) == ["second_stage.columns"] * len(own)
    small = {name: values[:3] for name, values in data.items()}
    assert codes(dea(panel_of(small)), small, columns=["z", "w"]) == ["second_stage.columns"]


def test_too_few_units_off_the_frontier_or_columns_that_do_not_vary_there_are_refused():
    data = made(12, 12)
    efficient = data | {"y": data["x"]}
    assert codes(dea(panel_of(efficient)), efficient) == ["second_stage.result"]
    some = data | {"y": [*[v / 1.5 for v in data["x"][:3]], *data["x"][3:]]}
    assert codes(dea(panel_of(some)), some) == ["second_stage.result"]
    result = dea(panel_of(data))
    best = int(np.argmax(result.evaluation.score))
    frame = data | {"z": [float(i == best) for i in range(12)]}
    assert codes(result, frame) == ["second_stage.result"]


def test_results_that_it_is_not_made_for_are_refused():
    data = made(12, 12, periods=2)
    panel = panel_of(data, period="t")
    options = {"frame": data, "columns": "z"}
    for wrong in (
        directional(panel),
        dea(panel, returns="fdh"),
        dea(panel, super_efficiency=True),
        panel,
    ):
        assert refused(second_stage, wrong, **options) == ["second_stage.result"]
    for reference in ("sequential", "biennial", 2):
        assert refused(second_stage, dea(panel, reference=reference), **options) == ["second_stage.result"]


def test_units_without_a_score_are_refused():
    data = made(12, 12)
    lost = data | {"y": [0.0, *data["y"][1:]]}
    assert codes(dea(panel_of(lost), orientation="input"), lost) == ["second_stage.result"]


@pytest.mark.parametrize("algorithm", [1, 2])
def test_distances_that_thin_out_too_slowly_have_no_estimate(algorithm: int):
    data = made(13, 60)
    tail = 1.0 + np.random.default_rng(1).pareto(1.5, 60)
    data |= {"y": (np.array(data["x"]) / tail).tolist()}
    assert codes(dea(panel_of(data), orientation="output"), data, algorithm=algorithm) == ["second_stage.result"]


def test_too_many_replications_without_an_estimate_are_refused():
    random = np.random.default_rng(3)
    x, z = random.uniform(1, 2, 30), random.uniform(0, 1, 30)
    data = {"u": list(range(30)), "x": x, "z": z, "y": x / (1 + random.exponential(1, 30))}  # a tail on the verge
    result = dea(panel_of(data), orientation="output")
    assert codes(result, data, algorithm=1, replications=40) == ["second_stage.replications"]


def test_without_a_maximum_the_numbers_of_a_fit_are_nan():
    y = 1.0 + np.array([[0.01, 0.02, 0.03, 0.05, 0.1, 9.0], [0.2, 0.3, 0.4, 0.5, 0.6, 0.9]])
    fits = fit_truncated(y, np.ones((6, 1)), 1.0)
    assert fits.found.tolist() == [False, True]
    for array in (fits.coefficients, fits.sigma, fits.likelihood, fits.curvature):
        assert np.isnan(array[0]).all()
        assert np.isfinite(array[1]).all()

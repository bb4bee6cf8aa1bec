"""The bootstrap of indices: against itself written out plainly, its laws, its faults."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from frontiers import columns, draw, numbers, optimum, panel_of, refused
from hetao.measure import bootstrap_index, computing, malmquist, malmquist_luenberger
from hetao.measure.inference.joint import JointlySmoothed

PARTS = ("index", "efficiency_change", "technical_change")


def theta(X: np.ndarray, Y: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    return optimum("min", {"t": 1.0}, [({"l": X.T, "t": -x[:, None]}, "<=", 0.0), ({"l": Y.T}, ">=", y)])


def test_a_replication_is_what_simar_and_wilson_say():
    data = draw(71, 8, periods=2)
    at = {key: i for i, key in enumerate(zip(data["u"], data["t"], strict=True))}
    found = bootstrap_index(malmquist(panel_of(data, period="t"), orientation="input"), replications=10, seed=3)
    units = found.of.pairs.units
    rows = [np.array([at[u, t] for u in units]) for t in (0, 1)]
    X, Y = columns(data, "x1", "x2"), columns(data, "y1", "y2")
    own = np.array([[theta(X[r], Y[r], X[i], Y[i]) for i in r] for r in rows]).T
    # the same random numbers, every step of Simar and Wilson (1999) by itself
    random = np.random.default_rng(np.random.SeedSequence([3, 0]).spawn(1)[0])
    h, n = (4 / (5 * 8)) ** (1 / 6), 8
    chosen, turned = own[random.integers(n, size=n)], random.integers(2, size=(n, 2))
    values, vectors = np.linalg.eigh(np.cov(own.T))
    noise = random.standard_normal((n, 2)) @ (vectors * np.sqrt(np.maximum(values, 0))).T
    placed, star = np.where(turned == 1, 2 - chosen, chosen), np.empty((n, 2))
    for i in range(n):
        one, two = noise[i]
        if turned[i, 0] + turned[i, 1] == 1:
            two = -two
        for j, e in enumerate((one, two)):
            middle = placed[:, j].mean()
            value = middle + (placed[i, j] - middle + h * e) / np.sqrt(1 + h * h)
            star[i, j] = 2 - value if value > 1 else value
    moved = [X[r] * (own[:, [t]] / star[:, [t]]) for t, r in enumerate(rows)]
    e = {(t, s): [theta(moved[t], Y[rows[t]], X[i], Y[i]) for i in rows[s]] for t in (0, 1) for s in (0, 1)}
    e = {key: np.array(v) for key, v in e.items()}
    index = np.sqrt(e[0, 1] / e[0, 0] * e[1, 1] / e[1, 0])
    assert found.replicates["index"][0] == pytest.approx(index, rel=1e-7)
    assert found.replicates["efficiency_change"][0] == pytest.approx(e[1, 1] / e[0, 0], rel=1e-7)


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_the_table_holds_the_formulas_and_the_parts_multiply(orientation: str):
    result = malmquist(panel_of(draw(72, 9, periods=3), period="t"), orientation=orientation)
    found = bootstrap_index(result, replications=40, confidence=0.9)
    r, t = found.replicates, found.changes
    assert r["index"] == pytest.approx(r["efficiency_change"] * r["technical_change"], rel=1e-12)
    for part in PARTS:
        value = result.values[part]
        low, high = np.quantile(r[part], [0.05, 0.95], axis=0)
        assert numbers(t[f"{part}_lower"]) == pytest.approx(2 * value - high)
        assert numbers(t[f"{part}_upper"]) == pytest.approx(2 * value - low)
        assert numbers(t[f"{part}_bias"]) == pytest.approx(r[part].mean(axis=0) - value)
        outside = (numbers(t[f"{part}_lower"]) > 1) | (numbers(t[f"{part}_upper"]) < 1)
        assert t[f"{part}_significant"] == outside.tolist()
    assert found.certificate.programmes == 40 * 2 * 4 * 9
    assert max(found.certificate.primal, found.certificate.dual, found.certificate.gap) <= 1e-8
    assert "significantly" in found.summary() or "显著" in found.summary()


def test_the_same_seed_gives_the_same_numbers_however_they_are_computed():
    result = malmquist(panel_of(draw(73, 7, periods=2), period="t"))
    alone = bootstrap_index(result, replications=60, seed=4).replicates["index"]
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor, computing(executor=executor):
            assert (bootstrap_index(result, replications=60, seed=4).replicates["index"] == alone).all()
    assert (bootstrap_index(result, replications=60, seed=5).replicates["index"] != alone).any()


def test_a_joint_draw_keeps_the_correlation_of_the_two_periods():
    random = np.random.default_rng(1)
    first = np.clip(1 - np.abs(random.normal(0, 0.2, 300)), 0.3, 1.0)
    score = np.column_stack([first, np.clip(first + random.normal(0, 0.03, 300), 0.3, 1.0)])
    drawn = np.vstack([JointlySmoothed.of(score).draw(random) for _ in range(100)])
    assert ((drawn > 0) & (drawn <= 1)).all()
    assert np.corrcoef(drawn.T)[0, 1] > 0.6
    assert drawn.mean(axis=0) == pytest.approx(score.mean(axis=0), abs=0.05)


def test_progress_counts_every_pair_of_periods():
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        bootstrap_index(malmquist(panel_of(draw(74, 5, periods=3), period="t")), replications=30)
    assert told[-1] == (60, 60)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_it_is_not_made_for_is_refused():
    data = draw(75, 6, periods=2)
    panel = panel_of(data, period="t", bads="b")
    short = panel_of({name: values[:-1] for name, values in data.items()}, period="t")
    wrong: list[Any] = [
        malmquist(panel, returns="vrs"),
        malmquist(panel, reference="global"),
        malmquist(panel, bias=True),
        malmquist_luenberger(panel),
        malmquist(short),
        malmquist(panel_of(draw(75, 2, periods=2), period="t")),
        panel,
    ]
    for given in wrong:
        assert refused(bootstrap_index, given) == ["bootstrap_index.result"]
    codes = refused(bootstrap_index, malmquist(panel), replications=1, seed=0.5, confidence=2)
    assert sorted(codes) == [f"bootstrap_index.{name}" for name in ("confidence", "replications", "seed")]

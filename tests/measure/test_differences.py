"""Differences between regions: by hand, by brute force, by their laws, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao.errors import ModelError
from hetao.measure import beta_convergence, dagum_gini, sigma_convergence, theil

PARTS = ("within", "between", "transvariation")
amounts = st.lists(st.integers(1, 40).map(float), min_size=2, max_size=12)


@st.composite
def zones(draw: st.DrawFn) -> dict[str, list[Any]]:
    value = draw(amounts)
    return {"g": [draw(st.sampled_from("abc")) for _ in value], "v": value}


def brute(data: dict[str, list[Any]]) -> dict[str, float]:
    """Return Dagum's parts from every pair, D from its definition by d and p."""
    v, g = np.array(data["v"]), np.array(data["g"])
    n, mean, names = len(v), v.mean(), sorted(set(data["g"]))
    found = dict.fromkeys(PARTS, 0.0)
    p, s = ({k: f(v[g == k]) for k in names} for f in (lambda y: len(y) / n, lambda y: y.sum() / (n * mean)))
    for j in names:
        for h in names:
            a, b = v[g == j], v[g == h]
            pairs = np.subtract.outer(a, b)
            gini = np.abs(pairs).mean() / (a.mean() + b.mean())
            if j == h:
                found["within"] += gini * p[j] * s[j]
            elif j < h:
                if a.mean() < b.mean():
                    pairs = -pairs
                d, back = np.maximum(pairs, 0).mean(), np.maximum(-pairs, 0).mean()
                apart = (d - back) / (d + back) if d + back else 0.0
                weighed = gini * (p[j] * s[h] + p[h] * s[j])
                found["between"] += weighed * apart
                found["transvariation"] += weighed * (1 - apart)
    return found


@settings(max_examples=60)
@given(data=zones())
def test_dagums_parts_are_those_of_every_pair_and_add_to_gini(data: dict[str, list[Any]]):
    found = {name: values[0] for name, values in dagum_gini(data, value="v", group="g").items()}
    assert {name: found[name] for name in PARTS} == pytest.approx(brute(data), abs=1e-12)
    v = np.array(data["v"])
    whole = np.abs(np.subtract.outer(v, v)).sum() / (2 * len(v) ** 2 * v.mean())
    assert found["gini"] == pytest.approx(whole, abs=1e-12)
    if found["gini"] > 0:
        assert sum(found[f"{name}_share"] for name in PARTS) == pytest.approx(1.0)
    else:
        assert found["within_share"] is None


@settings(max_examples=60)
@given(data=zones(), scale=st.integers(-6, 6))
def test_inequality_does_not_depend_on_units_or_order_or_copies(data: dict[str, list[Any]], scale: int):
    scaled = data | {"v": [v * 10.0**scale for v in data["v"]]}
    twice = {name: values * 2 for name, values in data.items()}
    back = {name: values[::-1] for name, values in data.items()}
    for call, whole in ((dagum_gini, "gini"), (theil, "theil")):
        value = call(data, value="v", group="g")[whole][0]
        for other in (scaled, twice, back):
            assert call(other, value="v", group="g")[whole][0] == pytest.approx(value, abs=1e-12)


@settings(max_examples=60)
@given(data=zones(), weights=st.lists(st.integers(1, 9).map(float), min_size=12, max_size=12))
def test_theils_parts_add_and_a_weight_is_a_number_of_copies(data: dict[str, list[Any]], weights: list[float]):
    w = weights[: len(data["v"])]
    found = theil(data | {"w": w}, value="v", group="g", weight="w")
    assert found["within"][0] + found["between"][0] == pytest.approx(found["theil"][0], abs=1e-12)
    copies = {name: [v for v, k in zip(values, w, strict=True) for _ in range(int(k))] for name, values in data.items()}
    assert theil(copies, value="v", group="g")["theil"][0] == pytest.approx(found["theil"][0], abs=1e-12)
    one = theil(data | {"g": ["x"] * len(w)}, value="v", group="g")
    assert one["between"][0] == pytest.approx(0.0, abs=1e-12)


def test_theil_by_hand_and_where_all_are_equal():
    found = theil({"v": [1.0, 3.0]}, value="v")
    assert found == {"theil": [pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))]}
    equal = theil({"v": [2.0, 2.0], "g": ["a", "b"]}, value="v", group="g")
    assert (equal["theil"], equal["within_share"], equal["between_share"]) == ([0.0], [None], [None])


def test_each_period_stands_by_itself_in_the_callers_kind_of_frame():
    frame = pd.DataFrame({"t": [2, 1, 2, 1], "g": list("abab"), "v": [1.0, 2.0, 3.0, 2.0]})
    for call in (dagum_gini, theil):
        found = call(frame, value="v", group="g", period="t")
        assert isinstance(found, pd.DataFrame)
        assert found["t"].tolist() == [1, 2]
        assert found.iloc[0, 1] == pytest.approx(0.0)
        assert found.iloc[1, 1] > 0


def test_spreads_are_those_of_numpy():
    data = {"t": [1, 1, 1, 2], "v": [1.0, 2.0, 6.0, 5.0]}
    found = sigma_convergence(data, value="v", period="t")
    v = np.array(data["v"][:3])
    assert found["variation"] == [pytest.approx(v.std(ddof=1) / v.mean()), None]
    assert found["log_deviation"] == [pytest.approx(np.log(v).std(ddof=1)), None]
    assert found["n"] == [3, 1]


def test_the_regression_is_that_of_least_squares_with_robust_errors():
    random = np.random.default_rng(3)
    start = random.uniform(1, 10, 30)
    end = start**0.6 * np.exp(random.normal(1, 0.1, 30))
    units = [f"u{i}" for i in range(30)]
    data = {"c": units * 2, "t": [2000] * 30 + [2020] * 30, "v": [*start, *end]}
    found = beta_convergence(data, value="v", unit="c", period="t")
    X, y = np.column_stack([np.ones(30), np.log(start)]), np.log(end / start) / 20
    inverse = np.linalg.inv(X.T @ X)
    b = inverse @ X.T @ y
    rest = y - X @ b
    robust = 30 / 28 * inverse @ (X.T * rest**2) @ X @ inverse
    assert (found.intercept, found.slope) == pytest.approx(tuple(b))
    assert found.standard_error == pytest.approx(np.sqrt(robust[1, 1]))
    assert found.t == pytest.approx(found.slope / found.standard_error)
    assert found.r2 == pytest.approx(1 - (rest @ rest) / ((y - y.mean()) ** 2).sum())
    assert found.speed == pytest.approx(-np.log(1 + 20 * found.slope) / 20)
    assert found.half_life == pytest.approx(np.log(2) / found.speed)
    assert f"{found.slope:.4f}" in found.summary()


def test_where_gaps_widen_there_is_no_half_life():
    data = {"c": list("abc") * 2, "t": [0] * 3 + [1] * 3, "v": [1.0, 2.0, 4.0, 1.0, 3.0, 9.0]}
    found = beta_convergence(data, value="v", unit="c", period="t")
    assert found.slope > 0
    assert np.isnan(found.half_life)


@pytest.mark.parametrize("call", [dagum_gini, theil, sigma_convergence, beta_convergence])
def test_what_is_wrong_with_the_columns_is_told_at_once(call: Any):
    names = {"value": "v", "group": "g", "period": "t", "unit": "c"}
    wanted = {k: v for k, v in names.items() if k in call.__annotations__}
    wanted = {k: v for k, v in wanted.items() if call is not theil or k != "unit"}
    data = {"v": [1.0, -1.0, None, "x"], "g": ["a", None, "b", "b"], "t": [1, 1, 1, 1], "c": list("wxyz")}
    with pytest.raises(ModelError) as caught:
        call(data, **wanted)
    codes = [p.code for p in caught.value.problems]
    assert codes.count(f"{call.__name__}.value") == 3
    with pytest.raises(ModelError) as caught:
        call(data, **(wanted | {"value": "nope"}))
    assert [p.code for p in caught.value.problems] == [f"{call.__name__}.value"]


@pytest.mark.parametrize(
    "data",
    [
        {"c": list("aab"), "t": [1, 1, 2], "v": [1.0] * 3},
        {"c": list("ab"), "t": ["x", "y"], "v": [1.0] * 2},
        {"c": list("abab"), "t": [1, 1, 2, 2], "v": [1.0, 2.0, 3.0, 4.0]},
        {"c": list("abcabc"), "t": [1] * 3 + [2] * 3, "v": [1.0] * 6},
    ],
    ids=["twice", "no numbers", "two units", "all alike"],
)
def test_no_regression_without_units_that_differ(data: dict[str, list[Any]]):
    with pytest.raises(ModelError):
        beta_convergence(data, value="v", unit="c", period="t")

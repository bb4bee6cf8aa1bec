"""Clusters of units: by hand, a plain twin of Ward and of the silhouette, laws, faults."""

from __future__ import annotations

import pickle
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import ClusterResult, cluster_units, metafrontier
from hetao.text import use_language

SIX = {"u": list("abcdef"), "x": [1.0, 1.2, 1.1, 8.0, 7.5, 9.0], "y": [3.0, 3.1, 2.9, 1.0, 1.1, 0.9]}


def made(data: Any = None, **options: Any) -> ClusterResult:
    return cluster_units(SIX if data is None else data, **({"columns": ["x", "y"], "unit": "u"} | options))


def told(data: Any, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(ModelError) as caught:
        made(data, **options)
    for problem in caught.value.problems:
        assert problem.describe("zh") != problem.describe("en")
    return [(p.code, p.place.describe("en")) for p in caught.value.problems]


def ward(points: np.ndarray, k: int) -> set[frozenset[int]]:
    """Join, again and again, the two groups whose union adds least to the squares within."""
    groups = [frozenset([i]) for i in range(len(points))]

    def within(group: frozenset[int]) -> float:
        own = points[sorted(group)]
        return float(((own - own.mean(axis=0)) ** 2).sum())

    while len(groups) > k:
        a, b = min(
            combinations(groups, 2), key=lambda pair: within(pair[0] | pair[1]) - within(pair[0]) - within(pair[1])
        )
        groups = [g for g in groups if g not in (a, b)] + [a | b]
    return set(groups)


def silhouette(points: np.ndarray, group: list[int], i: int) -> float:
    away = [float(np.linalg.norm(points[i] - p)) for p in points]
    own = [away[j] for j in range(len(points)) if group[j] == group[i] and j != i]
    if not own:
        return 0.0
    others = [np.mean([away[j] for j in range(len(points)) if group[j] == g]) for g in set(group) - {group[i]}]
    a, b = float(np.mean(own)), float(min(others))
    return (b - a) / max(a, b)


def test_two_groups_that_anybody_sees():
    found = made()
    assert found.group.tolist() == [1, 1, 1, 2, 2, 2]
    assert (found.silhouette > 0.85).all()
    assert [k for k, _ in found.tried] == [2, 3, 4, 5]
    assert max(found.tried, key=lambda t: t[1])[0] == 2
    assert found.centres["mean(x)"] == pytest.approx([np.log([1.0, 1.2, 1.1]).mean(), np.log([8.0, 7.5, 9.0]).mean()])
    assert found.centres["n"] == [3, 3]


def test_one_column_by_hand():
    """Standardised or not, 0 and 1 join first, then 4 and 6, on a line 0, 1, 4, 6."""
    found = made({"u": list("abcd"), "x": [0.0, 1.0, 4.0, 6.0]}, columns="x", logs=False, groups=3)
    assert found.group.tolist() == [1, 1, 2, 3]
    a, b = 1.0, 4.0  # of the first: to its own, and to c
    assert found.silhouette[0] == pytest.approx((b - a) / b)
    assert found.silhouette[2:].tolist() == [0.0, 0.0]
    assert found.tried == ((3, pytest.approx(found.silhouette.mean())),)


@given(seed=st.integers(0, 10**6), n=st.integers(4, 9), d=st.integers(1, 3), k=st.integers(2, 3))
def test_groups_and_silhouettes_are_those_written_out(seed: int, n: int, d: int, k: int):
    random = np.random.default_rng(seed)
    table = random.uniform(0.5, 9.0, (n, d))
    names = [f"c{j}" for j in range(d)]
    data = {"u": list(range(n))} | dict(zip(names, table.T.tolist(), strict=True))
    found = made(data, columns=names, groups=k)
    logs = np.log(table)
    points = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    group = found.group.tolist()
    assert {frozenset(i for i in range(n) if group[i] == g) for g in set(group)} == ward(points, k)
    assert found.silhouette == pytest.approx([silhouette(points, group, i) for i in range(n)], abs=1e-12)
    sizes = [group.count(g) for g in range(1, k + 1)]
    assert sizes == sorted(sizes, reverse=True)


@given(seed=st.integers(0, 10**6))
def test_neither_units_of_measurement_nor_the_order_of_rows_matter(seed: int):
    random = np.random.default_rng(seed)
    data = {"u": list(range(8)), "x": random.uniform(1, 9, 8).tolist(), "y": random.uniform(1, 9, 8).tolist()}
    own = made(data)
    scaled = made(data | {"x": [v * 1e6 for v in data["x"]]})
    order = random.permutation(8)
    turned = made({name: [values[i] for i in order] for name, values in data.items()})

    def sets(result: ClusterResult) -> set[frozenset[object]]:
        return {frozenset(u for u, g in zip(result.units, result.group, strict=True) if g == n) for n in result.group}

    assert sets(own) == sets(scaled) == sets(turned)


def test_periods_are_averaged_before_logarithms():
    data = {"u": list("abc") * 2, "t": [1] * 3 + [2] * 3, "x": [1.0, 5.0, 6.0, 3.0, 5.0, 6.0]}
    found = made(data, columns="x", period="t", groups=2)
    assert found.features[:, 0] == pytest.approx(np.log([2.0, 5.0, 6.0]))
    assert found.group.tolist() == [2, 1, 1]


def test_groups_serve_a_metafrontier():
    data = SIX | {"water": [1.0, 2.0, 3.0, 1.0, 2.0, 3.0], "crop": [1.0, 2.5, 3.0, 2.0, 3.0, 5.0]}
    groups = made().of(data["u"])
    panel = Panel(data | {"group": groups}, unit="u", inputs="water", outputs="crop", group="group")
    assert max(metafrontier(panel).scores["gap_ratio"]) == 1.0
    assert made().of(["f", "a", "f"]) == [2, 1, 2]
    with pytest.raises(ModelError) as caught:
        made().of(["a", "z", "q", "z"])
    assert [str(p.found) for p in caught.value.problems] == ["'z'", "'q'"]


def test_what_is_told_and_kept(tmp_path: Path):
    found = made(pd.DataFrame(SIX))
    assert isinstance(found.groups, pd.DataFrame)
    assert list(found.groups.columns) == ["u", "group", "silhouette"]
    words = found.summary()
    assert "Ward's clusters by x, y (means over periods, logarithms, standardised): 2 groups" in words
    assert "1: a, b, c" in words
    assert "mean silhouette by number of groups: 2: 0." in words
    assert "by number of groups" not in made(groups=2).summary()
    with use_language("zh"):
        assert "各组数的平均轮廓系数" in found.summary()
    again = pickle.loads(pickle.dumps(found))
    assert again.fingerprint == found.fingerprint == made().fingerprint
    assert made(logs=False).fingerprint != found.fingerprint
    with pytest.raises(ValueError, match="read-only"):
        found.group[0] = 9
    found.to_excel(tmp_path / "groups.xlsx")
    assert list(pd.read_excel(tmp_path / "groups.xlsx", sheet_name=None, engine="calamine")) == [
        "about",
        "groups",
        "centres",
    ]


def test_all_that_is_wrong_is_told_at_once():
    assert told(SIX, groups=1, logs="yes") == [
        ("cluster_units.logs", "cluster_units(logs)"),
        ("cluster_units.groups", "cluster_units(groups)"),
    ]
    assert told(SIX, columns=["x", "z"], unit="v") == [
        ("cluster_units.columns", "columns"),
        ("cluster_units.unit", "unit"),
    ]
    assert told(SIX, columns=["x", "x"]) == [("cluster_units.columns", "columns")]
    assert told(SIX, columns=[]) == [("cluster_units.columns", "columns")]
    assert told(SIX, columns=5) == [("cluster_units.columns", "columns")]
    assert told(SIX, columns="u") == [("cluster_units.columns", "columns")]
    bad = SIX | {"x": [1.0, -1.0, None, 2.0, 3.0, 4.0], "u": list("abcdea")}
    assert told(bad) == [
        ("cluster_units.unit", "row 5, column u"),
        ("cluster_units.value", "row 1, column x"),
        ("cluster_units.value", "row 2, column x"),
    ]
    assert told(SIX | {"y": [2.0] * 6}) == [("cluster_units.columns", "column y")]
    assert told(SIX, groups=6) == [("cluster_units.groups", "cluster_units(groups)")]
    assert told({"u": ["a", "b"], "x": [1.0, 2.0]}, columns="x") == [("cluster_units.groups", "cluster_units(groups)")]
    assert told(SIX | {"group": SIX["u"]}, unit="group") == [("cluster_units.unit", "unit")]
    assert told({"u": [], "x": [], "y": []}) == [("cluster_units.value", "column u")]


def test_equal_units_make_no_groups_and_large_or_small_values_do_not_overflow():
    ties = {"u": list("abcde"), "v": [1.0, 1.0, 1.0, 2.0, 2.0]}
    assert told(ties, columns="v", groups=4) == [("cluster_units.groups", "cluster_units(groups)")]
    assert made(ties, columns="v").group.tolist() == [1, 1, 1, 2, 2]
    plain = made(logs=False).group.tolist()
    for size in (1e300, 1e-300):
        assert made(SIX | {"x": [v * size for v in SIX["x"]]}, logs=False).group.tolist() == plain

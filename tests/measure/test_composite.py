"""The composite index: by hand, its laws, what it is made of, its views, and what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hetao.errors import ModelError
from hetao.measure import CompositeResult, composite, read_tree
from hetao.measure.composite.composite import rank_within
from hetao.measure.composite.families import AGGREGATIONS, NORMALISATIONS, WEIGHTINGS
from hetao.text import use_language

NAMES = ("x", "y", "z")
TREE = {
    "dimension": ["a", "a", "b"],
    "indicator": list(NAMES),
    "direction": ["+", "-", "+"],
    "weight": [3.0, 1.0, 4.0],
    "low": [0.0] * 3,
    "high": [50.0] * 3,
    "dimension_zh": ["甲", "甲", "乙"],
    "dimension_en": ["first", "first", "second"],
}
DATA = {
    "region": list("pqrs"),
    "x": [1.0, 3.0, 5.0, 2.0],
    "y": [20.0, 10.0, 40.0, 30.0],
    "z": [7.0, 8.0, 6.0, 10.0],
}
COMPARISONS = {"": [[1, 3], [1 / 3, 1]], "a": [[1, 2], [0.5, 1]]}


def made(data: Any = None, tree: Any = None, **options: Any) -> CompositeResult:
    """Return the index of the table above, or of another."""
    return composite(
        DATA if data is None else data, tree=TREE if tree is None else tree, **({"unit": "region"} | options)
    )


def refusals(call: Callable[[], object]) -> list[tuple[str, str]]:
    """Return code and place of everything refused, each worded in both languages."""
    with pytest.raises(ModelError) as caught:
        call()
    for problem in caught.value.problems:
        assert problem.describe("zh") != problem.describe("en")
    return [(problem.code, problem.place.describe("en")) for problem in caught.value.problems]


def panel(rows: int = 6, periods: int = 3, seed: int = 0) -> dict[str, list[Any]]:
    """Return random data above 0 over several years, rows in no order."""
    random = np.random.default_rng(seed)
    n = rows * periods
    table: dict[str, Any] = {"region": [f"r{i % rows}" for i in range(n)], "year": [2020 + i // rows for i in range(n)]}
    table |= {name: random.uniform(1.0, 40.0, n) for name in NAMES}
    order = random.permutation(n)
    return {name: [values[i] for i in order] for name, values in table.items()}


# ------------------------------------------------------------------------------------------------------ by hand


def test_the_index_by_hand():
    """Shares of x are 0, ½, 1, ¼; of y, less being better, ⅔, 1, 0, ⅓; of z ¼, ½, 0, 1; weights ¼, ¼, ½."""
    found = made()
    assert found.score == pytest.approx([1 / 6 + 1 / 8, 3 / 8 + 1 / 4, 1 / 4, 7 / 48 + 1 / 2])
    table = found.scores
    assert list(table) == ["region", "score", "rank", "a", "b"]
    assert table["region"] == list("pqrs")
    assert table["rank"] == [3, 2, 4, 1]
    assert table["a"] == pytest.approx([1 / 3, 3 / 4, 1 / 2, 7 / 24])
    assert table["b"] == pytest.approx([1 / 4, 1 / 2, 0, 1])
    assert found.normalised["y"] == pytest.approx([2 / 3, 1, 0, 1 / 3])
    assert found.weights == {
        "dimension": ["a", "a", "b"],
        "indicator": ["x", "y", "z"],
        "direction": ["+", "-", "+"],
        "weight": [0.25, 0.25, 0.5],
    }
    assert found.contributions["z"] == pytest.approx([1 / 8, 1 / 4, 0, 1 / 2])
    assert found.filled == {"region": [], "indicator": [], "value": []}


def test_a_floor_raises_shares_only():
    assert made(floor=0.2).normalised["x"] == pytest.approx([0.2, 0.6, 1.0, 0.4])
    assert made(floor=0.2, normalisation="z_score").normalised == made(normalisation="z_score").normalised
    plain = made(weights="entropy", floor=0.5).weights
    assert plain == made(weights="entropy", normalisation="z_score").weights == made(weights="entropy").weights


def test_ranks_stand_within_a_period_and_ties_share_the_better_one():
    score, positions = np.array([0.3, 0.1 + 0.2, 0.9, 0.1, 0.5, 0.5, 0.5]), np.array([0, 0, 0, 0, 1, 1, 1])
    assert rank_within(score, positions).tolist() == [2, 2, 1, 4, 1, 1, 1]


def test_small_scores_are_not_all_tied():
    tree = TREE | {"direction": ["+"] * 3, "reference": [1e14] * 3}
    assert len(set(made(tree=tree, normalisation="reference_distance").ranks.tolist())) > 1


# ------------------------------------------------------------------------------------------------------ the laws

COMBINATIONS = [
    (n, w, a)
    for n, w, a in product(NORMALISATIONS, WEIGHTINGS, AGGREGATIONS)
    if not WEIGHTINGS[w].own or (a == "linear" and n != "z_score")
]


def options_of(normalisation: str, weights: str, aggregation: str) -> dict[str, Any]:
    """Return the options of a combination; the floor keeps shares above 0."""
    named = {"normalisation": normalisation, "weights": weights, "aggregation": aggregation, "floor": 0.01}
    return named | ({"comparisons": COMPARISONS} if weights == "ahp" else {})


@pytest.mark.parametrize(("normalisation", "weights", "aggregation"), COMBINATIONS)
def test_order_does_not_matter_equals_are_equal_and_who_dominates_is_not_below(
    normalisation: str, weights: str, aggregation: str
):
    random = np.random.default_rng(7)
    values = random.uniform(1.0, 40.0, (8, 3))
    values[1] = values[0]
    values[3] = values[2] + np.array([2.0, -0.5, 1.0])
    data = {"region": list(range(8))} | dict(zip(NAMES, values.T.tolist(), strict=True))
    options = options_of(normalisation, weights, aggregation)
    found = made(data, **options)
    order = random.permutation(8)
    other = made({name: [v[i] for i in order] for name, v in data.items()}, **options)
    assert other.score == pytest.approx(found.score[order], rel=1e-9, abs=1e-9)
    assert other.ranks.tolist() == found.ranks[order].tolist()
    assert found.score[0] == found.score[1]
    assert found.ranks[0] == found.ranks[1]
    if aggregation in ("linear", "geometric"):
        assert found.score[3] >= found.score[2] - 1e-12
        assert found.ranks[3] <= found.ranks[2]
    assert np.isfinite(found.computed.dimensions).all()


@settings(max_examples=30)
@given(
    cells=st.lists(st.lists(st.integers(1, 40).map(float), min_size=3, max_size=3), min_size=3, max_size=7),
    rule=st.sampled_from([w for w in WEIGHTINGS if w != "pca"]),
    normalisation=st.sampled_from(["min_max", "rank", "goalposts", "reference_distance"]),
)
def test_contributions_add_up_to_the_score(cells: list[list[float]], rule: str, normalisation: str):
    values = np.array(cells)
    assume((np.ptp(values, axis=0) > 0).all())
    assume(rule != "critic" or np.linalg.matrix_rank(np.corrcoef(values.T), tol=1e-6) > 1)
    data = {"region": list(range(len(values)))} | dict(zip(NAMES, values.T, strict=True))
    found = made(data, normalisation=normalisation, weights=rule, comparisons=COMPARISONS)
    parts = np.array([found.contributions[name] for name in NAMES])
    assert parts.sum(axis=0) == pytest.approx(found.score, abs=1e-12)


@pytest.mark.parametrize("rule", ["given", "entropy", "ahp"])
def test_dimensions_are_scored_by_the_same_rules(rule: str):
    linear, geometric = (
        made(weights=rule, aggregation=a, floor=0.01, comparisons=COMPARISONS) for a in ("linear", "geometric")
    )
    w = np.array(linear.weights["weight"])
    shares = np.array([w[:2].sum(), w[2]])
    inside = w[:2] / w[:2].sum()
    values = np.column_stack([linear.normalised[name] for name in NAMES])
    assert linear.scores["a"] == pytest.approx(values[:, :2] @ inside)
    assert linear.scores["b"] == pytest.approx(values[:, 2])
    assert linear.computed.dimensions @ shares == pytest.approx(linear.score)
    assert geometric.scores["a"] == pytest.approx(np.prod(values[:, :2] ** inside, axis=1))
    assert np.prod(geometric.computed.dimensions**shares, axis=1) == pytest.approx(geometric.score)


def test_a_row_that_gives_a_dimension_no_weight_weighs_it_evenly():
    """p and q see z alone, r gives everything to x and y, and s is the worst in everything."""
    data = {"region": list("pqrs"), "x": [0.0, 0.0, 1.0, 0.0], "y": [9.0, 9.0, 0.0, 9.0], "z": [1.0, 0.5, 0.0, 0.0]}
    found = made(data, weights="benefit_of_the_doubt")
    assert found.score == pytest.approx([1.0, 0.5, 1.0, 0.0])
    assert found.scores["a"] == pytest.approx([0.0, 0.0, 1.0, 0.0])
    assert found.scores["b"] == pytest.approx([1.0, 0.5, 0.0, 0.0])
    assert (found.computed.row_weights[3] >= 0).all()


# ------------------------------------------------------------------------------------------------------- periods


@pytest.mark.parametrize("rule", ["equal", "entropy", "critic", "pca", "benefit_of_the_doubt"])
def test_over_each_period_is_each_period_by_itself(rule: str):
    data = panel()
    found = made(data, period="year", over="period", weights=rule)
    for year in (2020, 2021, 2022):
        rows = [i for i, t in enumerate(data["year"]) if t == year]
        alone = made({name: [v[i] for i in rows] for name, v in data.items()}, weights=rule)
        assert found.score[rows] == pytest.approx(alone.score)
        assert found.ranks[rows].tolist() == alone.ranks.tolist()
        at = [i for i, t in enumerate(found.weights["year"]) if t == year]
        assert [found.weights["weight"][i] for i in at] == pytest.approx(alone.weights["weight"])


def test_over_the_panel_years_can_be_compared():
    data = panel()
    worse = {name: list(values) for name, values in data.items()}
    first, last = (
        [i for i, u in enumerate(data["region"]) if u == "r0" and data["year"][i] == t] for t in (2020, 2022)
    )
    for name in NAMES:
        worse[name][last[0]] = worse[name][first[0]]
    found = made(worse, period="year")
    assert found.score[first] == pytest.approx(found.score[last])
    assert "year" not in found.weights
    assert len(found.weights["weight"]) == 3
    own = made(worse, period="year", over="period")
    assert own.score[first] != pytest.approx(own.score[last])
    assert "each period" in own.summary()


def test_a_cross_section_is_one_period():
    assert made(over="period").scores == made().scores
    assert made(over="period").weights == made().weights


def test_periods_have_an_order():
    data = panel(3, 2)
    assert made(data, period="year").sheet.order == (2020, 2021)
    ordered = pl.DataFrame(data | {"year": ["plan" if t == 2020 else "early" for t in data["year"]]})
    ordered = ordered.with_columns(pl.col("year").cast(pl.Enum(["plan", "early"])))
    assert made(ordered, period="year").sheet.order == ("plan", "early")
    mixed = data | {"year": [str(t) if t == 2020 else t for t in data["year"]]}
    assert refusals(lambda: made(mixed, period="year")) == [("composite.mixed_periods", "column year")]


# --------------------------------------------------------------------------------------------- frames and views


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_tables_come_back_in_the_callers_kind_of_frame(kind: Any):
    data = panel()
    data["x"][4] = None
    found = made(kind(data), kind(TREE), period="year", missing="period_mean", over="period")
    plain = made(data, period="year", missing="period_mean", over="period")
    for name in ("scores", "weights", "normalised", "contributions", "filled"):
        table = getattr(found, name)
        assert type(table) is kind
        for column, values in getattr(plain, name).items():
            expected = pytest.approx(values) if isinstance(values[0], float) else values
            assert list(table[column]) == expected
    assert plain.filled["region"] == [data["region"][4]]
    assert type(made(kind(DATA)).filled) is kind


def test_the_summary_names_rules_and_the_first_five_in_both_languages():
    found = made(panel(), period="year", weights="pca")
    assert "dimensions: 2, indicators: 3;" in found.summary()
    assert "min-max, principal components, linear, refuse; all periods together" in found.summary()
    assert "first five 2022: " in repr(found)
    assert "18 rows, 0 missing values filled" in found.summary()
    with use_language("zh"):
        assert "维度 2 个，指标 3 个；极差标准化、主成分分析、线性加权、拒绝缺失；全部年份一并标准化" in found.summary()
        assert "前五 2022：" in found.summary()
        assert "保留" in found.summary()
    best = made().summary().splitlines()[2]
    assert best.startswith("first five: s 0.646, q 0.625, p 0.292")


def test_the_notebook_view_shows_twenty_rows_and_escapes(tmp_path: Path):
    page = made(panel() | {"region": [f"<{i}>" for i in range(18)]}, period="year")._repr_html_()
    assert "&lt;0&gt;" in page
    assert "<th>score</th>" in page
    assert "<p>…" not in page
    assert "<p>… 4</p>" in made(panel(12, 2), period="year")._repr_html_()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_holds_every_table(tmp_path: Path, lang: Any):
    data = panel()
    data["z"][0] = None
    found = made(data, period="year", missing="period_mean")
    with use_language(lang):
        found.to_excel(tmp_path / "index.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "index.xlsx"))
    titles = ["about", "scores", "weights", "normalised", "contributions", "filled"]
    assert book.sheet_names == (titles if lang == "en" else ["关于", "得分", "权重", "标准化值", "贡献", "补缺"])
    made(aggregation="topsis").to_excel(tmp_path / "topsis.xlsx")
    other = CalamineWorkbook.from_path(str(tmp_path / "topsis.xlsx"))
    assert other.sheet_names == [t for t in titles if t != "contributions"]
    rows = book.get_sheet_by_index(1).to_python()
    assert rows[0] == ["region", "year", "score", "rank", "a", "b"]
    assert [row[2] for row in rows[1:]] == pytest.approx(found.scores["score"])
    assert len(book.get_sheet_by_index(5).to_python()) == 2


def test_the_fingerprint_knows_the_data_and_the_options():
    one, again, other = made().fingerprint, made().fingerprint, made(weights="entropy").fingerprint
    assert one == again != other
    assert (one["call"], one["seed"]) == ("composite", None)
    assert one["data_sha256"] == other["data_sha256"]
    changed = made(DATA | {"x": [1.0, 3.0, 5.0, 2.5]}).fingerprint
    assert changed["data_sha256"] != one["data_sha256"]
    assert [row[:3] for row in made().options["tree"]] == [["a", "x", 1], ["a", "y", -1], ["b", "z", 1]]


def test_the_fingerprint_knows_all_of_the_tree():
    other = made(tree=TREE | {"high": [60.0] * 3}, normalisation="goalposts")
    assert other.fingerprint != made(normalisation="goalposts").fingerprint


def test_what_a_result_holds_cannot_be_changed_by_way_of_its_tables():
    found = made()
    found.scores["score"][0] = 9.0
    assert found.scores["score"][0] != 9.0
    with pytest.raises(ValueError, match="read-only"):
        found.score[0] = 9.0
    with pytest.raises(AttributeError):
        found.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["row_weights", "was_missing", "ranks", "values of the sheet"])
def test_no_array_of_a_result_can_be_changed(name: str):
    found = made(missing="period_mean")
    array = {"ranks": found.ranks, "values of the sheet": found.sheet.values}.get(
        name, getattr(found.computed, name, None)
    )
    assert array is not None
    assert not array.flags.writeable


def test_a_result_pickles_whatever_its_weights():
    assert pickle.loads(pickle.dumps(made())).scores == made().scores


@pytest.mark.parametrize("rule", ["entropy", "given", "benefit_of_the_doubt"])
def test_a_result_pickles(rule: str):
    found = made(weights=rule)
    again = pickle.loads(pickle.dumps(found))
    assert again.scores == found.scores
    assert again.summary() == found.summary()
    assert again.fingerprint == found.fingerprint


def test_plots_draw_lines_over_periods_and_bars_of_a_cross_section():
    lines = made(panel(), period="year").plot().axes[0]
    assert len(lines.lines) == 6
    assert lines.get_xlabel() == "year"
    bars = made().plot().axes[0]
    assert sorted(p.get_width() for p in bars.patches) == pytest.approx(sorted(made().score))
    gappy = {name: values[:-1] for name, values in panel(90).items()}
    assert made(gappy, period="year").plot().axes[0].collections


def test_many_units_are_not_drawn_one_by_one():
    n = 120
    data = {"region": list(range(n))} | {name: np.random.default_rng(1).uniform(1, 2, n) for name in NAMES}
    assert made(data).plot().get_size_inches()[1] < 20


# -------------------------------------------------------------------------------------------------------- faults


def test_all_arguments_that_are_wrong_are_told_at_once():
    options = {"normalisation": "minmax", "weights": 5, "aggregation": None, "missing": "drop", "over": "year"}
    found = refusals(lambda: made(**options, floor=1.0, comparisons={"a": "many", "b": [[1, 2], [3]]}))
    names = (*options, "floor", "comparisons['a']", "comparisons['b']")
    assert found == [(f"composite.{name}", f"composite({name})") for name in names]


@pytest.mark.parametrize("floor", [-0.1, 1, True, float("nan"), "0.1", None])
def test_a_floor_is_a_number_of_at_least_0_and_below_1(floor: Any):
    assert refusals(lambda: made(floor=floor)) == [("composite.floor", "composite(floor)")]


def test_a_floor_may_be_a_number_of_numpy():
    assert made(floor=np.float32(0.5)).options["floor"] == 0.5


def test_comparisons_that_are_no_mapping_are_refused():
    assert refusals(lambda: made(weights="ahp", comparisons=5)) == [("composite.comparisons", "composite(comparisons)")]


def test_unknown_columns_are_told_at_once():
    data = {name: values for name, values in DATA.items() if name not in ("region", "x", "z")}
    found = refusals(lambda: made(data, period="year"))
    assert found == [
        ("composite.unit", "unit"),
        ("composite.period", "period"),
        ("composite.tree", "tree"),
        ("composite.tree", "tree"),
    ]
    assert refusals(lambda: made(DATA, unit=3)) == [("composite.unit", "unit")]


def test_cells_that_cannot_be_taken_are_told_at_once():
    data = DATA | {"x": [1.0, "many", np.inf, 2.0], "z": [True, 8.0, 6.0, 10.0], "region": ["p", None, "r", "s"]}
    found = refusals(lambda: made(data))
    assert found == [
        ("composite.key", "row 1, column region"),
        ("composite.value", "row 1, column x"),
        ("composite.value", "row 2, column x"),
        ("composite.value", "row 0, column z"),
    ]


def test_a_unit_stands_once_a_period():
    twice = DATA | {"region": list("pqpp")}
    assert refusals(lambda: made(twice)) == [
        ("composite.unit", "row 2, column region"),
        ("composite.unit", "row 3, column region"),
    ]
    made(twice | {"year": [1, 1, 2, 3]}, period="year")


def test_a_unit_that_stands_twice_is_told_with_the_cells():
    found = refusals(lambda: made(DATA | {"region": list("pqps"), "x": [1.0, "many", 2.0, 3.0]}))
    assert {code for code, _ in found} == {"composite.unit", "composite.value"}


def test_no_rows_and_no_frame_are_told():
    assert refusals(lambda: made({name: [] for name in DATA})) == [("composite.value", "column region")]
    assert refusals(lambda: made("table.csv")) == [("panel.no_frame", "frame")]
    assert refusals(lambda: made(tree=TREE | {"direction": ["+", "up", "-"]})) == [
        ("tree.direction", "row 1, column direction")
    ]


@pytest.mark.parametrize("names", [["score", "b", "b"], ["rank", "b", "b"], ["region", "b", "b"]])
def test_dimensions_named_as_a_column_of_the_scores_are_refused(names: list[str]):
    assert refusals(lambda: made(tree=TREE | {"dimension": names}))


@pytest.mark.parametrize("name", ["score", "rank", "indicator", "value"])
def test_keys_named_as_a_column_of_the_tables_are_refused(name: str):
    assert refusals(lambda: made(DATA | {name: DATA["region"]}, unit=name))


def test_only_a_weighted_sum_has_contributions():
    found = made(aggregation="topsis")
    assert refusals(lambda: found.contributions) == [
        ("composite.contributions.aggregation", "composite.contributions(aggregation)")
    ]


def test_the_tree_may_be_read_before():
    assert made(tree=read_tree(TREE)).scores == made().scores

"""Robustness of a composite index: Sobol indices of known functions, draws made again by hand, and what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from scipy.stats import qmc

from frontiers import draw, panel_of
from hetao.errors import ModelError
from hetao.measure import CompositeResult, RobustnessResult, composite, composite_robustness, computing, dea
from hetao.measure.composite.robustness import sobol_indices
from hetao.text import use_language

TREE = {
    "dimension": ["a", "a", "b"],
    "indicator": ["x", "y", "z"],
    "direction": ["+", "-", "+"],
    "weight": [5.0, 1.0, 1.0],
}
EVEN = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def data_of(seed: int = 0, rows: int = 8, periods: int = 1) -> dict[str, list[Any]]:
    """Return random data above 0, several years one after another."""
    random = np.random.default_rng(seed)
    n = rows * periods
    table: dict[str, list[Any]] = {"u": [f"u{i % rows}" for i in range(n)], "t": [2020 + i // rows for i in range(n)]}
    return table | {name: random.uniform(1.0, 9.0, n).tolist() for name in "xyz"}


def index(data: Any = None, **options: Any) -> CompositeResult:
    """Return an index that a geometric mean can take."""
    given = {"tree": TREE, "unit": "u", "floor": 0.01} | options
    return composite(data_of() if data is None else data, **given)


def settled(result: CompositeResult, **varied: Any) -> RobustnessResult:
    """Return the robustness to nothing but what is named."""
    quiet: dict[str, Any] = {"normalisations": (), "weights": (), "aggregations": ()}
    quiet |= {"leave_one_out": False, "weight_error": 0, "draws": 40}
    return composite_robustness(result, **(quiet | varied))


def refusals(call: Callable[[], object]) -> list[str]:
    """Return the place of everything refused, each worded in both languages."""
    with pytest.raises(ModelError) as caught:
        call()
    for problem in caught.value.problems:
        assert problem.describe("zh") != problem.describe("en")
        assert problem.place.item.startswith(problem.code.partition(".")[0])
    return [problem.place.item for problem in caught.value.problems]


# ------------------------------------------------------------------------------------------------- Sobol indices


def mixed_of(f: Callable[[np.ndarray], np.ndarray], a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """Return the outputs a, b and of a with each factor taken from b."""
    k = a.shape[1]
    swapped = [np.where(np.arange(k) == i, b, a) for i in range(k)]
    return [f(a), f(b), np.array([f(points) for points in swapped])]


def test_sobol_indices_of_the_ishigami_function():
    """f = sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on (−π, π)³."""
    points = (2 * qmc.Sobol(6, seed=1).random(2**13) - 1) * np.pi

    def ishigami(x: np.ndarray) -> np.ndarray:
        value: np.ndarray = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
        return value

    first, total = sobol_indices(*mixed_of(ishigami, points[:, :3], points[:, 3:]))
    one = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    both = 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + 49 / 8 + both
    assert first == pytest.approx(np.array([one, 49 / 8, 0.0]) / whole, abs=0.01)
    assert total == pytest.approx(np.array([one + both, 49 / 8, both]) / whole, abs=0.01)


def test_in_a_sum_first_order_and_total_are_the_shares_of_the_variance():
    random, c = np.random.default_rng(3), np.array([1.0, 2.0, 3.0, 0.0])
    first, total = sobol_indices(*mixed_of(lambda x: x @ c, random.random((40000, 4)), random.random((40000, 4))))
    assert first == pytest.approx(c**2 / 14, abs=0.02)
    assert total == pytest.approx(c**2 / 14, abs=0.02)


def test_what_does_not_vary_has_no_indices():
    first, total = sobol_indices(np.ones(9), np.ones(9), np.ones((2, 9)))
    assert np.isnan([first, total]).all()


# ------------------------------------------------------------------------------------------------------- draws


def test_every_draw_is_an_index_of_its_own():
    """Each draw takes the choice at its point of the unit cube; N draws, N others, and N with one choice exchanged."""
    result, n = index(), 25
    rules = {
        "normalisation": ("min_max", "z_score", "rank"),
        "weights": ("equal", "entropy"),
        "aggregation": ("linear", "geometric"),
    }
    found = composite_robustness(
        result,
        normalisations=rules["normalisation"],
        weights=rules["weights"],
        aggregations=rules["aggregation"],
        leave_one_out=False,
        weight_error=0,
        draws=n,
        seed=4,
    )
    assert found.factors == tuple(rules)
    random = np.random.default_rng(4)
    a, b = random.random((n, 3)), random.random((n, 3))
    swapped = [np.where(np.arange(3) == i, b, a) for i in range(3)]

    def ranks(points: np.ndarray) -> list[list[int]]:
        chosen = [
            {name: listed[int(v * len(listed))] for v, (name, listed) in zip(point, rules.items(), strict=True)}
            for point in points
        ]
        return [index(**options).ranks.tolist() for options in chosen]

    assert found.draws.tolist() == ranks(a) + ranks(b)
    assert found.mixed.tolist() == [ranks(points) for points in swapped]


@pytest.mark.parametrize("weights", ["given", "benefit_of_the_doubt"])
def test_an_indicator_left_out_leaves_its_weight_to_the_others(weights: str):
    result = index(weights=weights)
    found = settled(result, leave_one_out=True, draws=60)
    assert found.factors == ("left_out",)
    seen = {tuple(ranks) for ranks in found.draws.tolist()}
    expected = {tuple(result.ranks.tolist())}
    for name in TREE["indicator"]:
        rest = result.tree.without(str(name))
        expected.add(tuple(index(tree=rest, weights=weights).ranks.tolist()))
    assert seen == expected


def test_two_indicators_are_never_left_out():
    data = {"u": list("abcd"), "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 3.0, 2.0, 4.0]}
    tree = {"dimension": ["a", "a"], "indicator": ["x", "y"], "direction": ["+", "+"]}
    assert settled(index(data, tree=tree), leave_one_out=True, weight_error=0.3).factors == ("weight_error",)


def test_weights_move_by_no_more_than_the_error():
    """Shares of a are 0.9 and 0, of b 0.3 and 0.9: b is before a as long as y weighs more than ⅔ of what x weighs."""
    data = {"u": list("abcd"), "x": [1.9, 1.3, 1.0, 2.0], "y": [1.0, 2.35, 1.0, 2.5]}
    tree = {"dimension": ["a", "a"], "indicator": ["x", "y"], "direction": ["+", "+"]}
    result = composite(data, tree=tree, unit="u")
    least = (1 - 2 / 3) / (1 + 2 / 3)  # the error at which (1 − e) / (1 + e) is ⅔
    small, large = (settled(result, weight_error=e, draws=300) for e in (0.98 * least, 0.98))
    assert (small.draws == result.ranks).all()
    assert (large.draws != result.ranks).any()


def test_gaps_may_be_filled_in_several_ways():
    data = data_of(2, rows=5, periods=3)
    data["x"][7] = data["z"][3] = None
    result = index(data, period="t", missing="interpolate")
    found = settled(result, missing="period_mean", draws=30)
    assert found.factors == ("missing",)
    other = index(data, period="t", missing="period_mean")
    assert {tuple(r) for r in found.draws.tolist()} == {tuple(result.ranks.tolist()), tuple(other.ranks.tolist())}


def test_over_each_period_every_draw_is_made_period_by_period():
    data = data_of(3, rows=6, periods=2)
    found = settled(index(data, period="t", over="period"), normalisations="rank", weights="entropy", draws=20)
    first = {name: values[:6] for name, values in data.items()}
    alone = settled(index(first), normalisations="rank", weights="entropy", draws=20)
    assert (found.draws[:, :6] == alone.draws).all()


# ------------------------------------------------------------------------------------------------ what it finds


def test_the_one_choice_that_matters_explains_it_all():
    """Values in even steps have the same min-max shares and ranks, so that only weights move anything."""
    data = {"u": list(range(6)), "x": EVEN, "y": [3.0, 1.0, 5.0, 2.0, 6.0, 4.0], "z": [6.0, 4.0, 1.0, 5.0, 2.0, 3.0]}
    found = settled(index(data), normalisations="rank", weights=("given", "critic"), draws=400)
    table = found.sensitivity
    assert table["factor"] == ["normalisation", "weights"]
    assert table["first_order"] == pytest.approx([0.0, 1.0], abs=0.1)
    assert table["total"] == pytest.approx([0.0, 1.0], abs=0.1)
    assert max(table["first_order_error"] + table["total_error"]) < 0.15
    alone = settled(index(data), weights="given", draws=100).sensitivity
    assert alone["first_order"] == [1.0]
    unit = found.sensitivity_of(0)
    assert unit["first_order"] == pytest.approx([0.0, 1.0], abs=0.1)


def test_ranks_hold_where_every_row_is_better_in_everything_than_the_next():
    data = {"u": list(range(6)), "x": EVEN, "y": [7.0 - v for v in EVEN], "z": [v**2 for v in EVEN]}
    found = composite_robustness(index(data), weights=("equal", "entropy"), draws=60)
    ranks = found.ranks
    for name in ("lower", "median", "upper"):
        assert ranks[name] == ranks["rank"] == [6, 5, 4, 3, 2, 1]
    assert ranks["same"] == [1.0] * 6
    assert (found.shift == 0).all()
    assert found.sensitivity["first_order"] == [None] * 5
    assert found.sensitivity_of(2)["total"] == [None] * 5


def test_the_table_of_ranks_is_that_of_the_draws():
    found = composite_robustness(index(), draws=50, confidence=0.8)
    table, draws = found.ranks, np.sort(found.draws, axis=0)
    assert found.draws.shape == (100, 8)
    assert table["lower"] == draws[9].tolist()  # the tenth of a hundred
    assert table["median"] == draws[49].tolist()
    assert table["upper"] == draws[89].tolist()
    assert table["same"] == pytest.approx((found.draws == found.of.ranks).mean(axis=0))
    assert found.shift == pytest.approx(np.abs(found.draws - found.of.ranks).mean(axis=1))
    wide = composite_robustness(index(), draws=50, confidence=0.99).ranks
    assert all(a <= b for a, b in zip(wide["lower"], table["lower"], strict=True))
    assert all(a >= b for a, b in zip(wide["upper"], table["upper"], strict=True))
    assert found.draws.min() >= 1
    assert found.draws.max() <= 8


def test_indices_are_those_of_the_mean_shift_and_of_one_units_rank():
    found = composite_robustness(index(), draws=80, seed=2)
    n = 80
    shift = np.abs(found.mixed - found.of.ranks).mean(axis=2)
    first, total = sobol_indices(found.shift[:n], found.shift[n:], shift)
    assert found.sensitivity["first_order"] == pytest.approx(first)
    assert found.sensitivity["total"] == pytest.approx(total)
    row = found.of.sheet.units.tolist().index("u3")
    first, total = sobol_indices(found.draws[:n, row], found.draws[n:, row], found.mixed[:, :, row])
    assert found.sensitivity_of("u3")["first_order"] == pytest.approx(first)
    assert found.sensitivity_of("u3")["total"] == pytest.approx(total)
    assert all(0 <= e < 1 for e in found.sensitivity["total_error"])


def test_a_unit_is_looked_up_in_the_last_period_or_in_one_named():
    found = composite_robustness(index(data_of(1, rows=6, periods=2), period="t"), draws=30)
    last, named = found.sensitivity_of("u1"), found.sensitivity_of("u1", 2021)
    assert last == named
    for unit, period in (("nobody", None), ("u1", 1999)):
        assert refusals(lambda u=unit, p=period: found.sensitivity_of(u, p)) == ["sensitivity_of(unit)"]  # type: ignore[misc]


def test_the_same_seed_gives_the_same_numbers():
    one, again, other = (composite_robustness(index(), draws=30, seed=seed) for seed in (1, 1, 2))
    assert (one.draws == again.draws).all()
    assert (one.mixed == again.mixed).all()
    assert one.sensitivity == again.sensitivity
    assert (one.draws != other.draws).any()
    assert one.fingerprint == again.fingerprint != other.fingerprint
    assert (one.fingerprint["seed"], one.fingerprint["call"]) == (1, "composite_robustness")
    assert one.fingerprint["data_sha256"] == index().fingerprint["data_sha256"] == one._data_hash()


def test_a_geometric_mean_is_tried_where_there_is_a_floor():
    assert composite_robustness(index(floor=0.0), draws=20).options["aggregation"] == ["linear"]
    assert composite_robustness(index(floor=0.1), draws=20).options["aggregation"] == ["linear", "geometric"]


def test_the_indexs_own_rules_are_among_the_choices():
    found = composite_robustness(index(weights="critic", normalisation="rank"), draws=20)
    assert found.options["normalisation"] == ["rank", "min_max", "z_score"]
    assert found.options["weights"] == ["critic", "equal", "entropy", "standard_deviation"]
    assert found.options["missing"] == ["refuse"]


def test_a_row_that_is_the_worst_in_everything_keeps_its_rank_under_the_benefit_of_the_doubt():
    data = {"u": list("abcd"), "x": [1.0, 2.0, 3.0, 2.5], "y": [9.0, 2.0, 4.0, 3.0], "z": [1.0, 3.0, 2.0, 2.0]}
    result = composite(data, tree=TREE, unit="u", weights="benefit_of_the_doubt")
    found = settled(result, weight_error=0.2)
    assert found.ranks["upper"][0] == found.ranks["lower"][0] == 4


# --------------------------------------------------------------------------------------------------------- views


def test_progress_is_told():
    told: list[tuple[int, int]] = []
    with computing(progress=lambda done, total: told.append((done, total))):
        settled(index(), weights="entropy", normalisations="rank", draws=20)
    assert told[-1] == (80, 80)


def test_the_summary_says_how_far_ranks_move_in_both_languages():
    found = composite_robustness(index(), draws=30)
    words = found.summary()
    assert "30 draws that vary all choices together" in words
    assert f"ranks move by {found.shift.mean():.2f} on average" in words
    for factor in ("normalisation", "weights", "aggregation", "left out", "weight error"):
        assert f"{factor}: S = " in words
    with use_language("zh"):
        words = found.summary()
        assert "名次平均移动" in words
        assert "去掉一个指标: S = " in words
    assert "<th>lower</th>" in found._repr_html_()


def test_tables_are_of_the_callers_kind_and_stand_in_the_workbook(tmp_path: Path):
    data = data_of(1, rows=6, periods=2)
    found = composite_robustness(index(pd.DataFrame(data), period="t", weights="given"), draws=30)
    assert list(found.ranks.columns) == ["u", "t", "rank", "lower", "median", "upper", "same"]
    assert isinstance(found.sensitivity, pd.DataFrame)
    found.to_excel(tmp_path / "robustness.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "robustness.xlsx"))
    assert book.sheet_names == ["about", "ranks", "sensitivity"]
    assert len(book.get_sheet_by_index(1).to_python()) == 13
    with pytest.raises(ValueError, match="read-only"):
        found.draws[0] = 0


def test_a_result_pickles():
    found = composite_robustness(index(weights="given"), weights=("entropy",), draws=20)
    again = pickle.loads(pickle.dumps(found))
    assert again.ranks == found.ranks
    assert again.summary() == found.summary()


def test_the_plot_shows_the_last_period_from_the_highest_down():
    data = data_of(1, rows=6, periods=2)
    result = index(data, period="t")
    axes = composite_robustness(result, draws=30).plot().axes[0]
    order = np.argsort(result.ranks[6:], kind="stable")
    assert [label.get_text() for label in axes.get_yticklabels()] == [f"u{i}" for i in order]
    assert axes.lines[-1].get_xdata().tolist() == sorted(result.ranks[6:].tolist())  # type: ignore[union-attr]
    cross = composite_robustness(index(), draws=20).plot().axes[0]
    assert len(cross.get_yticks()) == 8


# -------------------------------------------------------------------------------------------------------- faults


def test_all_arguments_that_are_wrong_are_told_at_once():
    found = refusals(
        lambda: composite_robustness(
            index(),
            normalisations=("min_max", "nope"),
            weights="none",
            aggregations=["linear", "median", 3],  # type: ignore[list-item]
            missing=("drop",),
            leave_one_out=1,  # type: ignore[arg-type]
            weight_error=1.0,
            draws=19,
            seed=-1,
            confidence=1.0,
        )
    )
    names = ["normalisations", "weights", "aggregations", "aggregations", "missing"]
    names += ["leave_one_out", "draws", "seed", "confidence", "weight_error"]
    assert found == [f"composite_robustness({name})" for name in names]


@pytest.mark.parametrize("error", [-0.1, True, "0.2", None, float("nan")])
def test_an_error_of_weights_is_at_least_0_and_below_1(error: Any):
    assert refusals(lambda: composite_robustness(index(), weight_error=error)) == ["composite_robustness(weight_error)"]


def test_something_must_vary():
    assert refusals(lambda: settled(index())) == ["composite_robustness(normalisations)"]


def test_every_combination_that_cannot_be_computed_is_told():
    found = refusals(
        lambda: composite_robustness(
            composite(data_of(), tree=TREE, unit="u"),
            normalisations=("min_max", "goalposts"),
            weights=("equal", "ahp"),
            aggregations=("linear", "geometric"),
        )
    )
    named = [(n, w, a) for n in ("min_max", "goalposts") for w in ("equal", "ahp") for a in ("linear", "geometric")]
    expected = [", ".join((*names, "refuse")) for names in named if names != ("min_max", "equal", "linear")]
    assert found == [f"composite_robustness({names})" for names in expected]


def test_gaps_that_one_of_the_rules_leaves_are_told():
    data = data_of(2, rows=5, periods=3)
    data["x"][7] = None
    result = index(data, period="t", missing="interpolate")
    assert refusals(lambda: settled(result, missing=("refuse",))) == [
        "composite_robustness(min_max, equal, linear, refuse)"
    ]


def test_other_results_are_refused():
    for wrong in (dea(panel_of(draw(1, 5))), None, data_of()):
        with pytest.raises(ModelError) as caught:
            composite_robustness(wrong)  # type: ignore[arg-type]
        assert [p.code for p in caught.value.problems] == ["composite_robustness.result"]


@pytest.mark.parametrize("names", [None, 5, [["min_max"]]])
def test_names_that_are_none_are_refused(names: Any):
    with pytest.raises(ModelError):
        composite_robustness(index(), normalisations=names)

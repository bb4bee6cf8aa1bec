"""Tables of models: numbers by hand, a plain twin, their laws, and what is refused."""

from __future__ import annotations

import dataclasses
import math
import pickle
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hetao import Panel
from hetao.errors import ModelError, Problem
from hetao.measure import (
    SideBySide,
    additive,
    bootstrap,
    bootstrap_index,
    composite,
    cross_efficiency,
    dea,
    directional,
    growth_accounting,
    hyperbolic,
    luenberger,
    malmquist,
    markov,
    order_m,
    russell,
    sbm,
    second_stage,
    side_by_side,
)
from hetao.text import Text, use_language

Data = dict[str, Any]
TREE = {"dimension": ["d", "e"], "indicator": ["p", "q"], "direction": ["+", "+"]}


def firms(kind: Callable[[Data], Any] = dict) -> Panel:
    """Under crs a, b, c, d score 0.5, 1, 0.8 and 0.5; under vrs a and b are on the frontier, and c is at 0.8."""
    data = {"firm": list("abcd"), "x": [2.0, 4.0, 5.0, 8.0], "y": [1.0, 4.0, 4.0, 4.0]}
    return Panel(kind(data), unit="firm", inputs="x", outputs="y")


def two_years(**more: Any) -> Panel:
    """One input and one output: every index of a is 2, of b 1/2, of c 1; d is not seen again."""
    data: Data = {"firm": [*"abcd", *"abc"], "year": [1] * 4 + [2] * 3, "x": [1.0] * 7}
    data |= {"y": [2.0, 4.0, 3.0, 1.0, 4.0, 2.0, 3.0]}
    return Panel(data, unit="firm", period="year", inputs="x", outputs="y", **more)


def farms(n: int = 40, seed: int = 7) -> tuple[Panel, Data]:
    random = np.random.default_rng(seed)
    slope, canal, water = random.uniform(0, 10, n), random.uniform(0, 1, n), random.uniform(1, 5, n)
    distance = 1.1 + 0.06 * slope - 0.3 * canal + np.abs(random.normal(0, 0.15, n))
    data = {"farm": list(range(n)), "water": water, "output": water / np.maximum(distance, 1.0)}
    return Panel(data, unit="farm", inputs="water", outputs="output"), {
        "farm": list(range(n)),
        "slope": slope,
        "canal": canal,
    }


@pytest.fixture(scope="module")
def regressions() -> dict[str, Any]:
    panel, around = farms()
    scores = dea(panel, orientation="output")
    options: Data = {"replications": 60, "first_replications": 10, "seed": 1}
    one = second_stage(scores, around, columns=["slope", "canal"], **options)
    two = second_stage(scores, around, columns="slope", algorithm=1, confidence=0.9, **options)
    return {"both": one, "slope only": two}


@pytest.fixture(scope="module")
def booted() -> Any:
    table = {"firm": [*"abcdef"] * 2, "year": [1] * 6 + [2] * 6, "x": [2.0, 3.0, 4.0, 5.0, 6.0, 7.0] * 2}
    table["y"] = [2.0, 2.6, 2.5, 4.0, 3.4, 5.2, 2.1, 2.7, 2.4, 4.4, 3.4, 5.9]
    table["z"] = [5.0, 4.0, 3.0, 7.0, 4.0, 8.0, 5.1, 3.8, 3.0, 6.6, 4.0, 7.9]
    return Panel(table, unit="firm", period="year", inputs=["x", "z"], outputs="y")


def value(table: SideBySide, row: str, title: str, figure: str | None = None, period: str | None = None) -> Any:
    """Return one number of the frame of a table made from mappings; by itself a unit's, a part's or a statistic."""
    frame = table.frame
    wanted = {"value", "part", "statistic"} if figure is None else {figure}
    periods = frame.get("period", [None] * len(frame["row"]))
    told = zip(frame["row"], periods, frame["figure"], frame[title], strict=True)
    (found,) = [v for r, p, f, v in told if (r, p) == (row, period) and f in wanted]
    return found


def rows(table: SideBySide) -> list[str]:
    return list(dict.fromkeys(table.frame["row"]))


def shown(table: SideBySide, label: str) -> list[str]:
    """Return the cells of the printed line that begins with a label."""
    printed = table.table.printed()
    first, *others = printed.values()
    (at,) = [i for i, word in enumerate(first) if word == label]
    return [column[at] for column in others]


def told(models: Any, **options: Any) -> list[Problem]:
    with pytest.raises(ModelError) as caught:
        side_by_side(models, **options)
    return list(caught.value.problems)


# By hand


def test_scores_by_hand():
    """0.5, 1, 0.8, 0.5: mean 0.7, squares of what they are off add to 0.04 + 0.09 + 0.01 + 0.04 = 0.18."""
    found = side_by_side({"CRS": dea(firms()), "VRS": dea(firms(), returns="vrs")})
    assert value(found, "mean", "CRS") == pytest.approx(0.7)
    assert value(found, "standard_deviation", "CRS") == pytest.approx(math.sqrt(0.06))
    assert (value(found, "smallest", "CRS"), value(found, "largest", "CRS")) == (pytest.approx(0.5), pytest.approx(1.0))
    assert value(found, "mean", "VRS") == pytest.approx((1 + 1 + 0.8 + 0.5) / 4)
    assert [value(found, "on_frontier", t) for t in ("CRS", "VRS")] == [1, 2]
    assert [value(found, "n", t) for t in ("CRS", "VRS")] == [4, 4]
    assert [value(found, "no_answer", t) for t in ("CRS", "VRS")] == [0, 0]
    assert shown(found, "mean") == ["0.700", "0.825"]
    assert shown(found, "no answer") == ["0", "0"]


def test_what_has_no_answer_is_counted_with_its_reason():
    data = {"firm": list("abc"), "x": [1.0, 2.0, 0.0], "y": [1.0, 1.0, 0.0]}
    found = side_by_side([dea(Panel(data, unit="firm", inputs="x", outputs="y"))], by="unit")
    assert (value(found, "n", "dea"), value(found, "no_answer", "dea")) == (2, 1)
    assert shown(found, "c") == ["–"]
    assert value(found, "mean", "dea") == pytest.approx(0.75)
    assert "Rows without an answer (–) are in no statistic: (1) unbounded 1." in found.summary()
    with use_language("zh"):
        assert "统计量不含无解的行（–）：(1) unbounded 1。" in found.summary()
    summed = side_by_side([dea(Panel(data, unit="firm", inputs="x", outputs="y"))]).summary()
    assert "Rows without an answer are in no statistic" in summed


def test_an_index_by_hand():
    """2, 1/2 and 1: geometric mean 1, mean 7/6; the Luenberger indicator is no ratio and has no geometric mean."""
    found = side_by_side({"M": malmquist(two_years()), "L": luenberger(two_years())})
    assert value(found, "geometric_mean", "M") == pytest.approx(1.0)
    assert value(found, "geometric_mean", "L") is None
    assert value(found, "mean", "M") == pytest.approx(7 / 6)
    assert [value(found, row, "M") for row in ("growth", "unchanged", "decline", "n", "no_answer")] == [1, 1, 1, 3, 1]
    assert [value(found, row, "L") for row in ("growth", "unchanged", "decline", "n", "no_answer")] == [1, 1, 1, 3, 1]
    assert "(1) missing 1; (2) missing 1" in found.summary()
    assert "on_frontier" not in rows(found)


@pytest.mark.parametrize(
    ("rise", "row"), [(5e-8, "unchanged"), (-5e-8, "unchanged"), (1e-6, "growth"), (-1e-6, "decline")]
)
def test_a_change_within_rounding_is_none(rise: float, row: str):
    data = {"firm": ["a", "a"], "year": [1, 2], "x": [1.0, 1.0], "y": [1.0, 1.0 + rise]}
    found = side_by_side(malmquist(Panel(data, unit="firm", period="year", inputs="x", outputs="y")))
    assert {r: value(found, r, "malmquist") for r in ("growth", "unchanged", "decline")} == {
        r: float(r == row) for r in ("growth", "unchanged", "decline")
    }


def test_growth_accounting_has_its_contributions_in_log_points():
    data = {"c": ["a", "a", "b", "b"], "t": [1, 2] * 2, "k": [1.0, 2.0, 1.0, 1.0], "l": [1.0] * 4}
    panel = Panel(data | {"y": [1.0, 2.0, 1.0, 4.0]}, unit="c", period="t", inputs=["k", "l"], outputs="y")
    found = side_by_side({"Solow": growth_accounting(panel, shares={"k": "rest", "l": 0.6})}, parts=True)
    assert value(found, "mean", "Solow") == pytest.approx((0.6 * math.log(2) + math.log(4)) / 2)
    assert value(found, "contribution(k)", "Solow") == pytest.approx(0.2 * math.log(2))
    assert value(found, "output_growth", "Solow") == pytest.approx(1.5 * math.log(2))
    assert "geometric_mean" not in rows(found)
    assert "contribution of k" in found.summary()


def test_a_composite_index_has_its_dimensions():
    data = {"r": ["a", "b", "c"], "p": [1.0, 2.0, 3.0], "q": [0.0, 4.0, 2.0]}
    one = composite(data, tree=TREE, unit="r")
    two = composite(data | {"t": [1, 1, 1]}, tree=TREE, unit="r", period="t", weights="standard_deviation")
    found = side_by_side({"equal": one, "sd": two}, parts=True)
    assert value(found, "mean", "equal") == pytest.approx(0.5)
    assert value(found, "largest", "equal") == pytest.approx(0.75)
    assert [value(found, d, "equal") for d in "de"] == [pytest.approx(0.5), pytest.approx(0.5)]
    assert {"growth", "on_frontier"}.isdisjoint(rows(found))
    assert [p.code for p in told([one, two], by="unit")] == ["side_by_side.by"]
    again = side_by_side([two], by="unit")
    assert value(again, "b", "composite", period="1") == pytest.approx(two.score[1])


@pytest.mark.parametrize(
    ("call", "options", "expected"),
    [
        (dea, {}, 1),
        (dea, {"orientation": "output"}, 1),
        (dea, {"returns": "vrs", "super_efficiency": True}, 2),  # a with 2 and b with 5/4 are beyond
        (dea, {"returns": "fdh"}, 2),
        (sbm, {}, 1),
        (sbm, {"orientation": "output"}, 1),
        (russell, {"orientation": "output"}, 1),
        (hyperbolic, {}, 1),
        (cross_efficiency, {}, 1),
        (order_m, {"m": 50, "orientation": "output"}, 4),  # all but a are as good as can be expected
        (directional, {}, 1),
        (additive, {}, 2),
        (additive, {"weights": "mean"}, 2),
        (additive, {"weights": "range"}, 2),
    ],
)
def test_each_score_has_its_own_frontier(call: Any, options: Data, expected: int):
    found = side_by_side({"one": call(firms(), **options)})
    assert value(found, "on_frontier", "one") == expected


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_a_sum_of_slacks_has_its_frontier_at_any_unit(scale: float):
    panel = firms()
    data = {"firm": list("abcd"), "x": panel.X[:, 0] * scale, "y": panel.Y[:, 0] * scale}
    found = side_by_side({"one": additive(Panel(data, unit="firm", inputs="x", outputs="y"))})
    assert value(found, "on_frontier", "one") == 2


def test_a_score_of_a_call_that_is_not_known_has_no_frontier():
    unknown = dataclasses.replace(dea(firms()), name="another")
    found = side_by_side({"dea": dea(firms()), "another": unknown})
    assert shown(found, "on the frontier or beyond") == ["1", ""]


# A plain twin


def test_regressions_show_what_the_results_hold(regressions: dict[str, Any]):
    found = side_by_side(regressions, digits=2)
    one, two = regressions.values()
    for j, name in enumerate(one.names):
        assert value(found, name, "both", "estimate") == one.estimates[j]
        assert value(found, name, "both", "standard_error") == one.standard_errors[j]
        assert (value(found, name, "both", "lower"), value(found, name, "both", "upper")) == tuple(one.limits[j])
    assert value(found, "sigma", "both", "p_value") is None
    assert value(found, "canal", "slope only", "estimate") is None
    assert value(found, "slope", "both", "p_value") == one.p_values[1]
    assert value(found, "n", "slope only") == two.used.sum() < 40
    assert value(found, "not_used", "slope only") == (~two.used).sum() > 0
    assert value(found, "log_likelihood", "both") == one.likelihood
    assert value(found, "replications", "both") == 60
    lost = np.isnan(two.replicates).any(axis=1).sum()
    assert value(found, "replications_lost", "slope only") == lost
    assert shown(found, "canal") == [f"{one.estimates[2]:.2f}**".replace("-", "−"), ""]
    assert shown(found, "σ") == [f"{one.estimates[3]:.2f}", f"{two.estimates[2]:.2f}"]
    names = ["slope", "canal", "intercept", "sigma", "n", "not_used", "log_likelihood", "replications"]
    assert rows(found) == [*names, "replications_lost"]


def test_what_stands_below_a_coefficient(regressions: dict[str, Any]):
    one = regressions["both"]
    printed = side_by_side(regressions).table.printed()
    assert printed["(1) both"][1] == f"({one.standard_errors[1]:.3f})"
    assert printed["(2) slope only"][3] == ""  # no canal
    limits = side_by_side(regressions, below="limits")
    assert limits.table.printed()["(1) both"][1] == f"[{one.limits[1, 0]:.3f}, {one.limits[1, 1]:.3f}]"
    assert limits.table.printed()["(2) slope only"][3] == ""
    assert "Confidence limits in square brackets ((1) 95 %, (2) 90 %)." in limits.summary()
    assert "Confidence limits in square brackets (95 %)." in side_by_side([one], below="limits").summary()
    bare = side_by_side(regressions, below=None)
    assert next(iter(bare.table.printed().values()))[:4] == ["slope", "canal", "constant", "σ"]
    assert "brackets" not in bare.summary()
    assert "parentheses" not in bare.summary()


@pytest.mark.parametrize(
    ("stars", "count"), [((0.1, 0.05, 0.01), 2), (0.04, 1), ((0.04,), 1), ((2 / 61,), 0), ((0.03,), 0), ((), 0)]
)
def test_stars_follow_their_thresholds(regressions: dict[str, Any], stars: Any, count: int):
    """With 60 replications none of which crosses, p is 2/61 = 0.0328."""
    assert regressions["both"].p_values[1] == pytest.approx(2 / 61)
    found = side_by_side(regressions, stars=stars)
    assert shown(found, "slope")[0].count("*") == count
    assert ("p <" in found.summary()) == bool(stars)
    assert shown(found, "σ")[0].count("*") == 0


def test_names_come_in_the_order_asked_for_and_with_their_labels(regressions: dict[str, Any]):
    found = side_by_side(
        regressions, first=["intercept", "canal"], labels={"slope": Text("坡度", "steepness"), "sigma": "s"}
    )
    assert rows(found)[:4] == ["intercept", "canal", "slope", "sigma"]
    assert found.summary().index("constant") < found.summary().index("canal") < found.summary().index("steepness")
    with use_language("zh"):
        assert shown(found, "坡度")[0].startswith("0.0")
        assert "常数项" in found.summary()
    assert shown(found, "s")[0] == shown(side_by_side(regressions), "σ")[0]


def test_a_bootstrap_shows_corrected_scores_with_their_errors(booted: Panel):
    scores = dea(booted)
    boot = bootstrap(scores, replications=20, seed=1)
    found = side_by_side({"score": scores, "corrected": boot}, by="unit", parts=True)
    assert value(found, "b", "corrected", period="1") == boot.corrected[1]
    assert value(found, "b", "corrected", "standard_error", "1") == boot.standard_errors[1]
    assert value(found, "b", "score", "standard_error", "1") is None
    assert value(found, "mean_before", "corrected") == pytest.approx(scores.evaluation.score.mean())
    assert value(found, "bias", "corrected") == pytest.approx(boot.bias.mean())
    assert value(found, "replications", "corrected") == 20
    assert value(found, "on_frontier", "corrected") is None
    printed = found.table.printed()
    assert (printed["(1) score"][1], printed["(2) corrected"][1]) == ("", f"({boot.standard_errors[0]:.3f})")
    assert "(2): scores corrected for their bias are shown." in found.summary()
    limits = side_by_side([boot], by="unit", below="limits").table.printed()["(1) bootstrap"][1]
    assert limits == f"[{boot.limits[0, 0]:.3f}, {boot.limits[0, 1]:.3f}]"
    bare = side_by_side([boot], by="unit", below=None)
    assert len(bare.table.blocks[0]) == 12


def test_a_bootstrap_without_a_score_has_no_error_below_it():
    random = np.random.default_rng(1)
    data = {"firm": list(range(12)), "x": random.uniform(1, 9, 12), "y": random.uniform(1, 2, 12)}
    panel = Panel(data, unit="firm", inputs="x", outputs="y")
    boot = bootstrap(dea(panel, returns="vrs"), replications=30, method="heterogeneous", seed=2)
    lost = np.flatnonzero(np.isnan(boot.corrected))
    assert len(lost) > 0
    for below in ("standard_errors", "limits"):
        found = side_by_side([boot], by="unit", below=below)
        printed = found.table.printed()["(1) bootstrap"]
        assert [printed[2 * i : 2 * i + 2] for i in lost] == [["–", ""]] * len(lost)
    assert value(found, "no_answer", "bootstrap") == len(lost)
    assert f"numerical {len(lost)}" in found.summary()


def test_a_bootstrapped_index_has_its_significant_changes(booted: Panel):
    index = malmquist(booted)
    boot = bootstrap_index(index, replications=20, seed=1)
    found = side_by_side({"index": index, "boot": boot}, by="unit", below="limits", parts=True)
    limits = boot.limits("index")
    assert value(found, "significant_growth", "boot") == (limits[:, 0] > 1.0).sum()
    assert value(found, "significant_decline", "boot") == (limits[:, 1] < 1.0).sum()
    assert value(found, "significant_decline", "index") is None
    assert (
        value(found, "b", "boot", period="1–2") == value(found, "b", "index", period="1–2") == index.values["index"][1]
    )
    error = boot.replicates["index"][:, 1].std(ddof=1)
    assert value(found, "b", "boot", "standard_error", "1–2") == pytest.approx(error)
    assert value(found, "efficiency_change", "boot") == value(found, "efficiency_change", "index")
    assert "(2): changes are significant where their limits leave 1 out" in found.summary()
    assert "Parts are means, of ratios geometric ones." in found.summary()


def test_limits_that_hold_one_are_not_significant(booted: Panel):
    """Four changes grow and one declines, two of the four and the one beyond doubt."""
    boot = bootstrap_index(malmquist(booted), replications=20, seed=1)
    index = boot.of.values["index"]
    wide = np.linspace(-0.5, 0.5, 20)[:, None] + index
    sure = np.linspace(-1e-3, 1e-3, 20)[:, None] + index
    up, down = np.flatnonzero(index > 1.01), np.flatnonzero(index < 0.99)
    kept = np.isin(np.arange(6), [*up[:2], *down])
    replicates = boot.replicates | {"index": np.where(kept, sure, wide)}
    found = side_by_side(dataclasses.replace(boot, replicates=replicates))
    assert (len(up), len(down)) == (4, 1)
    assert value(found, "significant_growth", "bootstrap_index") == 2
    assert value(found, "significant_decline", "bootstrap_index") == 1


def test_rows_of_units_are_those_of_all_models():
    """a and b of the first, b and c of the second: what a model has not is blank, what has no answer a dash."""
    one = dea(Panel({"u": ["a", "b"], "x": [1.0, 2.0], "y": [1.0, 1.0]}, unit="u", inputs="x", outputs="y"))
    two = dea(Panel({"u": ["c", "b"], "x": [1.0, 0.0], "y": [1.0, 0.0]}, unit="u", inputs="x", outputs="y"))
    found = side_by_side({"one": one, "two": two}, by="unit")
    assert rows(found)[:4] == ["a", "b", "c", "mean"]
    assert [shown(found, unit) for unit in "abc"] == [["1.000", ""], ["0.500", "–"], ["", "1.000"]]
    assert "Blank: the model has no such row." in found.summary()
    assert "Blank" not in side_by_side([one], by="unit").summary()
    assert value(found, "standard_deviation", "two") is None
    assert shown(found, "standard deviation") == ["0.354", "–"]
    assert found.table.stubs == ("u",)


def test_a_model_without_one_answer_has_dashes():
    nothing = dea(Panel({"u": ["a"], "x": [0.0], "y": [1.0]}, unit="u", inputs="x", outputs="y"))
    found = side_by_side([nothing])
    assert shown(found, "mean") == ["–"]
    assert shown(found, "n") == ["0"]
    lost = {"u": ["a", "b"], "t": [1, 2], "x": [1.0, 1.0], "y": [1.0, 1.0]}
    index = malmquist(Panel(lost, unit="u", period="t", inputs="x", outputs="y"))
    assert shown(side_by_side([index]), "geometric mean") == ["–"]


def test_a_unit_named_as_a_statistic_is_told_apart():
    data = {"u": ["mean", "n"], "x": [1.0, 2.0], "y": [1.0, 1.0]}
    frame = side_by_side({"one": dea(Panel(data, unit="u", inputs="x", outputs="y"))}, by="unit").frame
    found = dict(zip(zip(frame["row"], frame["figure"], strict=True), frame["one"], strict=True))
    assert (found["mean", "value"], found["mean", "statistic"]) == (pytest.approx(1.0), pytest.approx(0.75))
    assert (found["n", "value"], found["n", "statistic"]) == (pytest.approx(0.5), 2.0)
    named = {"dimension": ["n", "e"], "indicator": ["p", "q"], "direction": ["+", "+"]}
    index = composite({"r": ["a", "b", "c"], "p": [1.0, 2.0, 2.0], "q": [0.0, 4.0, 2.0]}, tree=named, unit="r")
    found = side_by_side({"one": index}, parts=True)
    assert value(found, "n", "one", "statistic") == 3.0
    assert value(found, "n", "one", "part") == pytest.approx(2 / 3)


# Laws


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=8), digits=st.integers(0, 10)
)
def test_statistics_are_those_of_the_standard_library(values: list[tuple[int, int]], digits: int):
    data = {"u": list(range(len(values))), "x": [float(x) for x, _ in values], "y": [float(y) for _, y in values]}
    result = dea(Panel(data, unit="u", inputs="x", outputs="y"))
    best = max(y / x for x, y in values)
    scores = [y / x / best for x, y in values]
    found = side_by_side({"one": result}, by="unit", digits=digits)
    assert value(found, "mean", "one") == pytest.approx(statistics.fmean(scores))
    assert value(found, "standard_deviation", "one") == pytest.approx(statistics.stdev(scores), abs=1e-9)
    assert value(found, "smallest", "one") == pytest.approx(min(scores))
    assert value(found, "on_frontier", "one") == sum(s > 1 - 1e-7 for s in scores)
    assert [value(found, str(u), "one") for u in data["u"]] == pytest.approx(scores)
    cells = [cell for _, _, cells in found.table.lines() for cell in cells]
    decimals = [len(cell.text.partition(".")[2]) for cell in cells if "." in cell.text]
    assert set(decimals) <= {digits}


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(3)))
def test_columns_follow_the_order_of_the_models(order: list[int]):
    calls = {"crs": dea(firms()), "vrs": dea(firms(), returns="vrs"), "sbm": sbm(firms())}
    names = [list(calls)[i] for i in order]
    found = side_by_side({name: calls[name] for name in names})
    reference = side_by_side(calls)
    assert list(found.frame)[2:] == names
    assert {n: found.frame[n] for n in names} == {n: reference.frame[n] for n in names}


def test_numbers_are_rounded_without_a_negative_zero():
    from hetao.measure.tables.cells import number

    assert [number(v, 2).text for v in (-0.001, 0.0, -0.005001, 1.0, -12.345, math.nan, None)] == [
        "0.00",
        "0.00",
        "−0.01",
        "1.00",
        "−12.35",
        "–",
        "",
    ]
    assert number(-0.4, 0).text == "0"


# What every result has


def test_titles_are_the_calls_names_numbered_where_they_repeat():
    found = side_by_side([dea(firms()), sbm(firms()), dea(firms(), returns="vrs")])
    assert list(found.frame) == ["row", "figure", "dea 1", "sbm", "dea 2"]


def test_one_result_is_a_table_of_one_column():
    assert side_by_side(dea(firms())).frame == side_by_side([dea(firms())]).frame


def test_notes_name_each_convention_once():
    one, two = dea(firms()), sbm(firms())
    found = side_by_side([one, two, one])
    for language in ("en", "zh"):
        with use_language(language):
            lines = found.summary().splitlines()
            joint = "：" if language == "zh" else ": "
            assert sum(line.endswith(f"(1), (3) dea{joint}{one.convention}") for line in lines) == 1
            assert sum(line.endswith(f"(2) sbm{joint}{two.convention}") for line in lines) == 1
            assert repr(found) == found.summary()


def test_the_language_is_that_of_the_moment_of_printing():
    found = side_by_side({Text("规模报酬不变", "constant returns"): dea(firms())}, caption=Text("效率", "Efficiency"))
    assert "constant returns" in found.summary()
    assert list(found.frame) == ["row", "figure", "constant returns"]
    with use_language("zh"):
        assert found.summary().startswith("效率\n")
        assert list(found.frame) == ["row", "figure", "规模报酬不变"]
        assert "注：" in found.summary()
        assert "标准差" in found.summary()


@pytest.mark.parametrize(
    ("kind", "expected"), [(dict, dict), (pd.DataFrame, pd.DataFrame), (pl.DataFrame, pl.DataFrame)]
)
def test_the_frame_is_of_the_callers_kind(kind: Any, expected: type):
    found = side_by_side([dea(firms(kind))]).frame
    assert type(found) is expected
    assert next(iter(found["dea"])) == pytest.approx(0.7)


def test_the_fingerprint_tells_models_and_options(regressions: dict[str, Any]):
    found = side_by_side(regressions, digits=2)
    assert found.fingerprint["call"] == "side_by_side"
    assert found.fingerprint["models"] == [model.fingerprint for model in regressions.values()]
    assert found.fingerprint["options"]["digits"] == 2
    assert found.fingerprint["options"]["titles"] == ("both", "slope only")
    other = side_by_side([dea(firms())]).fingerprint["data_sha256"]
    assert other == side_by_side([sbm(firms())]).fingerprint["data_sha256"] != found.fingerprint["data_sha256"]
    with pytest.raises(AttributeError):
        found.name = "other"  # type: ignore[misc]


def test_it_pickles(regressions: dict[str, Any]):
    for found in (side_by_side(regressions), side_by_side([dea(firms(pd.DataFrame))], by="unit")):
        again = pickle.loads(pickle.dumps(found))
        assert again.summary() == found.summary()
        assert type(again.frame) is type(found.frame)
        assert again.fingerprint == found.fingerprint


# Faults


def test_different_kinds_are_refused_with_their_names(regressions: dict[str, Any]):
    one = composite({"r": ["a", "b"], "p": [1.0, 2.0], "q": [2.0, 1.0]}, tree=TREE, unit="r")
    mixed = [dea(firms()), malmquist(two_years()), one, *regressions.values()]
    (problem,) = told(mixed)
    assert problem.describe("en") == (
        "side_by_side(models): found models of different kinds: scores, indices, composite indices, regressions; "
        "expected models of one kind. Remedy: make a table of each kind"
    )
    assert problem.describe("zh") == (
        "side_by_side(models)：发现不同类的模型：得分、指数、综合指数、回归；应为同一类的模型。处理：每类各作一表"
    )


def test_everything_wrong_is_told_at_once():
    problems = told(
        {"a": dea(firms()), "row": 3, " ": malmquist(two_years())},
        by="all",
        digits=11,
        below="p",
        stars=(0.05, 0.1),
        parts=1,
        first=[1],
        labels={"x": ""},
        caption="",
    )
    assert [p.code.removeprefix("side_by_side.") for p in problems] == [
        *["models"] * 4,
        *("by", "below", "parts", "digits", "stars", "caption", "first", "labels"),
    ]
    for problem in problems:
        assert problem.found.zh
        assert problem.found.en
        assert problem.describe("zh") != problem.describe("en")


@pytest.mark.parametrize("models", [[], {}, [1] * 21, 5, "dea", None])
def test_no_models_or_too_many_are_refused(models: Any):
    problems = told(models)
    assert {p.code for p in problems} == {"side_by_side.models"}
    assert "1 to 20 results" in problems[0].expected.en


def test_results_that_have_no_column_are_refused():
    data = {"u": [*"abc"] * 2, "t": [1] * 3 + [2] * 3, "v": [1.0, 2.0, 3.0, 2.0, 1.0, 4.0]}
    (problem,) = told([dea(firms()), markov(data, value="v", unit="u", period="t", classes=2)])
    assert problem.found.en == "number 2: markov"


@pytest.mark.parametrize(
    "titles",
    [
        ("figure", "b"),
        ("", "b"),
        (1, "b"),
        ("a", " a"),
        (Text("甲", ""), "b"),
        (Text("甲", "a"), Text("甲", "b")),
        (Text("甲", "a"), Text("乙", "a")),
    ],
)
def test_titles_are_texts_that_differ(titles: tuple[Any, Any]):
    problems = told(dict.fromkeys(titles, dea(firms())))
    assert [p.code for p in problems] == ["side_by_side.models"]


@pytest.mark.parametrize(
    "stars", [(0.1, 0.1), (0.0,), (1.0,), (0.1, 0.05, 0.01, 0.001), "0.1", 1.5, ("a",), (True,), {0.1: 1}]
)
def test_stars_are_falling_shares(stars: Any):
    assert [p.code for p in told([dea(firms())], stars=stars)] == ["side_by_side.stars"]


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        ("digits", True),
        ("digits", -1),
        ("digits", 2.0),
        ("first", 3),
        ("labels", ["a"]),
        ("labels", {1: "a"}),
        ("caption", 5),
    ],
)
def test_options_out_of_range_are_refused(option: str, wrong: Any):
    (problem,) = told([dea(firms())], **{option: wrong})
    assert problem.code == f"side_by_side.{option}"


def test_a_name_that_no_model_has_is_refused(regressions: dict[str, Any]):
    problems = told(regressions, first="rain", labels={"rain": "r", "slope": "canal"})
    assert [p.code for p in problems] == ["side_by_side.first", "side_by_side.labels", "side_by_side.labels"]
    assert "'slope', 'canal'" in problems[0].expected.en
    assert "the same name more than once: 'canal'" in problems[2].found.en
    (problem,) = told([dea(firms())], first="technical")
    assert problem.expected.en == "parts=True"
    assert [p.code for p in told([malmquist(two_years())], parts=True, labels={"index": "i"})] == [
        "side_by_side.labels"
    ]
    assert [p.code for p in told(regressions, first=["slope", "slope"])] == ["side_by_side.first"]


def test_units_and_parts_are_not_those_of_regressions(regressions: dict[str, Any]):
    problems = told(regressions, by="unit", parts=True)
    assert [p.code for p in problems] == ["side_by_side.by", "side_by_side.parts"]


def test_rows_with_other_keys_are_refused_by_unit():
    both = [dea(firms()), dea(two_years())]
    assert [p.code for p in told(both, by="unit")] == ["side_by_side.by"]
    assert value(side_by_side(both), "n", "dea 2") == 7

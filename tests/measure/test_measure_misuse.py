"""What a new user ran into: names, orders, extremes, pickles, files, interruptions."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import hetao.measure as measure
from frontiers import draw, numbers, panel_of, refused
from hetao import Panel
from hetao.errors import ModelError, PanelError
from hetao.figures.frozen import Frozen
from hetao.measure.inference import replications
from hetao.measure.reserved import KEYS, QUANTITIES

PRICES = {"x1": "w1", "x2": "w2", "y1": "p1", "y2": "p2"}


def everything(panel: Panel) -> dict[str, Any]:
    """Return a result of every call that takes a panel with periods, groups, bads and prices."""
    alone = Panel(p_frame(panel), **roles(panel, bads=()))
    whole, links = measure.dea(panel), panel.outputs[0]
    index = measure.malmquist(panel)
    simple = (
        "additive sbm russell directional nonradial_directional hyperbolic range_directional cost revenue profit "
        "cross_efficiency returns_to_scale metafrontier malmquist_luenberger luenberger hicks_moorsteen fare_primont "
        "fisher tornqvist metafrontier_index"
    )
    made = {name: getattr(measure, name)(panel) for name in simple.split()}
    return made | {
        "dea": whole,
        "fdh": measure.dea(panel, returns="fdh"),
        "super": measure.sbm(alone, super_efficiency=True),
        "order_m": measure.order_m(panel, m=3),
        "order_alpha": measure.order_alpha(panel, alpha=0.9),
        "two_stage": measure.two_stage(panel, links=links),
        "malmquist": index,
        "vrs": measure.malmquist(panel, returns="vrs"),
        "bias": measure.malmquist(panel, bias=True),
        "boot": measure.bootstrap(whole, replications=10),
        "boot index": measure.bootstrap_index(index, replications=10),
    }


def p_frame(panel: Panel) -> dict[str, Any]:
    points = np.hstack([panel.X, panel.Y, panel.B]).T
    names = (*panel.inputs, *panel.outputs, *panel.bads)
    return {"u": panel.units, "t": panel.row_periods} | dict(zip(names, points, strict=True))


def roles(panel: Panel, **changed: Any) -> dict[str, Any]:
    return {"unit": "u", "period": "t", "inputs": panel.inputs, "outputs": panel.outputs, "bads": panel.bads} | changed


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return everything(panel_of(draw(81, 6, periods=2), period="t", group="g", bads="b", prices=PRICES))


def tables(result: Any) -> list[dict[str, Any]]:
    return [*result._tables().values(), *([result.multipliers] if hasattr(result, "slacks") else [])]


def test_every_column_of_every_table_is_reserved_or_the_panels_own(results: dict[str, Any]):
    own = {"u", "t", "x1", "x2", "y1", "y2", "b"}
    for name, result in results.items():
        for table in tables(result):
            new = {column for column in table if column not in own and "(" not in column}
            parts = {column for column in new if column.endswith(("_bias", "_lower", "_upper", "_significant"))}
            assert new - parts - QUANTITIES <= KEYS, (name, new - KEYS)


@pytest.mark.parametrize("taken", ["score", "status", "index", "peer"])
def test_a_key_named_as_a_results_own_column_is_refused(taken: str):
    data = draw(82, 5)
    renamed = {taken if name == "u" else name: values for name, values in data.items()}
    assert refused(measure.dea, panel_of(renamed, unit=taken)) == ["dea.panel"]


def test_an_input_named_intercept_is_refused():
    data = draw(82, 5) | {"intercept": [1.0] * 5}
    assert refused(measure.dea, panel_of(data, inputs=["x1", "intercept"])) == ["dea.panel"]


def test_results_pickle_and_copy_with_where_rows_land(results: dict[str, Any]):
    for name, result in results.items():
        for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
            assert again.summary() == result.summary(), name
            for mine, theirs in zip(tables(again), tables(result), strict=True):
                assert mine == theirs


def test_every_table_is_plain_json(results: dict[str, Any]):
    for result in results.values():
        for table in tables(result):
            json.dumps(table)
        json.dumps(result.fingerprint, default=dict)


def test_nothing_can_be_changed(results: dict[str, Any]):
    panel = results["dea"].panel
    with pytest.raises(AttributeError, match="immutable"):
        panel.X = panel.X * 2
    with pytest.raises(TypeError):
        panel.prices["x1"] = np.zeros(12)
    for table in (results["dea"].options, results["cost"].parts, results["malmquist"].values):
        assert isinstance(table, Frozen)
        with pytest.raises(TypeError):
            table["index"] = 1
    for array in (results["dea"].projections.targets, results["malmquist"].values["index"], results["boot"].limits):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


def test_ordered_categories_and_enums_set_the_order_of_periods():
    data = {"u": ["a"] * 3, "x": [1.0] * 3, "y": [4.0, 1.0, 2.0]}
    months, order = ["Mar", "Jan", "Feb"], ["Jan", "Feb", "Mar"]
    pandas = pd.DataFrame(data | {"t": pd.Categorical(months, categories=order, ordered=True)})
    polars = pl.DataFrame(data | {"t": pl.Series(months, dtype=pl.Enum(order))})
    for frame in (pandas, polars):
        found = measure.malmquist(Panel(frame, unit="u", period="t", inputs="x", outputs="y")).changes
        assert list(found["period_from"]) == ["Jan", "Feb"]
        assert list(found["index"]) == pytest.approx([2.0, 2.0])


@pytest.mark.parametrize(
    ("columns", "options", "code"),
    [
        ({"t": ["9", "10"]}, {"period": "t"}, "panel.text_periods"),
        ({}, {"unit": None}, "panel.not_names"),
        ({}, {"unit": ["u"]}, "panel.not_names"),
        ({}, {"group": ["u"]}, "panel.not_names"),
        ({}, {"period": 0}, "panel.not_names"),
        ({}, {"prices": ["w"]}, "panel.not_names"),
        ({}, {"prices": {"x": ["w"]}}, "panel.not_names"),
        ({"x": {1.0, 2.0}}, {}, "panel.no_column"),
        ({1: [1.0, 2.0], "1": [3.0, 4.0]}, {}, "panel.repeated_column"),
    ],
    ids=str,
)
def test_what_a_panel_cannot_read_is_told_as_such(columns: Any, options: Any, code: str):
    data = {"u": ["a", "a"] if "t" in columns else ["a", "b"], "x": [1.0, 2.0], "y": [1.0, 2.0]} | columns
    with pytest.raises(PanelError) as caught:
        Panel(data, **({"unit": "u", "inputs": "x", "outputs": "y"} | options))
    assert [p.code for p in caught.value.problems] == [code]


@pytest.mark.parametrize("power", [3, 5, 7])
def test_a_hyperbolic_score_holds_at_the_far_end(power: int):
    size = 10.0**power
    panel = Panel({"u": [0, 1], "x": [1.0, size], "y": [size, 1.0]}, unit="u", inputs="x", outputs="y")
    assert measure.hyperbolic(panel).scores["score"] == pytest.approx([1.0, 1.0 / size], rel=1e-6)


@pytest.mark.parametrize("power", [6, 8, 10])
def test_a_score_that_is_very_large_is_a_number_and_not_called_endless(power: int):
    size = 10.0**power
    panel = Panel({"u": [0, 1], "x": [1.0, size], "y": [size, 1.0]}, unit="u", inputs="x", outputs="y")
    scores = measure.dea(panel, orientation="output").scores
    assert "unbounded" not in scores["status"]
    assert scores["score"][0] == pytest.approx(1.0)


def test_no_limit_is_still_called_so():
    panel = Panel({"u": [0, 1], "x": [0.0, 1.0], "y": [1.0, 1.0]}, unit="u", inputs="x", outputs="y")
    assert measure.dea(panel, orientation="output").scores["status"] == ["unbounded", "unbounded"]


def test_a_unit_without_a_score_cannot_be_bootstrapped_and_is_named():
    panel = Panel({"u": list("ABC"), "x": [1.0, 2.0, 3.0], "y": [1.0, 3.0, 0.0]}, unit="u", inputs="x", outputs="y")
    for orientation in ("input", "output"):
        with pytest.raises(ModelError) as caught:
            measure.bootstrap(measure.dea(panel, orientation=orientation), replications=10)
        assert [p.code for p in caught.value.problems] == ["bootstrap.result"]
        assert "2" in caught.value.problems[0].found.en


def test_lost_changes_are_counted_in_the_summary():
    data = draw(83, 4, periods=2)
    short = {name: values[:-1] for name, values in data.items()}
    assert "optimal 3, missing 1" in measure.malmquist(panel_of(short, period="t")).summary()


def test_one_unit_alone_judges_itself_or_nobody():
    panel = Panel({"u": ["a"], "x": [1.0], "y": [1.0]}, unit="u", inputs="x", outputs="y")
    assert measure.cross_efficiency(panel).scores["score"] == pytest.approx([1.0])
    others = measure.cross_efficiency(panel, self_appraisal=False)
    assert others.scores["status"] == ["infeasible"]
    assert others.multipliers["x"] == [None]


@pytest.mark.parametrize("name", ["a.csv", "folder", "no/such/a.xlsx"])
def test_a_file_that_cannot_be_a_workbook_is_refused(name: str, tmp_path: Path, results: dict[str, Any]):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ModelError, match="xlsx"):
        results["dea"].to_excel(tmp_path / name)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, results: dict[str, Any]):
    with pytest.raises(ModelError) as caught:
        results["dea"].to_excel(tmp_path / ("n" * 300 + ".xlsx"))
    assert [p.code for p in caught.value.problems] == ["to_excel.not_written"]


def test_a_table_longer_than_a_sheet_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, results: dict[str, Any]
):
    monkeypatch.setattr("hetao.measure.export.ROWS_AT_MOST", 3)
    with pytest.raises(ModelError) as caught:
        results["dea"].to_excel(tmp_path / "a.xlsx")
    assert {p.code for p in caught.value.problems} == {"to_excel.rows"}


def test_numbers_beyond_all_bounds_are_refused():
    panel = panel_of(draw(84, 5))
    assert refused(measure.order_m, panel, m=10**400) == ["order_m.m"]
    assert refused(measure.directional, panel, direction={"x1": 10**400}) == ["directional.direction"] * 2
    with pytest.raises(ModelError), measure.computing(threads=10**30):
        pass
    with measure.computing(threads=np.int64(1)):
        assert measure.order_m(panel, m=np.int64(2)).scores["status"] == ["optimal"] * 5


def test_ray_desli_has_no_bias_parts():
    panel = panel_of(draw(85, 5, periods=2), period="t")
    codes = refused(measure.malmquist, panel, returns="vrs", decomposition="ray-desli", bias=True)
    assert codes == ["malmquist.bias"]


def test_an_interrupt_gives_up_the_replications_that_are_left(monkeypatch: pytest.MonkeyPatch):
    result, begun = measure.dea(panel_of(draw(86, 60)), returns="vrs"), []
    batch = replications._batch

    def counted(*given: Any) -> Any:
        begun.append(1)
        return batch(*given)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replications, "_batch", counted)
    with pytest.raises(KeyboardInterrupt), measure.computing(progress=stop, threads=2):
        measure.bootstrap(result, replications=20_000)
    known = len(begun)
    assert known < 100  # of 800 batches
    assert measure.bootstrap(result, replications=10).replicates.shape == (10, 60)


def test_many_units_over_time_are_drawn_as_bands():
    n = 100
    data = {"u": list(range(n)) * 3, "t": np.repeat([2020, 2021, 2022], n).tolist()}
    random = np.random.default_rng(1)
    data |= {"x": random.uniform(1, 2, 3 * n), "y": random.uniform(1, 2, 3 * n)}
    panel = Panel(data, unit="u", period="t", inputs="x", outputs="y")
    for result in (measure.dea(panel), measure.malmquist(panel)):
        axes = result.plot().axes[0]
        assert len(axes.lines) == 1
        assert len(axes.collections) == 2
        assert all(float(tick).is_integer() for tick in axes.get_xticks())


def test_periods_of_any_kind_are_drawn():
    data = draw(87, 3, periods=2)
    data["t"] = [pd.Period(f"202{t}") for t in data["t"]]
    assert measure.dea(panel_of(data, period="t")).plot().axes
    assert numbers(measure.malmquist(panel_of(data, period="t")).changes["index"]).shape == (3,)

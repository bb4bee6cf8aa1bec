"""Results: summary, notebook view, workbook, plot, fingerprint, immutability and conventions."""

from __future__ import annotations

import dataclasses
import json
import sys
import warnings
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import Certificate, FrontierResult, IndexResult, Result, dea, directional, malmquist
from hetao.measure import malmquist_luenberger as ml
from hetao.text import use_language

DATA: dict[str, list[Any]] = {
    "地区": ["甲", "乙", "<b>丙</b>", "甲", "乙", "<b>丙</b>"],
    "年": [2000, 2000, 2000, 2001, 2001, 2001],
    "水": [2.0, 4.0, 0.0, 2.0, 3.0, 5.0],
    "产出": [1.0, 3.0, 0.0, 2.0, 3.0, 2.0],
    "废水": [1.0, 2.0, 2.0, 1.0, 1.0, 1.0],
}
CALLS: dict[str, Callable[[Panel], Result]] = {
    "dea": lambda p: dea(p),
    "dea fdh": lambda p: dea(p, returns="fdh", orientation="output"),
    "super-efficiency": lambda p: dea(p, returns="vrs", super_efficiency=True),
    "directional": lambda p: directional(p),
    "malmquist": lambda p: malmquist(p, orientation="input"),
    "malmquist global": lambda p: malmquist(p, reference="global", returns="vrs"),
    "malmquist-luenberger": lambda p: ml(p),
}
KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "mapping": dict,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "lazy polars": pl.LazyFrame,
}
TABLES = {
    FrontierResult: ("scores", "peers", "slacks", "targets", "multipliers"),
    IndexResult: ("changes", "distances"),
}


def panel(frame: Any = None, **roles: Any) -> Panel:
    chosen: dict[str, Any] = {"unit": "地区", "period": "年", "inputs": "水", "outputs": "产出", "bads": "废水"}
    return Panel(DATA if frame is None else frame, **(chosen | roles))


def first_year(kind: Callable[[dict[str, Any]], Any] = dict) -> Panel:
    return panel(kind({name: values[:3] for name, values in DATA.items()}), period=None)


def plain(frame: Any) -> dict[str, list[Any]]:
    """Return any kind of frame as lists, with None for what is missing."""
    if isinstance(frame, pl.DataFrame):
        frame = frame.to_dict(as_series=False)
    elif isinstance(frame, pa.Table):
        frame = frame.to_pydict()
    elif isinstance(frame, pd.DataFrame):
        frame = {name: frame[name].tolist() for name in frame}
    return {n: [None if isinstance(v, float) and np.isnan(v) else v for v in values] for n, values in frame.items()}


# Tables in the caller's kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", CALLS)
def test_every_table_is_the_same_in_the_callers_kind(call: str, kind: str):
    result, reference = CALLS[call](panel(KINDS[kind](DATA))), CALLS[call](panel())
    expected_type = pl.DataFrame if kind == "lazy polars" else type(KINDS[kind](DATA))
    for name in TABLES[type(result)]:
        found = getattr(result, name)
        assert type(found) is expected_type
        assert plain(found) == getattr(reference, name)


def test_scores_have_the_callers_keys_the_score_and_its_status():
    table = dea(panel()).scores
    assert list(table) == ["地区", "年", "score", "status"]
    assert table["地区"] == DATA["地区"]
    assert (table["score"][2], table["status"][2]) == (None, "unbounded")
    assert list(dea(first_year()).scores) == ["地区", "score", "status"]


def test_changes_have_the_unit_both_periods_the_parts_and_the_status():
    table = malmquist(panel(), returns="vrs").changes
    parts = ["index", "efficiency_change", "technical_change", "pure_efficiency_change", "scale_change"]
    assert list(table) == ["地区", "period_from", "period_to", *parts, "status"]
    assert (set(table["period_from"]), set(table["period_to"])) == ({2000}, {2001})


def test_peers_of_a_pooled_frontier_name_their_period():
    table = dea(panel(), orientation="output", reference="global").peers
    assert list(table) == ["地区", "年", "peer", "peer_period", "weight"]
    assert set(table["peer_period"]) <= {2000, 2001}
    assert "peer_period" not in dea(first_year(), orientation="output").peers


def test_free_disposal_has_one_peer_each_and_no_prices():
    data = DATA | {"水": [2.0, 4.0, 3.0, 2.0, 3.0, 5.0], "产出": [1.0, 3.0, 1.0, 2.0, 3.0, 2.0]}
    result, n = dea(panel(data), returns="fdh", orientation="output"), len(DATA["年"])
    peers, targets, slacks, score = result.peers, result.targets, result.slacks, result.scores["score"]
    assert peers["地区"] == DATA["地区"]
    assert peers["weight"] == [1.0] * n
    assert result.multipliers["水"] == result.multipliers["intercept"] == [None] * n
    keys = list(zip(data["地区"], data["年"], strict=True))
    for row, peer in enumerate(zip(peers["peer"], peers["peer_period"], strict=True)):
        at = keys.index(peer)
        assert (targets["水"][row], targets["产出"][row]) == (data["水"][at], data["产出"][at])
        assert slacks["水"][row] == pytest.approx(data["水"][row] - data["水"][at])
        assert slacks["产出"][row] == pytest.approx(data["产出"][at] - score[row] * data["产出"][row])


# Words


@pytest.mark.parametrize("call", CALLS)
def test_the_summary_states_convention_spread_statuses_and_proof(call: str):
    result = CALLS[call](panel())
    for language in ("en", "zh"):
        with use_language(language):
            text = result.summary()
            assert str(result.convention) in text
            assert text.startswith(f"{result.name}: ")
            assert all(f"{name} {count}" in text for name, count in result.certificate.statuses.items())
            assert repr(result) == text
    assert result.convention.zh != result.convention.en


def test_a_result_without_one_number_still_has_a_summary():
    one = Panel({"u": ["a"], "x": [0.0], "y": [1.0]}, unit="u", inputs="x", outputs="y")
    assert "unbounded 1" in dea(one).summary()
    gone = {"u": ["a", "b"], "t": [1, 2], "x": [1.0, 1.0], "y": [1.0, 1.0]}
    lost = malmquist(Panel(gone, unit="u", period="t", inputs="x", outputs="y"))
    assert lost.changes["status"] == ["missing", "missing"]
    assert "geometric mean" not in lost.summary()


CONVENTIONS = [
    (
        dea,
        {},
        ["θ", "≤ 1", "constant", "each period's own frontier", "bads are left out"],
        ["投入导向", "规模报酬不变"],
    ),
    (
        dea,
        {"orientation": "output", "returns": "fdh", "reference": "global"},
        ["φ", "≥ 1", "free disposal hull", "one global frontier"],
        ["产出导向", "自由处置包", "全局前沿"],
    ),
    (dea, {"super_efficiency": True}, ["may cross 1"], ["超效率可越过 1"]),
    (directional, {}, ["β ≥ 0", "observed", "equality"], ["方向距离", "等式"]),
    (
        directional,
        {"returns": "vrs", "disposability": "strong", "direction": {"产出": "observed", "水": 2.0}},
        ["inequality", "产出: observed, 水: 2.0", "variable"],
        ["不等式", "规模报酬可变"],
    ),
    (directional, {"returns": "vrs", "disposability": "kuosmanen"}, ["Kuosmanen"], ["Kuosmanen"]),
    (malmquist, {}, ["> 1 is growth", "output orientation", "bads are left out"], ["> 1 为增长", "产出导向"]),
    (malmquist, {"returns": "vrs", "orientation": "input"}, ["pure and scale", "input"], ["纯效率与规模", "投入"]),
    (ml, {}, ["> 1 is growth", "(0, y, b)", "equality"], ["绿色", "> 1 为增长", "等式"]),
    (ml, {"disposability": "strong", "reference": "sequential"}, ["inequality", "up to"], ["不等式", "序列前沿"]),
]


@pytest.mark.parametrize(("call", "options", "en", "zh"), CONVENTIONS)
def test_the_convention_says_what_the_number_means(call: Any, options: dict[str, Any], en: list[str], zh: list[str]):
    convention = call(panel(), **options).convention
    assert all(words in convention.en for words in en)
    assert all(words in convention.zh for words in zh)


def test_without_bads_the_convention_says_so():
    assert "no bads" in directional(panel(bads=())).convention.en


@pytest.mark.parametrize("call", CALLS)
def test_the_notebook_view_escapes_what_the_data_say(call: str):
    page = CALLS[call](panel())._repr_html_()
    assert "<b>" not in page
    assert "&lt;b&gt;丙&lt;/b&gt;" in page
    assert page.count("<tr>") == page.count("</tr>") > 1


def test_the_notebook_view_shows_gaps_and_counts_what_it_leaves_out():
    page = dea(panel())._repr_html_()
    assert "<td>–</td>" in page
    assert "<p>…" not in page
    many = {"u": list(range(25)), "x": [1.0] * 25, "y": [1.0] * 25}
    page = dea(Panel(many, unit="u", inputs="x", outputs="y"))._repr_html_()
    assert page.count("<tr>") == 21
    assert "<p>… 5</p>" in page


# Workbook


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("kind", ["mapping", "pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("call", CALLS)
def test_the_workbook_holds_every_table_in_full(call: str, kind: str, tmp_path: Path):
    result = CALLS[call](panel(KINDS[kind](DATA)))
    result.to_excel(tmp_path / "result.xlsx")
    found = sheets(tmp_path / "result.xlsx")
    names = TABLES[type(result)]
    assert list(found) == ["about", *names]
    for name in names:
        table = plain(getattr(result, name))
        header, *rows = found[name]
        assert header == list(table)
        expected = [["" if v is None else v for v in row] for row in zip(*table.values(), strict=True)]
        assert [len(row) for row in rows] == [len(row) for row in expected]
        for found_value, value in zip(chain(*rows), chain(*expected), strict=True):
            assert found_value == (pytest.approx(value, rel=1e-15) if isinstance(value, float) else value)


def test_the_first_sheet_states_what_the_numbers_mean_and_depend_on(tmp_path: Path):
    result = directional(panel())
    result.to_excel(str(tmp_path / "result.xlsx"))
    about = dict(row[:2] for row in sheets(tmp_path / "result.xlsx")["about"])
    assert about["convention"] == result.convention.en
    assert about["data_sha256"] == result.panel.fingerprint
    assert "'disposability': 'weak'" in about["options"]
    assert float(about["gap"]) <= 1e-8
    assert "infeasible" not in about["statuses"]


def test_the_workbook_is_in_the_language_in_use(tmp_path: Path):
    with use_language("zh"):
        dea(panel()).to_excel(tmp_path / "result.xlsx")
    assert list(sheets(tmp_path / "result.xlsx")) == ["关于", "得分", "参照单元", "松弛量", "目标值", "影子价格"]


@pytest.mark.parametrize("call", CALLS)
def test_equal_results_give_equal_bytes(call: str, tmp_path: Path):
    for name in ("one", "two"):
        CALLS[call](panel()).to_excel(tmp_path / f"{name}.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path):
    frame = {"u": ["=1+1", "http://a.b"], "x": [1.0, 1.0], "y": [1.0, 1.0]}
    dea(Panel(frame, unit="u", inputs="x", outputs="y")).to_excel(tmp_path / "result.xlsx")
    assert [row[0] for row in sheets(tmp_path / "result.xlsx")["scores"]] == ["u", "=1+1", "http://a.b"]


# Plot


def words_of(figure: Any) -> list[Any]:
    (axes,) = figure.axes
    legend = axes.get_legend()
    labels = [axes.title, axes.xaxis.label, *axes.get_xticklabels(), *axes.get_yticklabels()]
    return [*labels, *(legend.get_texts() if legend else [])]


@pytest.mark.parametrize("call", CALLS)
def test_a_plot_draws_every_word_in_a_font_that_has_it(call: str):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from hetao.fonts import covers, matplotlib_family

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        figure = CALLS[call](panel()).plot()
        FigureCanvasAgg(figure).draw()
    words = words_of(figure)
    assert {w.get_fontfamily()[0] for w in words} == {matplotlib_family()}
    assert covers("".join(w.get_text() for w in words)) == ""


def test_a_cross_section_is_drawn_as_bars_in_order():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = dea(first_year()).plot()
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    widths = [bar.get_width() for bar in axes.patches]
    assert np.isnan(widths[0])
    assert widths[1:] == sorted(widths[1:])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["<b>丙</b>", "甲", "乙"]
    assert axes.get_title() == "dea (1 without an optimal score, left out)"


def test_a_gap_stays_a_gap():
    (axes,) = dea(panel()).plot().axes
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.get_lines()}
    assert np.isnan(lines["<b>丙</b>"][0])
    assert np.isfinite(lines["甲"]).all()


def test_an_index_is_chained_from_one():
    rows = {"u": ["a"] * 3, "t": [1, 2, 3], "x": [1.0] * 3, "y": [1.0, 2.0, 6.0]}
    result = malmquist(Panel(rows, unit="u", period="t", inputs="x", outputs="y"))
    (line,) = result.plot().axes[0].get_lines()
    assert list(line.get_xdata()) == [1, 2, 3]
    assert list(line.get_ydata()) == pytest.approx([1.0, 2.0, 6.0])


def test_an_index_of_differences_is_chained_from_zero():
    result = dataclasses.replace(malmquist(panel()), growth="difference")
    assert (result.start, result.chain(1.0, 0.25)) == (0.0, 1.25)
    assert (malmquist(panel()).start, malmquist(panel()).chain(2.0, 0.25)) == (1.0, 0.5)
    assert "index: mean" in result.summary()


def test_units_seen_late_are_left_out_of_the_chain_and_counted():
    rows = {"u": ["a", "a", "a", "b"], "t": [1, 2, 3, 3], "x": [1.0] * 4, "y": [1.0] * 4}
    (axes,) = malmquist(Panel(rows, unit="u", period="t", inputs="x", outputs="y")).plot().axes
    assert [line.get_label() for line in axes.get_lines()] == ["a"]
    assert "1 without an optimal score" in axes.get_title()


def test_nothing_to_draw_is_an_empty_picture():
    rows = {"u": ["a", "b"], "t": [1, 2], "x": [1.0] * 2, "y": [1.0] * 2}
    (axes,) = malmquist(Panel(rows, unit="u", period="t", inputs="x", outputs="y")).plot().axes
    assert all(np.isnan(line.get_ydata()[-1]) for line in axes.get_lines())


def test_many_lines_are_pale_beside_their_median():
    units = [f"u{i}" for i in range(13)]
    rows = {"u": units * 2, "t": [1] * 13 + [2] * 13, "x": [1.0] * 26, "y": [1.0] * 26}
    many = Panel(rows, unit="u", period="t", inputs="x", outputs="y")
    axes = dea(many).plot().axes[0]
    assert [words.get_text() for words in axes.get_legend().get_texts()] == ["median"]
    assert len({line.get_color() for line in axes.get_lines()}) == 2  # all pale, and the median
    assert axes.get_lines()[-1].get_ydata().tolist() == [1.0, 1.0]
    assert {words.get_text() for words in axes.texts} <= set(units)
    assert len(dea(panel()).plot().axes[0].get_legend().get_texts()) > 1


def test_without_matplotlib_a_plot_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ModelError, match=r"pip install 'hetao\[plot\]'"):
        dea(panel()).plot()


# Proof, fingerprint, immutability


def test_the_certificate_summarises_every_programme():
    proof = dea(panel()).certificate
    assert proof.statuses == {"optimal": 5, "unbounded": 1}
    assert (proof.programmes, proof.solved_again) == (6, 0)
    assert json.loads(json.dumps(proof.as_dict()))["statuses"] == {"optimal": 5, "unbounded": 1}


def test_the_certificate_takes_the_worst_and_ignores_what_has_no_number():
    parts = np.array([[1e-12, 2e-9, np.nan], [3e-10, 1e-11, 4e-9], [np.nan] * 3])
    status = np.array(["optimal", "optimal", "infeasible"], dtype=object)
    proof = Certificate.of(parts, status, np.array([1, 3, 1]))
    assert (proof.primal, proof.dual, proof.gap) == (3e-10, 2e-9, 4e-9)
    assert (proof.programmes, proof.solved_again, dict(proof.statuses)) == (3, 1, {"optimal": 2, "infeasible": 1})


def test_the_fingerprint_names_data_version_call_and_options():
    found = dea(panel()).fingerprint
    assert set(found) == {"data_sha256", "hetao", "call", "options", "seed"}
    assert found["options"] == {
        "orientation": "input",
        "returns": "crs",
        "super_efficiency": False,
        "reference": "contemporaneous",
        "by_group": False,
        "nondiscretionary": [],
        "weight_restrictions": [],
    }
    assert json.loads(json.dumps(found)) == found
    assert found == dea(panel()).fingerprint


def test_the_fingerprint_changes_with_data_call_and_options():
    changed = panel(DATA | {"水": [*DATA["水"][:-1], 5.000001]})
    results = [
        dea(panel()),
        dea(changed),
        dea(panel(), returns="vrs"),
        dea(panel(), super_efficiency=True),
        directional(panel()),
        directional(panel(), direction={"产出": 1.0}),
        directional(panel(), direction={"产出": 2.0}),
        malmquist(panel()),
        ml(panel()),
    ]
    assert len({json.dumps(r.fingerprint) for r in results}) == len(results)


@pytest.mark.parametrize("call", CALLS)
def test_a_result_cannot_be_changed(call: str):
    result = CALLS[call](panel())
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.name = "other"  # type: ignore[misc] # it is frozen
    with pytest.raises(TypeError):
        result.options["reference"] = "other"  # type: ignore[index] # it is read-only
    with pytest.raises(TypeError):
        result.certificate.statuses["optimal"] = 0  # type: ignore[index] # it is read-only
    for array in result._arrays():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("call", CALLS)
def test_changing_a_table_that_was_given_changes_nothing(call: str):
    result = CALLS[call](panel())
    for name in TABLES[type(result)]:
        before = plain(getattr(result, name))
        getattr(result, name).clear()
        assert getattr(result, name) == before


def test_a_workbook_in_a_folder_that_is_not_there_is_refused(tmp_path):
    result = dea(Panel({"u": ["a"], "x": [1.0], "y": [1.0]}, unit="u", inputs="x", outputs="y"))
    for path in (tmp_path, tmp_path / "absent" / "a.xlsx"):
        with pytest.raises(ModelError) as caught:
            result.to_excel(path)
        assert [p.code for p in caught.value.problems] == ["to_excel.path"]

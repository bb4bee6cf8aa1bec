"""Plots of what is inferred and of clubs, and what holds for every plot: words, fonts, room."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from frontiers import draw, panel_of
from hetao import Panel, measure
from hetao.errors import ModelError
from hetao.measure import (
    ConvergenceClubs,
    InfluenceResult,
    SecondStageResult,
    bootstrap,
    bootstrap_index,
    convergence_clubs,
    dea,
    growth_accounting,
    influential_units,
    malmquist,
    second_stage,
)
from hetao.text import Language, use_language

NAMES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽"]


def labels_of(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def marks(axes: Any, marker: str) -> list[Any]:
    return [line for line in axes.get_lines() if line.get_marker() == marker]


# Coefficients


def regression() -> SecondStageResult:
    random = np.random.default_rng(8)
    slope, noise = random.uniform(0, 10, 60), random.uniform(0, 1, 60)
    x = random.uniform(1, 5, 60)
    distance = 1.1 + 0.06 * slope + np.abs(random.normal(0, 0.1, 60))
    rows = {"u": list(range(60)), "x": x, "y": x / distance}
    scores = dea(Panel(rows, unit="u", inputs="x", outputs="y"), orientation="output")
    around = {"u": rows["u"], "坡度": slope, "noise": noise}
    return second_stage(scores, around, columns=["坡度", "noise"], algorithm=1, replications=100, seed=1)


def test_coefficients_stand_from_the_top_with_their_limits():
    found = regression()
    (axes,) = found.plot().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(found.names)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    segments = [s[:, 0] for s in axes.collections[0].get_segments()]
    assert np.array(segments) == pytest.approx(found.limits)
    assert [s[0, 1] for s in axes.collections[0].get_segments()] == [0, 1, 2, 3]
    filled, hollow = marks(axes, "o")
    assert hollow.get_markerfacecolor() == "white"
    holds = (found.limits[:, 0] <= 0.0) & (found.limits[:, 1] >= 0.0)
    assert holds.tolist() == [False, False, True, False]
    assert hollow.get_xdata() == pytest.approx(found.estimates[holds])
    assert filled.get_xdata() == pytest.approx(found.estimates[~holds])
    (zero,) = (line for line in axes.get_lines() if line.get_marker() == "None")
    assert list(zero.get_xdata()) == [0.0, 0.0]


# Influence


def influence(orientation: str = "input") -> InfluenceResult:
    """One unit far beyond the others, one that none of them is comparable with."""
    random = np.random.default_rng(3)
    x, y = random.uniform(4, 8, 20), random.uniform(2, 3, 20)
    x[3], y[3] = 4.0, 9.0
    x[8], y[8] = 9.0, 9.5  # more output than any other: none is comparable in the input form
    rows = {"u": [f"u{i}" for i in range(20)], "x": x, "y": y}
    return influential_units(
        dea(Panel(rows, unit="u", inputs="x", outputs="y"), returns="vrs", orientation=orientation), sets=1
    )


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_effects_are_drawn_against_order_m(orientation: str):
    found = influence(orientation)
    (axes,) = found.plot().axes
    alone = np.isnan(found.order_m)
    (dots,) = marks(axes, "o")
    assert dots.get_xdata() == pytest.approx(found.order_m[~alone])
    assert dots.get_ydata() == pytest.approx(100 * found.mean_effect[~alone])
    beyond = found.order_m - 1.0 if orientation == "input" else 1.0 - found.order_m
    lead = {f"u{i}" for i in np.argsort(-found.mean_effect)[:5] if found.mean_effect[i] > 0}
    out = {f"u{i}" for i in np.argsort(-np.nan_to_num(beyond, nan=-9))[:5] if beyond[i] > 0}
    assert set(labels_of(axes)) == lead | out
    assert "u3" in lead
    assert [line for line in axes.get_lines() if list(line.get_xdata()) == [1.0, 1.0]]


def test_a_unit_that_is_comparable_with_none_stands_in_a_column_of_its_own():
    for orientation, side in (("input", 1.0), ("output", -1.0)):
        found = influence(orientation)
        alone = np.isnan(found.order_m)
        (axes,) = found.plot().axes
        assert bool(alone.any()) == bool(marks(axes, "D"))
        if alone.any():
            (column,) = marks(axes, "D")
            assert (side * column.get_xdata() > side * np.nanmax(side * found.order_m) * side).all()
            assert column.get_ydata() == pytest.approx(100 * found.mean_effect[alone])
            assert [x.get_text() for x in axes.get_legend().get_texts()] == ["no unit is comparable"]
    assert np.isnan(influence("input").order_m).any()


def test_a_unit_seen_in_several_periods_is_named_with_its_period():
    data = draw(4, 6, periods=2)
    (axes,) = influential_units(dea(panel_of(data, period="t")), sets=1).plot().axes
    assert labels_of(axes)
    assert all(len(label.split()) == 2 for label in labels_of(axes))


def test_where_every_unit_is_comparable_there_is_no_column():
    rows = {"u": list("abcd"), "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 9.0, 4.0]}
    found = influential_units(dea(Panel(rows, unit="u", inputs="x", outputs="y"), orientation="input"), m=2, sets=1)
    shown = found.plot().axes[0]
    assert bool(marks(shown, "D")) == bool(np.isnan(found.order_m).any())
    data = {"u": list("abcd"), "x": [1.0, 1.0, 1.0, 2.0], "y": [2.0, 2.0, 2.0, 1.0]}
    even = influential_units(dea(Panel(data, unit="u", inputs="x", outputs="y")), sets=1)
    assert not np.isnan(even.order_m).any()
    (axes,) = even.plot().axes
    assert marks(axes, "D") == []
    assert axes.get_legend() is None
    assert labels_of(axes) == []


# Clubs


def clubs(n: int = 4, alone: bool = False) -> ConvergenceClubs:
    """Half of the units converge to 8 and half to 5; one more runs away, if asked for."""
    t = np.arange(1, 31)
    paths = {f"u{i}": (8.0 if i < n / 2 else 5.0) + (-1.0) ** i / t for i in range(n)}
    if alone:
        paths["far"] = 20.0 + 0.5 * t
    rows = {
        "c": [u for u in paths for _ in t],
        "t": [*(1990 + t)] * len(paths),
        "v": np.concatenate(list(paths.values())),
    }
    return convergence_clubs(rows, value="v", unit="c", period="t", logs=False, trend=None)


def test_paths_are_relative_to_the_mean_and_coloured_by_club():
    found = clubs()
    assert found.relative.mean(axis=1) == pytest.approx(np.ones(30))
    assert found.relative[-1] == pytest.approx(np.array([8 + 1 / 30, 8 - 1 / 30, 5 + 1 / 30, 5 - 1 / 30]) / 6.5)
    (axes,) = found.plot().axes
    thin = [line for line in axes.get_lines() if line.get_linewidth() == 0.7]
    thick = [line for line in axes.get_lines() if line.get_linewidth() > 2]
    assert np.array([line.get_ydata() for line in thin]) == pytest.approx(found.relative.T)
    assert [line.get_label() for line in thick] == ["club 1 (2)", "club 2 (2)"]
    for number, line in enumerate(thick, start=1):
        assert line.get_ydata() == pytest.approx(found.relative[:, found.club == number].mean(axis=1))
        own = [x for x, club in zip(thin, found.club, strict=True) if club == number]
        assert {x.get_color() for x in own} == {line.get_color()}
    assert set(labels_of(axes)) == set(found.units)
    assert list(thin[0].get_xdata()) == list(range(1991, 2021))


def test_a_unit_of_no_club_is_grey_and_has_no_mean():
    found = clubs(alone=True)
    assert found.club.tolist() == [1, 1, 2, 2, 0]
    (axes,) = found.plot().axes
    grey = [line for line in axes.get_lines() if line.get_color() == "#999999" and line.get_linestyle() == ":"]
    assert [len(line.get_xdata()) for line in grey] == [30, 0]
    assert [x.get_text() for x in axes.get_legend().get_texts()] == ["club 1 (2)", "club 2 (2)", "no club (1)"]


def test_of_many_units_the_band_of_each_club_is_drawn():
    found = clubs(n=90)
    (axes,) = found.plot().axes
    assert len(axes.collections) == len(found.tests)
    assert len([line for line in axes.get_lines() if line.get_linewidth() > 2]) == len(found.tests)
    assert labels_of(axes) == []
    assert labels_of(clubs(n=14).plot().axes[0]) == []


# Every plot


def over_time(outputs: Any = ("y1", "y2")) -> Panel:
    data = draw(11, 12, periods=4)
    data["u"] = [NAMES[i] for i in data["u"]]
    data["t"] = [2020 + t for t in data["t"]]
    return panel_of(data, period="t", outputs=list(outputs))


def plane(inputs: list[str], outputs: list[str]) -> Panel:
    data = draw(12, 12)
    return panel_of(data | {"u": [NAMES[i] for i in data["u"]]}, inputs=inputs, outputs=outputs)


def with_limits() -> Any:
    result = malmquist(over_time())
    return result.plot(units=NAMES[:3], limits=bootstrap_index(result, replications=10))


PLOTS: dict[str, Callable[[], Any]] = {
    "scores": lambda: dea(over_time()).plot(),
    "bars": lambda: dea(plane(["x1"], ["y1"])).plot(),
    "bootstrap": lambda: bootstrap(dea(plane(["x1"], ["y1"])), replications=20).plot(),
    "paths": lambda: malmquist(over_time()).plot(),
    "limits": with_limits,
    "parts": lambda: malmquist(over_time(), returns="vrs", reference="global").plot(kind="parts"),
    "parts of a unit": lambda: malmquist(over_time()).plot(kind="parts", units="内蒙古"),
    "parts by unit": lambda: malmquist(over_time()).plot(kind="parts", between=(2020, 2023)),
    "growth accounting": lambda: growth_accounting(over_time(["y1"]), shares={"x1": 0.4, "x2": "rest"}).plot(
        kind="parts"
    ),
    "frontier": lambda: dea(plane(["x1"], ["y1"]), returns="vrs").plot(kind="frontier", arrows=True),
    "isoquant": lambda: dea(plane(["x1", "x2"], ["y1"])).plot(kind="frontier", arrows=True),
    "possibilities": lambda: dea(plane(["x1"], ["y1", "y2"])).plot(kind="frontier"),
    "frontiers": lambda: dea(_one_by_one(), returns="vrs").plot(kind="frontier"),
    "coefficients": lambda: regression().plot(),
    "influence": lambda: influence().plot(),
    "clubs": lambda: clubs(alone=True).plot(),
}


def _one_by_one() -> Panel:
    data = draw(11, 12, periods=4)
    return panel_of(data | {"u": [NAMES[i] for i in data["u"]]}, period="t", inputs="x1", outputs="y1")


def _shown(axes: Any) -> list[Any]:
    """Return the tick labels of both axes that lie inside the limits."""
    found = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        found += [
            label for at, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False) if low <= at <= high
        ]
    return [label for label in found if label.get_visible()]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PLOTS)
def test_every_word_has_its_glyphs_and_its_room(name: str, lang: Language):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text as Words

    from hetao.fonts import covers, matplotlib_family

    with use_language(lang), warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        figure = PLOTS[name]()
        FigureCanvasAgg(figure).draw()
    assert figure.get_size_inches()[0] == 7.0
    words = [w for w in figure.findobj(Words) if w.get_visible() and w.get_text()]
    assert len(words) > 5
    assert {w.get_fontfamily()[0] for w in words} == {matplotlib_family()}
    assert covers("".join(w.get_text() for w in words).replace("\n", "")) == ""
    page = figure.bbox.extents
    legend = [x for axes in figure.axes if axes.get_legend() for x in axes.get_legend().get_texts()]
    labels = [x for axes in figure.axes for x in (*axes.texts, *_shown(axes), axes.title, axes.xaxis.label)]
    boxes = [np.array(Words.get_window_extent(w).extents) for w in [*legend, *labels] if w.get_text()]
    for box in boxes:
        assert (box[:2] >= page[:2] - 1).all()
        assert (box[2:] <= page[2:] + 1).all()
    for one, other in combinations(boxes, 2):
        assert not ((one[:2] < other[2:] - 1).all() and (other[:2] < one[2:] - 1).all())


def test_limits_of_many_units_are_drawn_without_names():
    data = draw(13, 90)
    found = bootstrap(dea(panel_of(data)), replications=10)
    (axes,) = found.plot().axes
    assert len(axes.get_yticks()) == 0
    (dots,) = marks(axes, "o")
    assert list(dots.get_xdata()) == sorted(found.corrected)


def test_limits_of_several_periods_are_named_with_their_period():
    (axes,) = bootstrap(dea(over_time()), replications=10).plot().axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(set(names)) == len(names) == 48
    assert {name.split()[1] for name in names} == {"2020", "2021", "2022", "2023"}


def test_periods_that_are_numbers_stand_at_themselves():
    rows = {"u": ["a"] * 3, "t": [2000.5, 2001.0, 2003.0], "x": [1.0] * 3, "y": [1.0, 2.0, 3.0]}
    (axes,) = dea(Panel(rows, unit="u", period="t", inputs="x", outputs="y")).plot().axes
    assert list(axes.get_lines()[0].get_xdata()) == rows["t"]
    whole = rows | {"t": [np.int64(2000), np.int64(2001), np.int64(2003)]}
    (axes,) = dea(Panel(whole, unit="u", period="t", inputs="x", outputs="y")).plot().axes
    assert list(axes.get_lines()[0].get_xdata()) == [2000, 2001, 2003]


def test_long_names_are_cut_and_units_that_look_alike_keep_their_own_bars():
    rows = {"u": [1, "1", "x" * 80], "x": [1.0, 1.0, 1.0], "y": [1.0, 2.0, 3.0]}
    (axes,) = dea(Panel(rows, unit="u", inputs="x", outputs="y")).plot().axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1", "1", "x" * 29 + "…"]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([1 / 3, 2 / 3, 1.0])


@pytest.mark.parametrize("name", PLOTS)
def test_without_matplotlib_every_plot_says_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ModelError, match=r"pip install 'hetao\[plot\]'"):
        PLOTS[name]()


def test_the_methods_say_in_their_docstring_what_they_draw():
    for kind in (measure.IndexResult, measure.FrontierResult, InfluenceResult, ConvergenceClubs, SecondStageResult):
        assert "pip install hetao[plot]" in (kind.plot.__doc__ or "")

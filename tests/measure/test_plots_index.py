"""Plots of an index: what is drawn is read back from the picture and held against the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from frontiers import refused_plot
from hetao import Panel
from hetao.measure import (
    IndexResult,
    bootstrap_index,
    fisher,
    growth_accounting,
    luenberger,
    malmquist,
    malmquist_luenberger,
)
from hetao.text import use_language

Data = dict[str, list[Any]]
LEVELS = {"a": [1.0, 2.0, 6.0], "b": [4.0, 2.0, 3.0]}  # output of one input: b leads in 1, falls behind


def made(levels: dict[str, list[float | None]] | None = None) -> Panel:
    rows = [(u, t, y) for u, own in (levels or LEVELS).items() for t, y in enumerate(own, start=1) if y is not None]
    units, periods, outputs = zip(*rows, strict=True)
    table = {"u": list(units), "t": list(periods), "x": [1.0] * len(rows), "y": list(outputs)}
    return Panel(table, unit="u", period="t", inputs="x", outputs="y")


def drawn(n: int, periods: int, seed: int = 1) -> Panel:
    random = np.random.default_rng(seed)
    rows = {"u": [f"u{i:03}" for i in range(n)] * periods, "t": np.repeat(np.arange(2001, 2001 + periods), n).tolist()}
    rows |= {name: random.uniform(1, 3, n * periods).tolist() for name in ("x", "l", "y", "b")}
    return Panel(rows, unit="u", period="t", inputs=["x", "l"], outputs="y", bads="b")


def lines(axes: Any) -> dict[str, tuple[list[float], list[float]]]:
    return {
        x.get_label(): (list(x.get_xdata()), list(x.get_ydata())) for x in axes.get_lines() if x.get_label()[0] != "_"
    }


def stacks(figure: Any) -> tuple[dict[str, list[tuple[float, float]]], list[float], list[float]]:
    """Return part → (start, end) of each bar, and the places and values of the dots."""
    (axes,) = figure.axes
    upright = len({round(bar.get_width(), 9) for c in axes.containers for bar in c}) == 1
    found = {}
    for part in axes.containers:
        ends = [
            (b.get_y(), b.get_y() + b.get_height()) if upright else (b.get_x(), b.get_x() + b.get_width()) for b in part
        ]
        found[part.get_label()] = ends
    (dots,) = (line for line in axes.get_lines() if line.get_marker() == "o")
    places, values = (dots.get_xdata(), dots.get_ydata()) if upright else (dots.get_ydata(), dots.get_xdata())
    return found, list(places), list(values)


def assert_stacked(parts: dict[str, list[tuple[float, float]]], dots: list[float]) -> None:
    """Bars add up to their dot; those above and those below zero each lie end to end from zero."""
    for k, dot in enumerate(dots):
        bars = [ends[k] for ends in parts.values()]
        assert sum(end - start for start, end in bars) == pytest.approx(dot, abs=1e-9)
        for sign in (1.0, -1.0):
            at = 0.0
            for start, end in bars:
                if sign * (end - start) > 0.0:
                    assert start == pytest.approx(at, abs=1e-9)
                    at = end
            assert sign * at >= 0.0


# Paths


def test_paths_are_those_of_the_units_chosen():
    result = malmquist(made())
    both = lines(result.plot().axes[0])
    assert list(both) == ["a", "b"]
    assert both["a"] == ([1, 2, 3], pytest.approx([1.0, 2.0, 6.0]))
    assert both["b"] == ([1, 2, 3], pytest.approx([1.0, 0.5, 0.75]))
    assert list(lines(result.plot(units="b").axes[0])) == ["b"]
    assert list(lines(result.plot(units=["b", "a", "b"]).axes[0])) == ["b", "a"]
    assert list(lines(result.plot(units=np.array(["b"], dtype=object)).axes[0])) == ["b"]


def test_a_unit_may_be_a_number_or_a_tuple():
    for one, other in ((1, 2), (("a", 1), ("a", 2))):
        rows = {"u": [one, other] * 2, "t": [1, 1, 2, 2], "x": [1.0] * 4, "y": [1.0, 2.0, 3.0, 4.0]}
        result = malmquist(Panel(rows, unit="u", period="t", inputs="x", outputs="y"))
        assert list(lines(result.plot(units=other).axes[0])) == [str(other)]


def test_a_bridged_gap_is_drawn_across_and_an_unknown_link_is_not():
    panel = made({"a": [1.0, 2.0, 4.0, 8.0], "b": [1.0, None, None, 3.0], "c": [1.0, 2.0, None, None]})
    across = lines(malmquist(panel, longest_gap=3).plot().axes[0])
    assert across["b"] == ([1, 4], pytest.approx([1.0, 3.0]))
    ends = across["c"][1]
    assert ends[:2] == pytest.approx([1.0, 2.0])
    assert np.isnan(ends[2:]).all()
    assert np.isnan(lines(malmquist(panel).plot().axes[0])["b"][1][1:]).all()


def test_a_difference_starts_at_zero():
    figure = luenberger(made(), direction={"y": 1.0}).plot(units="a")
    assert lines(figure.axes[0])["a"][1] == pytest.approx([0.0, 1.0, 5.0])
    assert figure.axes[0].get_ylabel() == "added up"


def test_limits_stand_beside_the_paths_link_by_link():
    result = malmquist(drawn(8, 3))
    limits = bootstrap_index(result, replications=20, seed=3)
    chosen = ["u005", "u001"]
    figure = result.plot(units=chosen, limits=limits)
    paths, below = figure.axes
    assert list(lines(paths)) == chosen
    low, high = limits.limits("index").T
    for k, unit in enumerate(chosen):
        own = [i for i, u in enumerate(result.pairs.units) if u == unit]
        whiskers = below.collections[k].get_segments()
        assert np.array([s[:, 1] for s in whiskers]) == pytest.approx(np.column_stack([low, high])[own])
        dots = [line for line in below.get_lines() if line.get_marker() == "o"][k]
        assert list(dots.get_ydata()) == pytest.approx(list(result.values["index"][own]))
        assert list(dots.get_xdata()) == [s[0, 0] for s in whiskers]
        assert np.round(dots.get_xdata()).tolist() == [2002, 2003]
    first, second = ([s[0, 0] for s in c.get_segments()] for c in below.collections[:2])
    assert (np.array(first) < np.array(second)).all()
    assert below.get_ylabel() == "each link, 95% limits"
    again = bootstrap_index(malmquist(drawn(8, 3)), replications=20, seed=3)
    assert len(result.plot(units="u001", limits=again).axes) == 2  # the same index, made again


# Parts


def test_parts_of_one_unit_are_its_own_by_period():
    """b falls to 2 and rises to 3 on a frontier that falls from 4 to 2 and rises to 6."""
    parts, places, dots = stacks(malmquist(made()).plot(kind="parts", units="b"))
    assert places == [2, 3]
    assert dots == pytest.approx([100 * np.log(0.5), 100 * np.log(1.5)])
    heights = {name: [end - start for start, end in ends] for name, ends in parts.items()}
    assert heights["efficiency change"] == pytest.approx([0.0, 100 * np.log(0.5)], abs=1e-6)
    assert heights["technical change"] == pytest.approx([100 * np.log(0.5), 100 * np.log(3.0)])
    assert_stacked(parts, dots)
    assert parts["efficiency change"][1] == pytest.approx((0.0, 100 * np.log(0.5)))  # below zero


def test_parts_of_all_units_are_their_mean_by_period():
    result = malmquist(drawn(9, 4), returns="vrs", reference="global")
    figure = result.plot(kind="parts")
    parts, places, dots = stacks(figure)
    assert list(parts) == ["technical change", "pure efficiency change", "scale change"]
    assert places == [2002, 2003, 2004]
    logs = 100 * np.log(result.values["index"])
    assert dots == pytest.approx([logs[result.pairs.after == t].mean() for t in (1, 2, 3)])
    assert_stacked(parts, dots)
    assert figure.axes[0].get_title() == "malmquist: mean of 9 units"
    assert figure.axes[0].get_ylabel() == "log points × 100"
    some = stacks(result.plot(kind="parts", units=["u000", "u001"]))[2]
    own = [i for i, u in enumerate(result.pairs.units) if u in ("u000", "u001")]
    assert some == pytest.approx([logs[own][result.pairs.after[own] == t].mean() for t in (1, 2, 3)])


def test_a_period_in_which_nothing_is_known_has_no_bar_and_is_counted():
    panel = made({"a": [1.0, 2.0, None, 4.0], "b": [1.0, 3.0, 3.0, 3.0]})
    figure = malmquist(panel).plot(kind="parts", units="a")
    assert stacks(figure)[1] == [2]
    assert figure.axes[0].get_title() == "malmquist: a (2 without an optimal score, left out)"


def test_nothing_known_at_all_is_an_empty_picture():
    panel = made({"a": [1.0, None, 2.0], "b": [1.0, 2.0, 3.0]})
    figure = malmquist(panel).plot(kind="parts", units="a")
    assert [len(c) for c in figure.axes[0].containers] == [0, 0]
    assert "(2 without an optimal score, left out)" in figure.axes[0].get_title()


def test_between_two_periods_every_unit_has_a_bar_of_summed_logs():
    result = malmquist(drawn(7, 5), returns="vrs", reference="global")
    figure = result.plot(kind="parts", between=(2002, 2004))
    parts, places, dots = stacks(figure)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert places == list(range(7))
    assert dots == sorted(dots)
    expected = {u: 100 * np.log(level[3] / level[1]) for u, level in result.levels.items()}
    assert dots == pytest.approx([expected[u] for u in names])
    assert_stacked(parts, dots)
    assert figure.axes[0].get_title() == "malmquist: 2002–2004"
    one = stacks(result.plot(kind="parts", units="u003", between=[2001, 2005]))
    assert one[2] == pytest.approx([100 * np.log(result.levels["u003"][-1])])


def test_one_pair_of_periods_is_drawn_by_unit():
    figure = malmquist(drawn(5, 2)).plot(kind="parts")
    assert len(figure.axes[0].get_yticklabels()) == 5
    assert stacks(malmquist(drawn(5, 2)).plot(kind="parts", units="u001"))[1] == [2002]


def test_a_unit_with_an_unknown_link_has_no_sum():
    panel = made({"a": [1.0, 2.0, 4.0], "b": [1.0, None, 3.0], "c": [2.0, 3.0, None]})
    figure = malmquist(panel).plot(kind="parts", between=(1, 3))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a"]
    assert figure.axes[0].get_title() == "malmquist: 1–3 (2 units with an unknown change, left out)"
    bridged = malmquist(panel, longest_gap=2)
    assert [x.get_text() for x in bridged.plot(kind="parts", between=(1, 3)).axes[0].get_yticklabels()] == ["b", "a"]
    half = bridged.plot(kind="parts", between=(1, 2))  # b's one link leads past 2
    assert [x.get_text() for x in half.axes[0].get_yticklabels()] == ["c", "a"]


def test_of_many_units_the_spread_of_each_part_is_drawn():
    result = malmquist(drawn(90, 2))
    (axes,) = result.plot(kind="parts", between=(2001, 2002)).axes
    assert [x.get_text() for x in axes.get_yticklabels()] == ["efficiency change", "technical change", "index"]
    (medians,) = (line for line in axes.get_lines() if line.get_marker() == "o")
    logs = [100 * np.log(result.values[name]) for name in ("efficiency_change", "technical_change", "index")]
    assert list(medians.get_xdata()) == pytest.approx([np.median(v) for v in logs])
    nine, half = (np.array([s[:, 0] for s in c.get_segments()]) for c in axes.collections)
    assert nine == pytest.approx(np.array([np.quantile(v, [0.05, 0.95]) for v in logs]))
    assert half == pytest.approx(np.array([np.quantile(v, [0.25, 0.75]) for v in logs]))


def test_parts_of_a_difference_are_drawn_as_they_are():
    result = luenberger(drawn(6, 3), reference="global")
    parts, _, dots = stacks(result.plot(kind="parts"))
    assert dots == pytest.approx([result.values["index"][result.pairs.after == t].mean() for t in (1, 2)])
    assert_stacked(parts, dots)


def test_what_divides_the_index_is_drawn_with_its_sign_turned():
    rows = {"u": ["a"] * 3, "t": [1, 2, 3], "x": [1.0, 2.0, 1.0], "y": [1.0, 3.0, 3.0], "w": [1.0] * 3, "p": [1.0] * 3}
    panel = Panel(rows, unit="u", period="t", inputs="x", outputs="y", prices={"x": "w", "y": "p"})
    parts, _, dots = stacks(fisher(panel).plot(kind="parts"))
    assert [e - s for s, e in parts["input change (minus)"]] == pytest.approx([-100 * np.log(2), 100 * np.log(2)])
    assert dots == pytest.approx([100 * np.log(1.5), 100 * np.log(2)])
    assert_stacked(parts, dots)


def test_growth_accounting_stacks_contributions_to_the_growth_of_output():
    rows = {"c": ["a"] * 3, "t": [1, 2, 3], "k": [1.0, 2.0, 2.0], "l": [1.0, 1.0, 0.5], "y": [1.0, 2.0, 1.0]}
    panel = Panel(rows, unit="c", period="t", inputs=["k", "l"], outputs="y")
    figure = growth_accounting(panel, shares={"k": "rest", "l": 0.6}).plot(kind="parts")
    parts, _, dots = stacks(figure)
    two = np.log(2.0)
    assert dots == pytest.approx([two, -two])
    heights = {name: [e - s for s, e in ends] for name, ends in parts.items()}
    assert heights["contribution of k"] == pytest.approx([0.4 * two, 0.0])
    assert heights["contribution of l"] == pytest.approx([0.0, -0.6 * two])
    assert heights["total factor productivity"] == pytest.approx([0.6 * two, -0.4 * two])
    assert figure.axes[0].get_ylabel() == "output growth (log points)"
    assert_stacked(parts, dots)


def test_many_parts_are_told_apart_by_hatching():
    random = np.random.default_rng(2)
    names = [f"k{j}" for j in range(8)]
    rows: dict[str, Any] = {"c": ["a"] * 3, "t": [1, 2, 3], "y": [1.0, 2.0, 3.0]}
    rows |= {name: random.uniform(1, 2, 3) for name in names}
    panel = Panel(rows, unit="c", period="t", inputs=names, outputs="y")
    (axes,) = growth_accounting(panel, shares=dict.fromkeys(names, 0.1)).plot(kind="parts").axes
    looks = {(c[0].get_facecolor(), c[0].get_hatch()) for c in axes.containers}
    assert len(looks) == len(axes.containers) == 9


def test_periods_that_are_words_stand_in_their_order():
    rows = {"u": ["a"] * 30, "t": [f"2001-{i:02}-01" for i in range(30)], "x": [1.0] * 30}
    result = malmquist(Panel(rows | {"y": np.arange(1.0, 31.0)}, unit="u", period="t", inputs="x", outputs="y"))
    (axes,) = result.plot(kind="parts", units="a").axes
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert 3 <= len(labels) <= 6
    assert labels[0] == "2001-00-01"
    assert [label - 0.0 for label in axes.get_xticks()] == [rows["t"].index(label) for label in labels]
    assert stacks(result.plot(kind="parts", units="a"))[1] == list(range(1, 30))


# Refusals


def index() -> IndexResult:
    return malmquist(made())


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"kind": "bars"}, ["plot.kind"]),
        ({"units": "z"}, ["plot.units"]),
        ({"units": []}, ["plot.units"]),
        ({"units": [["a"]]}, ["plot.units"]),
        ({"units": 7}, ["plot.units"]),
        ({"between": (1, 2)}, ["plot.kind"]),
        ({"kind": "parts", "between": (2, 1)}, ["plot.between"]),
        ({"kind": "parts", "between": (1, 9)}, ["plot.between"]),
        ({"kind": "parts", "between": 1}, ["plot.between"]),
        ({"limits": 3}, ["plot.limits"]),
        ({"kind": "parts", "limits": 3, "units": "z"}, ["plot.units", "plot.kind", "plot.limits"]),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: dict[str, Any], codes: list[str]):
    assert refused_plot(index(), **options) == codes


def test_limits_of_another_index_and_of_too_many_units_are_refused():
    result = malmquist(drawn(13, 2))
    limits = bootstrap_index(malmquist(drawn(13, 2, seed=9)), replications=10)
    assert refused_plot(result, limits=limits) == ["plot.limits", "plot.units"]
    own = bootstrap_index(result, replications=10)
    assert refused_plot(result, limits=own) == ["plot.units"]
    assert len(result.plot(limits=own, units=[f"u{i:03}" for i in range(12)]).axes) == 2


def test_the_words_are_chinese_where_chinese_is_used():
    with use_language("zh"):
        result = malmquist_luenberger(drawn(5, 3), reference="global")
        (axes,) = result.plot(kind="parts").axes
        assert axes.get_title() == "malmquist_luenberger：5 个单元的平均"
        assert [x.get_text() for x in axes.get_legend().get_texts()] == ["指数", "效率变化", "技术变化"]
        assert axes.get_ylabel() == "对数点 ×100"
        assert result.plot().axes[0].get_ylabel() == "逐期连乘"

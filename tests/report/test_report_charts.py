"""Charts as options: pure, in both languages, gaps kept, every number in the table beside the chart."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao.report.charts import chart_table, hidden, leaves_zero_out, option, size
from hetao.report.charts.captree import DRAWN_AT_MOST, drawn, is_overdrawn, walk
from hetao.report.charts.common import wrap
from hetao.report.charts.lines import ordered
from hetao.report.charts.steps import spans
from hetao.report.charts.tilemap import colour_range
from hetao.report.model import (
    BarChart,
    CapNode,
    CapTree,
    LineChart,
    Point,
    Reference,
    Series,
    Step,
    Tile,
    TileMap,
    Waterfall,
)
from hetao.text import Text

A = Text("甲", "A")
NO_UNIT = Text("", "")
KEYS = ("use", "tfp", "rules", "cost", "stack", "parts", "crossing", "map", "league-map", "tree")


def body(drawing):
    return drawing.get("baseOption", drawing)


def tips(drawing):
    for series in body(drawing)["series"]:
        for item in series["data"]:
            if isinstance(item, dict) and "tip" in item:
                yield item["tip"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chart_is_plain_data_still_and_worded(charts, key, language):
    chart = charts[key]
    drawing = option(chart, language)
    packed = json.dumps(drawing, ensure_ascii=False, allow_nan=False)
    assert drawing == option(chart, language)
    assert body(drawing)["animation"] is False
    other = option(chart, "en" if language == "zh" else "zh")
    assert packed != json.dumps(other, ensure_ascii=False)
    assert list(tips(drawing))
    assert any("\u4e00" <= c <= "\u9fff" for c in packed) == (language == "zh")


@pytest.mark.parametrize("key", ["use", "tfp", "rules", "map", "tree"])
def test_tips_carry_the_sources(charts, key):
    assert any(tip["sources"] for tip in tips(option(charts[key], "zh")))


@pytest.mark.parametrize("key", KEYS)
def test_every_chart_has_its_numbers_as_a_table(charts, key):
    table = chart_table(charts[key])
    assert table.folded
    assert table.rows
    assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize("key", KEYS)
def test_every_chart_has_a_size(charts, key):
    found = size(charts[key])
    assert (found.height is None) != (found.ratio is None)


def line(values, **more):
    points = tuple(Point(2000 + i, y) for i, y in enumerate(values))
    return LineChart("k", A, NO_UNIT, (Series(A, points, **more),))


def test_gap_stays_a_gap_and_is_worded(charts):
    drawing = option(charts["use"], "en")
    use = next(one for one in drawing["series"] if one.get("name") == "Inner Mongolia")
    assert use["connectNulls"] is False
    assert [item["value"] for item in use["data"]][9:11] == [None, None]
    marks = next(one for one in drawing["series"] if one["type"] == "scatter")
    assert [item["value"][0] for item in marks["data"]] == ["2012", "2013"]
    assert [item["label"]["formatter"] for item in marks["data"] if "label" in item] == ["not published"]


def test_long_reason_gives_way_to_the_word_for_a_gap():
    reason = Text("因为统计口径调整所以没有公布", "withheld because the definition was changed")
    chart = LineChart("k", A, NO_UNIT, (Series(A, (Point(1, 1.0), Point(2, None, (), reason), Point(3, 2.0))),))
    marks = option(chart, "en")["series"][-1]
    assert marks["data"][0]["label"]["formatter"] == "gap"
    assert marks["data"][0]["tip"]["lines"] == [reason.en]


def test_points_absent_from_a_series_are_gaps_too():
    series = (Series(A, (Point(1, 1.0),)), Series(A, (Point(2, 2.0),)))
    drawing = option(LineChart("k", A, NO_UNIT, series), "zh")
    assert [item["value"] for item in drawing["series"][0]["data"]] == [1.0, None]


def test_band_has_the_width_of_its_bounds():
    chart = line([1.0, 2.0, 3.0], low=(0.5, None, -1.0), high=(2.0, 3.0, 4.0))
    floor, width, _ = option(chart, "zh")["series"]
    assert floor["data"] == [0.5, None, -1.0]
    assert width["data"] == [1.5, None, 5.0]
    assert floor["stackStrategy"] == "all"  # bands below zero stay in place


@pytest.mark.parametrize(("count", "named"), [(2, True), (20, False)])
def test_peers_are_named_at_their_ends_and_not_in_the_legend(count, named):
    peers = tuple(Series(Text(f"省{i}", f"P{i}"), (Point(1, 1.0 + i),), "peer") for i in range(count))
    limit, focus = Series(Text("限", "L"), (Point(1, 1.0),), "limit"), Series(A, (Point(1, 1.0),), "focus")
    chart = LineChart("k", A, NO_UNIT, (*peers, limit, focus), (Reference(Text("上限", "Cap"), 5.0),))
    drawing = option(chart, "en")
    assert [one["name"] for one in drawing["legend"]["data"]] == ["A", "Cap", "L"]
    assert ["endLabel" in one for one in drawing["series"][:count]] == [named] * count


def test_roles_differ_in_more_than_colour():
    roles = ("focus", "peer", "limit", "plain", "plain")
    series = tuple(Series(Text(r, f"{r}{i}"), (Point(1, 1.0),), r) for i, r in enumerate(roles))
    drawn_lines = option(LineChart("k", A, NO_UNIT, series), "en")["series"]
    looks = {json.dumps([one["lineStyle"]["width"], one["lineStyle"]["type"]]) for one in drawn_lines}
    assert len(looks) == len(roles)


def test_reference_is_worded_in_the_legend_and_inside_the_axis():
    chart = replace(line([1.0, 2.0]), references=(Reference(Text("上限", "Cap"), 92.0), Reference(A, 3.0)))
    drawing = option(chart, "en")
    cap, other = drawing["series"][1:]
    assert cap["data"] == [92.0, 92.0]  # the axis reaches 92
    assert cap["markLine"]["data"] == [{"name": "", "yAxis": 92.0}]
    assert cap["markLine"]["lineStyle"]["type"] != other["markLine"]["lineStyle"]["type"]
    assert [one["name"] for one in drawing["legend"]["data"]] == ["Cap", "A", "A"]


def test_reference_of_lying_bars_is_upright(charts):
    drawing = option(charts["cost"], "en")
    tariff = next(one for one in drawing["series"] if one.get("name") == "Tariff")
    assert tariff["markLine"]["data"] == [{"name": "", "xAxis": 70.0}]
    assert tariff["data"] == [[70.0, 0], [70.0, 1], [70.0, 2]]
    assert drawing["legend"]["show"]


@pytest.mark.parametrize(("values", "scaled"), [([100.0, 104.0], True), ([1.0, 100.0], False), ([-1.0, 1.0], False)])
def test_line_axis_leaves_zero_out_only_for_small_changes_of_large_values(values, scaled):
    assert option(line(values), "zh")["yAxis"][0]["scale"] is scaled


def test_years_are_in_order_and_categories_as_they_appear():
    years = (Series(A, (Point(2001, 1), Point(1999, 2))), Series(A, (Point(2000, 1),)))
    assert ordered(years) == [1999, 2000, 2001]
    assert ordered((Series(A, (Point("b", 1), Point("a", 2))),)) == ["b", "a"]


@pytest.mark.parametrize("chart", [LineChart("k", A, NO_UNIT, ()), BarChart("k", A, NO_UNIT, {}, ())])
def test_a_chart_without_series_is_empty_but_drawn(chart):
    assert option(chart, "zh")["series"] == []
    assert chart_table(chart).rows == ()


def test_missing_bar_is_marked_in_its_own_slot(charts):
    drawing = option(charts["rules"], "zh")
    gap = next(one for one in drawing["series"] if one.get("renderItem") == "gap")
    assert gap["slot"] == {"count": 3, "index": 2, "horizontal": False, "widest": 40}
    assert gap["data"][0]["value"] == [3, 0]
    assert drawing["series"][2]["data"][3] == {"value": None}


@pytest.mark.parametrize("horizontal", [True, False])
@pytest.mark.parametrize("stacked", [True, False])
def test_bounds_of_bars_are_whiskers_where_both_are_known(horizontal, stacked):
    points = (Point("a", 1.0, (), A), Point("b", None), Point("c", 3.0))
    one = Series(A, points, "plain", (0.5, None, None), (2.0, None, 4.0))
    chart = BarChart("k", A, NO_UNIT, {"a": A}, (one,), stacked=stacked, horizontal=horizontal)
    drawing = option(chart, "en")
    whisker = next(item for item in drawing["series"] if item.get("renderItem") == "whisker")
    assert whisker["data"] == ([[0.5, 0, 2.0]] if horizontal else [[0, 0.5, 2.0]])
    assert drawing["series"][0]["data"][0]["tip"]["lines"] == ["A: 1", "[0.5 – 2]", "A"]
    assert drawing["series"][0]["data"][2]["tip"]["lines"] == ["A: 3", "[4]"]


def test_many_categories_are_set_aslant_not_on_top_of_each_other():
    def turned(names):
        points = tuple(Point(name, 1.0) for name in names)
        return option(BarChart("k", A, NO_UNIT, {}, (Series(A, points),)), "en")["xAxis"]["axisLabel"]["rotate"]

    assert turned([f"class {i}" for i in range(30)]) == 45
    assert turned([str(year) for year in range(2000, 2012)]) == 0


@pytest.mark.parametrize("horizontal", [True, False])
def test_dots_stand_where_bars_would_end(horizontal):
    points = (Point("a", 1.0), Point("b", None), Point("c", 3.0))
    low, high = (0.5, None, 2.0), (2.0, None, 4.0)
    own = Series(A, (Point("b", 2.0),), "focus", (1.0,), (5.0,))
    chart = BarChart("k", A, NO_UNIT, {}, (Series(A, points, "peer", low, high), own), dots=True, horizontal=horizontal)
    dots, focus, *marks = option(chart, "en")["series"]
    assert (dots["type"], dots["itemStyle"]["color"], focus["itemStyle"]["color"]) == ("scatter", "@peer", "@focus")
    places = [[1.0, 0], [3.0, 2]] if horizontal else [[0, 1.0], [2, 3.0]]
    assert [item["value"] for item in dots["data"]] == places
    assert [item["value"] for item in focus["data"]] == [[2.0, 1] if horizontal else [1, 2.0]]
    assert {mark["renderItem"] for mark in marks} == {"whisker", "gap"}
    assert all((mark["slot"]["count"], mark["slot"]["index"]) == (1, 0) for mark in marks)


def test_an_axis_may_end_where_it_is_told():
    chart = BarChart("k", A, NO_UNIT, {}, (Series(A, (Point("a", 60.0),)),), stacked=True, most=100.0)
    assert option(chart, "en")["yAxis"]["max"] == 100.0


def test_a_line_of_many_points_has_no_symbols_unless_some_are_missing():
    points = tuple(Point(i, float(i)) for i in range(41))
    lost = (*points[:20], Point(20, None), *points[21:])
    whole, broken = option(LineChart("k", A, NO_UNIT, (Series(A, points), Series(A, lost))), "en")["series"][:2]
    assert (whole["symbol"], broken["symbol"] != "none") == ("none", True)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.sampled_from(["change", "level"])), min_size=1, max_size=8))
def test_waterfall_parts_make_up_each_step(steps):
    chart = Waterfall("k", A, NO_UNIT, tuple(Step(A, value, kind) for value, kind in steps))
    foot, above, below = option(chart, "zh")["series"]
    for i, (start, end) in enumerate(spans(chart.steps)):
        up, down = above["data"][i]["value"], below["data"][i]["value"]
        assert up >= 0 >= down
        assert up - down == pytest.approx(abs(end - start), abs=1e-6)
        if foot["data"][i] != 0:
            assert foot["data"][i] + up + down == pytest.approx(
                max(start, end) if foot["data"][i] > 0 else min(start, end), abs=1e-6
            )


def test_waterfall_says_when_it_leaves_zero_out(charts):
    assert leaves_zero_out(charts["parts"])
    assert not leaves_zero_out(charts["crossing"])
    axis = option(charts["parts"], "zh")["yAxis"]
    assert 0 < axis["min"] < 0.959
    assert axis["max"] > 1.158


def test_waterfall_of_one_level_has_room():
    axis = option(Waterfall("k", A, NO_UNIT, (Step(A, 2.0, "level"),)), "zh")["yAxis"]
    assert axis["min"] < 2.0 < axis["max"]


def tile_map(values, middle=None):
    return TileMap("k", A, NO_UNIT, tuple(Tile(str(i), A, 0, i, v) for i, v in enumerate(values)), middle)


@pytest.mark.parametrize(
    ("values", "middle", "ends"),
    [
        ([0.9, 1.2, None], 1.0, (0.8, 1.2)),
        ([1.0, None], 1.0, (0.0, 2.0)),
        ([3.0, 5.0], None, (3.0, 5.0)),
        ([3.0], None, (2.5, 3.5)),
        ([None], None, (0.0, 1.0)),
    ],
)
def test_tile_colours_are_symmetric_around_the_middle(values, middle, ends):
    assert colour_range(tile_map(values, middle)) == pytest.approx(ends)


def test_tile_without_a_number_is_grey_and_says_so(charts):
    drawing = body(option(charts["map"], "en"))
    known, unknown = drawing["series"]
    assert len(known["data"]) == 30
    assert len(unknown["data"]) == 4
    assert all(item["label"]["formatter"].endswith("gap") for item in unknown["data"])
    assert all(item["tip"]["lines"] == ["no data", "not in the panel"] for item in unknown["data"])
    assert drawing["visualMap"]["seriesIndex"] == 0  # gaps take no colour of the scale
    silent = body(option(tile_map([None]), "en"))["series"][1]["data"][0]
    assert silent["tip"]["lines"] == ["no data", "gap"]


def test_cap_tree_says_overdrawn_in_words_and_red(charts):
    drawing = body(option(charts["tree"], "en"))
    ends = drawing["series"][2]["data"]
    assert ends[0]["label"] == {"formatter": "61.9 / 58.6 overdrawn", "color": "@bad"}
    assert ends[1]["label"]["formatter"] == "6.1 / 7"
    assert "overdrawn" in ends[0]["tip"]["lines"]
    assert not is_overdrawn(CapNode(A, None, 5.0))
    assert not is_overdrawn(CapNode(A, 5.0, 5.0))


def test_large_cap_tree_draws_whole_levels_and_counts_the_rest():
    banners = tuple(CapNode(A, 1.0) for _ in range(10))
    chart = CapTree(
        "k", A, NO_UNIT, CapNode(A, 100.0, children=tuple(CapNode(A, 10.0, children=banners) for _ in range(10)))
    )
    assert len(drawn(chart)) == 11 <= DRAWN_AT_MOST
    assert hidden(chart) == 100
    assert len(chart_table(chart).rows) == sum(1 for _ in walk(chart.root)) == 111


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("内蒙古", ["内蒙古"]),
        ("巴彦淖尔市", ["巴彦淖尔市"]),
        ("呼伦贝尔草原", ["呼伦贝", "尔草原"]),
        ("2000 年", ["2000 年"]),
        ("Inner Mongolia", ["Inner", "Mongolia"]),
        ("Heilongjiang", ["Heilong-", "jiang"]),
        ("Xxxxxxxxxxxxx", ["Xxxxxxxxx-", "xxxx"]),
        ("", [""]),
    ],
)
def test_names_are_broken_to_fit_a_tile(label, lines):
    assert wrap(label).split("\n") == lines

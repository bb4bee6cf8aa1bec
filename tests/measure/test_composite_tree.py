"""The tree of indicators: read from files and frames, what is wrong with one, and the tree that comes with hetao."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hetao.errors import FiguresError, ModelError, Problem
from hetao.measure import Indicator, IndicatorTree, read_tree, ready_tree
from hetao.text import Text

TREE = {"dimension": ["a", "a", "b"], "indicator": ["x", "y", "z"], "direction": ["+", "-", "+"]}


def problems_of(source: object) -> list[Problem]:
    """Return what is wrong with a tree, each thing worded in both languages."""
    with pytest.raises(ModelError) as caught:
        read_tree(source)
    for problem in caught.value.problems:
        assert problem.describe("zh") != problem.describe("en")
    return list(caught.value.problems)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "tree.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_tree_knows_its_indicators_in_order():
    tree = read_tree(TREE | {"weight": [2, None, 0.5], "low": [0, "", np.nan], "high": ["10", None, ""]})
    assert len(tree) == 3
    assert [i.name for i in tree] == ["x", "y", "z"]
    assert (tree.names, tree.dimensions) == (("x", "y", "z"), ("a", "b"))
    assert tree.inside("a").tolist() == [0, 1]
    assert tree.column("direction").tolist() == [1.0, -1.0, 1.0]
    assert np.isnan(tree.column("weight")).tolist() == [False, True, False]
    first = Indicator("x", "a", 1, weight=2.0, low=0.0, high=10.0, title=Text("x", "x"))
    assert vars(tree.indicators[0]) | {"reference": 0} == vars(first) | {"reference": 0}
    assert tree.turned(np.array([[0.25, 0.25, 1.0]])).tolist() == [[0.25, 0.75, 1.0]]
    rest = tree.without("x")
    assert (rest.names, rest.dimensions) == (("y", "z"), ("a", "b"))
    assert read_tree(tree) is tree


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame])
def test_a_tree_may_be_any_kind_of_frame(kind: Any):
    tree = read_tree(kind(TREE | {"direction": [1.0, -1.0, 1.0], "weight": [1.0, float("nan"), 3.0]}))
    assert tree.column("direction").tolist() == [1.0, -1.0, 1.0]
    assert np.isnan(tree.column("weight")).tolist() == [False, True, False]


def test_missing_values_of_pandas_own_kind_are_missing():
    frame = pd.DataFrame(TREE | {"weight": [1, None, 3]}).convert_dtypes()
    assert np.isnan(read_tree(frame).column("weight")).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        *((word, 1) for word in ("+", "+1", 1, 1.0, " + ", "positive", "正", "正向")),
        *((word, -1) for word in ("-", "−", -1, -1.0, "negative", "负", "负向")),
    ],
)
def test_directions_are_read_in_both_languages(word: object, direction: int):
    tree = read_tree({"dimension": ["a"], "indicator": ["x"], "direction": [word]})
    assert tree.indicators[0].direction == direction


def test_titles_are_in_both_languages_or_the_one_that_is_given():
    titles = {"zh": ["水耗", "", "甲"], "en": ["water", "yield", ""], "dimension_zh": ["投入", "投入", ""]}
    tree = read_tree(TREE | titles)
    assert [i.title for i in tree] == [Text("水耗", "water"), Text("yield", "yield"), Text("甲", "z")]
    assert (tree.title("a"), tree.title("b")) == (Text("投入", "a"), Text("b", "b"))
    assert read_tree(TREE).indicators[0].title == Text("x", "x")


def test_a_file_is_read_without_its_comments_and_blank_lines(tmp_path: Path):
    text = "# 指标\n\ndimension,indicator,direction,zh\n投入,x,-\n\n# 下一维度\n产出,y,正,产量\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        tree = read_tree(written(tmp_path, text, encoding))
        assert (tree.dimensions, tree.names) == (("投入", "产出"), ("x", "y"))
        assert tree.indicators[1].title == Text("产量", "y")
    assert read_tree(str(tmp_path / "tree.csv")).names == tree.names
    semicolons = written(tmp_path, "dimension;indicator;direction\na;x;+\n")
    assert read_tree(semicolons).names == ("x",)


def test_everything_wrong_in_a_file_is_told_with_its_line(tmp_path: Path):
    path = written(
        tmp_path,
        "# a tree\n"
        "dimension,indicator,direction,weight,low,high,reference\n"
        "a,x,up,0,5,5,\n"
        "\n"
        ",y,+,-1,1,,many\n"
        "a,,,1,2,1,inf\n"
        "a,x,-,nan,,3,\n",
    )
    found = [(p.code, p.place.file, p.place.row, p.place.column) for p in problems_of(path)]
    assert sorted(found) == sorted(
        [
            ("tree.direction", "tree.csv", 3, "direction"),
            ("tree.weight", "tree.csv", 3, "weight"),
            ("tree.goalposts", "tree.csv", 3, "low"),
            ("tree.dimension", "tree.csv", 5, "dimension"),
            ("tree.weight", "tree.csv", 5, "weight"),
            ("tree.goalposts", "tree.csv", 5, "low"),
            ("tree.reference", "tree.csv", 5, "reference"),
            ("tree.indicator", "tree.csv", 6, "indicator"),
            ("tree.direction", "tree.csv", 6, "direction"),
            ("tree.goalposts", "tree.csv", 6, "low"),
            ("tree.reference", "tree.csv", 6, "reference"),
            ("tree.weight", "tree.csv", 7, "weight"),
            ("tree.goalposts", "tree.csv", 7, "low"),
            ("tree.indicator", "tree.csv", 7, "indicator"),
        ]
    )


def test_a_frames_rows_are_counted_from_0():
    found = problems_of(TREE | {"indicator": ["x", "y", "x"], "direction": ["+", None, True]})
    assert [(p.code, p.place.file, p.place.row) for p in found] == [
        ("tree.direction", "", 1),
        ("tree.direction", "", 2),
        ("tree.indicator", "", 2),
    ]
    assert found[1].found == Text("True", "True")


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ({"dimension": ["a"], "name": ["x"]}, ["indicator", "direction", "name"]),
        (TREE | {"Weight": [1, 2, 3], "note": ["", "", ""]}, ["Weight", "note"]),
        ({}, ["dimension", "indicator", "direction"]),
    ],
)
def test_missing_and_unknown_columns_are_told(source: object, places: list[str]):
    found = problems_of(source)
    assert {p.code for p in found} == {"tree.columns"}
    assert [p.place.column for p in found] == places


def test_a_file_of_comments_alone_has_no_columns(tmp_path: Path):
    found = problems_of(written(tmp_path, "# nothing\n"))
    assert [(p.code, p.place.file, p.place.column) for p in found] == [
        ("tree.columns", "tree.csv", name) for name in ("dimension", "indicator", "direction")
    ]


def test_a_tree_without_indicators_is_none():
    assert [p.code for p in problems_of({name: [] for name in TREE})] == ["tree.rows"]


def test_a_file_that_is_not_there_and_what_is_no_frame(tmp_path: Path):
    found = problems_of(tmp_path / "nope.csv")
    assert [(p.code, p.place.file) for p in found] == [("tree.file", str(tmp_path / "nope.csv"))]
    assert [p.code for p in problems_of(tmp_path)] == ["tree.file"]
    assert [p.code for p in problems_of(5)] == ["panel.no_frame"]
    assert [p.code for p in problems_of({"dimension": ["a"], "indicator": []})] == ["panel.column_lengths"]


def test_a_file_that_is_no_text_is_told_by_its_name(tmp_path: Path):
    (tmp_path / "tree.csv").write_bytes(b"dimension\n\xff\xff\xff\n")
    with pytest.raises(FiguresError) as caught:
        read_tree(tmp_path / "tree.csv")
    assert caught.value.problems[0].place.file == "tree.csv"


def test_a_column_that_stands_twice_in_a_file_is_refused(tmp_path: Path):
    problems_of(written(tmp_path, "dimension,indicator,direction,direction\na,x,+,-\n"))


def test_a_row_longer_than_the_head_is_refused(tmp_path: Path):
    problems_of(written(tmp_path, "dimension,indicator,direction\na,x,+,12\n"))


@pytest.mark.parametrize(
    "fields",
    [[("x", 1, 1.0), ("x", 1, 1.0)], [("x", 0, 1.0)], [("x", 1, -1.0)], []],
    ids=["twice", "direction", "weight", "empty"],
)
def test_a_tree_built_by_hand_is_checked_as_well(fields: list[tuple[str, int, float]]):
    with pytest.raises(ModelError):
        read_tree(IndicatorTree(tuple(Indicator(name, "a", way, weight=weight) for name, way, weight in fields)))


def test_a_tree_that_is_written_reads_the_same(tmp_path: Path):
    numbers = {"weight": [1, 2.5, None], "low": [0, None, 3], "high": [9, None, 4], "reference": [None, 7, 8]}
    words = {"zh": ["水耗", "甲", "乙"], "dimension_zh": ["投入", "投入", ""], "unit": ["m³", "%", ""]}
    for tree in (read_tree(TREE | numbers | words | {"definition": ["a, b", 'c "d"', ""]}), ready_tree()):
        tree.to_csv(tmp_path / "tree.csv")
        again = read_tree(tmp_path / "tree.csv")
        assert repr(again.indicators) == repr(tree.indicators)  # NaN is not equal to itself
        assert [again.title(d) for d in again.dimensions] == [tree.title(d) for d in tree.dimensions]
    assert (tmp_path / "tree.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(ModelError) as caught:
        ready_tree().to_csv(tmp_path)
    assert [(p.code, p.place.file) for p in caught.value.problems] == [("tree.file", str(tmp_path))]


def test_the_ready_tree_is_whole():
    tree = ready_tree()
    assert len(tree) == 16
    assert [len(tree.inside(d)) for d in tree.dimensions] == [4, 4, 4, 4]
    assert {i.name for i in tree if i.direction < 0} == {"energy_intensity", "water_intensity", "carbon_intensity"}
    for words in (*(i.title for i in tree), *(tree.title(d) for d in tree.dimensions)):
        assert words.zh != words.en
    assert ready_tree("new_quality_productive_forces").names == tree.names
    for name in ("nope", "../tree", 5):
        with pytest.raises(ModelError) as caught:
            ready_tree(name)  # type: ignore[arg-type]
        assert [(p.code, p.place.item) for p in caught.value.problems] == [("tree.name", "ready_tree(name)")]

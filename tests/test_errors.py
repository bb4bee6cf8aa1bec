"""The one tree of errors: places, problems in both languages, everything at once."""

from __future__ import annotations

import inspect
import json

import pytest

from hetao import errors
from hetao.errors import (
    SHOWN_AT_MOST,
    AmbiguityError,
    FiguresError,
    HetaoError,
    PanelError,
    Place,
    Problem,
    Problems,
    ProblemsError,
)
from hetao.text import Text, use_language

FULL = Place(file="a.xlsx", sheet="Data", cell="C7", row=7, column="water", item="[plan] cap")
TREE = [e for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, Exception)]


def problem(place: Place = FULL, code: str = "figures.text") -> Problem:
    return Problem(
        code, place, found=Text("文字", "text"), expected=Text("数", "a number"), remedy=Text("改正", "correct it")
    )


def test_the_tree_has_one_root():
    assert len(TREE) == len([n for n in errors.__all__ if n not in ("Place", "Problem", "Problems")])
    assert all(issubclass(e, HetaoError) for e in TREE)
    assert all(e.__name__ in (errors.__doc__ or "") and e.__doc__ for e in TREE)


def test_what_a_user_handed_in_is_a_value_error():
    assert issubclass(ProblemsError, ValueError)
    assert issubclass(AmbiguityError, FiguresError)


@pytest.mark.parametrize(
    ("place", "en", "zh"),
    [
        (Place(), "", ""),
        (Place(file="a.csv"), "a.csv", "a.csv"),
        (Place(row=0, column="x"), "row 0, column x", "第 0 行，列 x"),
        (Place(sheet="S", cell="B2"), "sheet S, cell B2", "工作表 S，单元格 B2"),
        (Place(item="returns"), "returns", "returns"),
        (
            FULL,
            "a.xlsx, sheet Data, cell C7, row 7, column water, [plan] cap",
            "a.xlsx，工作表 Data，单元格 C7，第 7 行，列 water，[plan] cap",
        ),
    ],
)
def test_a_place_is_described_in_both_languages(place: Place, en: str, zh: str):
    assert (place.describe("en"), place.describe("zh")) == (en, zh)
    assert place.describe() == en
    with use_language("zh"):
        assert place.describe() == zh


def test_places_sort_by_file_then_sheet():
    assert sorted([Place(file="b"), Place(file="a", sheet="z"), Place(file="a", sheet="y")])[0].sheet == "y"


def test_a_problem_says_where_what_and_what_to_do():
    one = problem(Place(row=3, column="x"))
    assert one.describe() == "row 3, column x: found text; expected a number. Remedy: correct it"
    assert one.describe("zh") == "第 3 行，列 x：发现文字；应为数。处理：改正"


def test_a_problem_without_a_place_starts_with_what_was_found():
    assert problem(Place()).describe("en").startswith("found text")
    assert problem(Place()).describe("zh").startswith("发现文字")


def test_a_problem_has_one_json_shape():
    shape = problem(Place(row=0, column="x")).as_dict()
    assert json.loads(json.dumps(shape)) == {
        "code": "figures.text",
        "place": {"row": 0, "column": "x"},
        "found_zh": "文字",
        "found_en": "text",
        "expected_zh": "数",
        "expected_en": "a number",
        "remedy_zh": "改正",
        "remedy_en": "correct it",
    }


def test_an_error_lists_every_problem():
    error = PanelError([problem(Place(row=row)) for row in range(3)])
    assert len(error.problems) == 3
    assert str(error) == error.describe("en")
    assert [line.split(":")[0] for line in str(error).splitlines()] == ["row 0", "row 1", "row 2"]
    with use_language("zh"):
        assert str(error) == error.describe("zh") != error.describe("en")


@pytest.mark.parametrize(("language", "more"), [("en", "... and 7 more."), ("zh", "……另有 7 处。")])
def test_a_long_list_is_cut_and_counted(language: str, more: str):
    error = PanelError(problem(Place(row=row)) for row in range(SHOWN_AT_MOST + 7))
    lines = error.describe(language).splitlines()
    assert (len(lines), lines[-1], len(error.problems)) == (SHOWN_AT_MOST + 1, more, SHOWN_AT_MOST + 7)


def test_the_collector_raises_everything_together():
    problems = Problems(PanelError)
    assert (len(problems), bool(problems), problems.found) == (0, False, ())
    problems.raise_if_any()
    problems.add("a", Place(), found=Text("甲", "a"), expected=Text("乙", "b"), remedy=Text("丙", "c"))
    problems.extend([problem(code="b"), problem(code="c")])
    assert (len(problems), bool(problems)) == (3, True)
    with pytest.raises(PanelError) as caught:
        problems.raise_if_any()
    assert [p.code for p in caught.value.problems] == [p.code for p in problems.found] == ["a", "b", "c"]


def test_an_attempt_gives_its_answer_or_records_its_problems():
    problems = Problems(PanelError)

    def refuses():
        raise PanelError([problem()])

    assert problems.attempt(lambda: 7) == 7
    assert problems.attempt(refuses) is None
    here = Place(file="here.csv")
    assert problems.attempt(refuses, here) is None
    assert [p.place for p in problems.found] == [problem().place, here]

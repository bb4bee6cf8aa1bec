"""The reader of a caller's frame: what it gives, and everything wrong at once with its row and column."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hetao.errors import ModelError
from hetao.measure import kernel_density
from hetao.measure.reading import Reader

DATA = {"u": ["a", "b", "c"], "x": [1.0, 2.5, 4.0], "y": [1.0, None, 3.0]}


def told(reader: Reader) -> list[tuple[str, int | None, str, str]]:
    """Return code, row, column and finding of everything recorded, each worded in both languages."""
    with pytest.raises(ModelError) as caught:
        reader.done()
    for problem in caught.value.problems:
        assert problem.describe("zh") != problem.describe("en")
    return [(p.code, p.place.row, p.place.column, str(p.found)) for p in caught.value.problems]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame])
def test_columns_of_any_kind_of_frame_are_read(kind: Callable[[Any], Any]):
    reader = Reader("call", kind(DATA))
    reader.needs("unit", ["u"])
    reader.needs_rows("u")
    assert reader.size == 3
    assert reader.key("u").tolist() == ["a", "b", "c"]
    assert reader.numbers("x").tolist() == [1.0, 2.5, 4.0]
    assert reader.numbers("x", rows=[2, 0]).tolist() == [4.0, 1.0]
    assert reader.numbers("x", positive=True).tolist() == [1.0, 2.5, 4.0]
    assert np.isnan(reader.numbers("y", gaps=True)).tolist() == [False, True, False]
    assert reader.cells("x") == [1.0, 2.5, 4.0]
    reader.once("unit", "u", reader.cells("u"))
    reader.done()
    assert type(reader.kind.give({"x": [1.0]})) is kind


def test_all_that_is_no_number_is_told_by_row_and_column():
    cells = [1, "2", None, np.nan, np.inf, True, Decimal(3), -1.0, 0]
    reader = Reader("call", {"v": cells})
    reader.numbers("v")
    wrong = [("call.value", i, "v", repr(cells[i])) for i in (1, 2, 3, 4, 5)]
    assert told(reader) == wrong
    reader = Reader("call", {"v": cells})
    reader.numbers("v", gaps=True)
    assert told(reader) == [w for w in wrong if w[1] not in (2, 3)]
    reader = Reader("call", {"v": cells})
    assert np.isnan(reader.numbers("v", positive=True)).tolist() == [i not in (0, 6) for i in range(9)]
    assert [row for _, row, _, _ in told(reader)] == [1, 2, 3, 4, 5, 7, 8]
    reader = Reader("call", {"v": cells})
    assert reader.numbers("v", rows=[0, 6, 7, 8]).tolist() == [1.0, 3.0, -1.0, 0.0]
    reader.done()


def test_keys_stand_once_and_are_not_missing():
    reader = Reader("call", {"k": ["a", None, float("nan"), "a"]})
    reader.once("unit", "k", reader.key("k").tolist())
    assert told(reader) == [
        ("call.key", 1, "k", "None"),
        ("call.key", 2, "k", "None"),
        ("call.unit", 3, "k", "'a'"),
    ]
    dates = Reader("call", {"k": pd.Series(pd.to_datetime(["2020-01-01", None])).to_numpy()})
    dates.key("k")
    assert [row for _, row, _, _ in told(dates)] == [1]


def test_columns_that_are_not_there_are_told_by_the_argument():
    reader = Reader("call", {"a": [1], "b": [2]})
    assert (reader.has("a"), reader.has("c")) == (True, False)
    reader.needs("value", ["a", "c", 5, None])
    with pytest.raises(ModelError) as caught:
        reader.done()
    assert [(p.code, p.place.item, str(p.found)) for p in caught.value.problems] == [
        ("call.value", "value", "'c'"),
        ("call.value", "value", "5"),
        ("call.value", "value", "None"),
    ]
    assert all(str(p.expected) == "one of: a, b" for p in caught.value.problems)


@pytest.mark.parametrize("frame", [{}, {"a": []}])
def test_no_rows_are_told(frame: dict[str, list[Any]]):
    reader = Reader("call", frame)
    assert reader.size == 0
    reader.needs_rows("a")
    assert told(reader) == [("call.value", None, "a", "0")]


def test_what_is_no_frame_is_refused():
    for wrong in (5, "table.csv", [[1, 2]]):
        with pytest.raises(ModelError) as caught:
            Reader("call", wrong)
        assert [p.code for p in caught.value.problems] == ["panel.no_frame"]


def test_missing_values_of_pandas_own_kind_are_missing():
    reader = Reader("call", pd.DataFrame({"k": ["a", None], "v": [1, None]}).convert_dtypes())
    assert np.isnan(reader.numbers("v", gaps=True)).tolist() == [False, True]
    reader.key("k")
    assert [row for _, row, _, _ in told(reader)] == [1]


def test_a_whole_number_too_large_for_a_float_is_told():
    reader = Reader("call", {"v": [10**400]})
    reader.numbers("v")
    assert [row for _, row, _, _ in told(reader)] == [0]


def test_names_that_are_no_texts_are_told_and_nothing_else_breaks():
    reader = Reader("call", DATA)
    reader.needs("unit", [["u"]])
    reader.distinct({"score"}, unit=["u"], period=None)  # type: ignore[arg-type]
    assert [code for code, *_ in told(reader)] == ["call.unit"]
    reader = Reader("call", DATA)
    reader.distinct({"score"}, unit="u", period="u", group="score")
    assert [code for code, *_ in told(reader)] == ["call.period", "call.group"]
    for wrong in (None, ["x"]):
        with pytest.raises(ModelError) as caught:
            kernel_density(DATA, value=wrong)  # type: ignore[arg-type]
        assert [p.code for p in caught.value.problems] == ["kernel_density.value"]

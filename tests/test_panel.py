"""`Panel` and the door for data frames: any kind in, everything wrong named at once, the caller's kind out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hetao import Panel
from hetao.errors import PanelError
from hetao.figures.frames import FrameKind, read_columns

GOOD: dict[str, list[Any]] = {
    "region": ["甲", "乙", "甲", "乙"],
    "year": [2001, 2001, 2000, 2000],
    "water": [1.0, 2.0, 3.0, 4.0],
    "labour": [5, 6, 7, 8],
    "output": [1.5, 2.5, 3.5, 0.0],
    "waste": [0.5, 0.25, 1.0, 2.0],
    "wage": [1.0, 1.0, 2.0, 2.0],
    "basin": ["n", "s", "n", "s"],
}
KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "mapping": dict,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
}
ROLES: dict[str, Any] = {"unit": "region", "period": "year", "inputs": ["water", "labour"], "outputs": "output"}


def panel(frame: Any = None, **roles: Any) -> Panel:
    return Panel(GOOD if frame is None else frame, **(ROLES | roles))


def refused(frame: Any = None, **roles: Any) -> list[tuple[str, int | None, str]]:
    """Return (code, row, column or item) of every problem, each worded in both languages."""
    with pytest.raises(PanelError) as caught:
        panel(frame, **roles)
    for problem in caught.value.problems:
        for words in (problem.found, problem.expected, problem.remedy):
            assert words.zh
            assert words.en
        assert problem.describe("zh") != problem.describe("en")
        assert problem.place.describe("en") in problem.describe("en")
    return [(p.code, p.place.row, p.place.column or p.place.item) for p in caught.value.problems]


def with_column(name: str, values: Any) -> dict[str, Any]:
    return GOOD | {name: values}


# What a panel holds


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_makes_the_same_panel(kind: str):
    made = panel(KINDS[kind](GOOD), bads="waste", group="basin", prices={"labour": "wage"})
    assert made.inputs == ("water", "labour")
    assert made.outputs == ("output",)
    assert made.bads == ("waste",)
    assert made.X.tolist() == [[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]]
    assert made.Y[:, 0].tolist() == GOOD["output"]
    assert made.B[:, 0].tolist() == GOOD["waste"]
    assert made.prices["labour"].tolist() == GOOD["wage"]
    assert made.units.tolist() == GOOD["region"]
    assert made.groups is not None
    assert made.groups.tolist() == GOOD["basin"]
    assert made.periods == (2000, 2001)
    assert made.X.dtype == np.float64
    assert made.fingerprint == panel(bads="waste", group="basin", prices={"labour": "wage"}).fingerprint


def test_rows_of_a_period_keep_the_frames_order():
    made = panel()
    assert made.rows(2000).tolist() == [2, 3]
    assert made.rows(2001).tolist() == [0, 1]
    assert made.rows(1999).tolist() == []
    assert made.row_of["乙", 2000] == 3
    assert made.keys([3, 0]) == {"region": ["乙", "甲"], "year": [2000, 2001]}
    assert made.keys() == {"region": GOOD["region"], "year": GOOD["year"]}
    assert len(made) == 4


def test_a_cross_section_has_one_nameless_period():
    made = Panel({"u": ["a", "b"], "x": [1, 2], "y": [3, 4]}, unit="u", inputs="x", outputs="y")
    assert made.periods == (None,)
    assert made.rows(None).tolist() == made.rows("anything").tolist() == [0, 1]
    assert made.keys() == {"u": ["a", "b"]}
    assert made.row_of == {("a", None): 0, ("b", None): 1}


def test_the_representation_says_what_is_in_it():
    assert repr(panel(bads="waste")) == (
        "Panel(4 rows, 2 units, 2 periods, inputs=['water', 'labour'], outputs=['output'], bads=['waste'])"
    )


def test_the_arrays_cannot_be_written():
    made = panel(bads="waste", group="basin", prices={"labour": "wage"})
    for array in (made.X, made.Y, made.B, made.units, made.row_periods, made.groups, made.prices["labour"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_changing_the_callers_frame_changes_nothing():
    frame = {name: np.array(values) for name, values in GOOD.items()}
    made = panel(frame)
    quantities, units = made.X.tolist(), made.units.tolist()
    frame["water"][:] = -1.0
    frame["region"][:] = "x"
    assert made.X.tolist() == quantities
    assert made.units.tolist() == units


@pytest.mark.parametrize(
    "other",
    [
        {"frame": with_column("water", [1.0, 2.0, 3.0, 4.0000001])},
        {"frame": with_column("region", ["甲", "丙", "甲", "丙"])},
        {"frame": with_column("year", [2002, 2002, 2000, 2000])},
        {"frame": {n: v[::-1] for n, v in GOOD.items()}},
        {"inputs": ["labour", "water"]},
        {"bads": "waste"},
        {"group": "basin"},
        {"prices": {"water": "wage"}},
    ],
    ids=str,
)
def test_the_fingerprint_changes_with_what_the_panel_holds(other: dict[str, Any]):
    assert panel(**other).fingerprint != panel().fingerprint
    assert panel(**other).fingerprint == panel(**other).fingerprint


NUMBERS = {
    "int": [1, 2, 3, 4],
    "int8": np.array([1, 2, 3, 4], dtype=np.int8),
    "uint64": np.array([1, 2, 3, 4], dtype=np.uint64),
    "float32": np.array([1, 2, 3, 4], dtype=np.float32),
    "decimal": [Decimal(1), Decimal(2), Decimal(3), Decimal("4.0")],
    "fraction": [Fraction(1), Fraction(2), Fraction(3), Fraction(8, 2)],
    "numpy scalars": [np.float64(1), np.int64(2), np.float32(3), 4],
    "tuple": (1, 2, 3, 4),
    "range": range(1, 5),
    "pandas series": pd.Series([1, 2, 3, 4], index=[9, 8, 7, 6]),
    "polars series": pl.Series([1, 2, 3, 4]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_many_types_are_read(name: str):
    assert panel(with_column("water", NUMBERS[name])).X[:, 0].tolist() == [1.0, 2.0, 3.0, 4.0]


FRAME_NUMBERS = {
    "pandas Int64": pd.DataFrame(GOOD).astype({"water": "Int64"}),
    "pandas arrow": pd.DataFrame(GOOD).astype({"water": "double[pyarrow]"}),
    "polars decimal": pl.DataFrame(GOOD).with_columns(pl.col("water").cast(pl.Decimal(10, 2))),
    "pyarrow int8": pa.table(GOOD).set_column(2, "water", pa.array([1, 2, 3, 4], pa.int8())),
    "pandas with an index": pd.DataFrame(GOOD, index=[7, 7, 8, 8]),
    "polars lazy": pl.LazyFrame(GOOD),
}


@pytest.mark.parametrize("name", FRAME_NUMBERS)
def test_frames_own_number_types_are_read(name: str):
    assert panel(FRAME_NUMBERS[name]).X[:, 0].tolist() == [1.0, 2.0, 3.0, 4.0]


PERIODS = {
    "text": ["2001Q1", "2001Q1", "2000Q4", "2000Q4"],
    "date": [dt.date(2001, 1, 1)] * 2 + [dt.date(2000, 1, 1)] * 2,
    "timestamp": [pd.Timestamp("2001-01-01")] * 2 + [pd.Timestamp("2000-01-01")] * 2,
    "numpy nanoseconds": np.array(["2001-01-01"] * 2 + ["2000-01-01"] * 2, dtype="datetime64[ns]"),
    "tuple": [(2001, 1)] * 2 + [(2000, 4)] * 2,
    "float": [2001.5, 2001.5, 2000.0, 2000.0],
}


@pytest.mark.parametrize("name", PERIODS)
def test_periods_of_many_types_are_put_in_order(name: str):
    made = panel(with_column("year", PERIODS[name]))
    assert made.periods == (PERIODS[name][2], PERIODS[name][0])
    assert made.rows(made.periods[0]).tolist() == [2, 3]
    assert made.keys()["year"] == list(PERIODS[name])


def test_categories_and_numbers_may_name_units():
    assert panel(pd.DataFrame(GOOD).astype({"region": "category"})).units.tolist() == GOOD["region"]
    assert panel(with_column("region", [150100, 150200, 150100, 150200])).keys()["region"][0] == 150100


def test_columns_without_a_role_may_hold_anything():
    extra = with_column("note", [[1], {"a": 1}, None, float("nan")])
    assert len(panel(extra)) == 4
    assert len(panel(pl.DataFrame(GOOD | {"note": [[1, 2], [3, 4], [], None]}))) == 4


# What is refused

MISSING = {
    "None": None,
    "nan": float("nan"),
    "numpy nan": np.nan,
    "decimal nan": Decimal("NaN"),
    "pandas NA": pd.NA,
    "pandas NaT": pd.NaT,
    "numpy NaT": np.datetime64("NaT"),
}


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("column", ["region", "year", "water", "waste", "wage", "basin"])
def test_what_is_missing_is_refused_wherever_it_stands(name: str, column: str):
    frame = with_column(column, [*GOOD[column][:2], MISSING[name], GOOD[column][3]])
    found = refused(frame, bads="waste", prices={"water": "wage"}, group="basin")
    assert found == [("panel.missing_value", 2, column)]


HOLES = {
    "pandas float": pd.DataFrame(with_column("water", [1.0, 2.0, np.nan, 4.0])),
    "pandas Int64": pd.DataFrame(with_column("water", pd.array([1, 2, None, 4], dtype="Int64"))),
    "pandas arrow": pd.DataFrame(with_column("water", pd.array([1, 2, None, 4], dtype="int64[pyarrow]"))),
    "polars null": pl.DataFrame(with_column("water", [1.0, 2.0, None, 4.0])),
    "polars nan": pl.DataFrame(with_column("water", [1.0, 2.0, float("nan"), 4.0])),
    "pyarrow null": pa.table(with_column("water", [1.0, 2.0, None, 4.0])),
    "numpy float": with_column("water", np.array([1.0, 2.0, np.nan, 4.0])),
    "numpy masked": with_column("water", np.ma.array([1.0, 2.0, 3.0, 4.0], mask=[False, False, True, False])),
    "pandas NaT": pd.DataFrame(GOOD).assign(water=pd.to_datetime([None] * 4)).iloc[2:3].reset_index(drop=True),
}


@pytest.mark.parametrize("name", HOLES)
def test_every_frames_own_missing_value_is_refused(name: str):
    row = 0 if name == "pandas NaT" else 2
    assert refused(HOLES[name]) == [("panel.missing_value", row, "water")]


@pytest.mark.parametrize("infinite", [float("inf"), float("-inf"), Decimal("Infinity"), 10**400], ids=str)
def test_what_is_infinite_is_refused(infinite: Any):
    frame = with_column("water", [1.0, infinite, 3.0, 4.0])
    assert refused(frame) == [("panel.infinite_value", 1, "water")]
    if isinstance(infinite, float):
        assert refused(pl.DataFrame(frame)) == refused(pd.DataFrame(frame)) == [("panel.infinite_value", 1, "water")]


NOT_NUMBERS = {
    "text": "3",
    "unit": "3 m³",
    "empty text": "",
    "bytes": b"3",
    "bool": True,
    "numpy bool": np.True_,
    "complex": 1j,
    "numpy complex": np.complex128(1j),
    "date": dt.date(2000, 1, 1),
    "timestamp": pd.Timestamp("2000-01-01"),
    "timedelta": dt.timedelta(1),
    "numpy timedelta": np.timedelta64(1, "D"),
    "numpy date": np.datetime64("2000-01-01"),
    "list": [1.0],
    "object": object(),
}


@pytest.mark.parametrize("name", NOT_NUMBERS)
def test_what_is_no_number_is_refused(name: str):
    frame = with_column("water", [1.0, 2.0, 3.0, NOT_NUMBERS[name]])
    assert refused(frame) == [("panel.not_a_number", 3, "water")]


@pytest.mark.parametrize(
    "values",
    [
        np.array([True, False, True, True]),
        np.array(["2000-01-01"] * 4, dtype="datetime64[ns]"),
        np.array(["1", "2", "3", "4"]),
        np.array([1j, 2, 3, 4]),
    ],
    ids=lambda v: str(v.dtype),
)
def test_whole_columns_that_are_no_numbers_are_refused(values: np.ndarray):
    frames = [with_column("water", values)]
    if values.dtype.kind in "bMU":
        frames += [pd.DataFrame(frames[0]), pl.DataFrame(frames[0])]
    for frame in frames:
        assert refused(frame) == [("panel.not_a_number", row, "water") for row in range(4)]


def test_a_repeated_key_names_the_row_seen_first():
    frame = with_column("year", [2001, 2001, 2001, 2001])
    assert refused(frame) == [("panel.duplicate_key", 2, "region"), ("panel.duplicate_key", 3, "region")]
    with pytest.raises(PanelError, match=r"\('甲', 2001\) already seen in row 0"):
        panel(frame)


def test_data_over_time_without_a_period_are_repeated_keys():
    assert [code for code, *_ in refused(period=None)] == ["panel.duplicate_key"] * 2
    with pytest.raises(PanelError, match="the key '甲' already seen in row 0"):
        panel(period=None)


def test_periods_of_mixed_types_are_refused():
    assert refused(with_column("year", [2001, 2001, "2000", "2000"])) == [("panel.mixed_periods", None, "year")]


def test_keys_that_cannot_be_looked_up_are_refused():
    frame = with_column("region", [["甲"], "乙", "甲", {"a": 1}])
    assert refused(frame) == [("panel.no_key", 0, "region"), ("panel.no_key", 3, "region")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_without_rows_is_refused(kind: str):
    empty = KINDS[kind]({name: [] for name in GOOD})
    assert refused(empty) == [("panel.no_rows", None, "frame")]


@pytest.mark.parametrize("frame", [{}, pd.DataFrame(), pl.DataFrame()], ids=lambda f: type(f).__module__)
def test_a_frame_without_columns_is_refused(frame: Any):
    assert [code for code, *_ in refused(frame)] == ["panel.unknown_column"] * 5


@pytest.mark.parametrize("thing", [None, 3, "a.csv", [1, 2], [{"u": 1}], np.ones((2, 2)), pd.Series([1])], ids=repr)
def test_what_is_no_frame_is_refused(thing: Any):
    with pytest.raises(PanelError) as caught:
        Panel(thing, **ROLES)
    assert [p.code for p in caught.value.problems] == ["panel.no_frame"]
    assert type(thing).__name__ in str(caught.value)


def test_columns_of_different_lengths_are_refused():
    assert refused(with_column("water", [1.0])) == [("panel.column_lengths", None, "frame")]


@pytest.mark.parametrize("column", [3, None, "abcd", b"abcd", {"a": 1}, np.float64(1), np.array(1.0), np.ones((4, 2))])
def test_what_is_no_column_is_refused(column: Any):
    assert refused(GOOD | {"water": column, "labour": column}) == [
        ("panel.no_column", None, "water"),
        ("panel.no_column", None, "labour"),
    ]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([["a", 1.0, 2.0, 3.0]], columns=["u", "x", "y", "y"]),
        pa.table([["a"], [1.0], [2.0], [3.0]], names=["u", "x", "y", "y"]),
    ],
    ids=["pandas", "pyarrow"],
)
def test_columns_that_share_a_name_are_refused(frame: Any):
    assert refused(frame) == [("panel.repeated_column", None, "frame")]


def test_column_names_that_are_no_text_are_listed():
    frame = pd.DataFrame([["a", 1.0, 2.0]], columns=["u", 1, 2])
    with pytest.raises(PanelError, match="one of: 1, 2, u"):
        Panel(frame, unit="u", inputs="x", outputs="2")
    assert Panel(frame, unit="u", inputs="1", outputs="2").X.tolist() == [[1.0]]


def test_unknown_columns_of_every_role_are_named_together():
    found = refused(
        unit="a",
        period="b",
        inputs=["c", "water"],
        outputs="d",
        bads="e",
        group="f",
        prices={"g": "wage", "water": "h"},
    )
    assert sorted(item for _, _, item in found) == [
        "bads",
        "group",
        "inputs",
        "outputs",
        "period",
        "prices",
        "prices",
        "unit",
    ]
    assert {code for code, *_ in found} == {"panel.unknown_column"}


def test_a_column_has_one_role_only():
    found = refused(inputs=["water", "water"], outputs="labour", bads="labour", group="region")
    assert [(code, column) for code, _, column in found] == [
        ("panel.repeated_role", "region"),
        ("panel.repeated_role", "water"),
        ("panel.repeated_role", "labour"),
    ]


def test_inputs_and_outputs_are_needed():
    assert refused(inputs=(), outputs=[]) == [
        ("panel.empty_role", None, "inputs"),
        ("panel.empty_role", None, "outputs"),
    ]


def test_everything_wrong_with_the_values_is_reported_at_once():
    frame = GOOD | {
        "region": [None, "乙", "甲", "乙"],
        "water": [float("inf"), "2", None, 4.0],
        "output": [1.0, True, 2.0, float("nan")],
    }
    assert refused(frame) == [
        ("panel.missing_value", 0, "region"),
        ("panel.not_a_number", 1, "water"),
        ("panel.missing_value", 2, "water"),
        ("panel.infinite_value", 0, "water"),
        ("panel.not_a_number", 1, "output"),
        ("panel.missing_value", 3, "output"),
    ]


@given(st.lists(st.sampled_from([1.0, 2, None, "x", float("inf"), True]), min_size=1, max_size=8))
def test_a_panel_is_made_exactly_of_finite_numbers(values: list[Any]):
    frame = {"u": list(range(len(values))), "x": values, "y": [1.0] * len(values)}
    wrong = [i for i, v in enumerate(values) if v not in (1.0, 2) or isinstance(v, bool)]
    if not wrong:
        assert Panel(frame, unit="u", inputs="x", outputs="y").X[:, 0].tolist() == values
        return
    with pytest.raises(PanelError) as caught:
        Panel(frame, unit="u", inputs="x", outputs="y")
    assert sorted(p.place.row or 0 for p in caught.value.problems) == wrong


# The door


@pytest.mark.parametrize("kind", KINDS)
def test_results_come_back_in_the_callers_kind(kind: str):
    frame = KINDS[kind](GOOD)
    _, back = read_columns(frame)
    given_back = back.give({"key": ["a", "b"], "score": np.array([np.nan, -0.0]), "none": np.array([np.nan, np.nan])})
    assert type(given_back) is type(frame)
    columns, _ = read_columns(given_back)
    assert columns["key"].tolist() == ["a", "b"]
    score = [None if v is None or np.isnan(v) else v for v in columns["score"]]
    assert score == [None, 0.0]
    assert not np.signbit(score[1])
    assert all(v is None or np.isnan(v) for v in columns["none"])


@pytest.mark.parametrize(("kind", "number"), [("pandas", "float64"), ("polars", pl.Float64), ("pyarrow", pa.float64())])
@pytest.mark.parametrize("size", [0, 2])
def test_a_column_of_numbers_stays_one_where_none_is_known(kind: str, number: Any, size: int):
    _, back = read_columns(KINDS[kind](GOOD))
    made = back.give({"key": ["a"] * size, "score": np.full(size, np.nan)})
    found = made.schema.field("score").type if kind == "pyarrow" else made["score"].dtype
    assert found == number


def test_a_lazy_frame_gives_back_the_kind_it_collects_to():
    columns, back = read_columns(pl.LazyFrame(GOOD))
    assert columns["water"].tolist() == GOOD["water"]
    assert isinstance(back.give({"a": [1]}), pl.DataFrame)


def test_a_mapping_gives_back_lists():
    assert FrameKind(None).give({"a": (1, 2), "b": np.array([1.0, np.nan])}) == {"a": [1, 2], "b": [1.0, None]}


@pytest.mark.parametrize("names", [3, [3], None, [None]])
def test_columns_are_named_by_texts(names):
    with pytest.raises(PanelError) as caught:
        Panel({"u": ["a"], "x": [1.0], "y": [1.0]}, unit="u", inputs=names, outputs="y")
    assert [p.code for p in caught.value.problems] == ["panel.not_names"]

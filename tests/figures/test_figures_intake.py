"""Taking figures in from csv files and data frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hetao.errors import FiguresError, Place
from hetao.figures import RegionTree, Register, Schema, files, read_figures, read_frame, read_sources, tables

Load = Callable[..., Register]
Refused = Callable[..., list[tuple[str, str]]]

HEADER = "region,period,indicator,value,unit,source,note\n"
GOOD = HEADER + "NM,2020,population,2400,万人,a,\n"


def test_the_example_study_loads_without_problems(schema: Schema) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "inner-mongolia"
    tree = RegionTree.read(example / "regions.csv")
    sources = read_sources(example / "sources.csv")
    paths = sorted((example / "figures").glob("*.csv"))
    register = read_figures(paths, tree=tree, schema=schema, sources=sources, root=example)
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in paths)
    assert len(register) == lines
    assert {f.place.file for f in register} == {f"figures/{path.name}" for path in paths}
    chosen = register.choose({"co2_emissions": "edgar_2024"})
    share = chosen.value("150000", 1987, "yellow_river_share_1987")
    assert share == Fraction(586, 10)


def test_a_figure_is_held_in_its_indicators_unit_and_as_given(load: Load) -> None:
    (figure,) = load(HEADER + '内蒙古,2020,人口," ２,４００.５ ",万人,a,"about, 中"\n')
    assert figure.value == 24_005_000
    assert (figure.region, figure.period, figure.indicator, figure.unit) == ("NM", 2020, "population", "人")
    assert (figure.given, figure.given_unit, figure.note) == ("２,４００.５", "万人", "about, 中")
    assert figure.place == Place(file="0.csv", row=2, column="value")
    assert figure.marker is None


@pytest.mark.parametrize(
    "marker", ["", "-", "—", "…", "..", "NA", "na", "n/a", "未公布", "not found", "Not Found", "——"]
)
def test_missing_is_a_state_and_never_zero(load: Load, marker: str) -> None:
    (figure,) = load(HEADER + f"NM,2020,population,{marker},人,a,\n")
    assert figure.value is None
    assert figure.marker == marker


@pytest.mark.parametrize(("text", "period"), [("2023", 2023), ("2023Q4", "2023Q4"), ("2023-12", "2023-12")])
def test_periods_are_years_quarters_or_months(load: Load, text: str, period: object) -> None:
    (figure,) = load(HEADER + f"NM,{text},population,1,人,a,\n")
    assert figure.period == period


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_delimiters_and_encodings_are_found(load: Load, delimiter: str, encoding: str) -> None:
    text = "地区,年份,指标,数值,单位,来源,备注\r\n内蒙古,2020,人口,2400,万人,统计局,甲\r\n,,,,,,\r\n\r\n"
    (figure,) = load(text.replace(",", delimiter).encode(encoding))
    assert (figure.region, figure.value, figure.source, figure.note) == ("NM", 24_000_000, "统计局", "甲")


def test_a_title_above_the_header_is_passed_over(load: Load) -> None:
    (figure,) = load("表1,,,,,,\n\nregion,period,indicator,value,unit,source,note\nNM,2020,population,1,人,a,\n")
    assert figure.place.row == 4


def test_a_region_is_taken_as_of_the_period(load: Load) -> None:
    figures = load(HEADER + "和平区,1990,population,1,人,a,\n和平区,2005,population,2,人,a,\n")
    assert [f.region for f in figures] == ["A", "B"]


AT = "0.csv, row 2, column "
PEOPLE = HEADER + "NM,2020,population,"
LACKING = "region,period,indicator,value,source\nNM,2020,population,1,a\n"
NAMELESS = GOOD.replace(",note", ",").replace("a,", "a,x")
NOTHING_KNOWN = [
    *[("missing_column", f"0.csv, row 1, column {name}") for name in HEADER.split(",")[:6]],
    *[("unknown_column", f"0.csv, row 1, column {name}") for name in "xy"],
]
FAULTS = [
    # what is wrong, content of the file, problems (code, place)
    ("missing column", LACKING, [("missing_column", "0.csv, row 1, column unit")]),
    ("no known column", "x,y\n1,2\n", NOTHING_KNOWN),
    ("duplicate header", GOOD.replace("note", "年份"), [("duplicate_column", "0.csv, row 1, column 年份")]),
    ("unknown column", GOOD.replace("note", "notes"), [("unknown_column", "0.csv, row 1, column notes")]),
    ("nameless column", NAMELESS, [("nameless_column", "0.csv, row 1, column 7")]),
    ("text in a number cell", PEOPLE + "many,人,a,\n", [("units.not_a_number", AT + "value")]),
    ("NaN", PEOPLE + "NaN,人,a,\n", [("units.not_a_number", AT + "value")]),
    ("misplaced separator", PEOPLE + '"1,23",人,a,\n', [("units.not_a_number", AT + "value")]),
    ("infinite value", PEOPLE + "-inf,人,a,\n", [("infinite_value", AT + "value")]),
    ("infinite sign", PEOPLE + "∞,人,a,\n", [("infinite_value", AT + "value")]),
    ("too large", PEOPLE + "1e999,人,a,\n", [("infinite_value", AT + "value")]),
    ("too small", PEOPLE + "1e-999,人,a,\n", [("infinite_value", AT + "value")]),
    ("formula error", PEOPLE + "#REF!,人,a,\n", [("formula_error", AT + "value")]),
    ("unknown region", HEADER + "内蒙,2020,population,1,人,a,\n", [("unknown_region", AT + "region")]),
    ("region not then", HEADER + "重庆,1990,population,1,人,a,\n", [("region_not_then", AT + "region")]),
    ("unknown indicator", HEADER + "NM,2020,popullation,1,人,a,\n", [("unknown_indicator", AT + "indicator")]),
    ("unit of another dimension", PEOPLE + "1,亿元,a,\n", [("units.unlike", AT + "unit")]),
    ("unknown unit", PEOPLE + "1,heads,a,\n", [("units.unknown_unit", AT + "unit")]),
    ("empty source", PEOPLE + "1,人,,\n", [("empty_cell", AT + "source")]),
    ("bad period", HEADER + "NM,2020年,population,1,人,a,\n", [("bad_period", AT + "period")]),
    ("bad month", HEADER + "NM,2020-13,population,1,人,a,\n", [("bad_period", AT + "period")]),
    ("wrong encoding", GOOD.encode("utf-16"), [("wrong_encoding", "0.csv")]),
    ("wrong encoding without a mark", GOOD.encode("utf-16-le"), [("wrong_encoding", "0.csv")]),
    ("bytes of no encoding", GOOD.encode() + b"\xff\xff", [("wrong_encoding", "0.csv")]),
    ("empty file", "", [("empty_file", "0.csv")]),
    ("blank file", "\n\n , \n", [("empty_file", "0.csv")]),
    ("header only", HEADER, [("no_rows", "0.csv, row 1")]),
    ("short row", PEOPLE + "1,人\n", [("row_length", "0.csv, row 2")]),
    ("long row", PEOPLE + "1,人,a,x,y\n", [("row_length", "0.csv, row 2")]),
    ("quotation mark never closed", PEOPLE + '"1,人,a,\n', [("bad_csv", "0.csv, row 2")]),
    ("comma in a semicolon file", GOOD.replace(",", ";").replace("400", ",400"), [("comma_in_number", AT + "value")]),
    ("duplicate", GOOD + "150000,2020,人口,2400,万人,a,\n", [("duplicate_figure", AT.replace("2", "3") + "value")]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_each_fault_is_told_with_its_place(
    load: Load, refused: Refused, content: str | bytes, expected: list[tuple[str, str]]
) -> None:
    full = [(code if "." in code else f"figures.{code}", place) for code, place in expected]
    assert refused(lambda: load(content)) == full


def test_everything_wrong_in_all_files_is_told_at_once(load: Load, refused: Refused) -> None:
    bad = HEADER + "XX,20,nothing,many,,b,\n"
    found = refused(lambda: load(GOOD, bad, "", GOOD, sources={"a": None}))
    assert found == [
        ("figures.bad_period", "1.csv, row 2, column period"),
        ("figures.unknown_region", "1.csv, row 2, column region"),
        ("figures.unknown_indicator", "1.csv, row 2, column indicator"),
        ("figures.unknown_source", "1.csv, row 2, column source"),
        ("units.not_a_number", "1.csv, row 2, column value"),
        ("figures.empty_cell", "1.csv, row 2, column unit"),
        ("figures.empty_file", "2.csv"),
        ("figures.duplicate_figure", "3.csv, row 2, column value"),
    ]


def test_a_duplicate_names_both_places_and_both_values(load: Load) -> None:
    with pytest.raises(
        FiguresError, match=r"1\.csv, row 2, column value.*2400, already at 0\.csv, row 2, column value"
    ):
        load(GOOD, GOOD)


def test_a_file_of_200_mb_is_refused_without_being_read(
    load: Load, refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    opened: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", opened.append)
    assert refused(lambda: load(path)) == [("figures.file_too_large", "large.csv")]
    assert opened == []


@pytest.mark.parametrize(("name", "value"), [("MAX_ROWS", 1), ("MAX_COLUMNS", 3), ("MAX_CELLS", 8)])
def test_large_tables_are_refused(
    load: Load, refused: Refused, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    monkeypatch.setattr(files, name, value)
    assert refused(lambda: load(GOOD)) == [("figures.table_too_large", "0.csv")]


def test_a_path_that_is_no_file_or_of_another_kind_is_refused(load: Load, refused: Refused, tmp_path: Path) -> None:
    image = tmp_path / "a.png"
    image.write_bytes(b"x")
    found = refused(lambda: load(tmp_path / "gone.csv", tmp_path, image))
    assert [code for code, _ in found] == ["figures.no_file", "figures.no_file", "figures.unknown_kind"]


FRAME = {
    "region": ["NM", "NM", "SC"],
    "period": [2020.0, 2021, 2020],
    "indicator": ["population", "population", "gdp_real"],
    "value": [24.005, None, 0.1],
    "unit": ["万人", "万人", "亿元"],
    "source": ["a", "a", "a"],
}


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame])
def test_any_data_frame_gives_the_same_register(tree: RegionTree, schema: Schema, kind: Callable[..., object]) -> None:
    register = read_frame(kind(FRAME), tree=tree, schema=schema, name="mine")
    assert [f.value for f in register] == [Fraction(1, 10), 240_050, None]
    assert [f.given for f in register] == ["0.1", "24.005", ""]
    assert [f.place.row for f in register] == [2, 0, 1]


def test_cells_of_a_frame_may_be_of_any_kind(tree: RegionTree, schema: Schema) -> None:
    values = [Decimal("0.10"), float("nan"), "1,234.5", pd.NA, Decimal("NaN")]
    values.append(np.float64(0.1))
    months = [f"2020-0{n}" for n in range(1, 7)]
    frame = {
        "地区": ["NM"] * 6,
        "时期": months,
        "指标": ["人口"] * 6,
        "数值": values,
        "单位": ["人"] * 6,
        "来源": ["a"] * 6,
    }
    register = read_frame(frame, tree=tree, schema=schema)
    assert [f.value for f in register] == [Fraction(1, 10), None, Fraction(2469, 2), None, None, Fraction(1, 10)]


def test_faults_of_a_frame_are_told_by_row_and_column(tree: RegionTree, schema: Schema, refused: Refused) -> None:
    frame = FRAME | {"value": [float("inf"), True, "x"], "period": [dt.datetime(2020, 1, 1), 2020.5, 2020]}
    assert refused(lambda: read_frame(frame, tree=tree, schema=schema, sources=["b"], name="f")) == [
        ("figures.bad_period", "f, row 0, column period"),
        ("figures.unknown_source", "f, row 0, column source"),
        ("figures.infinite_value", "f, row 0, column value"),
        ("figures.bad_period", "f, row 1, column period"),
        ("figures.unknown_source", "f, row 1, column source"),
        ("units.not_a_number", "f, row 1, column value"),
        ("figures.unknown_source", "f, row 2, column source"),
        ("units.not_a_number", "f, row 2, column value"),
    ]


def test_what_is_no_frame_or_lacks_columns_is_refused(tree: RegionTree, schema: Schema, refused: Refused) -> None:
    assert refused(lambda: read_frame(3, tree=tree, schema=schema)) == [("panel.no_frame", "frame")]
    part = {name: FRAME[name] for name in list(FRAME)[:5]}
    found = refused(lambda: read_frame(part, tree=tree, schema=schema, name="f"))
    assert found == [("figures.missing_column", "f, column source")]
    with pytest.raises(FiguresError):
        read_frame(3, tree=tree, schema=schema)


def test_any_table_is_read_as_text_with_places(tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "projects.csv"
    path.write_text('name,cost\n"two\nlines",5\n\nb,\n', encoding="utf-8")
    table = tables.read_rows(path, root=tmp_path)
    assert table.header == ("name", "cost")
    assert len(table) == 2
    assert [row.as_dict() for row in table] == [{"name": "two\nlines", "cost": "5"}, {"name": "b", "cost": ""}]
    rows = tables.read_table(path, ["name"], ["cost", "note"])
    assert rows[1]["note"] == ""
    assert rows[1].place("cost") == Place(file=path.as_posix(), row=5, column="cost")
    assert rows[1].place() == Place(file=path.as_posix(), row=5)
    assert refused(lambda: tables.read_table(path, ["name", "unit"], root=tmp_path)) == [
        ("figures.missing_column", "projects.csv, row 1, column unit"),
        ("figures.unknown_column", "projects.csv, row 1, column cost"),
    ]

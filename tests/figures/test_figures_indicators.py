"""The schema of indicators and the table of sources."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hetao import Panel, figures
from hetao.errors import FiguresError
from hetao.figures import Schema, Source, read_sources
from hetao.units import unit

HEADER = "indicator,unit,kind,zh,en,description,aggregation,part_of\n"
Refused = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Path]:
    def written(rows: str) -> Path:
        path = tmp_path / "own.csv"
        path.write_text(HEADER + rows, encoding="utf-8")
        return path

    return written


def test_the_shipped_schema_is_complete(schema: Schema) -> None:
    assert len(schema) == 73
    assert schema is Schema.shipped()
    for indicator in schema:
        assert unit(indicator.unit).factor > 0
        assert indicator.name.zh
        assert indicator.name.en
        assert indicator.description


def test_the_parts_of_a_total_are_known(schema: Schema) -> None:
    keys = [i.key for i in schema.parts_of("water_use")]
    assert keys == ["water_use_agriculture", "water_use_industry", "water_use_domestic", "water_use_ecology"]
    assert schema.parts_of("population") == ()


@pytest.mark.parametrize("name", ["population", "人口", "Population"])
def test_an_indicator_is_found_by_key_or_name(schema: Schema, name: str) -> None:
    assert schema.get(name).key == "population"


@pytest.mark.parametrize(
    ("name", "near"), [("water_us", "water_use"), ("人口数", "population"), ("zzzzzz", "add it to")]
)
def test_an_unknown_indicator_is_refused_with_suggestions(schema: Schema, name: str, near: str) -> None:
    with pytest.raises(FiguresError, match="unknown indicator") as caught:
        schema.get(name)
    assert near in str(caught.value)


def test_a_study_adds_its_own(schema: Schema, own: Callable[[str], Path]) -> None:
    path = own(
        "park_area,ha,stock,公园面积,park area,Parks.,weighted:population,land_area\n"
        "parks,ha,stock,甲,park area,P.,sum,\n"
    )
    wider = schema.extended_by(path)
    assert len(wider) == 75
    assert wider.get("公园面积").aggregation == "weighted:population"
    assert "parks" in wider
    assert "parks" not in schema
    with pytest.raises(FiguresError, match=r"ambiguous indicator 'park area'.*did you mean park_area, parks"):
        wider.get("park area")


def test_faults_of_rows_are_reported_at_once(
    schema: Schema, own: Callable[[str], Path], tmp_path: Path, refused: Refused
) -> None:
    path = own("x,furlong,stock,甲,x,X.,sum,\ny,,level,乙,,Y.,total,\n")
    assert refused(lambda: schema.extended_by(path, root=tmp_path)) == [
        ("units.unknown_unit", "own.csv, row 2, column unit"),
        ("figures.empty_cell", "own.csv, row 3, column unit"),
        ("figures.empty_cell", "own.csv, row 3, column en"),
        ("figures.unknown_kind", "own.csv, row 3, column kind"),
        ("figures.unknown_aggregation", "own.csv, row 3, column aggregation"),
    ]


def test_faults_between_rows_are_reported_at_once(
    schema: Schema, own: Callable[[str], Path], tmp_path: Path, refused: Refused
) -> None:
    path = own(
        "population,人,stock,甲,a,X.,sum,\n"
        "x,人,stock,乙,b,X.,weighted:people,\n"
        "y,t,stock,丙,c,X.,sum,population\n"
        "z,t,stock,丁,d,X.,sum,z\n"
    )
    assert refused(lambda: schema.extended_by(path, root=tmp_path)) == [
        ("figures.redefined_indicator", "own.csv, row 2, column indicator"),
        ("figures.unknown_indicator", "own.csv, row 3, column indicator"),
        ("units.unlike", "own.csv, row 4, column indicator"),
        ("figures.unknown_indicator", "own.csv, row 5, column indicator"),
    ]


def test_sources_are_read_and_checked(tmp_path: Path, refused: Refused) -> None:
    path = tmp_path / "s.csv"
    header = "source,publisher,title,vintage,url,note\n"
    path.write_text(header + "a,NBS,Yearbook,2023,,\n", encoding="utf-8")
    assert read_sources(path) == {"a": Source("a", "NBS", "Yearbook", "2023", "", "")}
    path.write_text(header + "a,NBS,Yearbook,2023,,\na,,Yearbook,2022,,\n", encoding="utf-8")
    assert refused(lambda: read_sources(path, root=tmp_path)) == [
        ("figures.empty_cell", "s.csv, row 3, column publisher"),
        ("figures.duplicate_source", "s.csv, row 3, column source"),
    ]


def test_the_package_gives_only_what_it_names() -> None:
    assert figures.Panel is Panel
    with pytest.raises(AttributeError, match="no attribute 'Pannel'"):
        figures.Pannel  # noqa: B018 - the look-up is the test
    assert all(getattr(figures, name) is not None for name in figures.__all__)


def test_heavy_libraries_wait_until_they_are_needed() -> None:
    heavy = "numpy narwhals python_calamine xlsxwriter pandas polars"
    code = f"import sys, hetao.figures; print(*sorted(set('{heavy}'.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

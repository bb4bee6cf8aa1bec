"""Tables that do not add up, and the round trip through csv."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hetao.figures import RegionTree, Register, Schema, check_sums, read_figures, read_frame, write_figures

Load = Callable[..., Register]
USES = ("irrigation", "forestry_livestock_fishery", "industry", "urban_public", "domestic", "ecological")
FREE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def bulletin(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, str]], Register]:
    """The rows of the Yellow River bulletins as published, and as a register of seven figures a row."""
    with (shared / "data/china_water/yellow_river_bulletin_2003_2017.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    regions = dict.fromkeys(row["province_zh"] for row in rows)
    path = tmp_path_factory.mktemp("bulletin") / "regions.csv"
    lines = [f"P{n},{name},P{n},province,,,,," for n, name in enumerate(regions)]
    path.write_text("\n".join(["region,zh,en,kind,parent,code,from,to,became", *lines]), encoding="utf-8")
    columns: dict[str, list[str]] = {name: [] for name in ("region", "period", "indicator", "value", "unit", "source")}
    for row in rows:
        total = f"yellow_river_{'surface' if row['source'] == 'surface' else 'groundwater'}_{row['item']}"
        values = {total: row["total"], **{f"{total}_{use}": row[use] for use in USES}}
        for indicator, value in values.items():
            cells = (row["province_zh"], row["year"], indicator, value, "亿m³", "bulletin")
            for name, cell in zip(columns, cells, strict=True):
                columns[name].append(cell)
    return rows, read_frame(columns, tree=RegionTree.read(path), schema=Schema.shipped())


def test_the_19_rows_of_the_bulletins_are_listed(bulletin: tuple[list[dict[str, str]], Register]) -> None:
    rows, register = bulletin
    assert len(rows) == 632
    assert len(register) == 632 * 7
    schema = Schema.shipped()
    assert len(check_sums(register, schema, Fraction(7, 100))) == 19
    assert len(check_sums(register, schema, Fraction(3, 100) - Fraction(1, 10**9))) == 22
    misses = check_sums(register, schema, Fraction(7, 100))
    assert all(abs(miss.difference) >= Fraction(9, 100) for miss in misses)
    worst = min(misses, key=lambda miss: miss.difference)
    assert (worst.total.period, worst.total.indicator) == (2011, "yellow_river_surface_withdrawal")
    assert worst.difference == -30
    assert len(worst.places) == 7
    assert worst.places[0] == worst.total.place
    assert worst.total in register.figures


def test_the_misses_are_those_of_a_plain_sum(bulletin: tuple[list[dict[str, str]], Register]) -> None:
    rows, register = bulletin
    whole = [row for row in rows if all(row[use] for use in USES)]
    differences = [sum(Fraction(row[use]) for use in USES) - Fraction(row["total"]) for row in whole]
    for tolerance in (Fraction(0), Fraction(1, 100), Fraction(5, 100), Fraction(7, 100), Fraction(1)):
        expected = sorted(d for d in differences if abs(d) > tolerance)
        found = check_sums(register, Schema.shipped(), tolerance)
        assert sorted(miss.difference for miss in found) == expected


def test_a_total_is_checked_only_where_all_its_parts_have_values(load: Load, schema: Schema) -> None:
    header = "region,period,indicator,value,unit,source\n"
    rows = [f"NM,2020,{i.key},2,亿m³,a" for i in schema.parts_of("water_supply")]
    total = "NM,2020,water_supply,10,亿m³,a"

    def misses(*lines: str) -> int:
        return len(check_sums(load(header + "\n".join(lines)), schema, Fraction(1)))

    assert misses(total, *rows) == 1
    assert misses(total, *rows[1:]) == 0
    assert misses(total.replace("10", "—"), *rows) == 0
    assert misses(total, *rows[1:], rows[0].replace(",2,", ",—,")) == 0
    assert misses(total, *rows[1:], rows[0].replace(",a", ",b")) == 0
    assert misses(total.replace("10", "7"), *rows) == 0
    assert misses(total, *rows[1:], rows[0].replace(",2,亿", ",60000,万")) == 0


WORDS = st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs"]), max_size=8).map(str.strip)
NOTES = st.one_of(WORDS, st.sampled_from(['a "quoted", note', "two\nlines", "来源：某；某", "a;b\tc"]))
VALUES = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9).map(str),
    st.sampled_from(["", "—", "NA", "1,234.5", "−3", "１２", "1e3"]),
)
KEYS = st.tuples(
    st.sampled_from(["NM", "SC", "ORD"]),
    st.sampled_from(["2015", "2020", "2020Q3", "2020-02"]),
    st.sampled_from([("population", "万人"), ("gdp_real", "亿元"), ("pipe_leakage", "%")]),
    st.sampled_from(["a", "来源二"]),
)
TABLES = st.dictionaries(KEYS, st.tuples(VALUES, NOTES), min_size=1, max_size=8)
HEADER = ("地区", "年份", "指标", "数值", "单位", "来源", "备注")


def rows_of(table: dict[tuple[str, str, tuple[str, str], str], tuple[str, str]]) -> list[tuple[str, ...]]:
    listed = [(r, p, i, value, unit, s, note) for (r, p, (i, unit), s), (value, note) in table.items()]
    return [row for row in listed if not (row[0] == "ORD" and row[1] < "2001")]


def written(path: Path, rows: list[tuple[str, ...]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


@FREE
@given(TABLES)
def test_a_register_written_as_csv_reads_back_the_same(
    tree: RegionTree, tmp_path: Path, table: dict[tuple[str, str, tuple[str, str], str], tuple[str, str]]
) -> None:
    schema = Schema.shipped()
    first = read_figures([written(tmp_path / "a.csv", rows_of(table))], tree=tree, schema=schema)
    write_figures(first, tmp_path / "b.csv")
    second = read_figures([tmp_path / "b.csv"], tree=tree, schema=schema)
    assert second == first
    write_figures(second, tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@FREE
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    tree: RegionTree,
    tmp_path: Path,
    table: dict[tuple[str, str, tuple[str, str], str], tuple[str, str]],
    random: object,
) -> None:
    rows = rows_of(table)
    mixed = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]
    schema = Schema.shipped()
    first = read_figures([written(tmp_path / "a.csv", rows)], tree=tree, schema=schema)
    assert read_figures([written(tmp_path / "b.csv", mixed)], tree=tree, schema=schema) == first


@FREE
@given(TABLES)
def test_gb18030_and_utf8_load_the_same(
    tree: RegionTree, tmp_path: Path, table: dict[tuple[str, str, tuple[str, str], str], tuple[str, str]]
) -> None:
    schema = Schema.shipped()
    loaded = [
        read_figures([written(tmp_path / f"{encoding}.csv", rows_of(table), encoding)], tree=tree, schema=schema)
        for encoding in ("utf-8", "utf-8-sig", "gb18030")
    ]
    assert loaded[0] == loaded[1] == loaded[2]

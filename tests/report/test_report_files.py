"""The workbook and the csv files, read back."""

import csv
from dataclasses import replace
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from hetao.report.model import Cell, Column, Report, Section, Table
from hetao.report.tables import file_names, write_tables
from hetao.report.xlsx import HEAD_ROWS, sheet_names, write_xlsx
from hetao.text import Text

A = Text("甲", "A")


def report_of(*tables):
    return Report(A, A, (Section("s", A, A, A, "plain", None, tables),))


def table(key, *values, kind="number"):
    return Table(key, A, (Column("v", A, kind=kind),), tuple((Cell(v),) for v in values))


def worded(value, language):
    if isinstance(value, Text):
        return (
            value.in_language(language)
            if language
            else f"{value.zh} / {value.en}"
            if value.zh != value.en
            else value.zh
        )
    return "" if value is None else value


@pytest.mark.parametrize("language", ["zh", "en", None])
def test_workbook_reads_back_equal_to_full_precision(report, tmp_path, language):
    path = tmp_path / "r.xlsx"
    write_xlsx(report, path, language)
    book = CalamineWorkbook.from_path(str(path))
    names = sheet_names(report.tables())
    assert book.sheet_names == ["Contents", *names, "Sources"]
    for name, one in zip(names, report.tables(), strict=True):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert rows[0][0] == worded(one.title, language)
        at = 0
        for index, column in enumerate(one.columns):
            cells = [row[index] for row in one.rows]
            assert rows[2][at] == worded(column.title, language)
            assert rows[3][at] == worded(column.unit, language)
            read = [row[at] for row in rows[HEAD_ROWS:]]
            expected = [float(v) if isinstance(v := worded(c.value, language), int | Decimal) else v for c in cells]
            assert read == expected
            at += 1
            if any(c.sources for c in cells):
                assert [row[at] for row in rows[HEAD_ROWS:]] == ["; ".join(c.sources) for c in cells]
                at += 1


def test_workbook_lists_sources_and_links(report, tmp_path):
    path = tmp_path / "r.xlsx"
    write_xlsx(report, path, "zh")
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name("Sources").to_python()
    assert [row[0] for row in rows[1:]] == list(report.sources)
    assert (
        rows[1][1:5] == ["水利部黄河水利委员会", "《黄河水资源公报》2003–2017", 2018, "https://example.org/bulletin"]
        or rows[1][3] == "2018"
    )
    contents = book.get_sheet_by_name("Contents").to_python()
    assert [row[0] for row in contents[3 : 4 + len(report.tables())]] == [*sheet_names(report.tables()), "Sources"]


def test_equal_reports_give_equal_bytes(report, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(report, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_sheet_names_are_legal_short_and_unique():
    keys = ["a/b:c*?[d]", "x" * 40, "X" * 40, "Sources", "history", "'q'", "", "contents"]
    names = sheet_names([table(key) for key in keys])
    assert len({name.lower() for name in names} | {"contents", "sources", "history"}) == len(keys) + 3
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name for name in names)


def test_numbers_that_a_spreadsheet_would_change_are_kept_as_text(tmp_path):
    values = (Decimal("0.12345678901234567"), 2**60 + 1, 19_630_000_000, 1 / 3, Decimal("58.60"))
    write_xlsx(report_of(table("t", *values)), tmp_path / "t.xlsx")
    rows = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_name("t").to_python()
    assert [row[0] for row in rows[-5:]] == ["0.12345678901234567", str(2**60 + 1), 19_630_000_000, 1 / 3, 58.6]


def test_text_never_becomes_a_formula_or_a_link(tmp_path):
    values = ("=1+1", "https://example.org", "0123")
    write_xlsx(report_of(table("t", *values, kind="text")), tmp_path / "t.xlsx")
    rows = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_name("t").to_python()
    assert [row[0] for row in rows[-3:]] == list(values)


def test_empty_report_and_empty_table_are_written(tmp_path):
    write_xlsx(report_of(), tmp_path / "none.xlsx")
    write_xlsx(report_of(table("t")), tmp_path / "empty.xlsx")
    write_xlsx(report_of(Table("t", A, (), ())), tmp_path / "bare.xlsx")
    assert CalamineWorkbook.from_path(str(tmp_path / "empty.xlsx")).sheet_names == ["Contents", "t", "Sources"]


def test_csv_reads_back_equal_to_full_precision(report, tmp_path):
    paths = write_tables(report, tmp_path / "tables")
    assert [path.name for path in paths] == file_names(report)
    for path, one in zip(paths, report.tables(), strict=True):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert len(rows) == len(one.rows)
        for index, column in enumerate(one.columns):
            unit = f" [{column.unit.en}]" if column.unit else ""
            for read, row in zip(rows, one.rows, strict=True):
                value = row[index].value
                if isinstance(value, Text):
                    assert (read[f"{column.key}_zh{unit}"], read[f"{column.key}_en{unit}"]) == value
                elif f"{column.key}{unit}" in read:
                    shown = read[f"{column.key}{unit}"]
                    assert (float(shown) == value) if isinstance(value, float) else (shown == str(value or ""))
                if row[index].sources:
                    assert read[f"{column.key}_source"] == ";".join(row[index].sources)


def test_csv_names_are_safe_and_unique():
    names = file_names(report_of(table("../a"), table("A"), table("a"), table("?"), table("水权")))
    assert names == ["a.csv", "A_2.csv", "a_3.csv", "table.csv", "水权.csv"]


def test_equal_reports_give_equal_csv(report, tmp_path):
    first, second = (write_tables(report, tmp_path / name) for name in ("a", "b"))
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_comment_carries_the_note_and_place(tmp_path):
    cells = ((Cell(1, place="a.csv, row 2"),), (Cell(None, note=A),), (Cell(2, place="b", note=A),))
    one = replace(table("t"), rows=cells)
    write_xlsx(report_of(one), tmp_path / "c.xlsx", "en")
    import zipfile

    with zipfile.ZipFile(tmp_path / "c.xlsx") as packed:
        comments = packed.read("xl/comments1.xml").decode("utf-8")
    assert "a.csv, row 2" in comments
    assert "A\nb" in comments

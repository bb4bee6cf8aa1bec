"""Workbooks: merged cells, wide tables, formula errors, damaged files, and the template."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from hetao.errors import FiguresError, Place
from hetao.figures import Layout, RegionTree, Register, Schema, files, read_figures, read_table, write_template
from hetao.text import Language

Load = Callable[..., Register]
Refused = Callable[..., list[tuple[str, str]]]
Rows = list[list[Any]]

HEADER = ["地区", "年份", "指标", "数值", "单位", "来源", "备注"]
ROW = ["内蒙古", 2020, "人口", 2400.5, "万人", "a", ""]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets of rows; ``edit`` may go on with the first sheet."""

    def written(*sheets: Rows, edit: Callable[[Any], object] = lambda _: None, name: str = "b.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path)) as made:
            for rows in sheets:
                sheet = made.add_worksheet()
                for r, row in enumerate(rows):
                    sheet.write_row(r, 0, row)
            edit(made.worksheets()[0])
        return path

    return written


def test_a_tidy_sheet_is_read_with_cells_for_places(load: Load, book: Callable[..., Path]) -> None:
    text_number = ["NM", "2021", "population", "2,401.25", "万人", "a", "数存为文本"]
    register = load(book([["表1 人口"], [], HEADER, ROW, text_number], [["别的"]], []))
    assert [f.value for f in register] == [24_005_000, 24_012_500]
    assert [f.given for f in register] == ["2400.5", "2,401.25"]
    assert register.figures[0].place == Place(file="b.xlsx", sheet="Sheet1", cell="D4")
    assert register.unread == (Place(file="b.xlsx", sheet="Sheet2"),)


def test_numbers_come_by_their_shortest_text(load: Load, book: Callable[..., Path]) -> None:
    rows = [["NM", 2000 + n, "gdp_real", v, "亿元", "a", ""] for n, v in enumerate([0.1, 1e21, 12, -0.07])]
    assert [f.value for f in load(book([HEADER, *rows]))] == [Fraction(1, 10), 10**21, 12, Fraction(-7, 100)]


def test_merged_keys_hold_for_all_their_rows(load: Load, book: Callable[..., Path]) -> None:
    rows = [["NM", 2020, "人口", 1, "人", "a", ""], ["", 2021, "人口", 2, "人", "a", ""]]

    def edit(sheet: Any) -> None:
        sheet.merge_range("A2:A3", "NM")

    assert [(f.region, f.value) for f in load(book([HEADER, *rows], edit=edit))] == [("NM", 1), ("NM", 2)]


def test_a_header_merged_downwards_is_one_header(load: Load, book: Callable[..., Path]) -> None:
    def edit(sheet: Any) -> None:
        for at, name in enumerate(HEADER):
            sheet.merge_range(0, at, 1, at, name)

    assert [f.value for f in load(book([HEADER, [], ROW], edit=edit))] == [24_005_000]


def test_a_header_merged_sideways_or_a_merged_value_is_refused(
    load: Load, refused: Refused, book: Callable[..., Path]
) -> None:
    header = [*HEADER[:6], "备注", ""]
    path = book([header, [*ROW, "x"]], edit=lambda sheet: sheet.merge_range("G1:H1", "备注"))
    assert refused(lambda: load(path)) == [
        ("figures.merged_header", "b.xlsx, sheet Sheet1, cell G1"),
        ("figures.duplicate_column", "b.xlsx, sheet Sheet1, cell H1"),
    ]
    rows = [["NM", 2020 + n, "人口", 1, "人", "a", ""] for n in range(2)]
    path = book([HEADER, *rows], edit=lambda sheet: sheet.merge_range("D2:D3", 1))
    assert refused(lambda: load(path)) == [("figures.merged_value", "b.xlsx, sheet Sheet1, cell D3")]


def test_formula_errors_are_told_and_never_blank(load: Load, refused: Refused, book: Callable[..., Path]) -> None:
    def edit(sheet: Any) -> None:
        sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("E3", "=A1", None, "#REF!")
        sheet.write_formula("Z9", "=A1", None, "#N/A")

    path = book([HEADER, ROW], edit=edit)
    assert refused(lambda: load(path)) == [
        ("figures.formula_error", "b.xlsx, sheet Sheet1, cell D2"),
        ("figures.formula_error", "b.xlsx, sheet Sheet1, cell E3"),
    ]


def test_a_formula_without_a_stored_result_is_no_blank(load: Load, refused: Refused, book: Callable[..., Path]) -> None:
    path = book([HEADER, ROW], edit=lambda sheet: sheet.write_formula("D2", "=1+2", None, 3))
    assert [f.value for f in load(path)] == [30_000]
    bare = rewritten(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("<f>1+2</f><v>3</v>", "<f>1+2</f>"))
    assert refused(lambda: load(bare)) == [("figures.formula_error", "r.xlsx, sheet Sheet1, cell D2")]
    with pytest.raises(FiguresError, match=r"the formula error =1\+2"):
        load(bare)
    blank = rewritten(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("</f><v>3</v>", "</f><v></v>"))
    assert refused(lambda: load(blank)) == [("figures.formula_error", "r.xlsx, sheet Sheet1, cell D2")]
    shared = rewritten(
        path, "xl/worksheets/sheet1.xml", lambda text: text.replace("<f>1+2</f><v>3</v>", '<f t="shared" si="0"/>')
    )
    assert refused(lambda: load(shared)) == [("figures.formula_error", "r.xlsx, sheet Sheet1, cell D2")]


def test_a_formula_may_result_in_a_text_of_no_characters(load: Load, book: Callable[..., Path]) -> None:
    path = book([HEADER, ROW], edit=lambda sheet: sheet.write_formula("G2", '=""', None, "x"))
    empty = rewritten(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("<v>x</v>", "<v></v>"))
    assert [f.note for f in load(empty)] == [""]


@pytest.mark.parametrize("number_format", ["0%", "0.00%", "0.0 %"])
def test_a_percentage_format_is_not_read_as_its_hundredth(
    load: Load, refused: Refused, tmp_path: Path, number_format: str
) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        style = made.add_format({"num_format": number_format})
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for row, unit in enumerate(["%", "1"], start=1):
            sheet.write_row(row, 0, ["NM", 2019 + row, "pipe_leakage", 0.0958, unit, "a"])
            sheet.write_number(row, 3, 0.0958, style)
        sheet.write_row(3, 0, ["NM", 2022, "pipe_leakage", 9.58, "%", "a"])
    assert refused(lambda: load(path)) == [("figures.percentage_format", "p.xlsx, sheet Sheet1, cell D2")]


def test_blank_cells_with_a_format_may_lie_far_out(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW)
        sheet.write_blank(1048575, 16383, None, made.add_format({"bold": True}))
    assert len(load(path)) == 1


def test_ranges_that_overlap_in_a_damaged_file_are_left_as_they_are(load: Load, book: Callable[..., Path]) -> None:
    rows = [["NM", 2020 + n, "人口", n, "人", "a", ""] for n in range(3)]
    path = book([HEADER, *rows], edit=lambda sheet: sheet.merge_range("A2:A4", "NM"))
    twice = '<mergeCell ref="A2:A4"/><mergeCell ref="A3:A4"/>'
    damaged = rewritten(path, "xl/worksheets/sheet1.xml", lambda t: t.replace('<mergeCell ref="A2:A4"/>', twice))
    assert [f.region for f in load(damaged)] == ["NM"] * 3


def test_dates_and_truth_values_are_no_periods_and_no_numbers(load: Load, refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "d.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        date = made.add_format({"num_format": "yyyy-mm-dd"})
        clock = made.add_format({"num_format": "hh:mm"})
        sheet = made.add_worksheet()
        for r, row in enumerate([HEADER, ROW, ROW, ROW]):
            sheet.write_row(r, 0, row)
        sheet.write_number("B2", 43831, date)
        sheet.write_number("B3", 43831.5, date)
        sheet.write_number("B4", 0.5, clock)
        sheet.write_boolean("D4", True)
    assert refused(lambda: load(path)) == [
        *[("figures.bad_period", f"d.xlsx, sheet Sheet1, cell B{n}") for n in (2, 3, 4)],
        ("units.not_a_number", "d.xlsx, sheet Sheet1, cell D4"),
    ]


WIDE: Rows = [
    ["各地区人口和土地"],
    ["地区", "人口", "", "土地面积"],
    ["", "万人", "", "km2"],
    ["", 2020, 2021, 2020],
    ["内 蒙 古", 2400, 2410, 1183000],
    ["四川", 8371, "—", 486000],
    [],
    ["注：某某"],
]
LAYOUT = Layout(
    values="B5:D6",
    by_column={"region": "A"},
    by_row={"indicator": 2, "unit": 3, "period": 4},
    fixed={"source": "yearbook"},
)


def merge(sheet: Any) -> None:
    sheet.merge_range("B2:C2", "人口")
    sheet.merge_range("B3:C3", "万人")


def test_a_wide_table_with_merged_headers_is_read_by_its_layout(load: Load, book: Callable[..., Path]) -> None:
    path = book(WIDE, edit=merge)
    register = load(path, layouts={path: LAYOUT})
    assert [(f.region, f.period, f.indicator, f.value) for f in register] == [
        ("NM", 2020, "land_area", 1183000),
        ("SC", 2020, "land_area", 486000),
        ("NM", 2020, "population", 24_000_000),
        ("NM", 2021, "population", 24_100_000),
        ("SC", 2020, "population", 83_710_000),
        ("SC", 2021, "population", None),
    ]
    assert register.figures[3].place == Place(file="b.xlsx", sheet="Sheet1", cell="C5")


def test_faults_of_a_wide_table_are_told_at_the_cells_that_name_it(
    load: Load, refused: Refused, book: Callable[..., Path]
) -> None:
    def edit(sheet: Any) -> None:
        sheet.write_string("A6", "蜀")
        sheet.write_formula("D5", "=A1", None, "#REF!")
        sheet.write_formula("D8", "=A1", None, "#REF!")

    path = book(WIDE, edit=edit)
    assert refused(lambda: load(path, layouts={str(path): [LAYOUT]})) == [
        ("figures.formula_error", "b.xlsx, sheet Sheet1, cell D5"),
        ("figures.empty_cell", "b.xlsx, sheet Sheet1, cell C2"),
        ("figures.empty_cell", "b.xlsx, sheet Sheet1, cell C3"),
        ("figures.unknown_region", "b.xlsx, sheet Sheet1, cell A6"),
    ]


def test_a_wide_csv_file_is_read_by_its_layout(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("region,2020,2021\nNM,1,2\n\nSC,3,4\n", encoding="utf-8")
    fixed = {"indicator": "population", "unit": "人", "source": "a", "note": "wide"}
    layout = Layout(values="B2:C", by_column={"region": "A"}, by_row={"period": 1}, fixed=fixed)
    register = load(path, layouts={path: layout})
    assert [f.value for f in register] == [1, 2, 3, 4]
    assert register.figures[3].place == Place(file="w.csv", row=4, column="value")
    assert register.figures[0].note == "wide"


def test_a_layout_that_points_to_nothing_is_refused(load: Load, refused: Refused, book: Callable[..., Path]) -> None:
    path = book(WIDE)
    parts = {"by_column": LAYOUT.by_column, "fixed": LAYOUT.fixed}
    away = Layout(values="B50:C60", by_row=LAYOUT.by_row, **parts)
    elsewhere = Layout(values="B5:D6", by_row=LAYOUT.by_row, sheet="S", **parts)
    assert refused(lambda: load(path, layouts={path: [away, elsewhere]})) == [
        ("figures.nothing_there", "b.xlsx"),
        ("figures.nothing_there", "b.xlsx, sheet S"),
    ]
    far = Layout(values="B5:B5", by_row={"indicator": 2, "unit": 3, "period": 99}, **parts)
    fixed = Layout(
        values="B5:B5", by_row={"indicator": 2, "unit": 3}, **parts | {"fixed": {"source": "a", "period": "x"}}
    )
    assert refused(lambda: load(path, layouts={path: [far, fixed]})) == [
        ("figures.empty_cell", "b.xlsx, sheet Sheet1, row 99"),
        ("figures.bad_period", "b.xlsx, sheet Sheet1, fixed period"),
    ]


def test_a_layout_for_a_file_that_is_not_read_is_refused(
    load: Load, refused: Refused, book: Callable[..., Path], tmp_path: Path
) -> None:
    path = book([HEADER, ROW])
    assert refused(lambda: load(path, layouts={tmp_path / "c.xlsx": LAYOUT})) == [
        ("figures.layout_without_file", "c.xlsx")
    ]


def test_faults_of_a_layout_are_told_at_once(refused: Refused) -> None:
    found = refused(
        lambda: Layout(
            values="here", by_column={"region": "1", "what": "A"}, by_row={"period": 0}, fixed={"period": "2020"}
        )
    )
    assert [place for _, place in found] == [
        "Layout values",
        "Layout what",
        "Layout period",
        "Layout indicator",
        "Layout unit",
        "Layout source",
        "Layout region",
        "Layout period",
    ]


def test_a_named_sheet_is_read(book: Callable[..., Path], refused: Refused) -> None:
    path = book([["x"], ["1"]], [["y"], ["2"]])
    assert [row["y"] for row in read_table(path, ["y"], sheet="Sheet2")] == ["2"]
    assert [row["x"] for row in read_table(path, ["x"])] == ["1"]
    assert [code for code, _ in refused(lambda: read_table(path, ["y"], sheet="Sheet3"))] == ["figures.no_sheet"]


def test_damaged_and_empty_workbooks_are_refused(
    load: Load, refused: Refused, book: Callable[..., Path], tmp_path: Path
) -> None:
    false = tmp_path / "a.xlsx"
    false.write_text("region,period\n", encoding="utf-8")
    old = tmp_path / "a.xls"
    old.write_text("region,period\n", encoding="utf-8")
    cut = book([HEADER, ROW], name="c.xlsx")
    data = bytearray(cut.read_bytes())
    at = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 20] = bytes(20)
    cut.write_bytes(data)
    found = refused(lambda: load(false, old, cut, book([], name="e.xlsx")))
    assert found == [
        ("figures.unreadable", "a.xlsx"),
        ("figures.unreadable", "a.xls"),
        ("figures.unreadable", "c.xlsx"),
        ("figures.empty_file", "e.xlsx"),
    ]


def test_a_part_changed_after_packing_is_refused(
    load: Load, refused: Refused, book: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "z.xlsx"
    with zipfile.ZipFile(book([HEADER, ROW])) as good, zipfile.ZipFile(path, "w") as bad:
        for part in good.infolist():
            bad.writestr(part.filename, good.read(part))
    path.write_bytes(path.read_bytes().replace(b"2400.5", b"2400.6"))
    assert refused(lambda: load(path)) == [("figures.unreadable", "z.xlsx")]


def test_a_workbook_that_unpacks_too_far_is_refused(
    load: Load, refused: Refused, book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hetao.figures.scan.MAX_UNPACKED_BYTES", 100)
    assert refused(lambda: load(book([HEADER, ROW]))) == [("figures.unpacked_too_large", "b.xlsx")]


def test_cells_far_out_are_refused_before_memory_is_taken(
    load: Load, refused: Refused, book: Callable[..., Path]
) -> None:
    path = book([HEADER, ROW], edit=lambda sheet: sheet.write_string(1048575, 16383, "x"))
    assert refused(lambda: load(path)) == [("figures.table_too_large", "b.xlsx, sheet Sheet1")]


def rewritten(path: Path, name: str, change: Callable[[str], str]) -> Path:
    """Return a copy of a workbook with one of its parts changed."""
    target = path.with_name("r.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            new.writestr(part.filename, change(text.decode()) if part.filename == name else text)
    return target


def test_other_programs_may_leave_out_references_and_write_full_paths(load: Load, book: Callable[..., Path]) -> None:
    def bare(text: str) -> str:
        return re.sub(r'<(row|c) r="[A-Z0-9]+"', r"<\1", text)

    path = rewritten(book([HEADER, ROW]), "xl/worksheets/sheet1.xml", bare)
    assert [f.value for f in load(path)] == [24_005_000]
    full = rewritten(
        book([HEADER, ROW]), "xl/_rels/workbook.xml.rels", lambda t: t.replace('"worksheets', '"/xl/worksheets')
    )
    assert [f.value for f in load(full)] == [24_005_000]


def test_a_workbook_may_come_without_styles(load: Load, book: Callable[..., Path]) -> None:
    path = book([HEADER, ROW])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path.with_name("plain.xlsx"), "w") as new:
        for part in old.infolist():
            if part.filename != "xl/styles.xml":
                new.writestr(part.filename, old.read(part))
    assert len(load(path.with_name("plain.xlsx"))) == 1


def test_sheets_that_hold_a_chart_are_passed_over(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "chart.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("data")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW)
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=data!$D$2:$D$2"})
        made.add_chartsheet().set_chart(chart)
    assert len(load(path)) == 1


ODS_CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def write_ods(path: Path, rows: list[str]) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} {calc}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr("META-INF/manifest.xml", manifest)
        book.writestr("content.xml", content)
    return path


def cells(*texts: object) -> str:
    return "".join(ODS_CELL.format(text) for text in texts)


def test_ods_is_read_with_merged_cells_and_formula_errors(load: Load, refused: Refused, tmp_path: Path) -> None:
    merged = ODS_CELL.format("NM").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"')
    rows = [cells(*HEADER[:6]), merged + cells(2020, "人口", 1, "人", "a")]
    rows.append("<table:covered-table-cell/>" + cells(2021, "人口", 2, "人", "a"))
    path = write_ods(tmp_path / "a.ods", rows)
    assert [(f.region, f.value) for f in load(path)] == [("NM", 1), ("NM", 2)]
    error = ODS_CELL.format("#REF!").replace('"string"', '"string" office:string-value="" calcext:value-type="error"')
    path = write_ods(tmp_path / "b.ods", [rows[0], cells("NM", 2020, "人口") + error + cells("人", "a")])
    assert refused(lambda: load(path)) == [("figures.formula_error", "b.ods, sheet S, cell D2")]


def test_a_percentage_of_ods_is_not_read_as_its_hundredth(load: Load, refused: Refused, tmp_path: Path) -> None:
    share = ODS_CELL.format("9.58 %").replace('"string"', '"percentage" office:value="0.0958"')
    path = write_ods(
        tmp_path / "a.ods", [cells(*HEADER[:6]), cells("NM", 2020, "pipe_leakage") + share + cells("%", "a")]
    )
    assert refused(lambda: load(path)) == [("figures.percentage_format", "a.ods, sheet S, cell D2")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (ODS_CELL.format("9.58 %").replace('"string"', '"percentage" office:value="0.0958"'), "percentage_format"),
        (ODS_CELL.format("#REF!").replace('"string"', '"string" calcext:value-type="error"'), "formula_error"),
    ],
)
def test_what_is_noted_of_a_repeated_cell_of_ods_holds_for_all(
    load: Load, refused: Refused, tmp_path: Path, cell: str, code: str
) -> None:
    twice = cell.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="2"')
    path = write_ods(tmp_path / "a.ods", [cells("", 2020, 2021), cells("NM") + twice])
    fixed = {"indicator": "pipe_leakage", "unit": "%", "source": "a"}
    layout = Layout(values="B2:C2", by_column={"region": "A"}, by_row={"period": 1}, fixed=fixed)
    found = refused(lambda: load(path, layouts={path: layout}))
    assert found[:2] == [(f"figures.{code}", f"a.ods, sheet S, cell {at}") for at in ("B2", "C2")]


@pytest.mark.parametrize("kind", ['"string"', '"percentage" office:value="1"', '"string" calcext:value-type="error"'])
def test_ods_with_cells_repeated_without_end_is_refused(
    load: Load, refused: Refused, tmp_path: Path, kind: str
) -> None:
    bomb = ODS_CELL.format("x").replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="20000000"'
    )
    path = write_ods(tmp_path / "a.ods", [cells(*HEADER[:6]), bomb.replace('"string"', kind)])
    assert refused(lambda: load(path)) == [("figures.table_too_large", "a.ods, sheet S")]


def write_xls(path: Path, rows: Rows) -> Path:
    """Write a bare BIFF8 workbook of one sheet in its compound file."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def cell(r: int, c: int, value: object) -> bytes:
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            return record(0x0204, struct.pack("<HHHHB", r, c, 0, len(value), 1) + text)
        return record(0x0203, struct.pack("<HHHd", r, c, 0, value))

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    name = record(0x0085, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S")
    top = len(begin(5)) + len(name) + 4
    name = record(0x0085, struct.pack("<IBBBB", top, 0, 0, 1, 0) + b"S")
    body = b"".join(cell(r, c, v) for r, row in enumerate(rows) for c, v in enumerate(row) if v != "")
    stream = begin(5) + name + record(0x0A, b"") + begin(0x10) + body + record(0x0A, b"")
    stream = stream.ljust(-(-max(len(stream), 4096) // 512) * 512, b"\0")
    sectors = len(stream) // 512
    free = 0xFFFFFFFF
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = title.encode("utf-16-le")
        links = struct.pack("<HBBIII", len(text) + 2, kind, 1, free, free, child)
        return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, free, 2, len(stream)) + bytes(256)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    path.write_bytes(head + struct.pack("<108I", *[free] * 108) + fat + directory + stream)
    return path


def test_xls_is_read_and_its_blank_values_are_refused(load: Load, refused: Refused, tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [HEADER[:6], ROW[:6]])
    (figure,) = load(path)
    assert figure.value == 24_005_000
    assert figure.place == Place(file="a.xls", sheet="S", cell="D2")
    path = write_xls(tmp_path / "b.xls", [HEADER[:6], [*ROW[:3], "", *ROW[4:6]]])
    assert refused(lambda: load(path)) == [("figures.blank_in_xls", "b.xls, sheet S, cell D2")]


def test_percentages_of_xls_are_refused_as_their_format_is_not_known(
    load: Load, refused: Refused, tmp_path: Path
) -> None:
    path = write_xls(tmp_path / "a.xls", [HEADER[:6], ["NM", 2020, "pipe_leakage", 0.0958, "%", "a"]])
    assert refused(lambda: load(path)) == [("figures.percentage_in_xls", "a.xls, sheet S, cell D2")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_reads_back_with_no_problem_but_no_rows(
    load: Load, refused: Refused, tmp_path: Path, language: Language
) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_template(first, language)
    write_template(second, language)
    assert first.read_bytes() == second.read_bytes()
    assert [code for code, _ in refused(lambda: load(first))] == ["figures.no_rows"]


def test_the_template_offers_the_indicators_given(schema: Schema, tree: RegionTree, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, "en", schema=Schema([schema.get("population")]))
    assert [
        row["key"]
        for row in read_table(path, ["key"], ["name", "its unit", "description", "units offered"], sheet="Indicators")
    ] == ["population"]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "'Indicators'!$A$2:$A$2" in sheet.replace("&apos;", "'") or "Indicators!$A$2:$A$2" in sheet
    with pytest.raises(FiguresError, match="a header only"):
        read_figures([path], tree=tree, schema=schema)


def test_the_limits_are_stated() -> None:
    assert files.MAX_FILE_BYTES == 50_000_000
    assert files.MAX_UNPACKED_BYTES == 500_000_000


def test_a_text_file_has_no_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("y\n1\n", encoding="utf-8")
    with pytest.raises(FiguresError, match="expected no sheet: a file of this kind has none") as caught:
        read_table(path, ["y"], sheet="Sheet1")
    assert [p.code for p in caught.value.problems] == ["figures.no_sheet"]

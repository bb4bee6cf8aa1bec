"""Tables of models as text, LaTeX, Word, HTML, Markdown and workbook: what they hold, how they are escaped."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from python_calamine import CalamineWorkbook

from hetao import Panel
from hetao.errors import ModelError
from hetao.measure import SideBySide, dea, sbm, second_stage, side_by_side
from hetao.measure.tables.latex import escaped
from hetao.measure.tables.table import clean, width
from hetao.measure.tables.word import word
from hetao.text import Text, use_language

NASTY = r"a&b%c_d#e$f{g}h~i^j\k<l>m|n*o`p[q]-- 内蒙古"
NAMES = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from([NASTY, "[a]", "*", "a--b", "a---b", "–"])
WRITERS = {"to_latex": ".tex", "to_html": ".html", "to_markdown": ".md", "to_word": ".docx"}


def scores(*names: str, **options: Any) -> SideBySide:
    """Return a table with a row for each unit named so."""
    n = len(names)
    data = {"u": list(names), "x": [1.0 + i for i in range(n)], "y": [1.0] * n}
    result = dea(Panel(data, unit="u", inputs="x", outputs="y"))
    return side_by_side({"CRS": result, Text("规模报酬可变 & 更多", "VRS & more"): result}, by="unit", **options)


@pytest.fixture(scope="module")
def regression() -> SideBySide:
    random = np.random.default_rng(3)
    z, x = random.uniform(0, 1, 40), random.uniform(1, 2, 40)
    data = {"u": list(range(40)), "x": x, "y": x / (1.0 + z + np.abs(random.normal(0, 0.2, 40))), NASTY: z}
    panel = Panel(data, unit="u", inputs="x", outputs="y")
    found = second_stage(dea(panel, orientation="output"), data, columns=NASTY, replications=40, first_replications=10)
    return side_by_side({"甲 (a)": found, "b": found}, caption=Text("无效率的来源", "Sources of 100 % inefficiency"))


def texts(table: SideBySide) -> list[list[str]]:
    """Return every line of a table as it should read, heads first."""
    lines = [[*labels, *(cell.text + "*" * cell.stars for cell in cells)] for _, labels, cells in table.table.lines()]
    return [*map(list, table.table.heads), *lines]


# Plain text


def test_columns_stand_below_one_another_where_chinese_takes_two():
    assert [width(text) for text in ("abc", "内蒙古", "（a）", "e\u0301", "−0.1", "")] == [3, 6, 5, 1, 4, 0]
    with use_language("zh"):
        lines = scores("内蒙古", "A").summary().splitlines()
    rules = [i for i, line in enumerate(lines) if set(line) == {"─"}]
    assert len(rules) == 3
    body = [line for line in lines[rules[0] + 1 : rules[2]] if line and set(line) != {"─"}]
    assert {width(line) for line in body} == {width(lines[rules[0]])}
    assert lines[rules[1] + 1].startswith("内蒙古  ")


def test_digits_stand_below_digits_with_stars_and_brackets_outside(regression: SideBySide):
    lines = regression.summary().splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.startswith(NASTY[:4])]
    estimate, below = lines[at], lines[at + 1]
    wide = [width(estimate[: m.end()]) for m in re.finditer(r"\d\.\d{3}", estimate)]
    assert wide == [width(below[: m.end()]) for m in re.finditer(r"\d\.\d{3}", below)]
    assert len(wide) == 2
    assert lines[0] == "Sources of 100 % inefficiency"


# LaTeX


def test_every_special_character_is_escaped():
    assert escaped("&%_#${}~^\\") == (r"\&\%\_\#\$\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}")
    assert escaped("θ ≤ 1, −2, λ², Δ") == r"$\theta$ $\leq$ 1, $-$2, $\lambda$${}^2$, $\Delta$"
    assert escaped("2020–2021, a--b, c---d, e—f") == "2020--2021, a-{}-b, c-{}-{}-d, e---f"
    assert escaped("内蒙古 <a|b>…") == r"内蒙古 \textless{}a\textbar{}b\textgreater{}\ldots{}"


def environments(text: str) -> list[str]:
    """Return the environments opened, every one of which is closed in its turn."""
    opened: list[str] = []
    seen: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            opened.append(name)
            seen.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    return seen


def latex_rows(text: str) -> list[list[str]]:
    return [line.removesuffix(r" \\").split(" & ") for line in text.splitlines() if line.endswith(r" \\")]


def test_a_float_with_a_caption_and_a_bare_tabular_without(regression: SideBySide):
    text = regression.to_latex()
    assert environments(text) == ["table", "tabular", "minipage"]
    assert text.startswith("% \\usepackage{booktabs}\n")
    assert r"\caption{Sources of 100 \% inefficiency}" in text
    assert r"\begin{tabular}{lcc}" in text
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert {len(row) for row in latex_rows(text)} == {3}
    assert "$^{**}$" in text
    bare = scores("a", "b").to_latex()
    assert environments(bare) == ["tabular", "minipage"]
    assert r"\begin{tabular}{lrr}" in bare
    assert r"VRS \& more" in bare


def test_chinese_says_what_it_needs():
    assert "ctex" not in scores("a", "b").to_latex()
    assert "% \\usepackage[UTF8]{ctex}, compiled by xelatex" in scores("内蒙古").to_latex()
    with use_language("zh"):
        assert "注：" in scores("a").to_latex()


def test_a_long_table_goes_over_pages():
    names = [f"u{i}" for i in range(60)]
    text = scores(*names).to_latex()
    assert environments(text) == ["longtable", "minipage"]
    assert text.startswith("% \\usepackage{booktabs, longtable}\n")
    assert text.count(r"\toprule") == 2
    assert r"\endlastfoot" not in text
    with_caption = scores(*names, caption="Long").to_latex()
    assert "\\caption{Long}\\\\\n" in with_caption
    assert environments(with_caption) == ["longtable", "minipage"]


UNESCAPED = {f"\\{c}": c for c in "&%_#${}"} | {"\\ldots{}": "…"}
UNESCAPED |= {
    f"\\text{name}{{}}": sign
    for name, sign in {
        "asciitilde": "~",
        "asciicircum": "^",
        "backslash": "\\",
        "less": "<",
        "greater": ">",
        "bar": "|",
        "asciigrave": "`",
        "degree": "°",
    }.items()
}


def read_latex(text: str) -> str:
    """Return what escaped text stands for, read from left to right."""
    out = []
    while text:
        command = next((c for c in sorted(UNESCAPED, key=len, reverse=True) if text.startswith(c)), None)
        maths = re.match(r"\$[^$]+\$", text)
        if command:
            out.append(UNESCAPED[command])
            text = text[len(command) :]
        elif maths:
            out.append(SIGN_OF[maths[0]])
            text = text[len(maths[0]) :]
        else:
            assert text[0] not in "&%_#$~^\\"
            out.append(text[0])
            text = text[1:]
    return "".join(out).replace("-{}", "\0").replace("---", "—").replace("--", "–").replace("\0", "-")


SIGN_OF = {escaped(c): c for c in map(chr, range(0x80, 0x2300)) if re.fullmatch(r"\$[^$]+\$", escaped(c))}


@settings(max_examples=200, deadline=None)
@given(name=NAMES.filter(lambda t: not set(t) & set("{}\0\N{REPLACEMENT CHARACTER}")))
@example(NASTY.replace("{", "").replace("}", ""))
def test_what_is_escaped_reads_as_it_was(name: str):
    if "\N{REPLACEMENT CHARACTER}" not in clean(name):
        assert read_latex(escaped(name)) == clean(name)


def test_a_row_that_begins_as_an_option_is_no_option():
    rows = scores("[a]", "*b", "c").to_latex().splitlines()
    assert any(row.startswith("{}[a] &") for row in rows)
    assert any(row.startswith("{}*b &") for row in rows)
    assert not any(row.startswith(("[", "*")) for row in rows if row.endswith(r"\\"))


# HTML


class Reader(HTMLParser):
    """Collects the cells of a page's rows; every element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.opened: list[str] = []
        self.counts: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] += 1
        if tag != "meta":
            self.opened.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.opened or "th" in self.opened:
            self.rows[-1][-1] += data


def read_html(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.opened == []
    return reader


def test_the_page_holds_every_line_and_nothing_from_elsewhere(regression: SideBySide):
    page = regression.to_html()
    found = read_html(page)
    assert found.rows == texts(regression)
    assert found.counts["caption"] == 1
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page
    assert "<title>Sources of 100 % inefficiency</title>" in page
    assert "http" not in page
    assert page.count("1.5px solid") == len(found.rows[0]) * 2  # above the head, below the last row
    assert page.count("0.75px solid") == len(found.rows[0])
    with use_language("zh"):
        assert '<html lang="zh-CN">' in regression.to_html()
        assert "<title>CRS, 规模报酬可变 &amp; 更多</title>" in scores("a").to_html()


def test_the_notebook_view_is_the_table_alone():
    found = scores("a", "b")
    assert found._repr_html_() in found.to_html()
    assert "<html" not in found._repr_html_()
    assert read_html(found._repr_html_()).counts["caption"] == 0


@settings(max_examples=50, deadline=None)
@given(names=st.lists(NAMES.map(clean), min_size=1, max_size=3, unique=True))
@example([NASTY, "<script>"])
def test_names_survive_html_markdown_and_word(names: list[str]):
    found = scores(*names)
    assert read_html(found.to_html()).rows == texts(found)
    assert read_markdown(found.to_markdown()) == [
        [" ".join(filter(None, pair)) for pair in zip(*texts(found)[:2], strict=True)],
        *texts(found)[2:],
    ]
    (table,) = docx.Document(BytesIO(word(found.table))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == texts(found)


# Markdown


def read_markdown(text: str) -> list[list[str]]:
    """Return the cells of the one table of a page, as a reader of Markdown sees them."""
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert page.count("<table>") == 1
    return [[cell.strip(" ") for cell in row] for row in read_html(page).rows]


def test_markdown_holds_every_line(regression: SideBySide):
    text = regression.to_markdown()
    heads = [f"{a} {b}".strip() for a, b in zip(*regression.table.heads, strict=True)]
    assert read_markdown(text) == [heads, *texts(regression)[2:]]
    assert text.startswith("**Sources of 100 % inefficiency**\n\n| ")
    assert r"\*\*\* p \< 0.01" in text


# Word


def borders(of: Any, tag: str) -> dict[str, tuple[str, str]]:
    found = of.find(qn(tag)) if of is not None else None
    lines = [] if found is None else list(found)
    return {e.tag.split("}")[1]: (e.get(qn("w:val")), e.get(qn("w:sz"))) for e in lines}


def test_the_word_table_has_three_lines_and_repeats_its_head(regression: SideBySide, tmp_path: Path):
    regression.to_word(tmp_path / "table.docx")
    document = docx.Document(str(tmp_path / "table.docx"))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == texts(regression)
    assert borders(table._tbl.tblPr, "w:tblBorders") == {"top": ("single", "12"), "bottom": ("single", "12")}
    order = [e.tag.split("}")[1] for e in table._tbl.tblPr]
    assert order.index("jc") < order.index("tblBorders") < order.index("tblLook")
    for i, row in enumerate(table.rows):
        expected = {0: {"top": ("single", "12")}, 1: {"bottom": ("single", "6")}}.get(i, {})
        assert all(borders(cell._tc.tcPr, "w:tcBorders") == expected for cell in row.cells)
        flags = {e.tag.split("}")[1] for e in row._tr.trPr}
        assert flags == ({"cantSplit", "tblHeader"} if i < 2 else {"cantSplit"})
    runs = [run for row in table.rows for cell in row.cells for run in cell.paragraphs[0].runs]
    assert {run.text.strip("*") for run in runs if run.font.superscript} == {""}
    assert {run.font.superscript for run in runs if "*" in run.text and run.text != NASTY} == {True}
    paragraphs = [p.text for p in document.paragraphs]
    assert paragraphs == ["Sources of 100 % inefficiency", *regression.table.paragraphs()]
    assert document.paragraphs[0].runs[0].bold


def test_chinese_is_set_in_a_chinese_font(regression: SideBySide, tmp_path: Path):
    with use_language("zh"):
        regression.to_word(tmp_path / "table.docx")
    document = docx.Document(str(tmp_path / "table.docx"))
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == ("Times New Roman", "宋体")
    assert not [name for name in fonts.attrib if "Theme" in name]
    assert {p.style.name for t in document.tables for row in t.rows for c in row.cells for p in c.paragraphs} == {
        "Normal"
    }
    assert document.paragraphs[0].text == "无效率的来源"
    assert document.styles["Normal"].font.size.pt == 10.5
    assert {run.font.size.pt for p in document.paragraphs[1:] for run in p.runs} == {9.0}


def test_a_table_without_a_caption_begins_with_itself(tmp_path: Path):
    found = scores("a", "b")
    found.to_word(tmp_path / "table.docx")
    document = docx.Document(str(tmp_path / "table.docx"))
    assert [p.text for p in document.paragraphs] == found.table.paragraphs()
    assert document.tables[0].rows[2].cells[1].paragraphs[0].alignment == 2  # at the right


def test_equal_tables_give_equal_bytes(regression: SideBySide, tmp_path: Path):
    for name in ("one", "two"):
        regression.to_word(tmp_path / f"{name}.docx")
        regression.to_excel(tmp_path / f"{name}.xlsx")
    for suffix in ("docx", "xlsx"):
        assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()


def test_without_python_docx_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(ModelError) as caught:
        scores("a").to_word(tmp_path / "table.docx")
    (problem,) = caught.value.problems
    assert problem.code == "to_word.no_docx"
    assert problem.describe("en") == (
        "to_word(): found no python-docx; expected python-docx 1.1 or later. Remedy: run pip install 'hetao[word]'"
    )
    assert problem.describe("zh") == (
        "to_word()：发现未安装 python-docx；应为python-docx 1.1 或更高。处理：运行 pip install 'hetao[word]'"
    )
    assert not list(tmp_path.iterdir())


def test_measuring_does_not_load_python_docx():
    code = "import hetao.measure, sys; print({'docx', 'lxml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# Workbook


def test_the_workbook_has_the_printed_table_and_the_numbers(regression: SideBySide, tmp_path: Path):
    regression.to_excel(tmp_path / "table.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "table.xlsx")
    assert book.sheet_names == ["about", "table", "numbers"]
    printed = book.get_sheet_by_name("table").to_python()
    assert printed[0] == [" ", "(1) 甲 (a)", "(2) b"]
    assert printed[1:] == texts(regression)[2:]
    numbers = book.get_sheet_by_name("numbers").to_python()
    assert numbers[0] == ["row", "figure", "甲 (a)", "b"]
    assert [row[2] for row in numbers[1:]] == ["" if v is None else pytest.approx(v) for v in regression.frame["b"]]
    about = dict(row[:2] for row in book.get_sheet_by_name("about").to_python())
    assert all(note in about["summary"] for note in regression.table.paragraphs())


def test_columns_of_the_same_name_are_both_kept():
    data = {"period": ["a"], "时期": [1], "x": [1.0], "y": [1.0]}
    with use_language("zh"):
        found = side_by_side([sbm(Panel(data, unit="时期", inputs="x", outputs="y"))], by="unit")
        assert list(found.table.printed()) == ["时期", "(1) sbm"]
    years = {"时期": ["a", "a"], "t": [1, 2], "x": [1.0, 1.0], "y": [1.0, 2.0]}
    from hetao.measure import malmquist

    with use_language("zh"):
        index = side_by_side([malmquist(Panel(years, unit="时期", period="t", inputs="x", outputs="y"))], by="unit")
        assert list(index.table.printed()) == ["时期", "时期 ", "(1) malmquist"]


# Files


@pytest.mark.parametrize("call", WRITERS)
def test_a_file_holds_what_is_returned(call: str, tmp_path: Path):
    found = scores("内蒙古", "b")
    path = tmp_path / f"table{WRITERS[call]}"
    returned = getattr(found, call)(str(path))
    if call == "to_word":
        assert path.read_bytes() == word(found.table)
    else:
        assert path.read_bytes().decode("utf-8") == returned == getattr(found, call)()


@pytest.mark.parametrize("call", WRITERS)
def test_a_path_that_cannot_be_written_is_told(call: str, tmp_path: Path):
    found, suffix = scores("a"), WRITERS[call]
    (tmp_path / f"folder{suffix}").mkdir()
    for name in ("table.txt", "table", f"nowhere/table{suffix}", f"folder{suffix}"):
        with pytest.raises(ModelError) as caught:
            getattr(found, call)(tmp_path / name)
        (problem,) = caught.value.problems
        assert (problem.code, problem.place.file) == (f"{call}.path", str(tmp_path / name))
        assert suffix in problem.describe("zh")
        assert suffix in problem.describe("en")


@pytest.mark.parametrize("call", WRITERS)
def test_a_file_that_is_held_is_told(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(self: Path, data: bytes) -> int:
        raise PermissionError(13, "held open")

    monkeypatch.setattr(Path, "write_bytes", refused)
    with pytest.raises(ModelError) as caught:
        getattr(scores("a"), call)(tmp_path / f"table{WRITERS[call]}")
    (problem,) = caught.value.problems
    assert problem.code == f"{call}.not_written"
    assert "held open" in problem.describe("en")
    assert "无法写入" in problem.describe("zh")


def test_what_a_file_cannot_hold_is_shown_as_such(tmp_path: Path):
    found = scores("a\x00b\n c\x1b", "\ufffe")
    assert [labels for _, labels, _ in found.table.lines()][:2] == [
        ["a\N{REPLACEMENT CHARACTER}b c\N{REPLACEMENT CHARACTER}"],
        ["\N{REPLACEMENT CHARACTER}"],
    ]
    for call, suffix in WRITERS.items():
        getattr(found, call)(tmp_path / f"table{suffix}")
    assert "a?b c?" in found.to_latex()

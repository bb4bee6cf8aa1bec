"""The page as text: whole, escaped, self-contained, repeatable, readable without scripts."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fontTools.ttLib import TTFont

from hetao.report.html import render_html
from hetao.report.markup import Sources, both, cell, tone_mark
from hetao.report.model import (
    CapNode,
    CapTree,
    Cell,
    Column,
    LineChart,
    Paragraph,
    Point,
    Report,
    Section,
    Series,
    SourceNote,
    Table,
)
from hetao.text import Text

A = Text("甲", "A")
VOID = {"meta", "link", "input", "br", "img", "hr"}
NASTY = "<script>alert('x')</script>&\"{b}"


class Reader(HTMLParser):
    """Collects elements, checks nesting and ids, and keeps the text outside scripts and styles."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] not in (["script"], ["style"]):
            self.texts.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def report_of(*blocks, **more):
    return Report(A, A, (Section("s", A, A, A, "plain", None, blocks),), **more)


@pytest.fixture(scope="module")
def page(report):
    return render_html(report)


def test_page_is_well_formed_with_unique_ids_and_live_links(page):
    reader = read(page)
    ids = [attrs["id"] for _, attrs in reader.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in reader.elements if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labels = [attrs["aria-labelledby"] for _, attrs in reader.elements if "aria-labelledby" in attrs]
    assert set(labels) <= set(ids)


def test_page_asks_for_nothing_from_anywhere(page):
    reader = read(page)
    for tag, attrs in reader.elements:
        assert "src" not in attrs
        if tag == "link":
            assert attrs["href"] == "data:,"
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    assert set(re.findall(r"url\(\"?([a-z]+:[a-z]+)", style)) == {"data:font"}
    assert "@import" not in style


def test_policy_names_exactly_the_page_s_scripts(page):
    import hashlib

    policy = next(a["content"] for t, a in read(page).elements if a.get("http-equiv") == "Content-Security-Policy")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    hashes = {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_hostile_text_is_shown_and_harmless(page):
    reader = read(page)
    assert NASTY in "".join(reader.texts)
    assert "alert('x')" not in "".join(re.findall(r"<script>(.*?)</script>", page, re.S))
    assert not any(name.startswith("on") for _, attrs in reader.elements for name in attrs)
    links = [attrs["href"] for tag, attrs in reader.elements if tag == "a"]
    assert all(link.startswith(("#", "https://", "http://")) for link in links)


def test_hostile_chart_cannot_end_its_script():
    hostile = Text("</script><script>alert(1)</script>\u2028", "</script>")
    chart = LineChart("k", hostile, hostile, (Series(hostile, (Point("</script>", 1.0, ("</script>",)),)),))
    page = render_html(report_of(chart))
    packed = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, re.S).group(1)
    assert json.loads(packed)["chart-1"]["zh"]["series"][0]["name"] == hostile.zh
    assert len(re.findall(r"<script", page)) == 3


def test_equal_reports_give_equal_pages_apart_from_the_time(report, page):
    assert render_html(report) == page
    later = render_html(replace(report, made="2030-01-01 00:00"))
    assert later != page
    assert later.replace("2030-01-01 00:00", report.made) == page


def test_page_opens_in_the_language_asked_for(report):
    for language, tag, title in (("zh", "zh-CN", report.title.zh), ("en", "en", report.title.en)):
        page = render_html(report, language)
        assert f'<html lang="{tag}">' in page
        assert f"<title>{title}</title>" in page


def test_every_answer_and_number_is_there_without_scripts(report, page):
    text = "".join(read(page).texts)
    for section in report.sections:
        assert section.answer.zh in text
        assert section.answer.en in text
    assert "19,630,000,000" in text
    assert "−12.76" in text
    assert "https://example.org/bulletin" in text


def test_font_has_every_character_shown(page):
    packed = re.search(r"data:font/woff2;base64,([A-Za-z0-9+/=]+)", page).group(1)
    font = TTFont(io.BytesIO(base64.b64decode(packed)))
    drawn = re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, re.S).group(1)
    shown = set("".join(read(page).texts)) | set(drawn)
    assert {c for c in shown if c > " "} - set(map(chr, font.getBestCmap())) <= {"\u3000", "\xa0"}


def test_characters_the_font_lacks_are_named_at_the_foot():
    page = render_html(report_of(Paragraph(Text("𠮷字", "x"))))
    assert "系统字体代替：</span>" in page
    assert "𠮷</p>" in page
    assert 'id="facts"' not in render_html(report_of())


def test_units_stand_in_headings_and_numbers_carry_their_full_value(page):
    assert '<small><span lang="zh-CN">万m³</span><span lang="en">10⁴ m³</span></small>' in page
    assert f'data-v="{1 / 3 * 1000}"' in page


def test_large_cap_tree_says_what_it_leaves_out():
    banners = tuple(CapNode(A, 1.0) for _ in range(10))
    tree = CapTree(
        "k", A, A, CapNode(A, 100.0, children=tuple(CapNode(A, 9.0, children=banners) for _ in range(10))), A
    )
    page = render_html(report_of(tree))
    assert "另有 100 个下级单位未画出" in page


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        render_html(report_of(Table("t", A, (Column("v", A, kind="number"),), ((Cell(float("nan")),),))))


def test_undescribed_source_is_listed_by_its_key():
    page = render_html(report_of(Table("t", A, (Column("v", A),), ((Cell("x", ("who-knows",)),),))))
    assert 'data-key="who-knows"' in page
    assert "<cite>who-knows</cite>" in page


def test_sources_are_numbered_from_one_and_link_only_to_the_web():
    notes = {k: SourceNote(k, "p", "t", url=u) for k, u in (("a", "https://x.example"), ("b", "javascript:x"))}
    sources = Sources(notes)
    assert sources.numbers(["b", "a", "c", "b"]) == [2, 1, 3, 2]
    assert [sources.link(note) for _, note in sources.listed()] == ["https://x.example", "", ""]


@pytest.mark.parametrize(
    ("one", "kind", "shown"),
    [
        (Cell(None), "number", '<td class="n"><span class="gap">—<span class="ear"><span lang="zh-CN">无数据</span>'),
        (Cell(None, note=A), "number", '<a class="v" href="#sources" data-nz="甲" data-ne="A">'),
        (Cell(2023), "year", '<td class="n" data-v="2023">2023</td>'),
        (Cell(0.0), "number", '<td class="n" data-v="0.0">0</td>'),
        (Cell("x", place="a.csv"), "text", '<td class="t"><a class="v" href="#sources" data-p="a.csv">x</a></td>'),
        (Cell("x", ("s", "t")), "text", 'href="#source-1" data-s="1 2"'),
        (Cell("x", tone="good"), "text", '<span class="tone good"><span class="mark" aria-hidden="true">✓</span>'),
    ],
)
def test_cells(one, kind, shown):
    assert shown in cell(one, Column("k", A, kind=kind), Sources({}))


def test_first_cell_heads_its_row():
    assert cell(Cell("x"), Column("k", A), Sources({}), head=True) == '<th scope="row" class="t">x</th>'


def test_text_equal_in_both_languages_is_written_once():
    assert both(Text("GDP<", "GDP<")) == "GDP&lt;"
    assert both("a&b") == "a&amp;b"
    assert tone_mark("plain") == ""

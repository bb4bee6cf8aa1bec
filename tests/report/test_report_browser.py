"""The page in a real browser: no errors, no requests, no boxes, no overflow; language, sorting, sources by keyboard."""

import base64
import io
import os
import re
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from hetao.report.html import render_html

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("example")]

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "artefacts"
SWITCHES = [
    f"--{name}"
    for name in (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "headless",
    )
]
VIEWS = [(1280, "zh"), (1280, "en"), (400, "zh"), (400, "en")]
VISIBLE_TEXT = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, style")) continue;
    if (parent.checkVisibility()) found.push(walker.currentNode.data);
  }
  return found.join("");
}"""
CHART_TEXT = "() => [...document.querySelectorAll('.plot svg text')].map(t => t.textContent).join(' ')"


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        reason = "no Chromium found: install the package chromium to test the page in a browser"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def html(request, report):
    """Return the sample page, or, where a test asks for it, the page of the example study."""
    if getattr(request, "param", "sample") == "sample":
        return render_html(report)
    return request.getfixturevalue("example").written.report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(html, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def open_page(browser, address):
    """Open the page, and at the end hold it to silence: no console line, no error, no request but its own file."""
    pages, heard = [], []

    def opened(width=1280, language="zh", at="", **settings):
        page = browser.new_page(viewport={"width": width, "height": 900}, **settings)
        page.on("console", lambda line: heard.append(line.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("requestfailed", lambda request: heard.append(request.url))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.split("#")[0] in (address,) or request.url.startswith("data:")
                else heard.append(request.url)
            ),
        )
        page.goto(f"{address}#lang={language}{at}")
        page.wait_for_selector("html[data-ready]")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert heard == []


def glyphs(html):
    packed = re.search(r"data:font/woff2;base64,([A-Za-z0-9+/=]+)", html).group(1)
    return set(map(chr, TTFont(io.BytesIO(base64.b64decode(packed))).getBestCmap()))


@pytest.mark.parametrize("html", ["sample", "example"], indirect=True)
@pytest.mark.parametrize(("width", "language"), VIEWS)
def test_page_is_whole_in_every_view(open_page, html, width, language, request):
    page = open_page(width, language)
    ARTEFACTS.mkdir(exist_ok=True)
    which = request.node.callspec.params["html"]
    page.screenshot(path=ARTEFACTS / f"{which}-{width}-{language}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("document.fonts.check('14px \"Hetao Sans SC\"', '水权')")
    assert page.evaluate("[...document.querySelectorAll('.plot')].every(p => p.querySelector('svg'))")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    shown = page.evaluate(VISIBLE_TEXT) + page.evaluate(CHART_TEXT)
    assert "内蒙古" in shown if language == "zh" else "Inner Mongolia" in shown
    lost = {c for c in shown if not c.isspace()} - glyphs(html)
    assert lost == set()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_dark_mode_repaints_the_charts(open_page):
    page = open_page(color_scheme="dark")
    page.screenshot(path=ARTEFACTS / "report-1280-zh-dark.png", full_page=True)
    dark = page.evaluate("document.querySelector('#chart-1').innerHTML")
    page.emulate_media(color_scheme="light")
    page.wait_for_function("dark => document.querySelector('#chart-1').innerHTML !== dark", arg=dark)


def test_button_switches_words_charts_and_address(open_page):
    page = open_page()
    assert "黑龙江" in page.evaluate(CHART_TEXT).replace(" ", "")
    page.get_by_role("button", name="English").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Inner Mongolia: productivity inside hard caps"
    drawn = page.evaluate(CHART_TEXT)
    assert "Inner Mongolia" in drawn
    assert not re.search("[\u4e00-\u9fff]", drawn)
    assert "lang=en" in page.evaluate("location.hash")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_contents_lead_to_their_place_and_are_remembered(open_page):
    page = open_page(at="&at=sources")
    assert page.locator("#sources").evaluate("e => e.getBoundingClientRect().top < window.innerHeight")
    page.locator("nav a", has_text="管控").first.click()
    assert "at=section-2" in page.evaluate("location.hash")
    assert page.locator("#section-2").evaluate("e => Math.abs(e.getBoundingClientRect().top) < 60")
    page.wait_for_selector("nav li.current a[href='#section-2']")


def values(page, column):
    cells = page.locator(f"#block-3-3 tbody tr td:nth-child({column})")
    return cells.evaluate_all("cells => cells.map(c => c.dataset.v ?? null)")


def test_headings_sort_and_gaps_stay_last(open_page):
    page = open_page()
    heading = page.locator("#block-3-3 thead th").nth(2)
    heading.get_by_role("button").click()
    rising = values(page, 3)
    numbers = [float(v) for v in rising if v is not None]
    assert numbers == sorted(numbers)
    assert rising[len(numbers) :] == [None] * 6
    assert heading.get_attribute("aria-sort") == "ascending"
    heading.get_by_role("button").press("Enter")
    falling = values(page, 3)
    assert [float(v) for v in falling[: len(numbers)]] == numbers[::-1]
    assert falling[len(numbers) :] == [None] * 6
    page.locator("#block-3-3 thead th").nth(4).get_by_role("button").click()
    states = page.locator("#block-3-3 tbody tr td:nth-child(5) .tone").evaluate_all("c => c.map(x => x.className)")
    assert states in (sorted(states), sorted(states, reverse=True))


def test_long_table_is_filtered(open_page):
    page = open_page()
    page.locator("#block-3-3 input").fill("第 10")
    assert page.locator("#block-3-3 tbody tr:visible").count() == 5  # 10, 100, 101, 102, 103
    assert page.locator("#block-3-3 output").inner_text() == "5 / 103"


def test_source_opens_by_keyboard_and_closes_with_escape(open_page):
    page = open_page()
    first = page.locator("#block-3-3 .v").first
    first.focus()
    panel = page.locator("#panel")
    assert panel.is_visible()
    assert "内蒙古自治区水利厅" in panel.inner_text()
    assert first.get_attribute("aria-describedby") == "panel"
    page.keyboard.press("ArrowRight")
    assert "黄河水资源公报" in panel.inner_text()
    assert "第 1 行" in panel.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    page.keyboard.press("Escape")
    assert panel.is_hidden()


def test_source_opens_by_pointing_and_stays_after_a_click(open_page):
    page = open_page()
    elsewhere = page.locator("#block-3-3 h3")
    elsewhere.scroll_into_view_if_needed()
    number = page.locator("#block-3-3 .v").nth(2)
    number.hover()
    panel = page.locator("#panel")
    assert panel.is_visible()
    elsewhere.hover()
    assert panel.is_hidden()
    number.click()
    elsewhere.hover()
    assert panel.is_visible()
    page.screenshot(path=ARTEFACTS / "report-source-panel.png")
    elsewhere.click()
    assert panel.is_hidden()
    number.click()
    page.evaluate("window.scrollTo(0, 0)")
    panel.wait_for(state="hidden")


def test_chart_tells_value_unit_and_source(open_page):
    page = open_page()
    chart = page.locator("#chart-2")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6)
    hint = chart.locator(".hint")
    hint.wait_for()
    assert "亿m³" in hint.inner_text()
    assert "水利部黄河水利委员会 · 《黄河水资源公报》2003–2017 · 版本 2018" in hint.inner_text()


def test_click_on_a_chart_opens_its_sources(open_page):
    page = open_page()
    chart = page.locator("#chart-4")
    chart.scroll_into_view_if_needed()
    chart.locator("svg text", has_text="北京").click()
    assert "北京" in page.locator("#panel").inner_text()
    assert "国家统计局" in page.locator("#panel").inner_text()


def test_page_reads_without_scripts(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    assert page.locator("text=按地表水耗水口径").first.is_visible()
    assert page.locator("#block-3-3 tbody tr").count() == 103
    assert page.locator("#language").is_hidden()
    page.close()


def test_print_view_is_light_and_has_no_controls(open_page):
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#language").is_hidden()
    assert page.locator("nav").is_hidden()
    page.set_viewport_size({"width": 700, "height": 900})
    assert page.evaluate(
        "[...document.querySelectorAll('.plot svg')].every(s => s.getBoundingClientRect().right <= innerWidth)"
    )
    ARTEFACTS.joinpath("report.pdf").write_bytes(page.pdf(format="A4"))

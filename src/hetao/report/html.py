"""A report as one self-contained page: both languages, its own font, scripts and styles, no request anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hetao import fonts
from hetao.report import charts
from hetao.report.markup import Sources, both, cell, column_class, tone_mark
from hetao.report.model import Block, CapTree, Chart, Paragraph, Report, Table, Waterfall
from hetao.report.words import WORDS
from hetao.text import Language, Text

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["render_html"]

FONT_PLACE = "data:font/woff2;base64,"  # where the font of the page goes, once its characters are known
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "−–—…·×÷±≤≥→↑↓▲▼✓○【】（）《》，。：；？！、％“”‘’"
LONG = 15  # rows from which a table gets a box to filter it


class _Page:
    """What one page gathers while it is drawn: charts by their place, and the numbers of the sources."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.sources = Sources(report.sources)
        self.options: dict[str, dict[Language, charts.Option]] = {}

    def draw(self, chart: Chart) -> str:
        """Take a chart in and return the name of its place in the page."""
        place = f"chart-{len(self.options) + 1}"
        self.options[place] = {"zh": charts.option(chart, "zh"), "en": charts.option(chart, "en")}
        return place

    def charts_json(self) -> str:
        """Return every chart's options as JSON that cannot end a script element."""
        packed = json.dumps(self.options, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return packed.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def render_html(report: Report, language: Language = "zh") -> str:
    """Return the whole page of ``report``.

    The page holds both languages, a button between them and the subset of the vendored font that its characters
    need. It opens in ``language`` and remembers a change in its address. Text and tables need no script; charts
    do, and each has its numbers as a table beside it. Equal reports give equal pages.

    Args:
        report: what to draw; every text is escaped.
        language: the language the page opens in.

    Raises:
        ValueError: a number of the report is not finite.
    """
    page = _Page(report)
    scripts = (_asset("echarts.min.js"), _asset("report.js"))
    body = _template().render(
        report=report,
        page=page,
        language=language,
        style=_asset("report.css"),
        scripts=scripts,
        policy=_policy(scripts),
        family=fonts.FAMILY,
        font_place=FONT_PLACE,
        missing=fonts.covers(_texts(report)),
        long=LONG,
    )
    packed = base64.b64encode(fonts.subset(_without(body, scripts) + ALWAYS)).decode("ascii")
    before, _, after = body.partition(FONT_PLACE)
    return f"{before}{FONT_PLACE}{packed}{after}"


def _without(body: str, scripts: Iterable[str]) -> str:
    """Return the page without its scripts, whose characters are never shown."""
    for script in scripts:
        body = body.replace(script, "")
    return body


def _policy(scripts: Iterable[str]) -> str:
    """Return the page's security policy: these scripts by their hash, the page's own styles and font, nothing else."""
    hashes = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode("ascii") for s in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _texts(report: Report) -> str:
    """Return all the report's own words, to see which of them the font lacks."""
    return repr(report)


def _asset(name: str) -> str:
    return files("hetao.report").joinpath("assets", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import DictLoader, Environment, StrictUndefined

    names = ("page.html.j2", "blocks.html.j2")
    environment = Environment(
        loader=DictLoader({name: _asset(name) for name in names}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"both": both, "tone_mark": tone_mark, "all_paragraphs": _all_paragraphs}
    environment.globals |= _helpers()
    return environment.get_template("page.html.j2")


def _helpers() -> dict[str, Any]:
    return {
        "WORDS": WORDS,
        "Text": Text,
        "cell": cell,
        "column_class": column_class,
        "chart_table": charts.chart_table,
        "size_style": _size_style,
        "kind_of": _kind_of,
        "caption_note": _caption_note,
        "is_table": lambda block: isinstance(block, Table),
        "is_paragraph": lambda block: isinstance(block, Paragraph),
    }


def _all_paragraphs(blocks: Iterable[Block]) -> bool:
    return all(isinstance(block, Paragraph) for block in blocks)


def _size_style(chart: Chart) -> str:
    drawn = charts.size(chart)
    if drawn.ratio is None:
        return f"height:{drawn.height}px"
    return f"aspect-ratio:{drawn.ratio};max-width:{drawn.width}px"


def _kind_of(chart: Chart) -> str:
    return chart.kind


def _caption_note(chart: Chart) -> Text | None:
    """Return what must be said below a chart: its own note, and what the drawing leaves out."""
    notes = [chart.note] if chart.note is not None else []
    if isinstance(chart, Waterfall) and charts.leaves_zero_out(chart):
        notes.append(WORDS["axis"])
    if isinstance(chart, CapTree) and (count := charts.hidden(chart)):
        notes.append(Text(*(wording.format(count=count) for wording in WORDS["deeper"])))
    return Text("".join(n.zh for n in notes), " ".join(n.en for n in notes)) if notes else None

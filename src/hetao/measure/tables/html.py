"""A table as HTML: a fragment for a notebook, a page of its own for a file."""

from __future__ import annotations

from html import escape

from hetao.measure.tables.table import Cell, Table, clean
from hetao.text import language

__all__ = ["fragment", "page"]

FONT = "font-family:'Times New Roman','Noto Serif CJK SC','SimSun',serif"
CELL = "padding:2px 12px;border:0;background:none"
THICK, THIN = "1.5px solid currentColor", "0.75px solid currentColor"
PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body style="margin:24px">
{body}
</body>
</html>
"""


def fragment(table: Table) -> str:
    """Return a table with its rules and notes, styled by itself: three lines, no frame, in the colour of the text."""
    numbers, words = table.heads
    caption = ""
    if table.caption is not None:
        shown = escape(clean(str(table.caption)))
        caption = f'<caption style="caption-side:top;text-align:center;font-weight:bold">{shown}</caption>'
    head = _head(numbers, f"border-top:{THICK}", table) + _head(words, f"border-bottom:{THIN}", table)
    lines = list(table.lines())
    align = "center" if table.centred else "right"
    body = []
    for i, (begins, labels, cells) in enumerate(lines):
        edge = f";border-bottom:{THICK}" if i == len(lines) - 1 else ""
        edge += ";padding-top:10px" if begins else ""
        stubs = "".join(f'<th scope="row" style="{_style("left", edge)}">{escape(label)}</th>' for label in labels)
        numbers_shown = "".join(f'<td style="{_style(align, edge)}">{_cell(cell)}</td>' for cell in cells)
        body.append(f"<tr>{stubs}{numbers_shown}</tr>")
    notes = "".join(f'<p style="margin:4px 0">{escape(note)}</p>' for note in table.paragraphs())
    return (
        f'<div style="{FONT};overflow-x:auto"><table style="border-collapse:collapse;border:0">{caption}'
        f"<thead>{head}</thead><tbody>{''.join(body)}</tbody></table>"
        f'<div style="font-size:85%;max-width:60em">{notes}</div></div>'
    )


def page(table: Table) -> str:
    """Return a page that holds the table and nothing else."""
    lang = "zh-CN" if language() == "zh" else "en"
    title = table.caption if table.caption is not None else ", ".join(map(str, table.titles))
    return PAGE.format(lang=lang, title=escape(clean(str(title))), body=fragment(table))


def _head(words: list[str], edge: str, table: Table) -> str:
    stubs = len(table.stubs)
    cells = (
        f'<th style="{_style("left" if j < stubs else "center" if table.centred else "right", f";{edge}")}">'
        f"{escape(word)}</th>"
        for j, word in enumerate(words)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _style(align: str, edge: str) -> str:
    return f"{CELL};text-align:{align};font-weight:normal;white-space:nowrap{edge}"


def _cell(cell: Cell) -> str:
    return escape(cell.text) + (f'<sup style="line-height:0">{"*" * cell.stars}</sup>' if cell.stars else "")

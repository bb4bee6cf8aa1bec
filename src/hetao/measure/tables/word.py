"""A table as a Word document with three lines, by python-docx (``pip install 'hetao[word]'``)."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hetao.errors import ModelError, Place, Problem
from hetao.measure.tables.table import Cell, Table, clean
from hetao.text import Text

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

__all__ = ["word"]

LATIN, CHINESE = "Times New Roman", "宋体"
TEXT_SIZE, NOTE_SIZE = 10.5, 9  # in points: 五号 and 小五
THICK, THIN = 12, 6  # in eighths of a point: 1.5 and 0.75
_CREATED = datetime(2000, 1, 1)  # a fixed date: equal tables give equal files


def word(table: Table) -> bytes:
    """Return a .docx with the caption, the table and its notes.

    Lines stand above and below the head and at the end, none between columns. Chinese is set in 宋体, the rest in Times
    New Roman; the head is repeated on every page, and no row is broken.

    Raises:
        ModelError: python-docx is not installed.
    """
    try:
        import docx
    except ModuleNotFoundError:
        raise ModelError([_no_docx()]) from None
    document = docx.Document()
    _set_fonts(document)
    if table.caption is not None:
        caption = document.add_paragraph()
        _write(caption, clean(str(table.caption)), align="center")
        caption.runs[0].bold = True
        caption.paragraph_format.keep_with_next = True
    _add_table(document, table)
    for note in table.paragraphs():
        _write(document.add_paragraph(), note, size=NOTE_SIZE)
    return _bytes(document)


def _set_fonts(document: Document) -> None:
    """Set the fonts of all text: Word takes the East Asian one for Chinese only where it is named."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(TEXT_SIZE)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)  # a theme's font would come before the one that is named
    fonts.set(qn("w:eastAsia"), CHINESE)
    fonts.set(qn("w:cs"), LATIN)
    speech = OxmlElement("w:lang")
    speech.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(speech)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.0


def _add_table(document: Document, table: Table) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT

    heads, lines = table.heads, list(table.lines())
    stubs = len(table.stubs)
    made = document.add_table(rows=len(heads) + len(lines), cols=stubs + len(table.titles))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    _borders(made._tbl.tblPr, "w:tblBorders", before="w:tblLook", top=THICK, bottom=THICK)
    align = "center" if table.centred else "right"
    rows = list(made.rows)
    for row, words in zip(rows, heads, strict=False):
        _repeat(row)
        for j, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
            _write(cell.paragraphs[0], text, align="left" if j < stubs else align)
    for cell in rows[0].cells:  # once more, for the head that is repeated on the next page
        _borders(cell._tc.get_or_add_tcPr(), "w:tcBorders", top=THICK)
    for cell in rows[len(heads) - 1].cells:
        _borders(cell._tc.get_or_add_tcPr(), "w:tcBorders", bottom=THIN)
    for row, (begins, labels, cells) in zip(rows[len(heads) :], lines, strict=True):
        _keep_whole(row)
        for j, (cell, shown) in enumerate(zip(row.cells, (*map(Cell, labels), *cells), strict=True)):
            _write(cell.paragraphs[0], shown.text, shown.stars, align="left" if j < stubs else align, above=begins)


def _write(
    paragraph: Paragraph,
    text: str,
    stars: int = 0,
    *,
    size: float | None = None,
    align: str = "left",
    above: bool = False,
) -> None:
    """Write a text and its stars into an empty paragraph; ``above`` leaves room before a new block."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph.alignment = {
        "left": WD_ALIGN_PARAGRAPH.LEFT,
        "center": WD_ALIGN_PARAGRAPH.CENTER,
        "right": WD_ALIGN_PARAGRAPH.RIGHT,
    }[align]
    run = paragraph.add_run(text)
    if size is not None:
        run.font.size = Pt(size)
    if stars:
        paragraph.add_run("*" * stars).font.superscript = True
    if above:
        paragraph.paragraph_format.space_before = Pt(4)


def _borders(properties: Any, tag: str, before: str | None = None, **edges: int) -> None:  # noqa: ANN401 # an element
    """Add lines to a table or a cell; ``before`` is the child that has to come after them by the format's order."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement(tag)
    for edge, eighths in edges.items():
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    after = None if before is None else properties.find(qn(before))
    properties.insert(len(properties) if after is None else properties.index(after), borders)


def _repeat(row: Any) -> None:  # noqa: ANN401 # a row of the document
    """Let a row of the head stand on top of every page."""
    _keep_whole(row)
    _flag(row, "w:tblHeader")


def _keep_whole(row: Any) -> None:  # noqa: ANN401 # a row of the document
    _flag(row, "w:cantSplit")


def _flag(row: Any, tag: str) -> None:  # noqa: ANN401 # a row of the document
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(tag))


def _bytes(document: Document) -> bytes:
    """Return the document with fixed dates inside."""
    properties = document.core_properties
    properties.author, properties.comments = "", ""
    properties.created = properties.modified = _CREATED
    held, fixed = io.BytesIO(), io.BytesIO()
    document.save(held)
    with zipfile.ZipFile(held) as found, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in found.namelist():
            kept.writestr(
                zipfile.ZipInfo(name, date_time=_CREATED.timetuple()[:6]), found.read(name), zipfile.ZIP_DEFLATED
            )
    return fixed.getvalue()


def _no_docx() -> Problem:
    return Problem(
        "to_word.no_docx",
        Place(item="to_word()"),
        found=Text("未安装 python-docx", "no python-docx"),
        expected=Text("python-docx 1.1 或更高", "python-docx 1.1 or later"),
        remedy=Text("运行 pip install 'hetao[word]'", "run pip install 'hetao[word]'"),
    )

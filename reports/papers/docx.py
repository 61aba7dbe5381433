"""A paper as docx: the fonts of the standard by name, so an office that owns them sees them, with substitutes.

A department finishes such a paper in WPS or Word; what it finds are real styles,
real tables and real page numbers.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.papers.model import Heading, Imprint, Paper, Remark, Table, Text
from reports.papers.qr import qr_png
from ui import theme

XIAOBIAOSONG, FANGSONG, HEITI, SONGTI = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
SUBSTITUTES = {
    XIAOBIAOSONG: "小标宋体,FZXiaoBiaoSong-B05S,方正小标宋_GBK,宋体",
    FANGSONG: "仿宋,FangSong,华文仿宋,宋体",
    HEITI: "SimHei,微软雅黑,Noto Sans CJK SC",
    SONGTI: "SimSun,Noto Serif CJK SC",
}
"""Named in the font table: what stands in where the first is not installed."""
WIDTH = Mm(156)
PITCH = Pt(28.95)
BODY, TITLE, SMALL, FOLIO = Pt(16), Pt(22), Pt(10.5), Pt(14)  # 三号 二号 五号 四号
RED = RGBColor.from_string(theme.OFFICIAL_RED.lstrip("#"))
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def to_docx(paper: Paper, made_at: dt.datetime) -> bytes:
    """The paper as people go on writing it.

    Args:
        made_at: stands in the file's properties.
    """
    document = docx.Document()
    _page(document)
    _styles(document)
    _head(document, paper)
    for entry in paper.blocks:
        if isinstance(entry, Table):
            _table(document, entry)
        elif isinstance(entry, Heading):
            _heading(document, entry)
        elif isinstance(entry, Remark):
            _remark(document, entry.text)
        else:
            _text(document, entry)
    _signature(document, paper)
    _imprint(document, paper.imprint)
    _properties(document, paper, made_at)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


# ---------------------------------------------------------------- page, styles, properties


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    document.settings.odd_and_even_pages_header_footer = True
    _folio(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _folio(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _folio(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 — at the outer side, one character in."""
    paragraph.alignment = side
    paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = FOLIO
    paragraph.paragraph_format.first_line_indent = Pt(0)
    _run(paragraph, "— ", SONGTI, FOLIO)
    run = _run(paragraph, "", SONGTI, FOLIO)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)
    _run(paragraph, " —", SONGTI, FOLIO)


def _styles(document: Document) -> None:
    normal = document.styles["Normal"]
    normal.font.size = BODY  # type: ignore[attr-defined]
    _fonts(normal.element.get_or_add_rPr(), FANGSONG)
    shape = normal.paragraph_format  # type: ignore[attr-defined]
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
    shape.space_before = shape.space_after = Pt(0)
    package = document.part.package
    assert package is not None
    for part in package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = _font_table()  # type: ignore[attr-defined]


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in SUBSTITUTES.items()
    )
    written = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    )
    return written.encode()


def _fonts(properties: Any, name: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def _properties(document: Document, paper: Paper, made_at: dt.datetime) -> None:
    known = document.core_properties
    known.title, known.subject, known.author = paper.title, paper.subject, paper.signature
    known.comments, known.language = "", "zh-CN"
    known.created = known.modified = made_at.astimezone(dt.UTC).replace(tzinfo=None)
    known.last_modified_by = paper.signature


# ---------------------------------------------------------------- parts


def _run(
    paragraph: Paragraph, text: str, font: str, size: Any, *, bold: bool = False, red: bool = False
) -> Run:
    run = paragraph.add_run(text)
    run.font.size, run.bold = size, bold
    _fonts(run._r.get_or_add_rPr(), font)
    if red:
        run.font.color.rgb = RED
    return run


def _line(document: Document, *, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT) -> Paragraph:
    """A paragraph without the gaps that Word puts between Chinese characters and figures."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    properties = paragraph._p.get_or_add_pPr()
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        option = OxmlElement(name)
        option.set(qn("w:val"), "0")
        properties.insert_element_before(
            option, "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )
    return paragraph


def _head(document: Document, paper: Paper) -> None:
    """Mark, red head, number, red line; title; addressee."""
    _run(_line(document), paper.mark, HEITI, BODY)
    _line(document)
    head = _line(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    head.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    head.paragraph_format.space_before = Pt(20)
    fitting = min(44.0, WIDTH.pt * 0.96 / (len(paper.head) * 1.06))
    _run(head, paper.head, XIAOBIAOSONG, Pt(round(fitting * 2) / 2), red=True)
    _line(document)
    _line(document)
    number = _line(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    _run(number, paper.number, FANGSONG, BODY)
    _rule(number, "bottom", 12, theme.OFFICIAL_RED.lstrip("#"), space=8)
    _line(document)
    title = _line(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.line_spacing = Pt(33)
    _run(title, paper.title, XIAOBIAOSONG, TITLE)
    _line(document)
    if paper.to:
        _run(_line(document), f"{paper.to}：", FANGSONG, BODY)


def _rule(paragraph: Paragraph, side: str, eighths: int, colour: str, *, space: int = 1) -> None:
    """A line over or under a paragraph, in eighths of a point."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", str(space)), ("color", colour)):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _heading(document: Document, entry: Heading) -> None:
    paragraph = _line(document)
    paragraph.paragraph_format.first_line_indent = BODY * 2
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, entry.text, HEITI if entry.level == 1 else FANGSONG, BODY, bold=entry.level == 2)


def _text(document: Document, entry: Text) -> None:
    paragraph = _line(document, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    paragraph.paragraph_format.first_line_indent = BODY * 2
    if entry.lead:
        _run(paragraph, entry.lead, FANGSONG, BODY, bold=True)
    _run(paragraph, entry.text, FANGSONG, BODY)


def _remark(document: Document, text: str) -> None:
    paragraph = _line(document)
    paragraph.paragraph_format.line_spacing = Pt(16)
    paragraph.paragraph_format.space_after = Pt(8)
    _run(paragraph, text, SONGTI, SMALL)


def _signature(document: Document, paper: Paper) -> None:
    """Who signs, and when; on the page of the last paragraph, never alone on the next."""
    if not paper.date:
        return
    if paper.blocks and not isinstance(paper.blocks[-1], Table):
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        document.paragraphs[-1].paragraph_format.keep_together = True
    _line(document).paragraph_format.keep_with_next = True
    signed = _line(document, align=WD_ALIGN_PARAGRAPH.RIGHT)
    signed.paragraph_format.right_indent = BODY * 2
    signed.paragraph_format.keep_with_next = True
    _run(signed, paper.signature, FANGSONG, BODY)
    day = _line(document, align=WD_ALIGN_PARAGRAPH.RIGHT)
    day.paragraph_format.right_indent = BODY * 4
    _run(day, paper.date, FANGSONG, BODY)


# ---------------------------------------------------------------- tables


def _table(document: Document, entry: Table) -> None:
    """Rows are never split; a table that fits one page is kept together, a longer one repeats its header."""
    if entry.caption:
        caption = _line(document, align=WD_ALIGN_PARAGRAPH.CENTER)
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before = Pt(6)
        _run(caption, entry.caption, HEITI, Pt(12))
    made = document.add_table(rows=0, cols=len(entry.columns), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    made._tbl.tblPr.append(
        parse_xml(
            f'<w:tblCellMar {nsdecls("w")}><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
        )
    )
    whole = sum(c.width for c in entry.columns)
    widths = [Emu(int(WIDTH * c.width / whole)) for c in entry.columns]
    for place, width in zip(made.columns, widths, strict=True):
        place.width = width
    lines = [tuple(c.name for c in entry.columns), *entry.rows]
    for n, line in enumerate(lines):
        row = made.add_row()
        _row_option(row, "w:cantSplit")
        if n == 0:
            _row_option(row, "w:tblHeader")
        keeps = (entry.is_whole and n < len(lines) - 1) or n == 0
        for cell, value, column, width in zip(row.cells, line, entry.columns, widths, strict=True):
            cell.width = width
            _cell(cell, value, "center" if n == 0 else column.align, HEITI if n == 0 else SONGTI, keeps)


def _row_option(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _cell(cell: _Cell, value: str, align: str, font: str, keeps: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[align]
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(15)
    shape.space_before = shape.space_after = Pt(2)
    shape.keep_with_next = keeps
    _run(paragraph, value, font, SMALL)
    properties = cell._tc.get_or_add_tcPr()
    properties.append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))


# ---------------------------------------------------------------- imprint


def _imprint(document: Document, imprint: Imprint) -> None:
    """版记: how to check the figures, copies, who printed it when."""
    _line(document)
    made = document.add_table(rows=1, cols=2 if imprint.address else 1)
    made.autofit = False
    row = made.rows[0]
    _row_option(row, "w:cantSplit")
    words = row.cells[0]
    words.width = Mm(126) if imprint.address else WIDTH
    for n, text in enumerate(imprint.lines):
        paragraph = words.paragraphs[0] if n == 0 else words.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(16)
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, text, SONGTI, SMALL)
    if imprint.address:
        row.cells[1].width = Mm(30)
        paragraph = row.cells[1].paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(io.BytesIO(qr_png(imprint.address)), width=Mm(23))
        picture._inline.docPr.set("descr", imprint.address)
    made._tbl.tblPr.append(
        parse_xml(
            f'<w:tblBorders {nsdecls("w")}><w:top w:val="single" w:sz="8" w:space="0" w:color="auto"/>'
            f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:tblBorders>'
        )
    )
    last = []
    if imprint.copies_to:
        last.append(f"抄送：{imprint.copies_to}")
    if imprint.printed_by:
        last.append(f"{imprint.printed_by}\t{imprint.printed_on}")
    for text in last:
        paragraph = _line(document)
        paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH, alignment=2)  # type: ignore[arg-type]
        _run(paragraph, text, FANGSONG, FOLIO)
        _rule(paragraph, "bottom", 8 if text == last[-1] else 4, "auto")

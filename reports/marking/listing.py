"""The sheet 问题清单: all problems of the file in its order, each with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from reports.escaping import escaped, printable
from reports.marking.package import MAIN, OFFICE, SHEET_TYPE, Package, insert_last, prefix_of
from reports.marking.styles import Styles

NAME = "问题清单"
LINK_LIMIT = 60_000  # Excel allows 65,530 links a sheet
ROW_LIMIT = 1_000_000
HEADINGS = ("序号", "工作表", "行号", "填写项", "问题与修改办法", "性质", "定位")
WIDTHS = (8, 20, 8, 24, 90, 10, 12)


@dataclass(frozen=True)
class Line:
    """One problem as the sender reads it; `cell` like C17, None where there is nothing to point at."""

    sheet: str
    row: int
    field: str
    text: str
    kind: str  # 须修改 | 请核对
    cell: str | None


def add_listing(
    package: Package, styles: Styles, introduction: Sequence[str], lines: Sequence[Line], used: set[str]
) -> str:
    """Add the sheet at the end, or renew the one of an earlier round; returns its name.

    Args:
        used: names of sheets that hold data: such a sheet is never written over.
    """
    name = NAME
    while name in used:
        name += "（续）"
    existing = dict(package.sheets()).get(name)
    data = _sheet_xml(styles, introduction, lines)
    if existing is not None:
        package.write(existing, data)
        return name
    part = package.free_name("xl/worksheets/problems{}.xml")
    package.write(part, data)
    package.declare(part, SHEET_TYPE)
    relation = package.relate(package.workbook, "worksheet", part)
    book = package.read(package.workbook)
    ids = [int(n) for n in re.findall(rb"\bsheetId\s*=\s*[\"'](\d+)", book)]
    entry = (
        f'<{prefix_of(book)}sheet xmlns:r="{OFFICE}" name="{name}" sheetId="{max(ids, default=0) + 1}" '
        f'r:id="{relation}"/>'
    )
    package.write(package.workbook, insert_last(book, "sheets", entry))
    return name


def _sheet_xml(styles: Styles, introduction: Sequence[str], lines: Sequence[Line]) -> bytes:
    """The whole part. Texts are written in place, so the workbook's shared texts stay as they are."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1)
    )
    head = len(introduction) + 1
    rows = [
        _row(n, [(text, styles.title if n == 1 else styles.plain)]) for n, text in enumerate(introduction, 1)
    ]
    rows.append(_row(head, [(text, styles.heading) for text in HEADINGS]))
    links = []
    for number, line in enumerate(lines[:ROW_LIMIT], 1):
        linked = line.cell is not None and number <= LINK_LIMIT
        cells: list[tuple[str | int, int]] = [
            (number, styles.text),
            (line.sheet or "（CSV）", styles.text),
            (line.row, styles.text),
            (line.field, styles.text),
            (line.text, styles.text),
            (line.kind, styles.text),
            (f"转到 {line.cell}" if line.cell else "", styles.link if linked else styles.text),
        ]
        rows.append(_row(head + number, cells))
        if linked:
            target = "'" + line.sheet.replace("'", "''") + "'!" + str(line.cell)
            links.append(
                f'<hyperlink ref="G{head + number}" location={quoteattr(target)} display="{line.cell}"/>'
            )
    links_xml = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{head}" topLeftCell="A{head + 1}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData>{links_xml}</worksheet>"
    ).encode()


def _row(number: int, cells: Sequence[tuple[str | int, int]]) -> str:
    """One row from (value, format) pairs; an empty text leaves its cell out."""
    parts = []
    for column, (value, look) in enumerate(cells):
        place = f"{'ABCDEFG'[column]}{number}"
        if isinstance(value, int):
            parts.append(f'<c r="{place}" s="{look}"><v>{value}</v></c>')
        elif value:
            text = escape(printable(escaped(value)))
            parts.append(
                f'<c r="{place}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
            )
    return f'<row r="{number}">{"".join(parts)}</row>'

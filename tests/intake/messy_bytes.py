"""The oracle's pages as real files: CSV, a new workbook, an old one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from typing import Any

import openpyxl
import xlwt

from tests.intake.oracle import Page
from tests.intake.oracle_cells import Error, Raw


def as_csv(page: Page, mark: str) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=mark, lineterminator="\r\n")
    for line in page.lines:
        writer.writerow(["" if raw.value is None else raw.value for raw in line] or [""])
    return target.getvalue()


def as_xlsx(pages: list[Page]) -> bytes:
    """A workbook by openpyxl; formulas get their cached result afterwards, in the XML."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    cached: list[Any] = []
    if any(page.date_1904 for page in pages):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for page in pages:
        sheet = book.create_sheet(page.name)
        if page.hidden:
            sheet.sheet_state = "hidden"
        for r, line in enumerate(page.lines, start=1):
            for c, raw in enumerate(line, start=1):
                _write(sheet.cell(r, c), raw, cached)
        for top, bottom, left, right in page.merges:
            sheet.merge_cells(
                start_row=top + 1, end_row=bottom + 1, start_column=left + 1, end_column=right + 1
            )
    target = io.BytesIO()
    book.save(target)
    return _with_results(target.getvalue(), cached)


def _write(cell: Any, raw: Raw, cached: list[Any]) -> None:
    if raw.formula:
        cell.value = f"=1*{len(cached)}"
        cached.append(raw.value)
    elif isinstance(raw.value, Error):
        cell.value, cell.data_type = "#N/A", "e"
    elif raw.value is not None:
        cell.value = raw.value
        if isinstance(raw.value, str):
            cell.data_type = "s"
    if raw.percent:
        cell.number_format = "0.0%"


def _with_results(content: bytes, cached: list[Any]) -> bytes:
    if not cached:
        return content

    def put(match: re.Match[str]) -> str:
        value = cached[int(match[3])]
        kind = ' t="e"' if isinstance(value, Error) else ' t="str"' if isinstance(value, str) else ""
        shown = "#N/A" if isinstance(value, Error) else value
        result = "" if value is None else f"<v>{shown}</v>"
        return f"<c{match[1]}{kind}><f>{match[2]}</f>{result}</c>"

    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/"):
                text = data.decode("utf-8")
                pattern = r'<c((?: (?!t=)\w+="[^"]*")*)(?: t="\w+")?><f>(1\*(\d+))</f><v ?/?>(?:</v>)?</c>'
                data = re.sub(pattern, put, text).encode("utf-8")
            new.writestr(item, data)
    return target.getvalue()


def as_xls(pages: list[Page]) -> bytes:
    """An old workbook by xlwt, which writes no formula results: pages must be without formulas."""
    book = xlwt.Workbook()
    day, moment = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    percent, plain = xlwt.easyxf(num_format_str="0.0%"), xlwt.easyxf()
    for page in pages:
        sheet = book.add_sheet(page.name)
        sheet.visibility = int(page.hidden)
        for r, line in enumerate(page.lines):
            for c, raw in enumerate(line):
                assert not raw.formula
                value, style = raw.value, percent if raw.percent else plain
                if isinstance(value, dt.datetime):
                    style = moment
                elif isinstance(value, dt.date):
                    style = day
                if isinstance(value, Error):
                    sheet.row(r).set_cell_error(c, "#DIV/0!")
                elif value is not None:
                    sheet.write(r, c, value, style)
        for top, bottom, left, right in page.merges:
            sheet.merge(top, bottom, left, right)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()

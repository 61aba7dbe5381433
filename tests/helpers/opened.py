"""Files of one small category for the tests of reading: built in memory, spoiled part by part."""

from __future__ import annotations

import csv
import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
import xlwt
from openpyxl.worksheet.worksheet import Worksheet
from xlwt.CompoundDoc import XlsDoc

import catalog
from data_access.intake.cells import MappedSheet, OpenedFile
from data_access.intake.files import FileLimits, open_file

CATEGORY = "mass_sport_event"
HEADER = ["赛事活动名称", "级别", "运动项目", "开始日期", "结束日期", "举办区县", "参与人数", "经费投入"]
FIELDS = [
    "event_name", "event_level", "sport", "start_on", "end_on", "adcode", "participant_count", "budget_amount",
]  # fmt: skip
ROW = [
    "渝中区迎春长跑",
    "区县级",
    "田径",
    dt.datetime(2026, 3, 5),
    dt.datetime(2026, 3, 6),
    "渝中区",
    800,
    12000.5,
]
ID_NUMBER = "500101199003071236"
"""Made up; its check digit is right."""

Lines = Sequence[Sequence[Any]]


def opened(
    content: bytes | openpyxl.Workbook, category: str = CATEGORY, limits: FileLimits | None = None
) -> OpenedFile:
    if isinstance(content, openpyxl.Workbook):
        target = io.BytesIO()
        content.save(target)
        content = target.getvalue()
    return open_file(content, catalog.default().category_by_code[category], catalog.default(), limits)


def codes(content: bytes | openpyxl.Workbook, category: str = CATEGORY) -> list[str]:
    return opened(content, category).file_codes


def only_sheet(content: bytes | openpyxl.Workbook, category: str = CATEGORY) -> MappedSheet:
    file = opened(content, category)
    assert file.file_codes == [], (file.file_codes, file.detail)
    (sheet,) = file.sheets
    return sheet


def saved(lines: Lines) -> openpyxl.Workbook:
    """A workbook with these cells on its only sheet, still open for changes."""
    wb = openpyxl.Workbook()
    page = wb.active
    assert isinstance(page, Worksheet)
    page.title = "Sheet1"
    for line in lines:
        page.append(list(line))
    return wb


def book(lines: Lines) -> bytes:
    target = io.BytesIO()
    saved(lines).save(target)
    return target.getvalue()


def csv_bytes(lines: Lines, *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator=end)
    writer.writerows(
        [c.date().isoformat() if isinstance(c, dt.datetime) else c for c in line] for line in lines
    )
    return target.getvalue().encode(encoding)


def xls_book(lines: Lines, others: Mapping[str, Lines] | None = None) -> xlwt.Workbook:
    wb = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, cells in {"Sheet1": lines, **(others or {})}.items():
        page = wb.add_sheet(name)
        for r, line in enumerate(cells):
            for c, cell in enumerate(line):
                if isinstance(cell, dt.datetime):
                    page.write(r, c, cell, day)
                elif cell is not None:
                    page.write(r, c, cell)
    return wb


def xls_bytes(lines: Lines, others: Mapping[str, Lines] | None = None) -> bytes:
    target = io.BytesIO()
    xls_book(lines, others).save(target)
    return target.getvalue()


def xls_with_note(lines: Lines, text: str) -> bytes:
    """An .xls with a comment on A1; xlwt writes none, so its records are put before the sheet's end."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    stream = xls_book(lines).get_biff_data()
    end = record(0x0A, b"")
    note = (
        record(0x5D, struct.pack("<6H12xHHHH", 0x15, 0x12, 0x19, 1, 0x4011, 0, 0, 0, 0, 0)[:26] + b"\0" * 4)
        + record(0x1B6, struct.pack("<HHHHHHH", 0x212, 0, 0, 0, len(text), 16, 0) + b"\0" * 4)
        + record(0x3C, b"\1" + text.encode("utf-16-le"))
        + record(0x3C, b"\0" * 16)
        + record(0x1C, struct.pack("<5HB", 0, 0, 0, 1, 1, 0) + b"x\0")
    )
    assert stream.endswith(end)
    target = io.BytesIO()
    XlsDoc().save(target, stream[: -len(end)] + note + end)
    return target.getvalue()


def repacked(
    content: bytes,
    *,
    drop: str = "",
    edit: tuple[str, Callable[[bytes], bytes]] | None = None,
    add: Mapping[str, bytes] | None = None,
) -> bytes:
    """The same archive with a part dropped, changed or added; empty content is a new archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        if content:
            with zipfile.ZipFile(io.BytesIO(content)) as before:
                for name in before.namelist():
                    data = before.read(name)
                    if edit is not None and name == edit[0]:
                        data = edit[1](data)
                    if name != drop:
                        after.writestr(name, data)
        for name, data in (add or {}).items():
            after.writestr(name, data)
    return target.getvalue()
